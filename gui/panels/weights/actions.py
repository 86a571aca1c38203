"""What can be done to the parameters that are selected in a table of weights, beside typing."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from engine.maths.activations import Array
from engine.maths.network import Parameter
from gui.panels.weights.model import LayerModel
from gui.tables.number_table import NumberTable


class ParameterActions(QObject):
    """Entries of a table's context menu, offered where they would change something."""

    frozen_chosen = Signal(object, bool)  # list of Parameters, whether they are frozen from now on

    def __init__(self, table: NumberTable, model: LayerModel) -> None:
        super().__init__(table)
        self._table, self._model = table, model
        separator = QAction(table)
        separator.setSeparator(True)
        table.addAction(separator)
        self._freeze = self._added("Freeze", lambda: self._choose(True))
        self._train = self._added("Train again", lambda: self._choose(False))
        table.selectionModel().selectionChanged.connect(self._offer)
        table.selectionModel().currentChanged.connect(self._offer)
        model.modelReset.connect(self._offer)
        self._offer()

    def _added(self, words: str, job: object) -> QAction:
        action = QAction(words, self._table)
        action.triggered.connect(job)
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

    def _choose(self, frozen: bool) -> None:
        network = self._model.network
        chosen = self._selected(network.trained if frozen else network.frozen)
        self.frozen_chosen.emit(chosen, frozen)

    def _offer(self) -> None:
        network = self._model.network
        self._freeze.setEnabled(bool(self._cells(network.trained).any()))
        self._train.setEnabled(bool(self._cells(network.frozen).any()))
