"""Signatures of how song is kept and changed in Birdsong: variability, deafening, noise, and the error of a prediction."""

from __future__ import annotations

import numpy as np
from scipy import stats

from benchmark.experiments.aviary import (
    DAY,
    LIFE,
    WORLD,
    Aviary,
    details_of,
    heard,
    home_and_stranger,
    pitch_of,
    resemblance,
)
from benchmark.experiments.experiment import Experiment, Result
from benchmark.results.statistics import mean_interval

_SYLLABLE = 3  # the long stack of the home song
_NOISY = 2  # the syllable without a pitch
_NOISE_DAYS = 4
_PROBABILITIES = (0.0, 0.2, 0.5, 0.8)


def adult_deafening(animals: int, seed: int) -> Result:
    """B4: deafened adults lose the learned song slowly, not at all without variability, and more slowly when older."""
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
    interval = mean_interval(loss["deaf"] - loss["deaf, no variability"])
    slower = mean_interval(loss["deaf"] - loss["deaf later"])
    details = details_of({f"loss in 40 days, {group}": values for group, values in loss.items()})
    details |= details_of({"deafened 40 days later, loses less by": loss["deaf"] - loss["deaf later"]})
    holds = interval["low"] > 0.0 and mean_interval(loss["deaf, no variability"])["high"] <= 0.02 and slower["low"] > 0.0
    return Result(interval["mean"], interval["low"], interval["high"], bool(holds), animals, details)


def contingent_noise(animals: int, seed: int) -> Result:
    """B5: noise on high renditions of one syllable lowers it, on low ones raises it; the change moves to the motor pathway."""
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
    new, new_without = shift(half_day), without_bias()
    aviary.treat("quiet", half_day)
    aviary.lesion("plasticity", half_day)  # it sings on, but neither learns more nor unlearns
    aviary.sing(DAY // 2)
    set_noise()
    aviary.sing((_NOISE_DAYS - 1) * DAY, set_noise)
    old, old_without = shift(half_day), without_bias()
    shifts = {group: shift(group) for group in groups[:3]}
    clear = [syllable for syllable in range(len(spans)) if syllable not in (_SYLLABLE, _NOISY)]
    others = {group: np.mean([np.abs(shift(group, s)) for s in clear], axis=0) for group in groups[:3]}
    spill = max((others[group].mean() - others["no noise"].mean()) / abs(shifts[group].mean()) for group in groups[:2])
    same_day, later = (
        float(1.0 - left.mean() / all_of.mean()) for left, all_of in ((new_without, new), (old_without, old))
    )
    details = details_of(
        {f"pitch of the syllable, {group}, %": values for group, values in shifts.items()}
        | {f"pitch of others, {group}, absolute %": values for group, values in others.items()}
        | {"shift in half a day, %": new}
    )
    details |= {
        "spill to others, share": float(spill),
        "share lost without the bias pathway, same day": same_day,
        "share lost without the bias pathway, days later": later,
    }
    down, up = mean_interval(shifts["noise above"]), mean_interval(shifts["noise below"])
    holds = down["high"] <= -2.0 and up["low"] >= 2.0 and spill <= 0.2 and same_day >= 0.5 and later <= 0.2
    return Result(down["mean"], down["low"], down["high"], bool(holds), animals, details)


def prediction_error(animals: int, seed: int) -> Result:
    """B6: reward is negative for a distorted syllable, positive for a spared one, the more so the more distortion is expected."""
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
    hit = {group: _mean_where(reward, distorted, aviary.rows(group)) for group in groups[1:]}
    known = [(p, spared[g].mean(), -hit[g].mean()) for g, p in zip(groups[1:], _PROBABILITIES[1:], strict=True)]
    rises = stats.spearmanr([row[0] for row in known], [row[1] for row in known]).statistic
    falls = stats.spearmanr([row[0] for row in known], [row[2] for row in known]).statistic
    middle = spared["p = 0.5"] - hit["p = 0.5"]
    interval, calm = mean_interval(middle), mean_interval(spared["p = 0.0"])
    details = details_of({f"spared, {g}": v for g, v in spared.items()} | {f"distorted, {g}": v for g, v in hit.items()})
    signs = all(mean_interval(spared[g])["low"] > 0.0 and mean_interval(hit[g])["high"] < 0.0 for g in groups[1:])
    holds = signs and rises == 1.0 and falls == -1.0 and abs(calm["mean"]) < 0.1 * interval["mean"]
    return Result(interval["mean"], interval["low"], interval["high"], bool(holds), animals, details)


def _mean_where(values: np.ndarray, chosen: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.array([values[chosen[:, row], row].mean() for row in rows if chosen[:, row].any()])


def variability_control(animals: int, seed: int) -> Result:
    """B8: without the source of variability a juvenile sings the same song again and again, and stops improving."""
    home, _ = home_and_stranger()
    aviary = Aviary(("intact", "no variability"), animals, seed)
    aviary.sing(250)
    spread = {"intact, before": _spread(aviary, "intact"), "no variability, before": _spread(aviary, "no variability")}
    aviary.lesion("variability", "no variability")
    at_removal = {group: resemblance(heard(aviary.intended(group)), home) for group in aviary.groups}
    spread["no variability, at once after"] = _spread(aviary, "no variability")
    aviary.sing(25 * DAY)
    gain = {group: resemblance(heard(aviary.intended(group)), home) - at_removal[group] for group in aviary.groups}
    ratio = spread["no variability, at once after"] / spread["no variability, before"]
    interval = mean_interval(ratio)
    details = details_of(
        {f"spread of actions, {name}": values for name, values in spread.items()}
        | {f"gain in 25 days, {group}": values for group, values in gain.items()}
    )
    stopped = mean_interval(gain["no variability"])
    goes_on = mean_interval(gain["intact"] - gain["no variability"])
    holds = interval["high"] <= 0.2 and max(abs(stopped["low"]), abs(stopped["high"])) <= 0.02 and goes_on["low"] > 0.0
    return Result(interval["mean"], interval["low"], interval["high"], bool(holds), animals, details)


def _spread(aviary: Aviary, group: str) -> np.ndarray:
    """(birds,) standard deviation of actions from one practice rendition to the next."""
    songs = []
    for _ in range(10):
        aviary.sing(1)
        songs.append(aviary.songs(group))
    return np.stack(songs).std(axis=0).mean(axis=(1, 2))


EXPERIMENTS = (
    Experiment(
        "B4",
        WORLD,
        "Deafened adults lose their song, not without variability, and less when older",
        "loss above that without variability, whose loss is at most 0.02; a bird deafened 40 days later loses less",
        "Brainard and Doupe 2000; Lombardino and Nottebohm 2000",
        adult_deafening,
        32,
        "severe decay within weeks, slower the older the bird; none after LMAN lesions",
        slow=True,
    ),
    Experiment(
        "B5",
        WORLD,
        "Noise on high renditions of a syllable lowers its pitch, on low ones raises it; others hardly change",
        "at least 2% either way, others below a fifth; half of a new shift is lost without the bias pathway, a fifth days later",
        "Tumer and Brainard 2007; Andalman and Fee 2009",
        contingent_noise,
        32,
        "a few percent over days, confined to the syllable; most of the day's change lost without LMAN",
    ),
    Experiment(
        "B6",
        WORLD,
        "Reward is below 0 on distorted and above 0 on spared renditions, by how far each was expected",
        "signs; spared rises and distorted shrinks with the probability; none without distortion",
        "Gadagkar et al. 2016",
        prediction_error,
        32,
        "phasic suppression after distortion, activation when a predicted distortion does not occur",
    ),
    Experiment(
        "B8",
        WORLD,
        "Without the source of variability a juvenile's renditions are alike at once, and it improves no more",
        "spread falls to a fifth; gain within 0.02 of 0, and below that with it",
        "Olveczky et al. 2005",
        variability_control,
        32,
        "inactivating LMAN cuts variability rapidly and reversibly",
    ),
)
