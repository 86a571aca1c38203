"""Weights, data and the shape of the network, edited as a person does: on the canvas, in tables."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QSpinBox, QTableView

from engine.documents.examples import read_example
from gui.canvas.spots import Spot
from gui.tables.number_table import NumberTable
from tests.gui.canvas.painted import Painted
from tests.gui.window.conftest import Driver

Key = Qt.Key


def type_text(field: QLineEdit, text: str) -> None:
    """Type; characters that no key of QTest stands for come as an input method brings them."""
    if text.isascii():
        QTest.keyClicks(field, text)
    else:
        field.insert(text)
        field.textEdited.emit(field.text())


def edit_on_canvas(driver: Driver, spot: Spot, text: str) -> None:
    """Click on a spot of the canvas and type into the field that opens there."""
    view = driver.window.canvas.view
    place = driver.window.canvas.scene.place_of(spot).center()
    at = view.mapFromScene(place)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    if driver.window.findChild(QLineEdit, "inPlaceField") is None:
        QTest.keyClick(view, Key.Key_Return)
    field = driver.find(QLineEdit, "inPlaceField")
    assert field.hasSelectedText()
    type_text(field, text)
    QTest.keyClick(field, Key.Key_Return)


@pytest.mark.parametrize(
    "text, value",
    [("0,25", 0.25), ("−2e-3", -2e-3), ("1/3", 1 / 3), ("0.1234567890123", 0.1234567890123)],
)
def test_a_weight_is_edited_on_the_canvas_in_full_precision(
    mazur: Driver, text: str, value: float
) -> None:
    before = mazur.view.loss
    edit_on_canvas(mazur, Spot("weight", 2, 0, 0), text)
    assert mazur.view.spec.network.weights(mazur.view.theta, 2)[0, 0] == value
    assert mazur.view.loss != before
    assert mazur.window.session.undo_stack.count() == 1


@pytest.mark.parametrize("height", [640, 700, 768, 900])
def test_what_an_edit_changed_stands_whole_beside_the_new_numbers(
    mazur: Driver, height: int
) -> None:
    mazur.window.resize(1366, height)
    mazur.press(*[Key.Key_PageDown] * 34)
    edit_on_canvas(mazur, Spot("weight", 2, 0, 0), "0.7")
    mazur.press(Key.Key_Escape)  # without the ring around the number that is selected
    painted = Painted(mazur.window.canvas.scene)
    assert "0.274811" in painted.at_node(2, 0)  # the loss before
    assert painted.clipped() == [] and painted.overlaps() == []


def test_nonsense_is_refused_and_changes_nothing(mazur: Driver) -> None:
    before = mazur.view.theta
    edit_on_canvas(mazur, Spot("weight", 2, 0, 0), "abc")
    assert np.array_equal(mazur.view.theta, before)
    assert mazur.window.session.undo_stack.count() == 0
    field = mazur.find(QLineEdit, "inPlaceField")
    assert field.property("wrong")
    QTest.keyClick(field, Key.Key_Escape)
    QTest.keyClick(field, Key.Key_Escape)


def test_weights_are_edited_in_the_table_and_undone(mazur: Driver) -> None:
    before = mazur.view.theta
    mazur.edit_cell("weightsTable1", 1, 0, "0,5")
    assert mazur.view.spec.network.weights(mazur.view.theta, 1)[1, 0] == 0.5
    assert mazur.window.session.undo_stack.undoText() == "w3 = 0.5"
    mazur.menu("Undo").trigger()
    assert np.array_equal(mazur.view.theta, before)
    mazur.menu("Redo").trigger()
    assert mazur.view.spec.network.weights(mazur.view.theta, 1)[1, 0] == 0.5


def test_rows_from_a_spreadsheet_are_pasted_as_one_undo_step(mazur: Driver) -> None:
    table: QTableView = mazur.find(QTableView, "weightsTable1")
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    QApplication.clipboard().setText("0,1\t0,2\n0,3\t0,4\n")
    QTest.keyClick(table, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    W = mazur.view.spec.network.weights(mazur.view.theta, 1)
    assert W.tolist() == [[0.1, 0.2], [0.3, 0.4]]
    assert mazur.window.session.undo_stack.count() == 1


def test_data_are_edited_and_outputs_follow(xor: Driver) -> None:
    outputs = xor.view.evaluation.outputs  # type: ignore[union-attr]
    xor.edit_cell("dataTable", 0, 0, "1")
    assert xor.view.spec.data.inputs[0].tolist() == [1.0, 0.0]
    assert not np.array_equal(xor.view.evaluation.outputs, outputs)  # type: ignore[union-attr]
    xor.click("addRow")
    assert len(xor.view.spec.data) == 5
    xor.menu("Undo").trigger()
    assert len(xor.view.spec.data) == 4


def test_a_target_the_loss_cannot_take_is_refused_with_its_sentence(driver: Driver) -> None:
    driver.open("xor-2-3-1-adam")
    driver.edit_cell("dataTable", 0, 2, "3")
    assert driver.view.spec.data.targets[0, 0] == 0.0
    assert "targets from 0 to 1" in driver.window.banner.text and driver.window.banner.isVisible()


def test_a_row_of_the_data_is_the_sample_shown(xor: Driver) -> None:
    table: QTableView = xor.find(QTableView, "dataTable")
    table.setFocus()
    QTest.keyClick(table, Key.Key_Down)
    assert xor.view.sample == 1
    assert xor.view.sample_pass.a[0].tolist() == [0.0, 1.0]


def test_units_layers_and_activations_change_in_the_panel(mazur: Driver) -> None:
    spin: QSpinBox = mazur.find(QSpinBox, "units1")
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, "3")
    QTest.keyClick(spin, Key.Key_Return)
    assert mazur.view.spec.network.sizes == (2, 3, 2)
    mazur.choose("activation1", "tanh")
    assert mazur.view.spec.network.layers[0].activation == "tanh"
    mazur.choose("optimizer", "adam")
    assert mazur.view.spec.optimizer.key == "adam"
    mazur.choose("loss", "mean_squared_error")
    assert (mazur.view.spec.loss, mazur.view.spec.reduction) == ("mean_squared_error", "mean")
    for _ in range(mazur.window.session.undo_stack.count()):
        mazur.menu("Undo").trigger()
    assert mazur.view.spec.network.sizes == (2, 2, 2)
    assert mazur.view.loss == pytest.approx(0.2983711087600027, rel=1e-12)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_the_reduction_is_back_after_a_loss_that_fixes_it(mazur: Driver, reduction: str) -> None:
    if mazur.view.spec.reduction != reduction:
        mazur.choose("reduction", reduction)
    mazur.choose("activation2", "softmax")
    assert mazur.view.spec.reduction == "mean"
    mazur.choose("activation2", "sigmoid")
    assert (mazur.view.spec.loss, mazur.view.spec.reduction) == ("half_squared_error", reduction)
    mazur.choose("loss", "mean_squared_error")
    assert mazur.view.spec.reduction == "mean"
    mazur.choose("loss", "half_squared_error")
    assert mazur.view.spec.reduction == reduction


def test_the_reduction_of_another_document_is_not_taken_over(mazur: Driver) -> None:
    assert mazur.view.spec.reduction == "sum"
    mazur.choose("loss", "squared_error")
    spec = replace(mazur.view.spec, loss="mean_squared_error", reduction="mean")
    document = replace(read_example("mazur-2-2-2"), spec=spec)
    mazur.window.documents.show(document, "another")
    mazur.choose("loss", "half_squared_error")
    assert mazur.view.spec.reduction == "mean"


def test_inputs_and_outputs_bring_and_take_their_columns(mazur: Driver) -> None:
    mazur.window.canvas.unit_added.emit(0)
    assert mazur.view.spec.data.inputs.shape == (1, 3)
    mazur.window.canvas.unit_removed.emit(2, 0)
    assert mazur.view.spec.data.targets.tolist() == [[0.99]]


def test_a_node_is_dragged_and_put_back(mazur: Driver) -> None:
    canvas = mazur.window.canvas
    start = canvas.view.mapFromScene(canvas.scene.place_of(Spot("unit", 1, 0)).center())
    port = canvas.view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for offset in (10, 25, 40):
        QTest.mouseMove(port, start + QPoint(offset, offset))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 40))
    assert list(mazur.view.layout) == ["h1"]
    moved = canvas.view.mapFromScene(canvas.scene.place_of(Spot("unit", 1, 0)).center())
    assert (moved - start).manhattanLength() > 40
    mazur.menu("Undo").trigger()
    assert not mazur.view.layout


def test_weights_keep_their_digits_when_an_activation_is_changed(driver: Driver) -> None:
    driver.open("xor-3-4-1")
    window = driver.window

    def shown() -> list[str]:
        table = driver.find(NumberTable, "weightsTable1")
        cell = table.itemDelegate()
        return [cell.painted_text(row, column) for row in range(4) for column in range(3)]

    before = shown()
    window.network.activation_chosen.emit(2, "step")
    assert window.session.spec.network.layers[1].activation == "step"
    assert shown() == before


def test_the_title_follows_the_shape_and_undo_brings_it_back(xor: Driver) -> None:
    session = xor.window.session
    for title, then in (
        ("XOR with three hidden units", "2-4-1, from “XOR with three hidden units”"),
        ("My homework", "My homework"),
    ):
        if session.standing.title != title:
            session.describe(title, "")
        xor.window.canvas.unit_added.emit(1)
        assert session.spec.network.sizes == (2, 4, 1) and session.standing.title == then
        assert session.document().title == then
        session.undo_stack.undo()
        assert session.standing.title == title
