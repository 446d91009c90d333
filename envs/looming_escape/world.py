"""LoomingEscape: a mouse-like animal forages in an open arena under a sky that sometimes kills."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gymnasium.spaces import Box

from core.arguments import Number, OneOf
from core.batch_state import Field, RecordState
from core.manipulations import manipulation
from core.senses import Sense, Senses
from envs.looming_escape.niches import NICHES
from envs.looming_escape.physics import (
    ALARMING,
    ARENA,
    BELOW,
    BOARD_AWAY,
    CONTRAST,
    FASTEST,
    FIRST_TIME,
    FOOD_ITEMS,
    GAP,
    KILL_MOVING,
    KILL_RUNNING_AWAY,
    KILL_STILL,
    KINDS,
    LARGEST,
    NO_BOARD,
    NO_PATCH,
    NONE,
    PATCHES,
    RUN_SPEED,
    SHELTER_RADIUS,
    SILENT,
    SIZE_OVER_SPEED,
    SMELL_LENGTH,
    STRIKE,
    WHISKER,
    fly,
    forage,
    move,
    needs_growth,
    niche,
    out_of_the_way,
    perceive,
    place_food,
    towards_the_middle,
)
from envs.world import World


class LoomingEscape(World):
    """A walled arena with one dark shelter, food that regrows, and discs overhead.

    Description:
        A mouse-like animal in a square arena of 1.2 m walks (0.25 m/s is typical) or runs (0.8 m/s, the
        order of peak escape speeds in mice; chosen). A dark shelter (radius 0.16 m, at a wall) and two
        food sites lie where this animal's seed puts them; three food items regrow, mostly near the sites.
        Every 5-7 s a disc appears overhead: a strike (22%: dark, contrast 0.6-1, l/|v| 0.15-0.3 s, 3 s
        from appearing to contact), a faint harmless loom (22%: contrast 0.1-0.4), a slow one that passes
        (16%), a sweep of 5 degrees at 20 degrees/s (16%), a receding one (12%) or a white one (12%).
        Times are longer than in the laboratory's 250 ms stimulus, so that a run across the arena takes
        as long as an approach. A strike kills an animal outside the shelter with probability 0.75 when
        it moves, 0.4 when it keeps still, and 0.3 when it runs straight away from the disc. An episode
        is one day of 100 s.
    Observation:
        A flat Box; see ``senses`` for names, units, bounds and who hears what.
    Action:
        Box(-1, 1, (2,), float32): wanted velocity (x, y) as a share of 0.8 m/s, in the arena's frame;
        longer vectors are shortened to 1. First-order inertia of 0.1 s.
    Reward:
        Fitness in food items: +1 for each item eaten, less 0.2 per second at full running speed
        (times the squared share of that speed). Death ends the day, so what it would have eaten is lost.
    Start:
        In the shelter, with half of the energy store.
    End:
        Terminated by capture; truncated after ``max_episode_steps`` (default 1000 steps of 0.1 s).
    Arguments:
        num_envs, autoreset_mode, max_episode_steps, render_mode, dt: see :class:`envs.world.World`.
    Version history:
        v0: first version.
    Source:
        Looming and sweeping discs: Yilmaz and Meister (2013), De Franceschi et al. (2016). Shelter as a
        memorised goal: Vale et al. (2017). Optics theta = 2 atan(l / (|v| t)): Gabbiani et al. (1999).
    """

    id = "LoomingEscape-v0"
    fooled_niches = NICHES
    dt = 0.1
    episode_steps = 1000
    fitness_unit = "food items a day"
    stream_names = ("niche", "start", "weather", "growth", "fate")
    single_action_space = Box(-1.0, 1.0, (2,), np.float32)
    action_names = ("walk across", "walk up and down")
    senses = Senses(
        Sense("angular_size", "rad", 0.0, LARGEST, "angle that the disc overhead subtends; 0 without one", scale=0.2),
        Sense("expansion", "rad/s", -FASTEST, FASTEST, "rate of change of the angular size", scale=0.1),
        Sense("translation", "rad/s", 0.0, 1.0, "angular speed of a disc that moves without expanding"),
        Sense("contrast", "1", -1.0, 1.0, "contrast of the disc, positive when darker than the sky"),
        Sense("disc_direction", "1", -1.0, 1.0, "unit vector towards the disc's azimuth, arena frame", (2,)),
        Sense("elevation", "rad", -math.pi / 2, math.pi / 2, "elevation of the disc; negative below the horizon"),
        Sense("loudness", "1", 0.0, 1.0, "loudness of an alarming sound"),
        Sense("darkness", "1", 0.0, 1.0, "1 under the shelter's roof"),
        Sense(
            "smell",
            "1",
            -3.0,
            3.0,
            f"sum over food items of exp(-distance / {SMELL_LENGTH:g} m) along their directions",
            (2,),
            scale=0.2,
        ),
        Sense("touch", "1", -1.0, 1.0, f"push of a wall within {100 * WHISKER:g} cm on the whiskers, away from it", (2,)),
        Sense("place", "1", -1.0, 1.0, "path-integrated place in the arena, the centre at 0, the walls at +-1", (2,)),
        Sense("hunger", "1", 0.0, 1.0, "empty share of the energy store"),
        Sense("taste", "1", 0.0, 3.0, "food items eaten in this step"),
        Sense("pain", "1", 0.0, 1.0, "1 when captured", heard_by=("steering",)),
    )

    state = (
        Field("position", "m", "place in the arena", np.zeros(2), 0.0, ARENA),
        Field("velocity", "m/s", "velocity", np.zeros(2), -RUN_SPEED, RUN_SPEED),
        Field("energy", "1", "full share of the energy store", 0.5, 0.0, 1.0),
        Field("shelter", "m", "middle of the shelter", np.zeros(2), 0.0, ARENA),
        Field("shelter_present", "bool", "whether there is a shelter", True, 0, 1),
        Field("shelter_dark", "bool", "whether it is dark under its roof", True, 0, 1),
        Field("site", "m", "two sites near which food regrows", np.zeros((2, 2)), 0.0, ARENA),
        Field("food", "m", "where each food item is, or was last", np.zeros((FOOD_ITEMS, 2)), 0.0, ARENA),
        Field("food_wait", "s", "until each eaten item regrows; 0 where it is there", np.zeros(FOOD_ITEMS), 0.0),
        Field("eaten", "1", "items eaten in this step", 0, 0, FOOD_ITEMS),
        Field("captured", "bool", "whether it was captured in this step", False, 0, 1),
        Field("disc_kind", "index", "kind of disc overhead, -1 for none", NONE, NONE, len(KINDS) - 1),
        Field("disc_time", "s", "to contact, or that are left of a sweep", 0.0),
        Field("disc_size_over_speed", "s", "l/|v| of the disc", 0.2, 0.0),
        Field("disc_contrast", "1", "contrast of the disc, positive when darker than the sky", 0.0, -1.0, 1.0),
        Field("disc_azimuth", "rad", "direction of the disc in the arena's frame", 0.0, -10.0, 10.0),
        Field("disc_elevation", "rad", "elevation of the disc", 0.0, -0.5 * math.pi, 0.5 * math.pi),
        Field("until_next", "s", "until the next disc appears", 0.0, high=GAP[1]),
        Field("quiet", "bool", "whether no disc appears by itself", False, 0, 1),
        Field("loudness", "1", "loudness of an alarming sound", 0.0, 0.0, 1.0),
        Field("sound_left", "s", "that it goes on", 0.0, 0.0),
        Field("numb", "bool", "whether strikes pass without capture", False, 0, 1),
        Field("patch", "index", "patch of food without smell, in PATCHES", NO_PATCH, NO_PATCH, len(PATCHES) - 1),
        Field("patch_at", "m", "where it is", np.zeros(2), 0.0, ARENA),
        Field("patch_wait", "s", "until it has another bite", 0.0, 0.0),
        Field("board", "index", "loose board: 0 none, 1 silent, 2 it creaks", NO_BOARD, NO_BOARD, ALARMING),
        Field("board_at", "m", "where it is", np.zeros(2), 0.0, ARENA),
        Field("on_board", "bool", "whether the animal stands on it", False, 0, 1),
        Field("lured", "bool", "whether it bit the patch, or trod on the board, in this step", False, 0, 1),
    )

    body: RecordState

    def _be_born(self, mask: np.ndarray) -> None:
        draw = self.streams.uniform("niche", 40, mask)
        for row in np.flatnonzero(mask):
            shelter, sites = niche(draw[row])
            self.body.shelter[row] = shelter
            self.body.site[row] = sites
            self.body.patch_at[row] = out_of_the_way(shelter, sites)
            self.body.board_at[row] = shelter + BOARD_AWAY * towards_the_middle(shelter)

    def _begin_episode(self, mask: np.ndarray) -> None:
        body = self.body
        draw = self.streams.uniform("start", 16, mask)
        body.restart(
            mask,
            "velocity",
            "energy",
            "food_wait",
            "eaten",
            "captured",
            "disc_kind",
            "loudness",
            "sound_left",
            "disc_contrast",
            "patch_wait",
            "on_board",
            "lured",
        )
        body.position[mask] = (body.shelter + 0.1 * (draw[:, :2] - 0.5))[mask]
        np.clip(body.position, 0.0, ARENA, out=body.position)
        body.until_next[mask] = GAP[0] + (GAP[1] - GAP[0]) * draw[mask, 2]
        for row in np.flatnonzero(mask):
            for item in range(FOOD_ITEMS):
                place_food(body.food[row, item], body.site[row], draw[row, 3 + 4 * item : 7 + 4 * item])

    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        body, dt = self.body, self.dt
        fitness = np.empty(self.num_envs)
        struck = np.empty(self.num_envs, bool)
        weather = self.streams.uniform("weather", 6, (body.disc_kind == NONE) & (body.until_next <= dt) & ~body.quiet)
        move(body.records, action, dt)
        growth = self.streams.uniform("growth", 15, needs_growth(body.records, dt))
        forage(body.records, growth, dt, fitness)
        fly(body.records, weather, dt, struck)
        body.captured = False
        if struck.any():
            self._strike(struck)
        return fitness, body.captured.copy()

    def _strike(self, struck: np.ndarray) -> None:
        body = self.body
        away = np.stack([-np.cos(body.disc_azimuth), -np.sin(body.disc_azimuth)], axis=1)
        speed = np.hypot(body.velocity[:, 0], body.velocity[:, 1])
        along = body.velocity[:, 0] * away[:, 0] + body.velocity[:, 1] * away[:, 1]
        running_away = (speed > 0.5 * RUN_SPEED) & (along > 0.9 * speed)
        still = speed < 0.1 * RUN_SPEED
        chance = np.where(running_away, KILL_RUNNING_AWAY, np.where(still, KILL_STILL, KILL_MOVING))
        fate = self.streams.uniform("fate", 1, struck)[:, 0]
        body.captured = struck & ~self.sheltered & ~body.numb & (fate < chance)

    @property
    def sheltered(self) -> np.ndarray:
        """(animals,) bool: under the shelter's roof."""
        away = self.body.position - self.body.shelter
        return (np.hypot(away[:, 0], away[:, 1]) < SHELTER_RADIUS) & self.body.shelter_present

    def _sense(self, reading: Any) -> None:
        perceive(self.body.records, reading)

    def _facts(self) -> dict[str, np.ndarray]:
        body = self.body
        return {
            "captured": body.captured,
            "eaten": body.eaten,
            "sheltered": self.sheltered,
            "threat": body.disc_kind,
        }

    def _oracle(self) -> np.ndarray:
        """Knows which discs kill and when, where all food is, and where the shelter is."""
        body = self.body
        to_shelter = body.shelter - body.position
        distance = np.hypot(to_shelter[:, 0], to_shelter[:, 1])
        strike = (body.disc_kind == STRIKE) & body.shelter_present
        needed = np.maximum(0.0, distance - 0.5 * SHELTER_RADIUS) / RUN_SPEED + 0.35
        flee = strike & (body.disc_time <= needed) & (distance > 0.5 * SHELTER_RADIUS)
        stay = strike & (body.disc_time <= needed) & ~flee
        to_food = body.food - body.position[:, None, :]
        food_distance = np.hypot(to_food[:, :, 0], to_food[:, :, 1]) + 0.5 * RUN_SPEED * body.food_wait
        best = food_distance.argmin(axis=1)
        everyone = np.arange(self.num_envs)
        target = np.where(flee[:, None], to_shelter, to_food[everyone, best])
        reach = np.maximum(np.hypot(target[:, 0], target[:, 1]), 1e-9)
        pace = np.where(flee, 1.0, np.minimum(0.5, reach / (RUN_SPEED * self.dt)))
        return np.where(stay[:, None], 0.0, target / reach[:, None] * pace[:, None])

    # -- manipulations ---------------------------------------------------------------------------

    @manipulation
    def remove_shelter(self, mask: np.ndarray, removed: bool = True) -> None:
        """Take the shelter away (``removed=False`` puts it back)."""
        self.body.shelter_present[mask] = not removed

    @manipulation
    def hide_shelter(self, mask: np.ndarray, hidden: bool = True) -> None:
        """Make the shelter imperceptible: it protects but is no longer dark."""
        self.body.shelter_dark[mask] = not hidden

    @manipulation(food=OneOf(PATCHES))
    def scentless_food(self, mask: np.ndarray, food: str = "grain") -> None:
        """Put a patch of food without smell far from all other places: grain, empty food, or bait that poisons slowly."""
        self.body.patch[mask] = PATCHES.index(food)

    @manipulation
    def loose_board(self, mask: np.ndarray, present: bool = True, creaks: bool = True) -> None:
        """Put a loose board at the shelter's door; if it creaks, whoever treads on it is alarmed."""
        self.body.board[mask] = (ALARMING if creaks else SILENT) if present else NO_BOARD

    @manipulation
    def quiet_sky(self, mask: np.ndarray, quiet: bool = True) -> None:
        """Let no disc appear by itself."""
        self.body.quiet[mask] = quiet

    @manipulation(
        kind=OneOf(KINDS),
        contrast=Number(-1.0, 1.0),
        size_over_speed=Number(1e-3, 10.0, "s"),
        azimuth=Number(-10.0, 10.0, "rad"),
        time=Number(0.0, 60.0, "s"),
    )
    def present(
        self,
        mask: np.ndarray,
        kind: str = "strike",
        contrast: float | None = None,
        size_over_speed: float | None = None,
        azimuth: float = 0.0,
        time: float | None = None,
    ) -> None:
        """Show a disc now: kind, azimuth (rad), and contrast, l/|v| (s), first time (s), by default the kind's usual ones."""
        number = KINDS.index(kind)
        body = self.body
        usual_contrast, usual_ratio = CONTRAST[number].mean(), SIZE_OVER_SPEED[number].mean()
        body.disc_contrast[mask] = usual_contrast if contrast is None else contrast
        body.disc_size_over_speed[mask] = usual_ratio if size_over_speed is None else size_over_speed
        body.disc_azimuth[mask] = azimuth
        body.disc_time[mask] = FIRST_TIME[number] if time is None else time
        body.disc_elevation[mask] = math.radians(-30.0 if number == BELOW else 75.0)
        body.disc_kind[mask] = number

    @manipulation(x=Number(0.0, ARENA, "m"), y=Number(0.0, ARENA, "m"))
    def place_at(self, mask: np.ndarray, x: float = 0.6, y: float = 0.6) -> None:
        """Put the animal at a place of the arena (metres) and let it stand still."""
        self.body.position[mask] = (x, y)
        self.body.velocity[mask] = 0.0

    @manipulation
    def spare(self, mask: np.ndarray, spared: bool = True) -> None:
        """Let strikes pass without capture, as an experimenter's screen does."""
        self.body.numb[mask] = spared

    @manipulation(loudness=Number(0.0, 1.0), seconds=Number(0.0, 60.0, "s"))
    def alarm(self, mask: np.ndarray, loudness: float = 0.9, seconds: float = 1.0) -> None:
        """Play an alarming sound (loudness 0 to 1) for some seconds."""
        self.body.loudness[mask] = loudness
        self.body.sound_left[mask] = seconds

    @manipulation(energy=Number(0.0, 1.0))
    def feed(self, mask: np.ndarray, energy: float = 1.0) -> None:
        """Set the energy store (0 empty to 1 full)."""
        self.body.energy[mask] = energy
