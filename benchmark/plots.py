"""Plots of a benchmark: fitness against age with intervals, and who was in charge."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import uniform_filter1d

from benchmark.statistics import interval
from benchmark.store import Store
from benchmark.summary import Scale, fitness_by_window, gather, grown
from envs.registration import world_class

COLOURS = {
    "random": "#999999",
    "oracle": "#000000",
    "expert": "#CC79A7",
    "reflex": "#D55E00",
    "learner": "#56B4E9",
    "steered": "#0072B2",
}
_SPARE = ("#009E73", "#E69F00", "#F0E442", "#7F3C8D")


def plot_all(store: Store) -> list[Path]:
    """Draw ``fitness-<world>.png`` for every world that has results; returns the files."""
    made = []
    for world, agents in gather(store).items():
        found = {agent: curves for agent, (curves, _) in agents.items() if curves is not None}
        if found:
            made.append(_plot_world(store, world, found))
    return made


def _plot_world(store: Store, world: str, agents: dict) -> Path:
    settings = store.settings
    ages = (np.arange(settings.windows) + 0.5) * settings.lifetime / settings.windows / 1000
    figure, (top, bottom) = plt.subplots(
        2, 1, figsize=(9, 6.4), sharex=True, height_ratios=(4, 1.2), layout="constrained", dpi=130
    )
    spare = iter(_SPARE)
    for agent, curves in agents.items():
        colour = COLOURS.get(agent) or next(spare, "#444444")
        values = fitness_by_window(curves)
        bands = [interval(values[:, window]) for window in range(settings.windows)]
        middle, low, high = (np.array([band[key] for band in bands]) for key in ("iqm", "low", "high"))
        top.plot(ages, middle, color=colour, lw=2, label=agent, ls="--" if agent in ("random", "oracle", "expert") else "-")
        top.fill_between(ages, low, high, color=colour, alpha=0.18, lw=0)
    top.set_ylabel(f"fitness ({world_class(world).fitness_unit})")
    top.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    top.set_title(f"{world}: {settings.animals} animals of each agent, interquartile mean and 95% interval", fontsize=11)
    if "random" in agents and "oracle" in agents:
        scale = Scale(agents["random"], agents["oracle"], grown(settings))
        unit = scale.one - scale.zero
        axis = top.secondary_yaxis("right", functions=(lambda f: (f - scale.zero) / unit, lambda s: s * unit + scale.zero))
        axis.tick_params(labelsize=8)
        axis.set_ylabel("score", fontsize=9)
        top.legend(loc="upper left", bbox_to_anchor=(1.1, 1.0), frameon=False)
    for agent in ("steered", "learner"):
        if agent in agents and agent == "steered":
            share = agents[agent]["learner_steps"].sum(0) / agents[agent]["steps"].sum(0)
            share = uniform_filter1d(share, 1)
            bottom.fill_between(ages, 0, share, color="#0072B2", lw=0, label="learning in charge")
            bottom.fill_between(ages, share, 1, color="#D55E00", lw=0, label="steering in charge")
            bottom.legend(loc="upper left", bbox_to_anchor=(1.1, 1.0), frameon=False)
    bottom.set_ylim(0, 1)
    bottom.set_ylabel("control\n(steered)")
    bottom.set_xlabel("age (thousand steps)")
    for axis in (top, bottom):
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0)
    path = store.folder / f"fitness-{world.replace(':', '.')}.png"
    figure.savefig(path)
    plt.close(figure)
    return path
