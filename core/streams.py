"""Counter-based random streams, one per row and name.

A draw depends only on (seed of the row, name, counter), so the life of one animal is the same
whatever the size of the batch, the order of the workers, or an interruption in between. The
generator is Philox4x64-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"); block
``c`` of a row equals what ``numpy.random.Philox(key=[seed, name], counter=[c, 0, 0, 0])`` gives
first, which is the reference that the tests compare it with.
"""

from __future__ import annotations

import hashlib
import numbers
from collections.abc import Iterable, Sequence

import numba
import numpy as np
from numba import njit

from core.errors import InvalidArgument, StateMismatch, UnknownName, shown, told, unknown_name
from core.renamed import old_names

_MULTIPLIER_0 = np.uint64(0xD2E7470EE14C6C93)
_MULTIPLIER_1 = np.uint64(0xCA5A826395121157)
_WEYL_0 = np.uint64(0x9E3779B97F4A7C15)
_WEYL_1 = np.uint64(0xBB67AE8584CAA73B)
_LOW_HALF = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_ELEVEN = np.uint64(11)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_TO_UNIT = 1.0 / 9007199254740992.0


@njit(cache=True, inline="always")
def _high_product(a, b):
    a_low, a_high = a & _LOW_HALF, a >> _HALF
    b_low, b_high = b & _LOW_HALF, b >> _HALF
    middle = a_high * b_low + ((a_low * b_low) >> _HALF)
    carry = a_low * b_high + (middle & _LOW_HALF)
    return a_high * b_high + (middle >> _HALF) + (carry >> _HALF)


@njit(cache=True)
def philox(seed, name, counter):
    """Four 64-bit words of block ``counter`` of the stream keyed by (``seed``, ``name``)."""
    c0, c1, c2, c3 = counter + _ONE, _ZERO, _ZERO, _ZERO
    k0, k1 = seed, name
    for _ in range(10):
        high0, low0 = _high_product(_MULTIPLIER_0, c0), _MULTIPLIER_0 * c0
        high1, low1 = _high_product(_MULTIPLIER_1, c2), _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = k0 + _WEYL_0, k1 + _WEYL_1
    return c0, c1, c2, c3


@njit(cache=True)
def _fill_uniform(seeds, name, counters, mask, out):
    size = out.shape[1]
    for row in range(out.shape[0]):
        if not mask[row]:
            continue
        counter = counters[row]
        for start in range(0, size, 4):
            words = philox(seeds[row], name, counter)
            counter += _ONE
            for offset in range(min(4, size - start)):
                out[row, start + offset] = (words[offset] >> _ELEVEN) * _TO_UNIT
        counters[row] = counter


@njit(cache=True)
def _to_normal(uniform, out):
    for row in range(out.shape[0]):
        for pair in range(0, out.shape[1], 2):
            radius = np.sqrt(-2.0 * np.log(1.0 - uniform[row, pair]))
            angle = 2.0 * np.pi * uniform[row, pair + 1]
            out[row, pair] = radius * np.cos(angle)
            if pair + 1 < out.shape[1]:
                out[row, pair + 1] = radius * np.sin(angle)


if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]  # plain NumPy warns where a word wraps around, as it must here
    _fill_uniform = np.errstate(over="ignore")(_fill_uniform)


def stream_key(name: str) -> np.uint64:
    """The 64-bit key of a name: the first eight bytes of its BLAKE2b digest."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


class RowStreams:
    """Random streams for ``num_animals`` animals, one for each animal and name.

    Args:
        num_animals: how many.
        names: the names that may be drawn from; declared so that a saved state is complete.
    """

    def __init__(self, num_animals: int, names: Iterable[str]) -> None:
        self.num_animals = num_animals
        self.seeds = np.zeros(num_animals, np.uint64)
        self._keys = {name: stream_key(name) for name in names}
        self._counters = {name: np.zeros(num_animals, np.uint64) for name in self._keys}
        self._everyone = np.ones(num_animals, bool)
        self._whole: tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]] | None = None

    def seed(self, seeds: np.ndarray, mask: np.ndarray | None = None) -> None:
        """Give new seeds to the chosen animals (bool mask, default all) and start their counters at 0."""
        mask = self._everyone if mask is None else mask
        self.seeds[mask] = np.asarray(seeds, np.uint64)[mask]
        for counters in self._counters.values():
            counters[mask] = 0

    def uniform(self, name: str, size: int, mask: np.ndarray | None = None) -> np.ndarray:
        """Draw float64 in [0, 1), shape (animals, ``size``); animals outside the mask get 0 and do not advance."""
        out = np.zeros((self.num_animals, size))
        try:
            key, counters = self._keys[name], self._counters[name]
        except KeyError:
            raise self._unknown(name) from None
        _fill_uniform(self.seeds, key, counters, self._everyone if mask is None else mask, out)
        return out

    def normal(self, name: str, size: int, mask: np.ndarray | None = None) -> np.ndarray:
        """Draw standard normal float64 by Box and Muller (1958), shape (animals, ``size``); see :meth:`uniform`."""
        uniform = self.uniform(name, size + size % 2, mask)
        out = np.empty((self.num_animals, size))
        _to_normal(uniform, out)
        return out

    def _unknown(self, name: str) -> UnknownName:
        return unknown_name("random stream", name, self._keys, "Declare it in the stream_names of its owner.")

    def get_state(self) -> dict[str, np.ndarray]:
        """Copies of the seeds and of every counter."""
        return {"seeds": self.seeds.copy()} | {f"counter/{k}": v.copy() for k, v in self._counters.items()}

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; raises :class:`StateMismatch` when it does not fit."""
        expected = self.get_state()
        check_same_layout("random streams", expected, state)
        self.seeds[:] = state["seeds"]
        for name, counters in self._counters.items():
            counters[:] = state[f"counter/{name}"]

    def narrow(self, rows: np.ndarray) -> None:
        """Draw for these rows alone until :meth:`widen`; see :func:`core.batch_state.only`."""
        self._whole = rows, self.seeds, self._counters
        self._hold(self.seeds[rows], {name: counters[rows] for name, counters in self._counters.items()})

    def widen(self) -> None:
        """Draw for all rows again, each from where it was left."""
        assert self._whole is not None
        few, (rows, seeds, counters), self._whole = self._counters, self._whole, None
        for name, counter in counters.items():
            counter[rows] = few[name]
        self._hold(seeds, counters)

    def _hold(self, seeds: np.ndarray, counters: dict[str, np.ndarray]) -> None:
        self.num_animals, self.seeds, self._counters = len(seeds), seeds, counters
        self._everyone = np.ones(len(seeds), bool)


def row_seeds(seed: int | Sequence[int] | np.ndarray, num_animals: int) -> np.ndarray:
    """Seeds of ``num_animals`` rows: ``seed + i`` for an int (as Gymnasium's SyncVectorEnv does), or the given list.

    Raises:
        InvalidArgument: a seed is negative, fractional or 2**64 or more, or the list has a wrong length.
    """
    wanted = "A seed must be a whole number from 0 to 2**64 - 1"
    if isinstance(seed, numbers.Integral) and not isinstance(seed, bool):
        seeds = [int(seed) + i for i in range(num_animals)]
    else:
        try:
            seeds = list(seed)  # type: ignore[arg-type]  # what else it may be is found out here
        except TypeError:
            raise InvalidArgument(f"{wanted}, or one for each animal, not {shown(seed)}.") from None
    if len(seeds) != num_animals:
        raise InvalidArgument(
            f"There are {len(seeds)} seeds for {num_animals} animals; give one seed, or one for each animal."
        )
    for value in seeds:
        if not isinstance(value, numbers.Integral) or isinstance(value, bool) or not 0 <= int(value) < 2**64:
            raise InvalidArgument(f"{wanted}, not {shown(value)}.")
    return np.array(seeds, np.uint64)


def check_same_layout(owner: str, expected: dict[str, np.ndarray], given: dict[str, np.ndarray]) -> None:
    """Raise :class:`StateMismatch` unless both dictionaries have the same names, shapes and dtypes."""
    if not isinstance(given, dict) or not all(isinstance(name, str) for name in given):
        raise StateMismatch(f"The saved state of the {owner} must be a dictionary of arrays by name, not {shown(given)}.")
    if missing := sorted(expected.keys() - given.keys()):
        raise StateMismatch(f"The saved state of the {owner} lacks {', '.join(missing)}: it was made by another version.")
    if extra := sorted(given.keys() - expected.keys()):
        raise StateMismatch(f"The saved state of the {owner} has unknown entries {', '.join(extra)}.")
    for name, array in expected.items():
        try:
            other = np.asarray(given[name])
        except Exception as error:  # ragged lists, tensors of other libraries ...
            raise StateMismatch(f"In the saved state of the {owner}, {name!r} is no array ({told(error)}).") from None
        if other.shape != array.shape or other.dtype != array.dtype:
            raise StateMismatch(
                f"In the saved state of the {owner}, {name!r} is {other.dtype}{list(other.shape)} "
                f"but {array.dtype}{list(array.shape)} is needed: it belongs to another set-up."
            )


__getattr__ = old_names(__name__)
