"""Lives as data: what an animal sensed, what was done, who did it, and what came of it, episode by episode."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from gymnasium.vector import AutoresetMode

from agents.life import live
from agents.population import Population
from agents.steered_world import Tick
from core.errors import InvalidArgument


@dataclass(slots=True)
class Trajectory:
    """One episode of one animal; T steps.

    Attributes:
        animal: number of the animal.
        seed: its seed.
        age: seconds of life when the episode began.
        observations: (T + 1, senses) float32: what is heard by learning, and steering's signals.
        actions: (T, *action shape) what was carried out.
        rewards: (T,) steering's judgement, and what a hand-over rule in which the reflex teaches adds to it.
        terminated: whether the world ended it.
        truncated: whether time ran out, or recording stopped.
        details: (T, ...) each: ``reflex`` and ``proposal`` (actions), ``learner_in_charge`` (bool), ``fitness`` (the world's verdict,
            which no learner sees), ``part_<name>`` of reward, ``channel_<name>`` of steering.
    """

    animal: int
    seed: int
    age: float
    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    terminated: bool
    truncated: bool
    details: dict[str, np.ndarray] = field(default_factory=dict)


class TrajectoryRecorder:
    """An observer of :func:`agents.life.live` that keeps whole episodes; one that had begun before is left out."""

    def __init__(self) -> None:
        self.finished: list[Trajectory] = []
        self._running: dict[int, dict[str, list[np.ndarray]]] = {}
        self._age: dict[int, float] = {}
        self._seen = False

    def __call__(self, population: Population, tick: Tick) -> None:
        """Add a tick."""
        dt, age = population.world.dt, population.steered.age
        if not self._seen:
            first = tick.stepped & ~tick.ended & (population.world.elapsed == 1)
            self._running = {int(row): {} for row in np.flatnonzero(first)}
            self._age = {row: float(age[row] - dt) for row in self._running}
            self._seen = True
        step = self._described(population, tick)
        for row in np.flatnonzero(tick.stepped & np.isin(np.arange(population.animals), list(self._running))):
            kept = self._running[int(row)]
            for name, values in step.items():
                kept.setdefault(name, []).append(np.copy(values[row]))
            if tick.ended[row]:
                self._finish(population, int(row), tick.final_observation[row], bool(tick.terminated[row]))
        at_once = population.world.autoreset_mode is AutoresetMode.SAME_STEP
        for row in np.flatnonzero(tick.ended if at_once else ~tick.stepped):  # at the start of an episode
            self._running[int(row)], self._age[int(row)] = {}, float(age[row])

    def stop(self, population: Population) -> list[Trajectory]:
        """Cut what is still running, and give all episodes, by animal and age."""
        for row in list(self._running):
            if self._running[row]:
                self._finish(population, row, population.steered.observation[row], False)
        return sorted(self.finished, key=lambda episode: (episode.animal, episode.age))

    def _described(self, population: Population, tick: Tick) -> dict[str, np.ndarray]:
        steering, verdict = population.steered.steering, tick.verdict
        step = {
            "observation": tick.observation,
            "action": tick.action,
            "reward": verdict.reward,
            "reflex": tick.reflex.action,
            "proposal": tick.proposal.action,
            "learner_in_charge": tick.in_charge,
            "fitness": tick.fitness,
        }
        step |= {f"part_{name}": verdict.parts[:, k] for k, name in enumerate(steering.parts)}
        return step | {f"channel_{name}": verdict.channels[:, k] for k, name in enumerate(steering.channels)}

    def _finish(self, population: Population, row: int, last: np.ndarray, terminated: bool) -> None:
        kept = {name: np.stack(values) for name, values in self._running.pop(row).items()}
        observations = np.concatenate([kept.pop("observation"), last[None]]).astype(np.float32)
        self.finished.append(
            Trajectory(
                animal=row,
                seed=int(population.seeds[row]),
                age=self._age.pop(row),
                observations=observations,
                actions=kept.pop("action"),
                rewards=kept.pop("reward"),
                terminated=terminated,
                truncated=not terminated,
                details=kept,
            )
        )


def trajectories(population: Population, steps: int) -> list[Trajectory]:
    """Let animals live for ``steps`` ticks, and give every episode that began in them."""
    recorder = TrajectoryRecorder()
    live(population, steps, [recorder])
    return recorder.stop(population)


def demonstrations(population: Population, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """A population as a teacher: (n, senses) observations and (n, *action shape) what was done, for imitation."""
    episodes = trajectories(population, steps)
    if not episodes:
        longest = population.world.max_episode_steps
        raise InvalidArgument(
            f"No episode began in these {steps} steps, and one that had begun before is left out; let them live for {longest} more."
        )
    return (
        np.concatenate([episode.observations[:-1] for episode in episodes]),
        np.concatenate([episode.actions for episode in episodes]),
    )
