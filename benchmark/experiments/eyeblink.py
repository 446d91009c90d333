"""Experiments on Eyeblink (E1 to E12): what a learned copy of the blink reflex knows of when, and of what.

All are done on newborns whose reflex stays in charge (see :class:`benchmark.laboratory.conditioning.Eyelids`).
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from benchmark.experiments.criterion import Condition, above, at_least, at_most, below, surely_above, surely_below, within
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.conditioning import PUFF_MS, Eyelids, peak, width
from benchmark.laboratory.lives import told_all
from benchmark.results.statistics import mean_interval

WORLD = "Eyeblink"
_TRAINED, _TESTED, _PAUSE = 80, 10, 0.25  # trials of a training and of a test; the usual interval, s


def _ms(interval: float) -> str:
    return f"{1000.0 * interval:.0f} ms"


def _between(measure: str, low: float, high: float) -> tuple[Condition, Condition]:
    return at_least(measure, low), at_most(measure, high)


def timed(intervals: tuple[float, ...], animals: int, seed: int) -> dict[str, dict[str, np.ndarray]]:
    """For each interval, (animals,): height, time (ms) and width (ms) of the lid's peak in trials without puff, and early responses."""
    found = {}
    for interval in intervals:
        lids = Eyelids(animals, seed)
        lids.train(_TRAINED, interval=interval)
        courses = lids.test(_TESTED, interval=interval)
        height, time = peak(courses)
        early = lids.responses(interval, 5, 20)
        found[_ms(interval)] = {"height": height, "time": time, "width": width(courses), "early": early}
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
    lids.train(2 * _TRAINED, interval=_SECOND, second_interval=_FIRST)
    courses = lids.test(_TESTED, interval=_SECOND)
    first, at_first = peak(courses, _FIRST - 0.05, _FIRST + 0.15)
    second, at_second = peak(courses, _SECOND - 0.15, _SECOND + 0.06)
    trough = courses[:, round((_FIRST + 0.15) / 0.01) : round((_SECOND - 0.1) / 0.01)].min(axis=1)
    lids.train(2 * _TRAINED, interval=_SECOND, second_interval=_FIRST, second_share=1.0)
    later = lids.test(_TESTED, interval=_SECOND)
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
    lids.train(_TRAINED, interval=0.25)
    before = peak(lids.test(_TESTED, interval=0.25))[1]
    lids.train(2 * _TRAINED, interval=0.5)
    courses = lids.test(_TESTED, interval=0.5)
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


def savings(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) responses before and after extinction, and trials to criterion at first and again; with and without a residue."""
    found = {}
    for name, genes in (("", {}), (", without a residue in the nuclei", {"nuclear_residue": 0.0})):
        lids = Eyelids(animals, seed, **genes)
        lids.train(100, interval=_PAUSE)
        found[f"trials to criterion{name}"] = lids.trials_to_criterion(_PAUSE)
        found[f"responses before extinction{name}"] = lids.responses(_PAUSE, 80, 100)
        lids.world.manipulate("withhold_puffs")
        lids.forget()
        lids.train(100)
        found[f"responses after extinction{name}"] = lids.responses(_PAUSE, 80, 100)
        lids.world.manipulate("withhold_puffs", withheld=False)
        lids.forget()
        lids.train(60)
        found[f"trials to criterion, again{name}"] = lids.trials_to_criterion(_PAUSE)
    return found


def score_of_savings(found: dict[str, np.ndarray]) -> Score:
    """How many trials fewer the second acquisition takes."""
    name = "trials to criterion, again minus at first"
    without = ", without a residue in the nuclei"
    measures: dict[str, Any] = {
        name: mean_interval(found["trials to criterion, again"] - found["trials to criterion"]),
        "responses after extinction": mean_interval(found["responses after extinction"]),
        "responses before extinction": mean_interval(found["responses before extinction"]),
    }
    details = told_all(found)
    details |= told_all(
        {f"{name}{without}": found[f"trials to criterion, again{without}"] - found[f"trials to criterion{without}"]}
    )
    return Score(headline=name, measures=measures, n=len(found["trials to criterion"]), details=details)


def _predicted(lids: Eyelids, *cues: str) -> np.ndarray:
    """(animals,) largest prediction of the blink while a cue alone is on, the mean of the cues; the lid cannot close more than once."""
    return np.mean([lids.strongest_prediction(cue, _PAUSE) for cue in cues], axis=0)


def _after(animals: int, seed: int, genes: dict[str, Any], *trainings: tuple[str, str | None]) -> Eyelids:
    """Animals after trainings with a cue, alone or with another."""
    lids = Eyelids(animals, seed, **genes)
    for cue, with_cue in trainings:
        lids.train(_TRAINED, cue=cue, with_cue=with_cue, interval=_PAUSE)
    return lids


_ALONE = ", cues that do not compete"


def competition(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) predicted by X alone, trained with A, after A or not; by A and X alone, after more training together or apart."""
    a, x, both = ("tone", None), ("light", None), ("tone", "light")
    found = {}
    for name, genes in (("", {}), (_ALONE, {"granule_alone": True})):
        found[f"predicted by X, A trained before{name}"] = _predicted(_after(animals, seed, genes, a, both), "light")
        found[f"predicted by X, A trained with it{name}"] = _predicted(_after(animals, seed, genes, both), "light")
        for how, last in (("together", (both,)), ("apart", (a, x))):
            lids = _after(animals, seed, genes, a, x, *last)
            found[f"predicted by A or X, then {how}{name}"] = _predicted(lids, "tone", "light")
    return found


def score_of_competition(found: dict[str, np.ndarray]) -> Score:
    """Blocking and overexpectation as shares of their controls; both must be gone where cues do not compete for what is predicted."""

    def less(one: str, control: str, how: str) -> np.ndarray:
        return (found[f"{one}{how}"] - found[f"{control}{how}"]) / found[f"{control}{how}"].mean()

    blocking, over = "loss of X by blocking", "loss of A and X by overexpectation"
    measures: dict[str, Any] = {}
    for how in ("", _ALONE):
        lost = less("predicted by X, A trained before", "predicted by X, A trained with it", how)
        measures[f"{blocking}{how}"] = mean_interval(-lost)
        lost = less("predicted by A or X, then together", "predicted by A or X, then apart", how)
        measures[f"{over}{how}"] = mean_interval(-lost)
    return Score(headline=blocking, measures=measures, n=len(lost), details=told_all(found))


_GAPS = (0.0, 0.25, 0.5, 0.75)  # s from the end of a cue of 250 ms to the puff


def trace(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) responses in the last 20 of 80 trials, by the gap between cue and puff."""
    found = {}
    for gap in _GAPS:
        lids = Eyelids(animals, seed)
        lids.train(_TRAINED, interval=0.25 + gap, cue_lasts=0.25)
        found[f"responses, gap of {_ms(gap)}"] = lids.responses(0.25 + gap, _TRAINED - 20, _TRAINED)
    return found


def score_of_trace(found: dict[str, np.ndarray]) -> Score:
    """Without a hippocampus, delay conditioning is kept and a gap of 500 ms is too long."""
    name = "responses, gap of 500 ms"
    measures: dict[str, Any] = {
        name: mean_interval(found[name]),
        "responses without a gap": mean_interval(found["responses, gap of 0 ms"]),
    }
    return Score(headline=name, measures=measures, n=len(found[name]), details=told_all(found))


def lesions(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) responses, and the lid's peak in a puff, of intact animals, without nuclei, and after 100 trials without olive."""
    lids = Eyelids(animals, seed)
    lids.train(_TRAINED, interval=_PAUSE)
    found = {"responses, intact": lids.responses(_PAUSE, _TRAINED - 20, _TRAINED)}
    saved = lids.population.get_state()
    lids.population.lesion("nuclei")
    lids.forget()
    lids.train(20)
    found["responses without nuclei"] = lids.responses(_PAUSE, 0, 20)
    found["lid in a puff without nuclei"] = np.array(
        [max(course.max() for puff, course in one if puff) for one in lids.trials]
    )
    lids.population.set_state(saved)
    lids.population.lesion("olive")
    lids.forget()
    lids.train(100)
    found["responses in the first 5 trials without olive"] = lids.responses(_PAUSE, 0, 5)
    found["responses after 80 trials without olive"] = lids.responses(_PAUSE, 80, 100)
    return found


def score_of_lesions(found: dict[str, np.ndarray]) -> Score:
    """Learned blinks need the nuclei, the reflex does not; without the olive they are lost as in extinction."""
    name = "responses without nuclei"
    measures: dict[str, Any] = {key: mean_interval(values) for key, values in found.items()}
    return Score(headline=name, measures=measures, n=len(found[name]), details=told_all(found))


_FEWER = 300


def coarse(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) responses, and by how much the peak is off the middle of the puff (ms), with all granule units and with few."""
    found = {}
    for name, genes in (("2,000 granule units", {}), (f"{_FEWER} granule units", {"granule_units": _FEWER})):
        lids = Eyelids(animals, seed, **genes)
        lids.train(_TRAINED, interval=0.5)
        found[f"responses, {name}"] = lids.responses(0.5, _TRAINED - 20, _TRAINED)
        off = peak(lids.test(_TESTED, interval=0.5))[1] - 500.0 - 0.5 * PUFF_MS
        found[f"peak off the puff (ms), {name}"] = np.abs(off)
    return found


def score_of_coarse(found: dict[str, np.ndarray]) -> Score:
    """Timing suffers, and how often the animal responds does not."""
    name = f"peak off the puff (ms): {_FEWER} units minus 2,000"
    many, few = "2,000 granule units", f"{_FEWER} granule units"
    measures: dict[str, Any] = {
        name: mean_interval(found[f"peak off the puff (ms), {few}"] - found[f"peak off the puff (ms), {many}"]),
        "responses: few units minus many": mean_interval(found[f"responses, {few}"] - found[f"responses, {many}"]),
    }
    return Score(headline=name, measures=measures, n=len(found[f"responses, {many}"]), details=told_all(found))


def preexposure(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) trials to criterion, after 100 trials of the cue alone or of another cue alone."""
    found = {}
    for name, cue in (("the same cue", "tone"), ("another cue", "light")):
        lids = Eyelids(animals, seed)
        lids.train(100, cue=cue, interval=_PAUSE, omitted=1.0)
        lids.forget()
        lids.train(_TRAINED, cue="tone", interval=_PAUSE)
        found[f"trials to criterion after {name} alone"] = lids.trials_to_criterion(_PAUSE)
    return found


def score_of_preexposure(found: dict[str, np.ndarray]) -> Score:
    """By how many trials learning is delayed."""
    name = "delay of learning (trials)"
    same, other = found.values()
    return Score(headline=name, measures={name: mean_interval(same - other)}, n=len(same), details=told_all(found))


_make = partial(Experiment, world=WORLD, animals=16)
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
    ),
    _make(
        id="E2",
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
        claim="Long intervals are learned less well",
        source="Schneiderman and Gormezano 1964",
        published="of 100, 250, 450 and 800 ms, rabbits learn 250 ms best and 100 ms worst; from 250 to 4,000 ms the rate falls",
        protocol=partial(timed, (0.25, 1.0)),
        score=score_of_long_intervals,
        criterion=(surely_below("peak at the longest interval minus that at the shortest"),),
    ),
    _make(
        id="E4",
        claim="An interval of 50 ms is hardly learned, one of 250 ms is",
        source="Schneiderman and Gormezano 1964; Wetmore et al. 2014",
        published="no conditioning below about 100 ms",
        protocol=partial(timed, (0.05, 0.25)),
        score=score_of_short_intervals,
        criterion=(below("responses in trials 5 to 20 at 50 ms", 0.2), above("the same at 250 ms", 0.5)),
    ),
    _make(
        id="E5",
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
        claim="When the interval changes from 250 to 500 ms, the blink moves",
        source="Kehoe and Joscelyne 2005",
        protocol=shift,
        score=score_of_shift,
        criterion=(
            *_between("peak after the new puff is due (ms)", 0.0, PUFF_MS),
            surely_below("lid left at the old time", 0.25),
        ),
    ),
    _make(
        id="E7",
        claim="What was unlearned is learned again faster",
        source="Kehoe 2006; Medina, Garcia and Mauk 2001",
        published="second acquisition faster, extinctions alike; a residue outside the cerebellar cortex",
        protocol=savings,
        score=score_of_savings,
        criterion=(
            surely_below("trials to criterion, again minus at first"),
            below("responses after extinction", 0.2),
            above("responses before extinction", 0.8),
        ),
    ),
    _make(
        id="E8",
        claim="Cues compete: A, trained before, blocks X; A and X, trained apart, lose together; without a common error, neither",
        source="Kim, Krupa and Thompson 1998; Kehoe and White 2004",
        published="blocking is gone when inhibition of the olive is blocked; overexpectation in the rabbit's blink",
        protocol=competition,
        score=score_of_competition,
        criterion=(
            surely_above("loss of X by blocking", 0.2),
            surely_above("loss of A and X by overexpectation", 0.05),
            within(f"loss of X by blocking{_ALONE}", 0.1),
            within(f"loss of A and X by overexpectation{_ALONE}", 0.1),
        ),
    ),
    _make(
        id="E9",
        claim="Without a hippocampus a gap of 500 ms between cue and puff is too long, and no gap is not",
        source="Kim, Clark and Thompson 1995",
        published="500 ms lost, delay kept",
        protocol=trace,
        score=score_of_trace,
        criterion=(below("responses, gap of 500 ms", 0.5), above("responses without a gap", 0.8)),
    ),
    _make(
        id="E10",
        claim="Without the nuclei learned blinks are gone and the reflex is kept; without the olive they are lost as in extinction",
        source="Krupa, Thompson and Thompson 1993; McCormick, Steinmetz and Thompson 1985",
        published="interpositus: response gone, reflex kept; olive: like extinction",
        protocol=lesions,
        score=score_of_lesions,
        criterion=(
            at_most("responses without nuclei", 0.05),
            above("lid in a puff without nuclei", 0.5),
            above("responses in the first 5 trials without olive", 0.5),
            below("responses after 80 trials without olive", 0.2),
        ),
    ),
    _make(
        id="E11",
        claim="With fewer granule units timing suffers before responding does",
        source="the essay's pattern separation; the direction alone",
        protocol=coarse,
        score=score_of_coarse,
        criterion=(
            surely_above(f"peak off the puff (ms): {_FEWER} units minus 2,000"),
            above("responses: few units minus many", -0.05),
        ),
    ),
    _make(
        id="E12",
        claim="A cue that was met alone is learned later",
        source="Allen, Chelius and Gluck 2002",
        published="weak: needed twice the usual pre-exposure",
        protocol=preexposure,
        score=score_of_preexposure,
        criterion=(surely_above("delay of learning (trials)"),),
    ),
)
