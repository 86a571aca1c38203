"""What the NumPy kernel knows of activations: each as NumPy calls, forward and as its slope.

What every number goes through is that of engine.maths.activation_functions in the same order, so
results are the same to the bit. What is said there of infinite numbers is left out: no net input of
a run that goes on is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import pi, sqrt

import numpy as np

from engine.maths.activation_functions import ERF, GELU_BEND, GELU_STEEPNESS, Array
from engine.training.kernels.numpy_rows import Calls, constant

Settings = Mapping[str, float]  # of a layer

_ZERO, _ONE, _HALF, _MINUS_HALF = constant(0.0), constant(1.0), constant(0.5), constant(-0.5)
_MINUS_ONE = constant(-1.0)
_ROOT_2, _ROOT_2_PI = constant(sqrt(2.0)), constant(sqrt(2.0 * pi))
_BEND, _STEEPNESS = constant(GELU_BEND), constant(GELU_STEEPNESS)
_THREE_BENDS = constant(3.0 * GELU_BEND)


def _scaled(z: Array, factor: float, a: Array) -> tuple[Calls, Array]:
    """A factor times z, and where it is then: in `a`, but for a factor of 1."""
    if factor == 1.0:
        return [], z
    return [partial(np.multiply, z, constant(factor), a)], a


def _sigmoid_of(z: Array, a: Array) -> Calls:
    return [
        partial(np.negative, z, a),
        partial(np.exp, a, a),
        partial(np.add, a, _ONE, a),
        partial(np.reciprocal, a, a),
    ]


def _sigmoid(z: Array, a: Array, settings: Settings) -> Calls:
    calls, z = _scaled(z, settings["gain"], a)
    return calls + _sigmoid_of(z, a)


def _bipolar(z: Array, a: Array, settings: Settings) -> Calls:
    calls, z = _scaled(z, settings["gain"], a)
    return [*calls, partial(np.multiply, z, _HALF, a), partial(np.tanh, a, a)]


def _leaky_relu(z: Array, a: Array, settings: Settings) -> Calls:
    scaled, leak = np.empty_like(z), constant(settings["leak"])
    return [partial(np.multiply, z, leak, scaled), partial(np.maximum, z, scaled, out=a)]


def _elu(z: Array, a: Array, settings: Settings) -> Calls:
    below, alpha = np.empty_like(z), constant(settings["alpha"])
    return [
        partial(np.minimum, z, _ZERO, out=below),
        partial(np.expm1, below, below),
        partial(np.multiply, below, alpha, below),
        partial(np.maximum, z, _ZERO, out=a),
        partial(np.add, a, below, a),
    ]


def _share(z: Array, share: Array) -> Calls:
    """The share of a normal distribution that lies below z."""
    return [
        partial(np.divide, z, _ROOT_2, share),
        partial(ERF, share, out=share, casting="unsafe"),  # numbers come from it as objects
        partial(np.add, share, _ONE, share),
        partial(np.multiply, share, _HALF, share),
    ]


def _bent(z: Array, bent: Array) -> Calls:
    """The tanh that stands for erf."""
    return [
        partial(np.multiply, z, _BEND, bent),
        partial(np.multiply, bent, z, bent),
        partial(np.multiply, bent, z, bent),
        partial(np.add, z, bent, bent),
        partial(np.multiply, bent, _STEEPNESS, bent),
        partial(np.tanh, bent, bent),
    ]


def _gelu(z: Array, a: Array, settings: Settings) -> Calls:
    return [*_share(z, a), partial(np.multiply, z, a, a)]


def _tanh_gelu(z: Array, a: Array, settings: Settings) -> Calls:
    half = np.empty_like(z)
    return [
        *_bent(z, a),
        partial(np.add, a, _ONE, a),
        partial(np.multiply, z, _HALF, half),
        partial(np.multiply, half, a, a),
    ]


def _silu(z: Array, a: Array, settings: Settings) -> Calls:
    return [*_sigmoid_of(z, a), partial(np.multiply, z, a, a)]


def _softplus(z: Array, a: Array, settings: Settings) -> Calls:
    rest = np.empty_like(z)
    return [
        partial(np.abs, z, rest),
        partial(np.negative, rest, rest),
        partial(np.exp, rest, rest),
        partial(np.log1p, rest, rest),
        partial(np.maximum, z, _ZERO, out=a),
        partial(np.add, a, rest, a),
    ]


def _softsign(z: Array, a: Array, settings: Settings) -> Calls:
    below = np.empty_like(z)
    return [
        partial(np.abs, z, below),
        partial(np.add, below, _ONE, below),
        partial(np.divide, z, below, a),
    ]


def _hard_tanh(z: Array, a: Array, settings: Settings) -> Calls:
    return [partial(np.maximum, z, _MINUS_ONE, out=a), partial(np.minimum, a, _ONE, out=a)]


def _linear(z: Array, a: Array, settings: Settings) -> Calls:
    calls, z = _scaled(z, settings["slope"], a)
    return calls if z is a else [partial(np.copyto, a, z)]


def _softmax(z: Array, a: Array, settings: Settings) -> Calls:
    each = np.empty((len(z), 1))
    return [
        partial(np.maximum.reduce, z, -1, None, each, True),
        partial(np.subtract, z, each, a),
        partial(np.exp, a, a),
        partial(np.add.reduce, a, -1, None, each, True),
        partial(np.divide, a, each, a),
    ]


# From z to a, both of shape (samples, units); they may be the same array, but for an activation
# whose slope is read from z too.
ACTIVATIONS: dict[str, Callable[[Array, Array, Settings], Calls]] = {
    "sigmoid": _sigmoid,
    "bipolar_sigmoid": _bipolar,
    "tanh": lambda z, a, settings: [partial(np.tanh, z, a)],
    "relu": lambda z, a, settings: [partial(np.maximum, z, _ZERO, out=a)],
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "gelu": _gelu,
    "gelu_tanh": _tanh_gelu,
    "silu": _silu,
    "softplus": _softplus,
    "softsign": _softsign,
    "hard_tanh": _hard_tanh,
    "linear": _linear,
    "softmax": _softmax,
}
SLOPE_OF_NET_INPUT = {"gelu", "gelu_tanh", "silu"}


def _times_gain(settings: Settings, slope: Array) -> Calls:
    return _scaled(slope, settings["gain"], slope)[0]


def _sigmoid_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    return [
        partial(np.subtract, _ONE, a, slope),
        partial(np.multiply, a, slope, slope),
        *_times_gain(settings, slope),
    ]


def _bipolar_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    more = np.empty_like(a)
    return [
        partial(np.add, a, _ONE, more),
        partial(np.subtract, _ONE, a, slope),
        partial(np.multiply, more, slope, slope),
        partial(np.multiply, slope, _HALF, slope),
        *_times_gain(settings, slope),
    ]


def _tanh_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    return [partial(np.multiply, a, a, slope), partial(np.subtract, _ONE, slope, slope)]


def _leaky_relu_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    leak = constant(settings["leak"])
    return [partial(np.sign, a, slope), partial(np.maximum, slope, leak, out=slope)]


def _elu_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    above = np.empty(a.shape, dtype=np.bool_)
    return [
        partial(np.add, a, constant(settings["alpha"]), slope),
        partial(np.greater, a, _ZERO, above),
        partial(np.copyto, slope, _ONE, where=above),
    ]


def _gelu_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    share = np.empty_like(z)
    return [
        *_share(z, share),
        partial(np.multiply, z, _MINUS_HALF, slope),
        partial(np.multiply, slope, z, slope),
        partial(np.exp, slope, slope),
        partial(np.divide, slope, _ROOT_2_PI, slope),
        partial(np.multiply, slope, z, slope),
        partial(np.add, share, slope, slope),
    ]


def _tanh_gelu_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    bent, steep, flat = np.empty_like(z), np.empty_like(z), np.empty_like(z)
    return [
        *_bent(z, bent),
        partial(np.multiply, z, _THREE_BENDS, steep),
        partial(np.multiply, steep, z, steep),
        partial(np.add, steep, _ONE, steep),
        partial(np.multiply, steep, _STEEPNESS, steep),
        partial(np.multiply, bent, bent, flat),
        partial(np.subtract, _ONE, flat, flat),
        partial(np.multiply, z, _HALF, slope),
        partial(np.multiply, slope, flat, slope),
        partial(np.multiply, slope, steep, slope),
        partial(np.add, bent, _ONE, bent),
        partial(np.multiply, bent, _HALF, bent),
        partial(np.add, bent, slope, slope),
    ]


def _silu_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    share = np.empty_like(z)
    return [
        *_sigmoid_of(z, share),
        partial(np.subtract, _ONE, share, slope),
        partial(np.multiply, slope, z, slope),
        partial(np.add, slope, _ONE, slope),
        partial(np.multiply, slope, share, slope),
    ]


def _softplus_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    return [
        partial(np.negative, a, slope),
        partial(np.expm1, slope, slope),
        partial(np.negative, slope, slope),
    ]


def _softsign_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    return [
        partial(np.abs, a, slope),
        partial(np.subtract, _ONE, slope, slope),
        partial(np.multiply, slope, slope, slope),
    ]


def _hard_tanh_slope(z: Array, a: Array, slope: Array, settings: Settings) -> Calls:
    return [partial(np.abs, a, slope), partial(np.less, slope, _ONE, slope)]


# From a, and z where the table says so, to the slope f'(z), of any shape. Where it is 1 everywhere
# nothing is multiplied with it, and nobody asks.
SLOPES: dict[str, Callable[[Array, Array, Array, Settings], Calls]] = {
    "sigmoid": _sigmoid_slope,
    "bipolar_sigmoid": _bipolar_slope,
    "tanh": _tanh_slope,
    "relu": lambda z, a, slope, settings: [partial(np.sign, a, slope)],
    "leaky_relu": _leaky_relu_slope,
    "elu": _elu_slope,
    "gelu": _gelu_slope,
    "gelu_tanh": _tanh_gelu_slope,
    "silu": _silu_slope,
    "softplus": _softplus_slope,
    "softsign": _softsign_slope,
    "hard_tanh": _hard_tanh_slope,
    "linear": lambda z, a, slope, settings: [partial(slope.fill, settings["slope"])],
}
