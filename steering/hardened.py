"""Hardened versions of steering: reward for what reached the body, or for what is fresh, in place of what was only sensed."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from core.batch_state import Field
from core.interfaces import Recollection, Reflex
from envs.birdsong.features import FEATURES
from envs.birdsong.similarity import AUDIBLE
from envs.eyeblink.events import HALF_CLOSED
from envs.odour_choice.tunnel import CAPACITY, SIP
from envs.orienting.world import FOVEA, REACH, STAY
from envs.rivals.world import WOUNDS_TO_LOSE
from steering.birdsong import Finch, innate_match
from steering.eyeblink import SIGHT, Blinker
from steering.looming_escape import Mouse
from steering.odour_choice import Fly
from steering.orienting import Owl
from steering.rivals import PAIN_FELT, STATUS, Fighter
from steering.salt_appetite import ENERGY_SCALE, REWARD, SODIUM_SCALE, SWEET, WATER, WATER_SCALE, Rat, drive
from steering.subsystem import Constant, MutableVariable

_MEAL = 0.04  # share of the mouse's store that a food item fills
_SEEN = 2.0  # s for which a disc that was seen lets relief count; as long as alarm lasts
_ENERGY_LOSS, _WATER_LOSS = 250.0 / 86_400, 30.0 / 86_400  # kJ and ml a second that a rat loses, whatever it does
_ARRIVES = 900.0  # s from the mouth to the blood
_ELSEWHERE = FOVEA / REACH  # of gaze
_OWN_SPECIES = 0.4  # mean innate match of a song from which it is taken for one of the own species; chosen
_SHARE_OF_A_MOMENT = 0.01  # by which that mean follows; chosen, about two songs


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


class HardenedFinch(Finch):
    """Memorises a song only while what tutors sing is like the songs of the species. Until then the innate template alone judges."""

    version = "hardened"
    variables = (
        *Finch.variables,
        MutableVariable(
            "tutor_fits",
            "how well what tutors sing fits the species",
            0.0,
            1.0,
            0.0,
            "follows each moment of a tutor's song, judged by the innate template",
            "own-species songs are preferred before any was heard (Nelson and Marler 1993); rate chosen",
        ),
    )
    transient_state = (
        *Finch.transient_state,
        Field("tutor_sounds", "bool", "whether the tutor sounded in the frame before", False, 0, 1),
        Field("tutor_run", "frame", "for which its sound, or its silence, has lasted", 0, 0),
        Field("tutor_gap", "frame", "of its last gap", 9, 0),
    )

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        variable, song = self.mutable, self.memory.template
        listens = (after["tutor_sings"] > 0.5) & (after["hears"] > 0.5)
        strange = np.flatnonzero(listens & (variable.tutor_fits < _OWN_SPECIES))
        kept = variable.songs_heard[strange].copy(), variable.template_window[strange].copy(), song[strange].copy()
        super()._judge(before, action, after, parts, channels)
        variable.songs_heard[strange], variable.template_window[strange], song[strange] = kept
        for row in np.flatnonzero(listens):
            fits = _innate_fit(self.transient.records[row], np.array([after[name][row] for name in FEATURES], float))
            variable.tutor_fits[row] += _SHARE_OF_A_MOMENT * (fits - variable.tutor_fits[row])


def _innate_fit(bird: Any, heard: np.ndarray) -> float:
    """How well a moment of a tutor's song fits the species; keeps count of its sounds and gaps."""
    sounds = heard[0] > AUDIBLE
    if sounds and not bird["tutor_sounds"]:
        bird["tutor_gap"] = bird["tutor_run"]
    bird["tutor_run"] = bird["tutor_run"] + 1 if sounds == bird["tutor_sounds"] else 1
    bird["tutor_sounds"] = sounds
    return float(innate_match(heard, bird["tutor_run"], bird["tutor_gap"]))


class HardenedBlinker(Blinker):
    """What stirs counts only while the eye is open, so that what the lid does itself is not sought."""

    version = "hardened"

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        narrow = np.maximum(before["lid"], after["lid"]) > HALF_CLOSED[0]
        channels["sight"][narrow] = (1.0 - after["lid"])[narrow]
        parts["sight"][:] = SIGHT * channels["sight"]
