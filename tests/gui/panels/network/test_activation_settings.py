"""Settings of an activation: shown where they are read, reported, refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.maths.activations import ACTIVATION_SETTINGS
from engine.maths.network import with_layer
from engine.text.wording import as_sentence
from gui.panels.network.panel import NetworkPanel
from gui.view import View
from gui.widgets.number_field import NumberField
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow, choose
from tests.gui.panels.network.conftest import Heard, button, combo
from tests.gui.panels.network.test_panel import retype

MakeView = Callable[..., View]


def field(panel: NetworkPanel, name: str) -> NumberField:
    return panel.findChild(NumberField, name)


def in_sight(panel: NetworkPanel, layer: int = 1) -> list[str]:
    QApplication.processEvents()  # rows of a new layer are laid out
    return [key for key in ACTIVATION_SETTINGS if field(panel, f"{key}{layer}").isVisible()]


def with_activation(view: View, key: str, **settings: float) -> View:
    network = with_layer(view.spec.network, 1, activation=key, settings=settings)
    return replace(view, spec=replace(view.spec, network=network))


@pytest.mark.parametrize(
    "key, read",
    [
        ("sigmoid", ["gain"]),
        ("bipolar_sigmoid", ["gain"]),
        ("elu", ["alpha"]),
        ("leaky_relu", ["leak"]),
        ("linear", ["slope"]),
        ("gelu", []),
    ],
)
def test_what_the_activation_reads_is_shown_with_the_layers(
    panel: NetworkPanel, heard: Heard, mazur_view: MakeView, key: str, read: list[str]
) -> None:
    panel.display(with_activation(mazur_view(), key))
    assert in_sight(panel) == []
    QTest.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    assert in_sight(panel) == read
    for name in read:
        usual = ACTIVATION_SETTINGS[name].default
        assert field(panel, f"{name}1").value == usual
        assert field(panel, f"{name}1").accessibleName().endswith(" of hidden")
    assert heard == []


def test_one_that_is_not_as_usual_stays_in_sight(
    panel: NetworkPanel, mazur_view: MakeView
) -> None:
    panel.display(with_activation(mazur_view(), "elu", alpha=0.25, gain=3.0))
    assert in_sight(panel) == ["alpha"] and field(panel, "alpha1").text() == "0.25"
    panel.display(with_activation(mazur_view(), "tanh", alpha=0.25))
    assert in_sight(panel) == []


def test_a_value_is_reported_and_one_beyond_its_limits_refused(
    panel: NetworkPanel, heard: Heard, mazur_view: MakeView, qtbot: QtBot
) -> None:
    reports: list[tuple[int, str, float]] = []
    panel.activation_setting_chosen.connect(lambda *said: reports.append(said))
    panel.display(mazur_view())
    QTest.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    gain = field(panel, "gain1")
    for text in ("0", "-2", "1e6"):
        retype(qtbot, gain, text)
        qtbot.keyClick(gain, Qt.Key.Key_Return)
        assert as_sentence(ACTIVATION_SETTINGS["gain"].limits) in gain.toolTip()
        assert reports == []
    retype(qtbot, gain, "1/2")
    qtbot.keyClick(gain, Qt.Key.Key_Return)
    assert reports == [(1, "gain", 0.5)] and heard == []


def test_the_sigmoid_of_a_cross_entropy_keeps_its_gain(
    panel: NetworkPanel, mazur_view: MakeView, qtbot: QtBot
) -> None:
    view = mazur_view()
    spec = replace(view.spec, loss="binary_cross_entropy", reduction="mean")
    panel.display(replace(view, spec=spec))
    QTest.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    gain = field(panel, "gain2")
    retype(qtbot, gain, "2")
    qtbot.keyClick(gain, Qt.Key.Key_Return)
    assert "a sigmoid whose gain is 1" in gain.toolTip()


def test_it_is_an_edit_that_can_be_undone(open_window: OpenWindow, qtbot: QtBot) -> None:
    window: MainWindow = open_window("mazur-2-2-2")
    panel, session = window.network, window.session
    choose(combo(panel, "activation1"), "elu")
    QTest.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    alpha = field(panel, "alpha1")
    retype(qtbot, alpha, "0.5")
    qtbot.keyClick(alpha, Qt.Key.Key_Return)
    layer = session.spec.network.layers[0]
    assert layer.activation == "elu" and layer.settings["alpha"] == 0.5
    assert session.undo_stack.undoText() == "Hidden layer: alpha = 0.5"
    session.undo_stack.undo()
    assert session.spec.network.layers[0].settings["alpha"] == 1.0
    assert alpha.value == 1.0
    session.undo_stack.redo()
    assert session.spec.network.layers[0].settings["alpha"] == 0.5
