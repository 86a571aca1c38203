"""Thresholds: z = Σ w a − θ, ∂E/∂θ = −δ, and the same network as with biases of the other sign."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.derivations.derive import derive
from engine.documents.examples import read_example
from engine.maths.network import Layer, Parameter
from engine.maths.optimizers import Optimizer
from engine.run.edits import edited_with_start
from engine.run.holding import freeze
from engine.run.iteration import iterate
from engine.run.reshaping import set_bias, set_units
from engine.run.spec import Spec, State, start_state
from engine.run.steps import StepId
from engine.training.kernels import choice
from tests.engine.conftest import runs


def mazur(threshold: bool = True) -> tuple[Spec, State]:
    document = read_example("mazur-2-2-2")
    run = document.spec, start_state(document.spec, document.start)
    return set_bias(*run, 2, "per_unit", True, threshold)


@given(runs(), st.data())
def test_a_bias_made_a_threshold_leaves_every_output_and_turns_its_gradient(
    run: tuple[Spec, State], data: st.DataObject
) -> None:
    spec, state = run
    assume("accumulated-gradients" not in spec.mistakes)
    layer = data.draw(st.integers(1, spec.network.depth))
    rule = spec.network.layers[layer - 1]
    other = set_bias(spec, state, layer, rule.bias, rule.bias_trained, not rule.threshold)
    before, after = iterate(spec, state), iterate(*other)
    assert after.loss == before.loss
    gradient = np.array(before.gradient)
    b = spec.network.biases(gradient, layer)
    if b is not None and not (spec.penalty.biases and spec.penalty.parts):
        b *= -1.0
    assert np.allclose(after.gradient, gradient, rtol=1e-12, atol=1e-14) or spec.penalty.parts
    back_spec, back = set_bias(*other, layer, rule.bias, rule.bias_trained, rule.threshold)
    assert back_spec.network == spec.network and np.array_equal(back.theta, state.theta)


def test_every_formula_has_its_sign() -> None:
    iteration = iterate(*mazur())
    net = derive(iteration, StepId("forward", "net_input", 2, 0), 0)
    assert net.text.startswith("z_o1 = w5 · a_h1 + w6 · a_h2 − θ²₁ = ")
    plain = iterate(*mazur(False))
    assert iteration.loss == plain.loss == pytest.approx(0.298371109, abs=1e-9)  # Mazur 2015
    gradient = derive(iteration, StepId("backward", "bias_gradient", 2, 0), 0)
    assert gradient.text.startswith("∂E/∂θ²₁ = −δ_o1 = -0.138")
    place = Parameter(2, 0, None)
    right = float(plain.gradient[plain.spec.network.index(place)])
    assert gradient.value == pytest.approx(-right, rel=1e-12)
    update = derive(iteration, StepId("update", "bias_update", 2, 0), 0)
    assert update.text.startswith("θ²₁ ← θ²₁ − η · ∂E/∂θ²₁ = ")


def test_names_of_biases_follow() -> None:
    spec, state = set_bias(*mazur(False), 1, "shared", True, True)
    assert spec.network.parameter_name(Parameter(1, None, None)) == "θ1"
    back, _ = set_bias(spec, state, 1, "shared", True)
    assert back.network.parameter_name(Parameter(1, None, None)) == "b1"


def test_start_values_follow_in_the_middle_of_a_run() -> None:
    spec, start = mazur(False)
    spec = replace(spec, optimizer=Optimizer("momentum", {"learning_rate": 0.1}))
    state = start_state(spec, start.theta)
    for _ in range(3):
        state = iterate(spec, state).next_state
    arguments = (2, "per_unit", True, True)
    changed, now, first = edited_with_start(spec, state, start.theta, set_bias, *arguments)
    place = spec.network.index(Parameter(2, 1, None))
    assert first[place] == -start.theta[place] and now.theta[place] == -state.theta[place]
    assert now.slots[0][place] == 0.0 and changed.network.layers[1].has_thresholds


def test_kernels_take_it_or_leave_it_to_the_plain_one() -> None:
    spec, state = mazur()
    name = choice.fastest(spec, 10_000, "")
    end = choice.kernel_named(name, spec).advance(state, 20, 100, lambda: None).state
    expected = state
    for _ in range(20):
        expected = iterate(spec, expected).next_state
    assert np.array_equal(end.theta, expected.theta)


def test_it_can_be_frozen() -> None:
    place = Parameter(2, 0, None)
    spec, state = freeze(*mazur(), [place], True)
    after = iterate(spec, state).next_state
    index = spec.network.index(place)
    assert after.theta[index] == state.theta[index] == -0.6


def test_a_new_unit_beside_thresholds_with_names_has_one_with_the_next_name() -> None:
    spec = read_example("xor-2-3-1").spec
    named = Layer(("h1", "h2", "h3"), "sigmoid", threshold=True, bias_names=("θ1", "θ2", "θ3"))
    network = replace(spec.network, layers=(named, *spec.network.layers[1:]))
    spec = replace(spec, network=network)
    changed, _ = set_units(spec, start_state(spec), 1, 4)
    assert changed.network.layers[0].bias_names == ("θ1", "θ2", "θ3", "θ4")
