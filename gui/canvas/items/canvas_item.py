"""CanvasItem: an item of the scene that keeps its bounds, and is painted by one method."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget


class CanvasItem(QGraphicsItem):
    """An item at a height above the plane (higher ones cover lower ones); `draw` is its own."""

    def __init__(self, height: float = 0.0) -> None:
        super().__init__()
        self._bounds = QRectF()
        self.setZValue(height)

    def set_bounds(self, bounds: QRectF) -> None:
        """Say where it paints, before it does so."""
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    def draw(self, painter: QPainter) -> None:
        """Paint it, within its bounds."""
        raise NotImplementedError

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        self.draw(painter)


def around(lines: Iterable[QLineF]) -> QRectF:
    """A rectangle around some lines; a null one around none."""
    bounds = QRectF()
    for line in lines:
        bounds |= QRectF(line.p1(), line.p2()).normalized().adjusted(-1, -1, 1, 1)
    return bounds
