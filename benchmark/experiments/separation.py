"""Signatures of pattern separation (P1 to P3): what a wide, fixed, sparse, locally random expansion is good for."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy import stats

from agents.population import Population
from benchmark.experiments.experiment import Experiment, Result
from benchmark.experiments.lives import WORLDS
from benchmark.results.statistics import mean_interval
from core.senses import Sense, Senses
from core.streams import RowStreams
from learning.pattern_separator import PatternSeparator


def _wired(num_animals: int, senses: Senses, seed: int, **options: Any) -> PatternSeparator:
    separator = PatternSeparator(num_animals, senses, **options)
    streams = RowStreams(num_animals, ("wiring",))
    streams.seed(np.arange(seed, seed + num_animals, dtype=np.uint64))
    separator.wire(streams, "wiring", np.ones(num_animals, bool))
    return separator


def _codes(separator: PatternSeparator, observation: np.ndarray) -> np.ndarray:
    """(rows, units) 0 or 1: what is active for a observation (rows, size)."""
    rows = np.arange(len(observation))
    active = np.zeros((len(observation), separator.active_units), np.int32)
    separator.encode(
        rows, np.ascontiguousarray(observation, np.float32), np.zeros((len(observation), 0), np.float32), active
    )
    code = np.zeros((len(observation), separator.units), bool)
    code[rows[:, None], active] = True
    return code


def overlap(animals: int, seed: int, world: str) -> Result:
    """P1: overlap of codes against similarity of the senses, for moments of a life, each animal with its own wiring.

    Similarity of two moments is 1 less the mean distance of scaled senses (half ranges, over 2), overlap the share of active units
    that they have in common; chance is the share of active units.
    """
    steered = Population("reflex", world, animals, seed=seed).steered
    senses = steered.observation_senses
    separator = _wired(animals, senses, seed)
    rng = np.random.default_rng(seed)
    one = rng.uniform(senses.low, senses.high, (animals, senses.size))
    mixes = np.linspace(0.0, 1.0, 11)
    other = rng.uniform(senses.low, senses.high, (animals, senses.size))
    first = _codes(separator, one)
    similar, common = [], []
    for mix in mixes:
        moment = (1.0 - mix) * one + mix * other
        scaled = [
            separator.scaling.scale(np.arange(animals), x.astype(np.float32), np.zeros((animals, 0), np.float32)).copy()
            for x in (one, moment)
        ]
        similar.append(1.0 - np.abs(scaled[0] - scaled[1]).mean(axis=1) / 2.0)
        common.append((first & _codes(separator, moment)).sum(axis=1) / separator.active_units)
    similarity, shared = np.stack(similar), np.stack(common)
    rank = np.array([stats.spearmanr(similarity[:, row], shared[:, row]).statistic for row in range(animals)])
    found = mean_interval((similarity - shared)[1:].mean(axis=0))
    details: dict[str, Any] = {
        "similarity of senses": similarity.mean(axis=1).tolist(),
        "overlap of codes": shared.mean(axis=1).tolist(),
        "rank correlation within an animal": float(rank.mean()),
        "share of active units": separator.active_units / separator.units,
    }
    monotone = bool((np.diff(shared.mean(axis=1)) <= 0.0).all())
    lower = bool((similarity.mean(axis=1) > shared.mean(axis=1))[1:].all())
    return Result(
        found["mean"], found["low"], found["high"], bool(monotone and lower and rank.mean() > 0.8), animals, details
    )


_BITS = 6
_TRIALS = 3000


def parity(animals: int, seed: int) -> Result:
    """P2: the parity of one pair of inputs, learned by the delta rule from the raw inputs and from the expansion."""
    senses = Senses(*(Sense(f"bit_{bit}", "1", -1.0, 1.0, "on or off") for bit in range(_BITS)))
    separator = _wired(animals, senses, seed, units=1000)
    rng = np.random.default_rng(seed)
    bits = rng.integers(2, size=(_TRIALS, animals, _BITS))
    noise = rng.normal(0.0, 0.1, bits.shape)
    raw = np.clip(2.0 * bits - 1.0 + noise, -1.0, 1.0)
    target = 2.0 * (bits[:, :, 0] ^ bits[:, :, 1]) - 1.0
    right = {}
    for name in ("raw inputs", "expansion"):
        weights = np.zeros((animals, _BITS + 1 if name == "raw inputs" else separator.units))
        hits = np.zeros(animals)
        for trial in range(_TRIALS):
            if name == "raw inputs":
                features = np.concatenate([raw[trial], np.ones((animals, 1))], axis=1) / (_BITS + 1)
            else:
                features = _codes(separator, raw[trial]) / separator.active_units
            output = (weights * features).sum(axis=1)
            weights += 0.5 * (target[trial] - output)[:, None] * features * (1 if name == "raw inputs" else 10)
            if trial >= _TRIALS - 500:
                hits += (output * target[trial] > 0.0) / 500
        right[name] = hits
    found = mean_interval(right["expansion"] - right["raw inputs"])
    details: dict[str, Any] = {f"right, from {name}": float(values.mean()) for name, values in right.items()}
    holds = right["expansion"].mean() > 0.9 and right["raw inputs"].mean() < 0.6 and found["low"] > 0.0
    return Result(found["mean"], found["low"], found["high"], bool(holds), animals, details)


_INPUTS, _BUDGET, _ACTIVE = 50, 4200, 0.05
_FAN_INS = (1, 2, 4, 7, 10, 15, 25, 40)


def fan_in(animals: int, seed: int) -> Result:
    """P3: random associations learned through random expansions of one number of synapses; and through plastic ones.

    50 inputs, 4,200 synapses, the 5% most driven units active; 120 noisy prototypes with random labels, a delta rule on the
    read-out. Dimension is (sum of eigenvalues)^2 / sum of squares of the code's covariance. Plastic input weights are trained by
    gradient descent through rectified units of the same masks, with 200 units for every fan-in, so that their synapses grow.
    """
    error, dimension, plastic = ({k: np.zeros(animals) for k in _FAN_INS} for _ in range(3))
    for animal in range(animals):
        rng = np.random.default_rng([seed, animal])
        prototypes, labels = rng.normal(size=(120, _INPUTS)), rng.choice([-1.0, 1.0], 120)
        draws = rng.integers(120, size=(2, 1500))
        train, test = (prototypes[draw] + rng.normal(0.0, 0.7, (1500, _INPUTS)) for draw in draws)
        for k in _FAN_INS:
            mask = np.argsort(rng.random((_BUDGET // k, _INPUTS)), axis=1)[:, :k]
            here, there = (_expanded(x, mask) for x in (train, test))
            spectrum = np.linalg.eigvalsh(np.cov(there[:600]))
            dimension[k][animal] = spectrum.sum() ** 2 / (spectrum**2).sum()
            weights = _delta_rule(here, labels[draws[0]])
            error[k][animal] = (np.sign(there @ weights) != labels[draws[1]]).mean()
            plastic[k][animal] = _plastic_error(rng, k, train[:800], labels[draws[0]][:800], test, labels[draws[1]])
    means = {k: float(values.mean()) for k, values in error.items()}
    best = min(means, key=lambda k: means[k])
    rise = mean_interval(error[_FAN_INS[-1]] - error[best])
    fall = mean_interval(error[_FAN_INS[0]] - error[best])
    details: dict[str, Any] = {
        "fan-in": list(map(float, _FAN_INS)),
        "error": list(means.values()),
        "dimension": [float(v.mean()) for v in dimension.values()],
        "error with plastic inputs": [float(v.mean()) for v in plastic.values()],
        "best fan-in": float(best),
        "error of the smallest fan-in above the best, low": fall["low"],
    }
    dense = mean_interval(plastic[_FAN_INS[-1]] - plastic[best])
    details |= {"plastic inputs: largest fan-in minus the best": dense["mean"], "plastic inputs, high": dense["high"]}
    holds = 4 <= best <= 10 and rise["low"] > 0.0 and fall["low"] > 0.0 and dense["low"] <= 0.0
    return Result(rise["mean"], rise["low"], rise["high"], bool(holds), animals, details)


def _expanded(x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(trials, units) 0 or 1: the 5% of units whose sampled inputs, less their mean, sum up highest."""
    drive = (x - x.mean(axis=1, keepdims=True))[:, mask].sum(axis=2)
    active = max(1, round(_ACTIVE * len(mask)))
    threshold = np.partition(drive, -active, axis=1)[:, -active][:, None]
    return (drive >= threshold).astype(float)


def _delta_rule(code: np.ndarray, labels: np.ndarray, passes: int = 10) -> np.ndarray:
    weights = np.zeros(code.shape[1])
    for _ in range(passes):
        for features, label in zip(code, labels, strict=True):
            weights += 0.3 * (label - weights @ features) * features / max(1.0, features.sum())
    return weights


def _plastic_error(
    rng: np.random.Generator, k: int, x: np.ndarray, labels: np.ndarray, test: np.ndarray, there: np.ndarray
) -> float:
    units = 200
    mask = np.zeros((units, _INPUTS))
    np.put_along_axis(mask, np.argsort(rng.random((units, _INPUTS)), axis=1)[:, :k], 1.0, axis=1)
    inner, outer = rng.normal(size=(units, _INPUTS)) * mask / np.sqrt(k), np.zeros(units)
    share = 1.0 / np.sqrt(units)
    for _ in range(400):
        hidden = share * np.maximum(0.0, x @ inner.T)
        off = (hidden @ outer - labels) / len(x)
        back = share * (off[:, None] * outer) * (hidden > 0.0)
        outer -= 1.0 * hidden.T @ off
        inner -= 4.0 * (back.T @ x) * mask
    assert np.isfinite(inner).all(), "gradient descent diverged, so that errors would mean nothing"
    return float((np.sign(share * np.maximum(0.0, test @ inner.T) @ outer) != there).mean())


EXPERIMENTS = (
    *(
        Experiment(
            f"P1{letter}",
            world,
            "Codes of two moments overlap less than the moments themselves, the more so the less alike these are",
            "similarity minus overlap above 0 and falling overlap at every step, rank correlation above .8",
            "Dasgupta et al. 2017; Cayco-Gajic and Silver 2019",
            partial(overlap, world=world),
            64,
        )
        for letter, world in WORLDS.items()
    ),
    Experiment(
        "P2",
        "LoomingEscape",
        "A fixed random expansion with a delta rule solves the parity of a pair, which raw inputs cannot",
        "right above .9 from the expansion, below .6 from raw inputs",
        "Marr 1969; Litwin-Kumar et al. 2017",
        parity,
        32,
    ),
    Experiment(
        "P3",
        "LoomingEscape",
        "With a fixed number of synapses the error is lowest at a fan-in of 4 to 10; with plastic inputs dense wiring is no worse",
        "best fan-in 4 to 10, both ends above it; dense not above it with plastic inputs",
        "Litwin-Kumar et al. 2017",
        fan_in,
        8,
        "dimension is largest at the anatomical fan-in, about 4 in granule cells and 7 in Kenyon cells",
        slow=True,
    ),
)
