"""Experiments on how song is kept and changed in Birdsong: variability, deafening, noise, and the error of a prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from benchmark.experiments.criterion import (
    at_least,
    at_most,
    below,
    surely_above,
    surely_at_least,
    surely_at_most,
    surely_below,
    within_or_at,
)
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.aviary import (
    DAY,
    LIFE,
    WORLD,
    Aviary,
    heard,
    home_and_stranger,
    pitch_of,
    resemblance,
)
from benchmark.laboratory.lives import told_all
from benchmark.results.statistics import mean_interval

_SYLLABLE = 3  # the long stack of the home song
_NOISY = 2  # the syllable without a pitch
_NOISE_DAYS = 4
_PROBABILITIES = (0.0, 0.2, 0.5, 0.8)


Loss = dict[str, np.ndarray]


def adult_deafening(animals: int, seed: int) -> Loss:
    """(birds,) resemblance to the tutor lost in 40 days: hearing, deaf, deaf without variability, and deafened 40 days later."""
    home, _ = home_and_stranger()
    groups = ("hearing", "deaf", "deaf, no variability", "deaf later")
    aviary = Aviary(groups, animals, seed)
    aviary.sing(LIFE)
    aviary.lesion("variability", "deaf, no variability")
    start = {group: resemblance(heard(aviary.intended(group)), home) for group in groups}
    aviary.treat("deafen", "deaf", "deaf, no variability")
    aviary.sing(40 * DAY)
    end = {group: resemblance(heard(aviary.intended(group)), home) for group in groups}
    loss = {group: start[group] - end[group] for group in groups[:3]}
    aviary.treat("deafen", "deaf later")
    aviary.sing(40 * DAY)
    loss["deaf later"] = end["deaf later"] - resemblance(heard(aviary.intended("deaf later")), home)
    return loss


def score_of_adult_deafening(loss: Loss) -> Score:
    """What the deaf lose more than the deaf without variability, and than those that are deafened later."""
    slower = loss["deaf"] - loss["deaf later"]
    details = told_all({f"loss in 40 days, {group}": values for group, values in loss.items()})
    name = "loss of the deaf minus that without variability"
    return Score(
        headline=name,
        measures={
            name: mean_interval(loss["deaf"] - loss["deaf, no variability"]),
            "loss of the deaf without variability": mean_interval(loss["deaf, no variability"]),
            "loss of the deaf minus that of those deafened 40 days later": mean_interval(slower),
        },
        n=len(slower),
        details=details | told_all({"deafened 40 days later, loses less by": slower}),
    )


@dataclass(frozen=True)
class Shifts:
    """Changes of pitch under contingent noise, (birds,) in %.

    Attributes:
        target: of the syllable that is punished, by group.
        others: of the other clear syllables, absolute, by group.
        half_day: after half a day of noise: whole, and without the pathway of variability and bias.
        later: the same birds at the end.
    """

    target: dict[str, np.ndarray]
    others: dict[str, np.ndarray]
    half_day: tuple[np.ndarray, np.ndarray]
    later: tuple[np.ndarray, np.ndarray]


def contingent_noise(animals: int, seed: int) -> Shifts:
    """Noise on high renditions of one syllable, on low ones, and on none; half a day of it, and then no plasticity."""
    groups = ("noise above", "noise below", "no noise", "half a day of noise")
    half_day = groups[3]
    aviary = Aviary(groups, animals, seed)
    spans = aviary.world.tutors[0].syllables
    aviary.sing(LIFE)
    before = {group: aviary.intended(group) for group in groups}

    def shift(group: str, syllable: int = _SYLLABLE) -> np.ndarray:
        """(birds,) change of a syllable's pitch in %, from rendered audio."""
        moved = pitch_of(aviary.intended(group), spans[syllable]) - pitch_of(before[group], spans[syllable])
        return 100.0 * (2.0**moved - 1.0)

    def without_bias() -> np.ndarray:
        """(birds,) what is left of the half day's shift while the pathway of variability and bias is silent."""
        aviary.lesion("variability", half_day)
        left = shift(half_day)
        aviary.lesion("variability", half_day, lesioned=False)
        return left

    def set_noise() -> None:
        aviary.treat("white_noise", "noise above", syllable=_SYLLABLE, above=True)
        aviary.treat("white_noise", "noise below", syllable=_SYLLABLE, above=False)

    set_noise()
    aviary.treat("white_noise", half_day, syllable=_SYLLABLE, above=True)
    aviary.sing(DAY // 2)
    new = shift(half_day), without_bias()
    aviary.treat("quiet", half_day)
    aviary.lesion("plasticity", half_day)  # it sings on, but neither learns more nor unlearns
    aviary.sing(DAY // 2)
    set_noise()
    aviary.sing((_NOISE_DAYS - 1) * DAY, set_noise)
    old = shift(half_day), without_bias()
    clear = [syllable for syllable in range(len(spans)) if syllable not in (_SYLLABLE, _NOISY)]
    return Shifts(
        {group: shift(group) for group in groups[:3]},
        {group: np.mean([np.abs(shift(group, s)) for s in clear], axis=0) for group in groups[:3]},
        new,
        old,
    )


def score_of_contingent_noise(shifts: Shifts) -> Score:
    """The shifts of the syllable and of others, and the share of a new and of an old shift that needs the bias pathway."""
    target, others = shifts.target, shifts.others
    spill = max(
        (others[group].mean() - others["no noise"].mean()) / abs(target[group].mean())
        for group in ("noise above", "noise below")
    )
    same_day, later = (float(1.0 - left.mean() / whole.mean()) for whole, left in (shifts.half_day, shifts.later))
    details = told_all(
        {f"pitch of the syllable, {group}, %": values for group, values in target.items()}
        | {f"pitch of others, {group}, absolute %": values for group, values in others.items()}
        | {"shift in half a day, %": shifts.half_day[0]}
    )
    shares = {
        "spill to others, share": float(spill),
        "share lost without the bias pathway, same day": same_day,
        "share lost without the bias pathway, days later": later,
    }
    return Score(
        headline="shift by noise on high renditions (%)",
        measures={
            "shift by noise on high renditions (%)": mean_interval(target["noise above"]),
            "shift by noise on low renditions (%)": mean_interval(target["noise below"]),
            **shares,
        },
        n=len(target["no noise"]),
        details=details | shares,
    )


def prediction_error(animals: int, seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """(birds,) reward of a syllable where it is spared and where it is distorted, for each probability of distortion."""
    groups = tuple(f"p = {probability}" for probability in _PROBABILITIES)
    aviary = Aviary(groups, animals, seed)
    aviary.sing(LIFE)
    for group, probability in zip(groups, _PROBABILITIES, strict=True):
        aviary.treat("distort", group, syllable=_SYLLABLE, probability=probability)
    aviary.population.lesion("plasticity")
    aviary.sing(2 * DAY)
    renditions = 3 * DAY
    first, end = aviary.world.tutors[0].syllables[_SYLLABLE]
    distorted = np.zeros((renditions, aviary.population.animals), bool)
    reward = np.zeros((renditions, aviary.population.animals))
    for rendition in range(renditions):
        distorted[rendition] = aviary.world.body.distorts
        reward[rendition] = aviary.rewards(1)[0, first + 1 : end - 1].mean(axis=0)
    spared = {group: _mean_where(reward, ~distorted, aviary.rows(group)) for group in groups}
    return spared, {group: _mean_where(reward, distorted, aviary.rows(group)) for group in groups[1:]}


def score_of_prediction_error(measured: tuple[dict[str, np.ndarray], dict[str, np.ndarray]]) -> Score:
    """Signs of reward, and how its size goes with what is expected."""
    spared, hit = measured
    sizes = [(spared[group].mean(), -hit[group].mean()) for group in hit]
    probabilities = _PROBABILITIES[1:]
    rises, falls = (float(scipy.stats.spearmanr(probabilities, column).statistic) for column in zip(*sizes, strict=True))
    middle = mean_interval(spared["p = 0.5"] - hit["p = 0.5"])
    calm = mean_interval(spared["p = 0.0"])
    return Score(
        headline="reward where spared minus reward where distorted, p = 0.5",
        measures={"reward where spared minus reward where distorted, p = 0.5": middle}
        | {f"reward where spared, {group}": mean_interval(spared[group]) for group in hit}
        | {f"reward where distorted, {group}": mean_interval(values) for group, values in hit.items()}
        | {
            "rank correlation of reward where spared with the probability": rises,
            "rank correlation of the size of punishment with the probability": falls,
            "size of reward without distortion, minus a tenth of the headline": float(
                abs(calm["mean"]) - 0.1 * middle["mean"]
            ),
        },
        n=len(spared["p = 0.0"]),
        details=told_all({f"spared, {g}": v for g, v in spared.items()} | {f"distorted, {g}": v for g, v in hit.items()}),
    )


def _mean_where(values: np.ndarray, chosen: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.array([values[chosen[:, row], row].mean() for row in rows if chosen[:, row].any()])


def variability_control(animals: int, seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """(birds,) spread of actions before and after the source of variability is removed, and resemblance gained in 25 days."""
    home, _ = home_and_stranger()
    aviary = Aviary(("intact", "no variability"), animals, seed)
    aviary.sing(250)
    spread = {"intact, before": _spread(aviary, "intact"), "no variability, before": _spread(aviary, "no variability")}
    aviary.lesion("variability", "no variability")
    at_removal = {group: resemblance(heard(aviary.intended(group)), home) for group in aviary.groups}
    spread["no variability, at once after"] = _spread(aviary, "no variability")
    aviary.sing(25 * DAY)
    return spread, {group: resemblance(heard(aviary.intended(group)), home) - at_removal[group] for group in aviary.groups}


def score_of_variability_control(measured: tuple[dict[str, np.ndarray], dict[str, np.ndarray]]) -> Score:
    """What is left of the spread at once, and of improvement."""
    spread, gain = measured
    stopped = mean_interval(gain["no variability"])
    return Score(
        headline="share of the spread that is left at once",
        measures={
            "share of the spread that is left at once": mean_interval(
                spread["no variability, at once after"] / spread["no variability, before"]
            ),
            "gain without variability, bound farthest from 0": max(stopped["low"], stopped["high"], key=abs),
            "gain with variability minus that without": mean_interval(gain["intact"] - gain["no variability"]),
        },
        n=len(gain["intact"]),
        details=told_all(
            {f"spread of actions, {name}": values for name, values in spread.items()}
            | {f"gain in 25 days, {group}": values for group, values in gain.items()}
        ),
    )


def _spread(aviary: Aviary, group: str) -> np.ndarray:
    """(birds,) standard deviation of actions from one practice rendition to the next."""
    songs = []
    for _ in range(10):
        aviary.sing(1)
        songs.append(aviary.songs(group))
    return np.stack(songs).std(axis=0).mean(axis=(1, 2))


EXPERIMENTS = (
    Experiment(
        id="B4",
        world=WORLD,
        claim="Deafened adults lose their song, not without variability, and less when older",
        source="Brainard and Doupe 2000; Lombardino and Nottebohm 2000",
        protocol=adult_deafening,
        score=score_of_adult_deafening,
        criterion=(
            surely_above("loss of the deaf minus that without variability"),
            surely_at_most("loss of the deaf without variability", 0.02),
            surely_above("loss of the deaf minus that of those deafened 40 days later"),
        ),
        animals=32,
        published="severe decay within weeks, slower the older the bird; none after LMAN lesions",
        slow=True,
    ),
    Experiment(
        id="B5",
        world=WORLD,
        claim="Noise on high renditions of a syllable lowers its pitch, on low ones raises it; others hardly change",
        source="Tumer and Brainard 2007; Andalman and Fee 2009",
        protocol=contingent_noise,
        score=score_of_contingent_noise,
        criterion=(
            surely_at_most("shift by noise on high renditions (%)", -2.0),
            surely_at_least("shift by noise on low renditions (%)", 2.0),
            at_most("spill to others, share", 0.2),
            at_least("share lost without the bias pathway, same day", 0.5),
            at_most("share lost without the bias pathway, days later", 0.2),
        ),
        animals=32,
        slow=True,
        published="a few percent over days, confined to the syllable; most of the day's change lost without LMAN",
    ),
    Experiment(
        id="B6",
        world=WORLD,
        claim="Reward is below 0 on distorted and above 0 on spared renditions, by how far each was expected",
        source="Gadagkar et al. 2016",
        protocol=prediction_error,
        score=score_of_prediction_error,
        criterion=(
            *(surely_above(f"reward where spared, p = {p}") for p in _PROBABILITIES[1:]),
            *(surely_below(f"reward where distorted, p = {p}") for p in _PROBABILITIES[1:]),
            at_least("rank correlation of reward where spared with the probability", 1.0),
            at_most("rank correlation of the size of punishment with the probability", -1.0),
            below("size of reward without distortion, minus a tenth of the headline"),
        ),
        animals=32,
        slow=True,
        published="phasic suppression after distortion, activation when a predicted distortion does not occur",
    ),
    Experiment(
        id="B8",
        world=WORLD,
        claim="Without the source of variability a juvenile's renditions are alike at once, and it improves no more",
        source="Olveczky et al. 2005",
        protocol=variability_control,
        score=score_of_variability_control,
        criterion=(
            surely_at_most("share of the spread that is left at once", 0.2),
            within_or_at("gain without variability, bound farthest from 0", 0.02),
            surely_above("gain with variability minus that without"),
        ),
        animals=32,
        slow=True,
        published="inactivating LMAN cuts variability rapidly and reversibly",
    ),
)
