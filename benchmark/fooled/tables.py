"""Tables of the docs on fooled niches, made from what is kept."""

from __future__ import annotations

from collections import Counter
from typing import Any

from benchmark.fooled.figures import named
from benchmark.fooled.settings import REFLEX, WHOLE, in_order, parts_of
from benchmark.report.numbers import show_p, show_rounded
from benchmark.results.aggregates import correct_family
from envs.registration import niche_of

_NONE = "\N{EN DASH}"


def _both(value: dict[str, Any], digits: int = 2) -> str:
    numbers = [value[key] for key in ("mean", "low", "high")]
    if any(number is None for number in numbers):
        return "\N{EN DASH}"
    mean, low, high = (show_rounded(number, digits) for number in numbers)
    return f"{mean} [{low}, {high}]"


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
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    for niche, row in kept["niches"].items():
        one, reflex = row["arms"][WHOLE], row["arms"][REFLEX]
        matched = _both(row["reflex"]["difference"], 3) + ("" if row["reflex"]["same"] else " (not matched)")
        gap = f"**{_both(one['gap'])}**" if one["verdict"] == "fooled" else _both(one["gap"])
        opens = _NONE if one["onset"] is None else f"{100 * one['onset']:.0f}% of life"
        after = [_both(one[key]) for key in ("beside_reflex", "reward_beside_reflex")] + [opens, _both(one["recovery"])]
        cells = [niche.replace("/", ": "), matched, _both(reflex["gap"]), gap, one["verdict"], *after]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def what_is_there(kept: dict[str, Any]) -> str:
    """A list of the niches, each with what is there and where it is modelled on."""
    lines = []
    for niche in kept["niches"]:
        found = niche_of(*parts_of(niche))
        lines.append(f"- **{niche.replace('/', ': ')}** (`{found.switch}`): {found.meaning}. Source: {found.source}.")
    return "\n".join(lines)


def arms(kept: dict[str, Any]) -> str:
    """The gap of every arm but reflex and whole animal, a row a niche: rules of hand-over, other learners, negative controls."""
    names = in_order(arm for row in kept["niches"].values() for arm in row["arms"] if arm not in (REFLEX, WHOLE))
    rules = [arm for arm in names if arm.startswith("cortex+") and "!" not in arm]
    controls = [arm for arm in names if "!" in arm]
    others = [arm for arm in names if arm not in (*rules, *controls)]
    return "\n\n".join(_gaps(kept["niches"], some) for some in (rules, others, controls) if some)


def _gaps(rows: dict[str, Any], arms: list[str]) -> str:
    lines = [f"| niche | {' | '.join(map(named, arms))} |", "|" + " --- |" * (1 + len(arms))]
    for niche, row in rows.items():
        if any(arm in row["arms"] for arm in arms):
            cells = [_both(row["arms"][arm]["gap"]) if arm in row["arms"] else _NONE for arm in arms]
            lines.append(f"| {niche.replace('/', ': ')} | {' | '.join(cells)} |")
    return "\n".join(lines)


def versions(kept: dict[str, Any]) -> str:
    """What other steering makes of the same niches."""
    names = list(kept["versions"])
    lines = [
        f"| niche | gap, own | {' | '.join(f'gap, {name}' for name in names)} | fitness, fooled and honest, own | "
        f"{' | '.join(f'the same, {name}' for name in names)} |",
        "|" + " --- |" * (3 + 2 * len(names)),
    ]
    for niche, row in kept["niches"].items():
        rows = [row, *(kept["versions"][name].get(niche) for name in names)]
        if any(rows[1:]):
            found = [None if one is None or "problem" in one else one["arms"][WHOLE] for one in rows]
            matched = ["" if one is None or one.get("reflex", {}).get("same") else " (not matched)" for one in rows]
            gaps = [_NONE if one is None else _both(one["gap"]) + same for one, same in zip(found, matched, strict=True)]
            fitness = [
                _NONE
                if one is None
                else " and ".join(f"{one['fitness'][side]['mean']:.2f}" for side in ("fooled", "honest"))
                for one in found
            ]
            lines.append(f"| {niche.replace('/', ': ')} | {' | '.join([*gaps, *fitness])} |")
    return "\n".join(lines)


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


def below(kept: dict[str, Any]) -> str:
    """Niches in which learning takes fitness while reward rises, with p values corrected for looking at all niches."""
    rows = kept["niches"]
    corrected = dict(zip(rows, correct_family([row["arms"][WHOLE]["p"] for row in rows.values()]), strict=True))
    heads = [
        "niche",
        "fitness that learning adds",
        "p",
        f"p, corrected for {len(rows)} niches",
        "more animals, on fresh seeds",
    ]
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    for niche in sorted(rows, key=lambda niche: rows[niche]["arms"][WHOLE]["p"]):
        one = rows[niche]["arms"][WHOLE]
        if one["beside_reflex"]["mean"] >= 0.0 or one["reward_beside_reflex"]["mean"] <= 0.0:
            continue
        more = kept["again"].get(niche, {}).get("arms", {}).get(WHOLE)
        again = (
            _NONE if more is None else f"{_both(more['beside_reflex'])}, {more['animals']} animals, p {show_p(more['p'])}"
        )
        cells = [niche.replace("/", ": "), _both(one["beside_reflex"]), show_p(one["p"]), show_p(corrected[niche]), again]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def counts(kept: dict[str, Any]) -> str:
    """For each arm, in how many niches it is fooled, undecided or holds, of those in which its reflexes are not fooled."""
    rows = [row["arms"] for row in kept["niches"].values() if row["arms"][REFLEX]["verdict"] != "fooled"]
    verdicts = ("fooled", "undecided", "holds")
    lines = [f"| arm | niches | {' | '.join(verdicts)} |", "|" + " --- |" * (2 + len(verdicts))]
    for arm in in_order(arm for arms in rows for arm in arms if arm != REFLEX):
        found = Counter(arms[arm]["verdict"] for arms in rows if arm in arms)
        lines.append(f"| {named(arm)} | {found.total()} | {' | '.join(str(found[verdict]) for verdict in verdicts)} |")
    return "\n".join(lines)


TABLES = {
    "fooled_below": below,
    "fooled_counts": counts,
    "fooled_niches": niches,
    "fooled_list": what_is_there,
    "fooled_arms": arms,
    "fooled_versions": versions,
    "fooled_runs": provenance,
}
