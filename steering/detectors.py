"""Innate detectors that read the senses, and the accumulator that turns evidence into a decision."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from core.copying import copy_vector


class EtaFunction(NamedTuple):
    """Constants of a :class:`LoomingDetector`, as a kernel takes them: per rad, and steps (a fraction counts)."""

    alpha: float
    delay_steps: float


@njit(cache=True)
def looming_response(history, angular_size, expansion, eta):
    """One step of :class:`LoomingDetector` for one animal; see there. ``history`` (memory, 2) is updated in place."""
    for index in range(history.shape[0] - 1, 0, -1):
        copy_vector(history[index - 1], history[index])
    history[0, 0], history[0, 1] = angular_size, expansion
    whole = int(eta.delay_steps)
    share = eta.delay_steps - whole
    size, growth = history[whole, 0], history[whole, 1]
    if share > 0.0:
        size = (1.0 - share) * size + share * history[whole + 1, 0]
        growth = (1.0 - share) * growth + share * history[whole + 1, 1]
    return max(0.0, growth) * math.exp(-eta.alpha * size)


@njit(cache=True)
def accumulate(level, drive, noise, leak, dt):
    """One step of dT = (-T / leak + drive) dt + noise, kept at or above 0 (structure: Evans et al. 2018).

    Args:
        level: the accumulated evidence T.
        drive: evidence per second.
        noise: this step's noise, already scaled by sqrt(dt).
        leak: time constant in s.
        dt: seconds per step.
    """
    return max(0.0, level + dt * (drive - level / leak) + noise)


def decay_constant(threshold_angle: float) -> float:
    """alpha = 1 / tan(theta_thr / 2) of the eta function, for a threshold size in rad (Gabbiani et al. 1999)."""
    return 1.0 / math.tan(0.5 * threshold_angle)


class LoomingDetector:
    """eta(t) = rho(t - delay) * exp(-alpha * theta(t - delay)) of the locust's LGMD (Gabbiani et al. 1999).

    The delay may be shorter than a step: the past is read by linear interpolation.

    Args:
        dt: seconds per step.
        threshold_angle: size in rad at which the response to an approach at constant speed peaks.
        delay: seconds.
    """

    def __init__(self, dt: float, threshold_angle: float = math.radians(24.0), delay: float = 0.025) -> None:
        self.eta = EtaFunction(decay_constant(threshold_angle), delay / dt)
        self.memory = math.ceil(self.eta.delay_steps) + 1

    def respond(self, history: np.ndarray, angular_size: float, expansion: float) -> float:
        """Response in rad/s, >= 0, of one animal to a size in rad and an expansion in rad/s; contraction gives none."""
        return looming_response(history, angular_size, expansion, self.eta)

    def peak(self, size_over_speed: float) -> float:
        """The largest response (rad/s) to an approach with this l/|v| in s: 2 exp(-alpha theta_thr) / (l/|v| (alpha^2 + 1))."""
        alpha = self.eta.alpha
        threshold_angle = 2.0 * math.atan(1.0 / alpha)
        return 2.0 * math.exp(-alpha * threshold_angle) / (size_over_speed * (alpha**2 + 1.0))
