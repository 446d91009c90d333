"""Every figure of a report, drawn once and saved as PNG for people's papers and as SVG that follows a page's colours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from benchmark.report.drawing import STYLE, Drawing, colours_of, finish, line_of
from benchmark.report.facets import grown_scores, reward_against_fitness, survival_of
from benchmark.report.world_figures import draw_world
from benchmark.results.aggregates import performance_profile
from benchmark.results.gathered import gather, one_of_each_species, scores_of_animals
from benchmark.results.plotting import own_style
from benchmark.results.store import Store


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
    yield from survival_of(store.settings, gathered)
    yield from reward_against_fitness(store.settings, gathered)
    scores = scores_of_animals(store, gathered)
    if scores:
        yield grown_scores(scores, gathered)
        yield _profile({world: scores[world] for world in one_of_each_species(scores)})


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
