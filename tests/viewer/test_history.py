"""What the viewer remembers of the last few hundred ticks."""

from __future__ import annotations

import numpy as np

from agents.life import live
from agents.population import Population
from viewer.history import LENGTH, History


def test_share_of_control_by_what_steering_wants() -> None:
    population, history = Population("steered", "Rivals", 2, seed=3), History(1)
    assert history.share_by_want() == {}
    ticks: list[tuple[int, bool]] = []
    live(
        population,
        LENGTH + 200,
        [history, lambda _, tick: ticks.append((int(tick.reflex.want[1]), bool(tick.in_charge[1])))],
    )
    shares = history.share_by_want()
    counts = [count for _, count in shares.values()]
    assert sum(counts) == LENGTH
    assert counts == sorted(counts, reverse=True)
    assert len(counts) > 1
    for want, (share, count) in shares.items():
        seen = [learner for wanted, learner in ticks[-LENGTH:] if wanted == want]
        assert (share, count) == (np.mean(seen), len(seen))
