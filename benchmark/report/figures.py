"""Figures of a benchmark, drawn once and saved as PNG for people's papers and as SVG that follows a page's colours."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from agents.catalogue import agent_spec
from benchmark.results.aggregates import performance_profile
from benchmark.results.jobs import file_name
from benchmark.results.plotting import own_style
from benchmark.results.statistics import interval, survival
from benchmark.results.store import Store
from benchmark.results.summary import (
    Lives,
    day_fitness,
    fitness_by_window,
    gather,
    grown,
    reward_score,
    scale_of,
    scores_grown,
)
from core import canvas
from core.canvas import LEARNING_COLOUR, STEERING_COLOUR
from envs.registration import world_class
from steering.registration import steering_class

INK, STEERING, LEARNING = ("#" + bytes(colour).hex() for colour in (canvas.INK, STEERING_COLOUR, LEARNING_COLOUR))
RULE = "#d9d7cf"
COLOURS = {
    "random": "#8a8a8a",
    "oracle": INK,
    "expert": "#CC79A7",
    "reflex": STEERING,
    "learner": "#56B4E9",
    "steered": LEARNING,
}
_SPARE = (
    "#009E73",
    "#E69F00",
    "#7F3C8D",
    "#A5AA99",
    "#80BA5A",
    "#9A6B3A",
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
_MARKS = "osD^vP*Xh<>p"
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
    """

    name: str
    section: str
    title: str
    alt: str
    svg: str
    png: bytes


def draw_all(store: Store) -> list[Drawing]:
    """Every figure that the folder has results for."""
    with own_style(STYLE):
        return list(_draw(store))


def write_pngs(store: Store, drawings: list[Drawing]) -> list[Path]:
    """Write each figure as a PNG beside the results."""
    return [store.write_bytes(f"{drawing.name}.png", drawing.png) for drawing in drawings]


def colours_of(agents: Any) -> dict[str, str]:
    """A colour for each agent; the main ones have theirs everywhere."""
    spare = iter(_SPARE * 4)
    return {agent: COLOURS.get(agent) or next(spare) for agent in agents}


def _line(agent: str) -> Any:
    """Reference policies are drawn thin and dashed."""
    return {"lw": 2.2, "ls": "-"} if agent_spec(agent).policy is None else {"lw": 1.4, "ls": "--"}


def _draw(store: Store) -> Iterator[Drawing]:
    gathered = gather(store)
    for world, agents in gathered.items():
        known = {agent: lives for agent, lives in agents.items() if lives.curves is not None}
        if known:
            yield _fitness_by_age(store, world, known)
            yield from _control_by_age(store, world, known)
            if any(lives.curves["deaths"].any() for lives in known.values() if lives.curves is not None):
                yield _survival(store, world, known)
        if scale_of(agents, grown(store.settings, world)) is not None:
            yield _reward_against_fitness(store, world, known)
    scores = scores_grown(store, gathered)
    if scores:
        yield _intervals(scores)
        yield _profile(scores)


def _fitness_by_age(store: Store, world: str, agents: dict[str, Lives]) -> Drawing:
    settings, colours = store.settings, colours_of(agents)
    windows = settings.ages(world)
    ages = (np.arange(windows) + 0.5) * settings.lifetime(world) / windows / 1000
    shared = [agent for agent in agents if _hands_over(agent)][:4]
    heights = [max(3.2, 0.27 * len(agents))] + [0.55] * len(shared)
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
    for agent, lives in agents.items():
        assert lives.curves is not None
        values = fitness_by_window(lives.curves)
        bands = [interval(values[:, window]) for window in range(windows)]
        middle, low, high = (np.array([band[key] for band in bands]) for key in ("iqm", "low", "high"))
        label = agent if lives.status == "complete" else f"{agent} ({lives.status})"
        top.plot(ages, middle, color=colours[agent], label=label, marker="o" if windows < 3 else None, **_line(agent))
        top.fill_between(ages, low, high, color=colours[agent], alpha=0.18 if len(agents) < 9 else 0.07, lw=0)
    top.set_ylabel(f"fitness ({world_class(world).fitness_unit})")
    top.legend(loc="upper left", bbox_to_anchor=(1.13, 1.0), borderaxespad=0.0)
    scale = scale_of(agents, grown(settings, world))
    if scale is not None and scale.unit != 0:
        to_score = (lambda f: (f - scale.zero) / scale.unit, lambda s: s * scale.unit + scale.zero)
        top.secondary_yaxis("right", functions=to_score).set_ylabel("score")
    for axis, agent in zip(axes[1:, 0], shared, strict=True):
        curves = agents[agent].curves
        assert curves is not None
        share = curves["learner_steps"].sum(0) / curves["steps"].sum(0)
        axis.stackplot(ages, share, 1 - share, colors=[LEARNING, STEERING], labels=["learning", "steering"], lw=0)
        axis.set(ylim=(0, 1), yticks=[0, 1], yticklabels=["0", "1"])
        axis.set_ylabel(agent.replace("steered-", ""), rotation=0, ha="right", va="center")
        axis.grid(visible=False)
    if shared:
        axes[1, 0].legend(
            loc="upper left", bbox_to_anchor=(1.13, 1.3), borderaxespad=0.0, title="in charge", alignment="left"
        )
    axes[-1, 0].set_xlabel("age (thousand steps)")
    for axis in axes[:, 0]:
        axis.margins(x=0)
    animals = max(len(lives.curves["days"]) for lives in agents.values() if lives.curves is not None)
    return _finish(
        figure,
        f"fitness-{file_name(world)}",
        "ages",
        f"{world}: fitness against age",
        f"Fitness of {', '.join(agents)} against age in {world}, {animals} animals each: interquartile mean with 95% "
        "interval; below it the share of steps with learning or steering in charge.",
    )


def _control_by_age(store: Store, world: str, agents: dict[str, Lives]) -> Iterator[Drawing]:
    """The learner's share of control by age: of all steps, where it matters, and in each of steering's wants."""
    settings = store.settings
    agent = next((agent for agent in ("steered", *agents) if agent in agents and _hands_over(agent)), None)
    curves = agents[agent].curves if agent else None
    if curves is None or "want_steps" not in curves or settings.ages(world) < 2:
        return
    windows = settings.ages(world)
    ages = (np.arange(windows) + 0.5) * settings.lifetime(world) / windows / 1000
    figure, axis = plt.subplots(figsize=(7.4, 3.2), layout="constrained")
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
            axis.plot(ages, own, color=_SPARE[place], lw=1.2, marker=_MARKS[place % len(_MARKS)], ms=3, label=label)
    axis.set(xlabel="age (thousand steps)", ylabel="learner's share of control", ylim=(-0.02, 1.02))
    axis.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0)
    axis.margins(x=0)
    yield _finish(
        figure,
        f"control-{file_name(world)}",
        "ages",
        f"{world}: where learning takes over",
        f"Share of steps in which the learner of {agent} is in charge, against age: of all steps, of those at which it matters (the "
        "learner would do something else than the reflex, and something is at stake), and by what steering wanted.",
    )


def _of(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The share; NaN where there is nothing to share."""
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _hands_over(agent: str) -> bool:
    spec = agent_spec(agent)
    return bool(spec.learner) and spec.hand_over not in ("always", "never")


def _survival(store: Store, world: str, agents: dict[str, Lives]) -> Drawing:
    settings, colours = store.settings, colours_of(agents)
    windows, lifetime = settings.ages(world), settings.lifetime(world)
    figure, axis = plt.subplots(figsize=(7.4, 3.0), layout="constrained")
    for agent, lives in agents.items():
        assert lives.curves is not None
        died = lives.curves["deaths"] > 0
        age = np.where(died.any(axis=1), (died.argmax(axis=1) + 1.0) * lifetime / windows, np.nan)
        found = survival(age, float(lifetime))
        axis.step(found["age"] / 1000, found["alive"], where="post", color=colours[agent], label=agent, **_line(agent))
        axis.fill_between(
            found["age"] / 1000, found["low"], found["high"], step="post", color=colours[agent], alpha=0.15, lw=0
        )
    axis.set(xlabel="age (thousand steps)", ylabel="share that never died", ylim=(-0.02, 1.02))
    axis.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0)
    axis.margins(x=0)
    return _finish(
        figure,
        f"survival-{file_name(world)}",
        "ages",
        f"{world}: survival",
        f"Share of animals in {world} that have not died once by each age (Kaplan and Meier), with 95% intervals; an animal that "
        "dies begins its next day anew, which this curve leaves out.",
    )


def _reward_against_fitness(store: Store, world: str, agents: dict[str, Lives]) -> Drawing:
    late, colours = grown(store.settings, world), colours_of(agents)
    scale = scale_of(agents, late)
    assert scale is not None
    figure, axis = plt.subplots(figsize=(7.4, 4.0), layout="constrained")
    axis.axline((0, 0), slope=1, color=INK, lw=0.8, ls=":")
    for number, (agent, lives) in enumerate(agents.items()):
        assert lives.curves is not None
        axis.plot(
            scale.score(day_fitness(lives.curves, late)),
            reward_score(lives.curves, agents, late),
            _MARKS[number % len(_MARKS)],
            ms=4.5,
            alpha=0.55,
            mew=0,
            color=colours[agent],
            label=agent,
        )
    axis.set_xlabel("fitness: the world's verdict (score, 0 = random, 1 = oracle)")
    axis.set_ylabel("reward: steering's verdict (same scale)")
    axis.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0)
    return _finish(
        figure,
        f"reward-{file_name(world)}",
        "reward",
        f"{world}: what steering thought against what was so",
        f"Each point is one grown animal in {world}: its fitness score across, steering's reward on the same scale upwards. "
        "Above the dotted diagonal steering judged more kindly than the world did.",
    )


def _intervals(scores: dict[str, dict[str, np.ndarray]]) -> Drawing:
    worlds = list(scores)
    agents = list(dict.fromkeys(agent for world in scores.values() for agent in world))
    colours = colours_of(agents)
    figure, axes = plt.subplots(
        1, len(worlds), figsize=(7.4, 0.9 + 0.3 * len(agents)), sharey=True, layout="constrained", squeeze=False
    )
    for axis, world in zip(axes[0], worlds, strict=True):
        for place, agent in enumerate(agents):
            if agent in scores[world]:
                found = interval(scores[world][agent])
                axis.plot(
                    [found["low"], found["high"]],
                    [place, place],
                    color=colours[agent],
                    lw=6,
                    alpha=0.45,
                    solid_capstyle="butt",
                )
                axis.plot(found["iqm"], place, "o", color=colours[agent], ms=6)
        axis.set_title(world)
        axis.set_xlabel("grown score")
    axes[0, 0].set_yticks(range(len(agents)), agents)
    axes[0, 0].invert_yaxis()
    return _finish(
        figure,
        "scores",
        "aggregate",
        "Grown scores",
        "Grown score of each agent in each world: interquartile mean with its 95% interval; 0 is random, 1 the oracle.",
    )


def _profile(scores: dict[str, dict[str, np.ndarray]]) -> Drawing:
    everywhere = [agent for agent in next(iter(scores.values())) if all(agent in world for world in scores.values())]
    colours = colours_of(everywhere)
    pooled = np.concatenate([world[agent] for world in scores.values() for agent in everywhere])
    thresholds = np.linspace(min(0.0, float(np.nanquantile(pooled, 0.01))), max(1.0, float(np.nanmax(pooled))), 101)
    figure, axis = plt.subplots(figsize=(7.4, 3.4), layout="constrained")
    for agent in everywhere:
        found = performance_profile([world[agent] for world in scores.values()], thresholds)
        axis.plot(thresholds, found["share"], color=colours[agent], label=agent, **_line(agent))
        axis.fill_between(thresholds, found["low"], found["high"], color=colours[agent], alpha=0.18, lw=0)
    axis.set_xlabel("grown score")
    axis.set_ylabel("share of animals above it")
    axis.set_ylim(-0.02, 1.02)
    axis.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0)
    axis.margins(x=0)
    return _finish(
        figure,
        "profile",
        "aggregate",
        "Performance profile",
        "For each agent, the share of animals whose grown score lies above a threshold, averaged over worlds, with 95% bands.",
    )


def _finish(figure: Any, name: str, section: str, title: str, alt: str) -> Drawing:
    png, text = io.BytesIO(), io.StringIO()
    figure.savefig(png, format="png", dpi=130, metadata={"Software": None})
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    plt.close(figure)
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor").replace(RULE, "var(--rule)")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\b(id="|href="#|url\(#)', rf"\g<1>{name}-", svg)  # one page holds many figures
    size = re.search(r'viewBox="[^"]*"', svg)
    assert size is not None
    opening = f'<svg {size[0]} role="img" aria-label="{alt}" xmlns:xlink="http://www.w3.org/1999/xlink">'
    svg = re.sub(r"<svg[^>]*>", opening, svg, count=1)
    return Drawing(name, section, title, alt, svg, png.getvalue())
