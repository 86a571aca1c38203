"""A choice with its settings below: what a run may do beside the usual, as a penalty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.panels.network.layer_rows import LINE_GAP, FormRow
from gui.widgets.buttons import CheckBox
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.number_field import Check, NumberField
from gui.widgets.plain_text import set_tip

NONE = ChoiceItem("none", "none")  # the choice that takes the rows away again


class ChoiceRows(QWidget):
    """A choice, a line for each of its settings that counts, and a box to check.

    There is nothing to be seen of it while the choice is `none`. `chosen` says what a person chose,
    `setting_chosen` the name and the value of a number, `checked` the box.
    """

    chosen = Signal(str)
    setting_chosen = Signal(str, float)
    checked = Signal(bool)

    def __init__(self, name: str, title: str, items: Sequence[ChoiceItem], brief: str = "") -> None:
        super().__init__()
        self._choice = Choice(name, title)
        self._choice.offer([NONE, *items])
        self._choice.chosen.connect(self.chosen)
        self._fields: dict[str, tuple[NumberField, FormRow]] = {}
        self._box: tuple[CheckBox, FormRow] | None = None
        self._name = name
        row = FormRow(title, self._choice, filling=self._choice, brief=brief)
        self.setLayout(column(row, gap=LINE_GAP, margins=NO_MARGINS))

    def add_number(self, name: str, title: str, says: str, check: Check, brief: str = "") -> None:
        """A line for a number; `says` what it is."""
        field = NumberField(check=check)
        field.setObjectName(f"{self._name}_{name}")
        field.setAccessibleName(says)
        set_tip(field, says)
        field.edited.connect(lambda value: self.setting_chosen.emit(name, value))
        row = FormRow(title, field, filling=field, brief=brief)
        self._fields[name] = field, row
        self._add(row)

    def add_box(self, text: str, says: str) -> None:
        """A line with a box to check."""
        box = CheckBox(text)
        box.setObjectName(f"{self._name}Box")
        set_tip(box, says)
        box.clicked.connect(self.checked)
        row = FormRow("", box)
        self._box = box, row
        self._add(row)

    def _add(self, row: FormRow) -> None:
        layout = self.layout()
        assert layout is not None
        layout.addWidget(row)

    def display(
        self, key: str, numbers: Mapping[str, float], checked: bool = False, tip: str = ""
    ) -> None:
        """Show what is in force; only the lines of these numbers are there."""
        self.setVisible(key != NONE.key)
        self._choice.show_key(key)
        set_tip(self._choice, tip)
        for name, (field, row) in self._fields.items():
            row.setVisible(name in numbers)
            if name in numbers:
                field.set_value(numbers[name])
        if self._box is not None:
            self._box[0].show_checked(checked)

    def take_focus(self) -> None:
        """Be where the keyboard is."""
        self._choice.setFocus()
