"""A window on screen, and hands and eyes for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from gui import theme
from gui.view import View
from gui.window.main_window import MainWindow
from tests.gui.conftest import choose

Key = Qt.Key


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
        """Choose from a list, by the name that it has in the window."""
        choose(self.find(QComboBox, name), key)

    def type_into(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Key.Key_Return)

    def edit_cell(self, table: str, row: int, column: int, text: str) -> None:
        view: QTableView = self.find(QTableView, table)
        view.setFocus()
        view.setCurrentIndex(view.model().index(row, column))
        QTest.keyClick(view, Key.Key_F2)
        editor = self.find(QLineEdit, "cellEditor")
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Key.Key_Return)


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
