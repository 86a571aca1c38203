"""WritingMenu: how numbers and symbols are written, one choice for the whole window."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from engine.formulas.notation import CHOICES, DEFAULT
from gui import settings
from gui.settings import KeptSetting

DIGITS: dict[str, int | None] = {"4": 4, "6": 6, "9": 9, "all": None}
PAPER: dict[str, int | None] = {"off": None, "3": 3, "4": 4, "5": 5, "9": 9}
GRADIENTS = {"sample": "this sample's", "batch": "the batch's", "both": "both, adding up"}
_WHY_IDLE = "The batch has one sample: its gradient is the batch's."

_TITLES = {
    "target": "Target",
    "activation": "Activation",
    "net_input": "Net input",
    "loss": "Loss",
    "parameters": "Weights and biases",
}
_MEANINGS = {
    "ŷ": "ŷ for outputs, a for hidden units",
    "named": "by name, as w5",
    "indexed": "by index, as w²₁₁",
}


class WritingMenu(QObject):
    """Submenus for digits, notation, whose gradients, and paper mode. With `remember` the first
    three outlive the window; paper mode, which changes what is shown, begins anew as off.

    The signals carry a number of digits or None for all, a Notation, a key of GRADIENTS, and the
    decimals of paper mode or None for off.
    """

    digits_chosen = Signal(object)
    notation_chosen = Signal(object)
    gradients_chosen = Signal(str)
    paper_chosen = Signal(object)

    def __init__(self, menu: QMenu, remember: bool) -> None:
        super().__init__(menu)
        self._remember = remember
        self.digits = DIGITS[self._remembered(settings.DIGITS)]
        self.notation = DEFAULT
        names = {choice: choice for choice in DIGITS}
        self._add_remembered(menu, "Digits", settings.DIGITS, names, self._choose_digits)
        below = menu.addMenu("Notation")
        for quantity, choices in CHOICES.items():
            self._add_quantity(below, quantity, choices)
        self.gradients = self._remembered(settings.GRADIENTS)
        self._whose = self._add_remembered(
            menu, "Gradients", settings.GRADIENTS, GRADIENTS, self._choose_gradients
        )
        self._why_idle = QAction(_WHY_IDLE, self._whose)
        self._why_idle.setEnabled(False)
        names = {choice: f"{choice} decimals" if PAPER[choice] else choice for choice in PAPER}
        self._add(menu, "Paper mode", "paper", names, "off", self._choose_paper)

    def follow(self, batch_size: int) -> None:
        """Offer a choice of whose gradients are shown, or say why there is none to make."""
        is_idle = batch_size == 1
        if is_idle == (self._why_idle in self._whose.actions()):
            return
        for action in self._whose.actions():
            action.setEnabled(not is_idle)
        if is_idle:
            self._whose.insertAction(self._whose.actions()[0], self._why_idle)
            self._why_idle.setEnabled(False)
        else:
            self._whose.removeAction(self._why_idle)

    def _add_quantity(self, menu: QMenu, quantity: str, choices: tuple[str, ...]) -> None:
        def choose(choice: str) -> None:
            self.notation = self.notation.changed(quantity, choice)
            self.notation_chosen.emit(self.notation)

        names = {choice: _MEANINGS.get(choice, choice) for choice in choices}
        setting = settings.NOTATION[quantity]
        self.notation = self.notation.changed(quantity, self._remembered(setting))
        self._add_remembered(menu, _TITLES[quantity], setting, names, choose)

    def _choose_digits(self, choice: str) -> None:
        self.digits = DIGITS[choice]
        self.digits_chosen.emit(self.digits)

    def _choose_paper(self, choice: str) -> None:
        self.paper_chosen.emit(PAPER[choice])

    def _choose_gradients(self, choice: str) -> None:
        self.gradients = choice
        self.gradients_chosen.emit(choice)

    def _remembered(self, setting: KeptSetting[str]) -> str:
        return setting.kept() if self._remember else setting.default

    def _add_remembered(
        self,
        menu: QMenu,
        title: str,
        setting: KeptSetting[str],
        names: Mapping[str, str],
        choose: Callable[[str], None],
    ) -> QMenu:
        """A submenu that begins with what was chosen last, and remembers what is chosen."""

        def take(choice: str) -> None:
            choose(choice)
            if self._remember:
                setting.keep(choice)

        return self._add(menu, title, setting.key, names, self._remembered(setting), take)

    def _add(
        self,
        menu: QMenu,
        title: str,
        key: str,
        names: Mapping[str, str],
        chosen: str,
        take: Callable[[str], None],
    ) -> QMenu:
        """A submenu of which one entry is chosen."""
        submenu = menu.addMenu(title)
        submenu.setObjectName(key)
        group = QActionGroup(submenu)
        for choice, name in names.items():
            action = submenu.addAction(name)
            action.setObjectName(f"{key}/{choice}")
            action.setCheckable(True)
            action.setChecked(choice == chosen)
            group.addAction(action)
            action.triggered.connect(lambda _=False, choice=choice: take(choice))
        return submenu
