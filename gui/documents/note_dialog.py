"""NoteDialog: the title and the note of a document."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from gui.widgets.form_dialog import FormDialog


class NoteDialog(FormDialog):
    """Asks for the document's own words."""

    def __init__(self, title: str, note: str, parent: QWidget | None = None) -> None:
        super().__init__("Title and note", parent)
        self._title = QLineEdit(title)
        self._title.setObjectName("noteTitle")
        self._note = QPlainTextEdit(note)
        self._note.setObjectName("noteText")
        self._note.setTabChangesFocus(True)
        self.lay_out({"&Title": self._title, "&Note": self._note})
        self.resize(460, 280)

    @property
    def title(self) -> str:
        """The title as it stands in the field."""
        return self._title.text().strip()

    @property
    def note(self) -> str:
        """The note as it stands in the field."""
        return self._note.toPlainText().strip()
