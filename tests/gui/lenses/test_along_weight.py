"""The loss along a weight: its curve and tangent, and the point that sets the weight."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from engine.maths.network import Parameter
from engine.run import edits, holding
from engine.run.iteration import batch_loss
from gui.plots.weight_plot import WeightPlot
from gui.view import View
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.gui.lenses.conftest import OpenLens, entry

LEFT, Key = Qt.MouseButton.LeftButton, Qt.Key
W5 = Parameter(2, 0, 0)


def pixel(plot: WeightPlot, value: float) -> QPoint:
    """Where the curve is at a value of the weight, in whole pixels of the view."""
    place = plot.box.mapViewToScene(QPointF(value, plot.loss_at(value)))
    return plot.mapFromScene(place)


def value_of(window: MainWindow, parameter: Parameter) -> float:
    return float(window.session.state.theta[window.session.spec.network.index(parameter)])


def tangent_slope(plot: WeightPlot) -> float:
    x, y = plot.tangent.getData()
    return float((y[1] - y[0]) / (x[1] - x[0]))


def test_without_a_weight_it_asks_for_one(open_lens: OpenLens) -> None:
    _, lens = open_lens("mazur-2-2-2", "Ctrl+5")
    assert not lens.plot.isVisible() and "Click a weight" in lens._sentence.text()


def test_until_one_is_selected_it_takes_the_weight_of_the_step(open_window: OpenWindow) -> None:
    window = open_window("mazur-2-2-2")

    views: list[View] = []
    window.session.changed.connect(views.append)

    def step_to(parameter: Parameter) -> None:
        window.session.step("number")
        while views[-1].step is None or views[-1].step.parameter != parameter:
            window.session.step("number")

    step_to(W5)
    entry(window, "Ctrl+5").trigger()
    lens = window.lenses.place.front
    assert lens is not None and lens.plot.isVisible() and lens.title.text() == "E along w5"
    assert tangent_slope(lens.plot) == pytest.approx(0.082167041, abs=1e-9)
    step_to(Parameter(2, 0, 1))
    assert lens.title.text() == "E along w6"
    window.canvas.select(W5)
    window.session.step("number")
    assert lens.title.text() == "E along w5"


def test_the_tangent_has_the_slope_that_mazur_prints(open_lens: OpenLens) -> None:
    """M. Mazur, A step by step backpropagation example, 2015: E = 0.298371109, and
    ∂E/∂w5 = 0.082167041."""
    window, lens = open_lens("mazur-2-2-2", "Ctrl+5")
    window.canvas.select(W5)
    assert lens.title.text() == "E along w5" and lens.plot.isVisible()
    assert lens.plot.loss_at(0.4) == pytest.approx(0.298371109, abs=1e-9)
    assert tangent_slope(lens.plot) == pytest.approx(0.082167041, abs=1e-9)
    assert "∂E/∂w5 = 0.0821670" in lens.note.text() and "where w5 falls" in lens.note.text()
    x, y = lens.plot.curve.getData()
    spec, theta = window.session.spec, np.array(window.session.state.theta)
    for k in (0, 40, 80):
        theta[spec.network.index(W5)] = x[k]
        assert y[k] == pytest.approx(batch_loss(spec, theta, np.array([0]))[0], rel=1e-12)


def test_a_mistake_gives_a_tangent_that_is_none(open_lens: OpenLens) -> None:
    window, lens = open_lens("mazur-2-2-2", "Ctrl+5")
    window.canvas.select(W5)
    right = tangent_slope(lens.plot)
    window.session.set_mistakes("Mistake", ("missing-derivative",))
    assert tangent_slope(lens.plot) > 2 * right


def test_the_point_is_dragged_and_sets_the_weight_in_one_undo_step(open_lens: OpenLens) -> None:
    window, lens = open_lens("mazur-2-2-2", "Ctrl+5")
    window.canvas.select(W5)
    plot, stack = lens.plot, window.session.undo_stack
    views: list[object] = []
    window.session.changed.connect(views.append)
    QTest.mousePress(plot.viewport(), LEFT, pos=pixel(plot, 0.4))
    for value in (0.6, 0.9, 1.1):
        QTest.mouseMove(plot.viewport(), pixel(plot, value))
    assert plot.is_held and "w5 1.1" in plot.read_out.text and not views
    QTest.mouseRelease(plot.viewport(), LEFT, pos=pixel(plot, 1.1))
    assert value_of(window, W5) == pytest.approx(1.1, abs=0.02)
    assert stack.count() == 1 and stack.undoText().startswith("w5 = 1.")
    assert not plot.is_held and plot.read_out.text == ""
    stack.undo()
    assert value_of(window, W5) == 0.4
    assert plot.point.getData()[0][0] == 0.4


def test_a_press_away_from_the_point_moves_nothing(open_lens: OpenLens) -> None:
    window, lens = open_lens("mazur-2-2-2", "Ctrl+5")
    window.canvas.select(W5)
    QTest.mouseClick(lens.plot.viewport(), LEFT, pos=pixel(lens.plot, 1.2))
    assert window.session.undo_stack.count() == 0


def test_by_keys_arrows_move_enter_sets_and_escape_lets_go(open_lens: OpenLens) -> None:
    window, lens = open_lens("mazur-2-2-2", "Ctrl+5")
    window.canvas.select(W5)
    plot, stack = lens.plot, window.session.undo_stack
    plot.setFocus()
    QTest.keyClick(plot, Key.Key_Right)
    QTest.keyClick(plot, Key.Key_Escape)
    assert not plot.is_held and stack.count() == 0
    low, high = plot.box.viewRange()[0]
    QTest.keyClick(plot, Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(plot, Key.Key_Left)
    QTest.keyClick(plot, Key.Key_Return)
    assert value_of(window, W5) == pytest.approx(0.4 - 0.11 * (high - low), abs=1e-3)
    assert stack.count() == 1


def test_a_bias_and_a_weight_that_is_held_or_cut(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+5")
    bias, weight = Parameter(2, 0, None), Parameter(1, 1, 0)
    window.canvas.select(bias)
    assert lens.plot.isVisible()
    window.canvas.select(weight)
    window.session.apply("Freeze", holding.freeze, [weight], True)
    assert "frozen" in lens.note.text()
    window.session.apply("Cut", holding.cut, [weight])
    assert not lens.plot.isVisible() and "is cut" in lens._sentence.text()


def test_on_the_batch_or_on_the_whole_training_set(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+5")
    assert not lens.whose_button.isVisible()
    window.session.apply("Batch", edits.set_batching, 1, False)
    window.canvas.select(Parameter(2, 0, 0))
    batch, height = tangent_slope(lens.plot), lens.plot.curve.getData()[1].copy()
    assert lens.whose_button.text() == "batch"
    lens.whose_button.click()
    assert lens.whose_button.text() == "training set" and "4 samples" in lens.note.text()
    assert tangent_slope(lens.plot) != batch
    assert not np.allclose(lens.plot.curve.getData()[1], height)


def test_it_follows_training_and_the_axis_stays(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+5")
    window.canvas.select(Parameter(2, 0, 0))
    x = lens.plot.curve.getData()[0].copy()
    for _ in range(3):
        window.session.step("epoch")
    assert lens.plot.point.getData()[0][0] == value_of(window, Parameter(2, 0, 0))
    np.testing.assert_array_equal(lens.plot.curve.getData()[0], x)


def test_what_takes_long_is_worked_out_beside_the_window(
    open_lens: OpenLens, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, lens = open_lens("mazur-2-2-2", "Ctrl+5")
    monkeypatch.setattr("gui.lenses.along_weight._AT_ONCE", 0.0)
    window.canvas.select(W5)
    window.canvas.select(Parameter(1, 0, 0))  # while that of w5 is under way
    assert lens.busy
    lens.finish()
    lens.finish()
    assert lens.title.text() == "E along w1" and "∂E/∂w1" in lens.note.text()
