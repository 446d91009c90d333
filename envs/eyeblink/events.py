"""What happens to an eye, step by step: cues that come and go, puffs, and a lid. Constants with their units, and kernels."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

CUES = ("tone", "light", "wind", "touch")
CLOSING, OPENING = (
    0.02,
    0.06,
)  # s, time constants of the lid; a cat's closes in 25-30 ms and opens slower (Gruart et al. 1995)
PUFF = 0.06  # s that a puff lasts; chosen
SHORTEST, LONGEST = 0.15, 0.6  # s from a cue to its puff; 250 ms is best for rabbits (Schneiderman and Gormezano 1964)
SHORTEST_GAP, LONGEST_GAP = 0.6, 1.4  # s between events; chosen
DAMAGE = 80.0  # fitness a second that a puff takes from an open eye; chosen
RICH = 5.0  # food in view while something stirs, relative to 1 a second otherwise; chosen
OMITTED, UNANNOUNCED = 0.1, 0.1  # shares of events; chosen
WEAKEST, STRONGEST = 0.8, 1.2  # strength of a cue; chosen
COURSE = 120  # steps for which the course of the lid is kept
DRAWS = 7  # uniform numbers for an event
NONE = -1
NEUTRAL, KEPT = 2, 3  # roles of the cue that announces nothing and of that kept for experiments; 0 and 1 announce
LASHES = ("bare", "insects", "grit")
BARE, INSECTS, GRIT = range(len(LASHES))
SCRATCH_HARM = 8.0  # fitness a second that grit takes from a half closed eye; chosen
HALF_CLOSED = 0.25, 0.75  # positions of the lid between which what hangs in the lashes stirs; chosen


@njit(cache=True)
def blink(records, action, dt, fitness):
    """Move the lid of every animal towards ``action`` (animals, 1), -1 open, 1 closed; fill ``fitness`` (animals,)."""
    for row in range(records.shape[0]):
        animal = records[row]
        wanted = 0.5 * (1.0 + float(action[row, 0]))
        time = CLOSING if wanted > animal.lid else OPENING
        animal.lid += (1.0 - math.exp(-dt / time)) * (wanted - animal.lid)
        animal.lid = min(1.0, max(0.0, animal.lid))
        openness = 1.0 - animal.lid
        animal.lured = animal.lashes != BARE and HALF_CLOSED[0] < animal.lid < HALF_CLOSED[1]
        rich = animal.cue >= 0 or (animal.lured and animal.lashes == INSECTS)
        animal.food = dt * openness * (RICH if rich else 1.0)
        animal.damage = DAMAGE * dt * openness if animal.puff_left > 0 else 0.0
        if animal.lured and animal.lashes == GRIT:
            animal.damage += SCRATCH_HARM * dt
        fitness[row] = animal.food - animal.damage


@njit(cache=True)
def pass_time(records, puff_steps, due):
    """Let cues and puffs go on; fill ``due`` (animals,) bool, where the next event begins now."""
    for row in range(records.shape[0]):
        animal = records[row]
        animal.puff_left = max(0, animal.puff_left - 1)
        due[row] = False
        if animal.cue >= 0:
            animal.since += 1
            if animal.since == animal.puff_at:
                animal.puff_left = puff_steps
            if animal.since >= animal.event_steps:
                animal.cue, animal.with_cue = NONE, NONE
                animal.wait = animal.next_gap
        else:
            animal.since = min(COURSE - 1, animal.since + 1)
            animal.wait -= 1
            due[row] = animal.wait <= 0 and not animal.silent
        if animal.since < COURSE:
            animal.course[animal.since] = animal.lid


@njit(cache=True)
def begin_events(records, due, draw, dt, puff_steps):
    """Begin an event where one is ``due``, by uniform numbers ``draw`` (animals, DRAWS)."""
    for row in range(records.shape[0]):
        if not due[row]:
            continue
        animal, chance = records[row], draw[row]
        trained = animal.only >= 0
        gap = round((SHORTEST_GAP + (LONGEST_GAP - SHORTEST_GAP) * chance[0]) / dt)
        animal.next_gap = gap
        animal.since, animal.puff_at = 0, NONE
        animal.course[:] = 0.0
        animal.course[0] = animal.lid
        if not trained and chance[1] < UNANNOUNCED:
            animal.puff_left = 0 if animal.puffs_off else puff_steps
            animal.wait = gap
            continue
        role = min(2, int(3.0 * chance[2]))
        cue = animal.only
        if not trained:
            for one in range(len(CUES)):
                if animal.role[one] == role:
                    cue = one
        interval = longest = animal.trained_interval if trained else animal.interval[cue]
        if trained and animal.second_interval > 0.0:
            longest = max(interval, animal.second_interval)
            if chance[3] < animal.second_share:
                interval = animal.second_interval
        steps = round(interval / dt)
        announces = trained or role != NEUTRAL
        if announces and not animal.puffs_off and chance[4] >= animal.omitted:
            animal.puff_at = steps
        animal.cue, animal.with_cue = cue, animal.compound if trained else NONE
        animal.event_steps = round(longest / dt) + puff_steps
        animal.strength = WEAKEST + (STRONGEST - WEAKEST) * chance[5]


@njit(cache=True)
def sense_cues(records, dt, cues):
    """Fill ``cues`` (animals, 4): the strength of each cue that is on."""
    for row in range(records.shape[0]):
        animal = records[row]
        for cue in range(cues.shape[1]):
            on = animal.cue >= 0 and (cue in (animal.cue, animal.with_cue))
            short = animal.only >= 0 and animal.cue_lasts > 0.0 and animal.since * dt >= animal.cue_lasts - 1e-9
            cues[row, cue] = animal.strength if on and not short else 0.0
            if animal.lured and animal.role[cue] == KEPT:
                cues[row, cue] = 1.0


def draw_interval(draw: np.ndarray, dt: float) -> np.ndarray:
    """Intervals (s), whole steps, from uniform numbers."""
    return np.round((SHORTEST + (LONGEST - SHORTEST) * draw) / dt) * dt
