"""Step units in the window: stepped through forward, and the reason where that ends."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.maths.network import FORWARD_ONLY
from gui.widgets.choice import Choice
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("xor-2-2-1-step")


def button(window: MainWindow, name: str) -> QPushButton:
    return window.controls.findChild(QPushButton, name)


def test_training_is_off_with_the_reason(window: MainWindow) -> None:
    for name in ("epoch", "train"):
        assert not button(window, name).isEnabled()
        assert button(window, name).toolTip() == FORWARD_ONLY
    window.documents.show(read_example("xor-2-2-1"), "xor-2-2-1")
    for name in ("epoch", "train"):
        assert button(window, name).isEnabled()
        assert button(window, name).toolTip() != FORWARD_ONLY


@pytest.mark.parametrize("key", [Qt.Key.Key_T, Qt.Key.Key_E])
def test_the_keys_for_training_say_why_not(window: MainWindow, key: Qt.Key) -> None:
    refused: list[str] = []
    window.session.refused.connect(refused.append)
    QTest.keyClick(window, key)
    assert refused == [FORWARD_ONLY]
    assert not window.session.training
    assert (window.session.place.t, window.session.place.revealed) == (0, 0)


@pytest.mark.parametrize("grain", ["number", "layer", "pass", "iteration", "epoch"])
def test_step_goes_up_to_the_loss_and_says_so(window: MainWindow, grain: str) -> None:
    session = window.session
    refused: list[str] = []
    session.refused.connect(refused.append)
    session.set_grain(grain)
    for _ in range(8):
        if session.place.revealed < 8:
            button(window, "step").click()
    assert (session.place.t, session.place.revealed) == (0, 8)
    assert refused == []
    button(window, "step").click()
    assert (session.place.t, session.place.revealed) == (0, 8)
    assert refused == [FORWARD_ONLY]
    button(window, "back").click()
    assert session.place.revealed < 8


def test_play_stops_at_the_end(window: MainWindow, qtbot: QtBot) -> None:
    refused: list[str] = []
    window.session.refused.connect(refused.append)
    window.session.seek(6)
    QTest.keyClick(window, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: refused == [FORWARD_ONLY], timeout=20_000)
    assert window.session.place.revealed == 8
    qtbot.wait(1200)  # two steps a second: it would have tried again
    assert refused == [FORWARD_ONLY]


def test_step_is_chosen_in_the_middle_of_a_run_and_undone(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    session = window.session
    session.advance(20, 30)
    theta = session.state.theta.copy()
    choice = next(
        each for each in window.network.findChildren(Choice)
        if each.isVisible() and each.findData("step") >= 0 and each.findData("softmax") < 0
    )
    choice.setCurrentIndex(choice.findData("step"))
    choice.activated.emit(choice.currentIndex())
    assert not session.spec.can_train
    assert session.place.t == 20 and session.place.revealed <= len(session.spec.steps)
    assert session.state.theta.tobytes() == theta.tobytes()
    session.back("epoch")
    session.back("epoch")
    assert session.place.t == 19 and session.spec.can_train
    session.train()  # along the road, which ends where the step units begin
    qtbot.waitUntil(lambda: not session.training, timeout=20_000)
    assert session.place.t == 20 and not session.spec.can_train
    session.undo_stack.undo()
    assert session.spec.can_train
    assert (session.place.t, session.place.revealed) == (20, 30)


def test_an_edit_to_step_ends_training(window: MainWindow, qtbot: QtBot) -> None:
    window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    session = window.session
    refused: list[str] = []
    session.refused.connect(refused.append)
    session.train()
    qtbot.waitUntil(lambda: session.place.t > 10)
    window.tools.intents.set_activation(1, "step")
    assert not session.training
    assert refused == [FORWARD_ONLY]
    assert not button(window, "train").isEnabled()


def test_every_tool_can_be_open(window: MainWindow) -> None:
    tools = [a for a in window.tools.menu.actions() if a.objectName().startswith("tool/")]
    assert len(tools) >= 5
    for action in tools:
        action.trigger()
        assert window.tools.current is not None
        window.session.seek(0)
        for revealed in range(1, 9):
            window.session.step()
            assert window.session.place.revealed == revealed
        window.session.back()
        window.documents.show(read_example("xor-2-2-1-step"), "xor-2-2-1-step")
        action.trigger()


def test_a_document_of_it_is_saved_and_read(window: MainWindow, tmp_path: object) -> None:
    from engine.documents.reading import read_document, write_document

    window.session.seek(7)
    document = read_document(write_document(window.session.document()))
    window.documents.show(document, "again")
    assert window.session.place.revealed == 7 and not window.session.spec.can_train
