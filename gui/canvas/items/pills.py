"""The labels of the edges into one layer: a pill each, with a weight's name and numbers."""

from __future__ import annotations

from copy import copy

from msgspec import Struct, field
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui import theme
from gui.canvas.faces import ParameterFace
from gui.canvas.items.canvas_item import CanvasItem, around
from gui.canvas.items.edges import Edge
from gui.canvas.items.lock import paint_locks
from gui.canvas.items.text import Text, line_height, paint_texts, replaced
from gui.canvas.items.words import LOCK, between, parameter_lines
from gui.canvas.placing.plan import label_height, label_pad

_ROUND = 9.0  # radius of the corners, also where there is only one line


class Size(Struct, frozen=True):
    """The size of type of the labels of a layer, and the width that is kept for each of them."""

    pixels: int
    width: float

    @property
    def pad(self) -> float:
        """Pixels left and right of the words."""
        return label_pad(self.pixels)

    @property
    def gap(self) -> float:
        """Pixels between two words."""
        return between(self.pixels)


class Pill(Struct):
    """One label: where, and what is written on it. Marks as those of a node. A `leader` is a thin
    line from one that could not stand on its edge to where that is nearest."""

    middle: QPointF
    face: ParameterFace
    size: Size
    is_current: bool = False
    is_focus: bool = False
    is_hovered: bool = False
    place: QRectF = field(default_factory=QRectF)
    texts: list[Text] = field(default_factory=list)
    leader: QLineF | None = None
    lock: QPointF | None = None

    def __post_init__(self) -> None:
        lines = _write(self.face, self.size, self.is_current)
        gap = self.size.gap
        widths = [sum(t.width for t in line) + gap * (len(line) - 1) for line in lines]
        widths[0] += LOCK if self.face.fixed else 0.0
        w, h = max(widths) + 2 * self.size.pad, label_height(len(lines), self.size.pixels)
        x, y = self.middle.x(), self.middle.y()
        self.place = QRectF(x - w / 2, y - h / 2, w, h)
        for row, (line, total) in enumerate(zip(lines, widths, strict=True)):
            left = x - total / 2
            for text in line:
                middle = y + (row - (len(lines) - 1) / 2) * line_height(self.size.pixels)
                self.texts.append(text._replace(x=left, y=middle))
                left += text.width + gap
            if row == 0 and self.face.fixed:
                self.lock = QPointF(left - gap + 4, middle)

    @property
    def ground(self) -> QRectF:
        """All that it paints on."""
        ground = self.place.adjusted(-6, -6, 6, 6)
        if self.leader is None:
            return ground
        return ground | around([self.leader]).adjusted(-2, -2, 2, 2)

    def looks_like(self, face: ParameterFace, size: Size, marks: tuple[bool, bool, bool]) -> bool:
        """Whether a pill made of these (marks: current, focus, hovered) would look like this one,
        wherever it stands."""
        same = (face, size) == (self.face, self.size)
        return same and marks == (self.is_current, self.is_focus, self.is_hovered)

    def placed(self, x: float, y: float, leader: QLineF | None) -> Pill:
        """The same somewhere else."""
        offset = QPointF(x, y) - self.middle
        texts = [t._replace(x=t.x + offset.x(), y=t.y + offset.y()) for t in self.texts]
        there = copy(self)
        there.middle, there.place = QPointF(x, y), self.place.translated(offset)
        there.texts, there.leader = texts, leader
        there.lock = None if self.lock is None else self.lock + offset
        return there


def _write(face: ParameterFace, size: Size, is_current: bool) -> list[list[Text]]:
    """The lines of a pill; what an edit changed stands before it, struck through, where there is
    room for both."""
    lines = []
    for kind, line in parameter_lines(face).items():
        accent = "accent" if is_current and kind == "value" else ""
        texts = [Text(w.text, 0, 0, size.pixels, w.bold, accent or w.colour) for w in line]
        if face.old is not None and kind in ("value", "gradient"):
            room = size.width - 2 * size.pad - sum(text.width + size.gap for text in texts)
            then, now = face.old.gradient, face.gradient
            if kind == "value":
                then, now = face.old.value, face.value
            if words := replaced(then, now, face.digits, room):
                old = Text(words, 0, 0, theme.SMALL, False, "secondary", True)
                texts.insert(len(texts) - 1, old)
        lines.append(texts)
    return lines


class PillLayer(CanvasItem):
    """All pills of the edges into one layer; the current one is painted last."""

    def __init__(self) -> None:
        super().__init__(7.0)
        self.pills: dict[Edge, Pill] = {}
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def set_pills(self, pills: dict[Edge, Pill]) -> None:
        """Show these pills, by their edge."""
        before, self.pills = self.pills, dict(sorted(pills.items(), key=lambda p: _rank(p[1])))
        # It only grows while there are pills, for a change of bounds paints all of it anew.
        bounds = QRectF(self._bounds) if pills else QRectF()
        for edge in before | pills:
            old, new = before.get(edge), pills.get(edge)
            if old == new:
                continue
            for pill in (old, new):
                if pill is not None:
                    self.update(pill.ground)
            if new is not None:
                bounds |= new.ground
        self.set_bounds(bounds)

    def edge_at(self, point: QPointF) -> Edge | None:
        """The edge whose pill is at a point."""
        for edge, pill in reversed(self.pills.items()):
            if pill.place.contains(point):
                return edge
        return None

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        colours = theme.current()
        card = colours.colour("card")
        exposed = [p for p in self.pills.values() if p.ground.intersects(option.exposedRect)]
        boxes = QPainterPath()
        leaders = [pill.leader for pill in exposed if pill.leader is not None]
        if leaders:
            painter.setPen(QPen(colours.colour("secondary"), 1.0))
            painter.drawLines(leaders)
        for pill in exposed:
            if not _rank(pill):
                boxes.addRoundedRect(pill.place, _ROUND, _ROUND)
        painter.setPen(QPen(colours.colour("border"), 1.0))
        painter.setBrush(card)
        painter.drawPath(boxes)
        # One colour after the other: to change it takes longer than to paint a word.
        words = [text for pill in exposed if not _rank(pill) for text in pill.texts]
        paint_texts(painter, sorted(words, key=lambda text: (text.pixels, text.colour)))
        paint_locks(painter, [p.lock for p in exposed if p.lock is not None and not _rank(p)])
        for pill in exposed:
            if _rank(pill):
                strong = pill.is_current or pill.is_hovered
                edge = colours.colour("accent" if strong else "border")
                painter.setPen(QPen(edge, 2.0 if pill.is_current else 1.2))
                painter.setBrush(card)
                painter.drawRoundedRect(pill.place, _ROUND, _ROUND)
                if pill.is_focus:
                    painter.setPen(QPen(colours.colour("accent"), 2.0, Qt.PenStyle.DotLine))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRoundedRect(pill.place.adjusted(-4, -4, 4, 4), 14, 14)
                paint_texts(painter, pill.texts)
                paint_locks(painter, filter(None, (pill.lock,)))


def _rank(pill: Pill) -> int:
    """Later is painted over earlier."""
    return 4 * pill.is_current + 2 * pill.is_hovered + pill.is_focus
