"""OwnData: a training set of a few samples to be filled in, for as many inputs and targets as a
person wants."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Signal

from engine.maths.activations import Array
from engine.maths.network import usual_target_names
from engine.run.spec import Data
from engine.text.numbers import format_count, format_number
from gui import theme
from gui.tables.number_model import Index, NumberModel
from gui.tables.number_table import NumberTable

_NOWHERE = QModelIndex()
MOST_SAMPLES = 100
_ROWS_SEEN = 5


class _Numbers(NumberModel):
    """The numbers that were filled in: those of the inputs, then those of the targets."""

    digits = None

    def __init__(self) -> None:
        super().__init__()
        self.heads: tuple[str, ...] = ("x1", "x2", "t")
        # All four combinations of 0 and 1.
        self.numbers = np.array([[0.0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0]])
        self.edited.connect(self._take)

    def _take(self, row: int, column: int, value: float) -> None:
        self.numbers[row, column] = value
        self.tell_changed((row, column))

    def resize(self, heads: tuple[str, ...], inputs: int, before: int, samples: int) -> None:
        """Have other columns and rows; what was filled in stays, what is new is 0. There are
        `inputs` columns of inputs now, and were `before`."""
        self.beginResetModel()
        old, self.numbers = self.numbers, np.zeros((samples, len(heads)))
        rows = min(samples, len(old))
        for new, was in ((self.numbers[:, :inputs], old[:, :before]),
                         (self.numbers[:, inputs:], old[:, before:])):
            columns = min(new.shape[1], was.shape[1])
            new[:rows, :columns] = was[:rows, :columns]
        self.heads = heads
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.numbers)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.heads[section] if orientation == Qt.Orientation.Horizontal else str(section + 1)

    def value(self, row: int, column: int) -> float:
        return float(self.numbers[row, column])

    def name(self, row: int, column: int) -> str:
        return f"{self.heads[column]} of sample {row + 1}"

    def widest_row_name(self) -> str:
        return str(len(self.numbers))

    def sample_text(self, column: int) -> str:
        return max((format_number(value, 5) for value in self.numbers[:, column]), key=len)

    def measured(self) -> Array:
        return self.numbers

    def paste(self, row: int, column: int, rows: list[list[float]]) -> None:
        below, right = len(self.numbers) - row, len(self.heads) - column
        if len(rows) > below or len(rows[0]) > right:
            raise ValueError(
                f"These are {format_count(len(rows))} rows of {len(rows[0])} numbers, and from "
                f"{self.name(row, column)} on there is room for {below} of {right}."
            )
        self.numbers[row : row + len(rows), column : column + len(rows[0])] = rows
        self.tell_all_changed()


class OwnData(NumberTable):
    """The table. Its numbers stay when it becomes larger or smaller, as far as they fit; `filled`
    says that one is another."""

    filled = Signal()

    def __init__(self) -> None:
        self._numbers = _Numbers()
        super().__init__(self._numbers)
        self._numbers.setParent(self)
        self._numbers.dataChanged.connect(lambda *_: self.filled.emit())
        self.setObjectName("newTable")
        self.setAccessibleName("Samples")
        self._inputs = 2
        self.setFixedHeight(theme.px(24) * (_ROWS_SEEN + 1))

    def resize_to(self, inputs: tuple[str, ...], outputs: int, samples: int) -> None:
        """Have columns for these inputs and so many targets, and so many rows."""
        heads = (*inputs, *usual_target_names(outputs))
        if heads != self._numbers.heads or samples != self._numbers.rowCount():
            self._numbers.resize(heads, len(inputs), self._inputs, samples)
            self._inputs = len(inputs)

    @property
    def table(self) -> Array:
        """What stands in it, shape (samples, inputs + targets)."""
        return self._numbers.numbers

    def fill(self, numbers: Array) -> None:
        """Have other numbers, as many as there are."""
        self._numbers.paste(0, 0, numbers.tolist())

    def data_set(self) -> Data:
        """What was filled in."""
        values, count = self._numbers.numbers, self._inputs
        names = self._numbers.heads[count:]
        return Data(values[:, :count].copy(), values[:, count:].copy(), names)
