"""The one walk over a worked solution, and what each format has to say on the way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from engine.export.solution import Cell, Figure, Grid, Solution, Words, Working
from engine.formulas.writer import Piece, T, Writer
from engine.formulas.writers import Prose

B = TypeVar("B")


class BlockWriter(ABC, Generic[B, T]):
    """A format: `write` walks over a solution and calls a method for each of its blocks, which
    adds a B or several to `blocks`. Words, numbers and formulas within are T, text or boxes."""

    gap: T  # a number to be filled in, in a table
    text: Callable[[str], T]
    formulas: Callable[[int | None], Writer[T]]  # that show so many digits

    def __init__(self) -> None:
        self.blocks: list[B] = []

    def write(self, solution: Solution) -> list[B]:
        """All blocks of a solution."""
        self.title(solution.title, f"{solution.subtitle}.")
        for number, part in enumerate(solution.parts):
            if number:
                self.new_page()
            if part.title:
                self.heading(part.title, 0)
            for section in part.sections:
                if section.title:
                    self.heading(section.title, section.level)
                for block in section.blocks:
                    self._block(block)
        return self.blocks

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
        return self.formula(cell.write(self.formulas(6), numbers=False))

    @abstractmethod
    def title(self, title: str, subtitle: str) -> None:
        """What the document begins with."""

    @abstractmethod
    def new_page(self) -> None:
        """Where the next part begins."""

    @abstractmethod
    def heading(self, title: str, level: int) -> None:
        """The heading of a part (level 0), or of a section."""

    @abstractmethod
    def words(self, prose: Prose, digits: int | None) -> None:
        """A paragraph; numbers in it have so many digits."""

    @abstractmethod
    def table(self, rows: list[list[T]]) -> None:
        """Cells row by row, the heads first."""

    @abstractmethod
    def working(self, working: Working) -> None:
        """A step worked out."""

    def formula(self, written: T) -> T:
        """A formula among words or in a cell."""
        return written

    def number(self, value: float, digits: int | None) -> T:
        """A number in a cell."""
        return self.formula(self.formulas(digits).number(value))


class TextBlocks(BlockWriter[str, str]):
    """A format that is text."""

    long_gap: str  # a line of a working to be filled in, behind its relation

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

    def lines(self, working: Working) -> Iterator[tuple[str, str]]:
        """What stands left of the relation and what follows, line by line."""
        for row in working.rows:
            writer = self.formulas(row.digits)
            if isinstance(row.left, str):
                left = self.label(row.left)
            else:
                left = self.set_off(row.left.write(writer, numbers=False))
            for line in [self.line(line, writer) for line in row.lines(writer)] or [self.long_gap]:
                yield left, line
                left = ""

    def line(self, pieces: Sequence[Piece[str]], writer: Writer[str]) -> str:
        """One line of a formula, with the relation or sign that leads it."""
        return self.set_off(writer.join(pieces))

    def paragraph(self, text: str) -> str:
        """A paragraph as a block."""
        return text

    def label(self, text: str) -> str:
        """Words on the left of a working."""
        return text

    def set_off(self, written: str) -> str:
        """A formula in a working."""
        return written
