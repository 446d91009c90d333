"""Experiments on LoomingEscape: L1 to L8, and the test of birth (H1) in this world.

Stimuli are shown to newborn animals at 50 steps a second, so that reaction times are finer than the world's usual step. Bounds of
the criteria are ordinal or come with their source.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import scipy

from benchmark.experiments.criterion import (
    above,
    below,
    surely_above,
    surely_at_most,
    surely_below,
    true,
    within_or_at,
)
from benchmark.experiments.experiment import Experiment, Score
from benchmark.experiments.hand_over import AS_GOOD_AS_REFLEXES, newborns, score_of_newborns
from benchmark.laboratory.lives import ESSAY, life_by_age
from benchmark.laboratory.looming import WORLD, Responses, in_the_open, laboratory, present, wait
from benchmark.results.statistics import difference_of_shares, mean_interval, share
from steering.detectors import LoomingDetector


def first_exposure(animals: int, seed: int) -> dict[str, np.ndarray]:
    """One stimulus a group of newborns, no experience: who reacted, (animals,) bool for each stimulus."""
    reacted = {}
    for index, kind in enumerate((None, "strike", "white", "receding", "below")):
        population = laboratory(animals, seed + index * animals)
        in_the_open(population)
        wait(population, 1.0)
        stimulus: dict[str, Any] = {"kind": kind, "contrast": -0.9 if kind == "white" else 0.9} if kind else {}
        seen = present(population, **stimulus)
        reacted[kind or "nothing"] = seen.fled | seen.froze
    return reacted


def score_of_first_exposure(reacted: dict[str, np.ndarray]) -> Score:
    """Shares that flee or freeze, against no stimulus."""
    shares = {kind: share(flags)["mean"] for kind, flags in reacted.items()}
    return Score(
        headline="reactions to a dark loom minus those to nothing",
        measures={
            "reactions to a dark loom minus those to nothing": difference_of_shares(reacted["strike"], reacted["nothing"]),
            "reactions to any other disc minus those to nothing": max(
                shares[kind] - shares["nothing"] for kind in ("white", "receding", "below")
            ),
        },
        n=len(reacted["nothing"]),
        details={f"P(flee or freeze) to {kind}": value for kind, value in shares.items()},
    )


def sweep_or_loom(animals: int, seed: int) -> dict[str, Responses]:
    """Two groups of newborns, one stimulus each."""
    seen = {}
    for index, kind in enumerate(("strike", "sweep")):
        population = laboratory(animals, seed + index * animals)
        wait(population, 0.5)
        in_the_open(population)
        seen[kind] = present(population, seconds=4.2, kind=kind, contrast=0.9)
    return seen


def score_of_sweep_or_loom(seen: dict[str, Responses]) -> Score:
    """Flight minus freezing, for each stimulus."""
    choice = {kind: s.fled.astype(float) - s.only_froze for kind, s in seen.items()}
    details: dict[str, Any] = {}
    for kind, s in seen.items():
        details[f"P(flight) to {kind}"] = float(s.fled.mean())
        details[f"P(freezing without flight) to {kind}"] = float(s.only_froze.mean())
    return Score(
        headline="choice at a loom minus choice at a sweep",
        measures={
            "choice at a loom minus choice at a sweep": difference_of_shares(choice["strike"], choice["sweep"], least=-1.0),
            "flight minus freezing at a loom": float(choice["strike"].mean()),
            "flight minus freezing at a sweep": float(choice["sweep"].mean()),
        },
        n=len(choice["strike"]),
        details=details,
    )


CONTRASTS = (0.2, 0.35, 0.5, 0.7, 0.9)


def contrast_law(animals: int, seed: int) -> list[Responses]:
    """One contrast a group of newborns."""
    seen = []
    for index, contrast in enumerate(CONTRASTS):
        population = laboratory(animals, seed + index * animals)
        wait(population, 0.5)
        in_the_open(population)
        seen.append(present(population, kind="strike", contrast=contrast, size_over_speed=0.2))
    return seen


def score_of_contrast_law(seen: list[Responses]) -> Score:
    """Rank correlations of escape with contrast, and the spread of latency at each contrast."""
    levels = np.repeat(CONTRASTS, len(seen[0].fled))
    fled = np.concatenate([s.fled for s in seen])
    latency, vigour = np.concatenate([s.latency for s in seen]), np.concatenate([s.vigour for s in seen])
    tests = {
        "P(escape)": scipy.stats.spearmanr(levels, fled),
        "vigour": scipy.stats.spearmanr(levels[fled], vigour[fled]),
        "latency": scipy.stats.spearmanr(levels[fled], latency[fled]),
    }
    enough = [s for s in seen if s.fled.sum() >= 10]
    spread = [float(np.std(s.latency[s.fled])) for s in enough]
    narrows = (
        len(spread) >= 3 and scipy.stats.spearmanr(range(len(spread)), spread).statistic < 0.0 and spread[-1] < spread[0]
    )
    details: dict[str, Any] = {f"Spearman of {name}": float(test.statistic) for name, test in tests.items()}
    details |= {f"p of {name}": float(test.pvalue) for name, test in tests.items()}
    details |= {
        "contrasts": list(CONTRASTS),
        "P(escape)": [float(s.fled.mean()) for s in seen],
        "SD of latency (s)": spread,
        "mean latency (s)": [float(np.mean(s.latency[s.fled])) for s in enough],
        "mean vigour": [float(np.mean(s.vigour[s.fled])) for s in enough],
    }
    weakest = min(tests.values(), key=lambda test: abs(test.statistic))
    size = abs(float(weakest.statistic))
    bounds = np.tanh(np.arctanh(size) + np.array([-1.96, 1.96]) / math.sqrt(fled.sum() - 3))
    return Score(
        headline="size of the weakest rank correlation with contrast",
        measures={
            "size of the weakest rank correlation with contrast": {
                "mean": size,
                "low": float(bounds[0]),
                "high": float(bounds[1]),
            },
            **{f"rank correlation of {name} with contrast": float(test.statistic) for name, test in tests.items()},
            **{f"p of {name}": float(test.pvalue) for name, test in tests.items()},
            "the spread of latency falls with contrast": narrows,
        },
        n=len(levels),
        details=details,
    )


def shelter_memory(animals: int, seed: int) -> dict[str, Responses]:
    """One visit of at most 20 s, then a loom with the shelter imperceptible; no visit; shelter gone; inside it."""
    loom: dict[str, Any] = {"kind": "strike", "contrast": 0.5, "size_over_speed": 0.2}
    visited = laboratory(animals, seed)
    wait(visited, 15.0)
    visited.world.manipulate("hide_shelter")
    in_the_open(visited)
    seen = {"visit": present(visited, **loom)}
    naive = laboratory(animals, seed)
    naive.world.manipulate("hide_shelter")
    in_the_open(naive)
    seen["no visit"] = present(naive, **loom)
    removed = laboratory(animals, seed)
    wait(removed, 15.0)
    removed.world.manipulate("remove_shelter")
    wait(removed, 20.0)
    in_the_open(removed)
    seen["shelter removed"] = present(removed, **loom)
    inside = laboratory(animals, seed)
    wait(inside, 1.0)
    seen["inside"] = present(inside, loudness=0.9)
    return seen


def score_of_shelter_memory(seen: dict[str, Responses]) -> Score:
    """Error of heading after a visit; freezing with and without a memory of the shelter; flight inside it."""
    visit, no_visit, inside = seen["visit"], seen["no visit"], seen["inside"]
    error = _angle_between(visit.moved, visit.shelter)
    heading = mean_interval(np.degrees(error[np.isfinite(error)]))
    frozen = {name: seen[name].only_froze for name in ("visit", "no visit", "shelter removed")}
    without_visit, without_shelter = (
        difference_of_shares(frozen[name], frozen["visit"]) for name in ("no visit", "shelter removed")
    )
    details: dict[str, Any] = {f"P(freezing without flight), {name}": float(flags.mean()) for name, flags in frozen.items()}
    details |= {
        "P(flight) after a visit": float(visit.fled.mean()),
        "P(flight) inside the shelter to an alarming sound": float(inside.fled.mean()),
        "rise of freezing without a visit, lower bound": without_visit["low"],
        "rise of freezing without the shelter, lower bound": without_shelter["low"],
        "mean heading error without a visit (degrees)": _mean_degrees(no_visit),
    }
    return Score(
        headline="mean heading error after a visit (degrees)",
        measures={
            "mean heading error after a visit (degrees)": heading,
            "rise of freezing without a visit": without_visit,
            "rise of freezing without the shelter": without_shelter,
            "P(flight) inside the shelter": float(inside.fled.mean()),
        },
        n=len(visit.fled),
        details=details,
    )


def _angle_between(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    lengths = np.hypot(*one.T) * np.hypot(*other.T)
    return np.arccos(np.clip((one * other).sum(axis=1) / lengths, -1.0, 1.0))


def _mean_degrees(seen: Responses) -> float:
    error = _angle_between(seen.moved, seen.shelter)
    return float(np.degrees(np.nanmean(error))) if np.isfinite(error).any() else float("nan")


def circuit_lesions(animals: int, seed: int) -> dict[str, Responses]:
    """The same loom, intact and with one innate part removed."""
    seen = {}
    for part in (None, "flight_threshold", "looming_detector"):
        population = laboratory(animals, seed)
        if part is not None:
            population.lesion(part)
        wait(population, 0.5)
        in_the_open(population)
        seen[part or "intact"] = present(population, kind="strike", contrast=0.9)
    return seen


def score_of_circuit_lesions(seen: dict[str, Responses]) -> Score:
    """Flight and freezing with each part removed."""
    intact, no_threshold, blind = seen["intact"], seen["flight_threshold"], seen["looming_detector"]
    details: dict[str, Any] = {f"P(flight), {name}": float(s.fled.mean()) for name, s in seen.items()}
    details |= {f"P(freezing without flight), {name}": float(s.only_froze.mean()) for name, s in seen.items()}
    return Score(
        headline="rise of freezing without the flight threshold",
        measures={
            "rise of freezing without the flight threshold": difference_of_shares(
                no_threshold.only_froze, intact.only_froze
            ),
            "P(flight) without the flight threshold": float(no_threshold.fled.mean()),
            "P(flee or freeze) without the looming detector": float((blind.fled | blind.froze).mean()),
            "P(flight) of the intact": float(intact.fled.mean()),
        },
        n=len(intact.fled),
        details=details,
    )


def learned_suppression(animals: int, seed: int) -> dict[str, np.ndarray]:
    """24 graded harmless looms, with the last full flight 24 h or 0.2 h ago; test after a day and after two weeks."""
    test: dict[str, Any] = {"kind": "strike", "contrast": 0.6, "size_over_speed": 0.2}
    fled = {}
    for name, hours in (("untrained", None), ("trained", 24.0), ("trained after a recent flight", 0.2)):
        population = laboratory(animals, seed)
        steering = population.steered.steering
        wait(population, 0.5)
        if hours is not None:
            for exposure in range(24):
                in_the_open(population)
                steering.set_variable("seconds_since_flight", hours * 3600.0)
                present(population, seconds=4.5, kind="strike", contrast=0.15 + 0.015 * exposure, size_over_speed=0.2)
        for delay, days in (("a day later", 1.0), ("two weeks later", 14.0)):
            steering.set_variable("seconds_since_flight", days * 86400.0)
            in_the_open(population)
            fled[f"{name}, {delay}"] = present(population, seconds=4.5, **test).fled
        in_the_open(population)
        fled[f"{name}, sound"] = present(population, loudness=0.9).fled
    return fled


def score_of_learned_suppression(fled: dict[str, np.ndarray]) -> Score:
    """P(escape) of the trained, against half of what it is untrained; to a sound; and after a recent flight."""
    untrained, trained = fled["untrained, a day later"], fled["trained, a day later"]
    half = 0.5 * untrained.mean()
    return Score(
        headline="fall of P(escape) by training",
        measures={
            "fall of P(escape) by training": difference_of_shares(untrained, trained),
            **{
                f"P(escape) {delay} minus half of P(escape) untrained": float(fled[f"trained, {delay}"].mean() - half)
                for delay in ("a day later", "two weeks later")
            },
            "P(escape) from a sound minus 0.8 of that untrained": float(
                fled["trained, sound"].mean() - 0.8 * fled["untrained, sound"].mean()
            ),
            "P(escape) of those trained after a recent flight minus the trained": difference_of_shares(
                fled["trained after a recent flight, a day later"], trained
            ),
        },
        n=len(untrained),
        details={f"P(escape), {key}": float(value.mean()) for key, value in fled.items()},
    )


def eta_timing(trials: int, seed: int) -> tuple[float, np.ndarray, list[float]]:
    """Time of the detector's peak before contact against l/|v| from 10 to 50 ms; no animals, no noise."""
    dt = 1e-4
    detector = LoomingDetector(dt)
    ratios = np.linspace(0.010, 0.050, 9)
    peaks = []
    for ratio in ratios:
        history = np.zeros((detector.memory, 2))
        left = np.arange(1.0, dt, -dt)
        size, growth = 2.0 * np.arctan(ratio / left), 2.0 * ratio / (left**2 + ratio**2)
        response = [detector.respond(history, s, g) for s, g in zip(size, growth, strict=True)]
        peaks.append(left[int(np.argmax(response))])
    return detector.eta.alpha, ratios, peaks


def score_of_eta_timing(measured: tuple[float, np.ndarray, list[float]]) -> Score:
    """A straight line through the times of the peaks."""
    alpha, ratios, peaks = measured
    fit = scipy.stats.linregress(ratios, peaks)
    margin, relative = 1.96 * fit.stderr / alpha, fit.slope / alpha
    slope = {"mean": float(relative), "low": float(relative - margin), "high": float(relative + margin)}
    return Score(
        headline="slope over alpha",
        measures={
            "slope over alpha": slope,
            "slope over alpha, minus 1": float(relative - 1.0),
            "r squared": float(fit.rvalue**2),
        },
        n=len(ratios),
        details={
            "r squared": float(fit.rvalue**2),
            "slope": float(fit.slope),
            "alpha": alpha,
            "intercept (s)": float(fit.intercept),
        },
    )


_LIFE_DAYS = 60


def captures(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals, ages) captures per 1000 steps of the whole animal and of the reflex alone on the same seeds, over whole lives."""
    rates = {}
    for agent in ("steered", "reflex"):
        curves = life_by_age(agent, WORLD, animals, seed, _LIFE_DAYS)[1]
        rates[agent] = 1000.0 * curves["deaths"] / curves["steps"]
    return rates


def score_of_captures(rates: dict[str, np.ndarray]) -> Score:
    """The age at which the whole animal fares worst against the reflex."""
    difference = rates["steered"] - rates["reflex"]
    by_age = [mean_interval(difference[:, age]) for age in range(difference.shape[1])]
    details = {f"captures per 1000 steps, {agent}": rate.mean(axis=0).tolist() for agent, rate in rates.items()}
    worst = max(by_age, key=lambda interval: interval["high"])
    return Score(
        "more captures than the reflex, at the worst tenth of life",
        {"more captures than the reflex, at the worst tenth of life": worst},
        len(difference),
        details,
    )


EXPERIMENTS = (
    Experiment(
        id="L1",
        world=WORLD,
        claim="Newborns flee or freeze at the first dark overhead loom; not at white, receding or below-horizon discs",
        source="Yilmaz and Meister 2013",
        protocol=first_exposure,
        score=score_of_first_exposure,
        criterion=(
            surely_above("reactions to a dark loom minus those to nothing"),
            below("reactions to any other disc minus those to nothing", 0.1),
        ),
        animals=200,
        published="escape within 1 s or long freezing; white discs, and discs from below, much less effective",
    ),
    Experiment(
        id="L2",
        world=WORLD,
        claim="A sweeping small disc makes them freeze, a looming disc makes them flee",
        source="De Franceschi et al. 2016",
        protocol=sweep_or_loom,
        score=score_of_sweep_or_loom,
        criterion=(
            surely_above("choice at a loom minus choice at a sweep"),
            above("flight minus freezing at a loom"),
            below("flight minus freezing at a sweep"),
        ),
        animals=200,
        published="a disc that sweeps makes mice freeze, one that expands makes them flee",
    ),
    Experiment(
        id="L3",
        world=WORLD,
        claim="With contrast, escape probability and vigour rise, and mean and spread of reaction time fall",
        source="Evans et al. 2018",
        protocol=contrast_law,
        score=score_of_contrast_law,
        criterion=(
            above("rank correlation of P(escape) with contrast"),
            above("rank correlation of vigour with contrast"),
            below("rank correlation of latency with contrast"),
            *(below(f"p of {name}", 0.01) for name in ("P(escape)", "vigour", "latency")),
            true("the spread of latency falls with contrast"),
        ),
        animals=200,
        published="probability and vigour rise with contrast, reaction time falls",
    ),
    Experiment(
        id="L4",
        world=WORLD,
        claim="After one visit of at most 20 s flight heads for the unseen shelter; without visit or shelter freezing rises",
        source="Vale et al. 2017",
        protocol=shelter_memory,
        score=score_of_shelter_memory,
        criterion=(
            surely_below("mean heading error after a visit (degrees)", 45.0),
            surely_above("rise of freezing without a visit"),
            surely_above("rise of freezing without the shelter"),
            below("P(flight) inside the shelter", 0.05),
        ),
        animals=200,
        published="one visit under 20 s suffices; escape to the unseen shelter; none when inside; freezing when it is gone",
    ),
    Experiment(
        id="L5",
        world=WORLD,
        claim="Without the flight threshold flight becomes freezing; without the looming detector both vanish",
        source="Evans et al. 2018",
        protocol=circuit_lesions,
        score=score_of_circuit_lesions,
        criterion=(
            surely_above("rise of freezing without the flight threshold"),
            below("P(flight) without the flight threshold", 0.05),
            below("P(flee or freeze) without the looming detector", 0.1),
            above("P(flight) of the intact", 0.1),
        ),
        animals=200,
        published="silencing dPAG turns flight to freezing, silencing medial SC abolishes defence",
    ),
    Experiment(
        id="L6",
        world=WORLD,
        claim="Graded harmless looms suppress escape for weeks, only for looms, and not soon after a full flight",
        source="Lenzi et al. 2022",
        protocol=learned_suppression,
        score=score_of_learned_suppression,
        criterion=(
            surely_above("fall of P(escape) by training"),
            below("P(escape) a day later minus half of P(escape) untrained"),
            below("P(escape) two weeks later minus half of P(escape) untrained"),
            above("P(escape) from a sound minus 0.8 of that untrained"),
            surely_above("P(escape) of those trained after a recent flight minus the trained"),
        ),
        animals=200,
        published="lasts weeks; flight from sound and from live prey intact; depends on recent escapes",
        slow=True,
    ),
    Experiment(
        id="L7",
        world=WORLD,
        claim="The time of the looming detector's peak is linear in l/|v| with slope alpha",
        source="Gabbiani et al. 1999",
        protocol=eta_timing,
        score=score_of_eta_timing,
        criterion=(
            above("r squared", 0.95),
            within_or_at("slope over alpha, minus 1", 0.1),
        ),
        animals=9,
        published="the peak of eta is linear in l/|v| with slope alpha",
    ),
    Experiment(
        id="L8",
        world=WORLD,
        claim="Learning never costs lives: the whole animal is captured no more often than the reflex, at any age",
        source="chosen",
        protocol=captures,
        score=score_of_captures,
        criterion=(surely_at_most("more captures than the reflex, at the worst tenth of life"),),
        animals=64,
        slow=True,
    ),
    Experiment(
        id="H1",
        world=WORLD,
        claim="At birth the whole animal is as good as its reflexes and the learner alone is at chance",
        source=ESSAY,
        protocol=partial(newborns, world=WORLD, days=1),
        score=score_of_newborns,
        criterion=AS_GOOD_AS_REFLEXES,
        animals=512,
        slow=True,
    ),
)
