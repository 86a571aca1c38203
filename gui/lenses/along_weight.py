"""WeightLens: the loss along the selected weight, and the tangent that its gradient is the slope
of."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from msgspec import Struct
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.maths.activations import Array
from engine.maths.network import Parameter
from engine.run.iteration import Check, batch_gradient
from engine.run.loss_along import Rows, loss_along, loss_work, losses_at
from engine.run.spec import Spec, State
from engine.text.numbers import counted, format_number
from gui.lenses.lens import WorkingLens
from gui.plots.weight_plot import WeightPlot
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.layouts import NO_MARGINS, column

_POINTS = 81
_AT_ONCE = 8e6  # multiply-adds, some 4 ms: what takes longer is worked out beside the window
_LEAST_REACH = 1.0  # of the axis, either way of the weight
_MIDDLE = 0.7  # of the reach, within which the weight moves and the axis stays
_ASK = "Click a weight or a bias in the network: here is the loss for other values of it."
_CUT = "The edge of {} is cut: the loss does not depend on it."
_LATER = "Worked out when training pauses: it takes long for a network of this size."


class _Question(Struct, frozen=True, eq=False):
    """What a curve answers: the loss of the rows over values of the parameter at a place of θ."""

    spec: Spec
    state: State
    parameter: Parameter
    index: int
    rows: Rows
    values: Array
    gradient: Array | None  # where it is known already

    def is_same(self, other: _Question | None) -> bool:
        """Whether another question has the same answer."""
        return (
            other is not None
            and self.spec is other.spec
            and self.state.theta is other.state.theta
            and self.index == other.index
            and np.array_equal(self.rows, other.rows)
            and np.array_equal(self.values, other.values)
        )

    def answer(self, check: Check) -> tuple[Array, float, float | None]:
        """The curve, the loss where the weight is, and the slope there; None where nothing can be
        learnt."""
        spec, theta = self.spec, self.state.theta
        t = self.state.t
        losses = loss_along(spec, theta, self.index, self.values, self.rows, check, t)
        loss = float(losses_at(spec, theta[np.newaxis], self.rows, check, t)[0])
        gradient = self.gradient
        if gradient is None and spec.network.can_train:
            with np.errstate(all="ignore"):
                gradient = batch_gradient(spec, self.state, self.rows, check)[1]
        slope = None if gradient is None else float(gradient[self.index])
        return losses, loss, slope


class WeightLens(WorkingLens):
    """E(w) for the weight or bias that was selected last on the network, or before any was for that
    of the step, all others as they are, on the batch of the iteration or the whole training set.
    `value_edited` tells of the value that its point was dragged to."""

    value_edited = Signal(Parameter, float)

    def __init__(self, state_of: Callable[[], State], parent: QWidget | None = None) -> None:
        super().__init__("E along a weight", "weightLens", parent)
        self._state_of = state_of
        self._parameter: Parameter | None = None
        self._is_selected = False  # else it is the step's
        self._wants_all = False
        self._middle, self._reach = 0.0, _LEAST_REACH
        self._asked: _Question | None = None
        self._answered: _Question | None = None
        self.plot = WeightPlot(self.page)
        self.plot.set_down.connect(self._on_set_down)
        self.page.setLayout(column((self.plot, 1), margins=NO_MARGINS))
        self.whose_button = Button(
            "", "weightLensRows", "On the batch, or on the whole training set", self._on_whose,
            link=True,
        )
        self.add_to_head(self.whose_button)

    def show_selected(self, number: object) -> None:
        """Hear of what is selected on the network; what is no weight leaves what is shown."""
        parameter = number if isinstance(number, Parameter) else getattr(number, "parameter", None)
        if isinstance(parameter, Parameter):
            self._is_selected = True
            if self._take_up(parameter):
                self.again()

    def _take_up(self, parameter: Parameter) -> bool:
        """Have the loss along a weight or bias shown; whether that is another one than before."""
        if parameter == self._parameter:
            return False
        self._parameter = parameter
        self.plot.let_go()
        self._reach = 0.0  # an axis of its own
        return True

    def restyle(self) -> None:
        self.plot.restyle()
        super().restyle()

    def _show(self, view: View) -> None:
        network, answered = view.spec.network, self._answered
        self._answered = None
        step = view.step
        if not self._is_selected and step is not None and step.parameter is not None:
            self._take_up(step.parameter)
        index = self._index(view)
        if index is None or self._parameter is None:
            self.whose_button.hide()
            self.set_title("E along a weight")
            self.say(_ASK)
            return
        name = view.notation.parameter(network, self._parameter)
        self.set_title(f"E along {name}")
        if network.cut[index]:
            self.say(_CUT.format(name))
            return
        question = self._question(view, index)
        if self.plot.is_held or question.is_same(answered):  # the hand goes first
            self._answered = answered
            return
        self._asked = question
        work = (_POINTS + 4) * loss_work(question.spec, len(question.rows))
        if work <= _AT_ONCE:
            self._rest()
            self._take(view, question, question.answer(lambda: None))
        elif view.training:
            self.say(_LATER)
        elif not self.busy:
            self.compute(question.answer, lambda found: self._arrive(view, question, found))

    def _arrive(
        self, view: View, question: _Question, found: tuple[Array, float, float | None]
    ) -> None:
        """Show what was worked out, and ask anew where something else is to be seen meanwhile."""
        self._take(view, question, found)
        if question is not self._asked:
            self.again()

    def _take(
        self, view: View, question: _Question, found: tuple[Array, float, float | None]
    ) -> None:
        losses, loss, slope = found
        self._answered = question
        name = view.notation.parameter(question.spec.network, question.parameter)
        value = float(question.state.theta[question.index])
        self.plot.show_curve(name, question.values, losses, value, loss, slope, view.digits)
        words = self._in_words(view, question, name, slope)
        self.note.setText(words)
        self.note.show()
        told = f"{name} {format_number(value, view.digits)}, E {format_number(loss, view.digits)}"
        self.plot.setAccessibleDescription(f"{told}. {words}")

    def _question(self, view: View, index: int) -> _Question:
        spec, state = view.spec, self._state_of()
        if state.theta is not view.theta:  # as where a view is shown that is not the last
            state = State(view.theta, spec.fresh_slots(), view.t)
        every = len(spec.training.data)
        has_less = spec.batch_size < every
        self.whose_button.setVisible(has_less)
        whose = "training set" if self._wants_all else "batch"
        self.set_text(self.whose_button, whose, "all" if self._wants_all else "batch")
        self.whose_button.setAccessibleName(f"E of the {whose}; press for the other")
        assert self._parameter is not None
        values = self._values(float(view.theta[index]))
        if self._wants_all and has_less:
            return _Question(
                spec.training, state, self._parameter, index, np.arange(every), values, None
            )
        known = None if view.iteration is None else view.iteration.gradient
        rows = spec.batch_rows(view.t)
        return _Question(spec, state, self._parameter, index, rows, values, known)

    def _values(self, value: float) -> Array:
        """The values along the axis, which stays where it is while the weight moves a little."""
        needed = max(_LEAST_REACH, 1.5 * abs(value)) if math.isfinite(value) else _LEAST_REACH
        is_near = abs(value - self._middle) <= _MIDDLE * self._reach
        if not is_near or not 0.5 <= self._reach / needed <= 2.5:
            self._reach = _round_up(needed)
            step = self._reach / 2
            middle = round(value / step) * step if math.isfinite(value) else 0.0
            self._middle = middle
        low, high = self._middle - self._reach, self._middle + self._reach
        return np.linspace(low, high, _POINTS)

    def _index(self, view: View) -> int | None:
        """Where the parameter stands in θ; None where there is none, or not any more."""
        if self._parameter is None:
            return None
        try:
            return view.spec.network.index(self._parameter)
        except IndexError:
            self._parameter, self._is_selected = None, False
            return None

    def _in_words(
        self, view: View, question: _Question, name: str, slope: float | None
    ) -> str:
        """What the gradient of the weight means."""
        count = counted(len(question.rows), "sample")
        whose = f"training set of {count}" if self._wants_all else f"batch of {count}"
        if slope is None:
            return f"E of the {whose}. Nothing can be learnt through a step: there is no gradient."
        number = format_number(slope, view.digits)
        start = f"∂E/∂{name} = {number}, the slope of the dashed tangent, on the {whose}"
        if not math.isfinite(slope) or slope == 0.0:
            return f"{start}."
        way = "falls" if slope > 0.0 else "rises"
        held = question.spec.network.held(question.parameter)
        held = f" It is {held}, so updates leave it." if held else ""
        return f"{start}: E gets smaller where {name} {way}.{held} Drag the point to set {name}."

    def _on_whose(self) -> None:
        self._wants_all = not self._wants_all
        self.again()

    def _on_set_down(self, value: float) -> None:
        if self._parameter is not None:
            self.value_edited.emit(self._parameter, value)


def _round_up(value: float) -> float:
    """1, 2 or 5 times a power of ten, at least a value above 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value)
