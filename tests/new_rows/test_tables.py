"""A row and its written half are all that an activation, loss, optimizer or data set needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from engine.data.datasets import DATASETS
from engine.derivations.as_text import solution_text
from engine.derivations.derive import derive
from engine.derivations.matrix import derive_layer, has_matrix_form
from engine.documents.document import Document
from engine.documents.format import json_schema
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from engine.export.worked import worked_solution
from engine.formulas.matrices import ArrayExpr
from engine.learn.lessons.texts import rich_text
from engine.learn.lessons.waits import read_task
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.gradient_check import check_gradient
from engine.run.iteration import Iteration, iterate
from engine.run.spec import Batching, Spec, start_state
from engine.run.step_values import step_value
from engine.run.steps import symbol_of
from engine.text.numbers import machine_number
from engine.training.trainer import Trainer
from tests.engine.export.conftest import TARGETS

ROOT = Path(__file__).resolve().parents[2]
SETTINGS_OF_SQUARE_MEANS = {"learning_rate": 0.01, "xi": 0.75, "epsilon": 1e-4}
pytestmark = pytest.mark.usefixtures("new_rows")


def new_spec(batch: int | None = 1) -> Spec:
    """The new data set, learnt by a 2-2-1 network with all that is new in it."""
    rule = DATASETS["corners"]
    network = Network(("x1", "x2"), (Layer(("h1", "h2"), "cube"), Layer(("o",), rule.activation)))
    optimizer = Optimizer("square_means", SETTINGS_OF_SQUARE_MEANS)
    return Spec(
        network, rule.loss, "mean", optimizer, rule.make(1), Batching(batch),
        initializer="uniform_pm_1", seed=4,
    )


def third_iteration(spec: Spec) -> Iteration:
    state = start_state(spec)
    for _ in range(2):
        state = iterate(spec, state).next_state
    return iterate(spec, state)


@pytest.mark.parametrize("batch", [1, None])
def test_every_step_is_derived_and_comes_to_the_engines_number(batch: int | None) -> None:
    iteration = third_iteration(new_spec(batch))
    row = int(iteration.rows[0])
    steps = iteration.spec.steps
    for k in range(len(steps)):
        step = steps.id_at(k)
        expected = step_value(iteration, step, iteration.sample(row))
        value = derive(iteration, step, row).value
        assert abs(value - expected) <= 1e-12 * max(1.0, abs(expected)), step


def test_formulas_are_those_of_the_rows() -> None:
    iteration = third_iteration(new_spec())
    steps = [iteration.spec.steps.id_at(k) for k in range(len(iteration.spec.steps))]
    texts = {symbol_of(iteration.spec.network, s): derive(iteration, s, 0).text for s in steps}
    assert texts["a_h1"].startswith("a_h1 = z_h1^3 = ")
    assert texts["E_o"].startswith("E_o = (t_o − a_o)^4 = ")
    update = next(s for s in steps if s.phase == "update")
    lines = map(str.strip, solution_text(derive(iteration, update, 0)).splitlines())
    (kept,) = [line for line in lines if line.startswith("v_t = ")]
    assert kept.startswith("v_t = ξ · v_(t-1) + (1 − ξ) · (∂E/∂w¹₁₁)² = 0.75 · ")


def test_layers_are_derived_as_matrices_that_come_to_the_engines_numbers() -> None:
    iteration = third_iteration(new_spec(None))
    network, seen = iteration.spec.network, 0
    for k in range(len(iteration.spec.steps)):
        step = iteration.spec.steps.id_at(k)
        if not has_matrix_form(iteration.spec, step) or step.layer is None:
            continue
        result = derive_layer(iteration, step, 0).result
        assert isinstance(result, ArrayExpr)
        expected = {
            "forward": lambda layer: iteration.sample(0).a[layer].reshape(-1, 1),
            "backward": lambda layer: network.weights(iteration.gradient, layer),
            "update": lambda layer: network.weights(iteration.next_state.theta, layer),
        }[step.phase](step.layer)
        np.testing.assert_allclose(result.values, expected, rtol=1e-12, atol=1e-12)
        seen += 1
    assert seen > 10


def test_the_gradient_check_passes() -> None:
    spec = new_spec(None)
    for state in (start_state(spec), third_iteration(spec).state):
        found = check_gradient(spec, state)
        assert found.agrees and found.max_relative_error < 1e-6


def test_it_trains_and_comes_nearer() -> None:
    spec = new_spec(None)
    trainer = Trainer(spec, start_state(spec), 1)
    trainer.advance(iterations=2)
    np.testing.assert_array_equal(trainer.state.theta, third_iteration(spec).state.theta)
    before = iterate(spec, start_state(spec)).loss
    trainer.advance(iterations=500)
    assert iterate(spec, trainer.state).loss < before / 10


def test_it_goes_into_a_document_and_comes_back() -> None:
    spec = new_spec()
    state = third_iteration(spec).state
    data = write_document(Document(spec, start_state(spec).theta, state=state, updates=2))
    tree = json.loads(data)
    assert tree["optimizer"] == {"name": "square_means", **SETTINGS_OF_SQUARE_MEANS}
    again = read_document(data)
    assert again.spec.optimizer == spec.optimizer and again.spec.optimizer["xi"] == 0.75
    assert again.spec.loss == "quartic_error" and again.state is not None
    np.testing.assert_array_equal(again.state.slots[0], state.slots[0])
    assert write_document(again) == data
    # Another optimizer keeps the setting.
    other = replace(spec, optimizer=replace(spec.optimizer, key="momentum"))
    written = json.loads(write_document(Document(other, start_state(other).theta)))
    assert written["optimizer"]["xi"] == 0.75


def test_the_schema_and_the_reader_know_the_limits_of_the_setting() -> None:
    keys = json_schema()["$defs"]["Optimizer"]["properties"]
    assert keys["xi"] == {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
    spec = new_spec()
    tree = json.loads(write_document(Document(spec, start_state(spec).theta)))
    tree["optimizer"]["xi"] = 1
    with pytest.raises(DocumentError, match=r"number below 1, got 1 \(\$\.optimizer\.xi\)$"):
        read_document(json.dumps(tree).encode())


def test_a_file_from_before_the_setting_opens_with_its_default() -> None:
    spec = new_spec()
    tree = json.loads(write_document(Document(spec, start_state(spec).theta)))
    del tree["optimizer"]["xi"]
    assert read_document(json.dumps(tree).encode()).spec.optimizer["xi"] == 0.9


@pytest.mark.parametrize("target", TARGETS)
def test_a_worked_solution_is_written(target: str) -> None:
    iteration = third_iteration(new_spec())
    text = TARGETS[target].write(worked_solution(iteration, "New rows"))
    assert "Square means, learning rate" in text and "decay rate" in text
    assert "quartic error" in text
    assert "the running mean of each gradient" in text
    assert {"md": "ξ", "html": "<mi>ξ</mi>", "tex": r"\xi"}[target] in text
    assert "0.75" in text and machine_number(iteration.loss_after, 6) in text


def test_lessons_know_the_setting_by_its_title() -> None:
    spec = new_spec()
    task = read_task("set xi 0.5")
    assert task.sentence(spec) == "Set the xi to 0.5 (on the left)."
    task.check(spec)
    assert rich_text("{xi}", spec.network) == "<i>ξ</i>"


@pytest.mark.parametrize(
    ("kind", "table", "module"),
    [
        ("activation", "engine.maths.activations.ACTIVATIONS", "activations"),
        ("loss", "engine.maths.losses.LOSSES", "losses"),
        ("optimizer", "engine.maths.optimizers.RULES", "optimizers"),
    ],
)
def test_a_row_without_its_written_half_fails_at_import(kind: str, table: str, module: str) -> None:
    source, _, name = table.rpartition(".")
    program = (
        f"from {source} import {name} as rows\n"
        "from msgspec.structs import replace\n"
        "rows['cube'] = replace(next(iter(rows.values())), key='cube')\n"
        "import engine.derivations.derive"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == (
        f'ImportError: the {kind} "cube" has no written half in '
        f"engine/derivations/written/{module}.py"
    )
