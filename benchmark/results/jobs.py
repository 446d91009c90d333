"""What a benchmark is made of, as typed data: settings that decide its results, and jobs, the units of work."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar, Literal

import msgspec
import numpy as np
from gymnasium.spaces import Box

from agents.catalogue import agent_spec
from agents.experts import has_expert
from agents.hand_over.base import hand_over_rule
from core.arguments import in_range
from core.code_digest import code_digest
from core.errors import InvalidArgument
from envs.registration import world_class
from steering.registration import steering_class

LARGEST_SHARD = 64
MOST_ANIMALS, MOST_STEPS = 1_000_000, 10**12
LAST_SEED = 2**63
_COSTLY_SHARD = 2  # each animal of a costly agent takes as long as many others, so they are spread over the workers

Purpose = Literal["report", "tune"]


class Settings(msgspec.Struct, frozen=True):
    """Everything that decides the results of a benchmark.

    Attributes:
        worlds, agents: what is compared, by name.
        lifetimes, windows: for each world, the steps of a life and into how many ages it is cut.
        animals: individuals in each job of the comparison.
        seed: of the first animal.
        purpose: whether the seeds are for reporting or for tuning.
        experiments: id and number of animals of each experiment.
        shard: animals that live in one process at a time; results do not depend on it.
        costly_animals: most individuals of a costly agent.
    """

    worlds: tuple[str, ...]
    agents: tuple[str, ...]
    lifetimes: tuple[int, ...]
    windows: tuple[int, ...]
    animals: int
    seed: int
    purpose: Purpose = "report"
    experiments: tuple[tuple[str, int], ...] = ()
    shard: int = LARGEST_SHARD
    costly_animals: int = 10

    def digest(self) -> str:
        """Eight hexadecimal digits that name what decides the results, the sources among them."""
        content = {k: v for k, v in msgspec.to_builtins(self).items() if k != "shard"} | {"sources": code_digest()}
        return hashlib.blake2b(msgspec.json.encode(content), digest_size=4).hexdigest()

    def animals_of(self, agent: str) -> int:
        """Individuals of that agent in each world."""
        return min(self.animals, self.costly_animals) if agent_spec(agent).costly else self.animals

    def lifetime(self, world: str) -> int:
        """Steps of a life in that world."""
        return self.lifetimes[self.worlds.index(world)]

    def ages(self, world: str) -> int:
        """Windows of age of a life in that world."""
        return self.windows[self.worlds.index(world)]


class LifeJob(msgspec.Struct, frozen=True, tag="life"):
    """One unit of work: some animals of one agent in one world, from birth to the end."""

    gives_arrays: ClassVar[bool] = True
    counted: ClassVar[tuple[str, ...]] = ()
    """Names of arrays that it gives beside those of every life."""

    world: str
    agent: str
    first_seed: int
    animals: int
    lifetime: int
    windows: int
    film: bool

    @property
    def name(self) -> str:
        """File name without ending."""
        return f"{file_name(self.world)}--{file_name(self.agent)}--{self.first_seed}+{self.animals}"

    @property
    def title(self) -> str:
        """For a line of progress."""
        return f"{self.world} {self.agent}, {self.animals} animals from seed {self.first_seed}"

    @property
    def cost(self) -> float:
        """About how long it takes, in animal-steps of an agent that does not learn."""
        return (
            self.animals
            * self.lifetime
            * (500.0 if agent_spec(self.agent).costly else 8.0 if agent_spec(self.agent).learner else 1.0)
        )


class ExperimentJob(msgspec.Struct, frozen=True, tag="experiment"):
    """One unit of work: one experiment."""

    gives_arrays: ClassVar[bool] = False

    id: str
    animals: int
    seed: int

    @property
    def name(self) -> str:
        """File name without ending."""
        return f"experiment--{file_name(self.id)}--{self.seed}+{self.animals}"

    @property
    def title(self) -> str:
        """For a line of progress."""
        return f"experiment {self.id}, {self.animals} animals"

    @property
    def cost(self) -> float:
        """About how long it takes, as for lives."""
        return self.animals * 100_000.0


class NicheJob(msgspec.Struct, frozen=True, tag="niche"):
    """One unit of work: some animals of one agent in one side of a fooled niche, from birth to the end.

    Attributes:
        world, niche: by name.
        side: "honest" or "fooled".
        agent: by name.
        steering: as :func:`steering.registration.steering_class` takes it; empty for the world's own.
        control: what is done to reward or to plasticity, in :data:`CONTROLS`; empty for nothing.
        lifetime, windows: steps of a life, and into how many ages it is cut.
        removed: the first of these ages in which the niche is honest in both.
    """

    gives_arrays: ClassVar[bool] = True
    counted: ClassVar[tuple[str, ...]] = ("lured_steps",)

    world: str
    niche: str
    side: Literal["honest", "fooled"]
    agent: str
    steering: str
    control: str
    first_seed: int
    animals: int
    lifetime: int
    windows: int
    removed: int

    @property
    def name(self) -> str:
        """File name without ending."""
        parts = (self.world, self.niche, self.side, self.steering, self.agent, self.control)
        return (
            "--".join(file_name(part).replace(" ", "_").replace("/", ".") for part in parts)
            + f"--{self.first_seed}+{self.animals}"
        )

    @property
    def title(self) -> str:
        """For a line of progress."""
        how = f" ({self.control})" if self.control else ""
        return f"{self.world}, {self.niche}, {self.side}: {self.agent}{how}, {self.animals} animals"

    @property
    def cost(self) -> float:
        """About how long it takes, as for lives."""
        return LifeJob(self.world, self.agent, 0, self.animals, self.lifetime, 1, False).cost


CONTROLS = ("flipped reward", "fitness as reward", "shuffled reward", "no plasticity")
"""Negative controls of a :class:`NicheJob`."""
Job = LifeJob | ExperimentJob | NicheJob
JobResult = dict[str, np.ndarray] | dict[str, Any]
"""Curves and pictures of a :class:`LifeJob` or a :class:`NicheJob`, or plain values of an :class:`ExperimentJob`."""


def check_settings(settings: Settings) -> None:
    """Look at settings that were read from a file as a whole; types are known to be right.

    Raises:
        InvalidArgument: numbers that no benchmark can have, or not one lifetime for each world.
    """
    worlds = len(settings.worlds)
    if not worlds or len(settings.lifetimes) != worlds or len(settings.windows) != worlds:
        raise InvalidArgument(
            f"It names {worlds} worlds, {len(settings.lifetimes)} lifetimes and {len(settings.windows)} windows; one each is needed."
        )
    for what in ("animals", "costly_animals", "shard"):
        in_range(what, getattr(settings, what), 1, MOST_ANIMALS)
    for number in (*settings.lifetimes, *settings.windows, *(animals for _, animals in settings.experiments)):
        in_range("A lifetime, a window or a number of animals", number, 1, MOST_STEPS)
    in_range("seed", settings.seed, 0, LAST_SEED)


def file_name(name: str) -> str:
    """The name of a world or an agent as part of a file's name."""
    return name.replace(":", ".")


def jobs(settings: Settings) -> list[Job]:
    """All units of work, in a fixed order; an expert only where the world has one, and a rule that mixes only where acts are graded."""
    found: list[Job] = []
    for world in settings.worlds:
        for agent in settings.agents:
            if not can_live(agent, world):
                continue
            animals, costly = settings.animals_of(agent), agent_spec(agent).costly
            shard = min(settings.shard, _COSTLY_SHARD) if costly else settings.shard
            for start in range(0, animals, shard):
                count = min(shard, animals - start)
                film = start == 0 and agent_spec(agent).learner is not None
                found.append(
                    LifeJob(
                        world, agent, settings.seed + start, count, settings.lifetime(world), settings.ages(world), film
                    )
                )
    return found + [ExperimentJob(name, animals, settings.seed) for name, animals in settings.experiments]


def why_not(agent: str, world: str) -> str:
    """Why that agent cannot live in that world, in words; empty if it can."""
    spec, kind = agent_spec(agent), world_class(world)
    if spec.policy == "expert" and not has_expert(kind):
        return "that world has no expert"
    if spec.policy == "constant" and steering_class(kind).best_constant is None:
        return f"{steering_class(kind).__name__} names no best_constant"
    if spec.policy is None and hand_over_rule(spec.hand_over).graded and not isinstance(kind.single_action_space, Box):
        return f"{hand_over_rule(spec.hand_over).name} mixes actions, and those of that world are not graded"
    return ""


def can_live(agent: str, world: str) -> bool:
    """Whether that world has such an expert or constant act, and acts that such a rule can mix."""
    return not why_not(agent, world)


def describe(settings: Settings) -> dict[str, Any]:
    """Plain values for JSON."""
    return msgspec.to_builtins(settings)
