"""What a criterion says of a score: it holds, it fails, or more animals could still decide."""

from __future__ import annotations

import pytest

from benchmark.experiments.criterion import Condition, above, surely_above, surely_below
from benchmark.experiments.experiment import Experiment, Score


def judged(*criterion: Condition, **measures: object):
    experiment = Experiment(
        id="X1",
        world="Rivals",
        claim="something",
        source="chosen",
        protocol=lambda animals, seed: None,
        score=lambda found: Score(next(iter(measures)), measures, 4, {}),  # type: ignore[arg-type]
        criterion=criterion,
        animals=4,
    )
    result = experiment.run(4, 0)
    assert experiment.entry(result, 0)["undecided"] == result.undecided
    return result


def interval(low: float, high: float) -> dict[str, float]:
    return {"mean": 0.5 * (low + high), "low": low, "high": high}


@pytest.mark.parametrize(
    ("condition", "low", "high", "holds", "undecided"),
    [
        (surely_above("a"), 0.1, 0.3, True, False),
        (surely_above("a"), -0.1, 0.3, False, True),
        (surely_above("a"), -0.3, -0.1, False, False),
        (surely_below("a", 0.2), 0.1, 0.3, False, True),
        (surely_below("a", 0.2), 0.3, 0.4, False, False),
        (surely_above("a", -0.2), -0.1, 0.3, True, False),
        (surely_above("a", -0.2), -0.3, 0.3, False, True),
        (above("a"), -0.3, 0.1, False, False),
        (surely_above("a"), float("nan"), float("nan"), False, False),
    ],
)
def test_an_interval_across_the_bound_decides_nothing(
    condition: Condition, low: float, high: float, holds: bool, undecided: bool
) -> None:
    result = judged(condition, a=interval(low, high))
    assert (result.holds, result.undecided) == (holds, undecided)


def test_one_refuted_condition_refutes_all() -> None:
    a, b = interval(-0.1, 0.3), interval(-0.3, -0.1)
    assert not judged(surely_above("a"), surely_above("b"), a=a, b=b).undecided
    assert judged(surely_above("a"), surely_below("b"), a=a, b=b).undecided
