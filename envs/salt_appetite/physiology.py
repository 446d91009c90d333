"""The body of SaltAppetite: sodium, water and energy of a rat of 400 g, in mEq, ml and kJ, and what moves them.

Everything is kept relative to the set-point: ``sodium`` = -2 means that 2 mEq are missing. Sodium and water are
conserved: what was taken in equals what was lost plus what is in body and gut, to rounding.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

SOLUTES = ("water", "sodium chloride", "sucrose", "potassium chloride", "quinine", "lithium chloride")
WATER, SALT, SUCROSE, POTASSIUM, QUININE, LITHIUM = range(6)
TASTES = ("salt", "water", "sweet", "bitter")
USUAL = np.array([0.0, 0.3, 1.75, 0.3, 0.0005, 0.15])  # mol/l: 0.3 M is the usual test of sodium appetite; sucrose is syrup
STRONGEST = np.array([0.0, 6.0, 2.0, 4.5, 0.01, 6.0])  # mol/l, about where a solution is saturated

LICKING = 1.5  # ml/min; chosen within what a rat licks
ENERGY_OF_SUCROSE = 5.7  # kJ/mmol: 342 g/mol at 16.7 kJ/g
SODIUM_OF_SYRUP = 0.01  # mEq/ml, a trace in the food, so that balance can be kept without salt; chosen

_ABSORPTION = 900.0  # s, gut to blood; 10-30 min
_SODIUM_LOSS = 0.247 / 86_400  # mEq/s, obligatory: 247 uEq a day (Brensilver et al. 1985)
_WATER_LOSS = 30.0 / 86_400  # ml/s, obligatory; chosen
_ENERGY_LOSS = 250.0 / 86_400  # kJ/s; chosen for a rat of 400 g
_SODIUM_EXCRETION = 3.0 * 3600.0  # s; excretion is one-sided: only a surplus leaves (Ledingham and Simpson 1987)
_WATER_EXCRETION = 3600.0  # s; one-sided; chosen
_ENERGY_EXCRETION = 3.0 * 86_400.0  # s, a surplus is burnt off within days; chosen
_STRONGEST_URINE = 0.6  # mEq/ml: a surplus of salt costs at least this water; chosen for a rat
_NATRIURESIS = 1200.0  # s: a loss by furosemide is over within about 1 h
_LOSS_CONCENTRATION = 0.15  # mEq/ml of the fluid that is lost with the sodium, about that of plasma
SODIUM_PER_MG = 1.0  # mEq lost for a mg of furosemide; loss grows with dose (Lundy et al. 2003), the slope is chosen
_ANGIOTENSIN = 3600.0  # s
_ALDOSTERONE = 8.0 * 3600.0  # s
_CAPTOPRIL = 2.5  # times angiotensin in the brain under a low dose; chosen so that appetite comes early
_LITHIUM_CLEARANCE = 6.0 * 3600.0  # s; chosen
_LEAD_CLEARANCE = 5.0 * 86_400.0  # s; chosen
_LEAD_HARM = 40.0  # ml of leaded sugar in the body that leave 1/e of vigour; chosen
_SICK = 1.2  # mEq of lithium in the blood at which malaise is 1 - 1/e: the usual aversive dose, 3 mEq/kg

SODIUM_SCALE, WATER_SCALE, ENERGY_SCALE = 2.0, 8.0, 22.0  # mEq, ml, kJ that cost the same vigour; chosen
_MOVING_COST = 0.35  # share of vigour spent while walking; chosen
_MALAISE_COST = 0.7  # share of vigour lost when as sick as can be; chosen
LETHAL_SODIUM, LETHAL_WATER, LETHAL_ENERGY = (-7.0, 9.0), (-45.0, 80.0), (-500.0, 1500.0)  # mEq, ml, kJ; chosen
_TOO_SALTY = 0.3  # mol/l, from which salt is unpleasant in itself; chosen
TASTED_SALT, TASTED_WATER, TASTED_SWEET, TASTED_BITTER = 0, 1, 2, 3


@njit(cache=True)
def taste_of(solute, molarity, volume, taste):
    """What ``volume`` ml of a solution tell the tongue: mEq of sodium, ml of water, kJ of sugar, bitterness (0 to 1).

    Lithium passes the sodium channel of the tongue, so it tastes of salt; potassium does not, and is bitter. Strong salt is
    unpleasant through the bitter and sour cells too (Oka et al. 2013; slope chosen).
    """
    taste[:] = 0.0
    if solute in (SALT, LITHIUM):
        taste[TASTED_SALT] = molarity * volume
        taste[TASTED_BITTER] = max(0.0, molarity - _TOO_SALTY) / (molarity + 3.0)
    elif solute == SUCROSE:
        taste[TASTED_SWEET] = ENERGY_OF_SUCROSE * molarity * volume
    elif solute == WATER:
        taste[TASTED_WATER] = volume
    if solute == POTASSIUM:
        taste[TASTED_BITTER] = molarity / (molarity + 0.3)
    elif solute == QUININE:
        taste[TASTED_BITTER] = molarity / (molarity + 0.0001)


@njit(cache=True)
def swallow(body, solute, molarity, volume):
    """Put ``volume`` ml of a solution into the gut."""
    sodium = molarity * volume if solute == SALT else SODIUM_OF_SYRUP * volume if solute == SUCROSE else 0.0
    body.gut_water += volume
    body.gut_sodium += sodium
    body.water_in += volume
    body.sodium_in += sodium
    if solute == SUCROSE:
        body.gut_energy += ENERGY_OF_SUCROSE * molarity * volume
    elif solute == LITHIUM:
        body.gut_lithium += molarity * volume


@njit(cache=True)
def live_on(body, dt):
    """Absorb, lose, excrete and let hormones follow, for ``dt`` seconds."""
    share = 1.0 - math.exp(-dt / _ABSORPTION)
    sodium, water = share * body.gut_sodium, share * body.gut_water
    energy, lithium = share * body.gut_energy, share * body.gut_lithium
    body.gut_sodium -= sodium
    body.gut_water -= water
    body.gut_energy -= energy
    body.gut_lithium -= lithium
    lost_sodium, lost_water = _SODIUM_LOSS * dt, _WATER_LOSS * dt
    natriuresis = (1.0 - math.exp(-dt / _NATRIURESIS)) * body.natriuresis_left
    body.natriuresis_left -= natriuresis
    lost_sodium += natriuresis
    lost_water += natriuresis / _LOSS_CONCENTRATION
    excreted = (1.0 - math.exp(-dt / _SODIUM_EXCRETION)) * max(0.0, body.sodium)
    lost_sodium += excreted
    lost_water += max(excreted / _STRONGEST_URINE, (1.0 - math.exp(-dt / _WATER_EXCRETION)) * max(0.0, body.water))
    body.sodium += sodium - lost_sodium
    body.water += water - lost_water
    body.sodium_out += lost_sodium
    body.water_out += lost_water
    body.energy += energy - _ENERGY_LOSS * dt - (1.0 - math.exp(-dt / _ENERGY_EXCRETION)) * max(0.0, body.energy)
    body.lithium = (body.lithium + lithium) * math.exp(-dt / _LITHIUM_CLEARANCE)
    body.lead *= math.exp(-dt / _LEAD_CLEARANCE)
    missing = max(0.0, -body.sodium)
    body.angiotensin += (1.0 - math.exp(-dt / _ANGIOTENSIN)) * (missing - body.angiotensin)
    body.aldosterone += (1.0 - math.exp(-dt / _ALDOSTERONE)) * (missing - body.aldosterone)


@njit(cache=True)
def malaise_of(lithium):
    """0 (well) to 1."""
    return 1.0 - math.exp(-lithium / _SICK)


@njit(cache=True)
def vigour(body, moving):
    """Condition from 1 (all at their set-points, well, at rest) to 0; missing and surplus count alike. Lead is not felt."""
    away = (body.sodium / SODIUM_SCALE) ** 2 + (body.water / WATER_SCALE) ** 2 + (body.energy / ENERGY_SCALE) ** 2
    return (
        math.exp(-0.5 * away - body.lead / _LEAD_HARM)
        * (1.0 - _MALAISE_COST * malaise_of(body.lithium))
        * (1.0 - _MOVING_COST * moving)
    )


@njit(cache=True)
def dies(body):
    """Whether anything is beyond what a body survives."""
    return not (
        LETHAL_SODIUM[0] < body.sodium < LETHAL_SODIUM[1]
        and LETHAL_WATER[0] < body.water < LETHAL_WATER[1]
        and LETHAL_ENERGY[0] < body.energy < LETHAL_ENERGY[1]
    )


@njit(cache=True)
def brain_angiotensin(body):
    """Angiotensin as the brain feels it, mEq of missing sodium at rest; a low dose of captopril raises it."""
    return body.angiotensin * (_CAPTOPRIL if body.captopril else 1.0)
