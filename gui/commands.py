"""Undo: what a person can take back, as commands that swap where the session stands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from gui.standing import Standing


class Change(QUndoCommand):
    """One edit. Undo goes to the moment of the edit; redo to where the person stood when they
    undid it, so an edit and 5,000 epochs after it come back together."""

    def __init__(
        self,
        text: str,
        before: Standing,
        after: Standing,
        standing: Callable[[], Standing],
        stand: Callable[[Standing], None],
    ) -> None:
        super().__init__(text)
        self._before = before
        self._after = after
        self._standing = standing
        self._stand = stand

    def undo(self) -> None:
        self._after = self._standing()
        self._stand(self._before)

    def redo(self) -> None:
        self._stand(self._after)
