"""LossDots: the final losses of many runs as dots, the least at the left."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from msgspec import Struct
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from engine.text.numbers import format_number
from gui import theme
from gui.widgets.plain_text import show_tip

_HEIGHT = 120
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 8.0, 10.0, 22.0
_RADIUS = 3.0
_REACH = 12.0  # pixels from a dot within which the mouse means it
_LOGARITHMIC = 50.0  # from this ratio of the largest loss to the least on
_LEAST = 1e-12  # a loss of nothing stands here on a logarithmic axis


class Dot(Struct, frozen=True):
    """A run: its seed, final loss, whether it learnt, and what is to be said of it."""

    seed: int
    loss: float
    learnt: bool
    words: str


class LossDots(QWidget):
    """A dot per run: full if it has learnt, a ring if not. `seed_chosen` comes from a click
    on a dot, or from Enter on the one that the arrow keys went to."""

    seed_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lossDots")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Final losses of the seeds, sorted")
        self.dots: tuple[Dot, ...] = ()
        self._current: int | None = None
        self.restyle()

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self.setFixedHeight(theme.px(_HEIGHT))
        self.update()

    def show_dots(self, dots: Sequence[Dot]) -> None:
        """Show runs, sorted by their losses."""
        self.dots = tuple(sorted(dots, key=lambda dot: (dot.loss, dot.seed)))
        self._current = None
        self.update()

    @property
    def _area(self) -> QRectF:
        """Where dots are drawn: text stands left of it and below it."""
        room = QRectF(self.rect())
        return room.adjusted(theme.px(_LEFT), _TOP, -_RIGHT, -theme.px(_BOTTOM))

    def place(self, index: int) -> QPointF:
        """Where a dot is drawn, in pixels of the widget."""
        area = self._area
        x = area.left() + area.width() * (index + 0.5) / len(self.dots)
        low, high = self._height(self.dots[0].loss), self._height(self.dots[-1].loss)
        share = 0.0 if high == low else (self._height(self.dots[index].loss) - low) / (high - low)
        return QPointF(x, area.top() + (1.0 - share) * area.height())

    @property
    def _is_logarithmic(self) -> bool:
        least = max(self.dots[0].loss, _LEAST)
        return self.dots[-1].loss / least >= _LOGARITHMIC

    def _height(self, loss: float) -> float:
        return log10(max(loss, _LEAST)) if self._is_logarithmic else loss

    def _near(self, position: QPointF) -> int | None:
        """The dot at a place, if there is one."""
        found, nearest = None, _REACH
        for index in range(len(self.dots)):
            away = self.place(index) - position
            distance = (away.x() ** 2 + away.y() ** 2) ** 0.5
            if distance < nearest:
                found, nearest = index, distance
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.dots:
            return
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self._area.adjusted(0, -4, 0, 6)
        painter.setPen(colours.colour("border"))
        painter.drawLine(frame.topLeft(), frame.bottomLeft())
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        self._write(painter)
        for index, dot in enumerate(self.dots):
            colour = colours.colour("positive" if dot.learnt else "negative")
            painter.setPen(colour)
            painter.setBrush(colour if dot.learnt else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.place(index), _RADIUS, _RADIUS)
        if self._current is not None:
            painter.setPen(colours.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.place(self._current), 2 * _RADIUS, 2 * _RADIUS)

    def _write(self, painter: QPainter) -> None:
        """The least loss and the largest at the left, and what the axes are."""
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(theme.current().colour("secondary"))
        area, line = self._area, painter.fontMetrics().height()
        end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        losses = {self.dots[0].loss: self.place(0).y()}
        losses[self.dots[-1].loss] = self.place(len(self.dots) - 1).y()
        for loss, y in losses.items():
            room = QRectF(0.0, y - line / 2, area.left() - 6.0, line)
            painter.drawText(room, end, format_number(loss, 2))
        below = QRectF(area.left(), self.height() - line, area.width(), line)
        scale = ", log scale" if self._is_logarithmic else ""
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, f"sorted by loss{scale}")

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._near(QPointF(event.pos()))
            if index is None:
                QToolTip.hideText()
            else:
                show_tip(event.globalPos(), self.dots[index].words, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_to(self._near(event.position()))
        meant = self._current is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if meant else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        self._go_to(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._near(event.position())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self.seed_chosen.emit(self.dots[index].seed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if self.dots and event.key() in moves:
            at = -1 if self._current is None else self._current
            index = min(max(at + moves[Qt.Key(event.key())], 0), len(self.dots) - 1)
            self._go_to(index)
            show_tip(
                self.mapToGlobal(self.place(index).toPoint()), self.dots[index].words, self
            )
        elif self._current is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.seed_chosen.emit(self.dots[self._current].seed)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._go_to(None)

    def _go_to(self, index: int | None) -> None:
        if index != self._current:
            self._current = index
            self.update()
