"""What is innate about learning, typed and in one place: not a blank slate, yet nothing that was learned.

A genome holds the settings of the learner, which may differ by region, and how neuromodulators act on it over a life,
sensitive periods among them. It holds no weights: those are drawn anew in every life (Byrnes' learning from scratch).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from core.arguments import in_range
from core.errors import InvalidArgument, unknown_name
from core.interfaces import Gains


@dataclass(frozen=True)
class Modulation:
    """Innate factors on the gains that steering broadcasts, and sensitive periods, as shares of the species' lifetime.

    Attributes:
        learning_rate: of every region, as by dopamine's gain.
        exploration: as by noradrenaline's.
        plasticity: as by acetylcholine's.
        opens, closes: share of life at which the sensitive period of plasticity begins and ends.
        after: plasticity left when it has ended, and before it begins.
    """

    learning_rate: float = 1.0
    exploration: float = 1.0
    plasticity: float = 1.0
    opens: float = 0.0
    closes: float = 1.0
    after: float = 1.0

    def __post_init__(self) -> None:
        for gene in fields(self):
            in_range(gene.name, getattr(self, gene.name), 0.0)

    def applied(self, gains: Gains, share_of_life: np.ndarray) -> Gains:
        """Steering's gains at an age, (animals,) as a share of life, with these factors."""
        sensitive = (share_of_life >= self.opens) & (share_of_life < self.closes)
        plasticity = self.plasticity * np.where(sensitive, 1.0, self.after)
        return Gains(
            self.learning_rate * gains.learning_rate, self.exploration * gains.exploration, plasticity * gains.plasticity
        )


NEUTRAL = Modulation()
"""Steering's gains as they are."""


@dataclass(frozen=True)
class Genome:
    """All innate settings of an animal's learning, and of its steering where they are not the usual ones.

    Attributes:
        learner: settings of the learner, by region; None for those that its class ships with.
        modulation: neuromodulation and sensitive periods.
        steering: (name, value) of constants of steering that are not as its class declares them.
    """

    learner: Any = None
    modulation: Modulation = NEUTRAL
    steering: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if self.learner is not None and (not is_dataclass(self.learner) or isinstance(self.learner, type)):
            raise InvalidArgument(
                f"The learner's settings must be a dataclass such as CorticalGenome, not {self.learner!r}."
            )
        if not isinstance(self.modulation, Modulation):
            raise InvalidArgument(f"The modulation must be a Modulation, not {self.modulation!r}.")

    def described(self) -> dict[str, Any]:
        """Every gene by its path, for example ``learner.map_rate``."""
        own = {} if self.learner is None else {f"learner.{name}": value for name, value in asdict(self.learner).items()}
        own |= {f"modulation.{name}": value for name, value in asdict(self.modulation).items()}
        return own | {f"steering.{name}": value for name, value in self.steering}

    def with_genes(self, **values: Any) -> Genome:
        """A mutant: genes by path, with a double underscore for the dot (``learner__map_rate=0.1``).

        Raises:
            UnknownName: there is no such gene; the nearest is named.
            InvalidArgument: a modulation out of range.
        """
        known = self.described()
        parts: dict[str, dict[str, Any]] = {"learner": {}, "modulation": {}, "steering": {}}
        for name, value in values.items():
            path = name.replace("__", ".")
            if path not in known:
                raise unknown_name("gene", path, known)
            part, _, gene = path.partition(".")
            try:
                parts[part][gene] = type(known[path])(value)
            except (TypeError, ValueError):
                raise InvalidArgument(f"{path} must be a {type(known[path]).__name__}, not {value!r}.") from None
        learner = replace(self.learner, **parts["learner"]) if parts["learner"] else self.learner
        steering = tuple((dict(self.steering) | parts["steering"]).items())
        return Genome(learner, replace(self.modulation, **parts["modulation"]), steering)
