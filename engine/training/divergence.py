"""Divergence: where a run left the finite numbers, and the sentence that says so."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array
from engine.run.iteration import iterate
from engine.run.spec import Spec, State
from engine.text.numbers import LARGEST, format_count


def are_below(theta: Array) -> bool:
    """Whether every parameter is below LARGEST in size; NaN is not."""
    # Where the sum of the squares is below, each of them is: a single call for nearly every state.
    return bool(theta.dot(theta) < LARGEST**2 or np.abs(theta).max() < LARGEST)


def are_finite(values: Array) -> bool:
    """Whether every number is finite."""
    # A sum that is finite has finite terms, and takes a call less to see.
    return bool(np.isfinite(values.sum()) or np.isfinite(values).all())


class Divergence(Struct, frozen=True):
    """Where a run left the numbers that can be carried: iteration from 1, layer from 1, what it
    was, and whether it only grew beyond LARGEST or is no finite number any more."""

    iteration: int
    layer: int
    quantity: str
    is_finite: bool = False

    @property
    def sentence(self) -> str:
        """What happened, for the person who meets it."""
        what = f"grew beyond {LARGEST:.0e}" if self.is_finite else "is no finite number any more"
        return (
            f"The run diverged in iteration {format_count(self.iteration)}: {self.quantity} of "
            f"layer {self.layer} {what.replace('e+', 'e')}. A smaller learning rate usually helps."
        )


def locate_divergence(spec: Spec, state: State) -> Divergence:
    """Find where the iteration after a state first leaves the finite numbers.

    Follows the order of the steps: net inputs and activations from the inputs on, the loss,
    deltas and gradients from the output back, and last the updated parameters.
    """
    network, number = spec.network, state.t + 1
    iteration = iterate(spec, state)
    values, gradient = iteration.samples(iteration.rows), iteration.gradient

    for layer in range(1, network.depth + 1):
        if not are_finite(values.z[layer]):
            return Divergence(number, layer, "a net input")
        if not are_finite(values.a[layer]):
            return Divergence(number, layer, "an activation")
    if not np.isfinite(iteration.loss):
        return Divergence(number, network.depth, "the loss")
    for layer in range(network.depth, 0, -1):
        if not are_finite(values.delta[layer]):
            return Divergence(number, layer, "a delta")
        if not are_finite(gradient[network.span(layer)]):
            return Divergence(number, layer, "a gradient")
    following = iteration.next_state
    theta, sizes = following.theta, []
    for layer in range(1, network.depth + 1):
        for slot in following.slots:
            if not are_finite(slot[network.span(layer)]):
                return Divergence(number, layer, "the optimizer's running average")
        updated = theta[network.span(layer)]
        if not are_below(updated):
            return Divergence(number, layer, "an updated parameter", are_finite(updated))
        sizes.append(np.abs(updated).max())
    # A kernel with other last digits was beyond already.
    return Divergence(number, int(np.argmax(sizes)) + 1, "an updated parameter", True)
