"""The New dialog: a training set and the hidden layers of a network that is to learn it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QLineEdit, QWidget

from engine.data.datasets import DATASETS, DatasetRule, DataSetting
from engine.data.suggested import suggested
from engine.documents.document import Document
from engine.documents.titles import new_title
from engine.documents.whole_file import FileError
from engine.maths.activations import ACTIVATION_SETTINGS, ACTIVATIONS, hidden_activations
from engine.maths.initializers import INITIALIZER_SETTINGS, INITIALIZERS, InitializerSettings
from engine.maths.losses import LOSSES, output_activations, usual_loss
from engine.maths.network import Layer, Network, default_unit_names, with_layer
from engine.maths.optimizers import Optimizer
from engine.maths.setting import Setting
from engine.run.check_spec import SpecError, check_spec
from engine.run.limits import HIDDEN_LAYERS, INPUTS, UNITS
from engine.run.spec import Spec
from gui import theme
from gui.documents.draft import Draft, forget_draft, keep_draft, kept_draft
from gui.documents.own_data import MOST_SAMPLES, OwnData
from gui.widgets.buttons import Button
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.count_field import CountField
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import ErrorLabel, SecondaryLabel
from gui.widgets.layouts import NO_MARGINS, column, row
from gui.widgets.number_field import NumberField

_INITIALIZER = "glorot_uniform"  # as of every data set, unless a person chooses another
_OWN = "own"  # in the place of a data set's key
_KEEP_MILLISECONDS = 300  # after a change, within which others may follow


class NewDialog(FormDialog):
    """Asks for what a new document begins with; everything can be changed later.

    With `remember` what is filled in is kept from one moment to the next, and is there again when
    nothing was made of it, however that came. `forget` says that the document is there.
    """

    def __init__(self, parent: QWidget | None = None, remember: bool = False) -> None:
        super().__init__("New", parent)
        self._remember = remember
        titles = {rule.key: rule.title for rule in DATASETS.values()}
        self._data = _choice("newData", "Training set", {**titles, _OWN: "my own"})
        self._inputs = CountField("newInputs", "Inputs", 1, INPUTS.most)
        self._outputs = CountField("newOutputs", "Outputs", 1, UNITS.most)
        self._samples = CountField("newSamples", "Samples", 1, MOST_SAMPLES)
        for field, count in ((self._inputs, 2), (self._outputs, 1), (self._samples, 4)):
            field.show_count(count)
            field.valueChanged.connect(self._follow)
        self._table = OwnData()
        self._suggested = ""
        self._framed = QFrame()
        self._framed.setObjectName("card")
        self._framed.setLayout(column(self._table, margins=(theme.GAP,) * 4))
        settings = [setting for rule in DATASETS.values() for setting in rule.settings]
        settings.sort(key=lambda setting: setting.suffix)  # how many there are before the noise
        self._settings = {each.key: self._setting_field(each) for each in settings}
        self._hidden = QLineEdit()
        self._hidden.setObjectName("newHidden")
        self._hidden.setPlaceholderText("such as 3 or 8, 8; empty for none")
        self._hidden.textChanged.connect(self._follow)
        self._activation = _choice(
            "newActivation", "Activation of the hidden units", _that_learn(hidden_activations())
        )
        self._output = _choice(
            "newOutputActivation", "Activation at the output", _that_learn(output_activations())
        )
        self._of_activation = {
            key: _setting_field(setting) for key, setting in ACTIVATION_SETTINGS.items()
        }
        self._initializer = _choice("newInitializer", "Initializer of the start values", {})
        self._initializer.offer(
            [ChoiceItem(row.key, row.title, note=row.formula) for row in INITIALIZERS.values()]
        )
        _show(self._initializer, _INITIALIZER)
        self._of_initializer = {
            key: _setting_field(setting, "initializer-") for key, setting in
            INITIALIZER_SETTINGS.items()
        }
        self._preview = SecondaryLabel(name="newPreview")
        self._preview.setWordWrap(True)
        self._problem = ErrorLabel("newProblem")
        self._table.problem.connect(self._problem.say)
        fields = {
            "&Training set": self._data,
            "&Inputs": self._inputs,
            "&Outputs": self._outputs,
            "&Samples": self._samples,
            "Inputs and targets": self._framed,
            **{str(field.accessibleName()): field for field in self._settings.values()},
            "&Hidden units, layer by layer": self._hidden,
            "Their &activation": self._activation,
            **{
                f"Their {ACTIVATION_SETTINGS[key].title}": field
                for key, field in self._of_activation.items()
            },
            "Activation at the output": self._output,
            "Start &values": self._initializer,
            **{
                INITIALIZER_SETTINGS[key].title.capitalize(): field
                for key, field in self._of_initializer.items()
            },
        }
        self._again = QWidget()
        self._again.setObjectName("newAgain")
        words = SecondaryLabel("This was filled in before, and nothing was made of it.")
        anew = Button("begin anew", "newAnew", "Empty the form", self._begin_anew, link=True)
        self._again.setLayout(row((words, 1), anew, gap=theme.GAP, margins=NO_MARGINS))
        self._again.hide()
        self.lay_out(fields, self._again, self._preview, self._problem)
        self.setMinimumWidth(theme.px(460))
        self._data.currentIndexChanged.connect(self._suggest)
        self._activation.currentIndexChanged.connect(self._show_settings)
        self._initializer.currentIndexChanged.connect(self._show_settings)
        self._suggest()
        self._show_settings()
        self._empty = self._filled_in()
        self._keeps = QTimer(self)
        self._keeps.setSingleShot(True)
        self._keeps.setInterval(_KEEP_MILLISECONDS)
        self._keeps.timeout.connect(self._keep)
        for change in (
            self._data.currentIndexChanged, self._activation.currentIndexChanged,
            self._output.currentIndexChanged, self._hidden.textChanged, self._table.filled,
            self._inputs.valueChanged, self._outputs.valueChanged, self._samples.valueChanged,
            self._initializer.currentIndexChanged,
            *(field.edited for field in self._of_activation.values()),
            *(field.edited for field in self._of_initializer.values()),
            *(field.valueChanged for field in self._settings.values()),
        ):
            change.connect(self._keeps.start)
        draft = kept_draft() if remember else None
        if draft is not None:
            self._fill_in(draft)

    # What is kept of it

    def _filled_in(self) -> Draft:
        return Draft(
            self._data.currentData(), self._inputs.value(), self._outputs.value(),
            self._samples.value(), self._hidden.text(), self._activation.currentData(),
            self._output.currentData(), tuple(map(tuple, self._table.table.tolist())),
            {key: field.value for key, field in self._of_activation.items()},
            self._chosen, self._initializer.currentData(),
            {key: field.value for key, field in self._of_initializer.items()},
        )

    def _fill_in(self, draft: Draft) -> None:
        """Show what a draft has, as far as there is such a choice."""
        _show(self._data, draft.data)
        for field, count in (
            (self._inputs, draft.inputs), (self._outputs, draft.outputs),
            (self._samples, draft.samples),
        ):
            field.show_count(min(count, field.maximum()))
        self._suggest()
        names = default_unit_names((self._inputs.value(), 1))[0]
        self._table.resize_to(names, self._outputs.value(), self._samples.value())
        if draft.table.shape == self._table.table.shape:
            self._table.fill(draft.table)
        for key, chosen in draft.of_data.items():
            if key in self._settings:  # a field keeps within its bounds by itself
                self._settings[key].setValue(chosen)
        self._hidden.setText(draft.hidden)
        _show(self._activation, draft.activation)
        for key, setting in ACTIVATION_SETTINGS.items():
            value = draft.settings.get(key, setting.default)
            if setting.allows(value):
                self._of_activation[key].set_value(value)
        _show(self._initializer, draft.initializer)
        for key, setting in INITIALIZER_SETTINGS.items():
            value = draft.of_initializer.get(key, setting.default)
            if setting.allows(value):
                self._of_initializer[key].set_value(value)
        self._show_settings()
        _show(self._output, draft.output)
        self._again.setVisible(draft != self._empty)
        self.fit()

    def _begin_anew(self) -> None:
        self._fill_in(self._empty)
        self._data.setFocus()

    def _keep(self) -> None:
        """Keep what is filled in, if it is anything."""
        if not self._remember:
            return
        draft = self._filled_in()
        if draft == self._empty:
            self.forget()
            return
        try:
            keep_draft(draft)
        except FileError as error:
            self._problem.say(f"What you fill in is not kept until you create it: {error}")

    def forget(self) -> None:
        """Keep nothing of it: its document is there."""
        self._keeps.stop()
        if self._remember:
            forget_draft()

    def done(self, result: int) -> None:
        if self._keeps.isActive():
            self._keeps.stop()
            self._keep()
        super().done(result)

    # What is asked for

    @property
    def _rule(self) -> DatasetRule | None:
        """The chosen data set; None for the person's own."""
        return DATASETS.get(self._data.currentData())

    @property
    def is_own(self) -> bool:
        """Whether the samples are the person's own."""
        return self._rule is None

    def _setting_field(self, setting: DataSetting) -> QDoubleSpinBox:
        """A field for a setting that several data sets may have, each with bounds of its own."""
        field = QDoubleSpinBox()
        field.setObjectName(f"newSetting-{setting.key}")
        field.setAccessibleName(setting.title)
        field.setGroupSeparatorShown(True)
        field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        field.valueChanged.connect(self._follow_settings)
        return field

    @property
    def _chosen(self) -> dict[str, float]:
        """The settings of the chosen data set that are not as usual."""
        settings = () if self._rule is None else self._rule.settings
        values = {setting: self._settings[setting.key].value() for setting in settings}
        return {each.key: value for each, value in values.items() if value != each.default}

    def _suggest(self) -> None:
        rule = self._rule
        here = {setting.key: setting for setting in (() if rule is None else rule.settings)}
        for key, setting_field in self._settings.items():
            self.form.setRowVisible(setting_field, key in here)
            if key in here:
                _offer(setting_field, here[key])
        if rule is not None:
            self._activation.setCurrentIndex(self._activation.findData(rule.learning.hidden))
        for field in (self._inputs, self._outputs, self._samples, self._framed, self._output):
            self.form.setRowVisible(field, rule is None)
        self._suggested = _in_a_line((3,) if rule is None else rule.hidden)
        self._hidden.setText(self._suggested)
        self._follow()
        self.fit()

    @property
    def _read(self) -> tuple[str, ...]:
        """The settings that the activation of the hidden units reads."""
        return ACTIVATIONS[self._activation.currentData()].settings

    @property
    def _read_at_start(self) -> tuple[str, ...]:
        """The settings that the initializer reads."""
        return INITIALIZERS[self._initializer.currentData()].settings

    def _show_settings(self) -> None:
        for key, field in self._of_activation.items():
            self.form.setRowVisible(field, key in self._read)
        for key, field in self._of_initializer.items():
            self.form.setRowVisible(field, key in self._read_at_start)
        self.fit()

    def _follow_settings(self) -> None:
        """Suggest other hidden layers where a setting asks for it, unless the person has chosen."""
        if self._rule is not None and self._hidden.text() == self._suggested:
            self._suggested = _in_a_line(self._rule.hidden_with(self._chosen))
            self._hidden.setText(self._suggested)
        self._follow()

    def _follow(self) -> None:
        """Show what follows from the fields: names, and the columns of the table."""
        self._problem.say("")
        if self._rule is None:
            names = default_unit_names((self._inputs.value(), 1))[0]
            self._table.resize_to(names, self._outputs.value(), self._samples.value())
        try:
            layers = [*default_unit_names(self._sizes())]
            if self._rule is not None:
                layers[0] = self._rule.input_names or layers[0]
                layers[-1] = self._rule.output_names or layers[-1]
        except ValueError:
            self._preview.setText("")
        else:
            self._preview.setText(f"The units: {' → '.join(map(_in_short, layers))}")

    def accept(self) -> None:
        fields = [self._of_activation[key] for key in self._read]
        fields += [self._of_initializer[key] for key in self._read_at_start]
        if not all(field.finish() for field in fields):
            return
        try:
            check_spec(self._spec())
        except SpecError as error:
            self._problem.say(error.told)
        except ValueError as error:
            self._problem.say(str(error))
        else:
            super().accept()

    def _sizes(self) -> tuple[int, ...]:
        """The units of each layer, the inputs first. Raises ValueError with a sentence."""
        words = [word for word in re.split(r"[\s,;]+", self._hidden.text().strip()) if word]
        for word in words:
            if not word.isdecimal() or len(word) > 9 or int(word) not in UNITS:
                raise ValueError(f'A layer has {UNITS} units; "{word}" is no such number.')
        if len(words) > HIDDEN_LAYERS.most:
            raise ValueError(f"At most {HIDDEN_LAYERS.most} hidden layers are possible.")
        rule = self._rule
        inputs, outputs = (
            (self._inputs.value(), self._outputs.value())
            if rule is None
            else (rule.inputs_with(self._chosen), rule.outputs)
        )
        return inputs, *map(int, words), outputs

    def _spec(self) -> Spec:
        """What was asked for. Raises ValueError with a sentence."""
        settings = {key: self._of_initializer[key].value for key in self._read_at_start}
        return replace(
            self._without_start(),
            initializer=self._initializer.currentData(),
            initializer_settings=InitializerSettings(settings),
        )

    def _without_start(self) -> Spec:
        """The same, whatever its start values are drawn by."""
        sizes, hidden = self._sizes(), self._activation.currentData()
        settings = {key: self._of_activation[key].value for key in self._read}
        if self._rule is not None:
            spec = suggested(self._rule, self._chosen, sizes[1:-1], hidden)
            for number in range(1, spec.network.depth):
                network = with_layer(spec.network, number, settings=settings)
                spec = replace(spec, network=network)
            return spec
        names, output = default_unit_names(sizes), self._output.currentData()
        loss = usual_loss(output)
        layers = [Layer(units, hidden, settings=settings) for units in names[1:-1]]
        layers.append(Layer(names[-1], output))
        return Spec(
            Network(names[0], tuple(layers)),
            loss,
            LOSSES[loss].reduction or "mean",
            Optimizer().changed(learning_rate=0.5),
            self._table.data_set(),
            seed=1,
        )

    def document(self) -> Document:
        """The document that was asked for, with start values drawn from seed 1."""
        spec = self._spec()
        about = "own data" if self._rule is None else self._rule.title
        start = spec.draw()
        return Document(spec=spec, start=start, title=new_title(spec.network.sizes, about))


def _setting_field(setting: Setting, prefix: str = "") -> NumberField:
    """A field for a setting of the hidden units' activation, or with a prefix of another thing."""

    def objection(value: float) -> str | None:
        return None if setting.allows(value) else setting.limits

    field = NumberField(setting.default, objection)
    field.setObjectName(f"new-{prefix}{setting.key}")
    owner = "" if prefix else " of the hidden units"
    field.setAccessibleName(f"{setting.title.capitalize()}{owner}")
    return field


def _offer(field: QDoubleSpinBox, setting: DataSetting) -> None:
    """Have a field take a setting's bounds and its usual value."""
    with QSignalBlocker(field):
        field.setDecimals(setting.decimals)
        field.setRange(setting.least, setting.most)
        field.setSuffix(setting.suffix)
        field.setValue(setting.default)


def _in_a_line(sizes: Iterable[int]) -> str:
    return ", ".join(map(str, sizes))


def _choice(name: str, spoken: str, titles: Mapping[str, str]) -> Choice:
    choice = Choice(name, spoken)
    choice.offer([ChoiceItem(key, title) for key, title in titles.items()])
    choice.setCurrentIndex(0)
    return choice


def _show(choice: Choice, key: str) -> None:
    """Show a key, if there is such a choice."""
    if choice.findData(key) >= 0:
        choice.show_key(key)


def _that_learn(keys: Iterable[str]) -> dict[str, str]:
    return {key: ACTIVATIONS[key].title for key in keys if ACTIVATIONS[key].learns}


def _in_short(names: tuple[str, ...]) -> str:
    """Names of units, the middle ones left out where there are many."""
    few = names if len(names) <= 4 else (*names[:2], "…", names[-1])
    return ", ".join(few)
