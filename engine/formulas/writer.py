"""What writes a formula: it makes pieces, of text or of boxes, and joins them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from engine.formulas.notation import Name

T = TypeVar("T")


@dataclass(frozen=True)
class Piece(Generic[T]):
    """What is written between two places where a line may break, and the sign that leads it.

    `lead` is "" for the first piece; a minus there is a sign, elsewhere an operator.
    """

    lead: str
    body: T


class Writer(Protocol[T]):
    """Makes the parts of a formula; T is what it makes (text, boxes)."""

    def number(self, value: float) -> T:
        """A number, with as many digits as the writer was made for."""

    def name(self, name: Name) -> T:
        """A symbol with what stands above and below it."""

    def derivative(self, top: Name, bottom: Name) -> T:
        """∂top/∂bottom."""

    def dots(self) -> T:
        """What stands in the place of terms or entries that are not written."""

    def join(self, pieces: Sequence[Piece[T]]) -> T:
        """Pieces one after the other, each led by its sign."""

    def bracket(self, inner: T, left: bool = True, right: bool = True) -> T:
        """A part in round brackets; only the opening or the closing one where it is the first or
        the last piece of what they enclose."""

    def fraction(self, top: T, bottom: T) -> T:
        """One part over another."""

    def power(self, base: T, exponent: T) -> T:
        """A base with its exponent."""

    def root(self, inner: T) -> T:
        """The square root of a part."""

    def absolute(self, inner: T) -> T:
        """The size of a part, between bars."""

    def function(self, name: str, arguments: Sequence[T]) -> T:
        """A function of its arguments: σ(z), f′(z), max(0, z)."""

    def total(self, index: str, body: T) -> T:
        """Σ over an index, in front of its general term."""

    def matrix(self, rows: Sequence[Sequence[T]]) -> T:
        """Entries row by row, in square brackets."""

    def mistaken(self, used: T | None, right: T | None) -> T:
        """What was used by mistake struck through, and what is right marked beside it; None for
        either where there is nothing to write."""
