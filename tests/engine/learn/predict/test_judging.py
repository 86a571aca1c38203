"""Judging: what the typed digits ask for, slips of the pen, and the mistakes that are named.

The figures are those of M. Mazur, "A Step by Step Backpropagation Example" (2015).
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.learn.predict.feedback import feedback
from engine.learn.predict.judging import (
    LAST_DIGIT,
    MORE_DIGITS,
    OWN_VALUES,
    POWER_OF_TEN,
    RIGHT,
    SIGN,
    SWAPPED_DIGITS,
    WRONG,
    Judgement,
    judge,
    read_answer,
)
from engine.learn.predict.own_values import Own
from engine.maths.network import with_layer
from engine.run.iteration import Iteration, iterate
from engine.run.spec import Spec, State, start_state
from engine.run.step_values import step_value
from engine.run.steps import StepId
from engine.text.numbers import machine_number
from tests.engine.conftest import runs

DELTA_O1, DELTA_O2 = (StepId("backward", "delta", 2, unit) for unit in (0, 1))
DELTA_H1 = StepId("backward", "delta", 1, 0)
DELTA_FIGURES = {DELTA_O1: 0.138498562, DELTA_H1: 0.00877135}


def first(name: str) -> Iteration:
    document = read_example(name)
    return iterate(document.spec, start_state(document.spec, document.start))


def verdict(text: str, step: StepId, own: Own | None = None) -> str:
    return judge(read_answer(text), first("mazur-2-2-2"), step, 0, own).verdict


def recognised(text: str, step: StepId, own: Own | None = None) -> tuple[str, ...]:
    made = judge(read_answer(text), first("mazur-2-2-2"), step, 0, own)
    assert made.verdict == WRONG
    return made.recognised


# The digits


@pytest.mark.parametrize(
    ("text", "unit", "digits"),
    [
        ("0.1385", 1e-4, 4), ("0,1385", 1e-4, 4), (" −0.038 ", 1e-3, 2), ("0.0380", 1e-4, 3),
        ("3.5e-05", 1e-6, 2), ("3,50E−5", 1e-7, 3), ("12", 1.0, 2), ("120", 1.0, 3),
        (".5", 0.1, 1), ("0", 1.0, 0), ("0.00", 0.01, 0), ("1e3", 1e3, 1), ("7.", 1.0, 1),
    ],
)  # fmt: skip
def test_a_number_says_how_exact_it_is(text: str, unit: float, digits: int) -> None:
    typed = read_answer(text)
    assert typed.unit == pytest.approx(unit) and typed.digits == digits


def test_a_fraction_is_exact_unless_a_decimal_number_stands_in_it() -> None:
    assert read_answer("151/400").unit == 0.0
    assert read_answer("151/400").value == 0.3775
    shorter = read_answer("0.75/2")
    assert shorter.digits == 2 and shorter.unit == pytest.approx(0.01)


@pytest.mark.parametrize("text", ["", "abc", "1,234.5.6", "1/0"])
def test_what_is_no_number_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        read_answer(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.138498562", RIGHT), ("0.1384986", RIGHT), ("0,138", RIGHT), ("0.14", RIGHT),
        ("1.385e-1", RIGHT), ("0.1384", LAST_DIGIT), ("0.13", LAST_DIGIT),
        ("0.1386", WRONG), ("0.12", WRONG), ("0.1", MORE_DIGITS), ("7", MORE_DIGITS), ("0", WRONG),
        ("5/36", WRONG),
    ],
)  # fmt: skip
def test_an_answer_has_to_be_as_near_as_it_has_digits(text: str, expected: str) -> None:
    assert verdict(text, DELTA_O1) == expected


def test_an_exact_value_needs_no_more_digits_than_it_has() -> None:
    """With i = (1, 1) the net input of h1 is 0.15 + 0.2 + 0.35 = 0.7."""
    iteration = first("mazur-2-2-2")
    spec = iteration.spec
    data = type(spec.data)(np.array([[1.0, 1.0]]), spec.data.targets, spec.data.target_names)
    other = iterate(replace(spec, data=data), iteration.state)
    step = StepId("forward", "net_input", 1, 0)
    assert judge(read_answer("0.7"), other, step, 0).verdict == RIGHT
    assert judge(read_answer("0.6"), other, step, 0).verdict == MORE_DIGITS


def test_zero_is_right_only_where_the_value_is_zero() -> None:
    iteration = first("mazur-2-2-2")
    network = with_layer(iteration.spec.network, 1, activation="relu")
    theta = np.array(iteration.state.theta)
    theta[:4] = -5.0
    dead = iterate(replace(iteration.spec, network=network), State(theta))
    assert judge(read_answer("0"), dead, DELTA_H1, 0).verdict == RIGHT
    assert judge(read_answer("0.00"), dead, DELTA_H1, 0).verdict == RIGHT
    assert judge(read_answer("0.01"), dead, DELTA_H1, 0).verdict == WRONG
    assert verdict("0.00", DELTA_H1) == WRONG  # it is 0.00877
    assert verdict("0.0", DELTA_H1) == MORE_DIGITS


@given(runs(), st.data(), st.integers(2, 12))
def test_the_true_value_is_right_with_however_many_digits(
    run: tuple[Spec, State], data: st.DataObject, digits: int
) -> None:
    iteration = iterate(*run)
    step = iteration.spec.steps.id_at(data.draw(st.integers(0, len(iteration.spec.steps) - 1)))
    row = int(iteration.rows[0])
    value = step_value(iteration, step, iteration.sample(row))
    assume(np.isfinite(value) and abs(value) < 1e11)
    text = machine_number(value, digits)
    assert judge(read_answer(text), iteration, step, row).verdict == RIGHT


# From own values


def test_what_follows_from_an_own_wrong_value_gets_full_marks() -> None:
    own = {(DELTA_O1, 0): 0.2}
    assert verdict("0.0147", DELTA_H1, own) == OWN_VALUES
    assert verdict("0.0147", DELTA_H1) == WRONG
    assert verdict("0.00877", DELTA_H1, own) == RIGHT


def test_a_value_rounded_on_the_way_is_no_slip() -> None:
    """With δ_o1 carried as 0.14 and δ_o2 as −0.04, δ_h1 comes to 0.00869."""
    own = {(DELTA_O1, 0): 0.14, (DELTA_O2, 0): -0.04}
    assert verdict("0.00869", DELTA_H1, own) == OWN_VALUES


# What a wrong answer looks like


def test_slips_of_the_pen_are_told_apart() -> None:
    assert recognised("-0.1385", DELTA_O1) == (SIGN,)
    assert recognised("1.385", DELTA_O1) == (POWER_OF_TEN,)
    assert recognised("0.0138", DELTA_O1) == (POWER_OF_TEN,)
    assert recognised("0.1835", DELTA_O1) == (SWAPPED_DIGITS,)


@pytest.mark.parametrize(
    ("step", "text", "key"),
    [
        # 0.741365070 is ∂E/∂a, 0.186815602 the slope.
        (DELTA_O1, "0.741365", "missing-derivative"),
        # f'(0.74136507) of the sigmoid, as if that were z.
        (DELTA_O1, "0.21857", "lost-link"),
        # σ(0.751365)(1 − σ(0.751365)) · 0.741365.
        (DELTA_O1, "0.16146", "derivative-at-activation"),
        (DELTA_H1, "0.0083326", "derivative-at-activation"),
        # 0.138498562 · 0.4 · 0.241300709.
        (DELTA_H1, "0.013368", "one-path-only"),
        # (0.138498562 · 0.4 − 0.038098236 · 0.45) · 0.241300709: the row in place of the column.
        (DELTA_H1, "0.0092310", "untransposed-weights"),
        (DELTA_H1, "0.0363503", "missing-derivative"),
        (StepId("update", "weight_update", 2, 0, 0), "0.317833", "forgotten-rate"),
        (StepId("forward", "net_input", 1, 0), "0.0275", "bias-left-out"),
    ],
)
def test_a_classic_mistake_is_named(step: StepId, text: str, key: str) -> None:
    assert key in recognised(text, step)


def test_a_mistake_made_with_own_values_is_named_too() -> None:
    """δ_o1 was 0.2, and then the slope was left out: 0.2 · 0.4 − 0.0380982 · 0.5."""
    assert recognised("0.060951", DELTA_H1, {(DELTA_O1, 0): 0.2}) == ("missing-derivative",)


def test_what_looks_like_nothing_known_is_just_wrong() -> None:
    assert recognised("0.55", DELTA_O1) == ()


def test_the_first_sample_taken_for_the_batch_is_named() -> None:
    iteration = first("xor-2-3-1")
    step = StepId("backward", "weight_gradient", 2, 0, 0)
    sample = iteration.sample(int(iteration.rows[0]))
    typed = read_answer(f"{float(sample.delta[2][0] * sample.a[1][0]):.6g}")
    assert "first-sample-only" in judge(typed, iteration, step, 0).recognised


# What is said of it


def test_feedback_keeps_the_value_to_itself_until_the_question_is_settled() -> None:
    true = DELTA_FIGURES[DELTA_O1]
    for judgement in (
        Judgement(WRONG), Judgement(WRONG, (SIGN,)), Judgement(MORE_DIGITS),
        Judgement(WRONG, ("derivative-at-activation",)),
        Judgement(WRONG, ("lost-link", "missing-derivative")),
    ):  # fmt: skip
        assert "0.138" not in feedback(judgement, "δ_o1", true, 6)
    assert feedback(Judgement(RIGHT), "δ_o1", true, 6) == "Right: δ_o1 = 0.138499."
    assert "off by one" in feedback(Judgement(LAST_DIGIT), "δ_o1", true, 6)
    assert "full marks" in feedback(Judgement(OWN_VALUES), "δ_o1", true, 6)


def test_feedback_names_the_mistake_and_what_it_replaced() -> None:
    said = feedback(Judgement(WRONG, ("derivative-at-activation",)), "δ_h1", 0.00877, 6)
    assert "slope taken at the activation" in said and "f′(a) in place of f′(z)" in said
