"""Where the numbers need more room than there is, the canvas scrolls: when, and to what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.documents.examples import read_example
from gui.canvas.spots import Spot, spot_of
from gui.window.main_window import MainWindow
from tests.gui.canvas.painted import Painted


def is_scrolled(canvas: Any) -> bool:
    bars = canvas.view.horizontalScrollBar(), canvas.view.verticalScrollBar()
    return any(bar.isVisible() for bar in bars)


def test_the_current_step_is_always_in_sight(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view(), 330, 260)
    canvas = ann.canvas
    assert is_scrolled(canvas)
    last = len(mazur_view().steps)
    for revealed in (*range(1, last), *range(last, 0, -1)):
        view = mazur_view(revealed=revealed)
        canvas.display(view)
        spot = spot_of(view.step)
        if spot is not None:
            assert canvas.view.viewport().rect().contains(canvas.place_of(spot)), view.step


@pytest.mark.parametrize("revealed", [2, 13, 26, 32])
def test_more_digits_leave_the_current_step_in_sight(
    person: Callable[..., Any], mazur_view: Callable[..., Any], revealed: int
) -> None:
    canvas = person(mazur_view(revealed=revealed), 560, 330).canvas
    assert not is_scrolled(canvas)
    view = mazur_view(revealed=revealed, digits=None)
    canvas.display(view)
    assert is_scrolled(canvas)
    assert canvas.view.viewport().rect().contains(canvas.place_of(spot_of(view.step)))


def test_the_picture_is_not_pulled_from_under_a_drag(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view(revealed=1), 330, 260)
    port = ann.canvas.view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    QTest.mouseMove(port, QPoint(60, 40))
    before = ann.at("unit", 0, 0)
    ann.canvas.display(mazur_view(revealed=13))
    assert ann.at("unit", 0, 0) == before
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(60, 40))
    ann.canvas.display(mazur_view(revealed=14))
    assert port.rect().contains(ann.at("weight", 2, 0, 1))


@pytest.mark.parametrize("name", ["mazur-2-2-2", "xor-2-3-1", "one-neuron"])
@pytest.mark.parametrize("size", [(1366, 768), (1440, 900)])
def test_small_examples_fit_without_scroll_bars(
    qapp: QApplication, open_window: Callable[[str], MainWindow], name: str, size: tuple[int, int]
) -> None:
    window = open_window(name)
    window.resize(*size)
    qapp.processEvents()
    for revealed in (0, len(read_example(name).spec.steps)):
        window.session.seek(revealed)
        window.settle()
        qapp.processEvents()
        assert not is_scrolled(window.canvas)
        painted = Painted(window.canvas.scene)
        assert painted.overlaps() == [] and painted.clipped() == []


def test_of_many_weights_those_of_the_current_step_are_read_and_all_from_near(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    view = sized_view(2, 20, 20, 1)
    canvas = person(view, 745, 480).canvas
    network = view.spec.network
    for revealed in (43, 45, len(view.steps) // 2, len(view.steps) - 30):
        moment = sized_view(2, 20, 20, 1, revealed=revealed)
        canvas.display(moment)
        step, painted = moment.step, Painted(canvas.scene)
        named = {label[0]: label[1:] for label in painted.on_labels()}
        if step.kind == "net_input":
            wanted = [(2, step.unit, source) for source in range(20)]
        else:
            wanted = [(step.layer, step.unit, step.source)] if step.source is not None else []
        for edge in wanted:
            place = canvas.place_of(Spot("weight", *edge))
            assert canvas.view.viewport().rect().contains(place)
        assert len(named) == len(wanted), step
        assert painted.clipped() == []
    for _ in range(12):
        canvas.view.zoom_by(1.25)
    painted = Painted(canvas.scene)
    assert len(painted.on_labels()) == network.size - sum(network.sizes[1:])
    assert painted.overlaps() == [] and painted.clipped() == []


def test_labels_make_way_for_a_node_that_was_moved_among_them(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    layout = {"h1": (330.0, 250.0), "o1": (760.0, 240.0)}
    canvas = person(mazur_view(revealed=34, layout=layout), 700, 400).canvas
    painted = Painted(canvas.scene)
    assert len(painted.on_labels()) == 8
    assert painted.overlaps() == [] and painted.clipped() == []
