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

_INFINITY = float("inf")
_ONE = np.array(1.0)  # a Python number would be converted at each call


class Activation(Struct, frozen=True, kw_only=True):
    """One activation function.

    `apply(z)` maps net inputs (any shape, samples as rows) to activations of the same shape.
    `slope(z, a)` gives f'(z) elementwise; it takes a = f(z) too, since several slopes are
    cheapest in terms of it. Softmax has no elementwise slope: it stands only at an output whose
    loss brings its own delta (see engine.maths.losses), and `slope` is None.

    `symbol` is how formulas call it. `range` are the bounds of its values. `curved` says that its
    slope at a differs from that at z, `straight` that it is 1 everywhere. `kinks` are the net
    inputs at which the slope jumps; below `flat_below` the slope is 0 and a unit is dead, beyond
    `saturates` (in size) it hardly reacts. `learns` says whether anything can be learnt through
    it: a network with a unit that does not is for going forward.
    """

    key: str
    title: str
    symbol: str = "f"
    formula: str
    apply: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array] | None
    range: tuple[float, float]
    curved: bool = False
    straight: bool = False
    kinks: tuple[float, ...] = ()
    flat_below: float = -_INFINITY
    saturates: float = _INFINITY
    learns: bool = True

    @property
    def elementwise(self) -> bool:
        """Whether a unit's activation depends on its own net input alone; softmax's are shares of
        the whole layer."""
        return self.slope is not None


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z); 0 where e^-z is beyond all numbers, a little below z = -709.78."""
    with np.errstate(over="ignore"):
        powers = np.exp(-z)
    return np.asarray(np.reciprocal(_ONE + powers))


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


ACTIVATIONS: dict[str, Activation] = {
    activation.key: activation
    for activation in (
        Activation(
            key="sigmoid",
            title="sigmoid",
            symbol="σ",
            formula="1 / (1 + e^−z)",
            apply=sigmoid,
            slope=lambda z, a: a * (1.0 - a),
            range=(0.0, 1.0),
            curved=True,
            saturates=3.5,
        ),
        Activation(
            key="tanh",
            title="tanh",
            symbol="tanh",
            formula="tanh z",
            apply=np.tanh,
            slope=lambda z, a: 1.0 - a * a,
            range=(-1.0, 1.0),
            curved=True,
            saturates=1.8,
        ),
        Activation(
            key="relu",
            title="ReLU",
            symbol="ReLU",
            formula="max(0, z)",
            apply=_relu,
            slope=_relu_slope,
            range=(0.0, _INFINITY),
            kinks=(0.0,),
            flat_below=0.0,
        ),
        Activation(
            key="leaky_relu",
            title="leaky ReLU",
            symbol="LReLU",
            formula="z where z > 0, else 0.01 z",
            apply=_leaky_relu,
            slope=_leaky_relu_slope,
            range=(-_INFINITY, _INFINITY),
            kinks=(0.0,),
        ),
        Activation(
            key="linear",
            title="linear",
            formula="z",
            apply=lambda z: z,
            slope=lambda z, a: np.ones_like(z),
            range=(-_INFINITY, _INFINITY),
            straight=True,
        ),
        Activation(
            key="softmax",
            title="softmax",
            formula="e^z / Σ e^z",
            apply=softmax,
            slope=None,
            range=(0.0, 1.0),
        ),
        Activation(
            key="step",
            title="step",
            formula="1 where z ≥ 0, else 0",
            apply=_step,
            # There is none at the jump; nothing is sent back through it anyway.
            slope=lambda z, a: np.zeros_like(z),
            range=(0.0, 1.0),
            kinks=(0.0,),
            learns=False,
        ),
    )
}


def hidden_activations() -> tuple[str, ...]:
    """Keys of what a hidden layer may have, in the order of the table."""
    return tuple(key for key, activation in ACTIVATIONS.items() if activation.elementwise)
