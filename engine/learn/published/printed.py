"""Printed figures: numbers as a page has them, digit for digit, against numbers as computed.

A printed number is kept as text, because its digits say how well it is known: 0.2910 has four
places and 0.291 has three.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from enum import Enum

from engine.text.numbers import parse_number, plain

# Two programs that add up in another order differ by less than this part of a number.
_ROUNDING_ERROR = Decimal("1e-12")
_SLIP_DIGITS = 5  # a slip is told from a wrong number by the digits that are right
_CONTEXT = Context(prec=400)  # wide enough for any double written with any places
_SPLIT = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:e([-+]?[0-9]+))?")


class Match(Enum):
    """How a printed number can agree with a computed one."""

    ROUNDED = "rounded to the places printed"
    TRUNCATED = "cut off after the places printed"
    IN_ALL_BUT_ROUNDING_ERRORS = "up to the rounding errors of double precision"


def read_printed(text: str) -> str:
    """A number as a person types it from a page, as a document keeps it: with its digits.

    Raises ValueError with a sentence for what is no number, or a fraction.
    """
    value = parse_number(text)
    typed = plain(text)
    if "/" in typed:
        raise ValueError(
            f'"{typed}" is a fraction, which has no digits to compare; '
            f"write it as it is printed, such as {value:.4g}."
        )
    mantissa, mark, exponent = typed.lower().replace(",", ".").lstrip("+").partition("e")
    if mantissa.lstrip("-").startswith("."):
        mantissa = mantissa.replace(".", "0.", 1)
    return mantissa.rstrip(".") + mark + exponent


def places(printed: str) -> int:
    """How many places after the point a printed number has; below zero where it ends before it."""
    return -_exponent(printed)


def written_like(value: float, printed: str) -> str:
    """A computed value rounded to the places of a printed number, a half upwards in size, with an
    exponent where that has one."""
    if not math.isfinite(value):
        return str(value)
    parts = _SPLIT.fullmatch(printed)
    assert parts is not None
    near = _to_places(value, places(printed), ROUND_HALF_UP)
    if parts[4] is None:
        return f"{near + 0:f}"
    scaled = near.scaleb(-int(parts[4]), _CONTEXT)
    return f"{scaled + 0:f}e{parts[4]}"


def match(value: float, printed: str) -> Match | None:
    """How a printed number agrees with a value; None where it does not."""
    if not math.isfinite(value):
        return None
    exact, shown = Decimal(value), Decimal(printed)
    off = _CONTEXT.subtract(exact, shown).copy_abs()
    half = Decimal(5).scaleb(_exponent(printed) - 1, _CONTEXT)
    # A half that binary arithmetic missed by its last bits is still a half.
    if off <= half + Decimal(math.ulp(value)):
        return Match.ROUNDED
    if _to_places(value, places(printed), ROUND_DOWN) == shown:
        return Match.TRUNCATED
    if off <= exact.copy_abs() * _ROUNDING_ERROR:
        return Match.IN_ALL_BUT_ROUNDING_ERRORS
    return None


def slip(value: float, printed: str) -> str:
    """What slip of the pen turns a value into a printed number, in words; empty if none does.

    A digit too many, one lost, two neighbours exchanged or one wrong: told only where at least
    five digits are right, and not of the last two, where numbers that are merely rounded
    differently differ too. So a wrong number is hardly ever taken for a slip.
    """
    if not math.isfinite(value) or "e" in printed:
        return ""
    meant, shorter, longer = (_fixed(value, max(0, places(printed) + more)) for more in (0, -1, 1))
    if _significant(meant) > _SLIP_DIGITS and _differ_in_one(meant, printed):
        return f"one digit is wrong: {meant} would be right"
    if _significant(meant) >= _SLIP_DIGITS and meant in _exchanged(printed):
        return f"two digits are exchanged: {meant} would be right"
    if _significant(shorter) >= _SLIP_DIGITS and shorter in _without_one(printed):
        return f"there is a digit too many: {shorter} would be right"
    if _significant(printed) >= _SLIP_DIGITS and printed in _without_one(longer):
        return f"a digit is lost: {longer} would be right"
    return ""


def _differ_in_one(meant: str, printed: str) -> bool:
    if len(meant) != len(printed):
        return False
    wrong = [k for k in range(len(meant)) if meant[k] != printed[k]]
    return len(wrong) == 1 and wrong[0] < len(meant) - 2 and meant[wrong[0]].isdigit()


def _exchanged(text: str) -> set[str]:
    """The text with two neighbouring digits exchanged, in every way."""
    pairs = [k for k in range(len(text) - 2) if text[k : k + 2].isdigit()]
    return {text[:k] + text[k + 1] + text[k] + text[k + 2 :] for k in pairs}


def _without_one(text: str) -> set[str]:
    """The text without one of its digits, in every way."""
    digits = [k for k in range(len(text) - 2) if text[k].isdigit()]
    return {text[:k] + text[k + 1 :] for k in digits}


def _exponent(printed: str) -> int:
    exponent = Decimal(printed).as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def _to_places(value: float, count: int, rounding: str) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-count), rounding, _CONTEXT)


def _fixed(value: float, count: int) -> str:
    return f"{_to_places(value, count, ROUND_HALF_UP):f}"


def _significant(text: str) -> int:
    return len(re.sub("[^0-9]", "", text).lstrip("0"))
