"""Hardened versions of steering: reward for what reached the body, or for what is fresh, in place of what was only sensed."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from core.batch_state import Field
from core.interfaces import Recollection, Reflex
from envs.odour_choice.tunnel import CAPACITY, SIP
from envs.orienting.world import FOVEA, REACH, STAY
from envs.rivals.world import WOUNDS_TO_LOSE
from steering.looming_escape import Mouse
from steering.odour_choice import Fly
from steering.orienting import Owl
from steering.rivals import PAIN_FELT, STATUS, Fighter
from steering.salt_appetite import ENERGY_SCALE, REWARD, SODIUM_SCALE, SWEET, WATER, WATER_SCALE, Rat, drive
from steering.subsystem import Constant

_MEAL = 0.04  # share of the mouse's store that a food item fills
_SEEN = 2.0  # s for which a disc that was seen lets relief count; as long as alarm lasts
_ENERGY_LOSS, _WATER_LOSS = 250.0 / 86_400, 30.0 / 86_400  # kJ and ml a second that a rat loses, whatever it does
_ARRIVES = 900.0  # s from the mouth to the blood
_ELSEWHERE = FOVEA / REACH  # of gaze


class HardenedMouse(Mouse):
    """Food is good for the hunger that it takes away, not for its taste, and relief counts only where a disc was seen."""

    version = "hardened"
    transient_state = (*Mouse.transient_state, Field("since_disc", "s", "since a disc was seen", 1e6, 0.0))

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        now = self.transient
        now.since_disc = np.where(reading["contrast"] != 0.0, 0.0, now.since_disc + self.dt)
        return super()._react(reading, recollection)

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        filled = np.maximum(0.0, before["hunger"] - after["hunger"]) / _MEAL
        parts["food"][:] = filled * (0.5 + before["hunger"])
        channels["food"][:] = filled > 0.0
        parts["relief"] *= self.transient.since_disc < _SEEN


class HardenedRat(Rat):
    """Water and sugar are good when they reach the blood, a quarter of an hour later, and not for their taste."""

    version = "hardened"
    channels = (*Rat.channels, "water_arrived", "energy_arrived")
    assessed = channels
    delayed = (*Rat.delayed, ("water_arrived", _ARRIVES), ("energy_arrived", _ARRIVES))

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        reflex = super()._react(reading, recollection)
        values = reflex.channel_values
        assert values is not None
        values[:, 5:] = values[:, [WATER, SWEET]]
        values[:, [WATER, SWEET]] = 0.0
        return reflex

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        water = np.maximum(0.0, before["water_deficit"] - after["water_deficit"] + _WATER_LOSS * self.dt)
        energy = np.maximum(0.0, before["energy_deficit"] - after["energy_deficit"] + _ENERGY_LOSS * self.dt)
        channels["water_arrived"][:], channels["energy_arrived"][:] = water, energy
        needs = self.transient.sodium, before["water_deficit"] / WATER_SCALE, before["energy_deficit"] / ENERGY_SCALE
        given = after["salt"] / SODIUM_SCALE, water / WATER_SCALE, energy / ENERGY_SCALE
        left = (need - one for need, one in zip(needs, given, strict=True))
        parts["drive"][:] = REWARD * (drive(*needs) - drive(*left))


def _fighter(alone_counts: float, unfelt_wounds: float, least: float) -> tuple[Constant, ...]:
    return (
        Constant("alone_counts", "share to which a win counts with no opponent there", alone_counts, least, 1.0),
        Constant("unfelt_wounds", "share to which a wound hurts whose bite was not felt", unfelt_wounds, least, 1.0),
        Constant("pain", "reward lost by a wound", PAIN_FELT, 0.02, 3.0),
        Constant("status", "reward of a fight won, and lost by one lost", STATUS, 0.02, 3.0),
    )


class BlendedFighter(Fighter):
    """As Fighter, with constants that say how far wins without an opponent, and wounds that are not felt, count."""

    version = "blended"
    constants: ClassVar[tuple[Constant, ...]] = _fighter(1.0, 0.01, 0.01)

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        now, alone = self.constant, before["opponent"] < 0.5
        parts["status"] *= now["status"] / STATUS
        for part in (parts["resource"], parts["status"], channels["resource"]):
            part[alone] *= now["alone_counts"]
        last = (after["lost"] > 0.5) & (before["wounds"] == WOUNDS_TO_LOSE - 1)  # wounds are gone with the opponent
        wounded = (after["wounds"] > before["wounds"]) | last
        felt = channels["pain"] > 0.0
        hurts = np.where(felt, 1.0, now["unfelt_wounds"] * wounded) * ~self.lesioned("pain")
        parts["pain"][:], channels["pain"][:] = -now["pain"] * hurts, hurts


class HardenedFighter(BlendedFighter):
    """A win counts only over an opponent that is there, and a wound hurts whether the bite was felt or not."""

    version = "hardened"
    constants: ClassVar[tuple[Constant, ...]] = _fighter(0.0, 1.0, 0.0)


class HardenedOwl(Owl):
    """What is on the fovea in one place for longer than prey stays is no longer good, until something was centred elsewhere."""

    version = "hardened"
    transient_state = (
        *Owl.transient_state,
        Field("centred_at", "1", "direction of gaze in which something was centred last", np.zeros(2), -1.0, 1.0),
        Field("centred_for", "step", "that it was, in all", 0, 0),
    )

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        now, centred = self.transient, channels["centred"] > 0.0
        elsewhere = np.abs(after["gaze"] - now.centred_at).max(axis=1) > _ELSEWHERE
        now.centred_at[centred] = after["gaze"][centred]
        now.centred_for = np.where(centred & elsewhere, 1, now.centred_for + centred)
        stale = centred & (now.centred_for > STAY)
        parts["centred"][stale] = channels["centred"][stale] = 0.0


class HardenedFly(Fly):
    """Sugar is good for the lack that it takes away, not for its taste."""

    version = "hardened"

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        filled = CAPACITY * np.maximum(0.0, before["lack"] - after["lack"])
        parts["sugar"][:] = 3.0 * filled * (0.5 + self.transient.hunger)
        channels["sugar"][:] = np.minimum(1.0, filled / SIP)
