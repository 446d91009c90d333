"""Every key of the viewer, once: what it does, and what help, buttons and docs say about it. Keys that drive are in `driving.py`."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.driving import STEERING_KEYS


@dataclass(frozen=True)
class Binding:
    """One thing that keys do.

    Attributes:
        meaning: as help says it.
        keys: names as pygame gives them.
        action: what the window does, with an
        argument: for example the part that is lesioned.
        free_keys: keys that do the same while nobody drives an animal with them.
        repeats: whether it is done again and again while a key is held.
    """

    meaning: str
    keys: tuple[str, ...]
    action: str
    argument: str = ""
    free_keys: tuple[str, ...] = ()
    repeats: bool = False


BINDINGS = (
    Binding("pause or go on", ("space",), "pause"),
    Binding("one step forward", (".",), "step", free_keys=("right",), repeats=True),
    Binding("take back one step", (",",), "back", free_keys=("left",), repeats=True),
    Binding("faster", ("+", "="), "faster", free_keys=("up",), repeats=True),
    Binding("slower", ("-",), "slower", free_keys=("down",), repeats=True),
    Binding("the next animal", ("tab",), "next", repeats=True),
    Binding("the animal before", ("backspace",), "previous", repeats=True),
    Binding("newborn", ("n",), "newborn"),
    Binding("grow up: the whole life as a time lapse; again: its end", ("g",), "grown"),
    Binding("compare: newborn and grown side by side", ("c",), "compare"),
    Binding("remove or restore learning", ("l",), "toggle", "learning"),
    Binding("remove or restore the reflex", ("r",), "toggle", "reflex"),
    Binding("remove or restore reward", ("e",), "toggle", "reward"),
    Binding("choose a manipulation of the world", ("m",), "choose"),
    Binding("apply the chosen manipulation", ("return",), "apply"),
    Binding(f"be its cortex: {', '.join(STEERING_KEYS)}, digits", ("d",), "drive"),
    Binding("save a picture", ("s",), "picture"),
    Binding("sound on or off, where there is any", ("a",), "sound"),
    Binding("this help", ("h",), "help"),
    Binding("close", ("q", "escape"), "close"),
)


_MODIFIERS = ("shift", "ctrl", "alt", "meta", "gui", "super", "mode", "lock")


def plain_name(key: str) -> str | None:
    """The name of a key as bindings have it, keys of the keypad among them; None for a key that only changes what others mean."""
    key = key.lower()
    if key.rpartition(" ")[2] in _MODIFIERS or key in ("", "numlock", "capslock", "alt gr", "menu", "unknown key"):
        return None
    if key in ("enter", "keypad enter"):
        return "return"
    return key[1] if len(key) == 3 and key[0] == "[" and key[2] == "]" else key


def binding_of(key: str, driving: bool) -> Binding | None:
    """What a key does, or None."""
    for binding in BINDINGS:
        if key in binding.keys or (key in binding.free_keys and not driving):
            return binding
    return None


def tip_of(action: str) -> str:
    """What a button for this action says when the mouse rests on it."""
    return next(f"{one.meaning} ({one.keys[0]})" for one in BINDINGS if one.action == action)


def help_rows() -> list[tuple[str, str]]:
    """(keys, meaning) of every binding, in order."""
    return [(" or ".join((*one.keys, *one.free_keys)), one.meaning) for one in BINDINGS]
