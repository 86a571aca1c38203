"""The path of the chain rule lights up, and a ring stands around what a factor belongs to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.maths.network import Parameter
from engine.run.steps import StepId
from gui.canvas.items.glow import chain_path, spot_about
from gui.canvas.network_canvas import NetworkCanvas
from gui.canvas.spots import Spot
from gui.view import View
from tests.gui.conftest import mazur_spec, xor_spec


@pytest.mark.parametrize(
    ("step", "units", "edges"),
    [
        (StepId("backward", "delta", 2, 1), {(2, 1)}, {}),
        (StepId("backward", "weight_gradient", 2, 0, 1), {(2, 0)}, {2: {(0, 1)}}),
        (
            StepId("update", "weight_update", 1, 0, 0),
            {(1, 0), (2, 0), (2, 1)},
            {1: {(0, 0)}, 2: {(0, 0), (1, 0)}},
        ),
        (
            StepId("backward", "delta", 1, 1),
            {(1, 1), (2, 0), (2, 1)},
            {2: {(0, 1), (1, 1)}},
        ),
        (
            StepId("backward", "bias_gradient", 1),
            {(1, 0), (1, 1), (2, 0), (2, 1)},
            {2: {(0, 0), (0, 1), (1, 0), (1, 1)}},
        ),
        (StepId("forward", "net_input", 1, 0), set(), {}),
        (StepId("loss", "loss", 2, 0), set(), {}),
        (None, set(), {}),
    ],
)
def test_the_path_is_what_lies_between_the_loss_and_the_number(
    step: StepId | None, units: set[tuple[int, int]], edges: dict[int, set[tuple[int, int]]]
) -> None:
    path = chain_path(mazur_spec()[0].network, step)
    assert path.units == units
    assert {layer: set(there) for layer, there in path.edges.items()} == edges


def test_a_bundle_of_edges_is_not_taken_apart() -> None:
    network = xor_spec(hidden=300, inputs=20)[0].network
    path = chain_path(network, StepId("backward", "delta", 1, 299))
    assert path.edges == {2: [(0, 299)]}
    deep = xor_spec(hidden=512, inputs=10)[0].network
    assert len(chain_path(deep, StepId("update", "weight_update", 1, 0, 0)).units) == 2


def test_everything_a_factor_can_belong_to_has_its_spot() -> None:
    steps = mazur_spec()[0].steps
    kinds = [spot_about(steps.id_at(k)) for k in range(len(steps))]
    assert [k for k, spot in enumerate(kinds) if spot is None] == [10, 33]
    assert spot_about(Parameter(2, 1, 0)) == Spot("weight", 2, 1, 0)
    assert spot_about(Parameter(1, None, None)) == Spot("bias", 1, 0)
    assert spot_about(None) is None


def picture(canvas: NetworkCanvas) -> QImage:
    return canvas.view.viewport().grab().toImage()


def differs(before: QImage, after: QImage, canvas: NetworkCanvas, spot: Spot) -> bool:
    """Whether the picture changed right around a spot."""
    place = canvas.place_of(spot).adjusted(-6, -6, 6, 6)
    return before.copy(place) != after.copy(place)


def test_path_and_ring_are_painted_only_where_they_belong(
    qtbot: QtBot, mazur_view: Callable[..., View]
) -> None:
    canvas = NetworkCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(800, 500)
    canvas.display(mazur_view(revealed=14))
    with qtbot.waitExposed(canvas):
        canvas.show()
    plain = picture(canvas)
    h1, h2, o1 = Spot("unit", 1, 0), Spot("unit", 1, 1), Spot("unit", 2, 0)
    canvas.trace(StepId("backward", "weight_gradient", 1, 0, 0))
    traced = picture(canvas)
    assert differs(plain, traced, canvas, h1) and differs(plain, traced, canvas, o1)
    assert not differs(plain, traced, canvas, h2)
    canvas.trace(None)
    assert picture(canvas) == plain
    canvas.highlight(StepId("forward", "activation", 1, 1))
    ringed = picture(canvas)
    assert differs(plain, ringed, canvas, h2) and not differs(plain, ringed, canvas, o1)
    canvas.highlight(Parameter(1, 0, 1))
    assert differs(plain, picture(canvas), canvas, Spot("weight", 1, 0, 1))
    canvas.highlight(None)
    assert picture(canvas) == plain
