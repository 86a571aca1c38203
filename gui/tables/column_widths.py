"""Column widths: how wide the columns of a table have to be, and how wide there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import floor, isfinite, log10

import numpy as np
from PySide6.QtGui import QFontMetrics

from engine.maths.activations import Array
from engine.text.numbers import format_number
from gui import theme

LEAST_DIGITS = 3  # of a number, before the table scrolls

_MOST_COLUMN = 64  # pixels
_FEW = 400  # numbers that are all written to see how wide they are


def fitted_widths(
    natural: Sequence[int], most: Sequence[int], least: Sequence[int], room: int
) -> list[int]:
    """Widths of columns for some room, in pixels.

    Where there is room, narrow columns grow towards the same width, at most `most`; where there
    is too little, wide ones shrink towards the same width, but none below its `least`. If even
    that is too wide the table scrolls, and then there is no reason to shrink at all.
    """
    lowest, widest = np.array(least, dtype=int), most_column()
    wanted = np.maximum(np.minimum(natural, widest), lowest)
    for floor_width in range(widest, 0, -1):
        grown = np.minimum(np.maximum(wanted, floor_width), np.maximum(most, wanted))
        if grown.sum() <= room:
            return [int(width) for width in grown]
    for cap in range(widest, 0, -1):
        shrunk = np.maximum(np.minimum(wanted, cap), lowest)
        if shrunk.sum() <= room:
            return [int(width) for width in shrunk]
    return [int(width) for width in wanted]


def filled_widths(widths: Sequence[int], room: int) -> list[int]:
    """Widths of columns of which the last stays at the right of some room while the others scroll:
    where not all have room, those that do share what is left, so that none is cut at first."""
    filled, edge = list(widths), room - widths[-1]
    if sum(widths) <= room:
        return filled
    ends = np.cumsum(widths[:-1])
    whole = int((ends <= edge).sum())
    if whole:
        more, over = divmod(edge - int(ends[whole - 1]), whole)
        for column in range(whole):
            filled[column] += more + (column < over)
    return filled


def needed_widths(numbers: Array, digits: int) -> list[int]:
    """Pixels that the numbers of each column (rows × columns) need with so many digits."""
    if numbers.size <= _FEW:
        return [
            max((text_width(format_number(value, digits)) for value in column), default=0)
            for column in numbers.T.tolist()
        ]
    # Of many numbers only the largest and the smallest can be the widest.
    sizes = np.abs(numbers)
    large = sizes.max(axis=0).tolist()
    small = np.where(sizes > 0.0, sizes, np.inf).min(axis=0).tolist()
    signs = signs_of(numbers)
    return [
        max(text_width(sign + _shape(size, digits)) for size in ends)
        for sign, *ends in zip(signs, small, large, strict=True)
    ]


def signs_of(numbers: Array) -> list[str]:
    """A minus sign for each column (rows × columns) that has a number below zero."""
    lowest = numbers.min(axis=0, initial=0.0).tolist()
    return ["−" if least < 0.0 else "" for least in lowest]


def _shape(size: float, digits: int) -> str:
    """A text as wide as numbers of about this size with so many digits."""
    if size in (0.0, float("inf")):
        return "∞"
    if not isfinite(size):
        return format_number(size)
    exponent = floor(log10(size * 1.01))  # 0.9999 may be rounded up
    if -4 <= exponent < 0:
        return "0." + "0" * (digits - 1 - exponent)
    if 0 <= exponent < digits:
        return "0" * digits + "."
    return "0." + "0" * (digits - 1) + f"e−{abs(exponent):02}"


def text_width(text: str) -> int:
    """Pixels that a text takes in a table."""
    return _text_width(text, theme.percent())


@lru_cache(maxsize=8192)
def _text_width(text: str, percent: int) -> int:
    """The same at a size of text; kept, as the same numbers come again and again."""
    return QFontMetrics(theme.font(theme.SMALL)).horizontalAdvance(text)


def most_column() -> int:
    """Pixels that a column asks for at most."""
    return theme.px(_MOST_COLUMN)
