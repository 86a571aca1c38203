"""The rows of the layers: which there are, and the details that open below them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from gui.panels.network.panel import NetworkPanel
from gui.view import View
from tests.gui.conftest import choose
from tests.gui.panels.network.conftest import Heard, button, check_box, combo, deep, spin

MakeView = Callable[..., View]


def test_rows_follow_the_number_of_layers(
    panel: NetworkPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    panel.display(deep(mazur_view(), hidden=4))
    titles = [label.text() for label in panel.findChildren(QLabel)]
    assert [title for title in titles if title.startswith("Hidden")] == [
        f"Hidden {number}" for number in (1, 2, 3, 4)
    ]
    assert [spin(panel, f"units{layer}").value() for layer in range(6)] == [2, 3, 3, 3, 3, 1]
    panel.display(mazur_view())
    assert spin(panel, "units3") is None


def test_details_are_tucked_away_until_asked_for(
    panel: NetworkPanel, qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    names = ("bias1", "biasTrained2", "addLayer", "removeLayer1")

    def visible() -> list[bool]:
        QApplication.processEvents()
        return [panel.findChild(QWidget, name).isVisible() for name in names]

    assert visible() == [False] * 4
    qtbot.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    assert visible() == [True] * 4
    assert not button(panel, "removeLayer2").isVisible()  # the output layer stays
    panel.display(deep(mazur_view()))
    assert visible() == [True] * 4
    qtbot.keyClick(button(panel, "editLayers"), Qt.Key.Key_Return)
    assert visible() == [False] * 4


def test_the_layers_are_in_sight_once_they_are_to_be_edited(
    panel: NetworkPanel, qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    panel.resize(275, 200)
    QApplication.processEvents()
    bar = panel.findChild(QScrollArea, "networkScroll").verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    qtbot.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert spin(panel, "units1").visibleRegion().contains(QPoint(5, 5))


@pytest.fixture
def editing(panel: NetworkPanel, qtbot: QtBot, mazur_view: MakeView) -> Iterator[NetworkPanel]:
    """The panel with the details of a 2-2-2 network open."""
    panel.display(mazur_view())
    qtbot.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    yield panel


def test_kind_of_bias_and_whether_it_is_trained(
    editing: NetworkPanel, heard: Heard, qtbot: QtBot
) -> None:
    choose(combo(editing, "bias1"), "per_unit")
    qtbot.mouseClick(
        check_box(editing, "biasTrained2"), Qt.MouseButton.LeftButton, pos=QPoint(7, 10)
    )
    assert heard == [
        ("bias_chosen", (1, "per_unit", False)),
        ("bias_chosen", (2, "shared", True)),
    ]


def test_a_layer_without_biases_has_none_to_train(
    editing: NetworkPanel, mazur_view: MakeView
) -> None:
    view = mazur_view()
    layers = view.spec.network.layers
    network = replace(
        view.spec.network, layers=(replace(layers[0], bias="none", bias_names=None), layers[1])
    )
    editing.display(replace(view, spec=replace(view.spec, network=network)))
    assert not check_box(editing, "biasTrained1").isEnabled()
    assert check_box(editing, "biasTrained2").isEnabled()


def test_a_layer_is_removed(editing: NetworkPanel, heard: Heard, qtbot: QtBot) -> None:
    qtbot.mouseClick(button(editing, "removeLayer1"), Qt.MouseButton.LeftButton)
    assert heard == [("layer_removed", (1,))]


def test_a_layer_is_added_before_the_one_that_is_named(
    editing: NetworkPanel, heard: Heard, qtbot: QtBot, mazur_view: MakeView
) -> None:
    editing.display(deep(mazur_view(), hidden=2))
    menu = editing.findChild(QMenu, "layerPlaces")
    qtbot.mouseClick(button(editing, "addLayer"), Qt.MouseButton.LeftButton)
    assert [action.text() for action in menu.actions()] == [
        "before hidden layer 1",
        "before hidden layer 2",
        "before the output layer",
    ]
    for _ in range(2):
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert heard == [("layer_added", (2,))]


def test_eight_hidden_layers_are_the_limit(editing: NetworkPanel, mazur_view: MakeView) -> None:
    editing.display(deep(mazur_view(), hidden=7))
    assert button(editing, "addLayer").isEnabled()
    editing.display(deep(mazur_view(), hidden=8))
    assert not button(editing, "addLayer").isEnabled()
    assert button(editing, "addLayer").toolTip() == "There are at most 8 hidden layers"
