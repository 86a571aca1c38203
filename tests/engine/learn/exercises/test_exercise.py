"""Exercises: tidy numbers from a seed that nobody has to quarrel about."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.reading import read_document, write_document
from engine.export.markdown import markdown
from engine.learn.exercises.exercise import (
    KEY,
    Exercise,
    ExerciseError,
    activations_by_hand,
    exercise_of,
    is_unambiguous,
    make_exercise,
    margin_of,
    steps_of,
)
from engine.learn.exercises.sheet import answer_key, problem_sheet
from engine.maths.losses import LOSSES
from engine.run.check_spec import check_spec
from engine.run.iteration import Iteration, iterate
from engine.run.paper import PaperIteration, paper_iteration, rounded
from engine.run.spec import start_state
from engine.run.step_values import traced_steps
from engine.text.numbers import machine_number


@st.composite
def exercises(draw: st.DrawFn) -> Exercise:
    """Small exercises of every activation and loss."""
    hidden = draw(st.lists(st.integers(1, 3), max_size=2))
    exercise = Exercise(
        (draw(st.integers(1, 3)), *hidden, draw(st.integers(1, 2))),
        draw(st.sampled_from(activations_by_hand())),
        draw(st.sampled_from(sorted(LOSSES))),
        draw(st.sampled_from((4, 5, 6))),
        draw(st.integers(0, 2000)),
    )
    assume(exercise.output_activation != "softmax" or exercise.sizes[-1] > 1)
    return exercise


def first_iteration(document: Document) -> Iteration:
    return iterate(document.spec, start_state(document.spec, document.start))


def on_paper(document: Document, exercise: Exercise) -> PaperIteration:
    return paper_iteration(first_iteration(document), exercise.decimals)


def from_half_way(value: float, decimals: int) -> float:
    """In units of the last digit, how far a value is from the middle between two numbers."""
    scaled = abs(value) * 10**decimals
    return abs(scaled - np.floor(scaled) - 0.5)


@settings(max_examples=40)
@given(exercises())
def test_no_value_of_the_iteration_rounds_half_way(exercise: Exercise) -> None:
    document = make_exercise(exercise)
    least = margin_of(document.spec)
    assert 0.005 < least <= 0.02
    iteration = first_iteration(document)
    for step in traced_steps(iteration):
        assert from_half_way(step.value, exercise.decimals) >= least, step
    # By hand too: what a student comes to from rounded values, before rounding it.
    paper = on_paper(document, exercise)
    network, theta = document.spec.network, paper.state.theta
    values = paper.sample(0)
    for layer in range(1, network.depth + 1):
        W, b = network.weights(theta, layer), network.biases(theta, layer)
        for unit in range(network.sizes[layer]):
            z = float(W[unit] @ values.a[layer - 1]) + float(b[unit])
            assert from_half_way(z, exercise.decimals) >= least
            for source in range(network.sizes[layer - 1]):
                product = float(values.delta[layer][unit] * values.a[layer - 1][source])
                assert from_half_way(product, exercise.decimals) >= least
    moved = theta - document.spec.optimizer["learning_rate"] * paper.gradient
    assert min(from_half_way(float(value), exercise.decimals) for value in moved) >= least
    terms = float(values.loss_terms.sum())
    assert rounded(terms, exercise.decimals) == pytest.approx(paper.loss, abs=1e-12)


@pytest.mark.parametrize(
    ("exercise", "steps", "least"),
    [
        (Exercise((3, 4, 3, 2)), 109, 0.01376),
        (Exercise((6, 6, 6, 6), "tanh", decimals=6), 314, 0.00477),
    ],
)
def test_of_many_values_each_keeps_a_smaller_distance(
    exercise: Exercise, steps: int, least: float
) -> None:
    """All distances of a hundred values or more come to 3 units of the last digit, twice over: at
    0.02 each no numbers would be found for the largest network that there is."""
    document = make_exercise(exercise)
    assert steps_of(exercise) == steps
    assert margin_of(document.spec) == pytest.approx(least, abs=1e-5)
    for step in traced_steps(first_iteration(document)):
        assert from_half_way(step.value, exercise.decimals) >= least - 1e-5, step


@settings(max_examples=40)
@given(exercises())
def test_its_numbers_are_tidy_and_its_document_reads_back(exercise: Exercise) -> None:
    document = make_exercise(exercise)
    check_spec(document.spec)
    given = (document.start, document.spec.data.inputs, document.spec.data.targets)
    for value in np.concatenate([values.ravel() for values in given]):
        assert float(machine_number(float(value), 2)) == value
        assert len(machine_number(abs(float(value)))) <= 4  # 0.65
    assert (document.start != 0.0).all()
    again = read_document(write_document(document))
    assert again.start.tobytes() == document.start.tobytes()
    assert exercise_of(again) == exercise
    assert write_document(again) == write_document(make_exercise(exercise))


@settings(max_examples=30)
@given(exercises())
def test_every_unit_takes_part(exercise: Exercise) -> None:
    document = make_exercise(exercise)
    iteration = first_iteration(document)
    sample = iteration.sample(0)
    for layer, z in zip(document.spec.network.layers, sample.z[1:], strict=True):
        if layer.activation in ("sigmoid", "tanh"):
            assert np.abs(z).max() <= 3.5
        if layer.activation == "relu":
            assert z.min() >= 0.05
    assert np.abs(iteration.gradient).max() >= 0.01
    seen = np.abs(iteration.gradient) >= 10.0**-exercise.decimals
    assert seen.mean() >= 0.5


def test_other_seeds_give_other_numbers() -> None:
    starts = {make_exercise(Exercise(seed=seed)).start.tobytes() for seed in range(20)}
    assert len(starts) == 20
    assert Exercise(seed=7).next_variant() == Exercise(seed=8)


def test_a_value_that_rounds_half_way_is_found() -> None:
    document = make_exercise(Exercise())
    assert is_unambiguous(first_iteration(document), 4)
    spec = replace(document.spec, optimizer=document.spec.optimizer.changed(learning_rate=0.5))
    # Half of an odd last digit: some gradient of this exercise has one.
    paper = paper_iteration(iterate(spec, start_state(spec, document.start)), 4)
    assert any(round(abs(g) * 1e4) % 2 for g in paper.gradient)
    assert not is_unambiguous(iterate(spec, start_state(spec, document.start)), 4)


@pytest.mark.parametrize(
    ("exercise", "sentence"),
    [
        (Exercise((2,)), "inputs, outputs and at most 2 hidden layers"),
        (Exercise((2, 7, 1)), "of 1 to 6 units each"),
        (Exercise((2, 1, 1, 1, 1)), "at most 2 hidden layers"),
        (Exercise(activation="step"), 'no activation "step"'),
        (Exercise(loss="guess"), 'no loss "guess"'),
        (Exercise(decimals=2), "3 to 6 decimals"),
        (Exercise(seed=-1), "whole number from 0"),
        (Exercise(loss="categorical_cross_entropy"), "two outputs or more"),
    ],
)
def test_what_is_no_exercise_is_refused(exercise: Exercise, sentence: str) -> None:
    with pytest.raises(ExerciseError, match=sentence):
        make_exercise(exercise)


@pytest.mark.parametrize(
    "value", [None, 3, {}, {"sizes": [2, 2, 1], "colour": 1}, {"sizes": 5}, {"sizes": [9, 1]}]
)
def test_an_own_key_that_says_something_else_makes_no_exercise(value: object) -> None:
    document = make_exercise(Exercise())
    key = replace(document.own_keys[0], value=value)
    assert document.own_keys[0].key == KEY
    assert exercise_of(replace(document, own_keys=(key,))) is None
    assert exercise_of(replace(document, own_keys=())) is None


def test_the_sheet_asks_for_every_value_and_tells_none() -> None:
    exercise = Exercise((2, 2, 1), seed=7)
    document = make_exercise(exercise)
    text = markdown(problem_sheet(document, exercise))
    assert text.startswith("# Exercise 2-2-1, variant 7\n\nTo be worked out with 4 digits")
    assert text.count("____________ |") == steps_of(exercise) == 30
    assert "rounded to 4 digits after the point and carried on so" in text
    for value in (*document.start, *document.spec.data.inputs[0], *document.spec.data.targets[0]):
        assert machine_number(float(value)) in text
    paper = on_paper(document, exercise)
    for value in (*paper.sample(0).a[1], *paper.sample(0).delta[1], paper.loss, paper.loss_after):
        assert machine_number(float(value)) not in text


def test_the_key_holds_every_value_as_it_is_carried() -> None:
    exercise = Exercise((2, 2, 1), seed=7)
    document = make_exercise(exercise)
    text = markdown(answer_key(document, exercise))
    assert text.startswith("# Exercise 2-2-1, variant 7: key\n")
    for step in traced_steps(on_paper(document, exercise)):
        assert machine_number(step.value) in text, step
    # σ(0.06) is 0.5149955 (worked out apart), and 0.515 goes on into the next net input.
    assert "1/(1 + 0.941765) ≈ 0.514996 ≈ 0.515\n" in text
    assert "(-0.4) · 0.515 + 0.3 · 0.7271" in text
