"""TableHeader: the names of a table's columns or rows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from gui import theme
from gui.tables.number_model import NumberModel

LINE = 15  # pixels, height of one line of a name


def _nowhere() -> int | None:
    return None


class TableHeader(QHeaderView):
    """The names of columns or rows, cut short or on two lines; the row shown is marked. From
    `covered_from` on, in pixels from the left, names of columns are not seen."""

    def __init__(self, orientation: Qt.Orientation, table: QTableView) -> None:
        super().__init__(orientation, table)
        self.covered_from: Callable[[], int | None] = _nowhere
        self.is_pressed = False  # while a press chooses whole rows or columns
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.is_pressed = True
        super().mousePressEvent(event)
        self.is_pressed = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        covered = self.covered_from()
        if covered is not None:
            painter = QPainter(self.viewport())
            room = self.viewport().rect()
            painter.fillRect(room.adjusted(covered, 0, 0, 0), theme.current().colour("card"))
            painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        t, model = theme.current(), self.model()
        assert isinstance(model, NumberModel)
        text = str(model.headerData(section, self.orientation(), Qt.ItemDataRole.DisplayRole))
        painter.fillRect(rect, t.colour("card"))
        columns = self.orientation() == Qt.Orientation.Horizontal
        here = not columns and model.is_row_here(section)
        if here:
            painter.fillRect(rect, t.colour("accent_soft"))
            painter.fillRect(rect.x(), rect.y(), 3, rect.height(), t.colour("accent"))
        picture = None if columns else model.row_picture(section)
        if picture is not None:
            side = theme.px(model.picture_height)
            size = picture.size().scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
            top = rect.y() + (rect.height() - size.height()) // 2
            painter.drawImage(QRect(QPoint(rect.x() + 6, top), size), picture)
        painter.setFont(theme.font(theme.SMALL, bold=here))
        painter.setPen(t.colour("accent" if here else "secondary"))
        metrics = painter.fontMetrics()
        room = rect.width() - 2 if columns else rect.width() - 8
        lines = [text]
        if metrics.horizontalAdvance(text) > room and rect.height() >= theme.px(2 * LINE):
            lines = text.split(" ", 1)
        shown = "\n".join(
            metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in lines
        )
        side = Qt.AlignmentFlag.AlignHCenter
        if not columns:
            numbered = model.marks_rows
            side = Qt.AlignmentFlag.AlignRight if numbered else Qt.AlignmentFlag.AlignLeft
        place = rect.adjusted(0, 0, 0 if columns else -4, -1)
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, shown)
