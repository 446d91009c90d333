"""What a fly can smell: odours, the glomeruli that they excite, and the gain control of the antennal lobe."""

from __future__ import annotations

import numpy as np
from numba import njit

GLOMERULI = 24  # about 50 in the fly; chosen
ATTRACTIVE = ("vinegar", "yeast")
AVERSIVE = ("geosmin", "carbon dioxide")
NEUTRAL = ("octanol", "methylcyclohexanol", "benzaldehyde", "hexanol", "isoamyl acetate", "ethyl acetate")
ODOURS = ATTRACTIVE + AVERSIVE + NEUTRAL
AIR = len(ODOURS)
"""Number of clean air, which comes after the odours."""
SMELLS = (*ODOURS, "air")
LIKED, SHUNNED = (0, 1), (2, 3)
"""Glomeruli of innate worth, one for each odour of innate worth: as DM1 and VA2 (Semmelhack and Wang 2009), DA2 (Stensmyr et al. 2012)
and V."""
_TUNED = 0.35  # share of glomeruli that an odour excites; chosen
_HALF, _LATERAL = 0.25, 0.05  # of the gain control; chosen


def _glomerular_input() -> np.ndarray:
    """(odours + 1, glomeruli) input by odour, the same for every fly; the last row is clean air.

    Exponentially distributed over a third of the glomeruli, but for those of innate worth, which have one odour each. The numbers
    are fixed by one constant, since they are part of the species.
    """
    tuned, size = np.random.RandomState(20151).rand(2, len(ODOURS), GLOMERULI)
    found = np.zeros((len(SMELLS), GLOMERULI))
    found[:-1] = np.where(tuned < _TUNED, -0.5 * np.log(1.0 - 0.98 * size), 0.0)
    found[:, LIKED + SHUNNED] = 0.0
    for odour, glomerulus in enumerate(LIKED + SHUNNED):
        found[odour, glomerulus] = 1.0
    return found


GLOMERULAR_INPUT = _glomerular_input()


@njit(cache=True)
def projection_rates(received, rates):
    """Fill ``rates`` (glomeruli,) in [0, 1], of projection neurons, from what receptor neurons give (glomeruli,).

    Division by the total input: r^1.5 / (h^1.5 + (l sum r)^1.5 + r^1.5) (Olsen, Bhandawat and Wilson 2010).
    """
    total = 0.0
    for glomerulus in range(received.shape[0]):
        total += received[glomerulus]
    total *= _LATERAL
    fixed = _HALF * np.sqrt(_HALF) + total * np.sqrt(total)
    for glomerulus in range(received.shape[0]):
        power = received[glomerulus] * np.sqrt(received[glomerulus])
        rates[glomerulus] = power / (fixed + power)
