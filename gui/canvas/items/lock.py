"""The sign of a parameter that is not trained: a small closed lock."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from gui import theme


def paint_locks(painter: QPainter, places: Iterable[QPointF]) -> None:
    """Paint locks, each with the middle of its left edge at a place."""
    places = list(places)
    if not places:
        return
    painter.setPen(QPen(theme.current().colour("secondary"), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place in places:
        painter.drawPath(_lock(place.x() + 4, place.y()))


def _lock(x: float, y: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(x - 4, y - 1, 8, 6), 1.2, 1.2)
    path.moveTo(x - 2.5, y - 1)
    path.lineTo(x - 2.5, y - 3)
    path.arcTo(QRectF(x - 2.5, y - 5.5, 5, 5), 180, -180)
    path.lineTo(x + 2.5, y - 1)
    return path
