"""Stable-Baselines3 as cortex: one of its models for each animal, taught by the same verdicts as every other learner.

The library's own ``learn`` drives an environment; an animal lives in the one loop of this project instead, so here each tick
gives the model what its rollout collection would: the same buffers, the same ``train``, the same default settings.
For its own loop around our worlds see :mod:`agents.sb3_face`.
"""

from __future__ import annotations

import abc
import contextlib
import importlib.util
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, ClassVar, NamedTuple

import numpy as np
from gymnasium.spaces import Box, Discrete

from core.batch_state import BatchState
from core.errors import InvalidArgument
from core.interfaces import Gains, Proposal, Reflex
from learning.pattern_separator import SenseScaling
from learning.stable_baselines_state import ModelStates, fill, optimizers, read_out_of
from learning.subsystem import Learner, LearnerSpec, Transition

DEFER = 0
_FAMILIAR_AFTER = 5000.0  # steps of life after which its values count as known; chosen


class NotInstalled(InvalidArgument):
    """An optional library that is needed is not there."""


@contextlib.contextmanager
def _alone(seed: int) -> Iterator[None]:
    """Give torch and NumPy's global generator a seed, and one thread, and put everything back afterwards.

    The library draws from global generators; the life of an animal must depend on its own streams alone.
    """
    import torch

    drawn, threads, numbers = torch.get_rng_state(), torch.get_num_threads(), np.random.get_state()  # noqa: NPY002
    torch.default_generator.manual_seed(seed)  # torch.manual_seed also seeds other devices, which takes longer than a step
    np.random.seed(seed)  # noqa: NPY002  # the library's buffers draw from it
    if threads != 1:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_rng_state(drawn)
        np.random.set_state(numbers)  # noqa: NPY002
        if threads != 1:
            torch.set_num_threads(threads)


class _Step(NamedTuple):
    """A transition of one animal; observations are scaled, (1, senses) each."""

    observation: np.ndarray
    final_observation: np.ndarray
    executed: np.ndarray
    in_charge: bool
    option: np.ndarray
    reward: float
    terminated: bool
    truncated: bool

    @property
    def ended(self) -> bool:
        return self.terminated or self.truncated

    @property
    def out_of_time(self) -> bool:
        return self.truncated and not self.terminated


class LibraryLearner(Learner):
    """What the library's algorithms have in common; each row has a model of its own, so a step costs as many forward passes.

    Senses are scaled to [-1, 1]. Algorithms propose actions of the world (``graded`` ones need a Box); ``discrete`` ones choose
    among steering's motor programmes, with "let the reflex act" first where the hand-over rule allows it.
    """

    algorithm: ClassVar[str]
    discrete: ClassVar[bool] = False
    graded: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...]] = ("stable_baselines3",)
    costly: ClassVar[bool] = True
    stream_names: ClassVar[tuple[str, ...]] = ("wiring", "exploration")
    lesionable = ("plasticity",)
    options: ClassVar[dict[str, Any]] = {}

    def __init__(self, num_animals: int, spec: LearnerSpec, may_defer: bool = True, genome: None = None) -> None:
        super().__init__(num_animals, spec, may_defer)
        if importlib.util.find_spec("stable_baselines3") is None:
            raise NotInstalled(
                f"The learner {self.name} needs Stable-Baselines3, which is not installed; install it with: "
                "pip install nestling[sb3]"
            )
        if self.graded and not isinstance(spec.action_space, Box):
            raise InvalidArgument(
                f"The learner {self.name} needs graded actions (a Box), not {spec.action_space}; use dqn, ppo or a2c."
            )
        self.scaling = SenseScaling(num_animals, spec.senses)
        self._senses = Box(-1.0, 1.0, (spec.senses.size,), np.float32)
        self._programmes = np.asarray(spec.repertoire.actions, float)
        self._first = int(may_defer)
        if self.discrete:
            self.option_names = (*(("let the reflex act",) if may_defer else ()), *spec.repertoire.names)
        self._actions = Discrete(len(self.option_names)) if self.discrete else spec.action_space
        self._shape = (num_animals, *(spec.action_space.shape or ()))
        self.life = BatchState(num_animals, steps=0, episode_starts=True)
        self._nothing = np.zeros((num_animals, 0), np.float32)
        self.models: list[Any] = [self._build(0) for _ in range(num_animals)]
        layers = [read_out_of(model) for model in self.models]
        self._read_outs = {
            name: np.stack([layer[name].detach().numpy() for layer in layers]) for name in (layers[0] if layers else {})
        }
        self._bind()

    def _build(self, seed: int) -> Any:
        import stable_baselines3
        from stable_baselines3.common.logger import Logger

        with _alone(seed):
            model = getattr(stable_baselines3, self.algorithm)(
                "MlpPolicy", None, device="cpu", _init_setup_model=False, **self.options
            )
            model.observation_space, model.action_space, model.n_envs = self._senses, self._actions, 1
            model.env = SimpleNamespace(action_space=self._actions)  # SAC looks there for the size of an action
            model._setup_model()
        model.set_logger(Logger(None, []))
        for optimizer in optimizers(model):
            fill(optimizer)
        return model

    def _bind(self) -> None:
        """Let the last layers share memory with :meth:`read_outs`, so that exchanging those exchanges what was learned."""
        import torch

        for row, model in enumerate(self.models):
            for name, weight in read_out_of(model).items():
                own = self._read_outs[name][row]
                own[...] = weight.detach().numpy()
                weight.data = torch.from_numpy(own)

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Random networks, drawn as the library draws them, from each animal's own stream."""
        self.streams.seed(seeds, mask)
        for part in (self.life, self.lesions):
            part.restart(mask)
        draws = self._draw("wiring", mask)
        for row in np.flatnonzero(mask):
            self.models[row] = self._build(int(draws[row]))
        self._bind()

    def begin(self, mask: np.ndarray) -> None:
        """A new episode."""
        self.life.episode_starts[mask] = True

    def _draw(self, stream: str, mask: np.ndarray | None = None) -> np.ndarray:
        return (self.streams.uniform(stream, 1, mask)[:, 0] * 2**32).astype(np.int64)

    def _scaled(self, observation: np.ndarray) -> np.ndarray:
        everyone = np.arange(self.num_animals)
        return np.clip(self.scaling.scale(everyone, observation, self._nothing), -1.0, 1.0)

    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """One forward pass for each animal."""
        scaled = self._scaled(observation)
        self._seeds = self._draw("exploration")
        acted = []
        for row, model in enumerate(self.models):
            with _alone(int(self._seeds[row])):
                acted.append(self._act(row, model, scaled[row : row + 1]))
        self._scaled_now = scaled.copy()
        proposal = Proposal.plain(np.zeros(self._shape))
        actions = np.stack([action for action, _ in acted])
        if self.discrete:
            chosen = actions.astype(int).ravel()
            proposal.action = self._programmes[np.maximum(0, chosen - self._first)]
            proposal.option = chosen
            proposal.defers = (chosen == DEFER) & self.may_defer
            proposal.explores = np.array([explored for _, explored in acted])
            if self.may_defer:
                values = np.stack([self._values(model, scaled[row : row + 1]) for row, model in enumerate(self.models)])
                proposal.advantage = values[:, 1:].max(axis=1) - values[:, DEFER]
                proposal.lower_bound = proposal.advantage.copy()
                proposal.familiarity = np.minimum(1.0, self.life.steps / _FAMILIAR_AFTER)
        elif isinstance(space := self.spec.action_space, Discrete):
            proposal.action = int(space.start) + actions.astype(int).reshape(self._shape)
        else:
            proposal.action = np.clip(actions.reshape(self._shape), space.low, space.high)  # type: ignore[attr-defined]
        return proposal

    def _learn(self, transition: Transition) -> None:
        """Give each model its transition, and let it train when it would."""
        final_observation = self._scaled(transition.final_observation).copy()
        plastic = (transition.gains.plasticity > 0.0) & ~self.lesions.plasticity
        executed = transition.action.reshape(self.num_animals, -1)
        for row in np.flatnonzero(plastic):
            step = _Step(
                observation=self._scaled_now[row : row + 1],
                final_observation=final_observation[row : row + 1],
                executed=executed[row],
                in_charge=bool(transition.in_charge[row]),
                option=transition.proposal.option[row : row + 1],
                reward=float(transition.verdict.reward[row]),
                terminated=bool(transition.terminated[row]),
                truncated=bool(transition.truncated[row]),
            )
            with _alone(int(self._seeds[row]) ^ 0x5EED):
                self._remember(int(row), self.models[row], step)
        self.life.steps += 1
        self.life.episode_starts[:] = False

    @abc.abstractmethod
    def _act(self, row: int, model: Any, scaled: np.ndarray) -> tuple[np.ndarray, bool]:
        """The action, and whether it was drawn at random to explore."""

    def _values(self, model: Any, scaled: np.ndarray) -> np.ndarray:
        """(options,) values, for algorithms of discrete actions."""
        raise NotImplementedError

    @abc.abstractmethod
    def _remember(self, row: int, model: Any, step: _Step) -> None:
        """Keep a transition, and train when it is time."""

    # -- state -----------------------------------------------------------------------------------

    def _state_parts(self) -> dict[str, Any]:
        return {"wiring": ModelStates(self.models), "life": self.life, "lesions": self.lesions, "streams": self.streams}

    def read_outs(self) -> dict[str, np.ndarray]:
        """The last layers of the networks."""
        return self._read_outs

    def settings(self) -> dict[str, Any]:
        """The algorithm and what differs from the library's defaults."""
        return {"algorithm": self.algorithm} | self.options


class _OnPolicy(LibraryLearner):
    """Rollouts of what the learner proposed, whoever acted: to an on-policy algorithm the hand-over is part of the world."""

    def _act(self, row: int, model: Any, scaled: np.ndarray) -> tuple[np.ndarray, bool]:
        import torch

        with torch.no_grad():
            action, value, log_probability = model.policy(torch.from_numpy(scaled))
        model._pending = action.numpy(), value, log_probability
        return action.numpy()[0], False

    def _remember(self, row: int, model: Any, step: _Step) -> None:
        import torch

        action, value, log_probability = model._pending
        buffer = model.rollout_buffer
        reward, starts = step.reward, self.life.episode_starts[row : row + 1]
        if step.out_of_time:
            with torch.no_grad():
                reward += model.gamma * float(model.policy.predict_values(torch.from_numpy(step.final_observation)))
        buffer.add(step.observation, action, np.array([reward]), starts, value, log_probability)
        model.num_timesteps += 1
        if buffer.full:
            with torch.no_grad():
                last = model.policy.predict_values(torch.from_numpy(step.final_observation))
            buffer.compute_returns_and_advantage(last_values=last, dones=np.array([step.ended]))
            model.train()
            buffer.reset()


class _OffPolicy(LibraryLearner):
    """Replay of what was carried out, whoever chose it."""

    def _remember(self, row: int, model: Any, step: _Step) -> None:
        done, about = np.array([step.ended]), [{"TimeLimit.truncated": step.out_of_time}]
        carried_out, reward = self._carried_out(model, step), np.array([step.reward])
        model.replay_buffer.add(step.observation, step.final_observation, carried_out, reward, done, about)
        model.num_timesteps += 1
        model._on_step()
        if model.num_timesteps > model.learning_starts and model.num_timesteps % model.train_freq.frequency == 0:
            model.train(gradient_steps=1, batch_size=model.batch_size)

    @abc.abstractmethod
    def _carried_out(self, model: Any, step: _Step) -> np.ndarray:
        """What was done, as the library's action."""


class PPOLearner(_OnPolicy):
    """Proximal policy optimisation (Schulman et al. 2017) with the library's default settings."""

    name = "ppo"
    algorithm = "PPO"


class A2CLearner(_OnPolicy):
    """Advantage actor-critic (Mnih et al. 2016) with the library's default settings."""

    name = "a2c"
    algorithm = "A2C"


class DQNLearner(_OffPolicy):
    """Deep Q-network (Mnih et al. 2015) over motor programmes; default settings but for a replay of 20,000 steps.

    Exploration falls from 1 to .05 over the first 10,000 steps, since the library's schedule asks for the end of training.
    """

    name = "dqn"
    algorithm = "DQN"
    discrete = True
    options: ClassVar[dict[str, Any]] = {"buffer_size": 20_000}
    exploration_steps: ClassVar[float] = 10_000.0

    def _act(self, row: int, model: Any, scaled: np.ndarray) -> tuple[np.ndarray, bool]:
        chance = max(0.05, 1.0 - 0.95 * self.life.steps[row] / self.exploration_steps)
        if np.random.random() < chance:  # noqa: NPY002  # seeded from the animal's own stream
            return np.array(np.random.randint(len(self.option_names))), True  # noqa: NPY002
        return np.array(self._values(model, scaled).argmax()), False

    def _values(self, model: Any, scaled: np.ndarray) -> np.ndarray:
        import torch

        with torch.no_grad():
            return model.q_net(torch.from_numpy(scaled)).numpy()[0]

    def _carried_out(self, model: Any, step: _Step) -> np.ndarray:
        if step.in_charge:
            return step.option.reshape(1, 1)
        if self.may_defer:
            return np.array([[DEFER]])
        known = self._programmes.reshape(len(self._programmes), -1)
        return ((known - step.executed) ** 2).sum(axis=1).argmin().reshape(1, 1) + self._first

    def option_values(self, row: int) -> np.ndarray | None:
        """Values of the programmes where the animal last decided."""
        return self._values(self.models[row], self._scaled_now[row : row + 1]).astype(float)


class SACLearner(_OffPolicy):
    """Soft actor-critic (Haarnoja et al. 2018) on graded actions; default settings but for a replay of 20,000 steps."""

    name = "sac"
    algorithm = "SAC"
    graded = True
    options: ClassVar[dict[str, Any]] = {"buffer_size": 20_000}

    def _act(self, row: int, model: Any, scaled: np.ndarray) -> tuple[np.ndarray, bool]:
        if self.life.steps[row] < model.learning_starts:
            return model.policy.unscale_action(np.random.uniform(-1.0, 1.0, (1, *self._shape[1:])))[0], True  # noqa: NPY002
        action, _ = model.policy.predict(scaled, deterministic=False)
        return action[0], False

    def _carried_out(self, model: Any, step: _Step) -> np.ndarray:
        return model.policy.scale_action(step.executed.reshape(1, *self._shape[1:]))
