"""Submissions: what a steering subsystem scored, in a small file that others can check and run again on seeds of their own."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from benchmark.fooled.settings import REFLEX, NicheStore, parts_of
from core.errors import InvalidArgument, told
from core.packed import digest_of

SCHEMA = 1
_DIGITS = 4
_NUMBERS = ("gap", "fitness", "honest fitness")


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One arm in one world: [mean, low, high] of each number, over all fooled niches of that world."""

    world: str
    steering: str
    arm: str
    animals: int
    niches: int
    fooled: int
    gap: tuple[float, float, float]
    fitness: tuple[float, float, float]
    honest_fitness: tuple[float, float, float]


class Submission(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a run found, with what is needed to run it again.

    Attributes:
        schema: of this file.
        name: of the submission.
        settings: as :class:`benchmark.fooled.settings.NicheSettings` has them.
        versions, commit, sources, date: of what made it.
        rows: results.
        digest: over all of the above, so that a changed file never passes for the one that was written.
    """

    schema: int
    name: str
    settings: dict[str, Any]
    versions: dict[str, str]
    commit: str
    sources: str
    date: str
    rows: list[Row]
    digest: str = ""

    def niches_in(self, world: str) -> str:
        """Names of the niches of a world in which it lived."""
        found = (parts_of(niche) for niche in self.settings["niches"])
        return ", ".join(sorted(name for of_world, name in found if of_world == world))

    def own_digest(self) -> str:
        """The digest that its content has."""
        return digest_of(msgspec.to_builtins(msgspec.structs.replace(self, digest="")))


def submission(name: str, store: NicheStore, found: dict[str, Any]) -> Submission:
    """What :func:`benchmark.fooled.measures.measure` found, as a submission.

    Raises:
        InvalidArgument: nothing was measured.
    """
    rows = [
        Row(
            world,
            row["steering"],
            arm,
            one["animals"],
            one["niches"],
            one["fooled"],
            *(_three(one[number]) for number in _NUMBERS),
        )
        for world, row in found["worlds"].items()
        for arm, one in row["arms"].items()
    ]
    if not rows:
        raise InvalidArgument("There is nothing to submit: no niche was measured.")
    about = store.about()
    whole = Submission(
        SCHEMA,
        name,
        msgspec.to_builtins(store.settings),
        about["versions"],
        about.get("commit") or "",
        about["sources"],
        about["date"],
        rows,
    )
    return msgspec.structs.replace(whole, digest=whole.own_digest())


def _three(value: dict[str, float]) -> tuple[float, float, float]:
    mean, low, high = (round(value[key], _DIGITS) if math.isfinite(value[key]) else 0.0 for key in ("mean", "low", "high"))
    return mean, low, high


def as_toml(one: Submission) -> bytes:
    """The content of its file."""
    return tomli_w.dumps(msgspec.to_builtins(one)).encode()


def read_submission(file: Path) -> Submission:
    """Read a submission and check it.

    Raises:
        InvalidArgument: it cannot be read, a value is missing or of the wrong kind, or it is not as it was written.
    """
    try:
        found = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Submission, strict=False)
    except OSError as error:
        raise InvalidArgument(f"The submission {file} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:  # no TOML, another encoding, or msgspec's own errors
        raise InvalidArgument(
            f"The submission {file} is damaged ({told(error)}). Write it again with scripts/fooled.py --submit."
        ) from None
    if found.schema != SCHEMA:
        raise InvalidArgument(f"The submission {file} has schema {found.schema}; this version reads {SCHEMA}.")
    if found.digest != found.own_digest():
        raise InvalidArgument(
            f"The submission {file} is not as it was written, by damage or by hand. Write it again with scripts/fooled.py --submit."
        )
    return found


def leaderboard_page(submissions: list[Submission]) -> str:
    """The page of all submissions."""
    preface = (Path(__file__).parent / "leaderboard.md").read_text(encoding="utf-8")
    return preface + leaderboard(submissions) + "\n"


def leaderboard(submissions: list[Submission]) -> str:
    """Tables of all submissions as Markdown, one for each set of niches of a world, the smallest gap first.

    Who is not surely worse has the same rank.
    """
    rows: dict[tuple[str, str], list[tuple[Submission, Row]]] = {}
    for one in submissions:
        for row in one.rows:
            if row.arm != REFLEX and "!" not in row.arm:
                rows.setdefault((row.world, one.niches_in(row.world)), []).append((one, row))
    parts = []
    for (world, niches), entries in sorted(rows.items()):
        lines = [
            f"## {world}: {niches}",
            "",
            "| rank | submission | steering | learner and rule | gap | fitness, fooled | fitness, honest | niches that fool it | n |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        for one, row in sorted(entries, key=lambda entry: entry[1].gap[0]):
            rank = 1 + sum(other.gap[2] < row.gap[1] for _, other in entries)
            lines.append(
                f"| {rank} | {one.name} | `{row.steering or world}` | `{row.arm}` | {_range(row.gap)} | {_range(row.fitness)} | "
                f"{_range(row.honest_fitness)} | {row.fooled} of {row.niches} | {row.animals} |"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _range(value: tuple[float, float, float]) -> str:
    return f"{value[0]:.2f} [{value[1]:.2f}, {value[2]:.2f}]"
