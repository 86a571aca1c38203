"""Numbers edited where they stand on the canvas: what is taken, refused and left in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.maths.network import Parameter
from gui.canvas.spots import Spot

Key = Qt.Key


def field_of(canvas: QWidget) -> QLineEdit | None:
    """The field that is open on the canvas, if one is."""
    fields = [f for f in canvas.findChildren(QLineEdit, "inPlaceField") if f.isVisible()]
    return fields[0] if fields else None


def opened(canvas: QWidget) -> QLineEdit:
    field = field_of(canvas)
    assert field is not None
    return field


def test_a_double_click_on_a_weight_opens_a_focused_field_with_its_text_selected(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    ann.edit("weight", 2, 0, 0)
    field = opened(ann.canvas)
    assert field.hasFocus()
    assert field.selectedText() == "0.4"
    assert field.accessibleName() == "weight w5 from h1 to o1"
    place = ann.canvas.place_of(Spot("weight", 2, 0, 0))
    assert field.geometry().contains(place.center())


def test_a_number_typed_over_a_weight_is_reported_and_the_field_closes(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    ann.edit("weight", 1, 1, 0)
    with qtbot.waitSignal(ann.canvas.parameter_edited) as caught:
        ann.press("1/4", Key.Key_Return)
    assert caught.args == [Parameter(1, 1, 0), 0.25]
    assert field_of(ann.canvas) is None
    assert ann.canvas.view.hasFocus()


def test_an_edge_can_be_edited_beside_its_label(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view())
    left = ann.canvas.place_of(Spot("unit", 0, 0)).right()
    label = ann.canvas.place_of(Spot("weight", 1, 0, 0))
    ann.double_click_at(QPoint((left + label.left()) // 2, label.center().y() + 3))
    assert opened(ann.canvas).text() == "0.15"


def test_escape_changes_nothing(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    ann.edit("weight", 1, 0, 0)
    with qtbot.assertNotEmitted(ann.canvas.parameter_edited, wait=20):
        ann.press("7", Key.Key_Escape)
    assert field_of(ann.canvas) is None


def test_nonsense_is_refused_and_the_field_stays(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    ann.edit("weight", 1, 0, 0)
    with qtbot.assertNotEmitted(ann.canvas.parameter_edited, wait=20):
        ann.press("seven", Key.Key_Return)
    assert opened(ann.canvas).text() == "seven"
    assert "seven" in opened(ann.canvas).toolTip()
    ann.press(Key.Key_Escape)
    assert field_of(ann.canvas) is None


def test_a_click_elsewhere_takes_the_number(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    ann.edit("weight", 1, 0, 0)
    with qtbot.waitSignal(ann.canvas.parameter_edited) as caught:
        ann.press("0,5")
        ann.click_at(QPoint(5, 5))
    assert caught.args == [Parameter(1, 0, 0), 0.5]
    qtbot.waitUntil(lambda: field_of(ann.canvas) is None)


@pytest.mark.parametrize("unit", [0, 1])
def test_a_shared_bias_is_edited_under_any_unit(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot, unit: int
) -> None:
    ann = person(mazur_view())
    ann.edit("bias", 1, unit)
    with qtbot.waitSignal(ann.canvas.parameter_edited) as caught:
        ann.press("-2e-3", Key.Key_Return)
    assert caught.args == [Parameter(1, None, None), -0.002]


def test_inputs_and_targets_of_the_sample_are_edited(
    person: Callable[..., Any], xor_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(xor_view(sample=2))
    ann.edit("unit", 0, 1)
    with qtbot.waitSignal(ann.canvas.input_edited) as caught:
        ann.press("0.5", Key.Key_Return)
    assert caught.args == [2, 1, 0.5]
    ann.edit("target", 2, 0)
    with qtbot.waitSignal(ann.canvas.target_edited) as caught:
        ann.press("0.25", Key.Key_Return)
    assert caught.args == [2, 0, 0.25]


def test_a_target_that_the_loss_cannot_take_is_refused(
    person: Callable[..., Any], xor_view: Callable[..., Any], qtbot: QtBot
) -> None:
    view = xor_view()
    spec = replace(view.spec, loss="binary_cross_entropy", reduction="mean")
    ann = person(replace(view, spec=spec))
    ann.edit("target", 2, 0)
    with qtbot.assertNotEmitted(ann.canvas.target_edited, wait=20):
        ann.press("2", Key.Key_Return)
    assert "0 to 1" in opened(ann.canvas).toolTip()


def test_a_field_that_is_open_keeps_its_text_while_numbers_change(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    view = mazur_view()
    ann = person(view)
    ann.edit("weight", 1, 0, 0)
    ann.press("0.7")
    ann.canvas.display(replace(view, theta=view.theta * 1.01))
    assert opened(ann.canvas).text() == "0.7"


def test_a_number_meant_for_one_sample_does_not_reach_another(
    person: Callable[..., Any], xor_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(xor_view(sample=1))
    ann.edit("unit", 0, 0)
    ann.press("9")
    with qtbot.waitSignal(ann.canvas.input_edited) as caught:
        ann.canvas.display(xor_view(sample=3))
    assert caught.args == [1, 0, 9.0]
    assert field_of(ann.canvas) is None


def test_another_network_closes_the_field_without_its_number(
    person: Callable[..., Any], mazur_view: Callable[..., Any], xor_view: Callable[..., Any],
    qtbot: QtBot,
) -> None:
    ann = person(mazur_view())
    ann.edit("weight", 2, 1, 1)
    ann.press("9")
    with qtbot.assertNotEmitted(ann.canvas.parameter_edited, wait=20):
        ann.canvas.display(xor_view())
    assert field_of(ann.canvas) is None


def test_tab_in_the_field_takes_the_number_and_goes_on(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    ann.edit("unit", 0, 1)
    with qtbot.waitSignal(ann.canvas.input_edited) as caught:
        ann.press("0.3", Key.Key_Tab)
    assert caught.args == [0, 1, 0.3]
    assert opened(ann.canvas).accessibleName() == "weight w1 from i1 to h1"
    with qtbot.waitSignal(ann.canvas.parameter_edited) as caught:
        ann.press("0.5", Key.Key_Tab)
    assert caught.args == [Parameter(1, 0, 0), 0.5]
    assert opened(ann.canvas).hasFocus()
    ann.press(Key.Key_Backtab, Key.Key_Backtab)
    assert opened(ann.canvas).accessibleName() == "input i2"
    ann.press("x", Key.Key_Tab)
    assert opened(ann.canvas).text() == "x"  # refused: it stays


def test_tab_after_the_last_number_ends_the_editing(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot
) -> None:
    ann = person(mazur_view())
    ann.edit("target", 2, 1)
    with qtbot.waitSignal(ann.canvas.target_edited):
        ann.press("0.5", Key.Key_Tab)
    assert field_of(ann.canvas) is None and ann.canvas.view.hasFocus()


def test_the_field_leaves_the_numbers_of_its_node_in_sight(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view(revealed=34))
    ann.edit("target", 2, 0)
    output = ann.canvas.place_of(Spot("unit", 2, 0))
    assert opened(ann.canvas).geometry().left() > output.right()
    ann.press(Key.Key_Escape)
    ann.edit("unit", 0, 0)
    # The name is above the middle of the circle.
    middle = ann.canvas.place_of(Spot("unit", 0, 0)).center().y()
    assert opened(ann.canvas).geometry().top() >= middle - 6


def test_a_long_number_is_shown_from_its_beginning(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    view = mazur_view()
    theta = view.theta.copy()
    theta[0] = 3.829634242008659
    ann = person(replace(view, theta=theta))
    ann.edit("weight", 1, 0, 0)
    field = opened(ann.canvas)
    assert field.selectedText() == field.text() == "3.829634242008659"
    assert field.cursorPosition() == 0


# How it is opened and left


@pytest.mark.parametrize("typed", ["5", "-", "."])
@pytest.mark.parametrize("spot", [("weight", 1, 0, 0), ("unit", 0, 0), ("target", 2, 0)])
def test_a_key_that_begins_a_number_begins_the_text(
    person: Callable[..., Any], mazur_view: Callable[..., Any], typed: str, spot: tuple[Any, ...]
) -> None:
    ann = person(mazur_view())
    ann.click(*spot)
    assert field_of(ann.canvas) is None
    ann.press(typed)
    assert opened(ann.canvas).text() == typed and opened(ann.canvas).isModified()
    ann.press("7")
    assert opened(ann.canvas).text() == typed + "7"


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter, Key.Key_F2])
def test_a_key_opens_the_field_and_enter_in_the_unchanged_one_closes_it(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qtbot: QtBot, key: Qt.Key
) -> None:
    ann = person(mazur_view())
    ann.click("weight", 1, 0, 0)
    ann.press(key)
    assert opened(ann.canvas).selectedText() == "0.15"
    with qtbot.assertNotEmitted(ann.canvas.parameter_edited, wait=20):
        ann.press(Key.Key_Return)
    assert field_of(ann.canvas) is None and ann.canvas.view.hasFocus()


def test_a_number_that_is_worked_out_cannot_be_typed_over(
    person: Callable[..., Any], mazur_view: Callable[..., Any]
) -> None:
    ann = person(mazur_view(revealed=8))
    ann.edit("unit", 1, 0)
    ann.press("5", Key.Key_F2)
    assert field_of(ann.canvas) is None


@pytest.mark.parametrize("revealed", [20, 34])
@pytest.mark.parametrize(
    "spot", [("weight", 2, 0, 0), ("weight", 2, 1, 1), ("bias", 2, 0), ("bias", 2, 1)]
)
@pytest.mark.parametrize("size", [(710, 500), (430, 300)])
def test_the_field_leaves_the_gradient_of_its_number_in_sight(
    person: Callable[..., Any], mazur_view: Callable[..., Any], size: tuple[int, int],
    spot: tuple[Any, ...], revealed: int,
) -> None:
    ann = person(mazur_view(revealed=revealed), *size)
    ann.edit(*spot)
    field = opened(ann.canvas)
    assert not field.geometry().intersects(ann.canvas.place_of(Spot(*spot)))
    assert ann.canvas.view.viewport().rect().contains(field.geometry())
