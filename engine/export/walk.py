"""The one walk over a worked solution, and what each format has to say on the way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Generic

from engine.export.solution import Cell, Figure, Grid, Solution, Words, Working, WorkingRow
from engine.formulas.formula import Piece, T, Writer
from engine.formulas.writers import Prose


class BlockWriter(ABC, Generic[T]):
    """Writes a solution in one format, block by block. Words, numbers and formulas within a block
    are T: text or boxes."""

    gap: T  # a number to be filled in, in a table

    def write(self, solution: Solution) -> None:
        """Go through a whole solution."""
        self.title(solution.title, f"{solution.subtitle}.")
        for number, part in enumerate(solution.parts):
            if number:
                self.new_page()
            self._heading(part.title, 0)
            for section in part.sections:
                self._heading(section.title, section.level)
                for block in section.blocks:
                    self._block(block)

    def _heading(self, title: str, level: int) -> None:
        if title:
            self.heading(title, level)

    def _block(self, block: Words | Grid | Working) -> None:
        if isinstance(block, Words):
            self.words(block.prose, block.digits)
        elif isinstance(block, Grid):
            self.table([[self._cell(cell) for cell in row] for row in (block.heads, *block.rows)])
        else:
            self.working(block)

    def _cell(self, cell: Cell) -> T:
        if cell is None:
            return self.gap
        if isinstance(cell, str):
            return self.text(cell)
        if isinstance(cell, Figure):
            return self.number(cell.value, cell.digits)
        return self.formula(cell.write(self.formulas(), numbers=False))

    # Blocks

    @abstractmethod
    def title(self, title: str, subtitle: str) -> None: ...

    @abstractmethod
    def new_page(self) -> None: ...

    @abstractmethod
    def heading(self, title: str, level: int) -> None:
        """The heading of a part (level 0), or of a section."""

    @abstractmethod
    def words(self, prose: Prose, digits: int | None) -> None:
        """A paragraph."""

    @abstractmethod
    def table(self, rows: list[list[T]]) -> None:
        """Cells row by row, the heads first; all rows are of one length."""

    @abstractmethod
    def working(self, working: Working) -> None: ...

    # Within a block

    @abstractmethod
    def text(self, text: str) -> T:
        """Words in a cell, or between formulas."""

    @abstractmethod
    def formulas(self, digits: int | None = 6) -> Writer[T]:
        """What formulas are written by."""

    def formula(self, written: T) -> T:
        """A formula among words, or in a cell."""
        return written

    def number(self, value: float, digits: int | None) -> T:
        """A number in a cell."""
        return self.formula(self.formulas(digits).number(value))

    @abstractmethod
    def label(self, text: str) -> T:
        """Words on the left of a row of a working."""

    def set_off(self, written: T) -> T:
        """A formula in a working."""
        return written

    def left(self, row: WorkingRow) -> T:
        """The left side of a row of a working."""
        if isinstance(row.left, str):
            return self.label(row.left)
        return self.set_off(row.left.write(self.formulas(row.digits), numbers=False))


class TextBlocks(BlockWriter[str]):
    """A format of plain text: its blocks, to be put below each other."""

    long_gap: str  # a line to write on, behind its relation

    def __init__(self) -> None:
        self.blocks: list[str] = []

    def title(self, title: str, subtitle: str) -> None:
        self.heading(title, 0)
        self.words((subtitle,), None)

    def words(self, prose: Prose, digits: int | None) -> None:
        writer = self.formulas(digits)
        parts = (
            self.text(part) if isinstance(part, str) else self.formula(part.write(writer))
            for part in prose
        )
        self.blocks.append(self.paragraph("".join(parts)))

    def paragraph(self, text: str) -> str:
        """Words and formulas as a block."""
        return text

    def label(self, text: str) -> str:
        return text

    def lines(self, working: Working) -> Iterator[tuple[str, str]]:
        """The left side and what follows, line by line; a row may take several lines."""
        for row in working.rows:
            writer = self.formulas(row.digits)
            left = self.left(row)
            for line in [self.line(line, writer) for line in row.lines(writer)] or [self.long_gap]:
                yield left, line
                left = ""

    def line(self, pieces: Sequence[Piece[str]], writer: Writer[str]) -> str:
        """One line of a formula, the relation or sign that leads it included."""
        return self.set_off(writer.join(pieces))
