"""Parts of the docs that are made from code and from the kept results of experiments: worlds, keys, lines, experiments."""

from __future__ import annotations

import inspect
import json
import math
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MARK = re.compile(r"(<!-- generated: (\w+) ?(\w*) -->\n).*?(<!-- end of generated -->)", re.DOTALL)


def fill_parts(page: str) -> str:
    """A page with every block between ``<!-- generated: PART [WORLD] -->`` and ``<!-- end of generated -->`` filled again."""
    makers = {"world": _world, "lines": _lines, "experiments": _experiments, "keys": _keys}
    return MARK.sub(lambda found: f"{found[1]}\n{makers[found[2]](found[3])}\n\n{found[4]}", page)


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
        (f"`{s.name}`", ", ".join(_parameter(k, v, s.arguments[k]) for k, v in s.parameters.items()), s.meaning)
        for s in kind.manipulations().values()
    ]
    variables = [
        (f"`{v.name}`", f"{v.initial:g}", f"{v.low:g} to {v.high:g}", v.meaning, v.changed_by, v.source)
        for v in steering.variables
    ]
    about = (
        f"Fitness is counted in {kind.fitness_unit}; a step is {kind.dt:g} s, an episode {kind.episode_steps} steps, a life "
        f"{kind.life_episodes} episodes."
    )
    judged = (
        f"Reward is made of: {', '.join(steering.parts)}. Channels: {', '.join(steering.channels)}. "
        f"Parts that can be removed: {', '.join(steering.lesionable) or 'none'}."
    )
    sections = (
        *("## The world, from its own description", described, about),
        *("### Senses", _table(("sense", "shape", "unit", "range", "meaning", "heard by"), senses)),
        *("### State of the body and its surroundings", _state(kind.state)),
        *("### Manipulations", _table(("manipulation", "parameters", "meaning"), switches)),
        *(f"## Steering: `{steering.__name__}`", inspect.getdoc(steering) or "", judged),
        "### Idiosyncratic mutable variables",
        _table(("variable", "at birth", "range", "meaning", "changed by", "source"), variables),
        *("### State within an episode", _state(steering.transient_state)),
        *("## Experiments", _experiments(name)),
    )
    return "\n\n".join(sections)


def _parameter(name: str, default: Any, kind: Any) -> str:
    told = str(kind)
    return f"{name}={default!r}" + (f" ({told})" if told else "")


def _state(fields: tuple[Any, ...]) -> str:
    rows = [(f"`{field.name}`", field.unit, _range(field), field.meaning) for field in fields]
    return _table(("field", "unit", "range", "meaning"), rows)


def _range(field: Any) -> str:
    low, high = ("" if math.isinf(bound) else f"{bound:g}" for bound in (field.low, field.high))
    return f"{low} to {high}".strip() if low or high else ""


def _keys(_: str) -> str:
    from viewer.keys import help_rows

    return _table(("key", "what it does"), [(f"`{keys}`", meaning) for keys, meaning in help_rows()])


def _experiments(name: str) -> str:
    from benchmark.experiments.experiment import experiments

    kept = {entry["id"]: entry for entry in json.loads((ROOT / "docs" / "experiments.json").read_text(encoding="utf-8"))}
    rows = []
    for known in experiments().values():
        if name and known.world != name:
            continue
        number, verdict, seeds = "see the tables of the page", "", ""
        if (entry := kept.get(known.id)) is not None:
            low, high = entry["interval"]
            number = f"{entry['statistic']:.3g} [{low:.3g}, {high:.3g}], n = {entry['n']}"
            verdict = "yes" if entry["holds"] else "undecided" if entry.get("undecided") else "**no**"
            seeds = f"{entry['seed']:,}"
        claim = known.claim + (" (built in)" if known.by_construction else "")
        rows.append((known.id, claim, known.published or "-", known.threshold, number, verdict, seeds, known.source))
    return _table(
        ("id", "claim", "published", "must be", "simulated [95% interval]", "holds", "seeds from", "source"), rows
    )


def _lines(_: str) -> str:
    """Lines of each species: its world and steering, and what else its folder holds."""
    from core.registry import modules_below
    from envs.registration import worlds
    from steering.registration import steering_class

    rows = []
    for name, kind in worlds.all().items():
        package = kind.__module__.rpartition(".")[0]
        if kind.steering or not package.startswith("envs."):
            continue
        files = {file.stem: file for file in (_file_of(module) for module in modules_below(package))}
        physics = [file for stem, file in files.items() if stem not in ("world", "drawing", "__init__")]
        steering = Path(inspect.getfile(steering_class(kind)))
        drawing = [files["drawing"]] if "drawing" in files else []
        rows.append((f"`{name}`", *(_count(part) for part in ([files["world"]], [steering], physics, drawing))))
    return _table(("species", "world", "steering", "further physics", "drawing"), rows)


def _file_of(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"


def _count(files: list[Path]) -> int:
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
