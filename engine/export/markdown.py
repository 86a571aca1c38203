"""A worked solution as Markdown that also reads well as it stands, in any terminal."""

from __future__ import annotations

import re
from dataclasses import replace

from engine.export.solution import (
    GAP,
    Cell,
    Figure,
    Grid,
    Part,
    Row,
    Solution,
    Words,
    Working,
)
from engine.formulas.formula import Piece
from engine.formulas.writers import Prose, TextWriter
from engine.text.numbers import machine_number

_GAP = "_" * 24
_SHORT_GAP = "_" * 12
# What Markdown would read as more than text. "_" inside a word is none of it.
_MARKUP = re.compile(r"[\\`*\[\]<>|~&$#]|(?<![^\W_])_|_(?![^\W_])")


def markdown(solution: Solution) -> str:
    """The whole document, with a line end."""
    blocks = [f"# {escaped(solution.title)}", escaped(f"{solution.subtitle}.")]
    for number, part in enumerate(solution.parts):
        blocks += _part(part, number > 0)
    return "\n\n".join(blocks) + "\n"


def escaped(words: str) -> str:
    """Words as Markdown shows them to the letter."""
    return _MARKUP.sub(lambda match: "\\" + match[0], words)


def _part(part: Part, apart: bool) -> list[str]:
    # A form feed is where a printer begins a new page; Markdown takes it for blank space.
    made = ["\f\n---"] if apart else []
    if part.title:
        made.append(f"# {escaped(part.title)}")
    for section in part.sections:
        if section.title:
            made.append(f"{'#' * (section.level + 1)} {escaped(section.title)}")
        for block in section.blocks:
            if isinstance(block, Words):
                made.append(_prose(block.prose, block.digits))
            elif isinstance(block, Grid):
                made.append(_grid(block))
            else:
                made.append(_working(block))
    return made


def _prose(prose: Prose, digits: int | None) -> str:
    writer = TextWriter(digits)
    parts = (part if isinstance(part, str) else part.write(writer) for part in prose)
    return escaped("".join(parts))


def _grid(grid: Grid) -> str:
    rows = [[_cell(cell) for cell in cells] for cells in (grid.heads, *grid.rows)]
    widths = [max(3, *(len(row[k]) for row in rows)) for k in range(len(grid.heads))]
    rows.insert(1, ["-" * (width - 1) + ":" for width in widths])
    return "\n".join(
        "| " + " | ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        for row in rows
    )


def _cell(cell: Cell) -> str:
    if cell is None:
        return _SHORT_GAP
    if isinstance(cell, Figure):
        return machine_number(cell.value, cell.digits)
    return escaped(cell if isinstance(cell, str) else cell.write(TextWriter(), numbers=False))


def _working(working: Working) -> str:
    """The title, and the rows as a block of code: aligned, and no name in it is markup."""
    lefts = [_left(row) for row in working.rows]
    width = max(map(len, lefts))
    lines = [escaped(working.title), ""]
    for left, row in zip(lefts, working.rows, strict=True):
        writer = TextWriter(row.digits)
        made = [_line(line, writer) for line in row.lines(writer)] or [f"{GAP} {_GAP}"]
        for k, line in enumerate(made):
            lines.append(f"    {'' if k else left:>{width}} {line}")
    return "\n".join(lines)


def _line(pieces: list[Piece[str]], writer: TextWriter) -> str:
    """A line, the sign that leads it apart from what follows."""
    first, *others = pieces
    return f"{first.lead} {writer.join([replace(first, lead=''), *others])}"


def _left(row: Row) -> str:
    return row.left if isinstance(row.left, str) else row.left.write(TextWriter(), numbers=False)
