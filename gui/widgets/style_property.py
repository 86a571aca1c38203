"""Style properties: what the style sheet asks of a widget, such as whether its text is wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def set_style_property(widget: QWidget, name: str, value: bool | str) -> None:
    """Set such a property to yes or no, or to a word, and style the widget anew if that changed
    it."""
    if (widget.property(name) or type(value)()) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
