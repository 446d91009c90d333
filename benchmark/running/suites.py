"""Protocol: what a benchmark runs, as typed data. Nothing here runs anything."""

from __future__ import annotations

import msgspec

from agents.catalogue import AGENTS, agent_spec
from benchmark.experiments.experiment import experiments, find_experiment
from benchmark.results.jobs import LARGEST_SHARD, LAST_SEED, MOST_ANIMALS, MOST_STEPS, Purpose, Settings, can_live
from core.errors import InvalidArgument, shown, unknown_name, whole_number
from core.rooms import public_path
from envs.registration import short_name, world_class, worlds
from envs.world import World
from steering.registration import steering_class

REPORTING_SEED = 1_000_000
REFERENCES = ("random", "oracle")
_OWN_AGENTS = ("random", "oracle", "expert", "constant", "reflex", "learner", "steered")
MAIN_AGENTS = (*_OWN_AGENTS, "ppo")
WINDOWS = 50
LEAST_WINDOWS = 10
"""With fewer ages a life is too short to show how an animal grows up."""
LEAST_EXPERIMENT = 10
_LEAST_SHARD = 16  # a tick of fewer animals takes hardly less time


class Suite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody asks for; :func:`resolve` checks it and fills in the rest.

    Attributes:
        meaning: one line for help texts and the report.
        worlds: by name; empty for all that are registered.
        variants: without names of worlds, whether variants that share a species' steering (``SaltTrap``) are among them.
        agents: by name; ``random`` and ``oracle`` are always added, because scores need them.
        animals: individuals of each agent in each world, at least 2.
        lifetime: steps of each life, for every world or by world; None takes ``share_of_life`` of the world's own.
        share_of_life: of the world's own lifetime, in (0, 1]; ten episodes at least.
        seed: of the first animal; animal i of every agent has seed + i, so all agents live in the same worlds.
        purpose: ``"report"`` takes seeds from 1,000,000, ``"tune"`` only seeds below; the two never mix.
        tuned_on: ranges (first, end) of further seeds on which anything was chosen; reporting on them is refused.
        experiments: which, by id; ``("all",)`` for those of the chosen worlds, ``("brief",)`` for the brief among them.
        share_of_animals: of each experiment's own number of animals, in (0, 1].
        costly_animals: most individuals of an agent whose learner is costly (a model of another library for each), at least 2.
    """

    meaning: str = ""
    worlds: tuple[str, ...] = ()
    variants: bool = True
    agents: tuple[str, ...] = MAIN_AGENTS
    animals: int = 64
    lifetime: int | dict[str, int] | None = None
    share_of_life: float = 1.0
    seed: int = REPORTING_SEED
    purpose: Purpose = "report"
    tuned_on: tuple[tuple[int, int], ...] = ()
    experiments: tuple[str, ...] = ()
    share_of_animals: float = 1.0
    costly_animals: int = 10


SUITES = {
    "quick": Suite(
        "every species, young, with the main agents but those of other libraries; the briefest experiments, with few animals",
        variants=False,
        agents=_OWN_AGENTS,
        animals=12,
        share_of_life=1 / 8,
        experiments=("brief",),
        share_of_animals=1 / 8,
        costly_animals=2,
    ),
    "default": Suite("whole lives of the main agents, and every experiment", experiments=("all",)),
    "full": Suite("whole lives of every agent, many animals", agents=tuple(AGENTS), animals=256, experiments=("all",)),
}


def resolve(suite: Suite, shard: int | None = None) -> Settings:
    """Check everything before any work is done, and fill in what was not given.

    Raises:
        UnknownName: a world, an agent or an experiment does not exist.
        InvalidArgument: a number is out of range, or the seeds are not for this purpose.
    """
    chosen = suite.worlds or tuple(name for name, kind in worlds.all().items() if suite.variants or kind.steering is None)
    names = tuple(dict.fromkeys(_name_of(world) for world in chosen))
    for name in names:
        steering_class(world_class(name))
    for agent in suite.agents:
        agent_spec(agent)
    agents = tuple(dict.fromkeys((*REFERENCES, *suite.agents)))
    for agent in agents:
        if agent_spec(agent).policy is None and not any(can_live(agent, name) for name in names):
            raise InvalidArgument(
                f"{agent} mixes actions and needs graded ones (a Box), which {' and '.join(names)} "
                f"{'does' if len(names) == 1 else 'do'} not have; choose a rule that switches, for example earned or outcome."
            )
    animals = _number_of_animals("animals", suite.animals)
    lifetimes = _lifetimes(suite, names)
    windows = tuple(_windows(steps, world_class(name)) for name, steps in zip(names, lifetimes, strict=True))
    check_seeds(suite)
    costly = _number_of_animals("costly_animals", suite.costly_animals)
    own_shard = min(LARGEST_SHARD, max(_LEAST_SHARD, (animals + 1) // 2))
    shard = whole_number("shard", own_shard if shard is None else shard)
    return Settings(
        names, agents, lifetimes, windows, animals, suite.seed, suite.purpose, _experiments(suite, names), shard, costly
    )


def _name_of(world: str) -> str:
    """The one name of a world, however it was given: its short name, or ``module:Class`` where nothing registers it."""
    kind = world_class(world)
    name = short_name(kind.id)
    return name if worlds.all().get(name) is kind else public_path(kind)


def _number_of_animals(what: str, value: int) -> int:
    number = whole_number(f"{what} (an interval needs two)", value, least=2)
    if number > MOST_ANIMALS:
        raise InvalidArgument(
            f"{what} must be at most {MOST_ANIMALS:,}, not {shown(number)}; their curves would not fit anywhere."
        )
    return number


def _windows(steps: int, kind: type[World]) -> int:
    """Ages into which a life is cut: two episodes or more each, or one where that would leave fewer than ten."""
    of_two = steps // (2 * kind.episode_steps)
    return min(WINDOWS, of_two if of_two >= LEAST_WINDOWS else steps // kind.episode_steps)


def _lifetimes(suite: Suite, names: tuple[str, ...]) -> tuple[int, ...]:
    if not 0.0 < suite.share_of_life <= 1.0:
        raise InvalidArgument(f"share_of_life must be above 0 and at most 1, not {suite.share_of_life}.")
    if isinstance(suite.lifetime, dict):
        for name in suite.lifetime:
            if name not in names and (":" not in name or _name_of(name) not in names):
                raise unknown_name("world in lifetime", name, names)
        by_world: dict[str, int | None] = {_name_of(name): steps for name, steps in suite.lifetime.items()}
    else:
        by_world = dict.fromkeys(names, suite.lifetime)
    found = []
    for name in names:
        world = world_class(name)
        share = round(suite.share_of_life * world.life_episodes)
        own = max(share, min(LEAST_WINDOWS, world.life_episodes)) * world.episode_steps
        given = by_world.get(name)
        steps = own if given is None else whole_number("lifetime (steps)", given)
        if steps < 2 * world.episode_steps:
            raise InvalidArgument(
                f"A lifetime in {name} must hold at least two episodes, {2 * world.episode_steps} steps, not {steps}."
            )
        if steps > MOST_STEPS:
            raise InvalidArgument(f"A lifetime must be at most {MOST_STEPS:,} steps, not {shown(steps)}.")
        found.append(steps)
    return tuple(found)


def check_seeds(suite: Suite) -> None:
    """Raise :class:`core.errors.InvalidArgument` where the seeds of a suite are not for its purpose."""
    first, end = whole_number("seed", suite.seed, least=0), suite.seed + suite.animals
    if end > LAST_SEED:
        raise InvalidArgument(f"seed must be at most 2**63 less the number of animals, not {shown(first)}.")
    if suite.purpose == "report" and first < REPORTING_SEED:
        raise InvalidArgument(
            f"Seeds below {REPORTING_SEED} are for choosing hyperparameters; report on {REPORTING_SEED} or more, "
            f"not {first}, or say with --purpose tune that the purpose is to tune."
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
    if suite.experiments in (("all",), ("brief",)):
        brief = suite.experiments == ("brief",)
        chosen = {s.id: s for s in experiments().values() if s.world in names and not (brief and s.slow)}
    else:
        chosen = {identifier: find_experiment(identifier) for identifier in suite.experiments}
    least = LEAST_EXPERIMENT
    return tuple(
        (name, min(s.animals, max(least, round(s.animals * suite.share_of_animals)))) for name, s in chosen.items()
    )
