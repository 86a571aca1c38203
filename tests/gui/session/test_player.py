"""Playing steps, driven by the window's keys and the ribbon's buttons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from engine.documents.document import Document
from engine.maths.network import Parameter
from engine.run import edits
from engine.run.spec import Data
from gui.view import View
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow, xor_spec
from tests.gui.session.conftest import diverging


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """The window with the 2-2-2 network, playing ten steps a second."""
    made = open_window("mazur-2-2-2")
    made.canvas.setFocus()
    made.ribbon.rate_chosen.emit(10.0)
    return made


def button(window: MainWindow) -> QPushButton:
    found = window.ribbon.findChild(QPushButton, "play")
    assert isinstance(found, QPushButton)
    return found


def test_play_takes_step_after_step_until_it_is_stopped(
    window: MainWindow, qtbot: QtBot
) -> None:
    seen: list[int] = []
    window.session.changed.connect(lambda view: seen.append(view.revealed))
    QTest.mouseClick(button(window), Qt.MouseButton.LeftButton)
    assert "Stop" in button(window).text()
    qtbot.waitUntil(lambda: window.session.place.revealed >= 4)
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    assert "Play" in button(window).text()
    assert sorted(set(seen)) == list(range(1, max(seen) + 1))
    stood = window.session.place
    qtbot.wait(250)
    assert window.session.place == stood


def test_it_goes_by_the_chosen_grain(window: MainWindow, qtbot: QtBot) -> None:
    window.session.set_grain("pass")
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: window.session.place.t == 1)
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    assert window.session.place.revealed in (window.session.spec.steps.boundaries("pass") or ())


@pytest.mark.parametrize(
    "act",
    [
        lambda window: QTest.keyClick(window.canvas, Qt.Key.Key_PageDown),
        lambda window: QTest.keyClick(window.canvas, Qt.Key.Key_PageUp),
        lambda window: window.ribbon.seek_requested.emit(20),
        lambda window: window.session.apply(
            "w1 = 0.5", edits.set_parameters, [(Parameter(1, 0, 0), 0.5)]
        ),
        lambda window: QTest.keyClick(window.canvas, Qt.Key.Key_T),
        lambda window: QTest.keyClick(window.canvas, Qt.Key.Key_R),
    ],
    ids=["step", "back", "seek", "edit", "train", "reset"],
)
def test_whatever_else_is_done_stops_it(
    window: MainWindow, qtbot: QtBot, act: Callable[[MainWindow], None]
) -> None:
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: window.session.place.revealed >= 2)
    act(window)
    assert "Play" in button(window).text()


def test_a_step_that_takes_long_is_shown_whole_before_the_next(
    window: MainWindow, qtbot: QtBot
) -> None:
    views: list[View] = []
    spec, state = xor_spec(hidden=200)
    inputs, targets = (np.tile(a, (8_000, 1)) for a in (spec.data.inputs, spec.data.targets))
    spec = replace(spec, data=Data(inputs, targets, ("t",)))
    window.session.open(Document(spec=spec, start=np.array(state.theta)))
    window.session.changed.connect(views.append)
    window.ribbon.rate_chosen.emit(1000.0)
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: views[-1].revealed >= 3, timeout=60_000)
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    seen = {view.revealed for view in views if view.iteration is None}
    assert seen == {1}  # the first step had to wait for it, and the second for the first
    window.session.set_grain("iteration")
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: views[-1].t >= 2, timeout=60_000)
    assert "Stop" in button(window).text()
    QTest.keyClick(window.canvas, Qt.Key.Key_P)


def test_choosing_a_sample_or_a_layout_does_not_stop_it(window: MainWindow) -> None:
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    window.session.move_unit("h1", 0.3, 0.2)
    assert "Stop" in button(window).text()
    QTest.keyClick(window.canvas, Qt.Key.Key_P)


def test_a_divergence_stops_it(window: MainWindow, qtbot: QtBot) -> None:
    spec, state = diverging()
    window.session.open(Document(spec=spec, start=np.array(state.theta)))
    window.session.set_grain("iteration")
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    qtbot.waitUntil(window.banner.isVisible)
    assert "Play" in button(window).text()


def test_playing_stops_training_first(window: MainWindow, qtbot: QtBot) -> None:
    window.session.train()
    qtbot.waitUntil(lambda: window.session.place.t > 0)
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    assert not window.session.training
    assert window.session.place.revealed == 1
    QTest.keyClick(window.canvas, Qt.Key.Key_P)


def test_a_key_held_down_waits_for_the_picture(window: MainWindow, qtbot: QtBot) -> None:
    def repeat() -> None:
        """A repeat as the platform sends it: first the question who wants the key."""
        override = QKeyEvent(
            QEvent.Type.ShortcutOverride, Qt.Key.Key_PageDown,
            Qt.KeyboardModifier.NoModifier, "", True,
        )  # fmt: skip
        QApplication.sendEvent(QApplication.focusWidget() or window, override)
        step = next(a for a in window.menuBar().actions() if a.text() == "&Run").menu().actions()[0]
        step.trigger()

    QTest.keyClick(window.canvas, Qt.Key.Key_PageDown)
    before = window.session.place.revealed
    repeat()
    repeat()
    assert window.session.place.revealed == before
    qtbot.wait(100)
    repeat()
    assert window.session.place.revealed == before + 1
