"""The steering subsystem of ``Eyeblink``: blinks after a puff is felt, and judges pain and sight."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.batch_state import Field, RecordState
from core.interfaces import Gains, Recollection, Reflex, Repertoire
from envs.eyeblink.events import CUES
from steering.subsystem import Steering

LATENCY = 0.02  # s from a puff to the command to the lid; a rabbit's is 17.5 ms (Disterhoft, Kwan and Lo 1977)
_HOLDS = 0.03  # s for which the lid stays closed when the puff is over; chosen
_PAIN = 1.25  # reward lost by a step of puff on an open eye; sets the scale, on which 1 lost in a step is harm to hand-over rules
SIGHT = 0.0125  # reward of a step of sight; chosen
_NOVEL = 3.0  # how much more sight is worth while something stirs; chosen
_NOTICED = 0.2  # least strength of a cue that is noticed; chosen
_BLINK = 0.1  # s for which an act of the lid is held: a blink; chosen
_EXPLORES = 0.1  # of the cortex's own exploration; chosen
_BLINKS = 1.0  # deviation from an open eye from which it is called a blink, half of the way; for watchers


def stirs(reading: Any) -> np.ndarray:
    """(animals,) bool: some cue is on."""
    return np.maximum.reduce([reading[name] for name in CUES]) > _NOTICED


class Blinker(Steering):
    """Closes the eye 20 ms after a puff is felt. A puff on an open eye is painful; sight is good, and better while something stirs.

    It blinks early only where learning tells it to: what was learned of its own command joins it, see
    :attr:`steering.subsystem.Steering.reflex_lead`.
    """

    world = "Eyeblink"
    wants = ("look", "blink", "blink early")
    parts = ("pain", "sight")
    channels = ("pain", "sight", "puff")
    best_constant = "blink"
    lesionable = ("blink",)
    reflex_lead = 0.05  # the reflex's latency, and the time in which the lid closes

    transient_state = (
        Field("felt", "step", "since the puff began", 0, 0),
        Field("holds", "step", "that the lid stays closed", 0, 0),
    )

    transient: RecordState

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        now = self.transient
        puff = reading["puff"] > 0.5
        now.felt = np.where(puff, now.felt + 1, 0)
        late = now.felt > round(LATENCY / self.dt)
        now.holds = np.where(late, round(_HOLDS / self.dt), np.maximum(0, now.holds - 1))
        blinks = (now.holds > 0) & ~self.lesioned("blink")
        want = blinks.astype(int)
        if recollection is not None and recollection.anticipated_action is not None:
            early = recollection.anticipated_action.reshape(self.num_animals) > _BLINKS
            want = np.where(early & ~blinks, 2, want)
        arousal = (stirs(reading) | puff).astype(float)
        return Reflex(np.where(blinks, 1.0, -1.0)[:, None], np.where(blinks, 0.6, 0.0), want, arousal)

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        hurts = (before["puff"] > 0.5) * (1.0 - after["lid"])
        parts["pain"][:] = -_PAIN * hurts
        sight = (1.0 - after["lid"]) * np.where(stirs(before), _NOVEL, 1.0)
        parts["sight"][:] = SIGHT * sight
        channels["pain"][:], channels["sight"][:] = hurts, sight
        channels["puff"][:] = before["puff"] > 0.5

    def modulate(self, age: np.ndarray) -> Gains:
        """Explores little, since closing an eye to find out costs sight; the rest stays."""
        one = np.ones(len(age))
        return Gains(one, np.full(len(age), _EXPLORES), one.copy())

    @property
    def repertoire(self) -> Repertoire:
        """Open, closed, or half closed, for the time of a blink."""
        return Repertoire(("open", "blink", "squint"), np.array([[-1.0], [1.0], [0.0]]), act=_BLINK)
