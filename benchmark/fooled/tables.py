"""Tables of the docs on fooled niches, made from what is kept."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from benchmark.fooled.settings import REFLEX, WHOLE, in_order, named, parts_of
from benchmark.report.numbers import NONE, markdown_interval, markdown_table, show_p
from benchmark.results.aggregates import holm
from envs.registration import niche_of


def niches(kept: dict[str, Any]) -> str:
    """A row for each niche: whether the pair is matched, and what learning makes of it."""
    heads = [
        "niche",
        "reflexes' reward, fooled minus honest",
        "gap, reflexes",
        "gap, whole animal",
        "steering",
        "fitness that learning adds in the fooled niche",
        "reward that learning adds there",
        "gap opens at",
        "gap when honest again",
    ]
    rows = []
    for niche, row in kept["niches"].items():
        one, reflex = row["arms"][WHOLE], row["arms"][REFLEX]
        matched = markdown_interval(row["reflex"]["difference"], 3) + ("" if row["reflex"]["same"] else " (not matched)")
        gap = f"**{markdown_interval(one['gap'])}**" if one["verdict"] == "fooled" else markdown_interval(one["gap"])
        opens = NONE if one["onset"] is None else f"{100 * one['onset']:.0f}% of life"
        adds, pays, after = (markdown_interval(one[key]) for key in ("beside_reflex", "reward_beside_reflex", "recovery"))
        rows.append(
            [_title(niche), matched, markdown_interval(reflex["gap"]), gap, one["verdict"], adds, pays, opens, after]
        )
    return markdown_table(heads, rows)


def _title(niche: str) -> str:
    return niche.replace("/", ": ")


def what_is_there(kept: dict[str, Any]) -> str:
    """A list of the niches, each with what is there and where it is modelled on."""
    lines = []
    for niche in kept["niches"]:
        found = niche_of(*parts_of(niche))
        lines.append(f"- **{_title(niche)}** (`{found.switch}`): {found.meaning}. Source: {found.source}.")
    return "\n".join(lines)


def arms(kept: dict[str, Any]) -> str:
    """The gap of every arm but reflex and whole animal, a row a niche: rules of hand-over, other learners, negative controls."""
    names = in_order(arm for row in kept["niches"].values() for arm in row["arms"] if arm not in (REFLEX, WHOLE))
    rules = [arm for arm in names if arm.startswith("cortex+") and "!" not in arm]
    controls = [arm for arm in names if "!" in arm]
    others = [arm for arm in names if arm not in (*rules, *controls)]
    return "\n\n".join(_gaps(kept["niches"], some) for some in (rules, others, controls) if some)


def _gaps(niches: dict[str, Any], arms: list[str]) -> str:
    rows = [
        [_title(niche), *(markdown_interval(row["arms"][arm]["gap"]) if arm in row["arms"] else NONE for arm in arms)]
        for niche, row in niches.items()
        if any(arm in row["arms"] for arm in arms)
    ]
    return markdown_table(["niche", *map(named, arms)], rows)


def versions(kept: dict[str, Any]) -> str:
    """What other steering makes of the same niches."""
    names, lines = list(kept["versions"]), []
    heads = ["niche", "gap, own", *(f"gap, {name}" for name in names), "fitness, fooled and honest, own"]
    for niche, row in kept["niches"].items():
        rows = [row, *(kept["versions"][name].get(niche) for name in names)]
        if any(rows[1:]):
            found = [None if one is None or "problem" in one else one["arms"][WHOLE] for one in rows]
            matched = ["" if one is None or one.get("reflex", {}).get("same") else " (not matched)" for one in rows]
            gaps = [
                NONE if one is None else markdown_interval(one["gap"]) + same
                for one, same in zip(found, matched, strict=True)
            ]
            fitness = [
                NONE
                if one is None
                else " and ".join(f"{one['fitness'][side]['mean']:.2f}" for side in ("fooled", "honest"))
                for one in found
            ]
            lines.append([_title(niche), *gaps, *fitness])
    return markdown_table([*heads, *(f"the same, {name}" for name in names)], lines)


def provenance(kept: dict[str, Any]) -> str:
    """Which runs the tables are made from: what lived, how many, on which seeds, by which code."""
    lines = []
    for run in kept["runs"]:
        steering = f", {' and '.join(run['steering'])} steering" if run.get("steering") else ""
        others = [arm for arm in run["arms"] if arm != WHOLE]
        what = [f"{run['animals']} whole animals"] if WHOLE in run["arms"] else []
        known = [kept["niches"][niche]["arms"].get(arm) for niche in run["niches"] for arm in others]
        numbers = " or ".join(map(str, sorted({one["animals"] for one in known if one})))
        what += [f"{numbers} animals of {len(others)} other arms"] if others else []
        where = ", ".join(f"`{niche}`" for niche in run["niches"])
        commit = f", commit `{run['commit']}`" if run["commit"] else ""
        lines.append(
            f"- {' and '.join(what)}{steering}, seeds from {run['seed']:,}, sources `{run['sources']}`{commit}: {where}."
        )
    return "\n".join(lines)


def losses(kept: dict[str, Any]) -> str:
    """Niches in which learning takes fitness while reward rises, with p values corrected for looking at all niches."""
    niches = {niche: row["arms"][WHOLE] for niche, row in kept["niches"].items()}
    p = {niche: math.nan if one["p"] is None else one["p"] for niche, one in niches.items()}
    corrected = dict(zip(niches, holm(list(p.values())), strict=True))
    rows = []
    for niche in sorted(niches, key=lambda niche: (niches[niche]["beside_reflex"]["high"], niche)):
        one = niches[niche]
        if one["beside_reflex"]["mean"] < 0.0 < one["reward_beside_reflex"]["mean"]:
            loss = markdown_interval(one["beside_reflex"])
            rows.append([_title(niche), loss, show_p(p[niche]), show_p(corrected[niche]), _again(kept["again"].get(niche))])
    corrected_head = f"p, corrected for {len(niches)} niches"
    heads = ["niche", "fitness that learning adds", "p", corrected_head, "more animals, on fresh seeds"]
    return markdown_table(heads, rows)


def _again(row: dict[str, Any] | None) -> str:
    if row is None:
        return NONE
    one = row["arms"][WHOLE]
    return f"{markdown_interval(one['beside_reflex'])}, {one['animals']} animals, p {show_p(one['p'])}"


def counts(kept: dict[str, Any]) -> str:
    """For each arm, in how many niches it is fooled, undecided or holds, of those in which its reflexes are not fooled."""
    niches = [row["arms"] for row in kept["niches"].values() if row["arms"][REFLEX]["verdict"] != "fooled"]
    verdicts, rows = ("fooled", "undecided", "holds"), []
    for arm in in_order(arm for arms in niches for arm in arms if arm != REFLEX):
        found = Counter(arms[arm]["verdict"] for arms in niches if arm in arms)
        rows.append([named(arm), str(found.total()), *(str(found[verdict]) for verdict in verdicts)])
    return markdown_table(["arm", "niches", *verdicts], rows)


TABLES = {
    "fooled_losses": losses,
    "fooled_counts": counts,
    "fooled_niches": niches,
    "fooled_list": what_is_there,
    "fooled_arms": arms,
    "fooled_versions": versions,
    "fooled_runs": provenance,
}
