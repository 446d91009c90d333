"""The physics of LoomingEscape: constants with their units, and the kernels that move one step of every row."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

ARENA = 1.2  # m, side of the square; chosen
SHELTER_RADIUS = 0.16  # m; chosen
RUN_SPEED = 0.8  # m/s, of the order of peak escape speeds in mice, 0.5-1 m/s
FOOD_ITEMS = 3  # chosen
KINDS = ("strike", "faint", "slow", "sweep", "receding", "white", "below")
NONE, STRIKE, FAINT, SLOW, SWEEP, RECEDING, WHITE, BELOW = -1, 0, 1, 2, 3, 4, 5, 6

# One entry a kind. All chosen: harmless discs outnumber strikes, so that telling them apart is worth learning.
_CHANCES = np.array([0.22, 0.22, 0.16, 0.16, 0.12, 0.12, 0.0])
SIZE_OVER_SPEED = np.array(
    [[0.15, 0.30], [0.15, 0.30], [1.0, 2.0], [1.0, 1.0], [0.15, 0.30], [0.15, 0.30], [0.15, 0.30]]
)  # s
CONTRAST = np.array([[0.6, 1.0], [0.1, 0.4], [0.6, 1.0], [0.6, 1.0], [0.6, 1.0], [-1.0, -0.6], [0.6, 1.0]])
FIRST_TIME = np.array([3.0, 3.0, 8.0, 4.0, 0.2, 3.0, 3.0])  # s to contact at first sight; of a sweep, its length
_LAST_TIME = np.array([0.0, 0.0, 4.0, 0.0, 3.0, 0.0, 0.0])  # s to contact when it is gone
_SWEEP_SIZE = math.radians(5.0)  # about 5 degrees (De Franceschi et al. 2016, as remembered; uncertain)
_SWEEP_SPEED = math.radians(20.0)  # about 20 degrees a second (as above; uncertain)
LARGEST = math.pi  # rad
FASTEST = 20.0  # rad/s; larger rates of expansion are cut
GAP = (5.0, 7.0)  # s between discs; chosen
_NEAR_SITE = 0.7  # share of food that regrows near one of the two sites; chosen
_SITE_SPREAD = 0.06  # m, standard deviation around a site; chosen
_REACH = 0.05  # m, within which food is eaten; chosen
_REGROWTH = 10.0  # s, mean; chosen
_MEAL = 0.04  # share of the energy store; chosen so that a good day balances what is spent
_METABOLISM = 0.01  # share of the energy store per second; chosen
SMELL_LENGTH = 0.2  # m over which smell falls to 1/e; chosen
_RUN_COST = 0.2  # food items per second at full speed, times the squared share of that speed; chosen
KILL_MOVING = 0.75  # chance that a strike on an exposed animal kills; these three are chosen
KILL_STILL = 0.4
KILL_RUNNING_AWAY = 0.3
_INERTIA = 0.1  # s; chosen
WHISKER = 0.06  # m; chosen
PATCHES = ("none", "grain", "empty food", "bait")
NO_PATCH, GRAIN, EMPTY, BAIT = range(len(PATCHES))
PATCH_RADIUS, PATCH_WAIT = 0.1, 3.0  # m, and s from one bite to the next; chosen
PATCH_TASTE = 2  # food items that a bite tastes of; chosen
_POISON = 2.0  # food items that a bite of bait takes from fitness in the end; chosen
NO_BOARD, SILENT, ALARMING = range(3)
BOARD_AWAY, BOARD_RADIUS = 0.32, 0.06  # m from the shelter's middle, and of the board; chosen
_CREAK, _CREAK_SECONDS = 0.9, 0.6  # loudness and length of a board's creak; chosen


@njit(cache=True)
def move(animals, action, dt):
    gain = 1.0 - math.exp(-dt / _INERTIA)
    for row in range(animals.shape[0]):
        animal = animals[row]
        length = max(1.0, math.hypot(action[row, 0], action[row, 1]))
        for axis in range(2):
            wanted = RUN_SPEED * action[row, axis] / length
            animal.velocity[axis] += gain * (wanted - animal.velocity[axis])
            place = animal.position[axis] + animal.velocity[axis] * dt
            animal.position[axis] = min(max(place, 0.0), ARENA)
            if place != animal.position[axis]:
                animal.velocity[axis] = 0.0


@njit(cache=True)
def _distance(here, there):
    return math.hypot(there[0] - here[0], there[1] - here[1])


@njit(cache=True)
def needs_growth(animals, dt):
    """(animals,) bool: where an item will be eaten or regrow in this step, so that a draw is needed."""
    due = np.zeros(animals.shape[0], np.bool_)
    for row in range(animals.shape[0]):
        animal = animals[row]
        for item in range(FOOD_ITEMS):
            wait = animal.food_wait[item]
            due[row] |= (0.0 < wait <= dt) or (wait <= 0.0 and _distance(animal.position, animal.food[item]) < _REACH)
    return due


@njit(cache=True)
def forage(animals, growth, dt, fitness):
    for row in range(animals.shape[0]):
        animal = animals[row]
        animal.eaten = 0
        for item in range(FOOD_ITEMS):
            if animal.food_wait[item] > 0.0:
                animal.food_wait[item] -= dt
                if animal.food_wait[item] <= 0.0:
                    animal.food_wait[item] = 0.0
                    place_food(animal.food[item], animal.site, growth[row, 4 * item : 4 * item + 4])
            elif _distance(animal.position, animal.food[item]) < _REACH:
                animal.eaten += 1
                animal.food_wait[item] = max(dt, -_REGROWTH * math.log(1.0 - growth[row, 12 + item]))
        real = animal.eaten
        _bite_patch(animal, dt)
        bite = PATCH_TASTE if animal.lured and animal.patch in (GRAIN, BAIT) else 0
        poison = _POISON if animal.lured and animal.patch == BAIT else 0.0
        good = real + (bite if animal.patch == GRAIN else 0)
        _tread(animal)
        speed_share = math.hypot(animal.velocity[0], animal.velocity[1]) / RUN_SPEED
        animal.energy = min(1.0, max(0.0, animal.energy + _MEAL * (real + bite) - _METABOLISM * dt))
        fitness[row] = good - poison - _RUN_COST * speed_share * speed_share * dt


@njit(cache=True)
def _bite_patch(animal, dt):
    """A bite of the patch without smell, where there is one within reach; ``eaten`` is what is tasted."""
    animal.lured = False
    if animal.patch == NO_PATCH:
        return
    animal.patch_wait = max(0.0, animal.patch_wait - dt)
    if animal.patch_wait <= 0.0 and _distance(animal.position, animal.patch_at) < PATCH_RADIUS:
        animal.lured = True
        animal.eaten = min(FOOD_ITEMS, animal.eaten + PATCH_TASTE)
        animal.patch_wait = PATCH_WAIT


@njit(cache=True)
def _tread(animal):
    """An alarming sound where a foot is set on a board that creaks."""
    if animal.board == NO_BOARD:
        return
    treads = _distance(animal.position, animal.board_at) < BOARD_RADIUS
    if treads and not animal.on_board:
        animal.lured = True
        if animal.board == ALARMING:
            animal.loudness, animal.sound_left = _CREAK, _CREAK_SECONDS
    animal.on_board = treads


@njit(cache=True)
def place_food(food, site, draw):
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
def fly(animals, weather, dt, struck):
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
    animal.disc_size_over_speed = _between(SIZE_OVER_SPEED[kind], draw[1])
    animal.disc_contrast = _between(CONTRAST[kind], draw[2])
    animal.disc_azimuth = 2.0 * math.pi * draw[3]
    animal.disc_elevation = math.radians(60.0 + 25.0 * draw[4])
    animal.disc_time = FIRST_TIME[kind]
    animal.until_next = GAP[0] + (GAP[1] - GAP[0]) * draw[5]


@njit(cache=True)
def _between(bounds, share):
    return bounds[0] + (bounds[1] - bounds[0]) * share


@njit(cache=True)
def _is_sheltered(animal):
    return animal.shelter_present and _distance(animal.position, animal.shelter) < SHELTER_RADIUS


@njit(cache=True)
def perceive(animals, senses):
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
            sense.touch[axis] = max(0.0, 1.0 - place / WHISKER) - max(0.0, 1.0 - (ARENA - place) / WHISKER)
            sense.smell[axis] = 0.0
        for item in range(FOOD_ITEMS):
            if animal.food_wait[item] <= 0.0:
                distance = max(_distance(animal.position, animal.food[item]), 1e-6)
                strength = math.exp(-distance / SMELL_LENGTH) / distance
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
        sense.angular_size = min(LARGEST, 2.0 * math.atan(ratio / left))
        expansion = min(FASTEST, 2.0 * ratio / (left * left + ratio * ratio))
        sense.expansion = -expansion if animal.disc_kind == RECEDING else expansion
    sense.contrast = animal.disc_contrast
    sense.disc_direction[0], sense.disc_direction[1] = math.cos(animal.disc_azimuth), math.sin(animal.disc_azimuth)
    sense.elevation = animal.disc_elevation


def niche(draw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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


def out_of_the_way(shelter: np.ndarray, sites: np.ndarray) -> np.ndarray:
    """(2,) m: the point of a grid, 0.2 m from the walls, that is farthest from the nearest of shelter and sites."""
    along = np.linspace(0.2, ARENA - 0.2, 9)
    grid = np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1).reshape(-1, 2)
    nearest = np.linalg.norm(grid[:, None] - np.vstack([shelter, sites])[None], axis=2).min(axis=1)
    return grid[nearest.argmax()]


def towards_the_middle(place: np.ndarray) -> np.ndarray:
    """(2,) unit vector from a place to the middle of the arena."""
    away = 0.5 * ARENA - place
    return away / np.linalg.norm(away)
