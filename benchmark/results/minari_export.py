"""Trajectories as a Minari dataset, which offline learners of other libraries read."""

from __future__ import annotations

import importlib.util
import json
import warnings
from typing import Any

import gymnasium as gym
import numpy as np

from agents.population import Population
from agents.registration import steered_id
from agents.trajectories import Trajectory
from core.code_digest import code_digest
from core.errors import InvalidArgument


def check_dataset(identifier: str) -> None:
    """Raise :class:`core.errors.InvalidArgument` unless a dataset of that id can be made here."""
    if importlib.util.find_spec("minari") is None:
        raise InvalidArgument("Datasets need Minari: pip install nestling[minari]")
    import minari
    from minari.dataset.minari_dataset import parse_dataset_id

    try:
        parse_dataset_id(identifier)
    except ValueError:
        raise InvalidArgument(
            f"A dataset is named like nestling/looming-escape/steered-grown-v0, not {identifier!r}."
        ) from None
    if identifier in minari.list_local_datasets():
        raise InvalidArgument(
            f"There is a dataset {identifier} already, and nothing is overwritten. Choose another name, or remove it first: "
            f"minari delete {identifier}"
        )


def write_dataset(identifier: str, population: Population, episodes: list[Trajectory], description: str) -> Any:
    """Write episodes as the Minari dataset ``identifier``, and give it.

    ``recover_environment`` makes the world with its steering inside, whose reward is steering's judgement, as it is here. All else
    that was recorded is in ``infos``; fitness is there too, and is for scoring.

    Where the world is a third party's or has options, its id alone would make another; then there is no environment to recover.

    Raises:
        InvalidArgument: Minari is missing, the id is none, there is such a dataset, or there are no episodes.
    """
    check_dataset(identifier)
    if not episodes:
        raise InvalidArgument("There are no episodes to write; let the animals live for longer than the longest episode.")
    import minari
    from minari.data_collector import EpisodeBuffer

    buffers = [_buffer(number, episode, EpisodeBuffer) for number, episode in enumerate(episodes)]
    about = {"agent": population.spec.name, "seeds": [int(seed) for seed in population.seeds], "code": code_digest()}
    steered = population.steered
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="minari")  # asks for links and addresses of authors
        return minari.create_dataset_from_buffers(
            identifier,
            buffers,
            env=_spec(population),
            observation_space=steered.single_observation_space,
            action_space=steered.single_action_space,
            algorithm_name=population.spec.name,
            author="Nestling",
            description=f"{description} {json.dumps(about)}",
            requirements=["nestling"],
        )


def _spec(population: Population) -> Any:
    """What makes the environment again, or None where its id would make another one than these animals lived in."""
    known = steered_id(population.world.id)
    is_registered = ":" not in population.world_name and known in gym.registry
    return gym.spec(known) if is_registered and not population.world_options else None


def _buffer(number: int, episode: Trajectory, kind: Any) -> Any:
    steps = len(episode.rewards)
    ends = [False] * (steps - 1)
    # one value for each observation, as Minari has them; the first is before anything was done
    infos = {name: _with_first(values) for name, values in episode.details.items()}
    return kind(
        id=number,
        seed=episode.seed,
        options={"animal": episode.animal, "age_in_seconds": episode.age},
        observations=episode.observations,
        actions=episode.actions,
        rewards=list(episode.rewards),
        terminations=[*ends, episode.terminated],
        truncations=[*ends, episode.truncated],
        infos=infos,
    )


def _with_first(values: Any) -> Any:
    return np.concatenate([np.zeros_like(values[:1]), values])
