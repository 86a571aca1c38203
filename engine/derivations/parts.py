"""What a derivation consists of."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from engine.formulas.formula import EQUALS, Expr, Line, Number, Rest, Sum
from engine.formulas.matrices import ArrayExpr
from engine.formulas.relation import relation_to
from engine.formulas.writer import Piece, T, Writer
from engine.formulas.writers import LatexWriter, Prose, TextWriter, latex_machine_number
from engine.maths.network import Parameter
from engine.run.steps import StepId
from engine.text.numbers import machine_number

# Of a longer sum the first three and the last two terms are shown; of a longer table the first
# seven rows, the last two and the one that is looked at.
LONGEST_SUM = 8
LONGEST_TABLE = 12
LONGEST_LIST = 4


class Factor(Struct, frozen=True):
    """A factor or term: what it means in words, its line, and what it belongs to.

    Where its numbers are a column of the table, the line is no more than its symbol. A link of the
    chain is a `quantity` with a derivation of its own: ∂E/∂a or f′(z).
    """

    meaning: Prose
    line: Line
    about: StepId | Parameter | None = None
    quantity: StepId | None = None

    @property
    def asked(self) -> StepId | Parameter | None:
        """What a person asks who points at it: the quantity that it is, or what it belongs to."""
        return self.quantity or self.about

    @property
    def is_column(self) -> bool:
        """Whether its numbers are a column of the table."""
        return not (self.line.symbols or self.line.numbers)


class Row(Struct, frozen=True):
    """A row of a table; `here` marks the sample that is looked at. Without values it stands for
    the rows left out."""

    label: str
    values: tuple[float, ...] = ()
    here: bool = False


class Table(Struct, frozen=True):
    """Many terms at once: a word or a symbol above each column."""

    heads: tuple[str | Expr, ...]
    rows: tuple[Row, ...]


class Derivation(Struct, frozen=True):
    """Where the value of a step comes from.

    `line` is the line a student writes, in symbols and in numbers; `chain` the same once more as
    a product of the factors. `result` is the last formula, shown in numbers, and its value is the
    step's. `scope` says whose value it is ("sample 2 of 4"; empty where there is only one sample).
    `long_form` spells out what `line` shortens. The two numbers of `apart` differ and must not
    look equal. On paper the value is `carried`, rounded from what the result comes to, and `paper`
    says so.
    """

    step: StepId
    title: str
    line: Line
    result: Expr
    used_next: Prose
    chain: Expr | None = None
    factors: tuple[Factor, ...] = ()
    table: Table | None = None
    notes: tuple[Prose, ...] = ()
    long_form: tuple[Factor, ...] = ()
    scope: str = ""
    apart: tuple[float, float] | None = None
    carried: float | None = None
    paper: Prose = ()

    @property
    def value(self) -> float:
        """The step's value, worked out by the formula of the result (and rounded, on paper)."""
        return self.result.value if self.carried is None else self.carried

    @property
    def headline(self) -> Line:
        """The line a student writes, in symbols only."""
        chain = () if self.chain is None else (self.chain,)
        return Line(self.line.left, (*self.line.symbols, *chain), (), self.line.relation)

    def result_pieces(self, writer: Writer[T], digits: int | None) -> list[Piece[T]]:
        """The result in numbers: 0.741365 · 0.186816 · 0.593270 ≈ 0.0821670.

        "≈" stands where the numbers shown do not give exactly the value shown; a result that is
        a single number is not repeated.
        """
        pieces = self.result.pieces(writer, numbers=True)
        if isinstance(self.result, ArrayExpr):
            return pieces
        relation = relation_to(self.result, self.value, digits)
        if relation:
            pieces.append(Piece(relation, writer.number(self.value)))
        return pieces

    def conclusion_pieces(self, writer: Writer[T], digits: int | None) -> list[Piece[T]]:
        """The result as it stands by itself: a single number follows its symbol."""
        pieces = self.result_pieces(writer, digits)
        if len(pieces) > 1 or isinstance(self.result, ArrayExpr):
            return pieces
        left = self.line.left.pieces(writer, numbers=False)
        return [*left, Piece(self.line.relation, pieces[0].body)]

    def digits(self, wanted: int | None) -> int | None:
        """The digits wanted, or as many more as tell the numbers of `apart` from each other."""
        if self.apart is None or wanted is None or self.apart[0] == self.apart[1]:
            return wanted
        first, second = self.apart
        while float(machine_number(first, wanted)) == float(machine_number(second, wanted)):
            wanted += 1
        return wanted

    @property
    def text(self) -> str:
        """One line: ∂E/∂w5 = δ_o1 · a_h1 = 0.138499 · 0.593270 = 0.0821670."""
        return self._in_one(TextWriter(self.digits(6)))

    @property
    def latex(self) -> str:
        """The same line in LaTeX, its numbers as machine_number writes them."""
        return self._in_one(LatexWriter(latex_machine_number(self.digits(6))))

    def _in_one(self, writer: Writer[str]) -> str:
        if self.carried is None:
            return self.line.write(writer)
        line = Line(self.line.left, self.line.symbols, (), self.line.relation)
        result = self.result_pieces(writer, self.digits(6))
        result[0] = Piece(EQUALS, result[0].body)
        return writer.join([*line.pieces(writer), *result])


def long_sum(
    count: int,
    term: Callable[[int], Expr],
    rest: Callable[[int, int], float],
    *last: Expr,
    narrow: bool = False,
) -> Sum:
    """A sum of count terms and a few more; of a long one only some are shown.

    `rest(start, stop)` gives the value of the terms start … stop-1 that are left out. A narrow
    sum, for a fraction, is cut to two terms sooner. One without terms is 0.
    """
    longest, first, end = (4, 2, 1) if narrow else (LONGEST_SUM, 3, 2)
    if not count and not last:
        return Sum((Number(0.0),))
    if count <= longest:
        return Sum((*(term(i) for i in range(count)), *last))
    shown = [term(i) for i in (*range(first), *range(count - end, count))]
    return Sum((*shown[:first], Rest(rest(first, count - end)), *shown[first:], *last))


def shown_rows(count: int, here: int | None = None) -> list[int]:
    """Which rows of a table of count rows are shown, in order."""
    if count <= LONGEST_TABLE:
        return list(range(count))
    rows = {*range(LONGEST_TABLE - 5), count - 2, count - 1}
    return sorted(rows if here is None else rows | {here})


def table_of(heads: tuple[str | Expr, ...], rows: list[tuple[int, Row]], count: int) -> Table:
    """A table of numbered rows out of count, saying where and how many are left out."""
    all_rows: list[Row] = []
    expected = 0
    for number, row in rows:
        if number > expected:
            all_rows.append(Row(f"… {number - expected} more"))
        all_rows.append(row)
        expected = number + 1
    assert expected == count, "a shortened table ends with its last row"
    return Table(heads, tuple(all_rows))


def listed(count: int, symbol: Callable[[int], Expr], many: str) -> Prose:
    """Symbols one by one, or how many of what there are where they are too many to list; of none
    that there are none."""
    if not count:
        return (f"none of the {many}",)
    if count > LONGEST_LIST:
        return (f"the {count} {many}",)
    prose: Prose = (Line(symbol(0)),)
    for k in range(1, count):
        prose = (*prose, ", ", Line(symbol(k)))
    return prose
