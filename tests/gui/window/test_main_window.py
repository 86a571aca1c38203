"""The whole window, driven as a person drives it: keys, clicks, typed numbers, files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QSlider,
    QSpinBox,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.documents.examples import example_names, read_example
from engine.run.steps import StepId
from gui import theme
from gui.canvas.spots import Spot
from gui.view import View
from gui.widgets.number_field import NumberField
from gui.window.main_window import MainWindow

Key = Qt.Key
Button = QMessageBox.StandardButton


class Driver:
    """A window, and hands and eyes for it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.window = MainWindow(remember=True)
        self.views: list[View] = []
        self.window.session.changed.connect(self.views.append)
        self.window.resize(1440, 900)

    def open(self, name: str) -> None:
        self.window.documents.show(read_example(name), name)
        self.window.show()
        self.qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window)
        self.window.canvas.setFocus()

    @property
    def view(self) -> View:
        return self.views[-1]

    def find(self, kind: type, name: str) -> Any:
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    def click(self, name: str) -> None:
        QTest.mouseClick(self.find(QAbstractButton, name), Qt.MouseButton.LeftButton)

    def press(self, *keys: Key, to: QWidget | None = None) -> None:
        for key in keys:
            QTest.keyClick(to or QApplication.focusWidget() or self.window, key)

    def menu(self, text: str) -> QAction:
        for action in self.window.findChildren(QAction):
            if action.text().replace("&", "").startswith(text):
                return action
        raise AssertionError(text)

    def choose(self, name: str, key: str) -> None:
        """Choose an entry of a combo box as a person does: with its keys."""
        box: QComboBox = self.find(QComboBox, name)
        box.setFocus()
        index = box.findData(key)
        assert index >= 0, key
        while box.currentIndex() != index:
            QTest.keyClick(box, Key.Key_Down if box.currentIndex() < index else Key.Key_Up)

    def type_into(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Key.Key_Return)


@pytest.fixture
def driver(qtbot: QtBot) -> Iterator[Driver]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.load_fonts()
    theme.apply(app, "light")
    made = Driver(qtbot)
    qtbot.addWidget(made.window, before_close_func=lambda _: made.window.session.mark_saved())
    yield made
    theme.apply(app, "light")


@pytest.fixture
def mazur(driver: Driver) -> Driver:
    driver.open("mazur-2-2-2")
    return driver


@pytest.fixture
def xor(driver: Driver) -> Driver:
    driver.open("xor-2-3-1")
    return driver


# Stepping


def test_step_and_back_follow_the_chosen_grain(mazur: Driver) -> None:
    for grain, places in {
        "number": [(0, 1), (0, 2)],
        "layer": [(0, 4), (0, 8)],
        "pass": [(0, 8), (0, 11)],
        "iteration": [(1, 0), (2, 0)],
        "epoch": [(1, 0), (2, 0)],
    }.items():
        mazur.choose("grain", grain)
        for place in places:
            mazur.click("step")
            assert (mazur.view.t, mazur.view.revealed) == place, grain
        mazur.click("back")
        mazur.click("back")
        assert (mazur.view.t, mazur.view.revealed) == (0, 0)


@pytest.mark.parametrize(
    "focused", ["step", "grain", "weightsTable1", "dataTable", "networkView", "pace", "editLayers"]
)
def test_the_keys_work_wherever_the_focus_is(mazur: Driver, focused: str) -> None:
    mazur.find(QWidget, focused).setFocus()
    mazur.press(Key.Key_PageDown)
    mazur.press(Key.Key_Space)
    assert mazur.view.revealed == 2
    mazur.press(Key.Key_PageUp)
    assert mazur.view.revealed == 1
    mazur.press(Key.Key_T)
    assert mazur.view.training
    mazur.press(Key.Key_T)
    assert not mazur.view.training


def test_in_a_text_field_the_keys_are_text(mazur: Driver) -> None:
    field: NumberField = mazur.find(NumberField, "learning_rate")
    field.setFocus()
    mazur.press(Key.Key_PageDown, Key.Key_Space, Key.Key_T, Key.Key_E, Key.Key_R)
    assert mazur.view.revealed == 0 and mazur.view.t == 0 and not mazur.view.training
    mazur.press(Key.Key_Escape)


def test_a_confirmed_number_gives_the_keys_back_to_the_window(mazur: Driver) -> None:
    mazur.type_into(mazur.find(NumberField, "learning_rate"), "0.25")
    assert mazur.view.spec.optimizer["learning_rate"] == 0.25
    mazur.press(Key.Key_Space)
    assert mazur.view.revealed == 1
    mazur.window.session.undo_stack.undo()
    units: QSpinBox = mazur.find(QSpinBox, "units1")
    units.setFocus()
    units.selectAll()
    QTest.keyClicks(units, "3")
    mazur.press(Key.Key_Return)
    assert len(mazur.view.spec.network.layers[0].units) == 3
    QTest.keyClick(mazur.window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(mazur.view.spec.network.layers[0].units) == 2


@pytest.mark.parametrize("name", ["mazur-2-2-2", "xor-3-4-1"])
def test_all_settings_of_a_small_network_are_in_sight(driver: Driver, name: str) -> None:
    driver.open(name)
    driver.qtbot.waitUntil(lambda: driver.window.network.height() > 100)
    for kind, wanted in ((QLabel, "seed"), (QWidget, "shuffled"), (QSpinBox, "units0")):
        field = driver.find(kind, wanted)
        assert field.visibleRegion().boundingRect().height() == field.height()


def test_what_lies_ahead_of_the_cursor_is_blank(mazur: Driver) -> None:
    scene = mazur.window.canvas.scene
    assert "0.593270" not in " ".join(scene.node_words(1, 0))
    mazur.press(Key.Key_PageDown, Key.Key_PageDown)
    assert "0.593270" in " ".join(scene.node_words(1, 0))
    mazur.press(Key.Key_PageUp)
    assert "0.593270" not in " ".join(scene.node_words(1, 0))
    for _ in range(12):
        mazur.press(Key.Key_PageDown)
    assert any("0.0821670" in word for word in scene.pill_words(2, 0, 0))


def test_tab_goes_through_the_settings_as_they_stand(xor: Driver) -> None:
    xor.find(QSpinBox, "units0").setFocus()
    reached = []
    for _ in range(4):
        xor.press(Key.Key_Tab)
        reached.append(QApplication.focusWidget().objectName())
    assert reached == ["units1", "activation1", "units2", "activation2"]
    xor.find(QAbstractButton, "addRow").setFocus()
    xor.press(Key.Key_Backtab)
    assert QApplication.focusWidget().objectName() == "weightsTable2"


def test_a_count_that_lost_the_focus_at_once_is_not_selected(mazur: Driver) -> None:
    field = mazur.find(QSpinBox, "units1")
    field.setFocus()
    mazur.window.canvas.setFocus()
    mazur.qtbot.wait(20)
    assert not field.lineEdit().hasSelectedText()


def test_the_ribbon_seeks(mazur: Driver) -> None:
    ribbon = mazur.window.ribbon
    ribbon.setFocus()
    QTest.keyClick(ribbon, Key.Key_End)
    assert mazur.view.revealed == 34
    QTest.keyClick(ribbon, Key.Key_Home)
    assert mazur.view.revealed == 0


def test_the_order_of_steps_is_chosen_in_the_menu_and_undone(mazur: Driver) -> None:
    window = mazur.window
    window.session.seek(13)
    step = mazur.view.step
    assert mazur.menu("Steps unit by unit").isChecked()
    mazur.menu("All deltas of a layer first").trigger()
    assert mazur.view.step == step and mazur.view.revealed == 14
    assert mazur.menu("All deltas of a layer first").isChecked()
    assert not mazur.menu("Steps unit by unit").isChecked()
    mazur.press(Key.Key_PageUp)
    assert mazur.view.step == StepId("backward", "delta", 2, 1)
    window.session.undo_stack.undo()
    assert mazur.menu("Steps unit by unit").isChecked() and mazur.view.revealed == 13


def test_one_epoch_reset_and_new_seed(xor: Driver) -> None:
    start = xor.view.theta
    xor.click("epoch")
    xor.click("epoch")
    assert xor.view.epoch_position == 2
    xor.click("reset")
    assert xor.view.t == 0 and np.array_equal(xor.view.theta, start)
    xor.click("newSeed")
    first = xor.view.theta
    assert not np.array_equal(first, start)
    xor.click("newSeed")
    assert not np.array_equal(xor.view.theta, first)


# Training


def test_training_shows_itself_and_pauses(xor: Driver) -> None:
    xor.click("train")
    assert "Pause" in xor.find(QAbstractButton, "train").text()
    xor.qtbot.waitUntil(lambda: xor.view.t > 300)
    xor.click("train")
    assert "Train" in xor.find(QAbstractButton, "train").text()
    reached = xor.view
    xor.qtbot.wait(60)
    assert xor.view is reached
    assert len(reached.curve) == reached.t + 1


def test_speed_holds_training_back(xor: Driver) -> None:
    slider: QSlider = xor.find(QSlider, "pace")
    slider.setValue(slider.minimum())
    xor.press(Key.Key_T)
    xor.qtbot.wait(300)
    assert xor.view.t <= 3
    slider.setValue(slider.maximum())
    xor.qtbot.waitUntil(lambda: xor.view.t > 300)
    xor.press(Key.Key_T)


def test_editing_while_training_goes_on_training(xor: Driver) -> None:
    xor.press(Key.Key_T)
    xor.qtbot.waitUntil(lambda: xor.view.t > 100)
    xor.type_into(xor.find(NumberField, "learning_rate"), "0,25")
    assert xor.view.spec.optimizer["learning_rate"] == 0.25
    at = xor.view.t
    xor.qtbot.waitUntil(lambda: xor.view.training and xor.view.t > at + 100)
    xor.window.canvas.setFocus()
    xor.press(Key.Key_T)


def test_the_window_closes_while_training(xor: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda box: Button.Discard)
    xor.press(Key.Key_T)
    xor.qtbot.waitUntil(lambda: xor.view.t > 100)
    assert xor.window.close()


def test_divergence_says_where_and_one_click_leads_back(mazur: Driver) -> None:
    for layer in (1, 2):
        mazur.choose(f"activation{layer}", "linear")
    mazur.type_into(mazur.find(NumberField, "learning_rate"), "1e6")
    mazur.window.canvas.setFocus()
    mazur.press(Key.Key_T)
    mazur.qtbot.waitUntil(lambda: mazur.view.divergence is not None)
    banner = mazur.window.banner
    assert banner.isVisible() and "iteration" in banner.text and "layer" in banner.text
    mazur.click("bannerAction")
    assert not banner.isVisible() and mazur.view.revealed == 0
    assert np.isfinite(mazur.view.theta).all()


def place_in(window: MainWindow, panel: QWidget) -> QRect:
    return QRect(panel.mapTo(window, QPoint(0, 0)), panel.size())


@pytest.mark.parametrize("size", [(960, 540), (1024, 600), (1366, 768), (1440, 900)])
def test_a_message_moves_nothing_and_covers_nothing(
    mazur: Driver, size: tuple[int, int]
) -> None:
    window = mazur.window
    window.resize(*size)
    for layer in (1, 2):
        mazur.choose(f"activation{layer}", "linear")
    QTest.qWait(50)
    panels = (
        window.controls, window.network, window.canvas, window.canvas.view, window.canvas.chip,
        window.ribbon, window.statusBar(),
    )  # fmt: skip
    before = [place_in(window, panel) for panel in panels]

    def check_places() -> None:
        QTest.qWait(50)
        assert [place_in(window, panel) for panel in panels] == before
        assert (window.width(), window.height()) == size

    window.session.refused.emit("No. " * 200)
    check_places()
    mazur.click("bannerClose")
    check_places()
    assert not window.banner.isVisible()
    mazur.type_into(mazur.find(NumberField, "learning_rate"), "1e6")
    window.canvas.setFocus()
    mazur.press(Key.Key_T)
    mazur.qtbot.waitUntil(lambda: mazur.view.divergence is not None)
    check_places()
    message = place_in(window, window.banner)
    assert window.banner.isVisible() and window.rect().contains(message)
    assert not any(message.intersects(place) for place in before[:-1])
    assert before[-1].contains(message)
    text = mazur.find(QLabel, "bannerText").text()
    assert mazur.view.divergence is not None and text == mazur.view.divergence.sentence
    assert mazur.find(QAbstractButton, "bannerAction").width() > 0


def test_a_message_is_seen_though_the_status_bar_says_something(mazur: Driver) -> None:
    mazur.window.statusBar().showMessage("Copied", 60_000)
    mazur.window.session.refused.emit("No.")
    assert mazur.window.banner.isVisible() and not mazur.find(QLabel, "fileLabel").isVisible()
    mazur.window.statusBar().showMessage("Copied", 60_000)
    mazur.press(Key.Key_Space)
    mazur.window.statusBar().clearMessage()
    assert not mazur.window.banner.isVisible() and mazur.find(QLabel, "fileLabel").isVisible()


# The small buttons at the layer under the pointer


def point_at_button(driver: Driver, name: str, layer: int = 1) -> QAbstractButton:
    """Take the pointer to a column of the network, and on to the small button that comes up."""
    canvas = driver.window.canvas
    QTest.mouseMove(canvas.view.viewport(), canvas.place_of(Spot("unit", layer, 0)).center())
    button: QAbstractButton = driver.find(QAbstractButton, name)
    driver.qtbot.waitUntil(button.isVisible)
    QTest.mouseMove(button)
    driver.qtbot.waitUntil(button.underMouse)
    return button


@pytest.mark.parametrize("layer", [0, 1, 2])
@pytest.mark.parametrize("name", ["addUnit", "removeUnit"])
def test_the_pointer_leaves_from_a_small_button(xor: Driver, name: str, layer: int) -> None:
    window = xor.window
    for away in (window.loss, window.canvas.chip, window.ribbon, window.menuBar()):
        button = point_at_button(xor, name, layer)
        QTest.mouseMove(away)
        xor.qtbot.waitUntil(lambda button=button: not button.isVisible())
    point_at_button(xor, name, layer)


def test_a_small_button_is_taken_from_under_the_pointer(xor: Driver) -> None:
    window = xor.window
    for act in (
        lambda: window.resize(1300, 700),
        lambda: xor.press(Key.Key_Plus, to=window.canvas.view),  # a closer look
        lambda: xor.click("removeUnit"),
        lambda: xor.menu("Undo").trigger(),
        window.canvas.hide,
    ):
        button = point_at_button(xor, "removeUnit")
        act()
        QApplication.processEvents()
        assert not button.isVisible()
        QTest.mouseMove(window.loss)
    window.canvas.show()
    point_at_button(xor, "removeUnit")


# Editing


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


def test_nonsense_is_refused_and_changes_nothing(mazur: Driver) -> None:
    before = mazur.view.theta
    edit_on_canvas(mazur, Spot("weight", 2, 0, 0), "abc")
    assert np.array_equal(mazur.view.theta, before)
    assert mazur.window.session.undo_stack.count() == 0
    field = mazur.find(QLineEdit, "inPlaceField")
    assert field.property("wrong")
    QTest.keyClick(field, Key.Key_Escape)
    QTest.keyClick(field, Key.Key_Escape)


def edit_cell(driver: Driver, table: str, row: int, column: int, text: str) -> None:
    view: QTableView = driver.find(QTableView, table)
    view.setFocus()
    view.setCurrentIndex(view.model().index(row, column))
    QTest.keyClick(view, Key.Key_F2)
    editor = driver.find(QLineEdit, "cellEditor")
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Key.Key_Return)


def test_weights_are_edited_in_the_table_and_undone(mazur: Driver) -> None:
    before = mazur.view.theta
    edit_cell(mazur, "weightsTable1", 1, 0, "0,5")
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
    edit_cell(xor, "dataTable", 0, 0, "1")
    assert xor.view.spec.data.inputs[0].tolist() == [1.0, 0.0]
    assert not np.array_equal(xor.view.evaluation.outputs, outputs)  # type: ignore[union-attr]
    xor.click("addRow")
    assert len(xor.view.spec.data) == 5
    xor.menu("Undo").trigger()
    assert len(xor.view.spec.data) == 4


def test_a_target_the_loss_cannot_take_is_refused_with_its_sentence(driver: Driver) -> None:
    driver.open("xor-2-3-1-adam")
    edit_cell(driver, "dataTable", 0, 2, "3")
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


# Loss curve and result


def test_the_curve_and_the_result_follow_training(xor: Driver) -> None:
    before = xor.window.result.grab().toImage()
    xor.window.session.advance(3000, 0)
    xor.qtbot.wait(300)
    assert len(xor.view.curve) == 3001
    assert xor.window.result.grab().toImage() != before
    assert "3,000" in xor.find(QLabel, "where").text()


def test_a_click_on_the_curve_goes_to_that_epoch(xor: Driver) -> None:
    xor.window.session.advance(200, 0)
    plot = xor.find(QWidget, "lossPlot")
    port = plot.viewport()
    QTest.mouseClick(
        port, Qt.MouseButton.LeftButton, pos=QPoint(port.width() // 2, port.height() // 2)
    )
    xor.qtbot.waitUntil(lambda: 40 < xor.view.t < 160)
    xor.press(Key.Key_E, to=xor.window.canvas.view)
    assert len(xor.view.curve) == 201  # the road ahead is still there


# Files


def answer_with(monkeypatch: pytest.MonkeyPatch, button: Button) -> list[str]:
    """Answer message boxes, and keep what they said."""
    said: list[str] = []

    def execute(box: QMessageBox) -> Button:
        said.append(box.text())
        return button

    monkeypatch.setattr(QMessageBox, "exec", execute)
    return said


def test_save_and_open_again_bring_everything_back(
    xor: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.backpass.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
    edit_cell(xor, "weightsTable1", 0, 0, "0,123456789012345")
    xor.window.session.advance(25, 7)
    assert xor.window.isWindowModified()
    xor.menu("Save").trigger()
    saved = xor.view
    assert path.exists() and not saved.changed and not xor.window.isWindowModified()
    xor.window.documents.open_example("mazur-2-2-2")
    xor.menu("Open…").trigger()
    back = xor.view
    assert (back.t, back.revealed) == (25, 7)
    assert np.array_equal(back.theta, saved.theta)
    assert np.array_equal(back.curve, saved.curve)
    assert xor.window.documents.name == "mine.backpass.json"
    assert str(path.resolve()) in xor.window.documents.files.recent()


def test_a_changed_document_asks_before_it_is_lost(
    xor: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = answer_with(monkeypatch, Button.Cancel)
    xor.click("epoch")
    xor.window.documents.open_example("mazur-2-2-2")
    assert len(said) == 1 and xor.view.spec.network.sizes == (2, 3, 1)
    assert not xor.window.close()
    answer_with(monkeypatch, Button.Discard)
    xor.window.documents.open_example("mazur-2-2-2")
    assert xor.view.spec.network.sizes == (2, 2, 2)
    # What is unchanged is left without a question.
    said = answer_with(monkeypatch, Button.Cancel)
    xor.window.documents.open_example("xor-2-3-1")
    assert not said and xor.view.spec.network.sizes == (2, 3, 1)


def test_saving_on_the_way_out_saves(
    xor: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.backpass.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    answer_with(monkeypatch, Button.Save)
    xor.click("epoch")
    assert xor.window.close()
    assert b'"updates"' in path.read_bytes()


def test_a_file_that_is_refused_leaves_open_what_was_open(
    mazur: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = answer_with(monkeypatch, Button.Ok)
    path = tmp_path / "broken.backpass.json"
    path.write_text('{"format": "backpass",\n oops}')
    before = mazur.view
    mazur.window.documents.open_path(path)
    mazur.window.documents.open_path(tmp_path / "missing.json")
    assert mazur.view is before
    assert "line 2" in said[0] and "missing.json" in said[1]


def test_a_save_that_fails_keeps_the_old_file_and_says_so(
    mazur: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = answer_with(monkeypatch, Button.Ok)
    folder = tmp_path / "gone"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(folder / "x.json"), ""))
    assert not mazur.window.documents.save_as()
    assert len(said) == 1 and "x.json" in said[0]


def test_new_makes_a_network_for_a_training_set(mazur: Driver) -> None:
    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        box = dialog.findChild(QComboBox, "newData")
        hidden = dialog.findChild(QLineEdit, "newHidden")
        assert box is not None and hidden is not None
        box.setCurrentIndex(box.findData("circle"))
        hidden.setText("5, x")
        dialog.findChild(QDialog)  # the dialog itself answers keys
        QTest.keyClick(dialog, Key.Key_Return)
        assert dialog.isVisible()
        hidden.setText("5, 4")
        QTest.keyClick(dialog, Key.Key_Return)

    QTimer.singleShot(0, fill)
    mazur.menu("New…").trigger()
    assert mazur.view.spec.network.sizes == (2, 5, 4, 1)
    assert len(mazur.view.spec.data) > 50


def test_recent_files_can_be_opened_again(
    mazur: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "again.backpass.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    mazur.window.documents.save_as()
    mazur.window.documents.open_example("one-neuron")
    [menu] = [m for m in mazur.window.findChildren(QMenu) if m.title() == "Open &recent"]
    menu.popup(QPoint(0, 0))
    menu.close()
    [action] = menu.actions()
    assert path.name in action.text()
    action.trigger()
    assert mazur.view.spec.network.sizes == (2, 2, 2)


# Looks


@pytest.mark.parametrize("name", example_names())
@pytest.mark.parametrize("size", [(1440, 900), (1024, 600)])
def test_every_example_is_walked_to_the_end_and_back(
    driver: Driver, name: str, size: tuple[int, int]
) -> None:
    driver.window.resize(*size)
    driver.open(name)
    for _ in range(len(driver.view.steps)):
        driver.press(Key.Key_PageDown)
    assert driver.view.revealed == len(driver.view.steps)
    for _ in range(len(driver.view.steps)):
        driver.press(Key.Key_PageUp)
    assert (driver.view.t, driver.view.revealed) == (0, 0)
    assert driver.window.width() == size[0] and driver.window.height() == size[1]


def test_the_theme_changes_every_panel(mazur: Driver) -> None:
    def darkness(widget: QWidget) -> int:
        picture = widget.grab().toImage()
        return picture.pixelColor(widget.width() - 3, widget.height() // 2).lightness()

    panels: list[Callable[[], QWidget]] = [
        lambda: mazur.window.canvas, lambda: mazur.window.loss, lambda: mazur.window.result,
        lambda: mazur.window.network, lambda: mazur.window.weights,
    ]  # fmt: skip
    light = [darkness(panel()) for panel in panels]
    mazur.menu("Dark theme").trigger()
    dark = [darkness(panel()) for panel in panels]
    assert min(light) > 200 and max(dark) < 80


def test_the_logarithmic_axis_is_remembered(mazur: Driver, qtbot: QtBot) -> None:
    assert not mazur.window.loss.log
    for wanted in (True, False):
        mazur.click("lossLog")
        again = MainWindow(remember=True)
        qtbot.addWidget(again)
        again.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
        button = again.findChild(QAbstractButton, "lossLog")
        assert button is not None
        assert again.loss.log == button.isChecked() == wanted
        assert button.text() == ("log ✓" if wanted else "log")
        untouched = MainWindow(remember=False)
        qtbot.addWidget(untouched)
        untouched.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
        assert not untouched.loss.log


def test_settings_remember_the_theme_and_the_size(mazur: Driver, qtbot: QtBot) -> None:
    mazur.menu("Dark theme").trigger()
    mazur.window.resize(1100, 700)
    mazur.window.close_quietly()
    from PySide6.QtCore import QSettings

    assert QSettings().value("theme") == "dark"
    again = MainWindow(remember=True)
    qtbot.addWidget(again)
    again.documents.show(read_example("one-neuron"), "one-neuron")
    assert again.height() == 700  # the width would not fit the offscreen screen
