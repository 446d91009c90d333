"""Structured dtypes that kernels read as ``records[row].field``, compiled or not."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np


def record_dtype(fields: Any, align: bool = False) -> np.dtype:
    """A structured dtype; under ``NUMBA_DISABLE_JIT=1`` one whose rows give their fields as attributes, as they do in a kernel."""
    dtype = np.dtype(fields, align=align)
    return np.dtype((np.record, dtype)) if numba.config.DISABLE_JIT else dtype  # type: ignore[attr-defined]
