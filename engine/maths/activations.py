"""Activation functions and their slopes, as a table of named pairs.

Source: I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, MIT Press 2016, sections 6.2.2
(output units) and 6.3 (hidden units).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAKY_SLOPE = 0.01

# exp overflows a little beyond 709.78; a sigmoid that far out is 0 or 1 to every digit.
_LARGEST_EXPONENT = 709.0


class Activation(Struct, frozen=True):
    """One activation function.

    `apply(z)` maps net inputs (any shape, samples as rows) to activations of the same shape.
    `slope(z, a)` gives f'(z) elementwise; it takes a = f(z) too, since several slopes are
    cheapest in terms of it. Softmax has no elementwise slope: it stands only at an output whose
    loss brings its own delta (see engine.maths.losses), and `slope` is None. `learns` says whether
    anything can be learnt through it: a network with a unit that does not is for going forward.
    """

    key: str
    title: str
    formula: str
    apply: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array] | None
    range: tuple[float, float]
    learns: bool = True


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), without overflow for any z."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.maximum(z, -_LARGEST_EXPONENT))))


def softmax(z: Array) -> Array:
    """e^z / sum of e^z over the last axis, shifted by the largest z so that nothing overflows."""
    exponentials = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))


def _relu(z: Array) -> Array:
    return np.maximum(z, 0.0)


def _relu_slope(z: Array, a: Array) -> Array:
    # At z = 0 the slope is not defined; 0 is what the large libraries use.
    return np.asarray(z > 0.0, dtype=np.float64)


def _leaky_relu(z: Array) -> Array:
    return np.where(z > 0.0, z, LEAKY_SLOPE * z)


def _leaky_relu_slope(z: Array, a: Array) -> Array:
    return np.where(z > 0.0, 1.0, LEAKY_SLOPE)


def _step(z: Array) -> Array:
    """Heaviside's step, 1 from z = 0 on: a unit fires when its threshold is reached.

    W. McCulloch, W. Pitts, A logical calculus of the ideas immanent in nervous activity, 1943.
    """
    return np.asarray(z >= 0.0, dtype=np.float64)


_INFINITY = float("inf")

ACTIVATIONS: dict[str, Activation] = {
    activation.key: activation
    for activation in (
        Activation(
            "sigmoid",
            "sigmoid",
            "1 / (1 + e^−z)",
            sigmoid,
            lambda z, a: a * (1.0 - a),
            (0.0, 1.0),
        ),
        Activation(
            "tanh",
            "tanh",
            "tanh z",
            np.tanh,
            lambda z, a: 1.0 - a * a,
            (-1.0, 1.0),
        ),
        Activation(
            "relu",
            "ReLU",
            "max(0, z)",
            _relu,
            _relu_slope,
            (0.0, _INFINITY),
        ),
        Activation(
            "leaky_relu",
            "leaky ReLU",
            "z where z > 0, else 0.01 z",
            _leaky_relu,
            _leaky_relu_slope,
            (-_INFINITY, _INFINITY),
        ),
        Activation(
            "linear",
            "linear",
            "z",
            lambda z: z,
            lambda z, a: np.ones_like(z),
            (-_INFINITY, _INFINITY),
        ),
        Activation(
            "softmax",
            "softmax",
            "e^z / Σ e^z",
            softmax,
            None,
            (0.0, 1.0),
        ),
        Activation(
            "step",
            "step",
            "1 where z ≥ 0, else 0",
            _step,
            # There is none at the jump; nothing is sent back through it anyway.
            lambda z, a: np.zeros_like(z),
            (0.0, 1.0),
            learns=False,
        ),
    )
}

HIDDEN_ACTIVATIONS = tuple(key for key, f in ACTIVATIONS.items() if f.slope is not None)
