"""Zooming into the loss curve, and the axis of epochs as a logarithmic one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_allclose, assert_array_equal
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.panels.loss.panel import LossPanel
from gui.view import Ghost, View
from tests.gui.panels.loss.conftest import at, move, trained

MakeView = Callable[..., View]
LEFT = Qt.MouseButton.LeftButton


def shown(panel: LossPanel) -> tuple[float, float]:
    low, high = panel.plot.box.viewRange()[0]
    return low, high


def turn(panel: LossPanel, place: QPoint, notches: int) -> QWheelEvent:
    event = QWheelEvent(
        QPointF(place), QPointF(place), QPoint(0, 0), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )
    QApplication.sendEvent(panel.plot.viewport(), event)
    return event


def drag(qtbot: QtBot, panel: LossPanel, begin: QPoint, end: QPoint) -> None:
    viewport = panel.plot.viewport()
    qtbot.mousePress(viewport, LEFT, pos=begin)
    move(panel, (begin + end) / 2)
    move(panel, end)
    qtbot.mouseRelease(viewport, LEFT, pos=end)


@pytest.fixture
def million(panel: LossPanel, xor_view: MakeView) -> View:
    epochs = np.arange(1_000_001.0)
    curve = np.column_stack([epochs, 1.0 + np.sin(epochs), epochs])
    view = xor_view(curve=curve)
    panel.display(replace(view, t=1_000_000))
    return view


def test_the_wheel_zooms_about_the_pointer(panel: LossPanel, xor_view: MakeView) -> None:
    panel.display(trained(xor_view(), 100))
    place = at(panel, 75.0)
    before = shown(panel)
    assert turn(panel, place, 2).isAccepted()
    low, high = shown(panel)
    assert high - low < 0.8 * (before[1] - before[0])
    assert abs(at(panel, 75.0).x() - place.x()) <= 1
    for _ in range(10):
        turn(panel, place, -1)
    assert shown(panel) == before
    assert not turn(panel, place, -1).isAccepted()  # there is no more to see


def test_a_dragged_range_is_zoomed_to_and_no_epoch_is_asked_for(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    panel.display(trained(xor_view(), 100))
    drag(qtbot, panel, at(panel, 60.0), at(panel, 20.0))
    low, high = shown(panel)
    assert 17.0 < low < 20.5 and 59.5 < high < 63.0
    losses = panel.plot.curves[0].getData()[1]
    bottom, top = panel.plot.box.viewRange()[1]
    assert bottom > 0.4 * losses.min()  # the losses that are seen fill the height
    assert panel.all_button.isVisible()
    qtbot.wait(20)
    assert asked == []
    qtbot.mouseClick(panel.all_button, LEFT)
    assert shown(panel)[1] > 100.0 and not panel.all_button.isVisible()


def test_a_small_slip_is_a_click_and_a_drag_up_is_nothing(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    panel.display(trained(xor_view(), 100))
    before, place = shown(panel), at(panel, 40.0)
    drag(qtbot, panel, place, place - QPoint(0, 60))
    qtbot.wait(20)
    assert asked == [] and shown(panel) == before
    drag(qtbot, panel, place, place + QPoint(3, 2))
    qtbot.waitUntil(lambda: asked == [40.0])
    assert shown(panel) == before


def test_escape_lets_a_drag_go(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    panel.display(trained(xor_view(), 100))
    before = shown(panel)
    qtbot.mousePress(panel.plot.viewport(), LEFT, pos=at(panel, 20.0))
    move(panel, at(panel, 60.0))
    qtbot.keyClick(panel.plot, Qt.Key.Key_Escape)
    qtbot.mouseRelease(panel.plot.viewport(), LEFT, pos=at(panel, 60.0))
    qtbot.wait(20)
    assert asked == [] and shown(panel) == before


def test_a_double_click_shows_all_and_goes_nowhere(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    panel.display(trained(xor_view(), 100))
    before, viewport = shown(panel), panel.plot.viewport()
    drag(qtbot, panel, at(panel, 20.0), at(panel, 60.0))
    place = at(panel, 40.0)
    qtbot.mouseClick(viewport, LEFT, pos=place)
    qtbot.mouseDClick(viewport, LEFT, pos=place)
    assert shown(panel) == before
    qtbot.wait(QApplication.doubleClickInterval() + 50)
    assert asked == []
    drag(qtbot, panel, at(panel, 20.0), at(panel, 60.0))
    qtbot.mouseClick(viewport, LEFT, pos=at(panel, 40.0))  # one click goes there
    qtbot.waitUntil(lambda: asked == [40.0])


def test_keys_zoom_about_the_present_moment(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView
) -> None:
    panel.display(replace(trained(xor_view(), 100), t=40))
    before, place = shown(panel), at(panel, 40.0).x()
    qtbot.keyClick(panel.plot, Qt.Key.Key_Plus)
    low, high = shown(panel)
    assert before[0] < low < 40.0 < high < before[1]
    assert abs(at(panel, 40.0).x() - place) <= 1
    qtbot.keyClick(panel.plot, Qt.Key.Key_Minus)
    assert_allclose(shown(panel), before)
    for _ in range(3):
        qtbot.keyClick(panel.plot, Qt.Key.Key_Plus)
    qtbot.keyClick(panel.plot, Qt.Key.Key_0)
    assert shown(panel) == before


def test_an_arrow_that_leads_out_of_sight_moves_what_is_shown(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    panel.display(replace(trained(xor_view(), 100), t=40))
    drag(qtbot, panel, at(panel, 10.0), at(panel, 35.0))
    low, high = shown(panel)
    qtbot.keyClick(panel.plot, Qt.Key.Key_End)
    assert shown(panel)[0] < 100.0 < shown(panel)[1]
    assert_allclose(shown(panel)[1] - shown(panel)[0], high - low)
    qtbot.waitUntil(lambda: asked == [100.0])


def test_zooming_in_brings_the_true_points_back(panel: LossPanel, million: View) -> None:
    assert len(panel.plot.curves[0].getData()[0]) < 2000
    for _ in range(60):
        turn(panel, at(panel, 300_000.0), 1)
    low, high = shown(panel)
    assert high - low < 50.0
    epochs, losses = panel.plot.curves[0].getData()
    first = int(epochs[0])
    assert_array_equal(epochs, np.arange(first, first + len(epochs)))
    assert epochs[0] < low and epochs[-1] > high  # it goes on beyond what is seen
    assert_array_equal(losses, million.curve[first : first + len(epochs), 1])


def test_what_is_zoomed_to_stays_while_the_run_grows_but_its_end_is_followed(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView
) -> None:
    short, long = trained(xor_view(), 100), trained(xor_view(), 200)
    panel.display(short)
    drag(qtbot, panel, at(panel, 20.0), at(panel, 60.0))
    before = shown(panel)
    panel.display(long)
    assert_allclose(shown(panel), before)
    panel.plot.show_all()
    drag(qtbot, panel, at(panel, 100.0), at(panel, 200.0) + QPoint(6, 0))
    panel.display(trained(xor_view(), 300))
    assert shown(panel)[1] > 300.0


def test_a_part_that_another_run_does_not_have_is_forgotten(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView
) -> None:
    panel.display(trained(xor_view(), 100))
    drag(qtbot, panel, at(panel, 40.0), at(panel, 60.0))
    panel.display(trained(xor_view(), 10))
    assert not panel.all_button.isVisible()
    assert shown(panel)[0] < 0.0 < 10.0 < shown(panel)[1]


def test_a_single_moment_has_nothing_to_zoom_into(panel: LossPanel, mazur_view: MakeView) -> None:
    panel.display(replace(mazur_view(), curve=np.array([[0.0, 0.298]])))
    before = shown(panel)
    assert not turn(panel, at(panel, 0.5), 1).isAccepted()
    assert shown(panel) == before


# The logarithmic axis


def ticks(panel: LossPanel) -> list[str]:
    return [text for _, text in panel.plot.x_axis.ticks()]


def test_a_logarithmic_axis_has_a_place_for_epoch_0(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView, asked: list[float]
) -> None:
    view = trained(xor_view(), 1000)
    panel.display(view)
    qtbot.mouseClick(panel.log_epochs_button, LEFT)
    assert panel.log_epochs_button.text() == "log x ✓"
    places, losses = panel.plot.curves[0].getData()
    assert_allclose(places[:4], np.log10([1.0, 2.0, 3.0, 4.0]), atol=1e-12)
    assert_array_equal(losses[:4], view.curve[:4, 1])
    assert ticks(panel)[:3] == ["0", "1", "2"] and "100" in ticks(panel)
    assert_allclose(panel.plot.now_line.value(), np.log10(1001.0))
    qtbot.mouseClick(panel.plot.viewport(), LEFT, pos=at(panel, np.log10(4.0)))
    qtbot.waitUntil(lambda: asked == [3.0])
    drag(qtbot, panel, at(panel, np.log10(41.0)), at(panel, np.log10(301.0)))
    low, high = (10**place - 1 for place in shown(panel))
    assert 37.0 < low < 41.0 and 295.0 < high < 320.0


def test_ticks_of_a_logarithmic_axis_keep_apart(panel: LossPanel, million: View) -> None:
    panel.log_epochs = True
    for width in (200, 300, 640, 1200):
        panel.resize(width, 240)
        QApplication.processEvents()
        assert ticks(panel)[0] == "0" and len(ticks(panel)) >= 3
        places = [place for place, _ in panel.plot.x_axis.ticks()]
        assert places == sorted(places) and len(set(ticks(panel))) == len(places)
        assert panel.plot.x_axis.size().width() / len(places) > 20


# Ghosts


def ghost(length: int, name: str = "seed 1, η 0.5") -> Ghost:
    epochs = np.linspace(0.0, length, 5001)
    return Ghost(3, name, np.column_stack([epochs, 1.0 / (1.0 + epochs), epochs]), forked=False)


def test_a_ghost_of_a_million_epochs_leaves_the_plot_to_a_run_of_500(
    panel: LossPanel, xor_view: MakeView
) -> None:
    view = replace(trained(xor_view(), 500), ghosts=(ghost(1_000_000),))
    panel.display(view)
    low, high = shown(panel)
    assert high < 600.0
    line = panel.plot.ghost_lines.curves[0]
    assert line.getData()[0][-1] > high > 500.0  # and is seen to go on
    panel.log_epochs = True
    assert 10 ** shown(panel)[1] > 1_000_000
    panel.log_epochs = False
    panel.log = True
    assert shown(panel)[1] < 600.0


def test_a_logarithmic_loss_shows_how_low_a_ghost_came(
    panel: LossPanel, xor_view: MakeView
) -> None:
    view = trained(xor_view(), 500)
    points = np.column_stack([np.arange(501.0), 10.0 ** -np.linspace(0, 8, 501)])
    panel.display(replace(view, ghosts=(Ghost(3, "better", points),)))
    panel.log = True
    assert panel.plot.box.viewRange()[1][0] < -8.0


def test_before_the_first_epoch_the_ghosts_have_the_plot(
    panel: LossPanel, xor_view: MakeView
) -> None:
    view = xor_view()
    start = replace(view, curve=np.array([[0.0, view.loss, 0.5]]), ghosts=(ghost(2000),))
    panel.display(start)
    low, high = shown(panel)
    assert low <= 0.0 and 2000.0 <= high < 2200.0
    panel.display(replace(trained(view, 20), ghosts=(ghost(2000),)))
    assert shown(panel)[1] < 25.0
