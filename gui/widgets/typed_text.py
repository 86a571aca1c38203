"""What is typed into a field and not confirmed yet is taken before anything else happens."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog


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
