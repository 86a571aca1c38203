"""Zooming, panning and fitting the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from gui.canvas.spots import Spot
from tests.gui.canvas.painted import node_words

Key = Qt.Key


def turn_wheel(canvas: Any, at: QPoint, notches: int) -> None:
    port = canvas.view.viewport()
    event = QWheelEvent(
        QPointF(at), QPointF(port.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(port, event)


def test_the_wheel_zooms_around_the_pointer(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view())
    spot = ("unit", 1, 0)
    before, other = ann.at(*spot), ann.at("unit", 2, 1)
    turn_wheel(ann.canvas, before, 3)
    assert (ann.at(*spot) - before).manhattanLength() <= 3
    away = ann.at("unit", 2, 1) - before
    assert away.x() > 1.2 * (other - before).x() and away.y() > 1.2 * (other - before).y()
    turn_wheel(ann.canvas, before, -3)
    assert (ann.at("unit", 2, 1) - other).manhattanLength() <= 6


@pytest.mark.parametrize("back", [Key.Key_0, Key.Key_Home])
def test_a_key_fits_the_network_again(
    person: Callable[..., Any], mazur_view: Callable[..., Any], back: Key
) -> None:
    ann = person(mazur_view())
    before = ann.at("unit", 2, 1)
    ann.canvas.setFocus()
    ann.press(Key.Key_Plus, Key.Key_Plus)
    assert ann.at("unit", 2, 1) != before
    ann.press(back)
    assert ann.at("unit", 2, 1) == before


def test_dragging_empty_space_pans_and_a_double_click_there_fits(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view())
    before = ann.at("unit", 0, 0)
    empty = QPoint(10, 10)
    ann.drag(empty, empty + QPoint(50, 30))
    assert ann.at("unit", 0, 0) - before == QPoint(50, 30)
    ann.double_click_at(QPoint(ann.canvas.view.width() - 4, ann.canvas.view.height() - 4))
    assert ann.at("unit", 0, 0) == before


@pytest.mark.parametrize("size", [(710, 420), (560, 330)])
@pytest.mark.parametrize("revealed", [0, 34])
def test_everything_fits_into_the_canvas(
    person: Callable[..., Any], mazur_view: Callable[..., Any], size: tuple[int, int],
    revealed: int,
) -> None:
    ann = person(mazur_view(revealed=revealed), *size)
    frame = ann.canvas.view.viewport().rect().adjusted(-1, -1, 1, 1)
    for layer in range(3):
        for unit in range(2):
            for kind in ("unit", "bias", "target", "delta", "loss"):
                assert frame.contains(ann.canvas.place_of(Spot(kind, layer, unit)))


def test_the_network_spreads_over_the_canvas_it_is_given(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view(), 900, 420)
    wide = ann.at("unit", 2, 1) - ann.at("unit", 0, 0)
    assert wide.x() > 0.6 * 900
    ann.canvas.resize(600, 700)
    tall = ann.at("unit", 2, 1) - ann.at("unit", 0, 0)
    assert tall.x() < wide.x() and tall.y() > 1.5 * wide.y()


def test_zooming_into_a_dense_layer_makes_its_units_readable(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    ann = person(sized_view(2, 32, 2, revealed=70))
    unit = ("unit", 1, 10)
    assert node_words(ann.canvas.scene, 1, 10) == []
    for _ in range(6):
        turn_wheel(ann.canvas, ann.at(*unit), 3)
    words = node_words(ann.canvas.scene, 1, 10)
    assert words[0] == "h11"
    assert any(word.startswith("b ") for word in words)
