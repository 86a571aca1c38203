"""The lines of the weight penalties: which there are, how strong each is, whether biases count."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.maths.penalty import PENALTIES, Penalty
from engine.run.check_spec import SpecError, check_penalty
from gui.panels.network.choice_rows import NONE, ChoiceRows
from gui.widgets.choice import ChoiceItem
from gui.widgets.layouts import NO_MARGINS
from gui.widgets.number_field import Check

_USUAL = 0.01  # λ of a penalty that has just been chosen
_BOTH = "l2+l1"
_WHAT = {"l2": "half the sum of the squares", "l1": "the sum of the sizes"}


class PenaltyRows(QWidget):
    """What large weights cost. `chosen` has the Penalty that a person wants."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._penalty = Penalty()
        items = [
            *(ChoiceItem(key, rule.title, note=rule.formula) for key, rule in PENALTIES.items()),
            ChoiceItem(_BOTH, "L2 and L1"),
        ]
        self._rows = ChoiceRows("penalty", "Penalty", items)
        for key, rule in PENALTIES.items():
            symbol = rule.symbol.replace("_2", "₂").replace("_1", "₁")
            says = f"{symbol}: what the {rule.title} penalty takes of {_WHAT[key]} of all weights"
            self._rows.add_number(key, f"{rule.title} {symbol}", says, self._check_of(key), symbol)
        self._rows.add_box("biases too", "Whether biases cost as weights do")
        self._rows.chosen.connect(self._choose)
        self._rows.setting_chosen.connect(
            lambda key, value: self.chosen.emit(replace(self._penalty, **{key: value}))
        )
        self._rows.checked.connect(
            lambda biases: self.chosen.emit(replace(self._penalty, biases=biases))
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*NO_MARGINS)
        layout.addWidget(self._rows)

    def begin(self) -> None:
        """Have a penalty where there is none yet."""
        self._choose("l2")
        self._rows.take_focus()

    def display(self, penalty: Penalty) -> None:
        """Show the penalty in force."""
        self._penalty = penalty
        numbers = {rule.key: strength for rule, strength in penalty.parts}
        key = "+".join(numbers) or NONE.key
        self.setVisible(bool(numbers))
        formulas = " + ".join(rule.formula for rule, _ in penalty.parts)
        tip = f"Added to the loss: {formulas}. It is no weight decay of the update."
        self._rows.display(key, numbers, penalty.biases, tip)

    def _choose(self, key: str) -> None:
        wanted = key.split("+")
        strengths = {
            name: (getattr(self._penalty, name) or _USUAL) if name in wanted else 0.0
            for name in PENALTIES
        }
        self.chosen.emit(replace(self._penalty, **strengths))

    def _check_of(self, key: str) -> Check:
        def objection(value: float) -> str | None:
            try:
                check_penalty(replace(self._penalty, **{key: value}))
            except SpecError as error:
                return error.sentence
            return None

        return objection
