"""How fast every world and its animals are, as ratios to Gymnasium's CartPole in the same run.

Rounds are interleaved, and each ratio is taken within a round, so that a machine whose speed drifts favours nobody.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable

import gymnasium as gym
from gymnasium.vector import AutoresetMode

from agents import registration  # noqa: F401  # registers the steered ids
from agents.life import live
from agents.population import Population
from envs.registration import make_world, world_class

ROWS, LIVES = 1024, 64
_TICKS = 50
Run = Callable[[], int]
COLUMNS = {
    "world": f"step of {ROWS:,} rows",
    "life": f"learning life of {LIVES}",
    "single": "single environment",
    "steered": "single steered environment",
}
_PEERS = {"world": "rows", "life": "lives", "single": "one", "steered": "one"}


def pace_ratios(
    worlds: Iterable[str], rounds: int = 5, seconds: float = 0.5, told: Callable[[], None] = lambda: None
) -> dict[str, dict[str, float]]:
    """Steps per second of each world, as a share of CartPole's: world -> column of :data:`COLUMNS` -> median over rounds.

    Args:
        worlds: by name; each has a steering subsystem of its own.
        rounds: how many.
        seconds: length of each measurement.
        told: called after each world in each round.
    """
    peers = {"rows": _carts(ROWS), "lives": _carts(LIVES), "one": _alone("CartPole-v1")}
    found: dict[str, dict[str, list[float]]] = {world: {column: [] for column in COLUMNS} for world in worlds}
    works = {world: _works(world) for world in found}
    for run in (*peers.values(), *(run for of_world in works.values() for run in of_world.values())):
        run()  # compiles
    for _ in range(rounds):
        for world, of_world in works.items():
            rates = {name: _rate(peer, seconds) for name, peer in peers.items()}
            for column, run in of_world.items():
                found[world][column].append(_rate(run, seconds) / rates[_PEERS[column]])
            told()
    return {world: {column: statistics.median(rates) for column, rates in of.items()} for world, of in found.items()}


def _rate(run: Run, seconds: float) -> float:
    started, steps = time.perf_counter(), 0
    while (spent := time.perf_counter() - started) < seconds:
        steps += run()
    return steps / spent


def _works(world: str) -> dict[str, Run]:
    kind = world_class(world)
    rows = make_world(world, ROWS, autoreset_mode=AutoresetMode.SAME_STEP)
    rows.reset(seed=0)
    actions = rows.random_actions()
    population = Population("steered", world, LIVES, seed=0)

    def step() -> int:
        for _ in range(_TICKS):
            rows.tick(actions)
        return _TICKS * ROWS

    def grow() -> int:
        live(population, _TICKS)
        return _TICKS * LIVES

    name = f"nestling/{kind.id}"
    steered = name.replace("-v", "-Steered-v")
    return {"world": step, "life": grow, "single": _alone(name), "steered": _alone(steered)}


def _carts(rows: int) -> Run:
    carts = gym.make_vec("CartPole-v1", rows, vectorization_mode="vector_entry_point")
    carts.reset(seed=0)
    pushes = carts.action_space.sample()

    def run() -> int:
        for _ in range(_TICKS):
            carts.step(pushes)
        return _TICKS * rows

    return run


def _alone(name: str) -> Run:
    environment = gym.make(name)
    environment.reset(seed=0)
    action = environment.action_space.sample()

    def run() -> int:
        for _ in range(_TICKS):
            _, _, terminated, truncated, _ = environment.step(action)
            if terminated or truncated:
                environment.reset()
        return _TICKS

    return run
