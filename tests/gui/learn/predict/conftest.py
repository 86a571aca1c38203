"""Somebody who predicts in the window: hands for its keys and fields, eyes for what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.run.value_kinds import KINDS
from gui.view import View
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """The window with the 2-2-2 network, nothing stepped yet."""
    made = open_window("mazur-2-2-2")
    made.canvas.setFocus()
    return made


def press(key: Qt.Key, times: int = 1) -> None:
    """Press a key wherever the focus is."""
    for _ in range(times):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)


def enter(text: str = "") -> None:
    """Type something where the focus is, and press Enter."""
    focus = QApplication.focusWidget()
    assert focus is not None
    if text:
        QTest.keyClicks(focus, text)
    press(Qt.Key.Key_Return)


def part(window: MainWindow, kind: type[QWidget], name: str) -> QWidget:
    found = window.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def text(window: MainWindow, name: str) -> str:
    """What a label of the panel says, if it is in sight."""
    label = part(window, QLabel, name)
    assert isinstance(label, QLabel)
    plain = label.text().replace("<sub>", "_").replace("</sub>", "").replace("<br>", " ")
    return plain if label.isVisible() else ""


def begin(window: MainWindow, *kinds: str, person: str = "Ada") -> None:
    """Open the tool by its key, choose these kinds of values, and begin."""
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    for key in KINDS:
        box = part(window, QCheckBox, f"predict/{key}")
        assert isinstance(box, QCheckBox)
        if box.isChecked() != (key in kinds):
            box.setFocus(Qt.FocusReason.TabFocusReason)
            press(Qt.Key.Key_Return)
    part(window, QLineEdit, "predictName").setFocus(Qt.FocusReason.TabFocusReason)
    enter(person)


def step_until_asked(window: MainWindow) -> str:
    """Press Enter or Space until a value is asked for; the question."""
    for _ in range(60):
        if is_asked(window):
            return text(window, "predictQuestion")
        press(Qt.Key.Key_Space)
    raise AssertionError("nothing was asked")


def field(window: MainWindow) -> QLineEdit:
    found = part(window, QLineEdit, "predictField")
    assert isinstance(found, QLineEdit)
    return found


def is_asked(window: MainWindow) -> bool:
    return field(window).isVisible() and not field(window).isReadOnly()


def click_when_asked(name: str, button: QMessageBox.StandardButton | str) -> None:
    """Answer the next question box of this name."""

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(10, answer)
            return
        assert box.objectName() == name
        if isinstance(button, str):
            next(b for b in box.buttons() if b.text() == button).click()
        else:
            box.button(button).click()

    QTimer.singleShot(0, answer)


def view_of(window: MainWindow) -> View:
    """What every panel of the window is told at the moment."""
    told: list[View] = []
    window.session.changed.connect(told.append)
    window.session.announce()
    window.session.changed.disconnect(told.append)
    return told[-1]


def choose_file(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def become_active(window: MainWindow, qtbot: QtBot) -> None:
    """Have the keys again after a dialog."""
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    window.canvas.setFocus()
