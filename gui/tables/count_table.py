"""CountTable: how many there are of each pair of two kinds, a cell of which can be gone to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem

from engine.text.numbers import counted, format_count
from gui import theme
from gui.tables.column_widths import text_width
from gui.tables.number_model import Index, NumberModel
from gui.tables.table_view import TableView
from gui.widgets.plain_text import tip_text

_NOWHERE = QModelIndex()
_ROW, _MARGIN, _LEAST, _MOST, _MOST_NAME = 24, 12, 26, 90, 110  # pixels
_NO_COUNTS = np.zeros((0, 0), dtype=np.intp)


class _Counts(NumberModel):
    def __init__(self) -> None:
        super().__init__()
        self.names: tuple[str, ...] = ()
        self.columns: tuple[str, ...] = ()
        self.counts: NDArray[np.intp] = _NO_COUNTS

    def show(
        self, names: tuple[str, ...], columns: tuple[str, ...], counts: NDArray[np.intp]
    ) -> bool:
        """Show these; whether rows or columns are others than before."""
        is_other = (names, columns) != (self.names, self.columns)
        if is_other:
            self.beginResetModel()
        self.names, self.columns, self.counts = names, columns, counts
        if is_other:
            self.endResetModel()
        elif names:
            self.tell_all_changed()
        return is_other

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.names)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        is_row = orientation == Qt.Orientation.Vertical
        name = (self.names if is_row else self.columns)[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        words = f"{name}, as the targets say" if is_row else f"taken for {name}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(words)
        return words if role == Qt.ItemDataRole.AccessibleTextRole else None

    def value(self, row: int, column: int) -> float:
        return float(self.counts[row, column])

    def text(self, row: int, column: int, digits: int | None) -> str:
        count = int(self.counts[row, column])
        return format_count(count) if count else "·"

    def description(self, row: int, column: int) -> str:
        what = counted(int(self.counts[row, column]), "sample")
        if self.columns[column] == self.names[row]:
            return f"{self.names[row]}, rightly so: {what}"
        return f"{self.names[row]}, taken for {self.columns[column]}: {what}"

    def colour(self, row: int, column: int) -> str:
        if not self.counts[row, column]:
            return "secondary"
        return "ink" if row == column else "error"

    def is_editable(self, row: int, column: int) -> bool:
        return False

    def copied(self, row: int, column: int) -> str:
        return str(int(self.counts[row, column]))


class _Cell(QStyledItemDelegate):
    """Writes a count in the middle of its cell; on the diagonal, where it is right, in bold."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        model, row, column = index.model(), index.row(), index.column()
        assert isinstance(model, _Counts)
        styled: Any = option  # whose fields the stubs of Qt do not know
        styled.font = theme.font(theme.SMALL, bold=row == column)
        for role in (styled.palette.ColorRole.Text, styled.palette.ColorRole.HighlightedText):
            styled.palette.setColor(role, theme.current().colour(model.colour(row, column)))
        styled.displayAlignment = Qt.AlignmentFlag.AlignCenter


class CountTable(TableView):
    """Counts, with a name for each row and column. Arrows walk the cells, a click goes to one;
    `chosen` carries it."""

    moves = (*TableView.moves, Qt.Key.Key_Left, Qt.Key.Key_Right)

    def __init__(self, name: str) -> None:
        self._counts = _Counts()
        super().__init__(self._counts)
        self.setAccessibleName(name)
        self.setModel(self._counts)
        self.setItemDelegate(_Cell(self))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionsClickable(False)
            header.setHighlightSections(False)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(8)
            header.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self._arrange()

    def show_counts(
        self, names: tuple[str, ...], columns: tuple[str, ...], counts: NDArray[np.intp]
    ) -> None:
        """Show counts of shape (names, columns); what is selected stays where it is."""
        self._quiet = True
        is_other = self._counts.show(names, columns, counts)
        self._quiet = False
        if is_other:
            self._arrange()

    def restyle(self) -> None:
        """Take the theme's colours, and the room that the size of text asks for."""
        super().restyle()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """The columns share the room; where that is too little for their numbers, they scroll."""
        model = self._counts
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW))
        if not model.columns:
            return
        names = max(text_width(name) for name in model.names) + _MARGIN
        self.verticalHeader().setFixedWidth(min(names, theme.px(_MOST_NAME), self.width() // 3))
        largest = format_count(int(model.counts.max(initial=0)))
        least = max(text_width(largest) + _MARGIN, theme.px(_LEAST))
        bar = 0
        height = self.horizontalHeader().height() + len(model.names) * theme.px(_ROW)
        if height > self.height():
            bar = self.verticalScrollBar().sizeHint().width()
        room = self.width() - self.verticalHeader().width() - bar
        width = max(least, min(room // len(model.columns), theme.px(_MOST)))
        for column in range(len(model.columns)):
            self.setColumnWidth(column, width)
