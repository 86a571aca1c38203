"""NameField: a name typed where it stands, until Enter, Escape, or another place is gone to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.run import edits
from engine.run.edits import Edit
from engine.run.limits import NAME
from engine.run.spec import State
from gui import theme
from gui.view import View
from gui.widgets.refusal import show_refusal, tell_of_refusal

_LEAST_WIDTH, _HEIGHT = 96, 26  # pixels


def name_field(
    view: View, layer: int | None, number: int, parent: QWidget, place: QRect
) -> NameField:
    """A field for the name of a unit (layer 0 are the inputs) or, without a layer, of a target,
    over a place in the parent."""
    spec, state = view.spec, State(view.theta)
    edit: Edit
    if layer is None:
        name, edit, where = spec.data.target_names[number], edits.rename_target, [number]
    else:
        name, edit = spec.network.unit_name(layer, number), edits.rename_unit
        where = [layer, number]

    def objection(typed: str) -> str:
        return edits.objection_to(spec, state, edit, *where, typed)

    field = NameField(name, f"name of {name}", objection, parent)
    field.open_at(place)
    return field


class NameField(QLineEdit):
    """`named` carries another name, once it was confirmed by Enter or by leaving the field.

    `objection` says what there is against a name, "" for nothing: by Enter the field stays beside
    that sentence, and when it is left the old name does.
    """

    named = Signal(str)

    def __init__(
        self, name: str, spoken: str, objection: Callable[[str], str], parent: QWidget
    ) -> None:
        super().__init__(name, parent)
        self.setObjectName("nameField")
        self.setAccessibleName(spoken)
        self.setProperty("wrong", False)
        self.setMaxLength(NAME.most)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._room = parent
        self._name = name
        self._objection = objection
        self._is_closed = False
        self.textEdited.connect(lambda: show_refusal(self, ""))

    def open_at(self, place: QRect) -> None:
        """Show the field over the middle of a rectangle of the parent, all of its text selected."""
        room = self._room.rect()
        self.setFont(theme.font(theme.SMALL))
        width = min(max(place.width(), theme.px(_LEAST_WIDTH)), room.width())
        height = min(theme.px(_HEIGHT), room.height())
        x = min(max(place.center().x() - width // 2, 0), room.width() - width)
        y = min(max(place.center().y() - height // 2, 0), room.height() - height)
        self.setGeometry(x, y, width, height)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish(self) -> bool:
        """Take the name and close; False, and it stays beside its sentence, if that is refused."""
        if problem := self._problem():
            show_refusal(self, problem)
            return False
        self._take()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.drop()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._is_closed or event.reason() == Qt.FocusReason.PopupFocusReason:
            return
        if problem := self._problem():
            tell_of_refusal(self, f"{problem} It is called {self._name} as before.")
            self.drop()
        else:
            self._take()

    def _typed(self) -> str:
        return self.text().strip()

    def _problem(self) -> str:
        return "" if self._typed() == self._name else self._objection(self._typed())

    def _take(self) -> None:
        self.drop()
        if self._typed() != self._name:
            self.named.emit(self._typed())

    def drop(self) -> None:
        """Take the field away; nothing is called otherwise."""
        if not self._is_closed:
            self._is_closed = True
            if self.hasFocus():
                self._room.setFocus()  # Qt would go on to whatever follows in the order of Tab
            self.hide()
            self.deleteLater()
