"""InPlaceField: a number field that opens where the number stands, and closes when it is done."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from gui.canvas.spots import Spot
from gui.number_field import Check, NumberField

_SMALLEST = (104, 30)


class InPlaceField(NumberField):
    """Edits the number at one spot. Enter or leaving takes it, Escape does not; `closed` says
    that it is gone, and whether by a key (so that the keyboard goes on from there)."""

    closed = Signal(bool)

    def __init__(
        self, spot: Spot, value: float, name: str, check: Check | None, parent: QWidget
    ) -> None:
        super().__init__(value, check, parent)
        self._frame = parent
        self.spot = spot
        self._is_closed = False
        self.setObjectName("inPlaceField")
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def open_at(self, place: QRect) -> None:
        """Show the field over a rectangle of its parent, with the whole text selected."""
        self.move_to(place)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def move_to(self, place: QRect) -> None:
        """Stand over a rectangle of the parent, as far as that is inside of it."""
        width, height = max(_SMALLEST[0], place.width()), _SMALLEST[1]
        room = self._frame.rect()
        x = min(max(place.center().x() - width // 2, 0), max(0, room.width() - width))
        y = min(max(place.center().y() - height // 2, 0), max(0, room.height() - height))
        self.setGeometry(x, y, width, height)

    def close_field(self, by_key: bool) -> None:
        """Take the field away."""
        if self._is_closed:
            return
        self._is_closed = True
        self.clearFocus()  # a number that was typed is taken, as on any way out of the field
        self.closed.emit(by_key)
        self.hide()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        key = event.key()
        if key == Qt.Key.Key_Escape:
            event.accept()
            self.close_field(True)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            # A refused text stays open beside its sentence.
            if not self.property("wrong"):
                self.close_field(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            # Not at once: whoever takes the focus is still being told of it.
            QTimer.singleShot(0, self, lambda: self.close_field(False))
