"""The weights panel on the screen, and networks of any sizes to show in it."""

from __future__ import annotations

from typing import Any

import numpy as np
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.iteration import evaluate, sample_pass
from engine.run.spec import Data, Spec, start_state
from gui.panels.weights.panel import WeightsPanel
from gui.tables.number_table import NumberTable
from gui.view import View
from tests.gui.conftest import on_screen


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
