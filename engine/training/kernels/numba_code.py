"""What numba compiles: whole stretches of a run for small networks, without a call in between.

Importing this module needs numba, and a place where it may keep what it compiled.

Samples go through the network side by side, `width` of them at once, so that the processor can work
on several numbers in one go. Net inputs, activations and node deltas have a row per layer in one
array each; the row holds `width` numbers for the first unit, then for the second, and so on. Places
that a batch does not fill carry zeros for inputs, and their deltas are set to zero, so they add
nothing to the gradient.

Additions may be taken in any order here, so results agree with engine.maths.backprop to rounding
errors, not to the bit.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.training.kernels.numba_functions import (
    FAST,
    FIRST_RARE,
    RARE_CODES,
    activate_rare,
    compiled,
    exp_parts,
    inner,
    times_rare_slope,
    within,
)
from engine.training.kernels.numba_lanes import LANES, load, plus, spread, store, summed, times

Integers = NDArray[np.int64]

# Columns of the table of layers, which has a row per layer and one for the inputs before them:
# units, where the weights and the biases begin in θ, from one unit's bias to the next (0 where
# they share one, -1 where there are none), the activation, and the bits of the setting it reads.
SIZE, WEIGHTS, BIASES, BIAS_STEP, ACTIVATION, SETTING = range(6)
# What this code knows, by the numbers that it has for it. Linear layers have one and no code.
_SIGMOID, _TANH, _RELU, _LEAKY_RELU, _LINEAR, _SOFTMAX = range(FIRST_RARE)
ACTIVATION_CODES = {
    **RARE_CODES,
    "sigmoid": _SIGMOID,
    "tanh": _TANH,
    "relu": _RELU,
    "leaky_relu": _LEAKY_RELU,
    "linear": _LINEAR,
    "softmax": _SOFTMAX,
}
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
BIAS_STEPS = {"none": -1, "shared": 0, "per_unit": 1}
# What ∂E/∂a is made from: see OutputError in known.py.
_DIFFERENCE, _SIGN, _CLIPPED, _HINGE, _ITSELF = range(5)
ERROR_CODES = {
    "difference": _DIFFERENCE,
    "sign": _SIGN,
    "clipped": _CLIPPED,
    "hinge": _HINGE,
    "itself": _ITSELF,
}

@inner(fastmath=FAST)
def _activate(
    code: int, setting: float, a: Array, net: Array, number: int, units: int, width: int
) -> None:
    """From net inputs to activations of a layer, in place; those that are asked for again are kept
    in `net`."""
    count = units * width
    if code == _SIGMOID:
        for i in range(count):
            q, s = exp_parts(within(-a[number, i], 708.0))
            a[number, i] = 1.0 / (1.0 + (s + s * q))
    elif code == _TANH:
        for i in range(count):
            # tanh z = (e^2z − 1) / (e^2z + 1), by e^2z − 1, which keeps its digits near 0.
            q, s = exp_parts(within(2.0 * a[number, i], 80.0))
            less_one = s * q + (s - 1.0)
            a[number, i] = less_one / (less_one + 2.0)
    elif code == _RELU:
        for i in range(count):
            a[number, i] = a[number, i] if a[number, i] > 0.0 else 0.0
    elif code == _LEAKY_RELU:
        for i in range(count):
            z = a[number, i]
            a[number, i] = z if z > 0.0 else setting * z
    elif code == _SOFTMAX:
        for j in range(width):
            largest = a[number, j]
            for u in range(1, units):
                largest = max(largest, a[number, u * width + j])
            total = 0.0
            for u in range(units):
                q, s = exp_parts(within(a[number, u * width + j] - largest, 708.0))
                a[number, u * width + j] = s + s * q
                total += s + s * q
            for u in range(units):
                a[number, u * width + j] /= total
    elif code >= FIRST_RARE:
        activate_rare(code, setting, a, net, number, count)


@inner(fastmath=FAST)
def _times_slope(
    code: int, setting: float, delta: Array, a: Array, net: Array, number: int, count: int
) -> None:
    """From errors ∂E/∂a of a layer to its node deltas, in place."""
    if code == _SIGMOID:
        for i in range(count):
            delta[number, i] *= a[number, i] * (1.0 - a[number, i])
    elif code == _TANH:
        for i in range(count):
            delta[number, i] *= 1.0 - a[number, i] * a[number, i]
    elif code in (_RELU, _LEAKY_RELU):
        below = 0.0 if code == _RELU else setting
        for i in range(count):
            delta[number, i] *= 1.0 if a[number, i] > 0.0 else below
    elif code >= FIRST_RARE:
        times_rare_slope(code, setting, delta, a, net, number, count)


@inner(fastmath=FAST)
def _setting(layers: Integers, number: int) -> float:
    """The setting that the activation of a layer reads."""
    return np.int64(layers[number, SETTING]).view(np.float64)


@inner(fastmath=FAST)
def _forward(theta: Array, layers: Integers, a: Array, net: Array, width: int) -> None:
    """Take samples through: `a` has their inputs in its first row, and gets the net inputs of the
    output layer in a row beyond its activations; `net` gets those that slopes are read from."""
    depth = len(layers) - 1
    for number in range(1, depth + 1):
        n_in, n_out = layers[number - 1, SIZE], layers[number, SIZE]
        w, b, step = layers[number, WEIGHTS], layers[number, BIASES], layers[number, BIAS_STEP]
        for o in range(n_out):
            bias = spread(theta[b + o * step] if step >= 0 else 0.0)
            for j in range(0, width, LANES):
                z = bias
                for k in range(n_in):
                    z = plus(z, times(spread(theta[w + k]), load(a, number - 1, k * width + j)))
                store(a, number, o * width + j, z)
            w += n_in
        if number == depth:
            for i in range(n_out * width):
                a[depth + 1, i] = a[number, i]
        code, setting = layers[number, ACTIVATION], _setting(layers, number)
        _activate(code, setting, a, net, number, n_out, width)


@inner(fastmath=FAST)
def _backward(
    theta: Array, layers: Integers, a: Array, net: Array, delta: Array, width: int,
    gradient: Array,
) -> None:
    """Send the output's deltas back and add the gradients of the samples."""
    for number in range(len(layers) - 1, 0, -1):
        n_in, n_out = layers[number - 1, SIZE], layers[number, SIZE]
        w, b, step = layers[number, WEIGHTS], layers[number, BIASES], layers[number, BIAS_STEP]
        for o in range(n_out):
            if step >= 0:
                g = spread(0.0)
                for j in range(0, width, LANES):
                    g = plus(g, load(delta, number, o * width + j))
                gradient[b + o * step] += summed(g)
            for k in range(n_in):
                g = spread(0.0)
                for j in range(0, width, LANES):
                    d = load(delta, number, o * width + j)
                    g = plus(g, times(d, load(a, number - 1, k * width + j)))
                gradient[w + o * n_in + k] += summed(g)
        if number > 1:
            for k in range(n_in):
                for j in range(0, width, LANES):
                    e = spread(0.0)
                    for o in range(n_out):
                        weight = spread(theta[w + o * n_in + k])
                        e = plus(e, times(weight, load(delta, number, o * width + j)))
                    store(delta, number - 1, k * width + j, e)
            code, setting = layers[number - 1, ACTIVATION], _setting(layers, number - 1)
            _times_slope(code, setting, delta, a, net, number - 1, n_in * width)


@inner(fastmath=FAST)
def _through_softmax(delta: Array, a: Array, number: int, units: int, width: int) -> None:
    """From errors ∂E/∂a of a softmax layer to its node deltas, in place."""
    for j in range(width):
        mean = 0.0
        for u in range(units):
            mean += delta[number, u * width + j] * a[number, u * width + j]
        for u in range(units):
            i = u * width + j
            delta[number, i] = a[number, i] * (delta[number, i] - mean)


@inner(fastmath=FAST)
def _other_error(error: Array, a: float, t: float, unit: int) -> float:
    """∂E/∂a of an output where it is no multiple of a − t."""
    code = int(error[3])
    slope = 1.0 if unit == int(error[5]) else 0.0
    if code == _SIGN:
        off = a - t  # which stays what it is where it is 0, or no number
        slope = error[0] * (1.0 if off > 0.0 else -1.0 if off < 0.0 else off)
    elif code == _CLIPPED:
        slope = within(a - t, error[4])
    elif code == _HINGE:
        slope = -t if t * a < 1.0 else 0.0
    return slope


@inner(fastmath=FAST)
def _update(
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
def _clip(gradient: Array, way: float, limit: float) -> None:
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
def _slope(w: float, penalty: Array) -> float:
    """What penalties add to the gradient by a parameter that counts."""
    sign = 1.0 if w > 0.0 else -1.0 if w < 0.0 else 0.0
    return float(penalty[0] * w + penalty[1] * sign)


@inner(fastmath=FAST)
def _cost(theta: Array, penalty: Array, counted: Array) -> float:
    """What penalties add to the loss."""
    squares, sizes = 0.0, 0.0
    for p in range(len(theta)):
        w = theta[p] * counted[p]
        squares += w * w
        sizes += abs(w)
    return float(penalty[0] * 0.5 * squares + penalty[1] * sizes)


@inner(fastmath=FAST)
def _is_lost(theta: Array, slots: Array, largest: float) -> bool:
    """Whether a parameter is not below the largest in size, or a number that the optimizer
    remembers is not finite. Looked at where |θ|² leaves it open."""
    for p in range(len(theta)):
        if not abs(theta[p]) < largest:
            return True
        for slot in range(len(slots)):
            if not abs(slots[slot, p]) < np.inf:
                return True
    return False


@compiled(fastmath=FAST, nogil=True, cache=True)
def train(
    theta: Array, slots: Array, t: int, count: int, layers: Integers, inputs: Array,
    targets: Array, orders: Integers, within: int, batch: int, error: Array, mask: Array,
    is_mean: bool, optimizer: int, settings: Array, largest: float, kept_z: Array, kept_a: Array,
    in_order: bool, frames: Array, frame_every: int, work: Array, width: int, work_all: Array,
    width_all: int, sums: Array, penalty: Array, counted: Array, costs: Array, clipping: Array,
    rates: Array,
) -> int:
    """Take `count` iterations after t updates, in place; how many went well.

    `inputs` and `targets` have shape (units, samples). `orders` has a row per epoch, the first one
    for the running one, or a single row for all; `within` samples of it are done. `error` is what
    a − t is multiplied with, and 1 where ∂E/∂z is that product (else 0: f'(z) is still to come),
    and 1 where a counts as often as the targets sum up to; then one of ERROR_CODES, what an error
    is clipped to, and the one output that the loss is. `kept_z` and `kept_a`, shape (count,
    samples, outputs), get the output layer of the whole set: if `in_order`, where it is always the
    batch, before each update; else after each epoch. `frames`, shape (count, 1 + slots, size), get
    θ and the slots at each multiple of `frame_every` updates.

    `penalty` has λ of each in the order of PENALTIES, and `counted` 1 for each parameter that costs
    something; `costs`, shape (count,), get what they cost at the moments of `kept_a`.

    `clipping` is the number of the way to cut gradients in CLIPPINGS, and the limit. `rates` has
    the learning rate of each update.

    To work in there are `work`, shape (3, depth + 2, widest layer · width), for batches that go
    through in parts of `width` samples, a multiple of LANES; `work_all`, shape (depth + 2, widest
    layer · width_all), for looks at the whole set; and `sums`, shape (2, size).
    """
    depth, samples = len(layers) - 1, inputs.shape[1]
    n_in, n_out = layers[0, SIZE], layers[depth, SIZE]
    a, delta, net, gradient, factor = work[0], work[1], work[2], sums[0], sums[1]
    has_penalty = penalty[0] > 0.0 or penalty[1] > 0.0
    factored, epoch, kept, framed, to_frame = 0, 0, 0, 0, frame_every - t % frame_every
    for done in range(count):
        row_of = epoch if epoch < len(orders) else 0
        stop = min(within + batch, samples)
        if stop - within != factored:
            factored = stop - within
            for p in range(len(theta)):
                factor[p] = mask[p] / factored if is_mean else mask[p]
        for p in range(len(theta)):
            gradient[p] = 0.0
        for first in range(within, stop, width):
            filled = min(width, stop - first)
            for u in range(n_in):
                for j in range(filled):
                    a[0, u * width + j] = inputs[u, orders[row_of, first + j]]
                for j in range(filled, width):
                    a[0, u * width + j] = 0.0
            _forward(theta, layers, a, net, width)
            for j in range(filled):
                row = orders[row_of, first + j]
                weight = 1.0
                if error[2] > 0.0:
                    weight = 0.0
                    for u in range(n_out):
                        weight += targets[u, row]
                for u in range(n_out):
                    i = u * width + j
                    delta[depth, i] = error[0] * (weight * a[depth, i] - targets[u, row])
                    if in_order:
                        kept_z[kept, row, u] = a[depth + 1, i]
                        kept_a[kept, row, u] = a[depth, i]
            if error[3] != _DIFFERENCE:
                for j in range(filled):
                    row = orders[row_of, first + j]
                    for u in range(n_out):
                        i = u * width + j
                        delta[depth, i] = _other_error(error, a[depth, i], targets[u, row], u)
            for u in range(n_out):
                for j in range(filled, width):
                    delta[depth, u * width + j] = 0.0
            if error[1] == 0.0:
                code, setting = layers[depth, ACTIVATION], _setting(layers, depth)
                if code == _SOFTMAX:
                    _through_softmax(delta, a, depth, n_out, width)
                else:
                    _times_slope(code, setting, delta, a, net, depth, n_out * width)
            _backward(theta, layers, a, net, delta, width, gradient)
        used = factor
        if has_penalty or clipping[0] > 0.0:
            if has_penalty and in_order:
                costs[kept] = _cost(theta, penalty, counted)
            share = 1.0 / factored if is_mean else 1.0
            for p in range(len(theta)):
                slope = _slope(theta[p] * counted[p], penalty)
                gradient[p] = (gradient[p] * share + slope) * mask[p]
            _clip(gradient, clipping[0], clipping[1])
            used = mask
        size = _update(
            theta, slots, gradient, used, optimizer, settings, t + done + 1, rates[done]
        )
        if not size < largest * largest and _is_lost(theta, slots, largest):
            return done
        to_frame -= 1
        if to_frame == 0:
            to_frame = frame_every
            for p in range(len(theta)):
                frames[framed, 0, p] = theta[p]
                for slot in range(len(slots)):
                    frames[framed, slot + 1, p] = slots[slot, p]
            framed += 1
        within = stop
        if in_order:
            kept += 1
        if within == samples:
            within = 0
            epoch += 1
            if not in_order:
                _go_over_all(theta, layers, inputs, work_all, width_all, kept_z, kept_a, kept)
                if has_penalty:
                    costs[kept] = _cost(theta, penalty, counted)
                kept += 1
    return count


@inner(fastmath=FAST)
def _go_over_all(
    theta: Array, layers: Integers, inputs: Array, a: Array, width: int, kept_z: Array,
    kept_a: Array, kept: int,
) -> None:
    """Take every sample forward and keep the output layer, shape (samples, outputs)."""
    depth, samples = len(layers) - 1, inputs.shape[1]
    for first in range(0, samples, width):
        filled = min(width, samples - first)
        for u in range(layers[0, SIZE]):
            for j in range(filled):
                a[0, u * width + j] = inputs[u, first + j]
        _forward(theta, layers, a, a, width)  # no slopes are wanted
        for j in range(filled):
            for u in range(layers[depth, SIZE]):
                kept_z[kept, first + j, u] = a[depth + 1, u * width + j]
                kept_a[kept, first + j, u] = a[depth, u * width + j]
