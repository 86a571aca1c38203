"""Formulas built of others: differences, products without ones, sums with worked-out terms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.formulas.formula import (
    Expr,
    Function,
    Negative,
    Number,
    Product,
    Rest,
    Sum,
    Worked,
    is_missing,
    is_single,
)
from engine.maths.activations import Activation, Array

ONE = Number(1.0)


def slope_at(f: Activation, argument: Expr) -> Function:
    """f′ as a function of its own, written where a mistake hands it something else than z."""
    def slope(x: float) -> Array:
        assert f.slope is not None
        point = np.array(x)
        return f.slope(point, f.apply(point))

    return Function(f"{f.symbol}′", (argument,), slope)


def difference(first: Expr, second: Expr) -> Sum:
    """first − second."""
    return Sum((first, Negative(second)))


def worked_terms(formula: Sum) -> Sum:
    """The same sum with each of its terms worked out in numbers."""
    return replace(formula, terms=tuple(_worked_term(term) for term in formula.terms))


def stages(formula: Sum) -> tuple[Expr, ...]:
    """A sum in numbers, and once more with its terms worked out if that shows more."""
    worked = [term for term in formula.terms if not is_missing(term)]
    if len(worked) == 1 or all(is_single(term) for term in formula.terms):
        return (formula,)
    return formula, worked_terms(formula)


def _worked_term(term: Expr) -> Expr:
    if isinstance(term, Negative):
        return Negative(_worked_term(term.inner))
    return term if is_single(term) or isinstance(term, Rest) else Worked(term)


def times(*parts: Expr | None) -> Expr:
    """A product without factors of one, and flat: a (1 − a) times δ has three factors."""
    factors: list[Expr] = []
    for part in parts:
        if isinstance(part, Sum) and len(part.terms) == 1 and part.general is None:
            part = part.terms[0]
        if isinstance(part, Product):
            factors += part.factors
        elif part is not None and part != ONE:
            factors.append(part)
    if not factors:
        return ONE
    return factors[0] if len(factors) == 1 else Product(tuple(factors))
