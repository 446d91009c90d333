"""Experiments on SaltAppetite: protocols that animals went through in the laboratory, with their controls."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from agents.life import live
from agents.population import Population
from benchmark.experiments.criterion import (
    at_least,
    at_most,
    below,
    surely_above,
    surely_at_least,
    surely_at_most,
    true,
    within_or_at,
)
from benchmark.experiments.experiment import Experiment, Score
from benchmark.results.statistics import difference_of_shares, mean_interval, share
from envs.salt_appetite.chamber import STRIDE

WORLD = "SaltAppetite"
_STEPS_A_MINUTE = 2
_HOUR = 60 * _STEPS_A_MINUTE
_STRONG = {"quinine": 0.001, "sucrose": 1.75}  # mol/l; chosen
_SEAWATER = 1.5  # mol/l, triple seawater (Robinson and Berridge 2013); the other salts as strong
_TASTE = 0.2  # ml infused into the mouth after a cue; chosen
_TRIALS = 20  # of each cue; chosen
_PECKISH = -10.0  # kJ: a little hungry, so that sugar is wanted
_DOSE = 2.0  # mg of furosemide, at most what is advised (Lundy et al. 2003)
_COSTS = (0.0, 0.5, 1.0, 1.5)  # effort per ml, in units of reward; chosen
_USUAL = 0.3  # mol/l of the solution that is offered


class Laboratory:
    """Some animals in a chamber where nothing happens but what the experimenter does."""

    def __init__(self, agent: str, animals: int, seed: int) -> None:
        self.population = Population(agent, WORLD, animals, seed=seed, max_episode_steps=10**6)
        self.world = self.population.world
        self.body: Any = self.world.body
        self.world.manipulate("spare_ailments")
        self.world.manipulate("offer")

    def wait(self, steps: int) -> None:
        """Let time pass."""
        live(self.population, steps)

    def tend(self, energy: float = 0.0) -> None:
        """Give water and energy by tube, so that nothing but sodium is missing (energy: kJ to leave missing)."""
        for row in range(self.population.animals):
            water = max(0.0, -float(self.body.water[row] + self.body.gut_water[row]))
            food = max(0.0, energy - float(self.body.energy[row] + self.body.gut_energy[row]))
            self.world.manipulate("infuse_gastric", [row], sodium=0.0, water=min(50.0, water), energy=min(500.0, food))

    def deplete(self, hours: int, captopril: bool = False, dose: float = _DOSE) -> None:
        """Furosemide, then hours in which water and food are given by tube."""
        if captopril:
            self.world.manipulate("captopril")
        self.world.manipulate("furosemide", dose=dose)
        for _ in range(hours):
            self.wait(_HOUR)
            self.tend()
        self.wait(_HOUR // 2)

    def drink(self, minutes: int, molarity: float = _USUAL) -> np.ndarray:
        """(animals, minutes) ml of salt solution drunk at a spout, in each minute of free access."""
        place = self.body.spout_place[0, 0]  # all spouts stand at the same places, and now give the same
        self.world.manipulate("offer", only="sodium chloride", molarity=molarity)
        drunk = []
        for _ in range(minutes):
            self.world.manipulate(
                "place_at", x=float(place[0]), y=float(place[1])
            )  # as in a cage, the spout is always near
            before = self.body.drunk.sum(axis=1)
            self.wait(_STEPS_A_MINUTE)
            drunk.append(self.body.drunk.sum(axis=1) - before)
        self.world.manipulate("offer")
        return np.stack(drunk, axis=1)

    def need(self) -> np.ndarray:
        """(animals,) felt need of sodium, mEq, as steering broadcasts it."""
        steered = self.population.steered
        return steered.observation[:, steered.observation_senses.place("salt_hunger")][:, 0].astype(float)

    def show(self, lever: int, then: str | None = None) -> np.ndarray:
        """Put a lever out for a minute; returns (animals,) approach, 1 towards it, -1 away; then perhaps a taste."""
        self.world.manipulate("extend_lever", lever=lever)
        self.wait(1)
        here = self.body.position.copy()
        self.wait(2)
        place = self.body.lever_place[:, lever]
        before, after = np.hypot(*(place - here).T), np.hypot(*(place - self.body.position).T)
        self.world.manipulate("extend_lever", lever=lever, out=False)
        if then is not None:
            self.world.manipulate("infuse_oral", solution=then, molarity=_STRONG.get(then, _SEAWATER), volume=_TASTE)
        self.wait(1)
        return np.clip((before - after) / (2 * STRIDE), -1.0, 1.0)

    def train(self, cues: dict[int, str]) -> None:
        """Pavlovian training in balance: each lever predicts its taste, whatever the animal does; nothing is absorbed."""
        self.world.manipulate("sham")
        for _ in range(_TRIALS):
            self.middle()
            for lever, taste in cues.items():
                self.show(lever, taste)
                self.wait(6)
        self.world.manipulate("sham", open_fistula=False)

    def middle(self, sodium: float = 0.0) -> None:
        """Everybody to the middle, in balance but for a little hunger."""
        self.world.manipulate("replete", sodium=sodium, energy=_PECKISH)
        self.world.manipulate("place_at")
        self.wait(1)

    def test(self, lever: int) -> np.ndarray:
        """Approach to a cue in extinction, from the middle."""
        self.world.manipulate("place_at")
        return self.show(lever)


def _flip(
    agent: str, animals: int, seed: int, taste: str = "sodium chloride", lesion: str | None = None
) -> dict[str, np.ndarray]:
    """Approach to a trained cue: in balance, at its first showing after the first depletion of a life, and after repletion.

    A ``lesion`` is made after the tests in balance.
    """
    cage = Laboratory(agent, animals, seed)
    cage.train({0: taste, 1: "sucrose"})
    cage.middle()
    found = {"balanced": cage.test(0), "sugar, balanced": cage.test(1)}
    if lesion is not None:
        cage.population.lesion(lesion)
    cage.deplete(24)
    cage.tend(_PECKISH)
    cage.wait(2)
    found["depleted"] = cage.test(0)
    found["sugar, depleted"] = cage.test(1)
    cage.middle()
    cage.wait(_HOUR)
    cage.middle()
    found["repleted"] = cage.test(0)
    return found


_MODEL_FREE = ("steered-predicted-reward", "steered-predicted-reward-state")
Approach = dict[str, dict[str, np.ndarray]]
"""(animals,) approach to a cue: by agent, or by taste, and by when it was shown."""


def first_sight(animals: int, seed: int) -> Approach:
    """The flip of the whole animal, of two model-free controls, and of one whose assessors are lesioned after the tests in balance."""
    found = {agent: _flip(agent, animals, seed) for agent in ("steered", *_MODEL_FREE)}
    return found | {"assessors lesioned": _flip("steered", animals, seed, lesion="assessors")}


def score_of_first_sight(approach: Approach) -> Score:
    """Shunned in balance, approached at first sight when depleted, shunned again when repleted."""
    details: dict[str, Any] = {}
    flips = {}
    for agent in ("steered", *_MODEL_FREE):
        found = approach[agent]
        flips[agent] = (found["balanced"] < 0.0) & (found["depleted"] > 0.0)
        details |= {f"{agent}: {when}": float(np.mean(values)) for when, values in found.items()}
        details[f"{agent}: flips"] = share(flips[agent])["mean"]
    back = share(flips["steered"] & (approach["steered"]["repleted"] < 0.0))["mean"]
    without = mean_interval(approach["assessors lesioned"]["depleted"])
    details |= {"flips and goes back": back}
    details |= {
        f"assessors lesioned: depleted{end}": without[key]
        for end, key in (("", "mean"), (", low", "low"), (", high", "high"))
    }
    return Score(
        headline="share that flips",
        measures={
            "share that flips": share(flips["steered"]),
            "share that flips and goes back": back,
            "share of either model-free control that flips": max(share(flips[agent])["mean"] for agent in _MODEL_FREE),
            "approach without assessors": without,
        },
        n=len(flips["steered"]),
        details=details,
    )


def specificity(animals: int, seed: int) -> Approach:
    """The flip for cues of four tastes, beside a cue of sugar."""
    tastes = ("sodium chloride", "lithium chloride", "potassium chloride", "quinine")
    return {taste: _flip("steered", animals, seed, taste) for taste in tastes}


def score_of_specificity(approach: Approach) -> Score:
    """Shares that approach the cue of each taste when depleted, and what that does to sugar."""
    details: dict[str, Any] = {}
    approaches = {}
    for taste, found in approach.items():
        approaches[taste] = found["depleted"] > 0.0
        details[taste] = share(approaches[taste])["mean"]
        details[f"sugar beside {taste}, change"] = float(np.mean(found["sugar, depleted"] - found["sugar, balanced"]))
    name = "approach of lithium minus approach of potassium"
    return Score(
        headline=name,
        measures={
            name: difference_of_shares(approaches["lithium chloride"], approaches["potassium chloride"]),
            "approach of lithium": details["lithium chloride"],
            "approach of potassium or quinine": max(details["potassium chloride"], details["quinine"]),
            "change of the approach of sugar": details["sugar beside sodium chloride, change"],
        },
        n=len(approaches["quinine"]),
        details=details,
    )


def _intake(animals: int, seed: int, hours: int, captopril: bool = False) -> np.ndarray:
    cage = Laboratory("reflex", animals, seed)
    cage.deplete(hours, captopril)
    return cage.drink(60).sum(axis=1) * _USUAL


def delay(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) mEq drunk 2 h and 24 h after furosemide, and 2 h after it with captopril."""
    return {
        "2 h": _intake(animals, seed, 2),
        "24 h": _intake(animals, seed, 24),
        "2 h, captopril": _intake(animals, seed, 2, True),
    }


def score_of_delay(intake: dict[str, np.ndarray]) -> Score:
    """Intake at 24 h against 2 h, and with captopril."""
    early, late, fast = intake["2 h"], intake["24 h"], intake["2 h, captopril"]
    return Score(
        headline="mEq at 24 h minus 2.5 times that at 2 h",
        measures={
            "mEq at 24 h minus 2.5 times that at 2 h": mean_interval(late - 2.5 * early),
            "mEq at 2 h with captopril minus that at 24 h": float(fast.mean() - late.mean()),
        },
        n=len(early),
        details={f"mEq at {when}": float(values.mean()) for when, values in intake.items()},
    )


def _three_depletions(animals: int, seed: int, prepare: str) -> np.ndarray:
    """(animals, 3) mEq drunk after each of three equal depletions, sodium set to the same deficit before each test."""
    cage = Laboratory("reflex", animals, seed)
    steering = cage.population.steered.steering
    if prepare == "frozen":
        steering.freeze_variable("depletion_tally")
    elif prepare == "high strain":
        steering.set_variable("depletion_tally", 1.4)
    taken = []
    for _ in range(3):
        cage.world.manipulate("replete")
        cage.wait(2 * _HOUR)
        cage.deplete(24)
        cage.world.manipulate("replete", sodium=-_DOSE)
        cage.wait(2)
        taken.append(cage.drink(120).sum(axis=1) * _USUAL)
    return np.stack(taken, axis=1)


def sensitisation(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals, 3) mEq after three equal depletions: as usual, with plasticity blocked, and in a strain at its ceiling."""
    return {prepare: _three_depletions(animals, seed, prepare) for prepare in ("normal", "frozen", "high strain")}


def score_of_sensitisation(taken: dict[str, np.ndarray]) -> Score:
    """How many drink more after the third than after the first, and how much more."""
    rises = {prepare: share(x[:, 2] > x[:, 0] + 1e-9) for prepare, x in taken.items()}
    relative = {prepare: float((x[:, 2] / x[:, 0]).mean()) for prepare, x in taken.items()}
    details: dict[str, Any] = {f"{prepare}, mEq": x.mean(0).tolist() for prepare, x in taken.items()}
    details |= {f"{prepare}, rises in": rise["mean"] for prepare, rise in rises.items()}
    details |= {f"{prepare}, third over first": value for prepare, value in relative.items()}
    return Score(
        headline="share whose intake rises",
        measures={
            "share whose intake rises": rises["normal"],
            "share whose intake rises without plasticity": rises["frozen"],
            "rise of the strain at its ceiling minus half the usual rise": relative["high strain"]
            - 1
            - 0.5 * (relative["normal"] - 1),
        },
        n=len(taken["normal"]),
        details=details,
    )


def taste_not_gut(animals: int, seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """(animals,) fall of appetite within 6 min, and (animals, minutes) ml: drinking, sham drinking, salt by tube."""
    falls, drunk = {}, {}
    for how in ("drinks", "sham", "gastric"):
        cage = Laboratory("reflex", animals, seed)
        cage.deplete(24)
        before = cage.need()
        if how == "gastric":
            cage.world.manipulate("infuse_gastric", sodium=_DOSE, water=_DOSE / _USUAL)
            cage.wait(6 * _STEPS_A_MINUTE)
        else:
            if how == "sham":
                cage.world.manipulate("sham")
            drunk[how] = cage.drink(6)
        falls[how] = 1.0 - cage.need() / np.maximum(before, 1e-9)
    return falls, drunk


def score_of_taste_not_gut(measured: tuple[dict[str, np.ndarray], dict[str, np.ndarray]]) -> Score:
    """Share by which appetite falls."""
    falls, drunk = measured
    details: dict[str, Any] = {f"fall of appetite in 6 min, {how}": float(values.mean()) for how, values in falls.items()}
    details |= {f"ml in 6 min, {how}": float(values.sum(axis=1).mean()) for how, values in drunk.items()}
    return Score(
        headline="fall of appetite in 6 min of sham drinking",
        measures={
            "fall of appetite in 6 min of sham drinking": mean_interval(falls["sham"]),
            "fall of appetite in 6 min after salt by tube": float(falls["gastric"].mean()),
        },
        n=len(falls["sham"]),
        details=details,
    )


def overshoot(animals: int, seed: int) -> dict[float, np.ndarray]:
    """(animals,) intake over deficit in two hours of free access, at each cost of licking."""
    ratios = {}
    for cost in _COSTS:
        cage = Laboratory("reflex", animals, seed)
        cage.deplete(24)
        missing = -cage.body.sodium.copy()
        cage.world.manipulate("cost_of_licking", per_ml=cost)
        ratios[cost] = cage.drink(120).sum(axis=1) * _USUAL / missing
    return ratios


def score_of_overshoot(ratios: dict[float, np.ndarray]) -> Score:
    """Intake over deficit when it is free, and at the cost that brings it nearest to 1."""
    costly = [values.mean() for cost, values in ratios.items() if cost]
    return Score(
        headline="intake over deficit when free",
        measures={
            "intake over deficit when free": mean_interval(ratios[0.0]),
            "intake over deficit at the cost that suits best, minus 1": float(min((x - 1.0 for x in costly), key=abs)),
            "intake falls with each cost": all(ratios[a].mean() >= ratios[b].mean() for a, b in itertools.pairwise(_COSTS)),
        },
        n=len(ratios[0.0]),
        details={f"intake / deficit at cost {cost} per ml": float(values.mean()) for cost, values in ratios.items()},
    )


EXPERIMENTS = (
    Experiment(
        id="S1",
        world=WORLD,
        claim="After the first depletion of a life a cue of disgusting salt is approached at first sight; cached values cannot",
        source="Robinson and Berridge 2013",
        protocol=first_sight,
        score=score_of_first_sight,
        criterion=(
            at_least("share that flips", 0.9),
            at_least("share that flips and goes back", 0.9),
            at_most("share of either model-free control that flips", 0.05),
            within_or_at("approach without assessors", 0.2),
        ),
        animals=64,
        published="at the first presentation, before any new taste, the lever is approached like that of sugar; reverses on repletion",
        slow=True,
    ),
    Experiment(
        id="S2",
        world=WORLD,
        claim="The flip is for cues of sodium and lithium, not of potassium or quinine; that of sugar hardly changes",
        source="Duriez et al. 2023",
        protocol=specificity,
        score=score_of_specificity,
        criterion=(
            at_least("approach of lithium", 0.9),
            at_most("approach of potassium or quinine", 0.2),
            within_or_at("change of the approach of sugar", 0.2),
        ),
        animals=64,
        published="dopamine and appetite equal for LiCl, none for KCl",
        slow=True,
    ),
    Experiment(
        id="S3",
        world=WORLD,
        claim="After furosemide appetite comes within a day, long after the loss; captopril brings it at once",
        source="Rowland 2023; Hurley and Johnson",
        protocol=delay,
        score=score_of_delay,
        criterion=(
            surely_above("mEq at 24 h minus 2.5 times that at 2 h"),
            at_least("mEq at 2 h with captopril minus that at 24 h"),
        ),
        animals=64,
        published="natriuresis is over within about 1 h, appetite appears slowly over 24 h; rapid with captopril",
    ),
    Experiment(
        id="S4",
        world=WORLD,
        claim="Intake rises over three equal depletions; not without plasticity, little in a strain at its ceiling",
        source="Dietz et al. 2006",
        protocol=sensitisation,
        score=score_of_sensitisation,
        criterion=(
            at_least("share whose intake rises", 0.8),
            at_most("share whose intake rises without plasticity", 0.5),
            below("rise of the strain at its ceiling minus half the usual rise"),
        ),
        animals=64,
        published="rises with each of three depletions; blocked by MK-801; none in SHR",
        slow=True,
    ),
    Experiment(
        id="S5",
        world=WORLD,
        claim="The taste of salt stops drinking within minutes, absorbed or not; salt in the stomach does not",
        source="Lee et al. 2019",
        protocol=taste_not_gut,
        score=score_of_taste_not_gut,
        criterion=(
            surely_at_least("fall of appetite in 6 min of sham drinking", 0.7),
            at_most("fall of appetite in 6 min after salt by tube", 0.15),
        ),
        animals=64,
        published="oral, not gastric, sodium shuts pre-LC neurons off quickly",
    ),
    Experiment(
        id="S6",
        world=WORLD,
        claim="Free hypertonic salt is overdrunk; with a cost of licking intake comes down to the deficit",
        source="Rowland 2023",
        protocol=overshoot,
        score=score_of_overshoot,
        criterion=(
            surely_at_least("intake over deficit when free", 1.5),
            surely_at_most("intake over deficit when free", 2.5),
            within_or_at("intake over deficit at the cost that suits best, minus 1", 0.2),
            true("intake falls with each cost"),
        ),
        animals=64,
        published="about double the need when free; near the deficit on a progressive ratio",
        slow=True,
    ),
)
