"""Figures of all worlds, a panel each: grown scores, survival, and reward against fitness."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from benchmark.report.drawing import INK, MARKS, Drawing, colours_of, finish, line_of
from benchmark.report.world_figures import LEAST_FOR_BAND, label_of, number_of
from benchmark.results.gathered import Lives, day_fitness, grown, reward_score, scale_of
from benchmark.results.jobs import Settings
from benchmark.results.statistics import interval, survival

_ABREAST = 4  # panels beside each other
_WIDTH = 7.4  # inches
_MOST_IN_A_PANEL = 9  # agents of a legend


def grown_scores(scores: dict[str, dict[str, np.ndarray]], gathered: dict[str, dict[str, Lives]]) -> Drawing:
    """The grown score of each agent in each world, with its interval.

    Args:
        scores: (animals,) by agent, by world.
        gathered: the lives that they are of.
    """
    agents = _agents(scores)
    colours = colours_of(agents)
    figure, panels = _panels(list(scores), 0.7 + 0.26 * len(agents), sharex=True, sharey=True)
    for axis, (world, values) in zip(panels, scores.items(), strict=True):
        for place, agent in enumerate(agents):
            if agent in values:
                found, colour = interval(values[agent], strata=gathered[world][agent].strata), colours[agent]
                if len(values[agent]) >= LEAST_FOR_BAND:
                    axis.plot(
                        [found["low"], found["high"]], [place] * 2, color=colour, lw=6, alpha=0.45, solid_capstyle="butt"
                    )
                    axis.plot(found["iqm"], place, "o", color=colour, ms=6, clip_on=False)
                else:
                    axis.plot(values[agent], [place] * len(values[agent]), ".", color=colour, ms=5, clip_on=False)
    figure.supxlabel("grown score", fontsize=10)
    panels[0].set_yticks(range(len(agents)), agents)
    panels[0].invert_yaxis()
    panels[0].margins(x=0.06)
    return finish(
        figure,
        "scores",
        "aggregate",
        "Grown scores",
        "Grown score of each agent in each world: interquartile mean with its 95% interval; 0 is random, 1 the oracle. Of fewer than "
        f"{LEAST_FOR_BAND} animals each is a point.",
    )


def survival_of(settings: Settings, gathered: dict[str, dict[str, Lives]]) -> Iterator[Drawing]:
    """The share of animals that never died, by age, in each world in which any died."""
    mortal = {
        world: agents
        for world, agents in _with_curves(gathered).items()
        if any(lives.curves["deaths"].any() for lives in agents.values() if lives.curves is not None)
    }
    if not mortal:
        return
    colours = colours_of(_agents(mortal))
    figure, panels = _panels(list(mortal), 2.2, sharey=True)
    for axis, (world, agents) in zip(panels, mortal.items(), strict=True):
        most, lifetime = max(map(number_of, agents.values())), settings.lifetime(world)
        for agent, lives in agents.items():
            assert lives.curves is not None
            died = lives.curves["deaths"] > 0
            age = np.where(died.any(axis=1), (died.argmax(axis=1) + 1.0) * lifetime / settings.ages(world), np.nan)
            found, colour = survival(age, float(lifetime)), colours[agent]
            line: Any = {"color": colour, "label": label_of(agent, lives, most), "where": "post", **line_of(agent)}
            axis.step(found["age"] / 1000, found["alive"], **line)
            if number_of(lives) >= LEAST_FOR_BAND:
                axis.fill_between(
                    found["age"] / 1000, found["low"], found["high"], step="post", color=colour, alpha=0.15, lw=0
                )
        axis.margins(x=0)
        axis.set_ylim(-0.02, 1.02)
    figure.supxlabel("age (thousand steps)", fontsize=10)
    panels[0].set_ylabel("share that never died")
    _add_legend(figure, panels)
    yield finish(
        figure,
        "survival",
        "survival",
        "Survival",
        "Share of animals that have not died once by each age (Kaplan and Meier), with 95% intervals. An animal that dies begins its "
        "next day anew, which this curve leaves out.",
    )


def reward_against_fitness(settings: Settings, gathered: dict[str, dict[str, Lives]]) -> Iterator[Drawing]:
    """Steering's judgement of each grown animal against the world's, in each world that has both references."""
    scored = {
        world: agents
        for world, agents in _with_curves(gathered).items()
        if scale_of(agents, grown(settings, world)) is not None
    }
    if not scored:
        return
    names = _agents(scored)
    colours = colours_of(names)
    figure, panels = _panels(list(scored), 2.2)
    for axis, (world, agents) in zip(panels, scored.items(), strict=True):
        late = grown(settings, world)
        scale = scale_of(agents, late)
        assert scale is not None
        axis.axline((0, 0), slope=1, color=INK, lw=0.8, ls=":")
        for agent, lives in agents.items():
            assert lives.curves is not None
            axis.plot(
                scale.score(day_fitness(lives.curves, late)),
                reward_score(lives.curves, agents, late),
                MARKS[names.index(agent) % len(MARKS)],
                ms=4,
                alpha=0.55,
                mew=0,
                color=colours[agent],
                label=agent,
            )
    figure.supxlabel("fitness (score)", fontsize=10)
    panels[0].set_ylabel("reward (score)")
    _add_legend(figure, panels)
    yield finish(
        figure,
        "reward",
        "reward",
        "Reward against fitness",
        "Each point is one grown animal. Above the dotted line steering judged more kindly than the world did.",
    )


def _panels(worlds: list[str], height: float, **share: Any) -> tuple[Any, list[Any]]:
    """A figure with a panel for each world, and the panels."""
    columns = min(_ABREAST, len(worlds))
    rows = -(-len(worlds) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(_WIDTH, rows * height + 0.3), layout="constrained", squeeze=False, **share
    )
    for axis, world in zip(axes.flat, worlds, strict=False):
        axis.set_title(world.rpartition(":")[2], fontsize=10)
    for axis in axes.flat[len(worlds) :]:
        axis.set_axis_off()
    return figure, list(axes.flat[: len(worlds)])


def _add_legend(figure: Any, panels: list[Any]) -> None:
    """One legend for all panels: in a place that is free, if it is short, or else above them."""
    entries = {label: handle for axis in panels for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)}
    free = figure.axes[len(panels) :]
    if free and len(entries) <= _MOST_IN_A_PANEL:
        free[0].legend(list(entries.values()), list(entries), loc="center", borderaxespad=0.0)
    else:
        figure.legend(list(entries.values()), list(entries), loc="outside upper left", ncols=4)


def _with_curves(gathered: dict[str, dict[str, Lives]]) -> dict[str, dict[str, Lives]]:
    """World -> the agents that there are curves of."""
    return {
        world: {agent: lives for agent, lives in agents.items() if lives.curves is not None}
        for world, agents in gathered.items()
    }


def _agents(worlds: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(agent for agents in worlds.values() for agent in agents))
