"""A table as lines of text."""

from __future__ import annotations

from collections.abc import Sequence


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of as many cells each as indented lines, their columns below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(f"{cell:{n}}" for cell, n in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
