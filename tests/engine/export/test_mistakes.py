"""What an export says of the mistakes of its run, in every target."""

from __future__ import annotations

import re

import pytest

from engine.export.worked import worked_solution
from engine.run.mistakes import MISTAKES
from tests.engine.export.conftest import TARGETS, iteration_with


@pytest.mark.parametrize("target", TARGETS)
def test_the_head_names_the_mistakes(target: str) -> None:
    iteration = iteration_with(mistakes=("wrong-sign", "forgotten-rate"))
    for gaps in (False, True):
        text = TARGETS[target].write(worked_solution(iteration, "Title", gaps=gaps))
        head = text[: text.index("Given")]
        for key in ("wrong-sign", "forgotten-rate"):
            assert MISTAKES[key].title in head
        assert re.search(r"with the mistakes .* and .*, made on purpose", head)


@pytest.mark.parametrize("target", TARGETS)
def test_a_right_one_says_nothing_of_mistakes(target: str) -> None:
    text = TARGETS[target].write(worked_solution(iteration_with(), "Title"))
    assert "mistake" not in text and "on purpose" not in text


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum", "adam"])
def test_gradients_that_are_kept_are_given(target: str, optimizer: str) -> None:
    from engine.maths.optimizers import Optimizer

    iteration = iteration_with(
        updates=1, optimizer=Optimizer(optimizer), mistakes=("accumulated-gradients",)
    )
    text = TARGETS[target].write(worked_solution(iteration, "Title"))
    start = text.index("From the updates before, ")
    given = text[start : text.index("Forward pass", start)]
    assert "the gradient:" in given
    kept = iteration.state.slots[-1]
    assert all(TARGETS[target].number(float(value), 6) in given for value in kept)


def test_latex_that_strikes_through_loads_what_it_needs() -> None:
    for made, expected in ((("updated-weights",), True), ((), False)):
        text = TARGETS["tex"].write(worked_solution(iteration_with(mistakes=made), "Title"))
        assert (r"\bcancel{" in text, r"\usepackage{cancel}" in text) == (expected, expected)
