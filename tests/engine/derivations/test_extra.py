"""Derivations of ∂E/∂a, f′(z), ∂E/∂x, of a sample's own gradient and of a change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.derivations.as_text import solution_latex, solution_text
from engine.derivations.derive import derive
from engine.formulas.writers import latex_number, prose_text
from engine.maths.penalty import Penalty
from engine.run.iteration import Iteration, iterate
from engine.run.mistakes import MISTAKES
from engine.run.paper import paper_iteration
from engine.run.scaling import SAME, Scaling, linears
from engine.run.spec import Batching, Spec, State
from engine.run.step_values import step_value
from engine.run.steps import EXTRA_KINDS, StepId, title_of
from engine.run.value_kinds import ALSO
from tests.engine.conftest import runs
from tests.engine.derivations.conftest import agree, iteration_of, mazur, with_mistakes
from tests.engine.derivations.test_derive import check_line, numbers_of, reckoned

BY_A_H1 = StepId("backward", "loss_by_activation", 1, 0)
BY_A_O1 = StepId("backward", "loss_by_activation", 2, 0)
SLOPE_H1 = StepId("backward", "activation_slope", 1, 0)
BY_I1 = StepId("backward", "loss_by_input", 0, 0)
OWN_W5 = StepId("backward", "own_weight_gradient", 2, 0, 0)
CHANGE_W5 = StepId("update", "weight_change", 2, 0, 0)


@settings(max_examples=40)
@given(runs(), st.data())
def test_each_comes_to_the_engines_number_by_the_formula_it_shows(
    run: tuple[Spec, State], data: st.DataObject
) -> None:
    check_extra_steps(*run, data)


@settings(max_examples=30)
@given(runs(), st.lists(st.sampled_from(sorted(MISTAKES)), unique=True, min_size=1), st.data())
def test_so_it_does_with_mistakes(
    run: tuple[Spec, State], keys: list[str], data: st.DataObject
) -> None:
    check_extra_steps(*with_mistakes(run, keys), data)


def check_extra_steps(spec: Spec, state: State, data: st.DataObject) -> None:
    iteration = iterate(replace(spec, also=tuple(ALSO)), state)
    assume(np.abs(iteration.next_state.theta).max() < 20.0 and iteration.loss < 1e3)
    row = data.draw(st.integers(0, len(spec.data) - 1))
    for step in extra_of(iteration):
        derivation = derive(iteration, step, row)
        expected = step_value(iteration, step, iteration.sample(row))
        assert agree(derivation.value, expected), derivation.text
        assert derivation.title == title_of(spec.network, step)
        check_line(derivation.line, expected)
        if "…" not in numbers_of(derivation.result):
            assert agree(reckoned(numbers_of(derivation.result)), expected)
    assert solution_text(derivation) and solution_latex(derivation, latex_number(6))


def extra_of(iteration: Iteration) -> list[StepId]:
    steps = iteration.spec.steps
    every = map(steps.id_at, range(len(steps)))
    return [step for step in every if step.kind in EXTRA_KINDS]


def test_they_are_written_as_in_a_textbook() -> None:
    iteration = mazur()
    texts = [derive(iteration, step, 0).text for step in (BY_A_O1, BY_A_H1, SLOPE_H1, BY_I1)]
    assert texts == [
        "∂E/∂a_o1 = a_o1 − t_o1 = 0.751365 − 0.01 = 0.741365",
        "∂E/∂a_h1 = w5 · δ_o1 + w7 · δ_o2 = 0.4 · 0.138499 + 0.5 · (-0.0380982) "
        "= 0.0553994 + (-0.0190491) = 0.0363503",
        "∂a_h1/∂z_h1 = a_h1 · (1 − a_h1) = 0.593270 · 0.406730 = 0.241301",
        "∂E/∂i1 = w1 · δ_h1 + w3 · δ_h2 = 0.15 · 0.00877135 + 0.25 · 0.00995425 "
        "= 0.00131570 + 0.00248856 = 0.00380427",
    ]
    change = derive(iteration, CHANGE_W5, 0)
    assert change.text == "Δw5 = −η · ∂E/∂w5 = −0.5 · 0.0821670 = -0.0410835"
    assert prose_text(change.used_next) == "used next in w5 ← w5 + Δw5"
    assert change.latex.startswith(r"\Delta w_{5} = ")


def test_a_links_factor_says_which_quantity_it_is() -> None:
    iteration = mazur()
    delta = derive(iteration, StepId("backward", "delta", 1, 0), 0)
    assert [factor.quantity for factor in delta.factors] == [BY_A_H1, SLOPE_H1]


def test_an_own_gradient_leaves_the_penalty_to_the_batch() -> None:
    iteration = iteration_of(
        (2, 2), ("sigmoid",), samples=3, batching=Batching(), penalty=Penalty(l2=0.5)
    )
    step = StepId("backward", "own_weight_gradient", 1, 0, 0)
    derivation = derive(iteration, step, 1)
    assert "before what penalties add" in prose_text(derivation.used_next)
    alone = iterate(replace(iteration.spec, batching=Batching(1)), iteration.state)
    told = prose_text(derive(alone, step, 0).used_next)
    assert told == "what ∂E/∂w¹₁₁ is, of a batch of one, before what penalties add"


def test_by_an_input_that_is_scaled_it_says_what_it_is_by_the_data() -> None:
    iteration = iteration_of((2, 2), ("sigmoid",), samples=4)
    spec = replace(
        iteration.spec,
        scaling=Scaling("range", linears("range", iteration.spec.data.inputs), (SAME, SAME)),
    )
    scaled = iterate(spec, iteration.state)
    note = prose_text(derive(scaled, BY_I1, 0).notes[-1])
    assert "as the network takes it, scaled" in note and "divided by" in note


def test_on_paper_what_stands_inside_a_delta_is_not_rounded_and_the_rest_is() -> None:
    paper = paper_iteration(mazur(), 3)
    for step in (BY_A_H1, SLOPE_H1):
        derivation = derive(paper, step, 0)
        assert "not rounded by itself" in prose_text(derivation.paper)
        assert agree(derivation.value, step_value(paper, step, paper.sample(0)))
    for step in (BY_I1, CHANGE_W5):
        derivation = derive(paper, step, 0)
        assert derivation.value == pytest.approx(round(derivation.value, 3), abs=1e-15)
        assert "Carried as" in prose_text(derivation.paper)
    own = derive(paper, OWN_W5, 0)
    assert "not rounded by itself" in prose_text(own.paper)
