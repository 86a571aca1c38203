"""CountField: a box for a whole number, such as the units of a layer."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QSpinBox

from gui.widgets.plain_text import set_tip
from gui.widgets.refusal import show_refusal, tell_of_refusal
from gui.widgets.typed_text import leaves_space

_MOST_DIGITS = 9  # that Qt's own whole numbers can have


class CountField(QSpinBox):
    """A box for a whole number. `chosen` carries a number that a person confirmed (Enter, leaving
    the field, the arrow keys); `show_count` never emits. What is no count within the bounds is
    refused beside the field and changes nothing. The wheel scrolls what is around it, unless it
    has the focus.
    """

    chosen = Signal(int)

    def __init__(self, name: str, accessible_name: str, lowest: int, highest: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self._range = f"{lowest} to {highest:,}"
        self._bounds = f"{accessible_name}: {self._range}"
        set_tip(self, self._bounds)
        self.setProperty("wrong", False)
        self.setRange(lowest, highest)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self.chosen)
        self.lineEdit().textEdited.connect(lambda: self._mark(""))

    def show_count(self, count: int) -> None:
        """Show what is in force."""
        if count != self.value():
            with QSignalBlocker(self):
                self.setValue(count)

    def _objection(self, text: str) -> str:
        """What is wrong with a text, and what would be right; nothing if it can be taken."""
        fault = self._fault(text)
        return f"{fault}. {self._bounds}." if fault else ""

    def _fault(self, text: str) -> str:
        """What is wrong with a text as a count within the bounds; nothing if it is one."""
        plain = self._without_suffix(text)
        count = int(plain) if re.fullmatch(rf"[0-9]{{1,{_MOST_DIGITS}}}", plain) else None
        if count is not None and self.minimum() <= count <= self.maximum():
            return ""
        whole = plain.removeprefix("-").isdecimal()
        why = "is out of bounds" if whole else "is not a whole number"
        return f'"{plain}" {why}'

    def _without_suffix(self, text: str) -> str:
        """A text without the unit that Qt keeps behind it, such as " %", and blanks around it."""
        return text.removesuffix(self.suffix()).strip()

    def _is_changed(self) -> bool:
        """Whether another text stands there than that of the count in force."""
        return self._without_suffix(self.text()) != str(self.value())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let anything be typed, so that it can be refused with a sentence."""
        states = QValidator.State
        return (states.Intermediate if self._objection(text) else states.Acceptable), text, position

    def fixup(self, text: str) -> str:
        """Bring the count in force back as the field is left, and say what was wrong."""
        self._mark(self._objection(text))
        return str(self.value())

    def _mark(self, problem: str) -> None:
        """Show that a text was refused and why, or that this is over."""
        if self.property("wrong") and not problem:
            set_tip(self, self._bounds)
        show_refusal(self, problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        confirming = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        problem = self._objection(self.text()) if confirming else ""
        if problem:
            self._mark(problem)
            return
        if event.key() == Qt.Key.Key_Escape and self._is_changed():
            self.lineEdit().setText(f"{self.value()}{self.suffix()}")
            self._mark("")
            return  # used up: the tool around it stays open
        super().keyPressEvent(event)
        if confirming:
            self.clearFocus()  # the keys are the window's again

    def finish(self) -> bool:
        """Take what was typed and give the keys back to the window; False if it is refused."""
        problem = self._objection(self.text())
        if problem:
            self._mark(problem)
            return False
        self.clearFocus()
        return True

    def event(self, event: QEvent) -> bool:
        if leaves_space(self.lineEdit(), event):
            event.ignore()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        fault = self._fault(self.text())
        super().focusOutEvent(event)
        if self.property("wrong"):
            self._mark("")
        if fault:
            still = f"{self.accessibleName()}: still {self.value()} ({self._range})"
            tell_of_refusal(self, f"{fault}. {still}.")

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # After the click that brought the focus has set the text cursor.
        QTimer.singleShot(0, self, self._select)

    def _select(self) -> None:
        if self.hasFocus():  # it may have gone on in the meantime
            self.selectAll()
            self.lineEdit().setModified(False)  # as it is after Enter, with the same text

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
