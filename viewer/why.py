"""One plain sentence or two: who acts just now, and why."""

from __future__ import annotations

import numpy as np

from agents.steered_world import Tick
from core.interfaces import Reflex
from learning.subsystem import Learner
from viewer.shown import Shown
from viewer.words import act_name

_URGENT = 0.5
_KNOWN = 0.5  # of the evidence, resting on enough visits
_EARLY = 0.5  # deviation from what steering would do by itself, from which its action is called early
_PREDICTED = "What the reflex is about to do was predicted, and is done early."
_NOTHING_TO_LOSE = "The reflex has brought no good for long, and learning knows nothing better."


def why(session: Shown) -> str:
    """Who was in charge of the animal on show in the last tick and what for, and what the other half would have done.

    Empty before the first tick of a life.
    """
    tick, row, learner = session.history.last, session.row, session.population.learner
    if tick is None:
        return ""
    steering = session.population.steered.steering
    want, urgency = steering.wants[int(tick.reflex.want[row])], float(tick.reflex.urgency[row])
    if session.driver is not None and session.driver.row == row:
        acts = "You act" if tick.in_charge[row] else f"Steering acts against you: it wants to {want}"
        return f"{acts} (urgency {urgency:.1f})."
    if learner is None or session.population.steered.lesions.learning[row]:
        return f"Steering acts alone: it wants to {want} (urgency {urgency:.1f})."
    early = _early(tick.reflex, row)
    option = int(tick.proposal.option[row])
    name = act_name(learner.option_names[option]) if 0 <= option < len(learner.option_names) else "act by itself"
    rule = session.population.steered.hand_over
    if tick.in_charge[row] and rule.practising()[row]:
        return f"Learning practises: {name}. It has not earned control for that yet. Steering would {want}."
    if tick.in_charge[row]:
        otherwise = f" {_PREDICTED}" if early else "" if want == name else f" Steering would {want}."
        return _learning_acts(session, learner, tick, option, name) + otherwise
    if early:
        return f"Steering acts: it wants to {want} (urgency {urgency:.1f}). {_PREDICTED}"
    futile = bool(tick.reflex.futile is not None and tick.reflex.futile[row])
    yields = _NOTHING_TO_LOSE if futile else _learning_yields(tick, row, name, urgency)
    if rule.guiding()[row]:
        yields = f"Learning would choose {name}, and is guided while it is young."
    return f"Steering acts: it wants to {want} (urgency {urgency:.1f}). {yields}"


def _early(reflex: Reflex, row: int) -> bool:
    """Whether a prediction of steering's own action moves it now."""
    if reflex.innate_action is None:
        return False
    return bool(np.abs(np.asarray(reflex.action[row], float) - reflex.innate_action[row]).max() > _EARLY)


def _learning_acts(session: Shown, learner: Learner, tick: Tick, option: int, name: str) -> str:
    row = session.row
    if tick.proposal.explores[row]:
        if tick.reflex.futile is not None and tick.reflex.futile[row]:
            return f"The reflex has brought no good for long, so learning tries something out: {name}."
        return f"Learning tries something out: {name}."
    expected = _expected(learner, tick.reflex, row, option)
    return f"Learning acts: {name}. It expects {expected} from that than from the reflex."


def _learning_yields(tick: Tick, row: int, name: str, urgency: float) -> str:
    proposal = tick.proposal
    if proposal.defers[row]:
        return "Learning knows nothing better."
    if urgency >= _URGENT:
        return f"Learning would choose {name}, but this is urgent."
    if proposal.familiarity[row] < _KNOWN:
        return f"Learning would choose {name}, but has not tried that often enough here."
    if proposal.lower_bound[row] <= 0.0:
        return f"Learning would choose {name}, but is not sure enough that it is better."
    return f"Learning would choose {name}, but has not earned control for that."


def _expected(learner: Learner, reflex: Reflex, row: int, option: int) -> str:
    """The channel that makes the act worth more than the reflex, as ``more food`` or ``less pain``."""
    learned = learner.live_map(row)
    if learned is None or not 0 <= option < learned.values.shape[1] or learned.row_names[-1] != "worth":
        return "more reward"
    difference = learned.values[:-1, option]
    values = np.ones(len(difference))
    if reflex.channel_values is not None and len(reflex.channel_values[row]) == len(difference):
        values = reflex.channel_values[row]
    best = int(np.argmax(difference * values))
    amount = "more" if difference[best] >= 0.0 else "less"
    return f"{amount} {learned.row_names[best].replace('_', ' ')}"
