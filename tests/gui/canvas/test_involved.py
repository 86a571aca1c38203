"""What the current step works with is lit: its edges and where they come from, or a whole layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from engine.run.steps import StepId
from gui import theme
from gui.canvas.items.colours import mixed
from gui.canvas.items.glow import USED
from gui.canvas.spots import Spot

ACCENT = theme.THEMES["light"].accent
SOFT = theme.THEMES["light"].accent_soft
UNITS = [(layer, unit) for layer in range(3) for unit in range(2)]
EDGES = [(layer, unit, source) for layer in (1, 2) for unit in range(2) for source in range(2)]

HIDDEN, OUTPUT = {(1, 0), (1, 1)}, {(2, 0), (2, 1)}
FORWARD, BACKWARD, LOSS = "forward", "backward", "loss"


def lit_edges(canvas: Any) -> set[tuple[int, int, int]]:
    """The edges, each (layer, unit, source), with a band beside them near their unit."""
    picture = canvas.grab(canvas.view.geometry()).toImage()
    wanted = mixed(QColor(ACCENT), USED.strength).name()
    found = set()
    for layer, unit, source in EDGES:
        start = canvas.place_of(Spot("unit", layer - 1, source))
        stop = canvas.place_of(Spot("unit", layer, unit))
        # A seventh of the way from the source no other edge is near, and no label.
        x1, y1, x2, y2 = start.right(), start.center().y(), stop.left(), stop.center().y()
        x, y = round(x1 + (x2 - x1) / 7), round(y1 + (y2 - y1) / 7)
        around = [QPoint(x, y + dy) for dy in range(-7, 8)]
        if any(picture.pixelColor(point).name() == wanted for point in around):
            found.add((layer, unit, source))
    return found


@pytest.mark.parametrize(
    ("step", "ringed", "lit", "edges"),
    [
        ((FORWARD, "net_input", 1, 0), {(1, 0)}, {(0, 0), (0, 1)}, {(1, 0, 0), (1, 0, 1)}),
        ((FORWARD, "activation", 1, 1), {(1, 1)}, set(), set()),
        ((LOSS, "loss", 2, 1), {(2, 1)}, set(), set()),
        ((LOSS, "total_loss"), set(), {(2, 0), (2, 1)}, set()),
        ((BACKWARD, "delta", 2, 0), {(2, 0)}, set(), set()),
        ((BACKWARD, "delta", 1, 0), {(1, 0)}, {(2, 0), (2, 1)}, {(2, 0, 0), (2, 1, 0)}),
        ((BACKWARD, "weight_gradient", 1, 1, 0), {(1, 1), (0, 0)}, set(), set()),
        (("update", "weight_update", 1, 1, 0), set(), set(), set()),
    ],
)
def test_a_step_lights_what_it_comes_from(
    person: Callable[..., Any],
    mazur_view: Callable[..., Any],
    colours_in: Callable[..., Any],
    step: tuple[Any, ...],
    ringed: set[tuple[int, int]],
    lit: set[tuple[int, int]],
    edges: set[tuple[int, int, int]],
) -> None:
    revealed = mazur_view().steps.index_of(StepId(*step)) + 1
    canvas = person(mazur_view(revealed=revealed), 1000, 600).canvas
    for unit in UNITS:
        colours = colours_in(canvas, Spot("unit", *unit))
        assert (SOFT in colours) == (unit in ringed), unit
        if unit in ringed | lit:
            assert ACCENT in colours, unit
    assert lit_edges(canvas) == edges


def test_the_loss_of_an_output_lights_its_target(
    person: Callable[..., Any], mazur_view: Callable[..., Any], colours_in: Callable[..., Any]
) -> None:
    canvas = person(mazur_view(revealed=9)).canvas
    accent = QColor(ACCENT).name()
    assert accent in colours_in(canvas, Spot("target", 2, 0))
    assert accent not in colours_in(canvas, Spot("target", 2, 1))


@pytest.mark.parametrize(
    ("grain", "revealed", "words", "ringed", "edges"),
    [
        ("layer", 4, "Forward pass  activations of layer 1 · steps 1 to 4 of 34", HIDDEN, {1}),
        ("layer", 8, "Forward pass  activations of layer 2 · steps 5 to 8 of 34", OUTPUT, {2}),
        ("layer", 11, "Loss  losses, total loss 0.298371 · steps 9 to 11 of 34", OUTPUT, set()),
        ("layer", 18, "Backward pass  deltas and gradients of layer 2 · steps 12 to 18 of 34",
         OUTPUT, {2}),
        ("layer", 29, "Update  updates of layer 1 · steps 26 to 29 of 34", set(), {1}),
        ("pass", 8, "Forward pass  activations of all layers · steps 1 to 8 of 34",
         HIDDEN | OUTPUT, {1, 2}),
        ("pass", 4, "Forward pass  activation of h2 · step 4 of 34", {(1, 1)}, set()),
        ("layer", 3, "Forward pass  net input of h2 · step 3 of 34", {(1, 1)}, {(1, 1)}),
        ("layer", 34, "Check  loss 0.298371 → 0.291028 · step 34 of 34", set(), set()),
    ],
)  # fmt: skip
def test_a_step_by_layer_or_pass_names_and_lights_all_of_it(
    person: Callable[..., Any],
    mazur_view: Callable[..., Any],
    colours_in: Callable[..., Any],
    grain: str,
    revealed: int,
    words: str,
    ringed: set[tuple[int, int]],
    edges: set[Any],
) -> None:
    canvas = person(mazur_view(revealed=revealed, taken=grain), 1000, 600).canvas
    assert canvas.chip.text == canvas.chip.accessibleName() == words
    for unit in UNITS:
        assert (SOFT in colours_in(canvas, Spot("unit", *unit))) == (unit in ringed), unit
    assert lit_edges(canvas) == {
        edge for edge in EDGES if edge[0] in edges or edge[:2] in edges
    }


def test_in_a_large_layer_the_edges_into_a_unit_are_lit_as_one(
    person: Callable[..., Any], sized_view: Callable[..., Any], colours_in: Callable[..., Any]
) -> None:
    plain = sized_view(2, 300, 2)
    canvas = person(plain, 1000, 600).canvas
    band = (canvas.place_of(Spot("unit", 1, 150)).right() + 20, canvas.view.height() // 2)

    def colour() -> str:
        picture = canvas.grab(canvas.view.geometry()).toImage()
        return str(picture.pixelColor(*band).name())

    before = colour()
    step = StepId("forward", "net_input", 2, 0)
    canvas.display(sized_view(2, 300, 2, revealed=plain.steps.index_of(step) + 1))
    assert colour() != before
    assert ACCENT in colours_in(canvas, Spot("unit", 2, 0))
