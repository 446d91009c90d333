"""The fighter's steering subsystem: threat, attack and retreat by size, pain, and a tally of fights in three versions."""

from __future__ import annotations

import functools
from typing import Any, ClassVar

import numpy as np

from core.batch_state import Field, RecordState
from core.interfaces import Gains, Recollection, Reflex, Repertoire
from core.senses import Sense, Senses
from envs.rivals.world import ATTACK, DISPLAY, NEIGHBOURS, RETREAT, STRANGER
from steering.subsystem import EXPERIMENTER, MutableVariable, Steering

# Attack drive = boldness + belief - size - pain - fatigue, in log-odds; all weights are chosen.
_BOLDNESS, _BELIEF, _SIZE, _PAIN, _FATIGUE, _SEEN = -0.7, 3.0, 0.8, 0.8, 0.1, 6.0
_THREATEN = 0.5  # share of the courage to attack at which it still threatens
_RATE = 0.2  # of the tally, for each fight: saturates within 5-10 fights (W1)
_SLOW = 0.08  # of the general trace, for each fight (Yan et al. 2024: generalised over days; number chosen)
_UNRESPONSIVE = 0.25  # of males never become aggressive (Stagkourakis et al. 2020)
PAIN_FELT, STATUS, _EFFORT = 0.35, 0.2, 0.02  # reward of a wound, of a fight won or lost, of a second of attack; chosen


_tally = functools.partial(MutableVariable, low=-1.0, high=1.0, initial=0.0)
_gain = functools.partial(MutableVariable, low=0.0, high=3.0, initial=1.0)
_fights = functools.partial(MutableVariable, low=0.0, high=1e6, initial=0.0)

GAINS = (
    _gain("win_gain", "gain of won fights", changed_by=EXPERIMENTER, source="chosen"),
    _gain("loss_gain", "gain of lost fights", changed_by=EXPERIMENTER, source="chosen"),
    _gain(
        "testosterone",
        "gain of whatever a fight leaves behind",
        changed_by="drawn at birth, near 0 in a quarter of males; then an experimenter only",
        source="Stagkourakis et al. 2020",
    ),
)


class Fighter(Steering):
    """Reflexes and judgement of the animal of ``Rivals``; the tally is one number.

    At the start of a contest it draws how much courage it needs. It attacks while the attack drive exceeds that, threatens
    while the drive is not far below it, and otherwise retreats. A won fight raises the tally and a lost one lowers it, each by a
    fifth of the distance left to its bounds (the reading of Fawcett and Johnstone 2010; increments gated by testosterone,
    Stagkourakis et al. 2020).
    """

    world = "Rivals"
    wants = ("wait", "retreat", "threaten", "attack")
    parts = ("resource", "pain", "status", "effort")
    channels = ("resource", "pain")
    best_constant = "threaten"
    lesionable = ("tally", "assessment", "pain")
    stream_names = ("reflex noise", "constitution")
    signals = Senses(Sense("belief", "1", -1.0, 1.0, "how strong it holds itself to be against this opponent"))
    variables: ClassVar[tuple[MutableVariable, ...]] = (
        _tally(
            "tally",
            "fights won against fights lost",
            changed_by="a fight won or lost",
            source="Stagkourakis et al. 2020; rate chosen",
        ),
        *GAINS,
    )

    transient_state = (
        Field("courage", "1", "probability of attack that this contest asks for", 0.5, 0.0, 1.0),
        Field("belief", "1", "how strong it holds itself to be against this opponent", 0.0, -1.0, 1.0),
        Field("was_present", "bool", "whether there was an opponent before", False, 0, 1),
    )

    transient: RecordState

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """A quarter of males hardly respond to winning."""
        super().birth(seeds, mask)
        draw = self.streams.uniform("constitution", 2, mask)
        gain = np.where(draw[:, 0] < _UNRESPONSIVE, 0.05 * draw[:, 1], 0.8 + 0.4 * draw[:, 1])
        self.mutable.testosterone[mask] = gain[mask]

    # -- the three versions differ in these two --------------------------------------------------

    def _believe(self, who: np.ndarray) -> np.ndarray:
        """(animals,) in [-1, 1]: how strong it holds itself to be against ``who`` (a neighbour, or STRANGER)."""
        return self.mutable.tally.copy()

    def _remember(self, result: np.ndarray, who: np.ndarray) -> None:
        """A fight was won (+1) or lost (-1) against ``who``; 0 where none ended."""
        self.mutable.tally += self._step(result, _RATE) * (result - self.mutable.tally)

    def _step(self, result: np.ndarray, rate: float) -> np.ndarray:
        """Rate of change after a fight, gated by the innate gains; at most 1."""
        gain = np.where(result > 0.0, self.mutable.win_gain, self.mutable.loss_gain) * (result != 0.0)
        return np.minimum(1.0, rate * self.mutable.testosterone * gain)

    # -- reflexes and judgement ------------------------------------------------------------------

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        now, there = self.transient, reading["opponent"] > 0.5
        arrives = there & ~now.was_present
        now.courage = np.where(arrives, self.streams.uniform("reflex noise", 1, arrives)[:, 0], now.courage)
        now.was_present = there
        who = np.where(reading["face"].any(axis=1), reading["face"].argmax(axis=1), STRANGER)
        now.belief = np.where(there & ~self.lesioned("tally"), self._believe(who), 0.0)
        size = np.where(self.lesioned("assessment"), 0.0, reading["size"])
        drive = (
            _BOLDNESS + _BELIEF * now.belief - np.where(reading["shown"] > 0.5, -_SEEN * reading["advantage"], _SIZE * size)
        )
        hurt = np.where(self.lesioned("pain"), 0.0, reading["wounds"])
        drive = drive - _PAIN * hurt - _FATIGUE * reading["engaged"]
        chance = 1.0 / (1.0 + np.exp(-drive))
        action = np.where(chance > now.courage, ATTACK, np.where(chance > _THREATEN * now.courage, DISPLAY, RETREAT))
        want = np.where(there, 1 + action, 0)
        urgency = np.where(there, np.where((action == RETREAT) & (hurt > 1), 0.9, 0.3), 0.0)
        return Reflex(np.where(there, action, RETREAT), urgency, want, there.astype(float))

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        result = np.where(after["won"] > 0.5, 1.0, 0.0) - np.where(after["lost"] > 0.5, 1.0, 0.0)
        self._remember(result, after["met"].astype(int))
        blow = np.where(self.lesioned("pain"), 0.0, after["blow"])
        parts["resource"][:] = channels["resource"][:] = after["won"]
        channels["pain"][:] = blow
        parts["pain"][:] = -PAIN_FELT * blow
        parts["status"][:] = STATUS * result
        parts["effort"][:] = -_EFFORT * self.dt * ((action == ATTACK) & (before["opponent"] > 0.5))

    def modulate(self, age: np.ndarray) -> Gains:
        """The young try four times as much as the grown, falling over 20 days: wounds heal; the rest stays."""
        one = np.ones(len(age))
        return Gains(one, np.maximum(1.0, 4.0 * np.exp(-age / 8000.0)), one.copy())

    @property
    def repertoire(self) -> Repertoire:
        """Retreat, threat, attack."""
        return Repertoire(("retreat", "threaten", "attack"), np.array([RETREAT, DISPLAY, ATTACK]))

    def sense_signals(self, reading: Any) -> None:
        """Belief, as broadcast to the learner."""
        reading["belief"][:] = np.clip(self.transient.belief, -1.0, 1.0)


class TwoStageFighter(Fighter):
    """The tally in two stages: a fast trace for each known opponent, and a slow general one fed by them (Yan et al. 2024).

    Belief = general + (1 - |general|) trace: what has become general no longer depends on whom it was won against.
    """

    version = "two_stage"
    variables = (
        _tally(
            "general",
            "how fights went, against anyone",
            changed_by="a fight won or lost, slowly",
            source="Yan et al. 2024; rate chosen",
        ),
        *(
            _tally(
                f"trace_{i}",
                f"how fights against neighbour {i} went",
                changed_by="a fight against it",
                source="Yan et al. 2024; rate chosen",
            )
            for i in range(NEIGHBOURS)
        ),
        *Fighter.variables[1:],
    )

    def _believe(self, who: np.ndarray) -> np.ndarray:
        general, trace = self.mutable.general, np.zeros(self.num_animals)
        for index in range(NEIGHBOURS):
            trace = np.where(who == index, getattr(self.mutable, f"trace_{index}"), trace)
        return general + (1.0 - np.abs(general)) * trace

    def _remember(self, result: np.ndarray, who: np.ndarray) -> None:
        self.mutable.general += self._step(result, _SLOW) * (result - self.mutable.general)
        for index in range(NEIGHBOURS):
            trace = getattr(self.mutable, f"trace_{index}")
            trace += self._step(result, 2.0 * _RATE) * (who == index) * (result - trace)


class BayesFighter(Fighter):
    """The yardstick: two counts, and the posterior of being strong (Fawcett and Johnstone 2010).

    log-odds = W ln(a_s / a_w) + L ln((1 - a_s) / (1 - a_w)) with even prior odds, a_s and a_w the win rates of the strong and the
    weak; belief is the mean of what is best for either. It counts whole fights, whatever testosterone says.
    """

    version = "bayes"
    variables: ClassVar[tuple[MutableVariable, ...]] = (
        _fights("wins", "fights won", changed_by="a fight won", source="Fawcett and Johnstone 2010"),
        _fights("losses", "fights lost", changed_by="a fight lost", source="Fawcett and Johnstone 2010"),
    )
    _WIN_RATES = 0.72, 0.37  # of the strong and the weak with this steering; measured on 128 animals, seeds from 100
    _BEST = 0.6, -0.4  # belief with which the strong and the weak fare best; measured likewise

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        Steering.birth(self, seeds, mask)

    def _believe(self, who: np.ndarray) -> np.ndarray:
        strong, weak = self._WIN_RATES
        odds = self.mutable.wins * np.log(strong / weak) + self.mutable.losses * np.log((1.0 - strong) / (1.0 - weak))
        certain = 0.5 + 0.5 * np.tanh(0.5 * odds)
        return certain * self._BEST[0] + (1.0 - certain) * self._BEST[1]

    def _remember(self, result: np.ndarray, who: np.ndarray) -> None:
        self.mutable.wins += result > 0.0
        self.mutable.losses += result < 0.0
