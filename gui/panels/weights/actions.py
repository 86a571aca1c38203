"""What can be done to the parameters that are selected in a table of weights, beside typing."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QAction

from engine.maths.activations import Array
from engine.maths.network import Parameter
from gui.panels.weights.model import LayerModel
from gui.tables.number_table import NumberTable


class ParameterActions(QObject):
    """Entries of a table's context menu, offered where they would change something."""

    frozen_chosen = Signal(object, bool)  # list of Parameters, whether they are frozen from now on
    cut_chosen = Signal(object, bool)  # list of Parameters, whether their edges are cut from now on

    def __init__(self, table: NumberTable, model: LayerModel) -> None:
        super().__init__(table)
        self._table, self._model = table, model
        separator = QAction(table)
        separator.setSeparator(True)
        table.addAction(separator)
        self._freeze = self._added("Freeze", self.frozen_chosen, True)
        self._train = self._added("Train again", self.frozen_chosen, False)
        self._cut = self._added("Cut the edge", self.cut_chosen, True)
        self._connect = self._added("Connect again", self.cut_chosen, False)
        table.selectionModel().selectionChanged.connect(self._offer)
        table.selectionModel().currentChanged.connect(self._offer)
        model.modelReset.connect(self._offer)
        self._offer()

    def _added(self, words: str, chosen: SignalInstance, how: bool) -> QAction:
        action = QAction(words, self._table)
        action.triggered.connect(lambda: chosen.emit(self._chosen(action), how))
        self._table.addAction(action)
        return action

    def _selected(self, mask: Array) -> list[Parameter]:
        """The selected parameters that are not 0 in a mask of θ."""
        cells = self._cells(mask)
        chosen = (self._model.parameter(row, column) for row, column in np.argwhere(cells).tolist())
        return list(dict.fromkeys(chosen))

    def _cells(self, mask: Array) -> Array:
        """A mask of θ in the shape of the table, without what is not selected."""
        values, there = self._model.cells_of(mask), self._table.selected()
        cells = np.zeros_like(values)
        cells[np.ix_(*there)] = values[np.ix_(*there)]
        return cells

    def _offered(self) -> tuple[tuple[QAction, Array], ...]:
        """The entries, each with the mask of θ of the parameters that it would change."""
        network = self._model.network
        edges = np.array(1.0 - network.cut)
        for layer in range(1, network.depth + 1):
            b = network.biases(edges, layer)
            if b is not None:
                b[:] = 0.0
        return (
            (self._freeze, network.trained),
            (self._train, network.frozen),
            (self._cut, edges),
            (self._connect, network.cut),
        )

    def _chosen(self, action: QAction) -> list[Parameter]:
        return self._selected(next(mask for each, mask in self._offered() if each is action))

    def _offer(self) -> None:
        for action, mask in self._offered():
            action.setEnabled(bool(self._cells(mask).any()))
