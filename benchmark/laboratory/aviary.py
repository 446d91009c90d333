"""Birds in sound-proof boxes: groups of one population that are treated differently, and songs judged on rendered audio."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from agents.life import live
from agents.population import Population
from agents.steered_world import Tick
from envs.birdsong.features import extract
from envs.birdsong.similarity import likeness_of, song_fitness
from envs.birdsong.syrinx import render
from envs.birdsong.tutor import Tutor, innate_tutor

WORLD = "Birdsong"
DAY = 40  # renditions in a day of development
LIFE = 65 * DAY  # from day 25 to day 90


class Aviary:
    """Some groups of ``each`` birds in one population; ``groups`` gives their names, in order of rows.

    Bird i of every group has the same seed, so that groups are compared bird by bird.
    """

    def __init__(self, groups: tuple[str, ...], each: int, seed: int, agent: str = "steered", **options: Any) -> None:
        self.groups, self.each = groups, each
        seeds = [seed + bird for _ in groups for bird in range(each)]
        self.population = Population(agent, WORLD, len(seeds), seed=seeds, **options)
        world: Any = self.population.world
        self.world = world
        self.frames = int(self.world.frames)

    def rows(self, *groups: str) -> np.ndarray:
        """(n,) int: where the birds of the named groups are."""
        return np.concatenate([self.each * self.groups.index(group) + np.arange(self.each) for group in groups])

    def treat(self, name: str, *groups: str, **parameters: Any) -> None:
        """Apply a manipulation of the world to the named groups."""
        self.world.manipulate(name, self.rows(*groups), **parameters)

    def lesion(self, part: str, *groups: str, lesioned: bool = True) -> None:
        """Remove a part in the named groups, or restore it."""
        self.population.lesion(part, self.rows(*groups), lesioned)

    def sing(self, renditions: int, each_day: Callable[[], None] | None = None) -> None:
        """Let everybody sing; ``each_day`` is called after every day."""
        for done in range(1, renditions + 1):
            live(self.population, self.world.max_episode_steps)
            if each_day is not None and done % DAY == 0:
                each_day()

    def songs(self, group: str) -> np.ndarray:
        """(birds, frames, 3) gestures of the last rendition of each bird."""
        return np.stack([self.world.rendition(row) for row in self.rows(group)])

    def intended(self, group: str) -> np.ndarray:
        """(birds, frames, 3) gestures as the birds' learners intend them, without their variability."""
        learner: Any = self.population.learner
        phases = np.minimum(1.0, np.arange(self.frames) / self.frames).astype(np.float32)
        song = np.stack([learner.read_motor_map(np.full((self.population.animals, 1), phase)) for phase in phases], axis=1)
        return song[self.rows(group)]

    def rewards(self, renditions: int) -> np.ndarray:
        """(renditions, frames, birds) reward of each moment of the song, while everybody goes on singing."""
        recorder = _RewardRecorder(renditions, self.frames, self.world.max_episode_steps, self.population.animals)
        live(self.population, renditions * self.world.max_episode_steps, [recorder])
        return recorder.rewards


class _RewardRecorder:
    """Observer that keeps the reward of each moment of the song; an episode is longer than a song by the delay of judgement."""

    def __init__(self, renditions: int, frames: int, steps: int, num_animals: int) -> None:
        self.rewards = np.zeros((renditions, frames, num_animals))
        self._steps, self._delay, self._done = steps, steps - frames, 0

    def __call__(self, population: Population, tick: Tick) -> None:
        rendition, step = divmod(self._done, self._steps)
        if step >= self._delay:
            self.rewards[rendition, step - self._delay] = tick.verdict.reward
        self._done += 1


def heard(songs: np.ndarray, seed: int = 0) -> list[np.ndarray]:
    """Features (frames, 5) of each gesture, from rendered audio."""
    return [extract(render(song, seed + index)) for index, song in enumerate(songs)]


def resemblance(features: list[np.ndarray], tutor: Tutor) -> np.ndarray:
    """(songs,) the world's fitness of songs that were rendered to audio and heard again."""
    return np.array([song_fitness(song[: len(tutor)], tutor.measures, tutor.quantiles) for song in features])


def song_likeness(features: list[np.ndarray]) -> np.ndarray:
    """(songs,) how like a song of the species each is, 0 to 1; see :func:`envs.birdsong.similarity.likeness_of`."""
    return np.array([likeness_of(song) for song in features])


def pitch_of(songs: np.ndarray, syllable: tuple[int, int]) -> np.ndarray:
    """(birds,) median pitch (octaves above 500 Hz) of the middle of a syllable, from rendered audio."""
    first, end = syllable
    middle = slice(first + 1, max(first + 2, end - 1))
    return np.array([float(np.median(features[middle, 1])) for features in heard(songs)])


def home_and_stranger() -> tuple[Tutor, Tutor]:
    """The two songs that the project's own syrinx sings."""
    return innate_tutor(), innate_tutor("stranger")
