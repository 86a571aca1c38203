"""Optimizers: how a gradient moves the parameters, as a table.

Every optimizer is a pure function of the parameters, the gradient, its slots (running vectors of
the parameters' shape) and the number of this update, counted from 1.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array

Slots = tuple[Array, ...]


class Optimizer(Struct, frozen=True):
    """The choice of an optimizer and its settings; settings that it does not use are kept."""

    key: str = "gradient_descent"
    learning_rate: float = 0.5
    momentum: float = 0.9
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def fresh_slots(self, size: int) -> Slots:
        """Slots of a run that has not begun: zeros of shape (size,)."""
        return tuple(np.zeros(size) for _ in RULES[self.key].slots)

    def update(self, theta: Array, gradient: Array, slots: Slots, t: int) -> tuple[Array, Slots]:
        """Parameters and slots after update number t ≥ 1; the arguments are left as they are."""
        return RULES[self.key].update(self, theta, gradient, slots, t)


class Rule(Struct, frozen=True):
    """One optimizer's title, formula, names of its slots and of the settings it reads."""

    key: str
    title: str
    formula: str
    slots: tuple[str, ...]
    settings: tuple[str, ...]
    update: Callable[[Optimizer, Array, Array, Slots, int], tuple[Array, Slots]]


def _gradient_descent(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    return theta - setting.learning_rate * gradient, slots


def _momentum(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """B. Polyak, Some methods of speeding up the convergence of iteration methods, 1964."""
    velocity = setting.momentum * slots[0] + gradient
    return theta - setting.learning_rate * velocity, (velocity,)


def _adam(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """D. Kingma, J. Ba, Adam, ICLR 2015, in the order of computation of its section 2, as Keras.

    The bias corrections are drawn into the step size and epsilon is added after the square root
    (the paper's "epsilon hat"), so epsilon is not scaled by the correction.
    """
    m = setting.beta_1 * slots[0] + (1.0 - setting.beta_1) * gradient
    v = setting.beta_2 * slots[1] + (1.0 - setting.beta_2) * gradient**2
    return theta - adam_step_size(setting, t) * m / (np.sqrt(v) + setting.epsilon), (m, v)


def adam_step_size(setting: Optimizer, t: int) -> float:
    """η √(1 − β₂ᵗ) / (1 − β₁ᵗ) for update number t ≥ 1."""
    return setting.learning_rate * sqrt(1.0 - setting.beta_2**t) / (1.0 - setting.beta_1**t)


RULES: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule(
            "gradient_descent",
            "gradient descent",
            "θ ← θ − η g",
            (),
            ("learning_rate",),
            _gradient_descent,
        ),
        Rule(
            "momentum",
            "momentum",
            "v ← μ v + g, θ ← θ − η v",
            ("v",),
            ("learning_rate", "momentum"),
            _momentum,
        ),
        Rule(
            "adam",
            "Adam",
            "θ ← θ − η_t m / (√v + ε)",
            ("m", "v"),
            ("learning_rate", "beta_1", "beta_2", "epsilon"),
            _adam,
        ),
    )
}
