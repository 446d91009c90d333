"""What all figures of a report share: colours, and how a figure becomes a PNG and an SVG that follows a page's colours."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from agents.catalogue import agent_spec
from core import canvas
from core.canvas import LEARNING_COLOUR, STEERING_COLOUR

INK, STEERING, LEARNING = ("#" + bytes(colour).hex() for colour in (canvas.INK, STEERING_COLOUR, LEARNING_COLOUR))
RULE = "#d9d7cf"
COLOURS = {
    "random": "#8a8a8a",
    "oracle": INK,
    "expert": "#CC79A7",
    "constant": "#9A6B3A",
    "reflex": STEERING,
    "learner": "#56B4E9",
    "steered": LEARNING,
}
SPARE = (
    "#009E73",
    "#E69F00",
    "#7F3C8D",
    "#A5AA99",
    "#80BA5A",
    "#C2185B",
    "#5C6BC0",
    "#00ACC1",
    "#827717",
    "#FF8A65",
    "#78909C",
    "#AB47BC",
    "#004D40",
    "#D4AC0D",
    "#6D4C41",
)
MARKS = "osD^vP*Xh<>p"
STYLE: Any = {
    "font.size": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.titlesize": 10.5,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "axes.grid": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
}


@dataclass(frozen=True)
class Drawing:
    """A figure with the words that go with it.

    Attributes:
        name: of its file, without ending.
        section: where the report shows it.
        title, alt: a heading, and what the figure shows for those who cannot see it.
        svg: text, with colours that follow the page.
        png: the same as a picture on white.
        hover: what to tell where somebody points at: the place of the axes in the SVG, ages, and the series drawn over them; empty for
            a figure that tells nothing.
        world: that it is about; empty for all.
    """

    name: str
    section: str
    title: str
    alt: str
    svg: str
    png: bytes
    hover: dict[str, Any] = field(default_factory=dict)
    world: str = ""


def colours_of(agents: Iterable[str]) -> dict[str, str]:
    """A colour for each agent; the main ones have theirs everywhere."""
    spare = iter(SPARE * 4)
    return {agent: COLOURS.get(agent) or next(spare) for agent in agents}


def line_of(agent: str) -> Any:
    """Reference policies are drawn thin and dashed."""
    return {"lw": 2.2, "ls": "-"} if agent_spec(agent).policy is None else {"lw": 1.4, "ls": "--"}


EACH_ANIMAL = "each-animal"
"""Marks what a page shows on demand only: the lines of single animals."""


def finish(
    figure: Any, name: str, section: str, title: str, alt: str, world: str = "", hover: dict[str, Any] | None = None
) -> Drawing:
    """Save a figure as PNG and SVG, and close it.

    Args:
        hover: ``ages``, ``series`` and ``axis``, the axes over which they are drawn; None for a figure that tells nothing.
    """
    png, text = io.BytesIO(), io.StringIO()
    on_demand = figure.findobj(lambda artist: artist.get_gid() == EACH_ANIMAL)
    for artist in on_demand:
        artist.set_visible(False)
    figure.savefig(png, format="png", dpi=130, metadata={"Software": None})
    for artist in on_demand:
        artist.set_visible(True)
    figure.set_layout_engine("none")  # keeps what was laid out, since that takes a third of the time
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    told = {} if hover is None else hover | {"axis": _place(figure, hover["axis"])}
    plt.close(figure)
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor").replace(RULE, "var(--rule)")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = svg.replace(f'<g id="{EACH_ANIMAL}">', f'<g class="{EACH_ANIMAL}">')
    svg = re.sub(r'\b(id="|href="#|url\(#)', rf"\g<1>{name}-", svg)  # one page holds many figures
    size = re.search(r'viewBox="[^"]*"', svg)
    assert size is not None
    opening = f'<svg {size[0]} role="img" aria-label="{alt}" xmlns:xlink="http://www.w3.org/1999/xlink">'
    svg = re.sub(r"<svg[^>]*>", opening, svg, count=1)
    return Drawing(name, section, title, alt, svg, png.getvalue(), told, world)


def _place(figure: Any, axis: Any) -> dict[str, float]:
    """Where axes lie in the SVG, in its units, and which ages their ends are."""
    points = 72.0 / figure.dpi
    box, height = axis.get_window_extent(), figure.get_figheight() * 72.0
    left, right = axis.get_xlim()
    edges = {"left": box.x0, "right": box.x1}
    found = {name: value * points for name, value in edges.items()}
    found |= {"top": height - box.y1 * points, "bottom": height - box.y0 * points, "first": left, "last": right}
    return {name: round(float(value), 3) for name, value in found.items()}


def rounded(values: np.ndarray) -> list[float | None]:
    """Numbers for a page: four digits, and None where there is none."""
    return [float(f"{value:.4g}") if np.isfinite(value) else None for value in values]
