"""What a world declares and shows: it is said, it works, and there is something worth learning."""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from typing import Any

import numpy as np
import pytest

from agents.constant_acts import fitness_of_constant_acts
from agents.population import Population
from core.errors import UnknownName
from envs import make_world, world_class
from envs.world import SUMMARY_HEADINGS, World
from nestling.testing.worlds import build, record
from steering.registration import steering_class

LONG = 6000  # steps in which a declared end should happen


def fitness_of_policy(world: Any, policy: str, animals: int, seed: int, steps: int) -> float:
    """Mean summed fitness of so many steps of the "random" or the "oracle" policy."""
    built, total = make_world(world, animals), 0.0
    built.reset(seed=seed)
    for _ in range(steps):
        total += float(built.step(built.random_actions() if policy == "random" else built.oracle_actions())[1].mean())
    return total


def says_it_terminates(kind: type[World]) -> bool:
    """Whether the paragraph "End" of a world's docstring says what terminates an episode."""
    end = re.search(r"^ *End:(.*?)(?=^ *[A-Z][A-Za-z ]+:$|\Z)", kind.__doc__ or "", re.MULTILINE | re.DOTALL)
    clauses = [] if end is None else re.split("[.;]", end[1])
    return any(re.search("terminated", one, re.I) and not re.search(r"\b(never|not|no)\b", one, re.I) for one in clauses)


class DeclarationsContract:
    """What a world declares and shows: it is said, it works, and there is something worth learning."""

    def test_manipulations(self, world: Any) -> None:
        for name, switch in world_class(world).manipulations().items():
            built = build(world)
            built.reset(seed=4)
            built.manipulate(name, [1])
            record(built, 30)
            assert switch.meaning, f"manipulation {name} needs a docstring"
        built = build(world)
        built.reset(seed=4)
        with pytest.raises(UnknownName):
            built.manipulate("no_such_switch")

    def test_fooled_niches(self, world: Any) -> None:
        for niche in world_class(world).fooled_niches:
            lives = {}
            for side in (niche.honest, niche.fooled):
                built = build(world)
                built.reset(seed=4)
                built.manipulate(niche.switch, **side)
                after = built.get_state()
                record(built, 30)
                lives[str(side)] = after
                if niche.lures:
                    assert built.body.lured.shape == (built.num_envs,)
            honest, fooled = lives.values()
            assert any(not np.array_equal(honest[name], fooled[name]) for name in honest), f"{niche.name} changes nothing"
            assert niche.meaning, f"the fooled niche {niche.name} needs a meaning"

    def test_frames(self, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        built = build(world, 2, render_mode="rgb_array")
        built.reset(seed=0)
        frames = built.render()
        assert frames is not None
        assert len(frames) == 2
        assert frames[0].shape == (480, 640, 3)
        assert frames[0].dtype == np.uint8
        assert len(np.unique(frames[0].reshape(-1, 3), axis=0)) > 5, "a frame must show something"

    def test_window(self, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        if "DISPLAY" not in os.environ:
            monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
        built = build(world, 1, render_mode="human")
        built.reset(seed=0)
        for _ in range(3):
            built.step(built.random_actions())
        built.close()
        assert built.closed

    def test_oracle_beats_random(self, world: Any) -> None:
        steps = world_class(world).episode_steps
        random, oracle = (fitness_of_policy(world, policy, 16, 100, steps) for policy in ("random", "oracle"))
        assert oracle > random

    def test_declared_ends_happen(self, world: Any) -> None:
        kind = world_class(world)
        if not says_it_terminates(kind):
            return
        steps, tried = max(3 * kind.episode_steps, LONG), "random actions"
        built = make_world(world, 8)
        built.reset(seed=100)
        if any(built.step(built.random_actions())[2].any() for _ in range(steps)):
            return
        with contextlib.suppress(UnknownName):
            steering_class(kind)
            tried += f", nor in {steps:,} steps of its reflexes"
            population = Population("reflex", world, 8, seed=100)
            if any(population.tick().terminated.any() for _ in range(steps)):
                return
        warnings.warn(
            f"The docstring of {kind.__name__} says that episodes can be terminated, but none was in {steps:,} steps of {tried} "
            "(8 animals). Is that end out of reach?",
            stacklevel=1,
        )

    def test_no_act_held_for_life_is_a_good_life(self, world: Any) -> None:
        kind = world_class(world)
        animals, steps = 6, max(kind.episode_steps, 400)
        try:
            acts = fitness_of_constant_acts(world, animals, 100, steps)
        except UnknownName:
            return  # without steering nobody says what an act is
        low, high = (fitness_of_policy(world, policy, animals, 100, steps) for policy in ("random", "oracle"))
        best = max(acts, key=lambda name: acts[name].mean())
        score = (acts[best].mean() - low) / (high - low)
        if score > 0.5:
            warnings.warn(
                f"In {kind.__name__} an animal that does nothing but {best!r} for {steps:,} steps scores "
                f"{score:.2f} of the way from random actions to the oracle. Is there anything worth learning?",
                stacklevel=1,
            )

    def test_docstring_headings(self, world: Any) -> None:
        text = world_class(world).__doc__ or ""
        missing = [heading for heading in SUMMARY_HEADINGS if f"{heading}:" not in text]
        assert not missing, f"the docstring lacks {missing}"

    def test_declarations(self, world: Any) -> None:
        kind = world_class(world)
        assert kind.fitness_unit
        assert all(sense.meaning for sense in kind.senses), "every sense needs a meaning"
        assert kind.senses.heard_by("learning").size > 0, "a learner must hear something"

    def test_classes_of_animals_are_few(self, world: Any) -> None:
        kind, animals = world_class(world), 64
        if not kind.stratified_by:
            return
        built = make_world(world, animals)
        built.reset(seed=100)
        classes = len(np.unique(getattr(built.body, kind.stratified_by)))
        assert 2 <= classes <= animals // 8, (
            f"stratified_by names {kind.stratified_by!r}, which has {classes} values in {animals} animals at birth; it must "
            f"divide them into 2 to {animals // 8} classes. Round it, or leave stratified_by empty."
        )
