"""Step units: a network that goes forward, up to the loss, and no further."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from command_line.reports import CannotTrain, numbered_iteration, run_report
from engine.derivations.derive import derive
from engine.documents.examples import read_example
from engine.maths.activations import ACTIVATIONS
from engine.run import moves
from engine.run.edits import kept_revealed, set_activation
from engine.run.iteration import evaluate, iterate
from engine.run.spec import Spec, start_state
from engine.run.steps import StepId

DOCUMENT = read_example("xor-2-2-1-step")


def test_a_unit_fires_from_zero_on() -> None:
    z = np.array([[-1e-300, -0.0, 0.0, 1e-300, -2.0, 3.0]])
    assert ACTIVATIONS["step"].apply(z).tolist() == [[0.0, 1.0, 1.0, 1.0, 0.0, 1.0]]


@pytest.mark.parametrize(
    ("row", "or_unit", "nand_unit", "xor"), [(0, 0, 1, 0), (1, 1, 1, 1), (2, 1, 1, 1), (3, 1, 0, 0)]
)
def test_or_and_nand_make_xor(row: int, or_unit: int, nand_unit: int, xor: int) -> None:
    a = iterate(DOCUMENT.spec, start_state(DOCUMENT.spec, DOCUMENT.start)).sample(row).a
    assert a[1].tolist() == [or_unit, nand_unit]
    assert a[2].tolist() == [xor]
    assert DOCUMENT.spec.data.targets[row].tolist() == [xor]


def test_its_steps_end_with_the_loss() -> None:
    spec = DOCUMENT.spec
    assert not spec.can_train
    steps = spec.steps
    assert [group.phase for group in steps.groups] == ["forward", "forward", "loss"]
    assert len(steps) == 2 * 3 + 2
    assert steps.id_at(len(steps) - 1) == StepId("loss", "total_loss")
    for k in range(len(steps)):
        assert steps.index_of(steps.id_at(k)) == k
    with pytest.raises(KeyError):
        steps.index_of(StepId("backward", "delta", 2, 0))


@given(st.sampled_from(["number", "layer", "pass", "iteration", "epoch"]))
def test_forward_leads_to_the_loss_and_stays_there(grain: str) -> None:
    spec, moment = DOCUMENT.spec, (0, 0)
    for _ in range(len(spec.steps)):
        moment = moves.step_forward(lambda t: spec, moment, grain)
    assert moment == (0, len(spec.steps))
    assert moves.step_forward(lambda t: spec, moment, grain) == moment
    while moment != (0, 0):
        before = moment
        moment = moves.step_back(lambda t: spec, moment, grain)
        assert moment < before


def test_nothing_is_trained() -> None:
    report = run_report(DOCUMENT, "xor-2-2-1-step", 0)
    assert report["loss"] == 0.0
    assert report["outputs"] == [[0.0], [1.0], [1.0], [0.0]]
    with pytest.raises(CannotTrain, match="not trained"):
        run_report(DOCUMENT, "xor-2-2-1-step", 1)
    with pytest.raises(CannotTrain):
        numbered_iteration(DOCUMENT, 2)


@pytest.mark.parametrize("layer", [1, 2])
def test_step_units_in_any_layer_of_a_network_that_learns(layer: int) -> None:
    document = read_example("xor-2-3-1")
    spec, state = document.spec, start_state(document.spec, document.start)
    changed, after = set_activation(spec, state, layer, "step")
    assert spec.can_train and not changed.can_train
    assert after.theta.tobytes() == state.theta.tobytes()
    # The cursor stays where that step is still there, else it goes back to the last that is.
    assert kept_revealed(spec, changed, 5) == 5
    assert kept_revealed(spec, changed, len(spec.steps)) == len(changed.steps)
    back, _ = set_activation(changed, after, layer, "sigmoid")
    assert back.can_train and len(back.steps) == len(spec.steps)


@pytest.mark.parametrize("activation", ["sigmoid", "step"])
def test_a_step_output_goes_with_squared_errors_alone(activation: str) -> None:
    spec = read_example("xor-2-3-1").spec
    cross = replace(spec, loss="binary_cross_entropy", reduction="mean")
    changed, _ = set_activation(cross, start_state(cross), 2, activation)
    expected = "binary_cross_entropy" if activation == "sigmoid" else "half_squared_error"
    assert changed.loss == expected


def derived(spec: Spec, step: StepId, row: int) -> tuple[str, str, float]:
    derivation = derive(iterate(spec, start_state(spec, DOCUMENT.start)), step, row)
    return derivation.text, derivation.latex, derivation.value


def test_the_derivation_says_step() -> None:
    step = StepId("forward", "activation", 1, 1)
    text, latex, value = derived(DOCUMENT.spec, step, 3)
    assert text == "a_h2 = step(z_h2) = step(-0.5) = 0"
    assert r"\mathrm{step}" in latex
    assert value == 0.0
    assert derived(DOCUMENT.spec, step, 0)[2] == 1.0


def test_at_the_threshold_the_output_and_its_derivation_agree() -> None:
    theta = np.zeros(DOCUMENT.spec.network.size)
    iteration = iterate(DOCUMENT.spec, start_state(DOCUMENT.spec, theta))
    derivation = derive(iteration, StepId("forward", "activation", 1, 0), 0)
    assert derivation.value == iteration.sample(0).a[1][0] == 1.0
    assert evaluate(DOCUMENT.spec, theta).outputs.tolist() == [[1.0]] * 4
