"""Saving and leaving when something fails: the person is told, and nothing is lost."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton

from engine.documents.examples import read_example
from engine.documents.reading import read_document
from gui.documents.files import Files
from gui.window.faults import Faults, log_path
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

Button = QMessageBox.StandardButton
Fault = Callable[[pytest.MonkeyPatch, Path], None]


class Person:
    """A window with a changed document that has a file, and somebody who answers "Save" to every
    question and reads every message."""

    def __init__(self, window: MainWindow, path: Path) -> None:
        self.window, self.path = window, path
        self.read: list[str] = []
        window.documents.save_as()
        self.saved = path.read_bytes()
        self.press(Qt.Key.Key_E)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window.canvas.view, key)

    def choose(self, entry: str) -> None:
        """An entry of a menu, which is what its key triggers too."""
        actions = self.window.findChildren(QAction)
        next(a for a in actions if a.text().replace("&", "") == entry).trigger()

    @property
    def sees_changes(self) -> bool:
        return self.window.isWindowModified() and self.window.session.is_changed


@pytest.fixture
def person(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Person:
    folder = tmp_path / "mine"
    folder.mkdir()
    path = folder / "homework.backpass.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    made = Person(open_window("mazur-2-2-2"), path)
    # As `open_window` of the command line makes it.
    for place, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(place, name, getattr(place, name))
    faults = Faults(made.window)
    faults.caught.connect(made.window.tell_of_fault)
    faults.install()

    def answer(box: QMessageBox) -> Button:
        made.read.append(box.text())
        return Button.Save

    monkeypatch.setattr(QMessageBox, "exec", answer)
    return made


def a_full_disk(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)


def a_disk_that_takes_the_data_but_not_its_name(
    monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    def put_in_place(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", put_in_place)


def a_folder_that_was_removed(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    path.unlink()
    path.parent.rmdir()


def a_document_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    def write(document: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr("gui.documents.files.write_document", write)


def a_session_that_cannot_say_what_is_there(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    def saved(*_: object) -> None:
        raise IndexError("there is no step 44; an iteration has 34")

    monkeypatch.setattr("gui.session.session.saved", saved)


FAULTS = {
    a_full_disk: "the disk is full",
    a_disk_that_takes_the_data_but_not_its_name: "the disk is full",
    a_folder_that_was_removed: "homework.backpass.json cannot be written",
    a_document_that_cannot_be_written: "MemoryError",
    a_session_that_cannot_say_what_is_there: "there is no step 44",
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("way", ["Save", "Save as…", "Quit", "New", "xor-3-4-1"])
def test_a_save_that_fails_says_so_and_the_document_stays_open_and_changed(
    person: Person, monkeypatch: pytest.MonkeyPatch, fault: Fault, way: str
) -> None:
    history = person.window.session.history
    with monkeypatch.context() as broken:
        fault(broken, person.path)
        if way == "New":
            person.window.documents.open_new(read_example("xor-3-4-1"))
        else:
            person.choose(way)
    asked = [] if way.startswith("Save") else ["Save the changes to homework.backpass.json?"]
    assert person.read[:-1] == asked
    assert "homework.backpass.json" in person.read[-1] and FAULTS[fault] in person.read[-1]
    assert person.window.isVisible() and person.sees_changes
    assert person.window.session.history is history and person.window.session.place.t == 1
    if person.path.exists():
        assert person.path.read_bytes() == person.saved
        # Nothing half written lies beside it either.
        assert list(person.path.parent.iterdir()) == [person.path]
    # Once it can be written it is, and the work goes on.
    person.path.parent.mkdir(exist_ok=True)
    person.press(Qt.Key.Key_E)
    person.choose("Save")
    document = read_document(person.path.read_bytes())
    assert document.state is not None and document.state.t == 2
    assert not person.sees_changes


def test_training_goes_on_though_a_save_failed(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = person.window.session
    session.train()
    with monkeypatch.context() as broken:
        a_session_that_cannot_say_what_is_there(broken, person.path)
        person.choose("Save")
    assert len(person.read) == 1 and session.training
    session.pause()


def test_a_window_that_cannot_ask_about_changes_stays(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(*_: object) -> None:
        raise RuntimeError("no question today")

    with monkeypatch.context() as broken:
        broken.setattr(Files, "ask_about_changes", ask)
        person.choose("Quit")
    assert "stays open" in person.read[0] and "no question today" in person.read[0]
    assert person.window.isVisible() and person.sees_changes
    person.choose("Quit")
    assert not person.window.isVisible()
    assert person.path.read_bytes() != person.saved


def test_what_nobody_foresaw_goes_the_road_of_all_faults(
    person: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as broken:
        a_document_that_cannot_be_written(broken, person.path)
        person.choose("Save")
    assert len(person.read) == 1
    banner = person.window.banner
    assert banner.isVisible() and banner.text.startswith(
        "homework.backpass.json was not saved, and the file is as it was, since the program failed "
        "(MemoryError)."
    )
    copy = banner.findChild(QPushButton, "bannerAction")
    assert isinstance(copy, QPushButton)
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    report = QGuiApplication.clipboard().text()
    assert "Traceback" in report
    for kept in (report, capsys.readouterr().err, log_path().read_text(encoding="utf-8")):
        assert kept.count("\nMemoryError") == 1
