"""The New dialog: a training set and the hidden layers of a network that is to learn it."""

from __future__ import annotations

import re

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from engine.data.datasets import DATASETS, DatasetRule
from engine.documents.document import Document
from engine.maths.activations import ACTIVATIONS, hidden_activations
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.limits import HIDDEN_LAYERS, UNITS
from engine.run.spec import Spec
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import PlainLabel


class NewDialog(FormDialog):
    """Asks for what a new document begins with; everything can be changed later."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("New", parent)
        self._data = QComboBox()
        self._data.setObjectName("newData")
        for rule in DATASETS.values():
            self._data.addItem(rule.title, rule.key)
        self._hidden = QLineEdit()
        self._hidden.setObjectName("newHidden")
        self._hidden.setPlaceholderText("such as 3 or 8, 8; empty for none")
        self._activation = QComboBox()
        self._activation.setObjectName("newActivation")
        for key in hidden_activations():
            if ACTIVATIONS[key].learns:
                self._activation.addItem(ACTIVATIONS[key].title, key)
        self._problem = PlainLabel()
        self._problem.setProperty("error", True)
        self._problem.setWordWrap(True)
        fields = {
            "Training set": self._data,
            "Hidden units, layer by layer": self._hidden,
            "Their activation": self._activation,
        }
        self.lay_out(fields, self._problem)
        self._data.currentIndexChanged.connect(self._suggest)
        self._suggest()

    @property
    def _rule(self) -> DatasetRule:
        return DATASETS[self._data.currentData()]

    def _suggest(self) -> None:
        self._hidden.setText(", ".join(str(size) for size in self._rule.hidden))

    def accept(self) -> None:
        try:
            self._sizes()
        except ValueError as error:
            self._problem.setText(str(error))
            return
        super().accept()

    def _sizes(self) -> list[int]:
        """The sizes typed in. Raises ValueError with a sentence."""
        words = [word for word in re.split(r"[\s,;]+", self._hidden.text().strip()) if word]
        for word in words:
            if not word.isdecimal() or int(word) not in UNITS:
                raise ValueError(f'A layer has {UNITS} units; "{word}" is no such number.')
        if len(words) > HIDDEN_LAYERS.most:
            raise ValueError(f"At most {HIDDEN_LAYERS.most} hidden layers are possible.")
        return [int(word) for word in words]

    def document(self) -> Document:
        """The document that was asked for, with start values drawn from seed 1."""
        rule = self._rule
        names = default_unit_names((rule.inputs, *self._sizes(), rule.outputs))
        hidden = self._activation.currentData()
        layers = [Layer(units, hidden) for units in names[1:-1]]
        layers.append(Layer(names[-1], rule.activation))
        spec = Spec(
            Network(names[0], tuple(layers)),
            rule.loss,
            LOSSES[rule.loss].reduction or "mean",
            Optimizer().changed(learning_rate=0.5),
            rule.make(1),
            initializer="glorot_uniform",
            seed=1,
        )
        start = spec.network.draw(spec.initializer, spec.seed)
        return Document(spec=spec, start=start, title=rule.title)
