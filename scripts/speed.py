"""Measure steps per second of worlds, populations and whole lives, beside peers in the same run.

Rounds are interleaved (ours, theirs, ours, theirs ...), so that a machine whose speed drifts does not
favour either; medians over rounds are printed, and ratios are what to quote.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly


@dataclass
class Args:
    """Time everything once, in a few minutes."""

    world: str = "LoomingEscape"
    """World by name."""
    animals: tuple[int, ...] = (1, 64, 256)
    """Population sizes of whole lives."""
    rounds: int = 5
    """Interleaved rounds."""
    seconds: float = 2.0
    """Length of each measurement."""
    harness: bool = False
    """Also time whole benchmarks: against the bare life loop, and with two workers against one; takes minutes."""
    every_world: bool = False
    """Compare every world with Gymnasium's CartPole instead: one step of many rows, whole lives, single environments; two minutes."""
    rules: bool = False
    """Time hand-over rules instead: what each adds to a tick of 64 animals."""
    viewer: bool = False
    """Time the frames of the viewer instead, in every world."""
    json: Path | None = None
    """Also write the figures to this file."""


@dataclass
class Work:
    """Something that can be stepped; ``run`` does a little work and returns how many steps it did."""

    name: str
    run: Callable[[], int]


def main(args: Args) -> int:
    """Measure, print, write."""
    import msgspec
    from rich.progress import track
    from rich.table import Table

    from core.files import write_whole

    reporter = Reporter()
    if args.every_world:
        return _every_world(args, reporter)
    if args.viewer:
        return _viewer(args, reporter)
    if args.rules:
        return _rules(args, reporter)
    works = [*_worlds(args), *_lives(args), *_peers(args)]
    for work in works:
        work.run()
    rates: dict[str, list[float]] = {work.name: [] for work in works}
    for _ in track(range(args.rounds), "measuring", console=reporter.console):
        for work in works:
            rates[work.name].append(_rate(work, args.seconds))
    table = Table(title=f"{args.world}, one core where not said otherwise")
    for column in ("what", "steps/s, median", "lowest", "highest"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, found in rates.items():
        table.add_row(name, f"{statistics.median(found):,.0f}", f"{min(found):,.0f}", f"{max(found):,.0f}")
    reporter.console.print(table)
    ratios = _ratios(rates, args) | (_harness(args) if args.harness else {})
    for text in ratios.values():
        print(text)
    if args.json:
        write_whole(args.json, msgspec.json.format(msgspec.json.encode({"rates": rates, "ratios": ratios}), indent=2))
        print(f"wrote {args.json}")
    return 0


def _every_world(args: Args, reporter: Reporter) -> int:
    """Speed of every world as a share of CartPole's."""
    import platform

    from rich.progress import Progress
    from rich.table import Table

    from benchmark.studies.pace import COLUMNS, pace_ratios
    from steering.registration import steered_worlds

    worlds = steered_worlds()
    with Progress(console=reporter.console) as progress:
        task = progress.add_task("measuring", total=args.rounds * len(worlds))
        found = pace_ratios(worlds, args.rounds, args.seconds / 4, lambda: progress.advance(task))
    table = Table(title=f"steps per second as a share of CartPole's, one core of {platform.machine()}, medians")
    for column in ("world", *COLUMNS.values()):
        table.add_column(column, justify="left" if column == "world" else "right")
    for world, ratios in found.items():
        table.add_row(world, *(f"{ratios[column]:.3f}" for column in COLUMNS))
    reporter.console.print(table)
    if args.json:
        import msgspec

        from core.files import write_whole

        write_whole(args.json, msgspec.json.format(msgspec.json.encode(found), indent=2))
        print(f"wrote {args.json}")
    return 0


def _rate(work: Work, seconds: float) -> float:
    started, steps = time.perf_counter(), 0
    while (spent := time.perf_counter() - started) < seconds:
        steps += work.run()
    return steps / spent


def _ratios(rates: dict[str, list[float]], args: Args) -> dict[str, str]:
    peer, ours = "SB3 PPO, one learner, 8 lives", "whole life of 64: steered"
    if peer not in rates or ours not in rates:
        return {}
    each = [64 * theirs / mine for mine, theirs in zip(rates[ours], rates[peer], strict=True)]
    middle = statistics.median(each)
    words = f"64 learning animals cost {middle:.2f} of one SB3 PPO run, per step of each (rounds {min(each):.2f} to {max(each):.2f})"
    return {"64 animals / one PPO": words}


def _worlds(args: Args) -> list[Work]:
    from envs import make_world

    found = []
    for animals in args.animals:
        world = make_world(args.world, animals, autoreset_mode="SAME_STEP")
        world.reset(seed=0)
        actions = world.random_actions()

        def run(world=world, actions=actions, animals=animals) -> int:
            for _ in range(100):
                world.tick(actions)
            return 100 * animals

        found.append(Work(f"world alone, {animals} rows", run))
    return found


def _lives(args: Args) -> list[Work]:
    from agents.life import live
    from agents.population import Population

    found = []
    for agent in ("reflex", "steered"):
        for animals in args.animals:
            population = Population(agent, args.world, animals, seed=0)

            def run(population=population, animals=animals) -> int:
                live(population, 100)
                return 100 * animals

            found.append(Work(f"whole life of {animals}: {agent}", run))
    return found


def _harness(args: Args) -> dict[str, str]:
    """What keeping curves, pictures and files costs, and what a second worker brings."""
    import tempfile

    from agents.life import live
    from agents.population import Population
    from benchmark.results.jobs import LifeJob, jobs
    from benchmark.results.store import Store
    from benchmark.running.engines import LocalEngine
    from benchmark.running.run import run
    from benchmark.running.suites import Suite, resolve

    settings = resolve(Suite(worlds=(args.world,), agents=("reflex", "steered"), animals=128, lifetime=20_000), shard=64)

    def bare() -> None:
        for job in jobs(settings):
            if isinstance(job, LifeJob):
                live(Population(job.agent, job.world, job.animals, seed=job.first_seed), job.lifetime)

    def harness(workers: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run(Store(Path(folder) / "out", settings), LocalEngine(workers))

    seconds: dict[str, list[float]] = {"bare": [], "one": [], "two": []}
    for _ in range(args.rounds):
        for name, work in (("bare", bare), ("one", lambda: harness(1)), ("two", lambda: harness(2))):
            started = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - started)
    bare_time, one, two = (statistics.median(seconds[name]) for name in ("bare", "one", "two"))
    return {
        "harness / bare loop": f"the benchmark takes {one / bare_time:.3f} of the bare life loop "
        f"({one:.1f} s against {bare_time:.1f} s, starting a process and writing files included)",
        "two workers / one": f"two workers: {one / two:.2f} times as fast as one (efficiency {one / two / 2:.2f})",
    }


def _viewer(args: Args, reporter: Reporter) -> int:
    """Milliseconds from frame to frame of a window without a screen, all panels and the control bar drawn, one core."""
    import os

    import numpy as np
    from rich.table import Table

    os.environ["SDL_VIDEODRIVER"] = "dummy"
    from steering.registration import steered_worlds
    from viewer.session import Session
    from viewer.window import Window

    table = Table(title="one frame of the viewer at 1280 x 720, with the ticks that are due in it; 16.7 ms is 60 a second")
    for column in ("world", "median, ms", "99th percentile, ms"):
        table.add_column(column, justify="left" if column == "world" else "right")
    for world in steered_worlds():
        window = Window(Session(world, "steered", 4))
        window._clock = _Unhurried()
        found = []
        for _ in range(60 + 200 * args.rounds):
            started = time.perf_counter()
            window._events()
            window._advance()
            window._show(window._frame())
            found.append(1000 * (time.perf_counter() - started))
        warm = found[60:]
        table.add_row(world, f"{np.median(warm):.1f}", f"{np.percentile(warm, 99):.1f}")
    reporter.console.print(table)
    return 0


def _rules(args: Args, reporter: Reporter) -> int:
    """Microseconds that each hand-over rule adds to a tick of 64 animals, and the share of the whole tick."""
    import numpy as np
    from rich.table import Table

    from agents.hand_over.base import hand_over_rules
    from agents.life import live
    from agents.population import Population

    animals = 64
    population = Population("steered", args.world, animals, seed=0)
    live(population, 500)
    tick, age, works = population.tick(), population.steered.age, []

    def whole() -> int:
        live(population, 100)
        return 100

    works.append(Work("the whole tick, under earned", whole))
    for name in hand_over_rules.names():
        rest = np.asarray(population.steered.steering.repertoire.actions)[0]
        rule = hand_over_rules.get(name)(animals, population.world.dt, rest, 12_000.0)
        rule.birth(np.arange(animals), np.ones(animals, bool))

        def run(rule=rule) -> int:
            for _ in range(100):
                chosen = rule.choose(tick.reflex, tick.proposal, age)
                action = rule.combine(tick.reflex, tick.proposal, chosen)
                rule.shaping_reward(tick.reflex, action, age)
                rule.learn(tick.verdict, chosen, tick.ended)
            return 100

        works.append(Work(name, run))
    found: dict[str, list[float]] = {work.name: [] for work in works}
    for _ in range(args.rounds):
        for work in works:
            found[work.name].append(1e6 / _rate(work, args.seconds / 4))
    microseconds = {name: statistics.median(values) for name, values in found.items()}
    table = Table(title=f"{args.world}, {animals} animals, one core: what a hand-over rule takes of each tick")
    for column in ("rule", "microseconds a tick", "share of the tick"):
        table.add_column(column, justify="left" if column == "rule" else "right")
    for name, value in microseconds.items():
        table.add_row(name, f"{value:.0f}", f"{value / microseconds[works[0].name]:.1%}")
    reporter.console.print(table)
    return 0


class _Unhurried:
    """A clock that never waits."""

    def tick(self, rate: int) -> None:
        """Do nothing."""


def _peers(args: Args) -> list[Work]:
    try:
        import torch
        from stable_baselines3 import PPO
    except ImportError:
        print("SB3 is not installed, so no peer is measured. Install it with: pip install nestling[sb3]")
        return []
    import gymnasium as gym
    from stable_baselines3.common.env_util import make_vec_env

    from agents import registration  # noqa: F401  # registers the steered ids

    torch.set_num_threads(1)
    identifier = f"nestling/{args.world}-Steered-v0"
    ppo = PPO("MlpPolicy", make_vec_env(lambda: gym.make(identifier), 8), n_steps=128, seed=0, device="cpu")

    def run() -> int:
        before = ppo.num_timesteps
        ppo.learn(1024, reset_num_timesteps=False)
        return ppo.num_timesteps - before

    cart = gym.make_vec("CartPole-v1", 64, vectorization_mode="vector_entry_point")
    cart.reset(seed=0)
    pushes = cart.action_space.sample()

    def push() -> int:
        for _ in range(100):
            cart.step(pushes)
        return 6400

    return [Work("SB3 PPO, one learner, 8 lives", run), Work("Gymnasium's CartPole, 64 rows", push)]


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
