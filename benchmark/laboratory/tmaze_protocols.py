"""What is done with flies in tubes and T-mazes, and what they then choose: a function for each experiment of OdourChoice.

All are done on newborns whose reflex stays in charge (see :class:`benchmark.laboratory.tmaze.Flies`). A performance index is the share
of time with the odour that was not trained, less that with the one that was.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmark.laboratory.tmaze import CYCLE, FED, HUNGRY, OTHER, PAIR, PAUSE, Flies, performance_index

Found = dict[str, np.ndarray]
"""(flies,) by name."""
MANY = 5
"""Cycles of a long training."""
BLENDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.45)
SIMILAR = 0.4
"""Share of the other odour in each of two that are alike."""
DENSE = "without APL"


def shocked(animals: int, seed: int) -> Found:
    """Performance index after one cycle with shocks, after many, and after one of 2 s."""
    return {
        "index after one cycle": performance_index(Flies.cycle, animals, seed),
        f"index after {MANY} cycles": performance_index(_cycles, animals, seed),
        "index after one cycle of 2 s": performance_index(partial(Flies.cycle, seconds=2.0), animals, seed),
    }


def _cycles(flies: Flies, trained: str, other: str) -> None:
    for _ in range(MANY):
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
        for blend in BLENDS:
            like, unlike = flies.firing(trained, other=other, blend=blend), flies.firing(other, other=trained, blend=blend)
            overlap = ((code & like).sum(axis=1) - (code & unlike).sum(axis=1)) / code.sum(axis=1)
            found.append(np.stack([flies.shares(other, trained, blend=blend), overlap], axis=1))
        return np.stack(found, axis=2)

    found = performance_index(Flies.cycle, animals, seed, test=test)
    return {
        f"{what}, {100 * blend:g}% blended": found[:, kind, index]
        for kind, what in enumerate(("index", "overlap"))
        for index, blend in enumerate(BLENDS)
    }


def disinhibited(animals: int, seed: int) -> Found:
    """Index for dissimilar and for similar odours, with APL and without."""

    def test(flies: Flies, trained: str, other: str, *, blend: float) -> np.ndarray:
        return flies.shares(other, trained, blend=blend)

    found = {}
    for name, blend in (("dissimilar", 0.0), ("similar", SIMILAR)):
        for lesions in ((), ("apl",)):
            found[f"index, {name}{', ' + DENSE if lesions else ''}"] = performance_index(
                partial(Flies.cycle, blend=blend), animals, seed, test=partial(test, blend=blend), lesions=lesions
            )
    return found


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
