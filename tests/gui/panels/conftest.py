"""What the panels' tests share: the light theme, and tables of numbers in somebody's hands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from gui import theme
from gui.tables.number_table import NumberTable


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    """Each test begins in the light theme, and leaves it to the next."""
    theme.apply(qapp, "light")
    yield
    theme.apply(qapp, "light")


def texts(grid: NumberTable) -> list[list[str]]:
    model = grid.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def names(
    grid: NumberTable, orientation: Qt.Orientation = Qt.Orientation.Horizontal
) -> list[str]:
    """What stands above the columns, or beside the rows."""
    model = grid.model()
    columns = orientation == Qt.Orientation.Horizontal
    count = model.columnCount() if columns else model.rowCount()
    return [model.headerData(section, orientation) for section in range(count)]


def click(
    qtbot: QtBot,
    grid: NumberTable,
    row: int,
    column: int,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    place = grid.visualRect(grid.model().index(row, column)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def editor(grid: NumberTable) -> QLineEdit | None:
    """The open editor: one that was closed is only deleted a moment later."""
    found = grid.viewport().findChildren(QLineEdit, "cellEditor")
    return next((each for each in found if each.isVisible()), None)


def open_editor(qtbot: QtBot, grid: NumberTable, row: int, column: int) -> QLineEdit:
    click(qtbot, grid, row, column)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    opened = editor(grid)
    assert opened is not None and opened.hasFocus()
    return opened


def paste(qtbot: QtBot, grid: NumberTable, text: str, row: int, column: int) -> None:
    QGuiApplication.clipboard().setText(text)
    click(qtbot, grid, row, column)
    qtbot.keyClick(grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
