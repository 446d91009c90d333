"""The default learner: options held for bouts, valued by temporal-difference learning on a separated code.

Cortex and hippocampus give the context (senses, steering's signals, remembered places), the striatum
values options in it. Letting the reflex act is one option among the others, with a value of its own.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numba import njit

from envs.messages import Gains, Proposal, Recollection, Reflex
from envs.rows import Rows, nest, unnest
from envs.senses import Sense, Senses
from envs.streams import check_same_layout
from learning.pattern_separator import PatternSeparator
from learning.place_memory import PlaceMemory
from learning.subsystem import Anatomy, Experience, Learner
from learning.three_factor import MEMORY, read_out, update

DEFER = 0
_GOAL_REACHED = 0.05


@dataclass(frozen=True)
class BoutGenome:
    """Innate settings of the bout learner; the same for every world.

    Attributes:
        units: width of the pattern separator.
        place_cells: number of place cells.
        discount_time: time constant of discounting, s.
        trace_decay: lambda of the eligibility trace, per bout.
        rate: learning rate of the read-out.
        anneal, rate_floor: how the rate of a unit falls with its visits.
        bout: length of a bout of a fixed motor programme, s.
        goal_bout: longest bout of a programme with a goal, s.
        explore, explore_aroused: chance that a bout explores, when calm and when aroused.
        pessimism: standard errors subtracted from an advantage before it counts.
        optimism: standard errors added where options are compared for exploration.
        enough: visits of a unit with an option that make it familiar.
    """

    units: int = 1000
    place_cells: int = 100
    discount_time: float = 5.0
    trace_decay: float = 0.5
    rate: float = 0.3
    anneal: float = 50.0
    rate_floor: float = 0.02
    bout: float = 0.5
    goal_bout: float = 4.0
    explore: float = 0.3
    explore_aroused: float = 0.05
    pessimism: float = 0.5
    optimism: float = 0.5
    enough: float = 5.0


@njit(cache=True)
def _aim(context, place, target, confidence, lesioned, column, slot, reach, vector, usable, inner):
    """For each goal the vector to it and whether there is one; and what the learner senses of its own memory."""
    channels = target.shape[1]
    for row in range(context.shape[0]):
        for channel in range(channels):
            dx, dy = target[row, channel, 0] - place[row, 0], target[row, channel, 1] - place[row, 1]
            known = 0.0 if lesioned[row] else confidence[row, channel]
            inner[row, channel] = min(3.0, math.hypot(dx, dy)) if known > 0.1 else 3.0
            inner[row, channels + channel] = known
        for goal in range(column.shape[0]):
            if column[goal] >= 0:
                x, y, there = context[row, column[goal]], context[row, column[goal] + 1], True
            else:
                x, y = target[row, slot[goal], 0] - place[row, 0], target[row, slot[goal], 1] - place[row, 1]
                there = inner[row, channels + slot[goal]] > 0.1
            vector[row, goal, 0], vector[row, goal, 1] = x, y
            usable[row, goal] = there and math.hypot(x, y) > reach


@njit(cache=True)
def _decide(
    rows, active, shared, weights, visits, square, usable, draw, explore, pessimism, optimism, enough, values,
    choice, explores, confidence, familiarity, best_value, defer_value,
):  # fmt: skip
    """Choose an option in the given rows: the best lower bound, or when exploring the best upper bound."""
    options = weights.shape[2]
    fixed = options - usable.shape[1]
    count = active.shape[1]
    evidence = np.empty(options, np.float32)
    for row in rows:
        read_out(active[row], shared[row], weights[row], values[row])
        for option in range(options):
            evidence[option] = np.float32(0.0)
        largest, mean_square = 0.0, 0.0
        for unit in active[row]:
            largest = max(largest, square[row, unit])
            mean_square += square[row, unit] / count
            for option in range(options):
                evidence[option] += visits[row, unit, option]
        spread, typical = math.sqrt(largest), math.sqrt(mean_square)
        best, best_bound, tried, tried_bound = 1, -np.inf, 1, -np.inf
        for option in range(1, options):
            if option >= fixed and not usable[row, option - fixed]:
                continue
            certainty = 1.0 / math.sqrt(1.0 + evidence[option] / count)
            tie = 1e-3 * draw[row, 1 + option] * certainty
            upper = draw[row, 1 + option] if optimism < 0.0 else values[row, option] + optimism * typical * certainty + tie
            bound = values[row, option] - pessimism * spread * certainty + tie
            if upper > tried_bound:
                tried, tried_bound = option, upper
            if bound > best_bound:
                best, best_bound = option, bound
        explores[row] = draw[row, 0] < explore[row]
        choice[row] = tried if explores[row] else best
        known = 0
        for unit in active[row]:
            known += visits[row, unit, best] >= enough
        familiarity[row] = known / count
        error = spread / math.sqrt(1.0 + evidence[best] / count)
        confidence[row] = values[row, best] - values[row, DEFER] - pessimism * error
        best_value[row], defer_value[row] = values[row, best], values[row, DEFER]


@njit(cache=True)
def _commands(option, programmes, vector, usable, pace, command):
    """The command of each row's option: a fixed programme, or a step towards a goal."""
    fixed = programmes.shape[0]
    for row in range(option.shape[0]):
        goal = option[row] - 1 - fixed
        if goal < 0:
            command[row] = programmes[max(0, option[row] - 1)]
        else:
            x, y = vector[row, goal]
            length = max(math.hypot(x, y), 1e-9)
            step = pace[goal] / length if usable[row, goal] else 0.0
            command[row, 0], command[row, 1] = step * x, step * y


@njit(cache=True)
def _close_bouts(
    rows, target, closing, option, active, reward, trace_units, trace_option, trace_strength, decay, rate, anneal, floor,
    portion, visits, shared, weights, value, square, cut,
):  # fmt: skip
    """End the running bout of the given rows: temporal-difference error, trace, visits and weights."""
    for row in rows:
        if not closing[row]:
            continue
        if cut[row]:
            trace_option[row] = -1
        for slot in range(MEMORY - 1, 0, -1):
            trace_option[row, slot] = trace_option[row, slot - 1]
            trace_strength[row, slot] = trace_strength[row, slot - 1] * decay[row]
            trace_units[row, slot] = trace_units[row, slot - 1]
        trace_option[row, 0] = option[row]
        trace_strength[row, 0] = 1.0
        trace_units[row, 0] = active[row]
        error = reward[row] + target[row] - value[row]
        update(
            trace_units[row], trace_option[row], trace_strength[row], error, rate[row], anneal, floor, portion,
            visits[row], shared[row], weights[row],
        )  # fmt: skip
        for unit in active[row]:
            visits[row, unit, option[row]] += 1.0
            seen = 0.0
            for other in range(visits.shape[2]):
                seen += visits[row, unit, other]
            square[row, unit] += max(0.005, 1.0 / (1.0 + seen)) * (error * error - square[row, unit])


class BoutLearner(Learner):
    """Semi-Markov options on a pattern-separated code, with a place memory (see the module's text)."""

    name = "bouts"
    purposes = ("wiring", "place fields", "exploration", "first weights")
    lesionable = ("place_memory", "plasticity")

    def __init__(self, rows: int, anatomy: Anatomy, may_defer: bool = True, genome: BoutGenome | None = None) -> None:
        super().__init__(rows, anatomy, may_defer)
        self.genome = genome or BoutGenome()
        repertoire = anatomy.repertoire
        goals = repertoire.goals if repertoire.place else tuple(g for g in repertoire.goals if g.sense)
        self.option_names = ("let the reflex act", *repertoire.names, *(goal.name for goal in goals))
        remembered = tuple(dict.fromkeys(goal.channel for goal in goals if goal.channel))
        self._channels = np.array([anatomy.channels.index(channel) for channel in remembered], int)
        self._programmes = np.asarray(repertoire.commands, float)
        self._pace = np.array([goal.pace for goal in goals], float)
        self._column = np.array([anatomy.senses.place(g.sense).start if g.sense else -1 for g in goals], int)
        self._slot = np.array([remembered.index(g.channel) if g.channel else -1 for g in goals], int)
        self._where = anatomy.senses.place(repertoire.place) if repertoire.place else slice(0, 2)
        depleting = tuple(any(goal.depletes for goal in goals if goal.channel == channel) for channel in remembered)
        self.place_memory = PlaceMemory(rows, remembered, depleting, self.genome.place_cells)
        inner = [Sense(f"distance_{c}", "1", 0.0, 3.0, f"distance to remembered {c}") for c in remembered]
        inner += [Sense(f"confidence_{c}", "1", 0.0, 1.0, f"confidence in remembered {c}") for c in remembered]
        self.separator = PatternSeparator(rows, anatomy.senses + Senses(*inner), self.genome.units)
        units, options, active = self.separator.units, len(self.option_names), self.separator.active_units
        self.synapses = Rows(
            rows,
            shared=np.zeros(units, np.float32),
            weights=np.zeros((units, options), np.float32),
            visits=np.zeros((units, options), np.float32),
            square=np.ones(units, np.float32),
        )
        shape = anatomy.command_space.shape or ()
        self.bout = Rows(
            rows,
            running=False,
            left=0,
            steps=0,
            option=-1,
            chosen=-1,
            units=np.zeros(active, np.int32),
            value=0.0,
            reward=0.0,
            urgency=0.0,
            arousal=0.0,
            offered=np.zeros(len(goals), bool),
            explores=False,
            confidence=0.0,
            familiarity=0.0,
            best_value=0.0,
            defer_value=0.0,
            command=np.zeros(shape),
            trace_units=np.zeros((MEMORY, active), np.int32),
            trace_option=np.full(MEMORY, -1),
            trace_strength=np.zeros(MEMORY),
            cut=False,
        )
        self._step_discount = math.exp(-anatomy.dt / self.genome.discount_time)
        self._values = np.zeros((rows, options), np.float32)
        self._next_units = np.zeros((rows, active), np.int32)
        self.aim = Rows(
            rows, vector=np.zeros((len(goals), 2)), usable=np.zeros(len(goals), bool), inner=np.zeros(len(inner))
        )
        self._portion = np.full(options, 0.0 if may_defer else 0.5)
        self._portion[DEFER] = 1.0
        self._never = np.zeros(rows, bool)

    def birth(self, seeds: np.ndarray, rows: np.ndarray) -> None:
        """Random wiring, random faint read-out, empty place memory."""
        self.streams.seed(seeds, rows)
        for part in (self.synapses, self.bout, self.aim, self.lesions):
            part.restart(rows)
        self.separator.wire(self.streams, "wiring", rows)
        self.place_memory.wire(self.streams, "place fields", rows)
        size = self.synapses.weights[0].size
        for row in np.flatnonzero(rows):
            noise = self.streams.uniform("first weights", size, np.arange(self.rows) == row)[row]
            self.synapses.weights[row] = 1e-3 * (noise.reshape(self.synapses.weights[row].shape) - 0.5)

    def begin(self, rows: np.ndarray) -> None:
        """A new episode: bouts, traces and the sense of having just been somewhere end."""
        self.bout.restart(rows)
        self.place_memory.begin(rows)

    def recall(self, context: np.ndarray) -> Recollection | None:
        """Where steering's channels were found, seen from here."""
        place, memory = context[:, self._where].astype(float), self.place_memory
        memory.recall(place)
        _aim(
            context, place, memory.state.target, memory.state.confidence, self.lesions.place_memory, self._column, self._slot,
            _GOAL_REACHED, self.aim.vector, self.aim.usable, self.aim.inner,
        )  # fmt: skip
        count = len(memory.channels)
        return Recollection(
            {name: memory.state.target[:, index] - place for index, name in enumerate(memory.channels)},
            {name: self.aim.inner[:, count + index].copy() for index, name in enumerate(memory.channels)},
        )

    def propose(self, context: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """Go on with the running bout, or decide afresh where it is over, something happened, or a goal came within reach."""
        bout, genome = self.bout, self.genome
        startled = (np.abs(reflex.urgency - bout.urgency) > 0.25) | (np.abs(reflex.arousal - bout.arousal) > 0.5)
        offered = (self.aim.usable & ~bout.offered).any(axis=1)
        fresh = (bout.left <= 0) | startled | offered
        rows = np.flatnonzero(fresh)
        if rows.size:
            self.separator.encode(rows, context, self.aim.inner, self._next_units)
            chance = gains.exploration * np.where(reflex.arousal > 0.5, genome.explore_aroused, genome.explore)
            draw = self.streams.uniform("exploration", 1 + len(self.option_names), fresh)
            synapses = self.synapses
            _decide(
                rows, self._next_units, synapses.shared, synapses.weights, synapses.visits, synapses.square, self.aim.usable,
                draw, chance, genome.pessimism, genome.optimism, genome.enough, self._values, bout.chosen, bout.explores,
                bout.confidence, bout.familiarity, bout.best_value, bout.defer_value,
            )  # fmt: skip
            bout.urgency[rows], bout.arousal[rows] = reflex.urgency[rows], reflex.arousal[rows]
        bout.offered &= self.aim.usable
        bout.offered[rows] = self.aim.usable[rows]
        command = np.zeros_like(bout.command)
        _commands(bout.chosen, self._programmes, self.aim.vector, self.aim.usable, self._pace, command)
        return Proposal(
            command, bout.confidence.copy(), bout.familiarity.copy(), self._never, bout.explores.copy(), bout.chosen.copy(),
            fresh,
        )  # fmt: skip

    def learn(self, context: np.ndarray, proposal: Proposal, experience: Experience) -> None:
        """Close the bout that ended before this tick, open the new one, add this tick's reward."""
        bout, genome = self.bout, self.genome
        plastic = experience.gains.plasticity * ~self.lesions.plasticity
        rate = genome.rate * experience.gains.learning_rate * plastic
        rows = np.flatnonzero(proposal.fresh)
        if rows.size:
            executed = np.where(experience.in_charge, proposal.option, DEFER)[rows]
            tried = (bout.explores & experience.in_charge)[rows]
            stays = self._values[rows, executed].astype(float)
            best = bout.best_value[rows]
            follow = np.where(bout.confidence[rows] > 0.0, best, bout.defer_value[rows]) if self.may_defer else best
            target = np.zeros(self.rows)
            target[rows] = self._step_discount ** bout.steps[rows] * np.where(tried, follow, stays)
            self._close(rows, target, rate)
            bout.cut[rows], bout.option[rows], bout.value[rows] = tried, executed, stays
            bout.units[rows] = self._next_units[rows]
            bout.reward[rows] = 0.0
            bout.steps[rows] = 0
            bout.running[rows] = True
            seconds = np.where(executed > len(self._programmes), genome.goal_bout, genome.bout)
            bout.left[rows] = np.maximum(1, np.round(seconds / self.anatomy.dt)).astype(int)
        bout.reward += self._step_discount**bout.steps * experience.verdict.reward
        bout.steps += 1
        bout.left -= 1
        self.place_memory.remember(
            experience.outcome[:, self._where], experience.verdict.channels[:, self._channels], plastic
        )
        if experience.terminated.any():
            self._close(np.flatnonzero(experience.terminated), np.zeros(self.rows), rate)
        self._stop_at_goals()

    def _stop_at_goals(self) -> None:
        """A bout towards a goal ends where the goal is reached or gone."""
        goal = self.bout.option - 1 - len(self._programmes)
        seeking = np.flatnonzero(goal >= 0)
        self.bout.left[seeking] *= self.aim.usable[seeking, goal[seeking]]

    def _close(self, rows: np.ndarray, target: np.ndarray, rate: np.ndarray) -> None:
        bout, genome, synapses = self.bout, self.genome, self.synapses
        decay = genome.trace_decay * self._step_discount**bout.steps
        _close_bouts(
            rows, target, bout.running, bout.option, bout.units, bout.reward, bout.trace_units, bout.trace_option,
            bout.trace_strength, decay, rate, genome.anneal, genome.rate_floor, self._portion, synapses.visits,
            synapses.shared, synapses.weights, bout.value, synapses.square, bout.cut,
        )  # fmt: skip

    # -- state -----------------------------------------------------------------------------------

    def _state_parts(self) -> dict[str, Any]:
        return {
            "synapses": self.synapses,
            "bout": self.bout,
            "aim": self.aim,
            "lesions": self.lesions,
            "place_memory": self.place_memory.state,
            "streams": self.streams,
        }

    def get_state(self) -> dict[str, np.ndarray]:
        """Wiring, weights, visits, running bouts, place memory and streams."""
        state = {"wiring/sampled": self.separator.sampled.copy(), "wiring/preferred": self.separator.preferred.copy()}
        for name, part in self._state_parts().items():
            state |= nest(name, part.get_state())
        return state

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        check_same_layout("bout learner", self.get_state(), state)
        self.separator.sampled[:] = state["wiring/sampled"]
        self.separator.preferred[:] = state["wiring/preferred"]
        for name, part in self._state_parts().items():
            part.set_state(unnest(name, state))

    def read_outs(self) -> dict[str, np.ndarray]:
        """Everything that experience wrote: read-out weights, visits, place maps."""
        synapses = self.synapses
        return {
            "shared": synapses.shared,
            "weights": synapses.weights,
            "visits": synapses.visits,
            "places": self.place_memory.state.memory,
        }

    def option_values(self, row: int) -> np.ndarray | None:
        """Values of all options where the animal last decided."""
        return self._values[row].astype(float)

    def settings(self) -> dict[str, Any]:
        """The genome."""
        return asdict(self.genome)
