"""The owl's steering subsystem: turns to sights and sounds through maps of eight numbers that sight keeps aligned."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from core.batch_state import Field, RecordState
from core.interfaces import Gains, Recollection, Reflex, Repertoire
from envs.orienting.world import FOVEA, REACH, SITES
from steering.subsystem import EXPERIMENTER, MutableVariable, Steering

SIGHT, SOUND, NEITHER = range(3)
MAPS = ("visual", "auditory")
AXES = ("azimuth", "elevation")
_LATENCY = 2  # steps from a target's onset, or from a turn, to the next turn; chosen
_RATE = 0.0045  # share of the error corrected after a turn: 0.08 a day with 18 sounds (fits Linkenhoker and Knudsen 2002)
_SCALE_RATE = 0.0045  # likewise for scales, with errors and positions in units of 20 degrees; chosen
_SPREAD = 20.0  # degrees
_YOUNG_WINDOW, _ADULT_WINDOW = 25.0, 6.0  # degrees: the plasticity window shrinks with age (derived, a hypothesis)
_MATURES = 1600.0  # s of life with which the window, or in the rival account the rate, shrinks: 20 days; chosen
_ADULT_RATE = 0.1  # of the young's, in the rival account; chosen
_EFFORT = 0.02  # reward of a turn of 70 degrees; chosen
_CENTRED = 1 / 6  # reward of a step with the target on the fovea: one for a whole stay; sets the scale only
_SETTLED = 2.0  # degrees of seen error below which it does not turn again; chosen


def _numbers() -> tuple[MutableVariable, ...]:
    """The eight: scale and offset of two maps on two axes, with the motor map as the common reference."""
    source = "count derived; a delta rule on the seen error after the turn (Knudsen and Knudsen 1989, 1990)"
    changed = "error that is seen after a turn made through this map"
    return tuple(
        MutableVariable(f"{kind}_{what}_{axis}", f"{what} of the {kind} map's {axis}", low, high, initial, changed, source)
        for kind in MAPS
        for axis in AXES
        for what, low, high, initial in (("scale", 0.3, 3.0, 1.0), ("offset", -60.0, 60.0, 0.0))
    )


class Owl(Steering):
    """Reflexes and judgement of the animal of ``Orienting``.

    It turns to what it sees, else to what it hears: turn = scale x + offset, on each axis, through the map of that sense. If the
    target is seen after the turn, the error e corrects the map that was used: offset += rate w(e) e, scale += rate w(e) e x, where
    w(e) = exp(-e^2 / 2 window^2). A prism moves sight and its error together, so it moves the auditory map alone.
    """

    world = "Orienting"
    wants = ("look", "turn to sight", "turn to sound", "wait")
    parts = ("centred", "effort")
    channels = ("centred",)
    best_constant = "look -12, -20"
    lesionable = ("visual_map", "auditory_map", "calibration")
    variables = (
        *_numbers(),
        MutableVariable(
            "window",
            "largest error (degrees) that still teaches",
            1.0,
            60.0,
            _YOUNG_WINDOW,
            "shrinks with age to 6 degrees",
            "hypothesis of Nestling; fitted to Linkenhoker and Knudsen 2002",
        ),
        MutableVariable(
            "rate",
            "share of an error that a turn corrects",
            0.0,
            0.2,
            _RATE,
            EXPERIMENTER,
            "fitted to 60 days with prisms",
        ),
    )

    transient_state: ClassVar[tuple[Field, ...]] = (
        Field("waited", "step", "since the target's onset, or since the last turn to it", 0, 0),
        Field("had_target", "bool", "whether there was a target before", False, 0, 1),
        Field("used", "index", "map through which it turns now", NEITHER, SIGHT, NEITHER),
        Field("place", "deg", "where the target seems to be", np.zeros(2)),
        Field("turn", "deg", "turn that the map gives", np.zeros(2)),
        Field("action", "1", "what the reflex would do", np.zeros(2), -1.0, 1.0),
    )

    transient: RecordState

    def map_of(self, kind: str) -> tuple[np.ndarray, np.ndarray]:
        """(animals, 2) scales and offsets of a map."""
        numbers = [[getattr(self.mutable, f"{kind}_{what}_{axis}") for axis in AXES] for what in ("scale", "offset")]
        return np.stack(numbers[0], axis=1), np.stack(numbers[1], axis=1)

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        now = self.transient
        seen = (reading["seen"] > 0.5) & ~self.lesioned("visual_map")
        heard = (reading["heard"] > 0.5) & ~self.lesioned("auditory_map")
        target = seen | heard
        now.waited = np.where(target & now.had_target, now.waited + 1, 0)
        now.had_target = target
        now.used = np.where(seen, SIGHT, np.where(heard, SOUND, NEITHER))
        now.place = np.where(seen[:, None], reading["sight"], reading["sound"])
        (visual_scale, visual_offset), (auditory_scale, auditory_offset) = self.map_of("visual"), self.map_of("auditory")
        scale = np.where(seen[:, None], visual_scale, auditory_scale)
        now.turn = scale * now.place + np.where(seen[:, None], visual_offset, auditory_offset)
        off = np.abs(now.place).max(axis=1) > np.where(seen, _SETTLED, FOVEA)
        turns = target & (now.waited >= _LATENCY) & off
        gaze = reading["gaze"].astype(float)
        now.action = np.where(turns[:, None], np.clip(gaze + now.turn / REACH, -1.0, 1.0), gaze)
        now.used = np.where(turns, now.used, NEITHER)
        now.waited = np.where(turns, 0, now.waited)
        want = np.where(turns, np.where(seen, 1, 2), np.where(target, 0, 3))
        return Reflex(now.action.copy(), np.where(target, 0.6, 0.0), want, target.astype(float))

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        seen, error = after["seen"] > 0.5, after["sight"].astype(float)
        centred = seen & (np.hypot(error[:, 0], error[:, 1]) <= FOVEA)
        parts["centred"][:] = _CENTRED * centred
        channels["centred"][:] = centred
        turned = action - before["gaze"]
        parts["effort"][:] = -_EFFORT * np.hypot(turned[:, 0], turned[:, 1])
        own = np.abs(action - self.transient.action).max(axis=1) < 1e-5
        self._calibrate(seen & own & ~self.lesioned("calibration"), error)
        self._mature()

    def _calibrate(self, mask: np.ndarray, error: np.ndarray) -> None:
        now, numbers = self.transient, self.mutable
        weight = np.exp(-0.5 * (error / numbers.window[:, None]) ** 2) * numbers.rate[:, None]
        for kind, used in ((MAPS[SIGHT], SIGHT), (MAPS[SOUND], SOUND)):
            here = mask & (now.used == used)
            for axis, name in enumerate(AXES):
                change = np.where(here, weight[:, axis] * error[:, axis], 0.0)
                offset, scale = getattr(numbers, f"{kind}_offset_{name}"), getattr(numbers, f"{kind}_scale_{name}")
                offset[:] = np.clip(offset + change, -60.0, 60.0)
                scale += (_SCALE_RATE / _RATE) * change * now.place[:, axis] / _SPREAD**2
                np.clip(scale, 0.3, 3.0, out=scale)

    def _mature(self) -> None:
        window = self.mutable.window
        window += (self.dt / _MATURES) * np.minimum(0.0, _ADULT_WINDOW - window)

    def modulate(self, age: np.ndarray) -> Gains:
        """Looking around falls to a tenth over three weeks; the rest stays."""
        one = np.ones(len(age))
        looks = 2.0 * np.maximum(0.1, np.exp(-age / 1600.0))
        return Gains(one, looks, one.copy())

    @property
    def repertoire(self) -> Repertoire:
        """Gaze ahead, and in eight directions."""
        looks = np.concatenate([np.zeros((1, 2)), SITES / REACH])
        names = ("look ahead", *(f"look {x:+.0f}, {y:+.0f}" for x, y in SITES))
        return Repertoire(names, looks, mapped="gaze")


class SlowingOwl(Owl):
    """The rival account: the learning rate shrinks with age, and the window stays wide."""

    version = "slowing"

    def _mature(self) -> None:
        rate = self.mutable.rate
        rate += (self.dt / _MATURES) * np.minimum(0.0, _ADULT_RATE * _RATE - rate)
