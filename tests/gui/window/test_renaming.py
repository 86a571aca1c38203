"""Units, inputs and targets get other names where they stand, on the canvas and in the data."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QTableView

from engine.documents.reading import read_document, write_document
from gui.canvas.spots import Spot
from gui.window.main_window import MainWindow
from tests.gui.canvas.painted import node_words
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("mazur-2-2-2")


def field(window: MainWindow) -> QLineEdit:
    found = QApplication.focusWidget()
    assert isinstance(found, QLineEdit) and found.objectName() == "nameField"
    return found


def from_the_menu(window: MainWindow, spot: Spot, entry: str) -> QLineEdit:
    """Choose an entry of the canvas' menu for a spot; the field that opens."""
    window.canvas.view.menu_asked.emit(spot, QPoint(0, 0))
    menu = window.canvas.findChild(QMenu, "canvasMenu")
    next(action for action in menu.actions() if action.text() == entry).trigger()
    menu.close()
    return field(window)


def by_double_click(window: MainWindow, column: int) -> QLineEdit:
    """Double click a heading of the data; the field that opens."""
    header = window.data.findChild(QTableView, "dataTable").horizontalHeader()
    left, width = header.sectionViewportPosition(column), header.sectionSize(column)
    middle = QPoint(left + width // 2, header.height() // 2)
    for click in (QTest.mouseClick, QTest.mouseDClick):
        click(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    return field(window)


def type_in(line: QLineEdit, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    assert line.selectedText() == line.text()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, key)


def headings(window: MainWindow) -> list[str]:
    model = window.data.findChild(QTableView, "dataTable").model()
    columns = range(model.columnCount())
    return [model.headerData(column, Qt.Orientation.Horizontal) for column in columns]


def test_a_unit_is_renamed_from_its_menu_and_all_follow(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    session.move_unit("h1", 30.0, 40.0)
    session.seek(3)
    type_in(from_the_menu(window, Spot("unit", 1, 0), "Rename h1…"), "edge")
    assert session.spec.network.layers[0].units == ("edge", "h2")
    assert session.place.revealed == 3 and session.standing.layout == {"edge": (30.0, 40.0)}
    assert "edge" in node_words(window.canvas.scene, 1, 0)
    path = tmp_path / "x.md"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    window.findChild(QAction, "export/md").trigger()
    text = path.read_text(encoding="utf-8")
    assert "z_edge" in text and "h1" not in text
    again = read_document(write_document(session.document()))
    assert again.spec.network == session.spec.network and "edge" in again.layout
    assert session.undo_stack.undoText() == "Rename h1: edge"
    session.undo_stack.undo()
    assert session.spec.network.layers[0].units == ("h1", "h2")
    assert session.standing.layout == {"h1": (30.0, 40.0)}


def test_headings_of_the_data_are_renamed_by_a_double_click(window: MainWindow) -> None:
    assert headings(window) == ["i1", "i2", "t o1", "t o2", "a o1", "a o2", ""]
    type_in(by_double_click(window, 1), "height")
    type_in(by_double_click(window, 4), "yes")  # an output's target is called after it
    assert headings(window) == ["i1", "height", "t yes", "t o2", "a yes", "a o2", ""]
    type_in(by_double_click(window, 3), "wanted")
    assert window.session.spec.data.target_names == ("t yes", "wanted")
    assert window.session.spec.network.layers[-1].units == ("yes", "o2")


def test_a_target_is_renamed_from_its_menu(window: MainWindow) -> None:
    type_in(from_the_menu(window, Spot("target", 2, 1), "Rename t o2…"), "goal")
    assert window.session.spec.data.target_names == ("t o1", "goal")


def test_a_name_that_is_taken_is_refused_where_it_is_typed(window: MainWindow) -> None:
    line = from_the_menu(window, Spot("unit", 0, 0), "Rename i1…")
    type_in(line, "h2")
    assert line.isVisible() and 'Two units are called "h2".' in line.toolTip()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not line.isVisible() and not window.session.is_changed
    assert not window.session.undo_stack.canUndo()


def test_leaving_the_field_takes_a_name_that_can_be_and_no_other(window: MainWindow) -> None:
    names = window.session.spec.network.inputs
    for typed, then in (("o1", "i1"), ("first", "first")):
        line = from_the_menu(window, Spot("unit", 0, 0), f"Rename {names[0]}…")
        QTest.keyClicks(line, typed)
        window.canvas.setFocus()
        assert not line.isVisible() and window.session.spec.network.inputs[0] == then


def test_the_same_name_is_no_edit(window: MainWindow) -> None:
    line = from_the_menu(window, Spot("unit", 0, 0), "Rename i1…")
    type_in(line, " i1 ")
    assert not line.isVisible() and not window.session.undo_stack.canUndo()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_PageDown])
def test_a_key_that_closes_the_field_leaves_the_keys_at_the_network(
    window: MainWindow, key: Qt.Key
) -> None:
    type_in(from_the_menu(window, Spot("unit", 1, 0), "Rename h1…"), "left", key)
    taken = key != Qt.Key.Key_Escape
    assert window.session.spec.network.unit_name(1, 0) == ("left" if taken else "h1")
    assert window.session.place.revealed == (key == Qt.Key.Key_PageDown)
    assert QApplication.focusWidget() is window.canvas.view


def test_the_axes_of_the_surface_follow(open_window: OpenWindow) -> None:
    window = open_window("xor-2-3-1")
    axis = window.result.surface.plot.x_axis
    before = window.result.grab().toImage()
    typed = from_the_menu(window, Spot("unit", 0, 0), "Rename x1…")
    QTest.keyClicks(typed, "alpha")
    QTest.keyClick(typed, Qt.Key.Key_Return)
    place = axis.mapRectToScene(axis.boundingRect()).toAlignedRect()
    corner = window.result.surface.plot.mapTo(window.result, place.topLeft())
    area = QRect(corner, place.size()).intersected(window.result.rect())
    assert window.result.grab().toImage().copy(area) != before.copy(area)
