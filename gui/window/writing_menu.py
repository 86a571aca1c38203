"""WritingMenu: how numbers and symbols are written, one choice for the whole window."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from engine.formulas.notation import CHOICES, DEFAULT
from gui import settings
from gui.settings import KeptSetting

DIGITS: dict[str, int | None] = {"4": 4, "6": 6, "9": 9, "all": None}
PAPER: dict[str, int | None] = {"off": None, "3": 3, "4": 4, "5": 5, "9": 9}

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
    """Submenus for digits, notation and paper mode. With `remember` digits and notation outlive
    the window; paper mode, which changes what is shown, begins anew as off.

    The signals carry a number of digits or None for all, a Notation, and the decimals of paper
    mode or None for off.
    """

    digits_chosen = Signal(object)
    notation_chosen = Signal(object)
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
        names = {choice: f"{choice} decimals" if PAPER[choice] else choice for choice in PAPER}
        self._add(menu, "Paper mode", "paper", names, "off", self._choose_paper)

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

    def _remembered(self, setting: KeptSetting[str]) -> str:
        return setting.kept() if self._remember else setting.default

    def _add_remembered(
        self,
        menu: QMenu,
        title: str,
        setting: KeptSetting[str],
        names: Mapping[str, str],
        choose: Callable[[str], None],
    ) -> None:
        """A submenu that begins with what was chosen last, and remembers what is chosen."""

        def take(choice: str) -> None:
            choose(choice)
            if self._remember:
                setting.keep(choice)

        self._add(menu, title, setting.key, names, self._remembered(setting), take)

    def _add(
        self,
        menu: QMenu,
        title: str,
        key: str,
        names: Mapping[str, str],
        chosen: str,
        take: Callable[[str], None],
    ) -> None:
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
