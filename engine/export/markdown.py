"""A worked solution as Markdown that also reads well as it stands, in any terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from engine.export.solution import GAP, Solution, Working
from engine.export.walk import TextBlocks
from engine.formulas.writer import Piece, Writer
from engine.formulas.writers import TextWriter

# What Markdown would read as more than text. "_" inside a word is none of it.
_MARKUP = re.compile(r"[\\`*\[\]<>|~&$#]|(?<![^\W_])_|_(?![^\W_])")


def markdown(solution: Solution) -> str:
    """The whole document, with a line end."""
    return "\n\n".join(_Markdown().write(solution)) + "\n"


def escaped(words: str) -> str:
    """Words as Markdown shows them to the letter."""
    return _MARKUP.sub(lambda match: "\\" + match[0], words)


class _Markdown(TextBlocks):
    """Blocks of Markdown."""

    gap = "_" * 12
    long_gap = f"{GAP} {'_' * 24}"
    text = staticmethod(escaped)
    formulas = TextWriter

    def new_page(self) -> None:
        # A form feed is where a printer begins a new page; Markdown takes it for blank space.
        self.blocks.append("\f\n---")

    def heading(self, title: str, level: int) -> None:
        self.blocks.append(f"{'#' * (level + 1)} {escaped(title)}")

    def table(self, rows: list[list[str]]) -> None:
        widths = [max(3, *map(len, column)) for column in zip(*rows, strict=True)]
        rows = [rows[0], ["-" * (width - 1) + ":" for width in widths], *rows[1:]]
        lines = (
            " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        )
        self.blocks.append("\n".join(f"| {line} |" for line in lines))

    def working(self, working: Working) -> None:
        """The title, and the rows as a block of code: aligned, and no name in it is markup."""
        lines = list(self.lines(working))
        width = max(len(left) for left, _ in lines)
        code = (f"    {left:>{width}} {line}" for left, line in lines)
        self.blocks.append("\n".join((escaped(working.title), "", *code)))

    def formula(self, written: str) -> str:
        return escaped(written)

    def line(self, pieces: Sequence[Piece[str]], writer: Writer[str]) -> str:
        """A line, the sign that leads it apart from what follows."""
        first, *others = pieces
        return f"{first.lead} {writer.join([replace(first, lead=''), *others])}"
