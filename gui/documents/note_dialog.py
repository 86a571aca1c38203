"""NoteDialog: the title and the note of a document."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QPlainTextEdit, QWidget

from engine.run.limits import NOTE, TITLE
from engine.text.numbers import format_count
from gui import theme
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import ErrorLabel


class NoteDialog(FormDialog):
    """Asks for the document's own words; what is too long for a file is not taken."""

    def __init__(self, title: str, note: str, parent: QWidget | None = None) -> None:
        super().__init__("Title and note", parent)
        self._title = QLineEdit(title)
        self._title.setObjectName("noteTitle")
        self._note = QPlainTextEdit(note)
        self._note.setObjectName("noteText")
        self._note.setTabChangesFocus(True)
        self._problem = ErrorLabel("noteProblem")
        buttons = self.lay_out({"&Title": self._title, "&Note": self._note}, self._problem)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._title.textChanged.connect(self._check)
        self._note.textChanged.connect(self._check)
        self.resize(theme.px(460), theme.px(280))

    def _check(self) -> None:
        """Refuse, as long as it stands there, what is longer than a file may have it."""
        problem = ""
        for what, text, limit in (("title", self.title, TITLE), ("note", self.note, NOTE)):
            if len(text) not in limit:
                most, has = format_count(limit.most), format_count(len(text))
                problem = f"A {what} has at most {most} characters; this one has {has}."
        self._problem.say(problem)
        self._ok.setEnabled(not problem)

    @property
    def title(self) -> str:
        """The title as it stands in the field."""
        return self._title.text().strip()

    @property
    def note(self) -> str:
        """The note as it stands in the field."""
        return self._note.toPlainText().strip()
