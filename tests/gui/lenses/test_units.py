"""f and f′ over z: each unit on both curves, and what hardly reacts."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from engine.maths.network import Parameter
from engine.run import edits
from engine.run.steps import StepId
from gui.canvas.items.node import NodeItem
from gui.canvas.spots import Spot, describe
from gui.view import Curtain
from gui.window.main_window import MainWindow
from tests.gui.lenses.conftest import OpenLens


def nodes(window: MainWindow) -> dict[tuple[int, int], NodeItem]:
    """The nodes of the network as they are drawn."""
    items = window.canvas.scene.items()
    return {(item.layer, item.unit): item for item in items if isinstance(item, NodeItem)}


def test_each_unit_stands_at_its_z_on_both_curves(open_lens: OpenLens) -> None:
    """Figures of M. Mazur, A step by step backpropagation example, 2015: net h1 = 0.3775, out h1 =
    0.593269992; its slope is out (1 − out) = 0.2413."""
    _, lens = open_lens("mazur-2-2-2", "Ctrl+4")
    h1 = lens.plot.units[0]
    assert h1.name == "h1"
    assert h1.z == pytest.approx(0.3775, abs=1e-12)
    assert h1.a == pytest.approx(0.593269992, abs=1e-9)
    assert h1.slope == pytest.approx(0.24130, abs=1e-5)
    x, y = lens.plot.spots["a", False].getData()
    assert (h1.z, h1.a) in set(zip(x, y, strict=True))
    curve_x, curve_y = lens.plot.curve.getData()
    at_zero = min(range(len(curve_x)), key=lambda k: abs(curve_x[k]))
    assert curve_y[at_zero] == pytest.approx(0.5)  # σ(0)
    assert "No unit is flat" in lens.note.text()


def test_no_name_stands_over_a_spot_or_another_name(open_lens: OpenLens) -> None:
    _, lens = open_lens("xor-2-3-1", "Ctrl+4")  # whose hidden units are close together
    plot = lens.plot
    names = [item for item in plot._names if item.isVisible()]
    rooms = [item.mapRectToScene(item.boundingRect()).adjusted(4, 4, -4, -4) for item in names]
    spots = [
        QRectF(-4, -4, 8, 8).translated(plot.box.mapViewToScene(QPointF(unit.z, y)))
        for unit in plot.units for y in (unit.a, unit.slope)
    ]
    assert len(names) == 3 and len(spots) == 6
    assert not [(room, spot) for room in rooms for spot in spots if room.intersects(spot)]
    assert not any(a.intersects(b) for a, b in combinations(rooms, 2))


def test_it_follows_edits_samples_and_the_unit_that_is_selected(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+4")
    before = lens.plot.units[0].z
    window.session.choose_sample(3)
    assert lens.plot.units[0].z != before
    window.canvas.select(StepId("forward", "net_input", 2, 0))
    assert [unit.name for unit in lens.plot.units] == ["o"]
    assert lens.layer_button.text().startswith("Output")


def test_a_saturated_unit_is_told_beside_the_curve_and_on_the_network(
    open_lens: OpenLens,
) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+4")
    values = [
        (Parameter(1, 0, 0), 20.0), (Parameter(1, 0, 1), 0.0), (Parameter(1, 0, None), -10.0),
        (Parameter(1, 1, 0), 40.0), (Parameter(1, 1, 1), 0.0), (Parameter(1, 1, None), 0.0),
    ]
    window.session.apply("Values", edits.set_parameters, values)
    # h1 has z = −10 or 10, so it is flat for every sample; h2 has 0 or 40.
    assert [unit.flatness for unit in lens.plot.units] == ["dead", "", ""]
    assert "every training sample): h1" in lens.note.text()
    assert [len(lens.plot.spots["slope", flat].getData()[0]) for flat in (False, True)] == [2, 1]
    window.session.choose_sample(3)
    assert [unit.flatness for unit in lens.plot.units] == ["dead", "flat", ""]
    assert "this sample): h2" in lens.note.text()
    view = window.canvas.scene.view
    assert view is not None
    assert "dead" in describe(view, Spot("unit", 1, 0)).splitlines()[0]
    assert "flat" in describe(view, Spot("unit", 1, 1)).splitlines()[0]
    items = nodes(window)
    assert items[1, 0].face.flatness == "dead" and items[1, 1].face.flatness == "flat"
    window.session.draw_curtain(Curtain(("deltas",)))
    items = nodes(window)
    assert not any(item.face.flatness for item in items.values())


def test_keys_walk_the_units_and_enter_goes_to_one(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+4")
    plot = lens.plot
    plot.setFocus()
    order = sorted(plot.units, key=lambda unit: unit.z)
    for unit in order:
        QTest.keyClick(plot, Qt.Key.Key_Right)
        assert unit.name in plot.read_out.text and "f′" in plot.read_out.text
    asked: list[object] = []
    window.canvas.asked.connect(asked.append)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert asked == [StepId("forward", "net_input", 1, plot.units.index(order[-1]))]


def test_the_gain_of_a_sigmoid_makes_it_steeper(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+4")
    slopes = lens.plot.slope_curve.getData()[1]
    assert max(slopes) == pytest.approx(0.25, rel=1e-3)
    window.session.apply("Gain", edits.set_activation_setting, 1, "gain", 3.0)
    assert max(lens.plot.slope_curve.getData()[1]) == pytest.approx(0.75, rel=1e-3)
    assert all(math.isfinite(unit.slope) for unit in lens.plot.units)


def test_of_softmax_there_is_no_one_curve(open_lens: OpenLens) -> None:
    window, lens = open_lens("mazur-2-2-2", "Ctrl+4")
    window.session.apply("Softmax", edits.set_activation, 2, "softmax")
    window.canvas.select(StepId("forward", "activation", 2, 0))
    assert not lens.plot.isVisible()
