"""The lines of the initializer: how New seed draws the start values, and what it is set to."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.maths.initializers import INITIALIZER_SETTINGS, INITIALIZERS
from engine.run.check_spec import SpecError, check_initializer
from engine.run.spec import Spec
from gui.panels.network.layer_rows import LINE_GAP, FormRow
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.number_field import NumberField
from gui.widgets.plain_text import set_tip


class InitializerRows(QWidget):
    """Shows the initializer that is in force and reports what a person chooses."""

    initializer_chosen = Signal(str)
    setting_chosen = Signal(str, float)

    def __init__(self) -> None:
        super().__init__()
        self._spec: Spec | None = None
        self._initializer = Choice("initializer", "Initializer")
        self._initializer.offer(
            [
                ChoiceItem(
                    each.key,
                    each.title,
                    each.title.partition(",")[0].replace(" from ", " "),
                    note=each.formula,
                )
                for each in INITIALIZERS.values()
            ]
        )
        self._initializer.chosen.connect(self.initializer_chosen)
        self._fields: dict[str, NumberField] = {}
        self._rows: dict[str, FormRow] = {}
        for key, setting in INITIALIZER_SETTINGS.items():
            field = NumberField(check=self._check_of(key))
            field.setObjectName(f"initializer_{key}")
            field.setAccessibleName(setting.title.capitalize())
            set_tip(field, f"{setting.title.capitalize()}, drawn by New seed")
            field.edited.connect(lambda value, key=key: self.setting_chosen.emit(key, value))
            self._fields[key] = field
            self._rows[key] = FormRow(
                f"   {setting.label}", field, filling=field, brief=f"   {setting.brief}"
            )
        first = FormRow("Initializer", self._initializer, filling=self._initializer)
        self.setLayout(column(first, *self._rows.values(), gap=LINE_GAP, margins=NO_MARGINS))

    def _check_of(self, key: str) -> Callable[[float], str | None]:
        """What the engine has against a value of a setting."""

        def objection(value: float) -> str | None:
            if self._spec is None:
                return None
            settings = self._spec.initializer_settings.changed(**{key: value})
            try:
                check_initializer(replace(self._spec, initializer_settings=settings))
            except SpecError as error:
                return error.sentence
            return None

        return objection

    def display(self, spec: Spec) -> None:
        """Show what is in force."""
        self._spec = spec
        rule = INITIALIZERS[spec.initializer]
        self._initializer.show_key(rule.key)
        set_tip(self._initializer, f"How New seed draws the start values: {rule.formula}")
        for key, row in self._rows.items():
            row.setVisible(key in rule.settings)
            self._fields[key].set_value(spec.initializer_settings[key])
