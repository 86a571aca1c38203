"""TableView: the view of a NumberModel in which a person goes from cell to cell and copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QFrame, QTableView

from engine.run.iteration import Check, Interrupted, never
from gui.tables.number_model import Index, NumberModel
from gui.widgets.typed_text import take_typed_text
from gui.widgets.waiting import waited_for

_QUICK_CELLS = 50_000  # that are copied in a moment


class TableView(QTableView):
    """What tables of numbers have in common. Keys that mean nothing here, such as Space and
    PageDown, are left to the window."""

    chosen = Signal(int, int)  # row, column that the person went to, by a whole row too
    moves: tuple[Qt.Key, ...] = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)

    def __init__(self, model: NumberModel) -> None:
        super().__init__()
        self.numbers = model
        self._quiet = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self._add_action("Copy", QKeySequence.StandardKey.Copy, self.copy)

    def _add_action(self, text: str, keys: QKeySequence.StandardKey, act: object) -> None:
        action = QAction(text, self)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(take_typed_text)  # a press on a header leaves the focus elsewhere
        action.triggered.connect(act)
        self.addAction(action)

    def restyle(self) -> None:
        """Paint anew in the theme's colours."""
        for widget in (self, self.horizontalHeader(), self.verticalHeader()):
            widget.viewport().update()

    # Where the person is

    def go_to(self, row: int, column: int) -> None:
        """Put the current cell somewhere without saying that the person chose it."""
        self._quiet = True
        self.setCurrentIndex(self.numbers.index(row, column))
        self._quiet = False

    def mark_rows(self, rows: Sequence[int]) -> None:
        """Select these whole rows and go to the first, without saying that the person chose it."""
        first, column = rows[0], max(self.currentIndex().column(), 0)
        last = self.numbers.columnCount() - 1
        selection = QItemSelection()
        for begin, end in _stretches(rows):
            selection.append(
                QItemSelectionRange(self.numbers.index(begin, 0), self.numbers.index(end, last))
            )
        self.go_to(first, column)
        kinds = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, kinds.ClearAndSelect)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._quiet:
            self._tell(current.row(), current.column())

    def _tell(self, row: int, column: int) -> None:
        """Say that the person went to a cell."""
        self.chosen.emit(row, column)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        before = self.currentIndex()
        super().mousePressEvent(event)
        if before.isValid() and before == self.indexAt(event.position().toPoint()):
            self._tell(before.row(), before.column())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._means_something(event):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _means_something(self, event: QKeyEvent) -> bool:
        """Whether a key is for the table and not for the window."""
        return event.key() in self.moves or event.matches(QKeySequence.StandardKey.SelectAll)

    # What is selected

    def _spans(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(position) for position in range(selection.count())]

    def selected(self) -> tuple[list[int], list[int]]:
        """Rows and columns that have something selected, else those of the current cell."""
        rows: set[int] = set()
        columns: set[int] = set()
        for span in self._spans():
            rows.update(range(span.top(), span.bottom() + 1))
            columns.update(range(span.left(), span.right() + 1))
        current = self.currentIndex()
        if not rows and current.isValid():
            rows, columns = {current.row()}, {current.column()}
        return sorted(rows), sorted(columns)

    def selected_rows(self) -> list[int]:
        """The rows that have something selected, else that of the current cell."""
        return self.selected()[0]

    def whole_rows(self) -> list[int]:
        """The rows that are selected from the first column to the last."""
        last = self.numbers.columnCount() - 1
        return sorted(
            row
            for span in self._spans()
            if span.left() == 0 and span.right() == last
            for row in range(span.top(), span.bottom() + 1)
        )

    def copy(self) -> None:
        """Put what is selected on the clipboard, numbers in full, separated by tabs."""
        rows, columns = self.selected()

        def text(check: Check) -> str:
            lines = []
            for row in rows:
                check()
                cells = (self.numbers.copied(row, column) for column in columns)
                lines.append("\t".join(cell for cell in cells if cell is not None))
            return "\n".join(lines)

        with suppress(Interrupted):
            if len(rows) * len(columns) > _QUICK_CELLS:
                QGuiApplication.clipboard().setText(waited_for(self, "Copying …", text))
            elif rows:
                QGuiApplication.clipboard().setText(text(never))


def _stretches(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each stretch of rows, which are in growing order, without a gap."""
    begin = before = rows[0]
    for row in rows[1:]:
        if row != before + 1:
            yield begin, before
            begin = row
        before = row
    yield begin, before
