"""FigureTable: rows of numbers to be compared, each with a name, to read and to copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from engine.text.numbers import format_distinct, format_number, machine_number
from gui import theme
from gui.tables.column_widths import text_width
from gui.tables.number_model import Index, NumberModel
from gui.tables.table_view import TableView

_NOWHERE = QModelIndex()
_ROW = 24  # pixels
_MARGIN = 10  # of a cell's width
_MOST_NAME = 90
_MEASURED = 200  # rows whose names and words decide how wide their columns are
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


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


class _Figures(NumberModel):
    """The rows, with their names as the first column."""

    def __init__(self) -> None:
        super().__init__()
        self.heads: tuple[str, ...] = ()
        self.rows: Sequence[FigureRow] = ()

    def show_rows(
        self, heads: tuple[str, ...], rows: Sequence[FigureRow], digits: int | None
    ) -> None:
        """Show these; what is selected stays so if they are about the same things as before."""
        is_same = heads == self.heads and [r.key for r in rows] == [r.key for r in self.rows]
        if not is_same:
            self.beginResetModel()
        self.heads, self.rows, self.digits = heads, rows, digits
        if not is_same:
            self.endResetModel()
        elif rows:
            self.tell_all_changed()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.AccessibleTextRole:
            return self.heads[section] or "name"
        return None

    def text(self, row: int, column: int, digits: int | None) -> str:
        shown = self.rows[row]
        return shown.text(column - 1, digits) if column else shown.name

    def description(self, row: int, column: int) -> str:
        facts = [
            f"{head}: {self.text(row, number, None)}"
            for number, head in enumerate(self.heads[1:], start=1)
        ]
        return "\n".join([self.rows[row].name, *facts])

    def colour(self, row: int, column: int) -> str:
        if column == len(self.rows[row].cells):
            return self.rows[row].colour
        return "ink" if column else "secondary"

    def is_editable(self, row: int, column: int) -> bool:
        return False

    def copied(self, row: int, column: int) -> str:
        cell = self.rows[row].cells[column - 1] if column else self.rows[row].name
        return cell if isinstance(cell, str) else machine_number(cell, None)


class _Cell(QStyledItemDelegate):
    """Writes a number with as many digits as its column has room for."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        model, row, column = index.model(), index.row(), index.column()
        assert isinstance(model, _Figures)
        styled: Any = option  # whose fields the stubs of Qt do not know
        styled.state &= ~QStyle.StateFlag.State_HasFocus  # the whole row is marked
        styled.font = theme.font(theme.SMALL)
        for role in (styled.palette.ColorRole.Text, styled.palette.ColorRole.HighlightedText):
            styled.palette.setColor(role, theme.current().colour(model.colour(row, column)))
        if column:
            styled.displayAlignment = _RIGHT
            room = styled.rect.width() - _MARGIN
            styled.text = model.text_within(row, column, model.digits, room)


class FigureTable(TableView):
    """A name and some numbers a row. The columns of numbers share what the others leave, and no
    number is cut short: it has as many digits as there is room for, and all in its tooltip.

    `row_chosen` carries the key of the row that the person went to.
    """

    row_chosen = Signal(object)

    def __init__(self, name: str, most_name: int = _MOST_NAME) -> None:
        figures = _Figures()
        super().__init__(figures)
        self._figures, self._most_name = figures, most_name
        self.setAccessibleName(name)
        self.setModel(figures)
        self.setItemDelegate(_Cell(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setDefaultAlignment(_RIGHT)
        header.setMinimumSectionSize(8)
        self.chosen.connect(lambda row, _: self.row_chosen.emit(self.rows[row].key))
        self._take_row_height()

    def restyle(self) -> None:
        """Take the theme's colours, and the room that the size of text asks for."""
        super().restyle()
        self._take_row_height()
        self._arrange()

    def _take_row_height(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW))

    @property
    def rows(self) -> Sequence[FigureRow]:
        """What is shown."""
        return self._figures.rows

    def show_rows(
        self, heads: tuple[str, ...], rows: Sequence[FigureRow], digits: int | None
    ) -> None:
        """Show rows under these heads, the first of which is that of the names."""
        self._quiet = True
        self._figures.show_rows(heads, rows, digits)
        self._quiet = False
        self._arrange()

    def has_room_for(self, heads: tuple[str, ...], rows: Sequence[FigureRow]) -> bool:
        """Whether all words of these stand whole beside each other, heads and cells; numbers make
        do with what is there."""
        widths = self._needed(heads, rows[:_MEASURED])
        return sum(widths) + self._bar_beside(len(rows)) <= self.width()

    def _needed(self, heads: tuple[str, ...], rows: Sequence[FigureRow]) -> list[int]:
        """How wide each column is that has its words whole."""
        widths = []
        for column, head in enumerate(heads):
            words = [row.name for row in rows]
            if column:
                cells = [row.cells[column - 1] for row in rows]
                words = [cell for cell in cells if isinstance(cell, str)]
            need = max([text_width(head), *map(text_width, words)]) + _MARGIN
            widths.append(min(need, theme.px(self._most_name)) if not column else need)
        return widths

    def _bar_beside(self, rows: int) -> int:
        """The width of the scroll bar that so many rows need, 0 where they need none."""
        height = self.horizontalHeader().height() + rows * theme.px(_ROW)
        return self.verticalScrollBar().sizeHint().width() if height > self.height() else 0

    def _arrange(self) -> None:
        model = self._figures
        if not model.rows:
            return
        measured = model.rows[:_MEASURED]
        widths = self._needed(model.heads, measured)
        shared = [
            column
            for column in range(1, len(widths))
            if any(isinstance(row.cells[column - 1], float) for row in measured)
        ]
        bar = self._bar_beside(len(model.rows))
        left = self.width() - bar - sum(w for c, w in enumerate(widths) if c not in shared)
        # Equally, but for a column whose words need more: the widest take theirs first.
        room = left >= sum(widths[column] for column in shared)
        for place, column in enumerate(sorted(shared, key=lambda column: -widths[column])):
            equal = left // (len(shared) - place)
            widths[column] = max(equal, widths[column]) if room else equal
            left -= widths[column]
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        if self.hasFocus() and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())  # what is said of the row may take room from it

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._quiet = True  # Qt goes to the first row, if to none yet
        super().focusInEvent(event)
        self._quiet = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self.rows) - 1}
        row = ends.get(Qt.Key(event.key()))
        if row is None:
            super().keyPressEvent(event)
        else:
            self.setCurrentIndex(self._figures.index(row, 0))
