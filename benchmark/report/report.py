"""The report: everything worth looking at, in one self-contained HTML file."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from agents.catalogue import agent_spec
from agents.disagreement import AT_STAKE, WORTH
from benchmark.experiments.experiment import Experiment, find_experiment
from benchmark.report.figures import Drawing
from benchmark.results.jobs import LifeJob, jobs
from benchmark.results.store import Store
from benchmark.running.film import unpacked
from core.files import as_text
from core.player.page import inline, page_of_packed
from core.registry import names_from
from envs.registration import world_class

_PAGE = Path(__file__).parent / "page"
_MOST_PLAYED = 8_000_000  # bytes of all players of a report


def experiments_of(store: Store) -> dict[str, Experiment]:
    """The experiments that a folder has outcomes of, by name.

    Raises:
        UnknownName: there is none of that name.
        NotTrusted: the folder names a module that is not loaded.
    """
    with names_from(store.folder / "settings.json"):
        return {name: find_experiment(name) for name, _ in store.settings.experiments}


def write_report(store: Store, summary: dict[str, Any], drawings: list[Drawing]) -> Path:
    """Write ``report.html``: no network, no other files, readable without scripts."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"centre": show_centre, "bounds": show_bounds, "number": show_number, "p": show_p}
    claims = experiments_of(store)
    page = environment.get_template("report.html.j2").render(
        css=Markup((_PAGE / "report.css").read_text(encoding="utf-8")),
        js=Markup((_PAGE / "report.js").read_text(encoding="utf-8")),
        summary=summary,
        about=store.about(),
        folder=store.folder.name,
        lifetimes=_lives(store),
        cut_short=", ".join(
            f"{world} at {life['steps']:,} steps" for world, life in _lives(store).items() if not life["whole"]
        ),
        meanings={agent: agent_spec(agent).meaning for agent in store.settings.agents},
        drawings=[{"section": d.section, "title": d.title, "alt": d.alt, "svg": Markup(d.svg)} for d in drawings],
        claims=claims,
        fewer_animals=any(n < claims[name].animals for name, n in store.settings.experiments),
        command=_command(store.about().get("command", ["scripts/benchmark.py"])),
        films=_films(store),
        at_stake=AT_STAKE,
        worth=WORTH,
        problems=_problems(store),
        headlines=_headlines(summary),
    )
    return store.write_bytes("report.html", as_text(page).encode())


def _lives(store: Store) -> dict[str, dict[str, Any]]:
    return {world: _life(store, world) for world in store.settings.worlds}


def _life(store: Store, world: str) -> dict[str, Any]:
    kind, steps = world_class(world), store.settings.lifetime(world)
    return {
        "steps": steps,
        "windows": store.settings.ages(world),
        "episode": kind.episode_steps,
        "time": _duration(steps * kind.dt),
        "whole": steps >= kind.life_episodes * kind.episode_steps,
        "unit": kind.fitness_unit,
    }


def _duration(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def _headlines(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """The few numbers that a reader should see first, for each world."""
    found = []
    for world, agents in summary["worlds"].items():
        steered, reflex, learner = (agents.get(name, {}) for name in ("steered", "reflex", "learner"))
        if "score_grown" in steered:
            found.append(
                {
                    "world": world,
                    "steered": steered["score_grown"],
                    "reflex": reflex.get("score_grown"),
                    "learner": learner.get("score_grown"),
                    "gain": steered.get("grown_minus_reflex"),
                    "worst": steered.get("worst_difference_from_reflex"),
                    "gap": steered.get("reward_fitness_gap"),
                }
            )
    return found


def _problems(store: Store) -> list[dict[str, str]]:
    """Failed and missing jobs, with the last lines of their errors."""
    found = []
    for job in jobs(store.settings):
        error = store.error(job)
        if error:
            found.append({"title": job.title, "status": "failed", "text": "\n".join(error.strip().splitlines()[-12:])})
        elif isinstance(job, LifeJob) and agent_spec(job.agent).missing:
            text = f"{agent_spec(job.agent).missing} is not installed; install it with: pip install nestling[sb3]"
            found.append({"title": job.title, "status": "not installed", "text": text})
        elif not store.has(job):
            found.append({"title": job.title, "status": "missing", "text": "not run yet, or interrupted"})
    return found


def _films(store: Store) -> list[dict[str, Any]]:
    """Players of newborn and grown animals, up to a size."""
    found: list[dict[str, Any]] = []
    size = 0
    for job in jobs(store.settings):
        if not isinstance(job, LifeJob) or not job.film:
            continue
        film = (store.read(job) or {}).get("film.player")
        if film is not None:
            frame = inline(page_of_packed(*unpacked(film), f"{job.world}, {job.agent}"), 640)
            size += len(frame)
            found.append({"world": job.world, "agent": job.agent, "frame": Markup(frame) if size <= _MOST_PLAYED else None})
    return found


def show_number(value: float | None, digits: int = 2) -> str:
    """A number with a true minus sign; a dash where there is none."""
    if value is None or math.isnan(value):
        return "\N{EN DASH}"
    text = f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return text[1:] if value < 0 and not any(digit in text for digit in "123456789") else text


def show_centre(value: dict[str, Any] | None, digits: int = 2) -> str:
    """The interquartile mean or mean of an interval."""
    return show_number(None if value is None else value.get("iqm", value.get("mean")), digits)


def show_bounds(value: dict[str, Any], digits: int = 2) -> str:
    """``[low, high]``, or words where one value has no interval."""
    if value["low"] is None or math.isnan(value["low"]):
        return "(one value)"
    return f"[{show_number(value['low'], digits)}, {show_number(value['high'], digits)}]"


def show_p(value: float | None) -> str:
    """A p-value without false precision."""
    if value is None or math.isnan(value):
        return "\N{EN DASH}"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _command(words: list[str]) -> str:
    """What to type to run it again; the first word is a script, or what ``nestling`` was told to do."""
    program, *arguments = words
    return " ".join([program if program.startswith("nestling ") else f"python {program}", shlex.join(arguments)]).rstrip()
