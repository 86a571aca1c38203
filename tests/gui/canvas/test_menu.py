"""The context menu of the canvas, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from engine.maths.network import with_layer
from gui.canvas.spots import Spot


def titles(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def entry(menu: QMenu, title: str) -> Any:
    return next(action for action in menu.actions() if action.text() == title)


@pytest.mark.parametrize(
    ("spot", "path", "signal", "args"),
    [
        (("unit", 1, 1), ("Activation", "tanh"), "activation_chosen", [1, "tanh"]),
        (("unit", 2, 0), ("Activation", "linear"), "activation_chosen", [2, "linear"]),
        (("unit", 1, 1), ("Remove h2",), "unit_removed", [1, 1]),
        (("unit", 0, 0), ("Remove x1",), "unit_removed", [0, 0]),
        (("unit", 1, 1), ("Add unit to this layer",), "unit_added", [1]),
        (("unit", 0, 1), ("Add input to this layer",), "unit_added", [0]),
        (("unit", 1, 1), ("Add layer before",), "layer_added", [1]),
        (("unit", 1, 1), ("Add layer after",), "layer_added", [2]),
        (("unit", 0, 1), ("Add layer after",), "layer_added", [1]),
        (("unit", 2, 0), ("Add layer before",), "layer_added", [2]),
        (("unit", 1, 1), ("Remove layer",), "layer_removed", [1]),
        (("unit", 1, 1), ("Reset layout",), "layout_reset", []),
    ],
)
def test_an_entry_is_reported(
    person: Callable[..., Any], xor_view: Callable[..., Any], choose: Callable[..., Any],
    qtbot: QtBot, spot: tuple[Any, ...], path: tuple[str, ...], signal: str, args: list[Any],
) -> None:
    ann = person(xor_view())
    with qtbot.waitSignal(getattr(ann.canvas, signal)) as caught:
        choose(ann, ann.at(*spot), *path)
    assert caught.args == args


def test_what_cannot_be_done_is_not_offered(
    person: Callable[..., Any], xor_view: Callable[..., Any], menu_at: Callable[..., QMenu]
) -> None:
    ann = person(xor_view())
    output = menu_at(ann, ann.at("unit", 2, 0))
    assert not entry(output, "Remove o").isEnabled()
    assert "Remove layer" not in titles(output) and "Add layer after" not in titles(output)
    output.close()
    inputs = menu_at(ann, ann.at("unit", 0, 0))
    assert "Activation" not in titles(inputs) and "Add layer before" not in titles(inputs)


def test_softmax_is_offered_at_the_output_only(
    person: Callable[..., Any], xor_view: Callable[..., Any], menu_at: Callable[..., QMenu]
) -> None:
    view = xor_view()
    network = with_layer(view.spec.network, 1, activation="relu")
    ann = person(replace(view, spec=replace(view.spec, network=network)))
    hidden = menu_at(ann, ann.at("unit", 1, 0))
    choices = entry(hidden, "Activation").menu().actions()
    assert "softmax" not in [choice.text() for choice in choices]
    assert [choice.text() for choice in choices if choice.isChecked()] == ["ReLU"]
    hidden.close()
    output = menu_at(ann, ann.at("unit", 2, 0))
    assert "softmax" in titles(entry(output, "Activation").menu())


def test_a_weight_is_edited_from_its_menu(
    person: Callable[..., Any], mazur_view: Callable[..., Any], choose: Callable[..., Any]
) -> None:
    ann = person(mazur_view())
    choose(ann, ann.at("weight", 1, 0, 1), "Edit w2…")
    field = ann.canvas.findChild(QLineEdit, "inPlaceField")
    assert field.hasFocus() and field.selectedText() == "0.2"


def test_empty_space_offers_to_reset_the_view(
    person: Callable[..., Any], mazur_view: Callable[..., Any], choose: Callable[..., Any],
    menu_at: Callable[..., QMenu],
) -> None:
    ann = person(mazur_view())
    before = ann.at("unit", 0, 0)
    ann.drag(QPoint(10, 10), QPoint(50, 60))
    corner = QPoint(5, 5)
    offered = titles(menu_at(ann, corner))
    assert offered == ["Fit the network into view", "Reset layout", "Save picture…"]
    ann.canvas.findChild(QMenu, "canvasMenu").close()
    choose(ann, corner, "Fit the network into view")
    assert ann.at("unit", 0, 0) == before


def test_the_menu_key_opens_the_menu_of_what_is_selected(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view())
    ann.canvas.setFocus()
    ann.canvas.view.select(Spot("unit", 1, 1))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(ann.canvas.view.viewport(), event)
    menu = ann.canvas.findChild(QMenu, "canvasMenu")
    assert "Remove h2" in titles(menu)
    menu.close()
