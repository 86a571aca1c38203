"""The program fails: one sentence says so, the report is kept, and everything else goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.learn.many_seeds.runs import SeedRuns
from engine.maths.network import Parameter
from engine.training.history import History
from engine.training.trainer import Trainer
from gui.canvas.network_canvas import NetworkCanvas
from gui.learn.many_seeds.panel import SeedsPanel
from gui.panels.controls import ControlsBar
from gui.panels.data.panel import DataPanel
from gui.panels.loss.panel import LossPanel
from gui.panels.network.panel import NetworkPanel
from gui.panels.result import ResultPanel
from gui.panels.ribbon.panel import StepRibbon
from gui.panels.summary import SummaryPanel
from gui.panels.weights.panel import WeightsPanel
from gui.session.session import Session
from gui.session.viewing import Viewing
from gui.widgets.card import Card
from gui.window.faults import Faults, log_path
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

PROJECT = Path(__file__).resolve().parents[3]
PANELS: list[type[QWidget]] = [
    ControlsBar, DataPanel, LossPanel, NetworkCanvas, NetworkPanel, ResultPanel, StepRibbon,
    SummaryPanel, WeightsPanel,
]  # fmt: skip
W5 = Parameter(2, 0, 0)
LOW = (ControlsBar, StepRibbon)


@pytest.fixture
def window(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, qapp: object) -> MainWindow:
    """A window that hears of what nobody caught, as `open_window` of the command line makes it."""
    for place, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(place, name, getattr(place, name))
    made = open_window("mazur-2-2-2")
    faults = Faults(made)
    faults.caught.connect(made.tell_of_fault)
    faults.install()
    return made


def fail(*_: object, **__: object) -> Any:
    raise ZeroDivisionError("nobody thought of this")


def click(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    button.click()


def trigger(window: MainWindow, text: str) -> None:
    next(a for a in window.findChildren(QAction) if a.text().startswith(text)).trigger()


def undo_of(window: MainWindow) -> QAction:
    return next(a for a in window.findChildren(QAction) if a.text().startswith("Undo"))


def is_covered(widget: object, cover: QLabel) -> bool:
    """Whether the cover lies over all that there is in a widget, but a card's title."""
    assert isinstance(widget, QWidget)
    if not isinstance(widget, Card):
        return cover.geometry() == widget.rect()
    inside = widget.rect().adjusted(2, 2, -2, -2)
    body, title = widget.body.geometry().intersected(inside), widget.title.geometry()
    return cover.geometry().contains(body) and not cover.geometry().intersects(title)


def assert_told(window: MainWindow, words: str) -> None:
    """One sentence is in the strip, and the report in the file and, if asked for, copied."""
    said = window.banner.text
    assert window.banner.isVisible() and said.count(". ") == 1
    assert said.startswith(f"{words}, since the program failed (ZeroDivisionError: nobody")
    QGuiApplication.clipboard().clear()
    click(window, "bannerAction")
    report = QGuiApplication.clipboard().text()
    assert report.startswith("Backpass") and "Python 3" in report and "Qt 6" in report
    assert "Traceback" in report and "in fail" in report
    assert "nobody thought of this" in log_path().read_text(encoding="utf-8")


def test_an_error_in_a_slot_is_told_and_nothing_is_lost(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    window.session.step("epoch")
    monkeypatch.setattr(Session, "choose_seed", fail)
    trigger(window, "New seed")
    assert_told(window, "Something could not be done")
    assert "nobody thought of this" in capsys.readouterr().err
    assert window.session.place.t == 1 and window.isWindowModified()
    # It stays while there are other things to be seen, until it is closed.
    trigger(window, "One epoch")
    assert window.session.place.t == 2 and window.banner.isVisible()
    click(window, "bannerClose")
    assert not window.banner.isVisible()


def in_a_thread() -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def in_a_destructor() -> None:
    class Going:
        __del__ = fail

    Going()


@pytest.mark.parametrize("somewhere", [in_a_thread, in_a_destructor])
def test_an_error_that_cannot_be_raised_is_told(
    window: MainWindow, qtbot: QtBot, somewhere: Callable[[], None]
) -> None:
    somewhere()
    qtbot.waitUntil(window.banner.isVisible)
    assert_told(window, "Something could not be done")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.__name__)
def test_a_panel_that_fails_stops_no_other_and_is_tried_again(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, panel: type[QWidget]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(panel, "display", fail)
        window.canvas.parameter_edited.emit(W5, 0.8)
        assert_told(window, "A part of the window could not be shown")
        assert window.isWindowModified()
        assert undo_of(window).isEnabled() and len(undo_of(window).text()) > len("Undo: ")
        covers = [c for c in window.findChildren(QLabel, "failed") if c.isVisibleTo(window)]
        parents = [cover.parentWidget() for cover in covers]
        assert [type(parent) for parent in parents] == ([] if panel in LOW else [panel])
        assert all(is_covered(parent, cover) for parent, cover in zip(parents, covers, strict=True))
        window.resize(1300, 820)
        QApplication.processEvents()
        assert all(is_covered(parent, cover) for parent, cover in zip(parents, covers, strict=True))
        # It fails on, and that is not said each time.
        click(window, "bannerClose")
        window.session.step()
        assert not window.banner.isVisible()
    window.session.step()
    covers = [c for c in window.findChildren(QLabel, "failed") if c.isVisibleTo(window)]
    assert covers == []
    undo_of(window).trigger()
    assert not undo_of(window).isEnabled()


def test_title_and_undo_follow_where_nothing_can_be_shown_at_all(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Viewing, "view", fail)
        window.canvas.parameter_edited.emit(W5, 0.8)
    assert_told(window, "Something could not be done")
    assert window.isWindowModified() and "w5" in undo_of(window).text()
    undo_of(window).trigger()
    assert not window.isWindowModified() and not undo_of(window).isEnabled()


def test_a_panel_that_cannot_change_its_colours_stops_no_other(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    restyled = []
    monkeypatch.setattr(WeightsPanel, "restyle", fail)
    monkeypatch.setattr(ResultPanel, "restyle", lambda _: restyled.append(True))
    window.use_theme("dark")
    assert restyled == [True]
    assert_told(window, "A part of the window could not be shown")


@pytest.mark.parametrize("owner, name", [(Trainer, "advance"), (History, "record")])
def test_an_error_while_training_ends_it_visibly(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, owner: type, name: str
) -> None:
    right, calls = getattr(owner, name), []

    def fail_late(*arguments: Any, **rest: Any) -> Any:
        calls.append(1)
        return fail() if len(calls) > 5 else right(*arguments, **rest)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, fail_late)
        trigger(window, "Train or pause")
        qtbot.waitUntil(lambda: len(calls) > 5 and window.banner.isVisible())
    assert_told(window, "Training stopped")
    assert not window.session.training and not window.session.busy
    trained = window.session.place.t
    assert trained > 0 and window.isWindowModified()
    train = window.findChild(QPushButton, "train")
    assert isinstance(train, QPushButton) and "Train" in train.text()
    # And then it trains on.
    trigger(window, "Train or pause")
    qtbot.waitUntil(lambda: window.session.place.t > trained)
    trigger(window, "Train or pause")
    assert not window.session.training


def test_an_error_in_the_worker_does_not_hold_up_what_calls_it_off(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "advance", fail)
        trigger(window, "Train or pause")
        window.session.background._job.future.exception()  # type: ignore[union-attr]
        trigger(window, "New seed")
    assert_told(window, "Training stopped")
    assert window.session.spec.seed is not None and not window.session.busy
    assert "New seed" in undo_of(window).text()


@pytest.mark.parametrize("owner, name", [(SeedRuns, "advance"), (SeedsPanel, "show_result")])
def test_a_tool_whose_work_fails_waits_no_longer(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, owner: type, name: str
) -> None:
    window.documents.show(read_example("xor-2-2-1"), "xor-2-2-1")
    window.tools.open("Many seeds")
    panel = window.tools.current
    assert isinstance(panel, SeedsPanel)
    run = panel.findChild(QPushButton, "seedsRun")
    assert isinstance(run, QPushButton)
    rest = run.text()
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, fail)
        panel.run_requested.emit(1, 3, 2)
        qtbot.waitUntil(window.banner.isVisible)
    assert_told(window, "Something was not worked out")
    assert run.isEnabled() and run.text() == rest
    assert not window.tools.tool("Many seeds").busy


def test_a_file_of_reports_that_cannot_be_written_changes_nothing_else(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_path().parent.parent.mkdir(parents=True)
    log_path().parent.write_bytes(b"a file where the folder should be")
    monkeypatch.setattr(Session, "choose_seed", fail)
    trigger(window, "New seed")
    assert window.banner.isVisible() and "nobody thought of this" in window.banner.text


def test_the_file_of_reports_does_not_grow_for_ever(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_anew(_: Session, seed: int) -> None:
        raise ValueError(f"{len(list(log_path().parent.glob('*')))} {os.urandom(20_000).hex()}")

    monkeypatch.setattr(Session, "choose_seed", fail_anew)
    for _ in range(60):
        trigger(window, "New seed")
    kept = list(log_path().parent.glob("faults.log*"))
    assert 1 < len(kept) <= 3 and sum(path.stat().st_size for path in kept) < 1_000_000
    assert len(window.banner.text) < 400


START = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from gui.session.session import Session
from gui.session.viewing import Viewing
from gui.window.main_window import MainWindow
import main

class Broken(QWidget):
    def paintEvent(self, event):
        self.no_such_thing

def repaint(window):
    broken = Broken(window)
    broken.show()
    for moment in range(20):
        QTimer.singleShot(10 * moment, broken, broken.update)

def draw(session):
    session.no_such_thing

def told(window):
    print(window.banner.isVisible(), window.banner.text)
    window.close()

def show(window):
    shown(window)
    QTimer.singleShot(0, window, lambda: ACT)
    QTimer.singleShot(500, window, lambda: told(window))

Session.new_seed = draw
shown, MainWindow.show = MainWindow.show, show
sys.exit(main.main([]))
"""


@pytest.mark.parametrize("act", ["window.session.new_seed()", "repaint(window)"])
def test_the_program_as_it_is_started_tells_of_an_error(act: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START.replace("ACT", act)], cwd=PROJECT, capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True Something could not be done, since the program failed (Att")
    assert "no_such_thing" in done.stderr
    kept = next(Path(os.environ["XDG_DATA_HOME"]).rglob("faults.log")).read_text(encoding="utf-8")
    assert 1 <= kept.count("Traceback") <= 2  # not once for each repaint
