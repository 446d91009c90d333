"""The window: events, actions, and the clock. What is shown comes from the stage, what happens from the session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.canvas import Canvas, pixels
from core.errors import NestlingError
from core.pygame_check import import_pygame
from envs.registration import world_class
from viewer.controls import Controls
from viewer.driving import STEERING_KEYS, driving_keys
from viewer.keys import binding_of, plain_name
from viewer.layout import layout_of
from viewer.panels.life_panel import share_at
from viewer.record import Recorder, pace
from viewer.session import Session
from viewer.sound import Speaker
from viewer.stage import SIZE, compose, draw_tooltip, progress, tooltip_at

SPEEDS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 0.0)  # in units of the world's usual pace; 0 is as fast as possible
_USUAL_STEPS = 10.0  # steps a second that a world of long steps is shown at, at speed 1; others run in real time
_FRAME_RATE = 60
_SMALLEST = (640, 360)
_KEPT_TICKS = 7  # a frame: 20 kept ages of 600 ticks each last half a minute
_DURING_A_LAPSE = ("grown", "pause", "help", "picture", "sound", "next", "previous", "faster", "slower", "close")


class NoDisplay(NestlingError, RuntimeError):
    """No window can be opened."""


class Closed(Exception):
    """The window was closed while animals were growing up."""


def _no_display(why: object) -> NoDisplay:
    return NoDisplay(
        f"No window can be opened ({why}). Set DISPLAY, or record without a screen: --headless --record life.mp4"
    )


class Window:
    """An open viewer. ``run`` returns when it is closed.

    Raises:
        NoDisplay: there is no screen, or it is smaller than 640 x 360; ``--record`` or ``--headless`` work without one.
    """

    def __init__(self, session: Session, recorder: Recorder | None = None) -> None:
        pygame = import_pygame()
        try:
            pygame.display.init()
            pygame.display.set_caption("Nestling")
            self._screen = pygame.display.set_mode(self._first_size(), pygame.RESIZABLE)
        except pygame.error as error:
            raise _no_display(error) from None
        if "SDL_VIDEODRIVER" not in os.environ and pygame.display.get_driver() in ("offscreen", "dummy"):
            pygame.display.quit()
            raise _no_display("there is no screen")
        pygame.key.set_repeat(300, 60)
        self.session, self._recorder = session, recorder
        self._down: set[str] = set()
        self._paused, self._help, self._open, self._speed = False, False, True, SPEEDS.index(1.0)
        self._message, self._owed, self._manipulation, self._unrecorded = "", 0.0, -1, 0
        self._lapse: Iterator[bool] | None = None
        self._clock = pygame.time.Clock()
        self._controls = Controls(self._screen.get_size(), session)
        self._listen()

    @staticmethod
    def _first_size() -> tuple[int, int]:
        """1280 x 720, or what fits on a smaller screen."""
        sizes = import_pygame().display.get_desktop_sizes()
        width, height = sizes[0] if sizes else SIZE
        if width < _SMALLEST[0] or height < _SMALLEST[1]:
            raise _no_display(f"the screen has {width} x {height} pixels, and {_SMALLEST[0]} x {_SMALLEST[1]} are needed")
        scale = min(1.0, width / SIZE[0], height / SIZE[1])
        return round(scale * SIZE[0]), round(scale * SIZE[1])

    def run(self, steps: int | None = None) -> None:
        """Show the animals' lives until the window is closed, or for ``steps`` ticks."""
        done = 0
        try:
            while self._open and (steps is None or done < steps):
                self._events()
                if not self._paused:
                    done += self._advance()
                self._show(self._frame())
        except Closed:
            pass
        finally:
            if self._speaker is not None:
                self._speaker.close()
            import_pygame().display.quit()

    # -- what happens ----------------------------------------------------------------------------

    def _events(self) -> None:
        pygame = import_pygame()
        for event in pygame.event.get():
            action = self._controls.handle(event)
            try:
                if event.type == pygame.QUIT:
                    self._open = False
                elif event.type == pygame.VIDEORESIZE:
                    self._resize()
                elif event.type == pygame.WINDOWFOCUSLOST:
                    self._let_go()
                elif event.type in (pygame.KEYDOWN, pygame.KEYUP):
                    self._key(event)
                elif action is not None:
                    self._do(*action)
                elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and not self._controls.hovered:
                    self._click(event.pos)
            except NestlingError as error:
                self._message = str(error)

    def _resize(self) -> None:
        self._screen = import_pygame().display.get_surface()
        self._controls = Controls(self._screen.get_size(), self.session)

    def _key(self, event: Any) -> None:
        """A key goes down or up; with Alt, Ctrl or the system's own key it is meant for somebody else."""
        pygame = import_pygame()
        key = plain_name(pygame.key.name(event.key))
        if key is None:
            return
        if key == "escape" and event.type == pygame.KEYDOWN and self._controls.menu_is_open:
            self._controls.refresh(self.session)  # closes the menu, not the window
            return
        if event.type == pygame.KEYUP:
            self._down.discard(key)
            self._hold(key, False)
        elif not event.mod & (pygame.KMOD_ALT | pygame.KMOD_CTRL | pygame.KMOD_META):
            held = key in self._down
            self._down.add(key)
            self._press(key, held)

    def _let_go(self) -> None:
        """Another window has the keyboard, and will hear of keys that go up."""
        for key in self._down:
            self._hold(key, False)
        self._down.clear()

    def _press(self, key: str, held: bool = False) -> None:
        """A key goes down, or is held since long enough to repeat."""
        driver = self.session.driver
        if driver is not None and (key in STEERING_KEYS or key.isdecimal()):
            self._hold(key, True)
            return
        binding = binding_of(key, driving=driver is not None)
        if binding is None:
            self._message = f"the key {key} does nothing; H shows help"
        elif binding.repeats or not held:
            self._do(binding.action, binding.argument)

    def _hold(self, key: str, held: bool) -> None:
        """A key that drives an animal goes down or up. Snapshots are void then: repeating their ticks would not repeat the keys."""
        driver = self.session.driver
        if driver is not None and (key in driver.held) != held:
            (driver.held.add if held else driver.held.discard)(key)
            self.session.snapshots.clear()

    def _click(self, place: tuple[int, int]) -> None:
        """A click on the strip of the whole life goes to that age."""
        size = self._screen.get_size()
        layout = layout_of(size)
        share = share_at(layout.in_units(place, size), layout.box("life"))
        if share is not None:
            self._lapse, self._message = None, ""
            self.session.go_to(share, self._growing)

    def _do(self, action: str, argument: str = "") -> None:
        """Do what a key, a button or a menu asks for."""
        self._message = ""
        session = self.session
        if action not in _DURING_A_LAPSE:
            self._lapse = None
        if action in ("faster", "slower"):
            self._speed = max(0, min(len(SPEEDS) - 1, self._speed + (1 if action == "faster" else -1)))
        elif action == "step":
            self._paused = True
            self._step(heard=False)
        elif action == "back":
            self._paused = True
            if not session.step_back():
                self._message = "the past is not kept any further"
        elif action in ("next", "previous"):
            session.next_animal(1 if action == "next" else -1)
            self._controls.refresh(session)
        elif action == "lesion":
            self._toggle(argument.partition(" ")[2])
        elif action == "manipulate":
            session.manipulate(argument)
            self._message = f"done: {argument}"
        elif action in ("world", "agent"):
            session.change(**{action: argument})
            self._speed = SPEEDS.index(1.0)  # a step lasts a tenth of a second in one world and half a minute in another
            self._controls.refresh(session)
            self._listen()
        elif action == "help":
            self._help = not self._help
        else:
            getattr(self, f"_{action}")(argument)

    def _close(self, _: str) -> None:
        self._open = False

    def _pause(self, _: str) -> None:
        self._paused = not self._paused

    def _newborn(self, _: str) -> None:
        self.session.be_newborn()

    def _grown(self, _: str) -> None:
        """The whole life as a time lapse; asked again, its end at once."""
        if self._lapse is None:
            self._lapse, self._paused = self.session.growing(self.session.lives.steps), False
        else:
            self._lapse = None
            self.session.grow(self.session.lives.steps, self._growing)

    def _age(self, argument: str) -> None:
        """Jump to an age of the menu, through a checkpoint where there is one."""
        if argument == "newborn":
            self.session.be_newborn()
        elif argument == "grown":
            self.session.grow(progress=self._growing)
        else:
            kind = world_class(self.session.world)
            share = float(argument.partition("%")[0]) / 100.0
            self.session.grow(round(share * kind.life_episodes * kind.episode_steps), self._growing)

    def _compare(self, _: str) -> None:
        self.session.compare(self.session.twin is None, self._growing)

    def _drive(self, _: str) -> None:
        self.session.drive(self.session.driver is None)
        keys = driving_keys(self.session.population.world)
        self._message = (
            f"you are its cortex: {keys}; urgent reflexes may still override" if self.session.driver else "it is on its own"
        )

    def _picture(self, _: str) -> None:
        self._message = f"saved {self._save_picture()}"

    def _sound(self, _: str) -> None:
        if self._speaker is None:
            self._message = "this world makes no sound"
        else:
            self._speaker.muted = not self._speaker.muted
            self._message = self._speaker.broken or ("sound off" if self._speaker.muted else "sound on")

    def _choose(self, _: str) -> None:
        known = list(self.session.population.world.manipulations().values())
        self._manipulation = (self._manipulation + 1) % max(1, len(known))
        self._message = f"return to: {known[self._manipulation].meaning}" if known else "this world has no manipulations"

    def _apply(self, _: str) -> None:
        known = list(self.session.population.world.manipulations())
        if 0 <= self._manipulation < len(known):
            self._do("manipulate", known[self._manipulation])
        else:
            self._message = "choose a manipulation first (M)"

    def _toggle(self, part: str) -> None:
        missing = self.session.toggle_lesion(part)
        self._message = f"{part} {'removed' if missing else 'restored'}"
        self._controls.refresh(self.session)

    # -- time ------------------------------------------------------------------------------------

    def _listen(self) -> None:
        """Open a speaker where the world can be heard."""
        rate = self.session.population.world.metadata.get("sound_rate")
        self._speaker = Speaker(rate) if rate else None
        if self._speaker is not None and self._speaker.broken:
            self._message = self._speaker.broken

    def _step(self, heard: bool) -> None:
        """One tick; where it can be heard, an episode is played when it is over. Recordings get its sound in any case."""
        session = self.session
        session.step()
        self._unrecorded += 1
        world, last = session.population.world, session.history.last
        sound = None if self._recorder is None else world.sound(session.row)
        if sound is not None and self._recorder is not None:
            self._recorder.add_sound(sound)
        speaker = self._speaker if heard and self._speaker is not None and self._speaker.heard else None
        if speaker is not None and last is not None and last.ended[session.row]:
            whole = world.episode_sound(session.row)
            if whole is not None:
                speaker.play(whole)

    def _advance(self) -> int:
        """Live the ticks that are due in this frame; at full speed, as many as fit into it. Returns their number."""
        pygame = import_pygame()
        if self._lapse is not None:
            return self._grow_on(self._lapse)
        speed = SPEEDS[self._speed]
        if speed == 0.0:
            until, count = pygame.time.get_ticks() + 14, 0
            while pygame.time.get_ticks() < until:
                self._step(heard=False)
                count += 1
            return count
        self._owed = min(self._owed + self._times() / (self.session.population.world.dt * _FRAME_RATE), 200.0)
        count = int(self._owed)
        self._owed -= count
        for _ in range(count):
            self._step(heard=speed <= 2.0)
        return count

    def _grow_on(self, lapse: Iterator[bool]) -> int:
        """The part of a time lapse that is due in this frame: what is kept is seen again slowly enough for half a minute in all."""
        pygame = import_pygame()
        until, count = pygame.time.get_ticks() + 12, 0
        for kept in lapse:
            count += 1
            if pygame.time.get_ticks() >= until or (kept and count >= _KEPT_TICKS):
                return count
        self._lapse, self._paused = None, True
        self._message = "a whole life; click on its strip to be at another age"
        return count

    def _times(self) -> float:
        """Speed relative to real time; 0 for as fast as possible."""
        return SPEEDS[self._speed] * max(1.0, _USUAL_STEPS * self.session.population.world.dt)

    def _frame(self) -> Canvas:
        times = self._times()
        status = (
            "paused"
            if self._paused
            else "growing up; G: to the end"
            if self._lapse is not None
            else "as fast as possible"
            if times == 0.0
            else f"{times:g} x real time"
        )
        return compose(self.session, status, self._message, self._help, self._screen.get_size())

    def _show(self, canvas: Canvas) -> None:
        pygame = import_pygame()
        each = pace(self.session.population.world)[1]
        if self._recorder is not None and self._unrecorded >= each:
            frame = pixels(canvas if canvas.surface.get_size() == SIZE else compose(self.session))
            while self._unrecorded >= each:  # a picture for every so many ticks, however few were shown
                self._recorder.add(frame)
                self._unrecorded -= each
        self._screen.blit(canvas.surface, (0, 0))
        place = pygame.mouse.get_pos()
        words = tooltip_at(canvas, place) if pygame.mouse.get_focused() and not self._controls.hovered else None
        if words:
            draw_tooltip(self._screen, place, words)
        self._controls.set_paused(self._paused)
        self._controls.draw(self._screen, 1.0 / _FRAME_RATE)
        pygame.display.flip()
        self._clock.tick(_FRAME_RATE)

    def _growing(self, done: int, total: int) -> None:
        pygame = import_pygame()
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                raise Closed
        canvas = self._frame()
        progress(canvas, done, total, "growing up")
        self._screen.blit(canvas.surface, (0, 0))
        pygame.display.flip()

    def _save_picture(self) -> Path:
        path = Path(f"nestling-{self.session.population.world_name.replace(':', '.')}-{round(self.session.age)}s.png")
        with Recorder(path) as recorder:
            recorder.add(pixels(compose(self.session, size=self._screen.get_size())))
        return path
