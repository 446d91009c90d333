"""The window: events, keys, and the clock. What is shown comes from the stage, what happens from the session."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from envs.canvas import pixels
from envs.errors import NestlingError
from envs.pygame_check import import_pygame
from viewer.record import Recorder, pace
from viewer.session import GROWN_STEPS, Session
from viewer.sound import Speaker
from viewer.stage import SIZE, compose, progress

SPEEDS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 0.0)
_FRAME_RATE = 60


class NoDisplay(NestlingError, RuntimeError):
    """No window can be opened."""


def _no_display(why: object) -> NoDisplay:
    return NoDisplay(
        f"No window can be opened ({why}). Set DISPLAY, or record without a screen: --headless --record life.mp4"
    )


class Window:
    """An open viewer. ``run`` returns when it is closed.

    Raises:
        NoDisplay: there is no screen; ``--record`` or ``--headless`` work without one.
    """

    def __init__(self, session: Session, recorder: Recorder | None = None) -> None:
        pygame = import_pygame()
        try:
            pygame.display.init()
            pygame.display.set_caption("Nestling")
            self._screen = pygame.display.set_mode(SIZE, pygame.RESIZABLE)
        except pygame.error as error:
            raise _no_display(error) from None
        if "SDL_VIDEODRIVER" not in os.environ and pygame.display.get_driver() in ("offscreen", "dummy"):
            pygame.display.quit()
            raise _no_display("there is no screen")
        self.session, self._recorder = session, recorder
        self._paused, self._help, self._open, self._speed = False, False, True, SPEEDS.index(1.0)
        self._message, self._owed, self._manipulation, self._unrecorded = "", 0.0, -1, 0
        self._clock = pygame.time.Clock()
        self._listen()

    def run(self, steps: int | None = None) -> None:
        """Show the animals' lives until the window is closed, or for ``steps`` ticks."""
        done = 0
        while self._open and (steps is None or done < steps):
            for event in import_pygame().event.get():
                self._handle(event)
            if not self._paused:
                done += self._advance()
            self._show(compose(self.session, self._status(), self._message, self._help))
        if self._speaker is not None:
            self._speaker.close()
        import_pygame().display.quit()

    def _listen(self) -> None:
        """Open a speaker where the world can be heard."""
        rate = self.session.population.world.metadata.get("sound_rate")
        self._speaker = Speaker(rate) if rate else None
        self._voice: list[np.ndarray] = []
        if self._speaker is not None and self._speaker.broken:
            self._message = self._speaker.broken

    def _step(self, heard: bool) -> None:
        """One tick; where it can be heard, an episode is played when it is over. Recordings get its sound in any case."""
        session = self.session
        session.step()
        self._unrecorded += 1
        if self._speaker is None or not (heard or self._recorder):
            return
        sound, last = session.population.world.sound(session.row), session.history.last
        if sound is not None and self._recorder is not None:
            self._recorder.add_sound(sound)
        if sound is None or not heard:
            return
        self._voice.append(sound)
        if last is not None and last.ended[session.row]:
            self._speaker.play(np.concatenate(self._voice))
            self._voice.clear()

    def _advance(self) -> int:
        """Live as many ticks as this frame is due; as many as fit into a frame at full speed."""
        pygame = import_pygame()
        speed = SPEEDS[self._speed]
        if speed == 0.0:
            until, count = pygame.time.get_ticks() + 14, 0
            while pygame.time.get_ticks() < until:
                self._step(heard=False)
                count += 1
            return count
        self._owed += speed / (self.session.population.world.dt * _FRAME_RATE)
        count = int(self._owed)
        self._owed -= count
        for _ in range(count):
            self._step(heard=speed <= 2.0)
        return count

    def _show(self, surface: Any) -> None:
        pygame = import_pygame()
        if self._recorder is not None and self._unrecorded >= pace(self.session.population.world)[1]:
            self._recorder.add(pixels(surface))
            self._unrecorded = 0
        size = self._screen.get_size()
        self._screen.blit(surface if size == SIZE else pygame.transform.smoothscale(surface, size), (0, 0))
        pygame.display.flip()
        self._clock.tick(_FRAME_RATE)

    def _status(self) -> str:
        speed = SPEEDS[self._speed]
        return "paused" if self._paused else "as fast as possible" if speed == 0.0 else f"{speed:g} x"

    def _handle(self, event: Any) -> None:
        pygame = import_pygame()
        if event.type == pygame.QUIT:
            self._open = False
        elif event.type == pygame.KEYDOWN:
            try:
                self._press(pygame.key.name(event.key))
            except NestlingError as error:
                self._message = str(error)

    def _press(self, key: str) -> None:
        session = self.session
        if key in ("q", "escape"):
            self._open = False
        elif key == "space":
            self._paused = not self._paused
        elif key in ("right", "."):
            self._paused = True
            self._step(heard=False)
        elif key in ("up", "down"):
            self._speed = max(0, min(len(SPEEDS) - 1, self._speed + (1 if key == "up" else -1)))
        elif key == "tab":
            session.next_animal()
        elif key == "n":
            session.be_newborn()
        elif key == "g":
            session.grow(GROWN_STEPS, self._growing)
        elif key in ("l", "r", "e"):
            part = {"l": "learning", "r": "reflex", "e": "reward"}[key]
            self._message = f"{part} {'lesioned' if session.toggle_lesion(part) else 'restored'}"
        elif key in ("m", "return"):
            self._manipulate(throw=key == "return")
        elif key == "s":
            self._message = f"saved {self._save_picture()}"
        elif key == "a" and self._speaker is not None:
            self._speaker.muted = not self._speaker.muted
            self._message = self._speaker.broken or ("sound off" if self._speaker.muted else "sound on")
        elif key == "h":
            self._help = not self._help
        else:
            self._message = f"the key {key} does nothing; H shows help"

    def _manipulate(self, throw: bool) -> None:
        known = list(self.session.population.world.manipulations().values())
        if not known:
            self._message = "this world has no manipulations"
        elif throw and self._manipulation >= 0:
            self.session.manipulate(known[self._manipulation].name)
            self._message = f"thrown: {known[self._manipulation].name}"
        else:
            self._manipulation = (self._manipulation + 1) % len(known)
            self._message = f"return to: {known[self._manipulation].meaning}"

    def _growing(self, done: int, total: int) -> None:
        pygame = import_pygame()
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                raise KeyboardInterrupt
        surface = compose(self.session, "growing up", "", False)
        progress(surface, done, total, "growing up")
        self._show(surface)

    def _save_picture(self) -> Path:
        path = Path(f"nestling-{self.session.population.world_name}-{round(self.session.age)}s.png")
        with Recorder(path) as recorder:
            recorder.add(pixels(compose(self.session)))
        return path
