"""Tables of README and docs, filled in between marks from kept results, so that no number is typed by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from benchmark.report.kept import SPECIES, read_kept
from benchmark.report.numbers import NONE, markdown_interval, markdown_table, show_rounded
from benchmark.report.rule_tables import best_rule, main, rules, young
from benchmark.report.words import in_short
from benchmark.report.world_figures import LEAST_FOR_BAND
from benchmark.results.verdict import MARGIN, WHOLE
from core.errors import InvalidArgument

MARK = re.compile(r"(<!-- results: ([^\n]*?) -->\n).*?(<!-- end of results -->)", re.DOTALL)


def fill(text: str, results: Path, more_tables: Mapping[str, Callable[..., str]] = MappingProxyType({})) -> str:
    """A page with every block between marks rebuilt.

    A block begins with ``<!-- results: TABLE NAME [WORLD] -->`` and ends with ``<!-- end of results -->``; ``NAME`` is a file of
    ``results`` without its ending. ``more_tables`` are known beside :data:`TABLES`.

    Raises:
        InvalidArgument: there is no such table, file or world.
    """

    tables = TABLES | dict(more_tables)

    def made(found: re.Match[str]) -> str:
        table, name, *more = found[2].split()
        if table not in tables:
            raise InvalidArgument(f"There is no table {table!r}; there are {', '.join(tables)}.")
        kept = read_kept(results / f"{name}.json") | {"experiments": _experiments(results.parent / "experiments.json")}
        if more and table in OF_A_WORLD and more[0] not in kept["worlds"]:
            raise InvalidArgument(f"{name}.json holds nothing of {more[0]}.")
        return found[1] + tables[table](kept, *more) + "\n" + found[3]

    return MARK.sub(made, text)


def _experiments(file: Path) -> dict[str, Any]:
    return {entry["id"]: entry for entry in msgspec.json.decode(file.read_bytes())} if file.exists() else {}


def species(kept: dict[str, Any]) -> str:
    """A row for each species: its reflexes, its learner, the whole animal, and what learning adds and costs."""
    rows = []
    for world, name in SPECIES.items():
        if world in kept["worlds"]:
            agents, verdict = kept["worlds"][world], kept["verdicts"][world]
            scores = [
                markdown_interval(agents.get(agent, {}).get("score_grown")) for agent in ("constant", "reflex", "learner")
            ]
            dip = verdict["dip"]
            rows.append(
                [
                    f"{name} (`{world}`)",
                    *scores,
                    f"**{markdown_interval(agents[WHOLE]['score_grown'])}**",
                    markdown_interval(verdict["gain"]),
                    f"{markdown_interval(dip)} {_cost_words(verdict)}".strip(),
                    markdown_interval(agents[WHOLE]["share_where_it_matters"]),
                ]
            )
    heads = [
        "species",
        "best constant act",
        "reflexes alone",
        "learner alone",
        "whole animal",
        "learning adds",
        "at the worst age",
        "learner in charge where it matters",
    ]
    return markdown_table(heads, rows)


def headlines(kept: dict[str, Any]) -> str:
    """What a first reader should know, as a list of sentences."""
    shown = [world for world in SPECIES if world in kept["worlds"]]
    whole = {SPECIES[world]: kept["worlds"][world][WHOLE]["score_grown"]["iqm"] for world in shown}
    reflex = {SPECIES[world]: kept["worlds"][world]["reflex"]["score_grown"]["iqm"] for world in shown}
    verdicts = {SPECIES[world]: kept["verdicts"][world] for world in shown}
    gains = {name: verdict["gain"] for name, verdict in verdicts.items()}
    least = min(gains, key=lambda name: gains[name]["mean"])
    sure = all(verdict["learning"] == "adds" for verdict in verdicts.values())
    where = " in every species" if sure else ""
    lines = [
        f"- **Learning adds to the reflexes{where}.** Grown whole animals score {_span(whole)}, their reflexes alone {_span(reflex)} "
        f"(0 is random actions, 1 the oracle). The smallest gain is the {least}'s, {markdown_interval(gains[least])}.",
        _cost_sentence(verdicts),
    ]
    flip = kept["experiments"].get("S1")
    if flip is not None:
        low, high = flip["interval"]
        lines.append(
            "- **A rat wants salt at first sight.** A cue that always predicted disgusting salt is approached the first time that the "
            f"rat needs salt, in {flip['statistic']:.2f} [{low:.2f}, {high:.2f}] of {flip['n']} rats. Model-free controls of the same "
            "learner do not."
        )
    return "\n".join(lines)


def _span(values: dict[str, float]) -> str:
    return f"{min(values.values()):.2f} to {max(values.values()):.2f}"


def _cost_sentence(verdicts: dict[str, dict[str, Any]]) -> str:
    """In which species learning costs the young something, and in which that is undecided."""
    costly = {name: verdict for name, verdict in verdicts.items() if verdict["cost"] != "none"}
    if not costly:
        return (
            f"- **Learning costs next to nothing.** At none of eleven ages are whole animals more than {MARGIN:g} below their "
            "reflexes, in any species (95% intervals)."
        )
    told = ", ".join(
        f"{name} {markdown_interval(found['dip'], 3)} ({_cost_words(found)})" for name, found in costly.items()
    )
    return (
        f"- **What learning costs.** In {len(verdicts) - len(costly)} of {len(verdicts)} species whole animals are at no age more than "
        f"{MARGIN:g} below their reflexes (95% intervals). Score minus the reflexes' at the worst age of the others: {told}."
    )


def _cost_words(verdict: dict[str, Any]) -> str:
    return {"none": "", "some": "a cost", "undecided": "undecided"}[verdict["cost"]]


def grown(kept: dict[str, Any]) -> str:
    """The grown score of each agent in each species, from random actions (0) to the oracle (1)."""
    return _by_species(kept, _grown_score)


def whole_minus(kept: dict[str, Any]) -> str:
    """Whole animals minus each other agent in each species, grown, pair by pair."""
    return _by_species(kept, lambda row: markdown_interval(row and row.get("whole_animal_minus_this")), WHOLE)


def _by_species(kept: dict[str, Any], cell: Callable[[dict[str, Any] | None], str], *but: str) -> str:
    worlds = {world: name for world, name in SPECIES.items() if world in kept["worlds"]}
    left_out = {"random", "oracle", *but}
    agents = dict.fromkeys(agent for world in worlds for agent in kept["worlds"][world] if agent not in left_out)
    rows = []
    for agent in agents:
        found = [kept["worlds"][world].get(agent) for world in worlds]
        number = max(row["animals"] for row in found if row is not None)
        rows.append([f"`{agent}` ({number})", *map(cell, found)])
    return markdown_table(["agent (animals)", *worlds.values()], rows)


def _grown_score(row: dict[str, Any] | None) -> str:
    """With its interval, or from the least to the most where there are too few animals for one."""
    scores = [score for score in (row or {}).get("grown_scores", ()) if score is not None]
    if row is None or not scores:
        return NONE
    if row["animals"] >= LEAST_FOR_BAND:
        return markdown_interval(row["score_grown"])
    least, most = show_rounded(min(scores)), show_rounded(max(scores))
    return f"{show_rounded(row['score_grown']['iqm'])} ({least} to {most})"


def verdict(kept: dict[str, Any], world: str) -> str:
    """The verdicts of a world in sentences."""
    return "\n".join(f"- {sentence}" for _, sentence in in_short(world, kept))


def provenance(kept: dict[str, Any]) -> str:
    """Which runs a page's tables are made from."""
    lines = []
    for run in kept["runs"]:
        where = ", ".join(f"`{world}`" for world in run.get("niches", run.get("worlds")))
        commit = f", commit `{run['commit']}`" if run["commit"] else ""
        lines.append(
            f"- {where}: {run['animals']} animals, seeds from {run['seed']:,}, sources `{run['sources']}`{commit}."
        )
    return "\n".join(lines)


TABLES: dict[str, Callable[..., str]] = {
    "species": species,
    "headlines": headlines,
    "main": main,
    "grown": grown,
    "whole_minus": whole_minus,
    "verdict": verdict,
    "rules": rules,
    "best_rule": best_rule,
    "young": young,
    "provenance": provenance,
}
OF_A_WORLD = ("main", "verdict", "rules")
