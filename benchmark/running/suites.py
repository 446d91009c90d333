"""Protocol: what a benchmark runs, as typed data. Nothing here runs anything."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from agents.catalogue import AGENTS, agent_spec
from agents.experts import has_expert
from benchmark.experiments.experiment import find_signature, signatures
from core.code_digest import code_digest
from core.errors import InvalidArgument, unknown_name, whole_number
from envs.registration import short_name, world_class, worlds
from steering.registration import steering_class

REPORTING_SEED = 1_000_000
REFERENCES = ("random", "oracle")
MAIN_AGENTS = ("random", "oracle", "expert", "reflex", "learner", "steered", "ppo")
WINDOWS = 50
LARGEST_SHARD = 64
LEAST_EXPERIMENT = 10
_COSTLY_SHARD = 2  # each animal of a costly agent takes as long as many others, so they are spread over the workers

Purpose = Literal["report", "tune"]


class Suite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody asks for; :func:`settle` checks it and fills in the rest.

    Attributes:
        meaning: one line for help texts and the report.
        worlds: by name; empty for all that are registered.
        agents: by name; ``random`` and ``oracle`` are always added, because scores need them.
        animals: individuals of each agent in each world, at least 2.
        lifetime: steps of each life, for every world or by world; None takes ``share_of_life`` of the world's own.
        share_of_life: of the world's own lifetime, in (0, 1].
        seed: of the first animal; animal i of every agent has seed + i, so all agents live in the same worlds.
        purpose: ``"report"`` takes seeds from 1,000,000, ``"tune"`` only seeds below; the two never mix.
        tuned_on: ranges (first, end) of further seeds on which anything was chosen; reporting on them is refused.
        signatures: which experiments, by id; ``("all",)`` for those of the chosen worlds, ``("brief",)`` for the brief among them.
        share_of_animals: of each experiment's own number of animals, in (0, 1].
        costly_animals: most individuals of an agent whose learner is costly (a model of another library for each), at least 2.
    """

    meaning: str = ""
    worlds: tuple[str, ...] = ()
    agents: tuple[str, ...] = MAIN_AGENTS
    animals: int = 64
    lifetime: int | dict[str, int] | None = None
    share_of_life: float = 1.0
    seed: int = REPORTING_SEED
    purpose: Purpose = "report"
    tuned_on: tuple[tuple[int, int], ...] = ()
    signatures: tuple[str, ...] = ()
    share_of_animals: float = 1.0
    costly_animals: int = 10


SUITES = {
    "quick": Suite(
        "every world and the main agents in minutes on two cores; the briefer experiments, with a third of their animals",
        animals=32, share_of_life=0.25, signatures=("brief",), share_of_animals=1 / 3, costly_animals=2,
    ),
    "default": Suite("whole lives of the main agents, and every experiment", signatures=("all",)),
    "full": Suite("whole lives of every agent, many animals", agents=tuple(AGENTS), animals=256, signatures=("all",)),
}  # fmt: skip


class Settings(msgspec.Struct, frozen=True):
    """Everything that decides the results of a benchmark.

    Attributes:
        worlds, agents: what is compared, by name.
        lifetimes, windows: for each world, the steps of a life and into how many ages it is cut.
        animals: individuals in each cell of the comparison.
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


class LifeCell(msgspec.Struct, frozen=True, tag="life"):
    """One unit of work: some animals of one agent in one world, from birth to the end."""

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


class ExperimentCell(msgspec.Struct, frozen=True, tag="experiment"):
    """One unit of work: one experiment."""

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


Cell = LifeCell | ExperimentCell


def file_name(name: str) -> str:
    """The name of a world or an agent as part of a file's name."""
    return name.replace(":", ".")


def settle(suite: Suite, shard: int | None = None) -> Settings:
    """Check everything before any work is done, and fill in what was not given.

    Raises:
        UnknownName: a world, an agent or an experiment does not exist.
        InvalidArgument: a number is out of range, or the seeds are not for this purpose.
    """
    chosen = tuple(suite.worlds or worlds.names())
    names = tuple(dict.fromkeys(w if ":" in w else short_name(world_class(w).id) for w in chosen))
    for name in names:
        steering_class(world_class(name))
    for agent in suite.agents:
        agent_spec(agent)
    agents = tuple(dict.fromkeys((*REFERENCES, *suite.agents)))
    animals = whole_number("animals (an interval needs two)", suite.animals, least=2)
    lifetimes = _lifetimes(suite, names)
    windows = tuple(min(WINDOWS, lifetimes[i] // (2 * world_class(w).episode_steps)) for i, w in enumerate(names))
    _check_seeds(suite)
    costly = whole_number("costly_animals (an interval needs two)", suite.costly_animals, least=2)
    shard = whole_number("shard", min(LARGEST_SHARD, (animals + 1) // 2) if shard is None else shard)
    return Settings(
        names, agents, lifetimes, windows, animals, suite.seed, suite.purpose, _experiments(suite, names), shard, costly
    )


def _lifetimes(suite: Suite, names: tuple[str, ...]) -> tuple[int, ...]:
    if not 0.0 < suite.share_of_life <= 1.0:
        raise InvalidArgument(f"share_of_life must be above 0 and at most 1, not {suite.share_of_life}.")
    by_world = suite.lifetime if isinstance(suite.lifetime, dict) else dict.fromkeys(names, suite.lifetime)
    for name in by_world:
        if name not in names:
            raise unknown_name("world in lifetime", name, names)
    found = []
    for name in names:
        world = world_class(name)
        own = round(suite.share_of_life * world.life_episodes) * world.episode_steps
        given = by_world.get(name)
        steps = own if given is None else whole_number("lifetime (steps)", given)
        if steps < 2 * world.episode_steps:
            raise InvalidArgument(
                f"A lifetime in {name} must hold at least two episodes, {2 * world.episode_steps} steps, not {steps}."
            )
        found.append(steps)
    return tuple(found)


def _check_seeds(suite: Suite) -> None:
    first, end = whole_number("seed", suite.seed, least=0), suite.seed + suite.animals
    if suite.purpose == "report" and first < REPORTING_SEED:
        raise InvalidArgument(
            f"Seeds below {REPORTING_SEED} are for choosing hyperparameters; report on {REPORTING_SEED} or more, "
            f"not {first}, or say that the purpose is to tune."
        )
    if suite.purpose == "tune" and end > REPORTING_SEED:
        raise InvalidArgument(
            f"Tuning must keep to seeds below {REPORTING_SEED}, but this suite uses {first} to {end - 1}."
        )
    for low, high in suite.tuned_on:
        if suite.purpose == "report" and first < high and low < end:
            raise InvalidArgument(
                f"The seeds {first} to {end - 1} of this suite overlap {low} to {high - 1}, on which something was chosen; "
                f"report on others, for example seed = {max(high, REPORTING_SEED)}."
            )


def _experiments(suite: Suite, names: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    if not 0.0 < suite.share_of_animals <= 1.0:
        raise InvalidArgument(f"share_of_animals must be above 0 and at most 1, not {suite.share_of_animals}.")
    if suite.signatures in (("all",), ("brief",)):
        brief = suite.signatures == ("brief",)
        chosen = {s.id: s for s in signatures().values() if s.world in names and not (brief and s.slow)}
    else:
        chosen = {identifier: find_signature(identifier) for identifier in suite.signatures}
    least = LEAST_EXPERIMENT
    return tuple(
        (name, min(s.animals, max(least, round(s.animals * suite.share_of_animals)))) for name, s in chosen.items()
    )


def cells(settings: Settings) -> list[Cell]:
    """All units of work, in a fixed order; an expert only where the world has one."""
    found: list[Cell] = []
    for world in settings.worlds:
        for agent in settings.agents:
            if agent_spec(agent).policy == "expert" and not has_expert(world_class(world)):
                continue
            animals, costly = settings.animals_of(agent), agent_spec(agent).costly
            shard = min(settings.shard, _COSTLY_SHARD) if costly else settings.shard
            for start in range(0, animals, shard):
                count = min(shard, animals - start)
                film = start == 0 and agent_spec(agent).learner is not None
                found.append(
                    LifeCell(
                        world, agent, settings.seed + start, count, settings.lifetime(world), settings.ages(world), film
                    )
                )
    return found + [ExperimentCell(name, animals, settings.seed) for name, animals in settings.experiments]


def describe(settings: Settings) -> dict[str, Any]:
    """Plain values for JSON."""
    return msgspec.to_builtins(settings)
