"""Experiments on OdourChoice (F1 to F12): what a fly learns of odours in a tube, and shows in a T-maze.

What is done is in :mod:`benchmark.laboratory.tmaze_protocols`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import scipy

from benchmark.experiments.criterion import Measure, above, surely_above, surely_below, within
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.lives import told_all
from benchmark.laboratory.tmaze_protocols import (
    BLENDS,
    DENSE,
    MANY,
    Found,
    backward,
    blocked,
    disinhibited,
    extinguished,
    generalised,
    individual,
    reversed_,
    second_order,
    shocked,
    sugared,
    traced,
    without_mushroom_body,
)
from benchmark.results.statistics import mean_interval

WORLD = "OdourChoice"


def _score(found: Found, measures: Mapping[str, np.ndarray | float], headline: str) -> Score:
    given: dict[str, Measure] = {
        name: value if isinstance(value, float) else mean_interval(value) for name, value in measures.items()
    }
    return Score(headline=headline, measures=given, n=len(next(iter(found.values()))), details=told_all(found))


def scored(*given: Any) -> Score:
    """All that was found, and what is compared by name: pairs of a name and a function of what was found, which comes last.

    The first name is the headline.
    """
    *compared, found = given
    named = {name: compare(found) for name, compare in compared}
    return _score(found, named | found, next(iter(named | found)))


def score_of_generalisation(found: Found) -> Score:
    """Rank correlation over blends of the index with the difference in overlap, both as means over flies."""
    name = "rank correlation of index and overlap"
    index, overlap = (
        [found[f"{what}, {100 * blend:g}% blended"].mean() for blend in BLENDS] for what in ("index", "overlap")
    )
    return _score(found, {name: float(scipy.stats.spearmanr(index, overlap).statistic)}, name)


def _loss(found: Found, kind: str) -> np.ndarray:
    return found[f"index, {kind}"] - found[f"index, {kind}, {DENSE}"]


def _minus(this: str, that: str) -> Callable[[Found], np.ndarray]:
    return lambda found: found[this] - found[that]


_make = partial(Experiment, world=WORLD, animals=128)
_INDEX, _HELD = "index after one cycle", "index, shock with the odour"

EXPERIMENTS = (
    _make(
        id="F1",
        claim="One cycle of an odour with shocks makes it avoided, and more cycles add little",
        source="Tully and Quinn 1985",
        published="index about .9 after one cycle of 12 shocks, near asymptote",
        protocol=shocked,
        score=partial(
            scored,
            (_INDEX, lambda found: found[_INDEX]),
            ("many cycles minus one", _minus(f"index after {MANY} cycles", _INDEX)),
        ),
        criterion=(surely_above(_INDEX, 0.3), within("many cycles minus one", 0.15)),
    ),
    _make(
        id="F2",
        by_construction=True,
        claim="A memory of sugar shows in hungry flies alone, and is kept while they are fed",
        source="Krashes et al. 2009",
        protocol=sugared,
        score=partial(scored, ("preference, hungry", lambda found: found["preference, hungry"])),
        criterion=(
            surely_above("preference, hungry", 0.3),
            within("preference, fed", 0.15),
            surely_above("preference, hungry again", 0.3),
        ),
    ),
    _make(
        id="F3",
        by_construction=True,
        claim="Without mushroom bodies nothing is learned of odours, and what is innate is kept",
        source="de Belle and Heisenberg 1994",
        protocol=without_mushroom_body,
        score=partial(
            scored,
            ("index after one cycle", lambda found: found[_INDEX]),
            ("geosmin, lesioned minus intact", _minus("geosmin avoided, lesioned", "geosmin avoided")),
            ("vinegar, lesioned minus intact", _minus("vinegar avoided, lesioned", "vinegar avoided")),
        ),
        criterion=(
            within(_INDEX, 0.1),
            within("geosmin, lesioned minus intact", 0.1),
            within("vinegar, lesioned minus intact", 0.1),
            surely_above("geosmin avoided"),
            surely_below("vinegar avoided"),
        ),
    ),
    _make(
        id="F4",
        claim="What is learned of an odour is shown to others as far as their Kenyon cells overlap",
        source="Campbell et al. 2013",
        protocol=generalised,
        score=score_of_generalisation,
        criterion=(above("rank correlation of index and overlap", 0.8),),
    ),
    _make(
        id="F5",
        claim="Without APL similar odours are no longer told apart, and dissimilar ones are",
        source="Lin et al. 2014",
        protocol=disinhibited,
        score=partial(
            scored,
            (
                "loss for similar odours minus that for dissimilar ones",
                lambda found: _loss(found, "similar") - _loss(found, "dissimilar"),
            ),
        ),
        criterion=(
            surely_above("loss for similar odours minus that for dissimilar ones"),
            surely_above(f"index, dissimilar, {DENSE}", 0.2),
        ),
        slow=True,
    ),
    _make(
        id="F6",
        by_construction=True,
        claim="An odour that comes after the shock is approached, less than one that comes with it is avoided",
        source="Tully and Quinn 1985; Gerber et al. 2014",
        published="backward pairing teaches nothing (Tully and Quinn), or relief (Gerber)",
        protocol=backward,
        score=partial(
            scored,
            ("relief", lambda found: -found["index, odour 1 s after the shock"]),
            (
                "punishment minus relief",
                lambda found: found[_HELD] + found["index, odour 1 s after the shock"],
            ),
        ),
        criterion=(surely_above("relief"), surely_above("punishment minus relief")),
        slow=True,
    ),
    _make(
        id="F7",
        by_construction=True,
        claim="A gap of seconds between odour and shock is bridged, the worse the longer it is",
        source="Galili et al. 2011",
        published="gaps of up to 15 s are bridged, more slowly",
        protocol=traced,
        score=partial(scored, ("index, gap of 3 s, minus that of 15 s", _minus("index, gap of 3 s", "index, gap of 15 s"))),
        criterion=(surely_above("index, gap of 3 s"), surely_above("index, gap of 3 s, minus that of 15 s")),
        slow=True,
    ),
    _make(
        id="F8",
        claim="The memory resists two minutes of the odour alone, and yields to twelve",
        source="Tully and Quinn 1985; Schwaerzel, Heisenberg and Zars 2002",
        protocol=extinguished,
        score=partial(
            scored,
            (
                "index after 2 min alone minus half of that before",
                lambda found: found["index, after 2 min alone"] - 0.5 * found["index, before"],
            ),
            ("index, 12 min alone minus 2 min", _minus("index, after 12 min alone", "index, after 2 min alone")),
        ),
        criterion=(
            surely_above("index after 2 min alone minus half of that before"),
            surely_below("index, 12 min alone minus 2 min"),
        ),
    ),
    _make(
        id="F9",
        claim="One cycle of reversal reverses the choice",
        source="Mancini et al. 2019, in larvae",
        protocol=reversed_,
        score=partial(
            scored, ("index after one cycle of reversal", lambda found: found["index after one cycle of reversal"])
        ),
        criterion=(surely_above(_INDEX), surely_below("index after one cycle of reversal")),
    ),
    _make(
        id="F10",
        claim="An odour that comes before a shocked one is avoided, though it was never shocked",
        source="Tabone and de Belle 2011; Yamada et al. 2023",
        protocol=second_order,
        score=partial(
            scored,
            (
                "avoidance, before minus after",
                _minus("avoidance of an odour before the shocked one", "avoidance of an odour after the shocked one"),
            ),
        ),
        criterion=(
            surely_above("avoidance of an odour before the shocked one"),
            surely_above("avoidance, before minus after"),
        ),
    ),
    _make(
        id="F11",
        by_construction=True,
        claim="A known odour does not block a new one",
        source="Brembs and Heisenberg 2001, in vision; none found for smell",
        protocol=blocked,
        score=partial(
            scored,
            (
                "avoidance with a known odour minus .7 of that with a new one",
                lambda found: found["avoidance, with a known one"] - 0.7 * found["avoidance, with a new odour"],
            ),
        ),
        criterion=(
            surely_above("avoidance, with a new odour"),
            surely_above("avoidance with a known odour minus .7 of that with a new one"),
        ),
        slow=True,
    ),
    _make(
        id="F12",
        by_construction=True,
        claim="Two flies have different codes for one odour, and each fly has the same code every time",
        source="Caron et al. 2013",
        protocol=individual,
        score=partial(
            scored,
            ("overlap with another fly, above chance", lambda found: found["overlap with another fly, above chance"]),
        ),
        criterion=(
            within("overlap with another fly, above chance", 0.02),
            above("overlap of the same odour twice", 0.6),
        ),
    ),
)
