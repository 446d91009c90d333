"""Checks of somebody's steering before it lives on any niche: errors that name what is wrong, in place of a traceback hours later."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import numpy as np

from agents.population import Population
from core.errors import BrokenSteering, InvalidArgument, NestlingError, told
from envs.registration import world_class
from steering.registration import steering_class

_ROUNDING = 1e-6  # senses are of single precision
_ANIMALS, _EPISODES = 8, 2
_LEAST_STEPS, _MOST_STEPS = 2000, 3000  # a finch hears its tutor for longer than two episodes, and judges nothing meanwhile


def check_steering(world: str, steering: str) -> None:
    """Let a few animals act at random under a steering subsystem, and look at how it judges them.

    Raises:
        InvalidArgument: it raises, its reward is not finite, never differs, or follows fitness to a constant factor.
    """
    kind = world_class(world)
    name = steering_class(kind, steering or None).__name__
    steps = min(_MOST_STEPS, max(_LEAST_STEPS, _EPISODES * kind.episode_steps))
    reward, fitness = _judged(world, steering, name, steps)
    if np.ptp(reward) == 0.0:
        raise InvalidArgument(
            f"{name} gave the same reward, {reward.flat[0]:g}, in each of {reward.size:,} steps of random actions in {world}; nothing "
            "can be learned from it. Let _judge fill the parts of reward from the senses."
        )
    moved = fitness != 0.0
    if moved.any():
        ratio = reward[moved] / fitness[moved]
        if np.ptp(ratio) <= _ROUNDING * max(1.0, float(np.abs(ratio).max())) and not reward[~moved].any():
            raise InvalidArgument(
                f"The reward of {name} is fitness times {ratio.mean():g} in {world}. Reward is steering's own judgement of what it "
                "senses; the arm of fitness as reward is a negative control."
            )


def _place_of(error: Exception) -> str:
    """File and line where it was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"


def _judged(world: str, steering: str, name: str, steps: int) -> tuple[np.ndarray, np.ndarray]:
    options: dict[str, Any] = {"steering": steering} if steering else {}
    reward, fitness = np.empty((steps, _ANIMALS)), np.empty((steps, _ANIMALS))
    try:
        population = Population("random", world, _ANIMALS, seed=0, **options)
        for step in range(steps):
            tick = population.tick()
            reward[step], fitness[step] = tick.verdict.judged, tick.fitness
    except BrokenSteering as error:
        raise InvalidArgument(f"{name} cannot be tried in {world}. {error}") from error
    except NestlingError:
        raise
    except Exception as error:  # whatever somebody's steering does wrong, they are told where
        raise InvalidArgument(
            f"{name} failed in {world}: {type(error).__name__}: {told(error)} ({_place_of(error)})."
        ) from error
    return reward, fitness
