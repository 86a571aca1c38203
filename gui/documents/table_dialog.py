"""The dialog for a table of a person's own: what its columns are for, and the network for it."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtWidgets import QCheckBox, QLineEdit, QListWidget, QWidget

from engine.data.preparation import (
    Plan,
    Problem,
    prepared,
    problems,
    proposed_plan,
    shape_of,
    spec_of,
)
from engine.data.table import Table
from engine.documents.document import Document
from engine.documents.titles import new_title
from engine.maths.losses import LOSSES
from engine.run.check_spec import SpecError
from engine.run.iteration import Interrupted
from engine.run.limits import HIDDEN_LAYERS, UNITS
from engine.run.scaling import SCALINGS
from engine.run.spec import Spec, start_state
from engine.text.numbers import counted, format_count
from gui import theme
from gui.documents.column_roles import ColumnRoles
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.count_field import CountField
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import ErrorLabel, SecondaryLabel
from gui.widgets.number_field import NumberField
from gui.widgets.waiting import waited_for

_LISTED = 200  # rows that cannot be taken; of the others their number
_QUICK_CELLS = 200_000
_SEEN = 3  # rows of that list, and one on a low screen
_ROW = 24  # pixels

Reread = Callable[[bool], Table]
"""Reads the table anew, with or without a heading. Raises TableError, and Interrupted."""


class TableDialog(FormDialog):
    """Asks what the columns of a table are for; everything is proposed, and can be changed."""

    def __init__(
        self, name: str, table: Table, reread: Reread, parent: QWidget | None = None
    ) -> None:
        super().__init__(f"{name}: a network for it", parent)
        self._name, self._table, self._reread = name, table, reread
        self._problems: list[Problem] = []
        self._spec: Spec | None = None
        self._about = SecondaryLabel(name="tableAbout")
        self._about.setWordWrap(True)
        self._columns = ColumnRoles()
        self._columns.changed.connect(self._follow)
        self._heading = _check("tableHeading", "The first line names the columns")
        self._heading.setChecked(table.has_heading)
        self._heading.clicked.connect(self._read_again)
        self._two = _check("tableTwoInOne", "Two classes share one output, 0 and 1")
        self._scaling = Choice("tableScaling", "Scaling of numbers")
        self._scaling.offer(
            [
                ChoiceItem("", "none: as they are"),
                *(ChoiceItem(rule.key, rule.title) for rule in SCALINGS.values()),
            ]
        )
        self._scaling.chosen.connect(self._scaling.show_key)
        self._hidden = QLineEdit()
        self._hidden.setObjectName("tableHidden")
        self._hidden.setAccessibleName("Hidden units, layer by layer")
        self._hidden.setPlaceholderText("such as 3 or 8, 8; empty for none")
        self._rate = NumberField(0.1, _rate_objection)
        self._rate.setObjectName("tableRate")
        self._rate.setAccessibleName("Learning rate")
        self._test = CountField("tableTest", "Percent of the rows kept out of training", 0, 90)
        self._test.setSuffix(" %")
        self._list = QListWidget()
        self._list.setObjectName("tableProblems")
        self._list.setAccessibleName("Rows that cannot be taken as they are")
        self._list.setFixedHeight(theme.px(_ROW) * _SEEN)
        self._leave_out = _check("tableLeaveOut", "")
        self._preview = SecondaryLabel(name="tablePreview")
        self._preview.setWordWrap(True)
        self._problem = ErrorLabel("tableProblem")
        fields = {
            "&Hidden units, layer by layer": self._hidden,
            "&Scaling of numbers": self._scaling,
            "&Learning rate": self._rate,
            "&Kept out of training": self._test,
        }
        self.lay_out(
            fields, self._list, self._leave_out, self._preview, self._problem,
        )
        self.form.insertRow(0, self._about)
        self.form.insertRow(1, self._columns)
        self.form.insertRow(2, self._heading)
        self.form.insertRow(3, self._two)
        self.setMinimumWidth(theme.px(620))
        self._two.clicked.connect(self._follow)
        self._leave_out.clicked.connect(self._follow)
        self._hidden.textChanged.connect(self._follow)
        self._test.valueChanged.connect(self._follow)
        self._show_proposal()

    def _show_proposal(self) -> None:
        table, plan = self._table, proposed_plan(self._table)
        rows = f"{format_count(len(table))} row{'s' * (len(table) != 1)}"
        if table.whole is not None:
            rows += f", drawn from {format_count(table.whole)}"
        self._about.setText(f"{rows} × {counted(len(table.columns), 'column')}")
        self._columns.show_table(table, plan.roles)
        self._two.setChecked(plan.two_in_one)
        self._scaling.show_key(plan.scaling)
        self._hidden.setText(", ".join(map(str, plan.hidden)))
        self._rate.set_value(plan.learning_rate)
        self._leave_out.setChecked(False)
        self._follow()

    def _read_again(self) -> None:
        """Take the first line for a heading, or for a row."""
        try:
            self._table = self._reread(self._heading.isChecked())
        except (Interrupted, ValueError) as error:
            self._heading.setChecked(self._table.has_heading)
            self._problem.say(str(error))
            return
        self._show_proposal()

    def _follow(self) -> None:
        """Show what follows from the fields."""
        self._problem.say("")
        plan = self._plan_without_fields()
        self._problems = problems(self._table, plan)
        count = len(self._problems)
        self._list.setVisible(bool(count))
        self._leave_out.setVisible(bool(count))
        self._list.clear()
        for problem in self._problems[:_LISTED]:
            can_be_class = problem.column is not None and "no number" in problem.sentence
            hint = " The column can be taken as classes." if can_be_class else ""
            self._list.addItem(problem.sentence + hint)
        if count > _LISTED:
            self._list.addItem(f"… and {format_count(count - _LISTED)} more")
        rows = "this row" if count == 1 else f"these {format_count(count)} rows"
        self._leave_out.setText(f"Leave {rows} out")
        shape = shape_of(self._table, plan)
        self.form.setRowVisible(self._two, shape.has_two_classes)
        hidden = self._hidden.text().strip()
        self._preview.setText(
            f"{counted(shape.inputs, 'input')} → {f'{hidden} → ' if hidden else ''}"
            f"{counted(shape.outputs, 'output')} with {shape.activation}, "
            f"{LOSSES[shape.loss].title}; {format_count(len(self._table) - self._left)} samples"
            if plan.inputs and plan.targets
            else ""
        )
        self.fit()

    def give_way(self, pixels: int) -> None:
        """Let the list take less room: it scrolls in any case, the fields need not."""
        least, now = theme.px(_ROW), self._list.minimumHeight()
        height = min(max(now - pixels, least), least * _SEEN)
        if height != now:
            self._list.setFixedHeight(height)

    @property
    def _left(self) -> int:
        lines = set(self._table.lines.tolist())
        return sum(problem.line in lines for problem in self._problems)

    def _plan_without_fields(self) -> Plan:
        return Plan(self._columns.roles(), two_in_one=self._two.isChecked())

    def _plan(self) -> Plan:
        """What was asked for. Raises ValueError with a sentence."""
        return replace(
            self._plan_without_fields(),
            scaling=self._scaling.key,
            hidden=_sizes(self._hidden.text()),
            learning_rate=self._rate.value,
            test=self._test.value() / 100,
            leave_out=self._leave_out.isChecked(),
        )

    def accept(self) -> None:
        if not self._rate.finish():
            return
        try:
            plan = self._plan()
            if self._problems and not plan.leave_out:
                raise ValueError(
                    "Some rows cannot be taken as they are: leave them out, leave columns out, or "
                    "take a column as classes."
                )
            self._spec = self._made(plan)
        except Interrupted:
            return
        except SpecError as error:
            self._problem.say(error.told)
        except ValueError as error:
            self._problem.say(str(error))
        else:
            super().accept()

    def _made(self, plan: Plan) -> Spec:
        table = self._table
        if len(table) * len(table.columns) < _QUICK_CELLS:
            return spec_of(prepared(table, plan), plan)
        return waited_for(
            self, "Preparing the samples …", lambda check: spec_of(prepared(table, plan), plan)
        )

    def document(self) -> Document:
        """The document that was asked for, with start values drawn from its seed."""
        assert self._spec is not None
        spec = self._spec
        title = new_title(spec.network.sizes, self._name.rpartition(".")[0] or "own data")
        start, sample = start_state(spec).theta, spec.data.first_row
        return Document(spec=spec, start=start, title=title, sample=sample)


def _check(name: str, text: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setObjectName(name)
    return box


def _rate_objection(value: float) -> str | None:
    return None if 0.0 < value < 1e12 else "A learning rate is above 0."


def _sizes(text: str) -> tuple[int, ...]:
    """Sizes of hidden layers. Raises ValueError with a sentence."""
    words = [word for word in re.split(r"[\s,;]+", text.strip()) if word]
    for word in words:
        if not word.isdecimal() or len(word) > 9 or int(word) not in UNITS:
            raise ValueError(f'A layer has {UNITS} units; "{word}" is no such number.')
    if len(words) > HIDDEN_LAYERS.most:
        raise ValueError(f"At most {HIDDEN_LAYERS.most} hidden layers are possible.")
    return tuple(map(int, words))
