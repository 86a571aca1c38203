"""NumberModel: a table of numbers for Qt that reads from arrays and reports edits."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage

from engine.maths.activations import Array
from engine.text.numbers import fewer_digits, format_number, machine_number
from gui.tables.column_widths import text_width
from gui.widgets.plain_text import tip_text

Index = QModelIndex | QPersistentModelIndex


class NumberModel(QAbstractTableModel):
    """What a TableView shows. It keeps no numbers of its own: subclasses read them from the
    arrays of a View, and `edited` (row, column, value) tells of a number that was typed."""

    edited = Signal(int, int, float)
    digits: int | None = 6  # significant ones, where the column is wide enough
    training = False  # whether the numbers change many times a second
    picture_height = 0  # pixels that the pictures of rows are high; 0 where there are none
    marks_rows = False  # whether one row is marked as the one shown
    keeps_last = False  # whether the last column stays in sight while the others scroll

    # What a subclass says about its cells

    def value(self, row: int, column: int) -> float | None:
        """The number in a cell; None while it is being worked out."""
        raise NotImplementedError

    def name(self, row: int, column: int) -> str:
        """What the number is called."""
        raise NotImplementedError

    def description(self, row: int, column: int) -> str:
        """Everything about a cell, for its tooltip."""
        return f"{self.name(row, column)} = {self.text(row, column, None)}"

    def widest_row_name(self) -> str:
        """The name of a row that needs the most room."""
        raise NotImplementedError

    def row_picture(self, row: int) -> QImage | None:
        """A picture that stands beside the name of a row, one pixel for each of its numbers."""
        return None

    def sample_text(self, column: int) -> str:
        """A text as wide as the column would like to be."""
        return "−0.0000"

    def measured(self) -> Array:
        """The numbers that decide how wide columns have to be, rows × the first columns."""
        return np.empty((0, 0))

    def may_grow(self, column: int) -> bool:
        """Whether a column takes its part of room that is left."""
        return True

    def is_editable(self, row: int, column: int) -> bool:
        """Whether another number may be typed into the cell."""
        return True

    def is_covered(self, row: int, column: int) -> bool:
        """Whether the cell is part of a merged one above it."""
        return False

    def is_number(self, column: int) -> bool:
        """Whether the column has numbers."""
        return True

    def copied(self, row: int, column: int) -> str | None:
        """A cell's text on the clipboard: its number in full, as machines read it. None leaves
        the cell out."""
        if not self.is_number(column):
            return None
        value = self.value(row, column)
        return "" if value is None else machine_number(value, None)

    def is_fixed(self, row: int, column: int) -> bool:
        """Whether the cell is one that training leaves alone."""
        return False

    def is_here(self, row: int, column: int) -> bool:
        """Whether the cell is what the current step is about."""
        return False

    def is_selected(self, row: int, column: int) -> bool:
        """Whether the cell is the number that is selected in the whole window."""
        return False

    def is_row_here(self, row: int) -> bool:
        """Whether the row is the one that the rest of the window shows."""
        return False

    def colour(self, row: int, column: int) -> str:
        """The text's colour, by its name in the theme."""
        value = self.value(row, column)
        return "negative_text" if value is not None and value < 0 else "ink"

    def text(self, row: int, column: int, digits: int | None) -> str:
        """The number as text with so many significant digits, None for all."""
        value = self.value(row, column)
        return "…" if value is None else format_number(value, digits)

    def text_within(self, row: int, column: int, digits: int | None, width: int) -> str:
        """The number with as many of these digits as a width in pixels has room for, one at
        least."""
        for fewer in fewer_digits(digits, 1):
            text = self.text(row, column, fewer)
            if text_width(text) <= width:
                break
        return text

    def paste(self, row: int, column: int, rows: list[list[float]]) -> None:
        """Take rows of numbers from a cell on. Raises ValueError with a sentence if they do not
        fit, and then takes none."""
        raise NotImplementedError

    # What Qt asks

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column, self.digits)
        if role == Qt.ItemDataRole.EditRole:
            return self.text(row, column, None)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(self.description(row, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.description(row, column)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not self.is_editable(index.row(), index.column()):
            return False
        if value != self.value(index.row(), index.column()):
            self.edited.emit(index.row(), index.column(), value)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if index.isValid() and self.is_editable(index.row(), index.column()):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def tell_changed(self, *cells: tuple[int, int]) -> None:
        """Have some cells painted anew."""
        for cell in cells:
            index = self.index(*cell)
            self.dataChanged.emit(index, index)

    def tell_all_changed(self) -> None:
        """Have what is visible painted anew."""
        last = self.index(self.rowCount() - 1, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), last)
