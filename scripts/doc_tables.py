"""Fill the tables of README and docs, and draw their figures, from the results that the docs keep."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(ROOT), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import fail_plainly


@dataclass
class Args:
    """Fill tables and draw figures."""

    keep: str = ""
    """First keep the results of these folders under this name, as docs/results/NAME.json."""
    add: str = ""
    """First add agents of these folders to what is kept under this name; agents of both must have lived the same lives."""
    renew: str = ""
    """First let agents of these folders replace those kept under this name; random and oracle must be the same lives."""
    folders: tuple[Path, ...] = ()
    """Results folders of a benchmark, with --keep, --add or --renew."""
    fooled: tuple[Path, ...] = ()
    """First keep the results of these folders of scripts/fooled.py, as docs/results/fooled.json; a later one replaces niches."""
    hardened: tuple[Path, ...] = ()
    """Folders of the same niches under hardened steering, with --fooled."""
    naive: tuple[Path, ...] = ()
    """Folders of the same niches under naive steering, with --fooled."""
    again: tuple[Path, ...] = ()
    """Folders in which more whole animals lived in some of the niches, on fresh seeds, with --fooled."""
    check: bool = False
    """Change nothing; exit with 1 if a page differs from what it is made from."""


def main(args: Args) -> int:
    """Keep, fill, draw."""
    import msgspec

    from benchmark.fooled.figures import draw as draw_fooled
    from benchmark.fooled.kept import keep_fooled
    from benchmark.fooled.submission import leaderboard_page, read_submission
    from benchmark.fooled.tables import TABLES
    from benchmark.report.doc_tables import fill
    from benchmark.report.kept import add_agents, keep, read_kept, renew_agents
    from benchmark.report.kept_figures import fitness_of_rules, frontier, growing_up
    from benchmark.results.store import Store
    from core.errors import InvalidArgument
    from core.files import write_whole
    from scripts.page_parts import fill_parts

    results = ROOT / "docs" / "results"
    if bool(args.keep) + bool(args.add) + bool(args.renew) != bool(args.folders):
        raise InvalidArgument(
            "--keep NAME, --add NAME or --renew NAME, and --folders, belong together; give one name and folders, or neither."
        )
    if args.folders:
        name, found = args.keep or args.add or args.renew, keep(map(Store.open, args.folders))
        if args.add:
            found = add_agents(read_kept(results / f"{name}.json"), found)
        elif args.renew:
            found = renew_agents(read_kept(results / f"{name}.json"), found)
        write_whole(results / f"{name}.json", msgspec.json.encode(found) + b"\n")
        print(f"wrote docs/results/{name}.json")
    if args.fooled:
        others = {"hardened": args.hardened, "naive": args.naive}
        versions = {name: folders for name, folders in others.items() if folders}
        write_whole(results / "fooled.json", msgspec.json.encode(keep_fooled(args.fooled, versions, args.again)) + b"\n")
        print("wrote docs/results/fooled.json")
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    stale = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        if (filled := fill_parts(fill(text, results, TABLES))) != text:
            stale.append(page.relative_to(ROOT).as_posix())
            if not args.check:
                write_whole(page, filled.encode())
    board = ROOT / "docs" / "leaderboard.md"
    made = leaderboard_page([read_submission(file) for file in sorted((ROOT / "submissions").glob("*.toml"))])
    if not board.exists() or board.read_text(encoding="utf-8") != made:
        stale.append("docs/leaderboard.md")
        if not args.check:
            write_whole(board, made.encode())
    if args.check:
        print("\n".join(f"{page} differs from what it is made from; run: python scripts/doc_tables.py" for page in stale))
        return 1 if stale else 0
    print("\n".join(f"filled {page}" for page in stale) or "all tables are as they should be")
    rules, lives = (read_kept(results / f"{name}.json") for name in ("hand_over", "whole_lives"))
    drawn = {"frontier": frontier(rules), "hand_over": fitness_of_rules(rules)}
    drawn |= {f"growing_up_{world}": growing_up(lives, world) for world in lives["worlds"]}
    for drawing in draw_fooled(read_kept(results / "fooled.json")):
        drawn[f"fooled_{drawing.name}"] = drawing.png
    for name, png in drawn.items():
        write_whole(ROOT / "docs" / "images" / f"{name}.png", png)
        print(f"drew docs/images/{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
