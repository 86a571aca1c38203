"""Learn ▸ Many seeds: trained in the background, looked at, opened."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.maths.clipping import Clipping
from engine.maths.penalty import Penalty
from engine.maths.schedules import Schedule
from gui.learn.many_seeds.loss_dots import LossDots
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """The window with the tool open."""
    made = open_window("xor-2-2-1")
    made.findChild(QAction, "tool/Many seeds").trigger()
    return made


def button(window: MainWindow) -> QPushButton:
    return window.findChild(QPushButton, "seedsRun")


def words(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    return label.text() if label.isVisible() else ""


def enter(window: MainWindow, first: int, count: int, epochs: int) -> None:
    for name, value in (("First", first), ("Count", count), ("Epochs", epochs)):
        field = window.findChild(QSpinBox, f"seeds{name}")
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, str(value))
        QTest.keyClick(field, Qt.Key.Key_Return)


def run(window: MainWindow, qtbot: QtBot, first: int, count: int, epochs: int) -> None:
    enter(window, first, count, epochs)
    button(window).click()
    qtbot.waitUntil(lambda: button(window).text() == "Run", timeout=60_000)


def test_what_was_typed_is_run_and_said(window: MainWindow, qtbot: QtBot) -> None:
    assert words(window, "seedsHeadline") == "How many seeds learn?"
    run(window, qtbot, 0, 5, 10_000)
    assert words(window, "seedsHeadline") == "2 of 5 learn"
    groups = words(window, "seedsGroups")
    assert "<b>2 seeds</b>: 0.5 for (1, 0) and (1, 1)" in groups
    assert 'href="2"' in groups and 'href="4"' in groups
    assert "<b>1 seed</b>: 0.5 for (0, 0) and (1, 0)" in groups
    assert words(window, "seedsNote").startswith("After 10,000 epochs each.")
    dots = window.findChild(LossDots, "lossDots")
    assert [dot.learnt for dot in dots.dots] == [True, True, False, False, False]
    assert sorted(dot.seed for dot in dots.dots) == [0, 1, 2, 3, 4]


def test_the_window_goes_on_while_seeds_are_run(window: MainWindow, qtbot: QtBot) -> None:
    enter(window, 0, 100, 1_000_000)
    button(window).click()
    bar = window.findChild(QProgressBar, "seedsProgress")
    assert button(window).text() == "Cancel" and bar.isVisible()
    window.session.step()
    window.session.step()
    assert window.session.place.revealed == 2
    qtbot.waitUntil(lambda: bar.value() > 0, timeout=60_000)
    assert button(window).text() == "Cancel"
    button(window).click()
    assert button(window).text() == "Run" and not bar.isVisible()
    qtbot.wait(50)
    assert words(window, "seedsHeadline") == "How many seeds learn?"


def test_closing_the_tool_calls_the_work_off(window: MainWindow, qtbot: QtBot) -> None:
    enter(window, 0, 100, 1_000_000)
    button(window).click()
    action = window.findChild(QAction, "tool/Many seeds")
    action.trigger()
    action.trigger()
    assert button(window).text() == "Run"


def test_a_window_may_close_in_the_middle_of_it(window: MainWindow, qtbot: QtBot) -> None:
    enter(window, 0, 100, 1_000_000)
    button(window).click()
    qtbot.wait(30)  # the fixture closes it now


def test_a_click_on_a_seed_opens_it_and_can_be_undone(window: MainWindow, qtbot: QtBot) -> None:
    run(window, qtbot, 0, 5, 2000)
    before = window.session.state.theta.copy()
    label = window.findChild(QLabel, "seedsGroups")
    label.linkActivated.emit("2")
    session = window.session
    assert session.spec.seed == 2 and session.place.t == 0
    drawn = session.spec.network.draw(session.spec.initializer, 2)
    assert session.state.theta.tobytes() == drawn.tobytes()
    # It is another start of the same network, so the result stays true.
    assert "changed since" not in words(window, "seedsNote")
    assert session.undo_stack.undoText() == "New seed: 2"
    session.undo_stack.undo()
    assert session.spec.seed == 1
    assert session.state.theta.tobytes() == before.tobytes()


def test_dots_are_clicked_or_reached_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    run(window, qtbot, 0, 5, 2000)
    dots = window.findChild(LossDots, "lossDots")
    worst = dots.dots[-1].seed
    QTest.mouseClick(dots, Qt.MouseButton.LeftButton, pos=dots.place(4).toPoint())
    assert window.session.spec.seed == worst
    dots.setFocus()
    for _ in range(2):
        QTest.keyClick(dots, Qt.Key.Key_Right)
    QTest.keyClick(dots, Qt.Key.Key_Return)
    assert window.session.spec.seed == dots.dots[1].seed
    QTest.mouseClick(dots, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert window.session.spec.seed == dots.dots[1].seed


def test_a_result_of_another_network_is_said_to_be(window: MainWindow, qtbot: QtBot) -> None:
    run(window, qtbot, 0, 3, 100)
    assert "changed since" not in words(window, "seedsNote")
    intents = window.tools.intents
    for change in (
        lambda: intents.set_units(1, 3),
        lambda: intents.set_penalty(Penalty(l2=0.1)),
        lambda: intents.set_schedule(Schedule(name="step")),
        lambda: intents.set_clipping(Clipping("value")),
        lambda: intents.set_rate_factor(1, 0.5),
    ):
        change()
        assert "changed since" in words(window, "seedsNote")
        window.session.undo_stack.undo()
        assert "changed since" not in words(window, "seedsNote")


def test_where_nothing_can_be_trained_the_reason_is_said(window: MainWindow) -> None:
    window.documents.show(read_example("xor-2-2-1-step"), "xor-2-2-1-step")
    assert not button(window).isEnabled()
    assert "no slope to follow back" in words(window, "seedsNote")
    window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    assert button(window).isEnabled()
