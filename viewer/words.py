"""Names of acts, senses and variables as people read them."""

from __future__ import annotations

import re

from core.senses import Sense
from steering.subsystem import MutableVariable

BOUNDLESS = 1e6
"""A bound from which on a range says nothing."""
_LITTLE = ("to", "the", "a", "an", "of", "in", "at", "go", "back")
_ARROWS = "→↗↑↖←↙↓↘"
_HEADING = re.compile(r"(.*) (\d+)")
_GAZE = re.compile(r"(.*) ([+-]\d+), ([+-]\d+)")


def act_name(name: str) -> str:
    """``walk 45`` as ``walk ↗`` (degrees, counterclockwise from the right), ``look -36, +20`` as ``look ↖ 36°``; others as they are."""
    if (heading := _HEADING.fullmatch(name)) and int(heading[2]) % 45 == 0:
        return f"{heading[1]} {_ARROWS[int(heading[2]) // 45 % 8]}"
    if gaze := _GAZE.fullmatch(name):
        across, up = int(gaze[2]), int(gaze[3])
        arrow = {(True, True): "↗", (False, True): "↖", (False, False): "↙", (True, False): "↘"}[across > 0, up > 0]
        return f"{gaze[1]} {arrow} {abs(across)}°"
    return name


def short_act_name(name: str, letters: int) -> str:
    """The same in at most so many letters: the direction alone where there is one."""
    shown = act_name(name)
    if shown != name:
        return shown.partition(" ")[2].replace(" ", "")
    words = {"let the reflex act": "reflex"}.get(name, name)
    if len(words) <= letters:
        return words
    telling = [word for word in words.split() if word not in _LITTLE] or words.split()
    return (telling[0] if len(telling) == 1 else f"{telling[0][0]}.{telling[-1]}")[:letters]


def act_words(name: str) -> tuple[str, ...]:
    """The same in at most two lines."""
    shown = {"let the reflex act": "reflex"}.get(name, act_name(name))
    first, _, rest = shown.partition(" ")
    return (first, rest) if rest else (first,)


def heading_of(name: str) -> float | None:
    """Degrees counterclockwise from the right that an act such as ``walk 45`` heads for; None for others."""
    heading = _HEADING.fullmatch(name)
    return None if heading is None else float(heading[2])


def words_of_sense(sense: Sense) -> str:
    """What a sense or signal means, and its range."""
    return f"{sense.name.replace('_', ' ')}: {sense.meaning}{_range(sense.low, sense.high, sense.unit)}."


def words_of_variable(variable: MutableVariable) -> str:
    """What a mutable variable means, its range, and what changes it."""
    known = f"{variable.name.replace('_', ' ')}: {variable.meaning}{_range(variable.low, variable.high)}."
    return f"{known} Changes: {variable.changed_by}."


def _range(low: float, high: float, unit: str = "1") -> str:
    if max(abs(low), abs(high)) >= BOUNDLESS:
        return ""
    return f"; from {low:g} to {high:g}{'' if unit == '1' else f' {unit}'}"
