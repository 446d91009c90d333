"""Figures of one world: growing up, and where learning takes over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Patch

from agents.catalogue import agent_spec
from benchmark.report.drawing import (
    EACH_ANIMAL,
    INK,
    LEARNING,
    MARKS,
    SPARE,
    STEERING,
    Drawing,
    colours_of,
    finish,
    line_of,
    rounded,
)
from benchmark.results.gathered import Lives, fitness_by_window, grown, scale_of
from benchmark.results.jobs import Settings, file_name
from benchmark.results.statistics import interval
from envs.registration import world_class
from steering.registration import steering_class

LEAST_FOR_BAND = 5
"""With fewer animals a band says nothing; each of them is drawn instead."""
_MOST_DRAWN = 64  # lines of single animals in one figure
_SMALL = (5.2, 3.8)  # inches; two of them fit beside each other


def draw_world(settings: Settings, world: str, agents: dict[str, Lives]) -> Iterator[Drawing]:
    """Every figure of a world that there are curves for."""
    known = {agent: lives for agent, lives in agents.items() if lives.curves is not None}
    if known:
        yield _fitness_by_age(settings, world, known)
        yield from _control_by_age(settings, world, known)


def _fitness_by_age(settings: Settings, world: str, agents: dict[str, Lives]) -> Drawing:
    colours, ages = colours_of(agents), _ages(settings, world)
    shared = [agent for agent in agents if _hands_over(agent)][:4]
    heights = [max(2.9, 0.25 * len(agents))] + [0.5] * len(shared)
    figure, axes = plt.subplots(
        len(heights),
        1,
        figsize=(7.4, sum(heights) + 0.6),
        sharex=True,
        height_ratios=heights,
        layout="constrained",
        squeeze=False,
    )
    top = axes[0, 0]
    most = max(number_of(lives) for lives in agents.values())
    series = []
    for agent, lives in agents.items():
        assert lives.curves is not None
        values, label = fitness_by_window(lives.curves), label_of(agent, lives, most)
        bands = [interval(values[:, window], strata=lives.strata) for window in range(values.shape[1])]
        middle, low, high = (np.array([band[key] for band in bands]) for key in ("iqm", "low", "high"))
        top.plot(ages, middle, color=colours[agent], label=label, marker="o" if len(ages) < 3 else None, **line_of(agent))
        few = len(values) < LEAST_FOR_BAND
        if few:
            top.plot(np.tile(ages, (len(values), 1)).T, values.T, ".", color=colours[agent], ms=3, alpha=0.6)
        else:
            top.fill_between(ages, low, high, color=colours[agent], alpha=0.18 if len(agents) < 9 else 0.07, lw=0)
        bounds = {} if few else {"low": rounded(low), "high": rounded(high)}
        series.append({"name": label, "colour": colours[agent], "values": rounded(middle), **bounds})
    top.set_ylabel(f"fitness ({world_class(world).fitness_unit})")
    _add_single_animals(top, ages, agents, colours)
    scale = scale_of(agents, grown(settings, world))
    if scale is not None and scale.unit != 0:
        to_score = (lambda f: (f - scale.zero) / scale.unit, lambda s: s * scale.unit + scale.zero)
        top.secondary_yaxis("right", functions=to_score).set_ylabel("score")
    for axis, agent in zip(axes[1:, 0], shared, strict=True):
        curves = agents[agent].curves
        assert curves is not None
        share = curves["learner_steps"].sum(0) / curves["steps"].sum(0)
        axis.stackplot(ages, share, 1 - share, colors=[LEARNING, STEERING], lw=0)
        axis.set(ylim=(0, 1), yticks=[0, 1], yticklabels=["0", "1"])
        axis.set_ylabel(agent.replace("steered-", ""), rotation=0, ha="right", va="center")
        axis.grid(visible=False)
        series.append({"name": f"learner's share of control, {agent}", "colour": LEARNING, "values": rounded(share)})
    handles, labels = top.get_legend_handles_labels()
    if shared:
        handles += [Patch(color=LEARNING), Patch(color=STEERING)]
        labels += ["learning in charge", "steering in charge"]
    figure.legend(handles, labels, loc="outside upper left", ncols=4)
    axes[-1, 0].set_xlabel("age (thousand steps)")
    for axis in axes[:, 0]:
        axis.margins(x=0)
    return finish(
        figure,
        f"fitness-{file_name(world)}",
        "ages",
        f"{world}: fitness against age",
        f"{_numbers(agents)}. Interquartile mean with 95% interval; below it the share of steps with learning or steering in charge.",
        world,
        {"ages": rounded(ages), "unit": "thousand steps", "series": series, "axis": top},
    )


def _add_single_animals(axis: Any, ages: np.ndarray, agents: dict[str, Lives], colours: dict[str, str]) -> None:
    """Lines that a page shows on demand; they do not change what part of the axes is seen."""
    limits = axis.get_ylim()
    for agent in ("reflex", "learner", "steered"):
        lives = agents.get(agent)
        if lives is not None and lives.curves is not None and number_of(lives) >= LEAST_FOR_BAND:
            for animal in fitness_by_window(lives.curves)[:_MOST_DRAWN]:
                axis.plot(ages, animal, color=colours[agent], lw=0.6, alpha=0.45, gid=EACH_ANIMAL)
    axis.set_ylim(limits)


def label_of(agent: str, lives: Lives, most: int) -> str:
    """The name of an agent in a legend, with what must be known to read its line."""
    told = [] if lives.status == "complete" else [lives.status]
    if number_of(lives) != most:
        told.append(f"n = {number_of(lives)}")
    return f"{agent} ({', '.join(told)})" if told else agent


def _numbers(agents: dict[str, Lives]) -> str:
    """How many animals of each agent there are, in words."""
    by_number: dict[int, list[str]] = {}
    for agent, lives in agents.items():
        by_number.setdefault(number_of(lives), []).append(agent)
    few = "points are single animals"
    told = [
        f"{number} animals of {'each: ' if len(names) > 1 else ''}{', '.join(names)}{f' ({few})' if number < LEAST_FOR_BAND else ''}"
        for number, names in by_number.items()
    ]
    return "; ".join(told)


def number_of(lives: Lives) -> int:
    """How many animals there are curves of."""
    assert lives.curves is not None
    return len(lives.curves["days"])


def _ages(settings: Settings, world: str) -> np.ndarray:
    """(windows,) the middle of each window of age, in thousand steps."""
    windows = settings.ages(world)
    return (np.arange(windows) + 0.5) * settings.lifetime(world) / windows / 1000


def _control_by_age(settings: Settings, world: str, agents: dict[str, Lives]) -> Iterator[Drawing]:
    """The learner's share of control by age: of all steps, where it matters, and in each of steering's wants."""
    agent = next((agent for agent in ("steered", *agents) if agent in agents and _hands_over(agent)), None)
    curves = agents[agent].curves if agent else None
    if curves is None or "want_steps" not in curves or settings.ages(world) < 2:
        return
    ages = _ages(settings, world)
    figure, axis = plt.subplots(figsize=_SMALL, layout="constrained")
    lines = {
        "all steps": ("steps", "learner_steps", INK, "-"),
        "where it matters": ("steps_that_matter", "learner_steps_that_matter", LEARNING, "-"),
    }
    for label, (all_steps, learner_steps, colour, style) in lines.items():
        axis.plot(
            ages, _of(curves[learner_steps].sum(0), curves[all_steps].sum(0)), style, color=colour, lw=2.4, label=label
        )
    total = curves["want_steps"].sum()
    wants = [name.replace("_", " ") for name in steering_class(world_class(world)).wants]
    for place, want in enumerate(wants):
        steps = curves["want_steps"][:, :, place].sum(0)
        if steps.sum() > 0.001 * total:
            label = f"{want} ({100 * steps.sum() / total:.0f}% of steps)"
            own = _of(curves["want_learner_steps"][:, :, place].sum(0), steps)
            axis.plot(ages, own, color=SPARE[place], lw=1.2, marker=MARKS[place % len(MARKS)], ms=3, label=label)
    axis.set(xlabel="age (thousand steps)", ylabel="learner's share of control", ylim=(-0.02, 1.02))
    axis.margins(x=0)
    figure.legend(*axis.get_legend_handles_labels(), loc="outside lower left", ncols=2)
    yield finish(
        figure,
        f"control-{file_name(world)}",
        "control",
        f"{world}: where learning takes over",
        f"Share of steps in which the learner of {agent} is in charge, of all steps, of those at which it matters, and by what "
        "steering wanted.",
        world,
    )


def _of(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The share; NaN where there is nothing to share."""
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _hands_over(agent: str) -> bool:
    spec = agent_spec(agent)
    return bool(spec.learner) and spec.hand_over not in ("always", "never")
