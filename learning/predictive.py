"""A learner whose values are steering's: thought assessors predict sensations, steering says what they are worth now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.batch_state import BatchState, nest, unnest
from core.errors import InvalidArgument
from core.interfaces import Gains, Proposal, Recollection, Reflex
from core.renamed import renamed_attributes
from core.senses import Senses
from core.streams import RowStreams
from learning.pattern_separator import PatternSeparator
from learning.subsystem import Learner, LearnerSpec, LiveMap, Transition
from learning.thought_assessors import (
    LATE,
    MEMORY,
    Act,
    Code,
    LateTrace,
    Memory,
    Settings,
    Trace,
    correct_rows,
    find_shunned,
    newborn_table,
    predict_rows,
    values_of,
)

REST = 0  # the first programme of a repertoire


@renamed_attributes(enough="min_visits")
@dataclass(frozen=True)
class PredictiveGenome:
    """Innate settings of the predictive learner; the same for every world.

    Attributes:
        place_units, units, share: width of the two pattern separators, of place alone and of all senses, and the share of
            active units.
        horizon: discount per step of what is within reach.
        coming_horizon, trace_decay: discount and lambda per step of what is coming.
        rate, anneal, rate_floor: learning rate, and how that of a unit falls with its visits.
        explore: chance per step of a random act while steering seeks something.
        hold: most steps for which a random act goes on.
        knows: value below which nothing is known to be worth doing.
        min_visits: visits of a place with an act that make it familiar.
        shuns: unwelcome worth from which an act is not counted on.
        predicts_reward: predict reward itself, as a model-free critic does, instead of channels (a control).
        hears_signals: whether steering's signals of the body's state are among the inputs.
    """

    place_units: int = 1000
    units: int = 300
    share: float = 0.025
    horizon: float = 0.85
    coming_horizon: float = 0.8
    trace_decay: float = 0.9
    rate: float = 0.3
    anneal: float = 20.0
    rate_floor: float = 0.05
    explore: float = 0.1
    hold: int = 4
    knows: float = 0.01
    min_visits: float = 2.0
    shuns: float = 0.25
    predicts_reward: bool = False
    hears_signals: bool = False


class SeparatedCode:
    """Two pattern separators side by side: of place alone, as in the hippocampus, and of all senses, as in the cortex."""

    def __init__(self, num_animals: int, senses: Senses, place: str | None, genome: PredictiveGenome) -> None:
        self._parts: list[tuple[str, slice, PatternSeparator]] = []
        if place is not None:
            only = Senses(senses[place])
            self._parts.append(
                (
                    "place fields",
                    senses.place(place),
                    PatternSeparator(num_animals, only, genome.place_units, share=genome.share),
                )
            )
        everything = slice(0, senses.size)
        self._parts.append(("wiring", everything, PatternSeparator(num_animals, senses, genome.units, share=genome.share)))
        self.inputs = senses.size
        self.units = sum(separator.units for *_, separator in self._parts)
        self.active_units = sum(separator.active_units for *_, separator in self._parts)
        self._nothing = np.zeros((num_animals, 0), np.float32)

    def wire(self, streams: RowStreams, mask: np.ndarray) -> None:
        """Draw the wiring of the chosen animals (bool mask)."""
        for stream, _, separator in self._parts:
            separator.wire(streams, stream, mask)

    def encode(self, rows: np.ndarray, observation: np.ndarray, active: np.ndarray) -> None:
        """Write the active units of the given rows into ``active`` (animals, active_units) int32."""
        unit = place = 0
        for _, where, separator in self._parts:
            found = np.zeros((len(observation), separator.active_units), np.int32)
            separator.encode(rows, np.ascontiguousarray(observation[:, where]), self._nothing, found)
            active[rows, place : place + separator.active_units] = found[rows] + unit
            unit, place = unit + separator.units, place + separator.active_units

    def get_state(self) -> dict[str, np.ndarray]:
        """The wiring, as copies."""
        state: dict[str, np.ndarray] = {}
        for stream, _, separator in self._parts:
            state |= nest(stream, separator.get_state())
        return state

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        for stream, _, separator in self._parts:
            separator.set_state(unnest(stream, state))


class PredictiveLearner(Learner):
    """Acts for what thought assessors predict, as steering values it in the present state of the body.

    Where nothing worth doing is predicted it lets the reflex act. With ``predicts_reward`` it becomes a Q-learner on the same code,
    with the same rates: the model-free control.
    """

    name = "predictive"
    stream_names = ("wiring", "place fields", "exploration")
    lesionable = ("assessors", "plasticity")

    def __init__(
        self, num_animals: int, spec: LearnerSpec, may_defer: bool = True, genome: PredictiveGenome | None = None
    ) -> None:
        super().__init__(num_animals, spec, may_defer)
        self.genome = genome = genome or PredictiveGenome()
        if not spec.assessed and not genome.predicts_reward:
            raise InvalidArgument(
                "Thought assessors need a steering subsystem that values predictions, but this one assesses no channel. "
                "Declare its ``assessed`` channels and give ``channel_values`` with each reflex, or use another learner."
            )
        self._programmes = np.asarray(spec.repertoire.actions, float)
        self.option_names = ("let the reflex act", *spec.repertoire.names)
        self._assessed = np.array([spec.channels.index(channel) for channel in spec.assessed], int)
        count = 1 if genome.predicts_reward else len(self._assessed)
        heard = spec.senses if genome.hears_signals else spec.outer
        self.code = SeparatedCode(num_animals, heard, spec.repertoire.place, genome)
        options, active = len(self._programmes), self.code.active_units
        self.synapses = BatchState(
            num_animals,
            weights=newborn_table(self.code.units, options, count),
            visits=np.zeros((self.code.units, options), np.float32),
        )
        units = np.zeros(active, np.int32)
        predictions = np.zeros((2 * options + 1, count), np.float32)
        unseen = np.full(
            self.code.inputs, np.nan, np.float32
        )  # differs from every observation, so that the first is encoded
        self.now = BatchState(num_animals, observation=unseen, units=units, predictions=predictions)
        self.past = BatchState(num_animals, units=units, predictions=predictions)
        self._end = BatchState(num_animals, observation=unseen, units=units, predictions=predictions)
        self.trace = BatchState(num_animals, units=np.zeros((MEMORY, active), np.int32), strength=np.zeros(MEMORY))
        delays = np.array([dict(spec.delayed).get(channel, 0.0) for channel in spec.assessed])
        self._delay = (
            np.zeros(1)
            if genome.predicts_reward
            else np.where(delays > 0.0, 1.0 - np.exp(-spec.dt / np.maximum(delays, 1e-9)), 0.0)
        )
        self.late = BatchState(
            num_animals, units=np.zeros((LATE, active), np.int32), act=np.full(LATE, -1), strength=np.zeros((LATE, count))
        )
        self._shunned = np.zeros((num_animals, options), bool)
        self.act = BatchState(num_animals, option=0, held=0, explores=False)
        self._values = np.zeros((num_animals, options))
        self._everyone = np.arange(num_animals)
        self._settings = Settings(
            genome.anneal, genome.rate_floor, genome.horizon, genome.coming_horizon, genome.trace_decay, self._delay
        )
        self._group_for_kernels()

    def _group_for_kernels(self) -> None:
        self._trace = Trace(self.trace.units, self.trace.strength)
        self._late = LateTrace(self.late.units, self.late.act, self.late.strength)
        self._memory = Memory(self.synapses.visits, self.synapses.weights)

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Random wiring; the assessors predict nothing."""
        self.streams.seed(seeds, mask)
        for part in (self.synapses, self.now, self.past, self.trace, self.late, self.act, self.lesions):
            part.restart(mask)
        self.code.wire(self.streams, mask)

    def begin(self, mask: np.ndarray) -> None:
        """A new episode: traces and held acts end; what was tasted may still have its effect, since a body lives on."""
        self.trace.restart(mask)
        self.act.restart(mask)

    def _observe(self, observation: np.ndarray) -> None:
        """Predict from here."""
        self._look(observation, self.now)

    def _recall(self) -> Recollection | None:
        """What is coming as things are."""
        coming = self.now.predictions[:, -1] * ~self.lesions.assessors[:, None]
        if self.genome.predicts_reward:
            return Recollection(predicted_reward=coming[:, 0].astype(float))
        return Recollection(predicted_channels=coming.astype(float))

    def _look(self, observation: np.ndarray, into: BatchState) -> None:
        heard = observation[:, : into.observation.shape[1]]
        changed = np.flatnonzero(
            (heard != into.observation).any(axis=1)
        )  # most of a life is rest, and rest changes nothing
        if changed.size:
            self.code.encode(changed, observation, into.units)
            into.observation[changed] = heard[changed]
        predict_rows(into.units, self.synapses.weights, into.predictions)

    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """The act whose predicted sensations are worth most now."""
        genome, act, past = self.genome, self.act, self.past
        past.units[:], past.predictions[:] = self.now.units, self.now.predictions
        worth = np.ones((self.num_animals, 1)) if genome.predicts_reward else reflex.channel_values
        assert worth is not None
        values_of(past.predictions, worth, self._values)
        self._values[self.lesions.assessors] = 0.0
        best = self._values.argmax(axis=1)
        value = self._values[self._everyone, best]
        known = value > genome.knows
        draw = self.streams.uniform("exploration", 3)
        starts = (act.held <= 0) & (draw[:, 0] < genome.explore * gains.exploration * (reflex.arousal > 0.5))
        lost = ~known & (reflex.arousal > 0.5) & (act.held <= 0) & (not self.may_defer)
        starts |= lost
        act.held = np.where(starts, 1 + (draw[:, 1] * genome.hold).astype(int), np.maximum(0, act.held - 1))
        random = (draw[:, 2] * len(self._programmes)).astype(int)
        act.explores = act.held > 0
        act.option = np.where(starts, random, np.where(act.explores, act.option, np.where(known, best, REST)))
        visits = self.synapses.visits[self._everyone[:, None], past.units, best[:, None]].mean(axis=1)
        return Proposal.plain(
            self._programmes[act.option],
            lower_bound=value.copy(),
            advantage=value.copy(),
            familiarity=np.minimum(1.0, visits / genome.min_visits),
            defers=np.full(self.num_animals, self.may_defer) & ~act.explores & ~known,
            explores=act.explores.copy(),
            option=act.option + 1,
        )

    def _learn(self, transition: Transition) -> None:
        """Correct every prediction by what steering's channels did, whoever acted."""
        genome, past, now = self.genome, self.past, self.now
        verdict = transition.verdict
        felt = verdict.reward[:, None] if genome.predicts_reward else verdict.channels[:, self._assessed]
        option = _nearest(transition.action, self._programmes)
        units, predictions = now.units, now.predictions
        if transition.truncated.any():
            self._end.restart(np.ones(self.num_animals, bool))
            self._look(transition.final_observation, self._end)
            cut = transition.truncated[:, None]
            units = np.where(cut, self._end.units, units)
            predictions = np.where(cut[:, :, None], self._end.predictions, predictions)
        if not genome.predicts_reward:
            assert transition.reflex.channel_values is not None
            find_shunned(predictions, transition.reflex.channel_values, genome.shuns, self._shunned)
        gains = transition.gains
        rate = genome.rate * gains.learning_rate * gains.plasticity * ~self.lesions.plasticity
        correct_rows(
            Code(past.units, past.predictions),
            Act(option, felt, transition.terminated, rate, self._shunned),
            Code(units, predictions),
            self._settings,
            self._trace,
            self._late,
            self._memory,
        )

    # -- state -----------------------------------------------------------------------------------

    def _counts(self) -> dict[str, int]:
        return {"units": self.code.units} | dict.fromkeys(("option", "act"), len(self.option_names))

    def _state_parts(self) -> dict[str, Any]:
        return {
            "wiring": self.code,
            "synapses": self.synapses,
            "now": self.now,
            "past": self.past,
            "trace": self.trace,
            "late": self.late,
            "act": self.act,
            "lesions": self.lesions,
            "streams": self.streams,
        }

    def read_outs(self) -> dict[str, np.ndarray]:
        """The assessors, and how often each was there."""
        return {"assessors": self.synapses.weights, "visits": self.synapses.visits}

    def option_values(self, row: int) -> np.ndarray | None:
        """Value of each act now; letting the reflex act counts as 0."""
        return np.concatenate([[0.0], self._values[row]])

    def live_map(self, row: int) -> LiveMap | None:
        """What is predicted here of each channel: as things are, and within reach of each act."""
        if self.genome.predicts_reward:
            return None
        options = len(self._programmes)
        predictions = self.now.predictions[row]
        values = np.concatenate([predictions[-1:], predictions[options : 2 * options]]).T
        return LiveMap(
            title="predicted here, as things are and by each act",
            values=values,
            row_names=self.spec.assessed,
            column_names=("now", *self.option_names[1:]),
        )

    def settings(self) -> dict[str, Any]:
        """The genome."""
        return asdict(self.genome)


def _nearest(action: np.ndarray, programmes: np.ndarray) -> np.ndarray:
    """(animals,) the programme that each action resembles most."""
    flat, known = action.reshape(len(action), -1), programmes.reshape(len(programmes), -1)
    return ((flat[:, None, :] - known[None]) ** 2).sum(axis=2).argmin(axis=1)
