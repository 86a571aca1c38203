"""What is no ordinary file, or a large one: the window never hangs, and Cancel works."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPushButton,
)

from engine.documents.document import Document
from engine.documents.examples import read_example
from engine.documents.reading import read_file, write_document
from engine.maths.network import Layer, Network
from gui.tables.number_table import NumberTable
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

pytestmark = pytest.mark.usefixtures("watchdog")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the window says in boxes; they are closed at once."""
    sentences: list[str] = []

    def read(box: QMessageBox) -> int:
        sentences.append(box.text())
        return int(QMessageBox.StandardButton.Ok)

    monkeypatch.setattr(QMessageBox, "exec", read)
    return sentences


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    made = tmp_path / "pipe"
    os.mkfifo(made)
    return made


def choose(window: MainWindow, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """File, Open …, and this file."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(path), ""))
    actions = window.findChildren(QAction)
    next(each for each in actions if each.text().replace("&", "").startswith("Open")).trigger()


def large_document() -> Document:
    """With a layer of 512 behind one of 512, which takes some MiB in a file."""
    document = read_example("xor-2-3-1")
    units = tuple(f"h{number}" for number in range(512))
    layers = [Layer(tuple(f"{name}{k}" for name in units), "sigmoid") for k in (1, 2)]
    output = document.spec.network.layers[-1]
    network = Network(document.spec.network.inputs, (*layers, Layer(output.units, "sigmoid")))
    spec = replace(document.spec, network=network)
    return Document(spec=spec, start=network.draw("uniform_pm_1", 1), title="large")


@pytest.fixture
def readable(tmp_path: Path) -> Path:
    """A large document of version 1, with each of its numbers written out."""
    document = large_document()
    network = document.spec.network
    tree = json.loads(write_document(document))
    tree["version"] = 1
    for number, layer in enumerate(tree["layers"], start=1):
        layer["weights"] = network.weights(document.start, number).tolist()
    path = tmp_path / "large.backpass.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


@pytest.fixture
def whenever_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[Callable[[QDialog], None]], list[str]]]:
    """whenever_waiting(act): does something at each turn of the event loop in which the window
    waits, and returns a list of what it then says it waits for.

    The work itself begins once the window has been seen to wait: it may be done sooner than that.
    """
    timers: list[QTimer] = []
    seen = threading.Event()
    submit = ThreadPoolExecutor.submit

    def submit_later(executor: ThreadPoolExecutor, work: Callable[..., Any], *given: Any) -> Any:
        def work_once_seen(*arguments: Any) -> Any:
            seen.wait(10)  # other work of the window's that comes this way is only late
            return work(*arguments)

        return submit(executor, work_once_seen, *given)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", submit_later)

    def begin(act: Callable[[QDialog], None]) -> list[str]:
        words: list[str] = []
        seen.clear()
        for before in timers:
            before.stop()
        timers.append(timer := QTimer())

        def look() -> None:
            for dialog in QApplication.topLevelWidgets():
                is_it = isinstance(dialog, QDialog) and dialog.objectName() == "waiting"
                if is_it and dialog.isVisible():
                    words.append(dialog.findChild(QLabel, "waitingFor").text())
                    act(dialog)
                    seen.set()

        timer.timeout.connect(look)
        timer.start(0)
        return words

    yield begin
    seen.set()
    for timer in timers:
        timer.stop()


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A disk that has nothing for good until it is told to go on."""
    go_on = threading.Event()
    monkeypatch.setattr(os, "fsync", lambda descriptor: go_on.wait())
    return go_on


Whenever = Callable[[Callable[[QDialog], None]], list[str]]


def nothing(dialog: QDialog) -> None:
    assert dialog.isModal()


def cancel(dialog: QDialog) -> None:
    buttons = dialog.findChild(QDialogButtonBox)
    buttons.button(QDialogButtonBox.StandardButton.Cancel).click()


def test_what_is_no_file_is_refused_by_open(
    open_window: OpenWindow, said: list[str], pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window("mazur-2-2-2")
    for path in (pipe, Path("/dev/zero"), pipe.parent, pipe.with_name("nothing")):
        choose(window, monkeypatch, path)
    special = "cannot be read: it is a device or a pipe, not a file."
    assert said[:2] == [f"{pipe} {special}", f"/dev/zero {special}"]
    assert said[2] == f"{pipe.parent} cannot be read: it is a folder."
    assert said[3].endswith("cannot be read: No such file or directory.") and len(said) == 4
    assert window.documents.name == "mazur-2-2-2"


def test_what_is_no_file_is_refused_as_a_table(
    open_window: OpenWindow, pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window("mazur-2-2-2")
    for path in (pipe, Path("/dev/zero")):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, p=path, **__: (str(p), ""))
        window.findChild(QPushButton, "readCsv").click()
        label = window.findChild(QLabel, "dataError")
        assert label.text() == (
            f"{path.name} cannot be read: it is a device or a pipe, not a file."
        )
    assert not window.session.is_changed


def test_a_large_table_is_read_beside_the_window_or_not_at_all(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    whenever_waiting: Whenever,
) -> None:
    window = open_window("xor-2-3-1")
    path = tmp_path / "large.csv"
    path.write_text("0.12345678901,0.12345678901,1\n" * 90_000, encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(path), ""))
    whenever_waiting(cancel)
    window.findChild(QPushButton, "readCsv").click()
    assert not window.session.is_changed
    words = whenever_waiting(nothing)
    window.findChild(QPushButton, "readCsv").click()
    assert set(words) == {"Reading large.csv …"} and len(window.session.spec.data) == 90_000


def test_a_large_document_opens_beside_the_window(
    open_window: OpenWindow, readable: Path, monkeypatch: pytest.MonkeyPatch,
    whenever_waiting: Whenever,
) -> None:
    window = open_window("mazur-2-2-2")
    words = whenever_waiting(nothing)
    choose(window, monkeypatch, readable)
    assert set(words) == {"Opening large.backpass.json …"}
    assert window.documents.name == readable.name
    np.testing.assert_array_equal(window.session.state.theta, large_document().start)


def test_opening_is_called_off(
    open_window: OpenWindow, readable: Path, monkeypatch: pytest.MonkeyPatch, said: list[str],
    whenever_waiting: Whenever,
) -> None:
    window = open_window("mazur-2-2-2")
    whenever_waiting(cancel)
    choose(window, monkeypatch, readable)
    assert window.documents.name == "mazur-2-2-2" and window.documents.files.path is None
    assert window.session.spec.network.sizes == (2, 2, 2) and said == []


@pytest.fixture
def large(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    """A window on a large document, which will be saved to mine.backpass.json."""
    path = tmp_path / "mine.backpass.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window = open_window("mazur-2-2-2")
    window.documents.show(large_document())
    return window


def test_a_large_document_is_saved_beside_the_window_or_not_at_all(
    large: MainWindow, tmp_path: Path, whenever_waiting: Whenever, slow_disk: threading.Event
) -> None:
    path = tmp_path / "mine.backpass.json"
    large.session.describe("first", "")
    words = whenever_waiting(lambda dialog: slow_disk.set())
    assert large.documents.save()
    assert set(words) == {"Saving mine.backpass.json …"}
    assert not large.session.is_changed and read_file(path).title == "first"
    written = path.read_bytes()

    def call_off(dialog: QDialog) -> None:
        cancel(dialog)
        slow_disk.set()

    slow_disk.clear()
    large.session.describe("second", "")
    whenever_waiting(call_off)
    assert not large.documents.save()
    assert large.session.is_changed and path.read_bytes() == written
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("act, is_saved", [(nothing, True), (cancel, False)])
def test_a_large_file_is_compared_beside_the_window_before_it_is_replaced(
    large: MainWindow, tmp_path: Path, whenever_waiting: Whenever, slow_disk: threading.Event,
    monkeypatch: pytest.MonkeyPatch, act: Callable[[QDialog], None], is_saved: bool,
) -> None:
    slow_disk.set()
    monkeypatch.setattr("gui.documents.files._QUICK_NUMBERS", 10**9)  # for saving
    monkeypatch.setattr("gui.documents.files.QUICK_BYTES", 1000)
    assert large.documents.save()
    large.session.describe("second", "")
    words = whenever_waiting(act)
    assert large.documents.save() == is_saved == (not large.session.is_changed)
    assert set(words) == {"Comparing with mine.backpass.json …"}
    assert read_file(tmp_path / "mine.backpass.json").title == ("second" if is_saved else "large")


def test_what_was_trained_while_it_was_saved_is_still_to_be_saved(
    large: MainWindow, tmp_path: Path, whenever_waiting: Whenever, slow_disk: threading.Event
) -> None:
    def train(dialog: QDialog) -> None:
        if large.session.state.t == 0:
            large.session.advance(1, 0)
        slow_disk.set()

    whenever_waiting(train)
    assert large.documents.save()
    assert large.session.state.t == 1
    assert read_file(tmp_path / "mine.backpass.json").last_t == 0
    assert large.session.is_changed


def test_very_many_cells_are_copied_beside_the_window_or_not_at_all(
    open_window: OpenWindow, whenever_waiting: Whenever
) -> None:
    window = open_window("xor-2-3-1")
    document = read_example("xor-2-3-1")
    data = document.spec.data
    many = replace(
        data, inputs=np.tile(data.inputs, (5000, 1)), targets=np.tile(data.targets, (5000, 1))
    )
    window.documents.show(replace(document, spec=replace(document.spec, data=many), state=None))
    tables = window.findChildren(NumberTable)
    table = next(each for each in tables if each.numbers.rowCount() == 20_000)
    table.selectAll()
    words = whenever_waiting(nothing)
    table.copy()
    lines = QApplication.clipboard().text().split("\n")
    assert len(lines) == 20_000 and lines[1].startswith("0\t1\t1")
    assert set(words) == {"Copying …"}
    QApplication.clipboard().setText("before")
    whenever_waiting(cancel)
    table.copy()
    assert QApplication.clipboard().text() == "before"
