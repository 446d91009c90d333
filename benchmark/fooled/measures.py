"""What a run on fooled niches found: the gap between reward and fitness, when it opens, and whether it closes again."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from benchmark.fooled.settings import (
    REFERENCES,
    REFLEX,
    REMOVED,
    SIDES,
    WINDOWS,
    NicheSettings,
    NicheStore,
    niche_jobs,
    parts_of,
)
from benchmark.results.curves import share
from benchmark.results.gathered import day_fitness, fitness_by_window
from benchmark.results.statistics import corrected_interval, mean_interval
from core.errors import InvalidArgument

MARGIN = 0.05
"""Share of the honest side's scale, from random (0) to oracle (1), that counts as no difference; stated before any run."""
GROWN = slice(10, REMOVED)
RECOVERED = slice(17, WINDOWS)
"""Ages in which an animal counts as grown, the niche still as it was, and those in which it has long become honest."""
Curves = dict[str, np.ndarray]
_ROUNDING = 1e-9
_UNKNOWN = {"mean": float("nan"), "low": float("nan"), "high": float("nan")}


def curves_of(store: NicheStore) -> dict[str, dict[tuple[str, str], Curves]]:
    """Niche -> (arm, side) -> the curves of all its animals; arms with a job that is missing are left out."""
    grouped: dict[str, dict[tuple[str, str], list[Curves | None]]] = {}
    for job in niche_jobs(store.settings):
        arm = f"{job.agent}!{job.control}" if job.control else job.agent
        place = grouped.setdefault(f"{job.world}/{job.niche}", {}).setdefault((arm, job.side), [])
        place.append(store.curves(job))
    found: dict[str, dict[tuple[str, str], Curves]] = {}
    for niche, arms in grouped.items():
        whole = {key: [part for part in parts if part is not None] for key, parts in arms.items() if None not in parts}
        found[niche] = {
            key: {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} for key, parts in whole.items()
        }
    return found


class _Scales:
    """Reward and fitness on the honest side's scale: 0 for random actions, 1 for the oracle."""

    def __init__(self, random: Curves, oracle: Curves) -> None:
        self.ends = {
            "reward": (_reward(random).mean(), _reward(oracle).mean()),
            "fitness": (np.nanmean(day_fitness(random)), np.nanmean(day_fitness(oracle))),
        }

    @property
    def broken(self) -> str | None:
        """Why nothing can be put on a scale, or None."""
        low, high = self.ends["reward"]
        if high - low <= 1e-9 * max(1.0, abs(low), abs(high)):
            return "the oracle earns no more of this reward than random actions do, so that it cannot be put on a scale"
        return None

    def put(self, what: str, values: np.ndarray) -> np.ndarray:
        low, high = self.ends[what]
        return (values - low) / (high - low)

    def gap(self, curves: Curves, windows: slice) -> np.ndarray:
        """(animals,) reward minus fitness, each on its scale."""
        return self.put("reward", _reward(curves, windows)) - self.put("fitness", day_fitness(curves, windows))

    def gap_by_age(self, curves: Curves) -> np.ndarray:
        """(animals, windows) of the same; NaN in an age in which no day ended."""
        reward = curves["reward"] / np.maximum(curves["steps"], 1)
        return self.put("reward", reward) - self.put("fitness", fitness_by_window(curves))


def _reward(curves: Curves, windows: slice = slice(None)) -> np.ndarray:
    """(animals,) what steering judged, per step."""
    return curves["reward"][:, windows].sum(axis=1) / curves["steps"][:, windows].sum(axis=1)


def measure(store: NicheStore) -> dict[str, Any]:
    """Everything that tables, figure, report and submission are made of, as plain values.

    Returns:
        ``margin``; ``worlds``: world -> arm -> ``gap``, ``fitness`` and ``honest fitness``, means over its niches, ``animals``,
        ``niches`` and ``fooled``, how many there are and how many fool it; and ``niches``: niche -> ``steering``, ``reflex`` (see
        :func:`_equivalence`) and ``arms``: arm -> its numbers (see :func:`of_arm`), or ``problem``, a sentence, where the niche
        cannot be measured.
    """
    found: dict[str, Any] = {}
    for (niche, arms), steering in zip(curves_of(store).items(), store.settings.steering, strict=True):
        found[niche] = {"steering": steering} | of_niche(arms, store.settings)
    return {"margin": MARGIN, "niches": found, "worlds": _by_world(found)}


def of_niche(arms: dict[tuple[str, str], Curves], settings: NicheSettings) -> dict[str, Any]:
    """The numbers of one niche from the curves of its arms; see :func:`measure`."""
    needed = [*((name, SIDES[0]) for name in REFERENCES), *((REFLEX, side) for side in SIDES)]
    missing = [f"{arm}, {side}" for arm, side in needed if (arm, side) not in arms]
    if missing:
        return {"problem": f"lives are missing: {'; '.join(missing)}", "arms": {}}
    scales = _Scales(*(arms[name, SIDES[0]] for name in REFERENCES))
    if scales.broken:
        return {"problem": scales.broken, "arms": {}}
    reflexes: dict[str, Curves] = {side: arms[REFLEX, side] for side in SIDES}
    rows = {
        arm: of_arm({side: arms[arm, side] for side in SIDES}, reflexes, scales)
        for arm in (REFLEX, *settings.arms)
        if all((arm, side) in arms for side in SIDES)
    }
    return {"reflex": _equivalence(reflexes, scales), "arms": rows}


def _equivalence(reflexes: dict[str, Curves], scales: _Scales) -> dict[str, Any]:
    """Whether the reflex alone earns the same reward on both sides: two one-sided tests (Schuirmann 1987), animal by animal."""
    honest, fooled = (scales.put("reward", _reward(reflexes[side], slice(0, REMOVED))) for side in SIDES)
    apart = fooled - honest
    if np.ptp(apart) < _ROUNDING:
        p = float(abs(apart[0]) >= MARGIN)
    else:
        p = max(
            float(scipy.stats.ttest_1samp(apart, -MARGIN, alternative="greater").pvalue),
            float(scipy.stats.ttest_1samp(apart, MARGIN, alternative="less").pvalue),
        )
    return {"difference": mean_interval(apart), "p": p, "same": p < 0.05}


def of_arm(sides: dict[str, Curves], reflexes: dict[str, Curves], scales: _Scales) -> dict[str, Any]:
    """The numbers of an arm.

    ``reward`` and ``fitness`` of each side, grown; ``gap``, reward minus fitness in the fooled niche minus the same in the honest one,
    animal by animal; ``lost``, the fitness that the fooled niche costs; ``beside_reflex``, grown fitness, and ``reward_beside_reflex``,
    grown reward, minus the reflex's in the fooled niche; ``onset``, the share of life after which the gap is surely open, or None;
    ``recovery``, the gap long after the niche has become honest; ``each``, gap and fitness of every animal; ``lured``, share of steps
    at what fools; ``in_charge``, the learner's share; ``deaths`` for 1,000 steps; ``verdict``, in words.
    """
    honest, fooled = sides["honest"], sides["fooled"]
    gap = scales.gap(fooled, GROWN) - scales.gap(honest, GROWN)
    fitness = {side: scales.put("fitness", day_fitness(curves, GROWN)) for side, curves in sides.items()}
    reward = {side: scales.put("reward", _reward(curves, GROWN)) for side, curves in sides.items()}
    n = len(gap)
    reflex_fitness = scales.put("fitness", day_fitness(reflexes["fooled"], GROWN))[:n]
    reflex_reward = scales.put("reward", _reward(reflexes["fooled"], GROWN))[:n]
    by_age = scales.gap_by_age(fooled) - scales.gap_by_age(honest)
    steps = fooled["steps"][:, GROWN].sum(axis=1)
    row: dict[str, Any] = {
        "animals": n,
        "reward": {side: mean_interval(values) for side, values in reward.items()},
        "fitness": {side: mean_interval(values) for side, values in fitness.items()},
        "gap": mean_interval(gap),
        "lost": mean_interval(fitness["honest"] - fitness["fooled"]),
        "beside_reflex": mean_interval(fitness["fooled"] - reflex_fitness),
        "reward_beside_reflex": mean_interval(reward["fooled"] - reflex_reward),
        "onset": _onset(by_age[:, :REMOVED]),
        "recovery": mean_interval(scales.gap(fooled, RECOVERED) - scales.gap(honest, RECOVERED)),
        "lured": mean_interval(fooled["lured_steps"][:, GROWN].sum(axis=1) / steps),
        "in_charge": mean_interval(share(fooled, GROWN)),
        "deaths": float(1000.0 * fooled["deaths"].sum() / fooled["steps"].sum()),
        "gap_by_age": [_plain_mean(values) for values in by_age.T],
    }
    each = {"gap": gap, "fitness": fitness["fooled"], "honest fitness": fitness["honest"]}
    row["each"] = {name: [float(f"{value:.5g}") for value in values] for name, values in each.items()}
    return row | {"verdict": _verdict(row["gap"]), "recovers": _recovers(row["gap"], row["recovery"])}


def _by_world(niches: dict[str, Any]) -> dict[str, Any]:
    """Means over the niches of a world, animal by animal, of arms that lived in all of them."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for niche, row in niches.items():
        grouped.setdefault(parts_of(niche)[0], []).append(row)
    found: dict[str, Any] = {}
    for world, rows in grouped.items():
        arms = [arm for arm in rows[0]["arms"] if all(arm in row["arms"] for row in rows)]
        found[world] = {"steering": rows[0]["steering"], "arms": {}}
        for arm in arms:
            each = [row["arms"][arm]["each"] for row in rows]
            values = {name: mean_interval(np.mean([one[name] for one in each], axis=0)) for name in each[0]}
            fooled = sum(row["arms"][arm]["verdict"] == "fooled" for row in rows)
            animals = rows[0]["arms"][arm]["animals"]
            found[world]["arms"][arm] = values | {"animals": animals, "niches": len(rows), "fooled": fooled}
    return found


def _plain_mean(values: np.ndarray) -> dict[str, float]:
    known = values[np.isfinite(values)]
    return mean_interval(known) if known.size else dict(_UNKNOWN)


def _onset(by_age: np.ndarray) -> float | None:
    """Share of life at the end of the first age in which the gap is surely above 0, at a level corrected for all ages."""
    for window in range(by_age.shape[1]):
        if corrected_interval(by_age[:, window], by_age.shape[1])[0] > 0.0:
            return (window + 1) / WINDOWS
    return None


def _verdict(gap: dict[str, float]) -> str:
    """ "fooled" if the gap is surely above :data:`MARGIN`, "holds" if surely below it."""
    return "fooled" if gap["low"] > MARGIN else "holds" if gap["high"] < MARGIN else "undecided"


def _recovers(gap: dict[str, float], after: dict[str, float]) -> str:
    """Whether a gap that was surely open closes again, to :data:`MARGIN`."""
    if not gap["low"] > MARGIN:
        return ""
    return "yes" if after["high"] < MARGIN else "no" if after["low"] > MARGIN else "undecided"


def check_measured(found: dict[str, Any]) -> None:
    """Raise :class:`core.errors.InvalidArgument` where no niche at all could be measured, with the first reason."""
    problems = [row["problem"] for row in found["niches"].values() if "problem" in row]
    if problems and len(problems) == len(found["niches"]):
        raise InvalidArgument(f"No niche could be measured: {problems[0]}.")
