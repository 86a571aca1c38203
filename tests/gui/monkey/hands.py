"""Hands: what a person does to a window with mouse and keyboard, and to the dialogs it opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from gui.window.main_window import MainWindow

Seen = TypeVar("Seen", bound=QWidget)

# What is typed into fields: numbers, large ones, nonsense, markup.
TEXTS = (
    "0", "1", "2", "3", "0.5", "-0.25", "−1,5", "1/3", "1e-9", "7", "12", "1e6", "-1e11", "1e13",
    "nan", "", "abc", "<b>h</b>", "0.1 0.2", "3, 2", "4", "1e-300", "2.5", "99999999",
)  # fmt: skip
# And into those for names: good ones, one that is taken, none, and what another would read as code.
NAMES = (
    "edge", "h1", "o", "x2", "", " ", "ŷ", "<b>h</b>", "]]>", "a&b", "\\input{x}", "w" * 60,
)  # fmt: skip
_GESTURES = 4  # in a dialog, at most, before it is answered
_LEFT = Qt.MouseButton.LeftButton


class Hands:
    """A window and the files around it. Dialogs are answered as they open: `failures` has what
    they said of a fault in the program."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window, self.folder = window, folder
        self.failures: list[str] = []
        self._random = Random(0)
        self._gestures: dict[int, int] = {}
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._be_ready)
        self._timer.start()
        self._is_ready = False
        QFileDialog.getOpenFileName = self._to_open  # type: ignore[method-assign, assignment]
        QFileDialog.getSaveFileName = self._to_save  # type: ignore[method-assign, assignment]

    def take_up(self, random: Random) -> None:
        """Draw from here on by another random: all that an action does follows from its own."""
        self._random = random
        self._gestures.clear()

    def put_down(self) -> None:
        """Leave the window alone."""
        self._timer.stop()

    # What is there

    def seen(self, kind: type[Seen], inside: QWidget | None = None) -> list[Seen]:
        """The widgets of a kind that can be used now, in an order that is always the same."""
        widgets: list[Seen] = (inside or self.window).findChildren(kind)
        return [each for each in widgets if each.isVisible() and each.isEnabled()]

    def any_of(self, choices: Sequence[Any]) -> Any:
        """One of some, or None."""
        return self._random.choice(choices) if choices else None

    def point_in(self, widget: QWidget) -> QPoint:
        """A point of a widget."""
        return QPoint(
            self._random.randrange(max(widget.width(), 1)),
            self._random.randrange(max(widget.height(), 1)),
        )

    # Mouse and keyboard

    def click(self, widget: QWidget, point: QPoint | None = None, double: bool = False) -> None:
        """Point at a widget and click."""
        point = widget.rect().center() if point is None else point
        QTest.mouseMove(widget, point)
        act = QTest.mouseDClick if double else QTest.mouseClick
        act(widget, _LEFT, Qt.KeyboardModifier.NoModifier, point)

    def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        """Press, move in three stretches, and let go."""
        QTest.mouseMove(widget, start)
        QTest.mousePress(widget, _LEFT, Qt.KeyboardModifier.NoModifier, start)
        for share in (0.3, 0.7, 1.0):
            QTest.mouseMove(widget, start + (end - start) * share)
        QTest.mouseRelease(widget, _LEFT, Qt.KeyboardModifier.NoModifier, end)

    def wheel(self, widget: QWidget, point: QPoint, notches: int, control: bool) -> None:
        """Turn the wheel over a widget."""
        modifiers = Qt.KeyboardModifier
        held = modifiers.ControlModifier if control else modifiers.NoModifier
        where = QPointF(point), QPointF(widget.mapToGlobal(point))
        event = QWheelEvent(
            *where, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, held,
            Qt.ScrollPhase.NoScrollPhase, False,
        )
        QApplication.sendEvent(widget, event)

    def ask_for_menu(self, widget: QWidget, point: QPoint) -> None:
        """Ask for the context menu at a point, and choose from it."""
        reason = QContextMenuEvent.Reason.Mouse
        event = QContextMenuEvent(reason, point, widget.mapToGlobal(point))
        QApplication.sendEvent(widget, event)
        self.choose_from_popup()

    def press(self, key: Qt.Key, *held: Qt.KeyboardModifier) -> None:
        """Press a key where the focus is."""
        modifiers = Qt.KeyboardModifier.NoModifier
        for each in held:
            modifiers |= each
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def type(self, text: str) -> None:
        """Type where the focus is."""
        widget = QApplication.focusWidget() or self.window
        for letter in text:
            if letter.isascii():
                QTest.keyClicks(widget, letter)
            else:  # QTest ends the process then
                pressed = QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier
                QApplication.sendEvent(widget, QKeyEvent(*pressed, letter))

    def fill_in(self, field: QWidget, text: str) -> None:
        """Replace what stands in a field."""
        field.setFocus()
        self.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.type(text or " ")

    # Menus

    def choose_from_menu(self, menu: QMenu) -> None:
        """Open a menu and choose an entry of it or of a menu in it."""
        menu.popup(self.window.mapToGlobal(QPoint(40, 40)))
        self.choose_from_popup()

    def choose_from_popup(self, words: str = "") -> None:
        """Choose from the menu that is open, if one is, what begins with these words; any list
        that is open is left."""
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            entries = [a for a in popup.actions() if a.isEnabled() and not a.isSeparator()]
            entries = [a for a in entries if a.text().startswith(words)]
            action: QAction | None = self.any_of(entries)
            below = None if action is None else action.menu()
            if isinstance(below, QMenu):
                popup.hide()
                self.choose_from_menu(below)
            elif action is not None and self._random.random() < 0.9:
                QTest.mouseClick(
                    popup, _LEFT, Qt.KeyboardModifier.NoModifier,
                    popup.actionGeometry(action).center(),
                )
        self.leave_popups()

    def leave_popups(self) -> None:
        """Close whatever popup is still open."""
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()

    # Dialogs

    def _to_open(self, *_: object, **__: object) -> tuple[str, str]:
        names = sorted(path.name for path in self.folder.iterdir())
        name = self.any_of(["", "missing.json", *names])
        return (str(self.folder / name) if name else "", "")

    def _to_save(self, *_: object, **__: object) -> tuple[str, str]:
        names = (
            "", "one", "two.backpass.json", "three.json", "no/folder", "x" * 300, "bad.json",
            "four.svg", "five.png", "six.tex",
        )  # fmt: skip
        name = self.any_of(names)
        return (str(self.folder / name) if name else "", "")

    def _be_ready(self) -> None:
        """Answer in a turn of its own: a timer is not heard again before its slot has ended, and
        an answer may open the next dialog."""
        waits = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if waits is not None and not self._is_ready:
            self._is_ready = True
            QTimer.singleShot(0, self._answer)

    def _answer(self) -> None:
        """Do one thing in the dialog that is open, or choose from a menu that waits for it."""
        self._is_ready = False
        if isinstance(QApplication.activePopupWidget(), QMenu):
            self.choose_from_popup()
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            return
        if isinstance(dialog, QMessageBox) and "the program failed" in dialog.text():
            self.failures.append(dialog.text())
        done = self._gestures[id(dialog)] = self._gestures.get(id(dialog), 0) + 1
        self.leave_popups()
        if isinstance(dialog, QMessageBox):
            self.click(self.any_of(dialog.buttons()))
        elif done > 3 * _GESTURES:
            dialog.reject()
        elif done > _GESTURES or self._random.random() < 0.2:
            answer = dialog.accept if self._random.random() < 0.7 else dialog.reject
            answer()
        else:
            self._do_something(dialog)
        if not isValid(dialog) or not dialog.isVisible():  # some are gone once they are answered
            self._gestures.pop(id(dialog), None)

    def _do_something(self, dialog: QDialog) -> None:
        kinds: tuple[type[QWidget], ...] = (
            QLineEdit, QPlainTextEdit, QComboBox, QAbstractButton,
        )  # fmt: skip
        widgets = [each for kind in kinds for each in self.seen(kind, dialog)]
        widget = self.any_of(widgets)
        if isinstance(widget, QLineEdit | QPlainTextEdit):
            self.fill_in(widget, self.any_of(TEXTS))
        elif isinstance(widget, QComboBox):
            widget.setFocus()
            QTest.keyClick(widget, self.any_of((Qt.Key.Key_Down, Qt.Key.Key_Up)))
        elif isinstance(widget, QAbstractButton):
            self.click(widget)


def leave(window: MainWindow, turns: Callable[[], None]) -> None:
    """End a window without a question."""
    window.close_quietly()
    window.hide()
    window.deleteLater()
    turns()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
