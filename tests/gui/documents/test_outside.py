"""A file that is changed outside: by an editor, or by a second window that has it open too."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton

from engine.documents.document import Document
from engine.documents.reading import read_document
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

Two = tuple[MainWindow, MainWindow]
CHANGED = "homework.backpass.json was changed by another program or window"


class Answers:
    """Somebody who presses buttons, by their words, in the questions that come one after the
    other, and keeps what was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self._left: list[str] = []
        monkeypatch.setattr(QMessageBox, "exec", lambda box: self._answer(box))

    def __call__(self, *buttons: str) -> None:
        self.asked.clear()
        self._left = list(buttons)

    def _answer(self, box: QMessageBox) -> QMessageBox.StandardButton:
        self.asked.append(box.text())
        box.show()
        press(box, self._left.pop(0))
        return box.standardButton(box.clickedButton())

    @property
    def all_used(self) -> bool:
        return not self._left


def press(box: QMessageBox, words: str) -> None:
    [button] = [each for each in box.buttons() if each.text().replace("&", "") == words]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answers:
    return Answers(monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine" / "homework.backpass.json"


@pytest.fixture
def two(open_window: OpenWindow, path: Path, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Two windows on one file, which the second has saved with one epoch more; the first stands
    three epochs on."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    first, second = open_window("xor-2-3-1"), open_window("mazur-2-2-2")
    assert first.documents.save_as()
    second.documents.open_path(path)
    epochs(second, 1)
    assert second.documents.save()
    epochs(first, 3)
    return first, second


def epochs(window: MainWindow, count: int) -> None:
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    for _ in range(count):
        QTest.keyClick(window.canvas.view, Qt.Key.Key_E)


def held(path: Path) -> Document:
    return read_document(path.read_bytes())


def updates(path: Path) -> int:
    state = held(path).state
    assert state is not None
    return state.t


def test_keep_mine_replaces_the_file(two: Two, path: Path, answer: Answers) -> None:
    first, second = two
    answer("Keep mine")
    assert first.documents.save()
    assert answer.asked[0].startswith(CHANGED) and answer.all_used
    assert updates(path) == 3 and not first.session.is_changed
    # The other window is asked in turn, this one no more.
    answer()
    epochs(first, 1)
    assert first.documents.save() and answer.asked == [] and updates(path) == 4
    answer("Cancel")
    assert not second.documents.save()
    assert answer.all_used and updates(path) == 4


def test_take_theirs_opens_what_is_there(two: Two, path: Path, answer: Answers) -> None:
    first, _ = two
    before = path.read_bytes()
    answer("Take theirs")
    assert first.documents.save()
    assert answer.all_used and path.read_bytes() == before
    assert first.session.place.t == 1 and not first.session.is_changed
    assert first.documents.name == path.name
    answer()
    epochs(first, 1)
    assert first.documents.save() and answer.asked == [] and updates(path) == 2


def test_keep_both_saves_mine_under_a_free_name_and_says_so(
    two: Two, path: Path, answer: Answers
) -> None:
    first, second = two
    theirs = path.read_bytes()
    taken = path.with_name("homework (2).backpass.json")
    taken.write_text("something else")
    answer("Keep both", "OK")
    assert first.documents.save()
    assert answer.all_used and "homework (3).backpass.json" in answer.asked[1]
    assert path.read_bytes() == theirs and taken.read_text() == "something else"
    mine = path.with_name("homework (3).backpass.json")
    assert updates(mine) == 3 and first.documents.name == mine.name
    assert not first.session.is_changed
    # The same once more counts on.
    mine.write_bytes(theirs)
    answer("Keep both", "OK")
    assert first.documents.save() and first.documents.name == "homework (4).backpass.json"


def test_cancel_leaves_everything_as_it_is(two: Two, path: Path, answer: Answers) -> None:
    first, _ = two
    theirs = path.read_bytes()
    answer("Cancel")
    assert not first.documents.save()
    assert answer.all_used and path.read_bytes() == theirs
    assert first.session.is_changed and first.session.place.t == 3


@pytest.mark.parametrize(
    "words, leaves, held_then",
    [
        ("Keep mine", True, 3),
        ("Take theirs", True, 1),
        ("Keep both", True, 1),
        ("Cancel", False, 1),
    ],
)
def test_leaving_with_save_goes_the_same_way(
    two: Two, path: Path, answer: Answers, words: str, leaves: bool, held_then: int
) -> None:
    first, _ = two
    answer("Save", words, *(["OK"] if words == "Keep both" else []))
    assert first.close() == leaves
    assert answer.asked[1].startswith(CHANGED) and answer.all_used
    assert first.isVisible() != leaves and updates(path) == held_then
    if words == "Keep both":
        assert updates(path.with_name("homework (2).backpass.json")) == 3


def test_theirs_that_cannot_be_read_is_said_and_nothing_is_lost(
    two: Two, path: Path, answer: Answers
) -> None:
    first, _ = two
    path.write_text('{"format": "backpass", oops')
    answer("Save", "Take theirs", "OK")
    assert not first.close()
    assert answer.all_used and "was not opened" in answer.asked[2]
    assert first.isVisible() and first.session.is_changed and first.session.place.t == 3
    assert path.read_text() == '{"format": "backpass", oops'


def test_a_file_that_changes_again_during_the_question_is_asked_about_again(
    two: Two, path: Path, answer: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = two
    path.write_text("one")
    asked: list[str] = []

    def ask(box: QMessageBox) -> None:
        box.show()
        asked.append(path.read_text())
        if len(asked) == 1:
            path.write_text("two")
        press(box, "Keep mine")

    monkeypatch.setattr(QMessageBox, "exec", ask)
    assert first.documents.save()
    assert asked == ["one", "two"] and updates(path) == 3


def touched(path: Path) -> None:
    os.utime(path, (1, 1))


def written_anew(path: Path) -> None:
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("do", [touched, written_anew, removed])
def test_what_changes_nothing_asks_nothing(
    two: Two, path: Path, answer: Answers, do: Callable[[Path], None]
) -> None:
    _, second = two
    do(path)
    epochs(second, 1)
    answer()
    assert second.documents.save() and answer.asked == []
    assert updates(path) == 2


def told(window: MainWindow) -> str:
    """What the strip says once the window is the active one again."""
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    QTest.qWait(20)
    return window.banner.text if window.banner.isVisible() else ""


def in_strip(window: MainWindow, words: str) -> None:
    [button] = [
        each for each in window.banner.findChildren(QPushButton)
        if each.text() == words and each.isVisible()
    ]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("words", "at", "held_then"), [("Keep mine", 3, 3), ("Take theirs", 1, 1), ("Keep both", 3, 1)]
)
def test_a_file_changed_outside_is_told_of_in_the_strip_with_the_same_choices(
    two: Two, path: Path, answer: Answers, words: str, at: int, held_then: int
) -> None:
    first, second = two
    assert told(first).startswith(CHANGED) and "Take theirs loses" in first.banner.text
    assert told(second) == ""  # which wrote it itself
    answer(*(["OK"] if words == "Keep both" else []))
    in_strip(first, words)
    assert answer.all_used and first.session.place.t == at and updates(path) == held_then
    assert not first.session.is_changed and not first.banner.isVisible()
    if words == "Keep both":
        assert updates(path.with_name("homework (2).backpass.json")) == 3
    assert told(first) == ""


def test_what_is_told_of_outside_is_said_once_and_not_of_a_file_that_is_the_same(
    two: Two, path: Path, answer: Answers
) -> None:
    first, second = two
    assert told(first).startswith(CHANGED)
    in_strip(first, "Close")
    assert told(first) == ""
    answer("Cancel")  # Save asks nevertheless
    assert not first.documents.save() and answer.all_used
    path.touch()
    assert told(second) == ""
    path.unlink()
    assert told(second) == ""
