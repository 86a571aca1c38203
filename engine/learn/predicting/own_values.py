"""Predicting: what follows from a person's own values.

Follow-through marking takes a person's earlier values as given and works the next step out by
that one step's formula, so that a slip is counted once. The formulas are those of
engine.maths.backprop, asked through the Rules of the run; what the person gave no value for is
taken from the record of the iteration.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.maths.activations import ACTIVATIONS, Array
from engine.maths.losses import LOSSES, reduce_samples
from engine.run.iteration import (
    Iteration,
    batch_loss,
    sent_back_through,
    updated,
    work_per_sample,
)
from engine.run.mistakes import MISTAKES, why_not
from engine.run.paper import PaperIteration, rounded
from engine.run.spec import Spec
from engine.run.step_values import step_value
from engine.run.steps import StepId
from engine.run.value_kinds import Asked

Own = Mapping[Asked, float]
"""The values that a person gave."""

# Multiply-adds up to which a whole batch is worked out again for one answer: some milliseconds.
_MOST_WORK = 20_000_000


def is_small(iteration: Iteration) -> bool:
    """Whether the batch can be worked out again within some milliseconds."""
    work = len(iteration.rows) * work_per_sample(iteration.spec.network)
    return work <= _MOST_WORK


def value_from(
    iteration: Iteration,
    step: StepId,
    row: int,
    own: Own,
    mistakes: tuple[str, ...] | None = None,
) -> float:
    """A step's value by its formula from a person's earlier values, else from the record.

    `row` is the sample that per-sample steps are worked out for. With `mistakes` (keys of
    engine.run.mistakes) the one formula is applied with them, to values that are right. Gradients
    and losses of a batch for which is_small is False are the record's.
    """
    spec = iteration.spec if mistakes is None else replace(iteration.spec, mistakes=mistakes)
    with np.errstate(all="ignore"):
        value = _Working(iteration, spec, own).value(step, row)
    if isinstance(iteration, PaperIteration):
        return float(rounded(value, iteration.decimals))
    return value


class _Working:
    """An iteration with some of its values replaced. Arrays have a row per sample, as those of
    engine.maths.backprop."""

    def __init__(self, iteration: Iteration, spec: Spec, own: Own) -> None:
        self.iteration, self.spec, self.own = iteration, spec, own
        self.network, self.theta = spec.network, iteration.state.theta

    def value(self, step: StepId, row: int) -> float:
        if step.of_sample:
            assert step.layer is not None and step.unit is not None
            self._forward(np.array([row]))
            formula = {
                "net_input": self.net_input,
                "activation": self.activation,
                "loss": self.loss_terms,
                "delta": self.delta,
            }[step.kind]
            return float(formula(step.layer)[0, step.unit])
        if step.phase == "update":
            return self.update(step)
        if not is_small(self.iteration):
            return step_value(self.iteration, step, self.iteration.sample(row))
        if step.kind == "total_loss":
            return self.total_loss()
        return self.loss_after() if step.kind == "loss_after" else self.gradient(step)

    # Values of samples, each with what the person gave in place of the record's

    def _forward(self, rows: NDArray[np.intp]) -> None:
        """Take z and a of some samples from the record, and the person's where there are any."""
        values = self.iteration.samples(rows)
        self._values, self._rows = values, rows
        layers = range(self.network.depth + 1)
        self.z = [self._with_own(values.z[k], "forward", "net_input", k, rows) for k in layers]
        self.a = [self._with_own(values.a[k], "forward", "activation", k, rows) for k in layers]
        self.targets = self.spec.data.targets[rows]

    def _with_own(
        self, values: Array, phase: str, kind: str, layer: int, rows: NDArray[np.intp]
    ) -> Array:
        made = np.array(values)
        places = {int(row): place for place, row in enumerate(rows)}
        for (step, row), value in self.own.items():
            if (step.phase, step.kind, step.layer) == (phase, kind, layer) and row in places:
                made[places[row], step.unit] = value
        return made

    def _deltas(self, layer: int) -> Array:
        return self._with_own(self._values.delta[layer], "backward", "delta", layer, self._rows)

    # One formula each

    def net_input(self, layer: int) -> Array:
        W, b = self.network.weights(self.theta, layer), self.network.biases(self.theta, layer)
        return self.spec.rules.net_input(self.a[layer - 1], W, b)

    def activation(self, layer: int) -> Array:
        return ACTIVATIONS[self.network.layers[layer - 1].activation].apply(self.z[layer])

    def loss_terms(self, layer: int) -> Array:
        z, a = self.z[-1], self.a[-1]
        given = a != self._values.a[-1]
        if given.any():
            # Cross-entropies are worked out from z, but what was given is an activation.
            if self.spec.loss == "binary_cross_entropy":
                z = np.where(given, np.log(a) - np.log1p(-a), z)
            elif self.spec.loss == "categorical_cross_entropy":
                from_z = LOSSES[self.spec.loss].terms(z, a, self.targets)
                return np.where(given, -self.targets * np.log(a), from_z)
        return LOSSES[self.spec.loss].terms(z, a, self.targets)

    def total_loss(self) -> float:
        rows = self.iteration.rows
        values = self.iteration.samples(rows)
        terms = self._with_own(values.loss_terms, "loss", "loss", self.network.depth, rows)
        return float(reduce_samples(terms.sum(axis=1), self.spec.reduction))

    def delta(self, layer: int) -> Array:
        rules, activation = self.spec.rules, self.network.layers[layer - 1].activation
        if layer == self.network.depth:
            return rules.output_delta(
                rules, self.spec.loss, activation, self.z[-1], self.a[-1], self.targets
            )
        back = self.iteration.theta_back
        if self.spec is not self.iteration.spec:
            back = sent_back_through(self.spec, self.iteration.state, self.iteration.rows)
        W = rules.way_back(self.network.weights(back, layer + 1))
        error = rules.error_sent_back(self._deltas(layer + 1), W)
        return error * rules.activation_slope(activation, self.z[layer], self.a[layer])

    def gradient(self, step: StepId) -> float:
        parameter = step.parameter
        assert parameter is not None
        rows = self.spec.counted(self.iteration.rows)
        self._forward(rows)
        deltas = self._deltas(parameter.layer)
        if parameter.unit is not None:
            deltas = deltas[:, parameter.unit]
        if parameter.source is not None:
            deltas = deltas * self.a[parameter.layer - 1][:, parameter.source]
        total = float(deltas.sum())
        if self.spec.reduction == "mean":
            total /= len(rows)
        if self.spec.keeps_gradient:
            total += float(self.iteration.state.slots[-1][self.network.index(parameter)])
        return total

    def update(self, step: StepId) -> float:
        parameter = step.parameter
        assert parameter is not None
        kind = "bias_gradient" if parameter.source is None else "weight_gradient"
        index = self.network.index(parameter)
        gradient = np.array(self.iteration.gradient)
        given = self.own.get((StepId("backward", kind, *parameter), None))
        if given is not None:
            gradient[index] = given
        return float(updated(self.spec, self.iteration.state, gradient).theta[index])

    def loss_after(self) -> float:
        theta = np.array(self.iteration.next_state.theta)
        for (step, _), value in self.own.items():
            if step.phase == "update" and step.parameter is not None:
                theta[self.network.index(step.parameter)] = value
        return batch_loss(self.spec, theta, self.iteration.rows)[0]


def mistakes_in_a_step(spec: Spec) -> list[str]:
    """Keys of the mistakes that can be made in a single step of a Spec, and are not made yet.

    Where a run starts, and what it kept from before, is no formula of a step.
    """
    return [
        key
        for key, mistake in MISTAKES.items()
        if mistake.where != "start" and not mistake.keeps_gradient
        and key not in spec.mistakes and not why_not(spec, key)
    ]
