"""NumberField: a line in which a number is read as people write it, and nonsense is refused."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from engine.text.numbers import format_number, parse_number
from engine.text.wording import as_sentence
from gui.widgets.plain_text import set_tip
from gui.widgets.refusal import show_refusal, tell_of_refusal
from gui.widgets.typed_text import leaves_space

Check = Callable[[float], str | None]


class NumberField(QLineEdit):
    """A number in full precision, shown rounded while nobody edits it.

    `edited` carries a new value once Enter or leaving the field confirms it. Text that is no
    number, or that `check` objects to with a sentence, is refused beside the field (a red edge
    and the sentence) and changes nothing; Escape brings the old value back. So does leaving the
    field, and then the window says what was refused. In a dialog, which has no place to say it,
    the text stays as it is: who takes the form asks `finish`.
    """

    edited = Signal(float)

    def __init__(
        self, value: float = 0.0, check: Check | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._value = value
        self._check = check
        self._touched = False
        self._problem = ""  # what there is to say against the text
        self._just_entered = False
        self.digits: int | None = 6
        self.setProperty("wrong", False)
        self.textEdited.connect(self._on_text_edited)
        self.editingFinished.connect(self._commit)
        self._show_rounded()

    @property
    def value(self) -> float:
        """The number in force, with all its digits."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show another value; a text that is being typed is left alone."""
        if value == self._value and self.text() != "":
            return
        self._value = value
        if not (self.hasFocus() and self._touched):
            self._show_rounded()

    def _show_rounded(self) -> None:
        self.setText(format_number(self._value, self.digits))
        self.setCursorPosition(0)
        set_tip(self, format_number(self._value, None))
        self._touched = False
        self._refuse("")

    def _refuse(self, problem: str) -> None:
        self._problem = problem
        show_refusal(self, problem)

    def _on_text_edited(self) -> None:
        self._touched = True
        self._refuse("")

    def _commit(self) -> None:
        if not self._touched:
            return
        try:
            value = parse_number(self.text())
            problem = self._check(value) if self._check is not None else None
        except ValueError as error:
            problem, value = str(error), self._value
        if problem is not None:
            self._refuse(as_sentence(problem))
            return
        self._value = value
        self._show_rounded()
        self.edited.emit(value)

    def finish(self) -> bool:
        """Take what was typed and give the keys back to the window; False if it is refused."""
        self._commit()
        if self._problem:
            return False
        self.clearFocus()
        return True

    def event(self, event: QEvent) -> bool:
        if leaves_space(self, event):
            event.ignore()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self._touched:
            # All digits, so that what is edited is what is there.
            self.setText(format_number(self._value, None))
            self.selectAll()
            self._just_entered = event.reason() == Qt.FocusReason.MouseFocusReason

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        problem = self._problem
        if problem and isinstance(self.window(), QDialog):
            return
        if problem or not self._touched:
            self._show_rounded()
        if problem:
            tell_of_refusal(self, self._what_stays(problem))

    def _what_stays(self, problem: str) -> str:
        """What was refused and the number that is still there, in a sentence."""
        name = self.accessibleName() or "number"
        if name[1:2].islower():
            name = name[:1].lower() + name[1:]
        refused = problem.partition(";")[0].rstrip(".")  # without what to write instead
        return f"{refused}: the {name} is still {self.text()}."

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        # The press that brought the focus has put the cursor somewhere and undone the selection.
        if self._just_entered and not self.hasSelectedText():
            self.selectAll()
        self._just_entered = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._touched:
            self._touched = False
            self._show_rounded()
            self.setText(format_number(self._value, None))
            self.selectAll()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
