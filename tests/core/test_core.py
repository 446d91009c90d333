"""Senses, rows, actions, registries: attacked with odd input."""

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete, MultiBinary
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.actions import check_actions
from core.batch_state import BatchState, RecordState
from core.errors import BrokenFile, InvalidAction, InvalidArgument, StateMismatch, UnknownName
from core.gymnasium_check import OldGymnasium, check_gymnasium
from core.pygame_check import PygameFlavours, check_flavours
from core.registry import Registry
from core.senses import Sense, Senses
from envs.registration import short_name, world_class, worlds
from envs.world import World

SPACE = Box(-1.0, 1.0, (2,), np.float32)


@given(hnp.arrays(st.sampled_from([np.float64, np.float32, np.int64]), hnp.array_shapes(max_dims=3, max_side=4)))
@settings(max_examples=300, deadline=None)
def test_actions_are_taken_clipped_or_refused(array: np.ndarray) -> None:
    fits = array.shape == (2, 2) and np.isfinite(array).all()
    inside = fits and (np.abs(array.astype(float)) <= 1.0 + 1e-6).all()  # as integers, the lowest has no positive twin
    for strict in (False, True):
        if not fits or (strict and not inside):
            with pytest.raises(InvalidAction, match=r".{30}"):
                check_actions(array, SPACE, 2, strict)
        else:
            checked = check_actions(array, SPACE, 2, strict)
            assert checked.dtype == np.float32
            assert np.array_equal(checked, np.clip(array, -1.0, 1.0).astype(np.float32))


@given(st.lists(st.one_of(st.integers(-5, 9), st.floats(), st.text(max_size=2)), min_size=3, max_size=3))
@settings(max_examples=200, deadline=None)
def test_discrete_actions_are_valid_or_refused(values: list) -> None:
    space = Discrete(4, start=1)
    try:
        checked = check_actions(values, space, 3)
    except InvalidAction:
        assert not all(isinstance(v, int) and 1 <= v <= 4 for v in values)
    else:
        assert ((checked >= 1) & (checked <= 4)).all()


def test_other_spaces_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="Box or a Discrete"):
        check_actions([[0]], MultiBinary(1), 1)


def test_senses_layout() -> None:
    senses = Senses(Sense("a", "m", 0, 1, "x"), Sense("b", "1", -1, 1, "y", (2,), ("steering",), scale=0.5))
    flat = np.arange(6, dtype=np.float32).reshape(2, 3)
    view = senses.split(flat)
    view["b"][1] = 9.0
    assert flat.tolist() == [[0, 1, 2], [3, 9, 9]]
    assert senses.heard_by("learning").names == ("a",)
    assert senses.indices(["b", "a"]).tolist() == [1, 2, 0]
    assert np.isnan(senses.scales[0])
    assert pickle.loads(pickle.dumps(senses)).names == ("a", "b")
    with pytest.raises(UnknownName, match="Did you mean 'a'"):
        senses.place("A")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Sense("two words", "1", 0, 1, ""),
        lambda: Sense("a", "1", 1, 1, ""),
        lambda: Sense("a", "1", 0, np.inf, ""),
        lambda: Sense("a", "1", 0, 1, "", heard_by=("everybody",)),
        lambda: Senses(Sense("a", "1", 0, 1, ""), Sense("a", "1", 0, 1, "")),
    ],
)
def test_bad_senses(wrong) -> None:
    with pytest.raises(InvalidArgument):
        wrong()


@pytest.mark.parametrize("kind", [BatchState, RecordState])
def test_rows(kind: type[BatchState]) -> None:
    rows = kind(3, place=(1.0, 2.0), alive=True, count=0)
    rows.place[1] = 5.0
    rows.count = 7
    copied = pickle.loads(pickle.dumps(rows))
    copied.place[0] = -1.0
    assert rows.place[0].tolist() == [1.0, 2.0]
    assert copied.get_state()["place"][0].tolist() == [-1.0, -1.0]
    rows.restart(np.array([False, True, False]), "place")
    assert rows.place[1].tolist() == [1.0, 2.0]
    assert rows.count.tolist() == [7, 7, 7]
    with pytest.raises(AttributeError):
        _ = rows.no_such_field
    with pytest.raises(StateMismatch, match="lacks"):
        rows.set_state({"place": np.zeros((3, 2))})


def test_names_of_worlds() -> None:
    assert short_name("nestling/LoomingEscape-v0") == "LoomingEscape"
    assert world_class("loomingescape") is world_class("envs.looming_escape.world:LoomingEscape")
    with pytest.raises(UnknownName, match="Did you mean 'LoomingEscape'"):
        world_class("LoomingEscpae")
    with pytest.raises(BrokenFile, match="no_such_module"):
        world_class("no_such_module:World")


def test_broken_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "broken_room"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "bad_world.py").write_text("import a_module_that_is_not_there\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(BrokenFile, match=r"broken_room\.bad_world"):
        Registry("world", World, "broken_room", "nestling.none", key=lambda w: w.id).all()
    sys.modules.pop("broken_room", None)


def test_incomplete_class_is_refused() -> None:
    class Incomplete(World):
        id = "Incomplete-v0"

    with pytest.raises(BrokenFile, match="not a complete world"):
        worlds.get(Incomplete)


def test_an_old_gymnasium_is_told() -> None:
    for enough in ("1.1.0", "1.4.0a1", "2.0"):
        check_gymnasium(enough)
    for old in ("0.29.1", "1.0.0"):
        with pytest.raises(OldGymnasium, match="pip install --upgrade gymnasium"):
            check_gymnasium(old)


def test_pygame_flavours() -> None:
    check_flavours({"pygame-ce"})
    with pytest.raises(PygameFlavours, match="pip uninstall --yes pygame pygame-ce"):
        check_flavours({"pygame", "pygame-ce"})
    with pytest.raises(PygameFlavours, match="pip install pygame-ce"):
        check_flavours(set())


def test_a_field_that_is_misspelt_is_told() -> None:
    body = BatchState(2, place=(0.0, 0.0), alive=True)
    for act in (lambda: body.plce, lambda: setattr(body, "plce", 1.0), lambda: body.restart(np.ones(2, bool), "plce")):
        with pytest.raises(
            AttributeError, match=r"no field 'plce' in this state\. Did you mean 'place'\? Declared are: place, alive"
        ):
            act()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("not_there:World", "no module not_there, where the world should be. Modules are sought in the current folder"),
        ("my/worlds.py:Diver", r"Name it as in an import, my\.worlds:Class"),
        ("diver.py:Diver", r"Name it as in an import, diver:Class"),
    ],
)
def test_a_module_that_is_not_there_is_told(name: str, says: str) -> None:
    with pytest.raises(BrokenFile, match=says):
        worlds.get(name)
