"""What numba compiles of an update: optimizers, penalties and clipping, on θ in one row.

It becomes part of what numba_code compiles, as that says. Numba does not notice when only this file
changes: numba_code must be saved anew to be compiled.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from engine.maths.activations import Array
from engine.training.kernels.numba_functions import FAST, inner, within

# What this code knows, by the numbers that it has for it.
_GRADIENT_DESCENT, _MOMENTUM, _ADAM, _NESTEROV, _ADAGRAD, _RMSPROP, _ADAM_PAPER, _ADAMW = range(8)
OPTIMIZER_CODES = {
    "gradient_descent": _GRADIENT_DESCENT,
    "momentum": _MOMENTUM,
    "adam": _ADAM,
    "nesterov": _NESTEROV,
    "adagrad": _ADAGRAD,
    "rmsprop": _RMSPROP,
    "adam_paper": _ADAM_PAPER,
    "adamw": _ADAMW,
}
# The penalties, clippings and settings in the order in which the code takes them.
PENALTIES = ("l2", "l1")
CLIPPINGS = ("none", "norm", "value")  # by these numbers
SETTINGS = ("learning_rate", "momentum", "beta_1", "beta_2", "epsilon", "rho", "weight_decay")


@inner(fastmath=FAST)
def update(
    theta: Array, slots: Array, gradient: Array, factor: Array, optimizer: int, settings: Array,
    t: int, rate: float,
) -> float:
    """Update number t in place; |θ|², which is infinite where squares that it remembers are.

    `factor` goes over the gradient: the mean over the batch, and 0 for what is fixed.
    """
    _, momentum, beta_1, beta_2, epsilon, rho, weight_decay = settings
    size, seen = 0.0, 0.0
    if optimizer == _ADAM:
        rate *= sqrt(1.0 - beta_2**t) / (1.0 - beta_1**t)
        m, v = slots[0], slots[1]
        for p in range(len(theta)):
            g = gradient[p] * factor[p]
            m[p] = beta_1 * m[p] + (1.0 - beta_1) * g
            v[p] = beta_2 * v[p] + (1.0 - beta_2) * (g * g)
            theta[p] -= rate * m[p] / (sqrt(v[p]) + epsilon)
            size += theta[p] * theta[p]
            seen += v[p]
        return size if seen < np.inf else np.inf
    if optimizer == _MOMENTUM:
        v = slots[0]
        for p in range(len(theta)):
            v[p] = momentum * v[p] + gradient[p] * factor[p]
            theta[p] -= rate * v[p]
            size += theta[p] * theta[p]
        return size
    if optimizer == _GRADIENT_DESCENT:
        for p in range(len(theta)):
            theta[p] -= rate * (gradient[p] * factor[p])
            size += theta[p] * theta[p]
        return size
    if optimizer == _NESTEROV:
        v = slots[0]
        for p in range(len(theta)):
            g = gradient[p] * factor[p]
            v[p] = momentum * v[p] + g
            theta[p] -= rate * (g + momentum * v[p])
            size += theta[p] * theta[p]
        return size
    if optimizer in (_ADAGRAD, _RMSPROP):
        kept, added = (1.0, 1.0) if optimizer == _ADAGRAD else (rho, 1.0 - rho)
        v = slots[0]
        for p in range(len(theta)):
            g = gradient[p] * factor[p]
            v[p] = kept * v[p] + added * (g * g)
            theta[p] -= rate * g / (sqrt(v[p]) + epsilon)
            size += theta[p] * theta[p]
            seen += v[p]
        return size if seen < np.inf else np.inf
    if optimizer in (_ADAM_PAPER, _ADAMW):
        first, second = 1.0 - beta_1**t, 1.0 - beta_2**t
        decay = rate * weight_decay if optimizer == _ADAMW else 0.0
        m, v = slots[0], slots[1]
        for p in range(len(theta)):
            g = gradient[p] * factor[p]
            m[p] = beta_1 * m[p] + (1.0 - beta_1) * g
            v[p] = beta_2 * v[p] + (1.0 - beta_2) * (g * g)
            step = rate * (m[p] / first) / (sqrt(v[p] / second) + epsilon)
            # What is fixed has a factor of 0, and does not decay.
            theta[p] -= step + (decay * theta[p] if factor[p] > 0.0 else 0.0)
            size += theta[p] * theta[p]
            seen += v[p]
        return size if seen < np.inf else np.inf
    theta[0] = np.nan  # lost: nothing is known of such an optimizer
    return np.nan


@inner(fastmath=FAST)
def clip(gradient: Array, way: float, limit: float) -> None:
    """Cut a gradient in place."""
    if way == 1.0:
        squares = 0.0
        for p in range(len(gradient)):
            squares += gradient[p] * gradient[p]
        factor = limit / max(sqrt(squares), limit)
        for p in range(len(gradient)):
            gradient[p] *= factor
    elif way == 2.0:
        for p in range(len(gradient)):
            gradient[p] = within(gradient[p], limit)


@inner(fastmath=FAST)
def penalty_slope(w: float, penalty: Array) -> float:
    """What penalties add to the gradient by a parameter that counts."""
    sign = 1.0 if w > 0.0 else -1.0 if w < 0.0 else 0.0
    return float(penalty[0] * w + penalty[1] * sign)


@inner(fastmath=FAST)
def cost(theta: Array, penalty: Array, counted: Array) -> float:
    """What penalties add to the loss."""
    squares, sizes = 0.0, 0.0
    for p in range(len(theta)):
        w = theta[p] * counted[p]
        squares += w * w
        sizes += abs(w)
    return float(penalty[0] * 0.5 * squares + penalty[1] * sizes)


@inner(fastmath=FAST)
def is_lost(theta: Array, slots: Array, largest: float) -> bool:
    """Whether a parameter is not below the largest in size, or a number that the optimizer
    remembers is not finite. Looked at where |θ|² leaves it open."""
    for p in range(len(theta)):
        if not abs(theta[p]) < largest:
            return True
        for slot in range(len(slots)):
            if not abs(slots[slot, p]) < np.inf:
                return True
    return False
