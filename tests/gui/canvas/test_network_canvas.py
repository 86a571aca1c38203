"""The canvas in the hands of a person: what is shown, asked and reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from engine.maths.network import Parameter
from engine.maths.schedules import Schedule
from engine.run.edits import set_parameters
from engine.run.given import Given
from engine.run.reshaping import set_units
from engine.run.spec import State, start_state
from engine.run.steps import StepId
from engine.text.numbers import format_number
from gui import theme
from gui.canvas.spots import Spot
from tests.gui.canvas.painted import node_words, pill_words
from tests.gui.conftest import view_of

Key = Qt.Key


# What is shown


def test_numbers_appear_as_the_cursor_reaches_them(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view())
    scene = ann.canvas.scene
    assert node_words(scene, 0, 0) == ["i1", "0.05"]
    assert node_words(scene, 2, 0) == ["o1", "b 0.6", "t 0.01"]
    ann.canvas.display(mazur_view(revealed=1))
    assert "z 0.3775" in node_words(scene, 1, 0)
    assert "0.593270" not in node_words(scene, 1, 0)
    ann.canvas.display(mazur_view(revealed=2))
    assert "0.593270" in node_words(scene, 1, 0)
    assert node_words(scene, 1, 1) == ["h2", "b 0.35"]
    ann.canvas.display(mazur_view(revealed=9))
    assert "E 0.274811" in node_words(scene, 2, 0)
    assert "E 0.0235600" not in node_words(scene, 2, 1)
    ann.canvas.display(mazur_view(revealed=13))
    assert "δ 0.138499" in node_words(scene, 2, 0)
    assert pill_words(scene, 2, 0, 0) == ["w5", "0.4", "∂ 0.0821670"]
    assert pill_words(scene, 2, 0, 1) == ["w6", "0.45"]
    ann.canvas.display(mazur_view(revealed=20))
    assert "∂ 0.100400" in node_words(scene, 2, 1)
    ann.canvas.display(mazur_view(revealed=34))
    assert pill_words(scene, 2, 0, 0) == ["w5", "0.4", "∂ 0.0821670", "→ 0.358916"]
    ann.canvas.display(mazur_view())
    assert pill_words(scene, 2, 0, 0) == ["w5", "0.4"]


def test_gradients_still_being_worked_out_are_dots(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(replace(mazur_view(revealed=13), iteration=None))
    assert pill_words(ann.canvas.scene, 2, 0, 0) == ["w5", "0.4", "∂ …"]


def test_the_current_edge_and_both_its_nodes_are_in_the_accent_colour(
    person: Callable[..., Any], mazur_view: Callable[..., Any], colours_in: Callable[..., Any]
) -> None:
    ann = person(mazur_view(revealed=13))
    accent = "#6741d9"
    for spot in (("unit", 1, 0), ("unit", 2, 0), ("weight", 2, 0, 0)):
        assert accent in colours_in(ann.canvas, Spot(*spot))
    for spot in (("unit", 1, 1), ("unit", 0, 0), ("weight", 2, 1, 1)):
        assert accent not in colours_in(ann.canvas, Spot(*spot))


def test_a_negative_weight_is_orange_dashed_and_has_a_minus_sign(
    person: Callable[..., Any], mazur_view: Callable[..., Any], colours_in: Callable[..., Any]
) -> None:
    view = mazur_view()
    state = start_state(view.spec, view.theta)
    _, state = set_parameters(view.spec, state, [(Parameter(1, 0, 0), -0.9)])
    ann = person(replace(view, theta=state.theta))
    assert pill_words(ann.canvas.scene, 1, 0, 0) == ["w1", "−0.9"]
    row = edge_pixels(ann.canvas)
    orange = [red > 220 and blue < 150 for red, _, blue in row]
    gaps = [red > 240 and blue > 240 for red, _, blue in row]
    assert any(orange) and any(gaps)
    switches = sum(a != b for a, b in zip(orange, orange[1:], strict=False))
    assert switches >= 4


def edge_pixels(canvas: Any) -> list[tuple[int, int, int]]:
    """Colours along the first edge, from its node to its label."""
    picture = canvas.grab(canvas.view.geometry()).toImage()
    start = canvas.place_of(Spot("unit", 0, 0)).right() + 4
    label = canvas.place_of(Spot("weight", 1, 0, 0))
    y = label.center().y()
    colours = [picture.pixelColor(x, y) for x in range(start, label.left() - 2)]
    return [(c.red(), c.green(), c.blue()) for c in colours]


def test_little_surfaces_stand_in_hidden_nodes_before_the_first_step(
    person: Callable[..., Any], xor_view: Callable[..., Any], colours_in: Callable[..., Any]
) -> None:
    view = xor_view()
    W = view.spec.network.weights(view.theta.copy(), 1)
    theta = view.theta.copy()
    theta[: W.size] = 20.0 * (np.arange(W.size) % 2 - 0.5)
    ann = person(replace(view, theta=theta))
    seen = colours_in(ann.canvas, Spot("unit", 1, 1))
    assert "#1f77b4" in seen and "#db6908" in seen
    assert "#db6908" not in colours_in(ann.canvas, Spot("unit", 2, 0))
    ann.canvas.display(xor_view(revealed=1))
    assert "#db6908" not in colours_in(ann.canvas, Spot("unit", 1, 1))


def test_a_change_of_theme_is_followed(
    person: Callable[..., Any], mazur_view: Callable[..., Any], colours_in: Callable[..., Any],
    qapp: QApplication,
) -> None:
    ann = person(mazur_view(revealed=13))
    light, dark = theme.THEMES["light"], theme.THEMES["dark"]
    try:
        theme.apply(qapp, "dark")
        ann.canvas.restyle()
        seen = colours_in(ann.canvas, Spot("unit", 1, 0))
    finally:
        theme.apply(qapp, "light")
    assert {dark.accent, dark.accent_soft} <= seen
    assert not {light.accent, light.accent_soft} & seen


def test_the_sample_is_named_where_there_are_several(
    person: Callable[..., Any], xor_view: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(xor_view(sample=1))
    assert ann.canvas.caption.sample.text() == "sample 2 of 4"
    ann.canvas.display(mazur_view())
    assert not ann.canvas.caption.sample.isVisible()


def test_an_update_under_a_schedule_tells_its_learning_rate(
    person: Callable[..., Any], xor_view: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    schedule = Schedule(name="step", every=1, factor=0.5, per="iteration")
    for made, prefix in ((xor_view, "sample 1 of 4 · "), (mazur_view, "")):
        view = made(revealed=1)
        kinds = [view.steps.id_at(k).kind for k in range(len(view.steps))]
        at = kinds.index("weight_update")
        layer = view.steps.id_at(at).layer
        layers = list(view.spec.network.layers)
        layers[layer - 1] = replace(layers[layer - 1], rate_factor=3.0)
        network = replace(view.spec.network, layers=tuple(layers))
        spec = replace(view.spec, schedule=schedule, network=network)
        rate = spec.optimizer["learning_rate"]
        before = view_of(spec, State(view.theta, t=2), revealed=at)
        after = view_of(spec, State(view.theta, t=2), revealed=at + 1)
        ann = person(before)
        line = ann.canvas.caption.sample
        assert "η" not in line.text()
        ann.canvas.display(after)
        assert line.isVisible() and line.text() == f"{prefix}η = {format_number(rate * 0.75)}"
        plain = replace(spec, schedule=Schedule())
        ann.canvas.display(view_of(plain, State(view.theta, t=2), revealed=at + 1))
        assert "η" not in line.text() and line.isVisible() is bool(prefix)


# Asking


@pytest.mark.parametrize(
    ("revealed", "spot", "number"),
    [
        (8, ("unit", 1, 0), StepId("forward", "activation", 1, 0)),
        (8, ("net_input", 1, 0), StepId("forward", "net_input", 1, 0)),
        (11, ("loss", 2, 1), StepId("loss", "loss", 2, 1)),
        (15, ("delta", 2, 0), StepId("backward", "delta", 2, 0)),
        (15, ("weight", 2, 0, 1), Parameter(2, 0, 1)),
        (0, ("bias", 2, 1), Parameter(2, None, None)),
        (0, ("unit", 0, 1), Given("input", 1)),
        (0, ("target", 2, 1), Given("target", 1)),
        (0, ("unit", 1, 1), StepId("forward", "activation", 1, 1)),
    ],
)
def test_a_clicked_number_is_asked_about_and_selected_and_not_edited(
    person: Callable[..., Any], mazur_view: Callable[..., Any], colours_in: Callable[..., Any],
    revealed: int, spot: tuple[Any, ...], number: object,
) -> None:
    ann = person(mazur_view(revealed=revealed))
    told: list[object] = []
    ann.canvas.asked.connect(lambda number: told.append(number))
    ann.canvas.selected.connect(lambda number: told.append(number))
    ann.click(*spot)
    assert told == [number, number]
    ann.canvas.view.clearFocus()
    assert "#6741d9" in colours_in(ann.canvas, Spot(*spot))  # the frame stays
    assert ann.canvas.findChild(QLineEdit, "inPlaceField") is None


def test_escape_and_a_click_beside_everything_select_nothing(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    for leave in (lambda: ann.press(Key.Key_Escape), lambda: ann.click_at(QPoint(5, 5))):
        ann.click("weight", 2, 0, 0)
        with qtbot.waitSignal(ann.canvas.selected) as caught:
            leave()
        assert caught.args == [None]


# Keyboard


def test_arrows_and_enter_reach_a_weight_and_edit_it(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    ann.canvas.setFocus()
    ann.press(Key.Key_Right, Key.Key_Down, Key.Key_Right)
    assert ann.canvas.view.accessibleDescription().startswith("weight w4 from i2 to h2")
    with qtbot.waitSignal(ann.canvas.parameter_edited) as caught:
        ann.press(Key.Key_Return, "3", Key.Key_Return)
    assert caught.args == [Parameter(1, 1, 1), 3.0]
    ann.press(Key.Key_Right)
    assert ann.canvas.view.accessibleDescription().startswith("unit h2")


def test_enter_asks_for_one_value_of_a_unit_after_the_other(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann, asked = person(mazur_view(revealed=13)), []
    ann.canvas.asked.connect(lambda number: asked.append(number))
    ann.canvas.setFocus()
    ann.press(*[Key.Key_Right] * 5)
    assert ann.canvas.view.accessibleDescription().startswith("unit o1")
    del asked[:4]  # on the way each was asked about
    ann.press(*[Key.Key_Return] * 4)
    assert [step.kind for step in asked] == [
        "activation", "delta", "loss", "net_input", "activation",
    ]  # fmt: skip
    ann.press(Key.Key_Left, Key.Key_Left)
    ann.press(*[Key.Key_Return] * 2)  # the delta of h1 is not worked out yet
    assert [step.kind for step in asked[6:]] == ["activation", "net_input", "activation"]


def test_where_the_keyboard_is_can_be_seen(
    person: Callable[..., Any], mazur_view: Callable[..., Any], colours_in: Callable[..., Any]
) -> None:
    ann = person(mazur_view())
    ann.canvas.setFocus()
    ann.press(Key.Key_Down)
    for expected in (("unit", 0, 0), ("unit", 0, 1)):
        assert "#6741d9" in colours_in(ann.canvas, Spot(*expected))
        ann.press(Key.Key_Down)
    ann.press(Key.Key_Escape)
    assert "#6741d9" not in colours_in(ann.canvas, Spot("unit", 0, 1))


def test_tab_goes_through_everything_and_then_leaves(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    button = QPushButton("next", ann.canvas)
    button.show()
    button.setFocus()
    ann.press(Key.Key_Tab)
    said = []
    while QApplication.focusWidget() is not button and len(said) < 50:
        said.append(ann.canvas.view.accessibleDescription().splitlines()[0])
        ann.press(Key.Key_Tab)
    # 6 units, 8 weights, 4 places of a bias, 2 targets
    assert len(said) == len(set(said)) + 2 == 20
    assert said[0] == "input i1" and said[-1] == "target of o2"
    ann.press(Key.Key_Backtab)
    assert ann.canvas.view.accessibleDescription().startswith("target of o2")


def test_page_keys_and_space_are_left_to_the_window(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    heard = []
    ann.canvas.keyPressEvent = lambda event: heard.append(event.key())
    ann.canvas.setFocus()
    ann.press(Key.Key_PageDown, Key.Key_PageUp, Key.Key_Space, Key.Key_T)
    assert heard == [Key.Key_PageDown, Key.Key_PageUp, Key.Key_Space, Key.Key_T]


# Nodes that move, units more and fewer


def test_a_dragged_node_is_reported_once_at_the_end(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    view = mazur_view()
    ann = person(view)
    moves: list[tuple[str, float, float]] = []
    ann.canvas.unit_moved.connect(lambda *move: moves.append(move))
    start = ann.at("unit", 1, 0)
    target = start + QPoint(60, 45)
    with qtbot.assertNotEmitted(ann.canvas.asked, wait=20):
        ann.drag(start, target)
    assert [name for name, _, _ in moves] == ["h1"]
    name, x, y = moves[0]
    assert x > 500.0 and y > 250.0
    ann.canvas.display(replace(view, layout={name: (x, y)}))
    assert (ann.at("unit", 1, 0) - target).manhattanLength() <= 2
    ann.canvas.resize(500, 400)
    ann.canvas.display(replace(view, layout={}))
    assert ann.at("unit", 1, 0).y() < ann.at("unit", 1, 1).y()


def test_a_place_means_the_same_at_any_zoom(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(replace(mazur_view(), layout={"h1": (400.0, 300.0)}))
    ann.canvas.setFocus()
    ann.press(Key.Key_Plus, Key.Key_Plus, Key.Key_Plus)
    start = ann.at("unit", 1, 0)
    with qtbot.waitSignal(ann.canvas.unit_moved) as caught:
        ann.drag(start, start + QPoint(12, 0))
    moved = caught.args
    ann.canvas.display(replace(mazur_view(), layout={"h1": tuple(moved[1:])}))
    with qtbot.waitSignal(ann.canvas.unit_moved) as caught:
        ann.drag(ann.at("unit", 1, 0), start)
    assert moved[1] > 410.0
    assert caught.args[1:] == pytest.approx([400.0, 300.0], abs=4.0)


def test_a_node_dragged_out_of_the_picture_stays_in_the_plane(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    with qtbot.waitSignal(ann.canvas.unit_moved) as caught:
        ann.drag(ann.at("unit", 2, 1), QPoint(2000, 2000))
    assert caught.args == ["o2", 1000.0, 1000.0]


def test_buttons_at_a_column_add_and_remove_a_unit(
    person: Callable[..., Any], xor_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(xor_view())
    ann.hover(ann.at("unit", 1, 0))
    add, remove = (
        ann.canvas.findChild(QPushButton, name) for name in ("addUnit", "removeUnit")
    )
    assert add.isVisible() and add.accessibleName() == "Add a unit to hidden layer 1"
    assert remove.accessibleName() == "Remove h3"
    with qtbot.waitSignal(ann.canvas.unit_added) as caught:
        qtbot.mouseClick(add, Qt.MouseButton.LeftButton)
    assert caught.args == [1]
    with qtbot.waitSignal(ann.canvas.unit_removed) as caught:
        qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert caught.args == [1, 2]
    ann.hover(ann.at("unit", 2, 0))
    assert not remove.isEnabled()


def test_a_changed_shape_is_shown_at_once(
    person: Callable[..., Any], xor_view: Callable[..., Any]
) -> None:
    view = xor_view()
    ann = person(view)
    spec, state = set_units(view.spec, start_state(view.spec), 1, 4)
    ann.canvas.display(xor_view(hidden=4))
    assert node_words(ann.canvas.scene, 1, 3)[0] == "h4"
    assert spec.network == xor_view(hidden=4).spec.network
