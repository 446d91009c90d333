"""Statistics against brute force on the published definitions, and against data whose answer is known."""

import numpy as np
import pytest
from scipy import stats

from benchmark.report.numbers import show_bounds
from benchmark.results import aggregates, statistics
from core.errors import InvalidArgument

RNG = np.random.default_rng(5)
ONE = [RNG.normal(0.6, 0.2, 24), RNG.normal(0.3, 0.1, 24)]
OTHER = [RNG.normal(0.5, 0.2, 24), RNG.normal(0.3, 0.3, 24)]


def test_interquartile_mean_and_interval() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(3.0, 1.0, 200)
    ordered = np.sort(values)
    assert statistics.interquartile_mean(values) == pytest.approx(ordered[50:150].mean())
    found = statistics.interval(values)
    assert found == statistics.interval(values), "resampling must be seeded"
    covered = [
        (lambda i: i["low"] <= 0.0 <= i["high"])(statistics.mean_interval(rng.normal(0.0, 1.0, 30), seed))
        for seed in range(150)
    ]
    assert stats.binomtest(sum(covered), len(covered), 0.95).pvalue > 1e-3, "95% intervals must cover about 95%"
    assert np.isnan(statistics.interval(np.full(3, np.nan))["iqm"])


def test_classes_of_animals_are_averaged() -> None:
    """Which animals happened to be of each class moves neither the middle nor its interval."""
    rng = np.random.default_rng(3)
    weak, strong = rng.normal(-1.0, 0.1, 40), rng.normal(3.0, 0.1, 40)
    middle = (statistics.interquartile_mean(weak) + statistics.interquartile_mean(strong)) / 2.0
    values, strata = np.concatenate([weak, strong]), np.repeat([7, 9], 40)
    found = statistics.interval(values, strata=strata)
    assert found["iqm"] == pytest.approx(middle) == statistics.middle(values, strata)
    assert found["high"] - found["low"] < 0.1 < statistics.interval(values)["high"] - statistics.interval(values)["low"]
    many = np.concatenate([weak, *[strong] * 5])
    assert statistics.middle(many, np.repeat([7, 9], [40, 200])) == pytest.approx(middle)
    lone = np.array([0.0, 1.0, 2.0, 9.0])
    assert statistics.middle(lone, np.array([0, 0, 0, 1])) == statistics.middle(lone), "one animal is no class"
    assert np.isnan(statistics.middle(np.full(3, np.nan), np.array([0, 0, 1])))


def test_scores_of_classes() -> None:
    """Of references that differ by class, class by class; a value that is missing takes its animal out, not its neighbour."""
    rng = np.random.default_rng(4)
    strata = rng.integers(0, 2, 60)
    zero, one = 10.0 * strata + rng.normal(0.0, 0.1, 60), 10.0 * strata + rng.normal(4.0, 0.1, 60)
    values = (zero + one) / 2.0
    values[5] = np.nan
    found = statistics.score_interval(values, zero, one, strata=strata)
    assert found["low"] < 0.5 < found["high"]
    assert found["high"] - found["low"] < 0.05
    few = statistics.score_interval(values[:20], zero, one, strata=strata)
    assert few["iqm"] == pytest.approx(0.5, abs=0.05), "references may have more animals"


def test_intervals_of_shares() -> None:
    """Wilson's against scipy, Newcombe's against his examples (1998, table II) and by simulation."""
    for count, n in ((0, 7), (3, 20), (20, 20)):
        flags = np.arange(n) < count
        bounds = stats.binomtest(count, n).proportion_ci(method="wilson")
        assert statistics.share(flags) == pytest.approx({"mean": count / n, "low": bounds.low, "high": bounds.high})
    for (a, m), (b, n), low, high in (
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ):
        found = statistics.difference_of_shares(np.arange(m) < a, np.arange(n) < b)
        assert found == pytest.approx({"mean": a / m - b / n, "low": low, "high": high}, abs=1e-4)
        choice = statistics.difference_of_shares(2.0 * (np.arange(m) < a) - 1.0, 2.0 * (np.arange(n) < b) - 1.0, least=-1.0)
        assert choice == pytest.approx({name: 2.0 * value for name, value in found.items()})
    with pytest.raises(InvalidArgument, match="least="):
        statistics.difference_of_shares(np.array([1.0, -1.0]), np.zeros(2))
    rng, trials = np.random.default_rng(1), 500
    drawn = [statistics.difference_of_shares(rng.random(10) < 0.95, rng.random(10) < 0.1) for _ in range(trials)]
    assert sum(one["low"] <= 0.85 <= one["high"] for one in drawn) / trials > 0.92


@pytest.mark.parametrize("n", [8, 30])
def test_intervals_of_means_cover_skewed_data(n: int) -> None:
    """A percentile bootstrap covers .78 and .89 of lognormal means at these sizes (scripts/coverage.py)."""
    rng = np.random.default_rng(n)
    true, trials = np.exp(0.5), 300
    found = [statistics.mean_interval(rng.lognormal(0.0, 1.0, n)) for _ in range(trials)]
    assert sum(one["low"] <= true <= one["high"] for one in found) / trials > {8: 0.86, 30: 0.88}[n]


def test_rare_events_are_not_ruled_out() -> None:
    """Two deaths among 64 animals: the bootstrap alone never sees how few they are."""
    deaths = np.zeros(64)
    deaths[:2] = 1.0
    found = statistics.mean_interval(deaths)
    assert found["high"] > 0.07


def test_an_interval_of_many_looks_is_wider() -> None:
    values = np.random.default_rng(0).normal(0.0, 1.0, 24)
    one, eleven = (statistics.corrected_interval(values, looks) for looks in (1, 11))
    assert eleven[0] < one[0] < one[1] < eleven[1]
    assert one == pytest.approx(stats.t.interval(0.95, 23, values.mean(), stats.sem(values)))
    assert np.isnan(statistics.corrected_interval(values[:1], 3)).all()


def test_scores_know_that_their_scale_is_measured() -> None:
    rng = np.random.default_rng(0)
    world = rng.normal(0.0, 1.0, 40)  # what animals of one world share
    zero, one = world + rng.normal(0.0, 0.3, 40), world + 4.0 + rng.normal(0.0, 0.3, 40)
    middle = world + 2.0 + rng.normal(0.0, 0.3, 40)
    joint = statistics.score_interval(middle, zero, one)
    fixed = statistics.interval((middle - zero.mean()) / (one.mean() - zero.mean()))
    assert joint["iqm"] == pytest.approx(0.5, abs=0.05)
    assert joint["high"] - joint["low"] < 0.6 * (fixed["high"] - fixed["low"]), "what worlds share cancels"
    assert statistics.score_interval(zero, zero, one) == pytest.approx({"iqm": 0.0, "low": 0.0, "high": 0.0})
    few = statistics.score_interval(middle[:3], zero, one)
    assert np.isfinite(list(few.values())).all()


def test_one_value_has_no_interval() -> None:
    for values in (np.array([0.5]), np.array([0.5, np.nan])):
        found = statistics.mean_interval(values)
        assert found["mean"] == 0.5
        assert np.isnan([found["low"], found["high"]]).all()
    assert statistics.mean_interval(np.array([0.5, 0.5]))["low"] == 0.5
    assert show_bounds(statistics.mean_interval(np.array([0.5]))) == "(one value)"


def test_overtaking() -> None:
    rng = np.random.default_rng(0)
    difference = rng.normal(0.0, 0.1, (40, 6)) + np.array([-1.0, 0.5, -0.5, 1.0, 1.0, 1.0])
    assert statistics.overtaking_window(difference) == 3
    assert statistics.overtaking_window(-np.abs(difference)) is None


def test_aggregate_is_the_mean_of_the_middle_half_of_all_runs() -> None:
    ordered = np.sort(np.concatenate(ONE))
    found = aggregates.aggregate(ONE)
    assert found["iqm"] == pytest.approx(ordered[12:36].mean())
    assert found["low"] < found["iqm"] < found["high"]
    assert aggregates.optimality_gap(ONE)["mean"] == pytest.approx(1.0 - np.minimum(np.concatenate(ONE), 1.0).mean())


def test_resampling_is_stratified() -> None:
    far_apart = [np.array([0.0, 0.01] * 12), np.array([10.0, 10.01] * 12)]
    found = aggregates.aggregate(far_apart)
    assert found["high"] - found["low"] < 0.1, "worlds must not lend each other animals"


def test_profile_is_the_share_of_runs_above() -> None:
    thresholds = np.linspace(-0.5, 1.5, 9)
    found = aggregates.performance_profile(ONE, thresholds)
    for place, threshold in enumerate(thresholds):
        by_hand = np.mean([sum(score > threshold for score in world) / len(world) for world in ONE])
        assert found["share"][place] == pytest.approx(by_hand)
    assert (found["low"] <= found["share"]).all()
    assert (found["share"] <= found["high"]).all()


def test_profile_band_covers_a_known_share() -> None:
    covered = 0
    for trial in range(200):
        drawn = [np.random.default_rng(trial).uniform(0.0, 1.0, 40)]
        found = aggregates.performance_profile(drawn, np.array([0.5]), seed=trial)
        covered += found["low"][0] <= 0.5 <= found["high"][0]
    assert stats.binomtest(int(covered), 200, 0.95).pvalue > 1e-3


def test_probability_of_improvement_counts_pairs() -> None:
    ties = [np.array([0.0, 1.0, 1.0]), np.array([2.0, 2.0, 3.0])]
    others = [np.array([1.0, 0.0, 1.0]), np.array([3.0, 1.0, 2.0])]
    for one, other in ((ONE, OTHER), (ties, others)):
        by_hand = np.mean(
            [
                np.mean([(x > y) + 0.5 * (x == y) for x, y in zip(a, b, strict=True)])
                for a, b in zip(one, other, strict=True)
            ]
        )
        found = aggregates.probability_of_improvement(one, other)
        assert found["mean"] == pytest.approx(by_hand)
        assert found["low"] <= by_hand <= found["high"]
    swapped = aggregates.probability_of_improvement(OTHER, ONE)["mean"]
    assert swapped == pytest.approx(1.0 - aggregates.probability_of_improvement(ONE, OTHER)["mean"])
    always = aggregates.probability_of_improvement([x + 0.01 for x in ONE], ONE)
    assert always["mean"] == always["high"] == 1.0, "animals are compared with those that live in the same niche"
    assert 0.85 < always["low"] < 1.0, "48 of 48 are not certainty"
    rng, truth = np.random.default_rng(3), [0.9, 0.6]
    drawn = [
        aggregates.probability_of_improvement([(rng.random(12) < p) * 1.0 for p in truth], [np.full(12, 0.5)] * 2)
        for _ in range(400)
    ]
    assert sum(one["low"] <= 0.75 <= one["high"] for one in drawn) / 400 > 0.93


def test_detectable_difference_is_found_four_times_in_five() -> None:
    n = 20
    smallest = aggregates.minimum_detectable_difference(1.0, n)
    rng = np.random.default_rng(0)
    found = [stats.ttest_1samp(rng.normal(smallest, 1.0, n), 0.0).pvalue < 0.05 for _ in range(4000)]
    assert sum(found) / 4000 == pytest.approx(0.8, abs=0.02)


def test_paired_uses_the_pairs() -> None:
    base = RNG.normal(0.0, 10.0, 30)
    found = aggregates.paired(base + 0.5 + RNG.normal(0.0, 0.1, 30), base)
    assert found["low"] > 0.4
    assert found["p"] < 1e-4
    same = aggregates.paired(base, base)
    assert same["p"] == 1.0
    assert same["mean"] == same["low"] == same["high"] == 0.0


def test_correction_for_many_comparisons() -> None:
    assert aggregates.benjamini_hochberg([0.01, 0.04, 0.03, float("nan")])[:3] == pytest.approx([0.03, 0.04, 0.04])
    assert aggregates.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert aggregates.holm([0.6, 0.7]) == [1.0, 1.0]
    assert aggregates.holm([0.02, float("nan"), 0.01])[::2] == [0.02, 0.02]


def test_ranking_needs_animals_and_admits_ties() -> None:
    few = aggregates.rank({"a": [np.arange(4.0)], "b": [np.arange(4.0)]})
    assert few["refused"].startswith("No ranking: with 4 animals")
    base = RNG.normal(0.0, 1.0, 40)
    order = aggregates.rank(
        {"low": [base - 1.0 + RNG.normal(0, 0.1, 40)], "a": [base], "b": [base + RNG.normal(0.0, 0.1, 40)]}
    )["order"]
    assert [row["agent"] for row in order][-1] == "low"
    assert [row["tied_with_next"] for row in order] == [True, False, False]


def test_survival_is_kaplan_and_meiers() -> None:
    ages = np.array([10.0, 10.0, 30.0, np.nan, np.nan, 50.0, np.nan, np.nan])
    found = statistics.survival(ages, 100.0)
    assert found["age"].tolist()[:4] == [0.0, 10.0, 30.0, 50.0]
    assert found["alive"].tolist()[:4] == pytest.approx([1.0, 6 / 8, 5 / 8, 4 / 8])
    assert ((found["low"] <= found["alive"]) & (found["alive"] <= found["high"])).all()
    assert found["low"][1] < 0.6 < 0.9 < found["high"][1]
    assert statistics.survival(np.full(3, np.nan), 9.0)["alive"].tolist() == [1.0, 1.0]
    assert statistics.survival(np.full(3, 2.0), 9.0)["alive"].tolist()[-1] == 0.0
