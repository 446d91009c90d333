"""What the docs keep of runs on fooled niches, and the tables that are made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from benchmark.fooled.figures import named
from benchmark.fooled.settings import REFLEX, WHOLE, in_order, parts_of
from benchmark.report.numbers import show_rounded
from core.errors import InvalidArgument
from core.packed import DamagedFile, read_json
from envs.registration import niche_of


def keep_fooled(folders: Iterable[Path], versions: Mapping[str, Iterable[Path]] = MappingProxyType({})) -> dict[str, Any]:
    """Runs under one steering of each world, arms of several folders joined, as one plain value.

    Where two folders of different code hold the whole animal in one niche, the later one replaces that niche, all of its arms included.

    Args:
        folders: of ``scripts/fooled.py``.
        versions: name -> folders of other steering, kept beside them.

    Returns:
        ``niches`` as :func:`benchmark.fooled.measures.measure` has them, without single animals; ``runs`` with niches, arms, seed,
        animals, date, commit and sources of each folder; ``versions``, name -> niches; ``worlds``, empty.

    Raises:
        InvalidArgument: a folder holds no measured run, or two of the same code hold the same arm of a niche, or other steering.
    """
    runs: list[dict[str, Any]] = []
    niches = _joined(folders, runs)
    if not niches:
        raise InvalidArgument("Name at least one folder.")
    found = {name: _joined(of_version, runs) for name, of_version in versions.items()}
    ordered = {niche: niches[niche] for niche in sorted(niches)}
    return _brief({"worlds": {}, "niches": ordered, "versions": found, "runs": [run for run in runs if run["niches"]]})


def _joined(folders: Iterable[Path], runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The niches of several folders; what each is of is added to ``runs``."""
    niches: dict[str, Any] = {}
    ours: list[dict[str, Any]] = []
    for folder in folders:
        rows, run = _read(folder)
        for niche, row in rows.items():
            if niche in niches and niches[niche]["steering"] != row.get("steering"):
                raise InvalidArgument(f"{folder} has other steering in {niche} than the folders before it.")
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


_NONE = "\N{EN DASH}"


def _both(value: dict[str, Any], digits: int = 2) -> str:
    numbers = [value[key] for key in ("mean", "low", "high")]
    if any(number is None for number in numbers):
        return "\N{EN DASH}"
    mean, low, high = (show_rounded(number, digits) for number in numbers)
    return f"{mean} [{low}, {high}]"


def niches(kept: dict[str, Any]) -> str:
    """A row for each niche: whether the pair is matched, and what learning makes of it."""
    heads = [
        "niche",
        "reflexes' reward, fooled minus honest",
        "gap, reflexes",
        "gap, whole animal",
        "steering",
        "fitness that learning adds in the fooled niche",
        "reward that learning adds there",
        "gap opens at",
        "gap when honest again",
    ]
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    for niche, row in kept["niches"].items():
        one, reflex = row["arms"][WHOLE], row["arms"][REFLEX]
        matched = _both(row["reflex"]["difference"], 3) + ("" if row["reflex"]["same"] else " (not matched)")
        gap = f"**{_both(one['gap'])}**" if one["verdict"] == "fooled" else _both(one["gap"])
        opens = _NONE if one["onset"] is None else f"{100 * one['onset']:.0f}% of life"
        after = [_both(one[key]) for key in ("beside_reflex", "reward_beside_reflex")] + [opens, _both(one["recovery"])]
        cells = [niche.replace("/", ": "), matched, _both(reflex["gap"]), gap, one["verdict"], *after]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def what_is_there(kept: dict[str, Any]) -> str:
    """A list of the niches, each with what is there and where it is modelled on."""
    lines = []
    for niche in kept["niches"]:
        found = niche_of(*parts_of(niche))
        lines.append(f"- **{niche.replace('/', ': ')}** (`{found.switch}`): {found.meaning}. Source: {found.source}.")
    return "\n".join(lines)


def arms(kept: dict[str, Any]) -> str:
    """The gap of every arm but reflex and whole animal, a row a niche: rules of hand-over, other learners, negative controls."""
    names = in_order(arm for row in kept["niches"].values() for arm in row["arms"] if arm not in (REFLEX, WHOLE))
    rules = [arm for arm in names if arm.startswith("cortex+") and "!" not in arm]
    controls = [arm for arm in names if "!" in arm]
    others = [arm for arm in names if arm not in (*rules, *controls)]
    return "\n\n".join(_gaps(kept["niches"], some) for some in (rules, others, controls) if some)


def _gaps(rows: dict[str, Any], arms: list[str]) -> str:
    lines = [f"| niche | {' | '.join(map(named, arms))} |", "|" + " --- |" * (1 + len(arms))]
    for niche, row in rows.items():
        if any(arm in row["arms"] for arm in arms):
            cells = [_both(row["arms"][arm]["gap"]) if arm in row["arms"] else _NONE for arm in arms]
            lines.append(f"| {niche.replace('/', ': ')} | {' | '.join(cells)} |")
    return "\n".join(lines)


def versions(kept: dict[str, Any]) -> str:
    """What other steering makes of the same niches."""
    names = list(kept["versions"])
    lines = [
        f"| niche | gap, own | {' | '.join(f'gap, {name}' for name in names)} | fitness, fooled and honest, own | "
        f"{' | '.join(f'the same, {name}' for name in names)} |",
        "|" + " --- |" * (3 + 2 * len(names)),
    ]
    for niche, row in kept["niches"].items():
        rows = [row, *(kept["versions"][name].get(niche) for name in names)]
        if any(rows[1:]):
            found = [None if one is None or "problem" in one else one["arms"][WHOLE] for one in rows]
            matched = ["" if one is None or one.get("reflex", {}).get("same") else " (not matched)" for one in rows]
            gaps = [_NONE if one is None else _both(one["gap"]) + same for one, same in zip(found, matched, strict=True)]
            fitness = [
                _NONE
                if one is None
                else " and ".join(f"{one['fitness'][side]['mean']:.2f}" for side in ("fooled", "honest"))
                for one in found
            ]
            lines.append(f"| {niche.replace('/', ': ')} | {' | '.join([*gaps, *fitness])} |")
    return "\n".join(lines)


def provenance(kept: dict[str, Any]) -> str:
    """Which runs the tables are made from: what lived, how many, on which seeds, by which code."""
    lines = []
    for run in kept["runs"]:
        steering = f", {' and '.join(run['steering'])} steering" if run.get("steering") else ""
        others = [arm for arm in run["arms"] if arm != WHOLE]
        what = [f"{run['animals']} whole animals"] if WHOLE in run["arms"] else []
        known = [kept["niches"][niche]["arms"].get(arm) for niche in run["niches"] for arm in others]
        numbers = " or ".join(map(str, sorted({one["animals"] for one in known if one})))
        what += [f"{numbers} animals of {len(others)} other arms"] if others else []
        where = ", ".join(f"`{niche}`" for niche in run["niches"])
        commit = f", commit `{run['commit']}`" if run["commit"] else ""
        lines.append(
            f"- {' and '.join(what)}{steering}, seeds from {run['seed']:,}, sources `{run['sources']}`{commit}: {where}."
        )
    return "\n".join(lines)


TABLES = {
    "fooled_niches": niches,
    "fooled_list": what_is_there,
    "fooled_arms": arms,
    "fooled_versions": versions,
    "fooled_runs": provenance,
}
