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
    if digits is not None and math.isfinite(value):
        try:
            return EQUALS if _worked_out(formula, digits) == Fraction(text) else ABOUT
        except (ValueError, ZeroDivisionError):
            pass
    return EQUALS if math.isclose(float(text), value, rel_tol=1e-14) else ABOUT


def _worked_out(formula: Expr, digits: int) -> Fraction:
    """The formula by the digits shown, exactly. Raises ValueError where it is no fraction or not
    all shown, and ZeroDivisionError."""
    match formula:
        case Leaf() | Worked():
            return Fraction(machine_number(formula.value, digits))
        case Mistaken(used=None):
            return Fraction(formula.value)
        case Mistaken(used=used) if used is not None:
            return _worked_out(used, digits)
        case Negative(inner):
            return -_worked_out(inner, digits)
        case Sum(terms):
            return sum((_worked_out(term, digits) for term in terms), Fraction(0))
        case Product(factors):
            parts = (_worked_out(factor, digits) for factor in factors)
            return math.prod(parts, start=Fraction(1))
        case Quotient(top, bottom):
            return _worked_out(top, digits) / _worked_out(bottom, digits)
        case Power(base, Number(exponent)) if exponent in range(_LARGEST_POWER + 1):
            return _worked_out(base, digits) ** int(exponent)
        case Function("max", arguments):
            return max(_worked_out(argument, digits) for argument in arguments)
        case Function("abs", (argument,)):
            return abs(_worked_out(argument, digits))
    raise ValueError("neither a number nor made of numbers by arithmetic")
