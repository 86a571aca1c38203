"""What the NumPy kernel knows: each loss, kind of bias and optimizer as NumPy calls; activations
stand in numpy_activations.

Each row is a function from arrays to the calls that work on them, where they lie. What every
number goes through is that of engine.maths in the same order, so results are the same to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array
from engine.maths.optimizers import Optimizer, adam_corrections, adam_step_size
from engine.run.spec import Spec
from engine.training.kernels.known import OUTPUT_ERRORS, threshold_of

Calls = list[Callable[[], object]]


def constant(value: float) -> Array:
    """A number that a ufunc takes as it is; a Python number would be converted at each call."""
    return np.array(value)


_ZERO, _ONE = constant(0.0), constant(1.0)

# From the deltas of a layer, shape (samples, units), to the gradient of its biases.
BIAS_GRADIENTS: dict[str, Callable[[Array, Array], Calls]] = {
    "per_unit": lambda delta, b: [partial(np.ones(len(delta)).dot, delta, b)],
    "shared": lambda delta, b: [partial(np.add.reduce, delta, None, None, b.reshape(()))],
}


def _softmax_sent_back(error: Array, a: Array) -> Calls:
    weighted, each = np.empty_like(a), np.empty((len(a), 1))
    return [
        partial(np.multiply, error, a, weighted),
        partial(np.add.reduce, weighted, -1, None, each, True),
        partial(np.subtract, error, each, error),
        partial(np.multiply, a, error, error),
    ]


# From ∂E/∂a of an output layer to ∂E/∂z, in place, where each output depends on every net input;
# both arrays of shape (samples, outputs).
JACOBIANS: dict[str, Callable[[Array, Array], Calls]] = {"softmax": _softmax_sent_back}


def output_error(spec: Spec, a: Array, targets: Array, delta: Array) -> Calls:
    """∂E/∂a of the output layer, or for a loss that is short its node delta; all of shape
    (samples, outputs)."""
    error, outputs, counted, calls = OUTPUT_ERRORS[spec.loss], a.shape[1], a, Calls()
    if error.of == "itself":
        alone = np.zeros(outputs)
        alone[spec.loss_settings.output] = 1.0
        return [partial(np.copyto, delta, alone)]
    if error.of == "hinge":
        pulls = np.empty(a.shape, dtype=np.bool_)
        return [
            partial(np.multiply, targets, a, delta),
            partial(np.less, delta, _ONE, pulls),
            partial(np.copyto, delta, _ZERO),
            partial(np.negative, targets, delta, where=pulls),
        ]
    if error.of_total:
        total, counted = np.empty((len(targets), 1)), delta
        calls += [
            partial(np.add.reduce, targets, -1, None, total, True),
            partial(np.multiply, a, total, counted),
        ]
    calls.append(partial(np.subtract, counted, targets, delta))
    if error.of == "clipped":
        most = threshold_of(spec)
        calls.append(partial(np.maximum, delta, constant(-most), out=delta))
        calls.append(partial(np.minimum, delta, constant(most), out=delta))
    if error.of == "sign":
        calls.append(partial(np.sign, delta, delta))
    if error.times != 1.0:
        calls.append(partial(np.multiply, delta, constant(error.times), delta))
    if error.over_outputs and outputs > 1:
        calls.append(partial(np.divide, delta, constant(outputs), delta))
    return calls


# From parameters that count, and zeros for others, to the slope of a penalty without its λ.
PENALTY_SLOPES: dict[str, Callable[[Array, Array], Calls]] = {
    "l2": lambda w, slope: [partial(np.copyto, slope, w)],
    "l1": lambda w, slope: [partial(np.sign, w, slope)],
}


def _clip_by_norm(gradient: Array, limit: float) -> Calls:
    squares, length, most = np.empty_like(gradient), np.empty(1), constant(limit)
    return [
        partial(np.multiply, gradient, gradient, squares),
        partial(np.add.reduce, squares, -1, None, length, True),
        partial(np.sqrt, length, length),
        partial(np.maximum, length, most, out=length),
        partial(np.divide, most, length, length),
        partial(np.multiply, gradient, length, gradient),
    ]


# What cuts a gradient in place.
CLIPS: dict[str, Callable[[Array, float], Calls]] = {
    "none": lambda gradient, limit: [],
    "norm": _clip_by_norm,
    "value": lambda gradient, limit: [
        partial(np.maximum, gradient, constant(-limit), out=gradient),
        partial(np.minimum, gradient, constant(limit), out=gradient),
    ],
}


class UpdateCalls(Struct, frozen=True):
    """How an optimizer moves θ.

    `step(optimizer, theta, gradient, slots, numbers, step)` are the calls that carry the slots on
    and write to `step` what is then taken away from θ; the gradient is used up. `numbers` hold what
    `numbers_at(optimizer, t)` says of the present update, the learning rate or what is made of it
    first; they `vary` from update to update where they are more than that. `squares` is the number
    of a slot that may overflow while θ stands still.
    """

    step: Callable[[Optimizer, Array, Array, list[Array], list[Array], Array], Calls]
    numbers_at: Callable[[Optimizer, int], tuple[float, ...]] = lambda optimizer, t: (
        optimizer["learning_rate"],
    )
    vary: bool = False
    squares: int | None = None


def _gradient_descent(
    optimizer: Optimizer, theta: Array, gradient: Array, slots: list[Array], numbers: list[Array],
    step: Array,
) -> Calls:
    return [partial(np.multiply, gradient, numbers[0], step)]


def _momentum(
    optimizer: Optimizer, theta: Array, gradient: Array, slots: list[Array], numbers: list[Array],
    step: Array,
) -> Calls:
    (v,) = slots
    return [
        partial(np.multiply, v, constant(optimizer["momentum"]), v),
        partial(np.add, v, gradient, v),
        partial(np.multiply, v, numbers[0], step),
    ]


def _nesterov(
    optimizer: Optimizer, theta: Array, gradient: Array, slots: list[Array], numbers: list[Array],
    step: Array,
) -> Calls:
    (v,), mu = slots, constant(optimizer["momentum"])
    return [
        partial(np.multiply, v, mu, v),
        partial(np.add, v, gradient, v),
        partial(np.multiply, v, mu, step),
        partial(np.add, gradient, step, step),
        partial(np.multiply, step, numbers[0], step),
    ]


def _adagrad(
    optimizer: Optimizer, theta: Array, gradient: Array, slots: list[Array], numbers: list[Array],
    step: Array,
) -> Calls:
    (s,) = slots
    return [
        partial(np.multiply, gradient, numbers[0], step),
        partial(np.multiply, gradient, gradient, gradient),
        partial(np.add, s, gradient, s),
        *_over_root(optimizer, s, gradient, step),
    ]


def _rmsprop(
    optimizer: Optimizer, theta: Array, gradient: Array, slots: list[Array], numbers: list[Array],
    step: Array,
) -> Calls:
    (v,) = slots
    return [
        partial(np.multiply, gradient, numbers[0], step),
        *_running_square(optimizer["rho"], v, gradient),
        *_over_root(optimizer, v, gradient, step),
    ]


def _adam(
    optimizer: Optimizer, theta: Array, gradient: Array, slots: list[Array], numbers: list[Array],
    step: Array,
) -> Calls:
    m, v = slots
    return [
        *_running_means(optimizer, m, v, gradient, step),
        partial(np.multiply, m, numbers[0], step),
        *_over_root(optimizer, v, gradient, step),
    ]


def _adam_by_paper(
    optimizer: Optimizer, theta: Array, gradient: Array, slots: list[Array], numbers: list[Array],
    step: Array,
) -> Calls:
    m, v = slots
    rate, first, second = numbers
    corrected = np.empty_like(step)
    return [
        *_running_means(optimizer, m, v, gradient, step),
        partial(np.divide, m, first, step),
        partial(np.multiply, step, rate, step),
        partial(np.divide, v, second, corrected),
        *_over_root(optimizer, corrected, gradient, step),
    ]


def _adamw(
    optimizer: Optimizer, theta: Array, gradient: Array, slots: list[Array], numbers: list[Array],
    step: Array,
) -> Calls:
    decay, share = np.empty_like(step), np.empty_like(numbers[0])
    return [
        *_adam_by_paper(optimizer, theta, gradient, slots, numbers, step),
        partial(np.multiply, numbers[0], constant(optimizer["weight_decay"]), share),
        partial(np.multiply, theta, share, decay),
        partial(np.add, step, decay, step),
    ]


def _running_means(
    optimizer: Optimizer, m: Array, v: Array, gradient: Array, work: Array
) -> Calls:
    """Adam's two means, carried on by a gradient."""
    return [
        partial(np.multiply, m, constant(optimizer["beta_1"]), m),
        partial(np.multiply, gradient, constant(1.0 - optimizer["beta_1"]), work),
        partial(np.add, m, work, m),
        *_running_square(optimizer["beta_2"], v, gradient),
    ]


def _running_square(decay: float, v: Array, gradient: Array) -> Calls:
    return [
        partial(np.multiply, v, constant(decay), v),
        partial(np.multiply, gradient, gradient, gradient),
        partial(np.multiply, gradient, constant(1.0 - decay), gradient),
        partial(np.add, v, gradient, v),
    ]


def _over_root(optimizer: Optimizer, v: Array, work: Array, step: Array) -> Calls:
    """step / (√v + ε)."""
    return [
        partial(np.sqrt, v, work),
        partial(np.add, work, constant(optimizer["epsilon"]), work),
        partial(np.divide, step, work, step),
    ]


def _rate_and_corrections(optimizer: Optimizer, t: int) -> tuple[float, ...]:
    return (optimizer["learning_rate"], *adam_corrections(optimizer, t))


UPDATES = {
    "gradient_descent": UpdateCalls(_gradient_descent),
    "momentum": UpdateCalls(_momentum),
    "nesterov": UpdateCalls(_nesterov),
    "adagrad": UpdateCalls(_adagrad, squares=0),
    "rmsprop": UpdateCalls(_rmsprop, squares=0),
    "adam": UpdateCalls(_adam, lambda optimizer, t: (adam_step_size(optimizer, t),), True, 1),
    "adam_paper": UpdateCalls(_adam_by_paper, _rate_and_corrections, True, 1),
    "adamw": UpdateCalls(_adamw, _rate_and_corrections, True, 1),
}
