"""Forward and backward: the whole of backpropagation, for any number of samples at once.

    forward     z^l = W^l a^(l-1) + b^l          net input
                a^l = f(z^l)                     activation
                E = Σ_k E_k(a_k^L, t_k)          loss
    backward    δ^L = ∂E/∂a^L · f'(z^L)          node delta, at the output
                δ_j^L = Σ_k ∂E/∂a_k^L · ∂a_k^L/∂z_j^L    where each output depends on every z
                δ^l = (W^(l+1))ᵀ δ^(l+1) · f'(z^l)   node delta, one layer further in
                ∂E/∂W^l = δ^l (a^(l-1))ᵀ         gradient of the weights
                ∂E/∂b^l = δ^l                    gradient of the biases

A layer with thresholds has −θ^l in place of b^l, and so ∂E/∂θ^l = −δ^l.
With dropout a layer has a mask k^l of 0 for units that are left out, 1/(1 − p) for the others:
a^l = k^l · f(z^l), and so k^l · f'(z^l) in place of f'(z^l).

Samples are rows here, so each equation appears transposed: z = a Wᵀ + b. Many runs can go at once:
with a θ of shape (runs, size) all that is worked out has an axis of runs in front.

Each formula is a function of its own, and a pass asks them through `Rules`: RIGHT are these; what
people write instead stands in engine.maths.wrong_formulas. What a pass has worked out goes through
`Rules.carried` before anything follows from it; paper mode rounds it there.

Source: D. Rumelhart, G. Hinton, R. Williams, Learning representations by back-propagating
errors, Nature 323 (1986); in this notation M. Nielsen, Neural Networks and Deep Learning (2015),
chapter 2, equations BP1 to BP4.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from engine.maths.activations import Activation, Array
from engine.maths.losses import Loss
from engine.maths.network import Network


def net_input(a: Array, W: Array, b: Array | None) -> Array:
    """z^l = W^l a^(l-1) + b^l, shape (samples, n_out), of `a` in shape (samples, n_in) and W in
    (n_out, n_in); `b` is None for a layer without biases."""
    z = a @ W.mT
    if b is not None:
        z += b
    return z


def loss_slope(loss: Loss, a: Array, targets: Array) -> Array:
    """∂E/∂a^L of a loss with its settings given; shape (samples, outputs), as `a` and the
    targets."""
    return loss.slope(a, targets)


def activation_slope(f: Activation, z: Array, a: Array) -> Array:
    """f'(z^l), which is cheapest in terms of a^l = f(z^l)."""
    assert f.slope is not None, "softmax reached a hidden layer"
    return f.slope(z, a)


def output_delta(
    rules: Rules, loss: Loss, f: Activation, z: Array, a: Array, targets: Array
) -> Array:
    """δ^L = ∂E/∂a^L · f'(z^L), or the one expression that the two shorten to; with softmax, whose
    outputs depend on every net input, δ_j^L = Σ_k ∂E/∂a_k^L · a_k ([j = k] − a_j)."""
    if loss.short_delta is not None and is_short(rules, loss, f):
        return loss.short_delta(a, targets)
    error = rules.loss_slope(loss, a, targets)
    if f.sent_back is not None:
        return f.sent_back(error, a)
    return error * rules.activation_slope(f, z, a)


def way_back(W: Array) -> Array:
    """The weights that deltas are sent back through: the very ones of the forward pass."""
    return W


def error_sent_back(delta: Array, W: Array) -> Array:
    """∂E/∂a^l = (W^(l+1))ᵀ δ^(l+1): from shape (samples, n_out) to (samples, n_in)."""
    return delta @ W


Carried = Callable[[str, int | None, Array], Array]


def as_it_is(kind: str, layer: int | None, values: Array) -> Array:
    """Values that a pass has worked out, carried on unchanged."""
    return values


class Rules(Struct, frozen=True):
    """The formulas that a pass goes by. Arrays have a row per sample.

    `output_delta` is handed the Rules whose ∂E/∂a^L and f' it puts together. `carried(kind, layer,
    values)` gives what is carried on of values that were worked out, in the same shape; `kind`
    names them as steps are named (engine.run.steps).
    """

    net_input: Callable[[Array, Array, Array | None], Array] = net_input
    loss_slope: Callable[[Loss, Array, Array], Array] = loss_slope
    activation_slope: Callable[[Activation, Array, Array], Array] = activation_slope
    output_delta: Callable[[Rules, Loss, Activation, Array, Array, Array], Array] = output_delta
    way_back: Callable[[Array], Array] = way_back
    error_sent_back: Callable[[Array, Array], Array] = error_sent_back
    carried: Carried = as_it_is


RIGHT = Rules()


def is_short(rules: Rules, loss: Loss, f: Activation) -> bool:
    """Whether ∂E/∂a^L · f'(z^L) shortens to one expression: for some losses, while both are right.
    That of softmax, which has no f' of its own, stays as it is."""
    if loss.short_delta is None:
        return False
    are_right = (rules.loss_slope, rules.activation_slope) == (loss_slope, activation_slope)
    return are_right or f.slope is None


Masks = dict[int, Array]
"""The mask k^l of each layer l that has dropout, shape (samples, units of layer l)."""


class ForwardPass(Struct, frozen=True, eq=False):
    """Net inputs and activations of some samples.

    `z[l]` and `a[l]` have shape (samples, units of layer l); a[0] are the inputs, and so is z[0],
    which lets the lists be read with the layer's own number. `masks` are those that a went through.
    """

    z: tuple[Array, ...]
    a: tuple[Array, ...]
    masks: Masks | None = None


def forward(
    network: Network,
    theta: Array,
    inputs: Array,
    rules: Rules = RIGHT,
    masks: Masks | None = None,
) -> ForwardPass:
    """Take inputs of shape (samples, inputs) through the network with parameters θ; without masks
    no unit is left out."""
    z, a = [inputs], [inputs]
    for number, layer in enumerate(network.layers, start=1):
        W, b = network.weights(theta, number), network.added(theta, number)
        z.append(rules.carried("net_input", number, rules.net_input(a[-1], W, b)))
        of_z = layer.function.apply(z[-1])
        if masks is not None and number in masks:
            of_z = masks[number] * of_z
        a.append(rules.carried("activation", number, of_z))
    return ForwardPass(tuple(z), tuple(a), masks)


def loss_terms(
    forward_pass: ForwardPass, targets: Array, loss: Loss, rules: Rules = RIGHT
) -> Array:
    """The loss E_k of every output, shape (samples, outputs); its sum is a sample's loss E_s."""
    z, a = forward_pass.z, forward_pass.a
    return rules.carried("loss", len(a) - 1, loss.terms(z[-1], a[-1], targets))


def backward(
    network: Network,
    theta: Array,
    forward_pass: ForwardPass,
    targets: Array,
    loss: Loss,
    rules: Rules = RIGHT,
) -> tuple[Array, ...]:
    """Node deltas δ = ∂E_s/∂z of every sample's own loss, from the output back.

    `targets` has shape (samples, outputs). Returns a tuple in which entry l has shape (samples,
    units of layer l); entry 0 stands for the inputs, which have no delta, and is empty.
    """
    z, a, masks = forward_pass.z, forward_pass.a, forward_pass.masks
    last = network.depth
    delta: list[Array] = [np.empty((len(targets), 0))] * (last + 1)
    f = network.layers[-1].function
    of_output = rules.output_delta(rules, loss, f, z[last], a[last], targets)
    delta[last] = rules.carried("delta", last, of_output)
    for number in range(last - 1, 0, -1):
        W = rules.way_back(network.weights(theta, number + 1))
        error = rules.error_sent_back(delta[number + 1], W)
        f = network.layers[number - 1].function
        if masks is not None and number in masks:
            of_z = f.apply(z[number])  # a has been through the mask
            slope = masks[number] * rules.activation_slope(f, z[number], of_z)
        else:
            slope = rules.activation_slope(f, z[number], a[number])
        delta[number] = rules.carried("delta", number, error * slope)
    return tuple(delta)


def gradient_sum(network: Network, a: tuple[Array, ...], delta: tuple[Array, ...]) -> Array:
    """∂(Σ_s E_s)/∂θ, shape (size,): the samples' gradients added up; of many runs (runs, size).

    `a` and `delta` are those of the samples, as `forward` and `backward` give them. A shared bias
    is one parameter, so its gradient is the sum of its units' deltas.
    """
    gradient = np.empty((*delta[-1].shape[:-2], network.size))
    ones = np.ones(delta[-1].shape[-2])  # a product with them is a sum over the samples
    for number, layer in enumerate(network.layers, start=1):
        np.matmul(delta[number].mT, a[number - 1], out=network.weights(gradient, number))
        b = network.biases(gradient, number)
        is_shared = layer.bias == "shared"
        if b is None:
            continue
        if gradient.ndim > 1:  # many runs: another order of addition, on which last digits hang
            summed = delta[number].sum(axis=-2, keepdims=True)
            b[:] = summed.sum(axis=-1, keepdims=True) if is_shared else summed
        elif is_shared:
            b[:] = delta[number].sum()
        else:
            np.matmul(ones, delta[number], out=b)
        if layer.threshold:
            b *= -1.0
    return gradient
