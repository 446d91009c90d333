"""Signatures of how song is acquired in Birdsong: what a tutor, ears, variability and the sensitive period are needed for."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

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
    resemblance,
    song_likeness,
)
from benchmark.experiments.experiment import Experiment, Result
from benchmark.results.statistics import mean_interval
from core.errors import whole_number
from envs.birdsong.similarity import measures_of, similarity
from envs.birdsong.syrinx import RATE, render
from envs.birdsong.world import LESSONS

GROUPS = ("tutored", "stranger", "deaf", "isolate", "no variability", "random judgement")
_GENERATIONS, _LINEAGES = 4, 6
_ROUGH_LIFE = 15 * DAY  # renditions of a pupil in the experiment over generations; chosen to keep it short
_CHANCE = 0.01  # p below which B1 counts
_REPEATS = 5  # renditions over which a bird's song is averaged


@lru_cache(maxsize=1)
def _grown(animals: int, seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Birds raised in six ways, newborn and grown: resemblance to the home song and to the stranger's, and song-likeness."""
    aviary = Aviary(GROUPS, animals, seed)
    aviary.treat("swap_tutor", "stranger")
    aviary.treat("deafen", "deaf")
    aviary.treat("isolate", "isolate")
    aviary.lesion("variability", "no variability")
    aviary.lesion("judgement", "random judgement")
    home, stranger = home_and_stranger()

    def measured(songs: np.ndarray) -> dict[str, np.ndarray]:
        features = heard(songs)
        return {
            "home": resemblance(features, home),
            "stranger": resemblance(features, stranger),
            "likeness": song_likeness(features),
        }

    def measured_over(renditions: int, *groups: str) -> dict[str, dict[str, np.ndarray]]:
        """Means over the next renditions, as sung."""
        found: dict[str, list[dict[str, np.ndarray]]] = {group: [] for group in groups}
        for _ in range(renditions):
            aviary.sing(1)
            for group in groups:
                found[group].append(measured(aviary.songs(group)))
        return {
            group: {name: np.mean([one[name] for one in rows], axis=0) for name in rows[0]} for group, rows in found.items()
        }

    found = {"tutored, newborn": measured(aviary.intended("tutored"))}
    aviary.sing(LESSONS - _REPEATS)  # while the tutor sings, nobody has begun to practise
    found["babbling"] = measured_over(_REPEATS, "tutored")["tutored"]
    aviary.sing(LIFE - LESSONS - _REPEATS)
    found |= measured_over(_REPEATS, *GROUPS)
    last = {group: heard(aviary.songs(group)) for group in ("tutored", "isolate", "deaf")}
    aviary.sing(1)
    for group, songs in last.items():
        pairs = zip(songs, heard(aviary.songs(group), seed=1000), strict=True)
        found[group]["stereotypy"] = np.array([_alike(one, other) for one, other in pairs])
    return found | {"oracle": measured(np.asarray(home.gesture)[None])}


def tutored_learning(animals: int, seed: int) -> Result:
    """B1: grown birds resemble their own tutor more than another's; newborns do not."""
    found = _grown(animals, seed)
    at_home = found["tutored"]["home"] - found["tutored"]["stranger"]
    own = 0.5 * (at_home + found["stranger"]["stranger"] - found["stranger"]["home"])  # birds of one seed are one sample
    newborn = found["tutored, newborn"]["home"] - found["tutored, newborn"]["stranger"]
    interval, at_birth = mean_interval(own), mean_interval(newborn)
    p = float(stats.wilcoxon(own).pvalue)
    best = float(found["oracle"]["home"][0])
    birth = float(found["tutored, newborn"]["home"].mean())
    details = details_of(
        {
            "own minus other, newborn": newborn,
            "resemblance to tutor, newborn": found["tutored, newborn"]["home"],
            "resemblance to tutor, grown": found["tutored"]["home"],
            "share of the way from birth to oracle": (found["tutored"]["home"] - birth) / (best - birth),
        }
    )
    details |= {"oracle": best, "p": p}
    holds = interval["low"] > 0.0 and p < _CHANCE and at_birth["low"] <= 0.0 <= at_birth["high"]
    return Result(interval["mean"], interval["low"], interval["high"], bool(holds), len(own), details)


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of the measures of two renditions, mean over measures."""
    pairs = zip(measures_of(one).T, measures_of(other).T, strict=True)
    return float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs if a.std() > 0 and b.std() > 0]))


def deaf_from_start(animals: int, seed: int) -> Result:
    """B2: without ears, without variability or judged at random, no bird comes nearer to its tutor than babble is."""
    found = _grown(animals, seed)
    controls = ("deaf", "no variability", "random judgement")
    gains = {group: found[group]["home"] - found["babbling"]["home"] for group in ("tutored", *controls)}
    interval = mean_interval(gains["tutored"] - gains["deaf"])
    reach = found["oracle"]["home"][0] - found["babbling"]["home"].mean()
    details = details_of({f"gain over babble, {group}": values for group, values in gains.items()})
    most = max(mean_interval(gains[group])["high"] for group in controls) / reach
    details |= {"largest upper bound of a control's gain, share of the way to the oracle": float(most)}
    holds = interval["low"] > 0.0 and most <= 0.03
    return Result(interval["mean"], interval["low"], interval["high"], bool(holds), animals, details)


def isolates(animals: int, seed: int) -> Result:
    """B3: an isolate's song is more stereotyped than a deaf bird's, and less song-like than a tutored one's."""
    found = _grown(animals, seed)
    groups = ("tutored", "isolate", "deaf")
    above_deaf = mean_interval(found["isolate"]["stereotypy"] - found["deaf"]["stereotypy"])
    below_tutored = mean_interval(found["tutored"]["likeness"] - found["isolate"]["likeness"])
    details = details_of({f"stereotypy, {group}": found[group]["stereotypy"] for group in groups})
    details |= details_of({f"song-likeness, {group}": found[group]["likeness"] for group in groups})
    holds = above_deaf["low"] > 0.0 and below_tutored["low"] > 0.0
    return Result(above_deaf["mean"], above_deaf["low"], above_deaf["high"], bool(holds), animals, details)


def generations(animals: int, seed: int) -> Result:
    """B3b: pupils of pupils of an isolate sing more and more like the species."""
    import soundfile

    lineages = max(2, whole_number("animals", animals) // 10)
    like = np.zeros((lineages, _GENERATIONS + 1))
    with tempfile.TemporaryDirectory() as folder:
        for lineage in range(lineages):
            path: Path | None = None
            for generation in range(_GENERATIONS + 1):
                options: dict[str, Any] = {} if path is None else {"tutor": str(path)}
                aviary = Aviary(("pupil",), 4, seed + 1000 * lineage + 10 * generation, **options)
                if path is None:
                    aviary.treat("isolate", "pupil")
                aviary.sing(_ROUGH_LIFE)
                song = aviary.intended("pupil")
                like[lineage, generation] = song_likeness(heard(song)).mean()
                path = Path(folder) / f"{lineage}-{generation}.wav"
                audio = render(song[0])
                soundfile.write(path, 0.8 * audio / max(1e-6, float(np.abs(audio).max())), RATE)
    gain = like[:, -1] - like[:, 0]
    interval = mean_interval(gain)
    details: dict[str, Any] = {
        f"song-likeness, generation {index}": float(like[:, index].mean()) for index in range(like.shape[1])
    }
    trend = stats.spearmanr(np.tile(np.arange(like.shape[1]), lineages), like.ravel())
    details |= {"rank correlation with generation": float(trend.statistic), "p of the correlation": float(trend.pvalue)}
    holds = interval["low"] > 0.0 and trend.statistic > 0.0 and trend.pvalue < 0.05
    return Result(interval["mean"], interval["low"], interval["high"], bool(holds), lineages, details)


def sensitive_period(animals: int, seed: int) -> Result:
    """B7: a tutor heard after closure is not copied, unless no tutor was heard before; within the window it overwrites partly."""
    groups = (
        "early tutor, late stranger",
        "isolated, late stranger",
        "second tutor within the window",
        "first tutor only",
        "isolated, no stranger",
    )
    aviary = Aviary(groups, animals, seed)
    aviary.treat("isolate", groups[1], groups[4])
    aviary.sing(10 * DAY)
    aviary.treat("lessons", groups[2], renditions=20, stranger=True)
    aviary.sing(55 * DAY)
    before = {group: heard(aviary.songs(group)) for group in groups}
    aviary.treat("lessons", groups[0], groups[1], renditions=20, stranger=True)
    aviary.sing(20 * DAY)
    home, stranger = home_and_stranger()
    after = {group: heard(aviary.songs(group)) for group in groups}

    def like(features: list[np.ndarray], tutor: Any) -> np.ndarray:
        return np.array([similarity(song[: len(tutor)], tutor.measures, tutor.quantiles) for song in features])

    gains = {group: like(after[group], stranger) - like(before[group], stranger) for group in groups}
    interval = mean_interval(gains[groups[1]] - gains[groups[4]])
    closed = mean_interval(gains[groups[0]])
    overwritten = like(after[groups[2]], stranger) - like(after[groups[3]], stranger)
    lost = like(after[groups[3]], home) - like(after[groups[2]], home)
    details = details_of(
        {
            "gain of resemblance to the stranger, window closed": gains[groups[0]],
            "gain of resemblance to the stranger, isolated before": gains[groups[1]],
            "the same without a stranger, isolated": gains[groups[4]],
            "second tutor within the window, nearer to it by": overwritten,
            "second tutor within the window, farther from the first by": lost,
        }
    )
    holds = interval["low"] > 0.0 and closed["high"] <= 0.1 and mean_interval(overwritten)["low"] > 0.0
    return Result(interval["mean"], interval["low"], interval["high"], bool(holds), animals, details)


def swapped_read_outs(animals: int, seed: int) -> Result:
    """P4b: what one bird has learned is worthless in another's wiring, although both have one genome and one tutor."""
    aviary = Aviary(("tutored",), animals, seed)
    home, _ = home_and_stranger()
    newborn = resemblance(heard(aviary.intended("tutored")), home)
    aviary.sing(_ROUGH_LIFE)
    own = resemblance(heard(aviary.intended("tutored")), home)
    learner = aviary.population.learner
    assert learner is not None
    for read_out in learner.read_outs().values():
        read_out[:] = np.roll(read_out, 1, axis=0)
    swapped = resemblance(heard(aviary.intended("tutored")), home)
    lost, left = mean_interval(own - swapped), mean_interval(swapped - newborn)
    details = details_of({"own read-out": own, "another's read-out": swapped, "newborn": newborn})
    details |= details_of({"another's read-out minus newborn": swapped - newborn})
    holds = lost["low"] > 0.0 and left["mean"] <= 0.1 * (own.mean() - newborn.mean())
    return Result(lost["mean"], lost["low"], lost["high"], bool(holds), animals, details)


EXPERIMENTS = (
    Experiment(
        "B1",
        WORLD,
        "A tutored bird ends nearer to its own tutor's song than to another's; a newborn is near to neither",
        "own minus other above 0 with p < 0.01; the newborn's interval includes 0",
        "Tchernichovski et al. 2001",
        tutored_learning,
        32,
        "zebra finches copy the tutor they were raised with",
    ),
    Experiment(
        "B2",
        WORLD,
        "A bird that is deaf from the start, has no variability or is judged at random does not acquire the song",
        "tutored above deaf; no control covers more than 0.03 of the way from babble to the oracle (upper bound)",
        "Price 1979",
        deaf_from_start,
        32,
        "deaf-reared birds lack normal acoustic structure, and keep some of the rhythm",
        slow=True,
    ),
    Experiment(
        "B3",
        WORLD,
        "An isolate's song is more stereotyped than a deaf bird's and less song-like than a tutored one's",
        "both differences above 0",
        "Volman and Khanna 1995; Price 1979",
        isolates,
        32,
        "isolates sing abnormal song with abnormal elements",
        slow=True,
    ),
    Experiment(
        "B3b",
        WORLD,
        "From an isolate founder, song becomes more song-like over generations of tutoring",
        "the last generation above the founders, and a rising trend (p < 0.05)",
        "Feher et al. 2009",
        generations,
        60,
        "lineages of isolates reach wild-type song within 3 to 4 generations",
        slow=True,
    ),
    Experiment(
        "B7",
        WORLD,
        "A stranger's song heard after the window has closed is not copied, unless no tutor was heard before",
        "isolates with a stranger above those without; gain at most 0.1 when closed; a second tutor within the window copied",
        "Eales 1987; Gobes et al. 2017",
        sensitive_period,
        32,
        "a second tutor can overwrite until about day 63; without a tutor the period stays open",
        slow=True,
    ),
    Experiment(
        "P4b",
        WORLD,
        "Exchanging read-outs between birds of one genome and one tutor ruins their songs",
        "loss above 0; at most a tenth of what was learned is left",
        "Byrnes, post 2",
        swapped_read_outs,
        32,
        "",
    ),
)
