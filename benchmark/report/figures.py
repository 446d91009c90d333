"""Every figure of a report, drawn once and saved as PNG for people's papers and as SVG that follows a page's colours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from benchmark.report.drawing import STYLE, Drawing, colours_of, finish, line_of
from benchmark.report.world_figures import LEAST_FOR_BAND, draw_world
from benchmark.results.aggregates import performance_profile
from benchmark.results.gathered import gather, one_of_each_species, scores_grown
from benchmark.results.plotting import own_style
from benchmark.results.statistics import interval
from benchmark.results.store import Store

_ABREAST = 4  # worlds beside each other


def draw_all(store: Store) -> list[Drawing]:
    """Every figure that the folder has results for."""
    with own_style(STYLE):
        return list(_draw(store))


def write_pngs(store: Store, drawings: list[Drawing]) -> list[Path]:
    """Write each figure as a PNG beside the results."""
    return [store.write_bytes(f"{drawing.name}.png", drawing.png) for drawing in drawings]


def _draw(store: Store) -> Iterator[Drawing]:
    gathered = gather(store)
    for world, agents in gathered.items():
        yield from draw_world(store.settings, world, agents)
    scores = scores_grown(store, gathered)
    if scores:
        yield _intervals(scores)
        yield _profile({world: scores[world] for world in one_of_each_species(scores)})


def _intervals(scores: dict[str, dict[str, np.ndarray]]) -> Drawing:
    agents = list(dict.fromkeys(agent for world in scores.values() for agent in world))
    colours = colours_of(agents)
    columns = min(_ABREAST, len(scores))
    rows = -(-len(scores) // columns)
    size = (7.4, rows * (0.7 + 0.26 * len(agents)) + 0.3)
    figure, axes = plt.subplots(rows, columns, figsize=size, sharex=True, sharey=True, layout="constrained", squeeze=False)
    for axis, (world, values) in zip(axes.flat, scores.items(), strict=False):
        for place, agent in enumerate(agents):
            if agent in values:
                found, colour = interval(values[agent]), colours[agent]
                if len(values[agent]) >= LEAST_FOR_BAND:
                    axis.plot(
                        [found["low"], found["high"]], [place] * 2, color=colour, lw=6, alpha=0.45, solid_capstyle="butt"
                    )
                    axis.plot(found["iqm"], place, "o", color=colour, ms=6, clip_on=False)
                else:
                    axis.plot(values[agent], [place] * len(values[agent]), ".", color=colour, ms=5, clip_on=False)
        axis.set_title(world)
    for axis in axes.flat[len(scores) :]:
        axis.set_visible(False)
    figure.supxlabel("grown score", fontsize=10)
    axes[0, 0].set_yticks(range(len(agents)), agents)
    axes[0, 0].invert_yaxis()
    axes[0, 0].margins(x=0.06)
    return finish(
        figure,
        "scores",
        "aggregate",
        "Grown scores",
        "Grown score of each agent in each world: interquartile mean with its 95% interval; 0 is random, 1 the oracle. Of fewer than "
        f"{LEAST_FOR_BAND} animals each is a point.",
    )


def _profile(scores: dict[str, dict[str, np.ndarray]]) -> Drawing:
    everywhere = [agent for agent in next(iter(scores.values())) if all(agent in world for world in scores.values())]
    colours = colours_of(everywhere)
    pooled = np.concatenate([world[agent] for world in scores.values() for agent in everywhere])
    thresholds = np.linspace(min(0.0, float(np.nanquantile(pooled, 0.01))), max(1.0, float(np.nanmax(pooled))), 101)
    figure, axis = plt.subplots(figsize=(7.4, 3.4), layout="constrained")
    for agent in everywhere:
        found = performance_profile([world[agent] for world in scores.values()], thresholds)
        axis.plot(thresholds, found["share"], color=colours[agent], label=agent, **line_of(agent))
        axis.fill_between(thresholds, found["low"], found["high"], color=colours[agent], alpha=0.18, lw=0)
    axis.set_xlabel("grown score")
    axis.set_ylabel("share of animals above it")
    axis.set_ylim(-0.02, 1.02)
    axis.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0)
    axis.margins(x=0)
    return finish(
        figure,
        "profile",
        "aggregate",
        "Performance profile",
        "For each agent, the share of animals whose grown score lies above a threshold, averaged over worlds, with 95% bands.",
    )
