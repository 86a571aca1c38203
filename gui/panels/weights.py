"""Weights and biases: a table for every layer, from the inputs to the output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from engine.formulas.notation import DEFAULT
from engine.maths.activations import Array
from engine.maths.network import Network, Parameter
from gui import theme
from gui.tables.number_model import Index, NumberModel
from gui.tables.number_table import NumberTable
from gui.view import View
from gui.widgets.card import Card
from gui.widgets.ground import Ground
from gui.widgets.labels import ErrorLabel
from gui.widgets.tab_order import follow_on

_NOWHERE = QModelIndex()
_ROW_HEIGHT = 27
_LEAST_HEIGHT = 3 * _ROW_HEIGHT
# Milliseconds of rest after which tables scroll to the parameter of the step: while the step key is
# held they stand still.
_REST = 60


def _layer_title(network: Network, layer: int) -> str:
    """Output, and Hidden or, where there are several, Hidden 1, Hidden 2 and so on."""
    if layer == network.depth:
        return "Output"
    return "Hidden" if network.depth == 2 else f"Hidden {layer}"


class LayerModel(NumberModel):
    """One layer's part of θ: a row per unit, a column per source unit, then the bias."""

    pasted = Signal(object)

    def __init__(self, network: Network, layer: int) -> None:
        super().__init__()
        self.take(network, layer)

    def take(self, network: Network, layer: int) -> None:
        """Speak of a layer of another network; its numbers come with the next show."""
        self.beginResetModel()
        self._network, self._layer = network, layer
        self._rule = network.layers[layer - 1]
        self._n_out, self._n_in = network.sizes[layer], network.sizes[layer - 1]
        self._theta: Array | None = None
        self._here: Parameter | None = None
        self._notation = DEFAULT
        self.endResetModel()

    def show(self, view: View, here: Parameter | None) -> None:
        """Read from the parameters of a view, and mark the one of the current step."""
        theta, before = view.theta, self._here
        here = here if here is not None and here.layer == self._layer else None
        wording = view.digits, view.notation
        same = theta is self._theta and wording == (self.digits, self._notation)
        if same and here == before:
            return
        self._theta, self._here = theta, here
        self.digits, self._notation = wording
        self.training = view.training
        if same:
            # Stepping marks one cell after another; painting all of them takes longer than a step.
            for parameter in (before, here):
                if parameter is not None:
                    cell = self.index(*self.place_of(parameter))
                    self.dataChanged.emit(cell, cell)
            return
        self._weights = self._network.weights(theta, self._layer)
        self._biases = self._network.biases(theta, self._layer)
        self.tell_all_changed()

    def measured(self) -> Array:
        if self._theta is None:
            return super().measured()
        if self._biases is None:
            return self._weights
        biases = np.broadcast_to(self._biases, (self._n_out,))
        return np.column_stack([self._weights, biases])

    @property
    def shares_bias(self) -> bool:
        return self._rule.bias == "shared" and self._n_out > 1

    def parameter(self, row: int, column: int) -> Parameter:
        """The parameter in a cell."""
        if column < self._n_in:
            return Parameter(self._layer, row, column)
        return Parameter(self._layer, None if self._rule.bias == "shared" else row, None)

    def place_of(self, parameter: Parameter) -> tuple[int, int]:
        """Row and column of a parameter of this layer."""
        column = self._n_in if parameter.source is None else parameter.source
        return parameter.unit or 0, column

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._n_out

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._n_in + (self._rule.bias != "none")

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            return self._rule.units[section]
        if section < self._n_in:
            return self._network.unit_name(self._layer - 1, section)
        return "bias" if self._rule.bias_trained else "bias, fixed"

    def widest_row_name(self) -> str:
        return max(self._rule.units, key=len)

    def value(self, row: int, column: int) -> float | None:
        if self._theta is None:
            return None
        if column < self._n_in:
            return float(self._weights[row, column])
        assert self._biases is not None
        return float(self._biases[row if self._rule.bias == "per_unit" else 0])

    def name(self, row: int, column: int) -> str:
        return self._notation.parameter(self._network, self.parameter(row, column))

    def description(self, row: int, column: int) -> str:
        unit = self._rule.units[row]
        if column < self._n_in:
            source = self._network.unit_name(self._layer - 1, column)
            return f"{super().description(row, column)}; from {source} to {unit}"
        whose = f"shared by {len(self._rule.units)} units" if self.shares_bias else f"of {unit}"
        fixed = "" if self._rule.bias_trained else ", fixed: training leaves it alone"
        return f"{super().description(row, column)}; bias {whose}{fixed}"

    def is_covered(self, row: int, column: int) -> bool:
        return row > 0 and column == self._n_in and self.shares_bias

    def is_fixed(self, row: int, column: int) -> bool:
        return column == self._n_in and not self._rule.bias_trained

    def is_here(self, row: int, column: int) -> bool:
        return self._here is not None and self.parameter(row, column) == self._here

    def paste(self, row: int, column: int, rows: list[list[float]]) -> None:
        height, width = len(rows), len(rows[0])
        room = (self._n_out - row, self.columnCount() - column)
        if height > room[0] or width > room[1]:
            raise ValueError(
                f"From {self.name(row, column)} on there is room for {_size(*room)}, "
                f"and these are {_size(height, width)}."
            )
        values: dict[Parameter, float] = {}
        for down, line in enumerate(rows):
            for across, value in enumerate(line):
                parameter = self.parameter(row + down, column + across)
                if values.setdefault(parameter, value) != value:
                    raise ValueError(
                        "The units of this layer share one bias, "
                        f"and these rows give it {values[parameter]:g} and {value:g}."
                    )
        self.pasted.emit(list(values.items()))


def _size(rows: int, columns: int) -> str:
    return f"{rows} row{'s' * (rows != 1)} of {columns} number{'s' * (columns != 1)}"


class _Stack(QScrollArea):
    """Tables one below the other, with one scroll bar for all.

    A table that is higher than what can be seen is only as high as that. While the bar goes
    through it, it stays in sight, names and all, and its rows move instead.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[NumberTable] = []
        self._tops: list[int] = []  # of the tables, if all of them were as high as their rows
        self._moving = False
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = Ground()
        self.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)  # Qt turns it on
        self.verticalScrollBar().valueChanged.connect(self._place)

    def add(self, table: NumberTable) -> None:
        """Put one more table below the others."""
        table.setParent(self._inside)
        table.show()
        table.verticalScrollBar().valueChanged.connect(lambda _: self._follow(table))
        self.tables.append(table)
        self._tops.append(0)

    def drop_last(self) -> None:
        """Remove the lowest table."""
        gone = self.tables.pop()
        self._tops.pop()
        gone.hide()
        gone.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # PageUp and PageDown step

    def arrange(self) -> None:
        """Give every table the height that it needs, or what can be seen at once."""
        if self._moving:
            return
        width, seen = self.width(), max(self.height(), _LEAST_HEIGHT)
        if self._heights(width)[1] > self.height():
            width -= self.verticalScrollBar().sizeHint().width()
        wholes, total = self._heights(width)
        self._tops, top = [], 0
        self._moving = True
        for table, whole in zip(self.tables, wholes, strict=True):
            self._tops.append(top)
            table.resize(width, min(whole, seen))
            top += whole + theme.MARGIN
        self._inside.resize(width, total)
        self._moving = False
        self._place()

    def _heights(self, width: int) -> tuple[list[int], int]:
        """The heights that the tables need in this width, and that of all together."""
        wholes = [table.whole_height(width) for table in self.tables]
        return wholes, sum(wholes) + theme.MARGIN * max(len(wholes) - 1, 0)

    def _place(self) -> None:
        """Put every table where the scroll bar has it, and its rows too."""
        if self._moving:
            return
        self._moving = True
        offset = self.verticalScrollBar().value()
        for table, top in zip(self.tables, self._tops, strict=True):
            rows = table.verticalScrollBar()
            rows.setValue(max(0, min(offset - top, rows.maximum())))
            table.move(0, top + rows.value())
        self._moving = False

    def _follow(self, table: NumberTable) -> None:
        """Go where the rows of a table have been scrolled to, by wheel or keys."""
        if not self._moving:
            top = self._tops[self.tables.index(table)]
            self.verticalScrollBar().setValue(top + table.verticalScrollBar().value())
            self._place()

    def show_cell(self, table: NumberTable, row: int, column: int) -> None:
        """Scroll to a cell of a table, in the table and here."""
        index = table.numbers.index(row, column)
        seen = table.visualRect(index)
        if not table.viewport().rect().contains(seen):
            # To the middle, so that the next cells need no other picture of the whole table.
            table.scrollTo(index, NumberTable.ScrollHint.PositionAtCenter)
        seen = table.visualRect(index).intersected(table.viewport().rect())
        corner = table.viewport().mapTo(self._inside, seen.center())
        self.ensureVisible(corner.x(), corner.y(), 0, seen.height() // 2 + 4)


class WeightsPanel(Card):
    """Every parameter of the network, editable. The parameter of the current step is outlined."""

    value_edited = Signal(object, float)  # Parameter, new value
    values_pasted = Signal(object)  # list of (Parameter, value)
    parameter_selected = Signal(object)  # Parameter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Weights and biases", parent)
        self._network: Network | None = None
        self._view: View | None = None
        self._here: Parameter | None = None
        self._stack = _Stack()
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.setInterval(_REST)
        self._follow.timeout.connect(self._on_follow)
        self._error = ErrorLabel("weightsError")
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._error)

    def display(self, view: View) -> None:
        """Show the parameters at t, and which of them the current step is about."""
        shown, self._view = self._view, view
        if shown is not None and view.follows_edit_of(shown):
            self.show_error("")
        if view.spec.network is not self._network:
            self._network = view.spec.network
            self._take(view.spec.network)
        here = None if view.step is None else view.step.parameter
        moved, self._here = here != self._here, here
        for _, model in self._layers():
            model.show(view, here)
        if shown is None or shown.theta is not view.theta or shown.digits != view.digits:
            self._fit_numbers()
        if moved:
            self._follow.start()

    def _on_follow(self) -> None:
        """Scroll to the parameter of the step, where it cannot be seen."""
        if self._here is not None:
            table, model = list(self._layers())[self._here.layer - 1]
            self._stack.show_cell(table, *model.place_of(self._here))

    def show_error(self, sentence: str) -> None:
        """Show why an edit was refused, below the tables; "" clears it."""
        self._error.say(sentence)

    def restyle(self) -> None:
        """Paint anew in the theme's colours."""
        for table, _ in self._layers():
            table.restyle()

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
            model.take(network, layer)
            title = _layer_title(network, layer)
            table.set_title(title)
            table.setAccessibleName(f"Weights and biases, {title.lower()} layer")
            table.clearSpans()
            if model.shares_bias:
                table.setSpan(0, model.columnCount() - 1, model.rowCount(), 1)
        self._stack.arrange()

    def _new_table(self, network: Network, layer: int) -> NumberTable:
        model = LayerModel(network, layer)
        table = NumberTable(model, _ROW_HEIGHT, boxed=True, scrolled_outside=True)
        model.setParent(table)
        table.setObjectName(f"weightsTable{layer}")
        model.edited.connect(
            lambda row, column, value: self.value_edited.emit(model.parameter(row, column), value)
        )
        model.pasted.connect(self.values_pasted)
        table.fitted.connect(self._share_digits)
        table.problem.connect(self.show_error)
        table.chosen.connect(lambda row, column: self._on_chosen(table, row, column))
        table.passed_end.connect(lambda direction: self._on_passed_end(table, direction))
        return table

    def _on_chosen(self, table: NumberTable, row: int, column: int) -> None:
        self._stack.show_cell(table, row, column)
        assert isinstance(table.numbers, LayerModel)
        self.parameter_selected.emit(table.numbers.parameter(row, column))

    def _on_passed_end(self, table: NumberTable, direction: int) -> None:
        """Tab goes on from the last cell of a layer to the first of the next."""
        tables = self._stack.tables
        position = tables.index(table) + direction
        if 0 <= position < len(tables):
            tables[position].edit_end(direction)
