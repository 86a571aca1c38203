"""Rows and columns: layouts that are given all their parts at once."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Part = QWidget | QLayout | tuple[QWidget | QLayout, int] | None
"""A widget or layout, or one with its share of the room that is left; None is only room."""

Margins = tuple[int, int, int, int]
NO_MARGINS: Margins = (0, 0, 0, 0)

Line = TypeVar("Line", bound=QBoxLayout)


def row(*parts: Part, gap: int | None = None, margins: Margins | None = None) -> QHBoxLayout:
    """Parts side by side, `gap` pixels apart; gap and margins are the style's if not given."""
    return _filled(QHBoxLayout(), parts, gap, margins)


def column(*parts: Part, gap: int | None = None, margins: Margins | None = None) -> QVBoxLayout:
    """Parts below each other, as in `row`."""
    return _filled(QVBoxLayout(), parts, gap, margins)


def _filled(line: Line, parts: tuple[Part, ...], gap: int | None, margins: Margins | None) -> Line:
    if gap is not None:
        line.setSpacing(gap)
    if margins is not None:
        line.setContentsMargins(*margins)
    for part in parts:
        item, share = part if isinstance(part, tuple) else (part, 0)
        if item is None:
            line.addStretch(1)
        elif isinstance(item, QWidget):
            line.addWidget(item, share)
        else:
            line.addLayout(item, share)
    return line
