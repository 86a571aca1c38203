"""SummaryPanel: what training has come to, in a few numbers."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.maths.metrics import METRICS
from engine.run.iteration import Evaluation
from engine.run.spec import Spec
from engine.text.numbers import format_count, format_distinct, format_number
from gui import theme
from gui.view import View
from gui.widgets.card import Card
from gui.widgets.labels import RichLabel, SecondaryLabel
from gui.widgets.plain_text import set_tip
from gui.widgets.vertical_scroll import VerticalScroll

_PENDING = "…"
_SHARE = "accuracy"  # the metric that says how many samples are right
_SPACING = 4
_LEAST_PITCH, _LARGEST_PITCH = 20, 38  # pixels from row to row
_SQUARED = 1e-100, 1e100  # between these a square is as exact as the number


class _Row(Struct, frozen=True):
    """A row: what it says, how its value is written, and the number that was rounded for that."""

    name: str
    text: str
    number: float | None = None


class SummaryPanel(Card):
    """The card "What happened": labels and values, one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What happened", parent)
        self._view: View | None = None
        self._labels: list[QLabel] = []
        self._values: list[QLabel] = []
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.GAP)
        self._grid.setVerticalSpacing(_SPACING)
        self._grid.setColumnStretch(0, 1)
        self._scroll = VerticalScroll(content)
        self.body.addWidget(self._scroll, 1)

    def rows(self) -> list[tuple[str, str]]:
        """What is shown, as (label, value)."""
        return [
            (label.text(), value.text())
            for label, value in zip(self._labels, self._values, strict=True)
        ]

    def display(self, view: View) -> None:
        """Show the numbers of a View."""
        shown, self._view = self._view, view
        if (
            shown is not None
            and view.is_only_steps_from(shown)
            and view.iteration is shown.iteration
        ):
            return
        rows = _rows(view)
        self._have(len(rows))
        old = {} if view.before is None else {row.name: row for row in _rows(view.before)}
        for row, label, value in zip(rows, self._labels, self._values, strict=True):
            label.setText(row.name)
            value.setText(_struck(old.get(row.name, row), row, view.digits))
            set_tip(value, "" if row.number is None else format_number(row.number, None))
            value.setAccessibleName(row.name)
        self._grid.activate()  # or a number that has become longer is cut off for a frame

    def restyle(self) -> None:
        """Follow a change of the size of text."""
        self._spread()

    def _have(self, count: int) -> None:
        """Have as many rows as are needed; what is there already stays."""
        if len(self._labels) == count:
            return
        while len(self._labels) > count:
            self._labels.pop().deleteLater()
            self._values.pop().deleteLater()
        while len(self._labels) < count:
            label, value = SecondaryLabel(), RichLabel()
            value.setTextFormat(Qt.TextFormat.AutoText)  # a number, or two with one struck out
            label.setWordWrap(True)
            value.setProperty("letters", "bold")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            row = len(self._labels)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignRight)
            self._labels.append(label)
            self._values.append(value)
        self._spread()

    def _spread(self) -> None:
        """Share out the height there is among the rows, within reason."""
        count = len(self._labels)
        pitch = self._scroll.viewport().height() // count if count else 0
        for row in range(self._grid.rowCount()):
            height = min(max(pitch, theme.px(_LEAST_PITCH)), theme.px(_LARGEST_PITCH)) - _SPACING
            self._grid.setRowMinimumHeight(row, height if row < count else 0)
            self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(count, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()


def _rows(view: View) -> list[_Row]:
    spec, evaluation, digits, notation = view.spec, view.evaluation, view.digits, view.notation
    rows = [
        _number("epochs", view.epoch_position, digits),
        _number(f"loss {notation.loss}, {LOSSES[spec.loss].title}", view.loss, digits),
    ]
    is_split, test = len(spec.data.test) > 0, None if evaluation is None else evaluation.test
    if is_split:
        rows.append(_number("test loss", None if test is None else test.loss, digits))
        rows.append(_number("gap, test − training", _gap(evaluation), digits))
    if len(spec.data.validation):
        found = None if evaluation is None else evaluation.validation
        rows.append(_number("validation loss", None if found is None else found.loss, digits))
    for place, key in enumerate(spec.metrics):
        if key == _SHARE and spec.has_classes:
            continue  # said below, as 2 of 4
        value = None if evaluation is None else evaluation.metrics[place]
        rows.append(_number(METRICS[key].title, value, digits))
        if is_split:
            value = None if test is None else test.metrics[place]
            rows.append(_number(f"{METRICS[key].title}, test", value, digits))
    trained = spec.data.training_rows
    if spec.has_targets:
        largest = None
        if evaluation is not None:
            apart = np.abs(spec.scaled.targets - evaluation.outputs)
            largest = float(apart[trained].max())
        name = f"largest |{notation.target} − {notation.activation}|"
        rows.append(_number(name, largest, digits))
    if spec.has_classes:
        rows.append(_right(spec, evaluation, trained))
        if is_split:
            rows.append(_right(spec, evaluation, spec.data.test, "test "))
        if len(spec.data.validation):
            rows.append(_right(spec, evaluation, spec.data.validation, "validation "))
    rows.append(_number("updates done", view.t, digits))
    rows.append(_number("learning rate", spec.rate_at(view.t + 1), digits))
    if view.iteration is not None and spec.can_train:
        rows.append(_number("gradient norm", _norm(view.iteration.gradient), digits))
    return rows


def _norm(gradient: Array) -> float:
    """The length of a gradient, also where the square of a number would be none any more."""
    with np.errstate(over="ignore"):
        norm = float(np.linalg.norm(gradient))
    if _SQUARED[0] < norm < _SQUARED[1]:
        return norm
    largest = float(np.abs(gradient).max())
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    return largest * float(np.linalg.norm(gradient / largest))


def _number(name: str, value: float | None, digits: int | None) -> _Row:
    if value is None:
        return _Row(name, _PENDING)
    if float(value).is_integer() and name in ("epochs", "updates done"):
        return _Row(name, format_count(int(value)))
    return _Row(name, format_number(value, digits), value)


def _struck(old: _Row, row: _Row, digits: int | None) -> str:
    """The text of a row, after the one before an edit struck through, where they differ."""
    before, text = old.text, row.text
    if old.number is not None and row.number is not None:
        before, text = format_distinct(old.number, row.number, digits)
    if before == text or _PENDING in (before, text):
        return text
    colour = theme.current().secondary
    return f'<s style="color:{colour}; font-weight:normal">{before}</s>&nbsp; {text}'


def _gap(evaluation: Evaluation | None) -> float | None:
    """By how much the loss of test samples is above that of the training set."""
    if evaluation is None or evaluation.test is None:
        return None
    return evaluation.test.loss - evaluation.loss


def _right(
    spec: Spec, evaluation: Evaluation | None, rows: NDArray[np.intp], kind: str = ""
) -> _Row:
    count = len(rows)
    name = f"{kind}{'sample' if count == 1 else 'samples'} right"
    if evaluation is None:
        return _Row(name, _PENDING)
    right = int(spec.are_right(evaluation.outputs)[rows].sum())
    if count == 1:
        return _Row(name, "yes" if right else "no")
    return _Row(name, f"{format_count(right)} of {format_count(count)}")
