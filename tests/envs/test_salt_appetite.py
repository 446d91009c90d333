"""The rat's body: conservation, one-sided excretion, doses, tastes, and manipulations with odd values."""

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st

import envs
from core.errors import InvalidArgument, StateMismatch, UnknownName
from envs.salt_appetite.physiology import SOLUTES, TASTES, taste_of
from envs.salt_appetite.world import SaltAppetite

REST = np.array([[0.0, 0.0, -1.0]], np.float32)


def world(num_animals: int = 1, **options) -> SaltAppetite:
    built = envs.make_world("SaltAppetite", num_animals, **options)
    built.reset(seed=9)
    return built


def rest(built: SaltAppetite, steps: int) -> None:
    for _ in range(steps):
        built.tick(np.repeat(REST, built.num_envs, axis=0))


ACTS = st.lists(
    st.sampled_from(
        [
            ("furosemide", {"dose": 1.5}),
            ("captopril", {}),
            ("sham", {}),
            ("sham", {"open_fistula": False}),
            ("infuse_gastric", {"sodium": 1.0, "water": 20.0, "energy": 30.0}),
            ("infuse_oral", {"solution": "lithium chloride"}),
            ("infuse_oral", {"solution": "sucrose", "volume": 2.0}),
            ("replete", {"sodium": -1.0}),
            ("replete", {}),
            ("offer", {"only": "sodium chloride", "molarity": 1.0}),
            ("restore_spouts", {}),
            ("place_at", {"x": 0.38, "y": 0.05}),
        ]
    ),
    min_size=1,
    max_size=12,
)


@given(ACTS, st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
@pytest.mark.thorough
def test_sodium_and_water_are_conserved_over_a_random_life(acts: list, seed: int) -> None:
    built = envs.make_world("SaltAppetite", 3, autoreset_mode="SAME_STEP")
    built.reset(seed=seed)
    body = built.body
    for name, parameters in acts:
        built.manipulate(name, **parameters)
        for _ in range(150):
            built.tick(built.random_actions())
        for stuff in ("sodium", "water"):
            taken, lost = getattr(body, f"{stuff}_in"), getattr(body, f"{stuff}_out")
            stored = getattr(body, stuff) + getattr(body, f"gut_{stuff}")
            assert np.allclose(taken, lost + stored, atol=1e-9), f"{stuff}: in must equal out and stored"
        assert (built.senses.low <= built.observation).all()
        assert (built.observation <= built.senses.high).all()


def test_only_a_surplus_is_excreted() -> None:
    built = world(2)
    built.manipulate("replete", [0], sodium=3.0)
    built.manipulate("replete", [1], sodium=-3.0)
    rest(built, 12 * 120)
    obligatory = 0.247 / 2
    assert built.body.sodium[0] < 0.3
    assert built.body.sodium[1] == pytest.approx(-3.0 - obligatory, rel=1e-6)
    assert built.body.water[0] < built.body.water[1], "getting rid of salt costs water"


@pytest.mark.parametrize("dose", [0.5, 2.0])
def test_furosemide_is_over_within_an_hour_and_hormones_follow(dose: float) -> None:
    built = world()
    built.manipulate("spare_ailments")
    built.manipulate("furosemide", dose=dose)
    rest(built, 120)
    assert built.body.sodium[0] == pytest.approx(-dose, rel=0.1)
    assert built.body.angiotensin[0] > 3 * built.body.aldosterone[0]
    rest(built, 23 * 120)
    assert built.body.aldosterone[0] == pytest.approx(-built.body.sodium[0], rel=0.15)


def test_tastes_that_deceive() -> None:
    taste = {}
    for number, name in enumerate(SOLUTES):
        felt = np.zeros(len(TASTES))
        taste_of(number, 0.15, 0.75, felt)
        taste[name] = felt
    assert np.array_equal(taste["sodium chloride"], taste["lithium chloride"])
    assert taste["potassium chloride"][0] == 0.0
    strong = np.zeros(len(TASTES))
    taste_of(SOLUTES.index("sodium chloride"), 1.5, 0.75, strong)
    assert strong[3] > taste["sodium chloride"][3] == 0.0, "strong salt is unpleasant in itself"


def test_sham_is_tasted_and_not_absorbed_gastric_the_reverse() -> None:
    built = world(2)
    for row, (x, y) in enumerate(built.body.spout_place[:, 0]):
        built.manipulate("place_at", [row], x=float(x), y=float(y))
    built.manipulate("offer", only="sodium chloride")
    built.manipulate("sham", [0])
    built.tick(np.repeat([[0.0, 0.0, 1.0]], 2, axis=0).astype(np.float32))
    assert (built.body.taste[:, 0] > 0).all()
    assert built.body.gut_sodium[0] == 0.0 < built.body.gut_sodium[1]
    built.manipulate("infuse_gastric", [0], sodium=2.0)
    rest(built, 1)
    assert built.body.taste[0, 0] == 0.0
    assert built.body.gut_sodium[0] > 1.9


def test_spouts_differ_by_animal_and_the_body_lives_on_from_day_to_day() -> None:
    built = world(8, max_episode_steps=50, autoreset_mode="SAME_STEP")
    assert len({tuple(row) for row in built.body.solute}) > 4
    built.manipulate("replete", sodium=-2.0)
    rest(built, 60)
    assert (built.body.sodium < -1.9).all(), "a new day does not mend the body"


def test_death_ends_the_day_and_a_new_body_begins() -> None:
    built = world(2, autoreset_mode="SAME_STEP")
    built.body.sodium[0] = -8.0
    moved = built.tick(np.repeat(REST, 2, axis=0))
    assert moved.terminated.tolist() == [True, False]
    assert built.body.sodium[0] == 0.0


def test_lithium_makes_sick_for_hours() -> None:
    built = world()
    built.manipulate("infuse_oral", solution="lithium chloride", molarity=1.0, volume=1.2)
    rest(built, 120)
    sick = built.senses.split(built.observation)["malaise"][0]
    assert 0.4 < sick < 0.7
    fitness = built.tick(REST).fitness[0] * 2880
    assert fitness < 0.7


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("furosemide", {"dose": -1.0}, "dose must be a number from 0 to 10 mg"),
        ("furosemide", {"dose": float("nan")}, "dose must be"),
        ("offer", {"only": "sodium chloride", "molarity": 7.0}, "molarity of sodium chloride must be"),
        ("infuse_oral", {"solution": "quinine", "molarity": 1.0}, "molarity of quinine must be"),
        ("infuse_oral", {"volume": 50.0}, "volume must be"),
        ("infuse_gastric", {"sodium": "much"}, "sodium must be"),
        ("replete", {"sodium": -9.0}, "sodium must be a number from -7 to 9 mEq"),
        ("extend_lever", {"lever": 2}, "lever must be a whole number from 0 to 1"),
        ("extend_lever", {"lever": True}, "lever must be a whole number from 0 to 1"),
        ("cost_of_licking", {"per_ml": -0.1}, "per_ml must be"),
        ("place_at", {"x": 2.0}, "x must be"),
    ],
)
def test_impossible_manipulations(name: str, parameters: dict, words: str) -> None:
    built = world()
    before = built.get_state()
    with pytest.raises(InvalidArgument, match=words):
        built.manipulate(name, **parameters)
    assert all(np.array_equal(before[key], value) for key, value in built.get_state().items()), "nothing may change"


def test_unknown_solution_and_dead_animals() -> None:
    built = world(2, autoreset_mode=AutoresetMode.DISABLED)
    with pytest.raises(UnknownName, match="Did you mean 'sodium chloride'"):
        built.manipulate("offer", only="sodium chlorid")
    built.body.water[0] = -60.0
    built.tick(np.repeat(REST, 2, axis=0))
    for name in ("furosemide", "infuse_gastric", "infuse_oral", "replete"):
        with pytest.raises(InvalidArgument, match=r"rows \[0\] are dead; reset them first"):
            built.manipulate(name)
        built.manipulate(name, [1])


def test_a_state_of_another_version_is_refused() -> None:
    built = world()
    state = built.get_state()
    lost = next(name for name in state if name.endswith("gut_sodium"))
    older = {name: array for name, array in state.items() if name != lost}
    with pytest.raises(StateMismatch, match="gut_sodium"):
        built.set_state(older)
