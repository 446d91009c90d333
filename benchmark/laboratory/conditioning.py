"""Conditioning of eyelids: trials, the course of the lid in them, and what counts as a response."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from agents.catalogue import agent_spec
from agents.genome import Genome
from agents.population import Population
from envs.eyeblink.events import COURSE, LONGEST_GAP, PUFF
from envs.eyeblink.world import Eyeblink
from learning.cortex import Cortex
from learning.cortical_genome import CorticalGenome

TRAINED, TESTED, PAUSE = 80, 10, 0.25  # trials of a training and of a test; the usual interval, s
RESPONSE = 0.1  # closing of the lid before the puff that counts as a conditioned response; chosen
STEP_MS = 1000.0 * Eyeblink.dt
PUFF_MS = 1000.0 * PUFF


class Eyelids:
    """Newborn animals whose reflex stays in charge, so that what is learned shows in the reflex alone.

    This is the decerebrate preparation, which learns as whole animals do (Norman et al. 1977).

    Args:
        animals: how many.
        seed: of the first.
        genes: of the cortex, where they are not the usual ones.

    Attributes:
        trials: for each animal its trials since :meth:`forget`, each (whether there was a puff, (COURSE,) course of the lid).
    """

    def __init__(self, animals: int, seed: int, **genes: Any) -> None:
        spec = agent_spec("steered-never")
        if genes:
            spec = replace(spec, genome=Genome(replace(CorticalGenome(), **genes)))
        self.population = Population(spec, "Eyeblink", animals, seed=seed)
        self.world = self.population.world
        self.forget()

    def forget(self) -> None:
        """Keep only trials from now on."""
        self.trials: list[list[tuple[bool, np.ndarray]]] = [[] for _ in range(self.population.animals)]

    def train(self, trials: int, **training: Any) -> None:
        """At least so many trials for every animal; ``training`` is that of the world's manipulation ``train``, or as before."""
        if training:
            self.world.manipulate("train", **training)
        wanted = [len(one) + trials for one in self.trials]
        body = self.world.body
        while any(len(one) < number for one, number in zip(self.trials, wanted, strict=True)):
            on, since, at = body.cue >= 0, body.since.copy(), body.puff_at.copy()
            self.population.tick()
            for row in np.flatnonzero(on & (body.cue < 0) & (since > 0)):
                course = body.course[row].copy()
                course[since[row] + 1 :] = 0.0
                self.trials[row].append((at[row] >= 0, course))

    def test(self, trials: int, **training: Any) -> np.ndarray:
        """(animals, COURSE) mean course of the lid in so many trials without puff; nothing is learned meanwhile.

        The population is left as it was before, so that a test does not extinguish what it measures.
        """
        saved, kept = self.population.get_state(), self.trials
        self.forget()
        self.population.lesion("plasticity")
        self.train(trials, **(training | {"omitted": 1.0}))
        courses = np.stack([np.mean([course for _, course in one[:trials]], axis=0) for one in self.trials])
        self.trials = kept
        self.population.set_state(saved)
        return courses

    def strongest_prediction(self, cue: str, interval: float) -> np.ndarray:
        """(animals,) the largest prediction of the blink while a cue alone is on, before the nuclei; nothing is learned meanwhile."""
        saved, kept = self.population.get_state(), self.trials
        learner = self.population.learner
        assert isinstance(learner, Cortex)
        assert learner.anticipation is not None
        self.population.lesion("plasticity")
        self.world.manipulate("train", cue=cue, interval=interval, omitted=1.0)
        strongest = np.zeros(self.population.animals)
        for _ in range(round(3.0 * (interval + LONGEST_GAP) / Eyeblink.dt)):
            self.population.tick()
            strongest = np.maximum(strongest, learner.anticipation.predicted[:, 0])
        self.trials = kept
        self.population.set_state(saved)
        return strongest

    def responses(self, interval: float, first: int = 0, last: int | None = None) -> np.ndarray:
        """(animals,) share of the trials ``first`` to ``last`` in which the lid closed before the puff was due."""
        due = round(interval / Eyeblink.dt)
        return np.array(
            [np.mean([course[: due + 1].max() > RESPONSE for _, course in one[first:last]]) for one in self.trials]
        )

    def trials_to_criterion(self, interval: float, of_five: int = 4) -> np.ndarray:
        """(animals,) trials before the first five of which ``of_five`` have a response; all of them, where there are none."""
        due = round(interval / Eyeblink.dt)
        found = []
        for one in self.trials:
            responds = np.array([course[: due + 1].max() > RESPONSE for _, course in one], int)
            sums = np.convolve(responds, np.ones(5, int), "valid")
            found.append(int(np.argmax(sums >= of_five)) if (sums >= of_five).any() else len(one))
        return np.array(found, float)


def peak(courses: np.ndarray, start: float = 0.0, end: float = COURSE * Eyeblink.dt) -> tuple[np.ndarray, np.ndarray]:
    """(animals,) height of the lid's peak between two times (s), and when it comes (ms): the middle of the steps at its height."""
    first, last = round(start / Eyeblink.dt), round(end / Eyeblink.dt)
    part = courses[:, first:last]
    height = part.max(axis=1)
    top = part >= 0.99 * np.maximum(height, 1e-9)[:, None]
    return height, STEP_MS * (first + (top * np.arange(part.shape[1])).sum(axis=1) / top.sum(axis=1))


def width(courses: np.ndarray) -> np.ndarray:
    """(animals,) ms for which the lid is closed by more than half of its peak."""
    return STEP_MS * (courses > 0.5 * courses.max(axis=1, keepdims=True)).sum(axis=1)
