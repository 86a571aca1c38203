"""Formulas of matrices: the same tree as engine.formulas.formula, with arrays for values.

A Writer sets the numbers in brackets; of a large matrix only the first and last are written.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.formulas.formula import (
    BESIDE,
    BY_ENTRY,
    EQUALS,
    MINUS,
    OVER_ENTRIES,
    PLUS,
    Expr,
    Leaf,
    Line,
)
from engine.formulas.notation import Name
from engine.formulas.writer import Piece, T, Writer
from engine.maths.activations import Array

MOST = 6  # rows or columns that are written out in full
_FIRST = 3  # of more, these and the last
_POINT = Name("·", "·")


class ArrayExpr(Expr):
    """A formula whose `values` are an array of shape (rows, columns)."""

    values: Array

    @property
    def value(self) -> float:
        """A single number is nothing that a matrix has."""
        return math.nan


def _shown(count: int) -> list[int | None]:
    """Indices that are written; None where some are left out."""
    return list(range(count)) if count <= MOST else [*range(_FIRST), None, count - 1]


def write_numbers(writer: Writer[T], values: Array, gone: Array | None = None) -> T:
    """An array of shape (rows, columns) in brackets; where `gone`, of the same shape, is not 0 a
    point stands in place of the number."""
    rows, columns = _shown(values.shape[0]), _shown(values.shape[1])
    return writer.matrix([
        [
            writer.dots()
            if i is None or k is None
            else writer.name(_POINT)
            if gone is not None and gone[i, k]
            else writer.number(float(values[i, k]))
            for k in columns
        ]
        for i in rows
    ])


@dataclass(frozen=True, eq=False)
class Matrix(ArrayExpr, Leaf):
    """A matrix or a column with its symbol; `gone` as in `write_numbers`."""

    name: Name
    values: Array
    gone: Array | None = field(default=None, kw_only=True)

    def symbol(self, writer: Writer[T]) -> T:
        return writer.name(self.name)

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        body = write_numbers(writer, self.values, self.gone) if numbers else self.symbol(writer)
        return [Piece("", body)]


@dataclass(frozen=True, eq=False)
class Gradient(Matrix):
    """∂E/∂W: the derivatives of `top` by every entry of what is called `name`."""

    top: Name

    def symbol(self, writer: Writer[T]) -> T:
        return writer.derivative(self.top, self.name)


@dataclass(frozen=True, eq=False)
class _Joined(ArrayExpr):
    """Parts side by side, each with the sign that leads it."""

    parts: tuple[tuple[str, Expr], ...]
    values: Array

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        pieces: list[Piece[T]] = []
        for lead, part in self.parts:
            first, *others = part.pieces(writer, numbers)
            pieces += [replace(first, lead=lead) if lead else first, *others]
        return pieces


def times(first: ArrayExpr, second: ArrayExpr) -> ArrayExpr:
    """The matrix product."""
    return _Joined((("", first), (BESIDE, second)), first.values @ second.values)


def plus(first: ArrayExpr, second: ArrayExpr) -> ArrayExpr:
    """The sum; a column is added to every column of a matrix."""
    return _Joined((("", first), (PLUS, second)), first.values + second.values)


def minus(first: ArrayExpr, second: ArrayExpr) -> ArrayExpr:
    """The difference."""
    return _Joined((("", first), (MINUS, second)), first.values - second.values)


def by_entry(first: ArrayExpr, second: ArrayExpr) -> ArrayExpr:
    """The product entry by entry."""
    return _Joined((("", first), (BY_ENTRY, second)), first.values * second.values)


def over(first: ArrayExpr, second: ArrayExpr) -> ArrayExpr:
    """The quotient entry by entry."""
    parts = (("", first), (OVER_ENTRIES, in_brackets(second, in_numbers=False)))
    return _Joined(parts, first.values / second.values)


def scaled(scalar: Expr, matrix: ArrayExpr) -> ArrayExpr:
    """A number times a matrix."""
    shown = scalar if scalar.holds_together(False) else _Bracketed(scalar, True, False)
    return _Joined((("", shown), (BESIDE, matrix)), scalar.value * matrix.values)


@dataclass(frozen=True, eq=False)
class SampleTotal(ArrayExpr):
    """A sum over the samples s: Σ of the general term, in numbers the terms one by one."""

    terms: Sequence[ArrayExpr]
    general: ArrayExpr
    values: Array

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        if not numbers:
            return [Piece("", writer.total("s", self.general.write(writer, False)))]
        joined = tuple((PLUS if k else "", term) for k, term in enumerate(self.terms))
        return _Joined(joined, self.values).pieces(writer, numbers)


@dataclass(frozen=True, eq=False)
class LeftOut(ArrayExpr):
    """Terms of a sum that are not written, and what they come to."""

    values: Array

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        return [Piece("", writer.dots())]


@dataclass(frozen=True, eq=False)
class _Bracketed(Expr):
    inner: Expr
    in_symbols: bool
    in_numbers: bool

    @property
    def value(self) -> float:
        return self.inner.value

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        if self.in_numbers if numbers else self.in_symbols:
            return [Piece("", writer.bracket(self.inner.write(writer, numbers)))]
        return self.inner.pieces(writer, numbers)


def in_brackets(
    inner: ArrayExpr, in_symbols: bool = True, in_numbers: bool = True
) -> ArrayExpr:
    """A formula in round brackets, in symbols, in numbers or in both."""
    return _Joined((("", _Bracketed(inner, in_symbols, in_numbers)),), inner.values)


@dataclass(frozen=True, eq=False)
class Applied(ArrayExpr):
    """A function of every entry, f(z) or √v, and perhaps a number added to it; `values` are what
    both come to."""

    function: str
    argument: ArrayExpr
    values: Array
    plus: Expr | None = None

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        inner = self.argument.write(writer, numbers)
        root = self.function == "√"
        body = writer.root(inner) if root else writer.function(self.function, [inner])
        if self.plus is None:
            return [Piece("", body)]
        first, *others = self.plus.pieces(writer, numbers)
        return [Piece("", body), replace(first, lead=PLUS), *others]


@dataclass(frozen=True, eq=False)
class WorkedMatrix(ArrayExpr):
    """A part that is written out in symbols, and in numbers as the matrix that it comes to."""

    inner: ArrayExpr

    @property
    def values(self) -> Array:  # type: ignore[override]
        return self.inner.values

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        if numbers:
            return [Piece("", write_numbers(writer, self.values))]
        return self.inner.pieces(writer, numbers)


@dataclass(frozen=True, eq=False)
class WhatIsThere(ArrayExpr):
    """A part of which only some entries count: those where `gone` is 0. The others are 0."""

    inner: ArrayExpr
    gone: Array

    @property
    def values(self) -> Array:  # type: ignore[override]
        return np.where(self.gone > 0.0, 0.0, self.inner.values)

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        return self.inner.pieces(writer, numbers)


def equals(left: Matrix, formula: ArrayExpr, relation: str = EQUALS) -> Line:
    """left = formula = its numbers = what they come to; a bare matrix is not repeated."""
    result = Matrix(left.name, np.asarray(formula.values), gone=left.gone)
    written = (result,) if isinstance(formula, Matrix) else (formula, result)
    return Line(left, (formula,), written, relation)
