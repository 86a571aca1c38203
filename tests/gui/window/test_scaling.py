"""Scaling in the window: what speaks the data's own units, what is scaled, and how it is undone.
"""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QTableView

from engine.derivations.given import about_given
from engine.documents.document import Document, Published
from engine.maths.backprop import forward
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.given import Given
from engine.run.scaling import Linear
from engine.run.spec import Data, Source, Spec, start_state
from engine.run.steps import StepId
from gui.canvas.spots import Spot, facts_at, value_at
from gui.learn.published.panel import PublishedPanel
from tests.gui.window.conftest import Driver


def houses(driver: Driver) -> None:
    """Open a network that has learnt nothing yet: rooms and whether it is old, and a price."""
    network = Network(("rooms", "age"), (Layer(("h1", "h2"), "tanh"), Layer(("o",), "linear")))
    inputs = np.array([[2.0, 0.0], [4.0, 1.0], [6.0, 1.0]])
    sources = Source("rooms"), Source("age", "old", "new")
    data = Data(inputs, np.array([[100.0], [300.0], [200.0]]), ("price",), sources)
    spec = Spec(network, "mean_squared_error", "mean", Optimizer(), data, initializer="uniform_0_1")
    driver.window.documents.show(Document(spec=spec, start=start_state(spec).theta))


def shown(driver: Driver, column: int) -> list[str]:
    """A column of the data as it is shown."""
    table = driver.find(QTableView, "dataTable")
    model = table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_numbers_are_scaled_by_one_step_that_can_be_undone(xor: Driver) -> None:
    houses(xor)
    session = xor.window.session
    before = xor.view.loss
    xor.menu("Numbers scaled: from 0 to 1").trigger()
    spec = xor.view.spec
    assert spec.scaling is not None
    assert spec.scaling.inputs == (Linear(2.0, 4.0), Linear())  # of classes none is scaled
    assert spec.scaling.targets == (Linear(100.0, 200.0),)
    assert xor.view.loss != before and session.undo_stack.undoText().startswith("Scale: from 0")
    # What the network has, beside what tables say.
    assert value_at(xor.view, Spot("unit", 0, 0)) == 0.0
    assert shown(xor, 0) == ["2", "4", "6"]
    assert shown(xor, 2) == ["100", "300", "200"]
    theta, taken = xor.view.theta, np.array([[0.0, 0.0], [0.5, 1.0], [1.0, 1.0]])
    outputs = forward(spec.network, theta, taken).a[-1].ravel() * 200.0 + 100.0
    assert [float(text) for text in shown(xor, 3)] == pytest.approx(outputs.tolist(), rel=1e-5)
    assert xor.find(QLabel, "canvasSample").text() == "sample 1 of 3 · scaled"
    assert xor.window.loss.title.text() == "Loss, scaled"
    session.undo_stack.undo()
    assert xor.view.spec.scaling is None and xor.view.loss == before
    assert xor.window.loss.title.text() == "Loss"


def test_an_edit_on_the_canvas_is_scaled_and_the_constants_stay(xor: Driver) -> None:
    houses(xor)
    xor.menu("Numbers scaled: from 0 to 1").trigger()
    scaling = xor.view.spec.scaling
    xor.window.canvas.input_edited.emit(0, 0, 2.0)
    assert xor.view.spec.data.inputs[0, 0] == 10.0
    assert xor.view.spec.scaling == scaling
    xor.menu("Numbers scaled: from 0 to 1").trigger()  # once more: worked out anew
    after = xor.view.spec.scaling
    assert after is not None and after.inputs[0] == Linear(4.0, 6.0)


def test_scaling_in_the_middle_of_a_run_begins_a_branch(xor: Driver) -> None:
    houses(xor)
    xor.window.session.advance(3, 0)
    xor.menu("Numbers scaled: mean 0").trigger()
    xor.window.session.step("epoch")
    assert xor.view.t == 4 and len(xor.view.ghosts) == 0
    xor.window.session.undo_stack.undo()
    assert xor.view.spec.scaling is None


def test_a_class_is_named_beside_its_unit_and_a_scaled_number_says_how(xor: Driver) -> None:
    houses(xor)
    xor.menu("Numbers scaled: from 0 to 1").trigger()
    view = replace(xor.view, sample=1)
    title, _ = facts_at(view, Spot("unit", 0, 1))
    assert title == "input age · old"
    heads = xor.find(QTableView, "dataTable").model()
    assert heads.headerData(1, Qt.Orientation.Horizontal) == "age · old"
    said = about_given(view.spec, 1, Given("input", 0))
    assert "It is 0.5 in sample 2, scaled: (4 − 2) / 4, least 2, range 4." in said
    assert "“age”: 1 for old, 0 for new" in about_given(view.spec, 1, Given("input", 1))


def test_the_tools_say_that_their_numbers_are_scaled(xor: Driver) -> None:
    houses(xor)
    window, note = xor.window, "outputs and losses are scaled numbers"

    def told(tool: str, label: str) -> str:
        window.findChild(QAction, f"tool/{tool}").trigger()
        return window.findChild(QLabel, label).text()

    tools = {"Many seeds": "seedsNote", "Published against right": "publishedNote"}
    assert not any(note in told(*each) for each in tools.items())
    xor.menu("Numbers scaled: from 0 to 1").trigger()
    assert all(note in told(*each) for each in tools.items())
    figure = Published(iteration=1, step=StepId("loss", "total_loss"), printed="0.5")
    window.findChild(PublishedPanel).figures_added.emit((figure,))
    xor.qtbot.waitUntil(lambda: "Comparing" not in xor.find(QLabel, "publishedHeadline").text())
    assert xor.find(QLabel, "publishedHeadline").text().endswith(" · scaled")
    window.session.undo_stack.undo()
    window.session.undo_stack.undo()
    assert not any(note in told(*each) for each in tools.items())


def test_a_split_has_the_constants_come_from_the_training_part_alone(xor: Driver) -> None:
    houses(xor)
    told: list[str] = []
    xor.window.data.test_chosen.emit([2])  # before any scaling there is nothing to tell
    xor.window.session.undo_stack.undo()
    xor.menu("Numbers scaled: from 0 to 1").trigger()
    whole = xor.view.spec.scaling
    xor.window.session.advance(2, 0)
    intents = xor.window._intents
    intents.noticed.connect(told.append)
    xor.window.data.test_chosen.emit([2])
    spec = xor.view.spec
    assert spec.scaling is not None and spec.scaling != whole
    assert spec.scaling.inputs[0] == Linear(2.0, 2.0) and spec.scaling.targets == (
        Linear(100.0, 200.0),
    )
    assert told == ["The data are scaled anew, by the samples that are trained on alone."]
    assert xor.view.t == 2  # a fork here
    xor.window.session.undo_stack.undo()
    assert xor.view.spec.scaling == whole and not len(xor.view.spec.data.test)
    # Constants that were not those of the data stay, and that is said.
    xor.window.canvas.input_edited.emit(0, 0, 2.0)
    xor.window.data.test_chosen.emit([2])
    assert xor.view.spec.scaling == whole and len(told) == 2 and "stay" in told[1]
    xor.menu("Numbers scaled: from 0 to 1").trigger()
    after = xor.view.spec.scaling
    assert after is not None and after.inputs[0] == Linear(4.0, 6.0)
