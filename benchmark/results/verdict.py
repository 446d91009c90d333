"""What a benchmark found in one world, as verdicts: does learning add, what does it cost, and was steering fooled?"""

from __future__ import annotations

from typing import Any

from benchmark.results.aggregates import paired
from benchmark.results.gathered import Lives, day_fitness, grown, reward_score, scale_of
from benchmark.results.jobs import Settings

MARGIN = 0.02
"""Share of the scale from random (0) to oracle (1) that counts as no difference; stated before any run."""
FOOLED = 0.1
"""Steering counts as fooled if learning raises fitness by less than this share of what it raises reward, on one scale.

Chosen after a look: the first criterion, an excess of .1 of reward over fitness, called rat and bird fooled, though learning
raises their fitness by .40 and .57.
"""
WHOLE, REFLEX, LEARNER = "steered", "reflex", "learner"


def beside_whole(agents: dict[str, Lives], settings: Settings, world: str) -> dict[str, dict[str, Any]]:
    """Agent -> grown score of the whole animal minus that agent's, animal by animal; empty where they cannot be compared."""
    late = grown(settings, world)
    scale, whole = scale_of(agents, late), _complete(agents.get(WHOLE))
    if scale is None or whole is None:
        return {}
    found = {}
    for agent, lives in agents.items():
        curves = _complete(lives)
        if agent != WHOLE and curves is not None:
            one, other = (scale.score(day_fitness(each, late)) for each in (whole, curves))
            both = min(len(one), len(other))
            found[agent] = paired(one[:both], other[:both])
    return found


def verdict(agents: dict[str, Lives], rows: dict[str, Any], settings: Settings, world: str) -> dict[str, Any] | None:
    """The three verdicts of a world, or None where the whole animal, its reflex or the scale is missing.

    Args:
        rows: of the same agents, as ``summary.json`` has them.

    Returns:
        ``learning``: "adds", "takes" or "undecided", with ``gain``, the grown score of the whole animal minus its reflex's.
        ``cost``: "none" if at each of eleven ages the whole interval of score minus the reflex's is above -``MARGIN``, "some" if
        the whole interval of the worst of them, corrected for having been chosen, is below 0, otherwise "undecided"; with ``dip``,
        that worst age.
        ``steering``: "fooled" if learning surely raises reward, and fitness by surely less than ``FOOLED`` times as much; "sound" if by
        surely more, or if reward surely falls; otherwise "undecided"; with ``reward_gain``, ``fitness_gain`` and ``served``, fitness
        gain minus ``FOOLED`` times reward gain.
    """
    row = rows.get(WHOLE, {})
    whole, reflex = _complete(agents.get(WHOLE)), _complete(agents.get(REFLEX))
    late = grown(settings, world)
    scale = scale_of(agents, late)
    if whole is None or reflex is None or scale is None or "grown_minus_reflex" not in row:
        return None
    both = min(len(whole["days"]), len(reflex["days"]))
    fitness = [scale.score(day_fitness(each, late))[:both] for each in (whole, reflex)]
    reward = [reward_score(each, agents, late)[:both] for each in (whole, reflex)]
    fitness_gain, reward_gain = paired(fitness[0], fitness[1]), paired(reward[0], reward[1])
    served = paired(fitness[0] - fitness[1], FOOLED * (reward[0] - reward[1]))
    gain, dip = row["grown_minus_reflex"], row["dip"]
    return {
        "learning": "adds" if gain["low"] > 0.0 else "takes" if gain["high"] < 0.0 else "undecided",
        "gain": gain,
        "cost": "none" if dip["lowest_bound"] > -MARGIN else "some" if dip["high"] < 0.0 else "undecided",
        "dip": dip,
        "steering": _steering(reward_gain, served),
        "reward_gain": reward_gain,
        "fitness_gain": fitness_gain,
        "served": served,
    }


def _steering(reward_gain: dict[str, float], served: dict[str, float]) -> str:
    if reward_gain["low"] > 0.0 and served["high"] < 0.0:
        return "fooled"
    return "sound" if served["low"] > 0.0 or reward_gain["high"] < 0.0 else "undecided"


def _complete(lives: Lives | None) -> Any:
    return lives.curves if lives is not None and lives.status == "complete" else None
