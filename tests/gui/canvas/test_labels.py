"""Labels on the canvas: which edges have names when, and that no label covers a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.steps import StepId
from gui.canvas.spots import Spot


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
                    words = ann.canvas.scene.pill_words(layer, unit, source)
                    if sizes[1] > (3 if size[0] < 500 else 4) and not words:
                        continue  # there is not room for all
                    assert words[0].startswith("w") and not words[1].startswith(("∂", "→"))


def test_labels_of_one_line_show_one_kind_of_number(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    view = sized_view(3, 4, 1)
    ann = person(view, 710, 455)
    edges = [(unit, source) for unit in range(4) for source in range(3)]
    for phase, unit in (("backward", 1), ("update", 2)):
        kind = "weight_gradient" if phase == "backward" else "weight_update"
        step = StepId(phase, kind, 1, unit, 0)
        ann.canvas.display(sized_view(3, 4, 1, revealed=at_step(view, step)))
        signs = set()
        for edge in edges:
            words = ann.canvas.scene.pill_words(1, *edge)
            if edge == (unit, 0):
                assert len(words) == 3  # the step's own shows everything
            elif words:
                signs.add(words[-1][0] if words[-1][0] in "∂→" else "")
        assert signs == {"" if phase == "backward" else "∂"}


@pytest.mark.parametrize("size", [(710, 455), (440, 375)])
def test_no_label_covers_a_number(
    person: Callable[..., Any], sized_view: Callable[..., Any], size: tuple[int, int]
) -> None:
    narrow = size[0] < 500
    for sizes in ((2, 3, 1), (2, 2, 2)) if narrow else ((2, 3, 1), (3, 4, 1), (2, 2, 2)):
        view = sized_view(*sizes)
        ann = person(view, *size)
        # Old and new value of the largest weights need more room than a narrow window has.
        stop = view.steps.group_of(len(view.steps) - 2).start if narrow else len(view.steps)
        for revealed in range(1, stop + 1):
            ann.canvas.display(sized_view(*sizes, revealed=revealed))
            place = ann.canvas.scene.place_of
            taken = []
            for layer in (1, 2):
                for unit in range(sizes[layer]):
                    body, words = place(Spot("unit", layer, unit)), ann.canvas.scene
                    taken.append(body)
                    for kind in ("delta", "bias", "target", "loss"):
                        around = place(Spot(kind, layer, unit))
                        if around != body:
                            taken.append(around.adjusted(4, 2, -4, -2))
                    assert words.node_words(layer, unit)
            for layer in (1, 2):
                for unit in range(sizes[layer]):
                    for source in range(sizes[layer - 1]):
                        if ann.canvas.scene.pill_words(layer, unit, source):
                            pill = place(Spot("weight", layer, unit, source))
                            assert not any(pill.intersects(each) for each in taken)
                            taken.append(pill)


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
    words = ann.canvas.scene.pill_words
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
