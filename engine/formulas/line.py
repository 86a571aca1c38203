"""A line: what a formula is of, and the formula, in symbols and in numbers."""

from __future__ import annotations
import math
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Generic, Protocol, TypeVar
import numpy as np
from engine.formulas.notation import Name
from engine.maths.activations import ACTIVATIONS, Array
from engine.formulas.writer import Piece, T, Writer
from engine.formulas.formula import Expr, Number, is_single


@dataclass(frozen=True)
class Line:
    """One line: what is worked out, the formula in symbols, then in numbers, and the result.

    `symbols` and `numbers` may each hold several forms of the same formula, or none; `relation`
    stands after the left side ("←" where a parameter changes).
    """

    left: Expr
    symbols: tuple[Expr, ...] = ()
    numbers: tuple[Expr, ...] = ()
    relation: str = EQUALS

    @property
    def value(self) -> float:
        """The value of the last form shown."""
        return (*self.symbols, *self.numbers)[-1].value

    def pieces(self, writer: Writer[T]) -> list[Piece[T]]:
        """The whole line, cut where it may break."""
        pieces = self.left.pieces(writer, numbers=False)
        relation = self.relation
        for numbers, forms in ((False, self.symbols), (True, self.numbers)):
            for form in forms:
                pieces += related(relation, form, writer, numbers)
                relation = EQUALS
        if self.numbers and not is_single(self.numbers[-1]):
            pieces.append(Piece(EQUALS, writer.number(self.value)))
        return pieces

    def write(self, writer: Writer[T]) -> T:
        """The whole line in one."""
        return writer.join(self.pieces(writer))


def related(lead: str, expr: Expr, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
    """The pieces of a formula that follows a relation such as "="."""
    first, *others = expr.pieces(writer, numbers)
    if first.lead:
        return [Piece(lead, writer.join([first])), *others]
    return [Piece(lead, first.body), *others]


def equation(left: Expr, formula: Expr) -> Line:
    """left = formula = its numbers = its value; a bare number is not repeated."""
    bare = isinstance(formula, Number)
    return Line(left, () if bare else (formula,), (formula,))
