"""A layer of many units as one summary: how many there are, and a strip with their activations."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from engine.maths.activations import Array
from engine.maths.network import Network
from engine.text.numbers import format_count
from gui import theme
from gui.canvas.items.canvas_item import CanvasItem
from gui.canvas.items.text import centred, paint_texts, shortened, width
from gui.canvas.placing.layout import picture_place
from gui.canvas.placing.shapes import FOLDED_HEAD, NodeShape, Size
from gui.widgets.signed_image import signed_image

_STRIP = 22.0  # half its width
_INSET = 5.0  # pixels kept free within the edge


class FoldedLayer(CanvasItem):
    """One column for a whole layer, its middle at 0, 0. The strip runs from the first unit at the
    top to the last at the bottom, coloured by activation; grey where nothing is shown yet. Inputs
    that form a picture are drawn as that instead."""

    def __init__(self, layer: int, name: str, count: int, picture: Size | None = None) -> None:
        super().__init__(2.0)
        self.layer = layer
        self._picture = picture
        self._count = format_count(count)
        self._words = [name, f"{self._count} {'units' if layer else 'inputs'}"]
        self._shape = NodeShape("folded", 50.0, 100.0)
        self._image: QImage | None = None
        self._is_ringed = False

    def show_values(self, shape: NodeShape, values: Array | None, is_ringed: bool) -> None:
        """Show activations of shape (units,), or None while they lie ahead of the cursor."""
        self._shape = shape
        w, h = shape.half_width + 4, shape.half_height + 4
        self.set_bounds(QRectF(-w, -h, 2 * w, 2 * h))
        self._is_ringed = is_ringed
        self._image = None
        if values is not None:
            largest = float(np.abs(values).max())
            shape_of = self._picture or (len(values), 1)
            self._image = signed_image(values.reshape(shape_of) / (largest or 1.0))
        self.update()

    @property
    def strip(self) -> QRectF:
        """Where the strip is, or the picture, in the item."""
        if self._picture is not None:
            return picture_place(self._shape, self._picture)
        h = self._shape.half_height
        half = min(_STRIP, self._shape.half_width - _INSET)
        return QRectF(-half, -h + FOLDED_HEAD, 2 * half, 2 * h - FOLDED_HEAD - 12)

    @property
    def drawn_words(self) -> tuple[str, str]:
        """Its name, and how many units it has, as far as there is room for both within it."""
        name, count = self._words
        room = 2 * (self._shape.half_width - _INSET)
        fits = width(count, theme.SMALL) <= room
        return shortened(name, room, 14, True), count if fits else self._count

    def contains_point(self, point: QPointF) -> bool:
        """Whether a point of the scene is on the column."""
        local = self.mapFromScene(point)
        shape = self._shape
        return abs(local.x()) <= shape.half_width and abs(local.y()) <= shape.half_height

    def draw(self, painter: QPainter) -> None:
        colours, w, h = theme.current(), self._shape.half_width, self._shape.half_height
        edge = "accent" if self._is_ringed else "secondary"
        painter.setPen(QPen(colours.colour(edge), 2.5 if self._is_ringed else 1.5))
        painter.setBrush(colours.colour("card"))
        painter.drawRoundedRect(QRectF(-w, -h, 2 * w, 2 * h), 12, 12)
        name, count = self.drawn_words
        paint_texts(
            painter,
            [
                centred(name, 0, -h + 15, 14, True, "ink"),
                centred(count, 0, -h + 33, theme.SMALL, False, "secondary"),
            ],
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.colour("sunken"))
        painter.drawRect(self.strip)
        if self._image is not None:
            painter.drawImage(self.strip, self._image)
        painter.setPen(QPen(colours.colour("border"), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.strip)


def layer_name(network: Network, layer: int) -> str:
    """What the units of a layer have in common in their names, or the first one's."""
    first = network.unit_name(layer, 0)
    return first.rstrip("0123456789").rstrip(".,_ ") or first
