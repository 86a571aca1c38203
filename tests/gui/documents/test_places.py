"""Moving about: nobody is asked about it, no file is written for it, and it is not forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMessageBox
from pytestqt.qtbot import QtBot

from engine.documents.document import Lock
from engine.documents.examples import read_example
from engine.documents.reading import read_document, write_document
from engine.maths.network import Parameter
from gui import settings
from gui.documents.new_dialog import NewDialog
from gui.window.main_window import MainWindow

Open = Callable[[str], MainWindow]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked; the answer is Cancel."""
    found: list[str] = []

    def ask(box: QMessageBox) -> QMessageBox.StandardButton:
        found.append(box.objectName())
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "exec", ask)
    return found


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Open]:
    """Opens a window as the command line does, on a file or an example."""
    windows: list[MainWindow] = []

    def open_on(what: str) -> MainWindow:
        window = MainWindow(remember=True)
        windows.append(window)
        window.documents.open_at_start(what, "one-neuron")
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        return window

    yield open_on
    for window in windows:
        window.close_quietly()
        window.deleteLater()


def press(window: MainWindow, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(window.canvas.view, key)
    window.session.finish()


STEP, BACK, EPOCH = Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_E


@pytest.mark.parametrize("keys", [[STEP] * 5, [EPOCH] * 3, [EPOCH, STEP, BACK, BACK]])
def test_moving_about_in_an_example_asks_nothing(
    opened: Open, asked: list[str], keys: list[Qt.Key]
) -> None:
    window = opened("xor-2-3-1")
    press(window, *keys)
    window.session.choose_sample(2)
    window.documents.open_example("mazur-2-2-2")
    assert window.documents.name == "mazur-2-2-2"
    press(window, *keys)
    assert window.close() and asked == []


def test_an_edit_in_an_example_is_asked_about(opened: Open, asked: list[str]) -> None:
    window = opened("xor-2-3-1")
    window.canvas.parameter_edited.emit(Parameter(1, 0, 0), 0.5)
    press(window, STEP)
    assert not window.close() and asked == ["unsavedQuestion"]


@pytest.fixture
def homework(tmp_path: Path, opened: Open) -> Path:
    """A file with two roads, 30 and 20 epochs long."""
    path = tmp_path / "homework.backpass.json"
    path.write_bytes(write_document(read_example("xor-2-3-1")))
    session = opened(str(path)).session
    session.advance(30, 0)
    session.go_to_epoch(10)
    session.finish()
    session.reset()
    session.advance(20, 0)
    path.write_bytes(write_document(session.document()))
    session.mark_saved()
    return path


def test_a_file_opens_where_it_was_left_and_was_not_written(
    opened: Open, asked: list[str], homework: Path
) -> None:
    before = homework.read_bytes()
    first = opened(str(homework))
    first.session.go_to_epoch(7)
    first.session.finish()
    press(first, *[STEP] * 4)
    first.session.choose_sample(3)
    left = first.session.place
    assert first.close() and asked == [] and homework.read_bytes() == before
    again = opened(str(homework)).session
    again.finish()
    assert (again.place.branch, again.place.moment) == (left.branch, left.moment)
    assert left.revealed == 4 and again.standing.sample == 3 and not again.is_changed


def test_a_request_from_outside_to_end_keeps_the_place_too(opened: Open, homework: Path) -> None:
    first = opened(str(homework))
    press(first, *[STEP] * 4)
    first.close_unasked()  # as at a signal
    assert opened(str(homework)).session.place.revealed == 4


def test_no_place_is_kept_of_what_the_file_does_not_hold(opened: Open, homework: Path) -> None:
    first = opened(str(homework))
    press(first, *[STEP] * 4)
    first.session.describe("Mine", "")
    first.close_unasked()
    assert opened(str(homework)).session.place.revealed == 0


def test_a_place_belongs_to_what_the_file_held(
    opened: Open, asked: list[str], homework: Path
) -> None:
    first = opened(str(homework))
    press(first, STEP, STEP)
    assert first.close()
    document = replace(read_document(homework.read_bytes()), title="Changed elsewhere")
    homework.write_bytes(write_document(document))
    again = opened(str(homework)).session
    assert (again.place.t, again.place.revealed) == (20, 0)


def test_what_was_trained_in_a_file_is_asked_about(
    opened: Open, asked: list[str], homework: Path
) -> None:
    window = opened(str(homework))
    press(window, EPOCH)
    assert not window.close() and asked == ["unsavedQuestion"]


def test_a_locked_document_begins_where_it_was_saved(
    opened: Open, asked: list[str], homework: Path
) -> None:
    document = replace(read_document(homework.read_bytes()), lock=Lock(("gradients",)))
    homework.write_bytes(write_document(document))
    window = opened(str(homework))
    window.session.seek(0)
    window.session.choose_sample(2)
    assert window.close()
    assert settings.PLACES.kept() == [] and opened(str(homework)).session.standing.sample == 0


@pytest.mark.parametrize(
    "row",
    ["", "nonsense", "{known} 999 0 0 {path}", "{known} 20 99999 0 {path}",
     "{known} 5 0 77 {path}", "{known} -1 0 0 {path}"],
)  # fmt: skip
def test_a_row_that_cannot_be_changes_nothing(
    opened: Open, asked: list[str], homework: Path, row: str
) -> None:
    assert opened(str(homework)).close()
    [kept] = settings.PLACES.kept()
    known = kept.split()[0]
    settings.PLACES.keep([row.format(known=known, path=homework)])
    session = opened(str(homework)).session
    session.finish()
    assert session.place.t in (20, 5) and session.standing.sample == 0


def test_samples_that_were_typed_into_a_new_document_are_not_left_unasked(
    opened: Open, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened("one-neuron")

    def fill_in(dialog: NewDialog) -> bool:
        box = dialog.findChild(QComboBox, "newData")
        box.setCurrentIndex(box.findData("own"))
        return True

    monkeypatch.setattr(NewDialog, "exec", fill_in)
    window.documents.new()
    assert window.session.spec.network.sizes == (2, 3, 1) and window.isWindowModified()
    assert not window.close() and asked == ["unsavedQuestion"]
