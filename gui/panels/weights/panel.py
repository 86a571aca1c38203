"""Weights and biases: a table for every layer, from the inputs to the output."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from engine.maths.network import Network, Parameter
from engine.run.column_words import with_class
from engine.run.spec import Spec
from gui.panels.weights.actions import ParameterActions
from gui.panels.weights.model import LayerModel
from gui.panels.weights.stack import ROW_HEIGHT, TableStack
from gui.tables.number_table import NumberTable
from gui.view import View
from gui.widgets.card import Card
from gui.widgets.labels import ErrorLabel
from gui.widgets.tab_order import follow_on

# Milliseconds of rest after which tables scroll to the parameter of the step: while the step key is
# held they stand still.
_REST = 60


class WeightsPanel(Card):
    """Every parameter of the network, editable. The parameter of the current step is outlined, and
    the one that is selected."""

    value_edited = Signal(object, float)  # Parameter, new value
    values_pasted = Signal(object)  # list of (Parameter, value)
    frozen_chosen = Signal(object, bool)  # list of Parameters, whether they are frozen from now on
    cut_chosen = Signal(object, bool)  # list of Parameters, whether their edges are cut from now on
    asked = Signal(object)  # the Parameter that the person went to

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Weights and biases", parent)
        self._network: Network | None = None
        self._outputs: tuple[str, ...] = ()  # with their classes
        self._view: View | None = None
        self._here: Parameter | None = None
        self._stack = TableStack()
        self._follow = QTimer(self, singleShot=True, interval=_REST)
        self._follow.timeout.connect(self._on_follow)
        self._error = ErrorLabel("weightsError")
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._error)

    def display(self, view: View) -> None:
        """Show the parameters at t, and which of them the current step is about."""
        shown, self._view = self._view, view
        if shown is not None and view.follows_edit_of(shown):
            self.show_error("")
        network, outputs = view.spec.network, _outputs(view.spec)
        is_other = network is not self._network or outputs != self._outputs
        if is_other:
            self._network, self._outputs = network, outputs
            self._take(network)
        here = None if view.step is None else view.step.parameter
        moved, self._here = here != self._here, here
        for _, model in self._layers():
            model.show(view, here)
        is_same = shown is not None and shown.theta is view.theta and shown.digits == view.digits
        if is_other or not is_same:
            self._fit_numbers()
        if moved:
            self._follow.start()

    def _on_follow(self) -> None:
        """Scroll to the parameter of the step, where it cannot be seen."""
        if self._here is not None:
            table, model = list(self._layers())[self._here.layer - 1]
            self._stack.show_cell(table, *model.place_of(self._here))

    def show_selected(self, number: object) -> None:
        """Mark the number that is selected in the window, if it is a Parameter, and go to it."""
        parameter = number if isinstance(number, Parameter) else None
        for table, model in self._layers():
            model.show_selected(parameter)
            if parameter is not None and parameter.layer == model.layer and not table.hasFocus():
                place = model.place_of(parameter)
                table.go_to(*place)
                self._stack.show_cell(table, *place)

    def show_error(self, sentence: str) -> None:
        """Show why an edit was refused, below the tables; "" clears it."""
        self._error.say(sentence)

    def restyle(self) -> None:
        """Paint anew in the theme's colours."""
        for table, _ in self._layers():
            table.restyle()
        self._stack.arrange()

    def _layers(self) -> Iterator[tuple[NumberTable, LayerModel]]:
        for table in self._stack.tables:
            assert isinstance(table.numbers, LayerModel)
            yield table, table.numbers

    def _fit_numbers(self) -> None:
        """Have all tables show their numbers with the same digits, as many as fit in each."""
        changed = [table.fit_numbers() for table in self._stack.tables]
        if any(changed):
            self._stack.arrange()
        self._share_digits()

    def _share_digits(self) -> None:
        digits = min(table.digits_that_fit() for table in self._stack.tables)
        for table in self._stack.tables:
            table.show_at_most(digits)

    def _take(self, network: Network) -> None:
        """Have as many tables as the network has layers, with its names."""
        tables = self._stack.tables
        while len(tables) > network.depth:
            self._stack.drop_last()
        while len(tables) < network.depth:
            self._stack.add(self._new_table(network, len(tables) + 1))
        follow_on(self._error, tables)
        for layer, (table, model) in enumerate(self._layers(), start=1):
            model.take(network, layer, self._outputs if layer == network.depth else ())
            title = network.layer_title(layer)
            table.set_title(title)
            table.setAccessibleName(f"Weights and biases, {title.lower()} layer")
            table.clearSpans()
            if model.shares_bias:
                table.setSpan(0, model.columnCount() - 1, model.rowCount(), 1)
        self._stack.arrange()

    def _new_table(self, network: Network, layer: int) -> NumberTable:
        model = LayerModel(network, layer)
        table = NumberTable(model, ROW_HEIGHT, boxed=True, scrolled_outside=True)
        model.setParent(table)
        table.setObjectName(f"weightsTable{layer}")
        model.edited.connect(
            lambda row, column, value: self.value_edited.emit(model.parameter(row, column), value)
        )
        model.pasted.connect(self.values_pasted)
        actions = ParameterActions(table, model)
        actions.frozen_chosen.connect(self.frozen_chosen)
        actions.cut_chosen.connect(self.cut_chosen)
        table.fitted.connect(self._share_digits)
        table.problem.connect(self.show_error)
        table.chosen.connect(lambda row, column: self._stack.show_cell(table, row, column))
        table.asked.connect(lambda row, column: self.asked.emit(model.parameter(row, column)))
        table.passed_end.connect(lambda direction: self._on_passed_end(table, direction))
        return table

    def _on_passed_end(self, table: NumberTable, direction: int) -> None:
        """Tab goes on from the last cell of a layer to the first of the next."""
        tables = self._stack.tables
        position = tables.index(table) + direction
        if 0 <= position < len(tables):
            tables[position].edit_end(direction)


def _outputs(spec: Spec) -> tuple[str, ...]:
    """The names of the output units, with the classes that they stand for."""
    depth = spec.network.depth
    return tuple(with_class(spec, depth, unit) for unit in range(spec.network.sizes[depth]))
