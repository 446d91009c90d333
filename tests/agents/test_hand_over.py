"""What single hand-over rules promise beyond the contract, and what a faulty reflex or a menu of programmes does."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from agents.catalogue import agent_spec
from agents.hand_over.base import hand_over_rule, hand_over_rules
from agents.life import live
from agents.population import Population
from agents.registration import make_steered
from core.errors import InvalidAction, InvalidArgument, UnknownName
from core.interfaces import Proposal, Reflex, Verdict
from tests.agents.plain_hand_over import PlainEarned, PlainPractised

ROWS, DT = 5, 0.1
REST = np.zeros(2)


def rule(name: str, lifetime: float = 1000.0) -> Any:
    built = hand_over_rule(name)(ROWS, DT, REST, lifetime)
    built.birth(np.arange(ROWS), np.ones(ROWS, bool))
    return built


def reflex_of(urgency: float = 0.0, action: float = 0.5) -> Reflex:
    full = np.full(ROWS, urgency)
    return Reflex(np.full((ROWS, 2), action), full, np.zeros(ROWS, int), full.copy())


def proposal_of(action: float = -1.0, **values: Any) -> Proposal:
    built = Proposal.plain(np.full((ROWS, 2), action))
    for name, value in values.items():
        getattr(built, name)[...] = value
    return built


def verdict_of(judged: float | np.ndarray) -> Verdict:
    full = np.full(ROWS, judged)
    return Verdict(reward=full, judged=full.copy(), parts=full[:, None], channels=full[:, None])


def test_an_urgent_reflex_is_overruled_by_much_evidence_only() -> None:
    earned, age = rule("earned"), np.zeros(ROWS)

    def in_charge(urgency: float, advantage: float, doubt: float) -> bool:
        sure = proposal_of(advantage=advantage, lower_bound=advantage - doubt, familiarity=1.0)
        return bool(earned.choose(reflex_of(urgency), sure, age).all())

    assert in_charge(urgency=0.1, advantage=1.0, doubt=0.3)
    assert not in_charge(urgency=0.1, advantage=1.0, doubt=0.4), "three doubts are more than the advantage"
    assert not in_charge(urgency=0.7, advantage=1.0, doubt=0.3)
    assert not in_charge(urgency=0.7, advantage=2.0, doubt=0.1)
    assert in_charge(urgency=0.7, advantage=2.0, doubt=0.01)


def kept_in_need(earned: Any, steps: int, judged: float, by_learner: bool = False, urgency: float = 0.7) -> None:
    """Live so long with the reflex, or the learner, in charge while something is at stake, each step judged alike."""
    charge, proposal = np.full(ROWS, by_learner), proposal_of(explores=by_learner)
    for _ in range(steps):
        earned.choose(reflex_of(urgency), proposal, np.zeros(ROWS))
        earned.learn(verdict_of(judged), charge, np.zeros(ROWS, bool))


def test_a_reflex_that_brings_no_good_loses_its_privilege() -> None:
    patience = round(0.02 * 1000.0 / DT)
    unproven = proposal_of(advantage=0.1, lower_bound=-1.0)
    for judged, futile in ((0.0, True), (-1.0, True), (0.5, False)):
        earned = rule("earned")
        kept_in_need(earned, patience // 2, judged)
        assert not earned.futile().any(), "it gets its chance first"
        kept_in_need(earned, patience, judged)
        assert (earned.futile() == futile).all()
        assert (earned.choose(reflex_of(0.7), unproven, np.zeros(ROWS)) == futile).all()
        deferring = proposal_of(advantage=0.1, defers=True)
        assert not earned.choose(reflex_of(0.7), deferring, np.zeros(ROWS)).any(), "a learner may still let the reflex act"
    calm = rule("earned")
    kept_in_need(calm, 3 * patience, 0.0, urgency=0.1)
    assert not calm.futile().any(), "nothing was at stake"


def test_numbered_acts_are_alike_only_if_they_are_equal() -> None:
    """5 and 6 of many acts are as different as 1 and 6; of graded actions a little more or less is the same."""
    built = hand_over_rule("earned")(3, DT, np.int64(0), 1000.0)
    assert built._alike(np.array([5, 0, 6]), np.array([6, 0, 1])).tolist() == [False, True, False]
    graded = hand_over_rule("earned")(2, DT, REST, 1000.0)
    assert graded._alike(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[1.1, 0.0], [0.7, 0.7]])).tolist() == [True, False]


def test_what_the_learner_achieves_is_not_credited_to_the_reflex() -> None:
    patience = round(0.02 * 1000.0 / DT)
    earned = rule("earned")
    for _ in range(patience):
        kept_in_need(earned, 2, 0.0)
        kept_in_need(earned, 1, 1.0, by_learner=True)
        kept_in_need(earned, 1, 1.0)  # within 1.5 s of the learner's act
    assert earned.futile().all()
    kept_in_need(earned, 30, 1.0)
    assert not earned.futile().any(), "its own good deeds restore it"
    kept_in_need(earned, 5 * patience, -1.0)
    assert not earned.futile().any(), "and for life"
    assert not hand_over_rule("urgency")(ROWS, DT).futile().any(), "rules without a record do not know"


def shares(built: Any, reflex: Reflex, proposal: Proposal, age: float, bouts: int = 400) -> float:
    """How often the learner is in charge over many bouts of that age."""
    return float(np.mean([built.choose(reflex, proposal, np.full(ROWS, age)) for _ in range(bouts)]))


def test_practice_rises_and_ends_and_guidance_ends_with_youth() -> None:
    unproven, proven = (
        proposal_of(advantage=0.1, lower_bound=-1.0),
        proposal_of(advantage=5.0, lower_bound=5.0, familiarity=1.0),
    )
    calm = reflex_of(0.1)
    for age, share in ((0.0, 0.0), (200.0, 0.25), (400.0, 1.0), (450.0, 0.5), (500.0, 0.0), (900.0, 0.0)):
        assert shares(rule("practised"), calm, unproven, age) == pytest.approx(share, abs=0.05), "practice is for youth"
    assert shares(rule("practised"), calm, proposal_of(advantage=0.1, defers=True), age=400.0) == 0.0, "it may still defer"
    assert shares(rule("practised"), calm, proven, age=0.0) == pytest.approx(0.8, abs=0.05), (
        "a fifth of its bouts are guided"
    )
    assert shares(rule("practised"), calm, proven, age=500.0) == 1.0, "evidence alone decides after youth"
    bout = rule("practised")
    whole = [bout.choose(calm, proposal_of(advantage=0.1, new_decision=False), np.full(ROWS, 280.0)) for _ in range(50)]
    assert not np.any(whole), "one coin for a bout"


def test_guidance_ends_once_the_learner_is_surely_ahead() -> None:
    """Guided bouts are drawn at random, so that a difference between them and the learner's own is caused by who acted."""
    proven, calm, birth = proposal_of(advantage=5.0, lower_bound=5.0, familiarity=1.0), reflex_of(0.1), np.zeros(ROWS)
    unlike = np.random.default_rng(0).normal(size=(400, ROWS))
    for better, bouts, ends in ((1.0, 200, True), (1.0, 15, False), (0.0, 200, False), (-1.0, 200, False)):
        built = rule("practised")
        for noise in unlike[:bouts]:
            by_learner = built.choose(calm, proven, birth)
            built.learn(verdict_of(noise + better * by_learner), by_learner, np.zeros(ROWS, bool))
        assert shares(built, calm, proven, age=0.0) == pytest.approx(1.0 if ends else 0.8, abs=0.05)
        assert (~built.guiding()).all() or not ends
    held = rule("practised")
    for judged in range(100):
        held.choose(calm, proposal_of(advantage=5.0, lower_bound=5.0, familiarity=1.0, new_decision=judged == 0), birth)
        held.learn(verdict_of(1.0), np.ones(ROWS, bool), np.zeros(ROWS, bool))
    assert not held.state.own_bouts.any(), "a bout counts once it is over"
    assert not held.state.guided_bouts.any()


@given(some.integers(0, 2**32), some.sampled_from(["earned", "practised"]), some.booleans())
@settings(max_examples=30, deadline=None)
def test_the_kernels_agree_with_plain_numpy(seed: int, name: str, numbered: bool) -> None:
    """To the bit, over lives in which everything happens: practice, guidance, harm, futile reflexes, bouts of any length."""
    rng, plain_of = np.random.default_rng(seed), {"earned": PlainEarned, "practised": PlainPractised}
    rest = np.int64(0) if numbered else REST
    both = [kind(ROWS, DT, rest, 40.0) for kind in (hand_over_rule(name), plain_of[name])]
    for built in both:
        built.birth(np.arange(ROWS), np.ones(ROWS, bool))
    good, urgent = rng.normal(0.1, 0.5), rng.uniform(0.0, 0.8)
    for step in range(400):
        shape = ROWS if numbered else (ROWS, 2)
        actions = rng.integers(0, 3, (2, ROWS)) if numbered else rng.normal(size=(2, *shape))
        reflex = Reflex(actions[0], rng.uniform(0, 0.2 + urgent, ROWS), np.zeros(ROWS, int), rng.uniform(0, 0.4, ROWS))
        advantage = rng.normal(0.5, 1.0, ROWS)
        proposal = Proposal.plain(
            np.where(rng.random(shape) < 0.3, actions[0], actions[1]),
            advantage=advantage,
            lower_bound=advantage - rng.uniform(-0.05, 0.3, ROWS),
            familiarity=rng.uniform(0.3, 1.0, ROWS),
            defers=rng.random(ROWS) < 0.1,
            explores=rng.random(ROWS) < 0.1,
            new_decision=rng.random(ROWS) < 0.4,
            adopted=rng.random(ROWS) < 0.05,
        )
        age = np.full(ROWS, step * DT)
        chosen = [built.choose(reflex, proposal, age) for built in both]
        assert np.array_equal(*chosen)
        verdict = verdict_of(rng.normal(good, 0.4, ROWS) * (rng.random(ROWS) < 0.7))
        for built in both:
            built.learn(verdict, chosen[0], np.zeros(ROWS, bool))
        assert np.array_equal(both[0].futile(), both[1].futile())
    compiled, plain = both[0].state, both[1].state
    for field in ("in_need", "good", "bad", "since_other", "cleared"):
        assert np.array_equal(getattr(compiled, field), getattr(plain, field)), field
    if name == "practised":
        for field in ("practising", "guiding", "ahead", "harmed", "urgent_time", "bout_judged", "arm"):
            assert np.array_equal(getattr(compiled, field), getattr(plain, field)), field
        for arm, who in enumerate(("own", "guided")):
            for number in ("bouts", "mean", "squares"):
                assert np.array_equal(getattr(compiled, f"{who}_{number}"), getattr(plain, number)[:, arm])


def test_nothing_is_practised_where_urgency_has_done_harm() -> None:
    unproven, urgent, patience = proposal_of(advantage=0.1, lower_bound=-1.0), reflex_of(0.7), round(0.02 * 1000.0 / DT)
    little = proposal_of(advantage=0.1, lower_bound=0.1, familiarity=1.0)
    for judged, share in ((0.1, 1.0), (-0.9, 1.0), (-1.0, 0.0)):
        built = rule("practised")
        built.learn(verdict_of(judged), np.zeros(ROWS, bool), np.zeros(ROWS, bool))
        assert shares(built, urgent, unproven, age=400.0, bouts=5) == 0.0, "not before urgency is known"
        for _ in range(patience + 1):
            built.choose(urgent, unproven, np.zeros(ROWS))
            built.learn(verdict_of(0.5), np.zeros(ROWS, bool), np.zeros(ROWS, bool))
        assert shares(built, urgent, unproven, age=400.0, bouts=5) == share
        assert shares(built, reflex_of(0.1), unproven, age=400.0, bouts=5) == 1.0
        grown = shares(built, urgent, little, age=900.0, bouts=5)
        assert grown == share, "the veto is lifted where urgency has proved harmless, and nowhere else"


def test_a_learner_that_states_a_bound_alone_can_earn_control() -> None:
    bound = proposal_of(lower_bound=0.5, familiarity=1.0)
    assert rule("earned").choose(reflex_of(0.1), bound, np.zeros(ROWS)).all()
    assert not rule("earned").choose(reflex_of(0.9), bound, np.zeros(ROWS)).any(), "the margin grows with urgency"


@settings(deadline=None)
@given(
    urgency=some.floats(0, 1),
    confidence=some.floats(-5, 5),
    familiarity=some.floats(0, 1),
    defers=some.booleans(),
    explores=some.booleans(),
    adopted=some.booleans(),
    age=some.floats(0, 2000),
)
def test_no_rule_hands_a_deferring_or_unproven_learner_more_than_it_may(
    urgency: float, confidence: float, familiarity: float, defers: bool, explores: bool, adopted: bool, age: float
) -> None:
    reflex = reflex_of(urgency)
    proposal = proposal_of(
        lower_bound=confidence,
        advantage=confidence,
        familiarity=familiarity,
        defers=defers,
        explores=explores,
        adopted=adopted,
    )
    for name in hand_over_rules.names():
        built = rule(name)
        chosen = built.choose(reflex, proposal, np.full(ROWS, age))
        action = built.combine(reflex, proposal, chosen)
        assert chosen.dtype == bool
        assert np.isfinite(action).all()
        if built.may_defer and defers:
            assert np.array_equal(action, reflex.action), f"{name} must let the reflex act where the learner defers"
        if (
            name in ("earned", "spibb", "gate")
            and not explores
            and not adopted
            and (familiarity < 0.6 or confidence <= 0.0)
        ):
            assert not chosen.any(), f"{name} must not hand over without evidence"
        if name in ("earned", "spibb", "gate") and explores and urgency > 0.5 and not adopted:
            assert not chosen.any(), f"{name} must not explore while the reflex is urgent"


def test_residual_adds_half_and_cannot_overturn() -> None:
    built = rule("residual")
    proposal = proposal_of(-1.0)
    action = built.combine(reflex_of(action=1.0), proposal, built.choose(reflex_of(), proposal, np.zeros(ROWS)))
    assert np.allclose(action, 0.5)
    assert np.allclose(built.combine(reflex_of(action=0.7), proposal_of(0.0), np.ones(ROWS, bool)), 0.7), (
        "rest adds nothing"
    )


def test_bayes_fusion_weighs_by_what_is_known_and_urgent() -> None:
    built = rule("bayes_fusion")
    strange, known, urgent = (
        built.combine(reflex_of(urgency), proposal_of(-1.0, familiarity=familiarity), np.zeros(ROWS, bool))[0, 0]
        for urgency, familiarity in ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    )
    assert strange == 0.5
    assert known < urgent < strange
    assert np.isclose(known, (10.0 * -1.0 + 1.0 * 0.5) / 11.0)


def test_kickstart_teaches_agreement_and_lets_go_with_age() -> None:
    built = rule("kickstart")
    for _ in range(10):
        built.learn(verdict_of(-2.0), np.ones(ROWS, bool), np.zeros(ROWS, bool))
    young, old = (built.shaping_reward(reflex_of(), np.full((ROWS, 2), -0.5), np.full(ROWS, age)) for age in (0.0, 1000.0))
    assert np.allclose(young, -2.0 * 2.0 * 1.0)
    assert (young < old).all()
    assert (old < 0.0).all()
    assert not built.shaping_reward(reflex_of(), reflex_of().action, np.zeros(ROWS)).any(), "agreeing costs nothing"
    population = Population("cortex+kickstart", "LoomingEscape", 2, seed=1)
    live(population, 50)
    tick = population.tick()
    assert not np.allclose(tick.verdict.reward, tick.verdict.judged), "the learner hears the shaping_reward"


@pytest.mark.parametrize(("returns", "shrinks"), [(1.0, True), (-1.0, False)])
def test_jump_start_lets_go_only_while_returns_hold(returns: float, shrinks: bool) -> None:
    built = rule("jump_start")
    ended = np.zeros(ROWS, bool)
    for episode in range(40):
        for step in range(20):
            built.choose(reflex_of(), proposal_of(), np.zeros(ROWS))
            ended[:] = step == 19
            built.learn(verdict_of(1.0 if episode < 5 else returns), np.zeros(ROWS, bool), ended)
    assert (built.state.guide < 20.0).all() == shrinks
    assert built.choose(reflex_of(), proposal_of(), np.zeros(ROWS)).all() == (shrinks and (built.state.guide <= 0.0).all())


def test_schedules_are_shares_of_life() -> None:
    for name in ("annealed", "maturation"):
        shares = []
        for age in (0.0, 250.0, 1000.0):
            built = rule(name)
            shares.append(
                np.mean([built.choose(reflex_of(), proposal_of(), np.full(ROWS, age)).mean() for _ in range(400)])
            )
        assert shares[0] == 0.0
        assert 0.3 < shares[1] < 0.8
        assert shares[2] > 0.95


def test_faulty_reflexes() -> None:
    sound, absent, back, frozen, weak = (
        Population("reflex", "LoomingEscape", 3, seed=2, **o)
        for o in ({}, *({"fault": fault} for fault in ("absent", "reversed", "frozen", "weak")))
    )
    walk = frozen.steered.steering.repertoire.actions[1]
    moved = False
    for _ in range(20):
        assert not absent.tick().action.any()
        assert np.allclose(frozen.tick().action, walk)
        one = sound.steered.reflex
        for other, factor in ((back, -1.0), (weak, 0.5)):
            reflex = other.steered.reflex
            assert one is not None
            assert reflex is not None
            if np.array_equal(sound.steered.observation, other.steered.observation):
                assert np.allclose(factor * one.action, reflex.action)
                moved |= bool(one.action.any())
        for population in (sound, back, weak):
            population.tick()
    assert moved
    with pytest.raises(UnknownName, match="Did you mean 'reversed'"):
        Population("reflex", "LoomingEscape", 1, fault="reverse")


def test_faults_of_numbered_acts() -> None:
    sound, back = (Population("reflex", "Rivals", 6, seed=2, **o) for o in ({}, {"fault": "reversed"}))
    one, other = sound.steered.reflex, back.steered.reflex
    assert one is not None
    assert other is not None
    assert np.array_equal(one.action + other.action, np.full(6, 2))
    assert other.action.dtype == one.action.dtype
    with pytest.raises(InvalidArgument, match="needs graded actions"):
        Population("reflex", "Rivals", 1, fault="weak")


def test_an_animal_with_a_futile_reflex_tries_everything() -> None:
    population = Population("steered", "Orienting", 2, seed=3, fault="absent")
    rule = population.steered.hand_over
    tried = []
    for futile in (False, True):
        rule.futile = lambda futile=futile: np.full(2, futile)  # type: ignore[method-assign]
        tried.append(sum(population.tick().proposal.explores.mean() for _ in range(400)))
    assert tried[1] > 2.0 * tried[0]


def test_an_action_may_be_the_number_of_a_programme() -> None:
    steered = make_steered("LoomingEscape", 2, hand_over="always", actions="programmes")
    names = steered.steering.repertoire.names
    assert steered.single_action_space == gym.spaces.Discrete(1 + len(names))
    steered.reset(seed=1)
    *_, info = steered.step(np.array([1 + names.index("walk 90"), 1 + names.index("stay")]))
    assert np.allclose(info["action"], [[0.0, 0.31], [0.0, 0.0]], atol=1e-6)
    deferring = make_steered("LoomingEscape", 2, hand_over="urgency", actions="programmes")
    deferring.reset(seed=1)
    reflex = deferring.reflex.action.copy()  # type: ignore[union-attr]
    *_, info = deferring.step(np.array([0, 0]))
    assert np.allclose(info["action"], reflex)
    assert not info["learner_in_charge"].any()
    with pytest.raises(InvalidAction):
        steered.step(np.array([0, 99]))
    with pytest.raises(InvalidArgument, match="actions must be"):
        make_steered("LoomingEscape", 1, actions="words")


def test_mixing_rules_refuse_discrete_actions() -> None:
    with pytest.raises(InvalidArgument, match="needs graded ones"):
        make_steered("tests.agents.discrete_world:Levers", 1, hand_over="residual")


def test_agents_are_put_together_by_name() -> None:
    spec = agent_spec("cortex+spibb")
    assert (spec.hand_over, spec.costly) == ("spibb", False)
    assert agent_spec("tests.agents.third_party:Stubborn+tests.agents.third_party:Coin").learner is not None
    population = Population("tests.agents.third_party:Stubborn+tests.agents.third_party:Coin", "LoomingEscape", 4, seed=3)
    live(population, 30)
    assert population.steered.hand_over.name == "coin"
    for wrong, hint in (
        ("corte+spibb", "Did you mean 'cortex'"),
        ("cortex+spib", "Did you mean 'spibb'"),
        ("stered", "LEARNER.RULE"),
    ):
        with pytest.raises(UnknownName, match=hint):
            agent_spec(wrong)


def test_lesions_override_rules_that_mix() -> None:
    population = Population("cortex+residual", "LoomingEscape", 3, seed=4)
    live(population, 200)
    population.lesion("learning", [0])
    population.lesion("reflex", [1])
    tick = population.tick()
    assert np.allclose(tick.action[0], tick.reflex.action[0], atol=1e-6)
    assert np.allclose(tick.action[1], tick.proposal.action[1], atol=1e-6)
