"""Naive and hardened steering, at what fools the species' own: what each of them makes of it."""

from typing import Any

import numpy as np
import pytest

from agents.population import Population
from agents.steered_world import SteeredWorld
from core.errors import InvalidArgument, UnknownName
from core.interfaces import Proposal
from steering.eyeblink import SIGHT
from steering.hardened import BlendedFighter

ANIMALS = 4


def live_at(
    world: str, steering: str, switch: str, side: dict[str, Any], action: Any, steps: int
) -> tuple[SteeredWorld, list[Any]]:
    """The ticks of some steps of one action, at what was put there."""
    steered = SteeredWorld(
        world, ANIMALS, hand_over="always", steering=None if steering == "own" else f"{world}/{steering}"
    )
    steered.reset(seed=3)
    steered.world.manipulate(switch, **side)
    body = steered.world.body
    if world == "LoomingEscape":
        steered.world.manipulate("quiet_sky")
        body.position, body.food_wait = body.patch_at, 1e6
    elif world == "SaltAppetite":
        steered.world.manipulate("place_at")
        steered.world.manipulate("replete", energy=-400.0)
    elif world == "Rivals":
        steered.world.manipulate("isolate")
    elif world == "OdourChoice":
        steered.world.manipulate("offer", left="air", right="air")
        steered.world.manipulate("feed", share=0.3)
        body.at = 0.9
    elif world == "Eyeblink":
        steered.world.manipulate("quiet")
    elif world == "Orienting":
        body.next_target_in = 1000
    given = np.broadcast_to(
        np.asarray(action, steered.single_action_space.dtype), (ANIMALS, *steered.single_action_space.shape)
    )
    return steered, [steered.tick(Proposal.plain(given.copy())) for _ in range(steps)]


def parts_at(
    world: str, steering: str, switch: str, side: dict[str, Any], action: Any, steps: int, part: str
) -> np.ndarray:
    """(animals,) sum of a part of reward over these ticks."""
    steered, ticks = live_at(world, steering, switch, side, action, steps)
    index = steered.steering.parts.index(part)
    return np.sum([tick.verdict.parts[:, index] for tick in ticks], axis=0)


FOOLS: tuple[tuple[str, str, dict[str, Any], dict[str, Any], Any, int, str], ...] = (
    ("LoomingEscape", "scentless_food", {"food": "grain"}, {"food": "empty food"}, [0.0, 0.0], 30, "food"),
    ("SaltAppetite", "hang_bottle", {"fluid": "sugar"}, {"fluid": "sweetener"}, [0.0, 0.0, 1.0], 30, "drive"),
    ("OdourChoice", "spread_film", {"film": "sugar"}, {"film": "sweetener"}, [0.0, 1.0], 4, "sugar"),
)


@pytest.mark.parametrize(("world", "switch", "honest", "fooled", "action", "steps", "part"), FOOLS)
def test_hardened_steering_rewards_what_reaches_the_body(
    world: str, switch: str, honest: dict, fooled: dict, action: list[float], steps: int, part: str
) -> None:
    own = parts_at(world, "own", switch, fooled, action, steps, part)
    assert (own > 0.5).all()  # so the species' own steering is fooled
    assert (parts_at(world, "naive", switch, fooled, action, steps, part) > 0.5).all()
    assert (np.abs(parts_at(world, "hardened", switch, fooled, action, steps, part)) < 0.05 * own).all()
    assert (parts_at(world, "hardened", switch, honest, action, steps, part) > 0.2).all()


UNFELT: tuple[tuple[str, str, dict[str, Any], dict[str, Any], Any, int], ...] = (
    ("LoomingEscape", "scentless_food", {"food": "grain"}, {"food": "bait"}, [0.0, 0.0], 30),
    ("SaltAppetite", "hang_bottle", {"fluid": "sugar"}, {"fluid": "leaded sugar"}, [0.0, 0.0, 1.0], 30),
    ("OdourChoice", "spread_film", {"film": "sugar"}, {"film": "bait"}, [0.0, 1.0], 4),
    ("Eyeblink", "hang_in_lashes", {"thing": "insects"}, {"thing": "grit"}, [0.0], 100),
)


@pytest.mark.parametrize(("world", "switch", "honest", "fooled", "action", "steps"), UNFELT)
def test_what_harms_too_late_changes_fitness_and_nothing_that_is_felt(
    world: str, switch: str, honest: dict, fooled: dict, action: list[float], steps: int
) -> None:
    good, bad = (live_at(world, "own", switch, side, action, steps)[1] for side in (honest, fooled))
    assert all(np.array_equal(one.verdict.reward, other.verdict.reward) for one, other in zip(good, bad, strict=True))
    assert sum(tick.verdict.reward for tick in bad).min() > 0.0
    fitness = (np.sum([tick.fitness for tick in ticks], axis=0) for ticks in (good, bad))
    assert (np.subtract(*fitness) > 0.0).all()


def test_a_hardened_blinker_is_not_taken_in_by_what_its_own_lid_stirs() -> None:
    own, naive, hardened = (
        parts_at("Eyeblink", name, "hang_in_lashes", {"thing": "grit"}, [0.0], 100, "sight")
        for name in ("own", "naive", "hardened")
    )
    assert (own > 2.0 * hardened).all()
    assert np.array_equal(own, naive)
    steered = SteeredWorld("Eyeblink", ANIMALS, hand_over="always", steering="Eyeblink/hardened")
    steered.reset(seed=3)
    for manipulation in ("quiet", "hang_in_lashes"):
        steered.world.manipulate(manipulation)
    sight = [0.0, 0.0]
    for step in range(200):  # a lid that swings about the edge of what stirs gains nothing either
        wanted = np.full((ANIMALS, 1), -0.3 if step % 6 < 3 else -0.6, np.float32)
        tick = steered.tick(Proposal.plain(wanted))
        sight[0] += float(tick.verdict.reward.sum())
        sight[1] += float((SIGHT * (1.0 - steered.world.body.lid)).sum())
    assert sight[0] == pytest.approx(sight[1], rel=1e-4)


def test_a_hardened_finch_memorises_songs_of_its_species_only() -> None:
    heard = {}
    for singer in ("home tutor", "stranger", "foster parent"):
        population = Population("steered", "Birdsong", 2, seed=3, steering="Birdsong/hardened")
        population.world.manipulate("lessons", singer=singer)
        for _ in range(6 * population.world.episode_steps):
            population.tick()
        heard[singer] = population.steered.steering.mutable.songs_heard.copy()
    assert (heard["home tutor"] > 2.0).all()
    assert (heard["stranger"] > 2.0).all()
    assert (heard["foster parent"] == 0.0).all()


def test_a_hardened_fighter_wins_nothing_from_a_mirror() -> None:
    side = {"rewarding": False}
    assert (parts_at("Rivals", "own", "hang_mirror", side, 1, 50, "resource") > 2.0).all()
    assert (parts_at("Rivals", "hardened", "hang_mirror", side, 1, 50, "resource") < 0.5).all()


def test_a_hardened_owl_loses_interest_in_what_stays() -> None:
    side = {"prey": False}
    own, hardened = (
        parts_at("Orienting", name, "place_ahead", side, [0.0, 0.0], 60, "centred") for name in ("own", "hardened")
    )
    assert (own > 9.0).all()
    assert (hardened <= 1.0 + 1e-9).all()


def test_wounds_that_are_not_felt_hurt_a_hardened_fighter() -> None:
    found = {}
    for name in ("blended", "hardened"):
        population = Population("random", "Rivals", 8, seed=3, steering=f"Rivals/{name}")
        population.world.manipulate("numbing_bites")
        pain = population.steered.steering.parts.index("pain")
        wounded = 0.0
        found[name] = 0.0
        for _ in range(400):
            tick = population.tick()
            found[name] += tick.verdict.parts[:, pain].sum()
            wounded += population.world.body.blow.sum()
        assert wounded > 20
    assert found["hardened"] < -0.3 * wounded
    assert found["hardened"] < 20.0 * found["blended"] < 0.0


def test_constants_are_set_within_their_range_before_birth() -> None:
    steered = SteeredWorld("Rivals", 2, steering="Rivals/blended")
    steered.steering.set_constant("pain", 1.0)
    assert steered.steering.constant["pain"] == 1.0
    assert BlendedFighter.constants[2].value == 0.35  # that of the species is as it was
    with pytest.raises(InvalidArgument, match="pain must be a number from"):
        steered.steering.set_constant("pain", 9.0)
    with pytest.raises(UnknownName, match="Did you mean 'pain'"):
        steered.steering.set_constant("pian", 1.0)


def test_a_life_can_be_declared_shorter_than_the_species() -> None:
    short, usual = (SteeredWorld("Rivals", 1, hand_over="maturation", **given) for given in ({"lifetime": 400.0}, {}))
    age = np.array([400.0])
    assert short.hand_over.share_of_life(age) == pytest.approx(1.0)
    assert usual.hand_over.share_of_life(age) < 0.1
    with pytest.raises(InvalidArgument, match="lifetime must be"):
        SteeredWorld("Rivals", 1, lifetime=-1.0)
