"""ToolCard: the box a tool panel stands in, with its title and a way to close it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from gui.widgets.buttons import Button
from gui.widgets.card import Card


class ToolCard(Card):
    """A card around one panel. `closed` comes from its button, and from Escape where the focus is
    anywhere inside and nothing there makes use of that key."""

    closed = Signal()

    def __init__(self, title: str, panel: Any, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.title.setWordWrap(True)  # a long one takes two lines in a narrow window
        self.head.setStretch(0, 1)
        self.panel = panel
        self.close_button = Button(
            "✕", "closeTool", f"Close {title.lower()} (Esc)", self.closed, link=True
        )
        self.close_button.setAccessibleName(f"Close {title.lower()}")
        self.corner.addWidget(self.close_button)
        self.body.addWidget(panel, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
