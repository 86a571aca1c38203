"""Weights frozen and edges cut as a person does it: on the canvas, in the table, and back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QTableView

from engine.maths.network import Parameter
from gui.canvas.spots import Spot
from tests.gui.window.conftest import Driver

Key = Qt.Key
W5 = Spot("weight", 2, 0, 0)


def menu_of(driver: Driver, spot: Spot) -> QMenu:
    """The context menu at a spot of the canvas."""
    port = driver.window.canvas.view.viewport()
    point = driver.window.canvas.place_of(spot).center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(port, QContextMenuEvent(reason, point, port.mapToGlobal(point)))
    menus = driver.window.findChildren(QMenu, "canvasMenu")
    return next(menu for menu in menus if menu.isVisible())


def choose(driver: Driver, spot: Spot, *titles: str) -> None:
    """Choose an entry of the context menu at a spot, and of its submenus."""
    menu = menu_of(driver, spot)
    for title in titles:
        action = next(each for each in menu.actions() if each.text() == title)
        assert action.isEnabled(), title
        if action.menu() is not None:
            menu = action.menu()
        else:
            action.trigger()
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()


def of_table(driver: Driver, title: str) -> QAction:
    """An entry of the context menu of the table of the output layer."""
    table = driver.find(QTableView, "weightsTable2")
    return next(each for each in table.actions() if each.text() == title)


def test_a_weight_is_frozen_on_the_canvas_trained_around_and_thawed_by_undo(
    mazur: Driver,
) -> None:
    before = mazur.view.spec.network
    choose(mazur, W5, "Freeze w5")
    network = mazur.view.spec.network
    assert network.held(Parameter(2, 0, 0)) == "frozen" and network.frozen.sum() == 1
    mazur.window.session.advance(3, 0)
    mazur.qtbot.waitUntil(lambda: mazur.view.t == 3)
    assert network.weights(mazur.view.theta, 2)[0, 0] == 0.4
    assert network.weights(mazur.view.theta, 2)[0, 1] != 0.45
    assert mazur.menu("Undo").text() == "Undo: Freeze w5"
    mazur.menu("Undo").trigger()
    assert mazur.view.spec.network == before


def test_what_is_frozen_has_a_lock_and_words_that_say_so(mazur: Driver) -> None:
    canvas = mazur.window.canvas
    canvas.select(Parameter(2, 0, 0))
    label = canvas.scene.place_of(W5)
    choose(mazur, W5, "Freeze w5")
    assert "weight w5 from h1 to o1, frozen" in canvas.view.accessibleDescription()
    assert canvas.scene.place_of(W5).width() > label.width()  # by the lock


def test_rows_of_the_table_are_frozen_and_trained_again(mazur: Driver) -> None:
    table = mazur.find(QTableView, "weightsTable2")
    assert not of_table(mazur, "Train again").isEnabled()
    table.setFocus()
    table.selectRow(1)
    of_table(mazur, "Freeze").trigger()
    network = mazur.view.spec.network
    assert np.flatnonzero(network.frozen).tolist() == [
        network.index(Parameter(2, 1, source)) for source in (0, 1)
    ]
    words = table.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "frozen: training leaves it alone" in words
    table.selectRow(1)
    assert not of_table(mazur, "Freeze").isEnabled()
    of_table(mazur, "Train again").trigger()
    assert not mazur.view.spec.network.holds_some


def test_an_edge_is_cut_on_the_canvas_and_put_back_by_the_menu_of_its_unit(xor: Driver) -> None:
    canvas, edge = xor.window.canvas, Parameter(1, 1, 0)
    spot = Spot("weight", 1, 1, 0)
    middle = canvas.scene.place_of(spot).center()
    drawn = xor.view.spec.network.draw(xor.view.spec.initializer, xor.view.spec.seed)
    xor.window.session.seek(4)
    choose(xor, spot, "Cut the edge of w¹₂₁")
    network = xor.view.spec.network
    assert network.held(edge) == "cut" and xor.view.theta[network.index(edge)] == 0.0
    assert xor.view.revealed == 4  # the steps of the other edges are what they were
    assert canvas.scene.spot_at(middle, 2.0) != spot
    canvas.select(edge)
    assert canvas.view.selected is None
    choose(xor, Spot("unit", 1, 1), "Connect again", "w¹₂₁: x1 to h2")
    assert xor.view.spec.network.held(edge) == ""
    assert xor.view.theta[network.index(edge)] == drawn[network.index(edge)]
    xor.menu("Undo").trigger()
    assert xor.view.spec.network.held(edge) == "cut"
    xor.menu("Undo").trigger()
    assert not xor.view.spec.network.has_cut


def test_a_layer_whose_edges_are_all_cut_is_shown_stepped_and_put_back(xor: Driver) -> None:
    scene, before = xor.window.canvas.scene, xor.view.spec.network
    for source in range(3):
        spot = Spot("weight", 2, 0, source)
        choose(xor, spot, f"Cut the edge of w²₁{'₁₂₃'[source]}")
        QApplication.processEvents()
        assert scene.spot_at(scene.place_of(spot).center(), 2.0) != spot
    count = len(xor.view.steps)
    xor.window.session.seek(count)
    xor.qtbot.waitUntil(lambda: xor.view.revealed == count)
    QApplication.processEvents()
    assert xor.window.banner.isHidden(), xor.window.banner.text
    for _ in range(3):
        xor.menu("Undo").trigger()
    assert xor.view.spec.network == before
    assert xor.window.banner.isHidden()


def test_keys_walk_round_an_edge_that_is_cut(xor: Driver) -> None:
    choose(xor, Spot("weight", 1, 1, 0), "Cut the edge of w¹₂₁")
    view = xor.window.canvas.view
    view.select(Spot("weight", 1, 1, 1))
    view.setFocus()
    xor.press(Key.Key_Up, to=view)
    assert view.selected == Spot("weight", 1, 0, 1)


def test_a_cell_of_the_table_shows_a_point_and_takes_no_number(mazur: Driver) -> None:
    table = mazur.find(QTableView, "weightsTable2")
    index = table.model().index(0, 1)
    table.setFocus()
    table.setCurrentIndex(index)
    of_table(mazur, "Cut the edge").trigger()
    assert mazur.view.spec.network.held(Parameter(2, 0, 1)) == "cut"
    index = table.model().index(0, 1)
    assert index.data() == "·" and not index.flags() & Qt.ItemFlag.ItemIsEditable
    assert "the edge from h2 to o1 is cut" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    table.setCurrentIndex(index)
    assert not of_table(mazur, "Cut the edge").isEnabled()
    of_table(mazur, "Connect again").trigger()
    assert not mazur.view.spec.network.has_cut


def test_a_layer_gets_thresholds_that_leave_its_outputs_alone(mazur: Driver) -> None:
    loss = mazur.view.loss
    mazur.click("editLayers")
    mazur.choose("bias2", "shared threshold")
    layer = mazur.view.spec.network.layers[1]
    assert layer.has_thresholds and mazur.view.loss == loss
    assert mazur.view.spec.network.biases(mazur.view.theta, 2)[0] == -0.6
    spot = Spot("bias", 2, 0)
    mazur.window.canvas.view.select(spot)
    assert "threshold θ2, shared by its layer" in mazur.window.canvas.view.accessibleDescription()
    table = mazur.find(QTableView, "weightsTable2")
    assert table.model().headerData(2, Qt.Orientation.Horizontal).startswith("threshold")
    mazur.menu("Undo").trigger()
    assert not mazur.view.spec.network.layers[1].threshold
