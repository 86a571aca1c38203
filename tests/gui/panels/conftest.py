"""What the panels' tests share: the light theme, and tables of numbers in somebody's hands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.iteration import evaluate, sample_pass
from engine.run.spec import Data, Spec, start_state
from gui import theme
from gui.panels.weights.panel import WeightsPanel
from gui.tables.number_table import NumberTable
from gui.view import View
from tests.gui.conftest import on_screen


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    """Each test begins in the light theme, and leaves it to the next."""
    theme.apply(qapp, "light")
    yield
    theme.apply(qapp, "light")


def view_of_sizes(*sizes: int, bias: str = "per_unit", **rest: Any) -> View:
    names = default_unit_names(sizes)
    network = Network(names[0], tuple(Layer(units, "sigmoid", bias) for units in names[1:]))
    targets = tuple(f"t{i + 1}" for i in range(sizes[-1]))
    data = Data(np.zeros((1, sizes[0])), np.zeros((1, sizes[-1])), targets)
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    theta = start_state(spec).theta
    return View(
        spec=spec, theta=theta, t=0, revealed=0, sample=0, iteration=None,
        sample_pass=sample_pass(spec, theta, 0), evaluation=evaluate(spec, theta),
        curve=np.empty((0, 2)), **rest,
    )


def show_weights(qtbot: QtBot, view: View, width: int = 275, height: int = 306) -> WeightsPanel:
    panel = WeightsPanel()
    panel.display(view)
    return on_screen(qtbot, panel, width, height)


def table_of(panel: WeightsPanel, layer: int) -> NumberTable:
    found = panel.findChild(NumberTable, f"weightsTable{layer}")
    assert found is not None
    return found


def texts(grid: NumberTable) -> list[list[str]]:
    model = grid.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def names(
    grid: NumberTable, orientation: Qt.Orientation = Qt.Orientation.Horizontal
) -> list[str]:
    """What stands above the columns, or beside the rows."""
    model = grid.model()
    columns = orientation == Qt.Orientation.Horizontal
    count = model.columnCount() if columns else model.rowCount()
    return [model.headerData(section, orientation) for section in range(count)]


def click(
    qtbot: QtBot,
    grid: NumberTable,
    row: int,
    column: int,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    place = grid.visualRect(grid.model().index(row, column)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def editor(grid: NumberTable) -> QLineEdit | None:
    """The open editor: one that was closed is only deleted a moment later."""
    found = grid.viewport().findChildren(QLineEdit, "cellEditor")
    return next((each for each in found if each.isVisible()), None)


def open_editor(qtbot: QtBot, grid: NumberTable, row: int, column: int) -> QLineEdit:
    click(qtbot, grid, row, column)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    opened = editor(grid)
    assert opened is not None and opened.hasFocus()
    return opened


def paste(qtbot: QtBot, grid: NumberTable, text: str, row: int, column: int) -> None:
    QGuiApplication.clipboard().setText(text)
    click(qtbot, grid, row, column)
    qtbot.keyClick(grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
