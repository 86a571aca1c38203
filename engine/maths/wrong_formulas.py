"""The formulas that people write instead of backpropagation's.

Each function takes the Rules of a pass and gives them back with one thing done wrong, in terms of
the others. So any of them go together: what is changed later is what a pass asks first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, reduce

import numpy as np
from msgspec.structs import replace

from engine.maths.activations import Activation, Array
from engine.maths.backprop import RIGHT, Rules, activation_slope
from engine.maths.losses import Loss
from engine.maths.network import Network

Change = Callable[[Rules], Rules]


@lru_cache(maxsize=64)
def with_changes(changes: tuple[Change, ...]) -> Rules:
    """The right formulas with these changes, one after the other."""
    return reduce(lambda rules, change: change(rules), changes, RIGHT)


def without_bias(rules: Rules) -> Rules:
    """Leave the bias out: z = Σ w a."""
    return replace(rules, net_input=lambda a, W, b: rules.net_input(a, W, None))


def without_factor_2(rules: Rules) -> Rules:
    """Lose the factor 2 of a loss whose slope is 2 (a − t): ∂E/∂a = a − t."""
    return replace(rules, loss_slope=lambda *values: 0.5 * rules.loss_slope(*values))


def slope_of_the_error(rules: Rules) -> Rules:
    """Put ∂E/∂a into f': δ = f'(∂E/∂a) at the output, with the right f' whatever else is done to
    it."""

    def output_delta(
        links: Rules, loss: Loss, f: Activation, z: Array, a: Array, targets: Array
    ) -> Array:
        error = links.loss_slope(loss, a, targets)
        return activation_slope(f, error, f.apply(error))

    return replace(rules, output_delta=output_delta)


def slope_at_activation(rules: Rules) -> Rules:
    """Take the slope at the activation: f'(a) in place of f'(z)."""

    def slope(f: Activation, z: Array, a: Array) -> Array:
        return rules.activation_slope(f, a, f.apply(a))

    return replace(rules, activation_slope=slope)


def without_slope(rules: Rules) -> Rules:
    """Leave the slope out: 1 in place of f'(z)."""
    return replace(rules, activation_slope=lambda f, z, a: np.ones_like(z))


def turned_sign(rules: Rules) -> Rules:
    """Turn the sign: δ = −∂E/∂z at the output, and so everywhere."""
    return replace(rules, output_delta=lambda *values: -rules.output_delta(*values))


def untransposed(rules: Rules) -> Rules:
    """Forget to transpose: W in place of Wᵀ on the way back, where its shape allows that."""

    def way_back(W: Array) -> Array:
        W = rules.way_back(W)
        return W.mT if W.shape[-2] == W.shape[-1] else W

    return replace(rules, way_back=way_back)


def one_path(rules: Rules) -> Rules:
    """Follow one path only: ∂E/∂a = w_1 δ_1 in place of Σ_k w_k δ_k."""

    def error_sent_back(delta: Array, W: Array) -> Array:
        return rules.error_sent_back(delta[..., :1], W[..., :1, :])

    return replace(rules, error_sent_back=error_sent_back)


def with_equal_weights(network: Network, theta: Array) -> Array:
    """θ with every weight set to the first one, and the trained biases of each layer to its first:
    units of a layer are then exact copies of each other. What is frozen stays, and what is cut."""
    levelled = np.array(theta)
    first = network.weights(theta, 1)[0, 0]
    for number, layer in enumerate(network.layers, start=1):
        network.weights(levelled, number)[:] = first
        b = network.biases(levelled, number)
        if b is not None and layer.bias_trained:
            b[:] = b[0]
    return np.where(network.frozen + network.cut > 0.0, theta, levelled)
