"""Where Tab leads: by itself Qt goes in the order in which widgets were made."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def follow_on(before: QWidget | None, widgets: Iterable[QWidget]) -> None:
    """Have Tab go from `before` to these widgets, in their order, and on from there. If `before`
    never has the focus, what comes before it counts: Qt orders only what can have it."""
    while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus:
        before = before.previousInFocusChain()
    for widget in widgets:
        if before is not None:
            QWidget.setTabOrder(before, widget)
        before = widget
