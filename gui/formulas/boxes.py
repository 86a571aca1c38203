"""Boxes: pieces of a formula that can be measured and painted, set in the program's own font.

They are what is on screen at once; typesetting.py makes the same pieces look like a book's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from engine.formulas.formula import (
    ABOUT,
    BECOMES,
    BESIDE,
    BY_ENTRY,
    EQUALS,
    MINUS,
    OVER_ENTRIES,
    PLUS,
    TIMES,
    Piece,
)
from engine.formulas.notation import Name
from engine.text.numbers import format_number
from gui import theme

# Parts of the font size: what digits and letters reach above and below their line, the height of
# a fraction's stroke over it, the room between two lines of a fraction, and how far indices are
# below and above their letter's line.
_ASCENT, _DESCENT, _AXIS, _ROOM = 0.78, 0.22, 0.32, 0.16
_SUNK, _RAISED = 0.26, 0.42
_INDEX = 10  # pixels: a typeset index is as large

# Pixels before and after the sign that leads a piece.
_GAPS = {
    **dict.fromkeys((EQUALS, ABOUT, BECOMES), 5.0),
    **dict.fromkeys((BY_ENTRY, OVER_ENTRIES), 5.0),
    **dict.fromkeys((PLUS, MINUS), 4.0),
    **dict.fromkeys((TIMES, BESIDE), 3.0),
}


class Box(Struct, frozen=True):
    """Something of a size: `paint(painter, x, y)` draws it in the pen's colour from x on, with
    its base line at y. `ascent` and `descent` are what it reaches above and below that line."""

    width: float
    ascent: float
    descent: float
    paint: Callable[[QPainter, float, float], None]

    @property
    def height(self) -> float:
        return self.ascent + self.descent


def gap_before(lead: str) -> float:
    """Pixels before the sign that leads a piece."""
    return _GAPS.get(lead, 0.0)


@lru_cache(maxsize=64)
def _font(pixels: float) -> tuple[QFont, QFontMetricsF]:
    font = theme.font(round(pixels))
    return font, QFontMetricsF(font)


@lru_cache(maxsize=4096)
def words(text: str, pixels: float) -> Box:
    """A text on one line."""
    font, metrics = _font(pixels)

    def paint(painter: QPainter, x: float, y: float) -> None:
        painter.setFont(font)
        painter.drawText(QPointF(x, y), text)

    return Box(metrics.horizontalAdvance(text), _ASCENT * pixels, _DESCENT * pixels, paint)


def row(boxes: Sequence[tuple[float, Box]]) -> Box:
    """Boxes side by side on one base line, each with the room before it."""
    places: list[tuple[float, Box]] = []
    x, ascent, descent = 0.0, -inf, -inf
    for gap, box in boxes:
        places.append((x + gap, box))
        x += gap + box.width
        ascent, descent = max(ascent, box.ascent), max(descent, box.descent)

    def paint(painter: QPainter, left: float, y: float) -> None:
        for offset, box in places:
            box.paint(painter, left + offset, y)

    return Box(x, ascent, descent, paint) if places else Box(0.0, 0.0, 0.0, paint)


def moved(box: Box, down: float) -> Box:
    """The same box below (or, negative, above) its base line."""

    def paint(painter: QPainter, x: float, y: float) -> None:
        box.paint(painter, x, y + down)

    return Box(box.width, box.ascent - down, box.descent + down, paint)


def scaled(box: Box, factor: float) -> Box:
    """The same box larger or smaller."""

    def paint(painter: QPainter, x: float, y: float) -> None:
        painter.save()
        painter.translate(x, y)
        painter.scale(factor, factor)
        box.paint(painter, 0.0, 0.0)
        painter.restore()

    return Box(factor * box.width, factor * box.ascent, factor * box.descent, paint)


def led(lead: str, body: Box, sign: Box | None) -> Box:
    """A piece with the sign that leads it: a relation, an operator, or nothing."""
    if sign is None:
        return body
    return row([(0.0, sign), (gap_before(lead), body)])


class BoxWriter:
    """Formulas as boxes. `pixels` is the size of a letter."""

    def __init__(self, pixels: int, digits: int | None = 6) -> None:
        self._pixels = pixels
        self._digits = digits

    def number(self, value: float) -> Box:
        return words(format_number(value, self._digits), self._pixels)

    def name(self, name: Name) -> Box:
        return _symbol(name, self._pixels)

    def derivative(self, top: Name, bottom: Name) -> Box:
        d = words("∂", self._pixels)
        return self.fraction(
            row([(0.0, d), (0.0, self.name(top))]), row([(0.0, d), (0.0, self.name(bottom))])
        )

    def dots(self) -> Box:
        return words("…", self._pixels)

    def sign(self, lead: str) -> Box | None:
        """The sign that leads a piece; nothing where factors stand beside each other."""
        return words(lead, self._pixels) if lead and lead != BESIDE else None

    def join(self, pieces: Sequence[Piece[Box]]) -> Box:
        boxes: list[tuple[float, Box]] = []
        for piece in pieces:
            sign = self.sign(piece.lead)
            if boxes:
                boxes.append((gap_before(piece.lead), led(piece.lead, piece.body, sign)))
            elif sign is not None:
                boxes.append((0.0, row([(0.0, sign), (1.0, piece.body)])))
            else:
                boxes.append((0.0, piece.body))
        return row(boxes)

    def bracket(self, inner: Box, left: bool = True, right: bool = True) -> Box:
        tall = inner.height > 2 * self._pixels
        pixels = 1.5 * self._pixels if tall else self._pixels
        down = 0.15 * self._pixels if tall else 0.0
        apart = 2.0 if tall else 0.0
        boxes = [(apart if left else 0.0, inner)]
        if left:
            boxes.insert(0, (0.0, moved(words("(", pixels), down)))
        if right:
            boxes.append((apart, moved(words(")", pixels), down)))
        made = row(boxes)
        if not tall:
            return made
        more = 0.2 * self._pixels  # what typeset brackets reach beyond a fraction
        return replace(made, ascent=made.ascent + more, descent=made.descent + more)

    def fraction(self, top: Box, bottom: Box) -> Box:
        axis, room = _AXIS * self._pixels, _ROOM * self._pixels
        width = max(top.width, bottom.width) + 4.0
        # Tops with and without an index stand on one line.
        up = axis + room + max(top.descent, (_DESCENT + 0.14) * self._pixels)
        down = -axis + room + bottom.ascent

        def paint(painter: QPainter, x: float, y: float) -> None:
            top.paint(painter, x + (width - top.width) / 2, y - up)
            bottom.paint(painter, x + (width - bottom.width) / 2, y + down)
            _rule(painter, x, y - axis, width)

        return Box(width, up + top.ascent, down + bottom.descent, paint)

    def power(self, base: Box, exponent: Box) -> Box:
        small = scaled(exponent, min(1.0, _INDEX / self._pixels))
        raised = moved(small, -max(_RAISED * self._pixels, base.ascent - 0.4 * self._pixels))
        return row([(0.0, base), (1.0, raised)])

    def root(self, inner: Box) -> Box:
        hook = words("√", self._pixels)
        top = max(inner.ascent, hook.ascent)

        def paint(painter: QPainter, x: float, y: float) -> None:
            hook.paint(painter, x, y)
            inner.paint(painter, x + hook.width + 1.0, y)
            _rule(painter, x + hook.width - 1.0, y - top, inner.width + 2.0)

        return Box(hook.width + inner.width + 2.0, top + 2.0, inner.descent, paint)

    def function(self, name: str, arguments: Sequence[Box]) -> Box:
        listed = [(0.0, arguments[0])]
        for argument in arguments[1:]:
            listed += [(0.0, words(", ", self._pixels)), (0.0, argument)]
        inside = self.bracket(row(listed))
        return row([(0.0, words(name, self._pixels)), (1.0, inside)])

    def matrix(self, rows: Sequence[Sequence[Box]]) -> Box:
        pixels = self._pixels
        across, down, edge = 0.7 * pixels, 0.3 * pixels, 0.35 * pixels
        widths = [max(box.width for box in column) for column in zip(*rows, strict=True)]
        width = sum(widths) + across * (len(widths) - 1) + 2 * edge
        tops, height = [], 0.0
        for boxes in rows:
            ascent = max(box.ascent for box in boxes)
            tops.append((height + ascent, boxes))
            height += ascent + max(box.descent for box in boxes) + down
        height -= down
        ascent = height / 2 + _AXIS * pixels

        def paint(painter: QPainter, x: float, y: float) -> None:
            for base, boxes in tops:
                left = x + edge
                for box, room in zip(boxes, widths, strict=True):
                    box.paint(painter, left + (room - box.width) / 2, y - ascent + base)
                    left += room + across
            for side, inwards in ((x, 1), (x + width, -1)):
                _square_bracket(painter, side, inwards, y - ascent, height)

        return Box(width, ascent, height - ascent, paint)

    def mistaken(self, used: Box | None, right: Box | None) -> Box:
        struck = [] if used is None else [(0.0, self._struck(used))]
        framed = [] if right is None else [(4.0 if struck else 0.0, self._framed(right))]
        return row([*struck, *framed])

    @staticmethod
    def _struck(inner: Box) -> Box:
        def paint(painter: QPainter, x: float, y: float) -> None:
            inner.paint(painter, x, y)
            pen = painter.pen()
            painter.setPen(QPen(pen.color(), 1.2))
            low, high = y + inner.descent, y - inner.ascent
            painter.drawLine(QLineF(x, low, x + inner.width, high))
            painter.setPen(pen)

        return replace(inner, paint=paint)

    @staticmethod
    def _framed(inner: Box) -> Box:
        pad = 3.0

        def paint(painter: QPainter, x: float, y: float) -> None:
            inner.paint(painter, x + pad, y)
            pen = painter.pen()
            painter.setPen(QPen(pen.color(), 1.0))
            frame = QRectF(x, y - inner.ascent - 2.0, inner.width + 2 * pad, inner.height + 4.0)
            painter.drawRoundedRect(frame, 3.0, 3.0)
            painter.setPen(pen)

        return Box(inner.width + 2 * pad, inner.ascent + 2.0, inner.descent + 2.0, paint)

    def total(self, index: str, body: Box) -> Box:
        sigma = moved(words("Σ", round(1.4 * self._pixels)), 0.22 * self._pixels)
        below = moved(words(index, _INDEX), 0.95 * self._pixels)
        centred = row([((sigma.width - below.width) / 2, below)])
        return row([(0.0, _stacked([sigma, centred])), (4.0, body)])


class ProseWriter(BoxWriter):
    """Formulas among words: derivatives with a slash, so that lines stay close."""

    def derivative(self, top: Name, bottom: Name) -> Box:
        d, slash = words("∂", self._pixels), words("/", self._pixels)
        parts = (d, self.name(top), slash, d, self.name(bottom))
        return row([(0.0, part) for part in parts])


@lru_cache(maxsize=4096)
def _symbol(name: Name, pixels: int) -> Box:
    """A name with its indices."""
    letter = words(name.letter, pixels)
    if not (name.below or name.above):
        return letter
    apart = 0.05 * pixels if name.below and name.above else 0.0
    indices = []
    if name.below:
        indices.append(moved(words(name.below, _INDEX), _SUNK * pixels + apart))
    if name.above:
        indices.append(moved(words(name.above, _INDEX), -_RAISED * pixels - apart))
    return row([(0.0, letter), (0.5, _stacked(indices))])


def _stacked(boxes: Sequence[Box]) -> Box:
    """Boxes from the same place on: an index below and one above."""

    def paint(painter: QPainter, x: float, y: float) -> None:
        for box in boxes:
            box.paint(painter, x, y)

    ascent, descent = max(box.ascent for box in boxes), max(box.descent for box in boxes)
    return Box(max(box.width for box in boxes), ascent, descent, paint)


def _square_bracket(
    painter: QPainter, x: float, inwards: int, top: float, height: float
) -> None:
    """A bracket of thin strokes as high as what it holds, with its ends pointing inwards."""
    pen = painter.pen()
    painter.setPen(QPen(pen.color(), 1.0))
    x, top, bottom = round(x) + 0.5, round(top) - 0.5, round(top + height) + 0.5
    end = x + 4.0 * inwards
    painter.drawPolyline(
        [QPointF(end, top), QPointF(x, top), QPointF(x, bottom), QPointF(end, bottom)]
    )
    painter.setPen(pen)


def _rule(painter: QPainter, x: float, y: float, width: float) -> None:
    """A stroke of one pixel, sharp on the grid."""
    pen = painter.pen()
    painter.setPen(QPen(pen.color(), 1.0))
    middle = round(y) + 0.5
    painter.drawLine(QLineF(x, middle, x + width, middle))
    painter.setPen(pen)
