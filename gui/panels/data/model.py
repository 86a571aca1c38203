"""DataModel: the training set as rows of a table, with what the network makes of each sample."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QImage

from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.run.classes import classes_of
from engine.run.column_words import OWN_UNITS, in_words, with_class
from engine.run.given import Given
from engine.run.limits import SAMPLES
from engine.run.scaling import Scaling, own
from engine.run.spec import Data
from engine.run.steps import StepId
from engine.text.numbers import at_most, format_count, format_number
from gui.tables.number_model import Index, NumberModel
from gui.view import View
from gui.widgets.plain_text import tip_text
from gui.widgets.signed_image import signed_image

# Before the number of a sample that is kept out of training: to test, or to validate with.
TEST_MARK, VALIDATION_MARK = "○ ", "◇ "
_PICTURE = 24  # pixels, three for each of eight rows
_NOWHERE = QModelIndex()
_WIDEST = 5  # digits that a column asks room for; more are shown where there is room
_MEASURED_ROWS = 1000  # whose numbers decide how wide a column wants to be


class DataModel(NumberModel):
    """Columns of inputs, targets and outputs, and whether the sample is right; a row each."""

    pasted = Signal(object)
    marks_rows = True

    def __init__(self) -> None:
        super().__init__()
        self._view: View | None = None
        self._right: NDArray[np.bool_] | None = None
        self._are_classes = True
        self._selected: object = None

    def show(self, view: View) -> None:
        """Read from another view."""
        before = self._view
        if before is not None and _heading(before) == _heading(view):
            self._take(view)
            if (
                before.spec.data is not view.spec.data
                or before.evaluation is not view.evaluation
                or before.sample != view.sample
                or before.digits != view.digits
            ):
                self.tell_all_changed()
            if before.notation != view.notation:
                last = self.columnCount() - 1
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)
        else:
            self.beginResetModel()
            self._take(view)
            self.endResetModel()

    def _take(self, view: View) -> None:
        before, self._view = self._view, view
        if before is None or before.spec is not view.spec:
            self._are_classes = view.spec.has_classes
        self.keeps_last = self._are_classes
        self.digits = view.digits
        self.training = view.training
        self._right = None

    @property
    def _data(self) -> Data:
        assert self._view is not None
        return self._view.spec.data

    @property
    def _inputs(self) -> int:
        return int(self._data.inputs.shape[1])

    @property
    def _editable(self) -> int:
        """How many columns can be edited: inputs and targets, where the loss reads any."""
        assert self._view is not None
        return self._inputs + _targets(self._view)

    @property
    def _numbers(self) -> int:
        """How many columns have numbers: those, and the outputs."""
        return self._editable + len(self._data.target_names)

    def cell(self, column: int) -> tuple[str, int]:
        """What a column holds (inputs, targets, outputs or right) and its number among those."""
        if column < self._inputs:
            return "inputs", column
        if column < self._editable:
            return "targets", column - self._inputs
        if column < self._numbers:
            return "outputs", column - self._editable
        return "right", 0

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() or self._view is None else len(self._data)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() or self._view is None else self._numbers + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(self._header_tip(section, orientation))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.headerData(section, orientation) or "right or not"
        if role != Qt.ItemDataRole.DisplayRole or self._view is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return f"{self._mark(section)}{section + 1}"
        kind, number = self.cell(section)
        network, notation = self._view.spec.network, self._view.notation
        if kind == "inputs":
            return with_class(self._view.spec, 0, number)
        if kind == "targets":
            name = notation.column(self._data.target_names[number])
            return with_class(self._view.spec, network.depth, number, name)
        if kind == "outputs":
            units = network.layers[-1].units
            if len(units) == 1:
                return notation.activation
            name = f"{notation.activation} {units[number]}"
            return with_class(self._view.spec, network.depth, number, name)
        return ""

    def _header_tip(self, section: int, orientation: Qt.Orientation) -> str:
        name = self.headerData(section, orientation)
        if orientation == Qt.Orientation.Vertical:
            kind = self._data.kind_of(section)
            about = f": a {kind}, nothing is learnt from it" if kind else ""
            return f"sample {section + 1}{about}"
        kind, number = self.cell(section)
        if kind == "right":
            return "whether the outputs say what the targets say"
        assert self._view is not None
        unit = self._view.spec.network.layers[-1].units[number] if kind != "inputs" else ""
        tip = {
            "inputs": f"input {name}",
            "targets": f"{name}: target of {unit}",
            "outputs": f"output of {unit} with the present parameters",
        }[kind]
        return tip + self._about_column(kind, number)

    def _about_column(self, kind: str, number: int) -> str:
        """What a column stands for, and in what units its numbers are, where that is news."""
        assert self._view is not None
        spec = self._view.spec
        layer = 0 if kind == "inputs" else spec.network.depth
        words = in_words(spec, layer, number)
        known = f". {words}" if words else ""
        if spec.scaling is None:
            return known
        column = (spec.scaling.targets if layer else spec.scaling.inputs)[number]
        return known if column.is_identity else f"{known}; {OWN_UNITS}, the network has it scaled"

    def widest_row_name(self) -> str:
        """The last sample's number."""
        has_mark = self._view is not None and self._data.training_count < len(self._data)
        return f"{TEST_MARK if has_mark else ''}{self.rowCount()}"

    def _mark(self, row: int) -> str:
        if self._data.is_test[row]:
            return TEST_MARK
        return VALIDATION_MARK if self._data.is_validation[row] else ""

    @property
    def picture_height(self) -> int:  # type: ignore[override]
        """Pixels that the little picture of a sample is high, where its inputs form one."""
        return _PICTURE if self._view is not None and self._data.picture is not None else 0

    def row_picture(self, row: int) -> QImage | None:
        """The inputs of a sample as the picture that they form, as the network takes them."""
        if self._view is None or self._data.picture is None:
            return None
        spec = self._view.spec
        values = spec.scaled.inputs[row].reshape(self._data.picture)
        largest = float(np.abs(values).max())
        return signed_image(values / (largest or 1.0))

    def sample_text(self, column: int) -> str:
        """The widest of the first numbers; outputs change, so they always get the same room."""
        kind, number = self.cell(column)
        if kind == "right":
            return "✓"
        if kind == "outputs":
            return "0.00000"
        column_values = getattr(self._data, kind)[:_MEASURED_ROWS, number]
        digits = at_most(self.digits, _WIDEST)
        return max((format_number(value, digits) for value in column_values), key=len)

    def measured(self) -> Array:
        """Inputs, targets and outputs of the first samples."""
        if self._view is None:
            return super().measured()
        data, outputs, scaling = self._data, self._outputs(), self._view_scaling
        if outputs is not None and scaling is not None:
            outputs = own(outputs[:_MEASURED_ROWS], scaling.targets)
        columns = [data.inputs, data.targets[:, : _targets(self._view)]]
        columns.append(np.zeros_like(data.targets) if outputs is None else outputs)
        return np.hstack([numbers[:_MEASURED_ROWS] for numbers in columns])

    def may_grow(self, column: int) -> bool:
        """All columns but the one with the signs."""
        return self.is_number(column)

    def value(self, row: int, column: int) -> float | None:
        """An input, a target or an output; None while outputs are being worked out."""
        kind, number = self.cell(column)
        if kind == "outputs":
            outputs = self._outputs()
            if outputs is None:
                return None
            value, scaling = float(outputs[row, number]), self._view_scaling
            return value if scaling is None else scaling.targets[number].own(value)
        return float(getattr(self._data, kind)[row, number])

    @property
    def _view_scaling(self) -> Scaling | None:
        return None if self._view is None else self._view.spec.scaling

    def _outputs(self) -> Array | None:
        assert self._view is not None
        evaluation = self._view.evaluation
        # For a moment after samples were added, the outputs are still those of fewer.
        if evaluation is None or len(evaluation.outputs) != len(self._data):
            return None
        return evaluation.outputs

    def right(self, row: int) -> bool | None:
        """Whether a sample is right; None while that is being worked out."""
        outputs = self._outputs()
        if outputs is None:
            return None
        if self._right is None:
            assert self._view is not None
            self._right = self._view.spec.are_right(outputs)
        return bool(self._right[row])

    def text(self, row: int, column: int, digits: int | None) -> str:
        """A number, or whether the sample is right as a sign."""
        if self.is_number(column):
            return super().text(row, column, digits)
        if not self._are_classes:
            return ""
        return {None: "…", True: "✓", False: "✗"}[self.right(row)]

    def colour(self, row: int, column: int) -> str:
        """Red for a sample that is not right, else by the sign of the number."""
        kind, _ = self.cell(column)
        if kind == "right":
            return "error" if self.right(row) is False else "positive_text"
        if kind == "outputs":
            value = self.value(row, column)
            return "negative_text" if value is not None and value < 0 else "positive_text"
        return super().colour(row, column)

    def name(self, row: int, column: int) -> str:
        """The number's column and sample."""
        name = self.headerData(column, Qt.Orientation.Horizontal)
        return f"{name} of sample {row + 1}"

    def description(self, row: int, column: int) -> str:
        """The number in full, or whether the sample is right in words."""
        if self.is_number(column):
            return super().description(row, column)
        if not self._are_classes:
            return "right or wrong only where every target is about 0 or 1"
        word = {None: "not known yet", True: "right", False: "not right"}[self.right(row)]
        kind = self._data.kind_of(row) or "sample"
        return f"{kind} {row + 1}: {word}{self._given(row)}"

    def _given(self, row: int) -> str:
        """Which class the outputs of a sample give, where classes have names."""
        assert self._view is not None
        outputs, classes = self._outputs(), classes_of(self._view.spec)
        if outputs is None or classes is None or not classes.are_named:
            return ""
        return f"; the network gives {' '.join(classes.said(outputs[row]))}"

    def is_editable(self, row: int, column: int) -> bool:
        """Inputs and targets; outputs are the network's own."""
        return column < self._editable

    def is_number(self, column: int) -> bool:
        """All columns but the one with the signs."""
        return column < self._numbers

    def number(self, column: int) -> Given | StepId | None:
        """What a column has of the sample shown: an input, a target, or an output's activation."""
        kind, unit = self.cell(column)
        if kind in ("inputs", "targets"):
            return Given(kind[:-1], unit)
        if kind == "outputs":
            assert self._view is not None
            return StepId("forward", "activation", self._view.spec.network.depth, unit)
        return None

    def show_selected(self, number: object) -> None:
        """Mark the number that is selected, if it is one of the sample shown."""
        if number != self._selected:
            self._selected = number
            if self._view is not None:
                row = self._view.sample
                self.tell_changed(*((row, column) for column in range(self.columnCount())))

    def is_selected(self, row: int, column: int) -> bool:
        """Whether it is the number that is selected, of the sample shown."""
        selected = self._selected
        return selected is not None and self.is_row_here(row) and self.number(column) == selected

    def is_row_here(self, row: int) -> bool:
        """Whether it is the sample that the window shows."""
        return self._view is not None and row == self._view.sample

    def paste(self, row: int, column: int, rows: list[list[float]]) -> None:
        """Emit `pasted` with the samples as they become; rows below the last one are added."""
        height, width = len(rows), len(rows[0])
        if column == 0 and width == self._numbers:
            # Whole rows that were copied here: the outputs in them follow by themselves.
            rows, width = [line[: self._editable] for line in rows], self._editable
        self._check_room(row, column, height, width)
        samples = np.hstack([self._data.inputs, self._data.targets])
        missing = max(row + height - len(samples), 0)
        samples = np.vstack([samples, np.zeros((missing, samples.shape[1]))])
        samples[row : row + height, column : column + width] = rows
        inputs, targets = samples[:, : self._inputs], samples[:, self._inputs :]
        self.pasted.emit(replace(self._data, inputs=inputs, targets=targets))

    def _check_room(self, row: int, column: int, height: int, width: int) -> None:
        """Raise ValueError if rows do not fit from a cell on."""
        room, samples = self._editable - column, self.rowCount()
        if room <= 0:
            raise ValueError("The outputs are the network's own; choose an input or a target.")
        if width > room:
            raise ValueError(
                f"These rows have {width} numbers, and from {self.name(row, column)} on there "
                f"{'is 1 column' if room == 1 else f'are {room} columns'} to fill in."
            )
        if row + height > samples and width < self._editable:
            raise ValueError(
                f"These are {height} rows, and from sample {row + 1} on there "
                f"{'is 1' if samples - row == 1 else f'are {samples - row}'}. Samples are added "
                f"by rows of {self._editable} numbers, pasted from the first column on."
            )
        if row + height > SAMPLES.most:
            raise ValueError(f"At most {format_count(SAMPLES.most)} samples are possible.")


def _heading(view: View) -> tuple[object, ...]:
    """What the names and the number of columns and rows depend on."""
    network, data = view.spec.network, view.spec.data
    sources, targets = (data.input_sources, data.target_sources), _targets(view)
    return network.inputs, network.layers[-1].units, data.target_names, sources, targets, len(data)


def _targets(view: View) -> int:
    """How many columns of targets are shown: none where the loss reads none."""
    return len(view.spec.data.target_names) if LOSSES[view.spec.loss].has_targets else 0
