"""Undo: where a person stands in a document, and the command that swaps two such standings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field
from PySide6.QtGui import QUndoCommand

from engine.documents.document import Lock, Published
from engine.run.spec import Spec
from engine.training.history import Place
from gui.session.left_roads import Roads

Layout = Mapping[str, tuple[float, float]]  # where nodes were moved, by name


class Standing(Struct, frozen=True):
    """Everything an undo brings back: the place (and with its branch Spec, parameters and start
    values), the sample shown, where nodes were moved, title and note, names of abandoned roads,
    what a teacher locked, the figures that the document's source prints, and by branch the Spec of
    those whose units or targets were renamed since they began."""

    place: Place
    sample: int = 0
    layout: Layout = field(default_factory=dict)
    title: str = ""
    note: str = ""
    roads: Roads = Roads()
    lock: Lock | None = None
    published: tuple[Published, ...] = ()
    renamed: Mapping[int, Spec] = field(default_factory=dict)


class Change(QUndoCommand):
    """One edit. Undo goes to the moment of the edit; redo to where the person stood when they
    undid it, so an edit and 5,000 epochs after it come back together.

    Edits of one `gesture` that follow each other at once, as presses of a key that each move a
    thing on, are one. `standing` says where they stand; None while the stack only follows what is
    shown, and the command has nothing to do.
    """

    def __init__(
        self,
        text: str,
        before: Standing,
        after: Standing,
        standing: Callable[[], Standing | None],
        stand: Callable[[Standing], None],
        gesture: str = "",
    ) -> None:
        super().__init__(text)
        self._gesture = gesture
        self._before = before
        self._after = after
        self._standing = standing
        self._stand = stand

    def undo(self) -> None:
        standing = self._standing()
        if standing is not None:
            self._after = standing
            self._stand(self._before)

    def redo(self) -> None:
        if self._standing() is not None:
            self._stand(self._after)

    def id(self) -> int:
        """Qt asks a command with another of the same number whether it takes it in."""
        return 1 if self._gesture else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in the next edit, where it goes on with the same gesture from where this one led."""
        if not isinstance(other, Change) or other._gesture != self._gesture:
            return False
        if other._before != self._after:
            return False
        self._after = other._after
        return True
