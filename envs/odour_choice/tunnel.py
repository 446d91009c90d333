"""What happens in the tunnel, step by step: walking, shocks, sugar, hunger, and what reaches the antennae. Constants and kernels."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from envs.odour_choice.odours import AIR, ATTRACTIVE, AVERSIVE, GLOMERULI, ODOURS, projection_rates

SUGAR, SHOCK, NOTHING = range(3)
ANNOUNCES = ("sugar", "shock", "nothing")
ENCOUNTER = 24  # steps for which two odours stay; chosen
SPEED = 0.12  # of an arm in a step; chosen
DROP, GRID = 0.85, 0.7  # depth of an arm from which the drop is reached, and from which there are shocks; chosen
START = 0.01  # depth at which an encounter begins; chosen
SHOCK_CHANCE = 0.6  # in a step on the grid; chosen
SIP, MEAL = 0.25, 1.0  # meals in a step of feeding, and in a drop; chosen
CAPACITY = 4.0  # meals; chosen
BASAL, WALKING = 0.007, 0.004  # meals a step, of living and of walking; chosen
HARM, DEATH = 0.05, 0.5  # days of eggs; chosen
NOISE, SPREAD = 0.05, 0.4  # of a glomerulus in a step, and of log concentration; chosen
PLUME, MIDDLE = 0.3, 0.4  # depth from which an odour is full, and its share in the middle; chosen
CLEAN = 0.2  # chance that an arm has clean air; chosen
USUAL, RARE = (
    0.7,
    0.85,
)  # chances, added up, that an odour of innate worth announces what it should, and the opposite; chosen
DRAWS = 5  # uniform numbers for an encounter
BY_CHANCE = -1
FILMS = ("none", "sugar", "sweetener", "bait")
NO_FILM, SUGAR_FILM, SWEETENER, BAIT = range(len(FILMS))
POISON = 1.5  # days of eggs that a sip of bait takes from fitness in the end, three times what death does; chosen


@njit(cache=True)
def walk(records, action, shock_draw, day, fitness, starved, over):
    """One step of every animal: move, feed, be shocked, grow hungry. Fill ``fitness``, ``starved`` and ``over`` (animals,)."""
    for row in range(records.shape[0]):
        fly = records[row]
        upwind = min(1.0, max(-1.0, float(action[row, 0])))
        if not fly.held:
            outward = 1.0 if fly.at >= 0.0 else -1.0
            fly.at = min(1.0, max(-1.0, fly.at + SPEED * upwind * outward))
        side, depth = (1 if fly.at >= 0.0 else 0), abs(fly.at)
        role = fly.given if fly.held else _announced(fly, side)
        if fly.held:
            fly.drop[side] = MEAL if fly.given == SUGAR else 0.0
        fly.swallowed = 0.0
        if depth >= DROP and action[row, 1] > 0.0 and abs(upwind) < 0.5:
            fly.swallowed = max(0.0, min(SIP, min(fly.drop[side], CAPACITY - fly.energy)))
        fly.drop[side] -= fly.swallowed
        nourishing = fly.swallowed
        fly.lured = _sips_film(fly, role, depth, upwind, action[row, 1])
        if fly.lured:
            fly.swallowed = min(SIP, CAPACITY - fly.energy)
            nourishing = 0.0 if fly.film == SWEETENER else fly.swallowed
        fly.energy = max(0.0, fly.energy + nourishing - BASAL - WALKING * abs(upwind))
        fly.pain = role == SHOCK and depth >= GRID and shock_draw[row] < SHOCK_CHANCE
        starved[row] = fly.energy <= 0.0
        poisoned = fly.swallowed / SIP if fly.lured and fly.film == BAIT else 0.0
        fitness[row] = fly.energy / CAPACITY / day - HARM * fly.pain - POISON * poisoned - DEATH * starved[row]
        fly.left -= 1
        over[row] = fly.left <= 0 and not fly.held and not fly.in_maze


@njit(cache=True)
def _sips_film(fly, role, depth, upwind, proboscis):
    """Whether it sips where there is a film of something sweet, which legs do not feel."""
    free = not fly.held and not fly.in_maze
    return fly.film != NO_FILM and free and role == NOTHING and depth >= DROP and proboscis > 0.0 and abs(upwind) < 0.5


@njit(cache=True)
def _announced(fly, side):
    """What the odour of an arm announces: nothing in a T-maze and in clean air."""
    odour = fly.odours[side]
    return NOTHING if fly.in_maze or odour == AIR else fly.role[odour]


@njit(cache=True)
def meet(records, due, draw, spread):
    """Two new odours, by uniform numbers ``draw`` (animals, DRAWS) and normal ones (animals, 2); the fly is in the middle."""
    for row in range(records.shape[0]):
        if not due[row]:
            continue
        fly = records[row]
        for side in range(2):
            drawn = AIR if draw[row, side] < CLEAN else int(len(ODOURS) * draw[row, 2 + side])
            fly.odours[side] = drawn if fly.offered[side] == BY_CHANCE else fly.offered[side]
            fly.strength[side] = fly.concentration * math.exp(SPREAD * spread[row, side])
            fly.drop[side] = MEAL if _announced(fly, side) == SUGAR else 0.0
        fly.at = START if draw[row, 4] < 0.5 else -START
        fly.left = ENCOUNTER


@njit(cache=True)
def smell(records, table, odour):
    """Fill ``odour`` (animals, glomeruli): rates of projection neurons, with this step's noise."""
    received, rates = np.empty(GLOMERULI), np.empty(GLOMERULI)
    for row in range(records.shape[0]):
        fly = records[row]
        side, depth = (1 if fly.at >= 0.0 else 0), abs(fly.at)
        here, there = table[fly.odours[side]], table[fly.odours[1 - side]]
        reaches = fly.strength[side] * (MIDDLE + (1.0 - MIDDLE) * min(1.0, depth / PLUME))
        for glomerulus in range(GLOMERULI):
            received[glomerulus] = reaches * ((1.0 - fly.blend) * here[glomerulus] + fly.blend * there[glomerulus])
        projection_rates(received, rates)
        for glomerulus in range(GLOMERULI):
            odour[row, glomerulus] = min(1.0, max(0.0, rates[glomerulus] + NOISE * fly.noise[glomerulus]))


def draw_roles(draw: np.ndarray) -> np.ndarray:
    """(n, odours) what each odour announces to n flies, from uniform numbers (n, odours).

    An odour of innate worth announces what it should in seven flies of ten, the opposite in 15% and nothing in 15%. Of the others a
    third announces sugar, a third a shock, a third nothing.
    """
    roles = np.empty(draw.shape, int)
    worthy = len(ATTRACTIVE + AVERSIVE)
    for odour in range(worthy):
        usual, rare = (SHOCK, SUGAR) if odour >= len(ATTRACTIVE) else (SUGAR, SHOCK)
        chance = draw[:, odour]
        roles[:, odour] = np.where(chance < USUAL, usual, np.where(chance < RARE, rare, NOTHING))
    order = np.argsort(draw[:, worthy:], axis=1, kind="stable")
    np.put_along_axis(roles[:, worthy:], order, np.arange(order.shape[1])[None, :] % 3, axis=1)
    return roles
