"""The cortex: one learner for every animal. What would each act bring of what steering senses, and what is that worth now?

*Code.* Fixed, sparse, locally random maps side by side: of the sense in which the animal knows where it is, and of all it hears.
*Forecasts.* For every act, of every channel that steering appraises: what the act brings at once, and what comes within reach
after it. Acts are to let the reflex act, steering's motor programmes, programmes with goals, and the motor map. The worth of an
act is appraisal times forecast, taken when it is needed (after Byrnes' thought assessors; Dayan and Berridge 2014). Where
steering appraises nothing, reward is the one channel and is worth 1, and the forecasts are the cached values of a striatum.
*Acts* are held for a while and ended by events (semi-Markov options: Sutton, Precup and Singh 1999). After an act that changed
nothing in the code comes the same act again (the consistent Bellman operator: Bellemare et al. 2016).
*Anticipation.* Where steering declares a lead, its own action so far ahead; see :mod:`learning.anticipation`.
*Motor map.* Where actions are graded and steering judges moments; see :mod:`learning.motor_map`.
*One rule.* Every weight changes by rate x eligibility x error; see :mod:`learning.three_factor`.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np
from gymnasium.spaces import Box

from core.batch_state import BatchState, RecordState
from core.interfaces import Gains, Proposal, Recollection, Reflex
from core.senses import Senses
from learning import anticipation, mushroom_body
from learning.acts import Bouts
from learning.anticipation import Anticipation
from learning.codes import Code, CodePart, SideBySide
from learning.cortex_kernels import DEFER, Caution, Fading, Situation, layout
from learning.cortical_genome import CorticalGenome
from learning.delayed import DelayedCauses
from learning.forecasts import ComingForecast
from learning.goals import GoalSeeking, fill_actions
from learning.motor_map import MotorMap
from learning.mushroom_body import MushroomBody
from learning.pattern_separator import PatternSeparator
from learning.read_out import ReadOut, Step
from learning.subsystem import Learner, LearnerSpec, LiveMap, Transition
from learning.three_factor import Plasticity

_WORTH = (
    "worth: what each act is predicted to bring, as steering values it now. Blue: better than the reflex's act; red: worse."
)


class Cortex(Learner):
    """One learner for every animal (see the module's text)."""

    name = "cortex"
    stream_names: ClassVar[tuple[str, ...]] = (
        "wiring",
        "map",
        "place fields",
        "exploration",
        "perturbation",
        "first weights",
        anticipation.NAME,
        mushroom_body.NAME,
    )
    genome_type: ClassVar[type[CorticalGenome]] = CorticalGenome

    def __init__(
        self, num_animals: int, spec: LearnerSpec, may_defer: bool = True, genome: CorticalGenome | None = None
    ) -> None:
        self.genome = genome = genome or self.genome_type()
        self._has_motor_map = spec.judging_delay is not None and isinstance(spec.action_space, Box)
        self.anticipation: Anticipation | None = None
        if spec.reflex_lead is not None and isinstance(spec.action_space, Box):
            self.anticipation = Anticipation(num_animals, spec, genome)
        self.mushroom_body: MushroomBody | None = None
        if spec.assessed and not all(sense.topographic for sense in spec.outer):
            self.mushroom_body = MushroomBody(num_animals, spec, genome)
        self.goals = GoalSeeking(num_animals, spec, genome.place_cells)
        remembers = bool(self.goals.place_memory.channels)
        self.lesionable = (
            *("assessors", "plasticity"),
            *(remembers * ("place_memory",)),
            *(self._has_motor_map * ("variability",)),
            *(part for one in (self.anticipation, self.mushroom_body) if one is not None for part in one.lesionable),
        )
        super().__init__(num_animals, spec, may_defer)
        self._everyone, self._nobody = np.arange(num_animals), np.zeros(num_animals, bool)
        self._action_shape = (num_animals, *(spec.action_space.shape or ()))
        repertoire = spec.repertoire
        self._programmes = np.asarray(repertoire.actions, float).reshape(len(repertoire.names), -1)
        motor_map = ("motor map",) if self._has_motor_map else ()
        self.option_names = ("let the reflex act", *repertoire.names, *self.goals.names, *motor_map)
        self._motor = len(self.option_names) - 1 if self._has_motor_map else -1
        self._heard = spec.senses if genome.hears_signals else spec.outer
        self.code = self._make_code(self._heard, self.goals.senses)
        self._make_read_outs()
        parts = (part for read_out in self.step_read_outs for part in read_out.lesionable)
        if more := tuple(part for part in parts if part not in self.lesionable):
            self.lesionable += more
            self.lesions = BatchState(num_animals, **dict.fromkeys(self.lesionable, False))
        if self._has_motor_map:
            self._make_motor_map(spec)
        self._group_for_kernels()

    # -- what there is ---------------------------------------------------------------------------

    def _make_code(self, heard: Senses, inner: Senses) -> SideBySide:
        """A map of the sense that has one, and a mixed map of everything."""
        genome, parts = self.genome, []
        everything = heard + inner
        if self.mushroom_body is not None:
            parts.append(CodePart(mushroom_body.NAME, self.mushroom_body.columns, self.mushroom_body.code))
        mapped = self.spec.repertoire.mapped or self.spec.repertoire.place
        if mapped is not None and genome.map_units:
            code = PatternSeparator(self.num_animals, Senses(heard[mapped]), genome.map_units, share=genome.map_share)
            parts.append(CodePart("map", heard.place(mapped), code))
        parts.append(CodePart("wiring", slice(0, everything.size), self._mixed_code(everything)))
        self._inputs = np.zeros((self.num_animals, everything.size), np.float32)
        return SideBySide(self.num_animals, parts)

    def _mixed_code(self, senses: Senses) -> Code:
        """What turns all that is heard into active units."""
        return PatternSeparator(self.num_animals, senses, self.genome.mixed_units, share=self.genome.mixed_share)

    def _make_read_outs(self) -> None:
        """Everything that is learned on the code, as columns of one table; see :class:`learning.cortex_kernels.Layout`."""
        spec, genome, animals = self.spec, self.genome, self.num_animals
        appraises = bool(spec.assessed) and genome.appraised
        self._assessed = np.array([spec.channels.index(channel) for channel in spec.assessed], int)
        self.forecast_channels = spec.assessed if appraises else ("reward",)
        options, channels, active = len(self.option_names), len(self.forecast_channels), self.code.active_units
        self._appraises = appraises
        axes = self._programmes.shape[1] if self._has_motor_map else 0
        self.layout = lay = layout(options, channels, appraises, bool(spec.assessed), axes)
        newborn = np.zeros((self.code.units, lay.width), np.float32)
        newborn[:, lay.error : lay.error + channels] = 1.0
        self._newborn_unit = newborn[0].copy()
        self.synapses = BatchState(animals, table=newborn)
        self._plasticity = Plasticity(self._shares(genome.map_rate, genome.mixed_rate), genome.anneal, genome.rate_floor)
        self.coming: ComingForecast | None = None
        if spec.assessed and self.mushroom_body is None:
            self.coming = ComingForecast(
                animals,
                active,
                self._encode,
                self.synapses,
                lay.coming,
                channels,
                appraised=appraises,
                horizon=genome.coming_horizon,
                trace=genome.coming_trace,
                plasticity=self._plasticity,
            )
        optional = (self.coming, self.mushroom_body, self.anticipation)
        self.step_read_outs: tuple[ReadOut, ...] = tuple(one for one in optional if one is not None)
        self._weight = self._shares(genome.map_weight, 1.0 - genome.map_weight)
        delays = np.array([dict(spec.delayed).get(channel, 0.0) for channel in self.forecast_channels])
        self.delayed = (
            DelayedCauses(animals, active, delays, spec.dt, lay.once, self._plasticity)
            if appraises and delays.any()
            else None
        )
        self._is_delayed = delays > 0.0
        self.bouts = Bouts(
            animals,
            active=active,
            options=options,
            channels=channels,
            programmes=self._programmes,
            watches=genome.watches,
        )
        self.bout, self.now = self.bouts.running, self.bouts.now
        self._worth = np.ones((animals, channels))
        step = max(spec.dt, spec.repertoire.act or genome.act)
        # where moments are judged, an act is a whole rendition and stands for itself
        self._discount = 0.0 if self._has_motor_map else math.exp(-spec.dt / (genome.horizon * step))
        self._step_weight = 1.0 if self._has_motor_map else self._discount
        fixed = 1 + len(self._programmes)
        self._steps = np.full(options, max(1, round(step / spec.dt)))
        self._steps[fixed : fixed + len(self.goals.names)] = max(1, round(genome.goal_act * step / spec.dt))
        self._horizon = float(self._steps.max()) if self._has_motor_map else 1.0 / (1.0 - self._discount)

    def _shares(self, of_map: float, of_mixed: float) -> np.ndarray:
        """(active units,) what each active unit gets of a whole that is shared between the two maps."""
        first, active = self.code.parts[0].code.active_units, self.code.active_units
        if len(self.code.parts) == 1:
            return np.full(active, (of_map + of_mixed) / active)
        return np.where(np.arange(active) < first, of_map / first, of_mixed / (active - first))

    def _make_motor_map(self, spec: LearnerSpec) -> None:
        assert isinstance(spec.action_space, Box)
        assert spec.judging_delay is not None
        self.motor_map = MotorMap(
            self.num_animals,
            spec.action_space,
            self._programmes.mean(axis=0),
            active=self.code.parts[0].code.active_units,
            first=self.layout.motor,
            delay=round(spec.judging_delay / spec.dt),
            dt=spec.dt,
            genome=self.genome,
        )

    def _group_for_kernels(self) -> None:
        genome = self.genome
        self._caution = Caution(
            pessimism=genome.pessimism,
            optimism=genome.optimism,
            uniform=1.0 if genome.optimism < 0.0 else 0.0,
            uniform_alone=1.0 if genome.optimism < 0.0 else genome.uniform,
            min_visits=genome.min_visits,
            hopes=genome.hopes,
            shuns=genome.shuns,
            noise=genome.noise,
            then_reflex=genome.then_reflex,
            explores_after=genome.explores_after,
            may_defer=self.may_defer,
            appraised=self._appraises,
            first_goal=1 + len(self._programmes),
            motor=self._motor,
        )
        self._fading = Fading(self._discount, genome.trace_decay)

    # -- a life ----------------------------------------------------------------------------------

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Random wiring; nothing is forecast, no place is remembered, and the motor map's first weights are random."""
        self.streams.seed(seeds, mask)
        for part in self._state_parts().values():
            if isinstance(part, BatchState | RecordState):
                part.restart(mask)
        self.code.wire(self.streams, mask)
        self.goals.wire(self.streams, "place fields", mask)
        for read_out in self.step_read_outs:
            read_out.birth(self.streams, mask)
        if self._has_motor_map:
            units, axes = self.code.parts[0].code.units, self._programmes.shape[1]
            for row in np.flatnonzero(mask):
                draw = self.streams.uniform("first weights", units * axes, self._everyone == row)[row]
                self.motor_map.draw_weights(draw, units, self.synapses.table[row])

    def begin(self, mask: np.ndarray) -> None:
        """A new episode: acts and traces end; what was tasted may still have its effect, since a body lives on."""
        self.bouts.begin(mask)
        self.goals.begin(mask)
        for read_out in self.step_read_outs:
            read_out.begin(mask)
        if self._has_motor_map:
            self.motor_map.trace.length[mask] = 0

    def _observe(self, observation: np.ndarray) -> None:
        """Look up where steering's channels were found, and forecast what is coming."""
        self.goals.observe(observation, getattr(self.lesions, "place_memory", None))
        for read_out in self.step_read_outs:
            read_out.observe(observation, self.lesions)

    def _recall(self) -> Recollection | None:
        """Where steering's channels were found, seen from here, and what is coming as things are."""
        found = self.goals.recollection()
        for read_out in self.step_read_outs:
            read_out.recall(found, self.lesions)
        return found

    def _encode(self, rows: np.ndarray, observation: np.ndarray, units: np.ndarray) -> None:
        """Fill the active units of the given rows."""
        self.code.encode(rows, self._hear(observation), units)

    def _hear(self, observation: np.ndarray) -> np.ndarray:
        """(animals, inputs) all that the code hears: the observation, and what is sensed of memory."""
        heard = self._heard.size
        self._inputs[:, :heard] = observation[:, :heard]
        self._inputs[:, heard:] = self.goals.aim.inner
        if self.mushroom_body is not None and self.lesions.mushroom_body.any():
            self._inputs[self.lesions.mushroom_body, self.mushroom_body.columns] = 0.0
        return self._inputs

    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """Go on with the running act, or decide afresh where it is over, something happened, or a goal came within reach."""
        genome, bout = self.genome, self.bout
        futile = self._nobody if reflex.futile is None else reflex.futile
        for read_out in self.step_read_outs:
            read_out.pass_on()
        new_decision = self.bouts.over(reflex, self.goals)
        rows = np.flatnonzero(new_decision)
        if rows.size:
            self._encode(rows, observation, self.now.units)
            if self._appraises:
                assert reflex.channel_values is not None
                self._worth[rows] = reflex.channel_values[rows]
            draw = self.streams.uniform("exploration", 1 + len(self.option_names), new_decision)
            chance = genome.explore * gains.exploration
            situation = Situation(self._worth, self.goals.aim.usable, draw, chance, futile, self.bouts.limits.ahead)
            self.bouts.decide(rows, self.synapses.table, self.layout, self._weight, situation, self._caution)
            if self.lesions.assessors.any():
                self.bouts.know_nothing(rows[self.lesions.assessors[rows]])
        action = np.zeros((self.num_animals, self._programmes.shape[1]))
        fill_actions(bout.chosen, self._programmes, self.goals.aim.vector, self.goals.aim.usable, self.goals.pace, action)
        if self._has_motor_map:
            self._follow_motor_map(observation, gains, action)
        for read_out in self.step_read_outs:
            read_out.join(action, self.lesions)
        return Proposal(
            action=action.reshape(self._action_shape),
            lower_bound=bout.lower_bound.copy(),
            advantage=bout.best_value - bout.defer_value,
            familiarity=bout.familiarity.copy(),
            defers=self.may_defer & ~futile & ~bout.explores & (bout.best_value <= bout.defer_value),
            explores=bout.explores.copy(),
            option=bout.chosen.copy(),
            new_decision=new_decision,
            adopted=np.zeros(self.num_animals, bool),
        )

    def _follow_motor_map(self, observation: np.ndarray, gains: Gains, action: np.ndarray) -> None:
        """Read the motor map, perturbed, and act by it where that was chosen."""
        bout, motor_map = self.bout, self.motor_map
        self.code.encode_first(self._everyone, self._hear(observation), motor_map.now.units)
        noise = self.streams.normal("perturbation", action.shape[1])
        motor_map.propose(self.synapses.table, self.lesions.variability, noise, gains, bout.explores)
        by_map = bout.chosen == self._motor
        action[by_map] = motor_map.action[by_map]

    def _learn(self, transition: Transition) -> None:
        """Close the act that ended before this tick, open the new one, add what this tick brought."""
        genome, bouts = self.genome, self.bouts
        plastic = transition.gains.plasticity * ~self.lesions.plasticity
        rate = transition.gains.learning_rate * plastic
        action = np.ascontiguousarray(transition.action.reshape(self.num_animals, -1), float)
        rows = np.flatnonzero(transition.proposal.new_decision)
        if rows.size:
            self._close(rows, np.zeros(self.num_animals, bool), rate)
            bouts.open(rows, transition.in_charge, self._steps)
        brought = self._brought(transition)
        bouts.add(brought, action, self._step_weight, self._horizon)
        if self.delayed is not None:
            self.delayed.blame(bouts.past.units, bouts.carried_out(action), brought, rate, self.synapses.table)
        for read_out in self.step_read_outs:
            read_out.learn(Step(transition, brought, rate, self.lesions))
        self.goals.remember(transition, plastic * genome.place_rate)
        ends = transition.terminated | (transition.truncated & self._has_motor_map)
        if ends.any():
            self._close(np.flatnonzero(ends), ends, rate)
        self.goals.stop(self.bout)
        if self._has_motor_map:
            self.motor_map.credit(
                transition,
                action,
                by_map=transition.in_charge & (self.bout.chosen == self._motor),
                explores=self.bout.explores,
                lesions=self.lesions,
                tables=self.synapses.table,
            )

    def _brought(self, transition: Transition) -> np.ndarray:
        """(animals, channels) what this step brought of what is forecast."""
        verdict = transition.verdict
        if self._appraises:
            return verdict.channels[:, self._assessed]
        expected = verdict.judged - verdict.parts.sum(axis=1)  # whole renditions are compared, so it is put back
        return np.where(verdict.reward == 0.0, 0.0, verdict.reward + expected)[:, None]

    def _close(self, rows: np.ndarray, ended: np.ndarray, rate: np.ndarray) -> None:
        self.bouts.close(
            rows,
            ended,
            rate,
            table=self.synapses.table,
            lay=self.layout,
            is_delayed=self._is_delayed,
            fading=self._fading,
            plasticity=self._plasticity,
        )

    # -- state -----------------------------------------------------------------------------------

    def _counts(self) -> dict[str, int]:
        counts = dict.fromkeys(("option", "chosen", "act"), len(self.option_names)) | {"units": self.code.units}
        for read_out in self.step_read_outs:
            counts |= read_out.counts()
        rings = [read_out.ring for read_out in self.step_read_outs] + [
            self.motor_map.trace if self._has_motor_map else None
        ]
        lengths = [ring.factor.shape[1] for ring in rings if ring is not None]
        return counts | ({"newest": max(lengths), "length": max(lengths) + 1} if lengths else {})

    def _state_parts(self) -> dict[str, Any]:
        parts: dict[str, Any] = {
            "wiring": self.code,
            "synapses": self.synapses,
            **self.bouts.state_parts(),
            "aim": self.goals.aim,
            "lesions": self.lesions,
            "place_memory": self.goals.place_memory.state,
            "streams": self.streams,
        }
        if self.delayed is not None:
            parts["delayed"] = self.delayed.state
        for read_out in self.step_read_outs:
            parts |= read_out.state_parts()
        if self._has_motor_map:
            parts |= {"motor_trace": self.motor_map.trace, "motor_now": self.motor_map.now}
        return parts

    # -- for those who watch and compare ---------------------------------------------------------

    def read_outs(self) -> dict[str, np.ndarray]:
        """Everything that experience wrote: forecasts, visits, motor weights, remembered places."""
        learned = {"synapses": self.synapses.table, "places": self.goals.place_memory.state.memory}
        for read_out in self.step_read_outs:
            learned |= read_out.learned()
        return learned

    def read_motor_map(self, observation: np.ndarray) -> np.ndarray:
        """(animals, *action shape) what the motor map says for an observation (animals, senses), unperturbed; changes nothing."""
        units = np.zeros_like(self.motor_map.now.units)
        self.code.encode_first(self._everyone, self._hear(observation), units)
        said = self.motor_map.read(units, self.synapses.table, self.lesions.variability)
        return said.reshape(self._action_shape)

    def option_values(self, row: int) -> np.ndarray | None:
        """Worth of all options where the animal last decided."""
        return self.now.total[row].copy()

    def live_map(self, row: int) -> LiveMap | None:
        """What each act would bring of each channel and what that is worth, where the animal last decided, beside the reflex."""
        now = self.now
        forecasts = np.concatenate([now.reach[row].astype(float), now.total[row][:, None]], axis=1)
        offered = np.ones(len(forecasts), bool)
        goals = self.goals.aim.offered[row]
        offered[self._caution.first_goal :][: len(goals)] = goals
        return LiveMap(
            title="what each act would bring, minus the reflex's",
            values=(forecasts - forecasts[DEFER]).T,
            row_names=(*self.forecast_channels, "worth"),
            row_meanings=(*map(_meaning_of_forecast, self.forecast_channels), _WORTH),
            column_names=self.option_names,
            marked=int(self.bout.chosen[row]),
            offered=offered,
        )

    def settings(self) -> dict[str, Any]:
        """The genome."""
        return asdict(self.genome)


def _meaning_of_forecast(channel: str) -> str:
    return f"{channel.replace('_', ' ')}: how much of it each act is predicted to bring, compared with the reflex's act."
