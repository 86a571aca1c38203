"""PrintedList: figures as a source prints them, each with the program's value and a verdict."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui import theme
from gui.tables.column_widths import text_width

Index = QModelIndex | QPersistentModelIndex

_INSET = 8  # pixels, left and right of a row
_LINE = 18  # at 100 %
_PAD = 5  # above and below a row
_GAP = 14  # between what stands at the left of a line and at the right
_SPACE = 6  # between symbol and place
_PRINTED, _HERE = "printed ", "here "


class PrintedLine(Struct, frozen=True):
    """A row: the symbol and where it stands, the number printed and the one here, the verdict as
    a sign and words with the name of their colour."""

    symbol: str
    where: str
    printed: str
    here: str
    sign: str
    words: str
    colour: str = "ink"

    @property
    def same(self) -> int:
        """How many characters the two numbers have in common from the left."""
        pairs = list(zip(self.printed, self.here, strict=False))
        return next((k for k, (a, b) in enumerate(pairs) if a != b), len(pairs))

    @property
    def verdict(self) -> str:
        """What is said at the right of the row."""
        return f"{self.sign} {self.words}".strip() or "…"

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        here = f", here {self.here}" if self.here else ""
        words = self.words or "being compared"
        return f"{self.symbol}, {self.where}: printed {self.printed}{here}, {words}"


class _Row(QStyledItemDelegate):
    """Paints a row in two lines, or in more where there is no room beside the symbol or the
    printed number. The program's number then has a line of its own, unless it is the printed one.
    """

    def _list(self) -> PrintedList:
        view = self.parent()
        assert isinstance(view, PrintedList)
        return view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._list().viewport().width()
        line, room = self._list().lines[index.row()], width - 2 * _INSET
        numbers = 1 if line.here == line.printed or _numbers_fit(line, room) else 2
        lines = numbers + (1 if _head_fits(line, room) else 2)
        return QSize(width, lines * theme.px(_LINE) + 2 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, colours = self._list().lines[index.row()], theme.current()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colours.colour("accent_soft"))
        painter.fillRect(
            QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
            colours.colour("grid"),
        )
        room = option.rect.adjusted(_INSET, _PAD, -_INSET, -_PAD)
        left = room.topLeft() + QPoint(0, _write_head(painter, line, room) * theme.px(_LINE))
        _write_number(painter, line, left, _PRINTED, line.printed)
        if _numbers_fit(line, room.width()):
            here = QPoint(room.right() - text_width(_HERE + line.here), left.y())
            _write_number(painter, line, here, _HERE, line.here)
        elif line.here != line.printed:
            shift = text_width(_PRINTED) - text_width(_HERE)
            _write_number(painter, line, left + QPoint(shift, theme.px(_LINE)), _HERE, line.here)


def _metrics() -> QFontMetrics:
    return QFontMetrics(theme.font(theme.SMALL))


def _bold() -> QFontMetrics:
    return QFontMetrics(theme.font(theme.NORMAL, bold=True))


def _numbers_fit(line: PrintedLine, room: int) -> bool:
    return text_width(_PRINTED + line.printed) + _GAP + text_width(_HERE + line.here) <= room


def _head_fits(line: PrintedLine, room: int) -> bool:
    symbol = _bold().horizontalAdvance(line.symbol)
    return symbol + _SPACE + text_width(line.where) + _GAP + text_width(line.verdict) <= room


def _write_head(painter: QPainter, line: PrintedLine, room: QRect) -> int:
    """Symbol and place at the left, the verdict at the right; returns the lines that took."""
    colours, fits = theme.current(), _head_fits(line, room.width())
    centre = Qt.AlignmentFlag.AlignVCenter
    first = QRect(room.left(), room.top(), room.width(), theme.px(_LINE))
    painter.setFont(theme.font(theme.SMALL))
    painter.setPen(colours.colour(line.colour))
    painter.drawText(first, Qt.AlignmentFlag.AlignRight | centre, line.verdict)
    most = first.width() - text_width(line.verdict) - _GAP
    symbol = _bold().elidedText(line.symbol, Qt.TextElideMode.ElideRight, most)
    painter.setFont(theme.font(theme.NORMAL, bold=True))
    painter.setPen(colours.colour("ink"))
    painter.drawText(first, centre, symbol)
    painter.setFont(theme.font(theme.SMALL))
    painter.setPen(colours.colour("secondary"))
    beside = first.adjusted(_bold().horizontalAdvance(symbol) + _SPACE, 0, 0, 0)
    painter.drawText(beside if fits else first.translated(0, theme.px(_LINE)), centre, line.where)
    return 1 if fits else 2


def _write_number(
    painter: QPainter, line: PrintedLine, where: QPoint, label: str, number: str
) -> None:
    """A number with its label; what differs from the other one is underlined."""
    if not number:
        return
    colours = theme.current()
    base = where.y() + (theme.px(_LINE) + _metrics().ascent() - _metrics().descent()) // 2
    painter.setFont(theme.font(theme.SMALL))
    painter.setPen(colours.colour("secondary"))
    painter.drawText(where.x(), base, label)
    left = where.x() + text_width(label)
    painter.setPen(colours.colour("ink"))
    painter.drawText(left, base, number)
    common = line.same
    if line.here and common < len(number) and line.colour == "error":
        start = left + text_width(number[:common])
        stop = left + text_width(number)
        painter.fillRect(QRect(start, base + 2, stop - start, 1), QColor(colours.error))


class PrintedList(QListView):
    """The rows. `row_chosen` carries the number of the row that the person went to; `go_wanted`,
    `edit_wanted` and `removal_wanted` that of the row at which they pressed Enter, F2 (or double
    clicked) and Delete; `pasted` the text of Ctrl+V.

    Keys that mean nothing here, such as Space and PageDown, are left to the window.
    """

    row_chosen = Signal(int)
    go_wanted = Signal(int)
    edit_wanted = Signal(int)
    removal_wanted = Signal(int)
    pasted = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.lines: tuple[PrintedLine, ...] = ()
        self._model = QStandardItemModel(self)
        self._kept = -1
        self._kept_where = QAbstractItemView.ScrollHint.EnsureVisible
        self.setModel(self._model)
        self.setItemDelegate(_Row(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.clicked.connect(lambda index: self.row_chosen.emit(index.row()))
        self.doubleClicked.connect(lambda index: self.edit_wanted.emit(index.row()))

    @property
    def chosen(self) -> int | None:
        """The row that the person is at."""
        index = self.currentIndex()
        return index.row() if index.isValid() and self.selectedIndexes() else None

    def show_lines(self, lines: Sequence[PrintedLine]) -> None:
        """Show these rows; the same one stays chosen as long as there are as many."""
        if tuple(lines) == self.lines:
            return
        self.lines = tuple(lines)
        model = self._model
        if model.rowCount() != len(lines):
            model.clear()
            model.setColumnCount(1)
            model.setRowCount(len(lines))
        for row, line in enumerate(lines):
            model.setData(model.index(row, 0), line.spoken, Qt.ItemDataRole.AccessibleTextRole)
        self.scheduleDelayedItemsLayout()

    def reveal(self, row: int, and_what_follows: bool = False) -> None:
        """Keep a row in sight, however much room there is; on top if the next ones matter too."""
        self._kept = row
        hint = QAbstractItemView.ScrollHint
        self._kept_where = hint.PositionAtTop if and_what_follows else hint.EnsureVisible
        self._keep()

    def _keep(self) -> None:
        self.scrollTo(self._model.index(self._kept, 0), self._kept_where)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._kept = current.row()
        self._kept_where = QAbstractItemView.ScrollHint.EnsureVisible

    def restyle(self) -> None:
        """Paint anew in the theme's colours, and in rows of other heights where text has another
        size."""
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, row = event.key(), self.chosen
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
            if self.chosen is not None and self.chosen != row:
                self.row_chosen.emit(self.chosen)
        elif row is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go_wanted.emit(row)
        elif row is not None and key == Qt.Key.Key_F2:
            self.edit_wanted.emit(row)
        elif row is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_wanted.emit(row)
        else:
            event.ignore()

    def _copy(self) -> None:
        """Put all rows on the clipboard, separated by tabs."""
        rows = [
            "\t".join((line.symbol, line.where, line.printed, line.here, line.words))
            for line in self.lines
        ]
        QGuiApplication.clipboard().setText("\n".join(rows).replace("\u2212", "-"))
