"""The same picture of every brain: what is active in the code, what each act is forecast to bring, what that is worth, who acts.

One row of the picture is one animal of a species, all with the cortex and its one genome.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from agents.life import live
from agents.population import Population
from benchmark.results.plotting import own_style
from core.errors import InvalidArgument
from learning.cortex import Cortex

_SEEN = 120  # decisions shown
_UNITS = 400  # units of the code shown, evenly chosen
_BLUE, _ORANGE = "#2f6fb5", "#d95f02"
_LONGEST = 9000  # steps within which so many decisions are looked for


class Portrait(NamedTuple):
    """One animal's last decisions.

    Attributes:
        world: of the animal.
        active: (units shown, decisions) bool, the code.
        channels, acts: their names.
        forecasts: (channels, acts) within reach at the last decision, beside deferring.
        worth: (acts,) at the last decision, beside deferring.
        chosen: (decisions,) the act that was chosen.
        in_charge: (decisions,) bool, it was carried out.
    """

    world: str
    active: np.ndarray
    channels: tuple[str, ...]
    acts: tuple[str, ...]
    forecasts: np.ndarray
    worth: np.ndarray
    chosen: np.ndarray
    in_charge: np.ndarray


def portrait(world: str, age: int, seed: int = 0) -> Portrait:
    """The decisions of one animal after ``age`` steps of life.

    Raises:
        InvalidArgument: its learner is not the cortex.
    """
    population = Population("steered", world, 1, seed=seed)
    learner = population.learner
    if not isinstance(learner, Cortex):
        raise InvalidArgument(f"The animal of {world} has no cortex, so there is nothing to portray.")
    live(population, age)
    codes: list[np.ndarray] = []
    chosen: list[int] = []
    in_charge: list[bool] = []
    for _ in range(_LONGEST):
        tick = population.tick()
        if tick.proposal.new_decision[0]:
            code = np.zeros(learner.code.units, bool)
            code[learner.now.units[0]] = True
            codes.append(code[:: max(1, learner.code.units // _UNITS)])
            chosen.append(int(tick.proposal.option[0]) if tick.in_charge[0] else 0)
            in_charge.append(bool(tick.in_charge[0]))
        if len(codes) == _SEEN and learner.now.total[0].std() > 0.0:
            break
    reach, total = learner.now.reach[0].astype(float), learner.now.total[0]
    return Portrait(
        world=world,
        active=np.array(codes).T,
        channels=learner.forecast_channels,
        acts=learner.option_names,
        forecasts=(reach - reach[0]).T,
        worth=total - total[0],
        chosen=np.array(chosen),
        in_charge=np.array(in_charge),
    )


def portraits(
    worlds: Sequence[str], ages: dict[str, int], seed: int = 0, progress: Callable[[str], None] = lambda world: None
) -> bytes:
    """A PNG with one row for each world."""
    found = []
    for world in worlds:
        found.append(portrait(world, ages[world], seed))
        progress(world)
    with own_style({"font.size": 9}):
        figure, axes = plt.subplots(
            len(found), 4, figsize=(15, 3.0 * len(found)), width_ratios=(3, 4, 3, 3), layout="constrained", squeeze=False
        )
        for row, each in zip(axes, found, strict=True):
            _draw(row, each)
        for axis, title in zip(
            axes[0], ("code", "forecasts: within reach", "worth = appraisal x forecast", "act"), strict=True
        ):
            axis.set_title(title, fontsize=12, fontweight="bold", pad=12)
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=110)
        plt.close(figure)
    return content.getvalue()


def _draw(row: Any, each: Portrait) -> None:
    code, forecasts, worth, act = row
    short = [name.replace("let the reflex act", "reflex") for name in each.acts]
    place = np.arange(len(short))
    code.imshow(~each.active, aspect="auto", cmap="gray", interpolation="nearest")
    code.set(xlabel="decision", ylabel="unit", yticks=[])
    code.text(-0.16, 0.5, each.world, transform=code.transAxes, rotation=90, va="center", fontsize=12, fontweight="bold")
    scale = np.maximum(np.abs(each.forecasts).max(axis=1, keepdims=True), 1e-9)
    forecasts.imshow(each.forecasts / scale, aspect="auto", cmap="RdBu", vmin=-1, vmax=1)
    forecasts.set_xticks(place, short, rotation=60, ha="right", fontsize=8)
    forecasts.set_yticks(np.arange(len(each.channels)), each.channels)
    worth.barh(place, each.worth, color=np.where(each.worth >= 0, _BLUE, "#b2182b"))
    worth.set_yticks(place, short, fontsize=8)
    worth.axvline(0, color="black", lw=0.6)
    worth.set_xlabel("more or less than the reflex")
    worth.invert_yaxis()
    worth.margins(x=0.15)
    colours = np.where(each.in_charge, _BLUE, _ORANGE)
    act.scatter(np.arange(len(each.chosen)), each.chosen, c=colours, s=12, marker="s")
    act.set_yticks(place, short, fontsize=8)
    act.set(xlabel="decision (blue: cortex in charge)", ylim=(len(short) - 0.5, -0.5))
    act.grid(axis="y", lw=0.3)
