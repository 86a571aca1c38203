"""Buttons and check boxes that leave Space to the window: Enter presses them.

Space, PageDown, PageUp and T step and train wherever the focus is, so nothing but a field in
which text is typed may keep them.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRectF, QSignalBlocker, QSize, Qt, SignalInstance
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QMenu, QPushButton

from gui import theme
from gui.widgets.plain_text import set_tip
from gui.widgets.typed_text import take_typed_text

_BOX = 14  # pixels
_GAP = 6  # between a box and its text


class Button(QPushButton):
    """A push button with a tooltip, a name for screen readers and one by which it is found.

    `pressed` is called, or emitted, when it is pressed; `link` makes it look like a link.
    """

    def __init__(
        self,
        text: str,
        name: str,
        tip: str = "",
        pressed: Callable[[], object] | SignalInstance | None = None,
        link: bool = False,
    ) -> None:
        super().__init__(text)
        self.setObjectName(name)
        set_tip(self, tip)
        self.setAccessibleName(text.strip(" ▾▶◀❚✕"))
        self.setProperty("link", link)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self.pressed.connect(take_typed_text)
        if pressed is not None:
            self.clicked.connect(pressed)

    def open_menu(self, menu: QMenu) -> None:
        """Open a menu right below the button."""
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        press_by_enter(self, event)


class CheckBox(QCheckBox):
    """A check box that Enter toggles; painted here, since Qt's own is black on black in the
    dark theme."""

    def show_checked(self, checked: bool) -> None:
        """Show what is in force, without a signal."""
        with QSignalBlocker(self):
            self.setChecked(checked)

    def sizeHint(self) -> QSize:
        text, side = self.fontMetrics().size(0, self.text()), theme.px(_BOX)
        return QSize(side + _GAP + text.width() + 1, max(side, text.height()) + theme.px(4))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.current()
        side, scale = theme.px(_BOX), theme.scale()
        box = QRectF(0.5, (self.height() - side) // 2 + 0.5, side - 1, side - 1)
        lit = self.hasFocus() or self.underMouse()
        full = self.isChecked() and self.isEnabled()
        painter.setPen(colours.colour("accent" if lit or full else "secondary"))
        painter.setBrush(colours.colour("accent" if full else "card"))
        painter.drawRoundedRect(box, 3, 3)
        if self.isChecked():
            painter.setPen(QPen(colours.colour("accent_ink" if full else "secondary"), 2 * scale))
            x, y = box.left(), box.top()
            tick = ((3, 6.5), (5.5, 9.5), (10, 3.5))
            painter.drawPolyline([QPointF(x + scale * dx, y + scale * dy) for dx, dy in tick])
        painter.setPen(colours.colour("ink" if self.isEnabled() else "secondary"))
        text = self.rect().adjusted(side + _GAP, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        press_by_enter(self, event)


def press_by_enter(button: QAbstractButton, event: QKeyEvent) -> None:
    """Have Enter press a button, and leave all other keys, Space among them, to the window."""
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        button.click()
    else:
        event.ignore()
