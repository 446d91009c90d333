"""Fooled niches of Orienting: things that an owl can centre and not eat."""

from __future__ import annotations

from envs.fooled_niches import FooledNiche

NICHES = (
    FooledNiche(
        name="mirage",
        meaning="prey is seen and heard beside where it is, by as much as its sites are apart",
        switch="mirage",
        honest={"degrees": 0.0},
        fooled={"degrees": 24.0},
        source="chosen, after prisms (Knudsen and Knudsen 1990), with sound shifted alike",
    ),
    FooledNiche(
        name="glitter",
        meaning="something straight ahead that is seen by whoever looks there, for ever; it is no prey",
        switch="place_ahead",
        honest={"prey": True},
        fooled={"prey": False},
        lures=True,
    ),
)
