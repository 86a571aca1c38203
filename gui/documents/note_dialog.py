"""NoteDialog: the title and the note of a document."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)


class NoteDialog(QDialog):
    """Asks for the document's own words."""

    def __init__(self, title: str, note: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Title and note")
        self._title = QLineEdit(title)
        self._title.setObjectName("noteTitle")
        self._note = QPlainTextEdit(note)
        self._note.setObjectName("noteText")
        self._note.setTabChangesFocus(True)
        form = QFormLayout()
        form.addRow("&Title", self._title)
        form.addRow("&Note", self._note)
        button = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(button.Ok | button.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.resize(460, 280)

    @property
    def title(self) -> str:
        """The title as it stands in the field."""
        return self._title.text().strip()

    @property
    def note(self) -> str:
        """The note as it stands in the field."""
        return self._note.toPlainText().strip()
