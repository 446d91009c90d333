"""OdourChoice: a fly in a tunnel with an odour from either end; some odours announce sugar, some a shock."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Box

from core.arguments import Number, OneOf, in_range
from core.batch_state import Field, RecordState
from core.errors import InvalidArgument
from core.manipulations import manipulation
from core.senses import Sense, Senses
from envs.odour_choice.niches import NICHES
from envs.odour_choice.odours import AIR, GLOMERULAR_INPUT, GLOMERULI, ODOURS, SMELLS
from envs.odour_choice.tunnel import (
    ANNOUNCES,
    BY_CHANCE,
    CAPACITY,
    DRAWS,
    DROP,
    ENCOUNTER,
    FILMS,
    GRID,
    MEAL,
    NO_FILM,
    NOTHING,
    SHOCK,
    START,
    SUGAR,
    draw_roles,
    meet,
    smell,
    walk,
)
from envs.world import World

_ROOM = 0.3  # meals of room in the store from which the reference policy goes for sugar; chosen
_HELD_AT = 0.9  # depth of an arm at which a fly is held in a tube; beyond the drop and the grid
STRONGEST = 10.0  # concentration, relative to the usual


class OdourChoice(World):
    """A tunnel with an odour from either end, as a T-maze; what an odour announces is each fly's own.

    Description:
        Air streams in at both ends of a tunnel and out in the middle, so that each arm smells of one odour, or of nothing. At the end
        of an arm is a drop of sugar, a grid that gives shocks, or nothing. What each of the ten odours announces is drawn at birth.
        Two attract innately and announce sugar in 70% of flies; two repel innately and announce a shock in 70%; of the six others two
        announce sugar, two a shock, two nothing. After 12 s the odours change, and the fly is in the middle again. Its store holds 4
        meals and carries over from day to day.
    Observation:
        A flat Box; see ``senses``. An odour is the rates of 24 glomeruli after division by their total input. What was swallowed and
        what the store lacks are heard by steering alone.
    Action:
        Box(-1, 1, (2,), float32): speed upwind, negative downwind, which is towards the middle (0.12 of an arm in a step at 1);
        proboscis out where the second is positive, which feeds a fly that stands still in sugar (0.25 meals a step).
    Reward:
        Fitness in days of eggs: each step adds its share of a day times the filled share of the store, less 0.05 for a shock and 0.5
        for death. A sip of bait, which an experimenter can spread, takes 1.5.
    Start:
        In the middle. At birth and after death half full; other days start as the last ended.
    End:
        Terminated by starvation; truncated after ``max_episode_steps`` (default 216 steps of 0.5 s, 9 pairs of odours).
    Arguments:
        num_envs, autoreset_mode, max_episode_steps, render_mode, dt: see :class:`envs.world.World`.
    Version history:
        v0: first version.
    Source:
        T-maze: Tully and Quinn (1985). Gain control: Olsen et al. (2010). The ecology is chosen.
    """

    id = "OdourChoice-v0"
    fooled_niches = NICHES
    dt = 0.5
    episode_steps = 216
    life_episodes = 50
    grown_episodes = 25
    random_hold = 1.5
    fitness_unit = "days of eggs a day"
    stream_names = ("niche", "encounters", "concentration", "noise", "shocks")
    single_action_space = Box(-1.0, 1.0, (2,), np.float32)
    action_names = ("walk upwind", "proboscis")
    senses = Senses(
        Sense("odour", "1", 0.0, 1.0, "rates of projection neurons, by glomerulus", (GLOMERULI,), topographic=False),
        Sense("sweet", "1", 0.0, 1.0, "1 while the legs stand in sugar"),
        Sense("pain", "1", 0.0, 1.0, "1 in the step of a shock"),
        Sense("swallowed", "meals", 0.0, 1.0, "sugar swallowed in this step", heard_by=("steering",)),
        Sense("lack", "1", 0.0, 1.0, "empty share of the store", heard_by=("steering",)),
    )

    state = (
        Field("at", "1", "place, -1 and 1 the ends of the arms, 0 the middle", START, -1.0, 1.0),
        Field("energy", "meals", "in the store", 0.5 * CAPACITY, 0.0, CAPACITY),
        Field("role", "index", "what each odour announces to this fly", np.full(len(ODOURS), NOTHING), SUGAR, NOTHING),
        Field("odours", "index", "odours of the left and the right arm", np.full(2, AIR), 0, AIR),
        Field("strength", "1", "their concentrations, relative to the usual", np.ones(2), 0.0),
        Field("drop", "meals", "sugar at the ends of the arms", np.zeros(2), 0.0, MEAL),
        Field("left", "step", "until the odours change", ENCOUNTER),
        Field("pain", "bool", "whether it had a shock in this step", False, 0, 1),
        Field("swallowed", "meals", "sugar swallowed in this step", 0.0, 0.0, MEAL),
        Field("noise", "1", "standard normal noise of each glomerulus in this step", np.zeros(GLOMERULI)),
        Field("offered", "index", "odours of encounters to come, -1 by chance", np.full(2, BY_CHANCE), BY_CHANCE, AIR),
        Field("concentration", "1", "factor on the concentration of odours to come", 1.0, 0.0, STRONGEST),
        Field("blend", "1", "share of the other arm's odour in each", 0.0, 0.0, 0.5),
        Field("held", "bool", "whether it is held in a tube", False, 0, 1),
        Field("given", "index", "what it is given there", NOTHING, SUGAR, NOTHING),
        Field("film", "index", "sweet film at the end of other arms, in FILMS", NO_FILM, NO_FILM, len(FILMS) - 1),
        Field("lured", "bool", "whether it sipped there in this step", False, 0, 1),
        Field("in_maze", "bool", "whether it is in a T-maze, where odours announce nothing", False, 0, 1),
    )

    body: RecordState

    def __init__(self, num_envs: int = 1, *, dt: float | None = None, **options: Any) -> None:
        if dt is not None and in_range("dt", dt) != self.dt:
            raise InvalidArgument(f"{self.id} counts encounters in steps of {self.dt:g} s; dt cannot be {dt!r}.")
        super().__init__(num_envs, **options)

    def _be_born(self, mask: np.ndarray) -> None:
        self.body.role[mask] = draw_roles(self.streams.uniform("niche", len(ODOURS), mask)[mask])

    def _begin_episode(self, mask: np.ndarray) -> None:
        body = self.body
        body.restart(mask & (body.energy <= 0.0), "energy")
        body.restart(mask, "pain", "swallowed", "noise")
        self._meet(mask & ~body.held & ~body.in_maze)

    def _meet(self, mask: np.ndarray) -> None:
        draw, spread = self.streams.uniform("encounters", DRAWS, mask), self.streams.normal("concentration", 2, mask)
        meet(self.body.records, mask, draw, spread)

    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        body, animals = self.body, self.num_envs
        fitness, starved, over = np.empty(animals), np.empty(animals, bool), np.empty(animals, bool)
        shock = self.streams.uniform("shocks", 1)[:, 0]
        walk(body.records, action, shock, self.max_episode_steps, fitness, starved, over)
        body.noise = self.streams.normal("noise", GLOMERULI)
        if over.any():
            self._meet(over)
        return fitness, starved

    def _sense(self, reading: Any) -> None:
        body = self.body
        smell(body.records, GLOMERULAR_INPUT, reading["odour"])
        reading["sweet"][:] = (np.abs(body.at) >= DROP) & (self._drop_here() > 0.0)
        reading["pain"][:], reading["swallowed"][:] = body.pain, body.swallowed
        reading["lack"][:] = 1.0 - body.energy / CAPACITY

    def _drop_here(self) -> np.ndarray:
        """(animals,) meals at the end of the arm that each fly is in."""
        return np.where(self.body.at >= 0.0, self.body.drop[:, 1], self.body.drop[:, 0])

    def _facts(self) -> dict[str, np.ndarray]:
        return {name: getattr(self.body, name) for name in ("at", "energy", "odours", "role", "pain", "swallowed")}

    def _oracle(self) -> np.ndarray:
        """Knows what both arms hold: eats where there is sugar and room for it, leaves grids, and saves its strength otherwise."""
        body, everyone = self.body, np.arange(self.num_envs)
        side, depth = (body.at >= 0.0).astype(int), np.abs(body.at)
        room = CAPACITY - body.energy > _ROOM
        here, there = body.drop[everyone, side] > 0.0, body.drop[everyone, 1 - side] > 0.0
        eats = room & here & (depth >= DROP)
        upwind = np.where(room & here & ~eats, 1.0, np.where(room & ~here & there, -1.0, 0.0))
        odour = body.odours[everyone, side]
        role = np.where(odour == AIR, NOTHING, body.role[everyone, np.minimum(odour, AIR - 1)])
        upwind = np.where((role == SHOCK) & (depth >= GRID - 0.01), -1.0, upwind)
        return np.stack([upwind, np.where(eats, 1.0, -1.0)], axis=1)

    # -- manipulations ---------------------------------------------------------------------------

    @manipulation(left=OneOf(SMELLS), right=OneOf(SMELLS), concentration=Number(0.0, STRONGEST), blend=Number(0.0, 0.5))
    def offer(
        self,
        mask: np.ndarray,
        left: str | None = None,
        right: str | None = None,
        concentration: float = 1.0,
        blend: float = 0.0,
    ) -> None:
        """Choose the odours of encounters to come (none: by chance), their concentration, and the share of the other in each."""
        body = self.body
        self._set_free(mask)
        body.offered[mask] = [BY_CHANCE if name is None else SMELLS.index(name) for name in (left, right)]
        body.concentration[mask], body.blend[mask] = concentration, blend
        self._meet(mask)

    @manipulation(odour=OneOf(SMELLS), given=OneOf(ANNOUNCES), other=OneOf(SMELLS), blend=Number(0.0, 0.5))
    def train(
        self,
        mask: np.ndarray,
        odour: str = "octanol",
        given: str = "shock",
        other: str = "air",
        blend: float = 0.0,
    ) -> None:
        """Hold the fly in a tube that smells of an odour, with shocks, sugar or nothing; ``blend`` of another odour can be mixed in."""
        self._alive(mask, "training")
        body = self.body
        body.held[mask], body.in_maze[mask], body.given[mask] = True, False, ANNOUNCES.index(given)
        self._fill_arms(mask, other, odour, blend)
        body.at[mask] = _HELD_AT

    @manipulation(left=OneOf(SMELLS), right=OneOf(SMELLS), blend=Number(0.0, 0.5))
    def maze(self, mask: np.ndarray, left: str = "octanol", right: str = "methylcyclohexanol", blend: float = 0.0) -> None:
        """Put the fly at the choice point of a T-maze, between two odours that announce nothing there."""
        self._alive(mask, "a T-maze")
        body = self.body
        body.held[mask], body.in_maze[mask] = False, True
        self._fill_arms(mask, left, right, blend)
        body.at[mask] = np.where(self.streams.uniform("encounters", 1, mask)[:, 0] < 0.5, -START, START)[mask]

    @manipulation
    def live_freely(self, mask: np.ndarray) -> None:
        """End a training, a test or an offer: odours come by chance again, as they do in this fly's life."""
        body = self.body
        self._set_free(mask)
        body.restart(mask, "offered", "concentration", "blend")
        self._meet(mask)

    @manipulation(odour=OneOf(ODOURS), role=OneOf(ANNOUNCES))
    def announce(self, mask: np.ndarray, odour: str = "octanol", role: str = "sugar") -> None:
        """From now on an odour announces sugar, a shock or nothing."""
        self.body.role[mask, ODOURS.index(odour)] = ANNOUNCES.index(role)
        self._meet(mask & ~self.body.held & ~self.body.in_maze)

    @manipulation(film=OneOf(FILMS))
    def spread_film(self, mask: np.ndarray, film: str = "sugar") -> None:
        """Spread a sweet film, which legs do not feel, at the end of arms that announce nothing; bait is sugar that poisons slowly."""
        self.body.film[mask] = FILMS.index(film)

    @manipulation(share=Number(0.05, 1.0))
    def feed(self, mask: np.ndarray, share: float = 0.95) -> None:
        """Set the filled share of the store; a low one starves the fly."""
        self._alive(mask, "feeding")
        self.body.energy[mask] = CAPACITY * share

    def _set_free(self, mask: np.ndarray) -> None:
        self.body.restart(mask, "held", "given", "in_maze")

    def _fill_arms(self, mask: np.ndarray, left: str, right: str, blend: float) -> None:
        """Odours of a tube or a maze, at the usual concentration; no drop is left of before."""
        body = self.body
        body.odours[mask] = SMELLS.index(left), SMELLS.index(right)
        body.strength[mask], body.drop[mask], body.blend[mask] = 1.0, 0.0, blend

    def _alive(self, mask: np.ndarray, what: str) -> None:
        dead = np.flatnonzero(mask & (self.body.energy <= 0.0))
        if dead.size:
            raise InvalidArgument(f"{what} needs a living fly, but rows {dead.tolist()} are dead; reset them first.")
