"""Suites of one's own, from a TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from agents.catalogue import agent_spec
from benchmark.experiments.experiment import find_experiment
from benchmark.running.suites import Suite
from core.errors import InvalidArgument, unknown_name
from core.registry import names_from
from core.renamed import warn
from envs.registration import world_class

_RENAMED = {"signatures": "experiments"}


def read_suite(path: Path) -> Suite:
    """Read a suite; its keys are the fields of :class:`benchmark.running.suites.Suite`.

    Raises:
        InvalidArgument: the file is missing, is no TOML, or a value has the wrong type.
        UnknownName: a key, a world or an agent does not exist; the nearest one is named.
        NotTrusted: it names a module that is not loaded.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidArgument(f"The suite file {path} cannot be read: {error.strerror}.") from None
    except ValueError as error:  # no TOML, another encoding, or a number of thousands of digits
        raise InvalidArgument(f"The suite file {path} is not valid TOML: {error}.") from None
    except RecursionError:
        raise InvalidArgument(
            f"The suite file {path} is nested too deeply; a suite is a list of keys and values."
        ) from None
    for old, new in _RENAMED.items():
        if old in content and new not in content:
            warn(f"{path}: {old}", new)
            content[new] = content.pop(old)
    for key in content:
        if key not in Suite.__struct_fields__:
            raise unknown_name(f"key in the suite file {path}", key, Suite.__struct_fields__)
    try:
        suite = msgspec.convert(content, Suite)
    except msgspec.ValidationError as error:
        raise InvalidArgument(f"The suite file {path} has a value of the wrong kind: {error}.") from None
    with names_from(path):
        for world in suite.worlds:
            world_class(world)
        for agent in suite.agents:
            agent_spec(agent)
        for experiment in suite.experiments:
            if ":" in experiment:
                find_experiment(experiment)
    return suite
