"""Fooled niches of LoomingEscape: food and alarms that a mouse can learn to use."""

from __future__ import annotations

from envs.fooled_niches import FooledNiche

NICHES = (
    FooledNiche(
        name="empty food",
        meaning="a rich patch of food that no reflex can smell; it tastes as food does, and does not nourish",
        switch="scentless_food",
        honest={"food": "grain"},
        fooled={"food": "empty food"},
        source="chosen, after artificial sweeteners",
        lures=True,
    ),
    FooledNiche(
        name="bait",
        meaning="a rich patch of poisoned grain that no reflex can smell; it tastes as grain does, and harms too late to be felt",
        switch="scentless_food",
        honest={"food": "grain"},
        fooled={"food": "bait"},
        source="rodent baits that act days after they were eaten, so that they are not avoided (Hadler and Buckle 1992)",
        lures=True,
    ),
    FooledNiche(
        name="alarm at will",
        meaning="a board at the shelter's door that creaks: relief can be had again and again, by alarming oneself",
        switch="loose_board",
        honest={"creaks": False},
        fooled={"creaks": True},
        lures=True,
    ),
)
