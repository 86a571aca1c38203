"""Cover: what stands in a card whose content would give away what is to be predicted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

COVERED = "Hidden while you predict: it would show what you are asked for."


class Cover(QLabel):
    """A sentence in the middle of an otherwise empty card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(COVERED, parent)
        self.setObjectName("cover")
        self.setProperty("secondary", True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
