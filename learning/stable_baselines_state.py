"""What a model of Stable-Baselines3 is made of, as plain arrays: for checkpoints, and for exchanging read-outs."""

from __future__ import annotations

from typing import Any

import numpy as np


def read_out_of(model: Any) -> dict[str, Any]:
    """The parameters of the layers that turn a network's features into actions or values."""
    policy = model.policy
    if hasattr(policy, "action_net"):
        layers = {"actions": policy.action_net, "value": policy.value_net}
    elif hasattr(policy, "q_net"):
        layers = {"values": policy.q_net.q_net[-1]}
    else:
        layers = {"actions": policy.actor.mu}
    return {f"{name}_{kind}": getattr(layer, kind) for name, layer in layers.items() for kind in ("weight", "bias")}


def optimizers(model: Any) -> list[Any]:
    policy = model.policy
    parts = (policy, getattr(policy, "actor", None), getattr(policy, "critic", None))
    found = [part.optimizer for part in parts if getattr(part, "optimizer", None) is not None]  # type: ignore[union-attr]
    return [*found, model.ent_coef_optimizer] if getattr(model, "ent_coef_optimizer", None) is not None else found


def fill(optimizer: Any) -> None:
    """Give an optimiser the state that its first step would make, so that a newborn's state has the layout of any other."""
    import torch

    for group in optimizer.param_groups:
        for weight in group["params"]:
            nothing = torch.zeros_like(weight)
            if "betas" in group:
                optimizer.state[weight] = {"step": torch.tensor(0.0), "exp_avg": nothing, "exp_avg_sq": nothing.clone()}
            elif type(optimizer).__name__ == "RMSpropTFLike":
                optimizer.state[weight] = {"step": 0, "square_avg": torch.ones_like(weight)}
            else:
                optimizer.state[weight] = {"step": torch.tensor(0.0), "square_avg": nothing}


class ModelStates:
    """State of all models as arrays, by name, with one row for each animal."""

    def __init__(self, models: list[Any]) -> None:
        self._models = models

    def get_state(self) -> dict[str, np.ndarray]:
        """Networks, optimisers, buffers and counters, as copies."""
        rows = [{name: np.array(_plain(value)) for name, value in _pieces(model).items()} for model in self._models]
        return {name: np.stack([row[name] for row in rows]) for name in rows[0]}

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        for row, model in enumerate(self._models):
            for name, value in _pieces(model).items():
                _restore(model, name, value, state[name][row])


def _plain(value: Any) -> Any:
    return value.detach().numpy() if hasattr(value, "detach") else value


def _pieces(model: Any) -> dict[str, Any]:
    """Everything in a model that changes: tensors and arrays themselves, numbers by value."""
    pieces: dict[str, Any] = {f"policy/{name}": tensor for name, tensor in model.policy.state_dict().items()}
    for index, optimizer in enumerate(optimizers(model)):
        for group in optimizer.param_groups:
            for place, weight in enumerate(group["params"]):
                pieces |= {f"optimizer{index}/{place}/{name}": value for name, value in optimizer.state[weight].items()}
    if getattr(model, "log_ent_coef", None) is not None:
        pieces["log_ent_coef"] = model.log_ent_coef
    buffer = getattr(model, "rollout_buffer", None) or model.replay_buffer
    pieces |= {f"buffer/{name}": value for name, value in vars(buffer).items() if isinstance(value, np.ndarray)}
    pieces |= {f"buffer/{name}": getattr(buffer, name) for name in ("pos", "full")}
    pieces |= {
        f"model/{name}": getattr(model, name)
        for name in ("num_timesteps", "_n_updates", "_n_calls")
        if hasattr(model, name)
    }
    return pieces


def _restore(model: Any, name: str, value: Any, saved: np.ndarray) -> None:
    import torch

    if hasattr(value, "detach"):
        with torch.no_grad():
            value.copy_(torch.from_numpy(np.array(saved)))
    elif isinstance(value, np.ndarray):
        value[...] = saved
    else:
        kind, _, field = name.partition("/")
        if kind.startswith("optimizer"):
            place, _, entry = field.partition("/")
            optimizer = optimizers(model)[int(kind.removeprefix("optimizer"))]
            weights = [weight for group in optimizer.param_groups for weight in group["params"]]
            optimizer.state[weights[int(place)]][entry] = type(value)(saved)
        else:
            owner = model if kind == "model" else getattr(model, "rollout_buffer", None) or model.replay_buffer
            setattr(owner, field, type(value)(saved))
