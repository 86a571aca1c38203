"""BoxWriter: writes formulas as boxes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen

from engine.formulas.formula import BESIDE
from engine.formulas.notation import Name
from engine.formulas.writer import Piece
from engine.text.numbers import format_number
from gui.formulas.boxes import (
    DESCENT,
    Box,
    framed,
    gap_before,
    led,
    moved,
    row,
    rule,
    scaled,
    stacked,
    struck,
    words,
)

# Parts of the font size: the height of a fraction's stroke over its line, the room between two
# lines of a fraction, and how far indices are below and above their letter's line.
_AXIS, _ROOM = 0.32, 0.16
_SUNK, _RAISED = 0.26, 0.42
_INDEX = 10  # pixels: a typeset index is as large


class BoxWriter:
    """Formulas as boxes. `pixels` is the size of a letter."""

    def __init__(self, pixels: int, digits: int | None = 6) -> None:
        self._pixels = pixels
        self._digits = digits

    def number(self, value: float) -> Box:
        """A number, with the writer's digits."""
        return words(format_number(value, self._digits), self._pixels)

    def name(self, name: Name) -> Box:
        """A letter with its indices."""
        return _symbol(name, self._pixels)

    def derivative(self, top: Name, bottom: Name) -> Box:
        """∂top over ∂bottom, as a fraction."""
        d = words("∂", self._pixels)
        return self.fraction(
            row([(0.0, d), (0.0, self.name(top))]), row([(0.0, d), (0.0, self.name(bottom))])
        )

    def dots(self) -> Box:
        """The sign for what is left out."""
        return words("…", self._pixels)

    def sign(self, lead: str) -> Box | None:
        """The sign that leads a piece; nothing where factors stand beside each other."""
        return words(lead, self._pixels) if lead and lead != BESIDE else None

    def join(self, pieces: Sequence[Piece[Box]]) -> Box:
        """Pieces in a row, each after the sign that leads it."""
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
        """Round brackets around something, or one of them; larger ones around a fraction."""
        tall = inner.height > 2 * self._pixels
        pixels = 1.5 * self._pixels if tall else self._pixels
        down = 0.15 * self._pixels if tall else 0.0
        apart = 2.0 if tall else 0.0
        boxes = [(apart if left else 0.0, inner)]
        if left:
            boxes.insert(0, (0.0, moved(words("(", pixels), down)))
        if right:
            boxes.append((apart, moved(words(")", pixels), down)))
        bracketed = row(boxes)
        if not tall:
            return bracketed
        more = 0.2 * self._pixels  # what typeset brackets reach beyond a fraction
        return replace(bracketed, ascent=bracketed.ascent + more, descent=bracketed.descent + more)

    def fraction(self, top: Box, bottom: Box) -> Box:
        """One thing over another, with a stroke between them."""
        axis, room = _AXIS * self._pixels, _ROOM * self._pixels
        width = max(top.width, bottom.width) + 4.0
        # Tops with and without an index stand on one line.
        up = axis + room + max(top.descent, (DESCENT + 0.14) * self._pixels)
        down = -axis + room + bottom.ascent

        def paint(painter: QPainter, x: float, y: float) -> None:
            top.paint(painter, x + (width - top.width) / 2, y - up)
            bottom.paint(painter, x + (width - bottom.width) / 2, y + down)
            rule(painter, x, y - axis, width)

        return Box(width, up + top.ascent, down + bottom.descent, paint)

    def power(self, base: Box, exponent: Box) -> Box:
        """A base with a small exponent above its right."""
        small = scaled(exponent, min(1.0, _INDEX / self._pixels))
        raised = moved(small, -max(_RAISED * self._pixels, base.ascent - 0.4 * self._pixels))
        return row([(0.0, base), (1.0, raised)])

    def root(self, inner: Box) -> Box:
        """Something under a square root."""
        hook = words("√", self._pixels)
        top = max(inner.ascent, hook.ascent)

        def paint(painter: QPainter, x: float, y: float) -> None:
            hook.paint(painter, x, y)
            inner.paint(painter, x + hook.width + 1.0, y)
            rule(painter, x + hook.width - 1.0, y - top, inner.width + 2.0)

        return Box(hook.width + inner.width + 2.0, top + 2.0, inner.descent, paint)

    def absolute(self, inner: Box) -> Box:
        """Something between bars."""
        bar = words("|", self._pixels)
        return row([(0.0, bar), (1.0, inner), (1.0, bar)])

    def function(self, name: str, arguments: Sequence[Box]) -> Box:
        """A function's name with its arguments in brackets."""
        listed = [(0.0, arguments[0])]
        for argument in arguments[1:]:
            listed += [(0.0, words(", ", self._pixels)), (0.0, argument)]
        inside = self.bracket(row(listed))
        return row([(0.0, words(name, self._pixels)), (1.0, inside)])

    def matrix(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Rows of entries in square brackets, each column as wide as its widest entry."""
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
        """What a mistake took, struck through, and in a frame what belongs there."""
        parts = [] if used is None else [(0.0, struck(used))]
        if right is not None:
            parts.append((4.0 if parts else 0.0, framed(right)))
        return row(parts)

    def total(self, index: str, body: Box) -> Box:
        """A sum sign with its index below, and what is summed."""
        sigma = moved(words("Σ", round(1.4 * self._pixels)), 0.22 * self._pixels)
        below = moved(words(index, _INDEX), 0.95 * self._pixels)
        centred = row([((sigma.width - below.width) / 2, below)])
        return row([(0.0, stacked([sigma, centred])), (4.0, body)])


class ProseWriter(BoxWriter):
    """Formulas among words: derivatives with a slash, so that lines stay close."""

    def derivative(self, top: Name, bottom: Name) -> Box:
        """∂top/∂bottom on one line."""
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
    return row([(0.0, letter), (0.5, stacked(indices))])


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
