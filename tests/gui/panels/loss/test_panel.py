"""The loss card: its curve, what stands beside it, and the way to another epoch."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from msgspec.structs import replace
from numpy.testing import assert_allclose, assert_array_equal
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.maths.activations import Array
from gui import theme
from gui.panels.loss.panel import LossPanel
from gui.view import Ghost, View
from tests.gui.panels.loss.conftest import at, move, trained

MakeView = Callable[..., View]


def drawn(panel: LossPanel, number: int = 0) -> tuple[Array, Array]:
    return panel.plot.curves[number].getData()


def test_the_curve_is_what_training_recorded(panel: LossPanel, xor_view: MakeView) -> None:
    view = trained(xor_view(), 300)
    panel.display(view)
    epochs, losses = drawn(panel)
    assert_array_equal(epochs, view.curve[:, 0])
    assert_array_equal(losses, view.curve[:, 1])
    assert not np.shares_memory(losses, view.curve)


def test_a_million_points_are_thinned_to_the_pixels(panel: LossPanel, xor_view: MakeView) -> None:
    epochs = np.arange(1_000_000.0)
    curve = np.column_stack([epochs, 1.0 + np.sin(epochs / 1e5), epochs])
    curve[123_456, 1] = 7.0
    panel.display(xor_view(curve=curve))
    assert len(drawn(panel)[0]) <= 2 * panel.plot.width()
    assert drawn(panel)[1].max() == 7.0


def test_a_new_curve_replaces_the_old(panel: LossPanel, xor_view: MakeView) -> None:
    panel.display(trained(xor_view(), 50))
    item = panel.plot.curves[0]
    view = trained(xor_view(hidden=5), 20)
    panel.display(view)
    assert panel.plot.curves == [item]
    assert_array_equal(drawn(panel)[1], view.curve[:, 1])


def test_log_shows_powers_of_ten(qtbot: QtBot, panel: LossPanel, xor_view: MakeView) -> None:
    view = trained(xor_view(), 100)
    panel.display(view)
    assert panel.log_button.text() == "log y"
    qtbot.mouseClick(panel.log_button, Qt.MouseButton.LeftButton)
    assert panel.log
    assert panel.log_button.text() == "log y ✓"
    assert_allclose(drawn(panel)[1], np.log10(view.curve[:, 1]))
    qtbot.keyClick(panel.log_button, Qt.Key.Key_Return)
    assert not panel.log
    assert_array_equal(drawn(panel)[1], view.curve[:, 1])


def test_no_logarithm_of_a_loss_of_zero(panel: LossPanel, xor_view: MakeView) -> None:
    panel.log = True
    curve = np.array([[0.0, 0.5, 1.0], [1.0, 0.0, 1.0]])
    panel.display(xor_view(curve=curve))
    assert_array_equal(drawn(panel)[1], curve[:, 1])
    assert not panel.log_button.isEnabled()
    assert "above zero" in panel.log_button.toolTip()
    panel.display(xor_view(curve=np.array([[0.0, 0.5, 1.0], [1.0, 0.25, 1.0]])))
    assert panel.log_button.isEnabled()
    assert_allclose(drawn(panel)[1], np.log10([0.5, 0.25]))


def test_now_is_marked_where_the_view_stands(panel: LossPanel, xor_view: MakeView) -> None:
    end = trained(xor_view(), 100)
    panel.display(end)
    plot = panel.plot
    assert plot.now_line.isVisible() and plot.now_line.value() == 100.0
    assert not plot.now_name.isVisible()
    assert_array_equal(plot.now_dot.getData(), [[100.0], [end.loss]])
    panel.display(replace(end, t=40))
    assert plot.now_line.value() == 40.0
    assert plot.now_name.isVisible()


def test_the_first_point_stands_alone(panel: LossPanel, mazur_view: MakeView) -> None:
    view = mazur_view()
    panel.display(replace(view, curve=np.array([[0.0, view.loss]])))
    plot = panel.plot
    assert_allclose(plot.now_dot.getData(), [[0.0], [0.298371109]])
    assert plot.now_name.isVisible()
    assert not plot.now_line.isVisible()


def test_a_loss_that_is_not_known_yet_has_no_dot(panel: LossPanel, xor_view: MakeView) -> None:
    panel.display(replace(trained(xor_view(), 10), evaluation=None))
    assert len(panel.plot.now_dot.getData()[0]) == 0
    assert "share of samples right …" in panel.legend.text().replace("&nbsp;", " ")
    panel.display(replace(xor_view(), evaluation=None))  # and without any point
    assert panel.plot.curves == []


def test_a_low_plot_has_two_numbers_up_its_axis(panel: LossPanel, mazur_view: MakeView) -> None:
    panel.display(replace(mazur_view(), curve=np.array([[0.0, 0.298]])))
    for height in range(110, 200, 10):
        panel.resize(640, height)
        QApplication.processEvents()
        assert len(panel.plot.y_axis.ticks()) >= 2, height
    for height in range(60, 110, 2):  # or one, where two would touch
        panel.resize(640, height)
        QApplication.processEvents()
        axis = panel.plot.y_axis
        places = [place for place, _ in axis.ticks()]
        pixels = axis.size().height() / (axis.range[1] - axis.range[0])
        assert all((b - a) * pixels > 12 for a, b in pairwise(places)), height


def test_an_error_metric_is_a_second_line(panel: LossPanel, xor_view: MakeView) -> None:
    base = xor_view()
    spec = replace(base.spec, metrics=("mean_squared_error", "accuracy"))
    view = trained(replace(base, spec=spec), 30)
    panel.display(replace(view, evaluation=replace(view.evaluation, metrics=(0.3, 0.75))))
    assert len(panel.plot.curves) == 2
    assert_array_equal(drawn(panel, 1)[1], view.curve[:, 2])
    legend = panel.legend.text().replace("&nbsp;", " ")
    assert "mean squared error" in legend
    assert "share of samples right 0.75" in legend


def test_without_metrics_there_is_no_legend(panel: LossPanel, mazur_view: MakeView) -> None:
    panel.display(mazur_view())
    assert not panel.legend.isVisible()


def test_the_legend_goes_below_where_the_head_is_too_narrow(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView
) -> None:
    base = xor_view()
    metrics = ("mean_squared_error", "mean_absolute_error", "accuracy")
    view = trained(replace(base, spec=replace(base.spec, metrics=metrics)), 30)
    panel.display(replace(view, evaluation=replace(view.evaluation, metrics=(0.3, 0.4, 0.5))))
    for width, inside in ((900, True), (300, False)):
        panel.resize(width, 240)
        qtbot.waitUntil(
            lambda inside=inside: (panel.legend.y() < panel.title.geometry().bottom()) == inside
        )
        assert panel.width() == width
        assert panel.legend.geometry().right() <= width - theme.MARGIN


def test_ghosts_are_dashed_and_named(panel: LossPanel, xor_view: MakeView) -> None:
    view = trained(xor_view(), 60)
    points = np.column_stack([view.curve[:, 0] * 2, view.curve[:, 1] / 2, view.curve[:, 2]])
    ghosts = (Ghost(3, "η 0.25", points), Ghost(4, "w5 = 0.4", points[:, [0, 1, 2]] * 0.9))
    panel.display(replace(view, ghosts=ghosts))
    plot = panel.plot
    assert len(plot.ghost_lines.curves) == 2
    epochs, losses = plot.ghost_lines.curves[0].getData()
    assert_array_equal([epochs, losses], points[: len(epochs), :2].T)
    assert epochs[-1] > plot.box.viewRange()[0][1]  # it is seen to go on
    assert plot.ghost_lines.curves[0].opts["pen"].style() == Qt.PenStyle.DashLine
    assert plot.ghost_lines.names[0].toPlainText() == "η 0.25"
    other = Ghost(3, "η 0.25", points * 0.5)  # the same number in another document
    panel.display(replace(view, ghosts=(other,)))
    assert len(plot.ghost_lines.curves) == 1
    assert_array_equal(plot.ghost_lines.curves[0].getData(), other.points[:, :2].T)


def test_a_ghost_that_diverged_leaves_the_axis_to_the_road(
    panel: LossPanel, xor_view: MakeView
) -> None:
    view = trained(xor_view(), 60)
    huge = view.curve[:30].copy()
    huge[:, 1] = 10.0 ** np.arange(30.0)
    huge[-1, 1] = np.inf
    for log in (False, True):
        panel.log = log
        panel.display(replace(view, ghosts=(Ghost(3, "η 1000", huge),)))
        plot = panel.plot
        low, high = plot.box.viewRange()[1]
        values = drawn(panel)[1]
        assert values.max() - low > 0.2 * (high - low)
        name = plot.ghost_lines.names[0]
        inside = plot.box.sceneBoundingRect().contains(name.sceneBoundingRect().center())
        assert name.isVisible() and inside
        line = plot.ghost_lines.curves[0]
        assert np.abs(line.getData()[1]).max() < 1000 * (high - low)
        assert name.zValue() > max(plot.curves[0].zValue(), plot.now_line.zValue())
        assert name.fill.color() == theme.current().colour("card")


def test_a_click_asks_for_the_epoch_under_it(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    panel.display(trained(xor_view(), 100))
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(panel, 40.0))
    qtbot.waitUntil(lambda: asked == [40.0])


def test_a_drag_asks_once_a_turn_of_the_event_loop(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    panel.display(trained(xor_view(), 100))
    viewport = panel.plot.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=at(panel, 100.0))
    for epoch in (90.0, 80.0, 70.0):
        move(panel, at(panel, epoch))
    assert asked == []
    qtbot.waitUntil(lambda: asked == [70.0])
    move(panel, at(panel, 20.0) - QPoint(2000, 0))  # far out on the left
    qtbot.waitUntil(lambda: asked == [70.0, 0.0])
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at(panel, 0.0))
    assert panel.plot.now_line.value() == 100.0  # it waits for the answer


def test_a_press_beside_the_plot_starts_no_drag(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    panel.display(trained(xor_view(), 100))
    below = QPoint(at(panel, 40.0).x(), panel.plot.height() - 2)
    qtbot.mousePress(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=below)
    move(panel, at(panel, 60.0))
    qtbot.mouseRelease(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(panel, 60.0))
    qtbot.wait(20)
    assert asked == []


def test_the_handle_shows_that_it_can_be_dragged(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView
) -> None:
    panel.display(trained(xor_view(), 100))
    viewport = panel.plot.viewport()
    assert viewport.hasMouseTracking()
    qtbot.mouseMove(viewport, at(panel, 100.0))
    assert viewport.cursor().shape() == Qt.CursorShape.SizeHorCursor
    qtbot.mouseMove(viewport, at(panel, 50.0))
    assert viewport.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_where_there_is_one_moment_nothing_is_asked(
    qtbot: QtBot, panel: LossPanel, mazur_view: MakeView, asked: list[float]
) -> None:
    panel.display(replace(mazur_view(), curve=np.array([[0.0, 0.298]])))
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(panel, 0.5))
    qtbot.wait(20)
    assert asked == []


def test_keys_go_from_epoch_to_epoch(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    panel.display(replace(trained(xor_view(), 100), t=50))
    keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
    for number, key in enumerate(keys, start=1):
        qtbot.keyClick(panel.plot, key)
        qtbot.waitUntil(lambda number=number: len(asked) == number)
    qtbot.keyClick(panel.plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: asked == [49.0, 51.0, 0.0, 100.0, 55.0])


def test_within_few_epochs_single_iterations_can_be_asked_for(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    view = trained(xor_view(), 8)
    spec = replace(view.spec, batching=replace(view.spec.batching, size=1))
    panel.display(replace(view, spec=spec, curve=view.curve[:3], t=8))
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(panel, 1.25))
    qtbot.waitUntil(lambda: asked == [1.25])


def test_colours_follow_the_theme(
    qapp: QApplication, panel: LossPanel, xor_view: MakeView
) -> None:
    base = xor_view()
    spec = replace(base.spec, metrics=("mean_squared_error",))
    panel.display(trained(replace(base, spec=spec), 100))
    theme.apply(qapp, "dark")
    panel.restyle()
    dark = theme.THEMES["dark"]
    assert panel.plot.curves[0].opts["pen"].color() == dark.colour("positive")
    assert panel.plot.now_line.pen.color() == dark.colour("accent")
    picture = panel.grab().toImage()
    corner = panel.plot.mapTo(panel, panel.plot.rect().topLeft())
    assert picture.pixelColor(corner) == dark.colour("card")
    assert dark.positive in panel.legend.text()
