"""Large networks on the canvas: labels on request, folded layers, the current step in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu

from engine.maths.network import Parameter
from engine.run.steps import StepId
from engine.text.numbers import format_distinct, format_number
from gui import theme
from gui.canvas.items.folded import FoldedLayer
from gui.canvas.items.text import width as text_width
from gui.canvas.spots import Spot
from tests.gui.canvas.painted import folded_words, node_words, pill_words


def revealed_to(view: Any, step: StepId) -> int:
    """How many steps are revealed when a step is the last one."""
    return int(view.steps.index_of(step)) + 1


def test_labels_of_many_edges_are_shown_for_the_unit_under_the_pointer(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    ann = person(sized_view(2, 10, 10, 1))
    scene = ann.canvas.scene
    assert pill_words(scene, 2, 3, 4) == []
    ann.hover(ann.at("unit", 2, 3))
    assert pill_words(scene, 2, 3, 4) != [] and pill_words(scene, 3, 0, 3) != []
    assert pill_words(scene, 2, 5, 4) == []
    ann.hover(QPoint(2, 2))
    assert pill_words(scene, 2, 3, 4) == []


def test_the_current_edge_among_many_has_its_label_and_its_nodes_are_named(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    view = sized_view(2, 32, 32, 2)
    step = StepId("backward", "weight_gradient", 2, 20, 11)
    ann = person(sized_view(2, 32, 32, 2, revealed=revealed_to(view, step)))
    scene = ann.canvas.scene
    assert any(words.startswith("∂Σ ") for words in pill_words(scene, 2, 20, 11))
    assert node_words(scene, 2, 20)[0] == "h2.21"
    assert node_words(scene, 1, 11)[0] == "h1.12"
    assert node_words(scene, 1, 12) == []


def test_labels_of_a_step_that_have_no_room_together_are_left_to_the_derivation(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    step = StepId("forward", "net_input", 1, 4)
    view = sized_view(64, 16, 2)
    ann = person(sized_view(64, 16, 2, revealed=revealed_to(view, step)), 710, 420)
    scene = ann.canvas.scene
    assert not any(pill_words(scene, 1, 4, source) for source in range(64))
    ann.canvas.view.select(Spot("weight", 1, 4, 20))
    QApplication.processEvents()
    assert pill_words(scene, 1, 4, 20) != []  # the one that is asked about


@pytest.mark.parametrize("size", [(710, 420), (400, 300)])
def test_labels_overlap_neither_each_other_nor_a_node(
    person: Callable[..., Any], sized_view: Callable[..., Any], size: tuple[int, int]
) -> None:
    for sizes in ((2, 3, 1), (3, 4, 1), (2, 2, 2)):
        ann = person(sized_view(*sizes), *size)
        taken = [
            ann.canvas.place_of(Spot("unit", layer, unit))
            for layer, count in enumerate(sizes)
            for unit in range(count)
        ]
        for layer in (1, 2):
            for unit in range(sizes[layer]):
                for source in range(sizes[layer - 1]):
                    if not pill_words(ann.canvas.scene, layer, unit, source):
                        continue
                    place = ann.canvas.place_of(Spot("weight", layer, unit, source))
                    assert not any(place.intersects(other) for other in taken)
                    taken.append(place)


def test_a_layer_of_many_units_is_folded_and_still_shows_the_current_unit(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    view = sized_view(2, 100, 100, 2)
    step = StepId("forward", "activation", 2, 70)
    ann = person(sized_view(2, 100, 100, 2, revealed=revealed_to(view, step)))
    scene = ann.canvas.scene
    assert scene.is_folded(1) and scene.is_folded(2) and not scene.is_folded(3)
    assert folded_words(scene, 2) == ["h2", "100 units"]
    assert node_words(scene, 2, 70)[0] == "h2.71"
    assert node_words(scene, 2, 69) == []


@pytest.mark.parametrize("width", [640, 1000, 1600])
def test_what_a_folded_layer_says_stays_within_it(
    person: Callable[..., Any], sized_view: Callable[..., Any], width: int
) -> None:
    ann = person(sized_view(8, *[512] * 8, 2))
    ann.canvas.resize(width, 400)
    QApplication.processEvents()
    folded = [item for item in ann.canvas.scene.items() if isinstance(item, FoldedLayer)]
    assert len(folded) == 8
    for item in folded:
        box = item.boundingRect().adjusted(4, 4, -4, -4)
        name, count = item.drawn_words
        assert name == f"h{item.layer}" and count in ("512", "512 units")
        assert text_width(count, theme.SMALL) <= box.width() - 4
        assert text_width(name, 14, True) <= box.width() - 4
        assert box.contains(item.strip)


def test_a_folded_layer_is_opened_by_a_double_click_and_folded_by_its_menu(
    person: Callable[..., Any], sized_view: Callable[..., Any], choose: Callable[..., Any]
) -> None:
    ann = person(sized_view(2, 100, 2, revealed=204))
    scene = ann.canvas.scene
    ann.hover(ann.at("unit", 1, 40))
    assert node_words(scene, 1, 40)[0] == "h41"
    ann.double_click_at(ann.at("unit", 1, 40))
    assert not scene.is_folded(1)
    ann.hover(QPoint(2, 2))  # the large node under the pointer lies over its neighbours
    assert [node_words(scene, 1, unit)[0] for unit in (39, 41)] == ["h40", "h42"]
    middle = ann.canvas.view.viewport().rect().center()
    assert (ann.at("unit", 1, 40) - middle).manhattanLength() < 30
    choose(ann, ann.at("unit", 1, 40), "Fold layer")
    assert scene.is_folded(1)


def test_the_largest_network_is_shown(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    ann = person(sized_view(64, *[512] * 8, 512))
    assert len(ann.canvas.scene.items()) < 100
    assert not ann.canvas.grab().toImage().isNull()
    assert ann.canvas.findChild(QMenu) is None


@pytest.mark.parametrize("sizes", [(2, 3, 1), (2, 8, 8, 1), (2, 32, 32, 2), (2, 100, 100, 2)])
@pytest.mark.parametrize("room", [(400, 300), (1000, 600)])
def test_the_label_of_the_current_edge_says_everything_however_many_there_are(
    person: Callable[..., Any], sized_view: Callable[..., Any],
    sizes: tuple[int, ...], room: tuple[int, int],
) -> None:
    view = sized_view(*sizes)
    canvas = person(view, *room).canvas
    network, last = view.spec.network, len(sizes) - 1
    for edge in ((1, 0, 1), (last, 0, sizes[last - 1] - 1), (2, sizes[2] // 2, sizes[1] // 3)):
        parameter = Parameter(*edge)
        step = StepId("update", "weight_update", *edge)
        shown = sized_view(*sizes, revealed=revealed_to(view, step))
        canvas.display(shown)
        iteration, k = shown.iteration, network.index(parameter)
        value, gradient = shown.theta[k], iteration.gradient[k]
        old, new = format_distinct(value, iteration.next_state.theta[k], 6)
        assert pill_words(canvas.scene, *edge) == [
            network.parameter_name(parameter), old, f"∂Σ {format_number(gradient)}", f"→ {new}"
        ]
        canvas.display(sized_view(*sizes, revealed=revealed_to(view, step) - 1))
