"""Single weights and biases frozen as a person does it: on the canvas, in the table, and back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QTableView

from engine.maths.network import Parameter
from gui.canvas.spots import Spot
from tests.gui.window.conftest import Driver

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
