"""Keys of the window: text where text is typed, and held down no faster than can be shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QWidget

from gui.widgets.typed_text import TypedField


class WindowKeys(QObject):
    """Tells which presses of a key the window follows: none that are text where text is typed, and
    of a key held down no more than can be shown, so that none ever queue up.

    Keys that mean nothing in a field for a number, the page keys, and Space while nothing is typed
    there, leave the field: what was typed is taken first, or keeps the field open if it is wrong.

    A window hears of each key by ShortcutOverride, before its shortcuts do, and is asked to
    repaint by UpdateRequest, which it carries out at once.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._repeating = False
        self._unpainted = False
        window.installEventFilter(self)

    def take(self) -> bool:
        """Whether to follow the press at hand, which then is the one to be painted: not if it
        leads out of no field, and not if it only repeats one that is still unpainted."""
        if (self._repeating and self._unpainted) or not _is_free():
            return False
        self._unpainted = True
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            self._unpainted = False
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self._repeating = event.isAutoRepeat()
        return False


def _is_free() -> bool:
    """Whether the keys belong to no text field, or to none any more."""
    focus = QApplication.focusWidget()
    if isinstance(focus, TypedField):
        return focus.finish()
    if isinstance(focus, QAbstractSpinBox):
        return False
    return not isinstance(focus, QLineEdit | QPlainTextEdit) or focus.isReadOnly()
