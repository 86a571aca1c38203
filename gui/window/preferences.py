"""Preferences: how much memory the way back may take."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox, QWidget

from engine.run.spec import State
from engine.text.numbers import format_count
from engine.training.history import MAX_FRAMES, moments_within
from gui import theme
from gui.settings import LEAST_MIB, MIB, MOST_MIB
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import SecondaryLabel


class PreferencesDialog(FormDialog):
    """Asks for the memory bound, and says what it means for the open network."""

    def __init__(self, memory: int, state: State, parent: QWidget | None = None) -> None:
        super().__init__("Preferences", parent)
        self._state = state
        self._field = QSpinBox()
        self._field.setObjectName("historyMemory")
        self._field.setRange(LEAST_MIB, MOST_MIB)
        self._field.setSingleStep(64)
        self._field.setSuffix(" MiB")
        self._field.setValue(memory // MIB)
        self._field.selectAll()  # typing replaces it
        self._meaning = SecondaryLabel(name="historyMeaning")
        self._meaning.setWordWrap(True)
        self._field.valueChanged.connect(self._explain)
        self.lay_out({"&Memory for the way back": self._field}, self._meaning)
        self.setMinimumWidth(theme.px(420))
        self._explain()

    @property
    def memory(self) -> int:
        """The bound in the field, in bytes."""
        return self._field.value() * MIB

    def _explain(self) -> None:
        count = moments_within(self.memory, self._state)
        most = ", the most that a run keeps" if count == MAX_FRAMES else ""
        self._meaning.setText(
            f"It holds {format_count(count)} moments of the open network{most}. Any other moment "
            "is worked out again from the nearest one before it, so less memory means a longer "
            "wait on the way back, and never another result."
        )
