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
)
from gui import theme

# Parts of the font size: what digits and letters reach above and below their line.
ASCENT, DESCENT = 0.78, 0.22

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
        """Pixels from top to bottom."""
        return self.ascent + self.descent


def gap_before(lead: str) -> float:
    """Pixels before the sign that leads a piece."""
    return _GAPS.get(lead, 0.0)


@lru_cache(maxsize=64)
def _font(pixels: float) -> tuple[QFont, QFontMetricsF]:
    font = theme.drawn_font(round(pixels))
    return font, QFontMetricsF(font)


_HAT = "\u0302"  # a circumflex that stands over the letter before it
_HAT_ROOM = 0.2  # of the size of a letter: a root's stroke would lie on the hat


@lru_cache(maxsize=4096)
def words(text: str, pixels: float) -> Box:
    """A text on one line; a letter with a hat, m̂, for which few fonts have a place."""
    if text.endswith(_HAT):
        return _hatted(words(text[:-1], pixels), words("ˆ", pixels), _HAT_ROOM * pixels)
    font, metrics = _font(pixels)

    def paint(painter: QPainter, x: float, y: float) -> None:
        painter.setFont(font)
        painter.drawText(QPointF(x, y), text)

    return Box(metrics.horizontalAdvance(text), ASCENT * pixels, DESCENT * pixels, paint)


def _hatted(letter: Box, hat: Box, room: float) -> Box:
    """A letter with a hat over its middle, and so much room over that."""

    def paint(painter: QPainter, x: float, y: float) -> None:
        letter.paint(painter, x, y)
        hat.paint(painter, x + (letter.width - hat.width) / 2, y)

    return Box(letter.width, letter.ascent + room, letter.descent, paint)


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


def stacked(boxes: Sequence[Box]) -> Box:
    """Boxes from the same place on: an index below and one above."""

    def paint(painter: QPainter, x: float, y: float) -> None:
        for box in boxes:
            box.paint(painter, x, y)

    ascent, descent = max(box.ascent for box in boxes), max(box.descent for box in boxes)
    return Box(max(box.width for box in boxes), ascent, descent, paint)


def struck(inner: Box) -> Box:
    """The same box, struck through from its lower left to its upper right."""

    def paint(painter: QPainter, x: float, y: float) -> None:
        inner.paint(painter, x, y)
        pen = painter.pen()
        painter.setPen(QPen(pen.color(), 1.2))
        low, high = y + inner.descent, y - inner.ascent
        painter.drawLine(QLineF(x, low, x + inner.width, high))
        painter.setPen(pen)

    return replace(inner, paint=paint)


def framed(inner: Box) -> Box:
    """The same box with a frame around it."""
    pad = 3.0

    def paint(painter: QPainter, x: float, y: float) -> None:
        inner.paint(painter, x + pad, y)
        pen = painter.pen()
        painter.setPen(QPen(pen.color(), 1.0))
        frame = QRectF(x, y - inner.ascent - 2.0, inner.width + 2 * pad, inner.height + 4.0)
        painter.drawRoundedRect(frame, 3.0, 3.0)
        painter.setPen(pen)

    return Box(inner.width + 2 * pad, inner.ascent + 2.0, inner.descent + 2.0, paint)


def rule(painter: QPainter, x: float, y: float, width: float) -> None:
    """A stroke of one pixel, sharp on the grid."""
    pen = painter.pen()
    painter.setPen(QPen(pen.color(), 1.0))
    middle = round(y) + 0.5
    painter.drawLine(QLineF(x, middle, x + width, middle))
    painter.setPen(pen)
