"""Naive versions of steering, as a first draft of a reward function is: reflexes as they are, and judgement by one sensation."""

from __future__ import annotations

from typing import Any

import numpy as np

from steering.birdsong import Finch
from steering.eyeblink import Blinker
from steering.looming_escape import Mouse
from steering.odour_choice import Fly
from steering.orienting import Owl
from steering.rivals import Fighter
from steering.salt_appetite import Rat


class NaiveMouse(Mouse):
    """Food is good whatever the hunger, reaching the dark is always a relief, and fear does not count."""

    version = "naive"

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        parts["food"][:] = after["taste"]
        parts["fear"][:] = 0.0
        parts["relief"][:] = 0.5 * ((after["darkness"] > 0.5) & (before["darkness"] < 0.5))


class NaiveRat(Rat):
    """Salt, water and sugar taste equally good at all times, whatever the body lacks."""

    version = "naive"
    _WORTH = np.array([0.5 / 0.225, 0.5 / 0.75, 0.5 / 7.5])  # of mEq, ml and kJ: half a unit for a usual lick of each

    def _react(self, reading: Any, recollection: Any) -> Any:
        reflex = super()._react(reading, recollection)
        assert reflex.channel_values is not None
        reflex.channel_values[:, :3] = self._WORTH
        return reflex

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        parts["drive"][:] = np.stack([after["salt"], after["water"], after["sweet"]], axis=1) @ self._WORTH


class NaiveFinch(Finch):
    """Any sound of the species is as good as the tutor's song."""

    version = "naive"

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        self.mutable.songs_heard[:] = 0.0
        super()._judge(before, action, after, parts, channels)


class NaiveFighter(Fighter):
    """Winning is all that counts."""

    version = "naive"

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        parts["pain"][:] = parts["effort"][:] = channels["pain"][:] = 0.0


class NaiveOwl(Owl):
    """Whatever is seen at all is good, wherever it is."""

    version = "naive"

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        channels["centred"][:] = after["seen"] > 0.5
        parts["centred"][:] = channels["centred"] / 6.0


class NaiveFly(Fly):
    """Sugar is good whatever the hunger, and shocks do not count."""

    version = "naive"

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        parts["sugar"][:] = 3.0 * after["swallowed"]
        parts["pain"][:] = 0.0


class NaiveBlinker(Blinker):
    """Sight is good, and a puff on an open eye does not hurt."""

    version = "naive"

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        parts["pain"][:] = 0.0
