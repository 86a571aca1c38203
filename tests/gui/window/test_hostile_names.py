"""Names out of files are text: markup in them opens no file, and is shown as it is written."""

from __future__ import annotations

import ctypes
import os
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QHelpEvent, QImage, QTextDocumentFragment
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QMenu,
    QMessageBox,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.documents.document import Document, Published
from engine.documents.examples import read_example
from engine.documents.reading import write_document
from engine.maths.network import Layer, Network
from engine.run.mistakes import MISTAKES
from engine.run.spec import Data
from engine.run.steps import StepId
from gui.view import View
from gui.window.main_window import MainWindow

IMAGE = '<img src="secret.png">'  # QToolTip and QLabel would open it
INPUTS = (IMAGE, "a&b", "{}%n")
HIDDEN = ("<b>x</b>", "&amp;")
OUTPUTS = ("<img src=secret.png>", "<br>o")
WEIGHTS = tuple(f"<img src=secret.png>{number}" for number in range(6))
BIASES = ("<b>b1</b>", "<i>&b2")
TARGETS = ("t <img src='secret.png'>", "<u>t2")
FILE = "a&b<img src=secret.png>\x1b[31m\u202e[*]"
TITLE = f"{IMAGE}<b>&title\x1b[31m"
ROAD = "<img src=secret.png>&road"
LESSON = "<img src=secret.png>&lesson"


def hostile_document() -> Document:
    base = read_example("mazur-2-2-2")
    hidden = Layer(HIDDEN, "sigmoid", "per_unit", True, (WEIGHTS[:3], WEIGHTS[3:]), BIASES)
    network = Network(INPUTS, (hidden, Layer(OUTPUTS, "sigmoid")))
    data = Data(np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]), np.eye(2), TARGETS)
    step = StepId("forward", "net_input", 1, 0, None)
    figure = Published(step=step, iteration=1, sample=0, printed="0.5", remark=IMAGE)
    return Document(
        spec=replace(base.spec, network=network, data=data),
        start=np.linspace(0.1, 1.0, network.size),
        title=TITLE,
        note=f"{IMAGE}\n<b>note</b>\x1b[31m",
        published=(figure,),
    )


class Watch:
    """Hears from the kernel whenever somebody opens a file of a folder."""

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        added = self._libc.inotify_add_watch(self._descriptor, os.fsencode(folder), 0x20)
        assert self._descriptor >= 0 and added >= 0, os.strerror(ctypes.get_errno())

    def opened(self) -> set[str]:
        """The names of files that were opened since it was asked last."""
        names: set[str] = set()
        try:
            data = os.read(self._descriptor, 2**16)
        except BlockingIOError:
            return names
        while data:
            length = struct.unpack_from("iIII", data)[3]
            names.add(data[16 : 16 + length].rstrip(b"\0").decode())
            data = data[16 + length :]
        return names - {""}

    def close(self) -> None:
        os.close(self._descriptor)


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """The folder in which the program runs has secret.png, and is watched."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells who opens a file")
    folder = tmp_path / "here"
    folder.mkdir()
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    assert image.save(str(folder / "secret.png"))
    monkeypatch.chdir(folder)
    watch = Watch(folder)
    yield watch
    watch.close()


def read(text: str) -> str:
    """What a person reads where Qt decides by itself what a text is."""
    if GuiQt.mightBeRichText(text):
        return QTextDocumentFragment.fromHtml(text).toPlainText().replace("\u2028", "\n")
    return text


def words(label: QLabel) -> str:
    """What a person reads on a label."""
    form = label.textFormat()
    if form == Qt.TextFormat.PlainText:
        return label.text()
    if form == Qt.TextFormat.RichText:
        return QTextDocumentFragment.fromHtml(label.text()).toPlainText()
    return read(label.text())


class Reader:
    """Goes through all there is in a window, and reads it."""

    def __init__(self, window: QWidget) -> None:
        self.window = window
        self.labels: set[str] = set()
        self.tips: set[str] = set()
        self.entries: set[str] = set()

    def look(self) -> None:
        """Paint the window, and read labels, menus and tooltips as they are now."""
        QApplication.processEvents()
        self.window.grab()
        for widget in self.window.findChildren(QWidget):
            if isinstance(widget, QLabel):
                self.labels.add(words(widget))
            if widget.isVisible():
                self._point_at(widget)
        for action in self.window.findChildren(QAction):
            # What an & before it underlines is not seen here, and && is one.
            self.entries.add(re.sub(r"&(.)", r"\1", action.text()))
            menus = [owner for owner in action.associatedObjects() if isinstance(owner, QMenu)]
            if any(menu.toolTipsVisible() for menu in menus):
                self.tips.add(read(action.toolTip()))

    def _point_at(self, widget: QWidget) -> None:
        """Wait over a widget, or over many places of one that scrolls or is large."""
        inner = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        step = 12 if isinstance(widget, QAbstractScrollArea) or widget.height() > 60 else 40
        for y in range(step // 2, inner.height(), step):
            for x in range(step // 2, inner.width(), step):
                place = QPoint(x, y)
                tip = QHelpEvent(QEvent.Type.ToolTip, place, inner.mapToGlobal(place))
                QApplication.sendEvent(inner, tip)
                if QToolTip.text():
                    self.tips.add(read(QToolTip.text()))

    def has_read(self, *texts: str) -> None:
        """Whether each is part of something that was read."""
        everything = "\n".join((*self.labels, *self.tips, *self.entries))
        assert "\ufffc" not in everything, "a picture"
        for text in texts:
            assert text in everything, text


@pytest.fixture
def window(
    qtbot: QtBot, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The window on a file in which every name is hostile."""
    path = tmp_path / f"{FILE}.backpass.json"
    path.write_bytes(write_document(hostile_document()))
    window = MainWindow(remember=False)
    window.resize(1440, 900)
    window.documents.open_at_start(str(path), "mazur-2-2-2")
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close_quietly()
    window.deleteLater()


def test_the_watch_hears_what_markup_does(watch: Watch, qtbot: QtBot) -> None:
    label = QLabel(IMAGE)
    qtbot.addWidget(label)
    label.show()
    label.grab()
    assert "secret.png" in watch.opened()


def test_panels_and_tooltips_show_names_as_they_are_written(
    window: MainWindow, watch: Watch
) -> None:
    reader = Reader(window)
    for _ in range(3):  # forward, backward, all of it
        reader.look()
        window.session.step("pass")
        window.settle()
    reader.look()
    assert watch.opened() == set()
    reader.has_read(*INPUTS, *HIDDEN, *OUTPUTS, *WEIGHTS, *BIASES)
    shown = "a&b<img src=secret.png>�[31m�[*].backpass.json"
    reader.has_read(shown)
    # Of [*][*] Qt makes [*], and of [*] the mark of a changed document.
    assert window.windowTitle().replace("[*][*]", "[*]") == f"{shown}[*] – Backpass"


def test_every_step_is_explained(window: MainWindow, watch: Watch) -> None:
    for step in range(60):
        window.session.step()
        QApplication.processEvents()
        if step % 12 == 0:
            window.settle()  # until the formulas are set
        window.grab()
    assert watch.opened() == set()
    assert window.session.place.t >= 1


def test_every_tool_shows_names_as_they_are_written(window: MainWindow, watch: Watch) -> None:
    reader = Reader(window)
    window.session.step("pass")
    for action in window.findChildren(QAction):
        if action.objectName().startswith("tool/"):
            action.trigger()
            QTest.qWait(300)
            reader.look()
    assert watch.opened() == set()
    reader.has_read(*WEIGHTS)


def test_the_menu_of_a_unit_shows_its_name(
    window: MainWindow, watch: Watch, qtbot: QtBot
) -> None:
    view, entries = window.canvas.view, set()
    for y in range(4, view.viewport().height(), 24):
        for x in range(4, view.viewport().width(), 24):
            place = QPoint(x, y)
            asked = QContextMenuEvent(
                QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place)
            )
            QApplication.sendEvent(view.viewport(), asked)
            menu = QApplication.activePopupWidget()
            if isinstance(menu, QMenu):
                entries |= {action.text() for action in menu.actions()}
                menu.grab()
                menu.close()
    names = {re.sub("&(.)", r"\1", entry) for entry in entries}
    assert {f"Remove {name}" for name in (*INPUTS, *HIDDEN, *OUTPUTS)} <= names
    assert "Remove a&&b" in entries
    assert watch.opened() == set()


def test_a_road_is_called_as_it_was_named(window: MainWindow, watch: Watch) -> None:
    views: list[View] = []
    window.session.changed.connect(views.append)
    window.session.step("epoch")
    window.session.step("epoch")
    window.session.back("pass")
    window.session.set_mistakes("Mistake", (next(iter(MISTAKES)),))  # a fork
    window.session.step("epoch")
    window.loss.ghost_menu.rename_asked.emit(views[-1].ghosts[0].branch, ROAD)
    window.loss.ghosts_button.click()
    reader = Reader(window)
    reader.look()
    window.loss.ghost_menu.close()
    reader.has_read(ROAD)
    assert watch.opened() == set()


def test_boxes_show_title_note_and_name(
    window: MainWindow, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def execute(box: QMessageBox) -> int:
        box.show()
        box.grab()
        said.extend(words(label) for label in box.findChildren(QLabel))
        box.hide()
        return QMessageBox.StandardButton.Cancel.value

    monkeypatch.setattr(QMessageBox, "exec", execute)
    about = next(a for a in window.findChildren(QAction) if a.text() == "About this &document")
    about.trigger()
    window.session.new_seed()
    assert not window.documents.may_leave()
    window.documents.files.say(f"{IMAGE} cannot be read.")
    assert f"{IMAGE}<b>&title�[31m" in said and f"{IMAGE}\n<b>note</b>�[31m" in said
    assert "Save the changes to a&b<img src=secret.png>�[31m�[*].backpass.json?" in said
    assert f"{IMAGE} cannot be read." in said
    assert watch.opened() == set()


def test_a_lesson_shows_its_title_and_heading(
    window: MainWindow, watch: Watch, tmp_path: Path
) -> None:
    lesson = tmp_path / "x.lesson.md"
    lesson.write_text(
        f"title: {LESSON}\ndocument: it.json\n# {IMAGE}\n{IMAGE} **<b>** text\nwait: next\n",
        encoding="utf-8",
    )
    (tmp_path / "it.json").write_bytes(write_document(hostile_document()))
    window.lessons.open_path(lesson)
    reader = Reader(window)
    reader.look()
    assert IMAGE in reader.labels and f"{IMAGE} <b> text" in reader.labels
    reader.has_read(LESSON)
    assert watch.opened() == set()
