"""A worked solution as PDF pages: A4, formulas set as on screen, a page number on each."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QIODevice, QLineF, QMarginsF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from engine.export.solution import GAP, Solution, Working, WorkingRow
from engine.export.walk import BlockWriter
from engine.formulas.writers import Prose
from gui import theme
from gui.formulas.box_writer import BoxWriter
from gui.formulas.boxes import Box, gap_before, scaled, words
from gui.formulas.flow import Flowed, FlowItem, flow, flow_words
from gui.formulas.formula_items import plain_items
from gui.formulas.sheet import word_items

# Everything is laid out in pixels and then made smaller, to 10 points for the text: so indices may
# be as small as a printer allows, and not only as a screen does. A4, with 20 mm around.
_TEXT = 18
_POINTS = 10.0 / _TEXT
_WIDTH, _HEIGHT = 481.9 / _POINTS, 728.5 / _POINTS
_MARGIN_MM = 20.0
_RESOLUTION = 1200
_FOOTER = 36.0  # from the end of the text down to the base line of the page number

_TITLE, _SMALL = 31, 16
_HEADINGS = ((28, 0.0), (23, 34.0), (19, 20.0))  # of each level: its size, and the room above
_INDENT = 20.0
_LEFT = 84.0  # what stands left of the relation is right-aligned to at least this
_GAP_WIDTH, _SHORT_GAP_WIDTH = 600.0, 126.0
_ROW_GAP = 9.0
_CELL_GAP = 30.0
_KEPT_WHOLE = 0.4  # of a page: a step up to this high is not torn apart,
_TABLE_KEPT_WHOLE = 0.75  # and a table up to this


class _PageBlock(Struct, frozen=True):
    """Something that is not torn apart: the room above it, its height, how it is painted from y
    on, and whether it stays with what follows. `apart` begins a new page; `leads` says that it
    stays with a table that follows."""

    room: float
    height: float
    paint: Callable[[QPainter, float], None]
    stays: bool = False
    apart: bool = False
    leads: bool = False


def solution_pdf(solution: Solution) -> bytes:
    """The pages of a worked solution."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(solution.title)
    writer.setCreator("Backpass")
    writer.setResolution(_RESOLUTION)
    margins = QMarginsF(*[_MARGIN_MM] * 4)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            margins,
            QPageLayout.Unit.Millimeter,
        )
    )
    pages = _pages(_PdfBlocks().write(solution))
    painter = QPainter(writer)
    painter.scale(_RESOLUTION / 72.0 * _POINTS, _RESOLUTION / 72.0 * _POINTS)
    for number, page in enumerate(pages, start=1):
        if number > 1:
            writer.newPage()
        for y, block in page:
            painter.setPen(theme.LIGHT.colour("ink"))
            block.paint(painter, y)
        _paint_footer(painter, solution.title, f"{number} / {len(pages)}")
    painter.end()
    return bytes(buffer.data().data())


def _pages(blocks: list[_PageBlock]) -> list[list[tuple[float, _PageBlock]]]:
    """Blocks at their places on pages; what stays together moves to the next page together."""
    pages: list[list[tuple[float, _PageBlock]]] = [[]]
    y = 0.0
    at = 0
    while at < len(blocks):
        end = at + 1
        while blocks[end - 1].stays and end < len(blocks):
            end += 1
        together = blocks[at:end]
        needed = sum(block.room + block.height for block in together)
        if pages[-1] and (together[0].apart or y + needed > _HEIGHT):
            pages.append([])
            y = 0.0
        for block in together:
            if pages[-1] and y + block.room + block.height > _HEIGHT:
                pages.append([])
                y = 0.0
            y += block.room if pages[-1] else 0.0
            pages[-1].append((y, block))
            y += block.height
        at = end
    return pages


def _paint_footer(painter: QPainter, title: str, page: str) -> None:
    painter.setPen(theme.LIGHT.colour("secondary"))
    number = words(page, _SMALL)
    number.paint(painter, _WIDTH - number.width, _HEIGHT + _FOOTER)
    metrics = QFontMetricsF(theme.drawn_font(_SMALL))
    room = _WIDTH - number.width - 2 * _INDENT
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
    words(shown, _SMALL).paint(painter, 0.0, _HEIGHT + _FOOTER)


def _heading(text: str, pixels: int, room: float) -> _PageBlock:
    font = theme.drawn_font(pixels, bold=True)
    area = QRectF(0.0, 0.0, _WIDTH, _HEIGHT)
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
    height = QFontMetricsF(font).boundingRect(area, flags, text).height()

    def paint(painter: QPainter, y: float) -> None:
        painter.setFont(font)
        painter.drawText(QRectF(0.0, y, _WIDTH, height + 6.0), flags, text)

    return _PageBlock(room, height, paint, stays=True)


def _words(prose: Prose, digits: int | None, room: float, colour: str = "ink") -> _PageBlock:
    flowed = flow_words(word_items(prose, _TEXT, digits, _WIDTH), _WIDTH)
    return _flowed(flowed, room, 0.0, colour)


def _flowed(flowed: Flowed, room: float, x: float, colour: str, stays: bool = False) -> _PageBlock:
    def paint(painter: QPainter, y: float) -> None:
        painter.setPen(theme.LIGHT.colour(colour))
        flowed.paint(painter, x, y)

    return _PageBlock(room, flowed.height, paint, stays)


def _rule(room: float) -> _PageBlock:
    """A line across the page."""
    return _PageBlock(
        room, 1.0, lambda painter, y: _draw_line(painter, 0.0, y, _WIDTH, "border"), True
    )


def _draw_line(painter: QPainter, x: float, y: float, width: float, colour: str) -> None:
    painter.setPen(QPen(theme.LIGHT.colour(colour), 1.0))
    painter.drawLine(QLineF(x, y, x + width, y))


def _left(row: WorkingRow) -> Box:
    """What stands left of the relation."""
    if isinstance(row.left, str):
        return words(row.left, _SMALL)
    return row.left.write(BoxWriter(_TEXT, row.digits), numbers=False)


def _row(right: list[FlowItem], left: Box, width: float) -> Flowed:
    """A row with its left side right-aligned to a width; further lines begin below its relation."""

    def paint(painter: QPainter, x: float, y: float) -> None:
        left.paint(painter, x + width - left.width, y)

    padded = FlowItem(Box(width, left.ascent, left.descent, paint))
    first = FlowItem(right[0].box, gap_before(GAP), GAP)
    return flow([padded, first, *right[1:]], _WIDTH - _INDENT)


def _blank(width: float) -> Box:
    """A line to write on."""
    return Box(width, 30.0, 6.0, lambda painter, x, y: _draw_line(painter, x, y + 5, width, "ink"))


def _table_row(boxes: list[Box], widths: list[float], is_head: bool) -> _PageBlock:
    """Boxes right-aligned in columns of these widths, with a line below them."""
    ascent = max(box.ascent for box in boxes)
    height = ascent + max(box.descent for box in boxes) + 12.0

    def paint(painter: QPainter, y: float) -> None:
        x = 0.0
        painter.setPen(theme.LIGHT.colour("secondary" if is_head else "ink"))
        for box, width in zip(boxes, widths, strict=True):
            x += width
            box.paint(painter, x - box.width - _CELL_GAP / 2, y + 6.0 + ascent)
        _draw_line(painter, 0.0, y + height, x, "secondary" if is_head else "border")

    return _PageBlock(11.0 if is_head else 0.0, height, paint)


class _PdfBlocks(BlockWriter[_PageBlock, Box]):
    """Blocks of pages."""

    gap = _blank(_SHORT_GAP_WIDTH)

    def title(self, title: str, subtitle: str) -> None:
        self.blocks.append(_heading(title, _TITLE, 0.0))
        self.blocks.append(_words((subtitle,), None, 6.0, "secondary"))

    def new_page(self) -> None:
        self.blocks.append(_PageBlock(0.0, 0.0, lambda painter, y: None, stays=True, apart=True))

    def heading(self, title: str, level: int) -> None:
        self.blocks.append(_heading(title, *_HEADINGS[level]))
        if level == 1:
            self.blocks.append(_rule(7.0))

    def words(self, prose: Prose, digits: int | None) -> None:
        self.blocks.append(replace(_words(prose, digits, 11.0), leads=True))

    def table(self, rows: list[list[Box]]) -> None:
        if self.blocks[-1].leads:  # it says what the table is of
            self.blocks[-1] = replace(self.blocks[-1], stays=True)
        widths = [
            max(box.width for box in column) + _CELL_GAP for column in zip(*rows, strict=True)
        ]
        fit = min(1.0, _WIDTH / sum(widths))
        if fit < 1.0:
            rows = [[scaled(box, fit) for box in row] for row in rows]
            widths = [fit * width for width in widths]
        blocks = [_table_row(boxes, widths, k == 0) for k, boxes in enumerate(rows)]
        whole = sum(block.height for block in blocks) < _TABLE_KEPT_WHOLE * _HEIGHT
        for k, block in enumerate(blocks):
            self.blocks.append(replace(block, stays=k < len(blocks) - 1 and (whole or k == 0)))

    def working(self, working: Working) -> None:
        lefts = [_left(row) for row in working.rows]
        left_width = max(_LEFT, *(left.width for left in lefts))
        rows = [
            _row(self._items(row), left, left_width)
            for row, left in zip(working.rows, lefts, strict=True)
        ]
        height = sum(row.height + _ROW_GAP for row in rows)
        whole = height < _KEPT_WHOLE * _HEIGHT
        title = flow_words(word_items((working.title,), _TEXT, None, _WIDTH), _WIDTH)
        self.blocks.append(_flowed(title, 16.0, 0.0, "secondary", stays=True))
        for k, flowed in enumerate(rows):
            stays = k == 0 < len(rows) - 1 or (whole and k < len(rows) - 1)
            self.blocks.append(_flowed(flowed, _ROW_GAP, _INDENT, "ink", stays))

    def _items(self, row: WorkingRow) -> list[FlowItem]:
        if row.is_gap:
            return [FlowItem(words(GAP, _TEXT)), FlowItem(_blank(_GAP_WIDTH), gap_before(GAP))]
        return plain_items(row, self.formulas(row.digits))

    def text(self, text: str) -> Box:
        return words(text, _TEXT)

    def formulas(self, digits: int | None) -> BoxWriter:
        return BoxWriter(_TEXT, digits)
