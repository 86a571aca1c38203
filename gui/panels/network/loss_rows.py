"""The lines of the loss: which one, what it is set to, and what becomes of it over the samples."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.formulas.notation import Notation
from engine.maths.losses import LOSS_SETTINGS, LOSSES, REDUCTIONS, losses_for
from engine.run.check_spec import SpecError, check_spec
from engine.run.spec import Spec
from gui.panels.network.layer_rows import LINE_GAP, FormRow
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.number_field import Check, NumberField
from gui.widgets.plain_text import set_tip


class LossRows(QWidget):
    """Shows the loss that is in force and reports what a person chooses."""

    loss_chosen = Signal(str)
    setting_chosen = Signal(str, float)
    output_chosen = Signal(int)
    reduction_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._spec: Spec | None = None
        self._loss = Choice("loss", "Loss")
        self._loss.chosen.connect(self.loss_chosen)
        self._settings = {name: self._setting_field(name) for name in LOSS_SETTINGS}
        self._setting_rows = {
            name: FormRow(
                LOSS_SETTINGS[name].label, field, filling=field, brief=LOSS_SETTINGS[name].brief
            )
            for name, field in self._settings.items()
        }
        self._output = Choice("lossOutput", "Output that the loss is")
        self._output.chosen.connect(lambda key: self.output_chosen.emit(int(key)))
        self._output_row = FormRow("of output", self._output, filling=self._output, brief="of")
        self._reduction = Choice("reduction", "Loss over the samples")
        self._reduction.offer([ChoiceItem(key, key) for key in REDUCTIONS])
        self._reduction.chosen.connect(self.reduction_chosen)
        self.setLayout(
            column(
                FormRow("Loss", self._loss, filling=self._loss),
                *self._setting_rows.values(),
                self._output_row,
                FormRow("Over samples", self._reduction, filling=self._reduction, brief="Samples"),
                gap=LINE_GAP,
                margins=NO_MARGINS,
            )
        )

    def _setting_field(self, name: str) -> NumberField:
        field = NumberField(check=self._check_of(name))
        field.setObjectName(name)
        field.setAccessibleName(LOSS_SETTINGS[name].title.capitalize())
        set_tip(field, f"{LOSS_SETTINGS[name].title.capitalize()}, {LOSS_SETTINGS[name].symbol}")
        field.edited.connect(lambda value: self.setting_chosen.emit(name, value))
        return field

    def _check_of(self, name: str) -> Check:
        """What the engine has against a value of a setting of the loss."""

        def objection(value: float) -> str | None:
            if self._spec is None:
                return None
            settings = self._spec.loss_settings.changed(**{name: value})
            try:
                check_spec(replace(self._spec, loss_settings=settings))
            except SpecError as error:
                return error.sentence
            return None

        return objection

    def display(self, spec: Spec, notation: Notation) -> None:
        """Show what is in force."""
        self._spec = spec
        allowed = losses_for(spec.network.layers[-1].activation)
        self._loss.offer([_loss_item(key, notation) for key in allowed])
        self._loss.show_key(spec.loss)
        loss, outputs = LOSSES[spec.loss], spec.network.layers[-1].units
        formulas = notation.formula(f"{loss.formula}, derivative {loss.derivative}")
        set_tip(self._loss, f"{loss.title}: {formulas}")
        for name, row in self._setting_rows.items():
            row.setVisible(name in loss.settings)
            self._settings[name].set_value(spec.loss_settings[name])
        self._output.offer([ChoiceItem(str(k), unit) for k, unit in enumerate(outputs)])
        self._output.show_key(str(spec.loss_settings.output))
        self._output_row.setVisible(loss.one_output and len(outputs) > 1)
        self._reduction.show_key(spec.reduction)
        is_free = loss.reduction is None
        self._reduction.setEnabled(is_free)
        how = "How the losses of the samples make the loss of a batch"
        set_tip(
            self._reduction,
            how if is_free else f"{how}: {loss.title} is their {loss.reduction} by definition",
        )


def _loss_item(key: str, notation: Notation) -> ChoiceItem:
    loss = LOSSES[key]
    formula = notation.formula(loss.formula)
    listed = f"{formula}  →  {notation.formula(loss.derivative)}"
    return ChoiceItem(key, formula, brief=loss.title, listed=listed, note=loss.title)
