"""Samples drawn into the surface and the curve: added, moved and removed, by hand and by key."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.data.datasets import DATASETS
from engine.data.suggested import suggested
from engine.documents.document import Document
from engine.run.spec import start_state
from gui.plots.plot import Plot
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("xor-2-3-1")


def open_set(window: MainWindow, key: str) -> None:
    spec = suggested(DATASETS[key], {"count": 12} if key != "xor" else {})
    window.documents.show(Document(spec, start_state(spec).theta), key)


def start_drawing(window: MainWindow) -> Plot:
    """Press "draw", and give the plot that can be drawn into."""
    window.result.show_answers()
    button = window.result.findChild(QPushButton, "resultDraw")
    assert button is not None and button.isVisible()
    button.click()
    surface = window.result.showing == "surface"
    return window.result.surface.plot if surface else window.result.curve


def pixel(plot: Plot, x: float, y: float) -> QPoint:
    """Where a point of the plane is in the plot, in whole pixels."""
    return plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))


def near(plot: Plot) -> float:
    """As far as a pixel can be from a point, in the units of the wider axis."""
    (low, high), _ = plot.box.viewRange()
    return 1.5 * (high - low) / plot.box.sceneBoundingRect().width()


def test_a_click_adds_one_of_the_chosen_class(window: MainWindow) -> None:
    session = window.session
    plot = start_drawing(window)
    for target, (x, y) in ((0.0, (0.5, 0.25)), (1.0, (0.3, 0.6))):
        window.result.draws.kind_button.click()
        menu = window.result.draws.menu
        next(a for a in menu.actions() if a.text() == f"{target:g}").trigger()
        menu.close()
        count = len(session.spec.data)
        QTest.mouseClick(plot.viewport(), LEFT, pos=pixel(plot, x, y))
        data = session.spec.data
        assert len(data) == count + 1 and session.standing.sample == count
        assert data.inputs[-1] == pytest.approx([x, y], abs=near(plot))
        assert data.targets[-1].tolist() == [target]
        assert len(str(abs(data.inputs[-1, 0]))) <= 6
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert len(session.spec.data) == 4


def test_a_drag_moves_one_and_is_one_undo(window: MainWindow) -> None:
    open_set(window, "moons")
    session = window.session
    plot, before = start_drawing(window), session.spec.data
    row = 5
    x, y = before.inputs[row].tolist()
    place = pixel(plot, x, y)
    count = session.undo_stack.count()
    QTest.mousePress(plot.viewport(), LEFT, pos=place)
    assert session.standing.sample == row and session.spec.data is before
    for step in range(1, 6):
        QTest.mouseMove(plot.viewport(), place + QPoint(-5 * step, 4 * step))
        assert session.spec.data is before
    to = place + QPoint(-25, 20)
    QTest.mouseRelease(plot.viewport(), LEFT, pos=to)
    after = session.spec.data
    moved = plot.box.mapSceneToView(plot.mapToScene(to))
    assert after.inputs[row] == pytest.approx([moved.x(), moved.y()], abs=2 * near(plot))
    others = [k for k in range(len(after)) if k != row]
    assert np.array_equal(after.inputs[others], before.inputs[others])
    assert session.undo_stack.count() == count + 1
    session.undo_stack.undo()
    assert np.array_equal(session.spec.data.inputs, before.inputs)
    # A click on one chooses it, and adds and moves nothing.
    QTest.mouseClick(plot.viewport(), LEFT, pos=pixel(plot, *before.inputs[2].tolist()))
    assert session.standing.sample == 2 and session.undo_stack.count() == count + 1


def test_keys_do_the_same(window: MainWindow) -> None:
    open_set(window, "moons")
    session = window.session
    plot = start_drawing(window)
    plot.setFocus()
    session.choose_sample(3)
    x, y = session.spec.data.inputs[3].tolist()
    stack, count = session.undo_stack, session.undo_stack.count()
    for _ in range(3):
        QTest.keyClick(plot, Qt.Key.Key_Up)
        QTest.keyClick(plot, Qt.Key.Key_Left)
    moved = session.spec.data.inputs[3]
    assert moved[0] < x and moved[1] > y
    # Presses in a row are one step; those of another sample, or after training, are others.
    assert stack.count() == count + 1
    session.choose_sample(4)
    QTest.keyClick(plot, Qt.Key.Key_Down)
    session.advance(2, 0)
    QTest.keyClick(plot, Qt.Key.Key_Down)
    assert stack.count() == count + 3
    stack.undo()
    stack.undo()
    assert session.spec.data.inputs[3].tolist() == moved.tolist()
    stack.undo()
    assert session.spec.data.inputs[3].tolist() == [x, y]
    stack.redo()
    assert session.spec.data.inputs[3].tolist() == moved.tolist()
    session.choose_sample(3)
    QTest.keyClick(plot, Qt.Key.Key_Delete)
    assert len(session.spec.data) == 11
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert len(session.spec.data) == 12 and session.standing.sample == 11


def test_above_the_only_input_a_point_has_its_target(window: MainWindow) -> None:
    open_set(window, "sine")
    session = window.session
    plot = start_drawing(window)
    assert window.result.showing == "curve"
    QTest.mouseClick(plot.viewport(), LEFT, pos=pixel(plot, 0.1, 0.9))
    data = session.spec.data
    assert len(data) == 13
    assert [data.inputs[-1, 0], data.targets[-1, 0]] == pytest.approx([0.1, 0.9], abs=0.05)


def test_without_the_switch_a_click_is_none(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    plot = start_drawing(window)
    button = window.result.findChild(QPushButton, "resultDraw")
    assert button is not None
    button.click()
    QTest.mouseClick(plot.viewport(), LEFT, pos=pixel(plot, 0.5, 0.25))
    QTest.keyClick(plot, Qt.Key.Key_Delete)
    assert len(session.spec.data) == 4
    assert plot.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_a_run_that_trains_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    open_set(window, "moons")
    session = window.session
    plot = start_drawing(window)
    session.train()
    QTest.mouseClick(plot.viewport(), LEFT, pos=pixel(plot, 0.0, 0.9))
    assert session.training and len(session.spec.data) == 13
    t = session.place.t
    qtbot.waitUntil(lambda: session.place.t > t)
    session.pause()
    # The last sample that is trained on stays.
    spec = session.spec
    kept_out = replace(spec.data, test=np.arange(1, len(spec.data)))
    window.documents.show(
        Document(replace(spec, data=kept_out), start_state(spec).theta), "one"
    )
    refused: list[str] = []
    session.refused.connect(refused.append)
    session.choose_sample(0)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Delete)
    assert len(session.spec.data) == 13 and "training needs one" in refused[0]
