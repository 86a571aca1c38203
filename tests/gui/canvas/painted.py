"""What a canvas paints: every text and every box around texts, caught on its way to the screen."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPainterPath, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from gui.canvas.items.folded import FoldedLayer
from gui.canvas.items.node import NodeItem
from gui.canvas.items.pills import PillLayer
from gui.canvas.scene import NetworkScene
from gui.canvas.spots import Spot


class Written(NamedTuple):
    """A text in the scene: its words, its rectangle, the size of its type, and of which item."""

    words: str
    place: QRectF
    pixels: int
    item: QGraphicsItem


class Box(NamedTuple):
    """A label or the body of a node in the scene."""

    place: QRectF
    item: QGraphicsItem
    is_round: bool = False


class Recorder(QPainter):
    """Paints, and keeps what is asked of it."""

    def __init__(self, device: QImage) -> None:
        super().__init__(device)
        self.item: QGraphicsItem | None = None
        self.texts: list[Written] = []
        self.boxes: list[Box] = []
        self.crossed: set[tuple[int, int]] = set()

    def drawLine(self, *arguments: Any) -> None:
        super().drawLine(*arguments)
        if len(arguments) == 2 and isinstance(self.item, NodeItem):
            way = arguments[1] - arguments[0]
            if way.x() and way.y():
                self.crossed.add((self.item.layer, self.item.unit))

    def drawStaticText(self, point: QPointF, text: QStaticText) -> None:  # type: ignore[override]
        font = self.font()
        metrics = QFontMetricsF(font)
        wide, high = metrics.horizontalAdvance(text.text()), text.size().height()
        # The letters themselves: a line has a little air above and below them.
        place = QRectF(point.x(), point.y() + 0.1 * high, wide, 0.8 * high)
        self._keep(text.text(), place, font.pixelSize())
        super().drawStaticText(point, text)

    def drawRoundedRect(self, *arguments: Any) -> None:
        super().drawRoundedRect(*arguments)
        if isinstance(arguments[0], QRectF) and isinstance(self.item, PillLayer | NodeItem):
            self.boxes.append(Box(self._mapped(arguments[0]), self.item))

    def drawEllipse(self, *arguments: Any) -> None:
        super().drawEllipse(*arguments)
        if isinstance(arguments[0], QRectF) and isinstance(self.item, NodeItem):
            self.boxes.append(Box(self._mapped(arguments[0]), self.item, is_round=True))

    def drawPath(self, path: QPainterPath) -> None:
        super().drawPath(path)
        if isinstance(self.item, PillLayer):
            for polygon in path.toSubpathPolygons():
                self.boxes.append(Box(self._mapped(polygon.boundingRect()), self.item))

    def drawText(self, *arguments: Any) -> None:
        raise AssertionError(f"{arguments} is not painted as the texts of the canvas are.")

    def _mapped(self, place: QRectF) -> QRectF:
        assert self.item is not None
        return self.item.mapRectToScene(place)

    def _keep(self, words: str, place: QRectF, pixels: int) -> None:
        assert self.item is not None
        self.texts.append(Written(words, self._mapped(place), pixels, self.item))


class Painted:
    """All that is painted of a scene at one moment, in its coordinates."""

    def __init__(self, scene: NetworkScene) -> None:
        self.scene = scene
        image = QImage(1, 1, QImage.Format.Format_RGB32)
        painter = Recorder(image)
        for item in filter(QGraphicsItem.isVisible, scene.items()):
            option = QStyleOptionGraphicsItem()
            option.exposedRect = item.boundingRect()
            painter.item = item
            item.paint(painter, option, None)
        painter.end()
        self.texts, self.boxes = painter.texts, painter.boxes
        self.crossed = painter.crossed  # the nodes (layer, unit) with slanting lines through them
        self.labels = [box for box in self.boxes if isinstance(box.item, PillLayer)]

    def at_node(self, layer: int, unit: int) -> list[str]:
        """What is written in and around a node."""
        found = []
        for text in self.texts:
            item = text.item
            if isinstance(item, NodeItem) and (item.layer, item.unit) == (layer, unit):
                found.append(text.words)
        return found

    def on_labels(self) -> list[list[str]]:
        """What is written on each label, line by line."""
        return [self._on(box) for box in self.labels]

    def on_label(self, layer: int, unit: int, source: int) -> list[str]:
        """What is written on the label of a weight; nothing if it has none just now."""
        place = self.scene.place_of(Spot("weight", layer, unit, source))
        found = [box for box in self.labels if _is_same(box.place, place)]
        return self._on(found[0]) if found else []

    def on_folded(self, layer: int) -> list[str]:
        """What a folded layer says; nothing if it is drawn unit by unit."""
        return [
            text.words
            for text in self.texts
            if isinstance(text.item, FoldedLayer) and text.item.layer == layer
        ]

    def _on(self, box: Box) -> list[str]:
        inside = [t for t in self.texts if t.item is box.item and box.place.contains(t.place)]
        inside.sort(key=lambda text: (round(text.place.center().y()), text.place.left()))
        return [text.words for text in inside]

    def overlaps(self) -> list[tuple[str, str]]:
        """Texts that cover one another, and labels that cover each other or a text of others."""
        texts = [text.place.adjusted(0.5, 0.5, -0.5, -0.5) for text in self.texts]
        found = [
            (self.texts[a].words, self.texts[b].words) for a, b in _crossing(texts, texts) if a < b
        ]
        boxes = [box.place.adjusted(0.5, 0.5, -0.5, -0.5) for box in self.labels]
        found += [("a label", "another") for a, b in _crossing(boxes, boxes) if a < b]
        for a, b in _crossing(boxes, texts):
            if not self.labels[a].place.contains(texts[b]):
                found.append(("a label", self.texts[b].words))
        return found

    def clipped(self) -> list[str]:
        """Texts that reach out of their label, out of the node that they are in, or out of what
        can be scrolled to; and such that are too small to read in the fitted view."""
        view = self.scene.views()[0]
        scroll, scale = view.sceneRect(), view.transform().m11()
        found = [t.words for t in self.texts if not scroll.contains(t.place)]
        found += [t.words for t in self.texts if t.pixels * scale < 11.99]
        for text in self.texts:
            middle = text.place.center()
            around = [b for b in self.boxes if b.item is text.item and b.place.contains(middle)]
            if isinstance(text.item, PillLayer) and not around:
                found.append(text.words)
            found += [text.words for box in around if not _holds(box, text.place)]
        return found


def node_words(scene: NetworkScene, layer: int, unit: int) -> list[str]:
    """Everything that is written in and around a unit."""
    return Painted(scene).at_node(layer, unit)


def pill_words(scene: NetworkScene, layer: int, unit: int, source: int) -> list[str]:
    """What the label of a weight says; nothing if it has none just now."""
    return Painted(scene).on_label(layer, unit, source)


def folded_words(scene: NetworkScene, layer: int) -> list[str]:
    """What a folded layer says; nothing if it is drawn unit by unit."""
    return Painted(scene).on_folded(layer)


def _is_same(one: QRectF, other: QRectF) -> bool:
    apart = one.topLeft() - other.topLeft(), one.bottomRight() - other.bottomRight()
    return all(abs(each.x()) + abs(each.y()) < 0.5 for each in apart)


def _holds(box: Box, place: QRectF) -> bool:
    if not box.is_round:
        return box.place.contains(place)
    middle, radius = box.place.center(), box.place.width() / 2 + 0.5
    corners = (place.topLeft(), place.topRight(), place.bottomLeft(), place.bottomRight())
    return all((c - middle).x() ** 2 + (c - middle).y() ** 2 <= radius**2 for c in corners)


def _crossing(some: list[QRectF], others: list[QRectF]) -> list[tuple[int, int]]:
    """The pairs of rectangles that have a part in common."""
    if not some or not others:
        return []
    one = np.array([(r.left(), r.top(), r.right(), r.bottom()) for r in some])[:, None, :]
    two = np.array([(r.left(), r.top(), r.right(), r.bottom()) for r in others])[None, :, :]
    apart = (one[..., 0] >= two[..., 2]) | (one[..., 2] <= two[..., 0])
    apart |= (one[..., 1] >= two[..., 3]) | (one[..., 3] <= two[..., 1])
    return [(int(a), int(b)) for a, b in np.argwhere(~apart)]
