"""The window as a whole: its messages, small buttons, curves and looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.documents.examples import example_names, read_example
from gui import settings
from gui.canvas.spots import Spot
from gui.widgets.number_field import NumberField
from gui.window.main_window import MainWindow
from tests.gui.window.conftest import Driver

Key = Qt.Key


def place_in(window: MainWindow, panel: QWidget) -> QRect:
    return QRect(panel.mapTo(window, QPoint(0, 0)), panel.size())


@pytest.mark.parametrize("size", [(960, 540), (1024, 600), (1366, 768), (1440, 900)])
def test_a_message_moves_nothing_and_covers_nothing(
    mazur: Driver, size: tuple[int, int]
) -> None:
    window = mazur.window
    window.resize(*size)
    for layer in (1, 2):
        mazur.choose(f"activation{layer}", "linear")
    QTest.qWait(50)
    panels = (
        window.controls, window.network, window.canvas, window.canvas.view, window.canvas.chip,
        window.ribbon, window.statusBar(),
    )  # fmt: skip
    before = [place_in(window, panel) for panel in panels]

    def check_places() -> None:
        QTest.qWait(50)
        assert [place_in(window, panel) for panel in panels] == before
        assert (window.width(), window.height()) == size

    window.session.refused.emit("No. " * 200)
    check_places()
    mazur.click("bannerClose")
    check_places()
    assert not window.banner.isVisible()
    mazur.type_into(mazur.find(NumberField, "learning_rate"), "1e6")
    window.canvas.setFocus()
    mazur.press(Key.Key_T)
    mazur.qtbot.waitUntil(lambda: mazur.view.divergence is not None)
    check_places()
    message = place_in(window, window.banner)
    assert window.banner.isVisible() and window.rect().contains(message)
    assert not any(message.intersects(place) for place in before[:-1])
    assert before[-1].contains(message)
    text = mazur.find(QLabel, "bannerText").text()
    assert mazur.view.divergence is not None and text == mazur.view.divergence.sentence
    assert mazur.find(QAbstractButton, "bannerAction").width() > 0


def test_a_message_is_seen_though_the_status_bar_says_something(mazur: Driver) -> None:
    mazur.window.statusBar().showMessage("Copied", 60_000)
    mazur.window.session.refused.emit("No.")
    assert mazur.window.banner.isVisible() and not mazur.find(QLabel, "fileLabel").isVisible()
    mazur.window.statusBar().showMessage("Copied", 60_000)
    mazur.press(Key.Key_Space)
    mazur.window.statusBar().clearMessage()
    assert not mazur.window.banner.isVisible() and mazur.find(QLabel, "fileLabel").isVisible()


# The small buttons at the layer under the pointer


def point_at_button(driver: Driver, name: str, layer: int = 1) -> QAbstractButton:
    """Take the pointer to a column of the network, and on to the small button that comes up."""
    canvas = driver.window.canvas
    QTest.mouseMove(canvas.view.viewport(), canvas.place_of(Spot("unit", layer, 0)).center())
    button: QAbstractButton = driver.find(QAbstractButton, name)
    driver.qtbot.waitUntil(button.isVisible)
    QTest.mouseMove(button)
    driver.qtbot.waitUntil(button.underMouse)
    return button


@pytest.mark.parametrize("layer", [0, 1, 2])
@pytest.mark.parametrize("name", ["addUnit", "removeUnit"])
def test_the_pointer_leaves_from_a_small_button(xor: Driver, name: str, layer: int) -> None:
    window = xor.window
    for away in (window.loss, window.canvas.chip, window.ribbon, window.menuBar()):
        button = point_at_button(xor, name, layer)
        QTest.mouseMove(away)
        xor.qtbot.waitUntil(lambda button=button: not button.isVisible())
    point_at_button(xor, name, layer)


def test_a_small_button_is_taken_from_under_the_pointer(xor: Driver) -> None:
    window = xor.window
    for act in (
        lambda: window.resize(1300, 700),
        lambda: xor.press(Key.Key_Plus, to=window.canvas.view),  # a closer look
        lambda: xor.click("removeUnit"),
        lambda: xor.menu("Undo").trigger(),
        window.canvas.hide,
    ):
        button = point_at_button(xor, "removeUnit")
        act()
        QApplication.processEvents()
        assert not button.isVisible()
        QTest.mouseMove(window.loss)
    window.canvas.show()
    point_at_button(xor, "removeUnit")


# Loss curve and result


def test_the_curve_and_the_result_follow_training(xor: Driver) -> None:
    before = xor.window.result.grab().toImage()
    xor.window.session.advance(3000, 0)
    xor.qtbot.wait(300)
    assert len(xor.view.curve) == 3001
    assert xor.window.result.grab().toImage() != before
    assert "3,000" in xor.find(QLabel, "where").text()


def test_a_click_on_the_curve_goes_to_that_epoch(xor: Driver) -> None:
    xor.window.session.advance(200, 0)
    plot = xor.find(QWidget, "lossPlot")
    port = plot.viewport()
    QTest.mouseClick(
        port, Qt.MouseButton.LeftButton, pos=QPoint(port.width() // 2, port.height() // 2)
    )
    xor.qtbot.waitUntil(lambda: 40 < xor.view.t < 160)
    xor.press(Key.Key_E, to=xor.window.canvas.view)
    assert len(xor.view.curve) == 201  # the road ahead is still there


# Looks


@pytest.mark.parametrize("name", example_names())
@pytest.mark.parametrize("size", [(1440, 900), (1024, 600)])
def test_every_example_is_walked_to_the_end_and_back(
    driver: Driver, name: str, size: tuple[int, int]
) -> None:
    driver.window.resize(*size)
    driver.open(name)
    for _ in range(len(driver.view.steps)):
        driver.press(Key.Key_PageDown)
    assert driver.view.revealed == len(driver.view.steps)
    for _ in range(len(driver.view.steps)):
        driver.press(Key.Key_PageUp)
    assert (driver.view.t, driver.view.revealed) == (0, 0)
    assert driver.window.width() == size[0] and driver.window.height() == size[1]


def test_the_theme_changes_every_panel(mazur: Driver) -> None:
    def darkness(widget: QWidget) -> int:
        picture = widget.grab().toImage()
        return picture.pixelColor(widget.width() - 3, widget.height() // 2).lightness()

    panels: list[Callable[[], QWidget]] = [
        lambda: mazur.window.canvas, lambda: mazur.window.loss, lambda: mazur.window.result,
        lambda: mazur.window.network, lambda: mazur.window.weights,
    ]  # fmt: skip
    light = [darkness(panel()) for panel in panels]
    mazur.menu("Dark theme").trigger()
    dark = [darkness(panel()) for panel in panels]
    assert min(light) > 200 and max(dark) < 80


@pytest.mark.parametrize(
    ("name", "axis", "text"), [("lossLog", "log", "log y"), ("lossLogX", "log_epochs", "log x")]
)
def test_a_logarithmic_axis_is_remembered(
    mazur: Driver, qtbot: QtBot, name: str, axis: str, text: str
) -> None:
    assert not getattr(mazur.window.loss, axis)
    for wanted in (True, False):
        mazur.click(name)
        again = MainWindow(remember=True)
        qtbot.addWidget(again)
        again.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
        button = again.findChild(QAbstractButton, name)
        assert button is not None
        assert getattr(again.loss, axis) == button.isChecked() == wanted
        assert button.text() == (f"{text} ✓" if wanted else text)
        untouched = MainWindow(remember=False)
        qtbot.addWidget(untouched)
        untouched.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
        assert not getattr(untouched.loss, axis)


def test_settings_remember_the_theme_and_the_size(mazur: Driver, qtbot: QtBot) -> None:
    mazur.menu("Dark theme").trigger()
    mazur.window.resize(1100, 700)
    mazur.window.close_quietly()
    assert settings.THEME.kept() == "dark"
    again = MainWindow(remember=True)
    qtbot.addWidget(again)
    again.documents.show(read_example("one-neuron"), "one-neuron")
    assert again.height() == 700  # the width would not fit the offscreen screen


def test_a_document_begins_with_all_of_its_loss_curve(mazur: Driver) -> None:
    mazur.window.session.advance(50, 0)
    mazur.window.loss.plot.show_part(10.0, 20.0)
    assert mazur.window.loss.plot.is_zoomed
    mazur.window.documents.show(mazur.window.session.document(), "again")
    assert not mazur.window.loss.plot.is_zoomed
    low, high = mazur.window.loss.plot.box.viewRange()[0]
    assert low < 0.0 and high > 50.0


@pytest.mark.parametrize("height", [900, 881, 860])
def test_nothing_of_the_network_panel_is_cut_at_the_usual_size(mazur: Driver, height: int) -> None:
    """881 and 860: what a frame, and a bar of the desktop, leave of a screen 900 pixels high."""
    mazur.window.resize(1440, height)
    scroll = mazur.find(QScrollArea, "networkScroll")
    mazur.qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() == 0)
    assert scroll.isVisible() and mazur.window.height() == height


def test_nothing_of_the_left_column_is_cut_at_the_usual_size(xor: Driver) -> None:
    """Neither the weights of XOR's three hidden units nor its four samples."""
    cards = xor.window.network, xor.window.weights, xor.window.data
    areas = [area for card in cards for area in card.findChildren(QAbstractScrollArea)]
    xor.qtbot.waitUntil(
        lambda: not any(a.isVisible() and a.verticalScrollBar().maximum() for a in areas)
    )
    assert all(card.isVisible() for card in cards)


def test_the_network_of_the_first_start_stands_whole_on_the_most_common_screen(
    driver: Driver
) -> None:
    """1366 × 768 less the frame of a window."""
    driver.open("xor-2-3-1")
    driver.window.resize(1366, 748)
    driver.press(*[Qt.Key.Key_PageDown] * 41)
    assert not driver.window.canvas.view.verticalScrollBar().isVisible()
