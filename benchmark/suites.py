"""Protocol: what a benchmark runs, as typed data. Nothing here runs anything."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec

from agents.catalogue import AGENTS, agent_spec
from agents.experts import has_expert
from envs.errors import InvalidArgument, whole_number
from envs.registration import short_name, world_class, worlds
from envs.sources import source_digest
from steering.registration import steering_class

REPORTING_SEED = 1_000_000
REFERENCES = ("random", "oracle")
DEFAULT_AGENTS = ("random", "oracle", "expert", "reflex", "learner", "steered")
WINDOWS = 50


class Settings(msgspec.Struct, frozen=True):
    """Everything that decides the results of a benchmark.

    Attributes:
        worlds, agents: what is compared, by name.
        animals: individuals in each cell of the comparison.
        lifetime: steps of each life.
        windows: into how many ages a life is cut.
        seed: animal i of every agent has seed + i, so that agents are compared on the same animals' worlds.
        shard: animals that live in one process at a time; results do not depend on it.
    """

    worlds: tuple[str, ...]
    agents: tuple[str, ...]
    animals: int
    lifetime: int
    windows: int
    seed: int
    shard: int = 64

    def digest(self) -> str:
        """Eight hexadecimal digits that name what decides the results, the sources among them."""
        content = {k: v for k, v in msgspec.to_builtins(self).items() if k != "shard"} | {"sources": source_digest()}
        return hashlib.blake2b(msgspec.json.encode(content), digest_size=4).hexdigest()


@dataclass(frozen=True)
class Cell:
    """One unit of work: some animals of one agent in one world."""

    world: str
    agent: str
    first_seed: int
    animals: int
    lifetime: int
    windows: int

    @property
    def name(self) -> str:
        """File name without ending."""
        return f"{self.world.replace(':', '.')}--{self.agent}--{self.first_seed}+{self.animals}"


def make_settings(
    world_names: tuple[str, ...] | None,
    agents: tuple[str, ...] | None,
    animals: int,
    lifetime: int,
    seed: int,
    shard: int = 64,
) -> Settings:
    """Check everything before any work is done, and fill in what was not given.

    Raises:
        UnknownName: a world or an agent does not exist.
        InvalidArgument: a number is out of range.
    """
    chosen = tuple(world_names or worlds.names())
    names = tuple(dict.fromkeys(w if ":" in w else short_name(world_class(w).id) for w in chosen))
    for name in names:
        steering_class(world_class(name))
    wanted = tuple(agents or DEFAULT_AGENTS)
    for agent in wanted:
        agent_spec(agent)
    wanted = tuple(dict.fromkeys((*REFERENCES, *wanted)))
    whole_number("animals", animals, least=2)
    longest = max(world_class(name).episode_steps for name in names)
    if whole_number("lifetime (steps)", lifetime) < 2 * longest:
        raise InvalidArgument(f"lifetime must hold at least two episodes, {2 * longest} steps, not {lifetime}.")
    if seed < REPORTING_SEED:
        raise InvalidArgument(
            f"Seeds below {REPORTING_SEED} are for choosing hyperparameters; report on {REPORTING_SEED} or more, not {seed}."
        )
    return Settings(
        names, wanted, animals, lifetime, min(WINDOWS, lifetime // (2 * longest)), seed, whole_number("shard", shard)
    )


def cells(settings: Settings) -> list[Cell]:
    """All units of work, in a fixed order; an expert only where the world has one."""
    found = []
    for world in settings.worlds:
        for agent in settings.agents:
            if AGENTS[agent].policy == "expert" and not has_expert(world_class(world)):
                continue
            for start in range(0, settings.animals, settings.shard):
                count = min(settings.shard, settings.animals - start)
                found.append(Cell(world, agent, settings.seed + start, count, settings.lifetime, settings.windows))
    return found


def describe(settings: Settings) -> dict[str, Any]:
    """Plain values for JSON."""
    return msgspec.to_builtins(settings)
