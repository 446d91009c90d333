"""One self-contained HTML file that plays recorded lives, on disk and in notebooks."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from agents.population import Population
from core.errors import UnknownName, told
from core.files import write_whole
from core.player.page import inline, page_of
from core.player.recording import Recording
from viewer.player.recording import Progress, record_life, record_now
from viewer.record import CannotRecord, check_target

_HEIGHT = 760  # pixels of the frame in a notebook


class Player:
    """A page that plays a recording; the last value of a notebook's cell is shown inline.

    Args:
        recording: what it plays.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    @cached_property
    def html(self) -> str:
        """The whole page."""
        recording = self.recording
        what = "the life of one animal" if recording.curves is not None else "some moments of a life"
        return page_of(recording, f"{recording.world}: {what}", _subtitle(recording), _about(recording))

    def save(self, path: str | Path) -> Path:
        """Write the page, whole or not at all.

        Raises:
            UnknownName: the ending is not .html.
            CannotRecord: the folder is missing or cannot be written.
        """
        path = Path(path)
        check_target(path, (".html",))
        try:
            return write_whole(path, self.html.encode())
        except OSError as error:
            raise CannotRecord(f"{path} cannot be written: {told(error)}.") from None

    def _repr_html_(self) -> str:
        return inline(self.html, _HEIGHT)


def player(
    what: Any, *, frames: int | None = None, row: int = 0, progress: Progress = lambda done, total: None, **options: Any
) -> Player:
    """Record, and return a page that plays it.

    Args:
        what: a :class:`agents.population.Population`, which lives on and is recorded from now on; or a world, by name or class,
            in which one animal lives its whole life.
        frames: pictures of each stretch, at least 1; by default 240, or 120 where there is sound.
        row: which animal of a population.
        progress: called with ticks done and their total.
        options: of a whole life: ``agent``, ``seed``, ``lesions`` and ``steps``, see :func:`viewer.player.recording.record_life`.

    Raises:
        InvalidArgument: a number is out of range.
        UnknownName: there is no such world, agent or part.
    """
    if isinstance(what, Population):
        if options:
            raise UnknownName(f"{', '.join(options)}: only a whole life has that; a population lives on as it is.")
        return Player(record_now(what, row, frames, progress))
    return Player(record_life(what, frames=frames, progress=progress, **options))


def _subtitle(recording: Recording) -> str:
    if recording.curves is None:
        return f"{recording.agent}, seed {recording.seed}."
    return (
        "One newborn, several lives: whole, and with one of its parts taken away at birth. "
        "Each can be seen at some ages, around a moment of danger or need."
    )


def _about(recording: Recording) -> str:
    life = f"{recording.curves.steps:,} steps" if recording.curves is not None else "some steps"
    return (
        f"World {recording.world}, agent {recording.agent}, seed {recording.seed}, {life} of {recording.dt:g} s each. "
        "It was recorded as drawing commands, so it is sharp at any size."
    )
