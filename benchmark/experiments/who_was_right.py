"""Who would have been right (H8)? The same moment is lived twice, once with learning and once with the reflex in charge.

Only moments at which it matters are asked (see :class:`agents.disagreement.Disagreement`). Once the rule decides; once the other of
the two is in charge for as long as an act lasts, and then the rule decides again, with the same random numbers. What steering judges
from there on, and the world's verdict, are compared. Afterwards the life is taken up again where it was left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.disagreement import Disagreement
from agents.hand_over.base import HandOver
from agents.life import live
from agents.population import Population
from benchmark.experiments.criterion import surely_above
from benchmark.experiments.experiment import Score
from benchmark.experiments.hand_over import LIFE, in_world
from benchmark.laboratory.lives import ESSAY, episodes_of, told
from benchmark.results.statistics import mean_interval

AGES = (0.1, 0.4, 1.0)  # of these lives
MOMENTS = 24  # an age
ACT = 1.5  # s that one of the two is in charge, at least a step
AFTER = 60  # steps that are compared


class _Forced:
    """A hand-over rule whose choice is overridden in the chosen animals."""

    def __init__(self, rule: HandOver, rows: np.ndarray, learner: bool) -> None:
        self._rule, self._rows, self._learner = rule, rows, learner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rule, name)

    def choose(self, *seen: Any) -> np.ndarray:
        return np.where(self._rows, self._learner, self._rule.choose(*seen))


@dataclass(frozen=True)
class Disputed:
    """Moments at which it mattered who was in charge.

    Attributes:
        animal: (moments,) whose it was.
        to_learner: (moments,) bool, the rule gave it to the learner.
        judged, fitness: (moments,) what followed with the learner in charge, minus what followed with the reflex.
    """

    animal: np.ndarray
    to_learner: np.ndarray
    judged: np.ndarray
    fitness: np.ndarray


def who_was_right(animals: int, seed: int, world: str) -> dict[float, Disputed]:
    """Disputed moments at three ages of whole animals, spread over a day each."""
    population = Population("steered", world, animals, seed=seed)
    steps, day = (days * population.world.max_episode_steps for days in (episodes_of(world, LIFE), 1))
    found, lived = {}, 0
    for age in AGES:
        live(population, round(age * steps) - lived)
        lived = round(age * steps)
        found[age] = _disputed(population, max(1, day // MOMENTS))
        lived += MOMENTS * max(1, day // MOMENTS)
    return found


def _disputed(population: Population, gap: int) -> Disputed:
    """Ask one moment after another, ``gap`` steps apart."""
    matters = Disagreement(population.world.single_action_space).matters
    parts: list[tuple[np.ndarray, ...]] = []
    for _ in range(MOMENTS):
        before = population.get_state()
        tick = population.tick()
        rows, to_learner = matters(tick), tick.in_charge.copy()
        if rows.any():
            with_learner = _what_follows(population, before, rows & ~to_learner, learner=True)
            with_reflex = _what_follows(population, before, rows & to_learner, learner=False)
            judged, fitness = with_learner - with_reflex
            parts.append((np.flatnonzero(rows), to_learner[rows], judged[rows], fitness[rows]))
        population.set_state(before)
        live(population, gap)
    if not parts:
        return Disputed(np.zeros(0, int), np.zeros(0, bool), np.zeros(0), np.zeros(0))
    return Disputed(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _what_follows(population: Population, before: dict[str, np.ndarray], rows: np.ndarray, learner: bool) -> np.ndarray:
    """(2, animals) what steering judged and fitness, summed until the episode ends, if one of the two is made to act in some rows."""
    population.set_state(before)
    steered, rule = population.steered, population.steered.hand_over
    act = max(1, round(ACT / population.world.dt))
    sums, going = np.zeros((2, population.animals)), np.ones(population.animals, bool)
    try:
        for step in range(AFTER):
            forced = _Forced(rule, rows, learner) if step < act else rule
            steered.hand_over = forced  # type: ignore[assignment]  # it passes on whatever else a rule does
            tick = population.tick()
            sums += going * np.stack([tick.verdict.judged, tick.fitness])
            going &= ~tick.ended
    finally:
        steered.hand_over = rule
    return sums


def score_of_who_was_right(found: dict[float, Disputed]) -> Score:
    """What is better with the learner in charge: where the rule let it act, and where it did not."""
    details: dict[str, Any] = {"ages, of half a life": list(AGES)}
    let = {}
    for age, moments in found.items():
        for name, chosen in (("let act", moments.to_learner), ("held back", ~moments.to_learner)):
            judged, fitness = (_by_animal(moments.animal, values, chosen) for values in (moments.judged, moments.fitness))
            details |= told(f"age {age:g}, learner {name}: judged, learner minus reflex", judged)
            details |= told(f"age {age:g}, learner {name}: fitness, learner minus reflex", fitness)
            details[f"age {age:g}, learner {name}: moments"] = float(chosen.sum())
            let[age, name] = judged
    grown = let[AGES[-1], "let act"]
    return Score(
        headline="grown, learner let act: judged with the learner in charge minus with the reflex",
        measures={
            "grown, learner let act: judged with the learner in charge minus with the reflex": mean_interval(grown),
        },
        n=int(np.isfinite(grown).sum()),
        details=details,
    )


def _by_animal(animal: np.ndarray, values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """(animals,) mean over each animal's chosen moments; NaN for one that had none."""
    count = int(animal.max()) + 1 if animal.size else 0
    moments = np.bincount(animal[chosen], minlength=count)
    sums = np.bincount(animal[chosen], values[chosen], minlength=count)
    return np.where(moments > 0, sums / np.maximum(moments, 1), np.nan)


EXPERIMENTS = tuple(
    in_world(
        letter,
        id="H8",
        claim="Where learning and reflex disagree and the rule lets a grown learner act, steering judges what follows better than "
        "with the reflex in charge",
        source=ESSAY,
        protocol=who_was_right,
        score=score_of_who_was_right,
        criterion=(surely_above("grown, learner let act: judged with the learner in charge minus with the reflex"),),
        animals=32,
        slow=True,
    )
    for letter in ("", *"rbfo")
)
