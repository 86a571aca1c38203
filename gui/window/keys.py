"""Keys of the window: text where text is typed, and held down no faster than can be shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QWidget


class WindowKeys(QObject):
    """Tells which presses of a key the window follows: none while text is typed, and of a key held
    down no more than can be shown, so that none ever queue up.

    A window hears of each key by ShortcutOverride, before its shortcuts do, and is asked to
    repaint by UpdateRequest, which it carries out at once.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._repeating = False
        self._unpainted = False
        window.installEventFilter(self)

    def take(self) -> bool:
        """Whether to follow the press at hand, which then is the one to be painted: not while text
        is typed, and not if it only repeats one that is still unpainted."""
        if _typing() or (self._repeating and self._unpainted):
            return False
        self._unpainted = True
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            self._unpainted = False
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self._repeating = event.isAutoRepeat()
        return False


def _typing() -> bool:
    """Whether the keys belong to a text field at the moment."""
    focus = QApplication.focusWidget()
    if isinstance(focus, QAbstractSpinBox):
        return True
    return isinstance(focus, QLineEdit | QPlainTextEdit) and not focus.isReadOnly()
