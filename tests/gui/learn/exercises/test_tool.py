"""Learn → New exercise and Next variant, driven as a teacher would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSpinBox,
)
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.learn.exercises.exercise import Exercise, exercise_of, make_exercise
from gui.learn.exercises.dialog import ExerciseDialog
from gui.widgets.choice import Choice
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("mazur-2-2-2")


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> ExerciseDialog:
    made = ExerciseDialog(Exercise(), str(tmp_path))
    qtbot.addWidget(made)
    made.show()
    return made


def entry(window: MainWindow, text: str) -> QAction:
    return next(a for a in window.tools.menu.actions() if a.text().replace("&", "") == text)


def choose(dialog: ExerciseDialog, name: str, key: str) -> None:
    choice = dialog.findChild(Choice, name)
    choice.setCurrentIndex(choice.findData(key))
    choice.activated.emit(choice.currentIndex())


def words(dialog: ExerciseDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    return label.text() if label.isVisible() else ""


def open_button(dialog: ExerciseDialog) -> QPushButton:
    buttons = dialog.findChild(QDialogButtonBox)
    return buttons.button(QDialogButtonBox.StandardButton.Open)


def in_dialog(window: MainWindow, act: Callable[[ExerciseDialog], None]) -> None:
    """Open the dialog by its menu entry and act in it."""

    def begin() -> None:
        found = QApplication.activeModalWidget()
        assert isinstance(found, ExerciseDialog)
        act(found)

    QTimer.singleShot(0, begin)
    entry(window, "New exercise…").trigger()


def test_an_exercise_is_chosen_and_opened(window: MainWindow) -> None:
    def act(dialog: ExerciseDialog) -> None:
        QTest.keyClicks(dialog.findChild(QSpinBox, "exerciseInputs"), "3")
        hidden = dialog.findChild(QLineEdit, "exerciseHidden")
        hidden.selectAll()
        QTest.keyClicks(hidden, "2, 3")
        dialog.findChild(QSpinBox, "exerciseOutputs").setValue(2)
        choose(dialog, "exerciseActivation", "tanh")
        choose(dialog, "exerciseLoss", "categorical_cross_entropy")
        choose(dialog, "exerciseDecimals", "5")
        dialog.findChild(QSpinBox, "exerciseSeed").setValue(42)
        assert words(dialog, "exercisePreview").startswith(
            "A network with 3 inputs, 2 hidden units (tanh), 3 hidden units (tanh) and 2 outputs "
            "(softmax), and one sample."
        )
        QTest.mouseClick(open_button(dialog), Qt.MouseButton.LeftButton)

    in_dialog(window, act)
    expected = Exercise((3, 2, 3, 2), "tanh", "categorical_cross_entropy", 5, 42)
    assert exercise_of(window.session.document()) == expected
    assert window.session.spec.network.sizes == (3, 2, 3, 2)
    assert window.session.state.theta.tobytes() == make_exercise(expected).start.tobytes()
    assert window.documents.name == expected.name
    assert window.session.standing.title == "Exercise 3-2-3-2, variant 42"


def test_cancel_leaves_what_is_open(window: MainWindow) -> None:
    in_dialog(window, lambda dialog: dialog.reject())
    assert window.documents.name == "mazur-2-2-2"


def test_a_changed_document_is_asked_about_first(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(name: str) -> QMessageBox.StandardButton:
        asked.append(name)
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(window.documents.files, "ask_about_changes", answer)
    window.session.describe("Mine", "")
    in_dialog(window, lambda dialog: open_button(dialog).click())
    assert asked == ["mazur-2-2-2"]
    assert window.session.standing.title == "Mine"
    window.session.mark_saved()


def test_the_next_variant_has_the_next_number(window: MainWindow) -> None:
    variant = entry(window, "Next variant of the exercise")
    assert not variant.isEnabled()
    first = Exercise((2, 2, 2), "sigmoid", seed=5)
    window.documents.show(make_exercise(first), first.name)
    assert variant.isEnabled()
    variant.trigger()
    assert exercise_of(window.session.document_as_opened) == Exercise((2, 2, 2), "sigmoid", seed=6)
    assert window.session.state.theta.tobytes() != make_exercise(first).start.tobytes()
    assert exercise_of(window.session.document()) == Exercise((2, 2, 2), "sigmoid", seed=6)
    # The dialog begins with what is open.
    in_dialog(
        window,
        lambda dialog: (
            dialog.findChild(QSpinBox, "exerciseSeed").value() == 6 or pytest.fail(),
            dialog.reject(),
        ),
    )
    window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    assert not variant.isEnabled()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("two", '"two" is no number of units'),
        ("7", "of 1 to 6 units each"),
        ("2, 2, 2", "at most 2 hidden layers"),
    ],
)
def test_what_is_no_exercise_is_said_beside_it(
    dialog: ExerciseDialog, typed: str, sentence: str
) -> None:
    hidden = dialog.findChild(QLineEdit, "exerciseHidden")
    hidden.setText(typed)
    assert sentence in words(dialog, "exerciseProblem")
    assert not open_button(dialog).isEnabled()
    assert not dialog.findChild(QPushButton, "exerciseSave").isEnabled()
    hidden.setText("")
    assert words(dialog, "exerciseProblem") == ""
    assert "2 inputs and 1 output (sigmoid)" in words(dialog, "exercisePreview")
    assert open_button(dialog).isEnabled()


@pytest.mark.parametrize(
    ("ending", "begins"), [("pdf", b"%PDF"), ("html", b"<!DOCTYPE"), ("md", b"# "), ("tex", b"\\d")]
)
def test_sheet_and_key_are_saved_beside_each_other(
    dialog: ExerciseDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str,
    begins: bytes,
) -> None:
    offered: list[str] = []

    def ask(parent: object, title: str, start: str, filters: str) -> tuple[str, str]:
        offered.append(start)
        return str(tmp_path / f"monday-sheet.{ending}"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    dialog.findChild(QPushButton, "exerciseSave").click()
    assert offered == [str(tmp_path / f"{Exercise().name}-sheet.pdf")]
    assert {path.name for path in tmp_path.iterdir()} == {
        f"monday-sheet.{ending}", f"monday-key.{ending}"
    }
    sheet, key = ((tmp_path / f"monday-{what}.{ending}").read_bytes() for what in ("sheet", "key"))
    assert sheet.startswith(begins) and key.startswith(begins) and sheet != key
    assert words(dialog, "exercisePreview") == (
        f"Saved as monday-sheet.{ending} and monday-key.{ending}."
    )


def test_a_place_that_cannot_be_written_is_said(
    dialog: ExerciseDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = str(tmp_path / "missing" / "sheet.md")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (nowhere, ""))
    dialog.findChild(QPushButton, "exerciseSave").click()
    assert "cannot be written" in words(dialog, "exerciseProblem")
    assert dialog.isVisible()


def test_dropout_in_an_exercise_is_said_to_part_it_from_its_key(window: MainWindow) -> None:
    window.documents.open_new(make_exercise(Exercise()), "mine")
    said: list[str] = []
    window._intents.noticed.connect(said.append)
    window.network.dropout_chosen.emit(1, 0.5)
    assert window.session.spec.network.has_dropout
    assert len(said) == 1 and "know of no dropout" in said[0]
    assert window.banner.text == said[0] and window.banner.isVisible()
    window.network.dropout_chosen.emit(1, 0.25)
    assert len(said) == 1  # said once
    window.session.mark_saved()
