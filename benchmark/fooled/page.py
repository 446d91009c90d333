"""The report of a run on fooled niches: one self-contained HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from benchmark.fooled.settings import NicheStore, describe_niches, named
from benchmark.fooled.words import count_in_words, in_short, meaning
from benchmark.report.drawing import Drawing
from benchmark.report.numbers import show_both, show_number, show_share
from core.files import as_text

_HERE, _REPORT = Path(__file__).parent, Path(__file__).parents[1] / "report" / "page"


def write_page(store: NicheStore, found: dict[str, Any], drawings: list[Drawing]) -> Path:
    """Write ``report.html``: no network, no other files, no scripts."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"both": show_both, "number": show_number, "share": show_share, "named": named}
    page = environment.get_template("fooled.html.j2").render(
        css=Markup((_REPORT / "report.css").read_text(encoding="utf-8")),
        found=found,
        about=store.about(),
        settings=describe_niches(store.settings),
        summary=count_in_words(found),
        sentences={niche: in_short(niche, row) for niche, row in found["niches"].items()},
        meanings={niche: meaning(niche) for niche in found["niches"]},
        drawings=[{"svg": Markup(one.svg), "title": one.title, "alt": one.alt} for one in drawings],
        steering=sorted({name or "the species' own" for name in store.settings.steering}),
    )
    return store.write_bytes("report.html", as_text(page).encode())
