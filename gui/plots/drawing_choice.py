"""DrawingChoice: whether samples are drawn into a result, and of which kind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from gui.plots.drawn_kinds import Kind, kinds_of
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.menu_entry import choice_entry

_DRAW_TIP = (
    "Draw samples: click to add one, drag to move it, Delete to remove it; by keys: arrows move "
    "the one shown, Enter adds one beside it"
)


class DrawingChoice(QObject):
    """Two links for the head of a result: "draw", and beside it the kind of samples that is drawn,
    among those of the View that `view_of` gives. `changed` tells that either is another."""

    changed = Signal()

    def __init__(self, view_of: Callable[[], View | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._view_of = view_of
        self._number = 0  # of the kind
        self.menu = QMenu(parent)
        self.draw_button = Button("draw", "resultDraw", _DRAW_TIP, self.changed, link=True)
        self.draw_button.setCheckable(True)
        self.kind_button = Button("", "resultKind", "What is drawn", self._open_menu, link=True)

    @property
    def is_on(self) -> bool:
        """Whether samples are drawn."""
        return self.draw_button.isChecked()

    @property
    def kind(self) -> Kind:
        """What is drawn now: its name, and a target for every output."""
        kinds = self._kinds()
        return kinds[min(self._number, len(kinds) - 1)]

    def show_for(self, may_draw: bool, has_kinds: bool) -> None:
        """Be there where samples can be drawn, the kind where that says their targets."""
        self.draw_button.setVisible(may_draw)
        self.draw_button.setText("draw ✓" if self.is_on else "draw")
        self.kind_button.setVisible(may_draw and self.is_on and has_kinds)

    def _kinds(self) -> list[Kind]:
        view = self._view_of()
        assert view is not None
        return kinds_of(view.spec, view.sample)

    def _open_menu(self) -> None:
        self.menu.clear()
        now = self.kind
        for number, kind in enumerate(self._kinds()):
            action = choice_entry(self.menu, kind[0], kind == now)
            action.triggered.connect(lambda _, number=number: self._choose(number))
        self.kind_button.open_menu(self.menu)

    def _choose(self, number: int) -> None:
        self._number = number
        self.changed.emit()
