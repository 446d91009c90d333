"""Signatures of LoomingEscape: L1 to L8, and the tests of birth (H1) and of read-out exchange (P4) in this world.

Protocol, scoring and numbers; thresholds are ordinal or come with their source. Stimuli are shown to
newborn animals at 50 steps a second, so that reaction times are finer than the world's usual step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from agents.life import live
from agents.population import Population
from benchmark.experiments.experiment import Experiment, Result, difference_of_shares, share
from benchmark.results.curves import CurveRecorder
from benchmark.results.statistics import mean_interval
from benchmark.results.summary import day_fitness
from envs.looming_escape.world import ARENA
from steering.detectors import LoomingDetector
from steering.looming_escape import FLEE, FREEZE

WORLD = "LoomingEscape"
_FINE = 0.02
_OPEN = (0.6, 0.6)


@dataclass
class Responses:
    """What each animal did after a stimulus, (animals,) each.

    Attributes:
        fled, froze: whether it did, at any time of the trial.
        latency: seconds to the first step of flight; NaN without one.
        vigour: speed of the flight action as a share of full speed; NaN without one.
        moved: (animals, 2) metres moved in the first half second of flight.
        shelter: (animals, 2) metres from the start of the flight to the shelter.
    """

    fled: np.ndarray
    froze: np.ndarray
    latency: np.ndarray
    vigour: np.ndarray
    moved: np.ndarray
    shelter: np.ndarray


def _lab(animals: int, seed: int, agent: str = "steered") -> Population:
    """Newborn animals under a quiet sky, which cannot be killed and are not hungry."""
    population = Population(agent, WORLD, animals, seed=seed, dt=_FINE, max_episode_steps=10**9)
    world = population.world
    world.manipulate("quiet_sky")
    world.manipulate("spare")
    world.manipulate("feed", energy=1.0)
    return population


def _in_the_open(population: Population) -> None:
    """Put every animal 0.35 to 0.5 m from its shelter, towards the middle of the arena."""
    for row in range(population.animals):
        shelter = population.world.body.shelter[row]
        towards = np.array([0.5 * ARENA, 0.5 * ARENA]) - shelter
        x, y = shelter + 0.45 * towards / np.hypot(*towards)
        population.world.manipulate("place_at", [row], x=float(x), y=float(y))


def _present(population: Population, seconds: float = 3.2, **stimulus: Any) -> Responses:
    """Show a stimulus (none if empty, a sound with ``loudness``) and watch."""
    world, n = population.world, population.animals
    if "loudness" in stimulus:
        world.manipulate("alarm", **stimulus)
    elif stimulus:
        world.manipulate("present", **stimulus)
    blank = np.full(n, np.nan)
    seen = Responses(
        np.zeros(n, bool), np.zeros(n, bool), blank, blank.copy(), np.full((n, 2), np.nan), np.full((n, 2), np.nan)
    )
    start, since = np.zeros((n, 2)), np.full(n, -1)
    for step in range(round(seconds / _FINE)):
        reflex = population.steered.reflex
        assert reflex is not None
        fleeing = reflex.want == FLEE
        fresh = fleeing & ~seen.fled
        position = world.body.position
        start[fresh] = position[fresh]
        since[fresh] = step
        seen.latency[fresh] = step * _FINE
        seen.shelter[fresh] = (world.body.shelter - position)[fresh]
        seen.fled |= fleeing
        seen.froze |= reflex.want == FREEZE
        speed = np.hypot(reflex.action[:, 0], reflex.action[:, 1])
        seen.vigour[fleeing] = np.fmax(seen.vigour, speed)[fleeing]
        population.tick()
        arrived = seen.fled & (since == step - round(0.5 / _FINE))
        seen.moved[arrived] = (position - start)[arrived]
    return seen


def _rest(population: Population, seconds: float) -> None:
    live(population, round(seconds / _FINE))


def first_exposure(animals: int, seed: int) -> Result:
    """L1: one stimulus a group of newborns, no experience."""
    reacted = {}
    for index, kind in enumerate((None, "strike", "white", "receding", "below")):
        population = _lab(animals, seed + index * animals)
        _in_the_open(population)
        _rest(population, 1.0)
        stimulus: dict[str, Any] = {"kind": kind, "contrast": -0.9 if kind == "white" else 0.9} if kind else {}
        seen = _present(population, **stimulus)
        reacted[kind or "nothing"] = seen.fled | seen.froze
    shares = {kind: share(flags) for kind, flags in reacted.items()}
    effect, low, high = difference_of_shares(reacted["strike"], reacted["nothing"])
    others = max(shares[kind][0] - shares["nothing"][0] for kind in ("white", "receding", "below"))
    details: dict[str, Any] = {f"P(flee or freeze) to {kind}": value[0] for kind, value in shares.items()}
    return Result(effect, low, high, low > 0.0 and others < 0.1, animals, details)


def sweep_or_loom(animals: int, seed: int) -> Result:
    """L2: the same newborns' choice between flight and freezing, for two stimuli."""
    choice: dict[str, np.ndarray] = {}
    details: dict[str, Any] = {}
    for index, kind in enumerate(("strike", "sweep")):
        population = _lab(animals, seed + index * animals)
        _rest(population, 0.5)
        _in_the_open(population)
        seen = _present(population, seconds=4.2, kind=kind, contrast=0.9)
        choice[kind] = seen.fled.astype(float) - (seen.froze & ~seen.fled)
        details[f"P(flight) to {kind}"] = float(seen.fled.mean())
        details[f"P(freezing without flight) to {kind}"] = float((seen.froze & ~seen.fled).mean())
    effect, low, high = difference_of_shares(choice["strike"], choice["sweep"])
    reverses = choice["strike"].mean() > 0.0 > choice["sweep"].mean()
    return Result(effect, low, high, bool(low > 0.0 and reverses), animals, details)


def contrast_law(animals: int, seed: int) -> Result:
    """L3: escape against contrast; one contrast a group."""
    contrasts = (0.2, 0.35, 0.5, 0.7, 0.9)
    seen, level = [], []
    for index, contrast in enumerate(contrasts):
        population = _lab(animals, seed + index * animals)
        _rest(population, 0.5)
        _in_the_open(population)
        seen.append(_present(population, kind="strike", contrast=contrast, size_over_speed=0.2))
        level.append(np.full(animals, contrast))
    levels = np.concatenate(level)
    fled = np.concatenate([s.fled for s in seen])
    latency, vigour = np.concatenate([s.latency for s in seen]), np.concatenate([s.vigour for s in seen])
    tests = {
        "P(escape)": stats.spearmanr(levels, fled),
        "vigour": stats.spearmanr(levels[fled], vigour[fled]),
        "latency": stats.spearmanr(levels[fled], latency[fled]),
    }
    enough = [s for s in seen if s.fled.sum() >= 10]
    spread = [float(np.std(s.latency[s.fled])) for s in enough]
    signs = tests["P(escape)"].statistic > 0 < tests["vigour"].statistic and tests["latency"].statistic < 0
    significant = all(test.pvalue < 0.01 for test in tests.values())
    narrows = len(spread) >= 3 and stats.spearmanr(range(len(spread)), spread).statistic < 0.0 and spread[-1] < spread[0]
    details: dict[str, Any] = {f"Spearman of {name}": float(test.statistic) for name, test in tests.items()}
    details |= {f"p of {name}": float(test.pvalue) for name, test in tests.items()}
    details |= {
        "contrasts": list(contrasts),
        "P(escape)": [float(s.fled.mean()) for s in seen],
        "SD of latency (s)": spread,
    }
    details["mean latency (s)"] = [float(np.mean(s.latency[s.fled])) for s in enough]
    details["mean vigour"] = [float(np.mean(s.vigour[s.fled])) for s in enough]
    weakest = min(tests.values(), key=lambda test: abs(test.statistic))
    bound = np.tanh(np.arctanh(abs(weakest.statistic)) + np.array([-1.96, 1.96]) / math.sqrt(fled.sum() - 3))
    return Result(
        abs(float(weakest.statistic)),
        float(bound[0]),
        float(bound[1]),
        bool(signs and significant and narrows),
        animals * len(contrasts),
        details,
    )


def shelter_memory(animals: int, seed: int) -> Result:
    """L4: one visit of at most 20 s, then a loom with the shelter imperceptible; no visit; shelter gone; inside it."""
    loom: dict[str, Any] = {"kind": "strike", "contrast": 0.5, "size_over_speed": 0.2}
    visited = _lab(animals, seed)
    _rest(visited, 15.0)
    visited.world.manipulate("hide_shelter")
    _in_the_open(visited)
    after_visit = _present(visited, **loom)
    naive = _lab(animals, seed)
    naive.world.manipulate("hide_shelter")
    _in_the_open(naive)
    without_visit = _present(naive, **loom)
    removed = _lab(animals, seed)
    _rest(removed, 15.0)
    removed.world.manipulate("remove_shelter")
    _rest(removed, 20.0)
    _in_the_open(removed)
    without_shelter = _present(removed, **loom)
    inside = _lab(animals, seed)
    _rest(inside, 1.0)
    within = _present(inside, loudness=0.9)
    error = _angle_between(after_visit.moved, after_visit.shelter)
    known = np.isfinite(error)
    interval = mean_interval(np.degrees(error[known]))
    frozen = {"visit": after_visit, "no visit": without_visit, "shelter removed": without_shelter}
    only_froze = {name: seen.froze & ~seen.fled for name, seen in frozen.items()}
    rise = [difference_of_shares(only_froze[name], only_froze["visit"]) for name in ("no visit", "shelter removed")]
    details: dict[str, Any] = {
        f"P(freezing without flight), {name}": float(flags.mean()) for name, flags in only_froze.items()
    }
    details |= {
        "P(flight) after a visit": float(after_visit.fled.mean()),
        "P(flight) inside the shelter to an alarming sound": float(within.fled.mean()),
        "rise of freezing without a visit, lower bound": rise[0][1],
        "rise of freezing without the shelter, lower bound": rise[1][1],
        "mean heading error without a visit (degrees)": _mean_degrees(without_visit),
    }
    holds = interval["high"] < 45.0 and all(low > 0.0 for _, low, _ in rise) and within.fled.mean() < 0.05
    return Result(interval["mean"], interval["low"], interval["high"], bool(holds), animals, details)


def _angle_between(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    lengths = np.hypot(*one.T) * np.hypot(*other.T)
    return np.arccos(np.clip((one * other).sum(axis=1) / lengths, -1.0, 1.0))


def _mean_degrees(seen: Responses) -> float:
    error = _angle_between(seen.moved, seen.shelter)
    return float(np.degrees(np.nanmean(error))) if np.isfinite(error).any() else float("nan")


def circuit_lesions(animals: int, seed: int) -> Result:
    """L5: the same loom, intact and with one innate part removed."""
    seen = {}
    for part in (None, "flight_threshold", "looming_detector"):
        population = _lab(animals, seed)
        if part is not None:
            population.lesion(part)
        _rest(population, 0.5)
        _in_the_open(population)
        seen[part or "intact"] = _present(population, kind="strike", contrast=0.9)
    intact, no_threshold, blind = seen["intact"], seen["flight_threshold"], seen["looming_detector"]
    froze = {name: s.froze & ~s.fled for name, s in seen.items()}
    effect, low, high = difference_of_shares(froze["flight_threshold"], froze["intact"])
    details: dict[str, Any] = {f"P(flight), {name}": float(s.fled.mean()) for name, s in seen.items()}
    details |= {f"P(freezing without flight), {name}": float(flags.mean()) for name, flags in froze.items()}
    holds = low > 0.0 and no_threshold.fled.mean() < 0.05 and (blind.fled | blind.froze).mean() < 0.1 < intact.fled.mean()
    return Result(effect, low, high, bool(holds), animals, details)


def learned_suppression(animals: int, seed: int) -> Result:
    """L6: 24 graded harmless looms, with the last full flight 24 h or 0.2 h ago; test after a day and after two weeks."""
    test: dict[str, Any] = {"kind": "strike", "contrast": 0.6, "size_over_speed": 0.2}
    fled = {}
    for name, hours in (("untrained", None), ("trained", 24.0), ("trained after a recent flight", 0.2)):
        population = _lab(animals, seed)
        steering = population.steered.steering
        _rest(population, 0.5)
        if hours is not None:
            for exposure in range(24):
                _in_the_open(population)
                steering.set_variable("seconds_since_flight", hours * 3600.0)
                _present(population, seconds=4.5, kind="strike", contrast=0.15 + 0.015 * exposure, size_over_speed=0.2)
        for delay, days in (("a day later", 1.0), ("two weeks later", 14.0)):
            steering.set_variable("seconds_since_flight", days * 86400.0)
            _in_the_open(population)
            fled[f"{name}, {delay}"] = _present(population, seconds=4.5, **test).fled
        _in_the_open(population)
        fled[f"{name}, sound"] = _present(population, loudness=0.9).fled
    details: dict[str, Any] = {f"P(escape), {key}": float(value.mean()) for key, value in fled.items()}
    untrained = fled["untrained, a day later"]
    drop, low, high = difference_of_shares(untrained, fled["trained, a day later"])
    halves = all(fled[f"trained, {delay}"].mean() < 0.5 * untrained.mean() for delay in ("a day later", "two weeks later"))
    specific = fled["trained, sound"].mean() > 0.8 * fled["untrained, sound"].mean()
    history = (
        difference_of_shares(fled["trained after a recent flight, a day later"], fled["trained, a day later"])[1] > 0.0
    )
    return Result(drop, low, high, bool(low > 0.0 and halves and specific and history), animals, details)


def eta_timing(animals: int, seed: int) -> Result:
    """L7: time of the detector's peak before contact against l/|v| from 10 to 50 ms; no animals, no noise."""
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
    fit = stats.linregress(ratios, peaks)
    margin = 1.96 * fit.stderr / detector.eta.alpha
    relative = fit.slope / detector.eta.alpha
    details: dict[str, Any] = {
        "r squared": float(fit.rvalue**2),
        "slope": float(fit.slope),
        "alpha": detector.eta.alpha,
        "intercept (s)": float(fit.intercept),
    }
    holds = fit.rvalue**2 > 0.95 and abs(relative - 1.0) <= 0.1
    return Result(float(relative), float(relative - margin), float(relative + margin), bool(holds), len(ratios), details)


_LIFETIME, _WINDOWS = 60_000, 10


def _lives(agent: str, animals: int, seed: int) -> tuple[Population, CurveRecorder]:
    population, recorder = Population(agent, WORLD, animals, seed=seed), CurveRecorder(animals, _LIFETIME, _WINDOWS)
    live(population, _LIFETIME, [recorder])
    return population, recorder


def learning_saves_lives(animals: int, seed: int) -> Result:
    """L8: captures of the whole animal and of the reflex alone on the same seeds, in ten windows of age."""
    rates = {}
    for agent in ("steered", "reflex"):
        curves = _lives(agent, animals, seed)[1].curves
        rates[agent] = 1000.0 * curves["deaths"] / curves["steps"]
    by_age = [mean_interval((rates["steered"] - rates["reflex"])[:, window]) for window in range(_WINDOWS)]
    worst = max(by_age, key=lambda interval: interval["high"])
    details: dict[str, Any] = {
        "captures per 1000 steps, steered": rates["steered"].mean(axis=0).tolist(),
        "captures per 1000 steps, reflex": rates["reflex"].mean(axis=0).tolist(),
    }
    return Result(worst["mean"], worst["low"], worst["high"], worst["high"] <= 0.0, animals, details)


def _days(agent: str, animals: int, seed: int, days: int, frozen: bool = True) -> np.ndarray:
    """(animals,) fitness of the first days of life, without plasticity if ``frozen``."""
    population = Population(agent, WORLD, animals, seed=seed)
    if frozen and population.learner is not None:
        population.lesion("plasticity")
    return _score_days(population, days)


def _score_days(population: Population, days: int) -> np.ndarray:
    steps = days * population.world.max_episode_steps
    recorder = CurveRecorder(population.animals, steps, 1)
    live(population, steps, [recorder])
    return day_fitness(recorder.curves)


def birth(animals: int, seed: int) -> Result:
    """H1: newborns that cannot learn, on their first day: whole animal against reflex, learner against random acts.

    Chance for a learner is the same motor programmes at random; uniform random actions are told too.
    """
    agents = ("random", "oracle", "reflex", "random-options", "learner", "steered")
    fitness = {agent: _days(agent, animals, seed, 1) for agent in agents}
    unit = fitness["oracle"].mean() - fitness["random"].mean()
    whole = mean_interval((fitness["steered"] - fitness["reflex"]) / unit)
    alone = mean_interval((fitness["learner"] - fitness["random-options"]) / unit)
    actions = mean_interval((fitness["learner"] - fitness["random"]) / unit)
    reflex = mean_interval((fitness["reflex"] - fitness["random"]) / unit)
    details: dict[str, Any] = {
        "score of the reflex": reflex["mean"],
        "learner minus random programmes": alone["mean"],
        "learner minus random programmes, low": alone["low"],
        "learner minus random programmes, high": alone["high"],
        "learner minus random actions": actions["mean"],
        "learner minus random actions, low": actions["low"],
        "learner minus random actions, high": actions["high"],
    }
    holds = whole["low"] <= 0.0 <= whole["high"] and alone["low"] <= 0.0
    return Result(whole["mean"], whole["low"], whole["high"], bool(holds), animals, details)


def exchange_of_read_outs(animals: int, seed: int) -> Result:
    """P4: grown learners score before and after every animal received its neighbour's learned read-out."""
    population, _ = _lives("learner", animals, seed)
    population.lesion("plasticity")
    learner = population.learner
    assert learner is not None
    before = _score_days(population, 10)
    for array in learner.read_outs().values():
        array[:] = np.roll(array, 1, axis=0)
    after = _score_days(population, 10)
    newborn, chance = _days("learner", animals, seed, 10), _days("random-options", animals, seed, 10)
    random, oracle = _days("random", animals, seed, 10), _days("oracle", animals, seed, 10)
    unit = oracle.mean() - random.mean()
    left = mean_interval((after - chance) / unit)
    details: dict[str, Any] = {
        "score grown": float((before.mean() - random.mean()) / unit),
        "score after the exchange": float((after.mean() - random.mean()) / unit),
        "score of random motor programmes": float((chance.mean() - random.mean()) / unit),
        "score of newborns": float((newborn.mean() - random.mean()) / unit),
    }
    drop = mean_interval((before - after) / unit)
    details |= {"drop": drop["mean"], "drop, low": drop["low"], "drop, high": drop["high"]}
    return Result(left["mean"], left["low"], left["high"], bool(drop["low"] > 0.0 and left["low"] <= 0.0), animals, details)


_ESSAY = "Byrnes, Intro to brain-like-AGI safety, post 2"
EXPERIMENTS = (
    Experiment(
        "L1",
        WORLD,
        "Newborns flee or freeze at the first dark overhead loom; not at white, receding or below-horizon discs",
        "difference from no stimulus above 0; each other disc within 0.1 of no stimulus",
        "Yilmaz and Meister 2013",
        first_exposure,
        200,
        "escape within 1 s or long freezing; white discs, and discs from below, much less effective",
    ),
    Experiment(
        "L2",
        WORLD,
        "A sweeping small disc makes them freeze, a looming disc makes them flee",
        "flight minus freezing reverses its sign between the stimuli",
        "De Franceschi et al. 2016",
        sweep_or_loom,
        200,
        "a disc that sweeps makes mice freeze, one that expands makes them flee",
    ),
    Experiment(
        "L3",
        WORLD,
        "With contrast, escape probability and vigour rise, and mean and spread of reaction time fall",
        "Spearman p < 0.01 for each, right signs, falling SD",
        "Evans et al. 2018",
        contrast_law,
        200,
        "probability and vigour rise with contrast, reaction time falls",
    ),
    Experiment(
        "L4",
        WORLD,
        "After one visit of at most 20 s flight heads for the unseen shelter; without visit or shelter freezing rises",
        "mean heading error below 45 degrees; both rises above 0; no flight inside",
        "Vale et al. 2017",
        shelter_memory,
        200,
        "one visit under 20 s suffices; escape to the unseen shelter; none when inside; freezing when it is gone",
    ),
    Experiment(
        "L5",
        WORLD,
        "Without the flight threshold flight becomes freezing; without the looming detector both vanish",
        "rise of freezing above 0; flight below 0.05; all defence below 0.1",
        "Evans et al. 2018",
        circuit_lesions,
        200,
        "silencing dPAG turns flight to freezing, silencing medial SC abolishes defence",
    ),
    Experiment(
        "L6",
        WORLD,
        "Graded harmless looms suppress escape for weeks, only for looms, and not soon after a full flight",
        "escape more than halved; sound unchanged; recent flight protects it",
        "Lenzi et al. 2022",
        learned_suppression,
        200,
        "lasts weeks; flight from sound and from live prey intact; depends on recent escapes",
    ),
    Experiment(
        "L7",
        WORLD,
        "The time of the looming detector's peak is linear in l/|v| with slope alpha",
        "r squared above 0.95, slope / alpha within 10% of 1",
        "Gabbiani et al. 1999",
        eta_timing,
        9,
        "the peak of eta is linear in l/|v| with slope alpha",
    ),
    Experiment(
        "L8",
        WORLD,
        "Learning never costs lives: the whole animal is captured no more often than the reflex, at any age",
        "upper bound of the difference at or below 0 in every tenth of life",
        "chosen",
        learning_saves_lives,
        64,
    ),
    Experiment(
        "H1",
        WORLD,
        "At birth the whole animal is as good as its reflexes and the learner alone is at chance",
        "whole minus reflex includes 0; learner minus random motor programmes is not above 0",
        _ESSAY,
        birth,
        512,
    ),
    Experiment(
        "P4",
        WORLD,
        "Exchanging learned read-outs between animals of one genome ruins both",
        "score after the exchange is not above that of random motor programmes, and the drop is above 0",
        _ESSAY,
        exchange_of_read_outs,
        64,
    ),
)
