"""The report: everything worth looking at, in one self-contained HTML file."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup

from agents.catalogue import agent_spec
from agents.disagreement import AT_STAKE, WORTH
from benchmark.experiments.experiment import Experiment, find_experiment
from benchmark.report.drawing import Drawing
from benchmark.report.numbers import show_bounds, show_centre, show_number, show_p, show_share
from benchmark.report.words import by_claim, experiments_in_short, holding, in_short
from benchmark.results.jobs import LifeJob, Settings, jobs
from benchmark.results.store import Store
from benchmark.results.verdict import LEARNER, REFLEX, WHOLE
from benchmark.running.film import unpacked
from benchmark.running.suites import LEAST_WINDOWS
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
    environment.filters |= {
        "centre": show_centre,
        "bounds": show_bounds,
        "number": show_number,
        "p": show_p,
        "share": show_share,
        "place": _place,
        "holding": holding,
    }
    claims, lives = experiments_of(store), summary["lives"]
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
        drawings=[_drawing(drawing) for drawing in drawings],
        first_words={world: "birth" if life["first_window_is_birth"] else "first age" for world, life in lives.items()},
        anchors={world: f"world-{number}" for number, world in enumerate(summary["worlds"], 1)},
        too_short=", ".join(world for world, life in lives.items() if life["windows"] < LEAST_WINDOWS),
        least_windows=LEAST_WINDOWS,
        fewer=_fewer(store.settings),
        others=_listed([agent for agent in store.settings.agents if agent not in (REFLEX, LEARNER, WHOLE)]),
        replay=_replay(store),
        citation=_citation(store.about()),
        beside=("summary.json", "settings.json"),
        claims=claims,
        by_claim=by_claim(summary["experiments"], claims),
        fewer_animals=any(n < claims[name].animals for name, n in store.settings.experiments),
        command=_command(store.about().get("command", ["scripts/benchmark.py"])),
        films=_films(store),
        at_stake=AT_STAKE,
        worth=WORTH,
        problems=_problems(store),
        verdicts={world: words for world in summary["worlds"] if (words := in_short(world, summary))},
        experiments_in_short=experiments_in_short(summary["experiments"]),
    )
    return store.write_bytes("report.html", as_text(page).encode())


def _drawing(drawing: Drawing) -> dict[str, Any]:
    told = msgspec.json.encode(drawing.hover).decode().replace("<", "\\u003c") if drawing.hover else ""
    return {
        "section": drawing.section,
        "title": drawing.title,
        "alt": drawing.alt,
        "svg": Markup(drawing.svg),
        "hover": Markup(told),
        "world": drawing.world,
    }


def _lives(store: Store) -> dict[str, dict[str, Any]]:
    return {world: _life(store, world) for world in store.settings.worlds}


def _life(store: Store, world: str) -> dict[str, Any]:
    kind, steps = world_class(world), store.settings.lifetime(world)
    return {
        "steps": steps,
        "time": _duration(steps * kind.dt),
        "whole": steps >= kind.life_episodes * kind.episode_steps,
        "unit": kind.fitness_unit,
    }


def _duration(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def _fewer(settings: Settings) -> str:
    """Which agents have fewer animals than the rest, in words."""
    found: dict[int, list[str]] = {}
    for agent in settings.agents:
        if settings.animals_of(agent) < settings.animals:
            found.setdefault(settings.animals_of(agent), []).append(agent)
    return "; ".join(f"{number} of {_listed(agents)}" for number, agents in found.items())


def _listed(names: list[str]) -> str:
    """Names as in a sentence: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _replay(store: Store) -> str:
    """What to type to watch the second animal of the first agent that learns."""
    learns = [agent for agent in store.settings.agents if agent_spec(agent).learner is not None]
    agent = next((agent for agent in (WHOLE, *learns) if agent in store.settings.agents), store.settings.agents[0])
    program = store.about().get("command", ["scripts/benchmark.py"])[0]
    watch = "nestling watch" if program.startswith("nestling ") else str(Path(program).with_name("watch.py"))
    return _command([watch, store.settings.worlds[0], "--agent", agent, "--seed", str(store.settings.seed + 1)])


def _citation(about: dict[str, Any]) -> str:
    version, date = about["versions"].get("nestling", ""), about.get("date", "")
    return f"The Nestling developers ({date[:4] or 'n.d.'}). Nestling: innate steering and learning from scratch, version {version}."


def _place(score: float) -> float:
    """Where a score lies on a line from -0.1 to 1.1, in percent."""
    return round(min(100.0, max(0.0, 100 * (score + 0.1) / 1.2)), 2)


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
    """Players of newborn and grown animals, the main one of each world first, up to a size."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for job in jobs(store.settings):
        if isinstance(job, LifeJob) and job.film and (film := (store.read(job) or {}).get("film.player")) is not None:
            found.setdefault(job.world, []).append((job.agent, film))
    ordered = [
        (world, agent, film, place == 0)
        for world, films in found.items()
        for place, (agent, film) in enumerate(sorted(films, key=lambda pair: pair[0] != WHOLE))
    ]
    shown, size = [], 0
    for world, agent, film, _ in sorted(ordered, key=lambda entry: not entry[3]):
        frame = inline(page_of_packed(*unpacked(film), f"{world}, {agent}"), 640)
        size += len(frame)
        shown.append({"world": world, "agent": agent, "frame": Markup(frame) if size <= _MOST_PLAYED else None})
    return shown


def _command(words: list[str]) -> str:
    """What to type to run it again; the first word is a script, or what ``nestling`` was told to do."""
    program, *arguments = words
    return " ".join([program if program.startswith("nestling ") else f"python {program}", shlex.join(arguments)]).rstrip()
