"""Divergence: where a run left the finite numbers, and the sentence that says so."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array
from engine.run.iteration import iterate
from engine.run.spec import Spec, State
from engine.text.numbers import LARGEST, format_count


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

    def lost(values: Array) -> bool:
        return not bool(np.isfinite(values).all())

    for layer in range(1, network.depth + 1):
        if lost(values.z[layer]):
            return Divergence(number, layer, "a net input")
        if lost(values.a[layer]):
            return Divergence(number, layer, "an activation")
    if not np.isfinite(iteration.loss):
        return Divergence(number, network.depth, "the loss")
    for layer in range(network.depth, 0, -1):
        if lost(values.delta[layer]):
            return Divergence(number, layer, "a delta")
        if lost(gradient[network.span(layer)]):
            return Divergence(number, layer, "a gradient")
    following = iteration.next_state
    theta, sizes = following.theta, []
    for layer in range(1, network.depth + 1):
        for slot in following.slots:
            if lost(slot[network.span(layer)]):
                return Divergence(number, layer, "the optimizer's running average")
        sizes.append(np.abs(theta[network.span(layer)]).max())
        if not sizes[-1] < LARGEST:
            finite = bool(np.isfinite(sizes[-1]))
            return Divergence(number, layer, "an updated parameter", finite)
    return Divergence(number, int(np.argmax(sizes)) + 1, "an updated parameter", True)
