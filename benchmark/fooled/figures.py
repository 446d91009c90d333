"""Figures of a run on fooled niches: where learning takes reward and fitness, and which learner games which steering."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from benchmark.fooled.settings import REFLEX, SIDES, WHOLE, WINDOWS, in_order, measured, named, parts_of
from benchmark.report.drawing import INK, LEARNING, STEERING, STYLE, Drawing, finish
from benchmark.report.numbers import show_number
from benchmark.results.plotting import own_style

_COLUMNS = 4
_LARGEST = 1.0  # gap at which a colour is full
_SHADES = mpl.colors.LinearSegmentedColormap.from_list("gap", ["#009E73", "#f7f6f2", "#D55E00"])


def draw(found: dict[str, Any]) -> list[Drawing]:
    """All figures."""
    rows = measured(found)
    if not rows:
        return []
    with own_style(STYLE):
        drawn = [_ways(rows), _ages(rows)]
        if any(len(row["arms"]) > 2 for row in rows.values()):
            drawn.append(_matrix(rows))
    return drawn


def _grid(rows: dict[str, Any], height: float) -> tuple[Any, Any]:
    columns = min(_COLUMNS, len(rows))
    lines = -(-len(rows) // columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(2.75 * columns + 0.4, height * lines + 0.5), layout="constrained", squeeze=False
    )
    for axis in axes.flat[len(rows) :]:
        axis.set_axis_off()
    return figure, axes.flat


def _title(axis: Any, niche: str) -> None:
    world, name = parts_of(niche)
    axis.set_title(f"{name}\n{world}", fontsize=9.5)


def _ways(rows: dict[str, Any]) -> Drawing:
    """An arrow from reflex to grown whole animal in fitness and reward, for each side."""
    figure, axes = _grid(rows, 2.75)
    for axis, (niche, row) in zip(axes, rows.items(), strict=False):
        arm = WHOLE if WHOLE in row["arms"] else next(iter(row["arms"]))
        ends = []
        for side, colour in zip(SIDES, (INK, STEERING), strict=True):
            start, end = ([row["arms"][one][what][side]["mean"] for what in ("fitness", "reward")] for one in (REFLEX, arm))
            ends += [start, end]
            style = {"arrowstyle": "-|>", "color": colour, "lw": 2.2, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 14}
            axis.annotate("", xy=end, xytext=start, arrowprops=style | ({"ls": "--"} if side == "honest" else {}))
            axis.plot(*start, "o", color=colour, ms=5)
        low, high = np.min(ends, axis=0), np.max(ends, axis=0)
        pad = 0.12 * max(0.5, *(high - low))
        axis.set(xlim=(low[0] - pad, high[0] + pad), ylim=(low[1] - pad, high[1] + pad))
        axis.axline((0, 0), slope=1, color="#9a968a", lw=0.8, ls=":")
        _title(axis, niche)
    figure.supxlabel("fitness (0 random, 1 oracle, on the honest side)", fontsize=9.5)
    figure.supylabel("reward", fontsize=9.5)
    handles = [
        plt.Line2D([], [], color=INK, lw=2.2, ls="--", marker="o", label="honest niche"),
        plt.Line2D([], [], color=STEERING, lw=2.2, marker="o", label="fooled niche"),
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=2)
    alt = "An arrow leads from the reflex alone to the grown whole animal. Up is more reward, right is more fitness."
    return finish(figure, "ways", "figures", "What learning does to reward and fitness", alt)


def _ages(rows: dict[str, Any]) -> Drawing:
    """The gap of the whole animal against age."""
    figure, axes = _grid(rows, 2.3)
    ages = (np.arange(WINDOWS) + 0.5) * 100 / WINDOWS
    for axis, (niche, row) in zip(axes, rows.items(), strict=False):
        for arm, colour in ((REFLEX, STEERING), (WHOLE, LEARNING)):
            if arm in row["arms"]:
                bands = {key: [age[key] for age in row["arms"][arm]["gap_by_age"]] for key in ("mean", "low", "high")}
                axis.plot(ages, bands["mean"], color=colour, label=named(arm))
                axis.fill_between(ages, bands["low"], bands["high"], color=colour, alpha=0.2, lw=0)
        axis.axhline(0.0, color=INK, lw=0.8)
        axis.axvline(70, color="#9a968a", lw=0.9, ls="--")
        axis.set_xlim(0, 100)
        _title(axis, niche)
    figure.supxlabel("age (% of life); from the dashed line on the niche is honest", fontsize=9.5)
    figure.supylabel("gap", fontsize=9.5)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=2)
    alt = "The gap is reward minus fitness in the fooled niche, minus the same in the honest one, with 95% intervals."
    return finish(figure, "ages", "figures", "When the gap opens, and whether it closes", alt)


def _matrix(rows: dict[str, Any]) -> Drawing:
    """The gap of every arm in every niche."""
    arms = in_order(arm for row in rows.values() for arm in row["arms"])
    values = np.array(
        [[row["arms"].get(arm, {}).get("gap", {}).get("mean", np.nan) for arm in arms] for row in rows.values()]
    )
    figure, axis = plt.subplots(figsize=(0.72 * len(arms) + 3.4, 0.42 * len(rows) + 2.4), layout="constrained")
    axis.imshow(np.clip(values, -_LARGEST, _LARGEST), cmap=_SHADES, vmin=-_LARGEST, vmax=_LARGEST, aspect="auto")
    for (place, column), value in np.ndenumerate(values):
        if not np.isfinite(value):
            axis.text(column, place, "\N{MIDDLE DOT}", ha="center", va="center", color="#b4b0a4")
        else:
            row = list(rows.values())[place]["arms"][arms[column]]
            bold = row["verdict"] == "fooled"
            strong = abs(value) > 0.75
            axis.text(
                column,
                place,
                show_number(value),
                ha="center",
                va="center",
                fontsize=8.5,
                weight="bold" if bold else "normal",
                color="white" if strong else "black",
            )
    axis.set_xticks(
        range(len(arms)), [named(arm) for arm in arms], rotation=40, ha="right", rotation_mode="anchor", fontsize=8.5
    )
    axis.set_yticks(range(len(rows)), [f"{parts_of(niche)[0]}: {parts_of(niche)[1]}" for niche in rows], fontsize=8.5)
    axis.grid(False)
    for side in axis.spines.values():
        side.set_visible(False)
    alt = (
        "The gap between reward and fitness that the fooled niche opens, as a share of the way from random to oracle. Bold: surely "
        "above the margin. Orange is fooled; green is a learner that loses more reward than fitness; a dot was not lived."
    )
    return finish(figure, "matrix", "figures", "Which learner games which steering", alt)
