"""What a formula comes to when it is worked out with its numbers as they are shown."""

from __future__ import annotations

import math
from fractions import Fraction

from engine.formulas.formula import (
    ABOUT,
    EQUALS,
    Expr,
    Function,
    Leaf,
    Mistaken,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Worked,
)
from engine.formulas.writers import TextWriter
from engine.text.numbers import machine_number

_LARGEST_POWER = 4  # of exact fractions; what is higher has too many digits to come out even


def relation_to(formula: Expr, value: float, digits: int | None) -> str:
    """The sign between a formula in numbers and a value, both shown with so many digits.

    It is empty where the formula shows that very number, "=" where the numbers shown come to the
    shown value exactly, else "≈". With all digits (None) nothing is rounded but by the machine.
    """
    text = machine_number(value, digits)
    if formula.write(TextWriter(digits), numbers=True) == text:
        return ""
    comes_to = None if digits is None else _worked_out(formula, digits)
    if comes_to is None or not math.isfinite(value):
        return EQUALS if math.isclose(float(text), value, rel_tol=1e-14) else ABOUT
    return EQUALS if comes_to == Fraction(text) else ABOUT


def _worked_out(formula: Expr, digits: int) -> Fraction | None:
    """The formula by the digits shown, exactly; None where it is no fraction, or not all shown."""
    match formula:
        case Leaf() | Worked():
            return _number(formula.value, digits)
        case Mistaken(used=None):
            return Fraction(formula.value)
        case Mistaken(used=used) if used is not None:
            return _worked_out(used, digits)
        case Negative(inner):
            value = _worked_out(inner, digits)
            return None if value is None else -value
        case Sum(terms):
            parts = _all(terms, digits)
            return None if parts is None else sum(parts, Fraction(0))
        case Product(factors):
            parts = _all(factors, digits)
            return None if parts is None else math.prod(parts, start=Fraction(1))
        case Quotient(top, bottom):
            parts = _all((top, bottom), digits)
            return None if parts is None or parts[1] == 0 else parts[0] / parts[1]
        case Power(base, Number(exponent)) if exponent in range(_LARGEST_POWER + 1):
            value = _worked_out(base, digits)
            return None if value is None else value ** int(exponent)
        case Function("max", arguments):
            parts = _all(arguments, digits)
            return None if parts is None else max(parts)
    return None


def _all(formulas: tuple[Expr, ...], digits: int) -> list[Fraction] | None:
    made = []
    for formula in formulas:
        value = _worked_out(formula, digits)
        if value is None:
            return None
        made.append(value)
    return made


def _number(value: float, digits: int) -> Fraction | None:
    return Fraction(machine_number(value, digits)) if math.isfinite(value) else None
