"""Labels on the canvas: which edges have names when, and that no label covers a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QRectF

from engine.run.steps import StepId
from gui import theme
from gui.canvas.spots import Spot
from tests.gui.canvas.painted import Painted, pill_words


def at_step(view: Any, step: StepId) -> int:
    """How many steps are revealed when a step is the last one."""
    return int(view.steps.index_of(step)) + 1


@pytest.mark.parametrize("size", [(710, 455), (440, 375)])
def test_the_weights_that_a_step_works_with_carry_name_and_value(
    person: Callable[..., Any], sized_view: Callable[..., Any], size: tuple[int, int]
) -> None:
    for sizes in ((2, 3, 1), (3, 4, 1), (2, 8, 8, 1)):
        view = sized_view(*sizes)
        ann = person(view, *size)
        for step in (
            StepId("forward", "net_input", 1, 1),
            StepId("backward", "delta", 1, 0),
        ):
            ann.canvas.display(sized_view(*sizes, revealed=at_step(view, step)))
            layer = 1 if step.kind == "net_input" else 2
            units = [1] if layer == 1 else range(sizes[2])
            sources = range(sizes[0]) if layer == 1 else [0]
            for unit in units:
                for source in sources:
                    words = pill_words(ann.canvas.scene, layer, unit, source)
                    if sizes[1] > (3 if size[0] < 500 else 4) and not words:
                        continue  # there is not room for all
                    assert words[0].startswith("w") and not words[1].startswith(("∂", "→"))


def numbers_around(canvas: Any, sizes: tuple[int, ...]) -> list[QRectF]:
    """Where the nodes are, and what is written around them."""
    place, taken = canvas.scene.place_of, []
    for layer, size in enumerate(sizes):
        for unit in range(size):
            body = place(Spot("unit", layer, unit))
            taken.append(body)
            for kind in ("delta", "bias", "target", "loss"):
                around = place(Spot(kind, layer, unit))
                if around != body:
                    taken.append(around.adjusted(4, 2, -4, -2))
    return taken


def labels(canvas: Any, sizes: tuple[int, ...]) -> dict[tuple[int, int, int], QRectF]:
    """Where the labels are, by layer, unit and source."""
    edges = [
        (layer, unit, source)
        for layer in range(1, len(sizes))
        for unit in range(sizes[layer])
        for source in range(sizes[layer - 1])
    ]
    place = canvas.scene.place_of
    return {
        edge: place(Spot("weight", *edge)) for edge in edges if pill_words(canvas.scene, *edge)
    }


@pytest.mark.parametrize("size", [(710, 455), (440, 371)])
@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 3, 1), (2, 2, 2), (3, 4, 1)])
@pytest.mark.parametrize("rate", [0.5, 1e-11])
def test_no_label_covers_a_number(
    person: Callable[..., Any],
    sized_view: Callable[..., Any],
    size: tuple[int, int],
    sizes: tuple[int, ...],
    rate: float,
) -> None:
    steps = sized_view(*sizes).steps
    ann = person(sized_view(*sizes), *size)
    # With so small a rate old and new weights differ in the twelfth digit only.
    first = 1 if rate > 0.1 else steps.index_of(StepId("update", "weight_update", 1, 0, 0))
    for revealed in range(first, len(steps) + 1):
        ann.canvas.display(sized_view(*sizes, revealed=revealed, learning_rate=rate))
        step = steps.id_at(revealed - 1)
        shown = labels(ann.canvas, sizes)
        if step.source is not None:
            assert (step.layer, step.unit, step.source) in shown
        taken = numbers_around(ann.canvas, sizes)
        canvas = ann.canvas.view.sceneRect()
        for label in shown.values():
            assert canvas.contains(label)
            assert not any(label.intersects(each) for each in taken)
            taken.append(label)


def test_a_new_value_has_as_many_digits_as_tell_it_from_the_old_one(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    view = sized_view(2, 2, 1)
    step = StepId("update", "weight_update", 1, 0, 0)
    alike = sized_view(2, 2, 1, revealed=at_step(view, step), learning_rate=1e-12)
    ann = person(alike, 710, 371)
    name, old, _, new = pill_words(ann.canvas.scene, 1, 0, 0)
    assert name == "w¹₁₁" and new.startswith("→ ") and new != f"→ {old}"


def test_the_mark_at_the_lowest_bias_is_not_cut_off(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    view = sized_view(2, 3, 1)
    step = StepId("backward", "bias_gradient", 1, 2)
    ann = person(sized_view(2, 3, 1, revealed=at_step(view, step)), 440, 371)
    place = ann.canvas.place_of(Spot("bias", 1, 2)).translated(ann.canvas.view.pos())
    picture = ann.canvas.grab().toImage()
    accent = theme.current().colour("accent").name()
    middle = place.center().y()
    upper, lower = (
        max(
            sum(picture.pixelColor(x, y).name() == accent for x in range(picture.width()))
            for y in rows
        )
        for rows in (range(place.top() - 1, middle), range(middle, picture.height()))
    )
    assert upper > 50 and lower > 0.9 * upper


def test_crossing_edges_keep_their_labels_apart_and_off_the_crossing(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view(revealed=9))
    place = ann.canvas.scene.place_of
    for layer in (1, 2):
        level = [place(Spot("weight", layer, unit, unit)).center().y() for unit in range(2)]
        crossing = sum(level) / 2
        falling, rising = (place(Spot("weight", layer, *edge)) for edge in ((1, 0), (0, 1)))
        assert falling.bottom() < crossing < rising.top()
        assert rising.top() - falling.bottom() > 20


def test_all_weights_are_labelled_in_a_small_window(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view(revealed=22), 440, 370)  # the delta of h2
    words = Painted(ann.canvas.scene).on_label
    assert all(words(2, unit, source) for unit in range(2) for source in range(2))
    assert words(2, 0, 1)[:2] == ["w6", "0.45"] and words(2, 1, 1)[:2] == ["w8", "0.55"]


def test_a_bias_does_not_cover_the_delta_below_it(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    view = sized_view(2, 3, 1)
    ann = person(sized_view(2, 3, 1, revealed=len(view.steps)), 440, 385)
    place = ann.canvas.scene.place_of
    for unit in (0, 1):
        assert place(Spot("bias", 1, unit)).bottom() <= place(Spot("delta", 1, unit + 1)).top() + 1
