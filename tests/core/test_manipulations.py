"""How a manipulation is declared, and what its arguments go through."""

from typing import Any

import numpy as np
import pytest

import envs
from core.arguments import Number, Whole
from core.errors import InvalidArgument, NestlingError, UnknownName
from core.manipulations import manipulation
from envs.looming_escape.world import LoomingEscape


class Extended(LoomingEscape):
    """A world of a third party, with manipulations of which little is declared."""

    id = "Extended-v0"

    @manipulation
    def lever(self, mask: np.ndarray, which: int = 1, place: Any = (0.5, 0.5), note: Any = None) -> None:
        """Pull one."""
        self.body.energy[mask] = [0.1, 0.2, 0.3][which] + 0.0 * place[0]

    @manipulation(amount=Number(0.0, 1.0))
    def clumsy(self, mask: np.ndarray, amount: float = 0.5) -> None:
        """Change something, and then fail."""
        self.body.energy[mask] = amount
        raise RuntimeError("half way")


@pytest.fixture
def world() -> Extended:
    built = Extended(4)
    built.reset(seed=0)
    return built


def test_what_is_not_declared_arrives_as_it_is(world: Extended) -> None:
    world.manipulate("lever", [2], which=2, place=(0.1, 0.2), note=["a", "list"])
    assert world.body.energy[2] == 0.3
    with pytest.raises(InvalidArgument, match="finite"):
        world.manipulate("lever", which=float("nan"))


def test_a_failure_half_way_puts_the_world_back(world: Extended) -> None:
    before = world.body.energy.copy()
    with pytest.raises(RuntimeError, match="half way"):
        world.manipulate("clumsy", amount=0.9)
    assert np.array_equal(world.body.energy, before)


@pytest.mark.parametrize("rows", [[1, 3], np.array([1, 3]), np.array([False, True, False, True]), range(1, 4, 2)])
def test_called_directly_rows_mean_the_same(world: Extended, rows: Any) -> None:
    world.feed(rows, energy=0.25)
    assert (world.body.energy == 0.25).tolist() == [False, True, False, True]


@pytest.mark.parametrize("rows", [[9], [-1], np.ones(3, bool), "all", 3, slice(0, 2), range(10**9), [[0]]])
def test_called_directly_wrong_rows_are_refused(world: Extended, rows: Any) -> None:
    with pytest.raises(NestlingError):
        world.feed(rows)


def test_arguments_that_a_manipulation_does_not_take(world: Extended) -> None:
    with pytest.raises(InvalidArgument, match="it takes energy"):
        world.feed(None, 0.5, 0.6)
    with pytest.raises(UnknownName, match="parameter of feed"):
        world.manipulate("feed", enrgy=0.5)


def test_declarations_are_checked_when_the_class_is_made() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'dose'"):

        @manipulation(dsoe=Number(0.0, 1.0))
        def typo(self: Any, mask: Any, dose: float = 0.5) -> None:
            """Not reached."""

    with pytest.raises(InvalidArgument, match="the default of count"):

        @manipulation(count=Whole(0, 3))
        def beyond(self: Any, mask: Any, count: int = 4) -> None:
            """Not reached."""

    with pytest.raises(InvalidArgument, match="by name"):
        manipulation(Number(0.0, 1.0))  # type: ignore[call-overload]  # what somebody may write


def test_versions_and_single_options_are_not_ignored() -> None:
    with pytest.raises(UnknownName, match="Rivals-v0"):
        envs.make_world("Rivals-v7")
    for option in ({"num_envs": 3}, {"autoreset_mode": "SAME_STEP"}):
        with pytest.raises(InvalidArgument, match="single environment"):
            envs.make_single("Rivals", **option)
