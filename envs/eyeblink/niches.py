"""Fooled niches of Eyeblink: something that stirs because of what the lid does."""

from __future__ import annotations

from envs.fooled_niches import FooledNiche

NICHES = (
    FooledNiche(
        name="grit",
        meaning="grit in the lashes that stirs while the eye is half closed, and scratches without being felt",
        switch="hang_in_lashes",
        honest={"thing": "insects"},
        fooled={"thing": "grit"},
        lures=True,
    ),
)
