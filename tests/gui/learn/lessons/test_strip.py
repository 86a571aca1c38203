"""The strip above the network that shows one step of a lesson."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.learn.lessons.page import Page
from gui import theme
from gui.learn.lessons.strip import LessonStrip
from gui.widgets.buttons import Button

PAGE = Page(
    title="A lesson",
    heading="Look",
    paragraphs=("Some <b>text</b>.", "And more."),
    asked="Step until it is shown.",
    number=2,
    count=3,
    reached=2,
    done=False,
    by_reading=False,
)


@pytest.fixture
def strip(qtbot: QtBot, qapp: QApplication) -> Iterator[LessonStrip]:
    """A strip at the top of a window of 700 by 800."""
    theme.load_fonts()
    theme.apply(qapp, "light")
    window = QWidget()
    made, layout = LessonStrip(), QVBoxLayout(window)
    layout.addWidget(made)
    layout.addStretch(1)
    window.resize(700, 800)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    yield made
    theme.apply(qapp, "light")


def button(strip: LessonStrip, name: str) -> Button:
    found = strip.findChild(Button, name)
    assert isinstance(found, Button)
    return found


def says(strip: LessonStrip, name: str) -> str:
    label = strip.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def test_a_step_is_shown_and_put_away(strip: LessonStrip) -> None:
    assert not strip.isVisible()
    strip.show_page(PAGE)
    assert says(strip, "lessonHeading") == "Look"
    assert says(strip, "lessonPlace") == "A lesson · 2 of 3"
    assert "Some <b>text</b>." in says(strip, "lessonText")
    assert says(strip, "lessonAsked") == "Step until it is shown."
    assert strip.accessibleDescription() == "Look. Step until it is shown. (to do)"
    strip.show_page(None)
    assert not strip.isVisible()


def test_next_waits_until_the_step_is_done(strip: LessonStrip) -> None:
    strip.show_page(PAGE)
    assert not button(strip, "lessonNext").isEnabled()
    assert button(strip, "lessonShow").isVisible()
    before = strip.grab().toImage()
    strip.show_page(replace(PAGE, done=True))
    assert button(strip, "lessonNext").isEnabled()
    assert not button(strip, "lessonShow").isVisible()
    assert strip.grab().toImage() != before
    assert strip.accessibleDescription().endswith("(done)")


def test_what_is_pressed_is_reported(strip: LessonStrip, qtbot: QtBot) -> None:
    strip.show_page(replace(PAGE, done=True))
    for name, signal in (
        ("lessonNext", strip.next_requested),
        ("lessonBack", strip.back_requested),
        ("lessonClose", strip.close_requested),
    ):
        with qtbot.waitSignal(signal):
            QTest.mouseClick(button(strip, name), Qt.MouseButton.LeftButton)
    strip.show_page(PAGE)
    with qtbot.waitSignal(strip.show_requested):
        QTest.mouseClick(button(strip, "lessonShow"), Qt.MouseButton.LeftButton)


def test_enter_goes_on_only_when_it_may(strip: LessonStrip, qtbot: QtBot) -> None:
    strip.show_page(PAGE)
    strip.setFocus()
    with qtbot.assertNotEmitted(strip.next_requested, wait=20):
        QTest.keyClick(strip, Qt.Key.Key_Return)
    strip.show_page(replace(PAGE, done=True))
    with qtbot.waitSignal(strip.next_requested):
        QTest.keyClick(strip, Qt.Key.Key_Enter)


def test_the_first_step_has_no_way_back_and_the_last_one_finishes(strip: LessonStrip) -> None:
    strip.show_page(replace(PAGE, number=1))
    assert not button(strip, "lessonBack").isVisible()
    assert button(strip, "lessonNext").text() == "Next"
    strip.show_page(replace(PAGE, number=3))
    assert button(strip, "lessonBack").isVisible()
    assert button(strip, "lessonNext").text() == "Finish"


def test_a_low_window_runs_the_heading_into_the_text_which_scrolls(strip: LessonStrip) -> None:
    long = replace(PAGE, paragraphs=("word " * 200,))
    strip.show_page(long)
    high = strip.height()
    strip.window().resize(500, 600)
    QApplication.processEvents()
    assert strip.height() < 100 < high
    assert says(strip, "lessonHeading") == ""
    assert says(strip, "lessonText").count("<b>Look.</b>") == 1
    assert button(strip, "lessonClose").isVisible()
    scroll = strip.findChild(QScrollArea)
    assert isinstance(scroll, QScrollArea)
    bar = scroll.verticalScrollBar()
    strip.setFocus()
    QTest.keyClick(strip, Qt.Key.Key_Down)
    assert bar.value() > 0
    strip.show_page(replace(long, number=3))  # the next step is read from its beginning
    assert bar.value() == 0
    strip.window().resize(700, 800)
    QApplication.processEvents()
    assert says(strip, "lessonHeading") == "Look"
    assert button(strip, "lessonClose").isVisible()


def test_both_themes_paint_it(strip: LessonStrip, qapp: QApplication) -> None:
    strip.show_page(PAGE)
    light = strip.grab().toImage()
    theme.apply(qapp, "dark")
    strip.restyle()
    assert strip.grab().toImage() != light
