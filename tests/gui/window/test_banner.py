"""The banner: a sentence in two lines at most, whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gui.window.banner import Banner


@pytest.fixture
def companion(qtbot: QtBot) -> QLabel:
    made = QLabel("what stands there else")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def banner(companion: QLabel, qtbot: QtBot) -> Iterator[Banner]:
    made = Banner(companion)
    qtbot.addWidget(made)
    made.resize(600, made.height())
    yield made


def text_of(banner: Banner) -> QLabel:
    text = banner.findChild(QLabel, "bannerText")
    assert isinstance(text, QLabel)
    return text


def test_what_stands_in_the_strip_gives_way_and_comes_back(
    banner: Banner, companion: QLabel, qtbot: QtBot
) -> None:
    banner.say("It was refused.")
    assert banner.isVisible() and not companion.isVisible()
    close = banner.findChild(QPushButton, "bannerClose")
    assert isinstance(close, QPushButton)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not banner.isVisible() and companion.isVisible()


def test_a_long_sentence_is_cut_to_two_lines_and_whole_in_the_tooltip(banner: Banner) -> None:
    height = banner.height()
    sentence = "A unit called <b>x</b> is too many. " + "There is more. " * 40 + "End."
    banner.say(sentence, ("Go back", banner.fall_silent))
    text = text_of(banner)
    assert text.text().endswith(" …") and sentence.startswith(text.text()[:-2])
    assert text.heightForWidth(text.width()) <= text.height() and banner.height() == height
    assert "&lt;b&gt;x&lt;/b&gt;" in text.toolTip() and text.toolTip().endswith("End.</span>")
    assert banner.text == text.accessibleName() == sentence
    banner.resize(6000, height)
    assert text.text() == sentence and text.toolTip() == ""


def test_a_word_that_is_too_long_for_a_line_is_cut(banner: Banner) -> None:
    banner.say("x" * 5000)
    text = text_of(banner)
    word, mark = text.text().split(" ")
    assert len(word) > 20 and mark == "…"
    assert text.fontMetrics().horizontalAdvance(word) <= text.width()
    assert text.heightForWidth(text.width()) <= text.height()


def test_what_stays_comes_back_after_a_passing_message_until_it_is_closed(
    banner: Banner, companion: QLabel, qtbot: QtBot
) -> None:
    done: list[str] = []
    actions = [(word, lambda word=word: done.append(word)) for word in ("Recover", "Discard")]
    banner.say("Something was left.", *actions, stays=True)
    buttons = {b.objectName(): b for b in banner.findChildren(QPushButton)}
    for _ in range(2):
        banner.say("It was refused.")
        assert not buttons["bannerAction"].isVisible() and not buttons["bannerOther"].isVisible()
        qtbot.mouseClick(buttons["bannerClose"], Qt.MouseButton.LeftButton)
        assert banner.text == "Something was left."
        banner.say("It was refused.")
        banner.pass_over()
        assert banner.text == "Something was left."
    for name in ("bannerAction", "bannerOther"):
        qtbot.mouseClick(buttons[name], Qt.MouseButton.LeftButton)
    assert done == ["Recover", "Discard"]
    banner.pass_over()
    assert banner.isVisible()
    qtbot.mouseClick(buttons["bannerClose"], Qt.MouseButton.LeftButton)
    assert banner.isHidden() and companion.isVisible()


def test_what_stays_is_reachable_beneath_what_was_said_after_it(
    banner: Banner, companion: QLabel, qtbot: QtBot
) -> None:
    done: list[str] = []

    def act(word: str) -> tuple[str, Callable[[], None]]:
        return word, lambda: done.append(word)

    banner.say("Something was left.", act("Recover"), act("Discard"), stays=True)
    for count in range(3):  # the newest is enough of those about which the same can be done
        banner.say(f"The program failed at {count}.", act("Copy the report"), stays=True)
    banner.say("It was refused.")
    banner.pass_over()
    assert banner.text == "The program failed at 2."
    buttons = {b.objectName(): b for b in banner.findChildren(QPushButton)}
    qtbot.mouseClick(buttons["bannerAction"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(buttons["bannerClose"], Qt.MouseButton.LeftButton)
    assert banner.text == "Something was left." and companion.isHidden()
    for name in ("bannerAction", "bannerOther"):
        qtbot.mouseClick(buttons[name], Qt.MouseButton.LeftButton)
    assert done == ["Copy the report", "Recover", "Discard"]
    banner.say("The program failed.", act("Copy the report"), stays=True)
    banner.withdraw("Something was left.")
    assert banner.text == "The program failed." and banner.isVisible()
    qtbot.mouseClick(buttons["bannerClose"], Qt.MouseButton.LeftButton)
    assert banner.isHidden() and companion.isVisible()
