"""What is typed into a field and not confirmed yet is taken before anything else happens."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit


@runtime_checkable
class TypedField(Protocol):
    """A field for a number or a name, which can be left by a key that steps."""

    def finish(self) -> bool:
        """Take what was typed, if anything was, and give the keys back. False, and the field
        stays with its sentence, if that cannot be taken."""


def take_typed_text() -> None:
    """Have the field that is typed into take its text, or refuse it, as when it is left.

    Menus and most buttons leave the focus where it is, and what they do may be the field's end: so
    they call this first. Fields that have nothing to do with it are left alone, those that wait
    for Enter (they show no refusal), and those of a dialog, which asks them itself.
    """
    field = QApplication.focusWidget()
    if field is None or field.property("wrong") is None or isinstance(field.window(), QDialog):
        return
    field.clearFocus()


def leaves_space(line: QLineEdit, event: QEvent) -> bool:
    """Whether a key that a field is asked for first is a Space that it leaves to the window: while
    nothing is typed no number can begin with it."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    return event.key() == Qt.Key.Key_Space and not line.isModified()
