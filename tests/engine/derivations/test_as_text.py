"""A derivation written out as text and as LaTeX."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings

from engine.derivations.as_text import solution_latex, solution_text
from engine.derivations.derive import derive
from engine.formulas.writers import LatexWriter, TextWriter, latex_number
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.iteration import iterate
from engine.run.spec import Data, Spec, State, start_state
from engine.run.steps import StepId
from tests.engine.conftest import runs
from tests.engine.derivations.conftest import iteration_of, mazur, relu_run

GRADIENT_W5 = StepId("backward", "weight_gradient", 2, 0, 0)


@pytest.mark.parametrize(
    ("x", "w", "b", "digits", "wanted"),
    [
        ([0.0, 0.0], [0.3, 0.4], 0.5388171, 6, "0 + 0 + 0.538817 = 0.538817"),
        ([1.0], [0.5376213], 0.8769224, 6, "0.537621 + 0.876922 ≈ 1.41454"),
        ([1.0], [0.33333333], 0.66666667, 6, "0.333333 + 0.666667 = 1"),
        ([1.0], [0.33333333], 0.33333333, 6, "0.333333 + 0.333333 ≈ 0.666667"),
        ([1.0], [0.1], 0.2, None, "0.1 + 0.2 = 0.30000000000000004"),
        ([1.0], [-0.5], 0.25, 6, "-0.5 + 0.25 = -0.25"),
    ],
)
def test_equal_is_said_where_the_numbers_shown_give_the_result_shown(
    x: list[float], w: list[float], b: float, digits: int | None, wanted: str
) -> None:
    derivation = derive(relu_run(x, w, b), StepId("forward", "net_input", 1, 0), 0)
    writer = TextWriter(digits)
    assert writer.join(derivation.result_pieces(writer, digits)) == wanted
    assert f"z_o = {wanted}\n" in solution_text(derivation, digits)
    latex = solution_latex(derivation, latex_number(digits), digits)
    assert (r"\approx" in latex) == ("≈" in wanted)


def test_a_single_number_is_not_said_to_equal_itself() -> None:
    iteration = relu_run([1.0], [0.3], 0.0100255)
    derivation = derive(iteration, StepId("loss", "total_loss"), 0)
    writer = TextWriter()
    assert writer.join(derivation.result_pieces(writer, 6)) == "0.0480579"
    assert writer.join(derivation.conclusion_pieces(writer, 6)) == "E = 0.0480579"
    assert derivation.text == "E = E_o = 0.0480579"
    assert solution_text(derivation).count("0.0480579") == 2  # the factor's line and the result's


def test_latex_of_a_gradient() -> None:
    assert derive(mazur(), GRADIENT_W5, 0).latex == (
        r"\frac{\partial E}{\partial w_{5}} = \delta_{o1} \, a_{h1}"
        r" = 0.138499 \cdot 0.593270 = 0.0821670"
    )


@settings(max_examples=40)
@given(runs())
def test_latex_is_well_formed_and_its_numbers_are_machine_numbers(run: tuple[Spec, State]) -> None:
    iteration = iterate(*run)
    for k in range(len(iteration.spec.steps)):
        latex = derive(iteration, iteration.spec.steps.id_at(k), 0).latex
        depth = 0
        for char in latex:
            depth += {"{": 1, "}": -1}.get(char, 0)
            assert depth >= 0
        assert depth == 0
        assert latex.isascii()
        assert not re.search(r"(?<!\\text\{)(?<![\d.e-])-?[\d.]+e[+-]\d", latex)


def test_names_of_every_kind_in_latex() -> None:
    network = Network(
        ("x_1 %", "größe"),
        (Layer(("out",), "sigmoid", weight_names=(("w{1}", "w10"),), bias_names=("θ",)),),
    )
    data = Data(np.array([[1.0, 2.0]]), np.array([[1.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    latex = derive(iterate(spec, start_state(spec)), StepId("forward", "net_input", 1, 0), 0).latex
    assert latex.startswith(
        r"z_{\text{out}} = \text{w\{1\}} \, \text{x\_1 \%} + w_{10} \, \text{größe} + \text{θ} = "
    )


def test_a_whole_derivation_as_text_and_as_latex() -> None:
    derivation = derive(mazur(), GRADIENT_W5, 0)
    assert solution_text(derivation).splitlines() == [
        "gradient of w5",
        "∂E/∂w5 = δ_o1 · a_h1 = ∂E/∂a_o1 · ∂a_o1/∂z_o1 · ∂z_o1/∂w5",
        "  how the error reacts to the output",
        "    ∂E/∂a_o1 = a_o1 − t_o1 = 0.751365 − 0.01 = 0.741365",
        "  how the output reacts to its net input",
        "    ∂a_o1/∂z_o1 = a_o1 · (1 − a_o1) = 0.751365 · 0.248635 = 0.186816",
        "  how the net input reacts to the weight",
        "    ∂z_o1/∂w5 = a_h1 = 0.593270",
        "∂E/∂w5 = 0.741365 · 0.186816 · 0.593270 ≈ 0.0821670",
        "used next in w5 ← w5 − η · ∂E/∂w5",
    ]
    latex = solution_latex(derivation, latex_number(6)).splitlines()
    assert latex[0] == r"\begin{align*}" and latex[-1] == r"\end{align*}"
    assert r"  & \text{how the error reacts to the output} \\" in latex
    assert (
        r"  \frac{\partial E}{\partial w_{5}} & = 0.741365 \cdot 0.186816 \cdot 0.593270"
        r" \approx 0.0821670 \\"
    ) in latex


def test_a_table_as_text_and_as_latex() -> None:
    iteration = iteration_of((1, 1), ("linear",), samples=2)
    derivation = derive(iteration, StepId("backward", "weight_gradient", 1, 0, 0), 0)
    text = solution_text(derivation).splitlines()
    assert "  δ_o: how a sample's error reacts to the net input" in text
    head = [line.split() for line in text].index(["sample", "δ_o", "x1", "δ_o", "·", "x1"])
    assert text[head + 1].split()[0] == "1" and text[head + 2].split()[0] == "2"
    latex = solution_latex(derivation, latex_number(6))
    assert r"\text{sample} & \delta_{o} & x_{1} & \delta_{o} \, x_{1} \\ \hline" in latex


def test_small_numbers_in_latex_for_people_are_powers_of_ten() -> None:
    writer = LatexWriter(latex_number(6))
    assert writer.number(3.5e-05) == r"3.5 \cdot 10^{-5}"
    assert writer.number(-0.25) == "-0.25"
    assert writer.number(math.inf) == r"\infty"
