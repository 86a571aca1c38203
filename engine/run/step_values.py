"""The value of every step of an iteration, one by one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from engine.run.extra_values import value_in_pass
from engine.run.iteration import Iteration, SamplePass
from engine.run.steps import EXTRA_KINDS, StepId, name_of, symbol_of

MAX_TRACED_SAMPLES = 100


def step_value(iteration: Iteration, step: StepId, sample: SamplePass) -> float:
    """What a step works out: for per-sample steps of this sample, else of the batch.

    An update's value is the new parameter, that of `loss_after` the batch's loss with it, and a
    change's what the update adds to the parameter.
    """
    if step.kind in EXTRA_KINDS:
        return _extra_value(iteration, step, sample)
    if step.kind == "total_loss":
        return iteration.loss
    if step.kind == "loss_after":
        return iteration.loss_after
    parameter = step.parameter
    if parameter is not None:
        vector = iteration.next_state.theta if step.phase == "update" else iteration.gradient
        return float(vector[iteration.spec.network.index(parameter)])
    assert step.layer is not None and step.unit is not None
    if step.kind == "loss":
        return float(sample.loss_terms[step.unit])
    vectors = {"net_input": sample.z, "activation": sample.a, "delta": sample.delta}[step.kind]
    return float(vectors[step.layer][step.unit])


def _extra_value(iteration: Iteration, step: StepId, sample: SamplePass) -> float:
    parameter, spec = step.parameter, iteration.spec
    if step.phase != "update" or parameter is None:
        return value_in_pass(spec, iteration.theta_back, sample, step)
    index = spec.network.index(parameter)
    change = iteration.next_state.theta[index] - iteration.state.theta[index]
    return float(spec.rules.carried(step.kind, step.layer, np.asarray(change)))


class TracedStep(Struct, frozen=True):
    """One line of a trace: the step, the sample it is of (None: the batch) and its value."""

    step: StepId
    sample: int | None
    name: str
    symbol: str
    value: float


def traced_steps(iteration: Iteration) -> Iterator[TracedStep]:
    """All steps of an iteration in order; per-sample steps once for each sample of the batch.

    At most the first 100 samples of the batch are followed.
    """
    network = iteration.spec.network
    rows = [int(row) for row in iteration.rows[:MAX_TRACED_SAMPLES]]
    passes = {row: iteration.sample(row) for row in rows}
    steps = iteration.spec.steps
    for k in range(len(steps)):
        step = steps.id_at(k)
        name, symbol = name_of(network, step), symbol_of(network, step)
        for row in rows if step.of_sample else rows[:1]:
            value = step_value(iteration, step, passes[row])
            yield TracedStep(step, row if step.of_sample else None, name, symbol, value)
