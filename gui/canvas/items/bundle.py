"""The edges into a layer that are too many to draw: one band, and the few that matter."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from engine.text.numbers import format_count
from gui import theme
from gui.canvas.items.canvas_item import CanvasItem
from gui.canvas.items.text import centred, paint_texts, width
from gui.canvas.placing.labels import Floats


class EdgeBundle(CanvasItem):
    """A band between two layers that says how many weights it stands for."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._words = (format_count(count), "weights")
        self._band = QPolygonF()
        self._current: Floats | None = None

    def set_ends(self, sources: Floats, units: Floats) -> None:
        """Place the band between points (n_in, 2) and (n_out, 2)."""
        corners = [
            (sources[:, 0].max(), sources[:, 1].min()),
            (units[:, 0].min(), units[:, 1].min()),
            (units[:, 0].min(), units[:, 1].max()),
            (sources[:, 0].max(), sources[:, 1].max()),
        ]
        self._band = QPolygonF([QPointF(x, y) for x, y in corners])
        self.set_bounds(self._band.boundingRect().adjusted(-6, -12, 6, 12))
        self.update()

    def mark(self, current: Floats | None) -> None:
        """Draw one edge (x1, y1, x2, y2) as the current one."""
        if current is None and self._current is None:
            return
        self._current = current
        self.update()

    def draw(self, painter: QPainter) -> None:
        colours = theme.current()
        fill = colours.colour("secondary")
        fill.setAlphaF(0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(self._band)
        middle, pixels = self._bounds.center(), theme.SMALL
        if width(self._words[0], pixels) < self._bounds.width() - 8:
            texts = [
                centred(words, middle.x(), middle.y() + offset, pixels, False, "secondary")
                for words, offset in zip(self._words, (-8.0, 8.0), strict=True)
            ]
            paint_texts(painter, texts)
        if self._current is not None:
            painter.setPen(QPen(colours.colour("accent"), 4.0))
            x1, y1, x2, y2 = self._current.tolist()
            painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))
