"""HelpMenu: the ways in, what there is to read, the note of the open document, and what the
program is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from engine.text.wording import on_one_line
from gui.documents.documents import Documents
from gui.learn.lessons.menu import Lessons
from gui.session.session import Session
from gui.widgets.message_box import message_box
from gui.window.columns import Columns

KEYS = (
    ("Space, PageDown", "step forward"),
    ("PageUp", "step back"),
    ("P", "play steps, stop"),
    ("T", "train, pause"),
    ("Shift+T", "train at full speed at once"),
    ("E", "one epoch"),
    ("Shift+PageDown, Shift+PageUp", "a layer forward, back"),
    ("Ctrl+PageDown, Ctrl+PageUp", "a pass forward, back"),
    ("R", "reset to the start values"),
    ("Ctrl+P", "predict the next values"),
    ("Ctrl+Z, Ctrl+Shift+Z or Ctrl+Y", "undo, redo"),
    ("Ctrl+S, Ctrl+Shift+S", "save, save as"),
    ("Ctrl+O, Ctrl+N, Ctrl+Q", "open, new, quit"),
    ("Ctrl+Shift+O, Ctrl+Shift+V", "a network for a table: a file, the clipboard"),
    ("Ctrl+L", "published figures against right ones"),
    ("Ctrl+G, Ctrl+B", "gradient check, right and wrong side by side"),
    ("Tab, arrows, a click", "go to a number and ask about it"),
    ("Enter, F2, a digit, a double click", "edit that number; Enter on a unit: its next value"),
    ("1 to 9 in the derivation, a click", "ask about that factor of it"),
    ("Escape", "leave the number as it was; once more: select nothing"),
    ("Space, PageDown in a field", "step on, if nothing is typed; PageDown takes what is typed"),
    ("Ctrl+1, Ctrl+2, Ctrl+3", "show or hide the left, the right, the loss"),
    ("Ctrl+M", "metrics and the confusion matrix, beside the result"),
    ("Ctrl+4", "f and f′ of a layer over z, beside the result"),
    ("Ctrl+5", "the loss along the selected weight; ← → and Enter there set it"),
    ("Ctrl+6", "how large the gradient of each layer is, over the epochs"),
    ("Ctrl+7", "the loss over two directions, with the path of the run"),
    ("Ctrl++, Ctrl+−, Ctrl+0", "text larger, smaller, as usual"),
    ("F11", "presentation: B or . blacks the screen, Escape ends it"),
    ("Ctrl+F11", "the network alone, and all again"),
    ("+, −, 0 on the network", "zoom in, out, fit; − and 0 with no number selected"),
    ("Home on the network", "fit it into view"),
    ("← → on the loss curve", "an epoch back, on; with Shift a twentieth of the curve"),
    ("Home, End on the loss curve", "to its beginning, to its end"),
    ("+, −, 0 on the loss curve", "zoom in, out, show all; or wheel, drag, double click"),
    ("Ctrl+Enter, Ctrl+Shift+Enter", "a lesson's next step, the one before"),
)


class HelpMenu(QObject):
    """Fills the menu; what it opens belongs to the window."""

    def __init__(
        self,
        menu: QMenu,
        window: QWidget,
        session: Session,
        documents: Documents,
        columns: Columns,
        lessons: Lessons,
    ) -> None:
        super().__init__(menu)
        self._window = window
        self._session = session
        self._documents = documents
        self._columns = columns
        self._lessons = lessons
        menu.addAction("&Welcome").triggered.connect(self.welcome)
        menu.addAction("&Guide").triggered.connect(self._open_guide)
        menu.addAction("G&lossary").triggered.connect(self._open_glossary)
        keys = menu.addAction("&Keys")
        keys.setShortcut(QKeySequence("F1"))
        keys.triggered.connect(self._show_keys)
        menu.addAction("About this &document").triggered.connect(self._show_note)
        menu.addAction("&About Backpass").triggered.connect(self._show_about)

    def welcome(self) -> None:
        """Show the ways in."""
        # As all of these it is loaded when it is asked for: the window is up sooner.
        from gui.window.help.welcome import Welcome

        welcome = Welcome(self._documents, self._lessons, self._window)
        welcome.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        welcome.open()

    def _open_guide(self) -> None:
        from gui.window.help.guide import open_guide

        open_guide(self._window)

    def _open_glossary(self) -> None:
        from gui.window.help.glossary import Glossary

        glossary = Glossary(self._columns, self._session.writing.notation, self._window)
        glossary.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        glossary.show()

    def _show_keys(self) -> None:
        from gui.window.help.reader import Reader

        rows = "".join(
            f"<tr><td style='padding: 3px 18px 3px 0'><b>{keys}</b></td>"
            f"<td style='padding: 3px 0'>{meaning}</td></tr>"
            for keys, meaning in KEYS
        )
        keys = Reader("Keys", "keys", self._window)
        keys.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        keys.show_text(f"<table>{rows}</table>")
        keys.show()

    def _show_note(self) -> None:
        standing = self._session.standing
        title = on_one_line(standing.title) or self._documents.name
        message_box(self._window, title, standing.note, title="About this document").exec()

    def _show_about(self) -> None:
        from gui.window.about import about_box

        about_box(self._window).exec()
