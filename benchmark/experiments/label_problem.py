"""The label problem (V1 to V4): steering cannot point at a concept inside a learned store whose units have no labels.

The concept is one odour of ten, as Kenyon cells encode it; their wiring is drawn anew in every fly of the one genome. Flies are held
in tubes, one odour after the other, and what fires is read in every step.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmark.experiments.criterion import surely_above, surely_at_least, surely_below, within_or_at
from benchmark.experiments.experiment import Experiment, Score
from benchmark.experiments.odour_choice import scored
from benchmark.laboratory.lives import ESSAY
from benchmark.laboratory.tmaze import PAIR, Flies
from envs.odour_choice.odours import GLOMERULAR_INPUT, GLOMERULI, ODOURS, projection_rates
from envs.odour_choice.world import OdourChoice

WORLD = "OdourChoice"
_CONCEPT = ODOURS.index(PAIR[0])
_READINGS = 12  # steps in which an odour is read, half of them to find something and half to test it
_RIDGE = 10.0  # weight of the penalty of linear read-outs, in units of a reading; chosen
_READ = (1, 2, 4, 8, 16)  # animals that an outsider reads
_REVERSALS = 3  # cycles in which the other odour is punished
Found = dict[str, np.ndarray]


def read(flies: Flies) -> tuple[np.ndarray, np.ndarray]:
    """(animals, odours, readings, cells) bool, what fires, and (animals, odours, readings), the pain that is forecast.

    Nothing is learned meanwhile, and the flies are left as they were before.
    """
    saved = flies.population.get_state()
    flies.population.lesion("plasticity")
    firing, forecast = [], []
    for odour in ODOURS:
        flies.world.manipulate("train", odour=odour, given="nothing")
        for _ in range(_READINGS):
            flies.live(OdourChoice.dt)
            firing.append(flies.fires_now())
            forecast.append(flies.mushroom_body.now.forecast[:, 1].copy())
    flies.population.set_state(saved)
    shape = (flies.population.animals, len(ODOURS), _READINGS)
    return np.stack(firing, axis=1).reshape(*shape, -1), np.stack(forecast, axis=1).reshape(shape)


def area(values: np.ndarray, concept: int = _CONCEPT) -> np.ndarray:
    """(animals,) area under the receiver operating characteristic of values (animals, odours, readings) for one odour: .5 is chance."""
    present = values[:, concept].reshape(len(values), -1)
    absent = np.delete(values, concept, axis=1).reshape(len(values), -1)
    above = (present[:, :, None] > absent[:, None]).mean(axis=(1, 2))
    return above + 0.5 * (present[:, :, None] == absent[:, None]).mean(axis=(1, 2))


def by_index(animals: int, seed: int) -> Found:
    """The best unit of each fly, found in half of its readings and tested in the other half, in itself and in all others."""
    firing, _ = read(Flies(animals, seed))
    half = _READINGS // 2
    share = firing[:, :, :half].mean(axis=2)
    contrast = share[:, _CONCEPT] - np.delete(share, _CONCEPT, axis=1).mean(axis=1)
    best = contrast.argmax(axis=1)
    tested = firing[:, :, half:].astype(float)
    own = area(np.take_along_axis(tested, best[:, None, None, None], axis=3)[..., 0])
    siblings = np.array(
        [np.delete(area(tested[..., unit]), row).mean() for row, unit in enumerate(best)]
    )  # of each fly's unit, in all others
    return {"by the index of its own unit": own, "by that index in siblings": siblings}


def by_prediction(animals: int, seed: int) -> Found:
    """The forecast of pain, after one cycle in which the concept was punished, and before it."""
    flies = Flies(animals, seed)
    before = area(read(flies)[1])
    flies.cycle(*PAIR)
    return {"by the forecast": area(read(flies)[1]), "by the forecast of the untrained": before}


def drift(animals: int, seed: int) -> Found:
    """Forecast of pain at the concept less that at the other odour, before and after the other one was punished in its place."""
    found = {}
    for name, supervised in (("supervised on", True), ("no longer supervised", False)):
        flies = Flies(animals, seed)
        flies.cycle(*PAIR)
        if not supervised:
            flies.population.lesion("plasticity")
        found[f"before, {name}"] = _preference(flies)
        for _ in range(_REVERSALS):
            flies.cycle(*PAIR[::-1])
        found[f"after, {name}"] = _preference(flies)
    return found


def _preference(flies: Flies) -> np.ndarray:
    pain = read(flies)[1].mean(axis=2)
    return pain[:, _CONCEPT] - pain[:, ODOURS.index(PAIR[1])]


def outsider(animals: int, seed: int) -> Found:
    """Linear read-outs that are fitted to other flies, to the fly itself, and to what is known of its wiring."""
    flies = Flies(animals, seed)
    firing, _ = read(flies)
    half, most = _READINGS // 2, min(max(_READ), animals // 2)
    tested = slice(most, animals)
    known, new = firing[:, :, :half].astype(float), firing[:, :, half:].astype(float)
    found = {}
    for count in _READ:
        found[f"read in {count} others"] = area(new[tested] @ _fitted(known[: min(count, most)]))
    own = np.stack([new[row] @ _fitted(known[row : row + 1]) for row in range(most, animals)])
    found["read in itself"] = area(own)
    claws = flies.mushroom_body.code.wiring.claws[tested]
    rates = np.empty((len(ODOURS), GLOMERULI))
    for odour, received in enumerate(GLOMERULAR_INPUT[:-1]):
        projection_rates(received, rates[odour])
    drive = rates[:, claws].sum(axis=2)  # (odours, animals, cells)
    contrast = drive[_CONCEPT] - np.delete(drive, _CONCEPT, axis=0).mean(axis=0)
    found["read by its wiring"] = area(np.einsum("aorc,ac->aor", new[tested], contrast))
    return found


def _fitted(readings: np.ndarray) -> np.ndarray:
    """(cells,) weights of a ridge regression of the concept on readings (animals, odours, readings, cells)."""
    cells = readings.shape[-1]
    inputs = readings.reshape(-1, cells)
    target = np.broadcast_to((np.arange(len(ODOURS)) == _CONCEPT)[None, :, None], readings.shape[:3]).reshape(-1)
    centred, aim = inputs - inputs.mean(axis=0), target - target.mean()
    return centred.T @ np.linalg.solve(centred @ centred.T + _RIDGE * np.eye(len(aim)), aim)


def _off_chance(name: str) -> tuple[str, Callable[[Found], np.ndarray]]:
    return f"{name}, from chance", lambda values: values[name] - 0.5


def _score_of_index(found: Found) -> Score:
    return scored(_off_chance("by that index in siblings"), found)


def _score_of_prediction(found: Found) -> Score:
    least = ("worst fly by the forecast", lambda values: float(values["by the forecast"].min()))
    return scored(("by the forecast", lambda values: values["by the forecast"]), least, found)


def _score_of_drift(found: Found) -> Score:
    moved = (
        "unsupervised, after minus before",
        lambda v: v["after, no longer supervised"] - v["before, no longer supervised"],
    )
    return scored(("after, supervised on", lambda values: values["after, supervised on"]), moved, found)


def _score_of_outsider(found: Found) -> Score:
    return scored(_off_chance(f"read in {max(_READ)} others"), found)


EXPERIMENTS = (
    Experiment(
        id="V1",
        world=WORLD,
        claim="The unit that stands for a concept in one animal stands for nothing in its siblings",
        source=ESSAY,
        protocol=by_index,
        score=_score_of_index,
        criterion=(
            within_or_at("by that index in siblings, from chance", 0.05),
            surely_at_least("by the index of its own unit", 0.9),
        ),
        animals=32,
        by_construction=True,
    ),
    Experiment(
        id="V2",
        world=WORLD,
        claim="A short-term predictor that an innate signal supervises finds the concept in every animal",
        source=ESSAY,
        protocol=by_prediction,
        score=_score_of_prediction,
        criterion=(surely_at_least("by the forecast", 0.95), surely_at_least("worst fly by the forecast", 0.9)),
        animals=32,
    ),
    Experiment(
        id="V3",
        world=WORLD,
        claim="A supervised predictor follows its innate signal and leaves the concept; without supervision it stays",
        source=ESSAY,
        protocol=drift,
        score=_score_of_drift,
        criterion=(
            surely_above("before, supervised on", 0.2),
            surely_below("after, supervised on", 0.0),
            within_or_at("unsupervised, after minus before", 0.02),
        ),
        animals=32,
        by_construction=True,
        slow=True,
    ),
    Experiment(
        id="V4",
        world=WORLD,
        claim="A linear read-out that was fitted to other animals does not find the concept, however many were read",
        source=ESSAY,
        protocol=outsider,
        score=_score_of_outsider,
        criterion=(
            surely_above(f"read in {max(_READ)} others, from chance", -0.1),
            surely_below(f"read in {max(_READ)} others, from chance", 0.1),
            surely_at_least("read in itself", 0.95),
        ),
        animals=208,
    ),
)
