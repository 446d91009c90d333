"""Experiments on Eyeblink (E7 to E12): savings, competition of cues, gaps, lesions, a coarse code, cues that were met alone.

All are done on newborns whose reflex stays in charge (see :class:`benchmark.laboratory.conditioning.Eyelids`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmark.experiments.criterion import above, at_most, below, surely_above, surely_below, within
from benchmark.experiments.experiment import Experiment, Score
from benchmark.experiments.eyeblink import in_ms
from benchmark.laboratory.conditioning import PAUSE, PUFF_MS, TESTED, TRAINED, Eyelids, peak
from benchmark.laboratory.lives import told_all
from benchmark.results.statistics import mean_interval


def savings(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(animals,) responses before and after extinction, and trials to criterion at first and again; with and without a residue."""
    found = {}
    for name, genes in (("", {}), (", without a residue in the nuclei", {"nuclear_residue": 0.0})):
        lids = Eyelids(animals, seed, **genes)
        lids.train(100, interval=PAUSE)
        found[f"trials to criterion{name}"] = lids.trials_to_criterion(PAUSE)
        found[f"responses before extinction{name}"] = lids.responses(PAUSE, 80, 100)
        lids.world.manipulate("withhold_puffs")
        lids.forget()
        lids.train(100)
        found[f"responses after extinction{name}"] = lids.responses(PAUSE, 80, 100)
        lids.world.manipulate("withhold_puffs", withheld=False)
        lids.forget()
        lids.train(60)
        found[f"trials to criterion, again{name}"] = lids.trials_to_criterion(PAUSE)
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
    return np.mean([lids.strongest_prediction(cue, PAUSE) for cue in cues], axis=0)


def _after(animals: int, seed: int, genes: dict[str, Any], *trainings: tuple[str, str | None]) -> Eyelids:
    """Animals after trainings with a cue, alone or with another."""
    lids = Eyelids(animals, seed, **genes)
    for cue, with_cue in trainings:
        lids.train(TRAINED, cue=cue, with_cue=with_cue, interval=PAUSE)
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
        lids.train(TRAINED, interval=0.25 + gap, cue_lasts=0.25)
        found[f"responses, gap of {in_ms(gap)}"] = lids.responses(0.25 + gap, TRAINED - 20, TRAINED)
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
    lids.train(TRAINED, interval=PAUSE)
    found = {"responses, intact": lids.responses(PAUSE, TRAINED - 20, TRAINED)}
    saved = lids.population.get_state()
    lids.population.lesion("nuclei")
    lids.forget()
    lids.train(20)
    found["responses without nuclei"] = lids.responses(PAUSE, 0, 20)
    found["lid in a puff without nuclei"] = np.array(
        [max(course.max() for puff, course in one if puff) for one in lids.trials]
    )
    lids.population.set_state(saved)
    lids.population.lesion("olive")
    lids.forget()
    lids.train(100)
    found["responses in the first 5 trials without olive"] = lids.responses(PAUSE, 0, 5)
    found["responses after 80 trials without olive"] = lids.responses(PAUSE, 80, 100)
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
        lids.train(TRAINED, interval=0.5)
        found[f"responses, {name}"] = lids.responses(0.5, TRAINED - 20, TRAINED)
        off = peak(lids.test(TESTED, interval=0.5))[1] - 500.0 - 0.5 * PUFF_MS
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
        lids.train(100, cue=cue, interval=PAUSE, omitted=1.0)
        lids.forget()
        lids.train(TRAINED, cue="tone", interval=PAUSE)
        found[f"trials to criterion after {name} alone"] = lids.trials_to_criterion(PAUSE)
    return found


def score_of_preexposure(found: dict[str, np.ndarray]) -> Score:
    """By how many trials learning is delayed."""
    name = "delay of learning (trials)"
    same, other = found.values()
    return Score(headline=name, measures={name: mean_interval(same - other)}, n=len(same), details=told_all(found))


_make = partial(Experiment, world="Eyeblink", animals=16)

EXPERIMENTS = (
    _make(
        id="E7",
        slow=True,
        by_construction=True,
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
        slow=True,
        by_construction=True,
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
        slow=True,
        claim="Without a hippocampus a gap of 500 ms between cue and puff is too long, and no gap is not",
        source="Kim, Clark and Thompson 1995",
        published="500 ms lost, delay kept",
        protocol=trace,
        score=score_of_trace,
        criterion=(below("responses, gap of 500 ms", 0.5), above("responses without a gap", 0.8)),
    ),
    _make(
        id="E10",
        by_construction=True,
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
        slow=True,
    ),
    _make(
        id="E11",
        slow=True,
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
        slow=True,
        claim="A cue that was met alone is learned later",
        source="Allen, Chelius and Gluck 2002",
        published="weak: needed twice the usual pre-exposure",
        protocol=preexposure,
        score=score_of_preexposure,
        criterion=(surely_above("delay of learning (trials)"),),
    ),
)
