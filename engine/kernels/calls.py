"""A forward and backward pass as a list of NumPy calls on buffers that stay where they are.

For networks as small as those in books nearly all of the time goes into starting each operation,
not into the numbers. So everything that does not change is bound once: `numpy.add` to its two
operands and the place for the result, `a.dot` to the weights it is multiplied with. A pass is then
`for call in calls: call()`. The operations are those of engine.backprop in the same order, so the
results are the same to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from engine.activations import LEAKY_SLOPE, Array
from engine.losses import LOSSES
from engine.network import Network
from engine.optimizers import Optimizer
from engine.spec import Spec

Calls = list[Callable[[], object]]


def _constant(value: float) -> Array:
    """A number that a ufunc takes as it is; a Python number would be converted at each call."""
    return np.array(value)


_ZERO, _ONE, _TWO, _LEAK = _constant(0.0), _constant(1.0), _constant(2.0), _constant(LEAKY_SLOPE)


class Buffers:
    """What the passes of one run write to, with room for batches of up to `longest` samples.

    A hidden layer's net inputs are overwritten by its activations; those of the output layer are
    kept for a loss that is read from them.
    """

    def __init__(self, spec: Spec, longest: int) -> None:
        network = spec.network
        self.inputs = np.empty((longest, network.sizes[0]))
        self.targets = np.empty((longest, network.sizes[-1]))
        self.a = [np.empty((longest, size)) for size in network.sizes[1:]]
        self.delta = [np.empty((longest, size)) for size in network.sizes[1:]]
        self.slope = [np.empty((longest, size)) for size in network.sizes[1:]]
        self.z = np.empty_like(self.a[-1]) if LOSSES[spec.loss].of_net_input else self.a[-1]


class Pass:
    """The calls for a batch of one length: `forward`, and `both` with the way back after it.

    `inputs` and `targets`, shape (samples, …), are read where they lie; the gradient of θ, summed
    over the samples, is written to `gradient`. `z` and `a` are the output layer's.
    `update(layer)`, where it is given, are calls that update a layer as soon as it has its
    gradient, before the deltas go back through it.
    """

    def __init__(
        self,
        spec: Spec,
        theta: Array,
        gradient: Array,
        buffers: Buffers,
        inputs: Array,
        targets: Array,
        update: Callable[[int], Calls] | None = None,
    ) -> None:
        network, count = spec.network, len(inputs)
        self.inputs, self.targets = inputs, targets
        a = [inputs, *(each[:count] for each in buffers.a)]
        delta = [each[:count] for each in buffers.delta]
        slope = [each[:count] for each in buffers.slope]
        self.z, self.a = buffers.z[:count], a[-1]
        self.forward: Calls = []
        for number, layer in enumerate(network.layers, start=1):
            z = self.z if number == network.depth else a[number]
            self.forward += _net_input(network, theta, number, a[number - 1], z)
            self.forward += _ACTIVATIONS[layer.activation](z, a[number])
        last = network.layers[-1].activation
        backward = _output_error(spec.loss, self.a, targets, delta[-1])
        if not LOSSES[spec.loss].is_short:
            backward += _SLOPES[last](delta[-1], a[-1], slope[-1])
        for number in range(network.depth, 0, -1):
            backward += _gradient(network, gradient, number, a[number - 1], delta[number - 1])
            if update is not None:
                backward += update(number)
            if number > 1:
                W, before = network.weights(theta, number), number - 2
                backward.append(partial(delta[number - 1].dot, W, delta[before]))
                activation = network.layers[before].activation
                backward += _SLOPES[activation](delta[before], a[number - 1], slope[before])
        self.both = self.forward + backward


def _net_input(network: Network, theta: Array, number: int, a: Array, z: Array) -> Calls:
    calls: Calls = [partial(a.dot, network.weights(theta, number).T, z)]
    b = network.biases(theta, number)
    if b is not None:
        calls.append(partial(np.add, z, b, z))
    return calls


def _sigmoid(z: Array, a: Array) -> Calls:
    # Where e^-z overflows, at z < -709, this is 0 and engine.activations.sigmoid below 1e-308.
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


_ACTIVATIONS: dict[str, Callable[[Array, Array], Calls]] = {
    "sigmoid": _sigmoid,
    "tanh": lambda z, a: [partial(np.tanh, z, a)],
    "relu": lambda z, a: [partial(np.maximum, z, _ZERO, out=a)],
    "leaky_relu": _leaky_relu,
    "linear": lambda z, a: [] if z is a else [partial(np.copyto, a, z)],
    "softmax": _softmax,
}

# From an error ∂E/∂a in `delta` to the node delta, by the slope f'(z) in terms of a.
_SLOPES: dict[str, Callable[[Array, Array, Array], Calls]] = {
    "sigmoid": lambda delta, a, slope: [
        partial(np.subtract, _ONE, a, slope),
        partial(np.multiply, a, slope, slope),
        partial(np.multiply, delta, slope, delta),
    ],
    "tanh": lambda delta, a, slope: [
        partial(np.multiply, a, a, slope),
        partial(np.subtract, _ONE, slope, slope),
        partial(np.multiply, delta, slope, delta),
    ],
    "relu": lambda delta, a, slope: [
        partial(np.sign, a, slope),
        partial(np.multiply, delta, slope, delta),
    ],
    "leaky_relu": lambda delta, a, slope: [
        partial(np.sign, a, slope),
        partial(np.maximum, slope, _LEAK, out=slope),
        partial(np.multiply, delta, slope, delta),
    ],
    "linear": lambda delta, a, slope: [],
}


def _output_error(loss: str, a: Array, targets: Array, delta: Array) -> Calls:
    """∂E/∂a of the output layer, or for a loss that is short its node delta."""
    if loss == "categorical_cross_entropy":
        total = np.empty((len(targets), 1))
        return [
            partial(np.add.reduce, targets, -1, None, total, True),
            partial(np.multiply, a, total, delta),
            partial(np.subtract, delta, targets, delta),
        ]
    calls: Calls = [partial(np.subtract, a, targets, delta)]
    if loss in ("squared_error", "mean_squared_error"):
        calls.append(partial(np.multiply, delta, _TWO, delta))
    if loss in ("mean_squared_error", "binary_cross_entropy") and a.shape[1] > 1:
        calls.append(partial(np.divide, delta, _constant(a.shape[1]), delta))
    return calls


def _gradient(network: Network, gradient: Array, number: int, a: Array, delta: Array) -> Calls:
    """The gradient of a layer, from what comes into it and its own deltas."""
    calls: Calls = [partial(delta.T.dot, a, network.weights(gradient, number))]
    b = network.biases(gradient, number)
    if b is not None and network.layers[number - 1].bias == "shared":
        calls.append(partial(np.add.reduce, delta, None, None, b.reshape(())))
    elif b is not None:
        calls.append(partial(np.ones(len(a)).dot, delta, b))
    return calls


def mean_calls(gradient: Array, count: int) -> Calls:
    """From a sum over so many samples to their mean."""
    return [] if count == 1 else [partial(np.divide, gradient, _constant(count), gradient)]


def update_calls(
    optimizer: Optimizer,
    theta: Array,
    gradient: Array,
    slots: list[Array],
    mask: Array | None,
    adam_step: NDArray[np.float64],
) -> Calls:
    """The update of θ and the slots in place; `gradient` is used up. `adam_step` holds η_t."""
    rate, step = _constant(optimizer.learning_rate), np.empty_like(theta)
    calls: Calls = [] if mask is None else [partial(np.multiply, gradient, mask, gradient)]
    if optimizer.key == "gradient_descent":
        calls.append(partial(np.multiply, gradient, rate, step))
    elif optimizer.key == "momentum":
        (v,) = slots
        calls += [
            partial(np.multiply, v, _constant(optimizer.momentum), v),
            partial(np.add, v, gradient, v),
            partial(np.multiply, v, rate, step),
        ]
    else:
        m, v = slots
        beta_1, beta_2 = optimizer.beta_1, optimizer.beta_2
        calls += [
            partial(np.multiply, m, _constant(beta_1), m),
            partial(np.multiply, gradient, _constant(1.0 - beta_1), step),
            partial(np.add, m, step, m),
            partial(np.multiply, v, _constant(beta_2), v),
            partial(np.multiply, gradient, gradient, gradient),
            partial(np.multiply, gradient, _constant(1.0 - beta_2), gradient),
            partial(np.add, v, gradient, v),
            partial(np.sqrt, v, gradient),
            partial(np.add, gradient, _constant(optimizer.epsilon), gradient),
            partial(np.multiply, m, adam_step, step),
            partial(np.divide, step, gradient, step),
        ]
    calls.append(partial(np.subtract, theta, step, theta))
    return calls
