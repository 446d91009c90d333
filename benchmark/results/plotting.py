"""The look of all figures: the library's defaults and what is changed here, whatever settings the user has for figures of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def own_style(changes: Any = None) -> Iterator[None]:
    """Within the block figures start from matplotlib's defaults; afterwards the user's settings are back."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        with mpl.rc_context(changes):
            yield
