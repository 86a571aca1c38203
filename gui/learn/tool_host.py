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


class _Tool(Struct, eq=False):
    """A tool; the card around its panel is there once it was opened."""

    make: Callable[[ToolHost], Any]
    action: QAction
    tab: str
    over: str
    card: ToolCard | None = None


class ToolHost(QObject):
    """The tools of the "Learn" menu, and what of the window they may be wired to.

    `changed` carries what the session announces, before any panel is shown it. `opened` carries
    the panel that was opened, `closed` the one that was closed; when another tool takes its place,
    `closed` comes first.
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
        self._tools: dict[str, _Tool] = {}  # by their titles
        self._open: _Tool | None = None
        self._view: View | None = None
        session.changed.connect(self.changed)

    def add(
        self,
        title: str,
        make: Callable[[ToolHost], Any],
        menu_text: str,
        shortcut: str | None = None,
        tab: str | None = None,
        over: str = "Why?",
    ) -> QAction:
        """Add a tool: the title of its card, what makes and wires its panel when it is opened for
        the first time, and what the menu calls it; `tab` is a short word for it, for the tab it
        has in a low window.

        It covers the card of the right column with the title `over`, "Why?" or "Result". Returns
        its entry in the menu, which is checked while the tool is open.
        """
        action = self.menu.addAction(menu_text)
        action.setObjectName(f"tool/{title}")
        action.setCheckable(True)
        if shortcut is not None:
            action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(lambda on: self.open(title) if on else self.close())
        self._tools[title] = _Tool(make, action, tab or title, over)
        return action

    @property
    def current(self) -> QWidget | None:
        """The panel that is open."""
        return None if self._open is None or self._open.card is None else self._open.card.panel

    def open(self, title: str) -> None:
        """Show a tool, in the place of the one that is open."""
        tool = self._tools[title]
        card = self._card(title)
        if self._open is tool:
            self._column.show_card(card)
            return
        self.close()
        self._open = tool
        tool.action.setChecked(True)
        self._column.show_guest(tool.tab, card, tool.over)
        panel = card.panel
        if self._view is not None:
            panel.display(self._view)
        self.opened.emit(panel)
        inside = QApplication.focusWidget()
        if inside is None or not card.isAncestorOf(inside):
            wants = panel.focusPolicy() != Qt.FocusPolicy.NoFocus or panel.focusProxy()
            (panel if wants else card.close_button).setFocus()

    def _card(self, title: str) -> ToolCard:
        """The card of a tool, made when it is asked for first."""
        tool = self._tools[title]
        if tool.card is None:
            panel = tool.make(self)
            tool.card = ToolCard(title, panel, self._column)  # so that it goes with the window
            tool.card.hide()
            tool.card.closed.connect(self.close)
        return tool.card

    def close(self) -> None:
        """Close the tool that is open, if one is; the focus goes back to the network."""
        if self._open is None or self._open.card is None:
            return
        tool, self._open = self._open, None
        card = tool.card
        assert card is not None
        inside = QApplication.focusWidget()
        if inside is not None and card.isAncestorOf(inside):
            # Before the card is hidden: Qt would hand the focus to some field on the way.
            self.canvas.setFocus()
        tool.action.setChecked(False)
        self._column.send_guest_away()
        self.closed.emit(card.panel)

    def display(self, view: View) -> None:
        """Show a view in the tool that is open."""
        self._view = view
        if self._open is not None and self._open.card is not None:
            self._open.card.panel.display(view)

    def restyle(self) -> None:
        """Follow a change of the theme, in tools that are closed too."""
        for tool in self._tools.values():
            if tool.card is not None:
                tool.card.panel.restyle()
