"""What the NumPy kernel knows: each activation, loss, kind of bias and optimizer as NumPy calls.

Each row is a function from arrays to the calls that work on them, where they lie. What every
number goes through is that of engine.maths in the same order, so results are the same to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from msgspec import Struct

from engine.maths.activations import LEAKY_SLOPE, Array
from engine.maths.optimizers import Optimizer, adam_step_size
from engine.training.kernels.known import OUTPUT_ERRORS

Calls = list[Callable[[], object]]


def constant(value: float) -> Array:
    """A number that a ufunc takes as it is; a Python number would be converted at each call."""
    return np.array(value)


_ZERO, _ONE, _LEAK = constant(0.0), constant(1.0), constant(LEAKY_SLOPE)


def _sigmoid(z: Array, a: Array) -> Calls:
    return [
        partial(np.negative, z, a),
        partial(np.exp, a, a),
        partial(np.add, a, _ONE, a),
        partial(np.reciprocal, a, a),
    ]


def _leaky_relu(z: Array, a: Array) -> Calls:
    scaled = np.empty_like(z)
    return [partial(np.multiply, z, _LEAK, scaled), partial(np.maximum, z, scaled, out=a)]


def _softmax(z: Array, a: Array) -> Calls:
    each = np.empty((len(z), 1))
    return [
        partial(np.maximum.reduce, z, -1, None, each, True),
        partial(np.subtract, z, each, a),
        partial(np.exp, a, a),
        partial(np.add.reduce, a, -1, None, each, True),
        partial(np.divide, a, each, a),
    ]


# From z to a, both of shape (samples, units); they may be the same array.
ACTIVATIONS: dict[str, Callable[[Array, Array], Calls]] = {
    "sigmoid": _sigmoid,
    "tanh": lambda z, a: [partial(np.tanh, z, a)],
    "relu": lambda z, a: [partial(np.maximum, z, _ZERO, out=a)],
    "leaky_relu": _leaky_relu,
    "linear": lambda z, a: [] if z is a else [partial(np.copyto, a, z)],
    "softmax": _softmax,
}

# From a to the slope f'(z), of any shape; None where it is 1, and nothing is multiplied with it.
SLOPES: dict[str, Callable[[Array, Array], Calls] | None] = {
    "sigmoid": lambda a, slope: [
        partial(np.subtract, _ONE, a, slope),
        partial(np.multiply, a, slope, slope),
    ],
    "tanh": lambda a, slope: [
        partial(np.multiply, a, a, slope),
        partial(np.subtract, _ONE, slope, slope),
    ],
    "relu": lambda a, slope: [partial(np.sign, a, slope)],
    "leaky_relu": lambda a, slope: [
        partial(np.sign, a, slope),
        partial(np.maximum, slope, _LEAK, out=slope),
    ],
    "linear": None,
}

# From the deltas of a layer, shape (samples, units), to the gradient of its biases.
BIAS_GRADIENTS: dict[str, Callable[[Array, Array], Calls]] = {
    "per_unit": lambda delta, b: [partial(np.ones(len(delta)).dot, delta, b)],
    "shared": lambda delta, b: [partial(np.add.reduce, delta, None, None, b.reshape(()))],
}


def output_error(loss: str, a: Array, targets: Array, delta: Array) -> Calls:
    """∂E/∂a of the output layer, or for a loss that is short its node delta; all of shape
    (samples, outputs)."""
    error, outputs, counted, calls = OUTPUT_ERRORS[loss], a.shape[1], a, Calls()
    if error.of_total:
        total, counted = np.empty((len(targets), 1)), delta
        calls += [
            partial(np.add.reduce, targets, -1, None, total, True),
            partial(np.multiply, a, total, counted),
        ]
    calls.append(partial(np.subtract, counted, targets, delta))
    if error.times != 1.0:
        calls.append(partial(np.multiply, delta, constant(error.times), delta))
    if error.over_outputs and outputs > 1:
        calls.append(partial(np.divide, delta, constant(outputs), delta))
    return calls


class UpdateCalls(Struct, frozen=True):
    """How an optimizer moves θ.

    `step(optimizer, gradient, slots, rate, step)` are the calls that carry the slots on and write
    to `step` what is then taken away from θ; the gradient is used up. `rate`, of shape (), holds
    the learning rate, or where it differs from update to update what `rate_at(optimizer, t)` says.
    `squares` is the number of a slot that may overflow while θ stands still.
    """

    step: Callable[[Optimizer, Array, list[Array], Array, Array], Calls]
    rate_at: Callable[[Optimizer, int], float] | None = None
    squares: int | None = None


def _gradient_descent(
    optimizer: Optimizer, gradient: Array, slots: list[Array], rate: Array, step: Array
) -> Calls:
    return [partial(np.multiply, gradient, rate, step)]


def _momentum(
    optimizer: Optimizer, gradient: Array, slots: list[Array], rate: Array, step: Array
) -> Calls:
    (v,) = slots
    return [
        partial(np.multiply, v, constant(optimizer["momentum"]), v),
        partial(np.add, v, gradient, v),
        partial(np.multiply, v, rate, step),
    ]


def _adam(
    optimizer: Optimizer, gradient: Array, slots: list[Array], rate: Array, step: Array
) -> Calls:
    m, v = slots
    beta_1, beta_2 = optimizer["beta_1"], optimizer["beta_2"]
    return [
        partial(np.multiply, m, constant(beta_1), m),
        partial(np.multiply, gradient, constant(1.0 - beta_1), step),
        partial(np.add, m, step, m),
        partial(np.multiply, v, constant(beta_2), v),
        partial(np.multiply, gradient, gradient, gradient),
        partial(np.multiply, gradient, constant(1.0 - beta_2), gradient),
        partial(np.add, v, gradient, v),
        partial(np.sqrt, v, gradient),
        partial(np.add, gradient, constant(optimizer["epsilon"]), gradient),
        partial(np.multiply, m, rate, step),
        partial(np.divide, step, gradient, step),
    ]


UPDATES = {
    "gradient_descent": UpdateCalls(_gradient_descent),
    "momentum": UpdateCalls(_momentum),
    "adam": UpdateCalls(_adam, adam_step_size, squares=1),
}
