"""Numbers as people read them."""

from __future__ import annotations

import math
from typing import Any

NONE = "\N{EN DASH}"
"""What stands for a number that there is none of."""


def show_number(value: float | None, digits: int = 2) -> str:
    """A number with a true minus sign; a dash where there is none."""
    if value is None or math.isnan(value):
        return NONE
    text = f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return text[1:] if value < 0 and not any(digit in text for digit in "123456789") else text


def show_centre(value: dict[str, Any] | None, digits: int = 2) -> str:
    """The interquartile mean or mean of an interval."""
    return show_number(None if value is None else value.get("iqm", value.get("mean")), digits)


def show_bounds(value: dict[str, Any], digits: int = 2) -> str:
    """``[low, high]``, or words where one value has no interval."""
    if value["low"] is None or math.isnan(value["low"]):
        return "(one value)"
    return f"[{show_number(value['low'], digits)}, {show_number(value['high'], digits)}]"


def show_both(value: dict[str, Any] | None, digits: int = 2) -> str:
    """The centre and its interval."""
    return show_centre(value, digits) if value is None else f"{show_centre(value, digits)} {show_bounds(value, digits)}"


def show_p(value: float | None) -> str:
    """A p-value without false precision."""
    if value is None or math.isnan(value):
        return NONE
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def show_share(value: float) -> str:
    """A share as a percentage with at most two digits that mean something: 2%, 6.7%, 25%."""
    percent = 100 * value
    return f"{percent:.0f}%" if percent >= 9.5 or abs(percent - round(percent)) < 0.05 else f"{percent:.1f}%"


def show_rounded(value: float, digits: int = 2) -> str:
    """As :func:`show_number`, with a plain hyphen, as tables in Markdown have it."""
    return show_number(value, digits).replace("\N{MINUS SIGN}", "-")


def markdown_interval(value: dict[str, Any] | None, digits: int = 2) -> str:
    """The centre and its interval as tables in Markdown have them; the centre alone where there is no interval."""
    centre = None if value is None else value.get("iqm", value.get("mean"))
    if value is None or centre is None:
        return NONE
    low, high = value["low"], value["high"]
    interval = "" if low is None else f" [{show_rounded(low, digits)}, {show_rounded(high, digits)}]"
    return show_rounded(centre, digits) + interval


def markdown_table(heads: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
