"""Data: the training set as an editable table, with what the network makes of each sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from engine.documents.whole_file import read_up_to
from engine.maths.activations import Array
from engine.maths.metrics import are_classes, is_right
from engine.run.limits import MAX_FILE_BYTES, SAMPLES
from engine.run.spec import Data
from engine.text.numbers import at_most, format_count, format_number
from gui.tables.number_model import Index, NumberModel
from gui.tables.number_table import NumberTable
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.card import Card

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
        self._right: Array | None = None
        self._are_classes = True

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
            activation = view.spec.network.layers[-1].activation
            self._are_classes = are_classes(view.spec.data.targets, activation)
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
        """How many columns can be edited: inputs and targets."""
        return self._inputs + len(self._data.target_names)

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
            return self._header_tip(section, orientation)
        if role != Qt.ItemDataRole.DisplayRole or self._view is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        kind, number = self.cell(section)
        network, notation = self._view.spec.network, self._view.notation
        if kind == "inputs":
            return network.inputs[number]
        if kind == "targets":
            return notation.column(self._data.target_names[number])
        if kind == "outputs":
            units = network.layers[-1].units
            return notation.activation + (f" {units[number]}" if len(units) > 1 else "")
        return ""

    def _header_tip(self, section: int, orientation: Qt.Orientation) -> str:
        name = self.headerData(section, orientation)
        if orientation == Qt.Orientation.Vertical:
            return f"sample {name}"
        kind, number = self.cell(section)
        if kind == "right":
            return "whether the outputs say what the targets say"
        assert self._view is not None
        unit = self._view.spec.network.layers[-1].units[number] if kind != "inputs" else ""
        return {
            "inputs": f"input {name}",
            "targets": f"{name}: target of {unit}",
            "outputs": f"output of {unit} with the present parameters",
        }[kind]

    def widest_row_name(self) -> str:
        return str(self.rowCount())

    def sample_text(self, column: int) -> str:
        kind, number = self.cell(column)
        if kind == "right":
            return "✓"
        if kind == "outputs":
            return "0.00000"
        column_values = getattr(self._data, kind)[:_MEASURED_ROWS, number]
        digits = at_most(self.digits, _WIDEST)
        return max((format_number(value, digits) for value in column_values), key=len)

    def measured(self) -> Array:
        if self._view is None:
            return super().measured()
        data, outputs = self._data, self._outputs()
        columns = [data.inputs, data.targets]
        columns.append(np.zeros_like(data.targets) if outputs is None else outputs)
        return np.hstack([numbers[:_MEASURED_ROWS] for numbers in columns])

    def may_grow(self, column: int) -> bool:
        return self.is_number(column)

    def value(self, row: int, column: int) -> float | None:
        kind, number = self.cell(column)
        if kind == "outputs":
            outputs = self._outputs()
            return None if outputs is None else float(outputs[row, number])
        return float(getattr(self._data, kind)[row, number])

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
            activation = self._view.spec.network.layers[-1].activation
            self._right = is_right(outputs, self._data.targets, activation)
        return bool(self._right[row])

    def text(self, row: int, column: int, digits: int | None) -> str:
        if self.is_number(column):
            return super().text(row, column, digits)
        if not self._are_classes:
            return ""
        return {None: "…", True: "✓", False: "✗"}[self.right(row)]

    def colour(self, row: int, column: int) -> str:
        kind, _ = self.cell(column)
        if kind == "right":
            return "error" if self.right(row) is False else "positive_text"
        if kind == "outputs":
            value = self.value(row, column)
            return "negative_text" if value is not None and value < 0 else "positive_text"
        return super().colour(row, column)

    def name(self, row: int, column: int) -> str:
        name = self.headerData(column, Qt.Orientation.Horizontal)
        return f"{name} of sample {row + 1}"

    def description(self, row: int, column: int) -> str:
        if self.is_number(column):
            return super().description(row, column)
        if not self._are_classes:
            return "right or wrong only where every target is about 0 or 1"
        word = {None: "not known yet", True: "right", False: "not right"}[self.right(row)]
        return f"sample {row + 1}: {word}"

    def is_editable(self, row: int, column: int) -> bool:
        return column < self._editable

    def is_number(self, column: int) -> bool:
        return column < self._numbers

    def is_row_here(self, row: int) -> bool:
        return self._view is not None and row == self._view.sample

    def paste(self, row: int, column: int, rows: list[list[float]]) -> None:
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
        self.pasted.emit(Data(inputs, targets, self._data.target_names))

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
    return network.inputs, network.layers[-1].units, data.target_names, len(data)


def _looks(view: View) -> tuple[object, ...]:
    """What the widths of the columns depend on."""
    return id(view.spec.data), view.digits, view.notation


class DataPanel(Card):
    """The training set. The row of the sample shown is marked; going to another row asks for
    that sample."""

    sample_chosen = Signal(int)
    input_edited = Signal(int, int, float)  # row, input, value
    target_edited = Signal(int, int, float)  # row, output, value
    cells_pasted = Signal(object)  # the Data that the paste makes of the present one
    rows_added = Signal(object)  # list of (inputs, targets), each a list of numbers
    rows_removed = Signal(object)  # list of rows
    data_replaced = Signal(object, object)  # Data, and names of its inputs or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Data", parent)
        self._view: View | None = None
        self._model = DataModel()
        self._model.setParent(self)
        self._table = NumberTable(self._model)
        self._table.setObjectName("dataTable")
        self._table.setAccessibleName("Training set")
        self._add = Button("+ row", "addRow", "Add a sample, a copy of the last one", link=True)
        self._csv = Button("CSV…", "readCsv", "Read the samples from a CSV file", link=True)
        self._error = QLabel()
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._error.setObjectName("dataError")
        self._error.setProperty("error", True)
        self._error.setWordWrap(True)
        self._error.hide()
        remove = QAction("Remove these samples", self._table)
        remove.setObjectName("removeRows")
        self._table.addAction(remove)
        self.title.setMinimumWidth(1)
        self.corner.addWidget(self._add)
        self.corner.addWidget(self._csv)
        self.body.addWidget(self._table, 1)
        self.body.addWidget(self._error)
        remove.triggered.connect(lambda: self._remove(self._table.selected_rows()))
        self._add.clicked.connect(self._add_row)
        self._csv.clicked.connect(self._choose_csv)
        self._model.edited.connect(self._on_edited)
        self._model.pasted.connect(self.cells_pasted)
        self._table.problem.connect(self.show_error)
        self._table.chosen.connect(self._on_chosen)

    def display(self, view: View) -> None:
        """Show the training set, the outputs for it, and which sample the window shows."""
        before, self._view = self._view, view
        if before is not None and view.is_only_steps_from(before):
            return
        if before is not None and view.follows_edit_of(before):
            self.show_error("")
        self._model.show(view)
        if before is None or _looks(before) != _looks(view):
            self._table.lay_out()
        else:
            self._table.fit_numbers()
        if before is None or before.sample != view.sample:
            # Not at every view: while a sample that was asked for is still on its way, the old
            # one would take the person back.
            if self._table.currentIndex().row() != view.sample:
                self._table.go_to(view.sample, max(self._table.currentIndex().column(), 0))
            self._table.verticalHeader().viewport().update()
        self._show_title()

    def show_error(self, sentence: str) -> None:
        """Show why something was refused, below the table; "" clears it."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))

    def restyle(self) -> None:
        """Paint anew in the theme's colours."""
        self._table.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_title()

    def _show_title(self) -> None:
        count = self._model.rowCount()
        short = f"Data · {format_count(count)}"
        text = f"{short} sample{'s' * (count != 1)}"
        links = self._add.sizeHint().width() + self._csv.sizeHint().width() + 48
        fits = self.title.fontMetrics().horizontalAdvance(text) <= self.width() - links
        text = text if fits else short
        if text != self.title.text():
            self.title.setText(text)

    def _on_chosen(self, row: int, column: int) -> None:
        if self._view is not None and row != self._view.sample:
            self.sample_chosen.emit(row)

    def _on_edited(self, row: int, column: int, value: float) -> None:
        kind, number = self._model.cell(column)
        signal = self.input_edited if kind == "inputs" else self.target_edited
        signal.emit(row, number, value)

    def _add_row(self) -> None:
        if self._view is None:
            return
        data = self._view.spec.data
        if len(data) >= SAMPLES.most:
            self.show_error(f"At most {format_count(SAMPLES.most)} samples are possible.")
            return
        self.show_error("")
        self.rows_added.emit([(data.inputs[-1].tolist(), data.targets[-1].tolist())])
        if self._model.rowCount() > len(data):
            self._table.setFocus()
            self._table.setCurrentIndex(self._model.index(len(data), 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Delete:
            super().keyPressEvent(event)
        elif rows := self._table.whole_rows():
            self._remove(rows)
        else:
            self.show_error("Delete removes samples: choose whole rows by their numbers first.")

    def _remove(self, rows: list[int]) -> None:
        if rows and len(rows) == self._model.rowCount():
            self.show_error("The last sample cannot be removed: training needs one.")
        elif rows:
            self.show_error("")
            self.rows_removed.emit(rows)

    def _choose_csv(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, "Read samples", "", "CSV files (*.csv *.tsv *.txt);;All files (*)"
        )
        if name:
            self._read_csv(Path(name))

    def _read_csv(self, path: Path) -> None:
        from engine.data.csv_samples import read_csv, text_of

        if self._view is None:
            return
        spec = self._view.spec
        try:
            content = read_up_to(path)
            if len(content) > MAX_FILE_BYTES:
                raise ValueError(f"The file is larger than {MAX_FILE_BYTES >> 20} MiB.")
            samples = read_csv(text_of(content), spec.network.sizes[0], spec.network.sizes[-1])
        except OSError as error:
            self.show_error(f"{path.name} cannot be read: {error.strerror}.")
            return
        except ValueError as error:
            self.show_error(f"{path.name} was not taken. {error}")
            return
        self.show_error("")
        names = samples.names or (*spec.network.inputs, *spec.data.target_names)
        count = spec.network.sizes[0]
        data = Data(samples.inputs, samples.targets, names[count:])
        self.data_replaced.emit(data, names[:count] if samples.names else None)
