"""Where the keys are is seen at each stop of Tab, in the window, its tools and its dialogs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.documents.new_dialog import NewDialog
from gui.learn.tool_host import ToolRow
from gui.learn.tools import MENU
from gui.window.main_window import MainWindow
from gui.window.preferences import PreferencesDialog
from tests.gui.conftest import mazur_spec, on_screen
from tests.gui.window.conftest import Driver

Key = Qt.Key
TITLES = [row.title for row in MENU if isinstance(row, ToolRow)]
AROUND = 5  # pixels


def picture_of(widget: QWidget) -> QImage:
    place = QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
    return widget.window().grab(place.adjusted(-AROUND, -AROUND, AROUND, AROUND)).toImage()


def stops_unseen(first: QWidget) -> list[str]:
    """The stops of Tab, once around, that look the same with and without the focus."""
    unseen, passed = [], []
    here = first
    while here not in passed and len(passed) < 100:
        passed.append(here)
        before = picture_of(here)
        for _ in range(200):  # a network, or a table, has many stops of its own
            QTest.keyClick(here, Key.Key_Tab)
            following = QApplication.focusWidget()
            assert following is not None
            if following is not here:
                break
        if picture_of(here) == before:
            unseen.append(f"{type(here).__name__} {here.objectName()} {here.accessibleName()}")
        here = following
    assert len(passed) > 2
    return unseen


@pytest.fixture(params=list(theme.THEMES))
def themed(request: pytest.FixtureRequest, xor: Driver) -> MainWindow:
    xor.window.use_theme(request.param)
    xor.window.session.advance(2, 22)
    QTest.qWait(50)
    return xor.window


def begin(window: MainWindow) -> QWidget:
    """Go by Tab to where the round begins."""
    window.canvas.setFocus()
    for _ in range(200):
        QTest.keyClick(QApplication.focusWidget() or window, Key.Key_Tab)
        here = QApplication.focusWidget()
        if here is not None and here is not window.canvas.view:
            return here
    raise AssertionError("Tab never leaves the network")


def test_every_stop_of_the_window_is_seen(themed: MainWindow) -> None:
    assert stops_unseen(begin(themed)) == []


@pytest.mark.parametrize("title", TITLES)
def test_every_stop_of_a_tool_is_seen(xor: Driver, title: str) -> None:
    xor.window.tools.open(title)
    QTest.qWait(100)
    assert stops_unseen(begin(xor.window)) == []


@pytest.fixture(params=list(theme.THEMES))
def dressed(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    """In each theme; what comes after has the light one, whatever becomes of the test."""
    theme.apply(qapp, request.param)
    yield
    theme.apply(qapp, "light")


@pytest.mark.parametrize(
    "make", [NewDialog, lambda: PreferencesDialog(2**28, mazur_spec()[1])]
)
def test_every_stop_of_a_dialog_is_seen(
    qtbot: QtBot, make: Callable[[], QDialog], dressed: None
) -> None:
    dialog = on_screen(qtbot, make(), 500, 300)
    first = dialog.findChild(QDialogButtonBox).buttons()[0]
    first.setFocus(Qt.FocusReason.TabFocusReason)
    assert stops_unseen(first) == []
