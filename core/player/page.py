"""Puts the page together: template, style, script, letters and data in one file."""

from __future__ import annotations

import base64
import html
import io
import json
from importlib.util import find_spec
from pathlib import Path

import jinja2

from core.packed import DamagedFile
from core.player.packing import as_script, pack
from core.player.recording import Recording

_PAGE = Path(__file__).parent / "page"
_MARKUP = jinja2.utils.markupsafe.Markup


def page_of(recording: Recording, title: str, subtitle: str = "", about: str = "") -> str:
    """The whole page.

    Args:
        recording: what it plays.
        title, subtitle, about: plain text.

    Raises:
        TooMuchDrawn: see :func:`core.player.packing.pack`.
    """
    head, columns = pack(recording)
    panels = [panel.name for panel in recording.panels]
    return _rendered(head, columns, panels, _fonts(_letters(recording)), title, subtitle, about)


def page_of_packed(head: str, columns: str, title: str) -> str:
    """The page of a recording that was packed before and comes from a file, with the letters of the system.

    Raises:
        DamagedFile: it is no packed recording.
    """
    try:
        found = json.loads(head)
        panels = [str(panel["name"]) for panel in found["panels"]]
        base64.b64decode(columns, validate=True)
    except (ValueError, KeyError, TypeError):
        raise DamagedFile("the recording of an animal is damaged") from None
    return _rendered(as_script(found), columns, panels, "", title, "", "")


def _rendered(head: str, columns: str, panels: list[str], fonts: str, title: str, subtitle: str, about: str) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGE), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("player.html.j2").render(
        title=title,
        subtitle=subtitle,
        about=about,
        panels=panels,
        css=_raw("player.css"),
        script=_raw("player.js"),
        fonts=_MARKUP(fonts),
        head=_MARKUP(head),
        columns=_MARKUP(columns),
    )


def inline(page: str, height: int) -> str:
    """A page as a frame of another page or of a notebook, that grows to its content."""
    fit = "const h=this.contentDocument.documentElement.scrollHeight;if(h)this.style.height=h+8+'px'"  # 0 where it is folded away
    style = f"width:100%;height:{height}px;border:0"
    content = html.escape(page, quote=True)
    return f'<iframe srcdoc="{content}" title="Player" loading="lazy" style="{style}" onload="setTimeout(()=>{{{fit}}},600)"></iframe>'


def _raw(name: str) -> str:
    return _MARKUP((_PAGE / name).read_text(encoding="utf-8"))


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
