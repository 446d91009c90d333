"""Lint, types, and the tests of what changed, nearest first, in about a minute.

What changed is what differs from the last commit, or, when nothing does, what the last commit changed. A test file belongs to a change
if it imports the changed module, directly or through others; files that import it more directly come first. When time is up, what was
not run is named: `make check` runs everything.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(ROOT), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.architecture import PACKAGES, imports
from scripts.common import fail_plainly

_NOTHING_CHOSEN = 5  # exit status of pytest
LINT = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",))


@dataclass
class Args:
    """Check what changed."""

    since: str = ""
    """A commit to compare with; empty for the last one, or the one before it if nothing changed since."""
    seconds: float = 40.0
    """Time for tests; the file that is running when it is up is still finished."""


def changed_files(since: str) -> list[str]:
    """Files that differ from a commit, below the repository."""

    def git(*arguments: str) -> list[str]:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    found = git("diff", "--name-only", since or "HEAD") + git("ls-files", "--others", "--exclude-standard")
    return found or (git("diff", "--name-only", "HEAD~1") if not since else [])


def tests_of(changed: list[str]) -> list[tuple[str, ...]]:
    """Arguments of pytest for what a change may break, nearest first: test files, and the contracts of what is found by registry."""
    graph = imports((*PACKAGES, "tests"))
    importers: dict[str, set[str]] = {name: set() for name in graph}
    for name, targets in graph.items():
        for target in targets:
            importers[target].add(name)
    distance = {module: 0 for file in changed if (module := _module(file)) in graph}
    reached = list(distance)
    for name in reached:
        new = importers[name] - distance.keys()
        distance |= dict.fromkeys(new, distance[name] + 1)
        reached += sorted(new)
    found = [(f"{name.replace('.', '/')}.py",) for name in reached if name.rpartition(".")[2].startswith("test_")]
    contracts = {contract for file in changed if (contract := _contract(file)) is not None}
    return [*sorted(contracts), *found]


def _module(file: str) -> str:
    return ".".join(Path(file).with_suffix("").parts).removesuffix(".__init__")


def _contract(file: str) -> tuple[str, ...] | None:
    """The contract of a world, a steering subsystem, a learner or a rule, by the folder that its file is in."""
    room, *rest = Path(file).with_suffix("").parts
    if not file.endswith(".py") or not rest:
        return None
    if room in ("envs", "steering") and (ROOT / "envs" / rest[0]).is_dir():
        return "nestling/testing", "-k", f"(TestWorlds or TestSteering) and {rest[0].replace('_', '')}"
    if room == "learning":
        return "nestling/testing", "-k", "TestLearners and Rivals"
    return ("nestling/testing", "-k", "TestRules and Rivals") if rest[0] == "hand_over" else None


def main(args: Args) -> int:
    """Lint and types beside the tests; 1 if anything fails."""
    started = time.perf_counter()
    checks = {}
    for tool in LINT:
        checks[" ".join(tool)] = subprocess.Popen(
            [sys.executable, "-m", *tool], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
    tests = tests_of(changed_files(args.since))
    failed, left = [], list(tests)
    while left and time.perf_counter() - started < args.seconds:
        chosen = left.pop(0)
        command = [sys.executable, "-m", "pytest", "-q", "-x", *chosen]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        passed = done.returncode in (0, _NOTHING_CHOSEN)
        print(f"{'passed' if passed else 'failed'}: {' '.join(chosen)} ({time.perf_counter() - started:.0f} s)", flush=True)
        if not passed:
            print(done.stdout)
            failed.append(chosen[0])
    for name, process in checks.items():
        output = process.communicate()[0]
        print(f"{'failed' if process.returncode else 'passed'}: {name}")
        if process.returncode:
            print(output)
            failed.append(name)
    if left:
        print(f"not run for want of time: {', '.join(' '.join(chosen) for chosen in left)}; make check runs everything")
    print(f"{time.perf_counter() - started:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
