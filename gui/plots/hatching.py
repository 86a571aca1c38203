"""Hatching: a pattern for each class over its part of the surface, so that no colour is needed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui import theme

Grid = NDArray[np.intp]
_EVERY = 9  # pixels from one line to the next
_STRENGTH = 0.55  # of the ink
# Where the ink is of a class, by pixels across and down; the first has none.
_PATTERNS: tuple[Callable[[Grid, Grid], NDArray[np.bool_]], ...] = (
    lambda x, y: (x < 0) & (y < 0),
    lambda x, y: (x + y) % _EVERY == 0,
    lambda x, y: (x - y) % _EVERY == 0,
    lambda x, y: (y % _EVERY == 0) & (x >= 0),
    lambda x, y: (x % _EVERY == 0) & (y >= 0),
    lambda x, y: (x % _EVERY == 0) | (y % _EVERY == 0),
    lambda x, y: ((x + y) % _EVERY == 0) | ((x - y) % _EVERY == 0),
    lambda x, y: (x % (_EVERY - 2) < 2) & (y % (_EVERY - 2) < 2),
    lambda x, y: (x + y) % (_EVERY // 2) == 0,
    lambda x, y: (y % (_EVERY // 2) == 0) & (x >= 0),
)


def hatched(classes: Grid) -> QImage:
    """The patterns of an array of classes (rows, columns) from the top, a pixel each, on nothing;
    none below 0."""
    y, x = np.ogrid[: classes.shape[0], : classes.shape[1]]
    inked = np.zeros(classes.shape, dtype=bool)
    for number in np.unique(classes[classes >= 0]).tolist():
        inked |= (classes == number) & _PATTERNS[number](x, y)
    ink = theme.current().colour("ink")
    ink.setAlphaF(_STRENGTH)
    pixels = np.where(inked, np.uint32(ink.rgba()), np.uint32(0))
    rows, columns = pixels.shape
    shape = QImage.Format.Format_ARGB32
    # Qt would keep a view of the array; a copy outlives it.
    return QImage(pixels.data, columns, rows, 4 * columns, shape).copy()


class Hatching(pg.GraphicsObject):
    """The patterns of cells in a rectangle of a plot, as fine as the screen is."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: Grid = np.empty((0, 0), dtype=np.intp)
        self._rect = QRectF()

    def show(self, cells: Grid, rect: QRectF) -> None:
        """Show classes (rows, columns), the lowest row first, in a rectangle of the plot."""
        self.prepareGeometryChange()
        self._cells, self._rect = cells, rect
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self._cells.size:
            return
        place = painter.worldTransform().mapRect(self._rect)
        width, height = max(1, round(place.width())), max(1, round(place.height()))
        rows, columns = self._cells.shape
        down = np.arange(height)[::-1] * rows // height
        across = np.arange(width) * columns // width
        picture = hatched(self._cells[np.ix_(down, across)])
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.drawImage(place.topLeft(), picture)
        painter.restore()
