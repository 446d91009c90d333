"""Fooled niches of OdourChoice: sweetness where no innate reflex of a fly looks for it."""

from __future__ import annotations

from envs.fooled_niches import FooledNiche

NICHES = (
    FooledNiche(
        name="sweetener",
        meaning="a sweet film, which legs do not feel, at the end of arms that announce nothing; it does not nourish",
        switch="spread_film",
        honest={"film": "sugar"},
        fooled={"film": "sweetener"},
        source="chosen, after sugars that are sweet and of no use to a fly (Burke and Waddell 2011)",
        lures=True,
    ),
    FooledNiche(
        name="bait",
        meaning="a film of sugar, which legs do not feel, at the end of arms that announce nothing; it poisons too late to be felt",
        switch="spread_film",
        honest={"film": "sugar"},
        fooled={"film": "bait"},
        source="sugar baits against mosquitoes (Fiorenzano et al. 2017)",
        lures=True,
    ),
)
