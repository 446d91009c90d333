"""Results that the docs keep: what tables and figures of README and docs are made from, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmark.results.aggregates import paired
from benchmark.results.gathered import fitness_by_window, gather, grown, scores_of_animals, tenth, whole_life
from benchmark.results.statistics import interval
from benchmark.results.store import Store
from benchmark.results.summary import summarise
from benchmark.results.verdict import WHOLE
from core.errors import InvalidArgument

SPECIES = {
    "LoomingEscape": "mouse",
    "SaltAppetite": "rat",
    "Birdsong": "bird",
    "Rivals": "fighter",
    "Orienting": "owl",
    "Eyeblink": "blinker",
    "OdourChoice": "fly",
}
"""World -> what the docs call its animals, in the order of tables."""


def keep(stores: Iterable[Store]) -> dict[str, Any]:
    """Runs of one suite, a world or more in each folder, as one plain value.

    Returns:
        ``worlds``: world -> agent that is complete -> its row of ``summary.json``, with ``fitness_by_age`` (``iqm``, ``low`` and
        ``high``, a number for each window of age), ``grown_scores`` and ``life_scores``, a number an animal, and
        ``score_by_tenth``, an interval for each tenth of life. ``verdicts`` and ``lives`` are of these worlds. ``runs`` has
        seed, animals, date, commit and sources of each folder.

    Raises:
        InvalidArgument: two folders hold the same world, or there is none.
    """
    kept: dict[str, Any] = {"worlds": {}, "verdicts": {}, "lives": {}, "runs": []}
    for store in stores:
        summary, about = summarise(store), store.about()
        again = kept["worlds"].keys() & summary["worlds"].keys()
        if again:
            raise InvalidArgument(f"Two folders hold {' and '.join(sorted(again))}; name one of them.")
        gathered = gather(store)
        late, whole = (scores_of_animals(store, gathered, span) for span in (grown, whole_life))
        tenths = [scores_of_animals(store, gathered, tenth(number)) for number in range(10)]
        for world, agents in gathered.items():
            rows = summary["worlds"][world]
            for agent, values in late.get(world, {}).items():
                rows[agent]["grown_scores"] = values.tolist()
                rows[agent]["life_scores"] = whole[world][agent].tolist()
                strata = agents[agent].strata
                rows[agent]["score_by_tenth"] = [interval(at_age[world][agent], strata=strata) for at_age in tenths]
            for agent, lives in agents.items():
                if lives.curves is not None:
                    by_window = fitness_by_window(lives.curves).T
                    bands = [interval(values, strata=lives.strata) for values in by_window]
                    rows[agent]["fitness_by_age"] = {key: [band[key] for band in bands] for key in ("iqm", "low", "high")}
            kept["worlds"][world] = {agent: row for agent, row in rows.items() if row["status"] == "complete"}
        kept["verdicts"] |= summary["verdicts"]
        kept["lives"] |= summary["lives"]
        kept["runs"].append(
            {
                "worlds": list(summary["worlds"]),
                "seed": store.settings.seed,
                "animals": store.settings.animals,
                "sources": about.get("sources"),
                "commit": about.get("commit"),
                "date": about.get("date"),
            }
        )
    if not kept["worlds"]:
        raise InvalidArgument("Name at least one results folder.")
    return _rounded(kept)


def add_agents(kept: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """What is kept, with agents of a later run of the same animals in the same worlds.

    Args:
        kept, more: as :func:`keep` makes them.

    Raises:
        InvalidArgument: a world is not among those kept, has no new agent, or an agent of both lived otherwise.
    """
    found = _with_runs(kept, more)
    for world, agents in more["worlds"].items():
        known = _kept_agents(found, world)
        for agent in agents.keys() & known.keys():
            _check_same_lives(world, agent, agents, known)
        if agents.keys() <= known.keys():
            raise InvalidArgument(f"There is no new agent of {world}.")
        new = {agent: row for agent, row in agents.items() if agent not in known}
        found["worlds"][world] = known | _beside_whole(new, known.get(WHOLE))
    return found


def renew_agents(kept: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """What is kept, where agents of a later run take the place of their older selves; the same animals in the same worlds.

    Args:
        kept, more: as :func:`keep` makes them. Random and oracle are in both.

    Raises:
        InvalidArgument: a world is not among those kept, or its random animals and oracles lived otherwise.
    """
    found = _with_runs(kept, more)
    for world, agents in more["worlds"].items():
        known = _kept_agents(found, world)
        for reference in ("random", "oracle"):
            _check_same_lives(world, reference, agents, known)
        rows = {**known, **agents}
        found["worlds"][world] = _beside_whole(rows, rows.get(WHOLE))
        if WHOLE in agents:
            found["verdicts"] = found["verdicts"] | {world: more["verdicts"][world]}
    return found


def _with_runs(kept: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {**kept, "worlds": dict(kept["worlds"]), "runs": [*kept["runs"], *more["runs"]]}


def _kept_agents(found: dict[str, Any], world: str) -> dict[str, Any]:
    if world not in found["worlds"]:
        raise InvalidArgument(f"{world} is not among the kept worlds, {', '.join(found['worlds'])}.")
    return found["worlds"][world]


def _check_same_lives(world: str, agent: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    if agent not in one or agent not in other or one[agent]["fitness_by_age"] != other[agent]["fitness_by_age"]:
        raise InvalidArgument(
            f"The lives of {agent} in {world} are not those that are kept, so nothing can be added; keep all of them anew."
        )


def _beside_whole(rows: dict[str, Any], whole: dict[str, Any] | None) -> dict[str, Any]:
    """The same rows, each with what the whole animal has more, pair by pair; agents with fewer animals have the first of them."""
    found = {}
    for agent, row in rows.items():
        found[agent] = row
        if whole is not None and agent != WHOLE and len(row["grown_scores"]) <= len(whole["grown_scores"]):
            this = np.array(row["grown_scores"], float)
            found[agent] = row | {
                "whole_animal_minus_this": _rounded(paired(np.array(whole["grown_scores"][: len(this)], float), this))
            }
    return found


def _rounded(value: Any) -> Any:
    """Plain values with five digits, and None for what is no number; enough for every table."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.5g}") if np.isfinite(value) else None
    return value


def read_kept(file: Path) -> dict[str, Any]:
    """What :func:`keep` made, from a file.

    Raises:
        InvalidArgument: it cannot be read, or holds something else.
    """
    try:
        found = msgspec.json.decode(file.read_bytes())
        found["worlds"], found["runs"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidArgument(
            f"{file} holds no kept results ({error}); make it with scripts/doc_tables.py --keep."
        ) from None
    return found
