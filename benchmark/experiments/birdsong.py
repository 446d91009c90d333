"""Experiments on how song is acquired in Birdsong: what a tutor, ears, variability and the sensitive period are needed for."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from benchmark.experiments.criterion import (
    MARGIN,
    above,
    at_most,
    below,
    surely_above,
    surely_at_most,
    surely_below,
)
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.aviary import (
    DAY,
    LIFE,
    WORLD,
    Aviary,
    heard,
    home_and_stranger,
    resemblance,
    song_likeness,
)
from benchmark.laboratory.lives import told_all
from benchmark.results.statistics import mean_interval
from core.errors import whole_number
from envs.birdsong.similarity import measures_of, similarity
from envs.birdsong.syrinx import RATE, render
from envs.birdsong.world import LESSONS

GROUPS = ("tutored", "stranger", "deaf", "isolate", "no variability", "random judgement")
_GENERATIONS = 4
_ROUGH_LIFE = 15 * DAY  # renditions of a pupil in the experiment over generations; chosen to keep it short
_CHANCE = 0.01  # p below which B1 counts
_REPEATS = 5  # renditions over which a bird's song is averaged


Songs = dict[str, dict[str, np.ndarray]]
"""(birds,) measures of the songs of each group."""


@lru_cache(maxsize=1)
def raised(animals: int, seed: int) -> Songs:
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


def score_of_tutored_learning(songs: Songs) -> Score:
    """Nearer to the own tutor than to another's, grown and newborn; birds of one seed are one sample."""
    tutored, stranger, young = songs["tutored"], songs["stranger"], songs["tutored, newborn"]
    own = 0.5 * (tutored["home"] - tutored["stranger"] + stranger["stranger"] - stranger["home"])
    newborn = young["home"] - young["stranger"]
    best, birth = float(songs["oracle"]["home"][0]), float(young["home"].mean())
    p = float(scipy.stats.wilcoxon(own).pvalue)
    details = told_all(
        {
            "own minus other, newborn": newborn,
            "resemblance to tutor, newborn": young["home"],
            "resemblance to tutor, grown": tutored["home"],
            "share of the way from birth to oracle": (tutored["home"] - birth) / (best - birth),
        }
    )
    return Score(
        headline="resemblance to the own tutor minus that to another's",
        measures={
            "resemblance to the own tutor minus that to another's": mean_interval(own),
            "p of that (Wilcoxon)": p,
            "the same of newborns, share of the way to the oracle": mean_interval(newborn / (best - birth)),
        },
        n=len(own),
        details=details | {"oracle": best, "p": p},
    )


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of the measures of two renditions, mean over measures."""
    pairs = zip(measures_of(one).T, measures_of(other).T, strict=True)
    return float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs if a.std() > 0 and b.std() > 0]))


_CONTROLS = ("deaf", "no variability", "random judgement")


def score_of_deaf_from_start(songs: Songs) -> Score:
    """What birds gain over babble with and without ears, variability and judgement."""
    gains = {group: songs[group]["home"] - songs["babbling"]["home"] for group in ("tutored", *_CONTROLS)}
    reach = songs["oracle"]["home"][0] - songs["babbling"]["home"].mean()
    most = float(max(mean_interval(gains[group])["high"] for group in _CONTROLS) / reach)
    name = "largest upper bound of a control's gain, share of the way to the oracle"
    return Score(
        headline="gain of the tutored minus gain of the deaf",
        measures={
            "gain of the tutored minus gain of the deaf": mean_interval(gains["tutored"] - gains["deaf"]),
            name: most,
        },
        n=len(gains["deaf"]),
        details=told_all({f"gain over babble, {group}": values for group, values in gains.items()}) | {name: most},
    )


def score_of_isolates(songs: Songs) -> Score:
    """Stereotypy against the deaf, likeness to songs of the species against the tutored."""
    tutored, isolate, deaf = (songs[group] for group in ("tutored", "isolate", "deaf"))
    details = told_all({f"stereotypy, {group}": songs[group]["stereotypy"] for group in ("tutored", "isolate", "deaf")})
    details |= told_all({f"song-likeness, {group}": songs[group]["likeness"] for group in ("tutored", "isolate", "deaf")})
    return Score(
        headline="stereotypy of isolates minus that of the deaf",
        measures={
            "stereotypy of isolates minus that of the deaf": mean_interval(isolate["stereotypy"] - deaf["stereotypy"]),
            "song-likeness of the tutored minus that of isolates": mean_interval(tutored["likeness"] - isolate["likeness"]),
        },
        n=len(deaf["likeness"]),
        details=details,
    )


def generations(animals: int, seed: int) -> np.ndarray:
    """(lineages, generations) how like a song of the species pupils of pupils of an isolate sing."""
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
    return like


def score_of_generations(like: np.ndarray) -> Score:
    """The last generation against the founders, and the trend over generations."""
    lineages, count = like.shape
    trend = scipy.stats.spearmanr(np.tile(np.arange(count), lineages), like.ravel())
    found = {"rank correlation with generation": float(trend.statistic), "p of the correlation": float(trend.pvalue)}
    details: dict[str, Any] = {f"song-likeness, generation {index}": float(like[:, index].mean()) for index in range(count)}
    name = "song-likeness of the last generation minus that of the founders"
    return Score(
        headline=name,
        measures={name: mean_interval(like[:, -1] - like[:, 0]), **found},
        n=lineages,
        details=details | found,
    )


_EARLY, _ISOLATED, _SECOND, _FIRST_ONLY, _UNTUTORED = _PERIODS = (
    "early tutor, late stranger",
    "isolated, late stranger",
    "second tutor within the window",
    "first tutor only",
    "isolated, no stranger",
)


def sensitive_period(animals: int, seed: int) -> Songs:
    """(birds,) resemblance to either tutor before and after a stranger sings late: in youth, after closure, after isolation."""
    aviary = Aviary(_PERIODS, animals, seed)
    aviary.treat("isolate", _ISOLATED, _UNTUTORED)
    aviary.sing(10 * DAY)
    aviary.treat("lessons", _SECOND, renditions=20, singer="stranger")
    aviary.sing(55 * DAY)
    before = {group: heard(aviary.songs(group)) for group in _PERIODS}
    aviary.treat("lessons", _EARLY, _ISOLATED, renditions=20, singer="stranger")
    aviary.sing(20 * DAY)
    after = {group: heard(aviary.songs(group)) for group in _PERIODS}
    home, stranger = home_and_stranger()

    def like(features: list[np.ndarray], tutor: Any) -> np.ndarray:
        return np.array([similarity(song[: len(tutor)], tutor.measures, tutor.quantiles) for song in features])

    return {
        group: {
            "stranger, before": like(before[group], stranger),
            "stranger, after": like(after[group], stranger),
            "home, after": like(after[group], home),
        }
        for group in _PERIODS
    }


def score_of_sensitive_period(songs: Songs) -> Score:
    """What each group gains of the stranger, and what a second tutor within the window overwrites."""
    gains = {group: found["stranger, after"] - found["stranger, before"] for group, found in songs.items()}
    overwritten = songs[_SECOND]["stranger, after"] - songs[_FIRST_ONLY]["stranger, after"]
    details = told_all(
        {
            "gain of resemblance to the stranger, window closed": gains[_EARLY],
            "gain of resemblance to the stranger, isolated before": gains[_ISOLATED],
            "the same without a stranger, isolated": gains[_UNTUTORED],
            "second tutor within the window, nearer to it by": overwritten,
            "second tutor within the window, farther from the first by": songs[_FIRST_ONLY]["home, after"]
            - songs[_SECOND]["home, after"],
        }
    )
    return Score(
        headline="isolates' gain with a stranger minus that without",
        measures={
            "isolates' gain with a stranger minus that without": mean_interval(gains[_ISOLATED] - gains[_UNTUTORED]),
            "gain when the window has closed": mean_interval(gains[_EARLY]),
            "gain of a second tutor within the window": mean_interval(overwritten),
        },
        n=len(overwritten),
        details=details,
    )


def swapped_read_outs(animals: int, seed: int) -> dict[str, np.ndarray]:
    """(birds,) resemblance to the tutor: newborn, grown, and after every bird received its neighbour's read-out."""
    aviary = Aviary(("tutored",), animals, seed)
    home, _ = home_and_stranger()
    found = {"newborn": resemblance(heard(aviary.intended("tutored")), home)}
    aviary.sing(_ROUGH_LIFE)
    found["own read-out"] = resemblance(heard(aviary.intended("tutored")), home)
    learner = aviary.population.learner
    assert learner is not None
    for read_out in learner.read_outs().values():
        read_out[:] = np.roll(read_out, 1, axis=0)
    found["another's read-out"] = resemblance(heard(aviary.intended("tutored")), home)
    return found


def score_of_swapped_read_outs(found: dict[str, np.ndarray]) -> Score:
    """What is lost, and what is left of what was learned; both birds have one genome and one tutor."""
    own, swapped, newborn = found["own read-out"], found["another's read-out"], found["newborn"]
    left = mean_interval(swapped - newborn)["mean"]
    return Score(
        headline="resemblance lost with another's read-out",
        measures={
            "resemblance lost with another's read-out": mean_interval(own - swapped),
            "what is left of what was learned, minus a tenth of it": float(left - 0.1 * (own.mean() - newborn.mean())),
        },
        n=len(own),
        details=told_all(
            {name: found[name] for name in ("own read-out", "another's read-out", "newborn")}
            | {"another's read-out minus newborn": swapped - newborn}
        ),
    )


EXPERIMENTS = (
    Experiment(
        id="B1",
        world=WORLD,
        claim="A tutored bird ends nearer to its own tutor's song than to another's; a newborn is near to neither",
        source="Tchernichovski et al. 2001",
        protocol=raised,
        score=score_of_tutored_learning,
        criterion=(
            surely_above("resemblance to the own tutor minus that to another's"),
            below("p of that (Wilcoxon)", _CHANCE),
            surely_below("the same of newborns, share of the way to the oracle", MARGIN),
            surely_above("the same of newborns, share of the way to the oracle", -MARGIN),
        ),
        animals=32,
        slow=True,
        published="zebra finches copy the tutor they were raised with",
    ),
    Experiment(
        id="B2",
        world=WORLD,
        claim="A bird that is deaf from the start, has no variability or is judged at random does not acquire the song",
        source="Price 1979",
        protocol=raised,
        score=score_of_deaf_from_start,
        criterion=(
            surely_above("gain of the tutored minus gain of the deaf"),
            at_most("largest upper bound of a control's gain, share of the way to the oracle", 0.03),
        ),
        animals=32,
        published="deaf-reared birds lack normal acoustic structure, and keep some of the rhythm",
        slow=True,
    ),
    Experiment(
        id="B3",
        world=WORLD,
        claim="An isolate's song is more stereotyped than a deaf bird's and less song-like than a tutored one's",
        source="Volman and Khanna 1995; Price 1979",
        protocol=raised,
        score=score_of_isolates,
        criterion=(
            surely_above("stereotypy of isolates minus that of the deaf"),
            surely_above("song-likeness of the tutored minus that of isolates"),
        ),
        animals=32,
        published="isolates sing abnormal song with abnormal elements",
        slow=True,
    ),
    Experiment(
        id="B3b",
        world=WORLD,
        claim="From an isolate founder, song becomes more song-like over generations of tutoring",
        source="Feher et al. 2009",
        protocol=generations,
        score=score_of_generations,
        criterion=(
            surely_above("song-likeness of the last generation minus that of the founders"),
            above("rank correlation with generation"),
            below("p of the correlation", 0.05),
        ),
        animals=60,
        published="lineages of isolates reach wild-type song within 3 to 4 generations",
        slow=True,
    ),
    Experiment(
        id="B7",
        world=WORLD,
        claim="A stranger's song heard after the window has closed is not copied, unless no tutor was heard before",
        source="Eales 1987; Gobes et al. 2017",
        protocol=sensitive_period,
        score=score_of_sensitive_period,
        criterion=(
            surely_above("isolates' gain with a stranger minus that without"),
            surely_at_most("gain when the window has closed", 0.1),
            surely_above("gain of a second tutor within the window"),
        ),
        animals=32,
        published="a second tutor can overwrite until about day 63; without a tutor the period stays open",
        slow=True,
    ),
    Experiment(
        id="P4b",
        world=WORLD,
        claim="Exchanging read-outs between birds of one genome and one tutor ruins their songs",
        source="Byrnes, post 2",
        protocol=swapped_read_outs,
        score=score_of_swapped_read_outs,
        criterion=(
            surely_above("resemblance lost with another's read-out"),
            at_most("what is left of what was learned, minus a tenth of it"),
        ),
        animals=32,
        slow=True,
    ),
)
