"""Experiments on Rivals (W1 to W6): what winning does to an animal, by which number, and what that number is worth."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from agents.life import live
from agents.population import Population
from agents.steered_world import SteeredWorld
from benchmark.experiments.criterion import above, at_least, below, surely_above, within
from benchmark.experiments.experiment import Experiment, Score
from benchmark.experiments.rival_groups import hierarchy, score_of_hierarchy
from benchmark.laboratory.lives import live_days, told, told_all
from benchmark.results.statistics import mean_interval, stratified
from envs.rivals.world import ATTACK, RETREAT, STRANGER

WORLD = "Rivals"
_WINS = (0, 1, 2, 3, 5, 8, 12)
_CONTESTS = 20  # of each test, for each animal


class Cage:
    """Animals that live on steering alone, and meet whom the experimenter stages."""

    def __init__(self, animals: int, seed: int, version: str = "", **options: Any) -> None:
        steering = f"{WORLD}/{version}" if version else None
        self.population = Population(
            "reflex", WORLD, animals, seed=seed, max_episode_steps=10**6, steering=steering, **options
        )
        self.world, self.steering = self.population.world, self.population.steered.steering
        self.body: Any = self.world.body
        self.world.manipulate("isolate")

    def fight(self, fights: int, outcome: str = "win", opponent: int = STRANGER) -> None:
        """Stage fights until each animal has had so many that ended so, or for 150 s a fight."""
        had = np.zeros(self.population.animals, int)
        self.world.manipulate("isolate", alone=False)
        self.world.manipulate("stage", outcome=outcome, opponent=opponent)
        engaged = np.zeros(len(had))
        for _ in range(150 * fights):
            live(self.population, 1)
            over = {"win": self.body.won, "lose": self.body.lost, "none": (engaged > 0) & ~self.body.present}[outcome]
            engaged = self.body.engaged * self.body.present
            had += over
            done = over & (had >= fights)
            if done.any():
                self.world.manipulate("isolate", done)
            if (had >= fights).all():
                break
        self.world.manipulate("isolate")

    def test(self, opponent: int = STRANGER) -> tuple[np.ndarray, np.ndarray]:
        """(animals,) P(attack at once) and seconds of attack in a contest without a winner, against a medium opponent."""
        animals = self.population.animals
        self.world.manipulate("isolate", alone=False)
        self.world.manipulate("stage", outcome="none", opponent=opponent)
        met, attacked, seconds = np.zeros(animals), np.zeros(animals), np.zeros(animals)
        for _ in range(20 * _CONTESTS):
            there, fresh = self.body.present.copy(), self.body.present & (self.body.engaged == 0.0)
            reflex = self.population.steered.reflex
            assert reflex is not None
            attacks = there & (reflex.action == ATTACK)
            met += fresh
            attacked += fresh & attacks
            seconds += attacks
            live(self.population, 1)
        self.world.manipulate("isolate")
        return attacked / np.maximum(met, 1), seconds / np.maximum(met, 1)


Tests = dict[str, tuple[np.ndarray, np.ndarray]]
"""P(attack) and seconds of attack, (numbers of fights, animals), after fights that were won, or had no winner."""


def escalation(animals: int, seed: int) -> Tests:
    """Tests after more and more consecutive wins, and after as many fights without a winner."""
    found = {}
    for outcome in ("win", "none"):
        cage = Cage(animals, seed)
        had, measured = 0, []
        for wins in _WINS:
            if wins > had:
                cage.fight(wins - had, outcome)
                had = wins
            measured.append(cage.test())
        chance, seconds = (np.stack(column) for column in zip(*measured, strict=True))
        found[outcome] = chance, seconds
    return found


def score_of_escalation(tests: Tests) -> Score:
    """The rise of P(attack) and of its duration over 12 fights, and what is left of it after 8."""
    (chance, seconds), (control, _) = tests["win"], tests["none"]
    eight = _WINS.index(8)
    rise, still, late = chance[-1] - chance[0], control[-1] - control[0], chance[-1] - chance[eight]
    curve = chance.mean(axis=1)
    details: dict[str, Any] = {
        "wins": [float(w) for w in _WINS],
        "P(attack) after wins": curve.tolist(),
        "P(attack) after fights without a winner": control.mean(axis=1).tolist(),
        "seconds of attack after wins": seconds.mean(axis=1).tolist(),
        "share of the rise reached after 8 wins": float((curve[eight] - curve[0]) / (curve[-1] - curve[0])),
    }
    details |= told("rise from 8 to 12 wins", late) | told("rise without a winner", still)
    return Score(
        headline="rise of P(attack) over 12 wins minus that over 12 fights without a winner",
        measures={
            "rise of P(attack) over 12 wins minus that over 12 fights without a winner": mean_interval(rise - still),
            "rise of the seconds of attack over 12 wins": mean_interval(seconds[-1] - seconds[0]),
            "rise of P(attack) without a winner": mean_interval(still),
            "rise of P(attack) from 8 to 12 wins, minus a fifth of the whole": float(late.mean() - 0.2 * rise.mean()),
        },
        n=len(rise),
        details=details,
    )


def plasticity(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) changes of P(attack): wins with the tally frozen, the tally set without fights, and put back after wins."""
    blocked, induced, reversed_ = (Cage(animals, seed) for _ in range(3))
    before = blocked.test()[0]
    blocked.steering.freeze_variable("tally")
    blocked.fight(10)
    change = {"wins, plasticity blocked": blocked.test()[0] - before}
    before = induced.test()[0]
    induced.steering.set_variable("tally", 0.9)
    change["no fights, potentiated"] = induced.test()[0] - before
    before = reversed_.test()[0]
    reversed_.fight(10)
    change["wins"] = reversed_.test()[0] - before
    reversed_.steering.set_variable("tally", 0.0)
    change["wins, then depotentiated"] = reversed_.test()[0] - before
    return change


def score_of_plasticity(change: dict[str, np.ndarray]) -> Score:
    """Each change, and what plasticity is worth."""
    name = "rise of P(attack) by wins, minus that with plasticity blocked"
    rises = {f"rise of P(attack): {how}": values for how, values in change.items()}
    return Score(
        headline=name,
        measures={how: mean_interval(values) for how, values in rises.items()}
        | {name: mean_interval(change["wins"] - change["wins, plasticity blocked"])},
        n=len(change["wins"]),
        details=told_all(rises),
    )


def specificity(animals: int, seed: int, version: str) -> dict[int, np.ndarray]:
    """(animals,) rise of P(attack) against the beaten neighbour less that against a stranger, after 2 wins and after 40."""
    cage = Cage(animals, seed, version)
    cage.steering.set_variable("testosterone", 1.0)
    first = {opponent: cage.test(opponent)[0] for opponent in (0, STRANGER)}
    differences = {}
    for wins, more in ((2, 2), (40, 38)):
        cage.fight(more, "win", 0)
        rise = {opponent: cage.test(opponent)[0] - first[opponent] for opponent in (0, STRANGER)}
        differences[wins] = rise[0] - rise[STRANGER]
    return differences


def score_of_specificity(differences: dict[int, np.ndarray]) -> Score:
    """How much more the beaten neighbour is attacked."""
    measures = {
        f"rise against the beaten minus that against a stranger, {wins} wins": values
        for wins, values in differences.items()
    }
    return Score(
        headline="rise against the beaten minus that against a stranger, 2 wins",
        measures={name: mean_interval(values) for name, values in measures.items()},
        n=len(differences[2]),
        details=told_all({f"beaten less stranger, {wins} wins": values for wins, values in differences.items()}),
    )


def unresponsive(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) rise of P(attack) over 10 wins, and over 10 more once the gain of those with little testosterone is raised."""
    cage = Cage(animals, seed)
    low = cage.steering.mutable.testosterone < 0.1
    before = cage.test()[0]
    cage.fight(10)
    rise = cage.test()[0] - before
    cage.steering.set_variable("testosterone", 1.0, low)
    cage.fight(10)
    return {"low": low, "rise": rise, "rescued": cage.test()[0] - before, "seed": np.array(seed)}


def score_of_unresponsive(measured: dict[str, np.ndarray]) -> Score:
    """The quarter with little testosterone against the others; without two animals of each kind nothing can be said."""
    low = measured["low"]
    few, others, rescued = measured["rise"][low], measured["rise"][~low], measured["rescued"][low]
    nothing = dict.fromkeys(("mean", "low", "high"), float("nan"))
    details: dict[str, Any] = {"note": "too few animals of a kind"}
    apart, little, raised = nothing, nothing, nothing
    if min(len(few), len(others)) >= 2:
        apart = stratified(
            [others, few], lambda a, b, axis=-1: a.mean(axis=axis) - b.mean(axis=axis), "mean", int(measured["seed"])
        )
        little, raised = mean_interval(few), mean_interval(rescued)
        details = {"share with a gain near 0": float(low.mean())} | told("rise, little testosterone", few)
        details |= told("rise, others", others) | told("rise, little testosterone, gain raised", rescued)
    return Score(
        headline="rise of the others minus that with little testosterone",
        measures={
            "rise of the others minus that with little testosterone": apart,
            "rise of P(attack) with little testosterone": little,
            "rise of P(attack) once their gain is raised": raised,
        },
        n=len(few),
        details=details,
    )


Earned = dict[tuple[str, bool], np.ndarray]
"""(animals,) fitness a day: by how it fights, and by whether strength is shown."""


def worth_of_the_tally(animals: int, seed: int) -> Earned:
    """Twenty days of the tally, none, hawks and doves; with strength hidden, and shown before each contest."""
    days = 20
    earned: Earned = {}
    for shown in (False, True):
        for name in ("one number", "two stages", "Bayes", "none", "hawk", "dove"):
            version = {"two stages": f"{WORLD}/two_stage", "Bayes": f"{WORLD}/bayes"}.get(name)
            if name in ("hawk", "dove"):
                earned[name, shown] = _always(ATTACK if name == "hawk" else RETREAT, animals, seed, days, shown)
                continue
            population = Population("reflex", WORLD, animals, seed=seed, steering=version)
            population.world.manipulate("show_strength", shown=shown)
            if name == "none":
                population.lesion("tally")
            earned[name, shown] = live_days(population, days)
    return earned


def score_of_worth_of_the_tally(earned: Earned) -> Score:
    """What the tally earns more than none, and more than the better of hawk and dove."""
    details: dict[str, Any] = {}
    for (name, shown), values in earned.items():
        details |= told(f"{name}, strength {'shown' if shown else 'hidden'}", values)
    worth = {shown: earned["one number", shown] - earned["none", shown] for shown in (False, True)}
    best = max(("hawk", "dove"), key=lambda name: float(earned[name, False].mean()))
    against = earned["one number", False] - earned[best, False]
    details |= told("worth of the tally, strength shown", worth[True])
    details |= told("worth against the better of hawk and dove", against)
    hidden, seen = mean_interval(worth[False]), mean_interval(worth[True])
    return Score(
        headline="worth of the tally, strength hidden",
        measures={
            "worth of the tally, strength hidden": hidden,
            "upper bound of its worth, strength shown, minus a fifth of that": seen["high"] - 0.2 * hidden["mean"],
            "worth against the better of hawk and dove": mean_interval(against),
        },
        n=len(against),
        details=details,
    )


def _always(action: int, animals: int, seed: int, days: int, shown: bool) -> np.ndarray:
    steered = SteeredWorld(WORLD, animals, hand_over="always", autoreset_mode="SAME_STEP")
    steered.reset(seed=seed)
    steered.world.manipulate("show_strength", shown=shown)
    total = np.zeros(animals)
    for _ in range(days * steered.world.max_episode_steps):
        total += steered.step(np.full(animals, action))[4]["fitness"]
    return total / days


_FIRST_THE_BEATEN = (
    surely_above("rise against the beaten minus that against a stranger, 2 wins", 0.05),
    within("rise against the beaten minus that against a stranger, 40 wins", 0.05),
)

EXPERIMENTS = (
    Experiment(
        id="W1",
        world=WORLD,
        claim="Attacks grow likelier and longer over consecutive wins, and saturate; fights without a winner do nothing",
        source="Stagkourakis et al. 2020; Nordman et al. 2020",
        protocol=escalation,
        score=score_of_escalation,
        criterion=(
            surely_above("rise of P(attack) over 12 wins minus that over 12 fights without a winner"),
            surely_above("rise of the seconds of attack over 12 wins"),
            within("rise of P(attack) without a winner", 0.05),
            below("rise of P(attack) from 8 to 12 wins, minus a fifth of the whole"),
        ),
        animals=64,
        published="five days of wins escalate aggression (count known?)",
    ),
    Experiment(
        id="W2",
        world=WORLD,
        claim="Blocking the tally's plasticity abolishes the rise, inducing it needs no fights, depotentiation reverses it",
        source="Stagkourakis et al. 2020; Yan et al. 2024",
        protocol=plasticity,
        score=score_of_plasticity,
        criterion=(
            within("rise of P(attack): wins, plasticity blocked", 0.05),
            within("rise of P(attack): wins, then depotentiated", 0.05),
            surely_above("rise of P(attack): wins"),
            surely_above("rise of P(attack): no fights, potentiated"),
            surely_above("rise of P(attack) by wins, minus that with plasticity blocked"),
        ),
        animals=64,
        published="optogenetic LTP enhances, LTD diminishes the effect",
    ),
    Experiment(
        id="W3",
        world=WORLD,
        claim="Few wins count against the beaten opponent, many against anyone (the tally is one number)",
        source="Yan et al. 2024",
        protocol=partial(specificity, version=""),
        score=score_of_specificity,
        criterion=_FIRST_THE_BEATEN,
        animals=64,
        published="first target-specific, later generalised, over ten days",
    ),
    Experiment(
        id="W3t",
        world=WORLD,
        claim="Few wins count against the beaten opponent, many against anyone (the tally in two stages)",
        source="Yan et al. 2024",
        protocol=partial(specificity, version="two_stage"),
        score=score_of_specificity,
        criterion=_FIRST_THE_BEATEN,
        animals=64,
        published="first target-specific, later generalised, over ten days",
    ),
    Experiment(
        id="W4",
        world=WORLD,
        claim="Individuals with hardly any testosterone do not escalate; raising the gain rescues them",
        source="Stagkourakis et al. 2020",
        protocol=unresponsive,
        score=score_of_unresponsive,
        criterion=(
            within("rise of P(attack) with little testosterone", 0.05),
            surely_above("rise of P(attack) once their gain is raised", 0.05),
            surely_above("rise of the others minus that with little testosterone", 0.05),
        ),
        animals=128,
        published="about 25% of C57BL/6 males never become aggressive",
    ),
    Experiment(
        id="W5",
        world=WORLD,
        claim="Among equals, winner effects alone make linear ranks with many fights, loser effects alone one clear alpha",
        source="Dugatkin 1997",
        protocol=hierarchy,
        score=score_of_hierarchy,
        criterion=(
            above("Landau's h, winners", 0.9),
            below("Landau's h, losers", 0.9),
            at_least("share of conflicts that the alpha wins, losers", 0.9),
            surely_above("more fights with winner effects than with loser effects"),
        ),
        animals=64,
        published="strict linear hierarchy with many fights; clear alpha, rest unclear",
        slow=True,
    ),
    Experiment(
        id="W6",
        world=WORLD,
        claim="The tally earns more than none, hawks and doves where strength is hidden, and nothing where it is shown",
        source="Fawcett and Johnstone 2010",
        protocol=worth_of_the_tally,
        score=score_of_worth_of_the_tally,
        criterion=(
            surely_above("worth of the tally, strength hidden"),
            below("upper bound of its worth, strength shown, minus a fifth of that"),
            surely_above("worth against the better of hawk and dove"),
        ),
        animals=128,
        slow=True,
    ),
)
