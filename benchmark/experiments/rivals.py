"""Signatures of Rivals (W1 to W6): what winning does to an animal, by which number, and what that number is worth."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from agents.life import live
from agents.population import Population
from agents.steered_world import SteeredWorld
from benchmark.experiments.experiment import Experiment, Result
from benchmark.experiments.lives import live_days, told
from benchmark.experiments.rival_groups import hierarchy
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
        rows = self.population.animals
        self.world.manipulate("isolate", alone=False)
        self.world.manipulate("stage", outcome="none", opponent=opponent)
        met, attacked, seconds = np.zeros(rows), np.zeros(rows), np.zeros(rows)
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


def escalation(animals: int, seed: int) -> Result:
    """W1: attack probability and duration over consecutive wins, and over as many fights without a winner."""
    chance, length = {}, {}
    for outcome in ("win", "none"):
        cage = Cage(animals, seed)
        had, measured = 0, []
        for wins in _WINS:
            if wins > had:
                cage.fight(wins - had, outcome)
                had = wins
            measured.append(cage.test())
        chance[outcome], length[outcome] = (np.stack(column) for column in zip(*measured, strict=True))
    rise = {name: values[-1] - values[0] for name, values in chance.items()}
    found, longer = mean_interval(rise["win"] - rise["none"]), mean_interval(length["win"][-1] - length["win"][0])
    still = mean_interval(rise["none"])
    late = mean_interval(chance["win"][-1] - chance["win"][_WINS.index(8)])
    curve = chance["win"].mean(axis=1)
    details: dict[str, Any] = (
        {
            "wins": [float(w) for w in _WINS],
            "P(attack) after wins": curve.tolist(),
            "P(attack) after fights without a winner": chance["none"].mean(axis=1).tolist(),
            "seconds of attack after wins": length["win"].mean(axis=1).tolist(),
            "share of the rise reached after 8 wins": float((curve[_WINS.index(8)] - curve[0]) / (curve[-1] - curve[0])),
        }
        | told("rise from 8 to 12 wins", chance["win"][-1] - chance["win"][5])
        | told("rise without a winner", rise["none"])
    )
    holds = (
        found["low"] > 0.0 and longer["low"] > 0.0 and abs(still["mean"]) < 0.05 and late["mean"] < 0.2 * rise["win"].mean()
    )
    return Result(found["mean"], found["low"], found["high"], bool(holds), animals, details)


def plasticity(animals: int, seed: int) -> Result:
    """W2: wins with the tally frozen, the tally set without fights, and put back after wins; changes of P(attack)."""
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
    details: dict[str, Any] = {}
    for name, values in change.items():
        details |= told(f"rise of P(attack): {name}", values)
    found = mean_interval(change["wins"] - change["wins, plasticity blocked"])
    quiet = all(abs(change[name].mean()) < 0.05 for name in ("wins, plasticity blocked", "wins, then depotentiated"))
    grows = all(mean_interval(change[name])["low"] > 0.0 for name in ("wins", "no fights, potentiated"))
    return Result(
        found["mean"], found["low"], found["high"], bool(quiet and grows and found["low"] > 0.0), animals, details
    )


def specificity(animals: int, seed: int, version: str) -> Result:
    """W3: rise of P(attack) against the beaten neighbour less that against a stranger, after 2 wins and after 40."""
    cage = Cage(animals, seed, version)
    cage.steering.set_variable("testosterone", 1.0)
    first = {opponent: cage.test(opponent)[0] for opponent in (0, STRANGER)}
    differences = {}
    for wins, more in ((2, 2), (40, 38)):
        cage.fight(more, "win", 0)
        rise = {opponent: cage.test(opponent)[0] - first[opponent] for opponent in (0, STRANGER)}
        differences[wins] = rise[0] - rise[STRANGER]
    early, late = mean_interval(differences[2]), mean_interval(differences[40])
    details: dict[str, Any] = told("beaten less stranger, 2 wins", differences[2])
    details |= told("beaten less stranger, 40 wins", differences[40])
    holds = early["low"] > 0.05 and abs(late["mean"]) < 0.05
    return Result(early["mean"], early["low"], early["high"], bool(holds), animals, details)


def unresponsive(animals: int, seed: int) -> Result:
    """W4: rise of P(attack) over 10 wins in the quarter with little testosterone and in the others; then with a raised gain."""
    cage = Cage(animals, seed)
    low = cage.steering.mutable.testosterone < 0.1
    before = cage.test()[0]
    cage.fight(10)
    rise = cage.test()[0] - before
    cage.steering.set_variable("testosterone", 1.0, low)
    cage.fight(10)
    rescued = cage.test()[0] - before
    if min(low.sum(), (~low).sum()) < 2:
        return Result(
            float("nan"), float("nan"), float("nan"), False, int(low.sum()), {"note": "too few animals of a kind"}
        )
    found = stratified([rise[~low], rise[low]], lambda a, b, axis=-1: a.mean(axis=axis) - b.mean(axis=axis), "mean", seed)
    details: dict[str, Any] = {"share with a gain near 0": float(low.mean())} | told("rise, little testosterone", rise[low])
    details |= told("rise, others", rise[~low]) | told("rise, little testosterone, gain raised", rescued[low])
    holds = abs(rise[low].mean()) < 0.05 and mean_interval(rescued[low])["low"] > 0.05 and found["low"] > 0.05
    return Result(found["mean"], found["low"], found["high"], bool(holds), int(low.sum()), details)


def worth_of_the_tally(animals: int, seed: int) -> Result:
    """W6: fitness a day of the tally against none, hawks and doves; with strength hidden, and shown before each contest."""
    days = 20
    earned: dict[tuple[str, bool], np.ndarray] = {}
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
    details: dict[str, Any] = {}
    for (name, shown), values in earned.items():
        details |= told(f"{name}, strength {'shown' if shown else 'hidden'}", values)
    worth = {shown: earned["one number", shown] - earned["none", shown] for shown in (False, True)}
    hidden, seen = mean_interval(worth[False]), mean_interval(worth[True])
    details |= told("worth of the tally, strength shown", worth[True])
    best = max(("hawk", "dove"), key=lambda name: float(earned[name, False].mean()))
    details |= told("worth against the better of hawk and dove", earned["one number", False] - earned[best, False])
    against = mean_interval(earned["one number", False] - earned[best, False])
    holds = hidden["low"] > 0.0 and seen["high"] < 0.2 * hidden["mean"] and against["low"] > 0.0
    return Result(hidden["mean"], hidden["low"], hidden["high"], bool(holds), animals, details)


def _always(action: int, animals: int, seed: int, days: int, shown: bool) -> np.ndarray:
    steered = SteeredWorld(WORLD, animals, hand_over="always", autoreset_mode="SAME_STEP")
    steered.reset(seed=seed)
    steered.world.manipulate("show_strength", shown=shown)
    total = np.zeros(animals)
    for _ in range(days * steered.world.max_episode_steps):
        total += steered.step(np.full(animals, action))[4]["fitness"]
    return total / days


EXPERIMENTS = (
    Experiment(
        "W1",
        WORLD,
        "Attacks grow likelier and longer over consecutive wins, and saturate; fights without a winner do nothing",
        "rise against control > 0, duration rises, control within 0.05, from 8 to 12 wins less than a fifth of the rise",
        "Stagkourakis et al. 2020; Nordman et al. 2020",
        escalation,
        64,
        "five days of wins escalate aggression (count known?)",
    ),
    Experiment(
        "W2",
        WORLD,
        "Blocking the tally's plasticity abolishes the rise, inducing it needs no fights, depotentiation reverses it",
        "blocked and reversed within 0.05 of before; wins and potentiation raise P(attack)",
        "Stagkourakis et al. 2020; Yan et al. 2024",
        plasticity,
        64,
        "optogenetic LTP enhances, LTD diminishes the effect",
    ),
    Experiment(
        "W3",
        WORLD,
        "Few wins count against the beaten opponent, many against anyone (the tally is one number)",
        "after 2 wins the beaten is attacked more than a stranger by 0.05 at least; after 40 within 0.05",
        "Yan et al. 2024",
        partial(specificity, version=""),
        64,
        "first target-specific, later generalised, over ten days",
    ),
    Experiment(
        "W3t",
        WORLD,
        "Few wins count against the beaten opponent, many against anyone (the tally in two stages)",
        "as W3",
        "Yan et al. 2024",
        partial(specificity, version="two_stage"),
        64,
        "first target-specific, later generalised, over ten days",
    ),
    Experiment(
        "W4",
        WORLD,
        "Individuals with hardly any testosterone do not escalate; raising the gain rescues them",
        "rise of the low within 0.05 of 0; above 0.05 once raised, and that of the others above theirs",
        "Stagkourakis et al. 2020",
        unresponsive,
        128,
        "about 25% of C57BL/6 males never become aggressive",
    ),
    Experiment(
        "W5",
        WORLD,
        "Among equals, winner effects alone make linear ranks with many fights, loser effects alone one clear alpha",
        "winners: Landau's h > 0.9; losers: alpha wins 90% of its conflicts, h < 0.9; more fights with winners",
        "Dugatkin 1997",
        hierarchy,
        64,
        "strict linear hierarchy with many fights; clear alpha, rest unclear",
    ),
    Experiment(
        "W6",
        WORLD,
        "The tally earns more than none, hawks and doves where strength is hidden, and nothing where it is shown",
        "worth > 0 hidden, above hawk and dove; shown, upper bound below a fifth of that",
        "Fawcett and Johnstone 2010",
        worth_of_the_tally,
        128,
        slow=True,
    ),
)
