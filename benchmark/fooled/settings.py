"""What a run on fooled niches is made of, as typed data: niches, arms, steering, and the units of work."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from agents.catalogue import agent_spec
from benchmark.results.folder import OtherSettings, ResultsFolder
from benchmark.results.jobs import CONTROLS, LARGEST_SHARD, MOST_ANIMALS, NicheJob, Purpose
from benchmark.running.suites import REPORTING_SEED, Suite, check_seeds
from core.arguments import in_range
from core.code_digest import code_digest
from core.errors import InvalidArgument, told, unknown_name, whole_number
from envs.registration import niche_of, short_name, world_class, worlds
from steering.registration import steering_class

SIDES: tuple[Literal["honest", "fooled"], ...] = ("honest", "fooled")
REFERENCES = ("random", "oracle")
REFLEX, WHOLE = "reflex", "steered"
_CACHED = "steered-predicted-reward-state"
ARMS = (
    WHOLE,
    *(f"cortex+{rule}" for rule in ("never", "always", "urgency", "earned", "outcome")),
    _CACHED,
    "random-options",
    *(f"{_CACHED}!{control}" for control in CONTROLS),
)
"""Arms of a whole run: the whole animal, its cortex under other rules, cached values, and negative controls."""
WINDOWS, REMOVED = 20, 14
"""Ages into which a life is cut, and the first of them in which the fooled niche has become honest."""
LEAST_STEPS, LEAST_EPISODES, BRIEF_EPISODES = 5000, 20, 7
"""Of a life of the usual share, and episodes of a shorter one."""
_PLAIN = {REFLEX: "reflex alone", WHOLE: "whole animal", "random-options": "random programmes", _CACHED: "cached values"}
SHARE = 0.25
"""Of a species' whole life that is lived in a niche, unless it would be too short."""


class NicheSettings(msgspec.Struct, frozen=True):
    """Everything that decides the results of a run.

    Attributes:
        niches: each as "World/name".
        arms: agents by name, a negative control after a "!".
        steering: of each niche; empty for the world's own.
        lifetimes: steps of a life in each niche.
        animals: of the whole animal and of references; other arms have half as many, costly ones ``costly_animals``.
        seed: of the first animal.
        purpose: whether the seeds are for reporting or for tuning.
        costly_animals: of an arm whose learner is a model of another library.
        shard: animals that live in one process at a time; results do not depend on it.
    """

    niches: tuple[str, ...]
    arms: tuple[str, ...]
    steering: tuple[str, ...]
    lifetimes: tuple[int, ...]
    animals: int
    seed: int
    purpose: Purpose = "report"
    costly_animals: int = 4
    shard: int = LARGEST_SHARD

    def digest(self) -> str:
        """Eight hexadecimal digits that name what decides the results, the sources among them."""
        content = {k: v for k, v in describe_niches(self).items() if k != "shard"} | {"sources": code_digest()}
        return hashlib.blake2b(msgspec.json.encode(content), digest_size=4).hexdigest()

    def animals_of(self, arm: str) -> int:
        """Individuals of that arm in each side of each niche."""
        agent, _, control = arm.partition("!")
        if agent_spec(agent).costly:
            return min(self.animals, self.costly_animals)
        main = not control and agent in (*REFERENCES, REFLEX, WHOLE)
        return self.animals if main else max(2, self.animals // 2)


def describe_niches(settings: NicheSettings) -> dict[str, Any]:
    """Plain values for JSON."""
    return msgspec.to_builtins(settings)


def all_niches() -> tuple[str, ...]:
    """Every fooled niche, as "World/name"; variants that only inherit those of a species' world have none of their own."""
    return tuple(
        f"{name}/{niche.name}" for name, kind in worlds.all().items() for niche in vars(kind).get("fooled_niches", ())
    )


def parts_of(niche: str) -> tuple[str, str]:
    """World and name of a niche that is given as "World/name"."""
    world, _, name = niche.partition("/")
    return world, name


def niche_settings(
    niches: tuple[str, ...] = (),
    arms: tuple[str, ...] = (WHOLE,),
    steering: tuple[str, ...] = (),
    animals: int = 32,
    share: float = SHARE,
    seed: int = REPORTING_SEED,
    purpose: Purpose = "report",
    costly_animals: int = 4,
) -> NicheSettings:
    """Check everything before any work is done, and fill in what was not given.

    Args:
        niches: as "World/name", or "World" for all of a world; empty for all of the worlds that ``steering`` is for, or all.
        arms: see :class:`NicheSettings`.
        steering: versions, ``module:Class`` or classes' names, at most one for each world; worlds of others keep their own.
        animals, seed, purpose, costly_animals: as there.
        share: of the species' whole life.

    Raises:
        UnknownName: a niche, an agent, a control or a steering subsystem does not exist.
        InvalidArgument: two steering subsystems are for one world, one is for a world of which no niche was chosen, a number is out
            of range, or the seeds are not for this purpose.
    """
    from steering.registration import steerings

    given: dict[str, str] = {}
    for name in steering:
        world = steerings.get(name).world
        if world in given:
            raise InvalidArgument(f"{given[world]} and {name} are both for {world}; give one at a time.")
        given[world] = name
    chosen = _chosen(niches, given)
    homes = [short_name(world_class(parts_of(niche)[0]).id) for niche in chosen]
    for world, name in given.items():
        if world not in homes:
            raise InvalidArgument(
                f"{name} is steering for {world}, and no niche of {world} was chosen. Leave out --niches, or choose some of {world}."
            )
    for arm in arms:
        agent, _, control = arm.partition("!")
        agent_spec(agent)
        if control and control not in CONTROLS:
            raise unknown_name("negative control", control, CONTROLS)
    in_range("share of life", share, 0.001, 1.0)
    whole_number("animals (an interval needs two)", animals, least=2)
    in_range("animals", animals, 2, MOST_ANIMALS)
    check_seeds(Suite(seed=seed, animals=animals, purpose=purpose))
    used = tuple(given.get(home, "") for home in homes)
    for niche, name in zip(chosen, used, strict=True):
        steering_class(world_class(parts_of(niche)[0]), name or None)
    lifetimes = tuple(_lifetime(parts_of(niche)[0], share) for niche in chosen)
    return NicheSettings(chosen, tuple(dict.fromkeys(arms)), used, lifetimes, animals, seed, purpose, costly_animals)


def niches_of_worlds(given: Mapping[str, str]) -> tuple[str, ...]:
    """Every fooled niche of the worlds that steering is ``given`` for, by world; of all worlds where none is given.

    Raises:
        InvalidArgument: one of these worlds is not known here, or declares no fooled niche.
    """
    known = all_niches()
    for world, name in given.items():
        if world not in worlds.all():
            near = difflib.get_close_matches(world, worlds.all(), n=1)
            raise InvalidArgument(
                f"{name} says that it is for the world {world}, and none of that name is installed."
                f"{f' Did you mean {near[0]!r}?' if near else ''} If it is a world of your own, name its class with "
                f"--niches my_package.my_world:{world}."
            )
        if not any(parts_of(niche)[0] == world for niche in known):
            raise InvalidArgument(f"No fooled niche is declared for {world}; list some in the fooled_niches of its class.")
    return tuple(niche for niche in known if not given or parts_of(niche)[0] in given)


def _chosen(niches: tuple[str, ...], given: Mapping[str, str]) -> tuple[str, ...]:
    if not niches:
        return niches_of_worlds(given)
    known = all_niches()
    found: tuple[str, ...] = ()
    for asked in niches:
        world, name = parts_of(asked)
        if same := [niche for niche in known if not name and parts_of(niche)[1] == asked]:
            raise InvalidArgument(f"A niche is given with its world: {' or '.join(same)}, not {asked}.")
        kind = world_class(world)
        if name:
            niche_of(world, name)
        elif not kind.fooled_niches:
            raise InvalidArgument(f"{world} declares no fooled niches; those that do: {', '.join(known)}.")
        found += tuple(f"{world}/{niche.name}" for niche in kind.fooled_niches if name in ("", niche.name))
    return tuple(dict.fromkeys(found))


def _lifetime(world: str, share: float) -> int:
    kind = world_class(world)
    least = max(LEAST_EPISODES, -(-LEAST_STEPS // kind.episode_steps)) if share >= SHARE else BRIEF_EPISODES
    episodes = min(kind.life_episodes, max(least, round(share * kind.life_episodes)))
    return episodes * kind.episode_steps


def niche_jobs(settings: NicheSettings) -> list[NicheJob]:
    """All units of work, in a fixed order. References live in the honest side alone."""
    found = []
    for niche, steering, lifetime in zip(settings.niches, settings.steering, settings.lifetimes, strict=True):
        world, name = parts_of(niche)
        for arm in (*REFERENCES, REFLEX, *settings.arms):
            agent, _, control = arm.partition("!")
            animals, costly = settings.animals_of(arm), agent_spec(agent).costly
            shard = 1 if costly else settings.shard
            for side in SIDES[:1] if arm in REFERENCES else SIDES:
                for start in range(0, animals, shard):
                    count, seed = min(shard, animals - start), settings.seed + start
                    found.append(
                        NicheJob(
                            world,
                            name,
                            side,
                            agent,
                            steering,
                            control,
                            seed,
                            count,
                            lifetime,
                            WINDOWS,
                            REMOVED,
                        )
                    )
    return found


class NicheStore(ResultsFolder[NicheSettings]):
    """Results of one :class:`NicheSettings` in one folder; see :class:`benchmark.results.folder.ResultsFolder`."""

    def jobs(self) -> list[NicheJob]:
        """All units of work, in a fixed order."""
        return niche_jobs(self.settings)

    def _settings_of(self, about: dict[str, Any]) -> NicheSettings:
        try:
            return msgspec.convert(about["settings"], NicheSettings)
        except msgspec.ValidationError as error:
            raise OtherSettings(f"{self._file} cannot be read ({told(error)}); restore the file.") from None


def in_order(arms: Iterable[str]) -> list[str]:
    """Arms once each: the reflex, those of :data:`ARMS`, others; negative controls last."""
    known = (REFLEX, *ARMS)
    place = {arm: (("!" in arm), known.index(arm) if arm in known else len(known)) for arm in arms}
    return sorted(place, key=place.__getitem__)


def measured(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The niches of a run that could be measured."""
    return {niche: row for niche, row in found["niches"].items() if "problem" not in row}


def named(arm: str) -> str:
    """An arm as a reader knows it."""
    agent, _, control = arm.partition("!")
    agent = _PLAIN.get(agent, agent)
    return f"{agent}, {control}" if control else agent
