"""NumberTable: the view of a NumberModel, with compact columns, edited in place and pasted into."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from engine.text.numbers import at_most, parse_table
from gui import theme
from gui.tables.column_widths import (
    LEAST_DIGITS,
    filled_widths,
    fitted_widths,
    most_column,
    needed_widths,
    signs_of,
    text_width,
)
from gui.tables.number_cell import NumberCell
from gui.tables.number_model import NumberModel
from gui.tables.table_header import LINE, TableHeader
from gui.tables.table_view import TableView
from gui.widgets.labels import PlainLabel

_Index = QModelIndex | QPersistentModelIndex
_ENSURE_VISIBLE = QAbstractItemView.ScrollHint.EnsureVisible

_MOST_ROW_NAME = 84  # pixels
_MOST_DIGITS = 16
_AROUND_PICTURE = 4  # pixels between the pictures of two rows

_BEGINNINGS = "0123456789.,+-−"  # what the text of a number can begin with


def _bar_if(needed: bool) -> Qt.ScrollBarPolicy:
    policy = Qt.ScrollBarPolicy
    return policy.ScrollBarAlwaysOn if needed else policy.ScrollBarAlwaysOff


class NumberTable(TableView):
    """A table of numbers, quick whatever its size: only what is visible is ever painted.

    A click or the arrow keys go to a cell and ask about its number. Enter, F2, a double click or
    the beginning of a number open an editor, Tab goes on to the next cell that can be edited.
    """

    moves = (*TableView.moves, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_F2)
    asked = Signal(int, int)  # row, column of the number that the person went to
    problem = Signal(str)  # why something was refused, "" once that is over
    fitted = Signal()  # the columns have other widths
    passed_end = Signal(int)  # Tab beyond the last cell (1) or before the first (-1)

    def __init__(
        self,
        model: NumberModel,
        row_height: int = 24,
        boxed: bool = False,
        scrolled_outside: bool = False,
    ) -> None:
        super().__init__(model)
        self._row_height = row_height
        self._scrolled_outside = scrolled_outside
        self._least: list[int] = []
        self._title = PlainLabel(parent=self)
        self._title.setProperty("letters", "small bold")
        self._cell = cell = NumberCell(self, boxed)
        cell.problem.connect(self.problem)
        self.setItemDelegate(cell)
        names = TableHeader(Qt.Orientation.Horizontal, self)
        names.covered_from = self._covered_from
        self.setHorizontalHeader(names)
        self.setVerticalHeader(TableHeader(Qt.Orientation.Vertical, self))
        self.setModel(model)
        self.setCornerButtonEnabled(False)
        self.setCornerWidget(QWidget())  # else the style draws an edge between the scroll bars
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed
        )
        self._add_action("Paste", QKeySequence.StandardKey.Paste, self.paste)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._kept = (-1, -1)
        model.modelAboutToBeReset.connect(self._keep_current)
        model.modelReset.connect(self._on_reset)
        self.lay_out()

    # Sizes

    def set_title(self, title: str) -> None:
        """The bold words in the corner between the names of rows and columns."""
        self._title.setText(title)
        self.lay_out()

    def lay_out(self) -> None:
        """Take on the widths that the model's names and numbers ask for."""
        metrics = QFontMetrics(theme.font(theme.SMALL, bold=True))
        names = metrics.horizontalAdvance(self.numbers.widest_row_name()) + 10
        words = self._title.text()
        title = metrics.horizontalAdvance(words) + 4 if words else 0
        beside = self.numbers.picture_height
        width = max(min(names, theme.px(_MOST_ROW_NAME)), title)
        self.verticalHeader().setFixedWidth(width + theme.px(beside))
        height = max(self._row_height, beside + _AROUND_PICTURE if beside else 0)
        self.verticalHeader().setDefaultSectionSize(theme.px(height))
        columns = range(self.numbers.columnCount())
        margins = self._cell.margins
        self._name_widths = [self._name_width(column) + margins for column in columns]
        self._whole_names = [text_width(self._column_name(each)) + margins for each in columns]
        self._natural = [
            max(text_width(self.numbers.sample_text(column)) + margins, name)
            for column, name in zip(columns, self._name_widths, strict=True)
        ]
        self._most = [
            most_column() if self.numbers.may_grow(column) else natural
            for column, natural in zip(columns, self._natural, strict=True)
        ]
        self._widths: list[int] = []
        self._least = []
        self.fit_numbers()

    def fit_numbers(self) -> bool:
        """Have columns as wide as the present numbers need, and return whether that changed any.
        While training, when a number may cross zero at any time, columns only become wider, as
        long as there is room for all of them."""
        least = self._needed(LEAST_DIGITS)
        if self.numbers.training and self._least:
            widest = [max(pair) for pair in zip(least, self._least, strict=True)]
            room = self.viewport().width()
            if sum(widest) <= room or sum(least) > room:
                least = widest
        if least == self._least:
            return False
        self._least = least
        self._arrange()
        return True

    def _needed(self, digits: int) -> list[int]:
        """How wide the present numbers need the columns to be, with so many digits at most."""
        margins = self._cell.margins
        widths = needed_widths(self.numbers.measured(), at_most(self.numbers.digits, digits))
        needed = [width + margins for width in widths]
        rest = self._natural[len(needed) :] if needed else [0] * len(self._natural)
        return [max(pair) for pair in zip(self._name_widths, needed + rest, strict=True)]

    def digits_that_fit(self) -> int:
        """With how many digits every column can show its numbers, if they are of everyday size."""
        columns = set(zip(signs_of(self.numbers.measured()), self._widths, strict=False))
        digits = at_most(self.numbers.digits, _MOST_DIGITS)
        while digits > LEAST_DIGITS and any(
            self._usual_width(sign, digits) > width for sign, width in columns
        ):
            digits -= 1
        return digits

    def show_at_most(self, digits: int) -> None:
        """Show numbers with at most so many digits, however many would fit."""
        if digits != self._cell.most_digits:
            self._cell.most_digits = digits
            self.viewport().update()

    def _name_width(self, column: int) -> int:
        """Pixels for the name of a column: on two lines only if it is too long for one."""
        name = self._column_name(column)
        whole = text_width(name)
        room = most_column() - self._cell.margins
        if whole + self._cell.margins <= room:
            return whole
        longest = max(text_width(word) for word in name.split(" "))
        return min(longest, room)

    def _column_name(self, column: int) -> str:
        name = self.numbers.headerData(
            column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole
        )
        return str(name)

    def _arrange(self) -> None:
        """Fit columns and scroll bars to the table's size.

        Bars are switched here and not by Qt, since whether one is needed depends on the columns,
        whose widths depend on the other bar.
        """
        room = self.width() - self.verticalHeader().width()
        widths = self._fitted(room)
        higher = not self._scrolled_outside and self._height_for(widths, room) > self.height()
        if higher:
            room -= self.verticalScrollBar().sizeHint().width()
            widths = self._fitted(room)
        self._cell.closer = self._least_within(room)[1]
        self.setVerticalScrollBarPolicy(_bar_if(higher))
        self.setHorizontalScrollBarPolicy(_bar_if(sum(widths) > room))
        self.horizontalHeader().setFixedHeight(self._names_height(widths))
        if widths != self._widths:
            self._widths = widths
            header = self.horizontalHeader()
            # One call for most of 512 columns, and one each for those that differ.
            header.setDefaultSectionSize(widths[0])
            for column, width in enumerate(widths):
                if header.sectionSize(column) != width:
                    header.resizeSection(column, width)
            self.fitted.emit()

    def _fitted(self, room: int) -> list[int]:
        least, _ = self._least_within(room)
        widths = fitted_widths(self._natural, self._most, least, room)
        # The last column stands over what has no room: what is left of it is no place for a number.
        return filled_widths(widths, room) if self.numbers.keeps_last else widths

    def _least_within(self, room: int) -> tuple[list[int], int]:
        """How wide columns have to be at least, where there is so much room for all of them; and
        how many pixels closer than otherwise their numbers stand, before the table scrolls."""
        wanted = zip(self._natural, self._least, self._whole_names, strict=True)
        if sum(map(max, wanted)) <= room:  # for names on one line too
            return [max(pair) for pair in zip(self._least, self._whole_names, strict=True)], 0
        if sum(self._least) <= room:
            return self._least, 0
        tightest = self._tightest()
        for closer in (0, self._cell.most_closer):
            if sum(tightest) - closer * len(tightest) <= room:
                return [width - closer for width in tightest], closer
        return self._least, 0

    def _tightest(self) -> list[int]:
        """Widths with which a column of numbers below 0.1 gives away digits before the table
        scrolls: −0.0386 is shown as −0.039, and beside it −0.386 as it is."""
        fewer = self._needed(1)
        for column, sign in enumerate(signs_of(self.numbers.measured())):
            usual = self._usual_width(sign, LEAST_DIGITS)
            fewer[column] = max(fewer[column], min(self._least[column], usual))
        return fewer

    def _usual_width(self, sign: str, digits: int) -> int:
        """How wide a column is that shows numbers of everyday size with so many digits."""
        return text_width(f"{sign}0.{0:0{digits}}") + self._cell.margins

    def _names_height(self, widths: list[int]) -> int:
        """One line or two, for the names of columns."""
        metrics = QFontMetrics(theme.font(theme.SMALL))
        two = any(
            " " in name and metrics.horizontalAdvance(name) > width - 2
            for name, width in zip(map(self._column_name, range(len(widths))), widths, strict=True)
        )
        return theme.px(2 * LINE + 2 if two else LINE + 7)

    def _height_for(self, widths: list[int], room: int) -> int:
        bar = self.horizontalScrollBar().sizeHint().height() if sum(widths) > room else 0
        rows = self.numbers.rowCount() * theme.px(self._row_height)
        return self._names_height(widths) + rows + bar

    def whole_height(self, width: int) -> int:
        """The height at which nothing has to be scrolled up or down, for a width of the table."""
        room = width - self.verticalHeader().width()
        return self._height_for(self._fitted(room), room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        # Until it is painted the card behind it is: there is nothing yet that scrolling could move.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        ground = QPainter(self.viewport())
        ground.fillRect(event.rect(), theme.current().colour("card"))
        ground.end()
        super().paintEvent(event)
        # Opaque, so that scrolling moves what is painted and asks only for the cells that appear.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        last, room, edge = self.numbers.columnCount() - 1, self.viewport().rect(), self._edge()
        if edge is None:
            return
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        first, end = self.rowAt(0), self.rowAt(room.height() - 1)
        cut = self._cut_at(edge)
        for row in range(max(first, 0), (end if end >= 0 else self.numbers.rowCount() - 1) + 1):
            height = self.rowHeight(row)
            top = self.rowViewportPosition(row)
            self._cell.paint_ground(painter, QRect(cut, top, edge - cut, height), row)
            option.rect = QRect(edge, top, room.width() - edge, height)
            self._cell.paint(painter, option, self.numbers.index(row, last))
        painter.end()

    def _edge(self) -> int | None:
        """Where the last column stands over the others, in pixels from the left; None where it
        stands beside them, or goes away with them."""
        last = self.numbers.columnCount() - 1
        place, width = self.columnViewportPosition(last), self.columnWidth(last)
        room = self.viewport().width()
        if not self.numbers.keeps_last or place < 0 or place + width <= room:
            return None
        return room - width

    def _covered_from(self) -> int | None:
        """Where the numbers end that can be read beside the last column, in pixels from the left;
        None where that covers none. Their names end there too."""
        edge = self._edge()
        return None if edge is None else self._cut_at(edge)

    def scrollTo(
        self, index: _Index, hint: QAbstractItemView.ScrollHint = _ENSURE_VISIBLE
    ) -> None:
        super().scrollTo(index, hint)
        edge = self._edge()
        if edge is not None and index.column() < self.numbers.columnCount() - 1:
            left = self.columnViewportPosition(index.column())
            beyond = left + self.columnWidth(index.column()) - edge
            if beyond > 0:
                bar = self.horizontalScrollBar()
                bar.setValue(bar.value() + min(beyond, max(left, 0)))

    def _cut_at(self, edge: int) -> int:
        """Where the column begins whose numbers reach beyond an edge, that many pixels from the
        left, unless it is the first there; else the edge. Half of 1.4 would be read as 1."""
        column = self.columnAt(edge - 1)
        left = self.columnViewportPosition(column)
        hidden = left + self.columnWidth(column) - edge
        return left if column >= 0 and left > 0 and hidden > self._cell.margins // 2 else edge

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if dx and self.numbers.keeps_last:
            self.viewport().update()  # the last column stays where it is
            self.horizontalHeader().viewport().update()

    def updateGeometries(self) -> None:
        super().updateGeometries()
        width, height = self.verticalHeader().width(), self.horizontalHeader().height()
        self._title.setGeometry(0, 0, width, height)

    def restyle(self) -> None:
        """Take the theme's colours, and the room that the size of text asks for."""
        super().restyle()
        self.lay_out()

    # Where the person is

    def _tell(self, row: int, column: int) -> None:
        super()._tell(row, column)
        headers = self.horizontalHeader(), self.verticalHeader()
        if not any(isinstance(each, TableHeader) and each.is_pressed for each in headers):
            self.asked.emit(row, column)

    def _keep_current(self) -> None:
        self._kept = (self.currentIndex().row(), self.currentIndex().column())

    def _on_reset(self) -> None:
        self.lay_out()
        if self.numbers.hasIndex(*self._kept):
            self.go_to(*self._kept)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        current = self.currentIndex()
        steps = {
            QAbstractItemView.CursorAction.MoveNext: 1,
            QAbstractItemView.CursorAction.MovePrevious: -1,
        }
        if action not in steps:
            moved = super().moveCursor(action, modifiers)
            covered = moved.isValid() and self.numbers.is_covered(moved.row(), moved.column())
            return moved.siblingAtRow(0) if covered else moved
        columns = self.numbers.columnCount()
        place = current.row() * columns + current.column() if current.isValid() else -1
        found = self._editable_from(place, steps[action])
        if current.isValid() and not found.isValid():
            self.passed_end.emit(steps[action])
        return found

    def _editable_from(self, place: int, direction: int) -> QModelIndex:
        """The next cell after a place in reading order that can be edited and can be seen."""
        columns = self.numbers.columnCount()
        while 0 <= (place := place + direction) < self.numbers.rowCount() * columns:
            row, column = divmod(place, columns)
            if self.numbers.is_editable(row, column) and not self.numbers.is_covered(row, column):
                return self.numbers.index(row, column)
        return QModelIndex()

    def edit_end(self, direction: int) -> None:
        """Go on editing here after Tab left another table: in the first cell (1), or in the last
        (-1)."""
        count = self.numbers.rowCount() * self.numbers.columnCount()
        index = self._editable_from(-1 if direction > 0 else count, direction)
        self.setFocus()
        self.setCurrentIndex(index)
        self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self._is_editable_here():
            self.edit(self.currentIndex())

    def _means_something(self, event: QKeyEvent) -> bool:
        begins = event.text() != "" and event.text() in _BEGINNINGS
        return super()._means_something(event) or (begins and self._is_editable_here())

    def _is_editable_here(self) -> bool:
        return bool(self.numbers.flags(self.currentIndex()) & Qt.ItemFlag.ItemIsEditable)

    def paste(self) -> None:
        """Take numbers from the clipboard, from the first selected cell on: all of them or none."""
        rows, columns = self.selected()
        text = QGuiApplication.clipboard().text()
        self.problem.emit("")
        if not rows:
            self.problem.emit("Choose a cell first; pasted numbers are filled in from there on.")
        elif not text.strip():
            self.problem.emit("There are no numbers on the clipboard.")
        else:
            try:
                self.numbers.paste(rows[0], columns[0], parse_table(text))
            except ValueError as error:
                self.problem.emit(f"Nothing was pasted. {error}")
