"""The lines of the learning rate's schedule: how it goes on, and by what it counts."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.maths.schedules import SCHEDULE_SETTINGS, SCHEDULES, Schedule, ScheduleSetting
from engine.text.numbers import format_number
from gui.panels.network.choice_rows import NONE, ChoiceRows
from gui.widgets.choice import ChoiceItem
from gui.widgets.layouts import NO_MARGINS
from gui.widgets.number_field import Check

_CONSTANT = "constant"


class ScheduleRows(QWidget):
    """How the learning rate goes on. `chosen` has the Schedule that a person wants."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._schedule = Schedule()
        items = [
            ChoiceItem(key, rule.title, note=rule.formula)
            for key, rule in SCHEDULES.items()
            if key != _CONSTANT
        ]
        self._rows = ChoiceRows("schedule", "Rate goes on", items, brief="Schedule")
        for key, each in SCHEDULE_SETTINGS.items():
            self._rows.add_number(key, each.label, each.says, _check_of(each), each.brief)
        self._rows.add_box("per iteration", "Count iterations instead of epochs")
        self._rows.chosen.connect(self._choose)
        self._rows.setting_chosen.connect(self._set)
        self._rows.checked.connect(self._count_iterations)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*NO_MARGINS)
        layout.addWidget(self._rows)

    def begin(self) -> None:
        """Have a schedule where the rate is constant."""
        self._choose("step")
        self._rows.take_focus()

    def display(self, schedule: Schedule, rate: float) -> None:
        """Show the schedule in force, and the learning rate of the next update."""
        self._schedule = schedule
        self.setVisible(not schedule.is_constant)
        rule = SCHEDULES[schedule.name]
        numbers = {name: float(getattr(schedule, name)) for name in rule.settings}
        tip = f"η_t = {rule.formula}, with n {schedule.per}s done. Now it is {format_number(rate)}."
        key = NONE.key if schedule.is_constant else schedule.name
        self._rows.display(key, numbers, schedule.per == "iteration", tip)

    def _choose(self, name: str) -> None:
        self.chosen.emit(self._schedule.another(_CONSTANT if name == NONE.key else name))

    def _set(self, name: str, value: float) -> None:
        given = int(value) if SCHEDULE_SETTINGS[name].is_whole else value
        self.chosen.emit(replace(self._schedule, **{name: given}))

    def _count_iterations(self, chosen: bool) -> None:
        per = "iteration" if chosen else "epoch"
        self.chosen.emit(replace(self._schedule, per=per))


def _check_of(setting: ScheduleSetting) -> Check:
    return lambda value: None if setting.fits(value) else setting.limits
