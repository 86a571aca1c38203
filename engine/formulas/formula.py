"""Formulas: one tree that is worked out, and written with symbols or with their numbers.

The leaves carry the values of the record, so a formula's value is that of what it shows. How it
looks is a Writer's business (text and LaTeX in engine.formulas.writers, drawn boxes in the window);
what stands beside what, and what needs brackets, is decided here once.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from engine.formulas.notation import Name
from engine.formulas.writer import Piece, T, Writer
from engine.maths.activations import Array

PLUS, MINUS, TIMES, EQUALS, ABOUT, BECOMES = "+", "−", "·", "=", "≈", "←"
BESIDE = "\u2062"  # times, where symbols simply stand beside each other
BY_ENTRY, OVER_ENTRIES = "∘", "⊘"  # times and divided by, entry by entry of matrices


class Expr:
    """A formula. `numbers` in its methods says whether values stand in place of symbols."""

    @property
    @abstractmethod
    def value(self) -> float:
        """What the formula comes to; nan or infinite rather than an error."""

    @abstractmethod
    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        """The formula cut where a line may break."""

    def write(self, writer: Writer[T], numbers: bool) -> T:
        """The formula in one."""
        return writer.join(self.pieces(writer, numbers))

    def holds_together(self, numbers: bool) -> bool:
        """Whether it can be a factor, or follow a plus, without brackets."""
        return True

    def with_value(self) -> Line:
        """The line that says what it comes to: a_h1 = 0.593270."""
        return Line(self, (), (self,))


class Leaf(Expr):
    """A single number of the record or of the formula; in numbers it shows its own value."""

    known: float

    @property
    def value(self) -> float:
        return self.known

    @abstractmethod
    def symbol(self, writer: Writer[T]) -> T:
        """How it is written in symbols."""

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        return [Piece("", writer.number(self.value) if numbers else self.symbol(writer))]

    def holds_together(self, numbers: bool) -> bool:
        return not (numbers and self.value < 0.0)


@dataclass(frozen=True)
class Number(Leaf):
    """A number that belongs to the formula, such as the 2 of a square."""

    known: float

    def symbol(self, writer: Writer[T]) -> T:
        return writer.number(self.known)

    def holds_together(self, numbers: bool) -> bool:
        return not self.value < 0.0


@dataclass(frozen=True)
class Symbol(Leaf):
    """A quantity with its name and its value in the record."""

    name: Name
    known: float

    def symbol(self, writer: Writer[T]) -> T:
        return writer.name(self.name)


@dataclass(frozen=True)
class Derivative(Leaf):
    """∂top/∂bottom, with its value."""

    top: Name
    bottom: Name
    known: float

    def symbol(self, writer: Writer[T]) -> T:
        return writer.derivative(self.top, self.bottom)


@dataclass(frozen=True)
class Worked(Expr):
    """A part that is written out in symbols, and in numbers as what it comes to."""

    inner: Expr

    @property
    def value(self) -> float:
        return self.inner.value

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        if numbers:
            return [Piece("", writer.number(self.value))]
        return self.inner.pieces(writer, numbers)

    def holds_together(self, numbers: bool) -> bool:
        return not self.value < 0.0 if numbers else self.inner.holds_together(numbers)


def is_single(expr: Expr) -> bool:
    """Whether a formula in numbers is a single number."""
    if isinstance(expr, Sum):
        return len(expr.terms) == 1 and is_single(expr.terms[0])
    if isinstance(expr, Mistaken):
        return expr.used is None or is_single(expr.used)
    if isinstance(expr, Negative):  # which is then a number with a sign of its own
        return is_single(expr.inner) and expr.inner.value >= 0.0
    return isinstance(expr, (Leaf, Worked))


@dataclass(frozen=True)
class Rest(Expr):
    """The terms of a long sum that are left out of what is shown, not of what it comes to."""

    known: float

    @property
    def value(self) -> float:
        return self.known

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        return [Piece("", writer.dots())]


@dataclass(frozen=True)
class Mistaken(Expr):
    """A part of a formula that a mistake (a key of engine.run.mistakes) replaces.

    In symbols what was `used` is struck through and the `right` one stands beside it; in numbers,
    as in its value, there is only what was used. Where nothing was used, the part was left out
    and counts as `neutral`: 1 for a factor, 0 for a term.
    """

    key: str
    used: Expr | None
    right: Expr | None
    neutral: float = 1.0

    @property
    def value(self) -> float:
        return self.neutral if self.used is None else self.used.value

    @property
    def corrected(self) -> Expr:
        """What should stand here."""
        return Number(self.neutral) if self.right is None else self.right

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        if numbers:
            shown = Number(self.neutral) if self.used is None else self.used
            return shown.pieces(writer, numbers)
        used = None if self.used is None else self.used.write(writer, numbers)
        right = None if self.right is None else self.right.write(writer, numbers)
        return [Piece("", writer.mistaken(used, right))]

    def holds_together(self, numbers: bool) -> bool:
        return not numbers or self.used is None or self.used.holds_together(numbers)


def _without_what_is_missing(parts: Sequence[Expr]) -> Sequence[Expr]:
    """Terms or factors as they stand in numbers: without those that were left out."""
    return [part for part in parts if not is_missing(part)] or parts[:1]


def is_missing(part: Expr) -> bool:
    """Whether a mistake left a term or factor out."""
    inner = part.inner if isinstance(part, Negative) else part
    return isinstance(inner, Mistaken) and inner.used is None


def corrected(expr: Expr) -> Expr:
    """The same formula with the right part in place of every mistaken one."""
    if isinstance(expr, Mistaken):
        return corrected(expr.corrected)
    changes: dict[str, object] = {}
    for each in fields(expr):  # type: ignore[arg-type]
        part = getattr(expr, each.name)
        if isinstance(part, Expr):
            changes[each.name] = corrected(part)
        elif isinstance(part, tuple):
            changes[each.name] = tuple(corrected(p) if isinstance(p, Expr) else p for p in part)
    return replace(expr, **changes)  # type: ignore[type-var]


def mistakes_in(expr: Expr) -> tuple[str, ...]:
    """The keys of the mistakes in a formula, each once."""
    found: dict[str, None] = {}
    if isinstance(expr, Mistaken):
        found[expr.key] = None
    for each in fields(expr):  # type: ignore[arg-type]
        part = getattr(expr, each.name)
        for inner in part if isinstance(part, tuple) else (part,):
            if isinstance(inner, Expr):
                found.update(dict.fromkeys(mistakes_in(inner)))
    return tuple(found)


@dataclass(frozen=True)
class Negative(Expr):
    """Minus something; as a term of a sum, something taken away."""

    inner: Expr

    @property
    def value(self) -> float:
        return -self.inner.value

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        if numbers and is_single(self.inner) and self.inner.value >= 0.0:
            return [Piece("", writer.number(self.value))]
        first, *others = _factor(self.inner, writer, numbers)
        return [Piece(MINUS, first.body), *others]

    def holds_together(self, numbers: bool) -> bool:
        return False


@dataclass(frozen=True)
class Sum(Expr):
    """Terms added up. `general` is the term that stands for all after a Σ over `index`."""

    terms: tuple[Expr, ...]
    general: Expr | None = None
    index: str = ""

    @property
    def value(self) -> float:
        return float(sum(term.value for term in self.terms))

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        if self.general is not None and not numbers:
            body = writer.join(_factor(self.general, writer, numbers))
            return [Piece("", writer.total(self.index, body))]
        pieces: list[Piece[T]] = []
        for term in _without_what_is_missing(self.terms) if numbers else self.terms:
            lead, inner = (MINUS, term.inner) if isinstance(term, Negative) else (PLUS, term)
            if not pieces:
                pieces += term.pieces(writer, numbers)
            else:
                first, *others = _factor(inner, writer, numbers)
                pieces += [Piece(lead, first.body), *others]
        return pieces

    def holds_together(self, numbers: bool) -> bool:
        if len(self.terms) == 1:
            return self.terms[0].holds_together(numbers)
        return self.general is not None and not numbers


@dataclass(frozen=True)
class Product(Expr):
    """Factors multiplied; negative numbers among them stand in brackets."""

    factors: tuple[Expr, ...]

    @property
    def value(self) -> float:
        return math.prod(factor.value for factor in self.factors)

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        pieces: list[Piece[T]] = []
        previous: Expr | None = None
        for factor in _without_what_is_missing(self.factors) if numbers else self.factors:
            first, *others = _factor(factor, writer, numbers)
            if previous is not None:
                dot = numbers or isinstance(previous, Derivative)
                dot = dot or isinstance(factor, (Derivative, Number))
                first = Piece(TIMES if dot else BESIDE, first.body)
            pieces += [first, *others]
            previous = factor
        return pieces


def _factor(expr: Expr, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
    """The pieces of a formula, in brackets if it needs them."""
    pieces = expr.pieces(writer, numbers)
    if expr.holds_together(numbers):
        return pieces
    if len(pieces) <= 2 or pieces[0].lead:  # (1 − a) stays in one
        return [Piece("", writer.bracket(writer.join(pieces)))]
    pieces[0] = replace(pieces[0], body=writer.bracket(pieces[0].body, right=False))
    pieces[-1] = replace(pieces[-1], body=writer.bracket(pieces[-1].body, left=False))
    return pieces


@dataclass(frozen=True)
class Quotient(Expr):
    """One formula over another."""

    top: Expr
    bottom: Expr

    @property
    def value(self) -> float:
        with np.errstate(all="ignore"):
            return float(np.divide(self.top.value, self.bottom.value))

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        top, bottom = self.top.write(writer, numbers), self.bottom.write(writer, numbers)
        return [Piece("", writer.fraction(top, bottom))]


@dataclass(frozen=True)
class Power(Expr):
    """A base to an exponent."""

    base: Expr
    exponent: Expr

    @property
    def value(self) -> float:
        with np.errstate(all="ignore"):
            return float(np.power(self.base.value, self.exponent.value))

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        base = self.base.write(writer, numbers)
        if numbers:
            # A number with an exponent of its own, 3e-05, cannot take another.
            size = self.base.value
            plain = is_single(self.base) and (1e-4 <= size < 1e6 or size == 0.0)
        else:
            plain = isinstance(self.base, (Symbol, Number))
        if not plain:
            base = writer.bracket(base)
        return [Piece("", writer.power(base, self.exponent.write(writer, numbers)))]


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": np.exp,
    "ln": np.log,
    "tanh": np.tanh,
    "sqrt": np.sqrt,
    "max": np.maximum,
    "min": np.minimum,
    "abs": np.abs,
    "sign": np.sign,
}
_E = Name("e", "e")


@dataclass(frozen=True)
class Function(Expr):
    """exp, ln, tanh, sqrt, abs or sign of one argument, max or min of two; any other function
    brings its `apply`."""

    name: str
    arguments: tuple[Expr, ...]
    apply: Callable[..., float | Array] | None = None

    @property
    def value(self) -> float:
        with np.errstate(all="ignore"):
            apply = self.apply or _FUNCTIONS[self.name]
            return float(apply(*(argument.value for argument in self.arguments)))

    def pieces(self, writer: Writer[T], numbers: bool) -> list[Piece[T]]:
        arguments = [argument.write(writer, numbers) for argument in self.arguments]
        if self.name == "exp":
            return [Piece("", writer.power(writer.name(_E), arguments[0]))]
        if self.name == "sqrt":
            return [Piece("", writer.root(arguments[0]))]
        if self.name == "abs":
            return [Piece("", writer.absolute(arguments[0]))]
        return [Piece("", writer.function(self.name, arguments))]


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
