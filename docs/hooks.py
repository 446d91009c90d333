"""Fills the pages of worlds from their classes and from the kept results of experiments, when the site is built."""

from __future__ import annotations

import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
MARK = re.compile(r"<!-- generated: (world|lines|signatures) ?(\w*) -->")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace each mark by what is generated for it."""
    return MARK.sub(
        lambda found: {"world": _world, "lines": _lines, "signatures": _signatures}[found[1]](found[2]), markdown
    )


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows)])


def _world(name: str) -> str:
    from envs.registration import world_class
    from steering.registration import steering_class

    kind: Any = world_class(name)
    steering = steering_class(kind)
    text = inspect.getdoc(kind) or ""
    parts = re.split(r"^([A-Z][\w ]+):\s*$", text, flags=re.MULTILINE)[1:]
    described = "\n\n".join(
        f"**{head}.** {' '.join(body.split())}"
        for head, body in zip(parts[::2], parts[1::2], strict=True)
        if head != "Arguments"
    )
    senses = [
        (f"`{s.name}`", s.shape or "", s.unit, f"{s.low:g} to {s.high:g}", s.meaning, ", ".join(s.heard_by))
        for s in kind.senses
    ]
    switches = [
        (f"`{s.name}`", ", ".join(f"{k}={v!r}" for k, v in s.parameters.items()), s.meaning)
        for s in kind.manipulations().values()
    ]
    variables = [
        (f"`{v.name}`", f"{v.initial:g}", f"{v.low:g} to {v.high:g}", v.meaning, v.changed_by, v.source)
        for v in steering.variables
    ]
    return "\n\n".join([
        "## The world, from its own description", described,
        f"Fitness is counted in {kind.fitness_unit}; a step is {kind.dt:g} s, an episode {kind.episode_steps} steps, a life "
        f"{kind.life_episodes} episodes.",
        "### Senses", _table(("sense", "shape", "unit", "range", "meaning", "heard by"), senses),
        "### Switches for experiments", _table(("switch", "parameters", "meaning"), switches),
        f"## Steering: `{steering.__name__}`", inspect.getdoc(steering) or "",
        f"Reward is made of: {', '.join(steering.parts)}. Channels: {', '.join(steering.channels)}. "
        f"Parts that can be removed: {', '.join(steering.lesionable) or 'none'}.",
        "### Idiosyncratic mutable variables",
        _table(("variable", "at birth", "range", "meaning", "changed by", "source"), variables),
        "## Signatures", _signatures(name),
    ])  # fmt: skip


def _signatures(name: str) -> str:
    from benchmark.experiments.signature import signatures

    kept = {entry["id"]: entry for entry in json.loads((ROOT / "docs" / "signatures.json").read_text())}
    rows = []
    for signature in signatures().values():
        if name and signature.world != name:
            continue
        entry = kept.get(signature.id)
        if entry is None:
            rows.append(
                (
                    signature.id,
                    signature.claim,
                    signature.published or "-",
                    "see the tables of the page",
                    "",
                    signature.source,
                )
            )
            continue
        low, high = entry["interval"]
        number = f"{entry['statistic']:.3g} [{low:.3g}, {high:.3g}], n = {entry['n']}"
        rows.append(
            (
                entry["id"],
                entry["claim"],
                entry["published"] or "-",
                number,
                "yes" if entry["holds"] else "**no**",
                entry["source"],
            )
        )
    return _table(("id", "claim", "published", "simulated [95% interval]", "holds", "source"), rows)


def _lines(_: str) -> str:
    from envs.registration import worlds
    from steering.registration import steering_class

    def count(*files: Path) -> int:
        return sum(len(file.read_text().splitlines()) for file in files)

    rows = []
    for name, kind in worlds.all().items():
        if kind.steering:
            continue
        world, steering = Path(inspect.getfile(kind)), Path(inspect.getfile(steering_class(kind)))
        drawing = world.with_name(f"{world.stem}_drawing.py")
        helpers = {
            Path(inspect.getfile(m)) for m in map(sys.modules.get, _imported(world)) if m and inspect.getsourcefile(m)
        }
        own = [h for h in helpers if _only_for(h, world, steering)]
        rows.append((f"`{name}`", count(world), count(steering), count(*own), count(drawing)))
    return _table(("species", "world", "steering", "further physics", "drawing"), rows)


def _imported(file: Path) -> set[str]:
    return set(re.findall(r"^from (envs\.\w+) import", file.read_text(), flags=re.MULTILINE))


def _only_for(helper: Path, world: Path, steering: Path) -> bool:
    """Whether a file of ``envs/`` serves this one species."""
    if helper.stem.endswith("_drawing"):
        return False
    users = {
        f
        for room in ("envs", "steering")
        for f in (ROOT / room).glob("*.py")
        if f"envs.{helper.stem} import" in f.read_text()
    }
    stem = world.stem.split("_")[0].replace("birdsong", "song")
    return bool(users) and all(
        u in (world, steering) or u.stem.startswith((stem, "syrinx", "salt")) or "drawing" in u.stem for u in users
    )
