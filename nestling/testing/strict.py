"""Warnings as errors, as the checkers of Gymnasium and Stable-Baselines3 deserve."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from core.renamed import GOES


@contextmanager
def strictly() -> Iterator[None]:
    """Every warning is an error, but for those about names of the last release: they must not fail a third party's tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", f".*{GOES}", DeprecationWarning)
        yield
