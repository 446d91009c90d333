"""The default learner: options held for bouts, valued by temporal-difference learning on a separated code.

Cortex and hippocampus give the observation (senses, steering's signals, remembered places), the striatum
values options in it. Letting the reflex act is one option among the others, with a value of its own.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from core.batch_state import BatchState, RecordState
from core.interfaces import Gains, Proposal, Recollection, Reflex
from core.renamed import renamed_attributes
from core.senses import Sense, Senses
from learning.codes import Code
from learning.option_kernels import (
    DEFER,
    Aim,
    Caution,
    Durations,
    Exploration,
    Following,
    Goals,
    Remembered,
    Running,
    accumulate,
    aim,
    close_bouts,
    decide,
    fill_actions,
    needs_decision,
    open_bouts,
    value_next,
)
from learning.pattern_separator import PatternSeparator
from learning.place_memory import PlaceMemory
from learning.subsystem import Learner, LearnerSpec, Transition
from learning.three_factor import MEMORY, Plasticity, Trace, fields, width

_GOAL_REACHED = 0.05


@renamed_attributes(enough="min_visits")
@dataclass(frozen=True)
class OptionGenome:
    """Innate settings of the option learner; the same for every world.

    Attributes:
        units: width of the pattern separator.
        place_cells: number of place cells.
        discount_time: time constant of discounting, s.
        trace_decay: lambda of the eligibility trace, per bout.
        rate: learning rate of the read-out (striatum).
        place_rate: factor on the learning of the place memory (hippocampus).
        anneal, rate_floor: how the rate of a unit falls with its visits.
        bout: length of a bout of a fixed motor programme, s.
        goal_bout: longest bout of a programme with a goal, s.
        explore, explore_aroused: chance that a bout explores, when calm and when aroused.
        pessimism: standard errors subtracted from an advantage before it counts.
        optimism: standard errors added where options are compared for exploration; negative explores uniformly.
        min_visits: visits of a unit with an option that make it familiar.
        noise: largest error that is added to every value at every decision; for experiments on noisy critics.
    """

    units: int = 500
    place_cells: int = 100
    discount_time: float = 5.0
    trace_decay: float = 0.5
    rate: float = 0.3
    place_rate: float = 1.0
    anneal: float = 50.0
    rate_floor: float = 0.02
    bout: float = 1.0
    goal_bout: float = 4.0
    explore: float = 0.3
    explore_aroused: float = 0.05
    pessimism: float = 0.5
    optimism: float = 0.5
    min_visits: float = 5.0
    noise: float = 0.0


class OptionLearner(Learner):
    """Semi-Markov options on a pattern-separated code, with a place memory (see the module's text)."""

    name = "options"
    stream_names: ClassVar[tuple[str, ...]] = ("wiring", "place fields", "exploration", "first weights")
    lesionable = ("place_memory", "plasticity")
    genome_type: ClassVar[type[OptionGenome]] = OptionGenome

    def __init__(
        self, num_animals: int, spec: LearnerSpec, may_defer: bool = True, genome: OptionGenome | None = None
    ) -> None:
        super().__init__(num_animals, spec, may_defer)
        self.genome = genome or self.genome_type()
        repertoire = spec.repertoire
        goals = repertoire.goals if repertoire.place else tuple(g for g in repertoire.goals if g.sense)
        self.option_names = ("let the reflex act", *repertoire.names, *(goal.name for goal in goals))
        remembered = tuple(dict.fromkeys(goal.channel for goal in goals if goal.channel))
        self._channels = np.array([spec.channels.index(channel) for channel in remembered], int)
        self._programmes = np.asarray(repertoire.actions, float).reshape(len(repertoire.names), -1)
        self._pace = np.array([goal.pace for goal in goals], float)
        self._goals = Goals(
            column=np.array([spec.senses.place(g.sense).start if g.sense else -1 for g in goals], int),
            slot=np.array([remembered.index(g.channel) if g.channel else -1 for g in goals], int),
            reach=_GOAL_REACHED,
        )
        self._where = spec.senses.place(repertoire.place) if repertoire.place else slice(0, 2)
        depleting = tuple(any(goal.depletes for goal in goals if goal.channel == channel) for channel in remembered)
        self.place_memory = PlaceMemory(num_animals, remembered, depleting, self.genome.place_cells, spec.dt)
        inner = [Sense(f"distance_{c}", "1", 0.0, 3.0, f"distance to remembered {c}") for c in remembered]
        inner += [Sense(f"confidence_{c}", "1", 0.0, 1.0, f"confidence in remembered {c}") for c in remembered]
        self.separator = self._make_code(spec.senses + Senses(*inner))
        units, options, active = self.separator.units, len(self.option_names), self.separator.active_units
        self._fields = fields(options)
        newborn = np.zeros((units, width(options)), np.float32)
        newborn[:, self._fields["square"]] = 1.0
        self._newborn_unit = newborn[0]
        self.synapses = BatchState(num_animals, weights=newborn)
        shape = spec.action_space.shape or ()
        self.bout = RecordState(
            num_animals,
            running=False,
            left=0,
            steps=0,
            option=-1,
            chosen=-1,
            value=0.0,
            next_value=0.0,
            next_tried=False,
            reward=0.0,
            urgency=0.0,
            arousal=0.0,
            explores=False,
            confidence=0.0,
            familiarity=0.0,
            best_value=0.0,
            defer_value=0.0,
            cut=False,
        )
        self.trace = BatchState(
            num_animals,
            units=np.zeros(active, np.int32),
            past_units=np.zeros((MEMORY, active), np.int32),
            past_option=np.full(MEMORY, -1),
            strength=np.zeros(MEMORY),
        )
        self._action_shape = (num_animals, *shape)
        self._step_discount = math.exp(-spec.dt / self.genome.discount_time)
        self._plasticity = np.ones(num_animals)
        self._values = np.zeros((num_animals, options), np.float32)
        self._next_units = np.zeros((num_animals, active), np.int32)
        self.aim = BatchState(
            num_animals,
            place=np.zeros(2),
            vector=np.zeros((len(goals), 2)),
            usable=np.zeros(len(goals), bool),
            offered=np.zeros(len(goals), bool),
            inner=np.zeros(len(inner)),
        )
        portion = np.full(options, 0.0 if may_defer else 0.5)
        portion[DEFER] = 1.0
        self._target, self._next = np.zeros(num_animals), np.zeros(num_animals, np.int64)
        self._may_defer = np.full(num_animals, may_defer)
        self._portion = portion
        self._group_for_kernels()

    def _group_for_kernels(self) -> None:
        genome, memory, trace = self.genome, self.place_memory.state, self.trace
        steps = [max(1, round(length / self.spec.dt)) for length in (genome.bout, genome.goal_bout)]
        self._durations = Durations(len(self._programmes), *steps)
        self._remembered = Remembered(memory.target, memory.confidence, self.lesions.place_memory)
        self._aims = Aim(self.aim.vector, self.aim.usable, self.aim.inner)
        self._caution = Caution(genome.pessimism, genome.optimism, genome.min_visits, genome.noise)
        self._running = Running(self.bout.records, trace.units)
        self._trace = Trace(trace.past_units, trace.past_option, trace.strength)
        self._synaptic = Plasticity(genome.anneal, genome.rate_floor, self._portion)

    def _make_code(self, senses: Senses) -> Code:
        """What turns senses into the active units of the read-out."""
        return PatternSeparator(self.num_animals, senses, self.genome.units)

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Random wiring, random faint read-out, empty place memory."""
        self.streams.seed(seeds, mask)
        for part in (self.synapses, self.bout, self.trace, self.aim, self.lesions):
            part.restart(mask)
        self.separator.wire(self.streams, "wiring", mask)
        self.place_memory.wire(self.streams, "place fields", mask)
        shape = (self.separator.units, len(self.option_names))
        for row in np.flatnonzero(mask):
            noise = self.streams.uniform("first weights", shape[0] * shape[1], np.arange(self.num_animals) == row)[row]
            self.synapses.weights[row, :, self._fields["weights"]] = 1e-3 * (noise.reshape(shape) - 0.5)

    def begin(self, mask: np.ndarray) -> None:
        """A new episode: bouts, traces and the sense of having just been somewhere end."""
        self.bout.restart(mask)
        self.trace.restart(mask)
        self.aim.restart(mask, "offered")
        self.place_memory.begin(mask)

    def _observe(self, observation: np.ndarray) -> None:
        """Look up where steering's channels were found, and aim at them."""
        memory, self.aim.place = self.place_memory, observation[:, self._where]
        place = self.aim.place
        memory.recall(place)
        aim(observation, place, self._remembered, self._goals, self._aims)

    def _recall(self) -> Recollection | None:
        """Where steering's channels were found, seen from here."""
        place, memory = self.aim.place, self.place_memory
        count = len(memory.channels)
        return Recollection(
            displacement={name: memory.state.target[:, index] - place for index, name in enumerate(memory.channels)},
            confidence={name: self.aim.inner[:, count + index].copy() for index, name in enumerate(memory.channels)},
        )

    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """Go on with the running bout, or decide afresh where it is over, something happened, or a goal came within reach."""
        bout, genome = self.bout, self.genome
        new_decision = needs_decision(bout.records, reflex.urgency, reflex.arousal, self.aim.usable, self.aim.offered)
        rows = np.flatnonzero(new_decision)
        if rows.size:
            self._plasticity = gains.plasticity
            self._encode(rows, observation)
            chance = gains.exploration * np.where(reflex.arousal > 0.5, genome.explore_aroused, genome.explore)
            draw = self.streams.uniform("exploration", 1 + len(self.option_names), new_decision)
            weights, exploration = self.synapses.weights, Exploration(draw, chance)
            decide(rows, self._next_units, weights, self.aim.usable, exploration, self._caution, self._values, bout.records)
            self._weigh(rows)
        return self._proposal(new_decision)

    def _encode(self, rows: np.ndarray, observation: np.ndarray) -> None:
        """Fill the active units of the given rows."""
        self.separator.encode(rows, observation, self.aim.inner, self._next_units)

    def _weigh(self, rows: np.ndarray) -> None:
        """A learner's own second thoughts about the decisions just taken in the given rows."""

    def _defers(self) -> np.ndarray:
        return self._may_defer & ~self.bout.explores & (self.bout.best_value <= self.bout.defer_value)

    def _proposal(self, new_decision: np.ndarray) -> Proposal:
        bout = self.bout
        defers = self._defers()
        action = np.zeros((self.num_animals, self._programmes.shape[1]))
        fill_actions(bout.chosen, self._programmes, self.aim.vector, self.aim.usable, self._pace, action)
        return Proposal(
            action=action.reshape(self._action_shape),
            lower_bound=bout.confidence.copy(),
            advantage=bout.best_value - bout.defer_value,
            familiarity=bout.familiarity.copy(),
            defers=defers,
            explores=bout.explores.copy(),
            option=bout.chosen.copy(),
            new_decision=new_decision,
            adopted=np.zeros(self.num_animals, bool),
        )

    def _learn(self, transition: Transition) -> None:
        """Close the bout that ended before this tick, open the new one, add this tick's reward."""
        bout, genome = self.bout, self.genome
        plastic = transition.gains.plasticity * ~self.lesions.plasticity
        rate = genome.rate * transition.gains.learning_rate * plastic
        rows = np.flatnonzero(transition.proposal.new_decision)
        if rows.size:
            self._value_next(rows, transition.in_charge)
            self._close(rows, self._target, rate)
            open_bouts(rows, self._running, self._next, self._next_units, self._durations)
        accumulate(bout.records, transition.verdict.reward, self._step_discount)
        self.place_memory.remember(
            transition.final_observation[:, self._where],
            transition.verdict.channels[:, self._channels],
            plastic * genome.place_rate,
        )
        if transition.terminated.any():
            self._close(np.flatnonzero(transition.terminated), np.zeros(self.num_animals), rate)
        self._stop_at_goals()

    def _value_next(self, rows: np.ndarray, in_charge: np.ndarray) -> None:
        """Fill what is done next in the given rows, and what that is worth to the bout that ends."""
        following = Following(self._target, self._next)
        value_next(rows, in_charge, self.bout.records, self._values, self.may_defer, self._step_discount, following)

    def _stop_at_goals(self) -> None:
        """A bout towards a goal ends where the goal is reached or gone."""
        goal = self.bout.option - 1 - len(self._programmes)
        seeking = np.flatnonzero(goal >= 0)
        self.bout.left[seeking] *= self.aim.usable[seeking, goal[seeking]]

    def _close(self, rows: np.ndarray, target: np.ndarray, rate: np.ndarray) -> None:
        fading = self.genome.trace_decay, self._step_discount
        close_bouts(rows, target, self._running, self._trace, fading, rate, self._synaptic, self.synapses.weights)

    # -- state -----------------------------------------------------------------------------------

    def _counts(self) -> dict[str, int]:
        options = dict.fromkeys(("option", "chosen", "past_option", "base"), len(self.option_names))
        return options | dict.fromkeys(("units", "past_units"), self.separator.units)

    def _state_parts(self) -> dict[str, Any]:
        return {
            "wiring": self.separator,
            "synapses": self.synapses,
            "bout": self.bout,
            "aim": self.aim,
            "trace": self.trace,
            "lesions": self.lesions,
            "place_memory": self.place_memory.state,
            "streams": self.streams,
        }

    def read_outs(self) -> dict[str, np.ndarray]:
        """Everything that experience wrote: read-out weights, visits, place maps."""
        return {"synapses": self.synapses.weights, "places": self.place_memory.state.memory}

    def option_values(self, row: int) -> np.ndarray | None:
        """Values of all options where the animal last decided."""
        return self._values[row].astype(float)

    def settings(self) -> dict[str, Any]:
        """The genome."""
        return asdict(self.genome)
