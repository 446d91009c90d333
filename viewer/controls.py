"""The control bar: buttons and menus at the foot of the window. It turns clicks into actions, and does nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from agents.catalogue import AGENTS
from core.pygame_check import import_pygame
from envs.registration import worlds
from steering.registration import steerings
from viewer.keys import tip_of
from viewer.layout import layout_of
from viewer.session import Session

Action = tuple[str, str]
_HEIGHT, _GAP = 32, 5
AGES = ("newborn", "10% of life", "25% of life", "50% of life", "grown")


@dataclass(frozen=True)
class _Button:
    """A button: its text, the action of a click, and its width in units; what it says under the mouse is in :mod:`viewer.keys`."""

    text: str
    action: str
    width: int


@dataclass(frozen=True)
class _Menu:
    """A menu whose entries are arguments of one action; its head says what is in force, or what it is for."""

    head: str
    action: str
    width: int
    entries: tuple[str, ...]


_BUTTONS = (
    _Button("play", "pause", 56),
    _Button("back", "back", 52),
    _Button("step", "step", 52),
    _Button("-", "slower", 28),
    _Button("+", "faster", 28),
    _Button("animal", "next", 66),
    _Button("compare", "compare", 82),
    _Button("drive", "drive", 54),
    _Button("picture", "picture", 68),
    _Button("help", "help", 46),
)


class Controls:
    """Buttons and menus for a window of ``size`` pixels, built anew when the size or the session's menus change."""

    def __init__(self, size: tuple[int, int], session: Session) -> None:
        self.size = size
        self._layout = layout_of(size)
        self._scale = min(size[0] / self._layout.size[0], size[1] / self._layout.size[1])
        self._build(session)

    def _build(self, session: Session) -> None:
        import pygame_gui

        self._gui = pygame_gui
        import_pygame().font.init()
        self.manager = pygame_gui.UIManager(self.size, _theme(self._scale), enable_live_theme_updates=False)
        self._actions: dict[Any, str] = {}
        self._menus: dict[Any, _Menu] = {}
        self._play: Any = None
        self._left = (self.size[0] - self._scale * self._layout.size[0]) / 2
        left = 20.0
        for button in _BUTTONS:
            element = pygame_gui.elements.UIButton(
                self._box(left, button.width, 0), button.text, self.manager, tool_tip_text=tip_of(button.action)
            )
            self._actions[element] = button.action
            self._play = self._play or element
            left += button.width + _GAP
        row = self._layout.bar_rows - 1
        left = 20.0 if row else left
        for menu in self._all_menus(session):
            self._add_menu(menu, self._box(left, menu.width, row))
            left += menu.width + _GAP

    def _box(self, left: float, width: float, row: int) -> Any:
        scale, layout = self._scale, self._layout
        foot = (self.size[1] + scale * layout.size[1]) / 2
        top = foot - scale * (layout.bar - 8 - row * (_HEIGHT + _GAP))
        return import_pygame().Rect(
            round(self._left + scale * left), round(top), round(scale * width), round(scale * _HEIGHT)
        )

    def _add_menu(self, menu: _Menu, box: Any) -> None:
        element = self._gui.elements.UIDropDownMenu(
            [*(() if menu.head in menu.entries else (menu.head,)), *menu.entries],
            menu.head,
            box,
            self.manager,
            expansion_height_limit=round(0.8 * self.size[1]),
        )
        self._menus[element] = menu

    @staticmethod
    def _all_menus(session: Session) -> Sequence[_Menu]:
        population = session.population
        lesions = tuple(
            f"{'restore' if missing[session.row] else 'remove'} {part}" for part, missing in population.lesionable().items()
        )
        switches = tuple(population.world.manipulations())
        known = tuple(name for name in worlds.names() if name in steerings.all() or worlds.get(name).steering)
        return (
            _Menu("age", "age", 88, AGES),
            _Menu(population.world_name.rpartition(":")[2], "world", 146, known),
            _Menu(session.agent, "agent", 140, tuple(AGENTS)),
            _Menu("lesion", "lesion", 138, lesions),
            _Menu("manipulate", "manipulate", 134, switches),
        )

    def refresh(self, session: Session) -> None:
        """Offer what this session has: after a lesion, another world, or another animal."""
        self._build(session)

    @property
    def menu_is_open(self) -> bool:
        """Whether a menu shows its entries."""
        return any(menu.current_state is menu.menu_states["expanded"] for menu in self._menus)

    @property
    def hovered(self) -> bool:
        """Whether the mouse is on a button or a menu."""
        return self.menu_is_open or any(element.hovered for element in self._actions)

    def set_paused(self, paused: bool) -> None:
        """The first button says what it would do."""
        wanted = "play" if paused else "pause"
        if self._play.text != wanted:
            self._play.set_text(wanted)

    def handle(self, event: Any) -> Action | None:
        """Pass an event on; returns (action, argument) where it was one."""
        self.manager.process_events(event)
        gui = self._gui
        if event.type == gui.UI_BUTTON_PRESSED and event.ui_element in self._actions:
            return self._actions[event.ui_element], ""
        if event.type == gui.UI_DROP_DOWN_MENU_CHANGED and event.ui_element in self._menus:
            menu = self._menus.pop(event.ui_element)
            box = event.ui_element.relative_rect
            event.ui_element.kill()
            self._add_menu(menu, box)
            return None if event.text == menu.head else (menu.action, event.text)
        return None

    def draw(self, surface: Any, seconds: float) -> None:
        """Let ``seconds`` pass and draw onto the window's surface."""
        self.manager.update(seconds)
        self.manager.draw_ui(surface)


def _theme(scale: float) -> dict[str, Any]:
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    face = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    font = {"name": "dejavu", "size": str(max(8, round(13 * scale))), "regular_path": str(face), "bold_path": str(face)}
    colours = {
        "normal_bg": "#FFFFFF",
        "hovered_bg": "#DBEAF5",
        "active_bg": "#DBEAF5",
        "selected_bg": "#DBEAF5",
        "disabled_bg": "#EEEEEE",
        "dark_bg": "#F7F6F2",
        "normal_text": "#1C2026",
        "hovered_text": "#1C2026",
        "active_text": "#1C2026",
        "selected_text": "#1C2026",
        "normal_border": "#B8B5AA",
        "hovered_border": "#0072B2",
        "active_border": "#0072B2",
        "selected_border": "#0072B2",
    }
    small = {"font": font}  # buttons do not take the font of the defaults
    up = {"misc": {"expand_direction": "up"}} | small
    return {
        "defaults": {"colours": colours, "font": font},
        "drop_down_menu": up,
        "button": {"misc": {"shape": "rounded_rectangle"}} | small,
        "selection_list": small,
        "tool_tip": small,
    }
