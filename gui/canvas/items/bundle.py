"""The edges into a layer that are too many to draw: one band, and the few that matter."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from engine.text.numbers import format_count
from gui import theme
from gui.canvas.items.canvas_item import CanvasItem
from gui.canvas.items.text import Text, centred, paint_texts, width
from gui.canvas.placing.labels import Floats

_INSET = 3.0  # pixels between the words and the layers


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

    def _texts(self) -> list[Text]:
        """How many weights there are, as far as that fits between the layers."""
        room, middle = self._band.boundingRect().width() - 2 * _INSET, self._bounds.center()
        fitting = [words for words in self._words if width(words, theme.SMALL) <= room]
        if self._words[0] not in fitting:
            return []
        offsets = (-8.0, 8.0) if len(fitting) > 1 else (0.0,)
        return [
            centred(words, middle.x(), middle.y() + offset, theme.SMALL, False, "secondary")
            for words, offset in zip(fitting, offsets, strict=True)
        ]

    def draw(self, painter: QPainter) -> None:
        colours = theme.current()
        fill = colours.colour("secondary")
        fill.setAlphaF(0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(self._band)
        paint_texts(painter, self._texts())
        if self._current is not None:
            painter.setPen(QPen(colours.colour("accent"), 4.0))
            x1, y1, x2, y2 = self._current.tolist()
            painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))
