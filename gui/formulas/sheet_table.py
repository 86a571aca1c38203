"""The table of a derivation: a row per sample, laid out to fit the sheet's width."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from engine.derivations.derive import Table
from engine.text.numbers import fewer_digits, format_number
from gui import theme
from gui.formulas.box_writer import BoxWriter
from gui.formulas.boxes import Box, words

_ROW = 19.0
_PAD, _LEAST_PAD = 6.0, 2.0  # at either side of a column, where there is room and where not
_FEWEST_DIGITS = 3


def lay_out_table(
    table: Table, width: float, wanted: int | None
) -> tuple[float, Callable[[QPainter, float], None]]:
    """Height of a table, and what paints it with its upper edge at y."""
    heads = _heads(table)
    for digits in fewer_digits(wanted, _FEWEST_DIGITS):
        cells = _cells(table, digits)
        columns = _widths(heads, cells)
        excess = sum(columns) + 2 * _PAD * len(columns) - width
        if excess <= 0.0:
            break
    pad = max(_LEAST_PAD, _PAD - max(0.0, excess) / (2 * len(columns)))
    columns = [column + 2 * pad for column in columns]
    stretch = max(0.0, width - sum(columns)) / max(1, len(columns) - 1)
    rights = []
    x = 0.0
    for number, column in enumerate(columns):
        x += column + (stretch if number else 0.0)
        rights.append(x - pad)
    head_height = max(_ROW, max(head.height for head in heads) + 6.0)

    def paint(painter: QPainter, y: float) -> None:
        colours = theme.current()
        painter.setPen(colours.colour("secondary"))
        _paint_row(painter, heads, rights, y, head_height)
        painter.setPen(QPen(colours.colour("border"), 1.0))
        painter.drawLine(0, round(y + head_height), round(width), round(y + head_height))
        top = y + head_height + 2.0
        for row, boxes in zip(table.rows, cells, strict=True):
            if row.here:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours.colour("sunken"))
                painter.drawRoundedRect(QRectF(0.0, top, width, _ROW), 4, 4)
            painter.setPen(colours.colour("ink" if row.values else "secondary"))
            if row.values:
                _paint_row(painter, boxes, rights, top, _ROW)
            else:
                boxes[0].paint(painter, pad, top + _base(boxes, _ROW))
            top += _ROW

    return head_height + 2.0 + _ROW * len(table.rows), paint


def has_room(table: Table, width: float, digits: int | None) -> bool:
    """Whether a table fits with these digits, and none need be left out."""
    heads = _heads(table)
    return sum(_widths(heads, _cells(table, digits))) + 2 * _PAD * len(heads) <= width


def _heads(table: Table) -> list[Box]:
    writer = BoxWriter(theme.SMALL)
    return [
        words(head, theme.SMALL) if isinstance(head, str) else head.write(writer, False)
        for head in table.heads
    ]


def _cells(table: Table, digits: int | None) -> list[list[Box]]:
    return [
        [words(row.label, theme.SMALL)]
        + [words(format_number(value, digits), theme.SMALL) for value in row.values]
        for row in table.rows
    ]


def _widths(heads: list[Box], cells: list[list[Box]]) -> list[float]:
    """Width of what is in each column; the label of left out rows may reach over all columns."""
    full = [heads] + [row for row in cells if len(row) == len(heads)]
    return [max(row[i].width for row in full) for i in range(len(heads))]


def _paint_row(
    painter: QPainter, boxes: list[Box], rights: list[float], y: float, height: float
) -> None:
    base = y + _base(boxes, height)
    for box, right in zip(boxes, rights, strict=True):
        box.paint(painter, right - box.width, base)


def _base(boxes: list[Box], height: float) -> float:
    """The common base line that puts boxes in the middle of a row."""
    ascent, descent = max(box.ascent for box in boxes), max(box.descent for box in boxes)
    return (height - ascent - descent) / 2 + ascent
