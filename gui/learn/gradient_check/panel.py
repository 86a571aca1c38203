"""GradientCheckPanel: backward's gradient of every parameter beside that from differences."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.maths.network import FORWARD_ONLY
from engine.run.gradient_check import (
    STEP,
    TOLERANCE,
    GradientCheck,
    ParameterCheck,
    unseen_mistakes,
)
from engine.text.numbers import format_count, format_number
from gui import theme
from gui.canvas.whose import batch_words
from gui.tables.figure_table import FigureRow, FigureTable
from gui.view import View
from gui.widgets.labels import SecondaryLabel, WrappedLabel
from gui.widgets.layouts import NO_MARGINS, column

SIGNS = {"right": "✓", "wrong": "✗", "kink": "~"}
_COLOURS = {"right": "secondary", "wrong": "error", "kink": "secondary"}
_HEADS = ("", "backward", "numeric", "rel. error")

_EXPLANATION = (
    f"Each parameter is moved by h = {format_number(STEP)} both ways, and "
    "(E(w + h) − E(w − h)) / 2h, with this iteration’s batch, should be what backward says. "
    "The bend of the loss and rounding mostly leave far less than "
    f"{format_number(TOLERANCE)} between them; a wrong formula far more."
)


class GradientCheckPanel(QWidget):
    """A line with the outcome above a table of all parameters. Follows the iteration at the
    cursor. `parameter_chosen` carries the Parameter of the row
    that the person went to."""

    parameter_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline, self.notes = WrappedLabel("checkHeadline"), WrappedLabel("checkNotes")
        self.headline.setProperty("letters", "bold")
        explanation = SecondaryLabel(_EXPLANATION)
        explanation.setWordWrap(True)
        self.table = FigureTable("Gradients by backward and by differences")
        self.table.row_chosen.connect(self.parameter_chosen)
        self.setFocusProxy(self.table)
        parts = self.headline, self.notes, (self.table, 1), explanation
        self.setLayout(column(*parts, gap=theme.GAP, margins=NO_MARGINS))
        self._is_wrong = False

    def display(self, view: View) -> None:
        """Show the check of a view's iteration."""
        check = view.check
        self._is_wrong = check is not None and not check.agrees
        self._colour_headline()
        if check is None:
            waits = "Checked again when training pauses." if view.training else "Working it out …"
            self.headline.setText(waits if view.spec.can_train else FORWARD_ONLY)
            self.notes.hide()
            self.table.show_rows(_HEADS, [], view.digits)
            return
        self.headline.setText(_headline(view, check))
        notes = "\n".join(_notes(view, check))
        self.notes.setText(notes)
        self.notes.setVisible(bool(notes))
        self.table.show_rows(_HEADS, [_row(view, each) for each in check.checked], view.digits)

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self._colour_headline()
        self.table.restyle()

    def _colour_headline(self) -> None:
        colour = theme.current().error if self._is_wrong else theme.current().ink
        self.headline.setStyleSheet(f"color: {colour};")


def _row(view: View, each: ParameterCheck) -> FigureRow:
    name = view.notation.parameter(view.spec.network, each.parameter)
    error = "at a kink" if each.verdict == "kink" else format_number(each.relative_error, 2)
    return FigureRow(
        each.parameter,
        name,
        (each.gradient, each.numeric, f"{error} {SIGNS[each.verdict]}"),
        _COLOURS[each.verdict],
        each.verdict == "wrong",
    )


def _headline(view: View, check: GradientCheck) -> str:
    worst = check.worst
    if worst is None:
        return "~ Every parameter is at a kink: differences tell nothing here."
    error = format_number(worst.relative_error, 2)
    if not check.agrees:
        symbol = view.notation.parameter(view.spec.network, worst.parameter)
        wrong, count = format_count(check.count("wrong")), format_count(len(check.checked))
        loss = view.notation.loss
        return (
            f"✗ Wrong: {wrong} of {count} gradients differ, most of all "
            f"∂{loss}/∂{symbol} (relative error {error})."
        )
    if worst.relative_error > TOLERANCE:
        return f"✓ Agrees, as far as rounding lets differences tell (largest {error})."
    return f"✓ Agrees: largest relative error {error}."


def _notes(view: View, check: GradientCheck) -> list[str]:
    notes = unseen_mistakes(view.spec, check)
    if whose := batch_words(view):
        notes.append(f"The gradients are the batch's: {whose}.")
    if check.is_sample:
        count, size = format_count(len(check.checked)), format_count(check.size)
        notes.append(
            f"Checked are {count} of {size} parameters: as many of each layer, drawn at random, "
            "always the same."
        )
    kinks = check.count("kink")
    if kinks and check.worst is not None:
        of_loss = view.spec.loss_function.bend is not None
        bend = "or an output across where the loss bends, " if of_loss else ""
        what = "1 parameter is" if kinks == 1 else f"{format_count(kinks)} parameters are"
        notes.append(
            f"{what} at a kink: the step moves a net input across 0, {bend}where the loss has no "
            "one slope. That is no failure."
        )
    return notes
