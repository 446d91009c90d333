"""Write a world of your own that works as it is: body, steering, experiments, test and page, in files that say what to CHANGE.

Inside the repository by default; with --into, a package of its own. --kind learner and --kind hand-over do the same for these.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

ROOT = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(ROOT), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import fail_plainly


@dataclass
class Args:
    """Write a new world, learner or hand-over rule."""

    name: Annotated[str, tyro.conf.Positional]
    """Its name, as a Python class: Thermotaxis, MyLearner."""
    kind: Literal["world", "learner", "hand-over"] = "world"
    """What to write."""
    into: Path | None = None
    """An empty or new folder for a package of its own; without it, the files go into this repository."""


def main(args: Args) -> int:
    """Check, render, write."""
    from core.errors import InvalidArgument
    from core.rooms import PACKAGE, PREFIX
    from scripts.templating import check_free, check_name, snake_case, write_all

    if PREFIX and args.into is None:
        raise InvalidArgument("Nestling is installed here, not checked out: say with --into FOLDER where the new files go.")
    check_name(args.name, args.kind)
    snake = snake_case(args.name)
    if args.kind == "world":
        files, values = _world(args.name, snake, args.into)
    else:
        files, values = _agent_part(args.name, snake, args.kind.replace("-", "_"), args.into)
    values["home"] = "" if args.into is None else PACKAGE
    root = ROOT if args.into is None else args.into
    check_free(root, files, args.into is not None, values.get("package") or (snake if args.into else None))
    write_all(root, files, values)
    for file in files:
        print(f"wrote {root / file}")
    print(_next_steps(args, values))
    return 0


def _world(name: str, snake: str, into: Path | None) -> tuple[dict[str, str], dict[str, Any]]:
    """Files to write, with their templates, and what the templates are filled with."""
    values = {"name": name, "snake": snake, "steering": f"{name}Steering"}
    if into is None:
        files = {
            f"envs/{snake}/__init__.py": "world/package.py.j2",
            f"envs/{snake}/world.py": "world/world.py.j2",
            f"steering/{snake}.py": "world/steering.py.j2",
            f"benchmark/experiments/{snake}.py": "world/experiments.py.j2",
            f"tests/envs/test_{snake}.py": "world/test.py.j2",
            f"docs/worlds/{snake}.md": "world/page.md.j2",
        }
        return files, values | {"package": "", "world_path": name, "steering_path": "", "where_conformance": "by registry"}
    package = f"{snake}_world"
    files = {
        "pyproject.toml": "package/pyproject.toml.j2",
        "README.md": "package/README.md.j2",
        f"{package}/__init__.py": "",
        f"{package}/world.py": "world/world.py.j2",
        f"{package}/steering.py": "world/steering.py.j2",
        f"{package}/experiments.py": "world/experiments.py.j2",
        f"tests/test_{snake}.py": "world/test.py.j2",
        f"docs/{snake}.md": "world/page.md.j2",
    }
    return files, values | {
        "package": package,
        "world_path": f"{package}.world:{name}",
        "steering_path": f"{package}.steering:{name}Steering",
        "where_conformance": "above",
    }


def _agent_part(name: str, snake: str, kind: str, into: Path | None) -> tuple[dict[str, str], dict[str, Any]]:
    room = {"learner": "learning", "hand_over": "agents/hand_over"}[kind]
    path = snake if into is None else f"{snake}:{name}"
    values = {"name": name, "snake": snake, "agent": f"{path}+earned" if kind == "learner" else f"cortex+{path}"}
    file, test = f"{kind}/{kind}.py.j2", "agent_test.py.j2"
    if into is None:
        return {f"{room}/{snake}.py": file, f"tests/{room.partition('/')[0]}/test_{snake}.py": test}, values
    return {f"{snake}.py": file, f"test_{snake}.py": test}, values


def _next_steps(args: Args, values: dict[str, Any]) -> str:
    where = "" if args.into is None else f"in {args.into}, "
    from core.rooms import PREFIX

    folder = "scripts" if args.into is None else f"{ROOT}/scripts"
    watch, compare = (
        ("nestling watch", "nestling benchmark")
        if PREFIX
        else (f"python {folder}/watch.py", f"python {folder}/benchmark.py")
    )
    test = f"pytest -k {args.name}" if args.into is None else "python -m pytest"
    if args.kind != "world":
        agent = values["agent"]
        return f"next, {where}try: {watch} --agent {agent}; {compare} --agents reflex {agent} --experiments; {test}"
    world = values["world_path"]
    return f"next, {where}look for CHANGE in the files, and try: {watch} {world}; {compare} --worlds {world}; {test}"


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
