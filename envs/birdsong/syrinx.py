"""The vocal organ of a finch: labia as a normal-form oscillator, trachea and oro-oesophageal cavity as filters.

Source: Sitt et al. (2008), Perl et al. (2011), Amador et al. (2013); the constants of the tract are those of the vocal-organ
code that was released with these papers. Sound needs a pressure parameter alpha below 0 and a tension parameter beta below
a boundary that depends on alpha; actions give tension as a logarithmic distance below it, since pitch is very steep there.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numba import njit

RATE = 44_100  # samples per second
FRAME = 441  # samples per frame of 10 ms
MUSCLES = ("pressure", "tension", "turbulence")

_GAMMA = 24_000.0  # 1/s, zebra finch (vocal-organ code; Amador et al. 2013)
_SUBSTEPS = 2  # Runge-Kutta steps per sample: pitch within 0.05% of 20 steps
_CALM, _STRONG = 0.05, -0.15  # alpha in breath and while singing; the latter is the vocal-organ code's
_LEAST, _MOST = 0.005, 1.2  # distance of beta below the boundary at the lowest and the highest tension: 0.4 to 4.6 kHz
_JITTER = 0.01  # share by which tension fluctuates (vocal-organ code, about)
_BREATH = 0.4  # sound of full turbulence, about as strong as that of the labia; chosen
_RAMP = 0.2  # pressure at which alpha is that of singing; more makes sound louder, not higher, as in the vocal-organ code
_RANGE = 1.75  # powers of ten of amplitude from no to full pressure: 35 dB; chosen
START = (1e-3, 0.0)  # displacement and rate of labia at rest

_LOUDNESS = 40.0  # brings the loudest notes near full scale

# Trachea of 3.5 cm, reflection 0.1; cavity as an electrical circuit, in the arbitrary units of the vocal-organ code.
_DELAY = round(3.5 / 35_000 * RATE)  # samples one way
_REFLECTION = 0.1
_C, _B, _G, _RB, _RH = 4.5e10, 1e-4, 1 / 82, 5e6, 6e5  # 1/C_h, 1/L_b, 1/L_g, R_b, R_h


@njit(cache=True)
def boundary(alpha):
    """Largest beta at which labia oscillate, for a pressure parameter ``alpha`` of at most 0.

    On the saddle-node curve alpha = x^3 - x^2 - beta x with x = (1 + s) / 3 and s = sqrt(1 + 3 beta), so that
    27 alpha = (1 + s)^2 (1 - 2 s), a cubic whose root is s = cosh(arccosh(1 - 54 alpha) / 3) - 1/2.
    """
    s = math.cosh(math.acosh(1.0 - 54.0 * alpha) / 3.0) - 0.5
    return (s * s - 1.0) / 3.0


@njit(cache=True)
def parameters(pressure, tension):
    """alpha and beta of the oscillator for gesture in [-1, 1]; alpha of 0 or more is silent breath."""
    alpha = _CALM + (_STRONG - _CALM) * min(1.0, max(0.0, pressure) / _RAMP)
    height = 0.5 * (1.0 + min(1.0, max(-1.0, tension)))
    distance = _LEAST * math.exp(height * math.log(_MOST / _LEAST))
    return alpha, boundary(min(alpha, 0.0)) - distance


@njit(cache=True)
def _rate(x, y, alpha, beta):
    g = _GAMMA
    return g * g * (alpha + beta * x + x * x - x * x * x) - g * (x * y + x * x * y)


@njit(cache=True)
def step(x, y, alpha, beta, dt):
    """One Runge-Kutta step of fourth order."""
    h = 0.5 * dt
    k1, l1 = y, _rate(x, y, alpha, beta)
    k2, l2 = y + h * l1, _rate(x + h * k1, y + h * l1, alpha, beta)
    k3, l3 = y + h * l2, _rate(x + h * k2, y + h * l2, alpha, beta)
    k4, l4 = y + dt * l3, _rate(x + dt * k3, y + dt * l3, alpha, beta)
    return x + dt / 6.0 * (k1 + 2.0 * (k2 + k3) + k4), y + dt / 6.0 * (l1 + 2.0 * (l2 + l3) + l4)


@njit(cache=True)
def oscillate(alpha, beta, substeps, out):
    """Displacement of the labia for each sample: fills ``out`` (samples,) for ``alpha`` and ``beta`` (samples,)."""
    x, y = START
    dt = 1.0 / (RATE * substeps)
    for sample in range(out.shape[0]):
        if alpha[sample] >= 0.0:  # breath without phonation lets labia fall back to rest
            x, y = 0.9 * x + 0.1 * START[0], 0.9 * y
        else:
            for _ in range(substeps):
                x, y = step(x, y, alpha[sample], beta[sample], dt)
        out[sample] = x


@njit(cache=True)
def _control(gesture, frame, jitter, alpha, beta, level, breath):
    """Spread gesture (frames, 3) over samples, straight lines between the middles of frames."""
    frames = gesture.shape[0]
    for sample in range(alpha.shape[0]):
        place = (sample + 0.5) / frame - 0.5
        first = min(frames - 1, max(0, math.floor(place)))
        second = min(frames - 1, first + 1)
        share = min(1.0, max(0.0, place - first))
        pressure = (1.0 - share) * gesture[first, 0] + share * gesture[second, 0]
        tension = (1.0 - share) * gesture[first, 1] + share * gesture[second, 1]
        turbulence = 0.5 + 0.5 * ((1.0 - share) * gesture[first, 2] + share * gesture[second, 2])
        alpha[sample], beta[sample] = parameters(pressure, tension)
        beta[sample] *= 1.0 + _JITTER * jitter[sample]
        loud = 0.0 if pressure <= 0.0 else min(1.0, pressure / _RAMP) * math.exp(math.log(10.0) * _RANGE * (pressure - 1.0))
        level[sample] = loud * (1.0 - turbulence)
        breath[sample] = loud * _BREATH * turbulence * turbulence


def source(gesture: np.ndarray, seed: int, frame: int = FRAME) -> np.ndarray:
    """Pressure that enters the trachea, (frames x ``frame``,) float64, for gesture (frames, 3) in [-1, 1].

    Jitter and breath have a stream each, so that a song's beginning sounds the same however far it is rendered.
    """
    gesture = np.clip(np.asarray(gesture, float), -1.0, 1.0)
    samples = len(gesture) * frame
    alpha, beta, level, breath, labia = (np.empty(samples) for _ in range(5))
    jitter = np.random.default_rng([seed, 0]).uniform(-1.0, 1.0, samples)
    _control(gesture, frame, jitter, alpha, beta, level, breath)
    oscillate(alpha, beta, _SUBSTEPS, labia)
    return level * labia + breath * np.random.default_rng([seed, 1]).standard_normal(samples)


@cache
def _cavity() -> np.ndarray:
    """The oro-oesophageal cavity as second-order sections at ``RATE`` (bilinear transform of its circuit)."""
    from scipy import signal  # half of what importing all worlds would take

    a = np.array([[0.0, 1.0, 0.0], [-_G * _C, -_RH * (_B + _G), _G * _C - _RH * _RB * _B * _G], [0.0, -_B / _G, -_RB * _B]])
    # States: charge i1, its rate, i3. Inputs are the pressure at the glottis and its rate, which transfers add up.
    output = np.array([[0.0, 0.0, _RB]])
    by_pressure, poles = signal.ss2tf(a, np.array([[0.0], [_RH * _B * _G], [_B]]), output, np.zeros((1, 1)))
    by_rate, _ = signal.ss2tf(a, np.array([[0.0], [_G], [0.0]]), output, np.zeros((1, 1)))
    zeros = np.polyadd(by_pressure[0], np.polymul(by_rate[0], [1.0, 0.0]))
    return signal.tf2sos(*signal.bilinear(zeros, poles, RATE))


def tract(pressure: np.ndarray) -> np.ndarray:
    """What leaves the beak: the trachea reflects a tenth of the sound, the cavity resonates near 3.7 kHz.

    Args:
        pressure: (samples,) at the lower end of the trachea.
    """
    from scipy import signal

    echo = np.zeros(2 * _DELAY + 1)
    echo[0], echo[-1] = 1.0, _REFLECTION
    through = np.zeros(_DELAY + 1)
    through[-1] = 1.0 - _REFLECTION
    flow = signal.sosfilt(_cavity(), signal.lfilter(through, echo, pressure))
    return np.diff(flow, prepend=flow[:1])  # a small opening radiates the rate of change of its flow


def render(gesture: np.ndarray, seed: int = 0) -> np.ndarray:
    """Audio (frames x 441,) float64 at 44.1 kHz of a gesture, gesture (frames, 3) in [-1, 1] at 10 ms a frame.

    Args:
        gesture: pressure (sound above about 0.05), tension, turbulence.
        seed: of breath noise and jitter.
    """
    return _LOUDNESS * tract(source(gesture, seed))
