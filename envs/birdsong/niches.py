"""Fooled niches of Birdsong: what a young finch may hear that is not the song mates want."""

from __future__ import annotations

from envs.fooled_niches import FooledNiche

NICHES = (
    FooledNiche(
        name="loudspeaker",
        meaning="a loudspeaker gives the lessons: it sings a stranger's song, and mates want that of the home tutor",
        switch="lessons",
        honest={"singer": "home tutor"},
        fooled={"singer": "stranger"},
        source="cross-tutoring: Araki et al. 2016",
    ),
    FooledNiche(
        name="foster parent",
        meaning="a foster parent of another species gives the lessons: long harsh buzzes, where mates want the home tutor's song",
        switch="lessons",
        honest={"singer": "home tutor"},
        fooled={"singer": "foster parent"},
        source="cross-fostering: Immelmann 1969",
    ),
    FooledNiche(
        name="headphones",
        meaning="headphones from birth: the bird hears itself four semitones higher than it sings",
        switch="shift_pitch",
        honest={"cents": 0.0},
        fooled={"cents": 400.0},
        source="Sober and Brainard 2009, with a larger shift",
    ),
)
