"""What numba compiles: whole stretches of a run for small networks, without a call in between.

Importing this module needs numba, and a place where it may keep what it compiled.

Samples go through the network four at a time, as lanes: for a network of a few units nothing else
is long enough for the processor to work on several numbers at once. An array of a layer has the
shape (units, LANES). The lanes that a batch does not fill carry zeros for inputs, and their deltas
are set to zero, so they add nothing to the gradient.

Additions may be taken in any order here (`reassoc`), so results agree with engine.backprop to
rounding errors, not to the bit.
"""

from __future__ import annotations

from math import factorial, sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from engine.activations import LEAKY_SLOPE, Array

Integers = NDArray[np.int64]

LANES = 4

# Columns of the table of layers, which has a row per layer and one for the inputs before them:
# units, where the weights and the biases begin in θ, from one unit's bias to the next (0 where
# they share one, -1 where there are none), and the activation.
SIZE, WEIGHTS, BIASES, BIAS_STEP, ACTIVATION = range(5)
ACTIVATION_CODES = {
    key: code
    for code, key in enumerate(("sigmoid", "tanh", "relu", "leaky_relu", "linear", "softmax"))
}
OPTIMIZER_CODES = {"gradient_descent": 0, "momentum": 1, "adam": 2}
_SIGMOID, _TANH, _RELU, _LEAKY_RELU, _, _SOFTMAX = range(6)
_MOMENTUM, _ADAM = 1, 2

_FAST = {"contract", "reassoc", "nsz"}

_LOG2_E = 1.4426950408889634
# ln 2 in two parts; the first has so few digits that its product with an exponent is exact.
_LN_2_HIGH, _LN_2_LOW = 0.6931471787393093, 1.8206359985041462e-09
_C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12, _C13 = (
    1.0 / factorial(n) for n in range(2, 14)
)


@njit(cache=True, error_model="numpy", fastmath={"contract", "nsz"})
def _exp_parts(x: float) -> tuple[float, float]:
    """q and s with e^x = s + s q and s a power of two, for |x| ≤ 708.

    x = k ln 2 + r with |r| ≤ ½ ln 2; s = 2^k, put together from its bits, and q = e^r − 1 by the
    first terms of its series, which leave less than 1e-17. Grouped so that a processor can work on
    several at once; only plain arithmetic, so that it can do so for all lanes together.
    """
    k = np.rint(x * _LOG2_E)
    r = (x - k * _LN_2_HIGH) - k * _LN_2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (r + r2 * (_C2 + _C3 * r)) + r4 * ((_C4 + _C5 * r) + r2 * (_C6 + _C7 * r))
    high = ((_C8 + _C9 * r) + r2 * (_C10 + _C11 * r)) + r4 * (_C12 + _C13 * r)
    s = np.int64((np.int64(k) + 1023) << 52).view(np.float64)
    return low + (r4 * r4) * high, s


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _within(x: float, bound: float) -> float:
    """x, but no further from 0 than a bound."""
    x = bound if x > bound else x
    return -bound if x < -bound else x


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _activate(code: int, flat: Array, number: int, units: int) -> None:
    """From net inputs to activations of a layer, in place; `flat` has a row per layer."""
    count = units * LANES
    if code == _SIGMOID:
        for i in range(count):
            q, s = _exp_parts(_within(-flat[number, i], 708.0))
            flat[number, i] = 1.0 / (1.0 + (s + s * q))
    elif code == _TANH:
        for i in range(count):
            # tanh z = (e^2z − 1) / (e^2z + 1), by e^2z − 1, which keeps its digits near 0.
            q, s = _exp_parts(_within(2.0 * flat[number, i], 80.0))
            less_one = s * q + (s - 1.0)
            flat[number, i] = less_one / (less_one + 2.0)
    elif code == _RELU:
        for i in range(count):
            flat[number, i] = flat[number, i] if flat[number, i] > 0.0 else 0.0
    elif code == _LEAKY_RELU:
        for i in range(count):
            z = flat[number, i]
            flat[number, i] = z if z > 0.0 else LEAKY_SLOPE * z
    elif code == _SOFTMAX:
        for j in range(LANES):
            largest = flat[number, j]
            for u in range(1, units):
                largest = max(largest, flat[number, u * LANES + j])
            total = 0.0
            for u in range(units):
                q, s = _exp_parts(_within(flat[number, u * LANES + j] - largest, 708.0))
                flat[number, u * LANES + j] = s + s * q
                total += s + s * q
            for u in range(units):
                flat[number, u * LANES + j] /= total


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _times_slope(code: int, flat_delta: Array, flat: Array, number: int, units: int) -> None:
    """From errors ∂E/∂a of a layer to its node deltas, in place."""
    if code == _SIGMOID:
        for i in range(units * LANES):
            flat_delta[number, i] *= flat[number, i] * (1.0 - flat[number, i])
    elif code == _TANH:
        for i in range(units * LANES):
            flat_delta[number, i] *= 1.0 - flat[number, i] * flat[number, i]
    elif code in (_RELU, _LEAKY_RELU):
        below = 0.0 if code == _RELU else LEAKY_SLOPE
        for i in range(units * LANES):
            flat_delta[number, i] *= 1.0 if flat[number, i] > 0.0 else below


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _forward(theta: Array, layers: Integers, a: Array, flat: Array, z_last: Array) -> None:
    """Take four samples through; `a[0]` are their inputs. `z_last` gets the output's net inputs."""
    depth = len(layers) - 1
    for number in range(1, depth + 1):
        n_in, n_out = layers[number - 1, SIZE], layers[number, SIZE]
        w, b, step = layers[number, WEIGHTS], layers[number, BIASES], layers[number, BIAS_STEP]
        for o in range(n_out):
            z0 = theta[b + o * step] if step >= 0 else 0.0
            z1 = z2 = z3 = z0
            for k in range(n_in):
                weight = theta[w + k]
                z0 += weight * a[number - 1, k, 0]
                z1 += weight * a[number - 1, k, 1]
                z2 += weight * a[number - 1, k, 2]
                z3 += weight * a[number - 1, k, 3]
            a[number, o, 0], a[number, o, 1], a[number, o, 2], a[number, o, 3] = z0, z1, z2, z3
            w += n_in
        if number == depth:
            for o in range(n_out):
                for j in range(LANES):
                    z_last[o, j] = a[number, o, j]
        _activate(layers[number, ACTIVATION], flat, number, n_out)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _backward(
    theta: Array, layers: Integers, a: Array, flat: Array, delta: Array, flat_delta: Array,
    gradient: Array,
) -> None:
    """Send the output's deltas back and add the gradients of four samples."""
    for number in range(len(layers) - 1, 0, -1):
        n_in, n_out = layers[number - 1, SIZE], layers[number, SIZE]
        w, b, step = layers[number, WEIGHTS], layers[number, BIASES], layers[number, BIAS_STEP]
        if number > 1:
            for k in range(n_in):
                for j in range(LANES):
                    delta[number - 1, k, j] = 0.0
        for o in range(n_out):
            d0, d1 = delta[number, o, 0], delta[number, o, 1]
            d2, d3 = delta[number, o, 2], delta[number, o, 3]
            if step >= 0:
                gradient[b + o * step] += (d0 + d1) + (d2 + d3)
            for k in range(n_in):
                first = d0 * a[number - 1, k, 0] + d1 * a[number - 1, k, 1]
                gradient[w + k] += first + (d2 * a[number - 1, k, 2] + d3 * a[number - 1, k, 3])
            if number > 1:
                for k in range(n_in):
                    weight = theta[w + k]
                    delta[number - 1, k, 0] += weight * d0
                    delta[number - 1, k, 1] += weight * d1
                    delta[number - 1, k, 2] += weight * d2
                    delta[number - 1, k, 3] += weight * d3
            w += n_in
        if number > 1:
            code = layers[number - 1, ACTIVATION]
            _times_slope(code, flat_delta, flat, number - 1, n_in)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _update(
    theta: Array, slots: Array, gradient: Array, factor: Array, optimizer: int, settings: Array,
    t: int,
) -> float:
    """Update number t in place; |θ|², which is infinite where a slot is.

    `factor` goes over the gradient: the mean over the batch, and 0 for what is fixed.
    """
    rate, momentum, beta_1, beta_2, epsilon = settings
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
    for p in range(len(theta)):
        theta[p] -= rate * (gradient[p] * factor[p])
        size += theta[p] * theta[p]
    return size


@njit(cache=True, error_model="numpy", fastmath=_FAST, nogil=True)
def train(
    theta: Array, slots: Array, t: int, count: int, layers: Integers, inputs: Array,
    targets: Array, orders: Integers, within: int, batch: int, error: Array, mask: Array,
    is_mean: bool, optimizer: int, settings: Array, limit: float, kept_z: Array, kept_a: Array,
    in_order: bool, frames: Array, frame_every: int,
) -> int:
    """Take `count` iterations after t updates, in place; how many went well.

    `inputs` and `targets` have shape (units, samples). `orders` has a row per epoch, the first one
    for the running one, or a single row for all; `within` samples of it are done. `error` is what
    a − t is multiplied with, and 1 where ∂E/∂z is that product (else 0: f'(z) is still to come),
    and 1 where a counts as often as the targets sum up to. `kept_z` and `kept_a`, shape (count,
    samples, outputs), get the output layer of the whole set: if `in_order`, where it is always the
    batch, before each update; else after each epoch. `frames`, shape (count, 1 + slots, size), get
    θ and the slots at each multiple of `frame_every` updates.
    """
    depth, samples = len(layers) - 1, inputs.shape[1]
    n_in, n_out, widest = layers[0, SIZE], layers[depth, SIZE], layers[:, SIZE].max()
    a, delta = np.zeros((depth + 1, widest, LANES)), np.zeros((depth + 1, widest, LANES))
    # The same memory with a row per layer: only a single loop over it is made parallel.
    flat, flat_delta = a.reshape(depth + 1, -1), delta.reshape(depth + 1, -1)
    z_last = np.zeros((n_out, LANES))
    gradient, factor = np.empty(len(theta)), mask.copy()
    factored, epoch, kept, framed = 1, 0, 0, 0
    for done in range(count):
        order = orders[epoch] if epoch < len(orders) else orders[0]
        stop = min(within + batch, samples)
        if is_mean and stop - within != factored:
            factored = stop - within
            for p in range(len(theta)):
                factor[p] = mask[p] / factored
        for p in range(len(theta)):
            gradient[p] = 0.0
        for first in range(within, stop, LANES):
            filled = min(LANES, stop - first)
            for u in range(n_in):
                for j in range(LANES):
                    a[0, u, j] = inputs[u, order[first + j]] if j < filled else 0.0
            _forward(theta, layers, a, flat, z_last)
            for j in range(LANES):
                if j >= filled:
                    for u in range(n_out):
                        delta[depth, u, j] = 0.0
                    continue
                row = order[first + j]
                weight = 1.0
                if error[2] > 0.0:
                    weight = 0.0
                    for u in range(n_out):
                        weight += targets[u, row]
                for u in range(n_out):
                    delta[depth, u, j] = error[0] * (weight * a[depth, u, j] - targets[u, row])
                    if in_order:
                        kept_z[kept, row, u] = z_last[u, j]
                        kept_a[kept, row, u] = a[depth, u, j]
            if error[1] == 0.0:
                _times_slope(layers[depth, ACTIVATION], flat_delta, flat, depth, n_out)
            _backward(theta, layers, a, flat, delta, flat_delta, gradient)
        if not _update(theta, slots, gradient, factor, optimizer, settings, t + done + 1) < limit:
            return done
        if (t + done + 1) % frame_every == 0:
            frames[framed, 0] = theta
            frames[framed, 1:] = slots
            framed += 1
        within = stop
        if in_order:
            kept += 1
        if within == samples:
            within = 0
            epoch += 1
            if not in_order:
                _go_over_all(theta, layers, inputs, a, flat, z_last, kept_z[kept], kept_a[kept])
                kept += 1
    return count


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _go_over_all(
    theta: Array, layers: Integers, inputs: Array, a: Array, flat: Array, z_last: Array,
    kept_z: Array, kept_a: Array,
) -> None:
    """Take every sample forward and keep the output layer, shape (samples, outputs)."""
    depth, samples = len(layers) - 1, inputs.shape[1]
    for first in range(0, samples, LANES):
        filled = min(LANES, samples - first)
        for u in range(layers[0, SIZE]):
            for j in range(LANES):
                a[0, u, j] = inputs[u, first + j] if j < filled else 0.0
        _forward(theta, layers, a, flat, z_last)
        for j in range(filled):
            for u in range(layers[depth, SIZE]):
                kept_z[first + j, u] = z_last[u, j]
                kept_a[first + j, u] = a[depth, u, j]
