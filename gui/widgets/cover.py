"""Cover: what stands in a card whose content would give away what is to be predicted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.widgets.labels import SecondaryLabel

COVERED = "Hidden while you predict: it would show what you are asked for."


class Cover(SecondaryLabel):
    """A sentence in the middle of an otherwise empty card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(COVERED, "cover", parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
