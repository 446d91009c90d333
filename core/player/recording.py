"""What a player plays: drawings of one or more tracks at some ages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from core.player.recorded_canvas import Command, Library


class Panel(NamedTuple):
    """A picture of a page: ``world``, ``steering`` or ``learning``, and its size in units."""

    name: str
    size: tuple[int, int]


@dataclass
class Stretch:
    """Some seconds of one track.

    Attributes:
        frames: for every panel, commands of each frame.
        captions: who acts and why, for each frame.
        in_charge: whether learning acted in the last tick before each frame.
        sound: (samples,) in [-1, 1], where the world can be heard.
    """

    frames: tuple[list[list[Command]], ...]
    captions: list[str] = field(default_factory=list)
    in_charge: list[bool] = field(default_factory=list)
    sound: list[np.ndarray] = field(default_factory=list)


class Age(NamedTuple):
    """When a stretch was recorded: the tick of its first frame, and a label."""

    tick: int
    label: str


@dataclass
class Curves:
    """A whole life of every track, bin by bin.

    Attributes:
        ticks, steps: length of a bin and of the life.
        fitness, share: (bins, tracks) fitness for each episode's worth of ticks, and learning's share of control; NaN where nothing is.
    """

    ticks: int
    steps: int
    fitness: np.ndarray
    share: np.ndarray


@dataclass
class Recording:
    """Everything that a player shows.

    Attributes:
        world, agent, seed: whose life it is.
        unit: of fitness.
        dt: seconds of a tick.
        panels: what is shown of each track.
        tracks: their names; after a comma, what a short name leaves out.
        ages: the stretches of each track.
        stretches: [track][age].
        library: texts and pictures of all frames.
        curves: the whole life of each track; None where only stretches were recorded.
        frames_per_second, ticks_per_frame: pace.
        sound_rate: samples a second, where there is sound.
        beside: whether the first and the last age are shown side by side at first.
    """

    world: str
    agent: str
    seed: int
    unit: str
    dt: float
    panels: tuple[Panel, ...]
    tracks: tuple[str, ...]
    ages: list[Age]
    stretches: list[list[Stretch]]
    library: Library
    curves: Curves | None
    frames_per_second: float
    ticks_per_frame: int
    sound_rate: int | None = None
    beside: bool = False
