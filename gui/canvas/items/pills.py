"""The labels of the edges into one layer: a pill each, with a weight's name and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.text.numbers import at_most, fewer_digits, format_distinct, format_number
from gui import theme
from gui.canvas.faces import ParameterFace
from gui.canvas.items.canvas_item import CanvasItem, around
from gui.canvas.items.edges import Edge
from gui.canvas.items.text import (
    Text,
    fitted,
    line_height,
    paint_texts,
    replaced,
    sign_colour,
    width,
)
from gui.canvas.items.words import between, parameter_lines
from gui.canvas.placing.labels import SinglePlaces
from gui.canvas.placing.plan import label_height, label_pad

_LINE = 18.0
_OVERLAP = 20.0
_ROUND = 9.0  # radius of the corners, also where there is only one line


class Size(Struct, frozen=True):
    """Room that is kept for every pill of a layer: a change of its numbers moves none of them.
    With a `whole` one there is room for everything, whatever it says of width and lines."""

    width: float
    lines: int
    named: bool
    pixels: int = theme.CANVAS
    whole: bool = False

    @property
    def line(self) -> float:
        """Height of a line."""
        return line_height(self.pixels) if self.whole else _LINE

    @property
    def pad(self) -> float:
        """Pixels left and right of the words."""
        if self.whole:
            return label_pad(self.pixels)
        return 9.0 if self.pixels > theme.SMALL else 6.0

    @property
    def gap(self) -> float:
        """Pixels between two words."""
        if self.whole:
            return between(self.pixels)
        return 6.0 if self.pixels > theme.SMALL else 4.0

    @property
    def height(self) -> float:
        """Pixels from the upper to the lower edge."""
        if self.whole:
            return label_height(self.lines, self.pixels)
        return self.lines * _LINE + (6 if self.pixels > theme.SMALL else 2)

    @property
    def single_height(self) -> float:
        """Its height while it has one line."""
        return replace(self, lines=1).height

    def digits(self, wanted: int | None) -> int:
        """How many of the digits wanted are shown at most."""
        return at_most(wanted, 12 if self.named or self.lines == 2 else 4)

    def suits(self, longest_name: str) -> bool:
        """Whether a name leaves room for a value of four digits."""
        room = self.width - 2 * self.pad - self.gap - width("0.0000", self.pixels)
        return not self.named or width(longest_name, self.pixels) <= room


# From the most telling to the smallest; the first for which all labels find a place is taken.
SIZES = (
    Size(124.0, 2, True),
    Size(110.0, 2, True),
    Size(96.0, 2, True),
    Size(124.0, 1, True),
    Size(100.0, 1, True),
    Size(84.0, 1, True, theme.SMALL),
    Size(88.0, 2, False),
    Size(72.0, 1, False),
    Size(60.0, 1, False, theme.SMALL),
)
# The one pill that may cover others, where there is room and where the columns stand close.
FULL = Size(300.0, 2, True)
FULL_NARROW = (Size(116.0, 2, True), Size(104.0, 2, False))
# For those of the weights that a step works with: from the most telling to the smallest.
USED = (
    Size(150.0, 1, True),
    Size(124.0, 1, True),
    *(Size(width, 1, True, theme.SMALL) for width in (100.0, 84.0, 70.0, 60.0)),
)


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

    def __post_init__(self) -> None:
        write = _write_whole if self.size.whole else _write
        lines = write(self.face, self.size, self.is_current)
        gap = self.size.gap
        widths = [sum(t.width for t in line) + gap * (len(line) - 1) for line in lines]
        w, h = max(widths) + 2 * self.size.pad, replace(self.size, lines=len(lines)).height
        x, y = self.middle.x(), self.middle.y()
        self.place = QRectF(x - w / 2, y - h / 2, w, h)
        for row, (line, total) in enumerate(zip(lines, widths, strict=True)):
            left = x - total / 2
            for text in line:
                middle = y + (row - (len(lines) - 1) / 2) * self.size.line
                self.texts.append(text._replace(x=left, y=middle))
                left += text.width + gap

    @property
    def ground(self) -> QRectF:
        """All that it paints on."""
        ground = self.place.adjusted(-6, -6, 6, 6)
        if self.leader is None:
            return ground
        return ground | around([self.leader]).adjusted(-2, -2, 2, 2)

    def is_same(self, middle: QPointF, face: ParameterFace, size: Size) -> bool:
        """Whether an unmarked pill made of these would look just like this one."""
        same = (middle, face, size) == (self.middle, self.face, self.size)
        return same and not (self.is_current or self.is_focus or self.is_hovered)

    def looks_like(self, face: ParameterFace, size: Size, marks: tuple[bool, bool, bool]) -> bool:
        """Whether a pill made of these (marks: current, focus, hovered) would look like this one,
        wherever it stands."""
        same = (face, size) == (self.face, self.size)
        return same and marks == (self.is_current, self.is_focus, self.is_hovered)

    def move(self, x: float, y: float) -> None:
        """Shift it by pixels."""
        self.middle = self.middle + QPointF(x, y)
        self.place.translate(x, y)
        self.texts = [text._replace(x=text.x + x, y=text.y + y) for text in self.texts]

    def move_into(self, places: SinglePlaces) -> bool:
        """Take the best of some places, from 0, 0; False if it finds none."""
        place = places.best_for(self.place.width(), self.place.height())
        if place is not None:
            self.move(*place)
        return place is not None

    def dodge(self, avoided: Sequence[QRectF], height: float) -> None:
        """Move it up or down, as little as will do, off the nodes that its edge joins. A little
        overlap at the sides does no harm, for it stays where its edge is."""
        narrow = self.place.adjusted(_OVERLAP, 0, -_OVERLAP, 0)
        for distance in range(0, 200, 4):
            for offset in (-distance, distance):
                there = narrow.translated(0, offset)
                inside = there.top() >= 2 and there.bottom() <= height - 2
                if inside and not any(there.intersects(rect) for rect in avoided):
                    self.move(0, offset)
                    return


def _write(face: ParameterFace, size: Size, is_current: bool) -> list[list[Text]]:
    """The lines of a pill, to be placed: name and value, then gradient or new value. On one line
    the newest of the three has to do."""
    pixels, room, gap = size.pixels, size.width - 2 * size.pad, size.gap
    digits = size.digits(face.digits)
    name: list[Text] = []
    if size.named:
        colour = "accent" if is_current else "secondary"
        name = [Text(face.name, 0, 0, pixels, is_current, colour)]
    beside = room - sum(text.width + gap for text in name)
    least = _least(face.value)
    value = fitted(face.value, beside, pixels, digits=digits, bold=is_current, least=least)
    newest: list[Text] = []
    more: list[list[Text]] = []  # a line of its own for the sample's gradient beside the batch's
    room_for_newest = room if size.lines == 2 else beside
    if face.updated is not None:
        value, updated = _old_and_new(face, size, beside, room_for_newest)
        newest = [Text(updated, 0, 0, pixels, False, "ink")]
    elif face.gradient is not None:
        least = _least(face.gradient)
        before = f"{face.sign} "
        words = fitted(face.gradient, room_for_newest, pixels, before, digits, least=least)
        text = Text(words, 0, 0, pixels, False, sign_colour(face.gradient))
        then = None if face.old is None else face.old.gradient
        newest = _after_old(then, face.gradient, text, digits, room_for_newest)
        if face.own is not None and size.lines == 2:
            before, least = f"{face.own_sign} ", _least(face.own)
            words = fitted(face.own, room, pixels, before, digits, least=least)
            more = [[Text(words, 0, 0, pixels, False, sign_colour(face.own))]]
    elif face.waits:
        newest = [Text("∂ …", 0, 0, pixels, False, "secondary")]
    colour = "accent" if is_current else sign_colour(face.value)
    text = Text(value, 0, 0, pixels, is_current, colour)
    then = None if face.old is None else face.old.value
    old = [*name, *_after_old(then, face.value, text, digits, beside)]
    if not newest:
        return [old]
    return [old, *more, newest] if size.lines == 2 else [[*name, *newest]]


def _write_whole(face: ParameterFace, size: Size, is_current: bool) -> list[list[Text]]:
    """The lines of a pill that has room for all there is to say."""
    lines = []
    for kind, words in parameter_lines(face).items():
        accent = "accent" if is_current and kind == "value" else ""
        texts = [
            Text(word.text, 0, 0, size.pixels, word.bold, accent or word.colour) for word in words
        ]
        if kind == "value" and face.old is not None:
            room = size.width - 2 * size.pad - sum(text.width + size.gap for text in texts)
            old = replaced(face.old.value, face.value, face.digits, room)
            if old:
                texts.insert(1, Text(old, 0, 0, theme.SMALL, False, "secondary", True))
        if kind == "gradient" and face.old is not None and face.gradient is not None:
            room = size.width - 2 * size.pad - sum(text.width + size.gap for text in texts)
            old = replaced(face.old.gradient, face.gradient, face.digits, room)
            if old:
                texts.insert(0, Text(old, 0, 0, theme.SMALL, False, "secondary", True))
        lines.append(texts)
    return lines


def _least(value: float) -> int:
    """Digits that a number keeps in any room: beside an exponent one has to do."""
    return 1 if 0 < abs(value) < 1e-4 else 2


def _after_old(
    then: float | None, now: float, text: Text, digits: int | None, room: float
) -> list[Text]:
    """A value, after the one before an edit struck through where it changed and there is room."""
    words = replaced(then, now, digits, room - text.width - 6)
    return [Text(words, 0, 0, theme.SMALL, False, "secondary", True), text] if words else [text]


def _old_and_new(
    face: ParameterFace, size: Size, room_for_old: float, room_for_new: float
) -> tuple[str, str]:
    """Old and new value with as many digits as there is room for, and as many as tell them
    apart. Where that takes more than there is room for, the new one is about the old one."""
    assert face.updated is not None
    old = new = ""
    for write in (format_distinct, _format_both):
        for digits in fewer_digits(size.digits(face.digits), 3):
            old, new = write(face.value, face.updated, digits)
            alike = old == new and face.value != face.updated
            new = ("→ ≈ " if alike and size.lines == 2 else "→ ") + new
            fits_old = size.lines == 1 or width(old, size.pixels) <= room_for_old
            if fits_old and width(new, size.pixels) <= room_for_new:
                return old, new
    return old, new


def _format_both(first: float, second: float, digits: int | None) -> tuple[str, str]:
    return format_number(first, digits), format_number(second, digits)


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


def _rank(pill: Pill) -> int:
    """Later is painted over earlier."""
    return 4 * pill.is_current + 2 * pill.is_hovered + pill.is_focus
