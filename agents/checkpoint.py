"""Checkpoints: arrays in safetensors with a typed header, written whole or not at all, and loaded without running code."""

from __future__ import annotations

import hashlib
import importlib.metadata
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np

from agents.population import Population
from core.code_digest import code_digest
from core.errors import InvalidArgument, NestlingError, StateMismatch, UnknownName, shown
from core.files import as_text, write_whole
from core.packed import DamagedFile, pack, unpack, unpack_about
from core.registry import names_from
from core.rooms import public_path

SCHEMA = 3  # 1: the last release, whose state had other names; 2: without digests

Option = bool | int | float | str | None
Seed = Annotated[int, msgspec.Meta(ge=0)]


class BadCheckpoint(NestlingError, ValueError):
    """A file that is damaged, is no checkpoint of Nestling, was made by another schema, or asks for code that is not loaded."""


class Header(msgspec.Struct, forbid_unknown_fields=True):
    """What a checkpoint says about itself: everything beside the state that decides how its animals go on.

    Attributes:
        schema: of the file.
        version, sources: of the code that wrote it.
        agent, world, world_options, seeds: as :class:`agents.population.Population` takes them.
        age: s of life of the oldest.
        innate: settings of the learner, rule, steering, neuromodulation and time, as they were found in the animals.
    """

    schema: int
    version: str
    sources: str
    agent: str
    world: str
    world_options: dict[str, Option]
    seeds: list[Seed]
    age: float
    innate: dict[str, Any]


def save(population: Population, path: str | Path) -> Path:
    """Write everything that decides the future of ``population`` to ``path``, atomically."""
    header = Header(
        schema=SCHEMA,
        version=importlib.metadata.version("nestling"),
        sources=code_digest(),
        agent=population.spec.name,
        world=population.world_name,
        world_options={name: _as_option(name, value) for name, value in population.world_options.items()},
        seeds=[int(seed) for seed in population.seeds],
        age=float(population.steered.age.max()),
        innate=_innate(population),
    )
    return write_whole(Path(path), pack(population.get_state(), msgspec.structs.asdict(header)))


def _as_option(name: str, value: Any) -> Any:
    if isinstance(value, type):
        return public_path(value)
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, str):
        return as_text(value)
    if value is None or type(value) in (bool, int) or (isinstance(value, float) and np.isfinite(value)):
        return value
    raise InvalidArgument(
        f"A checkpoint cannot keep the option {name}={shown(value)}: it keeps numbers, texts, True, False, None and classes."
    )


def _innate(population: Population) -> dict[str, Any]:
    """Plain values of all that is innate in these animals and their world, by name."""
    steered, world, learner = population.steered, population.world, population.learner
    settings = {} if learner is None else learner.settings()
    found = {f"learner.{name}": value for name, value in settings.items()}
    found |= {f"modulation.{name}": value for name, value in asdict(steered.modulation).items()}
    found |= {"hand_over": steered.hand_over.name, "steering": type(steered.steering).__qualname__}
    found |= {"dt": world.dt, "max_episode_steps": world.max_episode_steps, "policy": population.spec.policy}
    found |= {"learner": None if learner is None else type(learner).__qualname__}
    for name, value in population.world_options.items():
        if isinstance(value, str) and Path(value).is_file():  # a recording, for example, whose content decides a life
            found[f"content of {name}"] = hashlib.blake2b(Path(value).read_bytes(), digest_size=8).hexdigest()
    return msgspec.json.decode(msgspec.json.encode(found, enc_hook=lambda value: value.item()))


def read_header(path: str | Path) -> Header:
    """Only the header of a checkpoint.

    Raises:
        BadCheckpoint: the file is damaged or foreign.
        FileNotFoundError: there is no such file.
    """
    try:
        return _header_of(unpack_about(Path(path)), path)
    except DamagedFile as error:
        raise BadCheckpoint(f"{path} cannot be used: {error}. Restore it from a copy.") from None


def _header_of(about: dict[str, Any], path: str | Path) -> Header:
    if about.get("schema") != SCHEMA:
        raise BadCheckpoint(
            f"{path} has schema {about.get('schema')!r}, but this version reads schema {SCHEMA}; let the animals grow up anew, or use "
            "the version that wrote it."
        )
    try:
        return msgspec.convert(about, Header)
    except msgspec.ValidationError as error:
        raise BadCheckpoint(f"The header of {path} does not fit ({error}): it was made by another version.") from None


def load(path: str | Path) -> Population:
    """Bring the animals of a checkpoint back to life; they go on bit for bit.

    Nothing that the file names is imported: a world, learner, rule or steering of a third party has to be loaded already.

    Raises:
        BadCheckpoint: damaged, foreign, of a module that is not loaded, or its state does not fit the agent of that name here.
        UnknownName: its world or agent does not exist here.
        FileNotFoundError: there is no such file.
    """
    try:
        state, about = unpack(Path(path))
        header = _header_of(about, path)
        taken = sorted(header.world_options.keys() & {"self", "agent", "world", "animals", "seed"})
        if taken:
            raise BadCheckpoint(f"{path} has options of a world that are none: {', '.join(taken)}.")
        with names_from(path):
            population = Population(
                header.agent, header.world, len(header.seeds), seed=header.seeds, **header.world_options
            )
        _compare(header.innate, _innate(population))
        population.set_state(state)
        if not np.array_equal(population.world.streams.seeds, population.seeds):
            raise StateMismatch("its animals were born from other seeds than it says")
    except (BadCheckpoint, UnknownName):
        raise
    except NestlingError as error:
        raise BadCheckpoint(f"{path} cannot be used: {error}") from None
    if header.sources != code_digest():
        warnings.warn(
            f"{path} was written by other sources of Nestling ({header.version}); its animals go on as this version has them live.",
            stacklevel=2,
        )
    return population


def _compare(written: dict[str, Any], here: dict[str, Any]) -> None:
    changed = sorted(name for name in written.keys() | here.keys() if written.get(name) != here.get(name))
    if changed:
        told = "; ".join(f"{name}: {written.get(name)!r} there, {here.get(name)!r} here" for name in changed)
        raise StateMismatch(f"its animals have other innate settings than those of that name here ({told})")
