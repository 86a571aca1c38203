"""Losses in the window: chosen, set, refused, undone; and what is shown where none is compared."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QTableView

from engine.documents.reading import read_document, write_document
from engine.run.steps import StepId
from gui.canvas.spots import Spot
from gui.widgets.number_field import NumberField
from tests.gui.canvas.painted import node_words
from tests.gui.window.conftest import Driver

Key = Qt.Key


def words_at_outputs(driver: Driver) -> str:
    scene = driver.window.canvas.scene
    return " ".join(word for unit in (0, 1) for word in node_words(scene, 2, unit))


def heads(driver: Driver) -> list[str]:
    model = driver.find(QTableView, "dataTable").model()
    return [
        str(model.headerData(column, Qt.Orientation.Horizontal))
        for column in range(model.columnCount())
    ]


def test_the_threshold_stands_below_the_loss_and_is_saved(mazur: Driver) -> None:
    field: NumberField = mazur.find(NumberField, "delta")
    assert not field.isVisible()
    mazur.choose("loss", "huber")
    assert field.isVisible() and field.text() == "1"
    near = mazur.view.loss
    mazur.type_into(field, "0.25")
    assert mazur.view.spec.loss_settings["delta"] == 0.25
    assert mazur.view.loss is not None and near is not None and mazur.view.loss < near
    stack = mazur.window.session.undo_stack
    assert stack.undoText() == "threshold of the Huber loss = 0.25"
    mazur.type_into(field, "0")
    assert mazur.view.spec.loss_settings["delta"] == 0.25  # a threshold of 0 is refused
    mazur.press(Key.Key_Escape, to=field)
    spec = read_document(write_document(mazur.window.session.document())).spec
    assert (spec.loss, spec.loss_settings) == ("huber", mazur.view.spec.loss_settings)
    stack.undo()
    assert field.text() == "1" and mazur.view.loss == near
    stack.undo()
    assert not field.isVisible() and mazur.view.spec.loss == "half_squared_error"


def test_where_the_loss_is_an_output_no_target_is_shown(mazur: Driver) -> None:
    mazur.choose("loss", "output_itself")
    mazur.choose("lossOutput", "1")
    view = mazur.view
    assert view.loss == view.sample_pass.a[-1][1]
    session = mazur.window.session
    for _ in range(len(view.spec.steps)):
        session.step()
    assert "t 0.0" not in words_at_outputs(mazur)
    assert words_at_outputs(mazur).count("E ") == 1
    assert heads(mazur) == ["i1", "i2", "a o1", "a o2", ""]
    assert not any("|" in label for label, _ in mazur.window.summary.rows())
    assert mazur.window.result.title.text() == "Outputs"
    assert not any(" t " in text for text in mazur.window.result.outputs.texts())
    canvas = mazur.window.canvas.view
    canvas.setFocus()
    canvas.ask(Spot("unit", 2, 0))
    mazur.press(Key.Key_Right, to=canvas)
    assert canvas.selected == Spot("unit", 2, 0)
    stack = session.undo_stack
    assert stack.undoText() == "The loss is o2"
    stack.undo()
    stack.undo()
    assert heads(mazur) == ["i1", "i2", "t o1", "t o2", "a o1", "a o2", ""]
    assert "t 0.01" in words_at_outputs(mazur)
    np.testing.assert_array_equal(mazur.view.spec.data.targets, [[0.01, 0.99]])


def test_a_selected_target_is_let_go_of_with_the_targets(mazur: Driver) -> None:
    canvas = mazur.window.canvas.view
    canvas.ask(Spot("target", 2, 0))
    mazur.choose("loss", "output_itself")
    assert canvas.selected is None


def test_hinge_is_refused_until_the_targets_are_those_of_its_classes(xor: Driver) -> None:
    said: list[str] = []
    xor.window.session.refused.connect(said.append)
    xor.choose("loss", "hinge")
    assert "write −1 for each 0" in said[-1]
    assert xor.view.spec.loss != "hinge"
    assert xor.find(QComboBox, "loss").currentData() == xor.view.spec.loss
    QApplication.processEvents()
    xor.edit_cell("dataTable", 0, 2, "-1")
    xor.window.canvas.target_edited.emit(3, 0, -1.0)
    assert xor.view.spec.data.targets.tolist() == [[-1.0], [1.0], [1.0], [-1.0]]
    xor.choose("loss", "hinge")
    assert xor.view.spec.loss == "hinge"
    xor.window.canvas.target_edited.emit(0, 0, 0.0)
    assert "−1 or 1, not 0" in said[-1]
    assert xor.view.spec.data.targets[0, 0] == -1.0  # refused, and nothing is lost


def test_softmax_with_squares_is_chosen_and_derived(mazur: Driver) -> None:
    told: list[str] = []
    mazur.window._intents.noticed.connect(told.append)
    mazur.choose("activation2", "softmax")
    assert mazur.view.spec.loss == "categorical_cross_entropy"
    assert "Half squared error can be chosen again" in told[-1]
    mazur.choose("loss", "half_squared_error")
    assert mazur.view.spec.network.layers[-1].activation == "softmax"
    session = mazur.window.session
    session.seek(mazur.view.spec.steps.index_of(StepId("backward", "delta", 2, 0)) + 1)
    sample = mazur.view.sample_pass
    a, error = sample.a[-1], sample.a[-1] - sample.targets
    jacobian = np.diag(a) - np.outer(a, a)
    np.testing.assert_allclose(sample.delta[-1], jacobian @ error, rtol=1e-14)
