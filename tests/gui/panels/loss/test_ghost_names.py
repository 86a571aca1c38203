"""Where the names of ghosts stand in the loss plot: on nothing that counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QApplication

from gui.panels.loss.panel import LossPanel
from gui.view import Ghost, View
from tests.gui.panels.loss.conftest import move, trained

MakeView = Callable[..., View]
LONG = "a name that a person gave to the very first run of a long afternoon in the laboratory"


def ghosts(count: int, seed: int) -> tuple[Ghost, ...]:
    generator, found = np.random.default_rng(seed), []
    for number in range(count):
        length = int(generator.integers(30, 3000))
        epochs = np.arange(length + 1.0)
        rate = generator.uniform(1e-4, 2e-2)
        losses = 0.05 + generator.uniform(0.3, 0.7) * np.exp(-rate * epochs)
        name = LONG if number == 0 else f"seed {number}, η 0.5, Adam"
        points = np.column_stack([epochs, losses, losses])
        found.append(Ghost(number + 3, name, points, forked=False))
    return tuple(found)


def shown(panel: LossPanel) -> list[QRectF]:
    return [
        name.sceneBoundingRect() for name in panel.plot.ghost_lines.names if name.isVisible()
    ]


def ends(panel: LossPanel) -> list[QPointF]:
    """Where each curve that ends in the plot does so, in the scene."""
    plot, found = panel.plot, []
    for item in (*plot.curves, plot.now_dot, *plot.ghost_lines.curves):
        places, values = item.getData()
        if len(places) and places[-1] <= plot.box.viewRange()[0][1]:
            end = QPointF(float(places[-1]), float(values[-1]))
            found.append(plot.box.mapViewToScene(end))
    return found


@pytest.mark.parametrize("size", [(720, 190), (330, 330), (480, 140), (1200, 400)])
@pytest.mark.parametrize("logs", [(False, False), (False, True), (True, False), (True, True)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_names_cover_no_end_no_other_name_and_nothing_of_the_run(
    panel: LossPanel, xor_view: MakeView, size: tuple[int, int], logs: tuple[bool, bool], seed: int
) -> None:
    panel.resize(*size)
    panel.log, panel.log_epochs = logs
    panel.display(replace(trained(xor_view(), 500), t=300, ghosts=ghosts(6, seed)))
    QApplication.processEvents()
    panel.display(replace(trained(xor_view(), 500), t=300, ghosts=ghosts(6, seed)))
    plot = panel.plot
    rooms, box = shown(panel), plot.box.sceneBoundingRect()
    assert len(rooms) >= (3 if size[0] * size[1] > 130_000 else 1)
    for room in rooms:
        assert box.adjusted(-0.5, -0.5, 0.5, 0.5).contains(room)
        assert not any(room.contains(end) for end in ends(panel))
        for places, values in (curve.getData() for curve in plot.curves):
            middles = np.linspace(places[0], places[-1], 3000)
            for x, y in zip(middles, np.interp(middles, places, values), strict=True):
                if room.contains(plot.box.mapViewToScene(QPointF(x, y))):
                    raise AssertionError("a name covers the present run")
    for one, other in combinations(rooms, 2):
        assert not one.adjusted(1, 1, -1, -1).intersects(other)


def test_a_long_name_is_shortened_and_whole_in_the_tooltip(
    panel: LossPanel, xor_view: MakeView
) -> None:
    panel.display(replace(trained(xor_view(), 500), ghosts=ghosts(1, 0)))
    [name] = panel.plot.ghost_lines.names
    assert name.isVisible() and name.toPlainText().endswith("…")
    assert LONG.startswith(name.toPlainText()[:-1])
    place = panel.plot.mapFromScene(name.sceneBoundingRect().center())
    move(panel, place, held=False)
    assert LONG in panel.plot.toolTip()
