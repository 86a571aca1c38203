"""InPlaceField: a number field that opens where the number stands, and closes when it is done."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.text.numbers import format_number
from gui import theme
from gui.canvas.spots import Spot
from gui.widgets.number_field import Check, NumberField

_SMALLEST = (104, 30)
_WIDEST = 220
_GAP = 3  # to what it stands beside
_PAD = 9  # beside the text, with the frame


class InPlaceField(NumberField):
    """Edits the number at one spot. Enter or leaving takes it, Escape does not; `closed` says
    that it is gone, and whether by a key (so that the keyboard goes on from there). Tab takes it
    too: `passed` asks for the next number (True) or the one before (False).

    `caption` is written in front of the number where the field covers its name."""

    closed = Signal(bool)
    passed = Signal(bool)

    def __init__(
        self,
        spot: Spot,
        value: float,
        name: str,
        caption: str,
        check: Check | None,
        parent: QWidget,
    ) -> None:
        super().__init__(value, check, parent)
        self._frame = parent
        self.spot = spot
        self._is_closed = False
        self.setObjectName("inPlaceField")
        self.setAccessibleName(name)
        self._caption = caption
        self._words = format_number(value, None)

    def open_at(self, place: QRect, beside: bool) -> None:
        """Show the field where `move_to` has it, with the whole text selected."""
        self.setFont(theme.font(theme.CANVAS))
        self.setTextMargins(self._caption_room(), 0, 0, 0)
        self.setAlignment(
            Qt.AlignmentFlag.AlignLeft if self._caption else Qt.AlignmentFlag.AlignCenter
        )
        self.move_to(place, beside)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _caption_room(self) -> int:
        """Pixels in front of the number."""
        words = self.fontMetrics().horizontalAdvance(self._caption)
        return words + theme.px(5) if self._caption else 0

    def move_to(self, place: QRect, beside: bool) -> None:
        """Stand over a rectangle of the parent, as far as that is inside of it, wide enough for
        all digits. What stands beside a node is covered to the right of where it begins, so that
        the node's own numbers stay in sight. With `beside` the rectangle is left free: the field
        stands above it, or below, of a bias below, or at a side: above a bias is its node."""
        digits = self.fontMetrics().horizontalAdvance(self._words)
        needed = min(theme.px(_WIDEST), self._caption_room() + digits + 2 * theme.px(_PAD))
        width = max(theme.px(_SMALLEST[0]), needed, place.width())
        height = max(theme.px(_SMALLEST[1]), 0 if beside else place.height())
        room = self._frame.rect()
        left = place.left() if self.spot.kind == "target" else place.center().x() - width // 2
        x = min(max(left, 0), max(0, room.width() - width))
        y = place.center().y() - height // 2
        if beside:
            above, below = place.top() - _GAP - height, place.bottom() + _GAP
            if self.spot.kind != "bias":
                y = above if above >= 0 else below
            elif below + height <= room.height():
                y = below
            else:
                left, right = place.left() - _GAP - width, place.right() + _GAP
                x = left if left >= 0 else min(right, room.width() - width)
        y = min(max(y, 0), max(0, room.height() - height))
        self.setGeometry(x, y, width, height)

    def begin_with(self, text: str) -> None:
        """Have a text typed in place of the number."""
        self.selectAll()
        self.insert(text)

    def finish(self) -> bool:
        """Take what was typed and close; False, and it stays beside its sentence, if that is
        refused."""
        self._commit()
        if self._problem:
            return False
        self.close_field(True)
        return True

    def drop(self) -> None:
        """Take the field away with what was typed: what it edited is gone."""
        self._touched = False
        self._refuse("")
        self.close_field(False)

    def close_field(self, by_key: bool) -> None:
        """Take the field away."""
        if self._is_closed:
            return
        self._is_closed = True
        self.clearFocus()  # a number that was typed is taken, as on any way out of the field
        self.closed.emit(by_key)
        self.hide()
        self.deleteLater()

    def focusNextPrevChild(self, forward: bool) -> bool:
        self._commit()
        if not self._problem:  # else it stays open beside its sentence
            self.passed.emit(forward)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.selectedText():
            # Selected from its end, so that a long number shows where it begins.
            self.setSelection(len(self.text()), -len(self.text()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._caption:
            painter = QPainter(self)
            painter.setPen(theme.current().colour("secondary"))
            area = self.rect().adjusted(theme.px(_PAD), 0, 0, 0)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._caption)
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)  # which finishes it at Enter
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.accept()
        if event.key() == Qt.Key.Key_Escape:
            self.close_field(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            # Not at once: whoever takes the focus is still being told of it.
            QTimer.singleShot(0, self, lambda: self.close_field(False))
