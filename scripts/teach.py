"""Raise young finches on a song, recorded or the project's own, and see and hear how near they come.

Birds are raised tutored, deaf, in isolation, without variability and judged at random; all are judged on rendered audio.
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
    """Teach a song."""

    song: Annotated[Path | None, tyro.conf.Positional] = None
    """Recording of the tutor (WAV, FLAC ...); none for the project's own song."""
    labels: Path | None = None
    """The syllables of the recording: a table (onset_s, offset_s, label, file), or from Raven, Audacity or Praat."""
    channel: int | None = None
    """Channel of the recording to hear, from 1; by default the first."""
    tier: str | None = None
    """Tier of a TextGrid that has several."""
    other: Path | None = None
    """Recording of another bird (with the same labels file), to compare resemblance with."""
    birds: int = 32
    """Birds in each group."""
    renditions: tuple[int, ...] = (100, 1000, 2600)
    """Ages at which to measure, in renditions."""
    seed: int = 1_000_000
    """Seed of the first bird."""
    out: Path = Path("runs/teach")
    """Folder of teach.json, teach.png and WAV files."""


def main(args: Args) -> int:
    """Teach, measure, draw, write."""
    import msgspec
    import numpy as np
    import soundfile
    from rich.progress import Progress
    from rich.table import Table

    from benchmark.studies.teaching import draw, teach
    from core.errors import InvalidArgument, whole_number
    from core.files import write_whole
    from envs.birdsong.syrinx import RATE, render
    from envs.birdsong.tutor import innate_tutor, recorded_tutor

    whole_number("birds (an interval needs two)", args.birds, least=2)
    marks = tuple(sorted(set(args.renditions)))
    if not marks or marks[0] < 1:
        raise InvalidArgument(f"renditions must be whole numbers of at least 1, not {args.renditions}.")
    if args.song is None and args.labels is not None:
        raise InvalidArgument("--labels were given without a recording; name it: teach.py song.wav --labels labels.csv")
    labels = None if args.labels is None else str(args.labels)
    other = innate_tutor("stranger") if args.song is None else None
    if args.other is not None:
        other = recorded_tutor(str(args.other), labels, args.channel, args.tier)
    options = (
        {} if args.song is None else {"tutor": str(args.song), "labels": labels, "channel": args.channel, "tier": args.tier}
    )
    reporter = Reporter()
    with Progress(console=reporter.console) as bar:
        task = bar.add_task("practising", total=marks[-1])
        found = teach(args.birds, args.seed, marks, other, lambda done, total: bar.update(task, completed=done), **options)
    names = [name for name in next(iter(found["rows"].values())) if not name.endswith((", low", ", high"))]
    table = Table(title=f"song of {found['tutor'].name}, {args.birds} birds in each group: mean [95% interval]")
    for column in ("birds", *names):
        table.add_column(column)
    for title, row in found["rows"].items():
        cells = [f"{row[n]:.2f} [{row[f'{n}, low']:.2f}, {row[f'{n}, high']:.2f}]" for n in names]
        table.add_row(title, *(cell.replace("[", "\\[") for cell in cells))
    reporter.console.print(table)
    args.out.mkdir(parents=True, exist_ok=True)
    write_whole(args.out / "teach.json", msgspec.json.format(msgspec.json.encode(found["rows"]), indent=2))
    draw(found, args.out / "teach.png")
    for name, gesture in found["gestures"].items():
        audio = render(gesture)
        loudest = float(np.abs(audio).max())
        soundfile.write(args.out / f"{name.replace(' ', '-')}.wav", audio if loudest < 1.0 else audio / loudest, RATE)
    print(f"wrote {args.out}/teach.json, teach.png and {len(found['gestures'])} WAV files")
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
