"""Refusal: how a field shows that what was typed is not taken, and why."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QCursor, QStatusTipEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui import theme
from gui.widgets.plain_text import set_tip, show_tip
from gui.widgets.style_property import set_style_property

_LARGEST_TIP = QSize(360, 180)  # pixels that a sentence may take at 100 % text


def show_refusal(field: QWidget, problem: str) -> None:
    """Give a field a red edge and a sentence beside it; without a sentence take the edge away.
    Its tooltip is the sentence then, and whoever takes the edge away says what it is to be."""
    if problem:
        set_tip(field, problem, wraps=True)
        show_tip(_place_below(field), problem, field, wraps=True)
    set_style_property(field, "wrong", bool(problem))


def _place_below(field: QWidget) -> QPoint:
    """Where a tooltip below a field stays: not under the pointer, which would leave what it is
    over, and Qt takes tooltips away then."""
    place, pointer = field.mapToGlobal(field.rect().bottomLeft()), QCursor.pos()
    if QRect(place, _LARGEST_TIP * theme.scale()).contains(pointer):
        place.setY(pointer.y())  # Qt shows it well below, or above where there is no room
    return place


def tell_of_refusal(field: QWidget, sentence: str) -> None:
    """Have the window say what was refused of a text that went as its field was left, and what is
    there instead: as Qt has widgets speak to the status bar of their window."""
    QApplication.sendEvent(field, QStatusTipEvent(sentence))
