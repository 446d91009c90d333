"""The results of a benchmark, in a folder of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from agents.catalogue import agent_spec
from benchmark.results.folder import JOBS, SCHEMA, OtherSettings, ResultsFolder
from benchmark.results.jobs import Job, Settings, check_settings, jobs
from core.errors import InvalidArgument, told
from core.registry import names_from
from envs.registration import world_class


class Store(ResultsFolder[Settings]):
    """Results of one :class:`Settings` in one folder; see :class:`benchmark.results.folder.ResultsFolder`."""

    @classmethod
    def open(cls, folder: Path) -> Store:
        """A results folder as it is, of whatever sources and versions, to redraw it.

        Raises:
            OtherSettings: it is no results folder, damaged, or of a schema that cannot be read.
            UnknownName: a world or an agent of it does not exist here.
            NotTrusted: it names a module that is not loaded.
        """
        store = cls.__new__(cls)
        store.folder, store._jobs = Path(folder), Path(folder) / JOBS
        if not store._file.is_file():
            raise OtherSettings(f"{folder} is no results folder: it has no settings.json. Give one that a benchmark wrote.")
        about = store.about()
        store.settings, store._schema = store._settings_of(about), about["schema"]
        with names_from(store._file):
            for world in store.settings.worlds:
                world_class(world)
            for agent in store.settings.agents:
                agent_spec(agent)
        return store

    def jobs(self) -> Sequence[Job]:
        """All units of work, in a fixed order."""
        return jobs(self.settings)

    def _settings_of(self, about: dict[str, Any]) -> Settings:
        try:
            settings = msgspec.convert(_migrated(about, self.folder), Settings)
            check_settings(settings)
        except (msgspec.ValidationError, InvalidArgument) as error:
            raise OtherSettings(f"{self._file} cannot be read ({told(error)}); restore the file.") from None
        return settings


def _migrated(about: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Settings of an older schema in the present form; a schema that is not known is refused."""
    schema, settings = about["schema"], about["settings"]
    if schema in (2, SCHEMA):
        return settings
    if schema == 1 and isinstance(settings, dict):  # one lifetime and one number of windows for all worlds; no experiments
        old = dict(settings)
        worlds = len(old["worlds"]) if isinstance(old.get("worlds"), list) else 0
        old["lifetimes"], old["windows"] = [old.pop("lifetime", None)] * worlds, [old.get("windows")] * worlds
        return old
    raise OtherSettings(
        f"{folder} has schema {schema!r}, but this version reads 1 to {SCHEMA}; use the version that wrote it."
    )
