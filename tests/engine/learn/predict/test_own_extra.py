"""What follows from a person's own ∂E/∂a, f′(z) and Δw, and what these follow from."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.learn.predict.own_values import value_from
from engine.run.iteration import iterate
from engine.run.spec import Spec, State
from engine.run.step_values import step_value
from engine.run.steps import EXTRA_KINDS, StepId
from engine.run.value_kinds import ALSO
from tests.engine.conftest import runs
from tests.engine.derivations.conftest import agree, mazur

DELTA_H1 = StepId("backward", "delta", 1, 0)
DELTA_O1 = StepId("backward", "delta", 2, 0)
BY_A_H1 = StepId("backward", "loss_by_activation", 1, 0)
SLOPE_H1 = StepId("backward", "activation_slope", 1, 0)
UPDATE_W5 = StepId("update", "weight_update", 2, 0, 0)
CHANGE_W5 = StepId("update", "weight_change", 2, 0, 0)
GRADIENT_W5 = StepId("backward", "weight_gradient", 2, 0, 0)


@settings(max_examples=40)
@given(runs(), st.data())
def test_without_own_values_each_is_that_of_the_record(
    run: tuple[Spec, State], data: st.DataObject
) -> None:
    spec, state = run
    iteration = iterate(replace(spec, also=tuple(ALSO)), state)
    assume(abs(iteration.next_state.theta).max() < 20.0)
    row, steps = data.draw(st.integers(0, len(spec.data) - 1)), iteration.spec.steps
    for step in map(steps.id_at, range(len(steps))):
        if step.kind in EXTRA_KINDS:
            expected = step_value(iteration, step, iteration.sample(row))
            assert agree(value_from(iteration, step, row, {}), expected)


def test_a_delta_follows_from_the_links_that_were_given() -> None:
    iteration = mazur()
    slope = step_value(iteration, SLOPE_H1, iteration.sample(0))
    assert value_from(iteration, DELTA_H1, 0, {(BY_A_H1, 0): 2.0}) == pytest.approx(2.0 * slope)
    both = {(BY_A_H1, 0): 2.0, (SLOPE_H1, 0): 0.25}
    assert value_from(iteration, DELTA_H1, 0, both) == 0.5


def test_a_link_and_a_change_follow_from_what_was_given_before_them() -> None:
    iteration = mazur()
    usual = value_from(iteration, BY_A_H1, 0, {})
    delta = iteration.sample(0).delta[2][0]
    own = {(DELTA_O1, 0): float(delta) + 1.0}
    assert value_from(iteration, BY_A_H1, 0, own) == pytest.approx(usual + 0.4)
    assert value_from(iteration, CHANGE_W5, 0, {(GRADIENT_W5, None): 0.2}) == pytest.approx(-0.1)
    assert value_from(iteration, UPDATE_W5, 0, {(CHANGE_W5, None): -0.1}) == pytest.approx(0.3)
