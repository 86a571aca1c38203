"""Labels: small words beside what they are about, long texts, and why something was refused.

A QLabel of Qt's decides by itself whether its text is markup, which a text out of a file must not;
tests/gui/widgets/test_plain_text.py sees to it that there is none elsewhere.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


class PlainLabel(QLabel):
    """A text, shown as it is written; `name` is the one by which it is found."""

    def __init__(self, text: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setObjectName(name)


class RichLabel(QLabel):
    """A text with markup, in which whatever is not the program's own is escaped."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setObjectName(name)


class SecondaryLabel(PlainLabel):
    """Small words in the secondary colour."""

    def __init__(self, text: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, name, parent)
        self.setProperty("secondary", True)


class WrappedLabel(QLabel):
    """A text on as many lines as it takes; markup in it is read only if it is `rich`."""

    def __init__(self, name: str, rich: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self.setWordWrap(True)


class ErrorLabel(WrappedLabel):
    """A red sentence that says why something was refused; hidden while there is none."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setProperty("error", True)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence; "" takes it away."""
        self.setText(sentence)
        self.setVisible(bool(sentence))
