"""Choice: a drop-down list of named things that speaks only when a person chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
)

from gui import theme


class ChoiceItem(NamedTuple):
    """One thing to choose: the closed list shows its title, or `brief` where that has no room;
    the open list shows it as `listed` (the title, if empty) with a note at the right."""

    key: str
    title: str
    brief: str = ""
    listed: str = ""
    note: str = ""


_TITLE = Qt.ItemDataRole.UserRole + 1
_BRIEF = Qt.ItemDataRole.UserRole + 2
_NOTE = Qt.ItemDataRole.UserRole + 3

# Pixels: beside a text, the width that the arrow takes, and between a line and its note.
_INSET = 8
_ARROW_ROOM = 18
_NOTE_GAP = 28

_Index = QModelIndex | QPersistentModelIndex

# Keys that belong to the window (see gui.widgets.buttons); Enter opens the list in place of Space.
# A dialog has no such keys, and its Enter is OK.
_OF_THE_WINDOW = (Qt.Key.Key_Space, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_T)


class _Lines(QStyledItemDelegate):
    """Paints the lines of the open list."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        metrics = QFontMetrics(theme.font())
        note = QFontMetrics(theme.font(theme.SMALL)).horizontalAdvance(index.data(_NOTE))
        width = metrics.horizontalAdvance(index.data()) + (note + _NOTE_GAP if note else 0)
        return QSize(width + 2 * _INSET, metrics.height() + theme.px(10))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours = theme.current()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colours.colour("accent_soft"))
        line = option.rect.adjusted(_INSET, 0, -_INSET, 0)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setFont(theme.font())
        painter.setPen(colours.colour("ink"))
        painter.drawText(line, left, index.data())
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(colours.colour("secondary"))
        painter.drawText(line, right, index.data(_NOTE))


class Choice(QComboBox):
    """`chosen` carries the key of what a person chose; `show_key` never emits.

    The wheel scrolls what is around it, unless it has the focus.
    """

    chosen = Signal(str)

    def __init__(self, name: str, accessible_name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._items: tuple[ChoiceItem, ...] = ()
        self._shown = ""
        self.activated.connect(self._on_activated)

    @property
    def key(self) -> str:
        """The key of what is shown."""
        return self.currentData() or ""

    def offer(self, items: Sequence[ChoiceItem]) -> None:
        """Say what there is to choose from."""
        if tuple(items) == self._items:
            return
        self._items = tuple(items)
        with QSignalBlocker(self):
            self.clear()
            for row, item in enumerate(items):
                self.addItem(item.listed or item.title, item.key)
                self.setItemData(row, item.title, _TITLE)
                self.setItemData(row, item.brief or item.title, _BRIEF)
                self.setItemData(row, item.note, _NOTE)
            self.setCurrentIndex(self.findData(self._shown))

    def show_key(self, key: str) -> None:
        """Show what is in force."""
        self._shown = key
        if self.currentData() != key:
            with QSignalBlocker(self):
                self.setCurrentIndex(self.findData(key))
            self.update()

    def _on_activated(self) -> None:
        if self.key != self._shown:
            self.chosen.emit(self.key)

    def sizeHint(self) -> QSize:
        return QSize(2 * _INSET + theme.px(_ARROW_ROOM), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def showPopup(self) -> None:
        # Asked for any earlier, Qt would build the open list with the window, ten of them.
        if not isinstance(self.itemDelegate(), _Lines):
            self.setItemDelegate(_Lines(self))
        view = self.view()
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + 16))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.subControls = QStyle.SubControl.SC_ComboBoxFrame
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        # Text and arrow are painted here: the closed list shows less than the open one, and
        # with a style sheet Qt's own arrow sits in a bevelled box.
        painter.setPen(option.palette.color(self.foregroundRole()))
        room = self.rect().adjusted(_INSET, 0, -theme.px(_ARROW_ROOM), 0)
        text = self.currentData(_TITLE) or ""
        if option.fontMetrics.horizontalAdvance(text) > room.width():
            text = self.currentData(_BRIEF)
        text = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        arrow = self.rect().adjusted(self.width() - theme.px(_ARROW_ROOM), 0, 0, 0)
        painter.drawText(arrow, Qt.AlignmentFlag.AlignCenter, "▾")

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if isinstance(self.window(), QDialog):
            super().keyPressEvent(event)
        elif event.key() in _OF_THE_WINDOW:
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.showPopup()
        else:
            super().keyPressEvent(event)
