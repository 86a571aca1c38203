"""GhostMenu: what can be done with each abandoned road."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMenu, QWidget

from engine.text.numbers import format_count
from gui.view import Ghost
from gui.widgets.plain_text import menu_text

_LONGEST = 60  # characters of a name that the menu shows


class GhostMenu(QMenu):
    """A menu of ghosts, the latest first, with a menu of its own for each. The signals carry the
    branch's number, and the new name or whether the ghost is to be hidden."""

    return_asked = Signal(int)
    rename_asked = Signal(int, str)
    hide_asked = Signal(int, bool)
    remove_asked = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("ghostMenu")

    def show_ghosts(self, ghosts: tuple[Ghost, ...]) -> None:
        """List these, given the oldest first."""
        self.clear()
        for ghost in reversed(ghosts):
            self._add(ghost)

    def _add(self, ghost: Ghost) -> None:
        title = ghost.name if len(ghost.name) <= _LONGEST else f"{ghost.name[: _LONGEST - 1]}…"
        if len(ghost.points):
            title += f", to epoch {format_count(int(ghost.points[-1, 0]))}"
        if ghost.hidden:
            title += " (hidden)"
        inside = self.addMenu(menu_text(title))
        number = ghost.branch
        for text, job in (
            ("Return to it", lambda: self.return_asked.emit(number)),
            ("Rename…", lambda: self._rename(ghost)),
            (
                "Show" if ghost.hidden else "Hide",
                lambda: self.hide_asked.emit(number, not ghost.hidden),
            ),
            ("Remove", lambda: self.remove_asked.emit(number)),
        ):
            inside.addAction(text).triggered.connect(lambda _=False, job=job: job())

    def _rename(self, ghost: Ghost) -> None:
        name, agreed = QInputDialog.getText(
            self.parentWidget(), "Rename a road", "Name", QLineEdit.EchoMode.Normal, ghost.name
        )
        if agreed and name.strip():
            self.rename_asked.emit(ghost.branch, name.strip())
