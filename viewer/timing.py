"""Ages as people write them."""

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
