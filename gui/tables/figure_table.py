"""FigureTable: rows of numbers to be compared, each with a name, to read and to copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.text.numbers import fewer_digits, format_distinct, format_number, machine_number
from gui import theme
from gui.tables.column_widths import text_width

Index = QModelIndex | QPersistentModelIndex

_NOWHERE = QModelIndex()
_ROW = 24  # pixels
_MARGIN = 10  # of a cell's width
_MOST_NAME = 90
_MEASURED = 200  # rows whose names and words decide how wide their columns are

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down)


class FigureRow(Struct, frozen=True):
    """A row: what it is about, its name, and its cells, numbers or words.

    `tells_apart` says that the first two numbers differ, and get digits until that shows.
    `colour` is that of the last cell, by its name in the theme.
    """

    key: Any
    name: str
    cells: tuple[float | str, ...]
    colour: str = "ink"
    tells_apart: bool = False

    def text(self, cell: int, digits: int | None) -> str:
        """A cell with so many significant digits, None for all."""
        value = self.cells[cell]
        if isinstance(value, str):
            return value
        if self.tells_apart and cell < 2:
            first, second = self.cells[:2]
            assert isinstance(first, float) and isinstance(second, float)
            return format_distinct(first, second, digits)[cell]
        return format_number(value, digits)


class _Model(QAbstractTableModel):
    """The rows, for Qt."""

    def __init__(self) -> None:
        super().__init__()
        self.heads: tuple[str, ...] = ()
        self.rows: Sequence[FigureRow] = ()
        self.digits: int | None = 6

    def show_rows(
        self, heads: tuple[str, ...], rows: Sequence[FigureRow], digits: int | None
    ) -> bool:
        """Show these; returns whether they are about something else than those before."""
        is_same = heads == self.heads and [r.key for r in rows] == [r.key for r in self.rows]
        if not is_same:
            self.beginResetModel()
        self.heads, self.rows, self.digits = heads, rows, digits
        if not is_same:
            self.endResetModel()
        elif rows:
            last = self.index(len(rows) - 1, len(heads) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        return not is_same

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text(column - 1, self.digits) if column else row.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            facts = [
                f"{head}: {row.text(cell, None)}" for cell, head in enumerate(self.heads[1:])
            ]
            return "\n".join([row.name, *facts])
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


class _Cell(QStyledItemDelegate):
    """Writes a number with as many digits as its column has room for."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        model = index.model()
        assert isinstance(model, _Model)
        row, cell = model.rows[index.row()], index.column() - 1
        styled: Any = option  # whose fields the stubs of Qt do not know
        styled.state &= ~QStyle.StateFlag.State_HasFocus  # the whole row is marked
        styled.font = theme.font(theme.SMALL)
        name = "secondary" if cell < 0 else "ink"
        if cell == len(row.cells) - 1:
            name = row.colour
        for role in (styled.palette.ColorRole.Text, styled.palette.ColorRole.HighlightedText):
            styled.palette.setColor(role, theme.current().colour(name))
        if cell >= 0:
            room = styled.rect.width() - _MARGIN
            for digits in fewer_digits(model.digits, 1):
                styled.text = row.text(cell, digits)
                if text_width(styled.text) <= room:
                    break


class FigureTable(QTableView):
    """A name and some numbers a row. The columns of numbers share what the others leave, and no
    number is cut short: it has as many digits as there is room for, and all in its tooltip.

    `row_chosen` carries the key of the row that the person went to. Keys that mean nothing here,
    such as Space and PageDown, are left to the window.
    """

    row_chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._model = _Model()
        self._quiet = False
        self.setModel(self._model)
        self.setItemDelegate(_Cell(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(8)

    @property
    def rows(self) -> Sequence[FigureRow]:
        """What is shown."""
        return self._model.rows

    def show_rows(
        self, heads: tuple[str, ...], rows: Sequence[FigureRow], digits: int | None
    ) -> None:
        """Show rows under these heads, the first of which is that of the names."""
        self._quiet = True
        self._model.show_rows(heads, rows, digits)
        self._quiet = False
        self._arrange()

    def _arrange(self) -> None:
        model = self._model
        if not model.rows:
            return
        measured = model.rows[:_MEASURED]
        widths = []
        for column, head in enumerate(model.heads):
            words = [row.name for row in measured]
            if column:
                cells = [row.cells[column - 1] for row in measured]
                words = [cell for cell in cells if isinstance(cell, str)]
            need = max([text_width(head), *map(text_width, words)]) + _MARGIN
            widths.append(min(need, _MOST_NAME) if not column else need)
        shared = [
            column
            for column in range(1, len(widths))
            if any(isinstance(row.cells[column - 1], float) for row in measured)
        ]
        bar = 0
        height = self.horizontalHeader().height() + len(model.rows) * _ROW
        if height > self.height():
            bar = self.verticalScrollBar().sizeHint().width()
        left = self.width() - bar - sum(w for c, w in enumerate(widths) if c not in shared)
        for place, column in enumerate(shared):
            widths[column] = left // (len(shared) - place)
            left -= widths[column]
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)

    def restyle(self) -> None:
        """Paint anew in the theme's colours."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._quiet:
            self.row_chosen.emit(self._model.rows[current.row()].key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._quiet = True  # Qt goes to the first row, if to none yet
        super().focusInEvent(event)
        self._quiet = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        before = self.currentIndex()
        super().mousePressEvent(event)
        if before.isValid() and before.row() == self.indexAt(event.position().toPoint()).row():
            self.row_chosen.emit(self._model.rows[before.row()].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = self._model.rowCount()
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            row = 0 if event.key() == Qt.Key.Key_Home else rows - 1
            self.setCurrentIndex(self._model.index(row, 0))
        elif event.key() in _MOVES or event.matches(QKeySequence.StandardKey.SelectAll):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _copy(self) -> None:
        """Put the selected rows on the clipboard, numbers in full, separated by tabs."""
        chosen = sorted(index.row() for index in self.selectionModel().selectedRows())
        lines = []
        for number in chosen:
            row = self._model.rows[number]
            cells = (
                cell if isinstance(cell, str) else machine_number(cell, None) for cell in row.cells
            )
            lines.append("\t".join([row.name, *cells]))
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))
