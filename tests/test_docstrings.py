"""Every number in the description of a world or a steering subsystem is the number in the code."""

import inspect
import re

import numpy as np
import pytest

from envs.birdsong import gestures, practice, similarity, syrinx
from envs.birdsong import world as birdsong
from envs.eyeblink import Eyeblink
from envs.eyeblink import events as eyeblink
from envs.looming_escape import physics as looming
from envs.looming_escape.world import LoomingEscape
from envs.odour_choice import OdourChoice, odours, tunnel
from envs.orienting import world as orienting
from envs.registration import worlds
from envs.rivals import world as rivals
from envs.salt_appetite import chamber, physiology
from envs.salt_appetite.world import SaltAppetite
from steering import birdsong as finch
from steering import eyeblink as blinker
from steering import looming_escape as mouse
from steering import salt_appetite as rat
from steering.detectors import LoomingDetector
from steering.registration import steerings

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
DAY = 86_400


def percent(share: float) -> str:
    return f"{100 * share:g}%"


def span(pair: object, dash: str = "-") -> str:
    low, high = pair  # type: ignore[misc]
    return f"{low:g}{dash}{high:g}"


def share_lost(world: type, body: dict[str, float], moving: float = 0.0) -> float:
    """1 less the vigour of a body that is well but for what is given."""
    one = world(1)
    one.reset(seed=0)
    for name, value in body.items():
        getattr(one.body, name)[:] = value
    return 1.0 - physiology.vigour(one.body.records[0], moving)


def every_strike(table: np.ndarray) -> str:
    return span(table[looming.STRIKE])


REACHED = orienting.REACH
CHANCES = looming._CHANCES
SAID: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            f"{kind}{animal}"
            for kind in ("Naive", "Hardened", "Blended")
            for animal in ("Mouse", "Rat", "Finch", "Fighter", "Owl", "Blinker", "Fly")
        ),
        (),
    ),
    "SaltAppetite": (
        f"square chamber of {chamber.CHAMBER:g} m, in steps of {SaltAppetite.dt:g} s",
        "A rat of 400 g",
        f"{WORDS[chamber.SPOUTS].capitalize()} spouts",
        f"{physiology.USUAL[physiology.SALT]:g} M sodium chloride",
        f"with a delay ({physiology._ABSORPTION / 60:g} min)",
        f"loses {physiology._SODIUM_LOSS * DAY:.2f} mEq of sodium, {physiology._WATER_LOSS * DAY:g} ml of water",
        f"and {physiology._ENERGY_LOSS * DAY:g} kJ a day",
        f"On {WORDS[round(10 * chamber.AILMENT_CHANCE)]} days of ten an ailment costs {chamber._AILMENT:g} mEq",
        f"{WORDS[chamber.LEVERS].capitalize()} levers",
        f"a step of up to {chamber.STRIDE:g} m",
        f"where the third is above {chamber._LICKS_ABOVE:g}",
        f"a spout is within {chamber.REACH:g} m ({physiology.LICKING:g} ml/min)",
        f"exp(-1/2 sum of squared deviations from the set-points in units of {physiology.SODIUM_SCALE:g} mEq, "
        f"{physiology.WATER_SCALE:g} ml and {physiology.ENERGY_SCALE:g} kJ)",
        f"for malaise (up to {percent(share_lost(SaltAppetite, {'lithium': 1e9}))})",
        f"walking ({percent(round(share_lost(SaltAppetite, {}, 1.0), 9))})",
        f"sodium deviation outside {physiology.LETHAL_SODIUM[0]:g} to {physiology.LETHAL_SODIUM[1]:g} mEq",
        f"water outside {physiology.LETHAL_WATER[0]:g} to {physiology.LETHAL_WATER[1]:g} ml",
        f"energy outside {physiology.LETHAL_ENERGY[0]:g} to {physiology.LETHAL_ENERGY[1]:,.0f} kJ",
        f"(default {SaltAppetite.episode_steps:,} steps, one day)",
    ),
    "LoomingEscape": (
        f"square arena of {looming.ARENA:g} m",
        f"walks ({mouse._WALK * looming.RUN_SPEED:.2f} m/s is typical) or runs ({looming.RUN_SPEED:g} m/s",
        f"A dark shelter (radius {looming.SHELTER_RADIUS:g} m",
        f"{WORDS[len(next(field for field in LoomingEscape.state if field.name == 'site').initial)]} food sites",
        f"{WORDS[looming.FOOD_ITEMS]} food items regrow",
        f"Every {span(looming.GAP)} s a disc appears",
        f"a strike ({percent(CHANCES[looming.STRIKE])}: dark, contrast {every_strike(looming.CONTRAST)}, l/|v| "
        f"{every_strike(looming.SIZE_OVER_SPEED)} s, {looming.FIRST_TIME[looming.STRIKE]:g} s from appearing",
        f"a faint harmless loom ({percent(CHANCES[looming.FAINT])}: contrast {span(looming.CONTRAST[looming.FAINT])})",
        f"a slow one that passes ({percent(CHANCES[looming.SLOW])})",
        f"a sweep of {np.degrees(looming._SWEEP_SIZE):g} degrees at {np.degrees(looming._SWEEP_SPEED):g} degrees/s "
        f"({percent(CHANCES[looming.SWEEP])})",
        f"a receding one ({percent(CHANCES[looming.RECEDING])}) or a white one ({percent(CHANCES[looming.WHITE])})",
        "the laboratory's 250 ms stimulus",
        f"with probability {looming.KILL_MOVING:g} when it moves, {looming.KILL_STILL:g} when it keeps still, and "
        f"{looming.KILL_RUNNING_AWAY:g} when it runs",
        f"one day of {LoomingEscape.episode_steps * LoomingEscape.dt:g} s",
        f"as a share of {looming.RUN_SPEED:g} m/s",
        "longer vectors are shortened to 1",
        f"First-order inertia of {looming._INERTIA:g} s",
        f"+1 for each item eaten, less {looming._RUN_COST:g} per second",
        f"(default {LoomingEscape.episode_steps} steps of {LoomingEscape.dt:g} s)",
    ),
    "Rivals": (
        f"Every {rivals.SHORTEST_GAP}-{rivals.LONGEST_GAP} s an opponent comes",
        f"one of {WORDS[rivals.NEIGHBOURS]} neighbours ({percent(rivals.FAMILIAR)})",
        f"+{rivals.OWN_STRENGTH:g} or -{rivals.OWN_STRENGTH:g} with even odds",
        f"{WORDS[rivals.WOUNDS_TO_LOSE]} wounds lose the contest",
        f"attacked ({percent(rivals.PROVOKED)} a second)",
        f"(up to {percent(rivals.YIELDS)} a second if it is weak)",
        f"r = {rivals.LOOKS:g}",
        f"After {rivals.LONGEST} s the opponent leaves",
        f"{rivals.RETREAT} retreat, {rivals.DISPLAY} threaten, {rivals.ATTACK} attack",
        f"+{rivals.VALUE:g} for each contest won, -{rivals.WOUND:g} for each wound, -{rivals.EFFORT:g} for each second",
        f"(default {rivals.Rivals.episode_steps} steps of {rivals.Rivals.dt:g} s)",
    ),
    "Orienting": (
        f"up to {REACHED:g} degrees to each side",
        f"appears for {orienting.STAY * orienting.Orienting.dt:.1f} s at one of {WORDS[len(orienting.SITES)]} sites",
        f"seen after {orienting.REVEAL * orienting.Orienting.dt:.1f} s",
        "rounds of four sites",
        f"{percent(orienting.HABIT)} of its moves follow the round",
        f"by up to {percent(orienting.EAR_SCALE)} and {orienting.EAR_OFFSET:g} degrees, muscles by {percent(orienting.MUSCLE)}",
        f"as a share of {REACHED:g} degrees; reached within one step",
        f"({orienting.STAY} steps) for which gaze is truly within {orienting.FOVEA:g} degrees of it, less "
        f"{orienting.TURN_COST:g} for a turn of {REACHED:g} degrees",
        f"(default {orienting.Orienting.episode_steps} steps of {orienting.Orienting.dt:g} s, some "
        f"{orienting.Orienting.episode_steps * 2 // (2 * orienting.STAY + orienting.SHORTEST_GAP + orienting.LONGEST_GAP)} targets)",
    ),
    "Eyeblink": (
        "Every one or two seconds",
        f"Two of the {WORDS[len(eyeblink.CUES)]} announce",
        f"({1000 * eyeblink.SHORTEST:g} to {1000 * eyeblink.LONGEST:g} ms, drawn at birth)",
        "One announces nothing, and one is kept",
        f"{WORDS[round(eyeblink.RICH)]} times as much is in view",
        f"a time constant of {1000 * eyeblink.CLOSING:g} ms when it closes, {1000 * eyeblink.OPENING:g} ms when it opens",
        f"food found, 1 a second ({eyeblink.RICH:g} while something stirs)",
        f"less {eyeblink.DAMAGE:g} a second of puff",
        f"takes {eyeblink.SCRATCH_HARM:g} a second from a half closed eye",
        "-1 open, 1 closed",
        f"(default {Eyeblink.episode_steps:,} steps of {1000 * Eyeblink.dt:g} ms)",
    ),
    "OdourChoice": (
        f"each of the {WORDS[len(odours.ODOURS)]} odours",
        f"{WORDS[len(odours.ATTRACTIVE)].capitalize()} attract innately and announce sugar in {percent(tunnel.USUAL)} of flies",
        f"{WORDS[len(odours.AVERSIVE)]} repel innately and announce a shock in {percent(tunnel.USUAL)}",
        f"of the {WORDS[len(odours.NEUTRAL)]} others two announce sugar, two a shock, two nothing",
        f"After {tunnel.ENCOUNTER * OdourChoice.dt:g} s the odours change",
        f"holds {tunnel.CAPACITY:g} meals",
        f"the rates of {odours.GLOMERULI} glomeruli",
        f"({tunnel.SPEED:g} of an arm in a step at 1)",
        f"({tunnel.SIP:g} meals a step)",
        f"less {tunnel.HARM:g} for a shock and {tunnel.DEATH:g} for death",
        f"A sip of bait, which an experimenter can spread, takes {tunnel.POISON:g}",
        f"(default {OdourChoice.episode_steps} steps of {OdourChoice.dt:g} s, "
        f"{OdourChoice.episode_steps // tunnel.ENCOUNTER} pairs of odours)",
    ),
    "Fly": (),
    "Blinker": (f"{1000 * blinker.LATENCY:g} ms after a puff is felt",),
    "Birdsong": (
        f"frames of {1000 * gestures.FRAME_TIME:g} ms",
        f"hears itself {1000 * practice.HEARING_DELAY * gestures.FRAME_TIME:g} ms later",
        f"for {birdsong.LESSONS} renditions",
        f"One rendition stands for about fifty of a real bird: a day of development is {finch.DAY:g}, a life runs from day "
        f"{finch.HATCHED:g} to day {finch.HATCHED + birdsong.Birdsong.life_episodes / finch.DAY:g}",
        f"sound above about {syrinx._RAMP * syrinx._CALM / (syrinx._CALM - syrinx._STRONG):g}",
        "pitch 0.4 to 4.6 kHz",
        f"{1 - similarity.SPECIES_SHARE:g} x resemblance to the tutor's song (1 the same, 0 as unrelated songs)",
        f"+ {similarity.SPECIES_SHARE:g} x how song-like its rhythm and notes are (0 to 1)",
        "the phase is 0",
        f"({birdsong.Birdsong.episode_steps - practice.HEARING_DELAY} frames and the hearing delay by default)",
        "One rendition stands",
        f"``dt`` is always {gestures.FRAME_TIME:g} s",
        "An episode is one rendition",
    ),
    "Mouse": (
        f"threshold size {np.degrees(2 * np.arctan(1 / LoomingDetector(0.1).eta.alpha)):g} degrees, delay "
        f"{1000 * 0.1 * LoomingDetector(0.1).eta.delay_steps:g} ms",
        f"leaky accumulator T (leak {mouse._LEAK:g} s)",
        f"freezing between {mouse._FREEZE_SHARE:g} bound and bound",
    ),
    "Rat": (
        f"for {WORDS[round(rat._REFUSE / 60)]} minutes",
        "n > m > 1",
    ),
    "Finch": (f"{1000 * practice.HEARING_DELAY * gestures.FRAME_TIME:g} ms after the act",),
    "Fighter": ("the tally is one number",),
    "TwoStageFighter": ("The tally in two stages", "(1 - |general|) trace"),
    "BayesFighter": ("two counts", "ln((1 - a_s) / (1 - a_w))"),
    "Owl": ("exp(-e^2 / 2 window^2)",),
    "SlowingOwl": (),
    "SaltTrap": (
        f"{physiology.USUAL[physiology.LITHIUM]:g} M lithium chloride",
        f"{physiology._SICK:g} mEq of lithium (3 mEq/kg, the usual aversive dose) takes about "
        f"{percent(round(share_lost(SaltAppetite, {'lithium': physiology._SICK}), 2))} of vigour",
    ),
    "SongDecoy": (),
}


def described() -> dict[str, type]:
    """All worlds and steering subsystems that this project ships."""
    kinds = [
        kind
        for kind in (*worlds.all().values(), *steerings.all().values())
        if kind.__module__.split(".")[0] in ("envs", "steering")
    ]
    return {kind.__name__: kind for kind in kinds}


def facts(kind: type) -> str:
    """The description without what is no fact of the code: citations, versions, and the action space, which has its own check."""
    text = " ".join((inspect.getdoc(kind) or "").split())
    text = text.split("Version history:")[0]
    text = re.sub(r"Box\(.*?float32\)|Discrete\(\d+\)|``[^`]*``(?! is always)", "", text)
    return re.sub(r"\(?\b(19|20)\d\d\b\)?", "", text)


@pytest.mark.parametrize("name", sorted(described()))
def test_numbers_in_descriptions_are_those_of_the_code(name: str) -> None:
    text = " ".join((inspect.getdoc(described()[name]) or "").split())
    rest = facts(described()[name])
    for said in SAID[name]:
        assert said in text, f"{name} does not say {said!r}"
        rest = rest.replace(said, "")
    left = re.findall(rf".{{0,30}}(?:\d|\b(?:{'|'.join(WORDS[2:])})\b).{{0,20}}", rest)
    assert not left, f"{name} says numbers that nothing compares with the code: {left}"


@pytest.mark.parametrize("name", sorted(name for name, kind in described().items() if "single_action_space" in vars(kind)))
def test_descriptions_name_the_action_space(name: str) -> None:
    space = described()[name].single_action_space  # type: ignore[attr-defined]
    text = " ".join((inspect.getdoc(described()[name]) or "").split())
    wanted = f"Discrete({space.n})" if hasattr(space, "n") else f"Box(-1, 1, {space.shape}, {space.dtype})"
    assert wanted in text


def test_pitch_range_of_the_syrinx() -> None:
    from envs.birdsong.features import MIDDLE, PITCH, extract

    pitches = [
        float(np.median(extract(syrinx.render(np.tile([0.8, tension, -1.0], (20, 1))))[5:-5, PITCH])) for tension in (-1, 1)
    ]
    assert np.allclose(MIDDLE * 2.0 ** np.array(pitches) / 1000.0, (0.4, 4.6), atol=0.15)
