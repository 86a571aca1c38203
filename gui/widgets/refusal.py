"""Refusal: how a field shows that what was typed is not taken, and why."""

from __future__ import annotations

from PySide6.QtGui import QStatusTipEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui.widgets.plain_text import set_tip, show_tip
from gui.widgets.style_property import set_style_property


def show_refusal(field: QWidget, problem: str) -> None:
    """Give a field a red edge and a sentence beside it; without a sentence take the edge away.
    Its tooltip is the sentence then, and whoever takes the edge away says what it is to be."""
    if problem:
        set_tip(field, problem, wraps=True)
        show_tip(field.mapToGlobal(field.rect().bottomLeft()), problem, field, wraps=True)
    set_style_property(field, "wrong", bool(problem))


def tell_of_refusal(field: QWidget, sentence: str) -> None:
    """Have the window say what was refused of a text that went as its field was left, and what is
    there instead: as Qt has widgets speak to the status bar of their window."""
    QApplication.sendEvent(field, QStatusTipEvent(sentence))
