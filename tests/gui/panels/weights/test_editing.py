"""Weights and biases typed and pasted into their tables, by real keys and mouse clicks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from engine.maths.network import Parameter
from gui import theme
from gui.panels.weights.panel import WeightsPanel
from gui.view import View
from tests.gui.panels.conftest import click, editor, open_editor, paste, texts
from tests.gui.panels.weights.conftest import show_weights, table_of, view_of_sizes

MakeView = Callable[..., View]


def answering(panel: WeightsPanel, view: View) -> dict[str, View]:
    """Let edits come back as the session would: a new view with the new values."""
    held = {"view": view}

    def set_all(values: list[tuple[Parameter, float]]) -> None:
        theta = np.array(held["view"].theta)
        for parameter, value in values:
            theta[view.spec.network.index(parameter)] = value
        held["view"] = replace(held["view"], theta=theta)
        panel.display(held["view"])

    panel.value_edited.connect(lambda parameter, value: set_all([(parameter, value)]))
    panel.values_pasted.connect(set_all)
    return held


def error(panel: WeightsPanel) -> str:
    label = panel.findChild(QLabel, "weightsError")
    assert label is not None and label.isVisible() == bool(label.text())
    return label.text()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_F2])
def test_a_key_opens_the_field_in_full_precision(
    qtbot: QtBot, mazur_view: MakeView, key: Qt.Key
) -> None:
    view = mazur_view()
    panel = show_weights(qtbot, replace(view, theta=view.theta / 3.0))
    grid = table_of(panel, 1)
    click(qtbot, grid, 0, 1)
    qtbot.keyClick(grid, key)
    opened = editor(grid)
    assert opened is not None
    assert opened.text() == opened.selectedText() == repr(0.2 / 3.0)
    assert opened.fontMetrics().horizontalAdvance(opened.text()) < opened.width()
    qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert editor(grid) is None and grid.hasFocus()


def test_an_edit_goes_out_and_comes_back(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    held = answering(panel, mazur_view())
    opened = open_editor(qtbot, table_of(panel, 2), 1, 0)
    qtbot.keyClicks(opened, " -1,5e-1 ")
    with qtbot.waitSignal(panel.value_edited) as edited:
        qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert edited.args == [Parameter(2, 1, 0), -0.15]
    assert texts(table_of(panel, 2))[1][0] == "−0.15"
    assert held["view"].theta[7] == -0.15


def test_a_double_click_and_a_digit_open_the_field_too(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel = show_weights(qtbot, mazur_view())
    grid = table_of(panel, 1)
    click(qtbot, grid, 0, 0)
    first = grid.visualRect(grid.model().index(0, 0)).center()
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=first)
    opened = editor(grid)
    assert opened is not None and opened.selectedText() == "0.15"
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert editor(grid) is None
    qtbot.keyClick(grid, "7")
    opened = editor(grid)
    assert opened is not None and opened.text() == "7"
    with qtbot.waitSignal(panel.value_edited) as edited:
        qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert edited.args == [Parameter(1, 0, 0), 7.0]


def test_leaving_the_field_confirms_it(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    qtbot.keyClicks(open_editor(qtbot, table_of(panel, 1), 0, 0), "1/4")
    with qtbot.waitSignal(panel.value_edited) as edited:
        click(qtbot, table_of(panel, 2), 0, 0)
    assert edited.args == [Parameter(1, 0, 0), 0.25]


def test_an_untouched_or_escaped_field_changes_nothing(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel = show_weights(qtbot, mazur_view())
    grid = table_of(panel, 1)
    with qtbot.assertNotEmitted(panel.value_edited):
        qtbot.keyClick(open_editor(qtbot, grid, 0, 0), Qt.Key.Key_Return)
        opened = open_editor(qtbot, grid, 0, 0)
        qtbot.keyClicks(opened, "5")
        qtbot.keyClick(opened, Qt.Key.Key_Escape)
        opened = open_editor(qtbot, grid, 0, 0)
        qtbot.keyClicks(opened, "0,150")
        qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert texts(grid)[0][0] == "0.15"


def test_what_is_typed_survives_training(qtbot: QtBot) -> None:
    view = view_of_sizes(1, 1, bias="none")
    panel = show_weights(qtbot, view)
    opened = open_editor(qtbot, table_of(panel, 1), 0, 0)
    qtbot.keyClicks(opened, "1.5")
    panel.display(replace(view, theta=view.theta + 1.0))
    assert opened.text() == "1.5"


def test_nonsense_is_refused_beside_the_field(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    grid = table_of(panel, 1)
    opened = open_editor(qtbot, grid, 1, 1)
    with qtbot.assertNotEmitted(panel.value_edited):
        qtbot.keyClicks(opened, "abc")
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Tab):
            qtbot.keyClick(opened, key)
            assert editor(grid) is opened and opened.hasFocus() and opened.text() == "abc"
            assert error(panel).startswith('"abc" is not a number')
    qtbot.keyClick(opened, Qt.Key.Key_Backspace)
    assert error(panel) == ""
    opened.selectAll()
    qtbot.keyClicks(opened, "3")
    with qtbot.waitSignal(panel.value_edited):
        qtbot.keyClick(opened, Qt.Key.Key_Return)


def test_nonsense_left_behind_gives_the_old_value_back(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel = show_weights(qtbot, mazur_view())
    answering(panel, mazur_view())
    grid = table_of(panel, 1)
    with qtbot.assertNotEmitted(panel.value_edited):
        qtbot.keyClicks(open_editor(qtbot, grid, 1, 1), "1.2.3")
        click(qtbot, grid, 0, 0)
    assert editor(grid) is None and texts(grid)[1][1] == "0.3"
    assert "more than one decimal point" in error(panel)
    opened = open_editor(qtbot, grid, 0, 0)
    qtbot.keyClicks(opened, "0.4")
    qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert error(panel) == "" and texts(grid)[0][0] == "0.4"


def test_tab_goes_through_all_parameters(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    answering(panel, mazur_view())
    opened: QLineEdit | None = open_editor(qtbot, table_of(panel, 1), 0, 0)
    for number in range(1, 11):
        assert opened is not None
        qtbot.keyClicks(opened, str(number))
        qtbot.keyClick(opened, Qt.Key.Key_Tab)
        opened = editor(table_of(panel, 1)) or editor(table_of(panel, 2))
    assert opened is None
    assert texts(table_of(panel, 1)) == [["1", "2", "3"], ["4", "5", "3"]]
    assert texts(table_of(panel, 2)) == [["6", "7", "8"], ["9", "10", "8"]]
    qtbot.keyClick(open_editor(qtbot, table_of(panel, 2), 0, 0), Qt.Key.Key_Backtab)
    back = editor(table_of(panel, 1))
    assert back is not None and back.text() == "5"


def test_a_fixed_shared_bias_can_be_edited(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    answering(panel, mazur_view())
    grid = table_of(panel, 1)
    opened = open_editor(qtbot, grid, 1, 2)
    qtbot.keyClicks(opened, "0.7")
    with qtbot.waitSignal(panel.value_edited) as edited:
        qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert edited.args == [Parameter(1, None, None), 0.7]
    assert [row[2] for row in texts(grid)] == ["0.7", "0.7"]
    assert grid.hasFocus()  # the keys go on from this cell
    grid.clearFocus()
    image = grid.grab().toImage()
    corner = grid.visualRect(grid.model().index(0, 2)).topLeft()
    inside = grid.viewport().mapTo(grid, corner + QPoint(8, 10))
    assert image.pixelColor(inside) == theme.current().colour("sunken")


def test_copy_is_tab_separated_in_full(qtbot: QtBot, mazur_view: MakeView) -> None:
    view = mazur_view()
    panel = show_weights(qtbot, replace(view, theta=view.theta / -3.0))
    grid = table_of(panel, 1)
    click(qtbot, grid, 0, 0)
    qtbot.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert [[float(cell) for cell in row] for row in rows] == [
        [0.15 / -3.0, 0.2 / -3.0, 0.35 / -3.0],
        [0.25 / -3.0, 0.3 / -3.0, 0.35 / -3.0],
    ]


def test_paste_fills_in_from_the_current_cell_on(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    answering(panel, mazur_view())
    with qtbot.waitSignal(panel.values_pasted) as pasted:
        paste(qtbot, table_of(panel, 1), "1,5\t−2\n3\t-2", 0, 1)
    assert pasted.args == [
        [
            (Parameter(1, 0, 1), 1.5),
            (Parameter(1, None, None), -2.0),
            (Parameter(1, 1, 1), 3.0),
        ]
    ]
    assert texts(table_of(panel, 1)) == [["0.15", "1.5", "−2"], ["0.25", "3", "−2"]]


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("1\t2\t3", "From w2 on there is room for 2 rows of 2 numbers, and these are 1 row of 3"),
        ("1\n2\n3", "From w2 on there is room for 2 rows of 2 numbers, and these are 3 rows of 1"),
        ("1\tx", 'Nothing was pasted. Row 1, column 2: "x" is not a number'),
        ("1\t2\n3\t4", "The units of this layer share one bias, and these rows give it 2 and 4."),
        ("", "There are no numbers on the clipboard."),
    ],
)
def test_a_paste_is_refused_as_a_whole(
    qtbot: QtBot, mazur_view: MakeView, text: str, sentence: str
) -> None:
    panel = show_weights(qtbot, mazur_view())
    grid = table_of(panel, 1)
    before = texts(grid)
    with qtbot.assertNotEmitted(panel.values_pasted):
        paste(qtbot, grid, text, 0, 1)
    assert sentence in error(panel)
    assert texts(grid) == before
    with qtbot.waitSignal(panel.values_pasted):
        paste(qtbot, grid, "1", 0, 1)
    assert error(panel) == ""


def test_a_refusal_by_the_session_is_shown(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    panel.show_error("That cannot be trained.")
    assert error(panel) == "That cannot be trained."
    panel.show_error("")
    assert error(panel) == ""
