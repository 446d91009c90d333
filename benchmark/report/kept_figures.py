"""Figures of kept results: growing up, the same under every hand-over rule, and what trades against what."""

from __future__ import annotations

import io
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from agents.catalogue import WHOLE_RULE
from benchmark.report.drawing import COLOURS, INK, LEARNING, MARKS, STEERING, STYLE, colours_of, line_of
from benchmark.report.kept import SPECIES
from benchmark.results.plotting import own_style
from benchmark.results.verdict import REFLEX, WHOLE
from envs.registration import world_class

_COLUMNS = 3


def fitness_of_rules(kept: dict[str, Any]) -> bytes:
    """Score against age under each rule, a panel a species, as a PNG."""
    with own_style(STYLE):
        figure, panels = _panels(kept, sharey=True)
        colours = colours_of(_rules(kept))
        for axis, (world, agents) in panels:
            first, last = (agents[name]["fitness_grown"]["iqm"] for name in ("random", "oracle"))
            for agent in (REFLEX, *_rules(kept)):
                if agent in agents:
                    values = (np.array(agents[agent]["fitness_by_age"]["iqm"], float) - first) / (last - first)
                    ages = (np.arange(len(values)) + 0.5) * 100 / len(values)
                    main = agent in (WHOLE, REFLEX)
                    colour = {WHOLE: LEARNING, REFLEX: STEERING}.get(agent) or colours[agent]
                    axis.plot(
                        ages, values, color=colour, lw=2.4 if main else 1.0, label=_named(agent), zorder=3 if main else 2
                    )
            axis.set(ylim=(-0.35, 1.1), xlim=(0, 100), title=f"{SPECIES[world]} ({world})")
        figure.supxlabel("age (% of life)", fontsize=10)
        figure.supylabel("score", fontsize=10)
        return _png(figure, panels)


def growing_up(kept: dict[str, Any], world: str) -> bytes:
    """Fitness against age of the main agents of a world, with 95% intervals, as a PNG."""
    with own_style(STYLE):
        figure, axis = plt.subplots(figsize=(7.4, 3.4), layout="constrained")
        agents = [agent for agent in kept["worlds"][world] if agent in COLOURS]
        for agent in agents:
            bands = {key: np.array(values, float) for key, values in kept["worlds"][world][agent]["fitness_by_age"].items()}
            ages = (np.arange(len(bands["iqm"])) + 0.5) * 100 / len(bands["iqm"])
            axis.plot(ages, bands["iqm"], color=COLOURS[agent], label=agent, **line_of(agent))
            axis.fill_between(ages, bands["low"], bands["high"], color=COLOURS[agent], alpha=0.18, lw=0)
        axis.set(xlabel="age (% of life)", ylabel=f"fitness ({world_class(world).fitness_unit})", xlim=(0, 100))
        figure.legend(loc="outside right upper")
        png = io.BytesIO()
        figure.savefig(png, format="png", dpi=130, metadata={"Software": None})
        plt.close(figure)
    return png.getvalue()


def frontier(kept: dict[str, Any]) -> bytes:
    """What a rule costs the young against what it gains in the end, a panel a species, as a PNG.

    Across, score minus the reflex's at the worst of eleven ages; upwards, grown score minus the reflex's; both means of animals with
    95% intervals. A rule is on the frontier if no other is better in both.
    """
    with own_style(STYLE):
        figure, panels = _panels(kept)
        colours = colours_of(_rules(kept))
        marks = {agent: MARKS[place % len(MARKS)].replace("*", "p") for place, agent in enumerate(_rules(kept))}
        for axis, (_, agents) in panels:
            points = {agent: agents[agent] for agent in _rules(kept) if agent in agents}
            best = frontier_of({a: (row["dip"]["mean"], row["grown_minus_reflex"]["mean"]) for a, row in points.items()})
            for agent, row in points.items():
                dip, gain = row["dip"], row["grown_minus_reflex"]
                main = agent == WHOLE
                colour = LEARNING if main else colours[agent]
                axis.plot([dip["low"], dip["high"]], [gain["mean"]] * 2, color=colour, lw=1, alpha=0.5)
                axis.plot([dip["mean"]] * 2, [gain["low"], gain["high"]], color=colour, lw=1, alpha=0.5)
                edge = INK if agent in best else "none"
                mark = "*" if main else marks[agent]
                size = 13 if main else 7
                axis.plot(
                    dip["mean"], gain["mean"], mark, color=colour, mec=edge, mew=1.2, ms=size, label=_named(agent), zorder=3
                )
            axis.axvline(0.0, color=INK, lw=0.8, ls=":")
            axis.axhline(0.0, color=INK, lw=0.8, ls=":")
        for axis, (world, _) in panels:
            axis.set_title(f"{SPECIES[world]} ({world})")
        figure.supxlabel("safety: score minus the reflex's at the worst of eleven ages", fontsize=10)
        figure.supylabel("gain: grown score minus the reflex's", fontsize=10)
        return _png(figure, panels)


def frontier_of(points: dict[str, tuple[float, float]]) -> set[str]:
    """The names of points that no other point beats in one number without losing in the other."""
    return {
        name
        for name, (x, y) in points.items()
        if not any(a >= x and b >= y and (a > x or b > y) for other, (a, b) in points.items() if other != name)
    }


def _rules(kept: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(a for agents in kept["worlds"].values() for a in agents if a == WHOLE or "+" in a))


def _named(agent: str) -> str:
    return f"{WHOLE_RULE} (whole animals)" if agent == WHOLE else agent.partition("+")[2] or agent


def _panels(kept: dict[str, Any], sharey: bool = False) -> tuple[Any, list[Any]]:
    """A figure with a panel for each world in which more than two rules were lived; for all worlds, if there is none."""
    known = [(world, kept["worlds"][world]) for world in SPECIES if world in kept["worlds"]]
    worlds = [(world, agents) for world, agents in known if sum(a == WHOLE or "+" in a for a in agents) > 2] or known
    rows = -(-(len(worlds) + 1) // _COLUMNS)
    figure, axes = plt.subplots(
        rows, _COLUMNS, figsize=(10.5, 3.5 * rows), sharey=sharey, layout="constrained", squeeze=False
    )
    for axis in axes.flat[len(worlds) :]:
        axis.set_axis_off()
    return figure, list(zip(axes.flat, worlds, strict=False))


def _png(figure: Any, panels: list[Any]) -> bytes:
    """A legend of all panels in the first place that is free, and the picture."""
    entries: dict[str, Any] = {}
    for axis, _ in panels:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    figure.axes[len(panels)].legend(
        list(entries.values()), list(entries), loc="center", ncols=2 if len(entries) > 10 else 1
    )
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=130, metadata={"Software": None})
    plt.close(figure)
    return png.getvalue()
