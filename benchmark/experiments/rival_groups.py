"""W5: groups of animals of equal strength that fight each other, each with the whole innate steering of Rivals."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmark.experiments.experiment import Score
from benchmark.laboratory.lives import told
from benchmark.results.statistics import mean_interval
from core.streams import RowStreams
from envs.registration import make_world
from envs.rivals.world import ATTACK, LONGEST, RETREAT, STRANGER, STRIKES
from steering.rivals import Fighter

_MEMBERS, _MEETINGS = 6, 600


class Groups:
    """``groups`` of six: pairs meet at random, and fight until one retreats; rounds are even, since all are equally strong."""

    def __init__(self, groups: int, seed: int, winner_effect: bool, loser_effect: bool) -> None:
        world: Any = make_world("Rivals", 1)
        self.groups, animals = groups, groups * _MEMBERS
        self.senses = world.senses
        self.steering = Fighter(animals, world.senses, world.single_action_space, world.dt)
        members = seed + 1_000 * np.arange(groups)[:, None] + np.arange(_MEMBERS)  # no group shares an animal with another
        self.steering.birth(members.ravel().astype(np.uint64), np.ones(animals, bool))
        self.steering.set_variable("testosterone", 1.0)
        self.steering.set_variable("win_gain", 1.0 if winner_effect else 0.0)
        self.steering.set_variable("loss_gain", 1.0 if loser_effect else 0.0)
        self.streams = RowStreams(groups, ("meetings",))
        self.streams.seed(np.arange(seed, seed + groups, dtype=np.uint64))
        self.dominance = np.zeros((groups, _MEMBERS, _MEMBERS))
        self.fights = np.zeros(groups)

    def meet(self, keep: bool) -> None:
        """One contest in every group; ``keep`` counts it."""
        pair = np.argsort(self.streams.uniform("meetings", _MEMBERS), axis=1, kind="stable")[:, :2]
        rows = pair + _MEMBERS * np.arange(self.groups)[:, None]
        wounds, fought = np.zeros((self.groups, 2)), np.zeros(self.groups, bool)
        going, winner = np.ones(self.groups, bool), np.full(self.groups, -1)
        for second in range(int(LONGEST)):
            action = self._act(rows, going, wounds, second)
            draw = self.streams.uniform("meetings", 2)
            flees = (action == RETREAT) & going[:, None]
            one = flees.any(axis=1) & ~flees.all(axis=1)
            winner = np.where(one, np.where(flees[:, 0], 1, 0), winner)
            going &= ~flees.any(axis=1)
            strikes = going & (action == ATTACK).any(axis=1) & (draw[:, 0] < STRIKES)
            loser = (draw[:, 1] < 0.5).astype(int)
            wounds[np.arange(self.groups), loser] += strikes
            fought |= strikes
        ended = winner >= 0
        if keep:
            group = np.flatnonzero(ended)
            self.dominance[group, pair[group, winner[group]], pair[group, 1 - winner[group]]] += 1
            self.fights += fought
        self._judge(rows, winner, ended & fought)

    def _readings(self) -> tuple[np.ndarray, Any]:
        flat = np.zeros((self.steering.num_animals, self.senses.size), np.float32)
        return flat, self.senses.split(flat)

    def _act(self, rows: np.ndarray, going: np.ndarray, wounds: np.ndarray, second: int) -> np.ndarray:
        flat, reading = self._readings()
        reading["opponent"][rows] = going[:, None]
        reading["wounds"][rows], reading["engaged"][rows] = wounds * going[:, None], second * going[:, None]
        return self.steering.react(flat).action[rows]

    def _judge(self, rows: np.ndarray, winner: np.ndarray, counts: np.ndarray) -> None:
        flat, reading = self._readings()
        self.steering.react(flat)  # nobody is there: the contest is over
        reading["met"][:] = STRANGER
        group = np.flatnonzero(counts)
        reading["won"][rows[group, winner[group]]] = 1.0
        reading["lost"][rows[group, 1 - winner[group]]] = 1.0
        self.steering.judge(flat, np.zeros(len(flat), int), flat)


def landau(dominance: np.ndarray) -> np.ndarray:
    """(groups,) Landau's index of linearity h in [0, 1] from conflicts won (groups, n, n); ties and unknown pairs count half."""
    n = dominance.shape[1]
    above = (dominance > dominance.transpose(0, 2, 1)) + 0.5 * (dominance == dominance.transpose(0, 2, 1))
    score = above.sum(axis=2) - 0.5
    return 12.0 / (n**3 - n) * ((score - (n - 1) / 2.0) ** 2).sum(axis=1)


Dominance = dict[str, Groups]


def hierarchy(animals: int, seed: int) -> Dominance:
    """``animals`` groups of six in the second half of 600 meetings: with winner effects alone, loser effects alone, and neither."""
    found = {}
    for name, winner, loser in (("winners", True, False), ("losers", False, True), ("neither", False, False)):
        groups = found[name] = Groups(animals, seed, winner, loser)
        for meeting in range(_MEETINGS):
            groups.meet(meeting >= _MEETINGS // 2)
    return found


def score_of_hierarchy(found: Dominance) -> Score:
    """How linear dominance is, how many fights it takes, and how clear the alpha is."""
    linear, fights, alpha = {}, {}, {}
    details: dict[str, Any] = {}
    for name, groups in found.items():
        won, lost = groups.dominance.sum(axis=2), groups.dominance.sum(axis=1)
        share = won / np.maximum(won + lost, 1)
        linear[name], fights[name], alpha[name] = landau(groups.dominance), groups.fights, share.max(axis=1)
        details |= told(f"Landau's h, {name}", linear[name]) | told(f"fights in 300 meetings, {name}", fights[name])
        details |= told(f"share of conflicts that the alpha wins, {name}", alpha[name])
    return Score(
        headline="Landau's h, winners minus losers",
        measures={
            "Landau's h, winners minus losers": mean_interval(linear["winners"] - linear["losers"]),
            "Landau's h, winners": float(linear["winners"].mean()),
            "Landau's h, losers": float(linear["losers"].mean()),
            "share of conflicts that the alpha wins, losers": float(alpha["losers"].mean()),
            "more fights with winner effects than with loser effects": mean_interval(fights["winners"] - fights["losers"]),
        },
        n=len(linear["winners"]),
        details=details,
    )
