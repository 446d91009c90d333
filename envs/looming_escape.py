"""LoomingEscape: a mouse-like animal forages in an open arena under a sky that sometimes kills."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gymnasium.spaces import Box
from numba import njit

from envs.errors import unknown_name
from envs.manipulations import in_range, manipulation
from envs.rows import Records
from envs.senses import Sense, Senses
from envs.world import World

ARENA = 1.2
SHELTER_RADIUS = 0.16
RUN_SPEED = 0.8
FOOD_ITEMS = 3
KINDS = ("strike", "faint", "slow", "sweep", "receding", "white", "below")
NONE, STRIKE, FAINT, SLOW, SWEEP, RECEDING, WHITE, BELOW = -1, 0, 1, 2, 3, 4, 5, 6

_CHANCES = np.array([0.22, 0.22, 0.16, 0.16, 0.12, 0.12, 0.0])
_SIZE_OVER_SPEED = np.array([[0.15, 0.30], [0.15, 0.30], [1.0, 2.0], [1.0, 1.0], [0.15, 0.30], [0.15, 0.30], [0.15, 0.30]])
_CONTRAST = np.array([[0.6, 1.0], [0.1, 0.4], [0.6, 1.0], [0.6, 1.0], [0.6, 1.0], [-1.0, -0.6], [0.6, 1.0]])
_FIRST_TIME = np.array([3.0, 3.0, 8.0, 4.0, 0.2, 3.0, 3.0])
_LAST_TIME = np.array([0.0, 0.0, 4.0, 0.0, 3.0, 0.0, 0.0])
_SWEEP_SIZE = math.radians(5.0)
_SWEEP_SPEED = math.radians(20.0)
_LARGEST = math.pi
_FASTEST = 20.0
_GAP = (5.0, 7.0)
_NEAR_SITE = 0.7
_SITE_SPREAD = 0.06
_REACH = 0.05
_REGROWTH = 10.0
_MEAL = 0.04
_METABOLISM = 0.01
_SMELL_LENGTH = 0.2
_RUN_COST = 0.2
_KILL_MOVING = 0.75
_KILL_STILL = 0.4
_KILL_RUNNING_AWAY = 0.3
_INERTIA = 0.1
_WHISKER = 0.06


@njit(cache=True)
def _move(animals, command, dt):
    gain = 1.0 - math.exp(-dt / _INERTIA)
    for row in range(animals.shape[0]):
        animal = animals[row]
        length = max(1.0, math.hypot(command[row, 0], command[row, 1]))
        for axis in range(2):
            wanted = RUN_SPEED * command[row, axis] / length
            animal.velocity[axis] += gain * (wanted - animal.velocity[axis])
            place = animal.position[axis] + animal.velocity[axis] * dt
            animal.position[axis] = min(max(place, 0.0), ARENA)
            if place != animal.position[axis]:
                animal.velocity[axis] = 0.0


@njit(cache=True)
def _distance(here, there):
    return math.hypot(there[0] - here[0], there[1] - here[1])


@njit(cache=True)
def _needs_growth(animals, dt):
    """Rows (bool) where an item will be eaten or regrow in this step, so that a draw is needed."""
    due = np.zeros(animals.shape[0], np.bool_)
    for row in range(animals.shape[0]):
        animal = animals[row]
        for item in range(FOOD_ITEMS):
            wait = animal.food_wait[item]
            due[row] |= (0.0 < wait <= dt) or (wait <= 0.0 and _distance(animal.position, animal.food[item]) < _REACH)
    return due


@njit(cache=True)
def _forage(animals, growth, dt, fitness):
    for row in range(animals.shape[0]):
        animal = animals[row]
        animal.eaten = 0
        for item in range(FOOD_ITEMS):
            if animal.food_wait[item] > 0.0:
                animal.food_wait[item] -= dt
                if animal.food_wait[item] <= 0.0:
                    animal.food_wait[item] = 0.0
                    _place_food(animal.food[item], animal.site, growth[row, 4 * item : 4 * item + 4])
            elif _distance(animal.position, animal.food[item]) < _REACH:
                animal.eaten += 1
                animal.food_wait[item] = max(dt, -_REGROWTH * math.log(1.0 - growth[row, 12 + item]))
        speed_share = math.hypot(animal.velocity[0], animal.velocity[1]) / RUN_SPEED
        animal.energy = min(1.0, max(0.0, animal.energy + _MEAL * animal.eaten - _METABOLISM * dt))
        fitness[row] = animal.eaten - _RUN_COST * speed_share * speed_share * dt


@njit(cache=True)
def _place_food(food, site, draw):
    if draw[0] < _NEAR_SITE:
        which = 0 if draw[0] < 0.5 * _NEAR_SITE else 1
        radius = _SITE_SPREAD * math.sqrt(-2.0 * math.log(1.0 - draw[1]))
        food[0] = site[which, 0] + radius * math.cos(2.0 * math.pi * draw[2])
        food[1] = site[which, 1] + radius * math.sin(2.0 * math.pi * draw[2])
    else:
        food[0], food[1] = ARENA * draw[1], ARENA * draw[2]
    for axis in range(2):
        food[axis] = min(max(food[axis], 0.02), ARENA - 0.02)


@njit(cache=True)
def _fly(animals, weather, dt, struck):
    """Move every disc and every sound by one step; ``struck`` becomes True where a strike arrives."""
    for row in range(animals.shape[0]):
        animal = animals[row]
        struck[row] = False
        animal.sound_left = max(0.0, animal.sound_left - dt)
        if animal.sound_left <= 0.0:
            animal.loudness = 0.0
        if animal.disc_kind == NONE:
            if not animal.quiet:
                animal.until_next -= dt
                if animal.until_next <= 0.0:
                    _appear(animal, weather[row])
            continue
        if animal.disc_kind == RECEDING:
            animal.disc_time += dt
            gone = animal.disc_time >= _LAST_TIME[RECEDING]
        else:
            animal.disc_time -= dt
            gone = animal.disc_time <= _LAST_TIME[animal.disc_kind]
        if gone:
            struck[row] = animal.disc_kind == STRIKE
            animal.disc_kind = NONE


@njit(cache=True)
def _appear(animal, draw):
    left, kind = draw[0], 0
    while kind < len(_CHANCES) - 1 and left >= _CHANCES[kind]:
        left -= _CHANCES[kind]
        kind += 1
    animal.disc_kind = kind
    animal.disc_size_over_speed = _between(_SIZE_OVER_SPEED[kind], draw[1])
    animal.disc_contrast = _between(_CONTRAST[kind], draw[2])
    animal.disc_azimuth = 2.0 * math.pi * draw[3]
    animal.disc_elevation = math.radians(60.0 + 25.0 * draw[4])
    animal.disc_time = _FIRST_TIME[kind]
    animal.until_next = _GAP[0] + (_GAP[1] - _GAP[0]) * draw[5]


@njit(cache=True)
def _between(bounds, share):
    return bounds[0] + (bounds[1] - bounds[0]) * share


@njit(cache=True)
def _is_sheltered(animal):
    return animal.shelter_present and _distance(animal.position, animal.shelter) < SHELTER_RADIUS


@njit(cache=True)
def _perceive(animals, senses):
    """Fill every sense of every row."""
    for row in range(animals.shape[0]):
        animal, sense = animals[row], senses[row]
        sheltered = _is_sheltered(animal)
        _see(animal, sheltered, sense)
        sense.loudness = animal.loudness
        sense.darkness = 1.0 if sheltered and animal.shelter_dark else 0.0
        sense.hunger = 1.0 - animal.energy
        sense.taste = animal.eaten
        sense.pain = 1.0 if animal.captured else 0.0
        for axis in range(2):
            place = animal.position[axis]
            sense.place[axis] = 2.0 * place / ARENA - 1.0
            sense.touch[axis] = max(0.0, 1.0 - place / _WHISKER) - max(0.0, 1.0 - (ARENA - place) / _WHISKER)
            sense.smell[axis] = 0.0
        for item in range(FOOD_ITEMS):
            if animal.food_wait[item] <= 0.0:
                distance = max(_distance(animal.position, animal.food[item]), 1e-6)
                strength = math.exp(-distance / _SMELL_LENGTH) / distance
                for axis in range(2):
                    sense.smell[axis] += strength * (animal.food[item][axis] - animal.position[axis])


@njit(cache=True)
def _see(animal, roofed, sense):
    """The optics of one row: theta = 2 atan(l / (|v| t)) and its rate of change."""
    sense.angular_size = sense.expansion = sense.translation = sense.contrast = sense.elevation = 0.0
    sense.disc_direction[0] = sense.disc_direction[1] = 0.0
    if animal.disc_kind == NONE or roofed:
        return
    if animal.disc_kind == SWEEP:
        sense.angular_size, sense.translation = _SWEEP_SIZE, _SWEEP_SPEED
    else:
        ratio = animal.disc_size_over_speed
        left = max(animal.disc_time, 1e-3)
        sense.angular_size = min(_LARGEST, 2.0 * math.atan(ratio / left))
        expansion = min(_FASTEST, 2.0 * ratio / (left * left + ratio * ratio))
        sense.expansion = -expansion if animal.disc_kind == RECEDING else expansion
    sense.contrast = animal.disc_contrast
    sense.disc_direction[0], sense.disc_direction[1] = math.cos(animal.disc_azimuth), math.sin(animal.disc_azimuth)
    sense.elevation = animal.disc_elevation


class LoomingEscape(World):
    """A walled arena with one dark shelter, food that regrows, and discs overhead.

    Description:
        A mouse-like animal in a square arena of 1.2 m walks (0.25 m/s is typical) or runs (0.8 m/s, the
        order of peak escape speeds in mice; chosen). A dark shelter (radius 0.16 m, at a wall) and two
        food sites lie where this animal's seed puts them. Every 8-10 s a disc appears overhead: a
        strike (35%: dark, contrast 0.6-1, l/|v| 0.15-0.3 s, 3 s from appearing to contact), a faint
        harmless loom (20%: contrast 0.1-0.4), a slow one that passes (15%), a sweep of 5 degrees at 20
        degrees/s (15%), a receding one (10%) or a white one (5%). Times are longer than in the
        laboratory's 250 ms stimulus, so that a run across the arena takes as long as an approach. A
        strike kills an animal outside the shelter with probability 0.8, half that while it runs
        straight away from the disc. An episode is one day of 100 s.
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
    dt = 0.1
    episode_steps = 1000
    fitness_unit = "food items a day"
    purposes = ("niche", "start", "weather", "growth", "fate")
    command_space = Box(-1.0, 1.0, (2,), np.float32)
    senses = Senses(
        Sense("angular_size", "rad", 0.0, _LARGEST, "angle that the disc overhead subtends; 0 without one", scale=0.2),
        Sense("expansion", "rad/s", -_FASTEST, _FASTEST, "rate of change of the angular size", scale=0.1),
        Sense("translation", "rad/s", 0.0, 1.0, "angular speed of a disc that moves without expanding"),
        Sense("contrast", "1", -1.0, 1.0, "contrast of the disc, positive when darker than the sky"),
        Sense("disc_direction", "1", -1.0, 1.0, "unit vector towards the disc's azimuth, arena frame", (2,)),
        Sense("elevation", "rad", -math.pi / 2, math.pi / 2, "elevation of the disc; negative below the horizon"),
        Sense("loudness", "1", 0.0, 1.0, "loudness of an alarming sound"),
        Sense("darkness", "1", 0.0, 1.0, "1 under the shelter's roof"),
        Sense(
            "smell", "1", -3.0, 3.0, "sum over food items of exp(-distance / 0.2 m) along their directions", (2,), scale=0.2
        ),
        Sense("touch", "1", -1.0, 1.0, "push of a wall within 6 cm on the whiskers, away from it", (2,)),
        Sense("place", "1", -1.0, 1.0, "path-integrated place in the arena, the centre at 0, the walls at +-1", (2,)),
        Sense("hunger", "1", 0.0, 1.0, "empty share of the energy store"),
        Sense("taste", "1", 0.0, 3.0, "food items eaten in this step"),
        Sense("pain", "1", 0.0, 1.0, "1 when captured", heard_by=("steering",)),
    )

    body: Records

    def _make_body(self, rows: int) -> Records:
        return Records(
            rows,
            position=np.zeros(2),
            velocity=np.zeros(2),
            energy=0.5,
            shelter=np.zeros(2),
            shelter_present=True,
            shelter_dark=True,
            site=np.zeros((2, 2)),
            food=np.zeros((FOOD_ITEMS, 2)),
            food_wait=np.zeros(FOOD_ITEMS),
            eaten=0,
            captured=False,
            disc_kind=NONE,
            disc_time=0.0,
            disc_size_over_speed=0.2,
            disc_contrast=0.0,
            disc_azimuth=0.0,
            disc_elevation=0.0,
            until_next=0.0,
            quiet=False,
            loudness=0.0,
            sound_left=0.0,
            numb=False,
        )

    def _be_born(self, rows: np.ndarray) -> None:
        draw = self.streams.uniform("niche", 40, rows)
        for row in np.flatnonzero(rows):
            shelter, sites = _niche(draw[row])
            self.body.shelter[row] = shelter
            self.body.site[row] = sites

    def _begin_episode(self, rows: np.ndarray) -> None:
        body = self.body
        draw = self.streams.uniform("start", 16, rows)
        body.restart(
            rows,
            "velocity",
            "energy",
            "food_wait",
            "eaten",
            "captured",
            "disc_kind",
            "loudness",
            "sound_left",
            "disc_contrast",
        )
        body.position[rows] = (body.shelter + 0.1 * (draw[:, :2] - 0.5))[rows]
        np.clip(body.position, 0.0, ARENA, out=body.position)
        body.until_next[rows] = _GAP[0] + (_GAP[1] - _GAP[0]) * draw[rows, 2]
        for row in np.flatnonzero(rows):
            for item in range(FOOD_ITEMS):
                _place_food(body.food[row, item], body.site[row], draw[row, 3 + 4 * item : 7 + 4 * item])

    def _advance(self, command: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        body, dt = self.body, self.dt
        fitness = np.empty(self.num_envs)
        struck = np.empty(self.num_envs, bool)
        weather = self.streams.uniform("weather", 6, (body.disc_kind == NONE) & (body.until_next <= dt) & ~body.quiet)
        _move(body.table, command, dt)
        growth = self.streams.uniform("growth", 15, _needs_growth(body.table, dt))
        _forage(body.table, growth, dt, fitness)
        _fly(body.table, weather, dt, struck)
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
        chance = np.where(running_away, _KILL_RUNNING_AWAY, np.where(still, _KILL_STILL, _KILL_MOVING))
        fate = self.streams.uniform("fate", 1, struck)[:, 0]
        body.captured = struck & ~self.sheltered & ~body.numb & (fate < chance)

    @property
    def sheltered(self) -> np.ndarray:
        """(rows,) bool: under the shelter's roof."""
        away = self.body.position - self.body.shelter
        return (np.hypot(away[:, 0], away[:, 1]) < SHELTER_RADIUS) & self.body.shelter_present

    def _sense(self, reading: Any) -> None:
        _perceive(self.body.table, reading)

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

    def _draw(self, row: int, canvas: Any) -> None:
        from envs.looming_escape_drawing import draw

        draw(canvas, self, row)

    # -- manipulations ---------------------------------------------------------------------------

    @manipulation
    def remove_shelter(self, rows: np.ndarray, removed: bool = True) -> None:
        """Take the shelter away (``removed=False`` puts it back)."""
        self.body.shelter_present[rows] = not removed

    @manipulation
    def hide_shelter(self, rows: np.ndarray, hidden: bool = True) -> None:
        """Make the shelter imperceptible: it protects but is no longer dark."""
        self.body.shelter_dark[rows] = not hidden

    @manipulation
    def quiet_sky(self, rows: np.ndarray, quiet: bool = True) -> None:
        """Let no disc appear by itself."""
        self.body.quiet[rows] = quiet

    @manipulation
    def present(
        self, rows: np.ndarray, kind: str = "strike", contrast: float = 0.9, size_over_speed: float = 0.2,
        azimuth: float = 0.0, time: float | None = None,
    ) -> None:  # fmt: skip
        """Show a disc now, in place of any other: kind, contrast, l/|v| (s), azimuth (rad), first time (s)."""
        if kind not in KINDS:
            raise unknown_name("kind of disc", kind, KINDS)
        number = KINDS.index(kind)
        body = self.body
        body.disc_contrast[rows] = in_range("contrast", contrast, -1.0, 1.0)
        body.disc_size_over_speed[rows] = in_range("size_over_speed", size_over_speed, 1e-3, 10.0, "s")
        body.disc_azimuth[rows] = in_range("azimuth", azimuth, -10.0, 10.0, "rad")
        body.disc_time[rows] = _FIRST_TIME[number] if time is None else in_range("time", time, 0.0, 60.0, "s")
        body.disc_elevation[rows] = math.radians(-30.0 if number == BELOW else 75.0)
        body.disc_kind[rows] = number

    @manipulation
    def place_at(self, rows: np.ndarray, x: float = 0.6, y: float = 0.6) -> None:
        """Put the animal at a place of the arena (metres) and let it stand still."""
        self.body.position[rows] = (in_range("x", x, 0.0, ARENA, "m"), in_range("y", y, 0.0, ARENA, "m"))
        self.body.velocity[rows] = 0.0

    @manipulation
    def spare(self, rows: np.ndarray, spared: bool = True) -> None:
        """Let strikes pass without capture, as an experimenter's screen does."""
        self.body.numb[rows] = spared

    @manipulation
    def alarm(self, rows: np.ndarray, loudness: float = 0.9, seconds: float = 1.0) -> None:
        """Play an alarming sound (loudness 0 to 1) for some seconds."""
        self.body.loudness[rows] = in_range("loudness", loudness, 0.0, 1.0)
        self.body.sound_left[rows] = in_range("seconds", seconds, 0.0, 60.0, "s")

    @manipulation
    def feed(self, rows: np.ndarray, energy: float = 1.0) -> None:
        """Set the energy store (0 empty to 1 full)."""
        self.body.energy[rows] = in_range("energy", energy, 0.0, 1.0)


def _niche(draw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shelter (2,) 0.12 m from a wall, and two food sites (2, 2) well apart, from uniform draws."""
    along = 0.2 + (ARENA - 0.4) * draw[1]
    off = 0.12
    shelter = np.array([(along, off), (ARENA - off, along), (along, ARENA - off), (off, along)][int(4 * draw[0])])
    sites: list[np.ndarray] = []
    for x, y in draw[2:].reshape(-1, 2):
        candidate = 0.1 + (ARENA - 0.2) * np.array([x, y])
        far = np.hypot(*(candidate - shelter)) > 0.4 and all(np.hypot(*(candidate - site)) > 0.4 for site in sites)
        if far:
            sites.append(candidate)
        if len(sites) == 2:
            break
    while len(sites) < 2:
        sites.append(ARENA - shelter if not sites else np.array([0.5 * ARENA, 0.5 * ARENA]))
    return shelter, np.stack(sites)
