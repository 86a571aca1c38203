"""WhyCard: what training has come to, or, once a step is shown, where its value comes from."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from engine.maths.network import Parameter
from engine.run.given import Given
from engine.run.steps import StepId
from gui.panels.summary import SummaryPanel
from gui.view import View

if TYPE_CHECKING:
    from gui.panels.derivation import DerivationPanel

_NEEDED = ("engine.derivations.derive", "gui.formulas.derivation_view", "gui.panels.derivation")


class WhyCard(QStackedWidget):
    """Shows one of two panels. What derives a step is loaded when it is wanted first, or by
    `load`, so that the window is up sooner; `derivation_made` then carries its panel, once.

    The summary is shown its views by itself: it changes less often while training.
    """

    derivation_made = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view: View | None = None
        self._fills_room = False
        self._derivation: DerivationPanel | None = None
        self.summary = SummaryPanel(self)
        self.addWidget(self.summary)

    @property
    def derivation(self) -> DerivationPanel:
        """The panel that explains a step."""
        if self._derivation is None:
            from gui.panels.derivation import DerivationPanel

            self._derivation = DerivationPanel()
            self.addWidget(self._derivation)
            self._derivation.back_button.clicked.connect(self._turn)
            self._derivation.inside.fill_room(self._fills_room)
            self.derivation_made.emit(self._derivation)
            if self._view is not None:
                self._derivation.display(self._view)
        return self._derivation

    def load(self, *modules: str) -> None:
        """Load what explains a step, in turns that hold nobody up."""
        if self._derivation is not None:
            return
        first, *others = modules or _NEEDED
        import_module(first)
        if others:
            QTimer.singleShot(0, self, lambda: self.load(*others))
        else:
            QTimer.singleShot(0, self, lambda: self.derivation)

    def fill_room(self, wanted: bool) -> None:
        """Write what explains a step as large as the card allows, or as large as other text."""
        self._fills_room = wanted
        if self._derivation is not None:
            self._derivation.inside.fill_room(wanted)

    def explain(self, number: StepId | Parameter | Given) -> None:
        """Show where a number comes from, or what it is; not while training, when none stays."""
        if self._view is not None and self._view.training:
            return
        self.derivation.ask(number)
        self.setCurrentWidget(self.derivation)

    def display(self, view: View) -> None:
        """Show what a view says of the step at the cursor, or of a number that was asked for;
        before the first step, the summary."""
        self._view = view
        if view.revealed or self._derivation is not None:
            self.derivation.display(view)
        self._turn()

    def _turn(self) -> None:
        """Have on top what there is something to see of."""
        panel, is_begun = self._derivation, self._view is not None and self._view.revealed > 0
        if panel is not None and (is_begun or panel.is_asked):
            self.setCurrentWidget(panel)
        else:
            self.setCurrentWidget(self.summary)

    def restyle(self) -> None:
        """Follow a change of the theme."""
        if self._derivation is not None:
            self._derivation.restyle()
