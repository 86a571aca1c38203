"""Breaking formulas and words into lines of a width."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtGui import QPainter

from engine.formulas.formula import ABOUT, BECOMES, BESIDE, EQUALS, MINUS, PLUS
from engine.formulas.writer import Piece
from gui.formulas.boxes import Box, gap_before, led, row, scaled

_RELATIONS = (EQUALS, ABOUT, BECOMES)
_LINE_GAP = 4.0  # pixels between the lines of one formula
_SQUEEZED = 1.12  # how much longer than its place a painted line may be
_CLOSE = 4.0  # pixels that a typeset line may be higher in the place of a painted one
_HANG = 18.0  # how far further lines of words and signless pieces are indented

# Where a line breaks, the best places first: before a relation, a plus or minus, anything.
_LEVELS: tuple[tuple[str, ...] | None, ...] = (_RELATIONS, (PLUS, MINUS), None)


class FlowItem(Struct, frozen=True):
    """A box in a flow, the room before it inside a line, and the sign that leads it."""

    box: Box
    gap: float = 0.0
    lead: str = ""


class Flowed(Struct, frozen=True):
    """Items at their places: (x, base line, box), and the height of all lines."""

    places: tuple[tuple[float, float, Box], ...]
    height: float

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        """Draw everything with the upper left corner at x, y."""
        for left, base, box in self.places:
            box.paint(painter, x + left, y + base)


def items_of(pieces: Sequence[Piece[Box]], signs: Sequence[Box | None]) -> list[FlowItem]:
    """Pieces of a formula, each with the sign that leads it."""
    items: list[FlowItem] = []
    for piece, sign in zip(pieces, signs, strict=True):
        gap = gap_before(piece.lead) if items else 0.0
        if not items and sign is not None and piece.lead == MINUS:
            box = row([(0.0, sign), (1.0, piece.body)])
        else:
            box = led(piece.lead, piece.body, sign)
        items.append(FlowItem(box, gap, piece.lead))
    return items


def flow_words(items: Sequence[FlowItem], width: float) -> Flowed:
    """Words, and formulas among them, broken wherever there is room between them."""
    flowing = _Flowing(width, 0.0)
    flowing.place(items, len(_LEVELS) - 1)
    return flowing.done()


def flow(items: Sequence[FlowItem], width: float) -> Flowed:
    """A formula on lines of at most this width; a single piece that is wider is made smaller.

    Further lines begin under the first relation.
    """
    return _flowing(items, width).done()


def flow_in_place(items: Sequence[FlowItem], painted: Sequence[FlowItem], width: float) -> Flowed:
    """The typeset pieces of a formula, or until they are there the painted ones, on the same
    lines, so that nothing moves when they change places; only a line that is much higher makes
    room for itself. Painted lines are the wider ones, and are squeezed a little."""
    flowing = _flowing(painted, _SQUEEZED * width)
    lines: list[list[tuple[float, Box]]] = []
    start, left = 0, 0.0
    for line in flowing.lines:
        part = items[start : start + len(line)]
        lines.append(_in_a_row(part, left, width))
        start, left = start + len(line), _hanging(items, width)
    return flowing.done(lines)


def _flowing(items: Sequence[FlowItem], width: float) -> _Flowing:
    flowing = _Flowing(width, _hanging(items, width))
    flowing.place(items, 0)
    return flowing


def _in_a_row(items: Sequence[FlowItem], left: float, width: float) -> list[tuple[float, Box]]:
    """Items on one line from `left` on, made smaller if they do not fit."""
    extent = sum((item.gap if k else 0.0) + item.box.width for k, item in enumerate(items))
    factor = min(1.0, (width - left) / extent) if extent > 0.0 else 1.0
    placed = []
    x = left
    for k, item in enumerate(items):
        x += factor * item.gap if k else 0.0
        placed.append((x, scaled(item.box, factor) if factor < 1.0 else item.box))
        x += factor * item.box.width
    return placed


def _hanging(items: Sequence[FlowItem], width: float) -> float:
    x = 0.0
    for item in items:
        if item.lead in _RELATIONS:
            return x + item.gap if x < 0.3 * width else _HANG
        x += item.gap + item.box.width
    return _HANG


class _Flowing:
    def __init__(self, width: float, hang: float) -> None:
        self._width, self._hang = width, hang
        self._x = 0.0
        self.lines: list[list[tuple[float, Box]]] = [[]]

    def place(self, items: Sequence[FlowItem], level: int) -> None:
        for group in _groups(items, _LEVELS[level]):
            extent = sum(item.gap + item.box.width for item in group)
            start = self._hang - group[0].gap
            if self.lines[-1] and self._x + extent > self._width:
                if start + extent <= self._width:
                    self._break()
                elif level + 1 < len(_LEVELS):
                    self.place(group, level + 1)
                    continue
                else:
                    self._break()
            elif not self.lines[-1] and extent > self._width and level + 1 < len(_LEVELS):
                self.place(group, level + 1)
                continue
            for item in group:
                self._put(item)

    def _put(self, item: FlowItem) -> None:
        line = self.lines[-1]
        x = self._x + (item.gap if line else 0.0)
        room = max(1.0, self._width - x)
        box = scaled(item.box, room / item.box.width) if item.box.width > room else item.box
        line.append((x, box))
        self._x = x + box.width

    def _break(self) -> None:
        self.lines.append([])
        self._x = self._hang

    def done(self, shown: Sequence[list[tuple[float, Box]]] | None = None) -> Flowed:
        """The lines below each other, or others in their place."""
        places: list[tuple[float, float, Box]] = []
        y = 0.0
        lines = zip(self.lines, self.lines if shown is None else shown, strict=True)
        for number, (line, instead) in enumerate(lines):
            y += _LINE_GAP if number else 0.0
            ascent, descent = _reach(line)
            above, below = _reach(instead)
            ascent = ascent if above <= ascent + _CLOSE else above
            descent = descent if below <= descent + _CLOSE else below
            places += [(x, y + ascent, box) for x, box in instead]
            y += ascent + descent
        return Flowed(tuple(places), y)


def _reach(line: Sequence[tuple[float, Box]]) -> tuple[float, float]:
    """What a line reaches above and below its base line."""
    ascent = max((box.ascent for _, box in line), default=0.0)
    return ascent, max((box.descent for _, box in line), default=0.0)


def _groups(items: Sequence[FlowItem], leads: tuple[str, ...] | None) -> list[list[FlowItem]]:
    """Items that stay on one line: cut before these leads, or anywhere but inside a product of
    symbols."""
    groups: list[list[FlowItem]] = []
    for item in items:
        cut = item.lead in leads if leads is not None else item.lead != BESIDE
        if cut or not groups:
            groups.append([item])
        else:
            groups[-1].append(item)
    return groups
