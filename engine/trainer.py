"""Training: many iterations in slices, with the loss curve and key frames they leave behind.

A slice ends after a given time or number of iterations, so whoever trains can pause between two
slices, and in the middle of one by a check that raises Interrupted.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from engine.activations import Array
from engine.backprop import backward, forward, gradient_sum
from engine.iteration import (
    Check,
    Evaluation,
    batch_gradient,
    evaluate,
    evaluation_of,
    never,
    sent_back_through,
    updated,
)
from engine.numbers import LARGEST, format_count
from engine.spec import Spec, State

# A curve point: epochs done, loss, then one value per metric, over the whole training set.
Point = tuple[float, ...]


@dataclass(frozen=True)
class Divergence:
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


@dataclass(frozen=True, eq=False)
class Progress:
    """What a slice of training did: the state it reached, new curve points and key frames.

    `divergence` says that the iteration after `state` would leave the finite numbers; `state`
    is then the last finite one, and training goes no further.
    """

    state: State
    points: tuple[Point, ...]
    frames: tuple[State, ...]
    divergence: Divergence | None


class Trainer:
    """Takes one run forward from a state.

    A key frame is kept at every multiple of `frame_every` updates, which may be changed between
    slices. Curve points are those of whole epochs beyond `recorded`, and the point of the first
    state where nothing is recorded yet: so the curve does not depend on where a run paused.
    """

    def __init__(
        self, spec: Spec, state: State, frame_every: int = 1, recorded: float | None = None
    ) -> None:
        self.spec = spec
        self.state = state
        self.frame_every = frame_every
        self._recorded = recorded

    def advance(
        self,
        iterations: int | None = None,
        seconds: float | None = None,
        check: Check = never,
    ) -> Progress:
        """Train until the given number of iterations is done or the time is over.

        Raises Interrupted if `check` does; what the running slice had done is then kept in
        `state` but its points and frames are lost, which replay makes good.
        """
        deadline = None if seconds is None else perf_counter() + seconds
        last = None if iterations is None else self.state.t + iterations
        points: list[Point] = []
        frames: list[State] = []
        divergence = None
        with np.errstate(all="ignore"):
            if self._recorded is None:
                self._record(points, None, check)
            while last is None or self.state.t < last:
                divergence = self._iteration(points, check)
                if divergence is not None:
                    break
                if self.state.t % self.frame_every == 0:
                    frames.append(self.state)
                if deadline is not None and perf_counter() >= deadline:
                    break
            if self.spec.takes_all_in_order and self.state.t == last:
                # Only here: in a slice that ran out of time the next iteration finds it anyway.
                self._record(points, None, check)
        return Progress(self.state, tuple(points), tuple(frames), divergence)

    def _iteration(self, points: list[Point], check: Check) -> Divergence | None:
        """One update; where the whole set is the batch, the loss before it is a curve point."""
        spec, state = self.spec, self.state
        rows = spec.batch_rows(state.t)
        loss, gradient, outputs = batch_gradient(spec, state, rows, check)
        following = updated(spec, state, gradient)
        theta = following.theta
        # One dot product sees NaN, infinity and runaway sizes at once.
        lost = not theta.dot(theta) < LARGEST**2 or not np.isfinite(loss)
        if lost or not all(np.isfinite(slot.sum()) for slot in following.slots):
            return locate_divergence(spec, state)
        if spec.takes_all_in_order:
            self._record(points, evaluation_of(spec, outputs, loss), check)
        self.state = following
        if not spec.takes_all_in_order and spec.epoch_of(following.t)[1] == 0:
            self._record(points, None, check)
        return None

    def _record(self, points: list[Point], known: Evaluation | None, check: Check) -> None:
        """Add the curve point of the present state, unless it was added already."""
        epochs = self.spec.epoch_position(self.state.t)
        if self._recorded is not None and epochs <= self._recorded:
            return
        evaluation = known or evaluate(self.spec, self.state.theta, check)
        points.append((epochs, evaluation.loss, *evaluation.metrics))
        self._recorded = epochs


def locate_divergence(spec: Spec, state: State) -> Divergence:
    """Find where the iteration after a state first leaves the finite numbers.

    Follows the order of the steps: net inputs and activations from the inputs on, the loss,
    deltas and gradients from the output back, and last the updated parameters.
    """
    network, number = spec.network, state.t + 1
    rows = spec.batch_rows(state.t)
    targets = spec.data.targets[rows]

    def lost(values: Array) -> bool:
        return not bool(np.isfinite(values).all())

    with np.errstate(all="ignore"):
        values = forward(network, state.theta, spec.data.inputs[rows], spec.rules)
        for layer in range(1, network.depth + 1):
            if lost(values.z[layer]):
                return Divergence(number, layer, "a net input")
            if lost(values.a[layer]):
                return Divergence(number, layer, "an activation")
        theta_back = sent_back_through(spec, state, rows)
        loss, gradient, _ = batch_gradient(spec, state, rows, theta_back=theta_back)
        if not np.isfinite(loss):
            return Divergence(number, network.depth, "the loss")
        delta = backward(network, theta_back, values, targets, spec.loss, spec.rules)
        summed = gradient_sum(network, values.a, delta)
        for layer in range(network.depth, 0, -1):
            if lost(delta[layer]):
                return Divergence(number, layer, "a delta")
            b = network.biases(summed, layer)
            if lost(network.weights(summed, layer)) or (b is not None and lost(b)):
                return Divergence(number, layer, "a gradient")
        following = updated(spec, state, gradient)
    theta, sizes = following.theta, []
    for layer in range(1, network.depth + 1):
        for slot in following.slots:
            b = network.biases(slot, layer)
            if lost(network.weights(slot, layer)) or (b is not None and lost(b)):
                return Divergence(number, layer, "the optimizer's running average")
        b = network.biases(theta, layer)
        largest = np.abs(network.weights(theta, layer)).max()
        sizes.append(max(largest, 0.0 if b is None else np.abs(b).max()))
        if not sizes[-1] < LARGEST:
            finite = bool(np.isfinite(sizes[-1]))
            return Divergence(number, layer, "an updated parameter", finite)
    return Divergence(number, int(np.argmax(sizes)) + 1, "an updated parameter", True)
