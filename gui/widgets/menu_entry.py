"""An entry of a menu that can be the one chosen."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gui.widgets.plain_text import menu_text


def choice_entry(menu: QMenu, name: str, chosen: bool) -> QAction:
    """Add an entry with a name as it stands, ticked where it is the one chosen."""
    action = menu.addAction(menu_text(name))
    action.setCheckable(True)
    action.setChecked(chosen)
    return action
