"""TableStack: the tables of all layers below each other, with one scroll bar for all."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea

from gui import theme
from gui.tables.number_table import NumberTable
from gui.widgets.ground import Ground

ROW_HEIGHT = 27  # pixels
_LEAST_HEIGHT = 3 * ROW_HEIGHT


class TableStack(QScrollArea):
    """Tables one below the other, with one scroll bar for all.

    A table that is higher than what can be seen is only as high as that. While the bar goes
    through it, it stays in sight, names and all, and its rows move instead.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[NumberTable] = []
        self._tops: list[int] = []  # of the tables, if all of them were as high as their rows
        self._moving = False
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = Ground()
        self.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)  # Qt turns it on
        self.verticalScrollBar().valueChanged.connect(self._place)

    def add(self, table: NumberTable) -> None:
        """Put one more table below the others."""
        table.setParent(self._inside)
        table.show()
        table.verticalScrollBar().valueChanged.connect(lambda _: self._follow(table))
        self.tables.append(table)
        self._tops.append(0)

    def drop_last(self) -> None:
        """Remove the lowest table."""
        gone = self.tables.pop()
        self._tops.pop()
        gone.hide()
        gone.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # PageUp and PageDown step

    def arrange(self) -> None:
        """Give every table the height that it needs, or what can be seen at once."""
        if self._moving:
            return
        width, seen = self.width(), max(self.height(), theme.px(_LEAST_HEIGHT))
        if self._heights(width)[1] > self.height():
            width -= self.verticalScrollBar().sizeHint().width()
        wholes, total = self._heights(width)
        self._tops, top = [], 0
        self._moving = True
        for table, whole in zip(self.tables, wholes, strict=True):
            self._tops.append(top)
            table.resize(width, min(whole, seen))
            top += whole + theme.MARGIN
        self._inside.resize(width, total)
        self._moving = False
        self._place()

    def _heights(self, width: int) -> tuple[list[int], int]:
        """The heights that the tables need in this width, and that of all together."""
        wholes = [table.whole_height(width) for table in self.tables]
        return wholes, sum(wholes) + theme.MARGIN * max(len(wholes) - 1, 0)

    def _place(self) -> None:
        """Put every table where the scroll bar has it, and its rows too."""
        if self._moving:
            return
        self._moving = True
        offset = self.verticalScrollBar().value()
        for table, top in zip(self.tables, self._tops, strict=True):
            rows = table.verticalScrollBar()
            rows.setValue(max(0, min(offset - top, rows.maximum())))
            table.move(0, top + rows.value())
        self._moving = False

    def _follow(self, table: NumberTable) -> None:
        """Go where the rows of a table have been scrolled to, by wheel or keys."""
        if not self._moving:
            top = self._tops[self.tables.index(table)]
            self.verticalScrollBar().setValue(top + table.verticalScrollBar().value())
            self._place()

    def show_cell(self, table: NumberTable, row: int, column: int) -> None:
        """Scroll to a cell of a table, in the table and here."""
        index = table.numbers.index(row, column)
        seen = table.visualRect(index)
        if not table.viewport().rect().contains(seen):
            # To the middle, so that the next cells need no other picture of the whole table.
            table.scrollTo(index, NumberTable.ScrollHint.PositionAtCenter)
        seen = table.visualRect(index).intersected(table.viewport().rect())
        corner = table.viewport().mapTo(self._inside, seen.center())
        self.ensureVisible(corner.x(), corner.y(), 0, seen.height() // 2 + 4)
