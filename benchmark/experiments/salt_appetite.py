"""Signatures of SaltAppetite: protocols that animals went through in the laboratory, with their controls."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from agents.life import live
from agents.population import Population
from benchmark.experiments.experiment import Experiment, Result, difference_of_shares, share
from benchmark.results.statistics import mean_interval
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
        """Pavlovian training in balance: each lever foretells its taste, whatever the animal does; nothing is absorbed."""
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


def first_sight(animals: int, seed: int) -> Result:
    """S1: shunned in balance, approached at first sight when depleted, shunned again when repleted; controls do not."""
    shares: dict[str, tuple[float, float, float]] = {}
    details: dict[str, Any] = {}
    for agent in ("steered", "steered-predicted-reward", "steered-predicted-reward-state"):
        found = _flip(agent, animals, seed)
        flips = (found["balanced"] < 0.0) & (found["depleted"] > 0.0)
        shares[agent] = share(flips)
        details |= {f"{agent}: {when}": float(np.mean(values)) for when, values in found.items()}
        details[f"{agent}: flips"] = shares[agent][0]
        if agent == "steered":
            back = share(flips & (found["repleted"] < 0.0))
            details |= {"flips and goes back": back[0]}
    without = _flip("steered", animals, seed, lesion="assessors")
    approach = mean_interval(without["depleted"])
    details |= {
        f"assessors lesioned: depleted{end}": approach[key]
        for end, key in (("", "mean"), (", low", "low"), (", high", "high"))
    }
    centre, low, high = shares["steered"]
    controls = max(shares["steered-predicted-reward"][0], shares["steered-predicted-reward-state"][0])
    return Result(
        centre,
        low,
        high,
        bool(centre >= 0.9 and back[0] >= 0.9 and controls <= 0.05 and abs(approach["mean"]) <= 0.2),
        animals,
        details,
    )


def specificity(animals: int, seed: int) -> Result:
    """S2: the flip is for what tastes of sodium, lithium included, and for nothing else."""
    details: dict[str, Any] = {}
    approaches = {}
    for taste in ("sodium chloride", "lithium chloride", "potassium chloride", "quinine"):
        found = _flip("steered", animals, seed, taste)
        approaches[taste] = found["depleted"] > 0.0
        details[taste] = share(approaches[taste])[0]
        details[f"sugar beside {taste}, change"] = float(np.mean(found["sugar, depleted"] - found["sugar, balanced"]))
    salty, others = approaches["lithium chloride"], approaches["potassium chloride"]
    centre, low, high = difference_of_shares(salty, others)
    holds = details["lithium chloride"] >= 0.9 and max(details["potassium chloride"], details["quinine"]) <= 0.2
    sugar = abs(details["sugar beside sodium chloride, change"])
    return Result(centre, low, high, bool(holds and sugar <= 0.2), animals, details)


def _intake(animals: int, seed: int, hours: int, captopril: bool = False) -> np.ndarray:
    cage = Laboratory("reflex", animals, seed)
    cage.deplete(hours, captopril)
    return cage.drink(60).sum(axis=1) * _USUAL


def delay(animals: int, seed: int) -> Result:
    """S3: the loss is over in an hour, but appetite comes within a day; captopril brings it at once."""
    early, late, fast = _intake(animals, seed, 2), _intake(animals, seed, 24), _intake(animals, seed, 2, True)
    found = mean_interval(late - 2.5 * early)
    details: dict[str, Any] = {
        "mEq at 2 h": float(early.mean()),
        "mEq at 24 h": float(late.mean()),
        "mEq at 2 h, captopril": float(fast.mean()),
    }
    return Result(
        found["mean"],
        found["low"],
        found["high"],
        bool(found["low"] > 0.0 and fast.mean() >= late.mean()),
        animals,
        details,
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


def sensitisation(animals: int, seed: int) -> Result:
    """S4: intake rises with each equal depletion, unless plasticity is blocked or the strain is at its ceiling."""
    taken = {prepare: _three_depletions(animals, seed, prepare) for prepare in ("normal", "frozen", "high strain")}
    rises = {prepare: share(x[:, 2] > x[:, 0] + 1e-9) for prepare, x in taken.items()}
    details: dict[str, Any] = {f"{prepare}, mEq": x.mean(0).tolist() for prepare, x in taken.items()}
    details |= {f"{prepare}, rises in": rise[0] for prepare, rise in rises.items()}
    relative = {prepare: float((x[:, 2] / x[:, 0]).mean()) for prepare, x in taken.items()}
    details |= {f"{prepare}, third over first": value for prepare, value in relative.items()}
    holds = (
        rises["normal"][0] >= 0.8
        and rises["frozen"][0] <= 0.5
        and relative["high strain"] - 1 < 0.5 * (relative["normal"] - 1)
    )
    return Result(*rises["normal"], bool(holds), animals, details)


def taste_not_gut(animals: int, seed: int) -> Result:
    """S5: the tongue stops drinking within minutes, absorbed or not; sodium in the stomach does not."""
    appetite, drunk = {}, {}
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
        appetite[how] = 1.0 - cage.need() / np.maximum(before, 1e-9)
    found = mean_interval(appetite["sham"])
    details: dict[str, Any] = {
        f"fall of appetite in 6 min, {how}": float(values.mean()) for how, values in appetite.items()
    }
    details |= {f"ml in 6 min, {how}": float(values.sum(axis=1).mean()) for how, values in drunk.items()}
    holds = found["low"] >= 0.7 and appetite["gastric"].mean() <= 0.15
    return Result(found["mean"], found["low"], found["high"], bool(holds), animals, details)


def overshoot(animals: int, seed: int) -> Result:
    """S6: free hypertonic salt is overdrunk; with a cost, intake falls to about the deficit."""
    ratios = {}
    for cost in _COSTS:
        cage = Laboratory("reflex", animals, seed)
        cage.deplete(24)
        missing = -cage.body.sodium.copy()
        cage.world.manipulate("cost_of_licking", per_ml=cost)
        ratios[cost] = cage.drink(120).sum(axis=1) * _USUAL / missing
    found = mean_interval(ratios[0.0])
    details: dict[str, Any] = {
        f"intake / deficit at cost {cost} per ml": float(values.mean()) for cost, values in ratios.items()
    }
    costly = min(abs(values.mean() - 1.0) for cost, values in ratios.items() if cost)
    falls = all(ratios[a].mean() >= ratios[b].mean() for a, b in itertools.pairwise(_COSTS))
    holds = found["low"] >= 1.5 and found["high"] <= 2.5 and costly <= 0.2 and falls
    return Result(found["mean"], found["low"], found["high"], bool(holds), animals, details)


EXPERIMENTS = (
    Experiment(
        "S1",
        WORLD,
        "After the first depletion of a life a cue of disgusting salt is approached at first sight; cached values cannot",
        "0.9 flip and go back; at most 0.05 of either model-free control; approach within 0.2 of 0 without assessors",
        "Robinson and Berridge 2013",
        first_sight,
        64,
        "at the first presentation, before any new taste, the lever is approached like that of sugar; reverses on repletion",
    ),
    Experiment(
        "S2",
        WORLD,
        "The flip is for cues of sodium and lithium, not of potassium or quinine; that of sugar hardly changes",
        "lithium at least 0.9, potassium and quinine at most 0.2, sugar within 0.2",
        "Duriez et al. 2023",
        specificity,
        64,
        "dopamine and appetite equal for LiCl, none for KCl",
    ),
    Experiment(
        "S3",
        WORLD,
        "After furosemide appetite comes within a day, long after the loss; captopril brings it at once",
        "intake at 24 h above 2.5 times that at 2 h; captopril at 2 h not below 24 h",
        "Rowland 2023; Hurley and Johnson",
        delay,
        64,
        "natriuresis is over within about 1 h, appetite appears slowly over 24 h; rapid with captopril",
    ),
    Experiment(
        "S4",
        WORLD,
        "Intake rises over three equal depletions; not without plasticity, little in a strain at its ceiling",
        "third above first in at least 0.8, in at most 0.5 without plasticity; the strain's rise below half",
        "Dietz et al. 2006",
        sensitisation,
        64,
        "rises with each of three depletions; blocked by MK-801; none in SHR",
    ),
    Experiment(
        "S5",
        WORLD,
        "The taste of salt stops drinking within minutes, absorbed or not; salt in the stomach does not",
        "appetite falls by at least 0.7 in 6 min of sham drinking, by at most 0.15 after gastric salt",
        "Lee et al. 2019",
        taste_not_gut,
        64,
        "oral, not gastric, sodium shuts pre-LC neurons off quickly",
    ),
    Experiment(
        "S6",
        WORLD,
        "Free hypertonic salt is overdrunk; with a cost of licking intake comes down to the deficit",
        "intake / deficit 1.5 to 2.5 when free, within 0.2 of 1 at some cost, falling with cost",
        "Rowland 2023",
        overshoot,
        64,
        "about double the need when free; near the deficit on a progressive ratio",
    ),
)
