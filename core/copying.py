"""Copying within kernels, entry by entry.

Where arrays are assigned to each other in a kernel, numba also compiles the message of the error that follows if their shapes differ,
with all that it takes to write a text. That takes seconds in every process that compiles such a kernel.
"""

from __future__ import annotations

from numba import njit


@njit(cache=True)
def copy_vector(source, target):
    """Fill ``target`` (n,) from ``source`` (n,)."""
    for index in range(target.shape[0]):
        target[index] = source[index]


@njit(cache=True)
def copy_matrix(source, target):
    """Fill ``target`` (n, m) from ``source`` (n, m)."""
    for row in range(target.shape[0]):
        for column in range(target.shape[1]):
            target[row, column] = source[row, column]
