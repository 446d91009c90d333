"""Experiments on Eyeblink (E1 to E6): what a learned copy of the blink reflex knows of when.

All are done on newborns whose reflex stays in charge (see :class:`benchmark.laboratory.conditioning.Eyelids`).
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from benchmark.experiments.criterion import Condition, above, at_least, at_most, below, surely_above, surely_below
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.conditioning import PUFF_MS, TESTED, TRAINED, Eyelids, peak, width
from benchmark.laboratory.lives import told_all
from benchmark.results.statistics import mean_interval


def in_ms(interval: float) -> str:
    """A time (s) in words."""
    return f"{1000.0 * interval:.0f} ms"


def _between(measure: str, low: float, high: float) -> tuple[Condition, Condition]:
    return at_least(measure, low), at_most(measure, high)


def timed(intervals: tuple[float, ...], animals: int, seed: int) -> dict[str, dict[str, np.ndarray]]:
    """For each interval, (animals,): height, time (ms) and width (ms) of the lid's peak in trials without puff, and early responses."""
    found = {}
    for interval in intervals:
        lids = Eyelids(animals, seed)
        lids.train(TRAINED, interval=interval)
        courses = lids.test(TESTED, interval=interval)
        height, time = peak(courses)
        early = lids.responses(interval, 5, 20)
        found[in_ms(interval)] = {"height": height, "time": time, "width": width(courses), "early": early}
    return found


def _told(found: dict[str, dict[str, np.ndarray]]) -> dict[str, float]:
    names = {"height": "peak of the lid", "time": "time of the peak (ms)", "width": "width at half height (ms)"}
    names["early"] = "responses in trials 5 to 20"
    return told_all({f"{text}, {at}": one[key] for at, one in found.items() for key, text in names.items()})


def score_of_timing(found: dict[str, dict[str, np.ndarray]]) -> Score:
    """When the lid is most closed, counted from the time at which the puff would come."""
    measures: dict[str, Any] = {
        f"peak after the puff is due (ms), {at}": mean_interval(one["time"] - float(at.split()[0]))
        for at, one in found.items()
    }
    return Score(headline=next(iter(measures)), measures=measures, n=_count(found), details=_told(found))


def _count(found: dict[str, dict[str, np.ndarray]]) -> int:
    return len(next(iter(found.values()))["height"])


def score_of_blur(found: dict[str, dict[str, np.ndarray]]) -> Score:
    """By how much the response widens from each interval to the next."""
    names = list(found)
    measures: dict[str, Any] = {
        f"width at {long} minus that at {short} (ms)": mean_interval(found[long]["width"] - found[short]["width"])
        for short, long in pairwise(names)
    }
    return Score(headline=next(iter(measures)), measures=measures, n=_count(found), details=_told(found))


def score_of_long_intervals(found: dict[str, dict[str, np.ndarray]]) -> Score:
    """By how much the peak is lower at the longest interval than at the shortest."""
    first, last = found[next(iter(found))], found[list(found)[-1]]
    name = "peak at the longest interval minus that at the shortest"
    return Score(
        headline=name,
        measures={name: mean_interval(last["height"] - first["height"])},
        n=_count(found),
        details=_told(found),
    )


def score_of_short_intervals(found: dict[str, dict[str, np.ndarray]]) -> Score:
    """Responses in trials 5 to 20 at an interval that animals cannot learn, and at one that they learn best."""
    name = f"responses in trials 5 to 20 at {next(iter(found))}"
    short, usual = (one["early"] for one in found.values())
    measures = {name: mean_interval(short), f"the same at {list(found)[1]}": mean_interval(usual)}
    return Score(headline=name, measures=measures, n=len(short), details=_told(found))


_FIRST, _SECOND = 0.2, 0.7  # s, of a cue with two intervals (Millenson, Kehoe and Gormezano 1977)


def two_intervals(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) peaks of the lid at both intervals of one cue, the trough between, and both peaks when the second is dropped."""
    lids = Eyelids(animals, seed)
    lids.train(2 * TRAINED, interval=_SECOND, second_interval=_FIRST)
    courses = lids.test(TESTED, interval=_SECOND)
    first, at_first = peak(courses, _FIRST - 0.05, _FIRST + 0.15)
    second, at_second = peak(courses, _SECOND - 0.15, _SECOND + 0.06)
    trough = courses[:, round((_FIRST + 0.15) / 0.01) : round((_SECOND - 0.1) / 0.01)].min(axis=1)
    lids.train(2 * TRAINED, interval=_SECOND, second_interval=_FIRST, second_share=1.0)
    later = lids.test(TESTED, interval=_SECOND)
    return {
        "first peak": first,
        "second peak": second,
        "trough": trough,
        "time of the first peak (ms)": at_first,
        "time of the second peak (ms)": at_second,
        "first peak, second dropped": peak(later, _FIRST - 0.05, _FIRST + 0.15)[0],
        "second peak, second dropped": peak(later, _SECOND - 0.15, _SECOND + 0.06)[0],
    }


def score_of_two_intervals(found: dict[str, np.ndarray]) -> Score:
    """Both peaks above twice the trough, each at its puff; one goes alone."""
    name = "lower peak minus twice the trough"
    lower = np.minimum(found["first peak"], found["second peak"])
    measures: dict[str, Any] = {
        name: mean_interval(lower - 2.0 * found["trough"]),
        "first peak after its puff (ms)": mean_interval(found["time of the first peak (ms)"] - 1000.0 * _FIRST),
        "second peak after its puff (ms)": mean_interval(found["time of the second peak (ms)"] - 1000.0 * _SECOND),
        "share of the second peak that is left": float(
            found["second peak, second dropped"].mean() / found["second peak"].mean()
        ),
        "share of the first peak that is left": float(
            found["first peak, second dropped"].mean() / found["first peak"].mean()
        ),
    }
    return Score(headline=name, measures=measures, n=len(lower), details=told_all(found))


def shift(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) time of the peak after training at 250 ms, then at 500 ms, and what is left at the old time."""
    lids = Eyelids(animals, seed)
    lids.train(TRAINED, interval=0.25)
    before = peak(lids.test(TESTED, interval=0.25))[1]
    lids.train(2 * TRAINED, interval=0.5)
    courses = lids.test(TESTED, interval=0.5)
    return {
        "peak before (ms)": before,
        "peak after (ms)": peak(courses)[1],
        "left at the old time": peak(courses, 0.25, 0.31)[0],
    }


def score_of_shift(found: dict[str, np.ndarray]) -> Score:
    """The peak moves to the new time, and little is left at the old one."""
    name = "peak after the new puff is due (ms)"
    measures: dict[str, Any] = {
        name: mean_interval(found["peak after (ms)"] - 500.0),
        "lid left at the old time": mean_interval(found["left at the old time"]),
    }
    return Score(headline=name, measures=measures, n=len(found["peak after (ms)"]), details=told_all(found))


_make = partial(Experiment, world="Eyeblink", animals=16)
_DUE = "peak after the puff is due (ms), "

EXPERIMENTS = (
    _make(
        id="E1",
        claim="The learned blink is timed: in trials without puff the lid is most closed while the puff would last",
        source="Schneiderman and Gormezano 1964; Disterhoft, Kwan and Lo 1977",
        published="peak of the response near the time of the puff",
        protocol=partial(timed, (0.15, 0.25, 0.5)),
        score=score_of_timing,
        criterion=tuple(c for at in ("150 ms", "250 ms", "500 ms") for c in _between(f"{_DUE}{at}", 0.0, PUFF_MS)),
        slow=True,
    ),
    _make(
        id="E2",
        slow=True,
        claim="The longer the interval, the wider the learned blink",
        source="scalar timing; the direction alone",
        protocol=partial(timed, (0.15, 0.25, 0.5)),
        score=score_of_blur,
        criterion=(
            surely_above("width at 250 ms minus that at 150 ms (ms)"),
            surely_above("width at 500 ms minus that at 250 ms (ms)"),
        ),
    ),
    _make(
        id="E3",
        slow=True,
        claim="Long intervals are learned less well",
        source="Schneiderman and Gormezano 1964",
        published="of 100, 250, 450 and 800 ms, rabbits learn 250 ms best and 100 ms worst; from 250 to 4,000 ms the rate falls",
        protocol=partial(timed, (0.25, 1.0)),
        score=score_of_long_intervals,
        criterion=(surely_below("peak at the longest interval minus that at the shortest"),),
    ),
    _make(
        id="E4",
        slow=True,
        claim="An interval of 50 ms is hardly learned, one of 250 ms is",
        source="Schneiderman and Gormezano 1964; Wetmore et al. 2014",
        published="no conditioning below about 100 ms",
        protocol=partial(timed, (0.05, 0.25)),
        score=score_of_short_intervals,
        criterion=(below("responses in trials 5 to 20 at 50 ms", 0.2), above("the same at 250 ms", 0.5)),
    ),
    _make(
        id="E5",
        slow=True,
        claim="One cue with two intervals gives two blinks, each at its time; when one interval is dropped, its blink alone goes",
        source="Millenson, Kehoe and Gormezano 1977; Kehoe and Joscelyne 2005",
        published="two peaks, at the puffs; the one that is dropped extinguishes",
        protocol=two_intervals,
        score=score_of_two_intervals,
        criterion=(
            surely_above("lower peak minus twice the trough"),
            *_between("first peak after its puff (ms)", 0.0, PUFF_MS),
            *_between("second peak after its puff (ms)", 0.0, PUFF_MS),
            below("share of the second peak that is left", 0.3),
            above("share of the first peak that is left", 0.8),
        ),
    ),
    _make(
        id="E6",
        slow=True,
        claim="When the interval changes from 250 to 500 ms, the blink moves",
        source="Kehoe and Joscelyne 2005",
        protocol=shift,
        score=score_of_shift,
        criterion=(
            *_between("peak after the new puff is due (ms)", 0.0, PUFF_MS),
            surely_below("lid left at the old time", 0.25),
        ),
    ),
)
