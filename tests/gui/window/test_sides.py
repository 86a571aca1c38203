"""The parts beside the network: they give way by key, handle and menu, and by themselves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from gui import settings
from gui.window.main_window import MainWindow
from tests.gui.window.conftest import Driver

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier

PARTS = {
    "left": ("Left: network, weights, data", Key.Key_1),
    "right": ("Right: why, and the result", Key.Key_2),
    "lower": ("Below: the loss curve", Key.Key_3),
}


def part_of(window: MainWindow, side: str) -> QWidget:
    """Something that is only to be seen while that side is open."""
    return {"left": window.network, "right": window.result, "lower": window.loss}[side]


def toggle_by_key(driver: Driver, side: str) -> None:
    QTest.keyClick(driver.window.canvas.view, PARTS[side][1], CONTROL)


def action_of(driver: Driver, side: str) -> QAction:
    return driver.menu(PARTS[side][0])


def share_of_canvas(window: MainWindow) -> float:
    return window.canvas.width() / window.width()


@pytest.mark.parametrize("side", PARTS)
@pytest.mark.parametrize("way", ["key", "menu", "handle"])
def test_a_side_goes_and_comes_back(mazur: Driver, side: str, way: str) -> None:
    window, part = mazur.window, part_of(mazur.window, side)
    handle = mazur.find(QAbstractButton, f"{side}Handle")

    def toggle() -> None:
        if way == "key":
            toggle_by_key(mazur, side)
        elif way == "menu":
            action_of(mazur, side).trigger()
        else:
            QTest.mouseClick(handle, Qt.MouseButton.LeftButton)

    def room_of_canvas() -> int:
        return window.canvas.width() * window.canvas.height()

    room = room_of_canvas()
    assert part.isVisible() and action_of(mazur, side).isChecked()
    assert handle.accessibleName().startswith("Hide ")
    toggle()
    assert not part.isVisible() and not action_of(mazur, side).isChecked()
    assert handle.isVisible() and handle.accessibleName().startswith("Show ")
    assert "Ctrl+" in handle.toolTip()
    mazur.qtbot.waitUntil(lambda: room_of_canvas() > room)
    toggle()
    assert part.isVisible() and action_of(mazur, side).isChecked()
    mazur.qtbot.waitUntil(lambda: room_of_canvas() == room)


def test_a_handle_is_pressed_by_enter_and_leaves_space_to_the_window(mazur: Driver) -> None:
    handle = mazur.find(QAbstractButton, "leftHandle")
    handle.setFocus()
    mazur.press(Key.Key_Space)
    assert mazur.view.revealed == 1 and mazur.window.network.isVisible()
    mazur.press(Key.Key_Return)
    assert not mazur.window.network.isVisible()
    mazur.press(Key.Key_Return)
    assert mazur.window.network.isVisible()


def test_what_was_closed_is_closed_in_the_next_window(mazur: Driver, qtbot: QtBot) -> None:
    for side in PARTS:
        toggle_by_key(mazur, side)
    again = MainWindow(remember=True)
    qtbot.addWidget(again)
    again.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    again.resize(1440, 900)
    again.show()
    assert not any(part_of(again, side).isVisible() for side in PARTS)
    for side in PARTS:
        toggle_by_key(mazur, side)
    assert settings.SIDES["left"].kept() == "auto"


@pytest.mark.parametrize("found", ["shut", "", "1", ["open", "closed"]])
def test_what_a_file_says_wrongly_of_a_side_counts_for_nothing(
    qtbot: QtBot, found: object
) -> None:
    store = settings.stored()
    assert store is not None
    store.setValue("sides/left", found)
    store.sync()
    window = MainWindow(remember=True)
    qtbot.addWidget(window)
    window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    window.resize(1440, 900)
    window.show()
    assert window.network.isVisible()


@pytest.mark.parametrize("size", [(960, 540), (1024, 600), (1280, 720), (1366, 768), (1440, 900)])
def test_most_of_the_width_is_the_networks(mazur: Driver, size: tuple[int, int]) -> None:
    mazur.window.resize(*size)
    mazur.qtbot.waitUntil(lambda: (mazur.window.width(), mazur.window.height()) == size)
    least = 0.62 if size[0] <= 1280 else 0.48
    mazur.qtbot.waitUntil(lambda: share_of_canvas(mazur.window) > least)


def share_of_columns(window: MainWindow) -> float:
    """The part of the width that is not the card of the network."""
    card = window.canvas.parentWidget()
    assert card is not None
    return 1 - card.width() / window.width()


@pytest.mark.parametrize("percent", [80, 100])
def test_the_columns_take_a_third_of_a_small_screen_at_most(mazur: Driver, percent: int) -> None:
    mazur.window.use_text_size(percent)
    for size in ((960, 540), (1024, 600), (1200, 675), (1280, 720)):
        mazur.window.resize(*size)
        mazur.qtbot.waitUntil(lambda: share_of_columns(mazur.window) <= 1 / 3 + 0.001)
        assert mazur.window.why.isVisible()
    mazur.window.use_text_size(100)


def test_large_text_in_a_small_window_leaves_the_network_half_of_it(mazur: Driver) -> None:
    window, view = mazur.window, mazur.window.canvas.view
    for percent in (150, 200):
        window.use_text_size(percent)
        window.resize(960, 540)
        mazur.qtbot.waitUntil(lambda: view.width() >= 0.5 * 960)
        mazur.qtbot.waitUntil(lambda: view.height() >= 0.43 * 540)
        assert window.canvas.height() >= 0.5 * 540
        middle = window.ribbon.rect().center()
        QTest.mouseClick(window.ribbon, Qt.MouseButton.LeftButton, pos=middle)
        assert mazur.view.revealed > 5  # the ticks are there to be clicked
    window.use_text_size(100)
    window.resize(1440, 900)
    high = window.ribbon.sizeHint().height()
    mazur.qtbot.waitUntil(lambda: window.ribbon.height() == high)
    assert high > 60


def test_the_left_closes_by_itself_but_never_against_the_person(mazur: Driver) -> None:
    window = mazur.window
    window.resize(960, 540)
    assert not window.network.isVisible() and window.why.isVisible()
    window.resize(1440, 900)
    assert window.network.isVisible()
    window.resize(960, 540)
    toggle_by_key(mazur, "left")
    assert window.network.isVisible()
    for width in (1440, 1000):  # opened by the person, it stays
        window.resize(width, 600)
        assert window.network.isVisible()
    toggle_by_key(mazur, "left")
    assert not window.network.isVisible()
    window.resize(1440, 900)  # as it would have been by itself: the window has a say again
    assert window.network.isVisible()
    toggle_by_key(mazur, "left")
    for width in (1000, 1440):
        window.resize(width, 600)
        assert not window.network.isVisible()


def test_a_side_that_closes_gives_the_focus_to_the_network(mazur: Driver) -> None:
    field = mazur.find(QWidget, "learning_rate")
    field.setFocus()
    QTest.keyClick(field, Key.Key_1, CONTROL)
    assert mazur.window.canvas.view.hasFocus()
    mazur.press(Key.Key_PageDown)
    assert mazur.view.revealed == 1


def test_typed_text_is_taken_as_its_side_closes(mazur: Driver) -> None:
    field = mazur.find(QWidget, "learning_rate")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.25")
    QTest.keyClick(field, Key.Key_1, CONTROL)
    assert mazur.view.spec.optimizer["learning_rate"] == 0.25


def test_a_tool_opens_the_side_that_it_stands_in(mazur: Driver) -> None:
    toggle_by_key(mazur, "right")
    mazur.menu("Predict, then reveal").trigger()
    assert mazur.window.tools.current is not None and mazur.window.tools.current.isVisible()


def test_in_a_low_window_the_key_goes_to_the_tab_of_the_loss_and_back(mazur: Driver) -> None:
    window = mazur.window
    window.resize(1024, 600)
    loss, why = action_of(mazur, "lower"), window.why
    assert why.isVisible() and not window.loss.isVisible()
    toggle_by_key(mazur, "lower")
    assert window.loss.isVisible() and loss.isChecked() and not why.isVisible()
    toggle_by_key(mazur, "lower")
    assert why.isVisible() and not window.loss.isVisible() and not loss.isChecked()
    window.resize(1440, 900)
    assert why.isVisible() and window.loss.isVisible() and loss.isChecked()
    # Closed below the network, it still has its tab in a low window, and is closed again after.
    toggle_by_key(mazur, "lower")
    window.resize(1024, 600)
    tabs = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    assert [bar.tabText(bar.count() - 1) for bar in tabs] == ["Loss"]
    toggle_by_key(mazur, "lower")
    assert window.loss.isVisible()
    window.resize(1440, 900)
    assert not window.loss.isVisible()
    toggle_by_key(mazur, "lower")
    assert window.loss.isVisible()


def test_in_a_low_window_the_loss_is_behind_a_tab_of_a_closed_side_too(xor: Driver) -> None:
    window = xor.window
    window.use_text_size(200)
    window.resize(960, 540)
    QTest.qWait(50)
    assert not window.result.isVisible() and not window.loss.isVisible()
    toggle_by_key(xor, "lower")
    xor.qtbot.waitUntil(window.loss.isVisible)
    place = window.loss.mapTo(window, window.loss.rect().center())
    assert window.rect().contains(place) and place.x() > window.width() / 2
    window.use_text_size(100)
