"""ToolHost: opens one tool panel at a time in the right column, and keeps it up to date.

How to plug a tool in stands in gui/learn/tools.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from gui.canvas.network_canvas import NetworkCanvas
from gui.documents.documents import Documents
from gui.learn.tool_card import ToolCard
from gui.session.named_edits import Intents
from gui.session.session import Session
from gui.view import View
from gui.widgets.column import Column


class ToolRow(Struct, frozen=True):
    """A tool as the menu knows it.

    `title` stands on its card and, with a mnemonic, as `menu_text` in the menu. `make` gives what
    stands behind its panel (see Tool) when it is asked for first. `tab` is a short word for the tab
    it has in a low window, else the title. It covers the card of the right column with the title
    `over`, "Why?" or "Result".
    """

    title: str
    menu_text: str
    make: Callable[[ToolHost], Any]
    shortcut: str = ""
    tab: str = ""
    over: str = "Why?"


class _Entry(Struct, eq=False):
    """A row with its entry in the menu, what was made of it, and the card around the panel."""

    row: ToolRow
    action: QAction
    tool: Any = None
    card: ToolCard | None = None


class ToolHost(QObject):
    """The tools of the "Learn" menu, and what of the window they may be wired to.

    `changed` carries what the session announces, before any panel is shown it. `opened` carries
    the panel that was opened, `closed` the one that was closed; when another tool takes its place,
    `closed` comes first. Each of `before_opening` is asked by a tool's title whether it may open,
    and says why not.
    """

    changed = Signal(object)
    opened = Signal(object)
    closed = Signal(object)

    def __init__(
        self,
        menu: QMenu,
        column: Column,
        session: Session,
        intents: Intents,
        documents: Documents,
        canvas: NetworkCanvas,
    ) -> None:
        super().__init__(menu)
        self.menu = menu
        self.session = session
        self.intents = intents
        self.documents = documents
        self.canvas = canvas
        self._column = column
        self._entries: dict[str, _Entry] = {}  # by their titles
        self._open: _Entry | None = None
        self._view: View | None = None
        self.before_opening: list[Callable[[str], bool]] = []
        session.changed.connect(self.changed)

    def add(self, row: ToolRow) -> QAction:
        """Add a tool; returns its entry in the menu, which is checked while it is open."""
        action = self.menu.addAction(row.menu_text)
        action.setObjectName(f"tool/{row.title}")
        action.setCheckable(True)
        action.setShortcut(QKeySequence(row.shortcut))
        action.triggered.connect(lambda on: self.open(row.title) if on else self.close())
        self._entries[row.title] = _Entry(row, action)
        return action

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of all tools, in the order of the menu."""
        return tuple(self._entries)

    @property
    def open_title(self) -> str:
        """The title of the tool that is open; "" if none is."""
        return "" if self._open is None else self._open.row.title

    @property
    def current(self) -> QWidget | None:
        """The panel that is open."""
        return None if self._open is None or self._open.card is None else self._open.card.panel

    def open(self, title: str) -> None:
        """Show a tool, in the place of the one that is open."""
        entry = self._entries[title]
        if not all(may_open(title) for may_open in self.before_opening):
            entry.action.setChecked(self._open is entry)
            return
        row, card = entry.row, self._card(title)
        if self._open is entry:
            self._column.show_card(card)
            return
        self.close()
        self._open = entry
        entry.action.setChecked(True)
        self._column.show_guest(row.tab or title, card, row.over)
        panel = card.panel
        if self._view is not None:
            panel.display(self._view)
        self.opened.emit(panel)
        inside = QApplication.focusWidget()
        if inside is None or not card.isAncestorOf(inside):
            wants = panel.focusPolicy() != Qt.FocusPolicy.NoFocus or panel.focusProxy()
            (panel if wants else card.close_button).setFocus()

    def tool(self, title: str) -> Any:
        """What stands behind a panel; made when it is asked for first, and told what is open."""
        entry = self._entries[title]
        if entry.tool is None:
            entry.tool = entry.row.make(self)
            self.session.announce()
        return entry.tool

    def _card(self, title: str) -> ToolCard:
        """The card of a tool, made when it is asked for first."""
        entry = self._entries[title]
        if entry.card is None:
            panel = self.tool(title).panel
            entry.card = ToolCard(title, panel, self._column)  # so that it goes with the window
            entry.card.hide()
            entry.card.closed.connect(self.close)
        return entry.card

    def close(self) -> None:
        """Close the tool that is open, if one is; the focus goes back to the network."""
        if self._open is None or self._open.card is None:
            return
        entry, self._open = self._open, None
        card = entry.card
        assert card is not None
        inside = QApplication.focusWidget()
        if inside is not None and card.isAncestorOf(inside):
            # Before the card is hidden: Qt would hand the focus to some field on the way.
            self.canvas.setFocus()
        entry.action.setChecked(False)
        self._column.send_guest_away()
        self.closed.emit(card.panel)

    def display(self, view: View) -> None:
        """Show a view in the tool that is open."""
        self._view = view
        if self._open is not None and self._open.card is not None:
            self._open.card.panel.display(view)

    def restyle(self) -> None:
        """Follow a change of the theme, in tools that are closed too."""
        for entry in self._entries.values():
            if entry.card is not None:
                entry.card.panel.restyle()
