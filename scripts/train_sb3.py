"""Train a model of Stable-Baselines3 on a steered world by the library's own loop, and say what it was worth to the animals.

One model has many bodies here; in a benchmark each animal has a model of its own (agents ppo, dqn). Reward is steering's; fitness
is only measured.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly


@dataclass
class Args:
    """Train a model."""

    world: Annotated[str, tyro.conf.Positional] = "LoomingEscape"
    """World by name, or package.module:Class."""
    algorithm: Literal["PPO", "A2C", "DQN", "SAC"] = "PPO"
    """DQN chooses among steering's motor programmes, the others give actions."""
    hand_over: str = "always"
    """Who is in charge: a hand-over rule. Those that look at a learner's estimates never hand over to a model, which gives none."""
    steps: int = 100_000
    """Animal-steps of training."""
    bodies: int = 8
    """Animals that the model lives in at a time."""
    episodes: int = 4
    """Episodes of each of 32 fresh animals by which the model is judged, before and after."""
    seed: int = 1_000_000
    """Of the first animal, and of the model."""
    callback: tuple[str, ...] = ()
    """Callbacks of the library, as module:Class; each is made without arguments."""
    log: Path | None = None
    """Folder for TensorBoard, written by the library's own logger (pip install tensorboard)."""
    out: Path = Path("runs/sb3")
    """Folder of the trained model."""


def main(args: Args) -> int:
    """Train, judge, save."""
    from rich.progress import Progress
    from rich.table import Table

    from agents.sb3_face import sb3_vec_env
    from benchmark.laboratory.lives import first_days
    from benchmark.results.statistics import mean_interval
    from core.errors import InvalidArgument, whole_number
    from envs.registration import world_class

    for name in ("steps", "bodies", "episodes"):
        whole_number(name, getattr(args, name))
    if args.log is not None and importlib.util.find_spec("tensorboard") is None:
        raise InvalidArgument("--log needs TensorBoard: pip install tensorboard")
    options: dict[str, Any] = {"hand_over": args.hand_over, "actions": "programmes" if args.algorithm == "DQN" else "raw"}
    face = sb3_vec_env(args.world, args.bodies, args.seed, **options)
    callbacks = [_callback(path) for path in args.callback]
    import stable_baselines3
    from stable_baselines3.common.callbacks import BaseCallback

    reporter = Reporter()
    log = None if args.log is None else str(args.log)
    algorithm = getattr(stable_baselines3, args.algorithm)
    model = algorithm("MlpPolicy", face, seed=args.seed % 2**31, device="cpu", tensorboard_log=log)
    found = {"before": _judge(model, args, options)}
    with Progress(console=reporter.console) as bar:
        task = bar.add_task(f"{args.algorithm}.learn", total=args.steps)

        class Shown(BaseCallback):
            """Moves the bar."""

            def _on_step(self) -> bool:
                bar.update(task, completed=self.num_timesteps)
                return True

        model.learn(args.steps, callback=[Shown(), *callbacks])
    found["after"] = _judge(model, args, options)
    for agent in ("random", "reflex", "oracle"):
        found[agent] = first_days(agent, args.world, 32, args.seed, args.episodes)
    table = Table(title=f"{args.algorithm} on {args.world}, hand-over {args.hand_over}, {args.steps:,} steps")
    for column in ("who", f"fitness ({world_class(args.world).fitness_unit})", "score"):
        table.add_column(column)
    zero, one = found["random"].mean(), found["oracle"].mean()
    for who, values in found.items():
        fitness, score = mean_interval(values), mean_interval((values - zero) / (one - zero))
        cells = [f"{x['mean']:.2f} [{x['low']:.2f}, {x['high']:.2f}]".replace("[", "\\[") for x in (fitness, score)]
        table.add_row(f"{args.algorithm}, {who} training" if who in ("before", "after") else who, *cells)
    reporter.console.print(table)
    args.out.mkdir(parents=True, exist_ok=True)
    file = args.out / f"{args.algorithm}-{args.world.replace(':', '.')}-{args.hand_over}.zip"
    model.save(file)
    print(f"wrote {file}")
    return 0


def _callback(path: str) -> Any:
    """An instance of a callback class of the library's, by ``module:Class``."""
    from stable_baselines3.common.callbacks import BaseCallback

    from core.errors import BrokenFile, InvalidArgument

    module, _, name = path.partition(":")
    try:
        made = getattr(importlib.import_module(module), name)()
    except Exception as error:  # whatever somebody's class does wrong, the user is told which one it was
        raise BrokenFile(f"The callback {path} cannot be made: {type(error).__name__}: {error}") from error
    if not isinstance(made, BaseCallback):
        raise InvalidArgument(f"--callback takes subclasses of Stable-Baselines3's BaseCallback, and {path} is none.")
    return made


def _judge(model: Any, args: Args, options: dict[str, Any]) -> Any:
    """(32,) mean fitness of an episode of fresh animals with the model as it is."""
    import numpy as np

    from agents.sb3_face import sb3_vec_env

    face = sb3_vec_env(args.world, 32, args.seed, **options)
    observation = face.reset()
    total, ended = np.zeros(32), np.zeros(32)
    current = np.zeros(32)
    while ended.min() < args.episodes:
        action, _ = model.predict(observation, deterministic=True)
        observation, _, done, infos = face.step(action)
        current += np.array([info["fitness"] for info in infos])
        counted = done & (ended < args.episodes)
        total[counted] += current[counted]
        ended += done
        current[done] = 0.0
    return total / args.episodes


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
