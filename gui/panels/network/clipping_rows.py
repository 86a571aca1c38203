"""The lines of gradient clipping: by what gradients are cut, and to how much."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.maths.clipping import CLIPPINGS, Clipping
from gui.panels.network.choice_rows import NONE, ChoiceRows
from gui.widgets.choice import ChoiceItem
from gui.widgets.layouts import NO_MARGINS

_LIMIT_OUT = "a limit of gradients lies above 0 and below 1e12"


class ClippingRows(QWidget):
    """How gradients are cut before an update. `chosen` has the Clipping that a person wants."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._clipping = Clipping()
        items = [
            ChoiceItem(key, rule.title, note=rule.formula)
            for key, rule in CLIPPINGS.items()
            if key != NONE.key
        ]
        self._rows = ChoiceRows("clipping", "Clip gradients", items, brief="Clipping")
        self._rows.add_number(
            "limit",
            "Limit c",
            "c: the length that the gradient has at most, or the size of each of its entries",
            lambda value: None if 0.0 < value < 1e12 else _LIMIT_OUT,
        )
        self._rows.chosen.connect(
            lambda name: self.chosen.emit(replace(self._clipping, name=name))
        )
        self._rows.setting_chosen.connect(
            lambda _, value: self.chosen.emit(replace(self._clipping, limit=value))
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*NO_MARGINS)
        layout.addWidget(self._rows)

    def begin(self) -> None:
        """Have gradients clipped where they are not yet."""
        self.chosen.emit(replace(self._clipping, name="norm"))
        self._rows.take_focus()

    def display(self, clipping: Clipping) -> None:
        """Show the clipping in force."""
        self._clipping = clipping
        self.setVisible(clipping.is_on)
        tip = f"{CLIPPINGS[clipping.name].formula}: a step of the update, after the gradient"
        self._rows.display(clipping.name, {"limit": clipping.limit}, tip=tip)
