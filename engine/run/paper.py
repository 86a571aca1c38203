"""Paper mode: an iteration as it comes out by hand, every step rounded and carried rounded.

What is given (inputs, targets, parameters) is rounded first. Then every step is worked out by the
formula that backpropagation uses, from values that are rounded already, and rounded once itself;
what stands inside a step's formula is not. Rounding goes to a number of digits after the point,
as worked examples in textbooks do it, a half upwards in size. Learning rate and other settings of
the optimizer, and its running means, are taken as they are.
"""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from numpy.typing import ArrayLike, NDArray

from engine.maths.activations import ACTIVATIONS, Array
from engine.maths.backprop import gradient_sum
from engine.maths.losses import LOSSES, reduce_samples
from engine.run.iteration import (
    BatchPass,
    Iteration,
    SamplePass,
    updated,
    weights_of_the_way_back,
)
from engine.run.spec import Spec, State
from engine.run.step_values import step_value
from engine.run.steps import StepId

# Beyond 14 digits in all a double has none to round.
_LARGEST_WHOLE = 1e14


def rounded(values: ArrayLike, decimals: int) -> Array:
    """Values rounded to so many digits after the point, of the same shape."""
    exact = np.asarray(values, dtype=np.float64)
    with np.errstate(all="ignore"):
        scaled = np.abs(exact) * 10.0**decimals
        # A half that binary arithmetic missed by its last bits is still a half.
        whole = np.floor(scaled + 0.5 + 2.0 * np.spacing(scaled))
        near = np.copysign(whole / 10.0**decimals, exact) + 0.0  # no minus before zero
        return np.where(scaled < _LARGEST_WHOLE, near, exact)


def rounded_pass(
    spec: Spec, theta: Array, theta_back: Array, rows: NDArray[np.intp], decimals: int
) -> BatchPass:
    """Forward, loss terms and backward as engine.maths.backprop has them, each step rounded.

    `spec`, θ and the `theta_back` that deltas go back through hold rounded values. Shapes as those
    of BatchPass.
    """
    network, rules = spec.network, spec.rules
    targets = spec.data.targets[rows]
    z, a = [spec.data.inputs[rows]], [spec.data.inputs[rows]]
    with np.errstate(all="ignore"):
        for number, layer in enumerate(network.layers, start=1):
            W, b = network.weights(theta, number), network.biases(theta, number)
            z.append(rounded(rules.net_input(a[-1], W, b), decimals))
            a.append(rounded(ACTIVATIONS[layer.activation].apply(z[-1]), decimals))
        terms = rounded(LOSSES[spec.loss].terms(z[-1], a[-1], targets), decimals)
        activation = network.layers[-1].activation
        last = rules.output_delta(rules, spec.loss, activation, z[-1], a[-1], targets)
        delta = [rounded(last, decimals)]
        for number in range(network.depth - 1, 0, -1):
            W = rules.way_back(network.weights(theta_back, number + 1))
            error = rules.error_sent_back(delta[0], W)
            activation = network.layers[number - 1].activation
            slope = rules.activation_slope(activation, z[number], a[number])
            delta.insert(0, rounded(error * slope, decimals))
    return BatchPass(tuple(z), tuple(a), (np.empty((len(rows), 0)), *delta), terms)


class PaperIteration(Iteration, frozen=True, eq=False):
    """An iteration on paper: all its values have `decimals` digits after the point at most.

    `exact` is the iteration that it follows, in full precision.
    """

    decimals: int
    exact: Iteration

    def sample(self, row: int, after: bool = False) -> SamplePass:
        values = self.samples(np.array([row]), after)
        return SamplePass(
            tuple(z[0] for z in values.z),
            tuple(a[0] for a in values.a),
            tuple(d[0] for d in values.delta),
            self.spec.data.targets[row],
            values.loss_terms[0],
        )

    def samples(self, rows: NDArray[np.intp], after: bool = False) -> BatchPass:
        theta = self.theta(after)
        back = theta if after else self.theta_back
        return rounded_pass(self.spec, theta, back, rows, self.decimals)

    def drift(self, step: StepId, row: int) -> float:
        """How far a step's value, of a sample or the batch, is from the one in full precision."""
        on_paper, exact = (
            step_value(iteration, step, iteration.sample(row)) for iteration in (self, self.exact)
        )
        return abs(on_paper - exact)

    def largest_drift(self, row: int) -> tuple[StepId, float]:
        """The step of the iteration, seen from one sample, that drifts furthest, and how far."""
        on_paper, exact = self.sample(row), self.exact.sample(row)
        steps = self.spec.steps
        drifts = [
            abs(step_value(self, step, on_paper) - step_value(self.exact, step, exact))
            for step in map(steps.id_at, range(len(steps)))
        ]
        furthest = int(np.argmax(drifts))
        return steps.id_at(furthest), drifts[furthest]


def paper_iteration(iteration: Iteration, decimals: int) -> PaperIteration:
    """The same iteration by hand, with so many digits after the point (0 to 15)."""
    data, network = iteration.spec.data, iteration.spec.network
    inputs, targets = rounded(data.inputs, decimals), rounded(data.targets, decimals)
    spec = replace(iteration.spec, data=replace(data, inputs=inputs, targets=targets))
    before, rows = iteration.state, iteration.rows
    state = State(rounded(before.theta, decimals), before.slots, before.t)

    def loss_of(terms: Array) -> float:
        return float(rounded(reduce_samples(terms.sum(axis=1), spec.reduction), decimals))

    def gradient_through(theta_back: Array) -> Array:
        counted = spec.counted(rows)
        values = rounded_pass(spec, state.theta, theta_back, counted, decimals)
        gradient = gradient_sum(network, values.a, values.delta)
        if spec.reduction == "mean":
            gradient /= len(counted)
        if spec.keeps_gradient:
            gradient += state.slots[-1]
        return rounded(gradient, decimals)

    def update_through(theta_back: Array) -> Array:
        return rounded(updated(spec, state, gradient_through(theta_back)).theta, decimals)

    with np.errstate(all="ignore"):
        theta_back = weights_of_the_way_back(spec, state.theta, update_through)
        gradient = gradient_through(theta_back)
        after = updated(spec, state, gradient)
    next_state = State(rounded(after.theta, decimals), after.slots, after.t)
    before_terms, after_terms = (
        rounded_pass(spec, theta, theta, rows, decimals).loss_terms
        for theta in (state.theta, next_state.theta)
    )
    return PaperIteration(
        spec, state, rows, loss_of(before_terms), gradient, next_state, loss_of(after_terms),
        theta_back, decimals, iteration,
    )
