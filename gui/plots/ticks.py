"""Ticks: which round numbers stand along an axis, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, isfinite, log10

from engine.text.numbers import format_count, format_number

Tick = tuple[float, str]
"""Where a tick stands on the axis, and its text."""

_STEPS = (1, 2, 5, 10)


def linear_ticks(low: float, high: float, most: int, whole: bool = False) -> list[Tick]:
    """At most `most` multiples of 1, 2 or 5 times a power of ten from low to high; `whole` for
    an axis of whole numbers, such as epochs, which has none between two of them."""
    if not (isfinite(high - low) and high > low and most > 0):
        return []
    spacing = _spacing((high - low) / most)
    if whole:
        spacing = max(spacing, 1.0)
    # The count of multiples may exceed `most` by one where both ends are multiples themselves.
    first, last = ceil(low / spacing - 1e-9), floor(high / spacing + 1e-9)
    return [(n * spacing, tick_text(n * spacing, spacing)) for n in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Ticks between two exponents of ten: powers of ten, thinned if they are too many, with 2
    and 5 between them if they are few. Positions are exponents, as the axis has them."""
    if not (isfinite(high - low) and high > low and most > 0):
        return []
    first, last = ceil(low - 1e-9), floor(high + 1e-9)
    decades = last - first + 1
    if decades >= 2:
        every = ceil(decades / most)
        # Counted from 1, so that the same powers stay while the range grows.
        powers = (p for p in range(first, last + 1) if p % every == 0)
        return [(float(p), format_number(float(f"1e{p}"))) for p in powers]
    exact = [
        (log10(factor) + p, float(f"{factor}e{p}"))
        for p in range(floor(low), floor(high) + 1)
        for factor in (1, 2, 5)
    ]
    inside = [(place, format_number(value)) for place, value in exact if low <= place <= high]
    if len(inside) >= 2:
        return inside[:: ceil(len(inside) / most)]
    return [(log10(value), text) for value, text in linear_ticks(10**low, 10**high, most)]


def log_epoch_ticks(low: float, high: float) -> Iterator[list[Tick]]:
    """Ticks for an axis on which the whole number n stands at log10(1 + n), between two places of
    it: from many to few, so that the first that have room can be taken."""
    if not (isfinite(high - low) and high > low):
        return
    first, last = 10**low - 1, 10**high - 1
    if high - low > 1:
        ones = range(ceil(high) + 1)
        decades = [[factor * 10**p for p in ones for factor in (1, 2, 5)], [10**p for p in ones]]
        decades += [[10**p for p in ones if p and p % every == 0] for every in (1, 2, 3, 6)]
        for numbers in decades:
            inside = [n for n in (0, *numbers) if first <= n <= last]
            yield [(log10(1 + n), format_count(n)) for n in inside]
    for most in (10, 8, 6, 5, 4, 3, 2):
        ticks = linear_ticks(first, last, most, whole=True)
        yield [(log10(1 + max(value, 0.0)), text) for value, text in ticks]


def tick_text(value: float, spacing: float) -> str:
    """A multiple of a spacing, written with the decimals that the spacing needs."""
    if abs(value) < spacing / 2:
        return "0"
    if not 1e-4 <= spacing <= 1e9:
        return format_number(float(f"{value:.6g}"))
    decimals = max(0, -floor(log10(spacing) + 1e-9))
    text = f"{value:.{decimals}f}" if decimals else format_count(round(value))
    return text.replace("-", "−")


def _spacing(least: float) -> float:
    """The smallest 1, 2 or 5 times a power of ten that is not below `least`."""
    power = floor(log10(least))
    return next(
        spacing
        for factor in _STEPS
        if (spacing := float(f"{factor}e{power}")) >= least * (1 - 1e-9)
    )
