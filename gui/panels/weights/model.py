"""What the table of a layer shows: its part of θ, a row per unit."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Signal

from engine.formulas.notation import DEFAULT
from engine.maths.activations import Array
from engine.maths.network import Network, Parameter
from engine.text.numbers import counted
from gui.tables.number_model import Index, NumberModel
from gui.view import View
from gui.widgets.plain_text import tip_text

_NOWHERE = QModelIndex()


class LayerModel(NumberModel):
    """One layer's part of θ: a row per unit, a column per source unit, then the bias."""

    pasted = Signal(object)

    def __init__(self, network: Network, layer: int) -> None:
        super().__init__()
        self.take(network, layer)

    def take(self, network: Network, layer: int, row_names: tuple[str, ...] = ()) -> None:
        """Speak of a layer of another network, whose units have these names, if not their own; its
        numbers come with the next show."""
        self.beginResetModel()
        self._network, self._layer = network, layer
        self._rule = network.layers[layer - 1]
        self._row_names = row_names or self._rule.units
        self._n_out, self._n_in = network.sizes[layer], network.sizes[layer - 1]
        self._theta: Array | None = None
        self._here: Parameter | None = None
        self._selected: Parameter | None = None
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
            self._tell_changed(before, here)
            return
        self._weights = self._network.weights(theta, self._layer)
        self._biases = self._network.biases(theta, self._layer)
        self.tell_all_changed()

    def show_selected(self, parameter: Parameter | None) -> None:
        """Mark the parameter that is selected, if it is one of this layer."""
        before, here = self._selected, parameter
        self._selected = here if here is not None and here.layer == self._layer else None
        if self._selected != before:
            self._tell_changed(before, self._selected)

    def _tell_changed(self, *parameters: Parameter | None) -> None:
        self.tell_changed(*(self.place_of(each) for each in parameters if each is not None))

    def measured(self) -> Array:
        """All weights and biases of the layer, in the shape of the table."""
        return super().measured() if self._theta is None else self.cells_of(self._theta)

    def cells_of(self, vector: Array) -> Array:
        """One value for each parameter, shape (size,), of this layer in the shape of the table."""
        weights = self._network.weights(vector, self._layer)
        biases = self._network.biases_per_unit(vector, self._layer)
        return weights if biases is None else np.column_stack([weights, biases])

    @property
    def shares_bias(self) -> bool:
        """Whether several units have one bias: its cells are merged."""
        return self._rule.bias == "shared" and self._n_out > 1

    @property
    def network(self) -> Network:
        """The network whose layer it is."""
        return self._network

    @property
    def layer(self) -> int:
        """Which layer it is, from 1."""
        return self._layer

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
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(self.headerData(section, orientation))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return self._row_names[section]
        if section < self._n_in:
            return self._network.unit_name(self._layer - 1, section)
        word = self._rule.bias_word
        return word if self._rule.bias_trained else f"{word}, fixed"

    def widest_row_name(self) -> str:
        """The longest name of a unit."""
        return max(self._row_names, key=len)

    def value(self, row: int, column: int) -> float | None:
        """A weight or bias; None until a view is shown."""
        if self._theta is None:
            return None
        if column < self._n_in:
            return float(self._weights[row, column])
        assert self._biases is not None
        return float(self._biases[row if self._rule.bias == "per_unit" else 0])

    def name(self, row: int, column: int) -> str:
        """The parameter in the notation of the view."""
        return self._notation.parameter(self._network, self.parameter(row, column))

    def description(self, row: int, column: int) -> str:
        """The parameter in full, and between which units it stands."""
        unit = self._rule.units[row]
        if self._is_cut(row, column):
            source = self._network.unit_name(self._layer - 1, column)
            return f"{self.name(row, column)}: the edge from {source} to {unit} is cut"
        held = self._network.held(self.parameter(row, column))
        held = held and f", {held}: training leaves it alone"
        if column < self._n_in:
            source = self._network.unit_name(self._layer - 1, column)
            return f"{super().description(row, column)}; from {source} to {unit}{held}"
        whose = f"shared by {len(self._rule.units)} units" if self.shares_bias else f"of {unit}"
        return f"{super().description(row, column)}; {self._rule.bias_word} {whose}{held}"

    def _is_cut(self, row: int, column: int) -> bool:
        if not self._network.has_cut:
            return False
        return self._network.held(self.parameter(row, column)) == "cut"

    def text(self, row: int, column: int, digits: int | None) -> str:
        """The number, or a point where there is no edge."""
        return "·" if self._is_cut(row, column) else super().text(row, column, digits)

    def is_editable(self, row: int, column: int) -> bool:
        """Whether there is a parameter."""
        return not self._is_cut(row, column)

    def is_covered(self, row: int, column: int) -> bool:
        """Whether it is a cell of a shared bias, below the first."""
        return row > 0 and column == self._n_in and self.shares_bias

    def is_fixed(self, row: int, column: int) -> bool:
        """Whether it is not trained."""
        return bool(self._network.held(self.parameter(row, column)))

    def is_here(self, row: int, column: int) -> bool:
        """Whether it is the parameter of the current step."""
        return self._here is not None and self.parameter(row, column) == self._here

    def is_selected(self, row: int, column: int) -> bool:
        """Whether it is the parameter that is selected."""
        return self._selected is not None and self.parameter(row, column) == self._selected

    def paste(self, row: int, column: int, rows: list[list[float]]) -> None:
        """Emit `pasted` with the parameters of the cells and their new values."""
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
                if self._is_cut(row + down, column + across):
                    if value:
                        raise ValueError(
                            f"The edge of {self.name(row + down, column + across)} is cut, so 0 is "
                            f"all it takes, and these rows give it {value:g}."
                        )
                    continue
                if values.setdefault(parameter, value) != value:
                    raise ValueError(
                        f"The units of this layer share one {self._rule.bias_word}, "
                        f"and these rows give it {values[parameter]:g} and {value:g}."
                    )
        self.pasted.emit(list(values.items()))


def _size(rows: int, columns: int) -> str:
    return f"{counted(rows, 'row')} of {counted(columns, 'number')}"
