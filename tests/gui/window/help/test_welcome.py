"""The welcome: at the very first start, once; each way in leads where it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from engine.learn.lessons.bundled import lesson_names
from gui import settings
from gui.documents.new_dialog import NewDialog
from gui.window.help.welcome import Welcome
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("xor-2-3-1")


def welcome_of(window: MainWindow) -> Welcome | None:
    return next((each for each in window.findChildren(Welcome) if each.isVisible()), None)


@pytest.fixture
def press(window: MainWindow) -> Callable[[str], None]:
    """Open the welcome by its menu, and click one of its buttons."""

    def click(name: str) -> None:
        window.help.welcome()
        welcome = welcome_of(window)
        assert welcome is not None
        button = welcome.findChild(QAbstractButton, name)
        assert isinstance(button, QAbstractButton)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    return click


def test_it_comes_once_and_after_the_window(window: MainWindow, qtbot: QtBot) -> None:
    assert not settings.WELCOMED.kept()
    window.welcome_once()
    assert welcome_of(window) is None  # the window is painted first
    qtbot.waitUntil(lambda: welcome_of(window) is not None)
    assert settings.WELCOMED.kept()
    shown = welcome_of(window)
    assert shown is not None
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: welcome_of(window) is None)
    assert window.documents.name == "xor-2-3-1"
    window.welcome_once()
    qtbot.wait(600)
    assert welcome_of(window) is None


def test_it_does_not_cover_the_offer_of_what_was_left(window: MainWindow, qtbot: QtBot) -> None:
    window.banner.say("Backpass ended without saving x.", ("Recover", lambda: None), stays=True)
    window.welcome_once()
    qtbot.wait(600)
    assert welcome_of(window) is None
    assert not settings.WELCOMED.kept()  # the next start has it


@pytest.mark.parametrize(
    ("way", "name"), [("wayStepping", "one-neuron"), ("wayTraining", "xor-2-3-1")]
)
def test_a_way_in_opens_its_example(
    window: MainWindow, press: Callable[[str], None], way: str, name: str
) -> None:
    press(way)
    assert window.documents.name == name and welcome_of(window) is None


def test_ones_own_is_the_dialog_of_new(
    window: MainWindow, press: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QDialog] = []
    monkeypatch.setattr(NewDialog, "exec", lambda dialog: opened.append(dialog))
    press("wayOwn")
    assert len(opened) == 1 and window.documents.name == "xor-2-3-1"


@pytest.mark.parametrize("lesson", lesson_names())
def test_each_lesson_is_there_and_begins(
    window: MainWindow, press: Callable[[str], None], lesson: str
) -> None:
    press(f"welcome/{lesson}")
    assert window.lessons.strip.isVisible()


@pytest.mark.parametrize(("width", "height"), [(960, 540), (1024, 600), (1440, 900)])
@pytest.mark.parametrize("percent", [100, 200])
def test_it_fits_the_window_and_everything_can_be_scrolled_to(
    window: MainWindow, width: int, height: int, percent: int
) -> None:
    window.use_text_size(percent)
    window.resize(width, height)
    window.help.welcome()
    welcome = welcome_of(window)
    assert welcome is not None
    assert welcome.width() <= window.width() and welcome.height() <= window.height()
    QApplication.processEvents()
    for button in welcome.findChildren(QPushButton):
        ground = button.parentWidget()
        assert ground is not None and ground.rect().contains(button.geometry()), button.text()
        assert button.width() >= button.minimumSizeHint().width()
    window.use_text_size(100)
