"""ToolHost: opens one tool panel at a time in the right column, and keeps it up to date.

How to plug a tool in stands in gui/tools.py.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from gui.canvas.network_canvas import NetworkCanvas
from gui.documents import Documents
from gui.intents import Intents
from gui.session import Session
from gui.view import View
from gui.widgets.column import Column
from gui.widgets.tool_card import ToolCard


class ToolHost(QObject):
    """The tools of the "Learn" menu, and what of the window they may be wired to.

    `opened` carries the panel that was opened, `closed` the one that was closed; when another tool
    takes its place, `closed` comes first.
    """

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
        self._tools: dict[Any, tuple[ToolCard, QAction, str, str]] = {}
        self._open: Any = None  # the panel that is open, or None
        self._view: View | None = None

    def add(
        self,
        title: str,
        panel: QWidget,
        menu_text: str,
        shortcut: str | None = None,
        tab: str | None = None,
        over: str = "Why?",
    ) -> QAction:
        """Add a tool: the title of its card, its panel, and what the menu calls it; `tab` is a
        short word for it, for the tab it has in a low window.

        It covers the card of the right column with the title `over`, "Why?" or "Result". Returns
        its entry in the menu, which is checked while the tool is open.
        """
        card = ToolCard(title, panel, self._column)  # so that it goes with the window
        card.hide()
        card.closed.connect(self.close)
        action = self.menu.addAction(menu_text)
        action.setObjectName(f"tool/{title}")
        action.setCheckable(True)
        if shortcut is not None:
            action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(lambda on: self.open(panel) if on else self.close())
        self._tools[panel] = card, action, tab or title, over
        return action

    @property
    def current(self) -> QWidget | None:
        """The panel that is open."""
        found: QWidget | None = self._open
        return found

    def open(self, panel: Any) -> None:
        """Show a tool, in the place of the one that is open."""
        card, action, tab, over = self._tools[panel]
        if self._open is panel:
            self._column.show_card(card)
            return
        self.close()
        self._open = panel
        action.setChecked(True)
        self._column.show_guest(tab, card, over)
        if self._view is not None:
            panel.display(self._view)
        self.opened.emit(panel)
        inside = QApplication.focusWidget()
        if inside is None or not card.isAncestorOf(inside):
            wants = panel.focusPolicy() != Qt.FocusPolicy.NoFocus or panel.focusProxy()
            (panel if wants else card.close_button).setFocus()

    def close(self) -> None:
        """Close the tool that is open, if one is; the focus goes back to the network."""
        if self._open is None:
            return
        panel, self._open = self._open, None
        card, action, _, _ = self._tools[panel]
        inside = QApplication.focusWidget()
        if inside is not None and card.isAncestorOf(inside):
            # Before the card is hidden: Qt would hand the focus to some field on the way.
            self.canvas.setFocus()
        action.setChecked(False)
        self._column.send_guest_away()
        self.closed.emit(panel)

    def display(self, view: View) -> None:
        """Show a view in the tool that is open."""
        self._view = view
        if self._open is not None:
            self._open.display(view)

    def restyle(self) -> None:
        """Follow a change of the theme, in tools that are closed too."""
        for panel in self._tools:
            panel.restyle()
