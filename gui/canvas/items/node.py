"""A node: circle, capsule or dot, with the numbers of its unit in it and around it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gui import theme
from gui.canvas.faces import NodeFace
from gui.canvas.items.canvas_item import CanvasItem
from gui.canvas.items.colours import mixed
from gui.canvas.items.lock import paint_locks
from gui.canvas.items.node_texts import NodeTexts, small_texts
from gui.canvas.items.text import paint_texts
from gui.canvas.items.whole_texts import called_out, whole_texts
from gui.canvas.marks import Marks
from gui.canvas.placing.shapes import NodeShape

_PAD = 4.0
_TINY = 3.0  # a half width, from which on nodes have an outline
# The outline of one that hardly reacts: in dashes, of a dead one in dots.
_DASHES = {"flat": [4.0, 2.5], "dead": [1.0, 2.5]}
_DIAGONAL = 0.707  # of a radius, to where a diagonal meets the circle
_CORNER = 0.93  # of the way to the corner of a capsule, which is rounded
_CLEAR = 0.25  # of that way, which lines through a unit leave out for its number
_DOT_MARGIN = 4.0  # around a dot that still hits it


class NodeItem(CanvasItem):
    """One unit. It paints its face; what a click on it means is decided elsewhere."""

    def __init__(self, layer: int, unit: int) -> None:
        super().__init__()
        self.layer, self.unit = layer, unit
        self.face = NodeFace("")
        self.marks = Marks()
        self._shape = self.node_shape = NodeShape("dot", 4.0, 4.0)
        self._spare = 0.0
        self._picture: QImage | None = None
        self._texts = NodeTexts()
        self.is_covered = False

    @property
    def is_called_out(self) -> bool:
        """Whether it is drawn large among nodes that are too small for their numbers."""
        return self.marks.called_out and not self._shape.is_whole

    def show_face(
        self, face: NodeFace, shape: NodeShape, marks: Marks, spare: float, picture: QImage | None
    ) -> None:
        """Show other numbers, another shape or other marks. `spare` are the pixels that are free
        above its lines; `picture` is the activation over the inputs, where that is shown instead of
        numbers."""
        before = self.face, self._shape, self.marks, self._spare
        if (face, shape, marks, spare) == before and picture is self._picture:
            return
        self.face, self.marks, self._spare, self._picture = face, marks, spare, picture
        self._shape = self.node_shape = shape
        if self.is_called_out:
            # Larger than its layer's shape, so that it can be read.
            self.node_shape = called_out(face)
        if self.node_shape.is_whole:
            self._texts = whole_texts(face, self.node_shape, marks, spare, picture is not None)
        else:
            self._texts = small_texts(face, shape, picture is not None)
        self.setZValue(6.0 if marks.called_out else 4.0 if marks.ringed else 2.0)
        bounds = self._texts.bounds().adjusted(-2 * _PAD, -2 * _PAD, 2 * _PAD, 2 * _PAD)
        if bounds != self.boundingRect():
            # Of a node that reaches out of the view Qt keeps a part, and goes on using that.
            self.setCacheMode(self.CacheMode.NoCache)
        self.set_bounds(bounds)
        self.update()

    def covers(self, other: NodeItem) -> bool:
        """Whether it lies over some of another node, drawn large as it is."""
        is_above = self.zValue() > other.zValue() or not other.is_called_out
        return is_above and self.card.intersects(other.reach)

    def cover(self, is_covered: bool) -> None:
        """Write nothing, as long as a node that is drawn large covers some of it: half a number
        would be taken for another one."""
        if is_covered != self.is_covered:
            self.is_covered = is_covered
            self.update()

    def move_to(self, x: float, y: float) -> None:
        """Stand elsewhere in the scene."""
        if (x, y) != (self.x(), self.y()):
            self.setPos(x, y)

    def kind_at(self, point: QPointF) -> str:
        """Which of its values is at a point of the scene; "" outside of it."""
        local = self.mapFromScene(point)
        # A node that grew under the pointer does not catch it, so that it can go on to the next.
        shape = self.node_shape if self.marks.pinned else self._shape
        if shape is self.node_shape:
            for kind, place in self._texts.places.items():
                if kind != "unit" and place.contains(local):
                    return kind
        if shape.kind == "folded":
            return ""
        if shape.kind == "capsule":
            inside = abs(local.x()) <= shape.half_width and abs(local.y()) <= shape.half_height
        else:
            margin = _DOT_MARGIN if shape.kind == "dot" else 0.0
            inside = local.x() ** 2 + local.y() ** 2 <= (shape.half_width + margin) ** 2
        return "unit" if inside else ""

    def place_of(self, kind: str) -> QRectF:
        """Where one of its values is in the scene; the whole node if it is not shown."""
        places = self._texts.places
        return self.mapRectToScene(places.get(kind) or places.get("unit") or QRectF())

    def place_if_shown(self, kind: str) -> QRectF | None:
        """Where one of its values is in the scene; None if it is not shown."""
        place = self._texts.places.get(kind)
        return None if place is None else self.mapRectToScene(place)

    @property
    def value_place(self) -> QRectF | None:
        """Where its value is in the scene, if that has a line of its own."""
        value = self._texts.value
        return None if value is None else self.mapRectToScene(value)

    @property
    def reach(self) -> QRectF:
        """All of the scene that it and its lines take."""
        return self.mapRectToScene(self._texts.bounds())

    @property
    def card(self) -> QRectF:
        """Where the card beneath it is in the scene, if it is called out."""
        return self.reach.adjusted(-3, -1, 3, 1)

    def draw(self, painter: QPainter) -> None:
        colours, shape, marks = theme.current(), self.node_shape, self.marks
        thickness = 3.0 if marks.ringed else 2.0 if marks.hovered or marks.lit else 1.5
        if shape.kind == "dot":
            thickness = min(thickness, max(0.6, shape.half_width / 4))
        if self.is_called_out:
            # On a card of its own, for it covers others.
            painter.setPen(QPen(colours.colour("border"), 1.0))
            painter.setBrush(colours.colour("card"))
            painter.drawRoundedRect(self.mapRectFromScene(self.card), 9, 9)
        edge = "accent" if marks.ringed or marks.hovered or marks.lit else "secondary"
        pen = QPen(colours.colour(edge), thickness)
        if self.face.flatness and shape.half_width >= _TINY:
            pen.setDashPattern(_DASHES[self.face.flatness])
        painter.setPen(pen)
        if shape.half_width < _TINY and not marks.ringed:
            painter.setPen(Qt.PenStyle.NoPen)  # outlines alone would run together
        painter.setBrush(self._fill())
        w, h = shape.half_width, shape.half_height
        body = QRectF(-w, -h, 2 * w, 2 * h)
        if shape.kind == "capsule":
            painter.drawRoundedRect(body, min(h, 12.0), min(h, 12.0))
        else:
            painter.drawEllipse(body)
        if self.face.dropped and shape.half_width >= _TINY:
            self._cross_out(painter)
        self._paint_ground(painter)
        self._paint_details(painter)
        if marks.focus:
            self._paint_focus(painter)

    def _cross_out(self, painter: QPainter) -> None:
        """The two lines through a unit that is left out, beneath its numbers; they leave out the
        middle where its activation stands, which is 0."""
        shape = self.node_shape
        corner = _CORNER if shape.kind == "capsule" else _DIAGONAL
        inner = _CLEAR if shape.is_whole else 0.0
        w, h = shape.half_width, shape.half_height
        colour = theme.current().colour("secondary")
        colour.setAlphaF(0.5)
        painter.setPen(QPen(colour, min(1.5, max(0.8, w / 6))))
        for x, y in ((-w, -h), (w, h), (-w, h), (w, -h)):
            painter.drawLine(QPointF(x, y) * inner, QPointF(x, y) * corner)

    def _fill(self) -> QColor:
        colours = theme.current()
        if self.node_shape.kind != "dot":
            is_out = self.face.dropped or self.face.flatness == "dead"
            ground = "sunken" if is_out else "card"
            return colours.colour("accent_soft" if self.marks.ringed else ground)
        return mixed(colours.signed(self.face.shade), min(1.0, abs(self.face.shade)))

    def _paint_ground(self, painter: QPainter) -> None:
        """Something plain behind the lines around the node, for edges may pass there."""
        ground = theme.current().colour("card")
        ground.setAlphaF(0.8)
        for place in self._texts.grounds:
            painter.fillRect(place, ground)

    def _paint_details(self, painter: QPainter) -> None:
        colours, texts = theme.current(), self._texts
        if self._picture is not None and texts.picture is not None and not self.is_covered:
            painter.drawImage(texts.picture, self._picture)
        if texts.rule is not None:
            painter.setPen(QPen(colours.colour("border"), 1.0))
            painter.drawLine(texts.rule)
        if self.marks.current in ("bias", "delta") and self.marks.current in texts.places:
            painter.setPen(QPen(colours.colour("accent"), 2.0))
            painter.setBrush(colours.colour("card"))
            place = texts.places[self.marks.current]
            painter.drawRoundedRect(place, 8, 8)
        if not self.is_covered:
            paint_texts(painter, texts.texts)
        if texts.lock is not None:
            paint_locks(painter, (texts.lock,))

    def _paint_focus(self, painter: QPainter) -> None:
        painter.setPen(QPen(theme.current().colour("accent"), 2.0, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        place = self._texts.places.get(self.marks.focus) or self._texts.places["unit"]
        around = place.adjusted(-_PAD, -_PAD, _PAD, _PAD)
        if self.marks.focus == "unit" and self.node_shape.kind != "capsule":
            painter.drawEllipse(around)
        else:
            painter.drawRoundedRect(around, 11, 11)
