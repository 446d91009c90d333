"""Lives as the player shows them: the same animal whole and without its parts, in stretches along the whole of its life."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from agents.life import live
from agents.population import Population
from core.errors import InvalidArgument, told, whole_number
from core.player.recorded_canvas import Library, RecordedCanvas
from core.player.recording import Age, Curves, Panel, Recording, Stretch
from core.pygame_check import import_pygame
from envs.registration import world_class
from viewer.layout import PANEL
from viewer.life_line import LifeLine
from viewer.panels import learning_panel, steering_panel, world_panel
from viewer.record import CannotRecord, pace
from viewer.shown import Shown
from viewer.timing import duration
from viewer.why import why

FRAMES, FRAMES_WITH_SOUND = 240, 120  # of a stretch; spectrograms and sound are large
_AGES = (0.0, 0.02, 0.1, 0.25, 0.5, 1.0)  # parts of the life at which stretches are recorded; the last one ends it
LESIONS = ("learning", "reflex", "reward")
_ALONE = {"learning": "steering alone, without learning", "reflex": "learning alone, without reflex"}
_BEFORE = 2 / 3  # of a stretch lies before the most urgent moment

Progress = Callable[[int, int], None]
PANELS: tuple[tuple[Panel, Any], ...] = (
    (Panel("world", (652, 492)), world_panel.draw),
    (Panel("steering", PANEL), steering_panel.draw),
    (Panel("learning", PANEL), learning_panel.draw),
)


def record_life(
    world: Any,
    agent: str = "steered",
    seed: int = 0,
    lesions: Sequence[str] = LESIONS,
    steps: int | None = None,
    frames: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Recording:
    """Let one animal live its whole life, whole and without each of ``lesions`` from birth, and record stretches of all of them.

    All tracks have the same seed, so they are the same animal in the same world. A stretch lies around the most urgent moment that the
    whole animal meets in the episode that follows an age; the other tracks are shown at the same ticks.

    Args:
        world, agent: by name.
        seed: of the animal.
        lesions: parts to remove; of the usual three those that the agent lacks are left out.
        steps: length of the life in ticks, at least 1 and at most that of the world.
        frames: pictures of a stretch, at least 1; by default 240, or 120 where there is sound, which is large.
        progress: called with ticks done and their total.

    Raises:
        InvalidArgument: ``steps`` or ``frames`` are out of range.
        UnknownName: there is no such world, agent or part.
    """
    kind = world_class(world)
    whole = kind.life_episodes * kind.episode_steps
    steps = whole if steps is None else whole_number("steps", steps, least=1)
    if steps > whole:
        raise InvalidArgument(
            f"A life in {kind.__name__} has {whole:,} steps, so {steps:,} cannot be recorded; leave --steps out."
        )
    parts = tuple(dict.fromkeys(lesions))
    if parts == LESIONS:
        known = Population(agent, world, 1, seed=seed).lesionable()
        parts = tuple(part for part in parts if part in known)
    population = Population(agent, world, 1 + len(parts), seed=[seed] * (1 + len(parts)))
    for row, part in enumerate(parts, start=1):
        population.lesion(part, [row])
    tracks = ("whole animal", *(_ALONE.get(part, f"without {part.replace('_', ' ')}") for part in parts))
    return _Recorder(population, tracks, steps, frames, progress).record(seed)


def record_now(
    population: Population, row: int = 0, frames: int | None = None, progress: Progress = lambda done, total: None
) -> Recording:
    """Let a population live on, and record one of its animals from now on.

    Args:
        population: it lives ``frames`` times as many ticks as a frame has.
        row: which animal.
        frames: pictures, at least 1.
        progress: called with ticks done and their total.

    Raises:
        InvalidArgument: there is no such row, or ``frames`` is less than 1.
    """
    if not 0 <= whole_number("row", row, least=0) < population.animals:
        raise InvalidArgument(f"row must be from 0 to {population.animals - 1}, not {row}.")
    recorder = _Recorder(population, (f"animal {row + 1}",), 0, frames, progress, rows=(row,))
    return recorder.record_now(int(population.seeds[row]))


class _Recorder:
    def __init__(
        self,
        population: Population,
        tracks: tuple[str, ...],
        steps: int,
        frames: int | None,
        progress: Progress,
        rows: Sequence[int] | None = None,
    ) -> None:
        self.population, self.tracks, self.steps, self.progress = population, tracks, steps, progress
        self.rate, self.each = pace(population.world)
        self.library, self.lived, self.total = Library(), 0, 0
        self.sound_rate: int | None = population.world.metadata.get("sound_rate")
        default = FRAMES if self.sound_rate is None else FRAMES_WITH_SOUND
        self.frames = default if frames is None else whole_number("frames", frames, least=1)
        self.shown = [Shown(row) for row in (range(population.animals) if rows is None else rows)]
        for one in self.shown:
            one.show(population)

    def record(self, seed: int) -> Recording:
        kind = type(self.population.world)
        line = LifeLine(kind, self.population.animals, self.steps)
        for one in self.shown:
            one.line = line
        window = min(self.steps, max(kind.episode_steps, self.frames * self.each))
        ages = _ages(self.steps, window)
        self.total = self.steps + window * len(ages)
        now, placed, recorded = 0, [], []
        for start, label in ages:
            self._live(max(0, start - now), [line])
            moment = max(now, start) + self._most_urgent(min(window, self.steps - max(now, start)))
            first = min(moment - round(_BEFORE * self.frames) * self.each, self.steps - self.frames * self.each)
            now = max(now, start)
            first = max(now, first)
            self._live(first - now, [line])
            frames = min(self.frames, max(1, (self.steps - first) // self.each))
            placed.append(Age(first, label))
            recorded.append(self._stretch(frames, [line]))
            now = first + frames * self.each
        self._live(self.steps - now, [line])
        return self._recording(seed, placed, [list(track) for track in zip(*recorded, strict=True)], line)

    def record_now(self, seed: int) -> Recording:
        self.total = self.frames * self.each
        age = Age(round(self.shown[0].age / self.population.world.dt), f"from {duration(self.shown[0].age)} of age")
        return self._recording(seed, [age], [[stretch] for stretch in self._stretch(self.frames, [])], None)

    def _recording(self, seed: int, ages: list[Age], stretches: list[list[Stretch]], line: LifeLine | None) -> Recording:
        world = self.population.world
        self.progress(self.total, self.total)
        return Recording(
            world=self.population.world_name,
            agent=self.population.spec.name,
            seed=seed,
            unit=world.fitness_unit,
            dt=world.dt,
            tracks=self.tracks,
            ages=ages,
            stretches=stretches,
            library=self.library,
            panels=tuple(panel for panel, _ in PANELS),
            curves=None if line is None else Curves(line.ticks, line.steps, line.fitness, line.share),
            frames_per_second=self.rate,
            ticks_per_frame=self.each,
            sound_rate=self.sound_rate,
        )

    def _live(self, steps: int, observers: list[Any]) -> None:
        for done in range(0, steps, 500):
            part = min(500, steps - done)
            live(self.population, part, observers)
            self.lived += part
            self.progress(min(self.lived, self.total), self.total)

    def _most_urgent(self, window: int) -> int:
        """Ticks until the reflex of the first animal is most urgent; these ticks are lived, and taken back."""
        kept, urgencies = self.population.get_state(), []
        self._live(window, [lambda _, tick: urgencies.append(float(tick.reflex.urgency[self.shown[0].row]))])
        self.population.set_state(kept)
        return int(np.argmax(urgencies)) if urgencies else 0

    def _stretch(self, frames: int, observers: list[Any]) -> list[Stretch]:
        stretches = [Stretch(tuple([] for _ in PANELS)) for _ in self.shown]
        histories = [one.history for one in self.shown]
        for history in histories:
            history.clear()
        for _ in range(frames):
            for _ in range(self.each):
                self._live(1, [*histories, *observers])
                for one, stretch in zip(self.shown, stretches, strict=True):
                    sound = None if self.sound_rate is None else self.population.world.sound(one.row)
                    if sound is not None:
                        stretch.sound.append(sound.astype(np.float32))
            for one, stretch in zip(self.shown, stretches, strict=True):
                self._add_frame(one, stretch)
        return stretches

    def _add_frame(self, one: Shown, stretch: Stretch) -> None:
        box = import_pygame().Rect
        for (panel, draw), frames in zip(PANELS, stretch.frames, strict=True):
            canvas = RecordedCanvas(self.library, track=one.row)
            try:
                draw(canvas, box(0, 0, *panel.size), one)
            except Exception as error:
                raise CannotRecord(f"{type(self.population.world).__name__} cannot be drawn: {told(error)}.") from error
            frames.append(canvas.commands)
        last = one.history.last
        assert last is not None
        stretch.captions.append(why(one))
        stretch.in_charge.append(bool(last.in_charge[one.row]))


def _ages(steps: int, window: int) -> list[tuple[int, str]]:
    """Where windows of the life begin, none overlapping, and what they are called."""
    chosen: list[tuple[int, str]] = []
    for share in _AGES:
        start = min(round(share * steps), steps - window)
        label = "newborn" if share == 0.0 else "grown" if share == 1.0 else f"{100 * share:.0f}% of life"
        if not chosen or start >= chosen[-1][0] + window:
            chosen.append((start, label))
    return chosen
