"""PlainAxis: an axis of a plot with few round numbers, and its name beside them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from engine.text.numbers import format_number
from gui import theme
from gui.plots.ticks import Tick, linear_ticks, log_epoch_ticks, log_ticks

_TICK_ROW = 26  # pixels at 100 % from tick to tick up an axis
_GAP = 5
_ROOM = 18  # blank pixels between two numbers along an axis
_END_SHARE = 0.4  # of the axis that a name at the end of its row may take
# Pixels at 100 %: a name that is wider stands upright beside a left axis.
_LONGEST_LEVEL_NAME = 22


class PlainAxis(pg.AxisItem):
    """The left or bottom axis of a plot.

    A left axis is as wide as its numbers, with grid lines if asked for. The name of a bottom axis
    stands below its numbers, or at the end of their row.
    """

    def __init__(self, orientation: str, grid: bool = False, whole: bool = False) -> None:
        self._name = ""
        self._has_grid = grid
        self._whole = whole
        self.logarithmic = False
        self._name_at_end = False
        # Where ticks stand if not at round numbers.
        self._marks: tuple[float, ...] | None = None
        super().__init__(orientation, maxTickLength=0)
        self.enableAutoSIPrefix(False)
        if grid:
            self.setGrid(255)
        self._arrange()

    @property
    def _is_left(self) -> bool:
        return bool(self.orientation == "left")

    @property
    def name(self) -> str:
        """What the axis measures."""
        return self._name

    def set_name(self, name: str) -> None:
        """Name what the axis measures; empty for nothing."""
        if name != self._name:
            self._name = name
            self.restyle()

    def set_name_at_end(self, at_end: bool) -> None:
        """Whether the name of a bottom axis stands in the row of its numbers."""
        if at_end != self._name_at_end:
            self._name_at_end = at_end
            self.restyle()

    def set_marks(self, marks: tuple[float, ...] | None) -> None:
        """Put ticks at these values instead of at round numbers."""
        if marks != self._marks:
            self._marks = marks
            self.restyle()

    def restyle(self) -> None:
        """Be drawn anew, in the colours and the size of text in force."""
        self._arrange()
        self.picture = None  # which Qt keeps as long as the axis is as large as it was
        self.update()

    def setRange(self, low: float, high: float) -> None:
        super().setRange(low, high)
        self._arrange()

    def ticks(self) -> list[Tick]:
        """The ticks for the present range and size."""
        low, high = self.range
        if self._marks is not None:
            return [(mark, format_number(mark)) for mark in self._marks if low <= mark <= high]
        length = self.size().height() if self._is_left else self.size().width()
        if self._is_left:
            most = max(2, int(length / theme.px(_TICK_ROW)))
            make = log_ticks if self.logarithmic else linear_ticks
            ticks = make(low, high, most)
            if len(ticks) > 1:
                return ticks
            # A single number says nothing of how large the others are.
            closer = make(low, high, most + 1)
            return closer if self._keeps_apart(closer) else ticks
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        if self.logarithmic:
            return self._log_ticks(low, high, metrics)
        # As many as fit, told by the widest of those that would stand there.
        for most in (10, 8, 6, 5, 4, 3, 2):
            ticks = linear_ticks(low, high, most, self._whole)
            widest = max((metrics.horizontalAdvance(text) for _, text in ticks), default=0.0)
            if (widest + theme.px(_ROOM)) * len(ticks) <= length:
                break
        return ticks

    def _keeps_apart(self, ticks: list[Tick]) -> bool:
        """Whether the numbers of some ticks have room one above the other."""
        low, high = self.range
        height = QFontMetricsF(theme.font(theme.SMALL)).tightBoundingRect("0").height()
        pixels = self.size().height() / (high - low)
        return all(abs(b - a) * pixels >= 1.5 * height for (a, _), (b, _) in pairwise(ticks))

    def _log_ticks(self, low: float, high: float, metrics: QFontMetricsF) -> list[Tick]:
        """Those of a bottom axis: as many as keep apart from each other."""
        length = self.size().width()
        ticks: list[Tick] = []
        for ticks in log_epoch_ticks(low, high):
            middles = [(place - low) / (high - low) * length for place, _ in ticks]
            halves = [metrics.horizontalAdvance(text) / 2 for _, text in ticks]
            spans = list(zip(middles, halves, strict=True))
            if all(b - a >= c + d + _ROOM / 2 for (a, c), (b, d) in pairwise(spans)):
                break
        return ticks

    def _arrange(self) -> None:
        """Take the room that numbers and name need; before painting, so that nothing jumps."""
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        if self._is_left:
            widest = max((metrics.horizontalAdvance(text) for _, text in self.ticks()), default=0)
            name = self._name_width(metrics)
            width = widest + _GAP + (name + _GAP + 2 if name else 0)
            if width != self.fixedWidth:
                self.setWidth(width)
        else:
            rows = 2 if self._name and not self._name_at_end else 1
            height = rows * metrics.height() + _GAP
            if height != self.fixedHeight:
                self.setHeight(height)

    def _name_width(self, metrics: QFontMetricsF) -> float:
        if not self._name:
            return 0.0
        across = metrics.horizontalAdvance(self._name)
        return across if across <= theme.px(_LONGEST_LEVEL_NAME) else metrics.height()

    def generateDrawSpecs(self, painter: QPainter) -> Any:
        """Line, grid lines and texts, in the form that AxisItem draws."""
        painter.setFont(theme.font(theme.SMALL))
        bounds = self.mapRectFromParent(self.geometry())
        view = self.linkedView()
        if view is None or bounds.width() <= 0 or bounds.height() <= 0:
            return None
        box = view.mapRectToItem(self, view.boundingRect())
        metrics = QFontMetricsF(painter.font())
        if self._is_left:
            return self._left_specs(bounds, box, metrics)
        return self._bottom_specs(bounds, box, metrics)

    def _left_specs(self, bounds: QRectF, box: QRectF, metrics: QFontMetricsF) -> Any:
        low, high = self.range
        pen = QPen(theme.current().colour("border"))
        grid = QPen(theme.current().colour("grid"))
        lines, texts = [], []
        for value, text in self.ticks():
            y = box.bottom() - (value - low) / (high - low) * box.height()
            if self._has_grid:
                lines.append((grid, QPointF(box.left(), y), QPointF(box.right(), y)))
            width, height = metrics.horizontalAdvance(text), metrics.height()
            # Numbers at the very ends stay inside the plot's height.
            top = min(max(y - height / 2, bounds.top()), bounds.bottom() - height)
            rect = QRectF(bounds.right() - _GAP - width, top, width, height)
            texts.append((rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text))
        return (pen, bounds.topRight(), bounds.bottomRight()), lines, texts

    def _bottom_specs(self, bounds: QRectF, box: QRectF, metrics: QFontMetricsF) -> Any:
        low, high = self.range
        height = metrics.height()
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
        texts = []
        free = bounds.right()
        if self._name:
            room = bounds.width() * (_END_SHARE if self._name_at_end else 1.0)
            name = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, room)
            width = metrics.horizontalAdvance(name)
            left, top = bounds.center().x() - width / 2, bounds.top() + _GAP + height
            if self._name_at_end:
                left, top = bounds.right() - width, bounds.top() + _GAP
                free = left - theme.px(_ROOM) / 2
            texts.append((QRectF(left, top, width, height), flags, name))
        for value, text in self.ticks():
            x = box.left() + (value - low) / (high - low) * box.width()
            width = metrics.horizontalAdvance(text)
            left = min(max(x - width / 2, bounds.left()), bounds.right() - width)
            if left + width <= free:
                rect = QRectF(left, bounds.top() + _GAP, width, height)
                texts.append((rect, flags, text))
        line = (QPen(theme.current().colour("border")), box.bottomLeft(), box.bottomRight())
        return line, [], texts

    def textPen(self) -> QPen:
        """The pen of the numbers, asked of the theme each time: to set it would have the axis
        painted anew."""
        return QPen(theme.current().colour("secondary"))

    def drawPicture(self, painter: QPainter, axis: Any, lines: Any, texts: Any) -> None:
        """Draw the axis, and the name of a left one, which may have to stand upright."""
        painter.setFont(theme.font(theme.SMALL))
        super().drawPicture(painter, axis, lines, texts)
        if not (self._is_left and self._name):
            return
        bounds = self.mapRectFromParent(self.geometry())
        metrics = QFontMetricsF(painter.font())
        name_width = self._name_width(metrics)
        middle = QPointF(bounds.left() + name_width / 2, bounds.center().y())
        painter.setPen(theme.current().colour("secondary"))
        painter.save()
        painter.translate(middle)
        if metrics.horizontalAdvance(self._name) > theme.px(_LONGEST_LEVEL_NAME):
            painter.rotate(-90)
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, bounds.height())
        width, height = metrics.horizontalAdvance(name), metrics.height()
        painter.drawText(
            QRectF(-width / 2, -height / 2, width, height), Qt.AlignmentFlag.AlignCenter, name
        )
        painter.restore()
