"""Random streams against numpy's own Philox, and their independence of batch and order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidArgument, StateMismatch, UnknownName
from core.streams import RowStreams, philox, row_seeds, stream_key

WORDS = st.integers(0, 2**64 - 1)


@given(WORDS, WORDS, st.integers(0, 2**64 - 2))
@settings(max_examples=200, deadline=None)
def test_block_equals_numpys_philox(seed: int, purpose: int, counter: int) -> None:
    ours = philox(np.uint64(seed), np.uint64(purpose), np.uint64(counter))
    key, start = np.array([seed, purpose], np.uint64), np.array([counter, 0, 0, 0], np.uint64)
    theirs = np.random.Philox(key=key, counter=start).random_raw(4)
    assert [int(word) for word in ours] == theirs.tolist()


@given(st.integers(1, 9), st.integers(1, 11), st.integers(0, 2**63))
@settings(max_examples=30, deadline=None)
def test_row_does_not_depend_on_the_batch(num_animals: int, size: int, seed: int) -> None:
    many, one = RowStreams(num_animals, ["a"]), RowStreams(1, ["a"])
    many.seed(row_seeds(seed, num_animals))
    one.seed(row_seeds(seed + num_animals - 1, 1))
    for _ in range(3):
        assert np.array_equal(many.uniform("a", size)[-1:], one.uniform("a", size))
        assert np.array_equal(many.normal("a", size)[-1:], one.normal("a", size))


def test_only_masked_rows_advance() -> None:
    streams, other = RowStreams(2, ["a"]), RowStreams(2, ["a"])
    for part in (streams, other):
        part.seed(row_seeds(5, 2))
    streams.uniform("a", 3, np.array([True, False]))
    first, second = streams.uniform("a", 3), other.uniform("a", 3)
    assert np.array_equal(first[1], second[1])
    assert not np.array_equal(first[0], second[0])


def test_distribution() -> None:
    streams = RowStreams(2000, ["a"])
    streams.seed(row_seeds(0, 2000))
    uniform, normal = streams.uniform("a", 50), streams.normal("a", 50)
    assert abs(uniform.mean() - 0.5) < 0.005
    assert uniform.min() >= 0.0
    assert uniform.max() < 1.0
    assert abs(normal.mean()) < 0.02
    assert abs(normal.std() - 1.0) < 0.02


def test_purposes_differ_and_are_checked() -> None:
    assert stream_key("weather") != stream_key("growth")
    with pytest.raises(UnknownName, match="Did you mean 'weather'"):
        RowStreams(1, ["weather"]).uniform("wether", 1)


@pytest.mark.parametrize("seed", [-1, 1.5, [1], [1, -2], 2**64])
def test_bad_seeds(seed: object) -> None:
    with pytest.raises((InvalidArgument, TypeError)):
        row_seeds(seed, 2)  # type: ignore[arg-type]


def test_state() -> None:
    streams = RowStreams(3, ["a", "b"])
    streams.seed(row_seeds(1, 3))
    streams.uniform("a", 5)
    state = streams.get_state()
    expected = streams.normal("b", 4)
    other = RowStreams(3, ["a", "b"])
    other.set_state(state)
    assert np.array_equal(other.normal("b", 4), expected)
    with pytest.raises(StateMismatch, match="lacks counter/b"):
        RowStreams(3, ["a", "b"]).set_state({k: v for k, v in state.items() if k != "counter/b"})
