"""The conclusions of a benchmark in sentences, made from the verdicts of ``summary.json``."""

from __future__ import annotations

import math
from typing import Any

from benchmark.experiments.experiment import Experiment
from benchmark.report.numbers import show_both, show_centre, show_number, show_share
from benchmark.results.verdict import LEARNER, MARGIN, REFLEX, WHOLE
from envs.registration import world_class
from steering.registration import steering_class

GOOD, BAD, OPEN = "good", "bad", "open"


def in_short(world: str, summary: dict[str, Any]) -> list[tuple[str, str]]:
    """What was found in one world: (tone, sentence) pairs, a tone being "good", "bad" or "open"; empty where nothing can be said.

    Args:
        summary: the content of ``summary.json``.
    """
    verdict, rows, life = summary["verdicts"].get(world), summary["worlds"][world], summary["lives"][world]
    if verdict is None:
        return []
    return [_learning(verdict, rows), _cost(verdict, life), _steering(verdict), _control(rows[WHOLE], world)]


def _learning(verdict: dict[str, Any], rows: dict[str, Any]) -> tuple[str, str]:
    whole, reflex, learner = (rows.get(name, {}).get("score_grown") for name in (WHOLE, REFLEX, LEARNER))
    ends = f"The whole animal ends at {show_centre(whole)}, its reflexes alone at {show_centre(reflex)}"
    ends += f", the learner alone at {show_centre(learner)}." if learner else "."
    if whole and learner and learner["low"] > whole["high"]:
        ends += " At this age the learner alone is ahead."
    gain = show_both(verdict["gain"])
    said = {
        "adds": (GOOD, f"Learning adds {gain}. {ends}"),
        "takes": (BAD, f"Learning takes away: {gain}. {ends}"),
        "undecided": (OPEN, f"Whether learning adds is undecided: {gain}. {ends}"),
    }
    return said[verdict["learning"]]


def _cost(verdict: dict[str, Any], life: dict[str, Any]) -> tuple[str, str]:
    dip = verdict["dip"]
    worst = f"{show_both(dip)} at the worst age, {_age(dip['age'], life)}"
    said = {
        "none": (
            GOOD,
            f"Learning costs at most {show_number(MARGIN)} at any age: no interval of an age reaches below "
            f"{show_number(math.floor(100.0 * dip['lowest_bound']) / 100.0)}.",
        ),
        "some": (BAD, f"Learning has a cost: {worst}."),
        "undecided": (OPEN, f"Whether learning has a cost is undecided: {worst}."),
    }
    return said[verdict["cost"]]


def _age(start: float, life: dict[str, Any]) -> str:
    if start == 0:
        first = show_share(life["first_window_of_whole_life"])
        return "at birth" if life["first_window_is_birth"] else f"in the first {first} of a whole life"
    return f"from {show_share(start)} of these lives on"


def _steering(verdict: dict[str, Any]) -> tuple[str, str]:
    gains = (
        f"Learning changes reward by {show_both(verdict['reward_gain'])}, fitness by {show_both(verdict['fitness_gain'])}."
    )
    said = {
        "sound": (GOOD, f"Steering is not fooled in this world. {gains}"),
        "fooled": (
            BAD,
            f"Steering is fooled in this world: fitness rises by less than a tenth of what reward does. {gains}",
        ),
        "undecided": (OPEN, f"Whether steering is fooled in this world is undecided. {gains}"),
    }
    return said[verdict["steering"]]


def _control(row: dict[str, Any], world: str) -> tuple[str, str]:
    share, matters = row["learner_share_grown"], row["share_where_it_matters"]
    text = f"The grown learner is in charge of {show_share(share['iqm'])} of all steps"
    known = matters["iqm"] is not None and matters["iqm"] == matters["iqm"]
    text += f", and of {show_share(matters['iqm'])} where it matters." if known else "."
    if steering_class(world_class(world)).reflex_lead is not None:
        text += " What it predicts of the reflex acts through the reflex, and is not counted."
    return OPEN, text


def by_claim(entries: list[dict[str, Any]], known: dict[str, Experiment]) -> list[list[dict[str, Any]]]:
    """Outcomes of experiments that claim the same of several worlds, together, in the order of the first of each.

    Args:
        entries: ``experiments`` of ``summary.json``.
        known: the experiments by id.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        found.setdefault(known[entry["id"]].claim, []).append(entry | {"world": known[entry["id"]].world})
    return list(found.values())


def holding(family: list[dict[str, Any]]) -> tuple[float | None, str]:
    """Of outcomes that claim the same, a number to sort by (1 if all hold, 0 if all fail; None if none was run), and how many hold."""
    judged = [entry for entry in family if entry["holds"] is not None]
    if not judged:
        return None, "not run"
    worth = [1.0 if entry["holds"] else 0.5 if entry.get("undecided") else 0.0 for entry in judged]
    missing = f", {len(family) - len(judged)} not run" if len(judged) < len(family) else ""
    return sum(worth) / len(worth), f"{worth.count(1.0)} of {len(judged)}{missing}"


def experiments_in_short(entries: list[dict[str, Any]]) -> str:
    """How many experiments hold, which fail, and which are undecided."""
    judged = [entry for entry in entries if entry["holds"] is not None]
    others = [entry for entry in judged if not entry["holds"]]
    failed = [entry["id"] for entry in others if not entry.get("undecided")]
    open_ = [entry["id"] for entry in others if entry.get("undecided")]
    if not judged:
        return ""
    told = f"{len(judged) - len(others)} of {len(judged)} experiments hold."
    told += f" Not held up: {', '.join(failed)}." if failed else ""
    return told + (f" Undecided: {', '.join(open_)}." if open_ else "")
