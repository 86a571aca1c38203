"""ClassLegend: which colour of the class map stands for which class."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from engine.run.classes import Classes
from engine.text.numbers import format_number
from gui import theme
from gui.plots.class_answers import UNCLASSED
from gui.plots.colours import SHADES, class_table
from gui.plots.hatching import hatched
from gui.plots.spot_looks import UNCLASSED_COLOUR
from gui.widgets.plain_text import set_tip

_SWATCH = 20
_GAP = 5
_BETWEEN = 10  # from one column to the next
_LONGEST_NAME = 100
_WRONG = "wrong"  # what a ring means


class ClassLegend(QWidget):
    """A colour from pale to deep and a name for each class, how samples of no class look where
    there are any, and what a ring means: in columns beside the surface, in rows below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classLegend")
        self.names: tuple[str, ...] = ()
        self._classes: Classes | None = None
        self._has_unclassed = False
        self._widest = (0, 0)  # of the names, at a size of text
        self._room = QSize()
        self._upright = False
        self._inset = 0

    @property
    def entries(self) -> tuple[str, ...]:
        """All that it names, in the order in which it does."""
        return (*self.names, *((UNCLASSED,) if self._has_unclassed else ()), _WRONG)

    def show_classes(self, classes: Classes, has_unclassed: bool = False) -> None:
        """Show the colours of these classes, and whether there are samples of none."""
        if classes is self._classes and has_unclassed == self._has_unclassed:
            return
        self._classes, self.names, self._widest = classes, classes.names, (0, 0)
        self._has_unclassed = has_unclassed
        ends = [format_number(value, 2) for value in (classes.floor, classes.high)]
        says = f"The deeper, the surer: from {ends[0]} to {ends[1]}"
        self.setAccessibleName(f"Classes by colour: {', '.join(self.names)}")
        none = " A grey square is a sample whose targets name no class." if has_unclassed else ""
        self.setAccessibleDescription(f"{says}. A ring is around samples that are {_WRONG}.{none}")
        set_tip(self, f"{says}. A ring: the network gives the sample another class.{none}")
        self.update()

    def set_room(self, room: QSize) -> None:
        """How much room there is for surface and legend."""
        self._room = room

    def set_upright(self, upright: bool) -> None:
        """Stand beside the surface rather than lie below it."""
        self._upright = upright
        self.update()

    def set_inset(self, pixels: int) -> None:
        """Leave so many pixels free on the left where it lies."""
        self._inset = pixels
        self.update()

    def size_of(self, upright: bool) -> QSize:
        """How large it is, standing or lying: names are shortened where it would take more than
        about half of the room."""
        columns, rows, width = self._grid(upright)
        return QSize(columns * width - _BETWEEN, rows * self._row_height())

    def sizeHint(self) -> QSize:
        return self.size_of(self._upright)

    def minimumSizeHint(self) -> QSize:
        return QSize(1, 1)

    def _grid(self, upright: bool) -> tuple[int, int, int]:
        """Columns, rows, and pixels from one column to the next."""
        count, height = len(self.entries), self._row_height()
        width = self._column_width()
        if upright:
            rows = min(count, max(1, self._room.height() // height))
            columns, room = -(-count // rows), self._room.width() // 2
        else:
            room = self._room.width() - self._inset + _BETWEEN
            most_rows = max(1, self._room.height() * 45 // 100 // height)
            columns = max(min(count, room // width), -(-count // most_rows))
        rows = -(-count // columns)
        columns = -(-count // rows)
        return columns, rows, max(_SWATCH + _GAP, min(width, room // columns))

    def _row_height(self) -> int:
        return QFontMetrics(theme.font(theme.SMALL)).height() + 2

    def _column_width(self) -> int:
        if self._widest[0] != theme.percent():
            metrics = QFontMetrics(theme.font(theme.SMALL))
            widest = max(map(metrics.horizontalAdvance, self.entries))
            self._widest = theme.percent(), widest
        return _SWATCH + _GAP + min(self._widest[1] + 1, theme.px(_LONGEST_NAME)) + _BETWEEN

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font(theme.SMALL))
        metrics, height = QFontMetrics(painter.font()), self._row_height()
        columns, rows, width = self._grid(self._upright)
        left = 0 if self._upright else self._inset
        for number, name in enumerate(self.entries):
            if self._upright:
                column, row = divmod(number, rows)
            else:
                row, column = divmod(number, columns)
            x, y = left + column * width, row * height
            swatch = QRectF(x, y + (height - 10) // 2, _SWATCH, 10)
            if number < len(self.names):
                _paint_swatch(painter, number, swatch)
            elif name == UNCLASSED:
                _paint_square(painter, swatch.center())
            else:
                _paint_ring(painter, swatch.center())
            room = width - _SWATCH - _GAP - _BETWEEN
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.setPen(theme.current().colour("secondary"))
            place = QRectF(swatch.right() + _GAP, y, room + 1, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)


def _paint_swatch(painter: QPainter, number: int, place: QRectF) -> None:
    place = place.adjusted(0, 0, -1, -1)
    shades = class_table()[number * SHADES : (number + 1) * SHADES].tolist()
    gradient = QLinearGradient(place.topLeft(), place.topRight())
    gradient.setColorAt(0.0, QColor(*shades[0]))
    gradient.setColorAt(1.0, QColor(*shades[-1]))
    painter.fillRect(place, gradient)
    if theme.current().hatches:
        size = place.toRect().size()
        painter.drawImage(place, hatched(np.full((size.height(), size.width()), number)))
    painter.setPen(theme.current().colour("border"))
    painter.drawRect(place)


def _paint_square(painter: QPainter, middle: QPointF) -> None:
    square = QRectF(0.0, 0.0, 9.0, 9.0)
    square.moveCenter(middle)
    painter.fillRect(square, theme.current().colour(UNCLASSED_COLOUR))


def _paint_ring(painter: QPainter, middle: QPointF) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.current().colour("ink"), 1.5))
    painter.drawEllipse(middle, 5.0, 5.0)
    painter.restore()
