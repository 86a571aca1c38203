"""The dialog for title and note: what no file could hold is refused while it is typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from gui.documents.note_dialog import NoteDialog
from tests.gui.conftest import on_screen


@pytest.fixture
def dialog(qtbot: QtBot) -> NoteDialog:
    return on_screen(qtbot, NoteDialog("Mine", "Yours"), 460, 280)


def refusal(dialog: NoteDialog) -> str:
    label = dialog.findChild(QLabel, "noteProblem")
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    assert label.isVisible() != button.isEnabled()
    return label.text()


def test_a_title_that_is_too_long_is_refused_as_it_is_typed(dialog: NoteDialog) -> None:
    field = dialog.findChild(QLineEdit, "noteTitle")
    field.clear()
    QTest.keyClicks(field, "x" * 200)
    assert refusal(dialog) == ""
    QTest.keyClicks(field, "x" * 100)
    assert refusal(dialog) == "A title has at most 200 characters; this one has 300."
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert dialog.isVisible() and dialog.title == "x" * 300
    for _ in range(100):
        QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert refusal(dialog) == ""
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not dialog.isVisible() and dialog.title == "x" * 200


def test_a_note_that_is_too_long_is_refused(dialog: NoteDialog) -> None:
    dialog.findChild(QPlainTextEdit, "noteText").setPlainText("x" * 20_001)
    assert refusal(dialog) == "A note has at most 20,000 characters; this one has 20,001."
