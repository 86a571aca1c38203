"""Lenses: which closer looks are open beside the result, and what each is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from gui import settings
from gui.canvas.network_canvas import NetworkCanvas
from gui.lenses.lens import Lens
from gui.lenses.place import LensPlace
from gui.lenses.table import LENSES, LensRow, Wires
from gui.session.named_edits import Intents
from gui.session.session import Session
from gui.view import View


class Lenses(QObject):
    """Opens and closes lenses, and remembers which are open. `changed` tells of that, `opened` that
    one was asked for, which is to be seen."""

    changed = Signal()
    opened = Signal()

    def __init__(
        self,
        place: LensPlace,
        session: Session,
        intents: Intents,
        canvas: NetworkCanvas,
        remember: bool,
    ) -> None:
        super().__init__(place)
        self.place, self._canvas = place, canvas
        self._wires = Wires(place.pages, session, intents, canvas)
        self._remember = remember
        self._made: dict[str, Lens] = {}
        self._open: list[str] = []
        self._view: View | None = None
        if remember:
            front = settings.LENS_IN_FRONT.kept()
            for row in LENSES:
                if settings.LENSES[row.key].kept():
                    self._show(row)
            if front in self._open:
                place.show_card(self._made[front])
        place.front_changed.connect(self._keep_front)

    def is_open(self, key: str) -> bool:
        """Whether a lens has its tab."""
        return key in self._open

    def toggle(self, row: LensRow) -> None:
        """Open a lens and go to it, go to it where it stands behind another tab, or close it."""
        card = self._made.get(row.key)
        if not self.is_open(row.key):
            self._show(row)
        elif card is not None and card.isVisible():
            self.close(row.key)
            return
        card = self._made[row.key]
        self.opened.emit()
        self.place.show_card(card)
        self.changed.emit()

    def close(self, key: str) -> None:
        """Close a lens; the focus goes back to the network."""
        if not self.is_open(key):
            return
        card = self._made[key]
        inside = QApplication.focusWidget()
        if inside is not None and card.isAncestorOf(inside):
            self._canvas.setFocus()
        self._open.remove(key)
        self.place.remove(card)
        card.leave()
        self._keep(key, False)
        self.changed.emit()

    def lens(self, key: str) -> Lens:
        """The card of a lens that was opened."""
        return self._made[key]

    def display(self, view: View) -> None:
        """Show a view in the lenses that are open; those behind a tab wait until they are seen."""
        self._view = view
        for key in self._open:
            self._made[key].display(view)

    def restyle(self) -> None:
        """Follow a change of the theme or of the size of text, in those that are closed too."""
        for lens in self._made.values():
            lens.restyle()

    def _show(self, row: LensRow) -> None:
        lens = self._made.get(row.key)
        if lens is None:
            lens = self._made[row.key] = row.make(self._wires)
            lens.closed.connect(lambda: self.close(row.key))
        self._open.append(row.key)
        self.place.add(row.tab, lens, row.title)
        self._keep(row.key, True)
        if self._view is not None:
            lens.display(self._view)

    def _keep(self, key: str, is_open: bool) -> None:
        if self._remember:
            settings.LENSES[key].keep(is_open)

    def _keep_front(self) -> None:
        if self._remember:
            front = next((k for k in self._open if self._made[k] is self.place.front), "")
            settings.LENS_IN_FRONT.keep(front)
