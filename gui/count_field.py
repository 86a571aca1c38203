"""CountField: a box for a whole number, such as the units of a layer."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QSpinBox, QWidget


class CountField(QSpinBox):
    """`chosen` carries a number that a person confirmed (Enter, leaving the field, the arrow
    keys); `show_count` never emits. The wheel scrolls what is around it, unless it has the focus.
    """

    chosen = Signal(int)

    def __init__(
        self,
        name: str,
        accessible_name: str,
        lowest: int,
        highest: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setToolTip(f"{accessible_name}: {lowest} to {highest:,}")
        self.setRange(lowest, highest)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self.chosen)

    def show_count(self, count: int) -> None:
        """Show what is in force."""
        if count != self.value():
            with QSignalBlocker(self):
                self.setValue(count)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # After the click that brought the focus has set the text cursor.
        QTimer.singleShot(0, self, self.selectAll)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
