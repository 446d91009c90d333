"""Evolution over lives: a small, resumable search for innate settings, or for weights to be born with.

Selection sees fitness, the world's verdict over a life; no learner does. Two things can evolve. *Genes* are settings of
learning: rates, exploration, sensitive periods (Baldwin; Fernando et al. 2018). *Weights* are a newborn's read-out, which is what
"evolutionary pretraining" would be; the wiring upstream of it is then either the same in all lives, or drawn anew in each, as the
essay says it is in the cortex.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from agents.catalogue import agent_spec
from agents.genome import Genome, Modulation
from agents.life import live
from agents.population import Population
from benchmark.results.curves import CurveRecorder
from benchmark.results.gathered import day_fitness
from benchmark.results.plotting import own_style
from core.code_digest import code_digest
from core.errors import InvalidArgument, StateMismatch, told, unknown_name
from core.files import write_whole
from core.packed import DamagedFile, checked_json, read_json
from core.renamed import renamed_attributes
from envs.registration import niche_of, world_class
from learning.cortex import Cortex
from steering.subsystem import Constant

if TYPE_CHECKING:
    from cmaes import CMA, SepCMA

REPORTING_SEED = 1_000_000
_LIFE_SEEDS = 10_000  # between the first seeds of two generations
Progress = Callable[[int, int], None]


class Gene(msgspec.Struct, frozen=True):
    """A gene that may evolve: its path in :class:`agents.genome.Genome`, and its range; searched on a logarithmic scale."""

    path: str
    low: float
    high: float

    def value(self, place: float) -> float:
        """From [0, 1] to the range."""
        return float(self.low * (self.high / self.low) ** np.clip(place, 0.0, 1.0))

    def place(self, value: float) -> float:
        """From the range to [0, 1]."""
        return float(np.log(value / self.low) / np.log(self.high / self.low))


def innate(agent: Any, world: Any, steering: str = "") -> Genome:
    """The genome that an agent is born with in a world, its learner's settings and its steering's constants filled in.

    Raises:
        InvalidArgument: the agent does not learn, or its learner has no settings of its own (a model of a library).
    """
    spec = agent_spec(agent)
    options = {"steering": steering} if steering else {}
    population = Population(spec, world, 1, **options)
    learner = population.learner
    settings = getattr(learner, "genome", None)
    if settings is None:
        raise InvalidArgument(f"The agent {spec.name} has no innate settings that could evolve; choose one that learns.")
    modulation = Modulation() if spec.genome is None else spec.genome.modulation
    return Genome(settings, modulation, tuple(population.steered.steering.constant.items()))


def genes(
    genome: Genome, chosen: tuple[str, ...] = (), factor: float = 8.0, constants: tuple[Constant, ...] = ()
) -> list[Gene]:
    """What may evolve: all positive decimal settings, or the chosen ones, within ``factor`` of what they are.

    Settings of at most 1 are kept at most 1, since most of them are shares. ``constants`` of steering keep to their declared range.

    Raises:
        UnknownName: there is no such gene, or it is no positive decimal number; the nearest is named.
    """
    numbers = {path: v for path, v in genome.described().items() if isinstance(v, float) and v > 0.0}
    for path in chosen:
        if path not in numbers:
            raise unknown_name("gene", path, numbers)
    ranges = {f"steering.{constant.name}": (constant.low, constant.high) for constant in constants}
    found = []
    for path in chosen or numbers:
        value = numbers[path]
        if path in ranges:
            found.append(Gene(path, *ranges[path]))
            continue
        capped = value <= 1.0 and path.startswith("learner.")
        found.append(Gene(path, value / factor, min(1.0, value * factor) if capped and value < 1.0 else value * factor))
    return found


@renamed_attributes(population="candidates")
@dataclass(frozen=True, kw_only=True)
class Plan:
    """What evolves, where, and how.

    Attributes:
        world, agent: by name.
        arm: ``"genes"`` or ``"weights"``.
        wiring: ``"redrawn"`` in every life, or ``"fixed"`` to that of the first seed; genes may evolve under either.
        genes: what may evolve in the arm of genes.
        candidates: how many in each generation.
        generations: how many.
        animals: lives by which a candidate is judged.
        lifetime: steps of such a life.
        seed: of the first life; below 1,000,000, since reporting seeds are for reporting.
        spread: first standard deviation of the search (places for genes, weight for weights).
        steering: which steering subsystem; empty for the world's own.
        niches: fooled niches of the world, by name, in both sides of which every candidate lives; empty for the world as it is.
    """

    world: str
    agent: str = "learner"
    arm: str = "genes"
    wiring: str = "redrawn"
    genes: tuple[Gene, ...] = ()
    candidates: int = 12
    generations: int = 20
    animals: int = 8
    lifetime: int = 20_000
    seed: int = 100_000
    spread: float = 0.2
    steering: str = ""
    niches: tuple[str, ...] = ()


class Evolution:
    """A search that writes each generation down as soon as it is judged, and goes on from there when it is run again.

    Args:
        plan: what to do.
        file: JSON of what was found so far; None keeps nothing.

    Raises:
        InvalidArgument: the plan cannot be carried out.
        StateMismatch: the file belongs to another plan, or to other sources.
    """

    def __init__(self, plan: Plan, file: Path | None = None) -> None:
        self.plan, self.file = plan, file
        self._check()
        self.genome = innate(plan.agent, plan.world, plan.steering)
        self.optimizer = self._optimizer()
        self.fitness: list[list[float]] = []
        if file is not None and file.exists():
            self._resume(file)

    def _check(self) -> None:
        plan = self.plan
        if plan.arm not in ("genes", "weights") or plan.wiring not in ("fixed", "redrawn"):
            raise InvalidArgument(f"arm is genes or weights, wiring fixed or redrawn; not {plan.arm!r}, {plan.wiring!r}.")
        if plan.arm == "genes" and not plan.genes:
            raise InvalidArgument("The arm of genes needs at least one gene; see benchmark.studies.evolution.genes.")
        last = plan.seed + (plan.generations + 1) * _LIFE_SEEDS
        if last > REPORTING_SEED:
            raise InvalidArgument(
                f"Evolution would use seeds up to {last}; seeds from {REPORTING_SEED} are for reporting. Start lower than "
                f"{plan.seed}, or take fewer generations."
            )
        for niche in plan.niches:
            niche_of(plan.world, niche)
        episode = world_class(plan.world).episode_steps
        if plan.lifetime < episode:
            raise InvalidArgument(
                f"A life in {plan.world} must hold an episode, {episode} steps, to be judged; not {plan.lifetime}."
            )
        for name in ("candidates", "generations", "animals", "lifetime"):
            least = 4 if name == "candidates" else 1
            if getattr(plan, name) < least:
                raise InvalidArgument(f"{name} is too small: it must be at least {least}, not {getattr(plan, name)}.")

    def _optimizer(self) -> CMA | SepCMA:
        from cmaes import CMA, SepCMA  # a second to import, and experiments import this module

        plan = self.plan
        if plan.arm == "genes":
            described = self.genome.described()
            mean = np.array([gene.place(described[gene.path]) for gene in plan.genes])
            bounds = np.tile([0.0, 1.0], (len(mean), 1))
            return CMA(mean, plan.spread, bounds, seed=plan.seed, population_size=plan.candidates)
        learner = Population(plan.agent, plan.world, 1).learner
        if not isinstance(learner, Cortex) or learner.forecast_channels != ("reward",):
            raise InvalidArgument(
                f"Weights can evolve in a cortex that forecasts reward alone, not in that of {plan.agent} in {plan.world}."
            )
        size = learner.code.units * len(learner.option_names)
        return SepCMA(np.zeros(size), plan.spread, seed=plan.seed, population_size=plan.candidates)

    @property
    def generation(self) -> int:
        """How many generations were judged."""
        return len(self.fitness)

    def run(self, progress: Progress = lambda done, total: None) -> None:
        """Judge what is missing."""
        while self.generation < self.plan.generations:
            candidates = [self.optimizer.ask() for _ in range(self.plan.candidates)]
            judged = self._judge(candidates, self.plan.seed + (1 + self.generation) * _LIFE_SEEDS)
            self._tell(candidates, judged)
            self._write()
            progress(self.generation, self.plan.generations)

    def _tell(self, candidates: list[np.ndarray], judged: list[float]) -> None:
        self.optimizer.tell([(candidate, -value) for candidate, value in zip(candidates, judged, strict=True)])
        self.fitness.append(judged)

    def _judge(self, candidates: list[np.ndarray], seed: int) -> list[float]:
        if self.plan.arm == "genes":
            return [float(np.nanmean(self.lives(self.candidate(x), None, self.plan.animals, seed))) for x in candidates]
        weights = np.repeat(np.stack(candidates), self.plan.animals, axis=0)
        found = self.lives(self.genome, weights, len(weights), seed)
        return np.nanmean(found.reshape(len(candidates), -1), axis=1).tolist()

    def candidate(self, place: np.ndarray) -> Genome:
        """The genome at a place of the search."""
        values = {gene.path: gene.value(x) for gene, x in zip(self.plan.genes, place, strict=True)}
        return self.genome.with_genes(**{path.replace(".", "__"): value for path, value in values.items()})

    @property
    def best(self) -> np.ndarray:
        """The centre of the search now: places of genes, or weights."""
        return np.array(self.optimizer.mean)

    def lives(
        self, genome: Genome, weights: np.ndarray | None, animals: int, seed: int, learns: bool | None = None
    ) -> np.ndarray:
        """(animals,) mean fitness a day of lives with these innate settings, or born with these weights (animals, size).

        Args:
            genome: innate settings.
            weights: of newborn read-outs, one animal a row; None for those that are drawn.
            animals: how many.
            seed: of the first.
            learns: whether they learn; by default those with innate weights do not, so that only what is innate is judged.
        """
        niches = [niche_of(self.plan.world, name) for name in self.plan.niches]
        switches: list[tuple[str, Mapping[str, Any]] | None] = [
            (niche.switch, side) for niche in niches for side in (niche.honest, niche.fooled)
        ]
        each = [self._lives(genome, weights, animals, seed, learns, switch) for switch in switches or [None]]
        return np.mean(each, axis=0)

    def _lives(
        self,
        genome: Genome,
        weights: np.ndarray | None,
        animals: int,
        seed: int,
        learns: bool | None,
        switch: tuple[str, Mapping[str, Any]] | None,
    ) -> np.ndarray:
        plan = self.plan
        options = {"steering": plan.steering} if plan.steering else {}
        population = Population(replace(agent_spec(plan.agent), genome=genome), plan.world, animals, seed=seed, **options)
        if switch is not None:
            population.world.manipulate(switch[0], **switch[1])
        if plan.wiring == "fixed":
            wire_alike(population, plan.seed)
        if weights is not None:
            give_weights(population, weights)
        if not (weights is None if learns is None else learns):
            population.lesion("plasticity")
        recorder = CurveRecorder(animals, plan.lifetime, 1)
        live(population, plan.lifetime, [recorder])
        return day_fitness(recorder.curves)

    def figure(self) -> bytes:
        """A PNG of the fitness of all candidates against generation, with the mean of each generation."""
        with own_style():
            return self._figure()

    def _figure(self) -> bytes:
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        figure, axis = plt.subplots(figsize=(7.4, 3.6), layout="constrained")
        fitness = np.array(self.fitness)
        generations = np.arange(1, len(fitness) + 1)
        axis.plot(
            np.repeat(generations, fitness.shape[1]),
            fitness.ravel(),
            ".",
            color="#2f6fb5",
            alpha=0.25,
            ms=4,
            label="candidate",
        )
        axis.plot(generations, fitness.mean(axis=1), color="#1b7f5c", lw=2, label="mean")
        axis.set(xlabel="generation", ylabel=f"fitness ({world_class(self.plan.world).fitness_unit})")
        axis.set_title(f"{self.plan.world}, {self.plan.agent}: {self.plan.arm} evolve, wiring {self.plan.wiring}")
        axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.01, 1.0))
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=130)
        plt.close(figure)
        return content.getvalue()

    # -- what is kept ----------------------------------------------------------------------------

    def _about(self) -> dict[str, Any]:
        return {"plan": msgspec.to_builtins(self.plan), "sources": code_digest()}

    def _write(self) -> None:
        if self.file is not None:
            kept = self._about() | {"fitness": self.fitness, "best": self._described_best()}
            write_whole(self.file, checked_json(kept))

    def _described_best(self) -> dict[str, float] | None:
        if self.plan.arm != "genes":
            return None
        return {gene.path: gene.value(x) for gene, x in zip(self.plan.genes, self.best, strict=True)}

    def _resume(self, file: Path) -> None:
        try:
            kept = read_json(file.read_bytes(), checked=True)
            plan, sources, fitness = dict(kept["plan"]), kept["sources"], kept["fitness"]
        except (DamagedFile, KeyError, TypeError, ValueError) as error:
            raise StateMismatch(
                f"{file} is no record of an evolution ({told(error)}). Restore it, or choose another --out."
            ) from None
        here = msgspec.json.decode(msgspec.json.encode(self._about()))
        changed = [key for key in here["plan"] if key != "generations" and plan.get(key) != here["plan"][key]]
        if sources != here["sources"]:
            changed.append("sources")
        if changed:
            raise StateMismatch(f"{file} belongs to another search ({', '.join(changed)} differ). Choose another --out.")
        for judged in fitness:
            self._tell([self.optimizer.ask() for _ in range(self.plan.candidates)], judged)


def wire_alike(population: Population, seed: int) -> None:
    """Give every animal the wiring and place cells that the animal of ``seed`` would draw: as if the genome wired them."""
    learner, model = population.learner, Population(population.spec, population.world_name, 1, seed=seed).learner
    if not isinstance(learner, Cortex) or not isinstance(model, Cortex):
        raise InvalidArgument(f"Wiring can be fixed in a cortex, not in the learner of {population.spec.name}.")
    state = model.code.get_state()
    learner.code.set_state({name: np.repeat(array, population.animals, axis=0) for name, array in state.items()})
    learner.goals.place_memory.state.centres[:] = model.goals.place_memory.state.centres


def give_weights(population: Population, weights: np.ndarray) -> None:
    """Let newborns have these forecasts of reward within reach, (animals, units x options)."""
    learner = population.learner
    assert isinstance(learner, Cortex)
    shape = (population.animals, learner.code.units, len(learner.option_names))
    learner.synapses.table[:, :, : shape[2]] = weights.reshape(shape)
    learner.bouts.limits.ahead[:, 0], learner.bouts.limits.ahead[:, 1] = (
        -np.inf,
        np.inf,
    )  # an innate forecast is not bound by a life
