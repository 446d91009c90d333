"""Rivals: an animal of unknown strength meets neighbours and strangers over something worth having."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Discrete

from core.arguments import Number, OneOf, Whole
from core.batch_state import Field, RecordState
from core.manipulations import manipulation
from core.senses import Sense, Senses
from envs.rivals.niches import NICHES
from envs.world import World

RETREAT, DISPLAY, ATTACK = range(3)
NEIGHBOURS, STRANGER = 4, 4
OUTCOMES = ("chance", "win", "lose", "none")
OWN_STRENGTH = 1.2  # of the strong, and less of the weak; in standard deviations of opponents; chosen
STEEPNESS = 1.5  # of the chance to win a round, per unit of strength (Parker 1974: the stronger mostly wins; number chosen)
WOUNDS_TO_LOSE = 3  # rounds; chosen
VALUE, WOUND, EFFORT = 1.0, 0.3, 0.02  # fitness of the resource, of a wound, of a second of attack; chosen
FAMILIAR = 0.7  # share of meetings with neighbours; chosen
LOOKS = 0.5  # how much of strength shows in size (correlation); chosen
LONGEST, SHORTEST_GAP, LONGEST_GAP = 20, 3, 8  # s; chosen
STRIKES = 0.5  # chance a second that an attack comes to a round; chosen
NO_MIRROR, REWARDING, EMPTY = range(3)
IMAGE_YIELDS = 0.2  # chance in a second of threat that an image in a mirror gives way; chosen
FELT, HARMLESS, NUMB = range(3)
PROVOKED, YIELDS = 0.15, 0.2  # chance a second that a threatened opponent attacks, or that a weak one leaves; chosen


def chance_of_round(own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """P(win a round) = 1 / (1 + exp(-k (R_i - R_j))) (Parker 1974; Maynard Smith and Price 1973)."""
    return 1.0 / (1.0 + np.exp(-STEEPNESS * (own - other)))


def chance_to_win(own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """P(the opponent is the first to bear three wounds)."""
    p = chance_of_round(own, other)
    return p**3 * (1.0 + 3.0 * (1.0 - p) + 6.0 * (1.0 - p) ** 2)


class Rivals(World):
    """Contests with hidden strength, over resources, with familiar and strange opponents.

    Description:
        A male holds a territory. Every 3-8 s an opponent comes for the resource: one of four neighbours (70%), each with a strength
        and a look of its own for life, or a stranger. The male's own strength is +1.2 or -1.2 with even odds, and hidden from it. Half
        of all seconds of attack lead to a round. The loser of a round bears a wound, and three wounds lose the contest. A
        male that threatens may be attacked (15% a second), or its opponent may leave (up to 20% a second if it is weak). Size and
        strength correlate with r = 0.5. After 20 s the opponent leaves, and nobody has won.
    Observation:
        A flat Box; see ``senses``. Wounds and outcomes are felt by steering, faces are told apart by learning.
    Action:
        Discrete(3): 0 retreat, 1 threaten, 2 attack; without an opponent it does nothing.
    Reward:
        Fitness in resources: +1 for each contest won, -0.3 for each wound, -0.02 for each second of attack.
    Start:
        Alone, without wounds.
    End:
        Truncated after ``max_episode_steps`` (default 400 steps of 1 s).
    Arguments:
        num_envs, autoreset_mode, max_episode_steps, render_mode, dt: see :class:`envs.world.World`.
    Version history:
        v0: first version.
    Source:
        Contests by hidden strength: Parker (1974). Own strength unknown: Fawcett and Johnstone (2010). Numbers are chosen.
    """

    id = "Rivals-v0"
    fooled_niches = NICHES
    dt = 1.0
    episode_steps = 400
    life_episodes = 60
    stratified_by = "strength"
    grown_episodes = 30
    random_hold = 1.0
    fitness_unit = "resources a day"
    stream_names = ("niche", "meetings", "rounds")
    single_action_space = Discrete(3)
    action_names = ("retreat", "threaten", "attack")
    senses = Senses(
        Sense("opponent", "1", 0.0, 1.0, "1 while there is one"),
        Sense("size", "1", -4.0, 4.0, "how large it looks, in standard deviations", scale=0.7),
        Sense("face", "1", 0.0, 1.0, "which neighbour it is; all 0 for a stranger", (NEIGHBOURS,)),
        Sense("advantage", "1", -6.0, 6.0, "own strength less the opponent's, where it can be seen, else 0"),
        Sense("shown", "1", 0.0, 1.0, "1 where strength can be seen", heard_by=("steering",)),
        Sense("engaged", "s", 0.0, LONGEST + 1.0, "how long this contest has lasted", scale=5.0),
        Sense("wounds", "1", 0.0, WOUNDS_TO_LOSE, "own wounds in this contest"),
        Sense("blow", "1", 0.0, 1.0, "1 when a round was lost just now", heard_by=("steering",)),
        Sense("won", "1", 0.0, 1.0, "1 when the opponent gave up just now", heard_by=("steering",)),
        Sense("lost", "1", 0.0, 1.0, "1 when a fight was lost just now", heard_by=("steering",)),
        Sense("met", "1", 0.0, STRANGER, "whom that was: a neighbour, or 4 for a stranger", heard_by=("steering",)),
    )

    state = (
        Field("strength", "1", "own strength, in standard deviations of opponents", 0.0, -OWN_STRENGTH, OWN_STRENGTH),
        Field("neighbour_strength", "1", "strength of each neighbour", np.zeros(NEIGHBOURS)),
        Field("neighbour_size", "1", "how large each neighbour looks", np.zeros(NEIGHBOURS)),
        Field("next_opponent_in", "s", "until somebody comes", 0.0, high=LONGEST_GAP),
        Field("present", "bool", "whether there is an opponent", False, 0, 1),
        Field("opponent", "index", "who it is or was: a neighbour, or 4 for a stranger", STRANGER, 0, STRANGER),
        Field("opponent_strength", "1", "its strength", 0.0),
        Field("opponent_size", "1", "how large it looks", 0.0),
        Field("engaged", "s", "how long this contest has lasted", 0.0, 0.0, LONGEST + 1.0),
        Field("wounds", "1", "own wounds in this contest", 0, 0, WOUNDS_TO_LOSE),
        Field("wounds_dealt", "1", "wounds of the opponent", 0, 0, WOUNDS_TO_LOSE),
        Field("blow", "bool", "whether a round was lost in this step", False, 0, 1),
        Field("won", "bool", "whether the opponent gave up in this step", False, 0, 1),
        Field("lost", "bool", "whether a fight was lost in this step", False, 0, 1),
        Field("fought", "bool", "whether this contest came to a round", False, 0, 1),
        Field("met", "index", "whom the last contest was with", STRANGER, 0, STRANGER),
        Field("strength_shown", "bool", "whether the difference of strength can be seen", False, 0, 1),
        Field("staged_outcome", "index", "how rounds of staged contests end, in OUTCOMES", 0, 0, len(OUTCOMES) - 1),
        Field("staged_opponent", "index", "who comes to staged contests, -1 where they are not staged", -1, -1, STRANGER),
        Field("staged_strength", "1", "strength of who comes to staged contests", 0.0, -3.0, 3.0),
        Field("isolated", "bool", "whether nobody comes", False, 0, 1),
        Field("mirror", "index", "0 none, 1 one that is worth threatening, 2 one that is not", NO_MIRROR, NO_MIRROR, EMPTY),
        Field("bites", "index", "0 felt, 1 neither felt nor harmful, 2 harmful and not felt", FELT, FELT, NUMB),
        Field("lured", "bool", "whether it threatens its image in this step", False, 0, 1),
    )

    body: RecordState

    def _be_born(self, mask: np.ndarray) -> None:
        body, draw = self.body, self.streams.uniform("niche", 1, mask)[:, 0]
        body.strength[mask] = np.where(draw < 0.5, -OWN_STRENGTH, OWN_STRENGTH)[mask]
        normal = self.streams.normal("niche", 2 * NEIGHBOURS, mask)
        body.neighbour_strength[mask] = normal[mask, :NEIGHBOURS]
        body.neighbour_size[mask] = _look(normal[mask, :NEIGHBOURS], normal[mask, NEIGHBOURS:])

    def _begin_episode(self, mask: np.ndarray) -> None:
        self.body.restart(mask, "present", "engaged", "wounds", "wounds_dealt", "blow", "won", "lost", "fought", "lured")
        self.body.next_opponent_in[mask] = SHORTEST_GAP

    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        body, there = self.body, self.body.present.copy()
        draw = self.streams.uniform("rounds", 3)
        body.blow = body.won = body.lost = False
        body.engaged = np.where(there, body.engaged + self.dt, 0.0)
        body.lured = ~there & (body.mirror != NO_MIRROR) & (action == DISPLAY)
        attacks, threatens = there & (action == ATTACK), there & (action == DISPLAY)
        forced = there & (body.staged_outcome == OUTCOMES.index("none"))
        gives_way = body.lured & (draw[:, 2] < IMAGE_YIELDS * self.dt)
        round_ = (attacks & (draw[:, 0] < STRIKES * self.dt)) | (threatens & (draw[:, 0] < PROVOKED * self.dt))
        chance = chance_of_round(body.strength, body.opponent_strength)
        chance = np.where(
            body.staged_outcome == OUTCOMES.index("win"),
            1.0,
            np.where(body.staged_outcome == OUTCOMES.index("lose"), 0.0, chance),
        )
        body.fought |= round_
        round_ &= ~forced  # a staged fight without a winner leaves no wound either
        ours = round_ & (draw[:, 1] < chance)
        body.blow = round_ & ~ours
        body.wounds += body.blow
        body.wounds_dealt += ours
        weak = 1.0 / (1.0 + np.exp(2.0 * body.opponent_strength))
        leaves = threatens & ~round_ & ~forced & (draw[:, 2] < YIELDS * weak * self.dt)
        body.won = (there & ((body.wounds_dealt >= WOUNDS_TO_LOSE) | leaves)) | gives_way
        flees = there & (action == RETREAT)
        body.lost = (there & (body.wounds >= WOUNDS_TO_LOSE)) | (flees & body.fought & ~forced)
        body.met = np.where(there, body.opponent, body.met)
        self._part((body.won & there) | body.lost | flees | (there & (body.engaged >= LONGEST)))
        self._meet()
        gained = body.won & ~(gives_way & (body.mirror == EMPTY))
        harmed = body.blow & (body.bites != HARMLESS)
        return VALUE * gained - WOUND * harmed - EFFORT * self.dt * attacks, np.zeros(self.num_envs, bool)

    def _part(self, mask: np.ndarray) -> None:
        body = self.body
        body.restart(mask, "present", "wounds", "wounds_dealt", "fought")
        if mask.any():
            gap = self.streams.uniform("meetings", 1, mask)[:, 0]
            body.next_opponent_in[mask] = (SHORTEST_GAP + np.floor((LONGEST_GAP - SHORTEST_GAP + 1) * gap))[mask]

    def _meet(self) -> None:
        """Whoever comes, comes now."""
        body = self.body
        body.next_opponent_in -= self.dt * (~body.present & ~body.lured)
        comes = ~body.present & ~body.isolated & (body.next_opponent_in <= 0.0)
        if not comes.any():
            return
        draw, normal = self.streams.uniform("meetings", 2, comes), self.streams.normal("meetings", 2, comes)
        who = np.where(draw[:, 0] < FAMILIAR, np.floor(NEIGHBOURS * draw[:, 1]).astype(int), STRANGER)
        who = np.where(body.staged_opponent >= 0, body.staged_opponent, who)
        known, everyone = np.minimum(who, NEIGHBOURS - 1), np.arange(self.num_envs)
        strange = who == STRANGER
        other = np.where(strange, normal[:, 0], body.neighbour_strength[everyone, known])
        size = np.where(strange, _look(normal[:, 0], normal[:, 1]), body.neighbour_size[everyone, known])
        staged = body.staged_opponent >= 0
        other, size = np.where(staged, body.staged_strength, other), np.where(staged, 0.0, size)
        for name, value in (
            ("opponent", who),
            ("opponent_strength", other),
            ("opponent_size", size),
            ("present", True),
            ("engaged", 0.0),
        ):
            getattr(body, name)[comes] = np.broadcast_to(value, comes.shape)[comes]

    def _sense(self, reading: Any) -> None:
        body, there = self.body, self.body.present
        reading["opponent"][:] = there
        reading["size"][:] = np.clip(body.opponent_size * there, -4.0, 4.0)
        reading["face"][:] = (body.opponent[:, None] == np.arange(NEIGHBOURS)) & there[:, None]
        reading["shown"][:] = body.strength_shown & there
        reading["advantage"][:] = np.clip(
            (body.strength - body.opponent_strength) * (body.strength_shown & there), -6.0, 6.0
        )
        reading["engaged"][:] = np.where(there, body.engaged, 0.0)
        for name in ("wounds", "won", "lost", "met"):
            reading[name][:] = getattr(body, name)
        reading["blow"][:] = body.blow & (body.bites == FELT)

    def _facts(self) -> dict[str, np.ndarray]:
        body = self.body
        return {
            "strength": body.strength,
            "other": body.opponent_strength,
            "won": body.won,
            "lost": body.lost,
            "who": body.opponent,
        }

    def _oracle(self) -> np.ndarray:
        """Knows both strengths: the best act by dynamic programming over the wounds of both, with time worth 0.035 a second."""
        body, time = self.body, 0.035 * self.dt
        p = chance_of_round(body.strength, body.opponent_strength)
        leaves = YIELDS * self.dt / (1.0 + np.exp(2.0 * body.opponent_strength))
        worth, best = {}, {}
        for wounds in range(WOUNDS_TO_LOSE, -1, -1):
            for dealt in range(WOUNDS_TO_LOSE, -1, -1):
                if WOUNDS_TO_LOSE in (wounds, dealt):
                    worth[wounds, dealt] = np.full(self.num_envs, VALUE * (dealt == WOUNDS_TO_LOSE))
                    continue
                after = p * worth[wounds, dealt + 1] + (1.0 - p) * (worth[wounds + 1, dealt] - WOUND)
                attack = after - (EFFORT * self.dt + time) / (STRIKES * self.dt)
                calm = 1.0 - PROVOKED * self.dt
                threat = (PROVOKED * self.dt * after + calm * leaves * VALUE - time) / (1.0 - calm * (1.0 - leaves))
                values = np.stack([np.zeros(self.num_envs), threat, attack])
                worth[wounds, dealt], best[wounds, dealt] = values.max(axis=0), values.argmax(axis=0)
        table = np.array([[best[w, d] for d in range(WOUNDS_TO_LOSE)] for w in range(WOUNDS_TO_LOSE)])
        return table[body.wounds, body.wounds_dealt, np.arange(self.num_envs)]

    # -- manipulations ---------------------------------------------------------------------------

    @manipulation(outcome=OneOf(OUTCOMES), opponent=Whole(0, STRANGER), strength=Number(-3.0, 3.0))
    def stage(self, mask: np.ndarray, outcome: str = "win", opponent: int = STRANGER, strength: float = 0.0) -> None:
        """Stage contests: who comes (a neighbour 0-3, 4 for a stranger) and how rounds end (win, lose, none, chance)."""
        self.body.staged_opponent[mask] = opponent
        self.body.staged_strength[mask] = strength
        self.body.staged_outcome[mask] = OUTCOMES.index(outcome)
        self._part(mask)

    @manipulation
    def release(self, mask: np.ndarray) -> None:
        """End all staging: contests are real again."""
        self.body.restart(mask, "staged_opponent", "staged_outcome", "staged_strength", "isolated")

    @manipulation
    def isolate(self, mask: np.ndarray, alone: bool = True) -> None:
        """Let nobody come (or end it)."""
        self.body.isolated[mask] = alone
        if alone:
            self._part(mask)

    @manipulation
    def hang_mirror(self, mask: np.ndarray, present: bool = True, rewarding: bool = True) -> None:
        """Hang a mirror: while it threatens its image nobody comes, and the image gives way; for a resource, or for nothing."""
        self.body.mirror[mask] = (REWARDING if rewarding else EMPTY) if present else NO_MIRROR

    @manipulation
    def numbing_bites(self, mask: np.ndarray, present: bool = True, harmful: bool = True) -> None:
        """Let bites not be felt, and be harmful all the same, or harmless (``present=False`` lets them be felt again)."""
        self.body.bites[mask] = (NUMB if harmful else HARMLESS) if present else FELT

    @manipulation
    def show_strength(self, mask: np.ndarray, shown: bool = True) -> None:
        """Let the difference of strength be seen before any fight."""
        self.body.strength_shown[mask] = shown


def _look(strength: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Size from strength, in standard deviations."""
    return LOOKS * strength + np.sqrt(1.0 - LOOKS**2) * noise
