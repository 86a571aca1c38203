"""What the loss plot says about the point under the pointer, and where it says it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.run.value_kinds import SEEN_IN_OUTPUTS
from engine.text.numbers import format_number
from gui import theme
from gui.panels.loss.panel import LossPanel
from gui.view import Curtain, Ghost, View
from tests.gui.panels.loss.conftest import at, move, trained

MakeView = Callable[..., View]


def on_curve(panel: LossPanel, epoch: float, loss: float) -> QPoint:
    plot = panel.plot
    return plot.mapFromScene(plot.box.mapViewToScene(QPointF(epoch, loss)))


@pytest.mark.parametrize("digits", [4, 9])
def test_it_tells_epoch_and_loss_with_the_chosen_digits(
    panel: LossPanel, xor_view: MakeView, digits: int
) -> None:
    view = replace(trained(xor_view(), 100), digits=digits)
    panel.display(view)
    move(panel, at(panel, 40.2), held=False)
    loss = format_number(float(view.curve[40, 1]), digits)
    assert panel.plot.read_out.text.split() == ["epoch", "40", "loss", loss]


def test_of_several_curves_it_tells_which(panel: LossPanel, xor_view: MakeView) -> None:
    base = xor_view()
    spec = replace(base.spec, metrics=("mean_squared_error",))
    view = trained(replace(base, spec=spec), 30)
    panel.display(view)
    for column, name in ((1, "loss"), (2, "mean squared error")):
        move(panel, on_curve(panel, 20.0, float(view.curve[20, column])), held=False)
        value = format_number(float(view.curve[20, column]), view.digits)
        assert panel.plot.read_out.text == f"epoch 20   {name} {value}"


def test_the_loss_of_test_samples_is_told_as_that(panel: LossPanel, xor_view: MakeView) -> None:
    view = trained(xor_view(), 30)
    tested = np.column_stack([np.arange(31.0), view.curve[:, 1] + 0.1])
    panel.display(replace(view, test_curve=tested))
    for curve, name in ((view.curve, "loss"), (tested, "test loss")):
        move(panel, on_curve(panel, 20.0, float(curve[20, 1])), held=False)
        value = format_number(float(curve[20, 1]), view.digits)
        assert panel.plot.read_out.text == f"epoch 20   {name} {value}"


def test_on_a_ghost_it_tells_its_name_and_its_loss(panel: LossPanel, xor_view: MakeView) -> None:
    points = np.column_stack([np.arange(101.0), np.full(101, 0.25)])
    panel.display(replace(trained(xor_view(), 100), ghosts=(Ghost(3, "seed 2, η 1", points),)))
    move(panel, on_curve(panel, 50.0, 0.25), held=False)
    assert panel.plot.read_out.text == "epoch 50   seed 2, η 1: loss 0.25"
    assert "seed 2, η 1" in panel.plot.toolTip()


@pytest.mark.parametrize("away", [7, 15, 25])
@pytest.mark.parametrize("side", [-1, 1])
def test_near_a_ghost_beyond_the_run_it_reads_the_ghost_and_not_the_run_s_end(
    panel: LossPanel, xor_view: MakeView, away: int, side: int
) -> None:
    epochs = np.arange(401.0)
    points = np.column_stack([epochs, 0.3 - 0.0002 * epochs])
    panel.log_epochs = True  # it shows all of a longer ghost
    panel.display(replace(trained(xor_view(), 30), ghosts=(Ghost(3, "η 0.1", points),)))
    QApplication.processEvents()
    place = np.log10(1.0 + 300.0)
    move(panel, on_curve(panel, place, 0.24) + QPoint(0, side * away), held=False)
    epoch, told = panel.plot.read_out.text.split("   ")
    assert abs(int(epoch.removeprefix("epoch ")) - 300) <= 5
    assert told == f"η 0.1: loss {format_number(0.3 - 0.0002 * int(epoch.split()[1]), 6)}"
    assert panel.plot.ghost_lines.curves[0].opts["pen"].width() == 2  # it stands out


def test_where_the_run_lies_over_a_ghost_it_reads_the_run(
    panel: LossPanel, xor_view: MakeView
) -> None:
    view, longer = trained(xor_view(), 30), trained(xor_view(), 90)
    panel.log_epochs = True
    panel.display(replace(view, ghosts=(Ghost(3, "η 0.5", longer.curve),)))
    QApplication.processEvents()
    for away in (-9, 0, 9):
        place = on_curve(panel, np.log10(21.0), float(view.curve[20, 1]))
        move(panel, place + QPoint(0, away), held=False)
        assert panel.plot.read_out.text.startswith("epoch 20   loss ")


def test_between_two_ghosts_the_nearer_wins(panel: LossPanel, xor_view: MakeView) -> None:
    def level(name: str, number: int, loss: float) -> Ghost:
        return Ghost(number, name, np.column_stack([np.arange(101.0), np.full(101, loss)]))

    panel.resize(640, 480)
    both = level("upper", 3, 0.08), level("lower", 4, 0.01)
    panel.display(replace(trained(xor_view(), 100), ghosts=both))
    QApplication.processEvents()
    up, low = on_curve(panel, 50.0, 0.08).y(), on_curve(panel, 50.0, 0.01).y()
    x = on_curve(panel, 50.0, 0.08).x()
    for share, name in ((0.35, "upper"), (0.65, "lower")):
        move(panel, QPoint(x, round(up + share * (low - up))), held=False)
        assert f"{name}: loss" in panel.plot.read_out.text


def test_it_follows_the_curve_and_goes_with_the_pointer(
    qtbot: QtBot, panel: LossPanel, xor_view: MakeView
) -> None:
    panel.display(trained(xor_view(), 100))
    move(panel, at(panel, 100.0) - QPoint(30, 0), held=False)
    before = panel.plot.read_out.text
    panel.display(trained(xor_view(), 200))  # the run goes on while the pointer rests
    assert panel.plot.read_out.text != before
    move(panel, QPoint(5, panel.plot.height() - 2), held=False)
    assert panel.plot.read_out.text == ""


@pytest.mark.parametrize(
    ("size", "percent"),
    [
        ((640, 240), 100), ((330, 330), 100), ((280, 120), 100), ((480, 150), 100),
        ((640, 240), 200), ((420, 330), 200), ((480, 180), 200),
    ],
)
@pytest.mark.parametrize("log", [False, True])
def test_wherever_the_pointer_is_it_keeps_within_the_plot_and_off_the_curve_s_end(
    qapp: QApplication, panel: LossPanel, xor_view: MakeView, size: tuple[int, int],
    percent: int, log: bool,
) -> None:
    theme.apply(qapp, percent=percent)
    try:
        panel.restyle()
        panel.resize(*size)
        panel.log = panel.log_epochs = log
        panel.display(replace(trained(xor_view(), 300), digits=None))
        QApplication.processEvents()
        plot = panel.plot
        room = QRectF(plot.viewport().rect())
        end = plot.box.mapViewToScene(QPointF(*(float(d[-1]) for d in plot.curves[0].getData())))
        box = plot.box.sceneBoundingRect()
        for across in np.linspace(0.0, 1.0, 24):
            for up in (0.02, 0.5, 0.98):
                place = QPointF(
                    box.left() + 1 + across * (box.width() - 2), box.top() + up * box.height()
                )
                move(panel, plot.mapFromScene(place), held=False)
                assert plot.read_out.text.startswith("epoch")
                assert room.contains(plot.read_out.label)
                assert not plot.read_out.label.contains(end)
    finally:
        theme.apply(qapp, percent=100)


def test_what_is_hidden_is_not_read_out(panel: LossPanel, xor_view: MakeView) -> None:
    view = trained(xor_view(), 100)
    panel.display(view)
    move(panel, at(panel, 40.0), held=False)
    assert panel.plot.read_out.text
    panel.display(view.behind(Curtain(SEEN_IN_OUTPUTS[:1])))
    assert panel.plot.read_out.text == ""


def test_a_long_name_takes_no_room_from_the_number(panel: LossPanel, xor_view: MakeView) -> None:
    panel.resize(260, 200)
    points = np.column_stack([np.arange(101.0), np.full(101, 0.25)])
    name = "what a person called the very first run of a long afternoon"
    panel.display(replace(trained(xor_view(), 100), ghosts=(Ghost(3, name, points),)))
    QApplication.processEvents()
    move(panel, on_curve(panel, 50.0, 0.25), held=False)
    place, called, number = panel.plot.read_out.text.split("\n")
    assert (place, number) == ("epoch 50", "0.25")
    assert name.startswith(called.split("…")[0]) and "…" in called


@pytest.mark.parametrize("logs", [(False, False), (True, False), (False, True)])
def test_the_present_moment_is_whole_in_a_low_plot(
    panel: LossPanel, xor_view: MakeView, logs: tuple[bool, bool]
) -> None:
    panel.resize(300, 110)
    panel.log, panel.log_epochs = logs
    view = trained(xor_view(), 2000)
    for t in (0, 1000, 2000):
        loss = float(view.curve[t, 1])
        panel.display(replace(view, t=t, evaluation=replace(view.evaluation, loss=loss)))
        QApplication.processEvents()
        panel.display(replace(view, t=t, evaluation=replace(view.evaluation, loss=loss)))
        box = panel.plot.box.sceneBoundingRect()
        place = panel.plot.box.mapViewToScene(
            QPointF(*(float(each[0]) for each in panel.plot.now_dot.getData()))
        )
        assert box.contains(QRectF(place, place).adjusted(-5, -5, 5, 5))
