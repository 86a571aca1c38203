"""Two small buttons at the layer under the pointer: one unit more, one fewer."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from engine.maths.network import Network
from engine.run.limits import INPUTS, UNITS
from gui import theme
from gui.canvas.wishes import Wishes
from gui.widgets.layouts import NO_MARGINS, row
from gui.widgets.plain_text import set_tip
from gui.widgets.typed_text import take_typed_text

_SIDE = 24


class LayerButtons(QFrame):
    """Shown by the canvas below (or beside) a column of nodes."""

    def __init__(self, parent: QWidget, wishes: Wishes) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self._frame = parent
        self.setObjectName("layerButtons")
        self.layer: int | None = None
        self._count = 0
        self._fewer = self._button("−", "removeUnit")
        self._more = self._button("+", "addUnit")
        self.setLayout(row(self._fewer, self._more, gap=4, margins=NO_MARGINS))
        self._fewer.clicked.connect(self._remove)
        self._more.clicked.connect(self._add)
        self.restyle()
        self.hide()

    def _button(self, words: str, name: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        # The menu of a node does the same by keyboard; Tab goes through the network instead.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.pressed.connect(take_typed_text)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def offer(self, network: Network, layer: int, column: QRect) -> None:
        """Show the buttons for a layer, below its column if there is room."""
        self.layer, self._count = layer, network.sizes[layer]
        more = "Add an input" if layer == 0 else "Add an output"
        if 0 < layer < network.depth:
            more = f"Add a unit to hidden layer {layer}"
        fewer = f"Remove {network.unit_name(layer, self._count - 1)}"
        self._more.setEnabled(self._count < (UNITS.most if layer else INPUTS.most))
        self._fewer.setEnabled(self._count > 1)
        for button, words in ((self._more, more), (self._fewer, fewer)):
            button.setAccessibleName(words)
            set_tip(button, words)
        size, room = self.sizeHint(), self._frame.rect()
        x, y = column.center().x() - size.width() // 2, column.bottom() + 3
        if y + size.height() > room.bottom():
            # No room below: beside the top of the column.
            y = max(2, column.top())
            x = column.right() + 3
            if x + size.width() > room.right():
                x = column.left() - 3 - size.width()
        x = min(max(x, 0), room.right() - size.width())
        self.setGeometry(x, y, size.width(), size.height())
        self.show()
        self.raise_()

    def withdraw(self) -> None:
        """Hide the buttons."""
        # To hide what is under the pointer sends Leave at once, to the view as well, which then
        # withdraws them too: so first nothing is offered any more.
        if self.layer is not None:
            self.layer = None
            self.hide()

    def _add(self) -> None:
        if self.layer is not None:
            self._wishes.unit_added.emit(self.layer)

    def _remove(self) -> None:
        if self.layer is not None:
            self._wishes.unit_removed.emit(self.layer, self._count - 1)

    def restyle(self) -> None:
        """Follow the theme."""
        t, side = theme.current(), theme.px(_SIDE)
        for button in (self._fewer, self._more):
            button.setFixedSize(side, side)
        self.setStyleSheet(
            f"QPushButton {{ padding: 0; min-height: 0; border-radius: {side // 2}px;"
            f" font-size: {theme.px(16)}px; font-weight: bold; color: {t.accent};"
            f" background: {t.card}; border: 1px solid {t.border}; }}"
            f"QPushButton:hover {{ background: {t.accent_soft}; border-color: {t.accent}; }}"
            f"QPushButton:disabled {{ color: {t.secondary}; background: {t.sunken}; }}"
        )
