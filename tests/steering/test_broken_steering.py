"""Steering and hand-over rules that break their contract: the error says which rule, before a kernel reads anything."""

from typing import Any, ClassVar

import numpy as np
import pytest

from agents.hand_over.base import HandOver, hand_over_rule
from agents.life import live
from agents.population import Population
from core.errors import BrokenFile, BrokenHandOver, BrokenSteering
from core.interfaces import Goal, Reflex, Repertoire
from learning.place_memory import PlaceMemory
from steering.looming_escape import Mouse
from steering.orienting import Owl
from steering.registration import steering_class
from steering.rivals import Fighter

WORLD = "LoomingEscape"


def declared(kind: type = Mouse, **attributes: Any) -> type:
    return type("Mine", (kind,), {"version": "mine", "__module__": __name__, **attributes})


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"assessed": ("fod",)}, "assessed names 'fod', which is not in channels"),
        ({"relative": ("pian",)}, "relative names 'pian', which is not in parts"),
        ({"delayed": (("malaise", 9.0),)}, "delayed names 'malaise'"),
        ({"parts": "pain"}, "parts must be a tuple of names"),
        ({"wants": ()}, "wants must have at least one name"),
    ],
)
def test_declarations_are_checked_when_it_is_found(attributes: dict[str, Any], words: str) -> None:
    from envs import world_class

    with pytest.raises(BrokenFile, match=words):
        steering_class(world_class(WORLD), declared(**attributes))


@pytest.mark.parametrize(
    ("kind", "world", "parts", "words"),
    [
        (Mouse, WORLD, {"goals": (Goal("go", 0.5, channel="fod"),)}, "'go' names 'fod', which is not in channels"),
        (Mouse, WORLD, {"goals": (Goal("go", 0.5, sense="smll"),)}, "needs a sense of two entries that learning hears"),
        (Mouse, WORLD, {"place": None}, "say by which sense, with repertoire.place"),
        (Mouse, WORLD, {"place": "hunger"}, "goals need a place of two entries, but the sense 'hunger' has 1"),
        (Mouse, WORLD, {"place": "nowhere"}, "must name a sense that learning hears"),
        (Mouse, WORLD, {"names": ("stay", "go")}, "must have an action for each of 2 names"),
        (Fighter, "Rivals", {"goals": (Goal("go", 0.5, channel="pain"),)}, "goals need an action of two entries or more"),
    ],
)
def test_programmes_and_goals_are_checked_at_birth(kind: Any, world: str, parts: dict[str, Any], words: str) -> None:
    class Mine(kind):
        version = "mine"

        @property
        def repertoire(self) -> Repertoire:
            own = super().repertoire
            known = {name: getattr(own, name) for name in ("names", "actions", "goals", "place", "mapped", "act")}
            return Repertoire(**(known | parts))

    with pytest.raises(BrokenSteering, match=words):
        Population("steered", world, 2, seed=3000, steering=Mine)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("urgency", 2.0, r"urgency 2; it must lie in \[0, 1\]"),
        ("arousal", np.nan, "arousal nan; it must be finite"),
        ("want", 9, r"want 9; it must lie in \[0, 4\]"),
        ("action", np.nan, "action nan; it must be finite"),
        ("urgency", None, r"urgency as an array \[2\], not float"),
        ("channel_values", None, "must give channel_values, since assessed names"),
    ],
)
def test_reflexes_are_checked(name: str, value: float | None, words: str) -> None:
    assessed = ("food",) if name == "channel_values" else ()

    class Mine(Mouse):
        version = "mine"

        def _react(self, reading: Any, recollection: Any) -> Reflex:
            reflex = super()._react(reading, recollection)
            if value is None:
                setattr(reflex, name, None if name == "channel_values" else 0.5)
            else:
                getattr(reflex, name)[-1] = value
            return reflex

    Mine.assessed = assessed
    with pytest.raises(BrokenSteering, match=words):
        Population("reflex", WORLD, 2, seed=3000, steering=Mine)


@pytest.mark.parametrize("name", ["effrt", "fod"])
def test_a_name_that_is_not_declared_is_told_with_those_that_are(name: str) -> None:
    class Mine(Owl):
        version = "mine"

        def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
            super()._judge(before, action, after, parts, channels)
            (parts if name == "effrt" else before)[name][:] = 0.0

    population = Population("reflex", "Orienting", 2, seed=3000, steering=Mine)
    with pytest.raises(
        BrokenSteering,
        match=rf"_judge asks for a field '{name}' that is not there. It has senses: .*parts: centred, effort",
    ):
        live(population, 1)


def test_a_judgement_that_is_no_number_is_seen_at_any_age() -> None:
    class Mine(Owl):
        version = "mine"
        age: ClassVar[int] = 0

        def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
            super()._judge(before, action, after, parts, channels)
            Mine.age += 1
            if Mine.age == 205:
                parts["effort"][0] = np.nan

    population = Population("reflex", "Orienting", 2, seed=3000, steering=Mine)
    live(population, 204)
    with pytest.raises(BrokenSteering, match="part 'effort' of row 0 nan"):
        live(population, 1)


@pytest.mark.parametrize("given", [np.zeros(2), np.zeros(3, bool), None, [True, False]])
def test_a_rule_must_choose_for_each_animal(given: Any) -> None:
    class Mine(HandOver):
        name = "mine"
        proven = "nothing"

        def choose(self, reflex: Any, proposal: Any, age: np.ndarray) -> np.ndarray:
            return given

    population = Population("steered", WORLD, 2, seed=3000)
    population.steered.hand_over = Mine(2, 0.1)
    with pytest.raises(BrokenHandOver, match=r"choose must return bool\[2\]"):
        live(population, 1)


def test_a_rule_must_have_a_name_and_may_have_streams_of_its_own() -> None:
    class Bare(HandOver):
        def choose(self, reflex: Any, proposal: Any, age: np.ndarray) -> np.ndarray:
            return self.streams.uniform("dice", 1)[:, 0] > 0.5

    with pytest.raises(BrokenFile, match="it lacks the class attribute name"):
        hand_over_rule(Bare)
    Bare.name, Bare.proven, Bare.stream_names = "bare", "nothing", ("dice",)
    rule = hand_over_rule(Bare)(64, 0.1)
    rule.birth(np.arange(64, dtype=np.uint64), np.ones(64, bool))
    assert 10 < rule.choose(None, None, np.zeros(64)).sum() < 54  # type: ignore[arg-type]


@pytest.mark.parametrize("dt", [0.01, 0.1, 0.5, 2.0])
def test_what_is_remembered_of_a_place_stays_in_its_range(dt: float) -> None:
    """Rates are per tenth of a second; multiplied by the length of a longer step they made memory grow without bound."""
    from core.streams import RowStreams

    memory = PlaceMemory(2, ("food",), (True,), cells=40, dt=dt)
    streams = RowStreams(2, ("place cells",))
    memory.wire(streams, "place cells", np.ones(2, bool))
    rng = np.random.default_rng(0)
    for _ in range(400):
        memory.remember(rng.uniform(-1, 1, (2, 2)), (rng.random((2, 1)) < 0.5) * 1.0, np.ones(2))
        for values in (memory.state.memory, memory.state.disappointment):
            assert (values >= 0.0).all()
            assert (values <= 1.0).all()
    assert memory.state.memory.max() > 0.2
