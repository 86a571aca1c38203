"""Side: a part beside the network that gives way to it, by its handle or by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from gui.settings import KeptSetting
from gui.widgets.edge_handle import EdgeHandle


class Side(QObject):
    """Shows and hides one part, and remembers what the person wants of it.

    A part without room closes by itself and opens again as there is some, unless the person said
    otherwise: `toggle` is stronger, until it agrees with what happens by itself. What had the focus
    in a part that closes gives it to `refuge`. `changed` tells of each opening and closing.
    """

    changed = Signal()

    def __init__(
        self,
        part: QWidget,
        handle: EdgeHandle,
        refuge: QWidget,
        kept: KeptSetting[str],
        remember: bool,
    ) -> None:
        super().__init__(part)
        self._part = part
        self._handle = handle
        self._refuge = refuge
        self._kept = kept
        self._remember = remember
        self._wish = kept.kept() if remember else kept.default
        self._has_room = True
        self.is_away = False
        self._is_shown: bool | None = None
        handle.clicked.connect(self.toggle)
        self._show()

    @property
    def is_open(self) -> bool:
        """Whether the part is to be seen, unless it is away."""
        return self._has_room if self._wish == "auto" else self._wish == "open"

    def toggle(self) -> None:
        """Open it, or close it, because the person wants that."""
        opened = not self.is_open
        self._wish = "auto" if opened == self._has_room else "open" if opened else "closed"
        if self._remember:
            self._kept.keep(self._wish)
        self._show()

    def open(self) -> None:
        """Have it open: the person asked for something in it. Away it stays as it is."""
        if not self.is_open and not self.is_away:
            self.toggle()

    def say_room(self, has_room: bool) -> None:
        """Say whether there is room for it beside the network."""
        self._has_room = has_room
        self._show()

    def send_away(self, is_away: bool) -> None:
        """Take it and its handle out of the window, or put them back."""
        self.is_away = is_away
        self._show()

    def _show(self) -> None:
        is_shown = self.is_open and not self.is_away
        self._handle.show_open(self.is_open)
        self._handle.setVisible(not self.is_away)
        if is_shown == self._is_shown:
            return
        self._is_shown = is_shown
        inside = QApplication.focusWidget()
        if not is_shown and (inside is None or self._part.isAncestorOf(inside)):
            # Before it is hidden: Qt would hand the focus to some field on the way. A field that
            # took what was typed into it has let go of it already.
            self._refuge.setFocus()
        self._part.setVisible(is_shown)
        self.changed.emit()
