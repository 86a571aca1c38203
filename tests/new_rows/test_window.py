"""A new row of a table stands in every choice of the window, and can be chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from engine.learn.exercises.exercise import Exercise
from engine.maths.network import Layer
from engine.run.spec import start_state
from gui.canvas.menu import CanvasMenu
from gui.canvas.spots import Spot
from gui.documents.new_dialog import NewDialog
from gui.learn.exercises.dialog import ExerciseDialog
from gui.widgets.number_field import NumberField
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow, choose, keys_of, view_of


@pytest.fixture
def window(new_rows: None, open_window: OpenWindow) -> MainWindow:
    return open_window("xor-2-2-1")


def box_of(parent: QWidget, name: str) -> QComboBox:
    found = parent.findChild(QComboBox, name)
    assert isinstance(found, QComboBox), name
    return found


def test_the_network_panel_offers_them_and_trains_what_is_chosen(window: MainWindow) -> None:
    panel, session = window.network, window.session
    for layer in (1, 2):
        choose(box_of(panel, f"activation{layer}"), "cube")
    choose(box_of(panel, "loss"), "quartic_error")
    choose(box_of(panel, "optimizer"), "square_means")
    xi = panel.findChild(NumberField, "xi")
    assert isinstance(xi, NumberField) and xi.isVisible() and xi.text() == "0.9"
    assert "Decay" in [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    xi.setFocus()
    xi.selectAll()
    QTest.keyClicks(xi, "3/4")
    QTest.keyClick(xi, Qt.Key.Key_Return)
    spec = session.spec
    assert [layer.activation for layer in spec.network.layers] == ["cube", "cube"]
    assert spec.loss == "quartic_error" and spec.optimizer.key == "square_means"
    assert spec.optimizer["xi"] == 0.75
    assert session.undo_stack.undoText() == "xi = 0.75"
    session.advance(20, 0)
    assert session.place.t == 20


def test_a_setting_beyond_its_limits_is_refused_with_the_rows_sentence(window: MainWindow) -> None:
    choose(box_of(window.network, "optimizer"), "square_means")
    xi = window.network.findChild(NumberField, "xi")
    assert isinstance(xi, NumberField)
    xi.setFocus()
    xi.selectAll()
    QTest.keyClicks(xi, "1")
    QTest.keyClick(xi, Qt.Key.Key_Return)
    assert "Xi lies from 0 up to, not including, 1." in xi.toolTip()
    assert window.session.spec.optimizer["xi"] == 0.9


def test_the_menu_of_the_canvas_offers_them(window: MainWindow) -> None:
    view = view_of(window.session.spec, start_state(window.session.spec))
    for layer in (1, 2):
        menu = CanvasMenu(view, Spot("unit", layer, 0), False, window.canvas)
        activations = menu.findChild(QMenu, "activationMenu")
        assert isinstance(activations, QMenu)
        titles = [action.text() for action in activations.actions()]
        assert "cube" in titles


def test_the_new_dialog_makes_a_document_of_them(window: MainWindow, qtbot: QtBot) -> None:
    dialog = NewDialog(window)
    qtbot.addWidget(dialog)
    dialog.show()
    assert box_of(dialog, "newData").findText("two corners") >= 0
    choose(box_of(dialog, "newData"), "corners")
    choose(box_of(dialog, "newActivation"), "cube")
    window.documents.open_new(dialog.document())
    spec = window.session.spec
    assert spec.network.layers == (Layer(("h1", "h2"), "cube"), Layer(("o",), "cube"))
    assert spec.loss == "quartic_error" and spec.data.targets.tolist() == [[0.25], [0.75]]


def test_an_exercise_can_be_made_with_them(window: MainWindow, qtbot: QtBot) -> None:
    dialog = ExerciseDialog(Exercise(), "", window)
    qtbot.addWidget(dialog)
    assert "cube" in keys_of(box_of(dialog, "exerciseActivation"))
    assert "quartic_error" in keys_of(box_of(dialog, "exerciseLoss"))
