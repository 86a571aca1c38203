"""Refusal: how a field shows that what was typed is not taken, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QToolTip, QWidget

from gui.widgets.style_property import set_style_property


def show_refusal(field: QWidget, problem: str) -> None:
    """Give a field a red edge and a sentence beside it; without a sentence take the edge away.
    Its tooltip is the sentence then, and whoever takes the edge away says what it is to be."""
    if problem:
        from html import escape  # no start needs it

        # As rich text a long sentence wraps, and what was typed cannot pass for markup.
        tip = f"<span>{escape(problem)}</span>"
        field.setToolTip(tip)
        QToolTip.showText(field.mapToGlobal(field.rect().bottomLeft()), tip, field)
    set_style_property(field, "wrong", bool(problem))
