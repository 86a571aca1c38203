"""What follows from a person's own values.

The figures are those of M. Mazur, "A Step by Step Backpropagation Example" (2015).
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents.examples import read_example
from engine.learn.predict.own_values import mistakes_in_a_step, value_from
from engine.run.iteration import Iteration, iterate
from engine.run.mistakes import MISTAKES
from engine.run.paper import paper_iteration
from engine.run.spec import Spec, State, start_state
from engine.run.step_values import step_value
from engine.run.steps import StepId
from engine.run.value_kinds import Asked, asked_of
from tests.engine.conftest import runs, specs

DELTA_O1, DELTA_O2 = (StepId("backward", "delta", 2, unit) for unit in (0, 1))
DELTA_H1 = StepId("backward", "delta", 1, 0)


def mazur() -> Iteration:
    document = read_example("mazur-2-2-2")
    return iterate(document.spec, start_state(document.spec, document.start))


def xor() -> Iteration:
    document = read_example("xor-2-3-1")
    return iterate(document.spec, start_state(document.spec, document.start))


def gradient(layer: int, unit: int, source: int) -> StepId:
    return StepId("backward", "weight_gradient", layer, unit, source)


# From own values


@given(runs())
def test_the_records_own_values_lead_to_the_records_next_one(run: tuple[Spec, State]) -> None:
    """The formula of each step, applied to the values before it, gives the engine's own value."""
    iteration = iterate(*run)
    steps = [iteration.spec.steps.id_at(k) for k in range(len(iteration.spec.steps))]
    row = int(iteration.rows[-1])
    own: dict[Asked, float] = {}
    for step in steps:
        value = step_value(iteration, step, iteration.sample(row))
        if not np.isfinite(value):
            return
        assert value_from(iteration, step, row, own) == pytest.approx(value, rel=1e-7, abs=1e-12)
        own[asked_of(step, row)] = value


@given(runs(), st.sampled_from((None, 2, 5)))
def test_where_nothing_is_given_each_formula_gives_the_record(
    run: tuple[Spec, State], decimals: int | None
) -> None:
    iteration = iterate(*run)
    if decimals is not None:
        iteration = paper_iteration(iteration, decimals)
    row = int(iteration.rows[0])
    for number in range(len(iteration.spec.steps)):
        step = iteration.spec.steps.id_at(number)
        value = step_value(iteration, step, iteration.sample(row))
        if np.isfinite(value):
            assert value_from(iteration, step, row, {}) == pytest.approx(value, rel=1e-12, abs=0)


def test_a_wrong_delta_is_carried_into_the_delta_before_it() -> None:
    """(0.2 · 0.4 − 0.038098236 · 0.5) · 0.241300709, with the 0.2 of somebody who slipped."""
    own = {(DELTA_O1, 0): 0.2}
    assert value_from(mazur(), DELTA_H1, 0, own) == pytest.approx(0.0147075, abs=1e-7)
    assert value_from(mazur(), DELTA_H1, 0, {}) == pytest.approx(0.00877135, abs=1e-8)


def test_only_one_step_is_taken() -> None:
    """The gradient of w1 is δ_h1 · i1: a wrong δ_o1 does not reach it, a wrong δ_h1 does."""
    step = gradient(1, 0, 0)
    from_o1 = value_from(mazur(), step, 0, {(DELTA_O1, 0): 0.2})
    assert from_o1 == pytest.approx(0.000438568, abs=1e-9)
    assert value_from(mazur(), step, 0, {(DELTA_H1, 0): 0.02}) == pytest.approx(0.001)


def test_an_own_activation_goes_into_the_slope_and_into_the_loss() -> None:
    activation = StepId("forward", "activation", 2, 0)
    own = {(activation, 0): 0.8}
    assert value_from(mazur(), DELTA_O1, 0, own) == pytest.approx(0.79 * 0.8 * 0.2)
    assert value_from(mazur(), StepId("loss", "loss", 2, 0), 0, own) == pytest.approx(0.5 * 0.79**2)


def test_an_own_gradient_goes_into_the_update_and_an_own_weight_into_the_loss_after() -> None:
    w5 = StepId("update", "weight_update", 2, 0, 0)
    assert value_from(mazur(), w5, 0, {(gradient(2, 0, 0), None): 0.1}) == pytest.approx(0.35)
    after = StepId("check", "loss_after")
    same = value_from(mazur(), after, 0, {(w5, None): 0.35891648})
    assert same == pytest.approx(0.291027774, abs=1e-9)
    assert value_from(mazur(), after, 0, {(w5, None): 0.9}) > same + 0.01


def test_in_a_batch_only_the_samples_own_term_changes() -> None:
    iteration = xor()
    step = gradient(2, 0, 0)
    delta = StepId("backward", "delta", 2, 0)
    sample = iteration.sample(1)
    share = 1.0 if iteration.spec.reduction == "sum" else 0.25
    expected = step_value(iteration, step, sample)
    expected += share * (1.5 - float(sample.delta[2][0])) * float(sample.a[1][0])
    assert value_from(iteration, step, 1, {(delta, 1): 1.5}) == pytest.approx(expected)


def test_an_own_activation_reaches_a_cross_entropy() -> None:
    """−ln a for a target of 1, though the engine works its loss out from z."""
    document = read_example("xor-2-3-1-adam")
    assert document.spec.loss == "binary_cross_entropy"
    iteration = iterate(document.spec, start_state(document.spec, document.start))
    row = int(np.flatnonzero(document.spec.data.targets[:, 0] == 1.0)[0])
    own = {(StepId("forward", "activation", 2, 0), row): 0.25}
    value = value_from(iteration, StepId("loss", "loss", 2, 0), row, own)
    assert value == pytest.approx(-np.log(0.25))


def test_on_paper_what_follows_is_rounded_too() -> None:
    paper = paper_iteration(mazur(), 4)
    assert value_from(paper, DELTA_H1, 0, {(DELTA_O1, 0): 0.2}) == 0.0147


# Mistakes in one step


def test_a_mistake_in_one_step_takes_right_values() -> None:
    """The slope at a_h1 = 0.593269992 in place of z_h1: 0.036350306 · s(1 − s), s = σ(0.59327)."""
    s = 1.0 / (1.0 + np.exp(-0.593269992))
    value = value_from(mazur(), DELTA_H1, 0, {}, ("derivative-at-activation",))
    assert value == pytest.approx(0.036350306 * s * (1.0 - s), abs=1e-9)


def test_forgetting_the_rate_takes_the_whole_gradient_off() -> None:
    w5 = StepId("update", "weight_update", 2, 0, 0)
    value = value_from(mazur(), w5, 0, {}, ("forgotten-rate",))
    assert value == pytest.approx(0.4 - 0.082167041, abs=1e-9)


@given(specs())
def test_every_mistake_that_can_be_made_in_a_step_can_be_worked_out(spec: Spec) -> None:
    iteration = iterate(spec, start_state(spec))
    row = int(iteration.rows[0])
    keys = mistakes_in_a_step(spec)
    assert set(keys) <= set(MISTAKES)
    last = spec.steps.id_at(len(spec.steps) // 2)
    for key in keys:
        value_from(iteration, last, row, {}, (key,))
