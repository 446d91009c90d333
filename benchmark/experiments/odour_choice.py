"""Experiments on OdourChoice (F1 to F12): what a fly learns of odours in a tube, and shows in a T-maze.

All are done on newborns whose reflex stays in charge (see :class:`benchmark.laboratory.tmaze.Flies`). A performance index is the share
of time with the odour that was not trained, less that with the one that was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from benchmark.experiments.criterion import Measure, above, surely_above, surely_below, within
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.lives import told_all
from benchmark.laboratory.tmaze import CYCLE, FED, HUNGRY, OTHER, PAIR, PAUSE, Flies, performance_index
from benchmark.results.statistics import mean_interval

WORLD = "OdourChoice"
Found = dict[str, np.ndarray]
_MANY = 5  # cycles of a long training
_BLENDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.45)
_SIMILAR = 0.4  # share of the other odour in each of two that are alike
_DENSE = "without APL"


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


def shocked(animals: int, seed: int) -> Found:
    """Performance index after one cycle with shocks, after many, and after one of 2 s."""
    return {
        "index after one cycle": performance_index(Flies.cycle, animals, seed),
        f"index after {_MANY} cycles": performance_index(_cycles, animals, seed),
        "index after one cycle of 2 s": performance_index(partial(Flies.cycle, seconds=2.0), animals, seed),
    }


def _cycles(flies: Flies, trained: str, other: str) -> None:
    for _ in range(_MANY):
        flies.cycle(trained, other)


def sugared(animals: int, seed: int) -> Found:
    """Preference of an odour that came with sugar, of hungry flies, of the same flies fed, and hungry again."""

    def test(flies: Flies, trained: str, other: str) -> np.ndarray:
        indices = []
        for store in (HUNGRY, FED, HUNGRY):
            flies.store = store
            flies.air(PAUSE)
            indices.append(flies.shares(trained, other))
        return np.stack(indices, axis=1)

    found = performance_index(partial(Flies.cycle, given="sugar"), animals, seed, test=test, store=HUNGRY)
    return {f"preference, {state}": found[:, index] for index, state in enumerate(("hungry", "fed", "hungry again"))}


def without_mushroom_body(animals: int, seed: int) -> Found:
    """Index after one cycle without Kenyon cells, and innate avoidance and preference with and without them."""
    found = {"index after one cycle": performance_index(Flies.cycle, animals, seed, lesions=("mushroom_body",))}
    for name, odour in (("geosmin avoided", "geosmin"), ("vinegar avoided", "vinegar")):
        for state, lesions in (("", ()), (", lesioned", ("mushroom_body",))):
            found[name + state] = Flies(animals, seed, lesions=lesions).shares("octanol", odour)
    return found


def generalised(animals: int, seed: int) -> Found:
    """Index between ever more similar blends after training with pure odours, and by how much more the trained code is like one."""

    def test(flies: Flies, trained: str, other: str) -> np.ndarray:
        code, found = flies.firing(trained), []
        for blend in _BLENDS:
            like, unlike = flies.firing(trained, other=other, blend=blend), flies.firing(other, other=trained, blend=blend)
            overlap = ((code & like).sum(axis=1) - (code & unlike).sum(axis=1)) / code.sum(axis=1)
            found.append(np.stack([flies.shares(other, trained, blend=blend), overlap], axis=1))
        return np.stack(found, axis=2)

    found = performance_index(Flies.cycle, animals, seed, test=test)
    return {
        f"{what}, {100 * blend:g}% blended": found[:, kind, index]
        for kind, what in enumerate(("index", "overlap"))
        for index, blend in enumerate(_BLENDS)
    }


def score_of_generalisation(found: Found) -> Score:
    """Rank correlation over blends of the index with the difference in overlap, both as means over flies."""
    name = "rank correlation of index and overlap"
    index, overlap = (
        [found[f"{what}, {100 * blend:g}% blended"].mean() for blend in _BLENDS] for what in ("index", "overlap")
    )
    return _score(found, {name: float(spearmanr(index, overlap).statistic)}, name)


def disinhibited(animals: int, seed: int) -> Found:
    """Index for dissimilar and for similar odours, with APL and without."""

    def test(flies: Flies, trained: str, other: str, *, blend: float) -> np.ndarray:
        return flies.shares(other, trained, blend=blend)

    found = {}
    for name, blend in (("dissimilar", 0.0), ("similar", _SIMILAR)):
        for lesions in ((), ("apl",)):
            found[f"index, {name}{', ' + _DENSE if lesions else ''}"] = performance_index(
                partial(Flies.cycle, blend=blend), animals, seed, test=partial(test, blend=blend), lesions=lesions
            )
    return found


def _loss(found: Found, kind: str) -> np.ndarray:
    return found[f"index, {kind}"] - found[f"index, {kind}, {_DENSE}"]


def backward(animals: int, seed: int) -> Found:
    """Index where the odour comes with the shock, and where it comes after it."""

    def train(flies: Flies, trained: str, other: str, *, gap: float) -> None:
        for _ in range(3):
            flies.air(6.0, "shock")
            flies.air(gap)
            flies.tube(trained, "nothing", 10.0)
            flies.air(50.0)
            flies.tube(other, "nothing", 10.0)
            flies.air(PAUSE)

    found = {"index, shock with the odour": performance_index(partial(Flies.cycle, seconds=10.0), animals, seed)}
    for gap in (1.0, 5.0, 20.0):
        found[f"index, odour {gap:g} s after the shock"] = performance_index(partial(train, gap=gap), animals, seed)
    return found


def traced(animals: int, seed: int) -> Found:
    """Index where a gap lies between the end of the odour and the shock."""

    def train(flies: Flies, trained: str, other: str, *, gap: float) -> None:
        for _ in range(3):
            flies.tube(trained, "nothing", 10.0)
            flies.air(gap)
            flies.air(2.0, "shock")
            flies.air(PAUSE)
            flies.tube(other, "nothing", 10.0)
            flies.air(PAUSE)

    return {
        f"index, gap of {gap:g} s": performance_index(partial(train, gap=gap), animals, seed) for gap in (1.0, 3.0, 15.0)
    }


def extinguished(animals: int, seed: int) -> Found:
    """Index before the trained odour comes alone, and after 2 and 12 minutes of it."""

    def test(flies: Flies, trained: str, other: str) -> np.ndarray:
        indices = [flies.shares(other, trained)]
        for minutes in (2, 10):
            flies.tube(trained, "nothing", 60.0 * minutes)
            flies.air(PAUSE)
            indices.append(flies.shares(other, trained))
        return np.stack(indices, axis=1)

    found = performance_index(Flies.cycle, animals, seed, test=test)
    return {
        f"index, {name}": found[:, index]
        for index, name in enumerate(("before", "after 2 min alone", "after 12 min alone"))
    }


def reversed_(animals: int, seed: int) -> Found:
    """Index for the odour trained first, before and after a cycle in which the other one is trained."""

    def test(flies: Flies, trained: str, other: str) -> np.ndarray:
        before = flies.shares(other, trained)
        flies.cycle(other, trained)
        return np.stack([before, flies.shares(other, trained)], axis=1)

    found = performance_index(Flies.cycle, animals, seed, test=test)
    return {"index after one cycle": found[:, 0], "index after one cycle of reversal": found[:, 1]}


def second_order(animals: int, seed: int) -> Found:
    """How much an odour is avoided, against a third, that was never shocked but came before the shocked one, or after it."""

    def train(flies: Flies, first: str, second: str, *, before: bool) -> None:
        for _ in range(2):
            flies.tube(first, "shock", CYCLE)
            flies.air(PAUSE)
        for _ in range(5):
            for odour in (second, first) if before else (first, second):
                flies.tube(odour, "nothing", 5.0)
            flies.air(PAUSE)
        flies.tube(OTHER, "nothing", 25.0)
        flies.air(PAUSE)

    return {
        f"avoidance of an odour {name} the shocked one": performance_index(
            partial(train, before=before), animals, seed, test=lambda flies, _, second: flies.shares(OTHER, second)
        )
        for name, before in (("before", True), ("after", False))
    }


def blocked(animals: int, seed: int) -> Found:
    """How much an odour is avoided, against a third, that was shocked together with one that was shocked before, or with a new one."""

    def train(flies: Flies, first: str, second: str, *, known: bool) -> None:
        flies.tube(first if known else "air", "shock" if known else "nothing", CYCLE)
        flies.air(PAUSE)
        flies.tube(first, "shock", 6.0, other=second, blend=0.5)
        flies.air(PAUSE)
        flies.tube(OTHER, "nothing", CYCLE)
        flies.air(PAUSE)

    return {
        f"avoidance, {name}": performance_index(
            partial(train, known=known), animals, seed, test=lambda flies, _, second: flies.shares(OTHER, second)
        )
        for name, known in (("with a new odour", False), ("with a known one", True))
    }


def individual(animals: int, seed: int) -> Found:
    """Share of one fly's cells for an odour that fire in its neighbour, for two odours in one fly, and for the same odour twice."""
    flies = Flies(animals, seed)
    code, other = flies.firing(PAIR[0]), flies.firing(PAIR[1])
    flies.air(PAUSE)  # so that noise is another
    again = flies.firing(PAIR[0])
    count = code.sum(axis=1)
    neighbour = np.roll(code, 1, axis=0)
    return {
        "overlap with another fly, above chance": (code & neighbour).sum(axis=1) / count - neighbour.mean(axis=1),
        "overlap of two odours": (code & other).sum(axis=1) / count,
        "overlap of the same odour twice": (code & again).sum(axis=1) / count,
    }


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
            ("many cycles minus one", _minus(f"index after {_MANY} cycles", _INDEX)),
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
            surely_above(f"index, dissimilar, {_DENSE}", 0.2),
        ),
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
