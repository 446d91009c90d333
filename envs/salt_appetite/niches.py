"""Fooled niches of SaltAppetite: a bottle that no reflex of a rat finds."""

from __future__ import annotations

from envs.fooled_niches import FooledNiche

NICHES = (
    FooledNiche(
        name="sweetener",
        meaning="a bottle that drips on the floor, where no reflex licks; it tastes of sugar and holds none",
        switch="hang_bottle",
        honest={"fluid": "sugar"},
        fooled={"fluid": "sweetener"},
        source="chosen, after saccharin",
        lures=True,
    ),
    FooledNiche(
        name="leaded sugar",
        meaning="a bottle that drips on the floor, where no reflex licks; it nourishes, and its lead harms for days and is not felt",
        switch="hang_bottle",
        honest={"fluid": "sugar"},
        fooled={"fluid": "leaded sugar"},
        source="must boiled in leaden pots, as Romans sweetened wine (Nriagu 1983); dose chosen",
        lures=True,
    ),
    FooledNiche(
        name="diuretic",
        meaning="a bottle that drips on the floor, where no reflex licks; it tastes of water, and costs more water than it gives",
        switch="hang_bottle",
        honest={"fluid": "water"},
        fooled={"fluid": "diuretic"},
        source="chosen, as sea water does",
        lures=True,
    ),
)
