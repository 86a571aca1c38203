"""HelpMenu: the keys, the note of the open document, and what the program is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from engine.text.wording import on_one_line
from gui.documents.documents import Documents
from gui.session.session import Session
from gui.widgets.message_box import message_box

KEYS = (
    ("Space, PageDown", "step forward"),
    ("PageUp", "step back"),
    ("P", "play steps, stop"),
    ("T", "train, pause"),
    ("E", "one epoch"),
    ("Shift+PageDown, Shift+PageUp", "a layer forward, back"),
    ("Ctrl+PageDown, Ctrl+PageUp", "a pass forward, back"),
    ("R", "reset to the start values"),
    ("Ctrl+P", "predict the next values"),
    ("Ctrl+Z, Ctrl+Shift+Z", "undo, redo"),
    ("Ctrl+S, Ctrl+O, Ctrl+N", "save, open, new"),
    ("Ctrl+L", "published figures against right ones"),
    ("Ctrl+G, Ctrl+B", "gradient check, right and wrong side by side"),
    ("Tab, arrows", "move between fields, edges and nodes"),
    ("Enter", "edit or explain what has the focus; again: a unit's next value"),
    ("Ctrl+1, Ctrl+2, Ctrl+3", "show or hide the left, the right, the loss"),
    ("0, Home on the canvas", "fit the network into view"),
    ("Ctrl+Enter, Ctrl+Shift+Enter", "a lesson's next step, the one before"),
)


class HelpMenu(QObject):
    """Fills the menu; what it opens belongs to the window."""

    def __init__(
        self, menu: QMenu, window: QWidget, session: Session, documents: Documents
    ) -> None:
        super().__init__(menu)
        self._window = window
        self._session = session
        self._documents = documents
        keys = menu.addAction("&Keys")
        keys.setShortcut(QKeySequence("F1"))
        keys.triggered.connect(self._show_keys)
        menu.addAction("About this &document").triggered.connect(self._show_note)
        menu.addAction("&About Backpass").triggered.connect(self._show_about)

    def _show_keys(self) -> None:
        rows = "".join(
            f"<tr><td style='padding-right:18px'><b>{keys}</b></td><td>{meaning}</td></tr>"
            for keys, meaning in KEYS
        )
        box = message_box(self._window, f"<table cellspacing='4'>{rows}</table>", title="Keys")
        box.setTextFormat(Qt.TextFormat.RichText)
        box.exec()

    def _show_note(self) -> None:
        standing = self._session.standing
        title = on_one_line(standing.title) or self._documents.name
        message_box(self._window, title, standing.note, title="About this document").exec()

    def _show_about(self) -> None:
        # Loaded when it is asked for: the window is up sooner.
        from gui.window.about import about_box

        about_box(self._window).exec()
