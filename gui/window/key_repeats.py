"""Keys held down: a repeated press waits until what the last one did has been painted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class KeyRepeats(QObject):
    """Tells shortcuts of a window when a repeat comes too early, so that none ever queue up.

    A window hears of each key by ShortcutOverride, before its shortcuts do, and is asked to
    repaint by UpdateRequest, which it carries out at once.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._repeating = False
        self._unpainted = False
        window.installEventFilter(self)

    def too_early(self) -> bool:
        """Whether the key at hand only repeats, with the last press still unpainted; if it does
        not, it now is the press to be painted."""
        if self._repeating and self._unpainted:
            return True
        self._unpainted = True
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            self._unpainted = False
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self._repeating = event.isAutoRepeat()
        return False
