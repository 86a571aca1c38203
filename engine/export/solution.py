"""What a worked solution consists of, whatever it is written as."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from engine.formulas.formula import EQUALS, MINUS, PLUS, Expr, related
from engine.formulas.writer import Piece, T, Writer
from engine.formulas.writers import Prose, TextWriter

# Characters of plain text after which a formula goes on in the next line.
_LONGEST_LINE = 72


class RelatedFormula(NamedTuple):
    """A formula behind its relation, in symbols or in numbers."""

    relation: str
    formula: Expr
    numbers: bool


class WorkingRow(Struct, frozen=True):
    """A row of a working: what stands left of the relation (a symbol, whose numbers these are, or
    nothing) and the forms that follow. Without forms it is a gap to be filled in."""

    left: Expr | str
    forms: tuple[RelatedFormula, ...] = ()
    digits: int | None = 6

    @property
    def is_gap(self) -> bool:
        """Whether what follows is left to the reader."""
        return not self.forms

    def pieces(self, writer: Writer[T]) -> list[Piece[T]]:
        """All that follows the left side, cut where a line may break."""
        pieces: list[Piece[T]] = []
        for relation, formula, numbers in self.forms:
            pieces += related(relation, formula, writer, numbers)
        return pieces

    def lines(self, writer: Writer[T]) -> list[list[Piece[T]]]:
        """The same as lines, for targets that do not break lines themselves: a relation that does
        not fit begins a new one, and of a formula too long for one line the rest follows."""
        widths = iter([_width(piece) for piece in self.pieces(TextWriter(self.digits))])
        lines: list[list[Piece[T]]] = []
        room = 0
        for relation, formula, numbers in self.forms:
            groups = _groups(related(relation, formula, writer, numbers))
            needs = [sum(next(widths) for _ in group) for group in groups]
            for k, (group, need) in enumerate(zip(groups, needs, strict=True)):
                if (need if k else sum(needs)) > room:
                    lines.append([])
                    room = _LONGEST_LINE
                lines[-1] += group
                room -= need
            if sum(needs) > _LONGEST_LINE:
                room = 0
        return lines


def _groups(pieces: list[Piece[T]]) -> list[list[Piece[T]]]:
    """Pieces that stay on one line: cut before each plus and minus."""
    groups = [pieces[:1]]
    for piece in pieces[1:]:
        if piece.lead in (PLUS, MINUS):
            groups.append([])
        groups[-1].append(piece)
    return groups


def _width(piece: Piece[str]) -> int:
    """Characters that a piece takes, with the spaces around its sign."""
    return len(piece.lead) + len(piece.body) + 2


GAP = EQUALS  # the relation in front of a gap


class Working(Struct, frozen=True):
    """A step worked out: its title in words and its rows."""

    title: str
    rows: tuple[WorkingRow, ...]


class Figure(Struct, frozen=True):
    """A number in a table."""

    value: float
    digits: int | None


Cell = str | Expr | Figure | None  # words, a symbol, a number, or a gap


class Grid(Struct, frozen=True):
    """A table: what stands above each column, and the rows."""

    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Words(Struct, frozen=True):
    """A paragraph, with formulas among the words."""

    prose: Prose
    digits: int | None = 6


class Section(Struct, frozen=True):
    """A heading and what stands below it. `level` is 1 for a part of the solution (the forward
    pass), 2 for a part of that (a layer)."""

    title: str
    level: int
    blocks: tuple[Words | Grid | Working, ...] = ()


class Part(Struct, frozen=True):
    """What begins on a page of its own: the solution, or the exercise and then its key."""

    title: str
    sections: tuple[Section, ...]


class Solution(Struct, frozen=True):
    """A document: its title, what it is, and its parts."""

    title: str
    subtitle: str
    parts: tuple[Part, ...]
