"""The formulas that people write instead of backpropagation's: Rules with mistakes in them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.maths.activations import ACTIVATIONS, Array
from engine.maths.backprop import RIGHT, Rules
from engine.maths.losses import LOSSES
from engine.maths.network import Network

WITHOUT_HALF = ("squared_error", "mean_squared_error")


@lru_cache(maxsize=64)
def rules_for(mistakes: tuple[str, ...]) -> Rules:
    """The formulas of a pass with these mistakes, in any combination.

    At the output `lost-link` rules over what else is done to f'; `missing-derivative` rules over
    `derivative-at-activation`.
    """
    if not mistakes:
        return RIGHT
    made = set(mistakes)

    def net_input(a: Array, W: Array, b: Array | None) -> Array:
        return RIGHT.net_input(a, W, None if "bias-left-out" in made else b)

    def output_delta(loss: str, activation: str, z: Array, a: Array, targets: Array) -> Array:
        sign = -1.0 if "wrong-sign" in made else 1.0
        half = 0.5 if "lost-factor-2" in made and loss in WITHOUT_HALF else 1.0
        touched = {"lost-link", "missing-derivative", "derivative-at-activation"} & made
        if not touched or activation == "softmax":
            return sign * half * RIGHT.output_delta(loss, activation, z, a, targets)
        error = half * LOSSES[loss].slope(a, targets)
        if "lost-link" in made:
            apply = ACTIVATIONS[activation].apply
            return sign * RIGHT.activation_slope(activation, error, apply(error))
        return sign * error * activation_slope(activation, z, a)

    def error_sent_back(delta: Array, W: Array) -> Array:
        if "untransposed-weights" in made and W.shape[0] == W.shape[1]:
            W = W.T
        if "one-path-only" in made:
            delta, W = delta[:, :1], W[:1]
        return RIGHT.error_sent_back(delta, W)

    def activation_slope(activation: str, z: Array, a: Array) -> Array:
        if "missing-derivative" in made:
            return np.ones_like(z)
        if "derivative-at-activation" in made:
            z, a = a, ACTIVATIONS[activation].apply(a)
        return RIGHT.activation_slope(activation, z, a)

    return Rules(net_input, output_delta, error_sent_back, activation_slope)


def with_equal_weights(network: Network, theta: Array) -> Array:
    """θ with every weight set to the first one, and the trained biases of each layer to its first:
    units of a layer are then exact copies of each other."""
    levelled = np.array(theta)
    first = network.weights(theta, 1)[0, 0]
    for number, layer in enumerate(network.layers, start=1):
        network.weights(levelled, number)[:] = first
        b = network.biases(levelled, number)
        if b is not None and layer.bias_trained:
            b[:] = b[0]
    return levelled
