"""Puts a forward and backward pass together as a list of NumPy calls on buffers that stay.

The calls of each activation, loss and optimizer stand in numpy_rows.

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

from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Network
from engine.maths.optimizers import RULES
from engine.maths.penalty import Penalty
from engine.run.spec import Spec
from engine.training.kernels.known import sloped_layers
from engine.training.kernels.numpy_activations import (
    ACTIVATIONS,
    SLOPE_OF_NET_INPUT,
    SLOPES,
)
from engine.training.kernels.numpy_rows import (
    BIAS_GRADIENTS,
    CLIPS,
    JACOBIANS,
    PENALTY_SLOPES,
    UPDATES,
    Calls,
    constant,
    output_error,
)

# NumPy starts anew at each row when it adds one row to all of a matrix: for so few units it is
# faster to write the row out for each sample first. For so many samples that takes longer again.
_NARROW, _SHORT = 16, 1_000
# So many slopes, a quarter of a megabyte, stay in the cache until they are multiplied with.
_SLOPES = 32_768


class Buffers:
    """What the passes of one run write to, with room for batches of up to `longest` samples.

    Activations and node deltas of all layers stand in one array each, layer after layer and without
    gaps, and slopes of so few as fit in `slope`, so that neighbouring layers can be worked on in
    one call. Net inputs are overwritten by activations; those of the output layer are kept for a
    loss that is read from them, and those of layers whose slope is in `net`, which is `a` where
    there is none. `biases` are those of narrow layers with a row for each sample.
    """

    def __init__(self, spec: Spec, longest: int) -> None:
        sizes = spec.network.sizes
        self.inputs = np.empty((longest, sizes[0]))
        self.targets = np.empty((longest, sizes[-1]))
        count = longest * sum(sizes[1:])
        self.a, self.delta = np.empty(count), np.empty(count)
        self.slope = np.empty(min(count, max(_SLOPES, *sizes)))
        self.z = np.empty((longest, sizes[-1])) if LOSSES[spec.loss].of_net_input else None
        reads_z = any(layer.activation in SLOPE_OF_NET_INPUT for layer in spec.network.layers)
        self.net = np.empty_like(self.a) if reads_z else self.a
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
        update: Callable[[int], Calls] | None,
    ) -> None:
        network, count = spec.network, len(inputs)
        a = [inputs, *_layered(buffers.a, network, count)]
        delta = _layered(buffers.delta, network, count)
        self.inputs, self.targets, self.a = inputs, targets, a[-1]
        net = [inputs, *_layered(buffers.net, network, count)]
        for number, layer in enumerate(network.layers, start=1):
            if layer.activation not in SLOPE_OF_NET_INPUT:
                net[number] = a[number]
        if buffers.z is not None:
            net[-1] = buffers.z[:count]
        self.z = net[-1]
        if count not in buffers.biases:
            buffers.biases[count] = _repeated_biases(network, theta, count)
        repeated, calls = buffers.biases[count]
        self.forward = list(calls)
        for number, layer in enumerate(network.layers, start=1):
            z = net[number]
            self.forward.append(partial(a[number - 1].dot, network.weights(theta, number).T, z))
            b = repeated.get(number, network.biases(theta, number))
            if b is not None:
                # z − θ and z + (−θ) are the same to the bit.
                take = np.subtract if layer.has_thresholds else np.add
                self.forward.append(partial(take, z, b, z))
            self.forward += ACTIVATIONS[layer.activation](z, a[number], layer.settings)
        backward = output_error(spec, self.a, targets, delta[-1])
        sloped, output = sloped_layers(spec), network.layers[-1].activation
        if sloped == network.depth and output in JACOBIANS:
            backward += JACOBIANS[output](delta[-1], self.a)
            sloped -= 1
        are_few = count * sum(network.sizes[1:]) <= len(buffers.slope)
        if are_few:
            backward += _slopes(network, sloped, buffers, count)
            slope = _layered(buffers.slope, network, count)
        for number in range(network.depth, 0, -1):
            layer, errors = network.layers[number - 1], delta[number - 1]
            if number > sloped or layer.function.straight:
                pass
            elif are_few:
                backward.append(partial(np.multiply, errors, slope[number - 1], errors))
            else:
                backward += _times_slope(layer, net[number], a[number], errors, buffers.slope)
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
    """f'(z) of the layers up to `last`: in one go for neighbours with the same function."""
    calls: Calls = []
    start = 0
    for function, group in groupby(network.layers[:last], lambda layer: layer.function):
        layers = list(group)
        stop = start + sum(count * len(layer.units) for layer in layers)
        if not function.straight:
            z, a, slope = (each[start:stop] for each in (buffers.net, buffers.a, buffers.slope))
            calls += SLOPES[function.key](z, a, slope, layers[0].settings)
        start = stop
    return calls


def _times_slope(layer: Layer, z: Array, a: Array, errors: Array, work: Array) -> Calls:
    """From errors ∂E/∂a of a layer to its node deltas, in place: some samples after the other, with
    as many slopes at once as there is room for to work."""
    count, units = a.shape
    at_once, calls = len(work) // units, Calls()
    for start in range(0, count, at_once):
        rows = slice(start, min(start + at_once, count))
        slope = work[: (rows.stop - start) * units].reshape(-1, units)
        calls += SLOPES[layer.activation](z[rows], a[rows], slope, layer.settings)
        calls.append(partial(np.multiply, errors[rows], slope, errors[rows]))
    return calls


def _gradient(network: Network, gradient: Array, number: int, a: Array, delta: Array) -> Calls:
    """The gradient of a layer, from what comes into it and its own deltas."""
    calls: Calls = [partial(delta.T.dot, a, network.weights(gradient, number))]
    b = network.biases(gradient, number)
    if b is not None:
        layer = network.layers[number - 1]
        calls += BIAS_GRADIENTS[layer.bias](delta, b)
        if layer.has_thresholds:
            calls.append(partial(np.negative, b, b))
    return calls


def mean_calls(gradient: Array, count: int) -> Calls:
    """From a sum over so many samples to their mean."""
    return [] if count == 1 else [partial(np.divide, gradient, constant(count), gradient)]


def penalty_calls(penalty: Penalty, theta: Array, gradient: Array, counted: Array) -> Calls:
    """Add what penalties make of θ to a gradient, for the parameters that are `counted`."""
    w, slope, total = np.empty_like(theta), np.empty_like(theta), np.empty_like(theta)
    calls: Calls = [partial(np.multiply, theta, counted, w)]
    for number, (rule, strength) in enumerate(penalty.parts):
        calls += PENALTY_SLOPES[rule.key](w, slope)
        calls.append(partial(np.multiply, slope, constant(strength), slope if number else total))
        if number:
            calls.append(partial(np.add, total, slope, total))
    return [*calls, partial(np.add, gradient, total, gradient)]


def update_calls(
    spec: Spec,
    theta: Array,
    gradient: Array,
    slots: list[Array],
    mask: Array | None,
    numbers: list[Array],
) -> Calls:
    """The update of θ and the slots in place; `gradient` is used up. `numbers` as in
    UpdateCalls."""
    optimizer, step = spec.used_optimizer, np.empty_like(theta)
    calls: Calls = [] if mask is None else [partial(np.multiply, gradient, mask, gradient)]
    calls += CLIPS[spec.clipping.name](gradient, spec.clipping.limit)
    calls += UPDATES[optimizer.key].step(optimizer, theta, gradient, slots, numbers, step)
    if mask is not None and RULES[optimizer.key].decays:
        calls.append(partial(np.multiply, step, mask, step))
    calls.append(partial(np.subtract, theta, step, theta))
    return calls
