"""Fooled niches of Rivals: wins and wounds of a fighter that are not what they seem."""

from __future__ import annotations

from envs.fooled_niches import FooledNiche

NICHES = (
    FooledNiche(
        name="mirror",
        meaning="a mirror for an animal that is alone: its image gives way to threats, and nothing is won",
        switch="hang_mirror",
        honest={"rewarding": True},
        fooled={"rewarding": False},
        source="chosen, after mirrors and models (Tinbergen 1951)",
        lures=True,
    ),
    FooledNiche(
        name="numb wounds",
        meaning="opponents whose bites are not felt, as those of leeches; the wounds harm all the same",
        switch="numbing_bites",
        honest={"harmful": False},
        fooled={"harmful": True},
    ),
)
