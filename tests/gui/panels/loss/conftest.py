"""The loss card on screen, and the mouse over its plot."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.run.spec import State
from engine.training.trainer import Trainer
from gui.panels.loss.panel import LossPanel
from gui.view import View
from tests.gui.conftest import on_screen


@pytest.fixture
def panel(qtbot: QtBot) -> LossPanel:
    return on_screen(qtbot, LossPanel(), 640, 240)


@pytest.fixture
def asked(panel: LossPanel) -> list[float]:
    epochs: list[float] = []
    panel.epoch_asked.connect(epochs.append)
    return epochs


def trained(view: View, iterations: int) -> View:
    """A view after some training, with the curve that the trainer recorded."""
    trainer = Trainer(view.spec, State(view.theta))
    progress = trainer.advance(iterations=iterations)
    return replace(view, theta=progress.state.theta, t=iterations, curve=np.array(progress.points))


def at(panel: LossPanel, place: float) -> QPoint:
    """Where a place on the axis of epochs stands in the plot, half way up."""
    plot = panel.plot
    x = plot.mapFromScene(plot.box.mapViewToScene(QPointF(place, 0.0))).x()
    return QPoint(x, plot.height() // 2)


def move(panel: LossPanel, place: QPoint, held: bool = True) -> None:
    """A move of the mouse, with its left button held or not, as Qt delivers it."""
    viewport = panel.plot.viewport()
    buttons = Qt.MouseButton.LeftButton if held else Qt.MouseButton.NoButton
    QApplication.sendEvent(
        viewport,
        QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(viewport.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            buttons,
            Qt.KeyboardModifier.NoModifier,
        ),
    )
