"""Let innate settings of learning, or a newborn's weights, evolve over many lives.

Each generation is written down as soon as it is judged; the same command goes on from there, to the same result. What was found is
then judged in fresh lives, on seeds that evolution did not see, beside what the agent ships with.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly


@dataclass
class Args:
    """Evolve."""

    world: Annotated[str, tyro.conf.Positional] = "LoomingEscape"
    """World by name, or package.module:Class."""
    agent: str = "learner"
    """Agent by name, or LEARNER+RULE; weights can evolve where it forecasts reward alone."""
    arm: Literal["genes", "weights"] = "genes"
    """What evolves: settings of learning (evolved_genome), or a newborn's read-out (evolved_weights: evolutionary pretraining)."""
    wiring: Literal["redrawn", "fixed"] = "redrawn"
    """Whether the random wiring before the read-out is drawn anew in each life, or the same in all."""
    genes: tuple[str, ...] = ()
    """Which settings, for example learner.map_rate modulation.exploration; empty for all positive decimal ones. See --show."""
    show: bool = False
    """Only print the genome that the agent is born with in this world."""
    steering: str = ""
    """Steering subsystem whose declared constants may evolve too, as steering.NAME; by default the world's own."""
    niches: tuple[str, ...] = ()
    """Fooled niches of the world in both sides of which candidates live; the result is judged in all niches of the world."""
    generations: int = 20
    """How many; a finished search goes on if more are asked for."""
    candidates: Annotated[int, tyro.conf.arg(aliases=["--population"])] = 12
    """How many in each generation."""
    animals: int = 8
    """Lives by which each candidate is judged."""
    lifetime: int = 0
    """Steps of each life; 0 for a tenth of the species' life (genes), or a hundredth (weights)."""
    judges: int = 64
    """Fresh lives in which the result is judged."""
    seed: int = 100_000
    """First seed of evolution, below 1,000,000."""
    out: Path | None = None
    """Folder of evolution.json and evolution.png; by default runs/evolve-<world>-<agent>-<arm>-<wiring>."""


def main(args: Args) -> int:
    """Search, judge, draw."""
    from rich.progress import Progress
    from rich.table import Table

    from benchmark.results.statistics import mean_interval
    from benchmark.studies.evolution import REPORTING_SEED, Evolution, Plan, genes, innate
    from core.errors import whole_number
    from core.files import write_whole
    from envs.registration import world_class
    from steering.registration import steering_class

    reporter = Reporter()
    whole_number("judges (an interval needs two)", args.judges, least=2)
    kind = world_class(args.world)
    genome = innate(args.agent, args.world, args.steering)
    constants = steering_class(kind, args.steering or None).constants
    if args.show:
        table = Table(title=f"what {args.agent} is born with in {args.world}")
        table.add_column("gene")
        table.add_column("value", justify="right")
        for path, value in genome.described().items():
            table.add_row(path, f"{value:g}" if isinstance(value, float) else str(value))
        reporter.console.print(table)
        return 0
    share = 0.1 if args.arm == "genes" else 0.01
    lifetime = args.lifetime or max(1, round(share * kind.life_episodes)) * kind.episode_steps
    chosen = tuple(genes(genome, args.genes, constants=constants)) if args.arm == "genes" else ()
    plan = Plan(
        world=args.world,
        agent=args.agent,
        arm=args.arm,
        wiring=args.wiring,
        genes=chosen,
        candidates=args.candidates,
        generations=args.generations,
        animals=args.animals,
        lifetime=lifetime,
        seed=args.seed,
        spread=0.2 if args.arm == "genes" else 0.05,
        steering=args.steering,
        niches=args.niches,
    )
    name = f"evolve-{args.world}-{args.agent}-{args.arm}-{args.wiring}".replace(":", ".")
    out = args.out or Path("runs") / name
    search = Evolution(plan, out / "evolution.json")
    with Progress(console=reporter.console) as bar:
        task = bar.add_task("generations", total=plan.generations, completed=search.generation)
        search.run(lambda done, total: bar.update(task, completed=done))
    with reporter.console.status("judging in fresh lives"):
        if args.arm == "genes":
            lives = {
                "as shipped": search.lives(search.genome, None, args.judges, REPORTING_SEED),
                "evolved": search.lives(search.candidate(search.best), None, args.judges, REPORTING_SEED),
            }
        else:
            many = search.best[None].repeat(args.judges, axis=0)
            lives = {
                "born with nothing": search.lives(search.genome, None, args.judges, REPORTING_SEED, learns=False),
                "evolved weights": search.lives(search.genome, many, args.judges, REPORTING_SEED),
            }
    table = Table(
        title=f"{args.world}, {args.agent}, {args.judges} fresh lives of {lifetime:,} steps, wiring {args.wiring}"
    )
    for column in ("born", f"fitness ({kind.fitness_unit})"):
        table.add_column(column)
    before, after = lives.values()
    for title, values in (*lives.items(), ("difference", after - before)):
        found = mean_interval(values)
        table.add_row(title, f"{found['mean']:.2f} \\[{found['low']:.2f}, {found['high']:.2f}]")
    reporter.console.print(table)
    if args.arm == "genes":
        changed = Table(title="genes")
        for column in ("gene", "as shipped", "evolved"):
            changed.add_column(column)
        evolved = search.candidate(search.best).described()
        for gene in plan.genes:
            changed.add_row(gene.path, f"{genome.described()[gene.path]:.3g}", f"{evolved[gene.path]:.3g}")
        reporter.console.print(changed)
    if args.niches:
        _judge_in_niches(search, args, reporter, out)
    write_whole(out / "evolution.png", search.figure())
    print(f"wrote {out}/evolution.json and evolution.png")
    return 0


def _judge_in_niches(search: Any, args: Args, reporter: Reporter, out: Path) -> None:
    """Print the gap in every niche of the world, as shipped and evolved, and keep it as niches.json."""
    import msgspec
    from rich.markup import escape
    from rich.progress import Progress

    from benchmark.fooled.evolved import judged
    from benchmark.report.numbers import show_both
    from benchmark.report.terminal import plain_table
    from benchmark.studies.evolution import REPORTING_SEED
    from core.files import write_whole

    genomes = {"as shipped": search.genome, "evolved": search.candidate(search.best)}
    with Progress(console=reporter.console) as bar:
        task = bar.add_task("lives in fooled niches")
        found = judged(
            args.world,
            args.steering,
            genomes,
            args.judges,
            REPORTING_SEED,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    table = plain_table("in fooled niches", ["niche", "born", "gap", "fitness, fooled", "fitness, honest"])
    for niche, rows in found.items():
        for name, row in rows.items():
            seen = "" if niche in args.niches else " (never seen)"
            cells = [row["gap"], row["fitness"]["fooled"], row["fitness"]["honest"]] if "gap" in row else [None] * 3
            table.add_row(escape(niche + seen), name, *(escape(show_both(cell)) for cell in cells))
    reporter.console.print(table)
    write_whole(out / "niches.json", msgspec.json.format(msgspec.json.encode(found), indent=2))


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
