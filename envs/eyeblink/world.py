"""Eyeblink: a tone, a light, a wind or a touch announces puffs of sand to an eye that must be open to find food."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Box

from core.arguments import Number, OneOf, in_range
from core.batch_state import Field, RecordState
from core.errors import InvalidArgument
from core.manipulations import manipulation
from core.senses import Sense, Senses
from envs.eyeblink.events import (
    BARE,
    COURSE,
    CUES,
    DRAWS,
    LASHES,
    LONGEST,
    LONGEST_GAP,
    NONE,
    OMITTED,
    PUFF,
    SHORTEST,
    SHORTEST_GAP,
    STRONGEST,
    WEAKEST,
    begin_events,
    blink,
    draw_interval,
    pass_time,
    sense_cues,
)
from envs.eyeblink.niches import NICHES
from envs.world import World

LONGEST_TRAINED = 1.0  # s, longest interval that an experimenter can set


class Eyeblink(World):
    """An eye that must be open to find food, and closed when a puff of sand comes.

    Description:
        Every one or two seconds something stirs around the animal: a tone, a light, a wind or a touch, which stays on. Two of the
        four announce a puff of sand, each after an interval of this animal's own (150 to 600 ms, drawn at birth). One
        announces nothing, and one is kept for experiments. A tenth of the announced puffs fail to come, and a tenth of all
        events are puffs that nothing announces. What stirs also brings up food: five times as much is in view while it lasts,
        so that an eye closed throughout a cue goes hungry.
    Observation:
        A flat Box; see ``senses``. Only steering feels the puff and the lid.
    Action:
        Box(-1, 1, (1,), float32): wanted position of the lid, -1 open, 1 closed; reached with a time constant of 20 ms when it
        closes, 60 ms when it opens.
    Reward:
        Fitness: food found, 1 a second (5 while something stirs) times the openness of the eye, less 80 a second of puff on an open
        eye. Grit that an experimenter hangs in the lashes takes 8 a second from a half closed eye.
    Start:
        Eye open, nothing stirs.
    End:
        Truncated after ``max_episode_steps`` (default 2,000 steps of 10 ms).
    Arguments:
        num_envs, autoreset_mode, max_episode_steps, render_mode, dt: see :class:`envs.world.World`.
    Version history:
        v0: first version.
    Source:
        Delay eyeblink conditioning: Schneiderman and Gormezano (1964), Disterhoft et al. (1977). The ecology is chosen.
    """

    id = "Eyeblink-v0"
    fooled_niches = NICHES
    dt = 0.01
    episode_steps = 2000
    life_episodes = 30
    grown_episodes = 15
    random_hold = 0.5
    fitness_unit = "food a day"
    stream_names = ("niche", "events")
    single_action_space = Box(-1.0, 1.0, (1,), np.float32)
    action_names = ("close the lid",)
    senses = Senses(
        *(Sense(name, "1", 0.0, STRONGEST, f"strength of the {name}") for name in CUES),
        Sense("puff", "1", 0.0, 1.0, "1 while a puff is felt, on the eye or on the closed lid", heard_by=("steering",)),
        Sense("lid", "1", 0.0, 1.0, "position of the lid, 1 closed", heard_by=("steering",)),
    )

    state = (
        Field("lid", "1", "position of the lid, 1 closed", 0.0, 0.0, 1.0),
        Field("food", "1", "food found in this step", 0.0, 0.0),
        Field("damage", "1", "damage done in this step", 0.0, 0.0),
        Field("cue", "index", "the cue that is on, -1 for none", NONE, NONE, len(CUES) - 1),
        Field("with_cue", "index", "a second cue that is on with it, -1 for none", NONE, NONE, len(CUES) - 1),
        Field("strength", "1", "of the cue that is on, or was last", 1.0, WEAKEST, STRONGEST),
        Field("since", "step", "since the present event began, or the last one", 0, 0),
        Field("puff_at", "step", "of the event at which the puff comes, -1 for none", NONE, NONE),
        Field("event_steps", "step", "that the present event lasts", 0, 0),
        Field("puff_left", "step", "that the puff still lasts", 0, 0),
        Field("wait", "step", "until the next event", round(SHORTEST_GAP / 0.01), high=round(LONGEST_GAP / 0.01)),
        Field("next_gap", "step", "from the end of this event to the next", round(SHORTEST_GAP / 0.01), 0),
        Field("course", "1", "position of the lid at each step since the event began", np.zeros(COURSE), 0.0, 1.0),
        Field(
            "interval", "s", "from each cue to its puff, this animal's own", np.full(len(CUES), SHORTEST), SHORTEST, LONGEST
        ),
        Field(
            "role",
            "index",
            "of each cue: 0 and 1 announce, 2 does not, 3 is kept for experiments",
            np.arange(len(CUES)),
            0,
            3,
        ),
        Field("only", "index", "the one cue of a training, -1 without training", NONE, NONE, len(CUES) - 1),
        Field("compound", "index", "a cue that comes with it, -1 for none", NONE, NONE, len(CUES) - 1),
        Field("trained_interval", "s", "of the training", 0.25, 0.0, LONGEST_TRAINED),
        Field("second_interval", "s", "of some of its trials, 0 for none", 0.0, 0.0, LONGEST_TRAINED),
        Field("second_share", "1", "share of its trials that have the second interval", 0.5, 0.0, 1.0),
        Field("cue_lasts", "s", "that its cue lasts, 0 until the puff ends", 0.0, 0.0, LONGEST_TRAINED),
        Field("omitted", "1", "share of announced puffs that fail to come", OMITTED, 0.0, 1.0),
        Field("puffs_off", "bool", "whether no puff comes any more", False, 0, 1),
        Field("silent", "bool", "whether no event begins", False, 0, 1),
        Field("lashes", "index", "what hangs in the lashes, in LASHES", BARE, BARE, len(LASHES) - 1),
        Field("lured", "bool", "whether the half closed eye watches that in this step", False, 0, 1),
    )

    body: RecordState

    def __init__(self, num_envs: int = 1, *, dt: float | None = None, **options: Any) -> None:
        if dt is not None and in_range("dt", dt) != self.dt:
            raise InvalidArgument(f"{self.id} counts intervals in steps of {self.dt:g} s; dt cannot be {dt!r}.")
        super().__init__(num_envs, **options)
        self._puff_steps = round(PUFF / self.dt)

    def _be_born(self, mask: np.ndarray) -> None:
        draw, body = self.streams.uniform("niche", 2 * len(CUES), mask), self.body
        body.role[mask] = np.argsort(draw[mask, : len(CUES)], axis=1, kind="stable")
        body.interval[mask] = draw_interval(draw[mask, len(CUES) :], self.dt)

    def _begin_episode(self, mask: np.ndarray) -> None:
        of_episode = (
            "lid",
            "food",
            "damage",
            "cue",
            "with_cue",
            "since",
            "puff_at",
            "event_steps",
            "puff_left",
            "wait",
            "course",
            "lured",
        )
        self.body.restart(mask, *of_episode)

    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        records, fitness, due = self.body.records, np.empty(self.num_envs), np.empty(self.num_envs, bool)
        blink(records, action, self.dt, fitness)
        pass_time(records, self._puff_steps, due)
        if due.any():
            begin_events(records, due, self.streams.uniform("events", DRAWS, due), self.dt, self._puff_steps)
        return fitness, np.zeros(self.num_envs, bool)

    def _sense(self, reading: Any) -> None:
        cues = np.empty((self.num_envs, len(CUES)), np.float32)
        sense_cues(self.body.records, self.dt, cues)
        for index, name in enumerate(CUES):
            reading[name][:] = cues[:, index]
        reading["puff"][:] = self.body.puff_left > 0
        reading["lid"][:] = self.body.lid

    def _facts(self) -> dict[str, np.ndarray]:
        return {name: getattr(self.body, name) for name in ("lid", "cue", "since", "puff_at", "puff_left", "damage")}

    def _oracle(self) -> np.ndarray:
        """Knows when the next puff comes: closes 60 ms before it, and opens 20 ms before its end."""
        body = self.body
        ahead = np.where((body.cue >= 0) & (body.puff_at >= 0), body.puff_at - body.since, COURSE)
        soon = (ahead > 0) & (ahead <= 0.06 / self.dt)
        return np.where(soon | (body.puff_left > 0.02 / self.dt), 1.0, -1.0).astype(np.float32)[:, None]

    # -- manipulations ---------------------------------------------------------------------------

    @manipulation(
        cue=OneOf(CUES),
        interval=Number(0.02, LONGEST_TRAINED, "s"),
        second_interval=Number(0.02, LONGEST_TRAINED, "s"),
        second_share=Number(0.0, 1.0),
        with_cue=OneOf(CUES),
        cue_lasts=Number(0.01, LONGEST_TRAINED, "s"),
        omitted=Number(0.0, 1.0),
    )
    def train(
        self,
        mask: np.ndarray,
        cue: str = "tone",
        interval: float = 0.25,
        second_interval: float | None = None,
        second_share: float = 0.5,
        with_cue: str | None = None,
        cue_lasts: float | None = None,
        omitted: float = OMITTED,
    ) -> None:
        """Only one cue comes, with this interval to its puff (s), or a second one in some of the trials; alone, or with another cue."""
        body = self.body
        if with_cue == cue:
            raise InvalidArgument(f"with_cue must be another cue than {cue!r}.")
        if cue_lasts is not None and cue_lasts > interval:
            raise InvalidArgument(f"cue_lasts must be at most the interval, {interval:g} s, not {cue_lasts:g} s.")
        body.only[mask] = CUES.index(cue)
        body.compound[mask] = NONE if with_cue is None else CUES.index(with_cue)
        body.trained_interval[mask], body.second_interval[mask] = interval, second_interval or 0.0
        body.second_share[mask] = second_share
        body.cue_lasts[mask], body.omitted[mask] = cue_lasts or 0.0, omitted
        self._fall_silent(mask)

    @manipulation
    def live_freely(self, mask: np.ndarray) -> None:
        """End a training: all cues come again as they do in this animal's life."""
        body = self.body
        body.only[mask], body.omitted[mask], body.cue_lasts[mask] = NONE, OMITTED, 0.0
        self._fall_silent(mask)

    @manipulation
    def withhold_puffs(self, mask: np.ndarray, withheld: bool = True) -> None:
        """Let no puff come any more (``withheld=False`` lets them come again)."""
        self.body.puffs_off[mask] = withheld

    @manipulation
    def puff(self, mask: np.ndarray) -> None:
        """Blow a puff now."""
        self.body.puff_left[mask] = self._puff_steps

    @manipulation
    def quiet(self, mask: np.ndarray, quiet: bool = True) -> None:
        """Let no event begin by itself."""
        self.body.silent[mask] = quiet

    @manipulation(thing=OneOf(LASHES))
    def hang_in_lashes(self, mask: np.ndarray, thing: str = "insects") -> None:
        """Hang something in the lashes that stirs while the eye is half closed: insects, which are food, or grit, which scratches."""
        self.body.lashes[mask] = LASHES.index(thing)

    def _fall_silent(self, mask: np.ndarray) -> None:
        """End what is going on, so that no event is half of one kind and half of another."""
        self.body.cue[mask], self.body.with_cue[mask], self.body.puff_left[mask] = NONE, NONE, 0
        self.body.puff_at[mask], self.body.wait[mask] = NONE, round(SHORTEST_GAP / self.dt)
