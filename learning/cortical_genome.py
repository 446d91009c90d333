"""The innate settings of the cortex: one genome for every world. Times of acts are in acts, so that it fits slow and fast animals."""

from __future__ import annotations

from dataclasses import dataclass

from core.renamed import renamed_attributes


@renamed_attributes(enough="min_visits")
@dataclass(frozen=True)
class CorticalGenome:
    """Innate settings of the cortex; the same for every world.

    Attributes:
        map_units, map_share: width of the map of where the animal is, and share of units that are active.
        mixed_units, mixed_share: the same of the map of all that is heard.
        hears_signals: whether steering's signals of the body's state are among what is heard.
        appraised: whether forecasts are of the channels that steering appraises; else of reward itself, as a model-free critic's.
        place_cells: number of place cells of the memory of places (hippocampus).
        place_rate: factor on its learning.
        act: how long an act is held, s; at least a step.
        goal_act: how long an act with a goal is held, in acts.
        horizon: time constant of discounting, in acts.
        coming_horizon, coming_trace: discount and lambda per step of what is coming as things are.
        map_rate, mixed_rate: learning rate of the forecasts in either map.
        map_weight: share of the map in the evidence for a forecast; the mixed map has the rest.
        anneal, rate_floor: how the rate of a unit falls with its visits.
        trace_decay: lambda of the eligibility of deferring, per act.
        explore: chance that an act explores, once enough is known.
        explores_after: visits of what is sensed now with the act that was done most, the reflex's as a rule, at which half of that
            chance is reached. An animal that does not know what it usually gets has nothing to compare an act with.
        pessimism: standard errors subtracted from an advantage over the reflex before it counts.
        optimism: standard errors added where acts are compared for exploration; negative explores uniformly.
        uniform: share of exploration that takes any act alike, where there is no reflex to fall back on.
        hopes: by how much an act must promise to be better than the reflex to be explored, in units of reward.
        shuns: unwelcome worth from which an act is not counted on.
        min_visits: visits of a unit with an act that make it familiar.
        watches: largest difference of the reflex's act from a programme that it teaches, as a share of its size; 0 for none.
        then_reflex: forecasts are of acting once and then following the reflex, as a critic of the reflex's own value makes.
        noise: largest error that is added to every worth at every decision; for experiments on noisy critics.
        first_weights: spread of a newborn's graded actions around the mean innate act.
        perturbation, calm: standard deviation of the motor map's perturbation in practice, and its share when not practising.
        correlation_time: of the perturbation, s.
        motor_rate: by how much an action changes after a perturbation of one standard deviation that was judged.
        spread: half width of the motor eligibility's peak, in steps.
        consolidation_time: s of a unit's activity in which its bias moves to the motor weights.
        bound: largest deviation that motor weights can give.
        imitates: weight of the reflex's acts that were better than expected.
        granule_units, granule_share: width of the map of traces on which steering's own action is predicted, and share of active units.
        granule_rate: learning rate of that prediction.
        granule_unlearning: factor on it where less was commanded than predicted.
        granule_alone: whether each sense is corrected by what it alone predicts, so that cues do not compete; for experiments.
        nuclear_threshold, nuclear_gain: a prediction is carried out as gain x what exceeds the threshold.
        nuclear_residue: share by which the threshold can fall for what is heard.
        nuclear_rate, nuclear_forgetting: rate at which it does, and factor on it for its return.
        kenyon_units, kenyon_fan_in, kenyon_share: cells of the code of a smell, glomeruli that each sums, and share that may fire.
        kenyon_threshold: mean rate of its glomeruli below which none fires.
        kenyon_rate: share of the way to its bound that full dopamine moves the mark of an active cell.
        kenyon_fades: factor on it for the return of a mark where the smell comes alone.
        kenyon_trace: time constant of the eligibility of a cell that has stopped firing, s.
        kenyon_relief, kenyon_relief_time: size and time constant (s) of the opposite change of what begins to fire after dopamine.
        kenyon_second_order: dopamine that a rise of the forecast by 1 releases.
    """

    map_units: int = 1000
    map_share: float = 0.03
    mixed_units: int = 1000
    mixed_share: float = 0.05
    hears_signals: bool = True
    appraised: bool = True
    place_cells: int = 100
    place_rate: float = 1.0
    act: float = 1.5
    goal_act: float = 4.0
    horizon: float = 3.33
    coming_horizon: float = 0.8
    coming_trace: float = 0.9
    map_rate: float = 0.15
    mixed_rate: float = 0.15
    map_weight: float = 0.25
    anneal: float = 50.0
    rate_floor: float = 0.05
    trace_decay: float = 0.5
    explore: float = 0.15
    explores_after: float = 1.0
    pessimism: float = 0.5
    optimism: float = 0.5
    uniform: float = 0.5
    hopes: float = 0.02
    shuns: float = 0.25
    min_visits: float = 5.0
    watches: float = 0.5
    then_reflex: bool = False
    noise: float = 0.0
    first_weights: float = 0.6
    perturbation: float = 0.1
    calm: float = 0.8
    correlation_time: float = 0.007
    motor_rate: float = 0.015
    spread: float = 0.3
    consolidation_time: float = 0.8
    bound: float = 2.0
    imitates: float = 0.3
    granule_units: int = 2000
    granule_share: float = 0.05
    granule_rate: float = 0.05
    granule_unlearning: float = 0.5
    granule_alone: bool = False
    nuclear_threshold: float = 0.3
    nuclear_gain: float = 6.0
    nuclear_residue: float = 0.6
    nuclear_rate: float = 0.005
    nuclear_forgetting: float = 0.02
    kenyon_units: int = 2000
    kenyon_fan_in: int = 7
    kenyon_share: float = 0.05
    kenyon_threshold: float = 0.15
    kenyon_rate: float = 0.3
    kenyon_fades: float = 0.01
    kenyon_trace: float = 2.0
    kenyon_relief: float = 0.06
    kenyon_relief_time: float = 7.0
    kenyon_second_order: float = 0.25
