"""What the cortex can learn at every step beside the worth of acts, whoever acts: one interface for all such read-outs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from core.batch_state import BatchState
from core.interfaces import Recollection
from core.streams import RowStreams
from learning.subsystem import Transition


class Step(NamedTuple):
    """What a read-out learns from.

    Attributes:
        transition: what happened.
        brought: (animals, channels) what the step brought of what the cortex forecasts.
        rate: (animals,) learning rate, 0 without plasticity.
        lesions: which parts each animal lacks, (animals,) bool by name.
    """

    transition: Transition
    brought: np.ndarray
    rate: np.ndarray
    lesions: Any


class ReadOut:
    """One read-out. What is not overridden does nothing.

    A tick is: ``pass_on`` and ``join``, the world's step, ``observe`` and ``recall`` for the observation that follows, ``learn``, and
    ``begin`` where an episode ended. So ``pass_on`` keeps what ``learn`` needs of the moment before. Random numbers come from a stream
    that the learner lists in its ``stream_names``.

    Attributes:
        lesionable: parts that can be lost.
        ring: what was active in the last steps, where errors reach back, with a field ``factor`` (animals, steps, columns); else None.
    """

    lesionable: tuple[str, ...] = ()
    ring: BatchState | None = None

    def birth(self, streams: RowStreams, mask: np.ndarray) -> None:
        """Wire the chosen animals (bool mask) anew, and forget."""

    def begin(self, mask: np.ndarray) -> None:
        """A new episode of the chosen animals (bool mask)."""

    def observe(self, observation: np.ndarray, lesions: Any) -> None:
        """Take in an observation (animals, senses), and predict."""

    def recall(self, found: Recollection, lesions: Any) -> None:
        """Put what is predicted into what steering is offered."""

    def pass_on(self) -> None:
        """What is now becomes what was before the step that begins."""

    def join(self, action: np.ndarray, lesions: Any) -> None:
        """Change the learner's own action (animals, axes) in place."""

    def learn(self, step: Step) -> None:
        """Learn from a step."""

    def state_parts(self) -> dict[str, Any]:
        """Parts with ``get_state`` and ``set_state``, by the name under which they are saved."""
        return {}

    def learned(self) -> dict[str, np.ndarray]:
        """What experience wrote, by name."""
        return {}

    def counts(self) -> dict[str, int]:
        """How many there are of what saved numbers may name."""
        return {}
