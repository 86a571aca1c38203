"""What numba compiles of functions: e to a power for several numbers at once, and the activations
that are not asked for most. Those that are stand in numba_code, within its loops.
"""

from __future__ import annotations

from functools import partial
from math import erf, factorial, pi, sqrt
from typing import Any

import numpy as np
from numba import njit

from engine.maths.activation_functions import GELU_BEND, GELU_STEEPNESS, Array

FIRST_RARE = 6
(
    SCALED_SIGMOID, SCALED_LINEAR, _BIPOLAR, _ELU, _SOFTPLUS, _SOFTSIGN, _HARD_TANH, _GELU,
    _GELU_TANH, _SILU,
) = range(FIRST_RARE, FIRST_RARE + 10)  # fmt: skip
# By their keys in ACTIVATIONS; a sigmoid with a gain and a linear layer with a slope are others
# than those without. From GELU on slopes are read from net inputs.
RARE_CODES = {
    "bipolar_sigmoid": _BIPOLAR,
    "elu": _ELU,
    "softplus": _SOFTPLUS,
    "softsign": _SOFTSIGN,
    "hard_tanh": _HARD_TANH,
    "gelu": _GELU,
    "gelu_tanh": _GELU_TANH,
    "silu": _SILU,
}

FAST = {"contract", "reassoc", "nsz"}
# No array is made or given up in here, so none needs its references counted. What is called from in
# here alone needs no way in from Python, and becomes part of its caller: a call takes as long as
# the products of a unit. All this takes off time, to compile and to run.
compiled: Any = partial(njit, error_model="numpy", no_cfunc_wrapper=True, _nrt=False)
inner: Any = partial(compiled, no_cpython_wrapper=True, forceinline=True)

_LOG2_E = 1.4426950408889634
# ln 2 in two parts; the first has so few digits that its product with an exponent is exact.
_LN_2_HIGH, _LN_2_LOW = 0.6931471787393093, 1.8206359985041462e-09
# Added to a number, it leaves no room for a fraction: what was the number is rounded then, and
# stands as an integer in the last bits. Processors do that for several numbers at once.
_ROUNDER = 1.5 * 2.0**52
_EXPONENT_OF_1 = 1023 << 52
_C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12, _C13 = (
    1.0 / factorial(n) for n in range(2, 14)
)


@inner(fastmath={"contract", "nsz"})
def exp_parts(x: float) -> tuple[float, float]:
    """q and s with e^x = s + s q and s a power of two, for |x| ≤ 708.

    x = k ln 2 + r with |r| ≤ ½ ln 2; s = 2^k, put together from its bits, and q = e^r − 1 by the
    first terms of its series, which leave less than 1e-17. Grouped so that a processor can work on
    several at once; only plain arithmetic, so that it can do so for all lanes together.
    """
    rounded = np.float64(x * _LOG2_E + _ROUNDER)
    k = rounded - _ROUNDER
    r = (x - k * _LN_2_HIGH) - k * _LN_2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (r + r2 * (_C2 + _C3 * r)) + r4 * ((_C4 + _C5 * r) + r2 * (_C6 + _C7 * r))
    high = ((_C8 + _C9 * r) + r2 * (_C10 + _C11 * r)) + r4 * (_C12 + _C13 * r)
    s = np.int64((rounded.view(np.int64) << 52) + _EXPONENT_OF_1).view(np.float64)
    return low + (r4 * r4) * high, s


@inner(fastmath=FAST)
def within(x: float, bound: float) -> float:
    """x, but no further from 0 than a bound."""
    x = bound if x > bound else x
    return -bound if x < -bound else x


_rare: Any = partial(compiled, no_cpython_wrapper=True)
_ROOT_2, _ROOT_2_PI = sqrt(2.0), sqrt(2.0 * pi)


@inner(fastmath=FAST)
def _less_one(x: float) -> float:
    """e^x − 1, which keeps its digits near 0."""
    q, s = exp_parts(x)
    less_one: float = s * q + (s - 1.0)
    return less_one


@inner(fastmath=FAST)
def _sigmoid(z: float) -> float:
    q, s = exp_parts(within(-z, 708.0))
    share: float = 1.0 / (1.0 + (s + s * q))
    return share


@inner(fastmath=FAST)
def _tanh(z: float) -> float:
    less_one: float = _less_one(within(2.0 * z, 80.0))
    return less_one / (less_one + 2.0)


@inner(fastmath=FAST)
def _bent(z: float) -> float:
    """The tanh that stands for erf in GELU."""
    bent: float = _tanh(GELU_STEEPNESS * (z + GELU_BEND * z * z * z))
    return bent


@inner(fastmath={"contract", "nsz"})
def _log_of_1_and(y: float) -> float:
    """ln(1 + y) for 0 ≤ y ≤ 1: 2 artanh w with w = y / (2 + y), by the terms of its series down to
    1e-17; only plain arithmetic, as in exp_parts."""
    w = y / (2.0 + y)
    w2 = w * w
    rest = 1.0 / 35.0
    for n in range(33, 0, -2):
        rest = rest * w2 + 1.0 / n
    return 2.0 * (w * rest)


@_rare(fastmath=FAST)
def activate_rare(
    code: int, setting: float, a: Array, net: Array, number: int, count: int
) -> None:
    """From net inputs to activations of a layer, in place; those that slopes are read from are kept
    in `net`."""
    if code >= _GELU:
        for i in range(count):
            net[number, i] = a[number, i]
    if code == SCALED_SIGMOID:
        for i in range(count):
            a[number, i] = _sigmoid(setting * a[number, i])
    elif code == SCALED_LINEAR:
        for i in range(count):
            a[number, i] = setting * a[number, i]
    elif code == _BIPOLAR:
        for i in range(count):
            a[number, i] = _tanh(0.5 * (setting * a[number, i]))
    elif code == _ELU:
        for i in range(count):
            z = a[number, i]
            below = z if z < 0.0 else 0.0
            a[number, i] = z if z > 0.0 else setting * _less_one(within(below, 708.0))
    elif code == _SOFTPLUS:
        for i in range(count):
            z = a[number, i]
            q, s = exp_parts(within(-abs(z), 708.0))
            a[number, i] = (z if z > 0.0 else 0.0) + _log_of_1_and(s + s * q)
    elif code == _SOFTSIGN:
        for i in range(count):
            a[number, i] = a[number, i] / (1.0 + abs(a[number, i]))
    elif code == _HARD_TANH:
        for i in range(count):
            a[number, i] = within(a[number, i], 1.0)
    elif code == _GELU:
        for i in range(count):
            z = a[number, i]
            a[number, i] = z * (0.5 * (1.0 + erf(z / _ROOT_2)))
    elif code == _GELU_TANH:
        for i in range(count):
            z = a[number, i]
            a[number, i] = 0.5 * z * (1.0 + _bent(z))
    elif code == _SILU:
        for i in range(count):
            a[number, i] *= _sigmoid(a[number, i])


@_rare(fastmath=FAST)
def times_rare_slope(
    code: int, setting: float, delta: Array, a: Array, net: Array, number: int, count: int
) -> None:
    """From errors ∂E/∂a of a layer to its node deltas, in place."""
    if code == SCALED_SIGMOID:
        for i in range(count):
            delta[number, i] *= setting * (a[number, i] * (1.0 - a[number, i]))
    elif code == SCALED_LINEAR:
        for i in range(count):
            delta[number, i] *= setting
    elif code == _BIPOLAR:
        for i in range(count):
            sides = (1.0 + a[number, i]) * (1.0 - a[number, i])
            delta[number, i] *= setting * (0.5 * sides)
    elif code == _ELU:
        for i in range(count):
            delta[number, i] *= 1.0 if a[number, i] > 0.0 else a[number, i] + setting
    elif code == _SOFTPLUS:
        for i in range(count):
            delta[number, i] *= -_less_one(within(-a[number, i], 708.0))
    elif code == _SOFTSIGN:
        for i in range(count):
            left = 1.0 - abs(a[number, i])
            delta[number, i] *= left * left
    elif code == _HARD_TANH:
        for i in range(count):
            delta[number, i] *= 1.0 if abs(a[number, i]) < 1.0 else 0.0
    elif code == _GELU:
        for i in range(count):
            z = net[number, i]
            q, s = exp_parts(within(-0.5 * z * z, 708.0))
            share = 0.5 * (1.0 + erf(z / _ROOT_2))
            delta[number, i] *= share + z * ((s + s * q) / _ROOT_2_PI)
    elif code == _GELU_TANH:
        for i in range(count):
            z = net[number, i]
            bent = _bent(z)
            steep = GELU_STEEPNESS * (1.0 + 3.0 * GELU_BEND * z * z)
            bow = 0.5 * z * (1.0 - bent * bent) * steep
            delta[number, i] *= 0.5 * (1.0 + bent) + bow
    elif code == _SILU:
        for i in range(count):
            z = net[number, i]
            share = _sigmoid(z)
            delta[number, i] *= share * (1.0 + z * (1.0 - share))
