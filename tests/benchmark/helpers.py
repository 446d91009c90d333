"""What the tests of the benchmark share: a small suite, and how to compare its results."""

import sys
from pathlib import Path

import msgspec
import numpy as np

from benchmark.results.jobs import LifeJob, Settings, jobs
from benchmark.results.store import Store
from benchmark.running.suites import Suite, resolve

ROOT = Path(__file__).parents[2]
AGENTS = ("reflex", "steered")
WORLD, LIFETIME = "Rivals", 800
"""Two of the shortest days that a world has."""


def small(**changes) -> Settings:
    options = {"worlds": (WORLD,), "agents": AGENTS, "animals": 4, "lifetime": LIFETIME, "shard": 2} | changes
    shard = options.pop("shard")
    return resolve(Suite(**options), shard)


def command(*arguments: str) -> list[str]:
    """Those lives from the command line."""
    lives = ("--worlds", WORLD, "--agents", *AGENTS, "--animals", "4", "--lifetime", str(LIFETIME), "--experiments")
    return [sys.executable, "scripts/benchmark.py", *lives, "--quiet", *arguments]


def curves_of(store: Store) -> dict[str, np.ndarray]:
    joined: dict[str, np.ndarray] = {}
    for job in jobs(store.settings):
        assert isinstance(job, LifeJob)
        found = store.curves(job)
        assert found is not None
        for name, values in found.items():
            for row, value in enumerate(values):
                joined[f"{job.agent} {job.first_seed + row} {name}"] = value
    return joined


def assert_same_results(one: Store, other: Store) -> None:
    first, second = curves_of(one), curves_of(other)
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)


def encoded(summary: dict) -> bytes:
    return msgspec.json.encode(summary)
