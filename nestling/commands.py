"""The command ``nestling``: one name for all commands, each the script of that name."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from core.rooms import FOLDER, PREFIX, room

COMMANDS = {
    "watch": "watch animals in a window, or record a film",
    "benchmark": "compare agents over whole lives, with statistics, plots and a report",
    "experiment": "run the experiments that the animals must reproduce",
    "attribute": "say which part of a brain caused what",
    "fooled": "try steering where it can be fooled",
    "evolve": "let innate settings or a newborn's weights evolve",
    "train-sb3": "train a model of Stable-Baselines3 by its own loop",
    "export": "write lives as a Minari dataset",
    "teach": "teach birds recorded songs",
    "new-world": "write a world, learner or hand-over rule of your own that works as it is",
    "portraits": "draw the same picture of every species' cortex",
    "speed": "measure steps per second",
}
"""Name -> what it does, in the order of the help."""
_PROBLEM = 2


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status is the command's own, 2 for wrong usage."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help"):
        print(_help())
        return 0 if given else _PROBLEM
    if given[0] == "--version":
        import nestling

        print(f"nestling {nestling.__version__}")
        return 0
    name = given[0].replace("_", "-")
    if name not in COMMANDS:
        from core.errors import unknown_name

        print(f"error: {unknown_name('command', given[0], COMMANDS)} See nestling --help.", file=sys.stderr)
        return _PROBLEM
    return _run(name, given[1:])


def _run(name: str, arguments: list[str]) -> int:
    sys.path[:0] = [*([] if PREFIX else [str(FOLDER)]), str(Path.cwd())]  # a user's own modules, as with python -m
    script = importlib.import_module(room(f"scripts.{name.replace('-', '_')}"))
    from scripts.common import fail_plainly

    sys.argv = [f"nestling {name}", *arguments]
    return fail_plainly(script.main, script.Args, script.__doc__)


def _help() -> str:
    width = max(map(len, COMMANDS))
    return "\n".join(
        [
            "usage: nestling COMMAND [options]",
            "",
            "Worlds in which innate steering keeps a newborn alive while learning from scratch takes over.",
            "",
            *(f"  {name:<{width}}  {does}" for name, does in COMMANDS.items()),
            "",
            "nestling COMMAND --help says more. nestling COMMAND --tyro-print-completion bash (or zsh, tcsh) prints shell completion.",
            "Exit status: 0 done, 1 interrupted or not all of it could be done, 2 wrong usage.",
        ]
    )
