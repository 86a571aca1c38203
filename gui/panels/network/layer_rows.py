"""The lines of the network's settings: a label with fields, and those of one layer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.maths.activations import ACTIVATION_SETTINGS, ACTIVATIONS, hidden_activations
from engine.maths.losses import output_activations
from engine.maths.network import Layer
from engine.run.limits import UNITS
from gui import theme
from gui.widgets.buttons import Button, CheckBox
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.count_field import CountField
from gui.widgets.labels import SecondaryLabel
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.number_field import NumberField
from gui.widgets.plain_text import set_tip

# Pixels.
GAP = 6  # between fields
LINE_GAP = 3  # between lines, few enough for all of a small network to be in sight
COUNT_WIDTH, COUNT_HEIGHT = 38, 26

_BIASES = (
    ChoiceItem("none", "none", listed="no bias"),
    ChoiceItem("per_unit", "per unit", listed="one bias per unit"),
    ChoiceItem("shared", "shared", listed="one bias shared by the layer"),
    ChoiceItem("per_unit threshold", "threshold", listed="one threshold per unit: z = Σ w a − θ"),
    ChoiceItem(
        "shared threshold", "shared θ", listed="one threshold shared by the layer: z = Σ w a − θ"
    ),
)


def size_count(field: CountField, width: int = COUNT_WIDTH) -> None:
    """Have a field for a count as large as the text asks for, with a width at 100 %."""
    field.setFixedSize(theme.px(width), theme.px(COUNT_HEIGHT))


class FormRow(QWidget):
    """A label and, in a column that all rows share, fields.

    `filling` is the field that takes the rest of the width; None leaves the rest free. In a
    narrow card the brief label is shown, and the column of the fields begins further left, or
    right behind the label in a row that is `crowded`.
    """

    def __init__(
        self,
        title: str,
        *fields: QWidget,
        filling: QWidget | None = None,
        brief: str = "",
        crowded: bool = False,
    ) -> None:
        super().__init__()
        self._titles = (title, brief or title)
        self._crowded = crowded
        self._label = SecondaryLabel()
        if not title:  # its column stays, and a screen reader has nothing to say of it
            policy = self._label.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            self._label.setSizePolicy(policy)
            self._label.hide()
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(GAP)
        self._box.addWidget(self._label)
        for field in fields:
            self._box.addWidget(field, 1 if field is filling else 0)
        if filling is None:
            self._box.addStretch(1)
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """Fit the label to a narrow card or to a usual one."""
        metrics = QFontMetrics(theme.font(theme.SMALL))
        self._label.setText(self._titles[narrow])
        widest = "Optimizer" if narrow else "Learning rate"
        if narrow and self._crowded:
            widest = self._titles[narrow]
        self._label.setFixedWidth(metrics.horizontalAdvance(widest) + 2)
        self._box.setSpacing(GAP - 2 if narrow else GAP)


class LayerRows(QWidget):
    """One layer: its units and activation, and below, if asked for, the settings of the activation
    and its biases. A setting that is not as usual is always in sight.

    `objection` says what there is against a value of a setting, by its key."""

    units_chosen = Signal(int)
    activation_chosen = Signal(str)
    setting_chosen = Signal(str, float)
    bias_chosen = Signal(str, bool)
    rate_factor_chosen = Signal(float)
    dropout_chosen = Signal(float)
    removed = Signal()

    def __init__(
        self,
        number: int,
        title: str,
        output: bool,
        objection: Callable[[str, float], str | None],
    ) -> None:
        super().__init__()
        name = title.lower()
        self._units = CountField(f"units{number}", f"Units of {name}", 1, UNITS.most)
        size_count(self._units)
        self._units.chosen.connect(self.units_chosen)
        self._activation = Choice(f"activation{number}", f"Activation of {name}")
        self._activation.offer(_activation_items(output))
        self._activation.chosen.connect(self.activation_chosen)
        self._settings: dict[str, NumberField] = {}
        self._setting_rows: dict[str, FormRow] = {}
        for key, setting in ACTIVATION_SETTINGS.items():
            field = NumberField(check=partial(objection, key))
            field.setObjectName(f"{key}{number}")
            field.setAccessibleName(f"{setting.title.capitalize()} of {name}")
            field.edited.connect(partial(self.setting_chosen.emit, key))
            self._settings[key] = field
            self._setting_rows[key] = FormRow(
                f"   {setting.label}", field, filling=field, brief=f"   {setting.brief}"
            )
        self._bias = Choice(f"bias{number}", f"Biases of {name}")
        self._bias.offer(_BIASES)
        self._bias.chosen.connect(lambda _: self._choose_bias())
        self._trained = CheckBox("trained")
        self._trained.setObjectName(f"biasTrained{number}")
        self._trained.setAccessibleName(f"Biases of {name} are trained")
        set_tip(self._trained, "Fixed biases keep their value; their gradients are still shown")
        self._trained.clicked.connect(lambda _: self._choose_bias())
        self._remove = Button(
            "✕", f"removeLayer{number}", "Remove this layer", self.removed, link=True
        )
        self._remove.setAccessibleName(f"Remove {name}")
        self._removable = not output
        first = FormRow(
            title, self._units, self._activation, self._remove, filling=self._activation
        )
        self._details = FormRow(
            "   Biases",
            self._bias,
            self._trained,
            filling=self._bias,
            brief="   Bias",
            crowded=True,
        )
        self._rate_factor = NumberField(
            1.0, lambda value: None if 0.0 < value < 1e12 else "it lies above 0 and below 1e12"
        )
        self._rate_factor.setObjectName(f"rateFactor{number}")
        says = f"Factor of the learning rate of {name}"
        self._rate_factor.setAccessibleName(says)
        set_tip(self._rate_factor, f"{says}: its updates take so many times η")
        self._rate_factor.edited.connect(self.rate_factor_chosen)
        self._rate_row = FormRow(
            "   Rate: η ×", self._rate_factor, filling=self._rate_factor, brief="   η ×"
        )
        self._dropout = NumberField(
            0.0, lambda value: None if 0.0 <= value < 1.0 else "it lies from 0 to below 1"
        )
        self._dropout.setObjectName(f"dropout{number}")
        says = f"Dropout of {name}"
        self._dropout.setAccessibleName(says)
        set_tip(
            self._dropout,
            f"{says}: the share of its units that each iteration leaves out, drawn anew for each "
            "sample; 0 for none",
        )
        self._dropout.edited.connect(self.dropout_chosen)
        self._dropout_row = FormRow(
            "   Dropout", self._dropout, filling=self._dropout, brief="   Drop"
        )
        rows = (
            first, *self._setting_rows.values(), self._details, self._rate_row, self._dropout_row
        )  # fmt: skip
        self.setLayout(column(*rows, gap=LINE_GAP, margins=NO_MARGINS))
        self._layer: Layer | None = None
        self._detailed = False
        self.show_details(False)

    @property
    def fields(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches, in its order."""
        settings = self._settings.values()
        return (
            self._units, self._activation, self._remove, *settings, self._bias, self._trained,
            self._rate_factor, self._dropout,
        )  # fmt: skip

    def restyle(self) -> None:
        """Follow a change of the size of text."""
        size_count(self._units)

    def _choose_bias(self) -> None:
        self.bias_chosen.emit(self._bias.key, self._trained.isChecked())

    def show_details(self, shown: bool) -> None:
        """Show or hide the settings, the biases and the button that removes the layer."""
        self._detailed = shown
        self._show_settings()
        self._details.setVisible(shown)
        self._show_rate()
        self._show_dropout()
        self._remove.setVisible(shown and self._removable)

    def _show_settings(self) -> None:
        """Those that the activation reads: all of them or those that are not as usual."""
        layer = self._layer
        for key, row in self._setting_rows.items():
            is_read = layer is not None and key in layer.function.settings
            is_changed = layer is not None and key in layer.changed_settings
            row.setVisible(is_read and (self._detailed or is_changed))

    def _show_rate(self) -> None:
        """It is in sight where the layer has a rate of its own."""
        has_own = self._layer is not None and self._layer.rate_factor != 1.0
        self._rate_row.setVisible(self._detailed or has_own)

    def _show_dropout(self) -> None:
        """It is in sight where units are dropped, and never for the outputs."""
        drops = self._layer is not None and self._layer.dropout > 0.0
        self._dropout_row.setVisible(self._removable and (self._detailed or drops))

    def display(self, layer: Layer) -> None:
        """Show a layer."""
        self._layer = layer
        for key, field in self._settings.items():
            field.set_value(layer.settings[key])
        self._show_settings()
        self._rate_factor.set_value(layer.rate_factor)
        self._show_rate()
        self._dropout.set_value(layer.dropout)
        self._show_dropout()
        self._units.show_count(len(layer.units))
        self._activation.show_key(layer.activation)
        self._bias.show_key(f"{layer.bias} threshold" if layer.has_thresholds else layer.bias)
        self._trained.show_checked(layer.bias_trained)
        self._trained.setEnabled(layer.bias != "none")


def _activation_items(output: bool) -> list[ChoiceItem]:
    allowed = output_activations() if output else hidden_activations()
    each = [ACTIVATIONS[key] for key in allowed]
    first_words = [f.title.split()[0] for f in each]
    return [
        ChoiceItem(
            f.key, f.title, brief=word if first_words.count(word) == 1 else f.symbol, note=f.formula
        )
        for f, word in zip(each, first_words, strict=True)
    ]
