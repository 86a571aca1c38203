"""Cover: what stands in a card whose content is not to be seen, or cannot be."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from gui.widgets.card import Card
from gui.widgets.labels import SecondaryLabel

COVERED = "Hidden while you predict: it would show what you are asked for."
_EDGE = 2  # pixels of a card's frame
FAILED = (
    "This could not be shown, since the program failed. It is tried again at the next change."
)


class Cover(SecondaryLabel):
    """A sentence in the middle of an otherwise empty card."""

    def __init__(self, parent: QWidget | None = None, sentence: str = COVERED) -> None:
        super().__init__(sentence, "cover", parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)


class FailureCover(Cover):
    """Lies over the content of a widget that is not to be trusted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, FAILED)
        self.setObjectName("failed")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._lie_over(widget)
        widget.installEventFilter(self)
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self._lie_over(watched)
        return False

    def _lie_over(self, widget: QWidget) -> None:
        """Leave the title and the edges of a card to be seen."""
        place = widget.rect()
        if isinstance(widget, Card):
            place.adjust(_EDGE, widget.title.geometry().bottom() + 1, -_EDGE, -_EDGE)
        self.setGeometry(place)
