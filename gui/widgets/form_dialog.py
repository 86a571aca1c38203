"""FormDialog: a form to fill in, with a button that takes it and one to cancel."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QWidget,
)

from gui import theme
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.vertical_scroll import VerticalScroll

_TITLE_BAR = 32  # pixels for a window manager's own, before it has said how high that is
_LEAST = 60  # pixels of the form that are seen in any case


class FormDialog(QDialog):
    """Fields, each beside its label. Whoever may refuse what was filled in overrides `accept`.

    It is as high as what is in it, and moves up for that; where the screen is lower, the fields
    scroll and the buttons stay.
    """

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._grow()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._grow()
        return done

    def lay_out(
        self,
        fields: Mapping[str, QWidget],
        *below: QWidget,
        button: QDialogButtonBox.StandardButton = QDialogButtonBox.StandardButton.Ok,
    ) -> QDialogButtonBox:
        """Put fields in their place, by their labels, then what stands below them, and a button
        that takes the form. Returns the buttons."""
        self.form = form = QFormLayout()
        form.setContentsMargins(*NO_MARGINS)
        for label, field in fields.items():
            form.addRow(label, field)
            if isinstance(field, QAbstractSpinBox):
                _begin_left(field)
        buttons = QDialogButtonBox(button | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        ground = QWidget()
        ground.setLayout(form)
        self._fields = _Fields(ground)
        self._body = column((self._fields, 1), *below, buttons)
        self.setLayout(self._body)
        return buttons

    def fit(self) -> None:
        """Be as large as what is in it now, which may be smaller than before."""
        self._fields.updateGeometry()
        self.adjustSize()
        self._grow()

    def give_way(self, pixels: int) -> None:
        """Hear how many pixels the screen is too low by to show all without scrolling; below 0 for
        those to spare. What can do with less room overrides it."""

    def _grow(self) -> None:
        """Be no smaller than what is in it, as far as the screen reaches."""
        # Qt itself grows no higher than two thirds of the screen, which is too low for large text.
        layout, room = self._body, self.screen().availableGeometry()
        frame = max(self.frameGeometry().height() - self.height(), _TITLE_BAR)
        width = max(self.width(), layout.totalSizeHint().width())
        high = layout.totalSizeHint().height()
        if layout.hasHeightForWidth():
            high = layout.totalHeightForWidth(width)
        self.give_way(high - (room.height() - frame))
        self.resize(width, min(max(self.height(), high), room.height() - frame))
        beyond = self.geometry().bottom() - room.bottom()
        if beyond > 0:
            self.move(self.x(), max(room.top(), self.y() - beyond))


def _begin_left(field: QAbstractSpinBox) -> None:
    """Have the number of a field begin where the text of the fields above and below it does."""
    field.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    inside = field.findChild(QLineEdit)
    if inside is not None:
        inside.setTextMargins(theme.px(6), 0, theme.px(6), 0)


class _Fields(VerticalScroll):
    """The fields: as large as they are where there is room, and scrolling where there is not."""

    def __init__(self, ground: QWidget) -> None:
        super().__init__(ground)
        self._ground = ground
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the first field has it; keys move within

    def sizeHint(self) -> QSize:
        return self._ground.sizeHint()

    def minimumSizeHint(self) -> QSize:
        least = self._ground.minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width() if self._is_low(least) else 0
        return QSize(least.width() + bar, min(least.height(), theme.px(_LEAST)))

    def _is_low(self, least: QSize) -> bool:
        return self.isVisible() and self.height() < least.height()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A QScrollArea hears all events of what is in it.
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
