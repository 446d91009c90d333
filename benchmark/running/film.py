"""An observer that records what one animal does at the most urgent moment of its first day, and of its last."""

from __future__ import annotations

import copy
import zlib
from typing import NamedTuple

import msgspec
import numpy as np

from agents.population import Population
from agents.steered_world import Tick
from core.canvas import SIZE
from core.errors import told
from core.packed import DamagedFile
from core.player.packing import pack
from core.player.recorded_canvas import Library, RecordedCanvas
from core.player.recording import Age, Panel, Recording, Stretch
from envs.world import World

MOMENTS = 60
_RATE = 10
_LOOKS_A_DAY = 200
_LARGEST = 50_000_000  # bytes of an unpacked recording


class _Look(NamedTuple):
    state: dict[str, np.ndarray]
    step: int
    in_charge: bool
    urgency: float


class FilmRecorder:
    """Drawings of the first animal around the most urgent moment of its first day and of its last one.

    After the life, ``films`` holds ``film.player``: a packed recording of one track and two ages, as :func:`unpacked` reads it.

    Args:
        lifetime, episode_steps: ticks.
    """

    def __init__(self, lifetime: int, episode_steps: int) -> None:
        self.films: dict[str, np.ndarray] = {}
        self._step, self._every = 0, max(1, episode_steps // _LOOKS_A_DAY)
        self._days = {"newborn": (0, episode_steps), "grown": (lifetime - episode_steps, lifetime)}
        self._seen: list[_Look] = []
        self._cuts: list[tuple[Age, Stretch]] = []
        self._library = Library()

    def __call__(self, population: Population, tick: Tick) -> None:
        for age, (first, end) in self._days.items():
            if first <= self._step < end:
                if self._step % self._every == 0 and not tick.ended[0]:
                    # drawing takes far longer than living, so only the moments that are kept are drawn, at the end of the day
                    state = {name: values[:1].copy() for name, values in population.world.get_state().items()}
                    self._seen.append(_Look(state, self._step, bool(tick.in_charge[0]), float(tick.reflex.urgency[0])))
                if self._step == end - 1:
                    self._cut(age, population.world)
        self._step += 1
        if self._step == self._days["grown"][1]:
            self._finish(population)

    def _cut(self, age: str, world: World) -> None:
        urgencies = [look.urgency for look in self._seen]
        middle = int(np.argmax(urgencies)) if urgencies else 0
        start = max(0, min(middle - MOMENTS // 2, len(self._seen) - MOMENTS))
        looks = self._seen[start : start + MOMENTS]
        self._seen = []
        if looks:
            self._cuts.append((Age(looks[0].step, age), self._drawn(looks, world)))

    def _drawn(self, looks: list[_Look], world: World) -> Stretch:
        """What the first animal did in each look, drawn by a twin of its world."""
        twin, stretch = copy.deepcopy(world), Stretch(([],))
        whole = twin.get_state()
        for look in looks:
            for name, values in look.state.items():
                whole[name][:1] = values
            twin.set_state(whole)
            canvas = RecordedCanvas(self._library)
            twin.draw(0, canvas)
            stretch.frames[0].append(canvas.commands)
            who = "Learning" if look.in_charge else "Steering"
            stretch.captions.append(f"{who} acts (urgency of the reflex {look.urgency:.1f}).")
            stretch.in_charge.append(look.in_charge)
        return stretch

    def _finish(self, population: Population) -> None:
        world = population.world
        if not self._cuts:
            return
        recording = Recording(
            world=population.world_name,
            agent=population.spec.name,
            seed=int(population.seeds[0]),
            unit=world.fitness_unit,
            dt=world.dt,
            panels=(Panel("world", SIZE),),
            tracks=(population.spec.name,),
            ages=[age for age, _ in self._cuts],
            stretches=[[stretch for _, stretch in self._cuts]],
            library=self._library,
            curves=None,
            frames_per_second=_RATE,
            ticks_per_frame=self._every,
            beside=len(self._cuts) > 1,
        )
        content = zlib.compress(msgspec.json.encode(pack(recording)), 9)
        self.films["film.player"] = np.frombuffer(content, np.uint8)


def unpacked(film: np.ndarray) -> tuple[str, str]:
    """Head and columns of ``film.player``.

    Raises:
        DamagedFile: it is none, or far larger than one.
    """
    try:
        reader = zlib.decompressobj()
        content = reader.decompress(film.astype(np.uint8).tobytes(), _LARGEST)
        if not reader.eof:
            raise DamagedFile("the recording of an animal is cut short, or too large")
        head, columns = msgspec.json.decode(content, type=tuple[str, str])
    except (zlib.error, msgspec.MsgspecError, ValueError) as error:
        raise DamagedFile(f"the recording of an animal is damaged ({told(error)})") from None
    return head, columns
