"""Style properties: what the style sheet asks of a widget, such as whether its text is wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def set_style_property(widget: QWidget, name: str, value: bool) -> None:
    """Set such a property to yes or no, and style the widget anew if that changed it."""
    if bool(widget.property(name)) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
