"""Blackout: a black screen in the middle of a presentation, until a key is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget


class Blackout(QWidget):
    """Lies over a window and takes every key and click: the first one takes it away, and does
    nothing else."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("blackout")
        self.setAccessibleName("The screen is black. Any key shows it again.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.hide()
        self._window = window
        self._focus: QWidget | None = None
        window.installEventFilter(self)

    def begin(self) -> None:
        """Black the window."""
        self._focus = QApplication.focusWidget()
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def end(self) -> None:
        """Show the window again; the focus is where it was."""
        if self.isVisible():
            if self._focus is not None:
                self._focus.setFocus()  # before Qt passes it on, as if by Tab
            self.hide()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the keys of the window are this widget's
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.end()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), Qt.GlobalColor.black)
