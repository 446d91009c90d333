"""Ages and spans of time as people write them."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Minutes and seconds, hours and minutes from two hours on, days and hours from two days on."""
    if seconds >= 2 * 86_400:
        days, rest = divmod(seconds, 86_400)
        return f"{days:.0f} d {rest / 3600:04.1f} h"
    if seconds >= 2 * 3600:
        return f"{seconds // 3600:.0f} h {seconds % 3600 // 60:02.0f} min"
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left:02d} s"


def span(seconds: float) -> str:
    """A span of time with two digits: 0.33 s, 60 s, 17 min, 5 h."""
    for name, size in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2.0 * size:
            return f"{seconds / size:.2g} {name}"
    return f"{seconds:.2g} s"
