"""Message boxes: the one way in which the window asks or tells something in a box of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.text.wording import visible


def message_box(
    parent: QWidget | None, text: str, more: str = "", name: str = "", title: str = "Backpass"
) -> QMessageBox:
    """A box with a text, and one in smaller letters below it, both shown as they are written.
    `name` is the one by which it is found."""
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(visible(text))
    box.setInformativeText(visible(more))
    return box
