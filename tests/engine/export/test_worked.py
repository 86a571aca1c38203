"""Worked solutions: every number of the trace stands in them, and none of it in the gaps."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from command_line.reports import numbered_iteration
from engine.data.preparation import prepared, proposed_plan, spec_of
from engine.data.table import read_table
from engine.documents.examples import example_names, read_example
from engine.export.formats import FORMATS
from engine.export.markdown import markdown
from engine.export.worked import MAX_LINES, TooLong, worked_solution
from engine.formulas.notation import Notation
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.iteration import Iteration, iterate
from engine.run.paper import paper_iteration
from engine.run.spec import Data, Spec, start_state
from engine.run.step_values import traced_steps
from engine.text.wording import visible
from tests.engine.export.conftest import (
    ODD_TITLE,
    TARGETS,
    Target,
    example_iteration,
    iteration_with,
)

EXAMPLES_AND_TARGETS = [(name, target) for name in example_names() for target in TARGETS]


def is_shown(value: float, text: str, target: Target) -> bool:
    """Whether a number is there, to six digits or as many more as tell it from another."""
    return any(target.number(value, digits) in text for digits in range(6, 18))


def parts(text: str, target: Target) -> tuple[str, str]:
    exercise, mark, key = text.partition(target.before_key)
    assert mark, "there is no key"
    return exercise, key


@pytest.mark.parametrize("key", TARGETS)
def test_a_title_is_one_line_in_which_everything_is_seen(key: str) -> None:
    text = TARGETS[key].write(worked_solution(iteration_with(), ODD_TITLE))
    assert text == visible(text)
    lost = "[U+FFFD]" if key == "tex" else "�"
    line = next(line for line in text.splitlines() if f"a{lost}" in line)
    assert f"b{lost}" in line and f"c{lost}d{lost}" in line


@pytest.mark.parametrize(("name", "key"), EXAMPLES_AND_TARGETS)
def test_every_number_of_the_trace_is_in_the_document(name: str, key: str) -> None:
    target, iteration = TARGETS[key], example_iteration(name)
    text = target.write(worked_solution(iteration, name))
    missing = [step for step in traced_steps(iteration) if not is_shown(step.value, text, target)]
    assert missing == []


@pytest.mark.parametrize(
    ("name", "key"),
    [pair for pair in EXAMPLES_AND_TARGETS if read_example(pair[0]).spec.can_train],
)
def test_gaps_hold_no_result_and_the_key_holds_them_all(name: str, key: str) -> None:
    target, iteration = TARGETS[key], example_iteration(name)
    text = target.write(worked_solution(iteration, name, gaps=True))
    exercise, answers = parts(text, target)
    network, data = iteration.spec.network, iteration.spec.data
    given = {
        target.number(float(value), 6)
        for values in (iteration.state.theta, data.inputs, data.targets, *iteration.state.slots)
        for value in values.flat
    }
    results = {target.number(step.value, 6) for step in traced_steps(iteration)}
    secret = {number for number in results - given if len(number) > 5}
    assert len(secret) > network.size
    shown = set(re.findall(r"[-−]?\d+\.\d+(?:e[-−+]?\d+| \\cdot 10\^\{-?\d+\})?", exercise))
    assert shown & secret == set()
    assert shown & given
    missing = [s for s in traced_steps(iteration) if not is_shown(s.value, answers, target)]
    assert missing == []


def test_a_step_is_written_as_on_paper() -> None:
    text = markdown(worked_solution(numbered_iteration(read_example("mazur-2-2-2"), 1), "Mazur"))
    assert text.startswith("# Mazur\n\nIteration 1, worked out.\n\n## Given\n")
    assert (
        "Gradient of w5\n\n"
        "    ∂E/∂w5 = δ_o1 · a_h1\n"
        "           = 0.138499 · 0.593270 ≈ 0.0821670\n"
    ) in text
    # What comes out exact is not called rounded.
    assert "= 0.15 · 0.05 + 0.2 · 0.1 + 0.35 = 0.0075 + 0.02 + 0.35 = 0.3775\n" in text
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    assert headings[1:5] == ["Given", "Forward pass", "Layer 1: h1, h2", "Layer 2: o1, o2"]
    assert headings[5:9] == ["Loss", "Backward pass", "Layer 2: o1, o2", "Layer 1: h1, h2"]
    assert headings[-1] == "Result"
    assert "w5 = 0.4" in text and "b2 = 0.6 (fixed)" in text and "η = 0.5" in text
    assert re.search(r"\| +w5 \| +0\.4 \| 0\.358916 \|", text)
    assert re.search(r"\| +E \| 0\.298371 \| 0\.291028 \|", text)


def test_samples_follow_each_other_below_one_formula() -> None:
    text = markdown(worked_solution(numbered_iteration(read_example("xor-2-3-1"), 1), "XOR"))
    step = text[text.index("Activation of h1\n") : text.index("Net input of h2\n")]
    assert step.count("a_h1 = 1/(1 + e^(−z_h1))") == 1
    labels = re.findall(r"sample \d:", step)
    assert labels == ["sample 1:", "sample 2:", "sample 3:", "sample 4:"]


def test_a_formula_that_is_another_for_some_samples_is_written_again() -> None:
    iteration = iteration_with(("x",), samples=4, initializer="uniform_0_1")
    signs = [iteration.sample(int(row)).z[1][0] > 0.0 for row in iteration.rows]
    assert len(set(signs)) == 2
    text = markdown(worked_solution(iteration, "ReLU"))
    step = text[text.index("Delta of x'\n") : text.index("Gradient of w¹₁₁\n")]
    changes = sum(a != b for a, b in zip(signs, signs[1:], strict=False))
    assert step.count("δ_x' =") == 1 + changes


def test_what_the_optimizer_remembers_is_given_and_its_terms_are_worked_out() -> None:
    optimizer = Optimizer("momentum", {"learning_rate": 0.1, "momentum": 0.5})
    iteration = iteration_with(updates=2, optimizer=optimizer)
    text = markdown(worked_solution(iteration, "Momentum"))
    given, _, work = text.partition("## Forward pass")
    assert "momentum μ = 0.5" in given and "v\\_(t-1)" in given
    for velocity in iteration.state.slots[0]:
        assert is_shown(float(velocity), given, TARGETS["md"])
    for velocity in iteration.next_state.slots[0]:
        assert is_shown(float(velocity), work, TARGETS["md"])
    iteration = iteration_with(optimizer=Optimizer("adam", {"learning_rate": 0.1}))
    adam = markdown(worked_solution(iteration, "Adam"))
    # The step size is the same for every parameter, so it is worked out once.
    assert adam.count("η_t = (η") == 1 and adam.count("m_t = β_1") > 3


def test_digits_and_notation_are_as_asked() -> None:
    iteration = numbered_iteration(read_example("mazur-2-2-2"), 1)
    notation = Notation(target="y", loss="L")
    text = markdown(worked_solution(iteration, "Mazur", 4, notation=notation))
    assert "∂L/∂w5 = δ_o1 · a_h1\n           = 0.1385 · 0.5933 ≈ 0.08217\n" in text
    assert "y_o1" in text and "t_o1" not in text and "E_o1" not in text
    full = markdown(worked_solution(iteration, "Mazur", None))
    assert repr(iteration.loss_after) in full and "digits" not in full


def test_many_columns_are_dealt_out_to_tables_that_fit_a_page() -> None:
    names = tuple(f"x{k}" for k in range(1, 25))
    text = markdown(worked_solution(iteration_with(names, samples=2), "Wide", 9))
    heads = re.findall(r"^\| sample .*$", text, re.MULTILINE)
    assert len(heads) > 2 and max(map(len, heads)) <= 90
    assert re.findall(r"\bx\d+\b", " ".join(heads)) == list(names)


def test_of_a_large_batch_the_first_hundred_samples_are_written() -> None:
    text = markdown(worked_solution(iteration_with(samples=103), "Many"))
    assert "the first 100 samples are written out" in text
    assert "sample 100:" in text and "sample 101:" not in text


def test_what_nobody_would_hand_in_is_refused() -> None:
    with pytest.raises(TooLong, match=r"has 33,\d{3} steps.* at most 20,000"):
        worked_solution(large(128), "Large")
    assert MAX_LINES == 20_000


def large(width: int) -> Iteration:
    names = default_unit_names((width, width, 1))
    network = Network(names[0], tuple(Layer(units, "sigmoid") for units in names[1:]))
    data = Data([[0.5] * width], [[1.0]], ("t",))  # type: ignore[arg-type]
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    return iterate(spec, start_state(spec))


def test_what_is_scaled_and_what_stands_for_a_class_is_said() -> None:
    table = read_table("size,kind\n100,a\n200,b\n300,c\n")
    plan = replace(proposed_plan(table), scaling="range")
    spec = spec_of(prepared(table, plan), plan)
    iteration = iterate(spec, start_state(spec))
    for each in (iteration, paper_iteration(iteration, 3)):
        text = FORMATS["md"].data(worked_solution(each, "Kinds")).decode()
        assert "size: offset 100, scale 200" in text and "All numbers below are scaled" in text
        assert "o2 is “kind”: 1 for b, else 0" in text
