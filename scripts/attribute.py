"""Ask of any agent in any world: is its behaviour adaptive, is it learned, and which part orchestrates it?

Animals grow up whole, without plasticity, and lesioned, on the same seeds. Every act is attributed by what steering, steering
without memory, and learning would each have done.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly


@dataclass
class Args:
    """Attribute behaviour."""

    world: Annotated[str, tyro.conf.Positional] = "LoomingEscape"
    """World by name, or package.module:Class."""
    agent: str = "steered"
    """Agent by name, or LEARNER+RULE, for example cortex+spibb."""
    animals: int = 32
    """Individuals in each condition."""
    lifetime: int = 0
    """Steps until they count as grown; 0 for a third of the species' life."""
    seed: int = 1_000_000
    """Seed of the first animal."""
    out: Path = Path("runs/attribute")
    """Folder of attribution.json and development.png."""


def main(args: Args) -> int:
    """Raise, lesion, answer, draw."""
    import msgspec
    from rich.progress import Progress
    from rich.table import Table

    from benchmark.studies.newborns import development_curve, three_questions
    from core.files import write_whole
    from envs.registration import world_class

    kind = world_class(args.world)
    lifetime = args.lifetime or max(4, kind.life_episodes // 3) * kind.episode_steps
    reporter = Reporter()
    with Progress(console=reporter.console) as bar:
        task = bar.add_task("raising", total=None)
        found = three_questions(
            args.agent,
            args.world,
            args.animals,
            args.seed,
            lifetime,
            lambda what, done, total: bar.update(task, description=what, completed=done, total=total),
        )
    table = Table(title=f"{args.world}, {args.agent}: {args.animals} animals")
    for column in ("age", "question", "answer", "measured [95% interval]"):
        table.add_column(column.replace("[", "\\["))
    for row in found["answers"]:
        number = (
            f"{row['mean']:.2f} [{row['low']:.2f}, {row['high']:.2f}] {row['measure']}" if "mean" in row else row["measure"]
        )
        table.add_row(row["age"], row["question"], row["answer"], number.replace("[", "\\["))
    reporter.console.print(table)
    acts = Table(title="what steering wanted, how often, and who was upstream of what was done")
    acts.add_column("age, want")
    for column in next(iter(found["acts"].values())):
        acts.add_column(column, justify="right")
    for name, row in found["acts"].items():
        if row["share of time"] < 0.005:
            continue
        acts.add_row(name, *(f"{value:.0%}" for value in row.values()))
    reporter.console.print(acts)
    args.out.mkdir(parents=True, exist_ok=True)
    write_whole(args.out / "attribution.json", msgspec.json.format(msgspec.json.encode(found), indent=2))
    development_curve(found).savefig(args.out / "development.png", dpi=130)
    print(f"wrote {args.out}/attribution.json and development.png")
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
