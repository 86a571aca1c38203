"""A forward and backward pass as a list of NumPy calls on buffers that stay where they are.

For networks as small as those in books nearly all of the time goes into starting each operation,
not into the numbers: the fewer and the plainer, the faster. So everything that does not change is
bound once: `numpy.add` to its two operands and the place for the result, `a.dot` to the weights it
is multiplied with. A pass is then `for call in calls: call()`. What every number goes through is
that of engine.maths.backprop in the same order, so the results are the same to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from engine.maths.activations import LEAKY_SLOPE, Array
from engine.maths.losses import LOSSES
from engine.maths.network import Network
from engine.maths.optimizers import Optimizer
from engine.run.spec import Spec

Calls = list[Callable[[], object]]


def _constant(value: float) -> Array:
    """A number that a ufunc takes as it is; a Python number would be converted at each call."""
    return np.array(value)


_ZERO, _ONE, _TWO, _LEAK = _constant(0.0), _constant(1.0), _constant(2.0), _constant(LEAKY_SLOPE)

# NumPy starts anew at each row when it adds one row to all of a matrix: for so few units it is
# faster to write the row out for each sample first. For so many samples that takes longer again.
_NARROW, _SHORT = 16, 1_000


class Buffers:
    """What the passes of one run write to, with room for batches of up to `longest` samples.

    Activations, node deltas and slopes of all layers stand in one array each, layer after layer
    and without gaps, so that neighbouring layers can be worked on in one call. Net inputs are
    overwritten by activations; those of the output layer are kept for a loss that is read from
    them. `biases` are those of narrow layers with a row for each sample.
    """

    def __init__(self, spec: Spec, longest: int) -> None:
        sizes = spec.network.sizes
        self.inputs = np.empty((longest, sizes[0]))
        self.targets = np.empty((longest, sizes[-1]))
        self.a, self.delta, self.slope = (np.empty(longest * sum(sizes[1:])) for _ in range(3))
        self.z = np.empty((longest, sizes[-1])) if LOSSES[spec.loss].of_net_input else None
        self.biases: dict[int, tuple[dict[int, Array], Calls]] = {}  # by the length of a batch


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
        a = [inputs, *_layered(buffers.a, network, count)]
        delta = _layered(buffers.delta, network, count)
        slope = _layered(buffers.slope, network, count)
        self.inputs, self.targets, self.a = inputs, targets, a[-1]
        self.z = a[-1] if buffers.z is None else buffers.z[:count]
        if count not in buffers.biases:
            buffers.biases[count] = _repeated_biases(network, theta, count)
        repeated, calls = buffers.biases[count]
        self.forward = list(calls)
        for number, layer in enumerate(network.layers, start=1):
            z = self.z if number == network.depth else a[number]
            self.forward.append(partial(a[number - 1].dot, network.weights(theta, number).T, z))
            b = repeated.get(number, network.biases(theta, number))
            if b is not None:
                self.forward.append(partial(np.add, z, b, z))
            self.forward += _ACTIVATIONS[layer.activation](z, a[number])
        backward = _output_error(spec.loss, self.a, targets, delta[-1])
        sloped = network.depth - (1 if LOSSES[spec.loss].is_short else 0)
        backward += _slopes(network, sloped, buffers, count)
        for number in range(network.depth, 0, -1):
            if number <= sloped and network.layers[number - 1].activation != "linear":
                errors = delta[number - 1]
                backward.append(partial(np.multiply, errors, slope[number - 1], errors))
            backward += _gradient(network, gradient, number, a[number - 1], delta[number - 1])
            if update is not None:
                backward += update(number)
            if number > 1:
                W = network.weights(theta, number)
                backward.append(partial(delta[number - 1].dot, W, delta[number - 2]))
        self.both = self.forward + backward


def _layered(flat: Array, network: Network, count: int) -> list[Array]:
    """The layers in one of the buffers, each of shape (count, units)."""
    layers, start = [], 0
    for size in network.sizes[1:]:
        layers.append(flat[start : start + count * size].reshape(count, size))
        start += count * size
    return layers


def _repeated_biases(network: Network, theta: Array, count: int) -> tuple[dict[int, Array], Calls]:
    """The biases of narrow layers, by number, with a row for each sample; how they get there."""
    places = np.arange(network.size, dtype=np.float64)
    rows: dict[int, Array] = {}
    for number, size in enumerate(network.sizes[1:], start=1):
        b = network.biases_per_unit(places, number)
        if b is not None and size <= _NARROW and count <= _SHORT:
            rows[number] = np.tile(b, count)
    if not rows:
        return {}, []
    index = np.concatenate(list(rows.values())).astype(np.intp)
    flat = np.empty(len(index))
    parts = np.split(flat, np.cumsum([len(row) for row in rows.values()])[:-1])
    repeated = {number: part.reshape(count, -1) for number, part in zip(rows, parts, strict=True)}
    return repeated, [partial(theta.take, index, 0, flat, "clip")]


def _slopes(network: Network, last: int, buffers: Buffers, count: int) -> Calls:
    """f'(z) of the layers up to `last`: in one go for neighbours with the same activation."""
    calls: Calls = []
    start = 0
    for activation, group in groupby(network.layers[:last], lambda layer: layer.activation):
        stop = start + sum(count * len(layer.units) for layer in group)
        calls += _SLOPES[activation](buffers.a[start:stop], buffers.slope[start:stop])
        start = stop
    return calls


def _sigmoid(z: Array, a: Array) -> Calls:
    # Where e^-z overflows, at z < -709, this is 0 and the plain sigmoid below 1e-308.
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

# The slope f'(z) in terms of a; that of a linear layer is 1 and never multiplied with.
_SLOPES: dict[str, Callable[[Array, Array], Calls]] = {
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
    "linear": lambda a, slope: [],
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
    rate, step = _constant(optimizer["learning_rate"]), np.empty_like(theta)
    calls: Calls = [] if mask is None else [partial(np.multiply, gradient, mask, gradient)]
    if optimizer.key == "gradient_descent":
        calls.append(partial(np.multiply, gradient, rate, step))
    elif optimizer.key == "momentum":
        (v,) = slots
        calls += [
            partial(np.multiply, v, _constant(optimizer["momentum"]), v),
            partial(np.add, v, gradient, v),
            partial(np.multiply, v, rate, step),
        ]
    else:
        m, v = slots
        beta_1, beta_2 = optimizer["beta_1"], optimizer["beta_2"]
        calls += [
            partial(np.multiply, m, _constant(beta_1), m),
            partial(np.multiply, gradient, _constant(1.0 - beta_1), step),
            partial(np.add, m, step, m),
            partial(np.multiply, v, _constant(beta_2), v),
            partial(np.multiply, gradient, gradient, gradient),
            partial(np.multiply, gradient, _constant(1.0 - beta_2), gradient),
            partial(np.add, v, gradient, v),
            partial(np.sqrt, v, gradient),
            partial(np.add, gradient, _constant(optimizer["epsilon"]), gradient),
            partial(np.multiply, m, adam_step, step),
            partial(np.divide, step, gradient, step),
        ]
    calls.append(partial(np.subtract, theta, step, theta))
    return calls
