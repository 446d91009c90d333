"""Checkpoints: arrays in safetensors with JSON metadata, written whole or not at all, and loaded without running code."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

from agents.population import Population
from core.errors import NestlingError, StateMismatch
from core.files import write_whole

SCHEMA = 2  # 1: the last release, whose state had other names


class BadCheckpoint(NestlingError, ValueError):
    """A file that is damaged, is no checkpoint of Nestling, or was made by another schema."""


class Header(msgspec.Struct):
    """What a checkpoint says about itself."""

    schema: int
    version: str
    agent: str
    world: str
    world_options: dict[str, Any]
    seeds: list[int]
    age: float
    settings: dict[str, Any]


def save(population: Population, path: str | Path) -> Path:
    """Write everything that decides the future of ``population`` to ``path``, atomically."""
    learner = population.learner
    header = Header(
        schema=SCHEMA,
        version=importlib.metadata.version("nestling"),
        agent=population.spec.name,
        world=population.world_name,
        world_options=population.world_options,
        seeds=[int(seed) for seed in population.seeds],
        age=float(population.steered.age.max()),
        settings={} if learner is None else learner.settings(),
    )
    arrays = {name: np.ascontiguousarray(array) for name, array in population.get_state().items()}
    return write_whole(Path(path), to_bytes(arrays, {"nestling": msgspec.json.encode(header).decode()}))


def read_header(path: str | Path) -> Header:
    """Only the metadata of a checkpoint.

    Raises:
        BadCheckpoint: the file is damaged or foreign.
        FileNotFoundError: there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no checkpoint at {path}.")
    try:
        with safe_open(path, framework="numpy") as file:
            text = (file.metadata() or {}).get("nestling")
    except SafetensorError as error:
        raise BadCheckpoint(f"{path} is damaged or not a safetensors file ({error}). Restore it from a copy.") from None
    if text is None:
        raise BadCheckpoint(f"{path} is a safetensors file, but not a checkpoint of Nestling.")
    try:
        header = msgspec.json.decode(text, type=Header)
    except msgspec.DecodeError as error:
        raise BadCheckpoint(f"The metadata of {path} do not fit ({error}): it was made by another version.") from None
    if header.schema != SCHEMA:
        raise BadCheckpoint(
            f"{path} has schema {header.schema}, but this version reads schema {SCHEMA}; let the animals grow up anew, or use the "
            "version that wrote it."
        )
    return header


def load(path: str | Path) -> Population:
    """Bring the animals of a checkpoint back to life; they go on bit for bit.

    Raises:
        BadCheckpoint: damaged, foreign, or its state does not fit the agent of that name here.
        UnknownName: its world or agent does not exist here.
    """
    header = read_header(path)
    module = header.world.partition(":")[0]
    if ":" in header.world and module not in sys.modules:
        raise BadCheckpoint(
            f"{path} needs the world {header.world}. If you trust that module, import {module} before loading."
        )
    population = Population(header.agent, header.world, len(header.seeds), seed=header.seeds, **header.world_options)
    settings = {} if population.learner is None else population.learner.settings()
    if settings != header.settings:
        changed = sorted(k for k in settings.keys() | header.settings.keys() if settings.get(k) != header.settings.get(k))
        raise BadCheckpoint(
            f"{path} was made with other innate settings ({', '.join(changed)}); use the version that made it."
        )
    with safe_open(Path(path), framework="numpy") as file:
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # safe_open is no mapping
    try:
        population.set_state(state)
    except StateMismatch as error:
        raise BadCheckpoint(f"{path} does not fit: {error}") from None
    return population
