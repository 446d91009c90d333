"""Tables of hand-over rules, from kept results: what each is worth, which is best, and what the young pay."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.catalogue import WHOLE_RULE
from benchmark.report.kept import SPECIES
from benchmark.report.numbers import NONE, markdown_interval, markdown_table, show_p
from benchmark.results.statistics import mean_interval
from benchmark.results.verdict import MARGIN, REFLEX, WHOLE

EARNED = "cortex+earned"
"""The rule of whole animals in the last release, beside which today's is shown."""


def rules(kept: dict[str, Any], world: str) -> str:
    """A row for each agent of a world."""
    birth = "at birth" if kept["lives"][world]["first_window_is_birth"] else "first age"
    rows = []
    for agent, row in kept["worlds"][world].items():
        name = f"**`{WHOLE}` ({WHOLE_RULE})**" if agent == WHOLE else f"`{agent}`"
        dip = row.get("dip")
        first = row.get("score_at_birth") or row.get("score_in_first_window")
        overtakes = row["overtakes_reflex_at"]
        rows.append(
            [
                name,
                markdown_interval(first),
                markdown_interval(row["score_grown"]),
                markdown_interval(row.get("whole_animal_minus_this")),
                NONE if dip is None or agent == "reflex" else f"{markdown_interval(dip)} ({show_p(dip['p'])})",
                markdown_interval({"mean": row["deaths"]["mean"], "low": None, "high": None}),
                markdown_interval({"mean": row["learner_share_grown"]["iqm"], "low": None, "high": None}),
                NONE if overtakes is None else f"{overtakes:,}",
            ]
        )
    heads = [
        "agent",
        birth,
        "grown",
        f"`{WHOLE}` minus this",
        "worst dip (p)",
        "deaths per 1,000",
        "in charge",
        "overtakes at step",
    ]
    return markdown_table(heads, rows)


def main(kept: dict[str, Any], world: str) -> str:
    """A row for each agent of a world that is not a learner under another rule than those of whole animals, today's and the last."""
    agents = {agent: row for agent, row in kept["worlds"][world].items() if "+" not in agent or agent == EARNED}
    return rules(kept | {"worlds": {world: agents}}, world)


def best_rule(kept: dict[str, Any], *rules_asked: str) -> str:
    """For each world the best rule, and whether each of the rules that are asked for is level with the best other one by the margin."""
    asked = rules_asked or (WHOLE,)
    rows = []
    for world, name in SPECIES.items():
        if world in kept["worlds"]:
            cells = []
            for agent in asked:
                found = best_other(kept, world, agent)
                if found is None:
                    cells.append(NONE)
                else:
                    other, difference = found
                    cells.append(
                        f"{markdown_interval(difference, 3)} (`{_rule_of(other)}`): {verdict_by_margin(difference)}"
                    )
            rows.append([name, *cells])
    return markdown_table(["species", *(f"`{_rule_of(agent)}` minus the best other rule" for agent in asked)], rows)


def _rule_of(agent: str) -> str:
    return WHOLE_RULE if agent == WHOLE else agent.partition("+")[2]


def best_other(kept: dict[str, Any], world: str, agent: str = WHOLE) -> tuple[str, dict[str, Any]] | None:
    """The rule with the highest mean grown score other than ``agent``'s, and ``agent`` minus it; None where there is none."""
    scores = {name: row["grown_scores"] for name, row in kept["worlds"][world].items() if "+" in name or name == WHOLE}
    others = {name: np.array(values, float) for name, values in scores.items() if name != agent}
    if agent not in scores or not others:
        return None
    best = max(others, key=lambda name: float(np.nanmean(others[name])))
    return best, mean_interval(np.array(scores[agent], float) - others[best])


def verdict_by_margin(difference: dict[str, Any]) -> str:
    """Whether a paired difference is no worse than the margin: yes, no or undecided."""
    return "yes" if difference["low"] > -MARGIN else "**no**" if difference["high"] < -MARGIN else "undecided"


def young(kept: dict[str, Any], *rules_asked: str) -> str:
    """For each world the score in the first and the second tenth of life, of the reflex, whole animals, and rules that are asked for.

    The last columns have, for each rule that is asked for, whole animals minus it over all of life, pair by pair.
    """
    asked = (WHOLE, *(rules_asked or (EARNED,)))
    rows = []
    for world, name in SPECIES.items():
        agents = kept["worlds"].get(world, {})
        if WHOLE in agents:
            tenths = [
                markdown_interval(agents[agent]["score_by_tenth"][tenth]) if agent in agents else NONE
                for tenth in (0, 1)
                for agent in (REFLEX, *asked)
            ]
            lives = [_over_life(agents, agent) for agent in asked[1:]]
            rows.append([name, *tenths, *lives])
    names = ("reflex", *(_rule_of(agent) for agent in asked))
    heads = [f"{when} tenth, `{name}`" for when in ("first", "second") for name in names]
    return markdown_table(["species", *heads, *(f"`{WHOLE_RULE}` minus `{name}`, all of life" for name in names[2:])], rows)


def _over_life(agents: dict[str, Any], agent: str) -> str:
    if agent not in agents:
        return NONE
    one, other = (np.array(agents[name]["life_scores"], float) for name in (WHOLE, agent))
    return markdown_interval(mean_interval(one - other), 3)
