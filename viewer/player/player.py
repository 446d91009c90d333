"""One self-contained HTML file that plays recorded lives, on disk and in notebooks."""

from __future__ import annotations

import base64
import html
import io
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jinja2

from agents.population import Population
from core.errors import UnknownName, told
from core.files import write_whole
from viewer.player.packing import pack
from viewer.player.recording import Progress, Recording, record_life, record_now
from viewer.record import CannotRecord, check_target

_PAGE = Path(__file__).parent / "page"
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
        head, columns = pack(recording)
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_PAGE), autoescape=True, undefined=jinja2.StrictUndefined
        )
        raw = lambda name: jinja2.utils.markupsafe.Markup((_PAGE / name).read_text(encoding="utf-8"))  # noqa: E731
        markup = jinja2.utils.markupsafe.Markup
        return environment.get_template("player.html.j2").render(
            title=f"{recording.world}: the life of one animal"
            if recording.line
            else f"{recording.world}: some moments of a life",
            subtitle=_subtitle(recording),
            about=_about(recording),
            css=raw("player.css"),
            script=raw("player.js"),
            fonts=markup(_fonts(_letters(recording))),
            head=markup(head),
            columns=markup(columns),
        )

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
        page = html.escape(self.html, quote=True)
        fit = "this.style.height=this.contentDocument.documentElement.scrollHeight+8+'px'"
        style = f"width:100%;height:{_HEIGHT}px;border:0"
        return f'<iframe srcdoc="{page}" title="Nestling player" style="{style}" onload="setTimeout(()=>{{{fit}}},600)"></iframe>'


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
    if recording.line is None:
        return f"{recording.agent}, seed {recording.seed}."
    return (
        "One newborn, several lives: whole, and with one of its parts taken away at birth. "
        "Each can be seen at some ages, around a moment of danger or need."
    )


def _about(recording: Recording) -> str:
    life = f"{recording.line.steps:,} steps" if recording.line else "some steps"
    return (
        f"World {recording.world}, agent {recording.agent}, seed {recording.seed}, {life} of {recording.dt:g} s each. "
        "It was recorded as drawing commands, so it is sharp at any size."
    )


def _letters(recording: Recording) -> str:
    """All that may have to be written: what was drawn, what the page says itself, and plain letters."""
    page = "".join(file.read_text(encoding="utf-8") for file in _PAGE.iterdir())
    return "".join([*recording.library.texts, page, *map(chr, range(32, 127))])


def _fonts(letters: str) -> str:
    """DejaVu Sans with the letters that are used, as rules of a style sheet."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    rules = []
    for file, weight in (("DejaVuSans.ttf", "normal"), ("DejaVuSans-Bold.ttf", "bold")):
        options = subset.Options(
            drop_tables=["FFTM"], flavor="woff", desubroutinize=True, notdef_outline=True, layout_features=["kern"]
        )
        face = TTFont(folder / file)
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(sorted(set(letters))))
        cutter.subset(face)
        face.flavor = "woff"
        content = io.BytesIO()
        face.save(content)
        data = base64.b64encode(content.getvalue()).decode()
        rules.append(
            f"@font-face{{font-family:Nestling;font-weight:{weight};src:url(data:font/woff;base64,{data}) format('woff')}}"
        )
    return "".join(rules)
