"""Predicting: what follows from a person's own values.

Follow-through marking takes a person's earlier values as given and works the next step out by
that one step's formula, so that a slip is counted once. engine.maths.backprop works it out, with
values carried on that are given, not worked out: the person's, or those of the record.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.maths.backprop import gradient_sum
from engine.run.extra_values import value_in_pass, why_none
from engine.run.iteration import (
    Iteration,
    SamplePass,
    batch_loss,
    batch_pass,
    gradient_of_batch,
    loss_of_batch,
    sent_back_through,
    updated,
)
from engine.run.mistakes import MISTAKES, why_not
from engine.run.spec import Spec
from engine.run.step_values import step_value
from engine.run.steps import EXTRA_KINDS, StepId
from engine.run.value_kinds import Asked

Own = Mapping[Asked, float]
"""The values that a person gave."""

# Multiply-adds up to which a whole batch is worked out again for one answer: some milliseconds.
_MOST_WORK = 20_000_000


def is_small(iteration: Iteration) -> bool:
    """Whether the batch can be worked out again within some milliseconds."""
    work = len(iteration.rows) * iteration.spec.network.work_per_sample
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
    return float(spec.rules.carried(step.kind, step.layer, np.asarray(value)))


_ByStep = dict[tuple[str, int | None], Array]
"""Values of some samples by kind of step and layer, a row per sample."""


class _Working:
    """An iteration with some of its values replaced, and what its formulas make of them."""

    def __init__(self, iteration: Iteration, spec: Spec, own: Own) -> None:
        self.iteration, self.spec, self.own = iteration, spec, own
        self.network, self.state = spec.network, iteration.state

    def value(self, step: StepId, row: int) -> float:
        if step.of_sample:
            return self.of_sample(step, row)
        if step.phase == "update":
            return self.change(step) if step.kind in EXTRA_KINDS else self.update(step)
        if not is_small(self.iteration):
            return step_value(self.iteration, step, self.iteration.sample(row))
        if step.kind == "total_loss":
            return self.total_loss()
        return self.loss_after() if step.kind == "loss_after" else self.gradient(step)

    def given(self, rows: NDArray[np.intp]) -> _ByStep:
        """What the record has of some samples, and the person's values where there are any."""
        values = self.iteration.samples(rows)
        given: _ByStep = {("loss", self.network.depth): np.array(values.loss_terms)}
        for layer in range(self.network.depth + 1):
            given["net_input", layer] = np.array(values.z[layer])
            given["activation", layer] = np.array(values.a[layer])
            given["delta", layer] = np.array(values.delta[layer])
        places = {int(row): place for place, row in enumerate(rows)}
        for (step, row), value in self.own.items():
            if row in places and (step.kind, step.layer) in given:
                given[step.kind, step.layer][places[row], step.unit] = value
        return given

    def of_sample(self, step: StepId, row: int) -> float:
        """One formula of a sample's pass: through all of it every formula is handed given values,
        and none what another one came to."""
        rows, back = np.array([row]), self.iteration.theta_back
        if self.spec is not self.iteration.spec:
            back = sent_back_through(self.spec, self.state, self.iteration.rows)
        given = self.given(rows)
        if step.kind in EXTRA_KINDS:
            return self.extra(step, row, given, back)
        if step.kind == "delta" and (links := self.own_links(step, row, given, back)):
            return links[0] * links[1]
        worked: _ByStep = {}

        def carried(kind: str, layer: int | None, values: Array) -> Array:
            worked[kind, layer] = values
            return given[kind, layer]

        spec = replace(self.spec, carried=carried)
        batch_pass(spec, self.state.theta, rows, back, self.state.t)
        if step.kind == "loss":
            return float(self.loss_terms(row, given, worked)[0, step.unit])
        return float(worked[step.kind, step.layer][0, step.unit])

    def extra(self, step: StepId, row: int, given: _ByStep, back: Array) -> float:
        """A quantity of a sample that is a step where it is asked for."""
        layers = range(self.network.depth + 1)
        z, a, delta = (
            tuple(given[kind, k][0] for k in layers)
            for kind in ("net_input", "activation", "delta")
        )
        terms = given["loss", self.network.depth][0]
        masks = self.iteration.sample(row).masks
        sample = SamplePass(z, a, delta, self.spec.scaled.targets[row], terms, masks)
        return value_in_pass(self.spec, back, sample, step)

    def own_links(
        self, step: StepId, row: int, given: _ByStep, back: Array
    ) -> tuple[float, float] | None:
        """∂E/∂a and f′(z) of the unit of a delta where the person gave one of them, and the delta
        is their product."""
        error, slope = (
            replace(step, kind=kind) for kind in ("loss_by_activation", "activation_slope")
        )
        asked = (error, row) in self.own, (slope, row) in self.own
        if not any(asked) or why_none(self.network, slope):
            return None
        first, second = (
            self.own[link, row] if (link, row) in self.own else self.extra(link, row, given, back)
            for link in (error, slope)
        )
        return first, second

    def loss_terms(self, row: int, given: _ByStep, worked: _ByStep) -> Array:
        """Some losses are worked out from z, but what was given is an activation."""
        last = self.network.depth
        a, terms = given["activation", last], worked["loss", last]
        is_given = a[0] != self.iteration.sample(row).a[-1]
        targets = self.spec.scaled.targets[[row]]
        of_outputs = self.spec.loss_function.of_outputs
        if of_outputs is not None:
            return np.where(is_given, of_outputs(a, targets), terms)
        return terms

    def total_loss(self) -> float:
        terms = self.given(self.iteration.rows)["loss", self.network.depth]
        return float(loss_of_batch(self.spec, self.state.theta, terms))

    def gradient(self, step: StepId) -> float:
        assert step.parameter is not None
        rows = self.spec.counted(self.iteration.rows)
        given, layers = self.given(rows), range(self.network.depth + 1)
        a, delta = (tuple(given[kind, k] for k in layers) for kind in ("activation", "delta"))
        summed = gradient_sum(self.network, a, delta)
        gradient = gradient_of_batch(
            self.spec, self.state.theta, summed, len(rows), self.state.slots
        )
        return float(gradient[self.network.index(step.parameter)])

    def change(self, step: StepId) -> float:
        """What the update adds to a parameter."""
        assert step.parameter is not None
        after = self._updated(step)
        change = after - self.state.theta[self.network.index(step.parameter)]
        return float(change)

    def update(self, step: StepId) -> float:
        """The new parameter: from the change that the person gave, if there is one."""
        parameter = step.parameter
        assert parameter is not None
        change = replace(step, kind=step.kind.replace("update", "change"))
        if (change, None) in self.own:
            return float(self.state.theta[self.network.index(parameter)]) + self.own[change, None]
        return self._updated(step)

    def _updated(self, step: StepId) -> float:
        parameter = step.parameter
        assert parameter is not None
        kind = "bias_gradient" if parameter.source is None else "weight_gradient"
        index = self.network.index(parameter)
        gradient = np.array(self.iteration.gradient)
        given = self.own.get((StepId("backward", kind, *parameter), None))
        if given is not None:
            gradient[index] = given
        return float(updated(self.spec, self.state, gradient).theta[index])

    def loss_after(self) -> float:
        theta = np.array(self.iteration.next_state.theta)
        for (step, _), value in self.own.items():
            if step.kind.endswith("update") and step.parameter is not None:
                theta[self.network.index(step.parameter)] = value
        return batch_loss(self.spec, theta, self.iteration.rows, t=self.state.t)[0]


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
