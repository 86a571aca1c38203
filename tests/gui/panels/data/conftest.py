"""The data panel on the screen, and a session that answers it."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.run.iteration import evaluate, sample_pass
from engine.run.spec import Data
from gui.panels.data.panel import DataPanel
from gui.tables.number_table import NumberTable
from gui.view import View
from tests.gui.conftest import on_screen


def with_data(view: View, data: Data, sample: int = 0) -> View:
    """The view as the session would make it after the data changed."""
    spec = replace(view.spec, data=data)
    sample = min(sample, len(data) - 1)
    return replace(
        view, spec=spec, sample=sample, sample_pass=sample_pass(spec, view.theta, sample),
        evaluation=evaluate(spec, view.theta),
    )


def shown(qtbot: QtBot, view: View, width: int = 275, height: int = 180) -> DataPanel:
    panel = DataPanel()
    panel.display(view)
    return on_screen(qtbot, panel, width, height)


class Answer:
    """Answers a panel's signals as the session would, with a new view."""

    def __init__(self, panel: DataPanel, view: View) -> None:
        self.panel, self.view = panel, view
        panel.input_edited.connect(lambda *cell: self.set_cell("inputs", *cell))
        panel.target_edited.connect(lambda *cell: self.set_cell("targets", *cell))
        panel.cells_pasted.connect(self.take)
        panel.rows_added.connect(self.add)
        panel.rows_removed.connect(self.remove)
        panel.sample_chosen.connect(self.choose)

    def take(self, data: Data, sample: int | None = None) -> None:
        sample = self.view.sample if sample is None else sample
        self.view = with_data(self.view, data, sample)
        self.panel.display(self.view)

    def set_cell(self, which: str, row: int, column: int, value: float) -> None:
        values = np.array(getattr(self.view.spec.data, which))
        values[row, column] = value
        self.take(replace(self.view.spec.data, **{which: values}))

    def add(self, rows: list[tuple[list[float], list[float]]]) -> None:
        data = self.view.spec.data
        inputs = np.vstack([data.inputs, [row[0] for row in rows]])
        targets = np.vstack([data.targets, [row[1] for row in rows]])
        self.take(replace(data, inputs=inputs, targets=targets))

    def remove(self, rows: list[int]) -> None:
        data = self.view.spec.data
        inputs, targets = np.delete(data.inputs, rows, 0), np.delete(data.targets, rows, 0)
        self.take(replace(data, inputs=inputs, targets=targets))

    def choose(self, sample: int) -> None:
        self.take(self.view.spec.data, sample)


def grid_of(panel: DataPanel) -> NumberTable:
    found = panel.findChild(NumberTable, "dataTable")
    assert found is not None
    return found


def error(panel: DataPanel) -> str:
    label = panel.findChild(QLabel, "dataError")
    assert label is not None and label.isVisible() == bool(label.text())
    return label.text()


def title(panel: DataPanel) -> str:
    label = panel.findChild(QLabel, "cardTitle")
    assert label is not None
    return label.text()
