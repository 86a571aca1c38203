"""Titles that follow the shape of the network, and those that stay."""

from __future__ import annotations

import pytest

from engine.documents.examples import example_names, read_example
from engine.documents.titles import new_title, title_after
from engine.learn.exercises.exercise import Exercise, make_exercise

OLD, NEW = (2, 2, 1), (2, 12, 1)


@pytest.mark.parametrize(
    "before, after",
    [
        ("2-2-1, XOR", "2-12-1, XOR"),
        ("2-2-1", "2-12-1"),
        (new_title(OLD, "own data"), "2-12-1, own data"),
        ("XOR with two hidden units", "2-12-1, from “XOR with two hidden units”"),
        (Exercise().title, "2-12-1, from “Exercise 2-2-1, variant 1”"),
        # A person's own.
        ("My homework", "My homework"),
        ("", ""),
        ("A 2-2-1 network, as in class", "A 2-2-1 network, as in class"),
        ("2-2-10, XOR", "2-2-10, XOR"),
        ("2-3-1, XOR", "2-3-1, XOR"),
        ("2-2-1, " + "x" * 193, "2-2-1, " + "x" * 193),  # there is no room for more
    ],
)
def test_a_title_the_program_made_follows_the_shape(before: str, after: str) -> None:
    assert title_after(before, OLD, NEW) == after
    assert title_after(before, OLD, OLD) == before


def test_no_title_of_an_example_or_an_exercise_is_taken_for_a_person_s_own() -> None:
    documents = [*map(read_example, example_names()), make_exercise(Exercise(seed=12))]
    for document in documents:
        sizes = document.spec.network.sizes
        assert title_after(document.title, sizes, NEW).startswith("2-12-1, ")
