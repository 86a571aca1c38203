"""What a gradient check says of each weight and bias, as small signs on the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gui import theme
from gui.canvas.items.canvas_item import CanvasItem, around
from gui.canvas.items.colours import mixed

_RADIUS = 8.5
_HALO = 9.0  # width of the mark along a wrong edge
_STRENGTH = 0.35


class Sign(NamedTuple):
    """A verdict ("right", "wrong", "kink") and where the middle of its sign is."""

    verdict: str
    middle: QPointF


def free_corner(label: QRectF, signs: Sequence[Sign]) -> QPointF:
    """Where a sign belongs at a label: at the first of its corners that no other sign is near."""
    around = label.adjusted(-4, 1, 4, -1)
    corners = (around.topRight(), around.topLeft(), around.bottomRight(), around.bottomLeft())
    return next((corner for corner in corners if is_free(corner, signs)), corners[0])


def is_free(middle: QPointF, signs: Sequence[Sign]) -> bool:
    """Whether a sign at a place would cover none of some others."""
    offsets = (sign.middle - middle for sign in signs)
    return all(max(abs(o.x()), abs(o.y())) >= 2 * _RADIUS for o in offsets)


class VerdictSigns(CanvasItem):
    """The signs, above everything."""

    def __init__(self) -> None:
        super().__init__(9.5)
        self.signs: list[Sign] = []

    def show_signs(self, signs: list[Sign]) -> None:
        """Show these, in the plane of the scene."""
        if signs == self.signs:
            return
        self.signs = signs
        bounds = QRectF()
        for sign in signs:
            x, y = sign.middle.toTuple()
            bounds |= QRectF(x - _RADIUS, y - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)
        self.set_bounds(bounds.adjusted(-2, -2, 2, 2))
        self.update()

    def draw(self, painter: QPainter) -> None:
        colours = theme.current()
        for verdict, middle in self.signs:
            ink = colours.colour("error" if verdict == "wrong" else "secondary")
            painter.setPen(QPen(ink, 1.4 if verdict == "wrong" else 1.0))
            painter.setBrush(colours.colour("card"))
            painter.drawEllipse(middle, _RADIUS, _RADIUS)
            pen = QPen(ink, 2.0 if verdict == "wrong" else 1.6)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for stroke in _STROKES[verdict]:
                painter.drawPolyline([middle + QPointF(x, y) for x, y in stroke])


_STROKES = {
    "right": [[(-3.6, 0.4), (-1.2, 3.0), (3.8, -3.2)]],
    "wrong": [[(-3.0, -3.0), (3.0, 3.0)], [(-3.0, 3.0), (3.0, -3.0)]],
    "kink": [[(-4.2, 1.2), (-2.2, -1.4), (0.0, 0.0), (2.2, 1.4), (4.2, -1.2)]],
}


class WrongEdges(CanvasItem):
    """A halo along the edges whose gradient is wrong, beneath them."""

    def __init__(self) -> None:
        super().__init__(-0.5)
        self.lines: list[QLineF] = []

    def show_lines(self, lines: list[QLineF]) -> None:
        """Show these, in the plane of the scene."""
        if lines == self.lines:
            return
        self.lines = lines
        self.set_bounds(around(lines).adjusted(-_HALO, -_HALO, _HALO, _HALO))
        self.update()

    def draw(self, painter: QPainter) -> None:
        pen = QPen(mixed(theme.current().colour("error"), _STRENGTH), _HALO)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLines(self.lines)
