"""Experiments on pattern separation (P1 to P3): what a wide, fixed, sparse, locally random expansion is good for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy

from agents.population import Population
from benchmark.experiments.criterion import (
    MARGIN,
    above,
    at_least,
    at_most,
    below,
    surely_above,
    surely_below,
    true,
)
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.lives import WORLDS
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
    """(animals, units) 0 or 1: what is active for an observation (animals, size)."""
    rows = np.arange(len(observation))
    active = np.zeros((len(observation), separator.active_units), np.int32)
    separator.encode(
        rows, np.ascontiguousarray(observation, np.float32), np.zeros((len(observation), 0), np.float32), active
    )
    code = np.zeros((len(observation), separator.units), bool)
    code[rows[:, None], active] = True
    return code


@dataclass(frozen=True)
class Overlap:
    """Codes of pairs of moments, from the same to unrelated.

    Attributes:
        similarity: (pairs, animals) 1 less the mean distance of scaled senses (half ranges, over 2).
        shared: (pairs, animals) share of active units that both moments have in common.
        chance: share of units that are active.
    """

    similarity: np.ndarray
    shared: np.ndarray
    chance: float


def overlap(animals: int, seed: int, world: str) -> Overlap:
    """Moments of a life and mixtures of them with others, each animal with its own wiring."""
    senses = Population("reflex", world, animals, seed=seed).steered.observation_senses
    separator = _wired(animals, senses, seed)
    rng = np.random.default_rng(seed)
    one, other = (rng.uniform(senses.low, senses.high, (animals, senses.size)) for _ in range(2))
    first = _codes(separator, one)
    similar, common = [], []
    for mix in np.linspace(0.0, 1.0, 11):
        moment = (1.0 - mix) * one + mix * other
        scaled = [
            separator.scaling.scale(np.arange(animals), x.astype(np.float32), np.zeros((animals, 0), np.float32)).copy()
            for x in (one, moment)
        ]
        similar.append(1.0 - np.abs(scaled[0] - scaled[1]).mean(axis=1) / 2.0)
        common.append((first & _codes(separator, moment)).sum(axis=1) / separator.active_units)
    return Overlap(np.stack(similar), np.stack(common), separator.active_units / separator.units)


def score_of_overlap(found: Overlap) -> Score:
    """How far overlap stays below similarity, and how it falls with it."""
    similarity, shared = found.similarity, found.shared
    animals = similarity.shape[1]
    rank = np.array([scipy.stats.spearmanr(similarity[:, row], shared[:, row]).statistic for row in range(animals)])
    return Score(
        headline="similarity of moments minus overlap of codes",
        measures={
            "similarity of moments minus overlap of codes": mean_interval((similarity - shared)[1:].mean(axis=0)),
            "overlap falls at every step": bool((np.diff(shared.mean(axis=1)) <= 0.0).all()),
            "overlap is below similarity at every step": bool((similarity.mean(axis=1) > shared.mean(axis=1))[1:].all()),
            "rank correlation within an animal": float(rank.mean()),
        },
        n=animals,
        details={
            "similarity of senses": similarity.mean(axis=1).tolist(),
            "overlap of codes": shared.mean(axis=1).tolist(),
            "rank correlation within an animal": float(rank.mean()),
            "share of active units": found.chance,
        },
    )


_BITS = 6
_TRIALS = 3000


def parity(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) share right of the last 500 trials: the parity of a pair by the delta rule, from raw inputs and from the expansion."""
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
    return right


def score_of_parity(right: dict[str, np.ndarray]) -> Score:
    """The expansion against raw inputs."""
    shares = {f"right, from {name}": float(values.mean()) for name, values in right.items()}
    name = "right from the expansion minus right from raw inputs"
    gain = right["expansion"] - right["raw inputs"]
    return Score(name, {name: mean_interval(gain), **shares}, len(gain), shares)


_INPUTS, _BUDGET, _ACTIVE = 50, 4200, 0.05
_FAN_INS = (1, 2, 4, 7, 10, 15, 25, 40)


Errors = dict[str, dict[int, np.ndarray]]


def fan_in(animals: int, seed: int) -> Errors:
    """Random associations learned through random expansions of one number of synapses; and through plastic ones.

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
    return {"error": error, "dimension": dimension, "error with plastic inputs": plastic}


def score_of_fan_in(errors: Errors) -> Score:
    """The best fan-in, and how much worse the smallest and the largest are."""
    error, plastic = errors["error"], errors["error with plastic inputs"]
    means = {k: float(values.mean()) for k, values in error.items()}
    best = min(means, key=lambda k: means[k])
    rise, fall = (mean_interval(error[_FAN_INS[end]] - error[best]) for end in (-1, 0))
    dense = mean_interval(plastic[_FAN_INS[-1]] - plastic[best])
    details: dict[str, Any] = {"fan-in": list(map(float, _FAN_INS))}
    details |= {name: [float(values.mean()) for values in by_fan_in.values()] for name, by_fan_in in errors.items()}
    details |= {
        "best fan-in": float(best),
        "error of the smallest fan-in above the best, low": fall["low"],
        "plastic inputs: largest fan-in minus the best": dense["mean"],
        "plastic inputs, high": dense["high"],
    }
    return Score(
        headline="error of the largest fan-in minus that of the best",
        measures={
            "error of the largest fan-in minus that of the best": rise,
            "error of the smallest fan-in minus that of the best": fall,
            "best fan-in": float(best),
            "error of the largest fan-in minus that of the best, plastic inputs": dense,
        },
        n=len(error[best]),
        details=details,
    )


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
            id=f"P1{letter}",
            world=world,
            claim="Codes of two moments overlap less than the moments themselves, the more so the less alike these are",
            source="Dasgupta et al. 2017; Cayco-Gajic and Silver 2019",
            protocol=partial(overlap, world=world),
            score=score_of_overlap,
            criterion=(
                true("overlap is below similarity at every step"),
                true("overlap falls at every step"),
                above("rank correlation within an animal", 0.8),
            ),
            animals=64,
        )
        for letter, world in WORLDS.items()
    ),
    Experiment(
        id="P2",
        world="LoomingEscape",
        claim="A fixed random expansion with a delta rule solves the parity of a pair, which raw inputs cannot",
        source="Marr 1969; Litwin-Kumar et al. 2017",
        protocol=parity,
        score=score_of_parity,
        criterion=(
            above("right, from expansion", 0.9),
            below("right, from raw inputs", 0.6),
            surely_above("right from the expansion minus right from raw inputs"),
        ),
        animals=32,
    ),
    Experiment(
        id="P3",
        world="LoomingEscape",
        claim="With a fixed number of synapses the error is lowest at a fan-in of 4 to 10; with plastic inputs dense wiring is no "
        "worse",
        source="Litwin-Kumar et al. 2017",
        protocol=fan_in,
        score=score_of_fan_in,
        criterion=(
            at_least("best fan-in", 4),
            at_most("best fan-in", 10),
            surely_above("error of the largest fan-in minus that of the best"),
            surely_above("error of the smallest fan-in minus that of the best"),
            surely_below("error of the largest fan-in minus that of the best, plastic inputs", MARGIN),
        ),
        animals=8,
        published="dimension is largest at the anatomical fan-in, about 4 in granule cells and 7 in Kenyon cells",
        slow=True,
    ),
)
