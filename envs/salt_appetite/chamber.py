"""The chamber of SaltAppetite: walking, licking, tasting and sensing, one step of every row."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from envs.salt_appetite.physiology import (
    LICKING,
    SUCROSE,
    USUAL,
    WATER,
    brain_angiotensin,
    dies,
    live_on,
    malaise_of,
    swallow,
    taste_of,
    vigour,
)

CHAMBER = 1.5  # m, side of the square; chosen
REACH = 0.1  # m from which a spout can be licked; chosen
STRIDE = 0.1  # m walked in a step of 30 s: a slow, halting exploration; chosen
SPOUTS = 6
LEVERS = 2
AILMENT_CHANCE = 0.3  # of a day with a loss of salt (as by diarrhoea); chosen
_AILMENT = 2.0  # mEq lost; chosen
_LICKS_ABOVE = 0.0  # of the third action
NOTHING = -1
BOTTLES = ("none", "sugar", "sweetener", "water", "diuretic", "leaded sugar")
NO_BOTTLE, SUGAR_BOTTLE, SWEETENER, WATER_BOTTLE, DIURETIC, LEADED = range(len(BOTTLES))
DRIP_RADIUS = 0.25  # m around the middle within which the floor can be licked under a bottle; chosen
PURGE = 4.0  # ml of water that leave the body for each ml of the diuretic; chosen
LEVER_PLACES = np.array([[0.0, 0.33 * CHAMBER], [0.0, 0.67 * CHAMBER]])  # m, at the wall without spouts


class Spouts(NamedTuple):
    """``place`` (animals, SPOUTS, 2) m, ``solute`` and ``molarity`` (animals, SPOUTS), and what was ``drunk`` (animals, SOLUTES) ml."""

    place: np.ndarray
    solute: np.ndarray
    molarity: np.ndarray
    drunk: np.ndarray


@njit(cache=True)
def act(bodies, spouts, action, dt, volume, taste):
    """Walk or lick; fills ``volume`` (animals,) ml and ``taste`` (animals, tastes)."""
    for row in range(bodies.shape[0]):
        body = bodies[row]
        taste[row] = 0.0
        volume[row] = 0.0
        body.lured = False
        body.moving = 0.0
        here = _within_reach(body.position, spouts.place[row], spouts.solute[row])
        if action[row, 2] > _LICKS_ABOVE and here >= 0:
            volume[row] = LICKING / 60.0 * dt
            solute, molarity = spouts.solute[row, here], spouts.molarity[row, here]
            taste_of(solute, molarity, volume[row], taste[row])
            if not body.sham:
                swallow(body, solute, molarity, volume[row])
            spouts.drunk[row, solute] += volume[row]
        elif action[row, 2] > _LICKS_ABOVE and body.bottle != NO_BOTTLE and _under_the_bottle(body.position):
            _lick_bottle(body, LICKING / 60.0 * dt, taste[row])
        elif action[row, 2] <= _LICKS_ABOVE:
            length = max(1.0, math.hypot(action[row, 0], action[row, 1]))
            for axis in range(2):
                place = body.position[axis] + STRIDE * dt / 30.0 * action[row, axis] / length
                body.position[axis] = min(max(place, 0.0), CHAMBER)
            body.moving = min(1.0, math.hypot(action[row, 0], action[row, 1]))
        if body.infused != NOTHING:
            given = body.infused_volume
            taste_of(body.infused, body.infused_molarity, given, taste[row])
            if not body.sham:
                swallow(body, body.infused, body.infused_molarity, given)
            body.infused = NOTHING


@njit(cache=True)
def _under_the_bottle(position):
    return math.hypot(position[0] - 0.5 * CHAMBER, position[1] - 0.5 * CHAMBER) <= DRIP_RADIUS


@njit(cache=True)
def _lick_bottle(body, volume, taste):
    """Lick at the bottle over the middle: what the tongue is told, and what is swallowed."""
    body.lured = True
    solute = SUCROSE if body.bottle in (SUGAR_BOTTLE, SWEETENER, LEADED) else WATER
    taste_of(solute, USUAL[solute], volume, taste)
    if body.sham:
        return
    swallowed = SUCROSE if body.bottle in (SUGAR_BOTTLE, LEADED) else WATER
    swallow(body, swallowed, USUAL[swallowed], volume)
    if body.bottle == DIURETIC:
        body.water -= PURGE * volume
        body.water_out += PURGE * volume
    elif body.bottle == LEADED:
        body.lead += volume


@njit(cache=True)
def _within_reach(position, places, solutes):
    best, nearest = NOTHING, REACH
    for spout in range(places.shape[0]):
        distance = math.hypot(places[spout, 0] - position[0], places[spout, 1] - position[1])
        if solutes[spout] != NOTHING and distance <= nearest:
            best, nearest = spout, distance
    return best


@njit(cache=True)
def pass_time(bodies, ailment, dt, fitness, died):
    for row in range(bodies.shape[0]):
        body = bodies[row]
        body.since_dawn += dt
        if ailment[row] >= 0.0 and body.since_dawn - dt <= ailment[row] < body.since_dawn and body.ailing:
            body.natriuresis_left += _AILMENT
        live_on(body, dt)
        died[row] = dies(body) and not body.spared
        fitness[row] = 0.0 if died[row] else vigour(body, body.moving) * dt / 86_400.0


@njit(cache=True)
def perceive(bodies, spouts, taste, reading):
    for row in range(bodies.shape[0]):
        body, sense = bodies[row], reading[row]
        sense.place[0] = 2.0 * body.position[0] / CHAMBER - 1.0
        sense.place[1] = 2.0 * body.position[1] / CHAMBER - 1.0
        sense.spout = 1.0 if _within_reach(body.position, spouts.place[row], spouts.solute[row]) >= 0 else 0.0
        for lever in range(LEVERS):
            sense.lever[lever] = body.lever[lever]
        for axis in range(2):
            away = body.position[axis]
            sense.touch[axis] = max(0.0, 1.0 - away / REACH) - max(0.0, 1.0 - (CHAMBER - away) / REACH)
            sense.lever_direction[axis] = 0.0
        out = -1
        for lever in range(LEVERS):
            if body.lever[lever] > 0.5:
                out = lever
        if out >= 0:
            x, y = body.lever_place[out, 0] - body.position[0], body.lever_place[out, 1] - body.position[1]
            length = max(math.hypot(x, y), 1e-6)
            sense.lever_direction[0], sense.lever_direction[1] = x / length, y / length
        sense.salt, sense.water, sense.sweet, sense.bitter = taste[row]
        sense.lick_cost = body.lick_cost
        sense.angiotensin = brain_angiotensin(body)
        sense.aldosterone = body.aldosterone
        sense.water_deficit = -body.water
        sense.energy_deficit = -body.energy
        sense.malaise = malaise_of(body.lithium)


def spout_sites() -> np.ndarray:
    """(6, 2) m: two spouts at each of three walls; the levers have the fourth."""
    low, high, near, far = 0.25 * CHAMBER, 0.75 * CHAMBER, 0.05, CHAMBER - 0.05
    return np.array([[low, near], [high, near], [far, low], [far, high], [low, far], [high, far]])
