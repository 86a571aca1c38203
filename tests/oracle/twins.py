"""PyTorch's counterparts of this program's rows, each under the key of its row.

They are what PyTorch itself offers, with nothing worked out here but what a convention asks for (a
sum for a mean, a factor ½). A row without a counterpart is not in here, and `with_torch` names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import LRScheduler

from engine.maths.clipping import Clipping
from engine.maths.schedules import Schedule

Settings = Mapping[str, float]

# From net inputs of shape (samples, units), and the settings of the layer.
ACTIVATIONS: dict[str, Callable[[Tensor, Settings], Tensor]] = {
    "sigmoid": lambda z, s: torch.sigmoid(s["gain"] * z),
    "tanh": lambda z, s: torch.tanh(z),
    "relu": lambda z, s: torch.relu(z),
    "leaky_relu": lambda z, s: functional.leaky_relu(z, s["leak"]),
    "elu": lambda z, s: functional.elu(z, s["alpha"]),
    "gelu": lambda z, s: functional.gelu(z),
    "gelu_tanh": lambda z, s: functional.gelu(z, approximate="tanh"),
    "silu": lambda z, s: functional.silu(z),
    "softplus": lambda z, s: functional.softplus(z),
    "softsign": lambda z, s: functional.softsign(z),
    "hard_tanh": lambda z, s: functional.hardtanh(z),
    "linear": lambda z, s: s["slope"] * z,
    "softmax": lambda z, s: torch.softmax(z, dim=-1),
}


def _each(function: Callable[..., Tensor], **how: Any) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda given, t: function(given, t, reduction="none", **how)


def _hinge(a: Tensor, t: Tensor) -> Tensor:
    """max(0, 1 − t (a − 0)): a ranked above 0 where t = 1, and below it where t = −1."""
    zeros = torch.zeros_like(a)
    return functional.margin_ranking_loss(a, zeros, t, margin=1.0, reduction="none")


_squares = _each(functional.mse_loss)
_binary = _each(functional.binary_cross_entropy_with_logits)
_categorical = _each(functional.cross_entropy)

# The loss of every sample, shape (samples,), from net inputs, outputs, targets, and settings.
LOSSES: dict[str, Callable[[Tensor, Tensor, Tensor, Settings], Tensor]] = {
    "half_squared_error": lambda z, a, t, s: 0.5 * _squares(a, t).sum(-1),
    "squared_error": lambda z, a, t, s: _squares(a, t).sum(-1),
    "mean_squared_error": lambda z, a, t, s: _squares(a, t).mean(-1),
    "binary_cross_entropy": lambda z, a, t, s: _binary(z, t).mean(-1),
    "summed_binary_cross_entropy": lambda z, a, t, s: _binary(z, t).sum(-1),
    "categorical_cross_entropy": lambda z, a, t, s: _categorical(z, t),
    "summed_categorical_cross_entropy": lambda z, a, t, s: _categorical(z, t),
    "mean_absolute_error": lambda z, a, t, s: _each(functional.l1_loss)(a, t).mean(-1),
    "huber": lambda z, a, t, s: _each(functional.huber_loss, delta=s["delta"])(a, t).sum(-1),
    "hinge": lambda z, a, t, s: _hinge(a, t).sum(-1),
}

Groups = list[dict[str, Any]]
Optimize = Callable[[Groups, Settings], torch.optim.Optimizer]


def _with(kind: Callable[..., torch.optim.Optimizer], **names: str) -> Optimize:
    """An optimizer of PyTorch that reads these settings under its own names."""

    def made(groups: Groups, settings: Settings) -> torch.optim.Optimizer:
        given = {theirs: settings[ours] for theirs, ours in names.items()}
        return kind(groups, lr=settings["learning_rate"], **given)

    return made


def _nesterov(groups: Groups, settings: Settings) -> torch.optim.Optimizer:
    rate, momentum = settings["learning_rate"], settings["momentum"]
    return torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=True)


def _adam(kind: type[torch.optim.Adam]) -> Optimize:
    def made(groups: Groups, settings: Settings) -> torch.optim.Optimizer:
        betas = settings["beta_1"], settings["beta_2"]
        return kind(groups, lr=settings["learning_rate"], betas=betas, eps=settings["epsilon"])

    return made


OPTIMIZERS: dict[str, Optimize] = {
    "gradient_descent": _with(torch.optim.SGD),
    "momentum": _with(torch.optim.SGD, momentum="momentum"),
    "nesterov": _nesterov,
    "adagrad": _with(torch.optim.Adagrad, eps="epsilon"),
    "rmsprop": _with(torch.optim.RMSprop, alpha="rho", eps="epsilon"),
    "adam_paper": _adam(torch.optim.Adam),
    "adamw": _adam(torch.optim.AdamW),
}

Scheduled = Callable[[torch.optim.Optimizer, Schedule, float], LRScheduler]


def _warm_up(optimizer: torch.optim.Optimizer, schedule: Schedule) -> LRScheduler:
    first = 1.0 / schedule.warm_up
    return lr_scheduler.LinearLR(optimizer, first, 1.0, schedule.warm_up - 1)


def _cosine(optimizer: torch.optim.Optimizer, schedule: Schedule, rate: float) -> LRScheduler:
    lowest = schedule.lowest * rate
    return lr_scheduler.CosineAnnealingLR(optimizer, schedule.length, lowest)


# From the optimizer, the schedule (counted in iterations) and the rate that it begins with.
SCHEDULES: dict[str, Scheduled] = {
    "step": lambda o, s, rate: lr_scheduler.StepLR(o, s.every, s.factor),
    "exponential": lambda o, s, rate: lr_scheduler.ExponentialLR(o, s.factor),
    "cosine": _cosine,
    "warm_up": lambda o, s, rate: _warm_up(o, s),
    "warm_up_cosine": lambda o, s, rate: lr_scheduler.SequentialLR(
        o, [_warm_up(o, s), _cosine(o, s, rate)], [s.warm_up]
    ),
}


def _clip_norm(parameters: list[Tensor], clipping: Clipping) -> None:
    """PyTorch adds 1e-6 to the length that it divides by, which is taken out here."""
    length = float(torch.nn.utils.get_total_norm([p.grad for p in parameters]))
    limit = clipping.limit * (length + 1e-6) / length
    if length > clipping.limit:
        torch.nn.utils.clip_grad_norm_(parameters, limit)


CLIPPINGS: dict[str, Callable[[list[Tensor], Clipping], None]] = {
    "none": lambda parameters, clipping: None,
    "norm": _clip_norm,
    "value": lambda parameters, clipping: torch.nn.utils.clip_grad_value_(
        parameters, clipping.limit
    ),
}
