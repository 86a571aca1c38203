"""A pupil who takes lessons in a window, with its buttons, fields, clicks and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from gui import theme
from gui.canvas.spots import Spot
from gui.widgets.buttons import Button
from gui.window.main_window import MainWindow
from tests.gui.conftest import choose

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton

SMALL = """title: Three steps
example: mazur-2-2-2

# One
Read {w5}.
wait: next

# Two
Do **both**.
wait: step net input h1
wait: edit w1

# Three
The end.
wait: open gradient check
"""


class Pupil:
    """Somebody taking lessons in a window."""

    def __init__(self, qtbot: QtBot, remember: bool = False) -> None:
        self.qtbot = qtbot
        self.window = MainWindow(remember=remember)
        self.window.resize(1440, 900)
        self.window.documents.show(read_example("xor-3-4-1"), "xor-3-4-1")
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window)

    @property
    def strip(self) -> QWidget:
        return self.window.lessons.strip

    @property
    def session(self):  # type: ignore[no-untyped-def]
        return self.window.session

    def begin(self, name: str) -> None:
        """Open a lesson from the menu."""
        self.menu(f"lesson/{name}").trigger()

    def menu(self, name: str) -> QAction:
        (action,) = self.window.findChildren(QAction, name)
        return action

    def entry(self, text: str) -> QAction:
        (action,) = [
            action for action in self.window.findChildren(QAction)
            if action.text().replace("&", "") == text
        ]  # fmt: skip
        return action

    def says(self, name: str) -> str:
        label = self.strip.findChild(QLabel, name)
        assert isinstance(label, QLabel)
        return label.text()

    def button(self, name: str) -> Button:
        found = self.window.findChild(Button, name)
        assert isinstance(found, Button), name
        return found

    def click(self, name: str) -> None:
        QTest.mouseClick(self.button(name), LEFT)

    def click_spot(self, spot: Spot) -> None:
        port, place = self.window.canvas.view.viewport(), self.window.canvas.place_of(spot)
        assert not place.isEmpty(), spot
        QTest.mouseMove(port, place.center())
        QTest.mouseClick(port, LEFT, pos=place.center())

    def type(self, text: str) -> None:
        focus = QApplication.focusWidget()
        QTest.keyClicks(focus, text)
        QTest.keyClick(focus, Key.Key_Return)

    def choose(self, name: str, key: str) -> None:
        box = self.window.findChild(QComboBox, name)
        assert isinstance(box, QComboBox)
        choose(box, key)

    def let_it_show(self) -> None:
        """Press Show me until the step is done."""
        while self.button("lessonShow").isVisible():
            asked = self.says("lessonAsked")
            self.click("lessonShow")
            self.qtbot.waitUntil(
                lambda said=asked: self.may_go_on or self.says("lessonAsked") != said,
                timeout=60_000,
            )
        if self.session.training:
            self.click("train")

    @property
    def may_go_on(self) -> bool:
        return self.button("lessonNext").isEnabled()


@pytest.fixture
def pupil(qtbot: QtBot, qapp: QApplication) -> Iterator[Pupil]:
    theme.load_fonts()
    theme.apply(qapp, "light")
    made = Pupil(qtbot)
    yield made
    leave(made.window)


def leave(window: MainWindow) -> None:
    window.session.mark_saved()
    window.close()
    window.deleteLater()


def lesson_file(folder: Path, text: str = SMALL) -> Path:
    path = folder / "mine.lesson.md"
    path.write_text(text, encoding="utf-8")
    return path
