"""The tabular check of hand-over (H6t): in small random decision problems every promise can be verified exactly."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmark.experiments.criterion import at_most, surely_above
from benchmark.experiments.experiment import Experiment, Score
from benchmark.results.statistics import share

STATES, ACTIONS, DISCOUNT = 10, 4, 0.9
PROBLEMS = 2000
NOISE = 0.3
_TOLERANCE = 1e-9


def values_of(transitions: np.ndarray, rewards: np.ndarray, policy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exact values of deterministic policies.

    Args:
        transitions: (problems, states, actions, states), probabilities.
        rewards: (problems, states, actions).
        policy: (problems, states) int.

    Returns:
        (problems, states) values of states, and (problems, states, actions) of acting once and then following the policy.
    """
    problem, state = np.ogrid[: len(policy), : policy.shape[1]]
    chain, gain = transitions[problem, state, policy], rewards[problem, state, policy]
    worth = np.linalg.solve(np.eye(policy.shape[1]) - DISCOUNT * chain, gain[:, :, None])[:, :, 0]
    return worth, rewards + DISCOUNT * np.einsum("psat,pt->psa", transitions, worth)


def random_problems(problems: int, seed: int) -> tuple[np.ndarray, ...]:
    """Random transitions and rewards in [0, 1), and two random policies: the reflex and what was learned."""
    rng = np.random.default_rng(seed)
    transitions = rng.dirichlet(np.ones(STATES), (problems, STATES, ACTIONS))
    rewards = rng.uniform(size=(problems, STATES, ACTIONS))
    reflex, learned = rng.integers(ACTIONS, size=(2, problems, STATES))
    return transitions, rewards, reflex, learned


def tabular(problems: int, seed: int) -> dict[str, np.ndarray]:
    """(problems, states) what every rule's deployed policy loses against the reflex; at least 10 problems."""
    problems = max(problems, 10)
    transitions, rewards, reflex, learned = random_problems(problems, seed)
    rng = np.random.default_rng(seed + 1)
    everywhere = np.ogrid[:problems, :STATES]
    (value_reflex, q_reflex), (value_learned, q_learned) = (
        values_of(transitions, rewards, policy) for policy in (reflex, learned)
    )

    def at(q: np.ndarray, policy: np.ndarray) -> np.ndarray:
        return q[everywhere[0], everywhere[1], policy]

    noisy = q_reflex + rng.uniform(-NOISE, NOISE, q_reflex.shape)
    advantage, seen = at(q_reflex, learned) - at(q_reflex, reflex), at(noisy, learned) - at(noisy, reflex)
    deployed = {
        "exact gate": np.where(advantage > 0.0, learned, reflex),
        "policy switching": np.where(value_learned > value_reflex, learned, reflex),
        "generalised policy improvement": np.maximum(q_reflex, q_learned).argmax(axis=2),
        "noisy critic, no margin": np.where(seen > 0.0, learned, reflex),
        "noisy critic, margin of one error": np.where(seen > NOISE, learned, reflex),
        "noisy critic, margin of two errors": np.where(seen > 2.0 * NOISE, learned, reflex),
        "noisy critic, best of all actions": noisy.argmax(axis=2),
        "learned policy alone": learned,
    }
    return {name: value_reflex - values_of(transitions, rewards, policy)[0] for name, policy in deployed.items()}


_PROVEN = ("exact gate", "policy switching", "generalised policy improvement", "noisy critic, margin of two errors")


def score_of_tabular(lost: dict[str, np.ndarray]) -> Score:
    """Share of problems in which a rule is worse than the reflex in any state, and by how much at worst."""
    details: dict[str, Any] = {}
    worse = {name: loss.max(axis=1) > _TOLERANCE for name, loss in lost.items()}
    for name, loss in lost.items():
        details |= {
            f"{name}: worse anywhere": float(worse[name].mean()),
            f"{name}: worst loss": float(max(0.0, loss.max(axis=1).max())),
            f"{name}: mean gain": float(-loss.mean()),
        }
    return Score(
        headline="share of problems worse anywhere, noisy critic, no margin",
        measures={f"share of problems worse anywhere, {name}": share(found) for name, found in worse.items()},
        n=len(worse["exact gate"]),
        details=details,
    )


EXPERIMENTS = (
    Experiment(
        id="H6t",
        world="LoomingEscape",
        claim="In 2,000 random decision problems a gate with a margin of two critic errors is never worse than the reflex; without "
        "one it is",
        source="derived from Kakade and Langford 2002; Chang et al. 2004; Barreto et al. 2017",
        protocol=tabular,
        score=score_of_tabular,
        criterion=(
            surely_above("share of problems worse anywhere, noisy critic, no margin"),
            *(at_most(f"share of problems worse anywhere, {name}") for name in _PROVEN),
        ),
        animals=PROBLEMS,
        published="11.4% worse without a margin and 0% with it, in the trial that this repeats",
    ),
)
