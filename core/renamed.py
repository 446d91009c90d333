"""Old names: whatever the last release called otherwise works for one more release, with a warning that says the new name."""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.util
import sys
import types
import warnings
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from typing import Any

from core.rooms import PREFIX

MODULES = {
    "envs.messages": "core.interfaces",
    "envs.rows": "core.batch_state",
    "envs.senses": "core.senses",
    "envs.streams": "core.streams",
    "envs.registry": "core.registry",
    "envs.errors": "core.errors",
    "envs.manipulations": "core.manipulations",
    "envs.canvas": "core.canvas",
    "envs.pygame_check": "core.pygame_check",
    "envs.atomic": "core.files",
    "envs.sources": "core.code_digest",
    "envs.commands": "core.actions",
    "envs.looming_physics": "envs.looming_escape.physics",
    "envs.looming_escape_drawing": "envs.looming_escape.drawing",
    "envs.salt_physiology": "envs.salt_appetite.physiology",
    "envs.salt_chamber": "envs.salt_appetite.chamber",
    "envs.salt_appetite_drawing": "envs.salt_appetite.drawing",
    "envs.birdsong_drawing": "envs.birdsong.drawing",
    "envs.syrinx": "envs.birdsong.syrinx",
    "envs.song_features": "envs.birdsong.features",
    "envs.song_gestures": "envs.birdsong.gestures",
    "envs.song_practice": "envs.birdsong.practice",
    "envs.song_similarity": "envs.birdsong.similarity",
    "envs.song_table": "envs.birdsong.note_table",
    "envs.song_tutor": "envs.birdsong.tutor",
    "envs.rivals_drawing": "envs.rivals.drawing",
    "envs.orienting_drawing": "envs.orienting.drawing",
    "steering.mouse": "steering.looming_escape",
    "steering.rat": "steering.salt_appetite",
    "steering.finch": "steering.birdsong",
    "learning.bouts": "learning.cortex",
    "learning.bout_kernels": "learning.cortex_kernels",
    "learning.babble": "learning.random_options",
    "learning.gated": "learning.cortex",
    "learning.graded": "learning.cortex",
    "learning.graded_kernels": "learning.motor_map",
    "learning.assessors": "learning.cortex",
    "learning.memory_bank": "learning.episodic_memory",
    "agents.rules_fixed": "agents.hand_over.fixed",
    "agents.rules_gated": "agents.hand_over.gated",
    "agents.rules_outcome": "agents.hand_over.outcome",
    "agents.rules_blended": "agents.hand_over.blended",
    "benchmark.suites": "benchmark.running.suites",
    "benchmark.suite_file": "benchmark.running.suite_file",
    "benchmark.run": "benchmark.running.run",
    "benchmark.engines": "benchmark.running.engines",
    "benchmark.work": "benchmark.running.work",
    "benchmark.film": "benchmark.running.film",
    "benchmark.store": "benchmark.results.store",
    "benchmark.curves": "benchmark.results.curves",
    "benchmark.statistics": "benchmark.results.statistics",
    "benchmark.aggregates": "benchmark.results.aggregates",
    "benchmark.summary": "benchmark.results.summary",
    "benchmark.compare": "benchmark.results.compare",
    "benchmark.export": "benchmark.results.export",
    "benchmark.figures": "benchmark.report.figures",
    "benchmark.evolution": "benchmark.studies.evolution",
    "benchmark.newborns": "benchmark.studies.newborns",
    "benchmark.teaching": "benchmark.studies.teaching",
    "benchmark.experiments.lives": "benchmark.laboratory.lives",
    "benchmark.experiments.aviary": "benchmark.laboratory.aviary",
    "benchmark.experiments.signature": "benchmark.experiments.experiment",
    "benchmark.experiments.looming": "benchmark.experiments.looming_escape",
    "benchmark.experiments.salt": "benchmark.experiments.salt_appetite",
}
"""Module of the last release -> module of this one."""

NAMES: dict[str, dict[str, str]] = {
    "agents.hand_over.gated": {"Earned": "agents.hand_over.earned.Earned"},
    "benchmark.report": {"write_report": "benchmark.report.report.write_report"},
    "benchmark.experiments.experiment": {
        "Signature": "benchmark.experiments.last_release.Signature",
        "share": "benchmark.experiments.last_release.share",
        "difference_of_shares": "benchmark.experiments.last_release.difference_of_shares",
        "signatures": "experiments",
        "find_signature": "find_experiment",
        "chosen_signatures": "chosen_experiments",
    },
    "benchmark.laboratory.lives": {"Scale": "benchmark.laboratory.lives.scale_of"},
    "benchmark.running.suites": {
        "settle": "resolve",
        "cells": "benchmark.results.jobs.jobs",
        "describe": "benchmark.results.jobs.describe",
        "Settings": "benchmark.results.jobs.Settings",
        "Cell": "benchmark.results.jobs.Job",
        "LifeCell": "benchmark.results.jobs.LifeJob",
        "ExperimentCell": "benchmark.results.jobs.ExperimentJob",
    },
    "benchmark.running.work": {"do_cell": "do_job", "live_cell": "live_job", "Finding": "benchmark.results.jobs.JobResult"},
    "benchmark.results.summary": {
        name: f"benchmark.results.gathered.{name}"
        for name in ("day_fitness", "fitness_by_window", "gather", "grown", "Lives")
    },
    "core.actions": {"check_commands": "check_actions"},
    "core.batch_state": {"Rows": "BatchState", "Records": "RecordState"},
    "core.code_digest": {
        "source_digest": "code_digest",
        "cache_kernels_by_sources": "core.kernel_cache.cache_kernels_by_code",
        "user_cache": "core.files.user_cache",
    },
    "core.errors": {"InvalidCommand": "InvalidAction"},
    "core.streams": {"purpose_key": "stream_key"},
    "envs.world": {"Transition": "StepResult"},
    "learning.episodic_memory": {"LookupTable": "EpisodicMemoryLearner", "LookupGenome": "EpisodicMemoryGenome"},
    "learning.cortex": {
        f"{old}{what}": new
        for old in ("Bout", "Graded", "Gated", "Assessor")
        for what, new in (("Learner", "Cortex"), ("Genome", "learning.cortical_genome.CorticalGenome"))
    },
    "learning.random_options": {"Babbler": "RandomOptions"},
    "learning.subsystem": {"Experience": "Transition", "Anatomy": "LearnerSpec"},
}
"""Module of this release -> old name -> new name of what it holds, with its module where it moved."""


LEARNERS = dict.fromkeys(("bouts", "gated", "graded", "assessors"), "cortex") | {
    "lookup": "episodic_memory",
    "babble": "random_options",
}
"""Old name of a learner -> new name, as people type it."""

AGENTS = {
    "babble": "random-options",
    "steered-bouts": "steered",
    "steered-cached": "steered-predicted-reward",
    "steered-cached-state": "steered-predicted-reward-state",
    "steered-gated": "steered-reflex-critic",
    "steered-lookup": "steered-episodic-memory",
}
"""Old name of an agent -> new name."""


GOES = "the old name goes with the next release"


def warn(old: str, new: str, depth: int = 2) -> None:
    """Warn that ``old`` is called ``new`` now; ``depth`` counts callers up to the line to blame."""
    warnings.warn(f"{old} is called {new} now; {GOES}.", DeprecationWarning, depth + 1)


# -- modules ---------------------------------------------------------------------------------------


class _OldModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules under the names of the last release, where nothing else has these names."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        known = fullname.startswith(PREFIX) and fullname.removeprefix(PREFIX) in MODULES
        return importlib.util.spec_from_loader(fullname, self) if known else None

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        module, old = types.ModuleType(spec.name), spec.name.removeprefix(PREFIX)
        module.__getattr__ = functools.partial(_old_attribute, old, MODULES[old])  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run."""


def _old_attribute(old_module: str, module: str, name: str, depth: int = 2) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    module, _, new = _place_of(module, name).rpartition(".")
    found = getattr(importlib.import_module(PREFIX + module), new)
    warn(f"{old_module}.{name}", f"{module}.{new}", depth)
    return found


def _place_of(module: str, name: str) -> str:
    new = NAMES.get(module, {}).get(name, name)
    return new if "." in new else f"{module}.{new}"


def find_old_modules() -> None:
    """Let modules be imported under the names of the last release."""
    if not any(isinstance(finder, _OldModules) for finder in sys.meta_path):
        sys.meta_path.append(_OldModules())


def old_names(module: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module that kept its place and whose contents were renamed; see :data:`NAMES`."""

    own = module.removeprefix(PREFIX)

    def attribute(name: str) -> Any:
        if name not in NAMES.get(own, {}):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return _old_attribute(own, own, name, depth=3)

    return attribute


def moved_to(module: str, old_module: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a file that is still at the old address of what is in ``module`` now."""
    return functools.partial(_old_attribute, old_module.removeprefix(PREFIX), module)


# -- classes ---------------------------------------------------------------------------------------


def renamed_attributes(**names: str) -> Callable[[type], type]:
    """Decorator: attributes, methods and keyword arguments of a class under their old names (``old="new"``)."""

    def decorate(kind: type) -> type:
        for old, new in names.items():
            setattr(kind, old, _Alias(kind.__name__, old, new))
        original, old_names_of_options = kind.__init__, frozenset(names)  # type: ignore[misc]
        keyword_only = [field.name for field in getattr(kind, "__dataclass_fields__", {}).values() if field.kw_only]

        @functools.wraps(original)
        def initialise(self: Any, *args: Any, **options: Any) -> None:
            if not old_names_of_options.isdisjoint(options):
                options = _renamed(kind.__name__, options, names)
            if args and keyword_only:
                warn(f"{kind.__name__}(...) by position", f"{kind.__name__}({keyword_only[0]}=...)")
                args, options = (), dict(zip(keyword_only, args, strict=False)) | options
            original(self, *args, **options)

        kind.__init__ = initialise  # type: ignore[misc]
        return kind

    return decorate


class _Alias:
    """An old name of an attribute, of a class and of its instances."""

    def __init__(self, owner: str, old: str, new: str) -> None:
        self.old, self.new, self.name = f"{owner}.{old}", f"{owner}.{new}", new

    def __get__(self, instance: Any, kind: type) -> Any:
        warn(self.old, self.new)
        return getattr(kind if instance is None else instance, self.name)

    def __set__(self, instance: Any, value: Any) -> None:
        warn(self.old, self.new)
        setattr(instance, self.name, value)


def _renamed(owner: str, options: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    for old in options.keys() & names.keys():
        warn(f"{owner}({old}=)", f"{owner}({names[old]}=)", depth=4)
    kept = {name: value for name, value in options.items() if name not in names}
    return kept | {names[name]: value for name, value in options.items() if name in names}  # as replace() needs it


def accept_old_members(kind: type, names: dict[str, str]) -> None:
    """Let a subclass that was written for the last release define members under their old names (``old: new``)."""
    for old, new in names.items():
        if old in vars(kind) and new not in vars(kind):
            warn(f"{kind.__name__}.{old}", f"{kind.__name__}.{new}", depth=3)
            setattr(kind, new, vars(kind)[old])
