"""Numbers to text and back: the one way for everything that is shown, typed, pasted or printed.

A number is carried in full and rounded only when it is written. Text of numbers is never grouped
into thousands, and grouped text is refused rather than guessed at; only counts are grouped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache

LARGEST = 1e12  # every number in the program is below this in size
_HONEST = 13  # digits of a computed number that rounding errors have not reached
LONGEST = 100  # characters: an exact double of everyday size fits, a pasted essay does not

_WRITTEN = {"nan": "not a number", "inf": "∞", "-inf": "−∞"}

# What people paste for - + and /, and marks that nobody sees (some calculators copy them along).
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d", "-"),
        **dict.fromkeys("\ufe62\uff0b", "+"),
        **dict.fromkeys("\u2044\u2215\uff0f", "/"),
        **dict.fromkeys("\u200b\u200e\u200f\u202a\u202c\u202d\u2060\ufeff", None),
    }
)
_PART = r"([+-]?(?:[0-9]+(?:\.[0-9]*|,[0-9]+)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?)"
_NUMBER = re.compile(rf"{_PART}(?:\s*/\s*{_PART})?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,'’\s])[0-9]{3}(?:\1[0-9]{3})*(?:(?!\1)[.,][0-9]*)?")
_POINTS = re.compile(r"[+-]?[0-9]*[.,][0-9]*[.,][0-9.,]*(?:[eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity|∞|not a number)", re.IGNORECASE)


@lru_cache(maxsize=8192)  # the same numbers are written in several places, step after step
def machine_number(value: float, digits: int | None = 6) -> str:
    """A number in ASCII, for text that programs read.

    `digits` is the number of significant digits, None for all: the fewest that read back to the
    same double, as repr and JSON write them, but whole numbers and zero without ".0" or a sign of
    zero. A value that needs no more than `digits` is written as it is (0.39249999999999996, which
    a sum of products comes to, as 0.3925), any other is rounded to exactly `digits` (from its
    exact binary value, a tie to even), trailing zeros kept.

    From 1e-4 up to 1e6 (10^digits for more than 6 digits, 1e16 for all) the notation is fixed,
    else with an exponent of at least two digits; a rounded value of 10^digits and more has an
    exponent too, since zeros in place of dropped digits would look exact. These are the bounds
    of Python's own "g" format and repr. Not finite: nan, inf, -inf.
    """
    value = float(value) or 0.0  # no minus before zero
    shortest = repr(value).removesuffix(".0")
    if digits is None or not math.isfinite(value):
        return shortest
    if digits < _HONEST:
        shortest = repr(float(f"{value:.{_HONEST}g}")).removesuffix(".0")
    mantissa = shortest.lstrip("-").partition("e")[0]
    if len(mantissa.replace(".", "").strip("0")) > digits:
        return f"{value:#.{digits}g}".removesuffix(".").replace(".e", "e")
    if "e" in shortest or abs(value) < 10.0 ** max(digits, 6):
        return shortest
    return f"{value:.{digits}g}"


def format_number(value: float, digits: int | None = 6) -> str:
    """A number for the screen: as machine_number writes it, with the minus sign U+2212 (also in
    the exponent), and "not a number", "∞", "−∞" in place of nan, inf, -inf."""
    text = machine_number(value, digits)
    return _WRITTEN.get(text) or text.replace("-", "−")


def format_distinct(first: float, second: float, digits: int | None = 6) -> tuple[str, str]:
    """Two numbers for the screen side by side ("old → new").

    Where both would show the same number though they differ ("0.3" and "0.300000" too), digits
    are added until they do not.
    """
    if digits is not None and first != second:
        while float(machine_number(first, digits)) == float(machine_number(second, digits)):
            digits += 1  # ends at 17 digits, which tell any two doubles apart
    return format_number(first, digits), format_number(second, digits)


def fewer_digits(wanted: int | None, least: int) -> Iterator[int | None]:
    """Numbers of digits to try where room is short: those wanted, then one less each time."""
    yield wanted
    yield from range(min(16, 17 if wanted is None else wanted - 1), least - 1, -1)


def at_most(wanted: int | None, most: int) -> int:
    """The digits wanted (None: all), or those there can be at most."""
    return most if wanted is None else min(wanted, most)


def format_count(n: int) -> str:
    """A count for the screen, such as of epochs: 10,000. Not meant to be read back."""
    return f"{n:,}"


def counted(number: int, noun: str) -> str:
    """So many of something: 1 number, 2 numbers."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def parse_number(text: str) -> float:
    """The number that a person typed or pasted.

    Read are blanks around it (no-break and thin ones too), a decimal point or a decimal comma
    (one comma is always decimal: "1,234" is 1.234), the minus and plus signs of Unicode, an
    exponent, and a fraction of two such numbers ("-2/7", "1,5/2"). Raises ValueError with a
    sentence for that person: what was read, and what would be right.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise ValueError(f"{_quoted(text)} is too long; a number has at most {LONGEST} characters.")
    match = _NUMBER.fullmatch(plain(text))
    if match is None:
        raise ValueError(_refusal(text))
    upper, lower = match.groups()
    value = _decimal(upper)
    if lower is not None:
        divisor = _decimal(lower)
        if divisor == 0.0:
            raise ValueError(
                f"{_quoted(text)} divides by zero; the number after the stroke cannot be 0."
            )
        value /= divisor
    if not abs(value) < LARGEST:
        raise ValueError(f"{_quoted(text)} is too large; a number has to be below 1e12 in size.")
    return value


def refused_number(text: str) -> str:
    """Why a text that was meant as a number is none: its digits are grouped, it is too large or
    not finite. Empty where it is a number, or was not meant as one."""
    written = plain(text)
    looks = (_NUMBER, _GROUPED, _NOT_FINITE)
    if len(text) > LONGEST or not any(kind.fullmatch(written) for kind in looks):
        return ""
    try:
        parse_number(text)
    except ValueError as error:
        return str(error)
    return ""


def parse_table(text: str) -> list[list[float]]:
    """The numbers of pasted lines, all of the same length; line ends and blanks at the end are
    ignored.

    Tabs separate the numbers, else semicolons, else commas if some line shows that they are not
    decimal ("0.1, 0.2", "0.1,0.2", "1,2,3"; but "1,2" alone is 1.2, and "1,234,567" is refused),
    else blanks (plain ones: others may group digits). Raises ValueError with a sentence that
    names row and column, from 1.
    """
    lines = text.rstrip("\r\n ").splitlines() or [""]
    separator = _separator(lines)
    rows: list[list[float]] = []
    for number, line in enumerate(lines, start=1):
        rows.append(_read_row(line, separator, f"Row {number}, column"))
        if len(rows[-1]) != len(rows[0]):
            raise ValueError(
                f"Row {number} has {counted(len(rows[-1]), 'number')} and row 1 has "
                f"{counted(len(rows[0]), 'number')}; "
                "every row needs as many as the first."
            )
    return rows


def _separator(lines: list[str]) -> str:
    for separator in ("\t", ";"):
        if any(separator in line for line in lines):
            return separator
    return "," if any(_commas_separate(line.strip()) for line in lines) else " "


def _commas_separate(line: str) -> bool:
    """Whether the commas of a line cannot be decimal ones, nor group digits."""
    if "," not in line:
        return False
    if re.search(r"\s", line):
        return not re.search(r"\S,\S", line)
    written = plain(line)
    return not (_NUMBER.fullmatch(written) or _GROUPED.fullmatch(written))


def _read_row(line: str, separator: str, place: str) -> list[float]:
    if separator != " ":
        return parse_cells(line.split(separator), place)
    cells = [cell for cell in line.split(separator) if cell] or [""]
    return parse_cells(cells, place, " Semicolons between the numbers leave no doubt.")


def parse_cells(cells: list[str], place: str, on_commas: str = "") -> list[float]:
    """The numbers of a row. Raises ValueError with a sentence that begins with the place and the
    column, from 1, and ends with `on_commas` where the cell has one."""
    row = []
    for column, cell in enumerate(cells, start=1):
        try:
            row.append(parse_number(cell))
        except ValueError as error:
            hint = on_commas if "," in cell else ""
            raise ValueError(f"{place} {column}: {error}{hint}") from None
    return row


def _decimal(part: str) -> float:
    return float(part.replace(",", "."))


def plain(text: str) -> str:
    """A number as it was typed in plain ASCII, without blanks around it and invisible marks."""
    return text.translate(_PLAIN).strip()


def _refusal(text: str) -> str:
    """Why a text is not a number, and what would be one."""
    written, quoted = plain(text), _quoted(text)
    if not written:
        return "There is no number here; write one such as 0.15, −2e−3 or 1/3."
    if _GROUPED.fullmatch(written):
        return f"{quoted} seems to group its digits, which is ambiguous; write them as in 1234.5."
    if _POINTS.fullmatch(written):
        return f"{quoted} has more than one decimal point or comma; a number has at most one."
    if _NOT_FINITE.fullmatch(written):
        return f"{quoted} is not a finite number; write one such as 0.15, −2e−3 or 1/3."
    if re.search(r"[0-9.,]\s+[0-9.,]", written):
        return f"{quoted} has a blank inside; write one number without, such as 1234.5."
    return f"{quoted} is not a number; write one such as 0.15, −2e−3 or 1/3."


def _quoted(text: str) -> str:
    """The text as an error repeats it: on one line, printable and short."""
    shown = text if len(text) <= 24 else text[:20] + "…"
    return '"' + "".join(char if char.isprintable() else " " for char in shown) + '"'
