"""Orienting: an owl-like animal turns its gaze to flashes and sounds, through prisms and weak muscles if it must."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Box

from core.arguments import Number, in_range
from core.batch_state import Field, RecordState
from core.errors import InvalidArgument
from core.manipulations import manipulation
from core.senses import Sense, Senses
from envs.orienting.niches import NICHES
from envs.world import World

REACH = 70.0  # degrees of gaze to every side; chosen
FOVEA = 5.0  # degrees: about an owl's least audible angle, 4 (Krumm et al. 2019)
FIELD = 90.0  # degrees seen to each side; chosen
SITES = np.array([(x, y) for y in (20.0, -20.0) for x in (-36.0, -12.0, 12.0, 36.0)])  # degrees; chosen
SCATTER = 1.0  # degrees of a target about its site; chosen
STAY, REVEAL, SHORTEST_GAP, LONGEST_GAP = 6, 3, 4, 6  # steps; chosen
LONGEST_QUIET = 4.0  # s that are counted
HABIT = 0.85  # chance that prey follows its round; chosen
SOUND_NOISE, SIGHT_NOISE, MOTOR_NOISE = 1.5, 0.2, 0.3  # degrees; chosen
TURN_COST = 0.01  # fitness of a turn as wide as gaze reaches; chosen
NOTHING, SITTING_PREY, GLITTER = range(3)
EAR_SCALE, EAR_OFFSET, MUSCLE = 0.2, 6.0, 0.08  # widest individual errors at birth: crude innate maps; chosen


class Orienting(World):
    """Flashes and sounds around an animal that turns towards them; early sight of the target pays.

    Description:
        A perched animal turns its gaze, up to 70 degrees to each side. Prey appears for 1.2 s at one of eight sites, as a flash
        that is seen at once, or as a rustle that is heard at once and seen after 0.6 s, if there is light. Prey makes rounds
        of four sites, which differ between animals; 85% of its moves follow the round, and the others are random. Ears differ from
        animal to animal by up to 20% and 6 degrees, muscles by 8%. Prisms shift what is seen; muscles can be weakened; a target
        can be made to step during the turn (McLaughlin 1967).
    Observation:
        A flat Box; see ``senses``. Directions are relative to gaze.
    Action:
        Box(-1, 1, (2,), float32): wanted gaze (azimuth, elevation) as a share of 70 degrees; reached within one step.
    Reward:
        Fitness in prey: the share of a target's stay (6 steps) for which gaze is truly within 5 degrees of it, less 0.01 for a turn of
        70 degrees.
    Start:
        Gaze straight ahead, no target.
    End:
        Truncated after ``max_episode_steps`` (default 400 steps of 0.2 s, some 36 targets).
    Arguments:
        num_envs, autoreset_mode, max_episode_steps, render_mode, dt: see :class:`envs.world.World`.
    Version history:
        v0: first version.
    Source:
        Owls with prisms: Knudsen and Knudsen (1990), Linkenhoker and Knudsen (2002). Double step: McLaughlin (1967).
    """

    id = "Orienting-v0"
    fooled_niches = NICHES
    dt = 0.2
    episode_steps = 400
    life_episodes = 100
    grown_episodes = 50
    random_hold = 0.6
    fitness_unit = "prey a day"
    stream_names = ("niche", "targets", "noise")
    single_action_space = Box(-1.0, 1.0, (2,), np.float32)
    action_names = ("azimuth", "elevation")
    senses = Senses(
        Sense("gaze", "1", -1.0, 1.0, "direction of gaze, as a share of 70 degrees", (2,)),
        Sense("seen", "1", 0.0, 1.0, "1 while the target is seen"),
        Sense("sight", "deg", -150.0, 150.0, "where it is seen, from the fovea", (2,), scale=15.0),
        Sense("heard", "1", 0.0, 1.0, "1 while it is heard"),
        Sense("sound", "deg", -150.0, 150.0, "where it is heard, from straight ahead of gaze", (2,), scale=30.0),
        Sense("quiet", "s", 0.0, LONGEST_QUIET, "time since the last target, 0 while there is one"),
    )

    state = (
        Field("gaze", "deg", "direction of gaze (azimuth, elevation)", np.zeros(2), -REACH, REACH),
        Field("target", "deg", "where the target is (azimuth, elevation)", np.zeros(2)),
        Field("present", "bool", "whether there is a target", False, 0, 1),
        Field("audible", "bool", "whether it rustles", False, 0, 1),
        Field("target_age", "step", "since the target came", 0, 0, STAY),
        Field("next_target_in", "step", "until the next target comes", SHORTEST_GAP, high=LONGEST_GAP),
        Field("quiet", "s", "time since the last target, 0 while there is one", 0.0, 0.0, LONGEST_QUIET),
        Field("stop", "index", "stop of its round where the prey was last", 0, 0, 3),
        Field(
            "round_sites",
            "index",
            "sites of this animal's prey, in the order of its round",
            np.zeros(4, int),
            0,
            len(SITES) - 1,
        ),
        Field("ear_scale", "1", "scale of what is heard (azimuth, elevation)", np.ones(2), 1 - EAR_SCALE, 1 + EAR_SCALE),
        Field("ear_offset", "deg", "offset of what is heard (azimuth, elevation)", np.zeros(2), -EAR_OFFSET, EAR_OFFSET),
        Field("muscle", "1", "innate strength of turns", 1.0, 1 - MUSCLE, 1 + MUSCLE),
        Field("gain", "1", "strength of muscles as set by an experimenter", 1.0, 0.3, 1.5),
        Field("prism", "deg", "shift of what is seen (azimuth, elevation)", np.zeros(2), -40.0, 40.0),
        Field("half_field", "bool", "whether the prism covers the right half alone", False, 0, 1),
        Field("dark", "bool", "whether the light is out", False, 0, 1),
        Field("sound_share", "1", "share of targets that rustle", 0.5, 0.0, 1.0),
        Field("target_step", "deg", "by which the target steps during a turn", 0.0, -10.0, 10.0),
        Field("anywhere", "bool", "whether targets come from anywhere", False, 0, 1),
        Field("error", "deg", "from gaze to the target after a turn (azimuth, elevation)", np.zeros(2)),
        Field("turned", "bool", "whether it just turned while there was a target", False, 0, 1),
        Field("mirage", "deg", "shift of all that is seen and heard (azimuth, elevation)", np.zeros(2), -40.0, 40.0),
        Field(
            "ahead", "index", "what is straight ahead: 0 nothing, 1 prey that stays, 2 glitter", NOTHING, NOTHING, GLITTER
        ),
        Field("lured", "bool", "whether it looks at that in this step", False, 0, 1),
        Field("noise", "1", "standard normal noise of muscles, sight and sound in this step", np.zeros(6)),
    )

    body: RecordState

    def __init__(self, num_envs: int = 1, *, dt: float | None = None, **options: Any) -> None:
        if dt is not None and in_range("dt", dt) != self.dt:
            raise InvalidArgument(f"{self.id} counts stays and gaps in steps of {self.dt:g} s; dt cannot be {dt!r}.")
        super().__init__(num_envs, **options)

    def _be_born(self, mask: np.ndarray) -> None:
        draw, body = self.streams.uniform("niche", 13, mask), self.body
        body.round_sites[mask] = np.argsort(draw[mask, :8], axis=1, kind="stable")[:, :4]
        spread = 2.0 * draw[mask, 8:] - 1.0
        body.ear_scale[mask] = 1.0 + EAR_SCALE * spread[:, :2]
        body.ear_offset[mask] = EAR_OFFSET * spread[:, 2:4]
        body.muscle[mask] = 1.0 + MUSCLE * spread[:, 4]

    def _begin_episode(self, mask: np.ndarray) -> None:
        self.body.restart(mask, "gaze", "present", "audible", "target_age", "next_target_in", "quiet", "error")

    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        body, noise = self.body, self.streams.normal("noise", 6)
        body.noise = noise
        turn = REACH * action - body.gaze
        moved = np.hypot(turn[:, 0], turn[:, 1])
        moving = moved > 0.5
        strength = (body.muscle * body.gain)[:, None]
        end = body.gaze + (strength * turn + MOTOR_NOISE * noise[:, :2]) * moving[:, None]
        body.gaze = np.clip(end, -REACH, REACH)
        steps = body.present & moving & (body.target_age > 0)
        body.target[steps, 0] += (np.sign(turn[:, 0]) * body.target_step)[steps]
        body.turned = body.present & moving
        body.error = np.where(body.turned[:, None], body.target - body.gaze, 0.0)
        on = body.present & (np.hypot(*(body.target - body.gaze).T) <= FOVEA)
        body.lured = (body.ahead != NOTHING) & (np.hypot(*body.gaze.T) <= FOVEA)
        on |= body.lured & (body.ahead == SITTING_PREY)
        self._pass(moved)
        return on / STAY - TURN_COST * moved / REACH, np.zeros(self.num_envs, bool)

    def _pass(self, moved: np.ndarray) -> None:
        """Targets leave and come."""
        body = self.body
        body.target_age += body.present
        leaves = body.present & (body.target_age >= STAY)
        body.next_target_in -= ~body.present
        comes = ~body.present & (body.next_target_in <= 0)
        if leaves.any():
            draw = self.streams.uniform("targets", 1, leaves)[:, 0]
            body.restart(leaves, "present", "audible", "target_age")
            body.next_target_in[leaves] = (SHORTEST_GAP + np.floor((LONGEST_GAP - SHORTEST_GAP + 1) * draw))[leaves]
        body.quiet = np.where(body.present, 0.0, np.minimum(LONGEST_QUIET, body.quiet + self.dt))
        if comes.any():
            draw, scatter = self.streams.uniform("targets", 3, comes), self.streams.normal("targets", 2, comes)
            body.stop[comes] = np.where(draw[:, 0] < HABIT, (body.stop + 1) % 4, np.floor(4.0 * draw[:, 1]))[comes]
            site = SITES[body.round_sites[np.arange(self.num_envs), body.stop]]
            anywhere = (2.0 * self.streams.uniform("targets", 2, comes) - 1.0) * (36.0, 20.0)
            site = np.where(body.anywhere[:, None], anywhere, site)
            body.target[comes] = (site + SCATTER * scatter)[comes]
            body.present[comes], body.target_age[comes], body.quiet[comes] = True, 0, 0.0
            body.audible[comes] = (draw[:, 2] < body.sound_share)[comes]

    def _sense(self, reading: Any) -> None:
        body, away = self.body, self.body.target - self.body.gaze + self.body.mirage
        noise = body.noise
        bent = ~body.half_field | (body.target[:, 0] > 0.0)
        shown = away + body.prism * bent[:, None]
        seen = (
            body.present & ~body.dark & (~body.audible | (body.target_age >= REVEAL)) & (np.abs(shown).max(axis=1) < FIELD)
        )
        heard = body.present & body.audible
        glitters = body.lured & ~seen & ~body.dark
        shown, seen = np.where(glitters[:, None], body.prism - body.gaze, shown), seen | glitters
        reading["gaze"][:] = body.gaze / REACH
        reading["seen"][:], reading["heard"][:] = seen, heard
        reading["sight"][:] = np.clip((shown + SIGHT_NOISE * noise[:, 2:4]) * seen[:, None], -150.0, 150.0)
        sound = body.ear_scale * away + body.ear_offset + SOUND_NOISE * noise[:, 4:]
        reading["sound"][:] = np.clip(sound * heard[:, None], -150.0, 150.0)
        reading["quiet"][:] = body.quiet

    def _facts(self) -> dict[str, np.ndarray]:
        return {name: getattr(self.body, name) for name in ("target", "gaze", "present", "turned", "error")}

    def _oracle(self) -> np.ndarray:
        """Knows where the next target will most likely be, the muscles, and waits there."""
        body, everyone = self.body, np.arange(self.num_envs)
        following = SITES[body.round_sites[everyone, (body.stop + 1) % 4]]
        wanted = np.where(body.present[:, None], body.target, following)
        turn = (wanted - body.gaze) / (body.muscle * body.gain)[:, None]
        turn[np.hypot(turn[:, 0], turn[:, 1]) < 2.0] = 0.0
        return np.clip((body.gaze + turn) / REACH, -1.0, 1.0)

    # -- manipulations ---------------------------------------------------------------------------

    @manipulation(degrees=Number(-40.0, 40.0, "degrees"))
    def prism(self, mask: np.ndarray, degrees: float = 23.0, half: bool = False) -> None:
        """Put prisms before the eyes that shift what is seen to the right (0 takes them off); half: only right of the middle."""
        self.body.prism[mask, 0] = degrees
        self.body.half_field[mask] = half

    @manipulation(gain=Number(0.3, 1.5))
    def weaken(self, mask: np.ndarray, gain: float = 0.7) -> None:
        """Let every turn fall short: muscles reach this share of what is wanted."""
        self.body.gain[mask] = gain

    @manipulation
    def darken(self, mask: np.ndarray, dark: bool = True) -> None:
        """Put out the light: nothing is seen, rustles are heard."""
        self.body.dark[mask] = dark

    @manipulation(degrees=Number(-10.0, 10.0, "degrees"))
    def double_step(self, mask: np.ndarray, degrees: float = -1.0) -> None:
        """Let the target step onward (or back, if negative) during each turn, by so many degrees of azimuth."""
        self.body.target_step[mask] = degrees

    @manipulation(degrees=Number(-40.0, 40.0, "degrees"))
    def mirage(self, mask: np.ndarray, degrees: float = 24.0) -> None:
        """Let all that is seen and heard of prey be to the right of where it is (0 ends it)."""
        self.body.mirage[mask, 0] = degrees

    @manipulation
    def place_ahead(self, mask: np.ndarray, present: bool = True, prey: bool = True) -> None:
        """Put something straight ahead that is seen from within 5 degrees, and stays: prey that sits still, or mere glitter."""
        self.body.ahead[mask] = (SITTING_PREY if prey else GLITTER) if present else NOTHING

    @manipulation(sounds=Number(0.0, 1.0))
    def offer(self, mask: np.ndarray, sounds: float = 0.5, anywhere: bool = False) -> None:
        """Choose the share of targets that rustle instead of flash, and whether they come from anywhere."""
        self.body.sound_share[mask] = sounds
        self.body.anywhere[mask] = anywhere
