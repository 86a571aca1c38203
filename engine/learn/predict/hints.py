"""Hints: a derivation given away piece by piece, and never what it comes to."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from engine.derivations.parts import Derivation, Factor, Table
from engine.formulas.formula import Line, Symbol, is_single


class Hint(Struct, frozen=True):
    """One piece: a line with what it means in words, or a table of many terms."""

    factor: Factor | None = None
    table: Table | None = None


def hints_of(derivation: Derivation) -> tuple[Hint, ...]:
    """What can be given away of a derivation: first the formula in symbols, then factor by
    factor, or its table. The result is in none of them."""
    formula = Factor(("the formula",), derivation.headline)
    hints = [Hint(formula)]
    hints += [Hint(_without_result(factor, derivation.value)) for factor in derivation.factors]
    if derivation.table is not None:
        hints.append(Hint(table=derivation.table))
    return tuple(hints)


def _without_result(factor: Factor, result: float) -> Factor:
    """A factor in symbols only where it would be worked out to the result itself, as the one term
    of a sum is; a value that was there before may be the same."""
    line = factor.line
    if factor.is_column or line.value != result or _is_known(line):
        return factor
    return replace(factor, line=Line(line.left, line.symbols, (), line.relation))


def _is_known(line: Line) -> bool:
    """Whether a line only repeats a value of an earlier step: a_h1 = 0.593270."""
    return not line.symbols and isinstance(line.left, Symbol) and is_single(line.numbers[-1])
