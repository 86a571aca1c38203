"""AnswersModel: rows that a person fills in, each with what the network answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from engine.data.answers import (
    Field,
    NewRows,
    answer,
    answered,
    columns_for,
    input_fields,
    new_rows,
    output_fields,
    outputs_of,
)
from engine.data.table import Column, Table
from engine.maths.activations import Array
from engine.run.spec import Spec
from engine.text.numbers import format_number, machine_number
from gui.widgets.plain_text import tip_text

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_DIGITS = 6


class AnswersModel(QAbstractTableModel):
    """A column for each thing that is given, as text, then one for each answer. Columns that a
    table has beside those are kept, and written with the answers."""

    worked_out = Signal()

    def __init__(self, spec: Spec, theta: Array, row: int) -> None:
        """Begin with one row: that of a sample, in the data's own units."""
        super().__init__()
        self._spec, self._theta = spec, theta
        self.fields, self.targets = input_fields(spec), output_fields(spec)
        self._heads = [field.heading for field in self.fields]
        self._shown = list(range(len(self.fields)))  # the columns that are given, in order
        self._cells = [[_text_of(field, spec.data.inputs[row])] for field in self.fields]
        self._work_out()

    def _work_out(self) -> None:
        columns = tuple(
            Column(head, tuple(cell.strip() for cell in cells))
            for head, cells in zip(self._heads, self._cells, strict=True)
        )
        self.table = Table(columns, np.arange(len(self._cells[0])) + 1)
        self._given = new_rows(self._spec, self.table, tuple(columns[n] for n in self._shown))
        self._outputs = outputs_of(self._spec, self._theta, self._given.inputs)
        self._place = {row: place for place, row in enumerate(self._given.rows)}
        self.worked_out.emit()

    @property
    def given(self) -> NewRows:
        """The rows that are answered, and what is wrong with the others."""
        return self._given

    def take(self, table: Table) -> None:
        """Show the rows of a table instead. Raises ValueError with a sentence."""
        columns = columns_for(self._spec, table)
        self.beginResetModel()
        self._heads = list(table.headings)
        self._cells = [list(column.cells) for column in table.columns]
        self._shown = [table.columns.index(column) for column in columns]
        self._work_out()
        self.endResetModel()

    def add_row(self) -> None:
        """Add a row, a copy of the last one."""
        count = self.rowCount()
        self.beginInsertRows(_NOWHERE, count, count)
        for cells in self._cells:
            cells.append(cells[-1])
        self._work_out()
        self.endInsertRows()

    def csv(self) -> str:
        """The rows that are answered, as a table."""
        return answered(self._spec, self._theta, self.table, self._given)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._cells[0])

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.fields) + len(self.targets)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        if section < len(self.fields):
            return self.fields[section].heading
        return f"→ {self.targets[section - len(self.fields)].heading}"

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() < len(self.fields) else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            if column < len(self.fields):
                return self._cells[self._shown[column]][row]
            return self._answer(row, self.targets[column - len(self.fields)])
        if role == Qt.ItemDataRole.ToolTipRole and column >= len(self.fields):
            return tip_text(self._in_full(row, self.targets[column - len(self.fields)]))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = self.headerData(column, Qt.Orientation.Horizontal)
            return f"{name} of row {row + 1}: {self.data(index)}"
        return None

    def _answer(self, row: int, field: Field) -> str:
        place = self._place.get(row)
        if place is None:
            return "—"
        values = self._outputs[place]
        if field.classes:
            return answer(field, values)
        return format_number(float(values[field.first]), _DIGITS)

    def _in_full(self, row: int, field: Field) -> str:
        """All digits of an answer; of classes the output for each."""
        place = self._place.get(row)
        if place is None:
            return "no answer: see below"
        values = self._outputs[place][field.first : field.first + field.columns].tolist()
        names = field.classes[1:] if field.shares_column else field.classes
        if not names:
            return format_number(values[0], None)
        shown = zip(names, values, strict=True)
        return "\n".join(f"{name}: {format_number(value, _DIGITS)}" for name, value in shown)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        self._cells[self._shown[index.column()]][index.row()] = str(value).strip()
        self._work_out()
        last = self.index(self.rowCount() - 1, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), last)
        return True


def _text_of(field: Field, inputs: Array) -> str:
    """What stands in a cell for the inputs of a sample."""
    values = inputs[field.first : field.first + field.columns]
    if field.shares_column:
        return field.classes[int(values[0] >= 0.5)]
    if field.classes:
        return field.classes[int(values.argmax())]
    return machine_number(float(values[0]), None)
