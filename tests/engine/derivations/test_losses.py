"""How each loss is derived: in symbols, in numbers, and in words."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from engine.derivations.as_text import solution_text
from engine.derivations.derive import derive
from engine.derivations.matrix import derive_layer
from engine.formulas.matrices import ArrayExpr
from engine.formulas.writers import LatexWriter, latex_number, prose_text
from engine.maths.losses import LOSSES, LossSettings
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.iteration import Iteration, iterate
from engine.run.spec import Data, Spec, State
from engine.run.step_values import step_value
from engine.run.steps import StepId
from tests.engine.derivations.conftest import agree

LOSS, TOTAL = StepId("loss", "loss", 1, 0), StepId("loss", "total_loss")
DELTA = StepId("backward", "delta", 1, 0)
USUAL = LossSettings()


def at(
    loss: str,
    a: list[float],
    t: list[float],
    activation: str = "linear",
    settings: LossSettings = USUAL,
) -> Iteration:
    """An iteration in which the net inputs of a single layer are `a`."""
    units = tuple(f"o{k + 1}" for k in range(len(a))) if len(a) > 1 else ("o",)
    network = Network(("x",), (Layer(units, activation, "none"),))
    names = tuple(f"t{k}" for k in range(len(a)))
    data = Data(np.array([[1.0]]), np.array([t]), names)
    spec = Spec(
        network, loss, LOSSES[loss].reduction or "sum", Optimizer().changed(learning_rate=0.1),
        data, loss_settings=settings,
    )
    return iterate(spec, State(np.array(a)))


def notes(iteration: Iteration, step: StepId) -> str:
    return " ".join(prose_text(note) for note in derive(iteration, step, 0).notes)


@pytest.mark.parametrize(
    ("loss", "a", "t", "term", "delta"),
    [
        ("mean_absolute_error", [0.25], [1.0], "E_o = |t_o − a_o| = |1 − 0.25| = 0.75",
         "δ_o = sign(a_o − t_o) = sign(0.25 − 1) = -1"),
        ("huber", [0.5], [0.0], "E_o = 1/2 · (t_o − a_o)² = 1/2 · (0 − 0.5)² = 0.125",
         "δ_o = a_o − t_o = 0.5 − 0 = 0.5"),
        ("huber", [-2.0], [0.0],
         "E_o = δ_H · (|t_o − a_o| − 1/2 · δ_H) = 1 · (|0 − (-2)| − 1/2 · 1) = 1.5",
         "δ_o = −δ_H = -1"),
        ("hinge", [0.25], [1.0], "E_o = max(0, 1 − t_o · a_o) = max(0, 1 − 1 · 0.25) = 0.75",
         "δ_o = −t_o = -1"),
        ("hinge", [2.0], [1.0], "E_o = max(0, 1 − t_o · a_o) = max(0, 1 − 1 · 2) = 0",
         "δ_o = 0"),
        ("output_itself", [2.0], [1.0], "E_o = a_o = 2", "δ_o = 1"),
    ],
)  # fmt: skip
def test_term_and_delta_as_a_student_writes_them(
    loss: str, a: list[float], t: list[float], term: str, delta: str
) -> None:
    iteration = at(loss, a, t)
    assert derive(iteration, LOSS, 0).text == term
    assert derive(iteration, DELTA, 0).text == delta


@pytest.mark.parametrize(
    ("loss", "a", "t", "words"),
    [
        ("mean_absolute_error", 1.0, 1.0, "has a kink and no slope of its own; 0 is taken"),
        ("mean_absolute_error", 1.5, 1.0, ""),
        ("huber", 3.0, 1.0, "is more than δ_H = 1: here the loss is a straight line"),
        ("huber", 1.25, 1.0, "is no more than δ_H = 1: here the loss is half the square"),
        ("hinge", 1.0, 1.0, "is exactly 1, where the hinge loss has a kink"),
        ("hinge", 1.5, 1.0, "nothing pulls at it"),
        ("hinge", -1.5, 1.0, "the loss falls as this grows"),
    ],
)
def test_a_bend_is_told_of(loss: str, a: float, t: float, words: str) -> None:
    said = notes(at(loss, [a], [t]), DELTA)
    assert words in said if words else not said


def test_the_threshold_is_the_chosen_one() -> None:
    iteration = at("huber", [2.0], [0.0], settings=LossSettings({"delta": 0.5}))
    derivation = derive(iteration, LOSS, 0)
    assert derivation.text.endswith("= 0.5 · (|0 − 2| − 1/2 · 0.5) = 0.875")
    assert derivation.latex.startswith(r"E_{o} = \delta_{H} \, ")
    size = derivation.factors[0].line.write(LatexWriter(latex_number(6)))
    assert size.startswith(r"\left|t_{o} - a_{o}\right|")


def test_the_jacobian_of_softmax_output_by_output() -> None:
    iteration = at("half_squared_error", [0.2, -0.4, 0.9], [1.0, 0.0, 0.0], "softmax")
    derivation = derive(iteration, StepId("backward", "delta", 1, 1), 0)
    assert derivation.text.startswith(
        "δ_o2 = (a_o1 − t_o1) · (−a_o1) · a_o2 + (a_o2 − t_o2) · a_o2 · (1 − a_o2)"
        " + (a_o3 − t_o3) · (−a_o3) · a_o2 = "
    )
    links = [factor.line.left for factor in derivation.factors]
    assert len(links) == 6 and derivation.chain is not None
    assert agree(derivation.chain.value, derivation.value)
    shown = solution_text(derivation)
    assert "how o1 reacts to the net input of o2" in shown
    assert "how the error reacts to o3" in shown
    assert "how o2 reacts to its own net input" in shown
    assert "a net input moves all of them" in notes(iteration, derivation.step)
    a = iteration.sample(0).a[-1]
    right = (np.diag(a) - np.outer(a, a)) @ (a - [1.0, 0.0, 0.0])
    assert agree(derivation.value, right[1])


@pytest.mark.parametrize("outputs", [2, 3, 12])
@pytest.mark.parametrize("loss", ["squared_error", "mean_absolute_error", "output_itself"])
def test_every_step_with_softmax_comes_to_the_engines_number(loss: str, outputs: int) -> None:
    generator = np.random.default_rng(outputs)
    settings = LossSettings({}, 1)
    a = generator.normal(size=outputs).tolist()
    iteration = at(loss, a, np.eye(outputs)[0].tolist(), "softmax", settings)
    steps = iteration.spec.steps
    for k in range(len(steps)):
        step = steps.id_at(k)
        expected = step_value(iteration, step, iteration.sample(0))
        derivation = derive(iteration, step, 0)
        assert agree(derivation.value, expected), derivation.text
        assert agree(derivation.line.value, expected), derivation.text
    layer = derive_layer(iteration, DELTA, 0)
    assert isinstance(layer.result, ArrayExpr)
    np.testing.assert_allclose(
        layer.result.values[:, 0], iteration.gradient, rtol=1e-12, atol=1e-14
    )
    jacobian = next(f for f in layer.factors if "Jacobian" in prose_text(f.meaning))
    column = np.array(iteration.sample(0).a[-1])
    left = jacobian.line.left
    assert isinstance(left, ArrayExpr)
    np.testing.assert_allclose(left.values, np.diag(column) - np.outer(column, column))


def test_mistakes_and_softmax_with_squares_go_together() -> None:
    iteration = at("squared_error", [0.2, -0.4], [1.0, 0.0], "softmax")
    for mistakes in (("wrong-sign",), ("lost-factor-2",), ("wrong-sign", "lost-factor-2")):
        wrong = iterate(replace(iteration.spec, mistakes=mistakes), iteration.state)
        factor = (-1.0 if "wrong-sign" in mistakes else 1.0) * 0.5 ** ("lost-factor-2" in mistakes)
        delta = wrong.sample(0).delta[-1]
        np.testing.assert_allclose(delta, factor * iteration.sample(0).delta[-1], rtol=1e-14)
        assert agree(derive(wrong, DELTA, 0).value, delta[0])


def test_of_several_outputs_the_loss_is_one_alone() -> None:
    iteration = at("output_itself", [2.0, 3.0], [1.0, 1.0], settings=LossSettings({}, 1))
    total = derive(iteration, TOTAL, 0)
    assert total.text == "E = E_o2 = 3"
    assert "what o2 puts out" in solution_text(total)
    other = derive(iteration, DELTA, 0)
    assert other.value == 0.0
    assert "The loss is o2 alone; this output plays no part in it." in notes(iteration, DELTA)
    assert not notes(iteration, StepId("backward", "delta", 1, 1))
    for k in range(len(iteration.spec.steps)):
        shown = solution_text(derive(iteration, iteration.spec.steps.id_at(k), 0))
        assert "target" not in shown and "t_o" not in shown
