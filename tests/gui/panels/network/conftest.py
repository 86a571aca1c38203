"""The network panel on the screen, hands for its fields, and an ear for its reports."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer, Network, default_unit_names
from gui.panels.network.panel import NetworkPanel
from gui.view import View
from tests.gui.conftest import on_screen

Heard = list[tuple[str, tuple[Any, ...]]]

SIGNALS = (
    "units_chosen",
    "activation_chosen",
    "layer_added",
    "layer_removed",
    "bias_chosen",
    "loss_chosen",
    "reduction_chosen",
    "penalty_chosen",
    "schedule_chosen",
    "clipping_chosen",
    "rate_factor_chosen",
    "dropout_chosen",
    "optimizer_chosen",
    "optimizer_setting_chosen",
    "batch_chosen",
    "initializer_chosen",
    "initializer_setting_chosen",
)


@pytest.fixture
def panel(qtbot: QtBot) -> NetworkPanel:
    return on_screen(qtbot, NetworkPanel(), 275, 700)


@pytest.fixture
def heard(panel: NetworkPanel) -> Heard:
    """Everything that the panel has reported."""
    reports: Heard = []
    for name in SIGNALS:
        getattr(panel, name).connect(lambda *args, name=name: reports.append((name, args)))
    return reports


def spin(panel: NetworkPanel, name: str) -> QSpinBox:
    return panel.findChild(QSpinBox, name)


def combo(panel: NetworkPanel, name: str) -> QComboBox:
    return panel.findChild(QComboBox, name)


def button(panel: NetworkPanel, name: str) -> QPushButton:
    return panel.findChild(QPushButton, name)


def check_box(panel: NetworkPanel, name: str) -> QCheckBox:
    return panel.findChild(QCheckBox, name)


def deep(view: View, hidden: int = 4, **changes: Any) -> View:
    """The view with several hidden layers and other settings."""
    names = default_unit_names((2, *[3] * hidden, 1))
    network = Network(names[0], tuple(Layer(units, "sigmoid") for units in names[1:]))
    return replace(view, spec=replace(view.spec, network=network, **changes))
