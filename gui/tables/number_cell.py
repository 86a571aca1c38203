"""NumberCell: how a number in a table is painted, and how it is edited in its place."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QPixmap, QStaticText
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.text.numbers import at_most, parse_number
from gui import theme
from gui.tables.number_model import Index, NumberModel
from gui.widgets.style_property import set_style_property
from gui.widgets.typed_text import leaves_space

# Pixels of a cell's width that its number leaves free: in a box, and without one.
_BOXED_MARGINS, _MARGINS = 5, 8
_MOST_CLOSER = 3  # of them, given away before a table without boxes scrolls


class _Box(NamedTuple):
    """The box around a number, or without one what marks its cell: sizes in pixels, and names of
    colours, "" for none."""

    width: int
    height: int
    inset: bool
    edge: str
    thickness: int
    fill: str


@lru_cache(maxsize=256)
def _box_picture(box: _Box, colours: theme.Theme, scale: float) -> QPixmap:
    """A box, painted once for all cells that look the same: that is half of painting a cell."""
    picture = QPixmap(round(box.width * scale), round(box.height * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QPen(colours.colour(box.edge), box.thickness) if box.edge else Qt.PenStyle.NoPen
    painter.setPen(edge)
    painter.setBrush(colours.colour(box.fill) if box.fill else Qt.BrushStyle.NoBrush)
    place = QRectF(0.5, 0.5, box.width - 1, box.height - 1)
    painter.drawRoundedRect(place.adjusted(1, 2, -1, -2) if box.inset else place, 4, 4)
    painter.end()
    return picture


@lru_cache(maxsize=1024)  # more than a screen shows; 1.6 kB each, and training makes ever new ones
def _laid_out(text: str, percent: int) -> tuple[QStaticText, QSizeF]:
    """A text ready to be painted at a size of text, and its size in pixels; kept, as the same
    numbers are painted again and again."""
    laid_out = QStaticText(text)
    laid_out.setTextFormat(Qt.TextFormat.PlainText)
    laid_out.prepare(font=theme.font(theme.SMALL))
    return laid_out, laid_out.size()


class CellEditor(QLineEdit):
    """The line in which the number of a cell is typed. `finished` asks the table to take it: it
    is gone then, or marked as wrong."""

    finished = Signal()

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setObjectName("cellEditor")
        self.setFont(theme.font(theme.SMALL))
        self.setAccessibleName(name)
        self.setProperty("wrong", False)

    def finish(self) -> bool:
        """Take what was typed and give the keys back to the table; False if it is refused."""
        self.finished.emit()
        return not self.property("wrong")

    def event(self, event: QEvent) -> bool:
        if leaves_space(self, event):
            event.ignore()
            return True
        return super().event(event)


class NumberCell(QStyledItemDelegate):
    """Paints the cells of a NumberModel and edits them in full precision.

    Nonsense is refused: Enter and Tab leave the editor open, leaving it otherwise brings the old
    value back. `problem` carries the sentence, or "" once it is over.
    """

    problem = Signal(str)

    def __init__(self, table: QTableView, boxed: bool) -> None:
        super().__init__(table)
        self._table = table
        self._boxed = boxed
        self.margins = _BOXED_MARGINS if boxed else _MARGINS
        self.most_closer = 0 if boxed else _MOST_CLOSER
        self.closer = 0  # pixels that margins are narrower at present
        self.most_digits: int | None = None  # None for as many as fit, each number by itself

    # Painting

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t, model = theme.current(), self._model()
        row, column = index.row(), index.column()
        rect = option.rect
        focused = self._table.hasFocus()
        selected = focused and self._table.selectionModel().isSelected(index)
        here = model.is_here(row, column)
        painter.save()
        # Over Qt's own mark of selected cells.
        washed = model.is_row_here(row) or (selected and not self._boxed)
        painter.fillRect(rect, t.colour("accent_soft" if washed else "card"))
        edge, width, fill = "", 1, ""
        if self._boxed:
            edge, fill = "border", "sunken" if model.is_fixed(row, column) else "card"
            if selected or here:
                fill = "accent_soft"
        at_cell = focused and index == self._table.currentIndex()
        if at_cell or model.is_selected(row, column):
            edge = "accent"
        if here:
            edge, width = "accent", 2
        if edge or fill:
            look = _Box(rect.width(), rect.height(), self._boxed, edge, width, fill)
            picture = _box_picture(look, t, self._table.devicePixelRatioF())
            painter.drawPixmap(rect.topLeft(), picture)
        if rect.height() > self._table.rowHeight(row):
            # A merged cell may be taller than what is seen of it: its number stays in sight.
            rect = rect.intersected(self._table.viewport().rect())
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(t.colour(model.colour(row, column)))
        text, size = _laid_out(self.painted_text(row, column), theme.percent())
        across, down = rect.width() - size.width(), rect.height() - size.height()
        painter.drawStaticText(QPointF(rect.x() + across / 2, rect.y() + down / 2), text)
        painter.restore()

    def paint_ground(self, painter: QPainter, rect: QRect, row: int) -> None:
        """Paint what a row of the table has beneath its cells."""
        here = self._model().is_row_here(row)
        painter.fillRect(rect, theme.current().colour("accent_soft" if here else "card"))

    def _model(self) -> NumberModel:
        model = self._table.model()
        assert isinstance(model, NumberModel)
        return model

    def painted_text(self, row: int, column: int) -> str:
        """The number with as many digits as there is room for; columns are wide enough for
        LEAST_DIGITS."""
        model = self._model()
        room = self._table.columnWidth(column) - self.margins + self.closer
        wanted = model.digits
        if self.most_digits is not None:
            wanted = at_most(wanted, self.most_digits)
        return model.text_within(row, column, wanted, room)

    # Editing

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = CellEditor(parent, self._model().name(index.row(), index.column()))
        editor.finished.connect(lambda: self._finish(editor))
        cell = QRect(option.rect)
        editor.textChanged.connect(lambda: self._place(editor, cell))
        editor.textEdited.connect(lambda: self._take_back(editor))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        # Only once: while training, the value changes under the one who types.
        if isinstance(editor, QLineEdit) and not editor.text() and not editor.isModified():
            editor.setText(self._model().text(index.row(), index.column(), None))

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        self._place(editor, option.rect)

    def _place(self, editor: QWidget, cell: QRect) -> None:
        """Put the editor on its cell, wider where the text needs it and the table has room."""
        assert isinstance(editor, QLineEdit)
        seen = self._table.viewport().rect()
        needed = editor.fontMetrics().horizontalAdvance(editor.text()) + 20
        width = min(max(cell.width(), needed), seen.width())
        left = max(min(cell.left(), seen.width() - width), 0)
        cell = cell.intersected(QRect(cell.left(), 0, cell.width(), seen.height()))
        height = min(cell.height(), editor.sizeHint().height())
        editor.setGeometry(left, cell.center().y() - height // 2, width, height)

    def setModelData(self, editor: QWidget, model: QObject, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if not editor.isModified():
            return
        try:
            value = parse_number(editor.text())
        except ValueError as error:
            self.problem.emit(str(error))
            return
        self.problem.emit("")
        self._model().setData(index, value)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            assert isinstance(editor, QLineEdit)
            if event.key() == Qt.Key.Key_Escape:
                self._take_back(editor)
            elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                # Qt would do it a moment later; a key that follows must find the table.
                self._finish(editor)
                return True
            elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self._is_refused(editor):
                return True
        return super().eventFilter(editor, event)

    def _finish(self, editor: QLineEdit) -> None:
        """Take the number and close the editor; nonsense keeps it open."""
        if not self._is_refused(editor):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def _is_refused(self, editor: QLineEdit) -> bool:
        """Whether what was typed is no number, which the editor shows then."""
        if not editor.isModified():
            return False
        try:
            parse_number(editor.text())
        except ValueError as error:
            set_style_property(editor, "wrong", True)
            self.problem.emit(str(error))
            return True
        return False

    def _take_back(self, editor: QLineEdit) -> None:
        """Forget that a text was refused, as it is being changed."""
        if editor.property("wrong"):
            set_style_property(editor, "wrong", False)
            self.problem.emit("")
