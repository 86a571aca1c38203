"""Recovery: real processes that are killed, and what the next start makes of it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.documents.reading import read_document, write_document
from gui.documents import autosave
from gui.window.main_window import MainWindow

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="kills processes by signals"),
    pytest.mark.usefixtures("watchdog"),  # a program that does not answer
]

# The program, with somebody in its window: what is done stands on its input, a line each, and is
# answered once it is done. `up`: the window is there; `kept`: so is a recovery file that holds
# what is open; `still`: from here on as if the ten seconds were not over; `fail`: an error that
# nobody caught.
PROGRAM = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal
from PySide6.QtWidgets import QPushButton
from engine.documents.reading import write_document
from gui.documents import autosave
from gui.window.main_window import MainWindow
autosave._EVERY_SECONDS = 0.05

def is_kept(window):
    kind = QStandardPaths.StandardLocation.AppLocalDataLocation
    files = Path(QStandardPaths.writableLocation(kind)).glob("recovery/*/document.backpass.json")
    return write_document(window.session.document()) in [file.read_bytes() for file in files]

def is_up(window):
    return window.findChild(QPushButton, "derivationCopy") is not None

WAITS = {"up": is_up, "kept": is_kept}

class Hand(QObject):
    asked = Signal(str)

    def __init__(self, window):
        super().__init__(window)
        self.window = window
        self.asked.connect(self.do)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in sys.stdin:
            self.asked.emit(line.strip())

    def do(self, words):
        window = self.window
        if words in WAITS:
            if not WAITS[words](window):
                QTimer.singleShot(20, lambda: self.do(words))
                return
        elif words == "fail":
            QTimer.singleShot(0, lambda: 1 / 0)
        elif words == "still":
            autosave._EVERY_SECONDS = 3600
        else:
            try:
                exec(words, {"session": window.session, "window": window})
            except Exception as error:
                print(repr(error), flush=True)
                return
        print("done", flush=True)

shown, MainWindow.show = MainWindow.show, lambda window: (shown(window), Hand(window))
from main import main
sys.exit(main(sys.argv[1:]))
"""


class Program:
    """The program in its own process."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )

    def do(self, *words: str) -> None:
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None and stdout is not None
        for each in words:
            stdin.write(f"{each}\n")
            stdin.flush()
            assert stdout.readline() == "done\n", each

    def end_by(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait()


Start = Callable[..., Program]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts programs; those that still run afterwards are killed."""
    started: list[Program] = []

    def begin(*arguments: str, **environment: str) -> Program:
        program = Program(*arguments, **environment)
        started.append(program)
        return program

    yield begin
    for program in started:
        if program.process.poll() is None:
            program.process.kill()
        program.process.communicate()


class Next:
    """The next start: a window, and somebody who reads its banner."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.window = MainWindow(remember=True)
        self.window.documents.open_at_start(None, "xor-2-3-1")
        self.window.show()

    def wait_for_offer(self, name: str) -> None:
        sentence = f"Backpass ended without saving {name}."
        self.qtbot.waitUntil(lambda: self.window.banner.text == sentence, timeout=30_000)
        assert self.window.banner.isVisible()

    def click(self, name: str) -> None:
        button = self.window.findChild(QPushButton, name)
        assert button is not None and button.isVisible()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def recover(self) -> None:
        self.click("bannerAction")

    def discard(self) -> None:
        self.click("bannerOther")


@pytest.fixture
def next_start(qtbot: QtBot) -> Iterator[Callable[[], Next]]:
    opened: list[Next] = []
    names = QCoreApplication.applicationName(), QCoreApplication.organizationName()
    QCoreApplication.setApplicationName("Backpass")
    QCoreApplication.setOrganizationName("Backpass")

    def open_next() -> Next:
        opened.append(Next(qtbot))
        return opened[-1]

    yield open_next
    for each in opened:
        each.window.close_quietly()
        each.window.deleteLater()
    QCoreApplication.setApplicationName(names[0])
    QCoreApplication.setOrganizationName(names[1])


def kept() -> list[Path]:
    """All that lies in the folder of recovery files of the tests."""
    kind = QStandardPaths.StandardLocation.GenericDataLocation
    root = Path(QStandardPaths.writableLocation(kind)) / "Backpass" / "Backpass" / "recovery"
    return list(root.iterdir()) if root.is_dir() else []


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    path = tmp_path / "homework.backpass.json"
    path.write_bytes(write_document(read_example("xor-2-3-1")))
    return path


EDIT = "session.move_unit('h1', 12.5, 40.25)"
ALL_AT_ONCE = [  # train, pause, go back to a moment in the middle of an iteration
    "session.advance(400, 0); session.finish()",
    "session.train()",
    "session.pause()",
    "session.seek(9)",
    "session.choose_sample(2)",
    "session.describe('Mine', 'a note')",
    EDIT,
    "kept",
]


def test_what_was_edited_and_trained_is_recovered_with_its_place(
    start: Start, next_start: Callable[[], Next], homework: Path, tmp_path: Path
) -> None:
    before = homework.read_bytes()
    program = start(str(homework))
    copy = tmp_path / "copy.json"
    program.do(*ALL_AT_ONCE)
    program.do(
        "from engine.documents.reading import write_document; from pathlib import Path; "
        f"Path({str(copy)!r}).write_bytes(write_document(session.document()))"
    )
    program.end_by(signal.SIGKILL)
    assert homework.read_bytes() == before

    again = next_start()
    again.wait_for_offer("homework")
    assert again.window.documents.name == "xor-2-3-1"
    again.recover()
    window, session = again.window, again.window.session
    assert write_document(session.document()) == copy.read_bytes()
    left = read_document(copy.read_bytes())
    assert session.place.t == left.updates and session.place.t >= 400
    assert session.place.revealed == 9 and session.standing.sample == 2
    assert session.standing.title == "Mine" and session.standing.layout == {"h1": (12.5, 40.25)}
    assert window.documents.name == homework.name and window.isWindowModified()
    assert window.banner.isHidden() and homework.read_bytes() == before
    assert len(kept()) == 2  # the folder and its lock: it is not saved yet
    assert window.documents.save()
    assert homework.read_bytes() == copy.read_bytes() and kept() == []


def test_a_pause_of_training_is_kept_at_once(
    start: Start, next_start: Callable[[], Next]
) -> None:
    program = start("mazur-2-2-2")
    program.do("up", "still", "session.advance(50, 0)")
    program.do("session.train()", "session.pause()", "kept")
    program.end_by(signal.SIGKILL)
    again = next_start()
    again.wait_for_offer("mazur-2-2-2")
    again.recover()
    assert again.window.session.place.t >= 50
    assert again.window.documents.name == "mazur-2-2-2"


def test_a_run_that_is_being_trained_is_recovered_with_its_road(
    start: Start, next_start: Callable[[], Next], qtbot: QtBot
) -> None:
    program = start("xor-2-3-1")
    program.do("up", "session.describe('Mine', '')", "kept", "session.train()")

    def updates() -> int:
        [path] = [p / "document.backpass.json" for p in kept() if p.is_dir()]
        return read_document(path.read_bytes()).updates or 0

    qtbot.waitUntil(lambda: updates() > 0, timeout=30_000)
    program.end_by(signal.SIGKILL)
    t = updates()
    again = next_start()
    again.wait_for_offer("xor-2-3-1")
    again.recover()
    session = again.window.session
    assert session.place.t == t == session.branch.tip.t and len(session.branch.curve) > 1


def test_discard_removes_it(start: Start, next_start: Callable[[], Next], homework: Path) -> None:
    program = start(str(homework))
    program.do(EDIT, "kept")
    program.end_by(signal.SIGKILL)
    again = next_start()
    again.wait_for_offer("homework")
    again.discard()
    assert kept() == [] and again.window.banner.isHidden()
    assert again.window.documents.name == "xor-2-3-1" and not again.window.isWindowModified()


def test_each_process_has_its_own_and_those_that_live_are_left_alone(
    start: Start, next_start: Callable[[], Next], homework: Path
) -> None:
    first, second, living = start(str(homework)), start("one-neuron"), start("mazur-2-2-2")
    for program in (first, second, living):
        program.do(EDIT.replace("h1", "o"), "kept")
    assert len(kept()) == 6
    for program in (first, second):
        program.end_by(signal.SIGKILL)
    again = next_start()
    again.wait_for_offer("homework")
    # What is said about a moment takes the offer's place for that moment only.
    again.window.session.refused.emit("That cannot be done.")
    assert again.window.banner.text == "That cannot be done."
    again.window.session.announce()
    again.wait_for_offer("homework")
    again.discard()
    again.wait_for_offer("one-neuron")
    again.recover()
    assert again.window.documents.name == "one-neuron"
    assert len(kept()) == 4
    living.do("window.session.undo_stack.undo()")
    assert len(kept()) == 2  # nothing is changed there any more


@pytest.fixture
def offered(start: Start, next_start: Callable[[], Next]) -> Next:
    """The start after a program was killed with an edit, which is offered."""
    program = start("one-neuron")
    program.do("session.describe('Mine', '')", "kept")
    program.end_by(signal.SIGKILL)
    again = next_start()
    again.wait_for_offer("one-neuron")
    return again


def test_a_fault_leaves_the_offer_within_reach(offered: Next) -> None:
    offered.window.tell_of_fault("The program failed.", "a report")
    assert offered.window.banner.text == "The program failed."
    offered.click("bannerAction")
    assert QGuiApplication.clipboard().text() == "a report"
    offered.click("bannerClose")
    offered.wait_for_offer("one-neuron")
    offered.recover()
    assert offered.window.session.standing.title == "Mine" and offered.window.banner.isHidden()


def test_what_nobody_decided_on_is_offered_again(
    offered: Next, next_start: Callable[[], Next]
) -> None:
    offered.click("bannerClose")
    offered.window.close()
    next_start().wait_for_offer("one-neuron")


@pytest.mark.parametrize("answer", ["save", "discard", "open another", "undo"])
def test_a_saved_or_discarded_document_leaves_none(
    next_start: Callable[[], Next],
    qtbot: QtBot,
    homework: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
) -> None:
    monkeypatch.setattr(autosave, "_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(QMessageBox, "exec", lambda _: QMessageBox.StandardButton.Discard)
    window = next_start().window
    window.documents.open_path(homework)
    window.session.move_unit("h1", 1.0, 2.0)
    qtbot.waitUntil(lambda: len(kept()) == 2)
    if answer == "save":
        assert window.documents.save()
    elif answer == "discard":
        assert window.close()
    elif answer == "open another":
        window.documents.open_example("one-neuron")
    else:
        window.session.undo_stack.undo()
    qtbot.waitUntil(lambda: kept() == [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_request_to_end_keeps_what_is_open(
    start: Start, next_start: Callable[[], Next], homework: Path, number: signal.Signals
) -> None:
    before = homework.read_bytes()
    program = start(str(homework))
    program.do("up", "still", EDIT)
    program.end_by(number)
    assert program.process.returncode == 128 + number
    assert homework.read_bytes() == before
    again = next_start()
    again.wait_for_offer("homework")
    again.recover()
    assert again.window.session.standing.layout == {"h1": (12.5, 40.25)}


def test_an_error_that_nobody_caught_keeps_what_is_open(
    start: Start, next_start: Callable[[], Next], homework: Path
) -> None:
    program = start(str(homework))
    program.do("up", "still", EDIT, "fail", "pass")
    program.end_by(signal.SIGKILL)
    again = next_start()
    again.wait_for_offer("homework")


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="there is no X server")
def test_a_lost_display_keeps_what_is_open(
    start: Start, next_start: Callable[[], Next], homework: Path
) -> None:
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1440x900x24"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        display = f":{told.readline().strip()}"
    program = start(str(homework), DISPLAY=display, QT_QPA_PLATFORM="xcb")
    program.do("up", "still", EDIT)
    server.terminate()
    server.wait()
    assert program.process.wait() != 0
    next_start().wait_for_offer("homework")


def test_what_changed_outside_since_is_asked_about_before_it_is_replaced(
    start: Start, next_start: Callable[[], Next], homework: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = start(str(homework))
    program.do(EDIT, "kept")
    program.end_by(signal.SIGKILL)
    homework.write_text("something else")
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.objectName()))
    again = next_start()
    again.wait_for_offer("homework")
    again.recover()
    assert not again.window.documents.save() and asked == ["outsideQuestion"]
    assert homework.read_text() == "something else"


def test_a_recovery_file_that_is_broken_is_told_of_and_left(
    start: Start, next_start: Callable[[], Next], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = start("one-neuron")
    program.do("session.describe('Mine', '')", "kept")
    program.end_by(signal.SIGKILL)
    [path] = [p / "document.backpass.json" for p in kept() if p.is_dir()]
    path.write_text("{")
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    again = next_start()
    again.wait_for_offer("one-neuron")
    again.recover()
    assert len(said) == 1 and str(path) in said[0] and "not JSON" in said[0]
    assert path.read_text() == "{" and again.window.documents.name == "xor-2-3-1"


def test_a_folder_that_cannot_be_written_is_said_once_and_disturbs_nobody(
    next_start: Callable[[], Next],
    qtbot: QtBot,
    homework: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "a file"))
    monkeypatch.setattr(autosave, "_EVERY_SECONDS", 0.05)
    window = next_start().window
    window.documents.open_path(homework)
    window.session.move_unit("h1", 1.0, 2.0)
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.text.startswith("What you do is not kept safe until you save it")
    QTest.mouseClick(window.findChild(QPushButton, "bannerClose"), Qt.MouseButton.LeftButton)
    window.session.move_unit("h2", 1.0, 2.0)
    window.keep_now()
    assert window.banner.isHidden() and window.session.is_changed
    assert window.documents.save() and read_document(homework.read_bytes()).layout


def test_a_full_disk_is_said_once_and_disturbs_nobody(
    next_start: Callable[[], Next],
    qtbot: QtBot,
    homework: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(autosave, "_EVERY_SECONDS", 0.05)
    window = next_start().window
    window.documents.open_path(homework)
    with monkeypatch.context() as broken:

        def fsync(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        broken.setattr(os, "fsync", fsync)
        window.session.move_unit("h1", 1.0, 2.0)
        qtbot.waitUntil(window.banner.isVisible)
        assert "the disk is full" in window.banner.text
    window.session.move_unit("h2", 1.0, 2.0)
    qtbot.waitUntil(lambda: any((p / "document.backpass.json").exists() for p in kept()))


def test_a_large_document_is_written_by_another_process(
    start: Start,
    next_start: Callable[[], Next],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    copy = tmp_path / "copy.json"
    program = start("xor-2-3-1-adam")
    program.do("from gui.documents import autosave; autosave._FEW_NUMBERS = -1")
    program.do(*ALL_AT_ONCE)
    program.do(
        "from engine.documents.reading import write_document; from pathlib import Path; "
        f"Path({str(copy)!r}).write_bytes(write_document(session.document()))"
    )
    program.end_by(signal.SIGKILL)
    again = next_start()
    again.wait_for_offer("xor-2-3-1-adam")
    again.recover()
    assert write_document(again.window.session.document()) == copy.read_bytes()
