"""Sheet: words, formulas and tables one below the other, laid out to a width and painted."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.derivations.derive import Factor, Table
from engine.formulas.writers import Prose
from gui import theme
from gui.formulas.box_writer import ProseWriter
from gui.formulas.boxes import row, words
from gui.formulas.flow import Flowed, FlowItem, flow, flow_words
from gui.formulas.formula_items import Formula, Look, flow_formula, plain_items
from gui.formulas.sheet_table import has_room, lay_out_table
from gui.widgets.ground import Ground

_BAND_X, _BAND_Y = 10.0, 5.0  # room inside the band around the result
_APART = 12.0  # pixels at least between words at the left and at the right of a line


class _Block(Struct, frozen=True):
    """A part of the sheet from y on: how it is painted, and the factor that it explains."""

    y: float
    height: float
    paint: Callable[[QPainter, float], None]
    factor: Factor | None = None


class Sheet(Ground):
    """A column of blocks `extent` pixels wide; its height is what they need. Blocks are laid out
    for text at 100 % and painted as large as text is.

    `fill` says how to build it and is asked again when the width or the theme changes. `hovered`
    carries the Factor under the pointer, or None, and `clicked` one that was clicked and can be
    asked about.
    """

    hovered = Signal(object)
    clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.extent = 300
        self.enlarged = 1.0
        self.shortens = False  # leaves out digits for want of width
        self.receives_clicks = False  # whether a factor can be asked about
        self._build: Callable[[Sheet], None] | None = None
        self._blocks: list[_Block] = []
        self._under: Factor | None = None
        self._marked: Factor | None = None

    def fill(self, build: Callable[[Sheet], None]) -> None:
        """Show what `build` adds to the empty sheet."""
        self._build = build
        self.lay_out()
        if all(block.factor is not self._under for block in self._blocks):
            self._set_under(None)
        if all(block.factor is not self._marked for block in self._blocks):
            self._marked = None

    def set_extent(self, extent: int) -> None:
        """Lay everything out to another width."""
        if extent != self.extent:
            self.extent = extent
            self.lay_out()

    def lay_out(self) -> None:
        """Build all blocks anew."""
        self._blocks = []
        self.shortens = False
        if self._build is not None:
            self._build(self)
        self.setFixedHeight(self.needed)
        self.update()

    @property
    def scale(self) -> float:
        """How many times as large as at 100 % text it is painted."""
        return theme.scale() * self.enlarged

    @property
    def needed(self) -> int:
        """The height in pixels that everything takes."""
        return round(self._end * self.scale) + 1 if self._blocks else 0

    @property
    def _room(self) -> float:
        """The width that blocks are laid out to."""
        return self.extent / self.scale

    @property
    def _end(self) -> float:
        return self._blocks[-1].y + self._blocks[-1].height if self._blocks else 0.0

    # What `build` may add, each with a gap above it unless it is the first

    def add_words(
        self,
        prose: Prose,
        pixels: int,
        colour: str,
        gap: float,
        digits: int | None = None,
        factor: Factor | None = None,
    ) -> None:
        """Words with formulas among them, in a theme colour."""
        items = word_items(prose, pixels, digits, self._room)
        self._add_flowed(flow_words(items, self._room), colour, gap, factor)

    def add_pair(
        self, first: Prose, last: str, otherwise: str, digits: int | None, gap: float
    ) -> None:
        """Small secondary words, and at the right of their line some more; on a line of their own
        these are said otherwise."""
        items = word_items(first, theme.SMALL, digits, self._room)
        right = words(last, theme.SMALL)
        taken = sum((item.gap if k else 0.0) + item.box.width for k, item in enumerate(items))
        room = self._room - taken - right.width
        if room >= _APART:
            self._add_flowed(
                flow_words([*items, FlowItem(right, room)], self._room), "secondary", gap, None
            )
            return
        self.add_words(first, theme.SMALL, "secondary", gap, digits)
        self.add_words((otherwise,), theme.SMALL, "secondary", 3.0)

    def add_formula(
        self, formula: Formula, look: Look, gap: float, factor: Factor | None = None
    ) -> None:
        """A formula, on further lines where it is long."""
        self._add_flowed(flow_formula(formula, look, self._room), "ink", gap, factor)

    def add_small(self, formula: Formula, instead: Formula, digits: int | None) -> None:
        """A formula in small secondary letters if it fits on one low line, else another."""
        writer = ProseWriter(theme.SMALL, digits)
        flowed = flow(plain_items(formula, writer), self._room)
        if flowed.height > 2.0 * theme.SMALL:
            flowed = flow(plain_items(instead, writer), self._room)
        self._add_flowed(flowed, "secondary", 0.0, None)

    def add_room(self, height: float) -> None:
        """Nothing, for some pixels."""
        self._add(height, lambda painter, y: None, 0.0, None)

    def add_rule(self, gap: float) -> None:
        """A thin line across, with the gap on both sides."""

        def paint(painter: QPainter, y: float) -> None:
            painter.setPen(QPen(theme.current().colour("grid"), 1.0))
            painter.drawLine(QLineF(0.0, round(y), self._room, round(y)))

        self._add(1.0 + gap, paint, gap, None)

    def add_table(self, table: Table, digits: int | None, gap: float) -> None:
        """A table, its numbers as short as the width asks for."""
        height, paint = lay_out_table(table, self._room, digits)
        self.shortens = not has_room(table, self._room, digits)
        self._add(height, paint, gap, None)

    def add_band(self, formula: Formula, look: Look) -> None:
        """A formula on a band in the soft accent colour."""
        flowed = flow_formula(formula, look, self._room - 2 * _BAND_X)
        height = flowed.height + 2 * _BAND_Y

        def paint(painter: QPainter, y: float) -> None:
            colours = theme.current()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.colour("accent_soft"))
            band = QRectF(0.0, y, self._room, height)
            painter.drawRoundedRect(band, theme.RADIUS, theme.RADIUS)
            painter.setPen(colours.colour("ink"))
            flowed.paint(painter, _BAND_X, y + _BAND_Y)

        self._add(height, paint, 0.0, None)

    def _add_flowed(
        self, flowed: Flowed, colour: str, gap: float, factor: Factor | None
    ) -> None:
        def paint(painter: QPainter, y: float) -> None:
            painter.setPen(theme.current().colour(colour))
            flowed.paint(painter, 0.0, y)

        self._add(flowed.height, paint, gap, factor)

    def _add(
        self,
        height: float,
        paint: Callable[[QPainter, float], None],
        gap: float,
        factor: Factor | None,
    ) -> None:
        y = self._end + gap if self._blocks else 0.0
        self._blocks.append(_Block(y, height, paint, factor))

    # Events

    def sizeHint(self) -> QSize:
        return QSize(self.extent, self.needed)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale, visible = self.scale, event.rect()
        painter.scale(scale, scale)
        self._paint_under(painter)
        top, bottom = visible.top() / scale, visible.bottom() / scale
        for block in self._blocks:
            if block.y <= bottom and block.y + block.height >= top:
                block.paint(painter, block.y)

    def mark(self, factor: Factor | None) -> None:
        """Put a ground behind a factor, as if it were under the pointer."""
        if factor is not self._marked:
            self._marked = factor
            self.update()

    def span_of(self, factor: Factor) -> tuple[float, float] | None:
        """Top and bottom, in pixels, of what explains a factor; None if nothing here does."""
        span, scale = self._span(factor), self.scale
        return None if span is None else (span[0] * scale, span[1] * scale)

    def _span(self, factor: Factor) -> tuple[float, float] | None:
        blocks = [block for block in self._blocks if block.factor is factor]
        return (blocks[0].y, blocks[-1].y + blocks[-1].height) if blocks else None

    def _paint_under(self, painter: QPainter) -> None:
        """A ground behind the factor under the pointer, and the one that is marked."""
        for factor, colour in ((self._under, "sunken"), (self._marked, "accent_soft")):
            span = None if factor is None else self._span(factor)
            if span is not None:
                top, bottom = span[0] - 3.0, span[1] + 3.0
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.current().colour(colour))
                painter.drawRoundedRect(QRectF(0.0, top, self._room, bottom - top), 4, 4)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        y = event.position().y() / self.scale
        over = (b.factor for b in self._blocks if b.y - 4.0 <= y <= b.y + b.height + 4.0)
        self._set_under(next(over, None))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        factor = self._under
        is_inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and is_inside and factor is not None:
            if factor.asked is not None:
                self.clicked.emit(factor)
        else:
            super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_under(None)

    def _set_under(self, factor: Factor | None) -> None:
        if factor is not self._under:
            self._under = factor
            if self.receives_clicks and factor is not None and factor.asked is not None:
                self.setCursor(Qt.CursorShape.PointingHandCursor)
            else:
                self.unsetCursor()
            self.hovered.emit(factor)
            self.update()


def word_items(prose: Prose, pixels: int, digits: int | None, width: float) -> list[FlowItem]:
    """Words one by one; a formula among them in one piece where it fits a line."""
    writer = ProseWriter(pixels, digits)
    space = words(" ", pixels).width
    items: list[FlowItem] = []
    spaced = False
    for part in prose:
        if isinstance(part, str):
            for k, word in enumerate(part.split(" ")):
                spaced = spaced or k > 0
                if word and items and not spaced:  # a comma stays with what it follows
                    whole = row([(0.0, items[-1].box), (0.0, words(word, pixels))])
                    items[-1] = replace(items[-1], box=whole)
                elif word:
                    items.append(FlowItem(words(word, pixels), space if spaced else 0.0))
                    spaced = False
            continue
        whole = part.write(writer)
        if whole.width <= width:
            items.append(FlowItem(whole, space if spaced else 0.0))
        else:
            first, *others = plain_items(part, writer)
            items += [replace(first, gap=space if spaced else 0.0), *others]
        spaced = False
    return items
