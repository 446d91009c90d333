"""Niches that can fool steering: matched pairs of surroundings, one honest and one fooled, that differ in one argument of one switch.

In both, the senses of a reflex are served alike. What learning makes of them differs: in the honest one it finds something good, in the
fooled one something that only feels good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class FooledNiche:
    """One pair.

    Attributes:
        name: as people type it.
        meaning: one sentence, what is there and why it fools steering.
        switch: the manipulation of the world that makes it, from birth on.
        honest, fooled: arguments of the switch in the one and in the other; one of them differs.
        source: a publication that it is modelled on, or "chosen".
        lures: whether the field ``lured`` of the body says in which steps an animal uses what is there.
    """

    name: str
    meaning: str
    switch: str
    honest: Mapping[str, Any] = field(default_factory=dict)
    fooled: Mapping[str, Any]
    source: str = "chosen"
    lures: bool = False

    @property
    def differs(self) -> tuple[str, ...]:
        """Names of the arguments that are not the same in both."""
        return tuple(sorted(key for key in self.fooled if self.fooled[key] != self.honest.get(key)))

    def broken_rule(self, world: Any) -> str | None:
        """The first rule that this pair breaks in a class of worlds, in words; None if it keeps all."""
        known = world.manipulations()
        if self.switch not in known:
            return f"its fooled niche {self.name} names the manipulation {self.switch!r}, which it does not have"
        for arguments in (self.honest, self.fooled):
            for name in arguments:
                if name not in known[self.switch].parameters:
                    return f"its fooled niche {self.name} gives {self.switch} an argument {name!r}, which it does not take"
        if self.honest.keys() != self.fooled.keys() or len(self.differs) != 1:
            return f"the honest and the fooled side of its niche {self.name} must differ in one argument of {self.switch}"
        if self.lures and "lured" not in (each.name for each in world.state):
            return f"its fooled niche {self.name} lures, so its state needs a field named lured"
        return None
