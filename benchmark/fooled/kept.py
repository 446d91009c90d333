"""What the docs keep of runs on fooled niches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from benchmark.fooled.settings import REFLEX, WHOLE
from benchmark.results.aggregates import paired
from core.errors import InvalidArgument
from core.packed import DamagedFile, read_json


def keep_fooled(
    folders: Iterable[Path],
    versions: Mapping[str, Iterable[Path]] = MappingProxyType({}),
    again: Iterable[Path] = (),
) -> dict[str, Any]:
    """Runs under one steering of each world, arms of several folders joined, as one plain value.

    Where two folders of different code hold the whole animal in one niche, the later one replaces that niche, all of its arms included.

    Args:
        folders: of ``scripts/fooled.py``.
        versions: name -> folders of other steering, kept beside them.
        again: folders of niches that more whole animals lived in, on fresh seeds.

    Returns:
        ``niches`` as :func:`benchmark.fooled.measures.measure` has them, without single animals; ``runs`` with niches, arms, seed,
        animals, date, commit and sources of each folder; ``versions``, name -> niches; ``again``, niches; ``worlds``, empty. Each
        whole animal also has ``p``, of a signed-rank test of its fitness against its reflexes' in the fooled niche (Wilcoxon).

    Raises:
        InvalidArgument: a folder holds no measured run, or two of the same code hold the same arm of a niche, or other steering or
            seeds; or what was lived in again was not lived in before, or by the same animals.
    """
    runs: list[dict[str, Any]] = []
    niches = _joined(folders, runs)
    if not niches:
        raise InvalidArgument("Name at least one folder.")
    found = {name: _joined(of_version, runs) for name, of_version in versions.items()}
    fresh: list[dict[str, Any]] = []
    more = _joined(again, fresh)
    for niche, row in more.items():
        _check_fresh(niche, row, niches.get(niche), runs, fresh)
    ordered = {niche: niches[niche] for niche in sorted(niches)}
    runs = [run for run in (*runs, *fresh) if run["niches"]]
    return _brief({"worlds": {}, "niches": ordered, "versions": found, "again": more, "runs": runs})


def _check_fresh(
    niche: str, row: dict[str, Any], first: dict[str, Any] | None, runs: list[dict[str, Any]], fresh: list[dict[str, Any]]
) -> None:
    """Raise unless a niche was lived in before, under the same steering, and by other animals."""
    if first is None or WHOLE not in row["arms"]:
        raise InvalidArgument(f"{niche} cannot be kept as lived in again: it has no first run, or no {WHOLE} now.")
    if first["steering"] != row["steering"]:
        raise InvalidArgument(f"{niche} was lived in again under {row['steering']}, first under {first['steering']}.")
    for one in (run for run in fresh if niche in run["niches"]):
        for other in (run for run in runs if niche in run["niches"]):
            if one["seed"] < other["seed"] + other["animals"] and other["seed"] < one["seed"] + one["animals"]:
                raise InvalidArgument(f"{niche}: seeds from {one['seed']:,} are not fresh; the first run has them too.")


def _joined(folders: Iterable[Path], runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The niches of several folders; what each is of is added to ``runs``."""
    niches: dict[str, Any] = {}
    ours: list[dict[str, Any]] = []
    for folder in folders:
        rows, run = _read(folder)
        for niche, row in rows.items():
            if niche in niches and niches[niche]["steering"] != row.get("steering"):
                raise InvalidArgument(f"{folder} has other steering in {niche} than the folders before it.")
            if any(niche in earlier["niches"] and earlier["seed"] != run["seed"] for earlier in ours):
                raise InvalidArgument(
                    f"{folder} has other seeds in {niche} than the folders before it; name it with --again."
                )
            if niche in niches and WHOLE in row["arms"] and WHOLE in niches[niche]["arms"]:
                holders = [earlier for earlier in ours if niche in earlier["niches"]]
                if any(earlier["sources"] == run["sources"] for earlier in holders):
                    raise InvalidArgument(f"Two folders of the same code hold {WHOLE} in {niche}; name one of them.")
                del niches[niche]
                for earlier in holders:
                    earlier["niches"].remove(niche)
            _join(niches, niche, row, folder)
        ours.append(run)
    runs += ours
    return niches


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The niches of a folder, and what it is of."""
    try:
        found = msgspec.json.decode((folder / "fooled.json").read_bytes())
        about = read_json((folder / "settings.json").read_bytes(), checked=True)
    except (OSError, ValueError, DamagedFile) as error:
        raise InvalidArgument(f"{folder} holds no run of scripts/fooled.py ({error}).") from None
    settings = about["settings"]
    run = {
        "niches": sorted(found["niches"]),
        "arms": settings["arms"],
        "steering": sorted({name.partition("/")[2] or name for name in settings["steering"] if name}),
        **{key: settings[key] for key in ("seed", "animals")},
        **{key: about.get(key) for key in ("sources", "commit", "date")},
    }
    for row in found["niches"].values():
        arms = row["arms"]
        if WHOLE in arms:
            fitness, reflex = (arms[arm]["each"]["fitness"] for arm in (WHOLE, REFLEX))
            arms[WHOLE]["p"] = paired(fitness, reflex[: len(fitness)])["p"]
    return found["niches"], run


def _join(niches: dict[str, Any], niche: str, row: dict[str, Any], folder: Path) -> None:
    if "problem" in row:
        raise InvalidArgument(f"{niche} was not measured in {folder}: {row['problem']}.")
    if niche not in niches:
        niches[niche] = row
        return
    known = niches[niche]
    for arm, one in row["arms"].items():
        if arm != REFLEX and arm in known["arms"]:
            raise InvalidArgument(f"Two folders hold {arm} in {niche}; name one of them.")
        known["arms"].setdefault(arm, one)


def _brief(value: Any) -> Any:
    """Five digits, and no single animals."""
    if isinstance(value, dict):
        return {key: _brief(one) for key, one in value.items() if key != "each"}
    if isinstance(value, list):
        return [_brief(one) for one in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
