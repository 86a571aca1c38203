"""Where to write, as a person is asked: names typed into the real file dialog, real files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.learn.exercises.exercise import Exercise
from gui.learn.exercises.dialog import ExerciseDialog
from gui.window.main_window import MainWindow
from tests.conftest import Bound
from tests.gui.conftest import OpenWindow
from tests.gui.learn.predict.conftest import begin, enter, step_until_asked

OLD = b"not to be lost\n"
ENDINGS = {
    "Save as": ".backpass.json",
    "export/md": ".md",
    "export/html": ".html",
    "export/tex": ".tex",
    "export/pdf": ".pdf",
    "result": ".backpass-result.json",
    "exercise": ".pdf",
}
YES, NO, OK = "&Yes", "&No", "OK"
CANCEL = "Cancel"  # the file dialog
BY_RETURN = "Return"  # whatever the question takes Return for


class Person:
    """Types names into file dialogs and answers questions, one after the other as it was told;
    `read` is what the questions and messages said, `offered` the name in each file dialog."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.offered: list[str] = []
        self._answers: list[str] = []
        self._looks = False

    def will(self, *answers: str) -> None:
        """Do this as soon as the dialogs for it are there."""
        self._answers = list(answers)
        if not self._looks:
            self._looks = True
            self._look()

    def leave(self) -> None:
        """Look no longer; everything must have been done."""
        self._looks = False
        assert not self._answers, f"{self._answers} were never asked for"

    def _look(self) -> None:
        if not self._looks:
            return
        # A key or click may open the next dialog before it returns, so the next look comes first.
        QTimer.singleShot(5, self._look)
        dialog = QApplication.activeModalWidget()
        answer = self._answers[0] if self._answers else CANCEL
        if isinstance(dialog, QFileDialog):
            field = dialog.findChild(QLineEdit, "fileNameEdit")
            self.offered.append(field.text())
            self._answers = self._answers[1:]
            if answer == CANCEL:
                dialog.reject()
                return
            field.setText(answer)
            QTest.keyClick(field, Qt.Key.Key_Return)
        elif isinstance(dialog, QMessageBox):
            self.read.append(" ".join(dialog.text().split()))
            self._answers = self._answers[1:]
            if answer == BY_RETURN:
                QTest.keyClick(dialog, Qt.Key.Key_Return)
                return
            buttons = {button.text(): button for button in dialog.buttons()}
            buttons.get(answer, dialog.buttons()[-1]).click()


@pytest.fixture
def person() -> Iterator[Person]:
    made = Person()
    yield made
    made.leave()


Ask = Callable[[], None]


@pytest.fixture
def exercise(qtbot: QtBot, tmp_path: Path) -> ExerciseDialog:
    dialog = ExerciseDialog(Exercise(), str(tmp_path))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture(params=list(ENDINGS))
def way(request: pytest.FixtureRequest) -> str:
    """A way of writing a file."""
    return str(request.param)


@pytest.fixture
def ask(way: str, open_window: OpenWindow, exercise: ExerciseDialog) -> Ask:
    """Do what makes the window ask where to write."""
    if way == "exercise":
        return partial(_click, exercise, "exerciseSave")
    window = open_window("mazur-2-2-2")
    if way == "result":
        window.canvas.setFocus()
        begin(window, "deltas")
        step_until_asked(window)
        enter("0.1385")
        return partial(_click, window, "predictSave")
    return partial(_trigger, window, way)


def _click(window: QWidget, name: str) -> None:
    window.findChild(QPushButton, name).click()


def _trigger(window: MainWindow, name: str) -> None:
    actions = window.findChildren(QAction)
    next(a for a in actions if name in (a.objectName(), a.text().replace("&", "")[:-1])).trigger()


@pytest.fixture
def old(way: str, tmp_path: Path) -> Path:
    """The file that must not be lost; the name typed for it is without the ending."""
    path = tmp_path / f"home.work{ENDINGS[way]}"
    path.write_bytes(OLD)
    return path


@pytest.fixture
def typed(tmp_path: Path) -> str:
    return str(tmp_path / "home.work")


def test_a_name_without_its_ending_replaces_nothing_unasked(
    ask: Ask, old: Path, typed: str, person: Person
) -> None:
    person.will(typed, BY_RETURN, typed, NO, CANCEL)
    ask()
    assert person.read == [f"{old.name} exists already. Replace it?"] * 2
    # No leads back to the dialog, with the name that was meant.
    assert person.offered[1:] == [old.name, old.name]
    assert old.read_bytes() == OLD and list(old.parent.iterdir()) == [old]


def test_yes_replaces(way: str, ask: Ask, old: Path, typed: str, person: Person) -> None:
    person.will(typed, YES)
    ask()
    assert len(person.read) == 1 and len(person.offered) == 1
    assert old.read_bytes() != OLD
    beside = {old.with_name("home.work-key.pdf")} if way == "exercise" else set()
    assert set(old.parent.iterdir()) == {old, *beside}


def test_another_name_may_be_chosen_after_no(
    ask: Ask, old: Path, typed: str, person: Person
) -> None:
    person.will(typed, NO, f"{typed}2")
    ask()
    assert old.read_bytes() == OLD and len(person.read) == 1
    assert old.with_name(old.name.replace("work", "work2")).stat().st_size > 0


def test_a_name_typed_in_full_is_asked_about_once(ask: Ask, old: Path, person: Person) -> None:
    person.will(str(old), NO, CANCEL)
    ask()
    assert len(person.read) == 1 and old.name in person.read[0]
    assert old.read_bytes() == OLD
    person.will(str(old), YES)
    ask()
    assert len(person.read) == 2 and old.read_bytes() != OLD


def test_a_new_name_is_not_asked_about(ask: Ask, old: Path, typed: str, person: Person) -> None:
    person.will(f"{typed}2")
    ask()
    assert person.read == [] and old.read_bytes() == OLD
    assert old.with_name(old.name.replace("work", "work2")).is_file()


def test_a_disk_that_fills_up_half_way_leaves_the_old_file(
    way: str,
    ask: Ask,
    exercise: ExerciseDialog,
    old: Path,
    typed: str,
    person: Person,
    files_up_to: Bound,
) -> None:
    # The exercise's own dialog says it, all others say it in a box.
    person.will(typed, YES, *([] if way == "exercise" else [OK]))
    with files_up_to(100):
        ask()
    said = person.read[1:]
    if way == "exercise":
        said = [exercise.findChild(QLabel, "exerciseProblem").text()]
    assert said == [f"{old} cannot be written: File too large."]
    assert old.read_bytes() == OLD and list(old.parent.iterdir()) == [old]


# The exercise: two files, and a choice of kinds


def test_a_key_beside_the_sheet_is_asked_about_too(
    exercise: ExerciseDialog, tmp_path: Path, person: Person
) -> None:
    key = tmp_path / "monday-key.pdf"
    key.write_bytes(OLD)
    person.will(str(tmp_path / "monday-sheet.pdf"), NO, CANCEL)
    _click(exercise, "exerciseSave")
    assert person.read == ["monday-key.pdf exists already. Replace it?"]
    assert key.read_bytes() == OLD and list(tmp_path.iterdir()) == [key]


def test_sheet_and_key_are_one_question_or_one_each(
    exercise: ExerciseDialog, tmp_path: Path, person: Person
) -> None:
    sheet, key = tmp_path / "monday-sheet.pdf", tmp_path / "monday-key.pdf"
    for path in (sheet, key):
        path.write_bytes(OLD)
    person.will(str(tmp_path / "monday-sheet"), NO, str(sheet), YES, NO, CANCEL)
    _click(exercise, "exerciseSave")
    both, first, second = person.read
    assert both == "monday-sheet.pdf and monday-key.pdf exist already. Replace them?"
    assert sheet.name in first and second == "monday-key.pdf exists already. Replace it?"
    assert sheet.read_bytes() == key.read_bytes() == OLD


@pytest.mark.parametrize(
    ("kind", "name", "made"),
    [
        ("HTML (*.html)", "monday", "monday.html"),
        ("HTML (*.html)", "monday.MD", "monday.MD"),
        ("All files (*)", "monday", "monday.pdf"),
        ("PDF (*.pdf)", ".pdf", ".pdf.pdf"),
    ],
)
def test_the_ending_is_the_one_typed_or_that_of_the_kind_chosen(
    exercise: ExerciseDialog, tmp_path: Path, person: Person, kind: str, name: str, made: str
) -> None:
    def choose() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        box = dialog.findChild(QComboBox, "fileTypeCombo")
        box.setCurrentText(kind)
        box.activated.emit(box.currentIndex())
        person.will(str(tmp_path / name))

    QTimer.singleShot(0, choose)
    _click(exercise, "exerciseSave")
    assert (tmp_path / made).is_file() and person.read == []
