"""HeldInputs: fields for the values of those inputs that are no axis of the surface."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from engine.maths.activations import Array
from gui import theme
from gui.widgets.labels import SecondaryLabel
from gui.widgets.number_field import NumberField
from gui.widgets.plain_text import menu_text

_FIELD_WIDTH = 72


class HeldInputs(QScrollArea):
    """A row of fields, one per held input. `chosen` carries an input's index and new value."""

    chosen = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._names: dict[int, str] = {}
        self.fields: dict[int, NumberField] = {}

    def display(self, names: dict[int, str], values: Array) -> None:
        """Show fields for these inputs (index: name); `values` has one of every input."""
        if names != self._names:
            self._names = dict(names)
            self._build()
        for number, field in self.fields.items():
            field.set_value(float(values[number]))
        self.setVisible(bool(names))

    def _build(self) -> None:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(SecondaryLabel("held at"))
        self.fields = {}
        for number, name in self._names.items():
            field = NumberField()
            field.setObjectName(f"held{number + 1}")
            field.setAccessibleName(f"{name} is held at")
            field.edited.connect(lambda value, number=number: self.chosen.emit(number, value))
            label = SecondaryLabel(menu_text(name))
            label.setBuddy(field)
            layout.addWidget(label)
            layout.addWidget(field)
            self.fields[number] = field
        layout.addStretch(1)
        self.setWidget(row)
        row.setAutoFillBackground(False)  # Qt fills what it scrolls; the card shows here
        self.restyle()

    def restyle(self) -> None:
        """Take the room that the size of text asks for."""
        for field in self.fields.values():
            field.setFixedWidth(theme.px(_FIELD_WIDTH))
        self._take_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._take_height()

    def _take_height(self) -> None:
        """As high as the row is, and the bar that scrolls it where it is too long."""
        row = self.widget()
        if self.fields and row is not None:
            bar = self.horizontalScrollBar().sizeHint().height()
            room = bar if row.sizeHint().width() > self.width() else 0
            self.setFixedHeight(row.sizeHint().height() + room)
