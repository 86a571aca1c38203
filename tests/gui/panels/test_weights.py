"""The tables of weights and biases, driven by real keys and mouse clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QScrollArea, QScrollBar
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer, Network, Parameter, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.iteration import evaluate, sample_pass
from engine.run.spec import Data, Spec, start_state
from engine.run.steps import StepId
from gui import theme
from gui.panels.weights import WeightsPanel
from gui.tables.number_cell import NumberCell
from gui.tables.number_table import NumberTable
from gui.view import View
from tests.gui.conftest import on_screen
from tests.gui.panels.conftest import click, editor, names, open_editor, paste, texts

MakeView = Callable[..., View]


def view_of_sizes(*sizes: int, bias: str = "per_unit", **rest: Any) -> View:
    names = default_unit_names(sizes)
    network = Network(names[0], tuple(Layer(units, "sigmoid", bias) for units in names[1:]))
    targets = tuple(f"t{i + 1}" for i in range(sizes[-1]))
    data = Data(np.zeros((1, sizes[0])), np.zeros((1, sizes[-1])), targets)
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    theta = start_state(spec).theta
    return View(
        spec=spec, theta=theta, t=0, revealed=0, sample=0, iteration=None,
        sample_pass=sample_pass(spec, theta, 0), evaluation=evaluate(spec, theta),
        curve=np.empty((0, 2)), **rest,
    )


def shown(qtbot: QtBot, view: View, width: int = 275, height: int = 306) -> WeightsPanel:
    panel = WeightsPanel()
    panel.display(view)
    return on_screen(qtbot, panel, width, height)


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


def table(panel: WeightsPanel, layer: int) -> NumberTable:
    found = panel.findChild(NumberTable, f"weightsTable{layer}")
    assert found is not None
    return found


def titles(panel: WeightsPanel, layers: int) -> list[str]:
    labels = [table(panel, n + 1).findChild(QLabel) for n in range(layers)]
    return [label.text() for label in labels if label is not None]


def error(panel: WeightsPanel) -> str:
    label = panel.findChild(QLabel, "weightsError")
    assert label is not None and label.isVisible() == bool(label.text())
    return label.text()


def test_a_table_for_each_layer(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    hidden, output = table(panel, 1), table(panel, 2)
    assert texts(hidden) == [["0.15", "0.2", "0.35"], ["0.25", "0.3", "0.35"]]
    assert texts(output) == [["0.4", "0.45", "0.6"], ["0.5", "0.55", "0.6"]]
    assert names(hidden, Qt.Orientation.Horizontal) == ["i1", "i2", "bias, fixed"]
    assert names(hidden, Qt.Orientation.Vertical) == ["h1", "h2"]
    assert names(output, Qt.Orientation.Horizontal) == ["h1", "h2", "bias, fixed"]
    assert hidden.rowSpan(0, 2) == 2
    assert titles(panel, 2) == ["Hidden", "Output"]


def test_own_biases_and_none(qtbot: QtBot) -> None:
    panel = shown(qtbot, view_of_sizes(2, 3, 1))
    assert names(table(panel, 1), Qt.Orientation.Horizontal) == ["x1", "x2", "bias"]
    assert table(panel, 1).rowSpan(0, 2) == 1
    panel.display(view_of_sizes(2, 3, 3, 1, bias="none"))
    assert names(table(panel, 1), Qt.Orientation.Horizontal) == ["x1", "x2"]
    assert names(table(panel, 2), Qt.Orientation.Vertical) == ["h2.1", "h2.2", "h2.3"]


def test_tables_follow_the_shape_of_the_network(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    panel.display(view_of_sizes(3, 4, 3, 2))
    assert [grid.model().rowCount() for grid in (table(panel, n) for n in (1, 2, 3))] == [4, 3, 2]
    assert titles(panel, 3) == ["Hidden 1", "Hidden 2", "Output"]
    assert table(panel, 1).rowSpan(0, 2) == 1
    panel.display(mazur_view())
    assert table(panel, 2).model().columnCount() == 3 and table(panel, 2).rowSpan(0, 2) == 2
    assert [each.isVisible() for each in panel.findChildren(NumberTable)].count(True) == 2


def test_training_shows_new_numbers_at_once(qtbot: QtBot, mazur_view: MakeView) -> None:
    view = mazur_view()
    panel = shown(qtbot, view)
    before = table(panel, 1).grab().toImage()
    panel.display(replace(view, theta=-view.theta))
    assert texts(table(panel, 1))[0] == ["−0.15", "−0.2", "−0.35"]
    assert table(panel, 1).grab().toImage() != before


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_F2])
def test_a_key_opens_the_field_in_full_precision(
    qtbot: QtBot, mazur_view: MakeView, key: Qt.Key
) -> None:
    view = mazur_view()
    panel = shown(qtbot, replace(view, theta=view.theta / 3.0))
    grid = table(panel, 1)
    click(qtbot, grid, 0, 1)
    qtbot.keyClick(grid, key)
    opened = editor(grid)
    assert opened is not None
    assert opened.text() == opened.selectedText() == repr(0.2 / 3.0)
    assert opened.fontMetrics().horizontalAdvance(opened.text()) < opened.width()
    qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert editor(grid) is None and grid.hasFocus()


def test_an_edit_goes_out_and_comes_back(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    held = answering(panel, mazur_view())
    opened = open_editor(qtbot, table(panel, 2), 1, 0)
    qtbot.keyClicks(opened, " -1,5e-1 ")
    with qtbot.waitSignal(panel.value_edited) as edited:
        qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert edited.args == [Parameter(2, 1, 0), -0.15]
    assert texts(table(panel, 2))[1][0] == "−0.15"
    assert held["view"].theta[7] == -0.15


def test_a_double_click_and_a_digit_open_the_field_too(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel = shown(qtbot, mazur_view())
    grid = table(panel, 1)
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
    panel = shown(qtbot, mazur_view())
    qtbot.keyClicks(open_editor(qtbot, table(panel, 1), 0, 0), "1/4")
    with qtbot.waitSignal(panel.value_edited) as edited:
        click(qtbot, table(panel, 2), 0, 0)
    assert edited.args == [Parameter(1, 0, 0), 0.25]


def test_an_untouched_or_escaped_field_changes_nothing(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel = shown(qtbot, mazur_view())
    grid = table(panel, 1)
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
    panel = shown(qtbot, view)
    opened = open_editor(qtbot, table(panel, 1), 0, 0)
    qtbot.keyClicks(opened, "1.5")
    panel.display(replace(view, theta=view.theta + 1.0))
    assert opened.text() == "1.5"


def test_nonsense_is_refused_beside_the_field(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    grid = table(panel, 1)
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
    panel = shown(qtbot, mazur_view())
    answering(panel, mazur_view())
    grid = table(panel, 1)
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
    panel = shown(qtbot, mazur_view())
    answering(panel, mazur_view())
    opened: QLineEdit | None = open_editor(qtbot, table(panel, 1), 0, 0)
    for number in range(1, 11):
        assert opened is not None
        qtbot.keyClicks(opened, str(number))
        qtbot.keyClick(opened, Qt.Key.Key_Tab)
        opened = editor(table(panel, 1)) or editor(table(panel, 2))
    assert opened is None
    assert texts(table(panel, 1)) == [["1", "2", "3"], ["4", "5", "3"]]
    assert texts(table(panel, 2)) == [["6", "7", "8"], ["9", "10", "8"]]
    qtbot.keyClick(open_editor(qtbot, table(panel, 2), 0, 0), Qt.Key.Key_Backtab)
    back = editor(table(panel, 1))
    assert back is not None and back.text() == "5"


def test_a_fixed_shared_bias_can_be_edited(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    answering(panel, mazur_view())
    grid = table(panel, 1)
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


def test_arrows_go_around_a_merged_cell(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    grid = table(panel, 1)
    click(qtbot, grid, 1, 1)
    with qtbot.waitSignal(panel.parameter_selected) as selected:
        qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert selected.args == [Parameter(1, None, None)]
    assert (grid.currentIndex().row(), grid.currentIndex().column()) == (0, 2)


def test_selecting_a_parameter(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    grid = table(panel, 2)
    for _ in range(2):  # a second click selects again what was selected elsewhere meanwhile
        with qtbot.waitSignal(panel.parameter_selected) as selected:
            click(qtbot, grid, 1, 1)
        assert selected.args == [Parameter(2, 1, 1)]
    with qtbot.waitSignal(panel.parameter_selected) as selected:
        qtbot.keyClick(grid, Qt.Key.Key_Up)
    assert selected.args == [Parameter(2, 0, 1)]


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_Space, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_T]
)
def test_keys_of_the_window_are_left_to_it(
    qtbot: QtBot, mazur_view: MakeView, key: Qt.Key
) -> None:
    pressed = []

    class Window(WeightsPanel):
        def keyPressEvent(self, event: Any) -> None:
            pressed.append(event.key())

    panel = Window()
    qtbot.addWidget(panel)
    panel.display(mazur_view())
    with qtbot.waitExposed(panel):
        panel.show()
    click(qtbot, table(panel, 1), 0, 0)
    qtbot.keyClick(table(panel, 1), key)
    assert pressed == [key] and editor(table(panel, 1)) is None


def step_to(view: View, step: StepId) -> View:
    return replace(view, revealed=view.steps.index_of(step) + 1)


def test_the_parameter_of_the_current_step_is_outlined(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = mazur_view()
    panel = shown(qtbot, view)
    grid = table(panel, 2)

    def outlined() -> list[tuple[int, int]]:
        image = grid.grab().toImage()
        accent = theme.current().colour("accent")
        found = []
        for row in range(2):
            for column in range(3):
                rect = grid.visualRect(grid.model().index(row, column))
                edge = grid.viewport().mapTo(grid, QPoint(rect.center().x(), rect.top() + 2))
                if image.pixelColor(edge) == accent:
                    found.append((row, column))
        return found

    assert outlined() == []
    panel.display(step_to(view, StepId("backward", "weight_gradient", 2, 0, 0)))
    assert outlined() == [(0, 0)]
    panel.display(step_to(view, StepId("update", "weight_update", 2, 1, 1)))
    assert outlined() == [(1, 1)]
    # A merged cell is outlined as a whole.
    panel.display(step_to(view, StepId("backward", "bias_gradient", 2)))
    assert outlined()[0] == (0, 2)
    panel.display(step_to(view, StepId("backward", "delta", 2, 0)))
    assert outlined() == []


def test_a_step_far_down_is_scrolled_to(qtbot: QtBot) -> None:
    view = view_of_sizes(2, 60, 60, 1)
    panel = shown(qtbot, view)
    panel.display(step_to(view, StepId("backward", "weight_gradient", 2, 50, 40)))
    grid = table(panel, 2)
    cell = grid.model().index(50, 40)

    def seen() -> bool:
        return grid.viewport().rect().contains(grid.visualRect(cell).center())

    assert not seen()  # not while the step key may be held
    qtbot.waitUntil(seen)
    rect = grid.visualRect(cell)
    assert panel.rect().contains(grid.viewport().mapTo(panel, rect.center()))


def test_tooltips_say_everything(qtbot: QtBot, mazur_view: MakeView) -> None:
    view = mazur_view()
    panel = shown(qtbot, replace(view, theta=view.theta / 3.0))
    model = table(panel, 2).model()
    tip = Qt.ItemDataRole.ToolTipRole
    assert model.index(0, 0).data(tip) == "w5 = 0.13333333333333333; from h1 to o1"
    assert model.index(1, 2).data(tip) == (
        f"b2 = {0.6 / 3.0!r}; bias shared by 2 units, fixed: training leaves it alone"
    )


def test_copy_is_tab_separated_in_full(qtbot: QtBot, mazur_view: MakeView) -> None:
    view = mazur_view()
    panel = shown(qtbot, replace(view, theta=view.theta / -3.0))
    grid = table(panel, 1)
    click(qtbot, grid, 0, 0)
    qtbot.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert [[float(cell) for cell in row] for row in rows] == [
        [0.15 / -3.0, 0.2 / -3.0, 0.35 / -3.0],
        [0.25 / -3.0, 0.3 / -3.0, 0.35 / -3.0],
    ]


def test_paste_fills_in_from_the_current_cell_on(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    answering(panel, mazur_view())
    with qtbot.waitSignal(panel.values_pasted) as pasted:
        paste(qtbot, table(panel, 1), "1,5\t−2\n3\t-2", 0, 1)
    assert pasted.args == [
        [
            (Parameter(1, 0, 1), 1.5),
            (Parameter(1, None, None), -2.0),
            (Parameter(1, 1, 1), 3.0),
        ]
    ]
    assert texts(table(panel, 1)) == [["0.15", "1.5", "−2"], ["0.25", "3", "−2"]]


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
    panel = shown(qtbot, mazur_view())
    grid = table(panel, 1)
    before = texts(grid)
    with qtbot.assertNotEmitted(panel.values_pasted):
        paste(qtbot, grid, text, 0, 1)
    assert sentence in error(panel)
    assert texts(grid) == before
    with qtbot.waitSignal(panel.values_pasted):
        paste(qtbot, grid, "1", 0, 1)
    assert error(panel) == ""


@pytest.mark.parametrize("width", [240, 275])
def test_two_inputs_and_the_bias_are_in_sight(qtbot: QtBot, width: int) -> None:
    panel = shown(qtbot, view_of_sizes(2, 3, 1), width)
    grid = table(panel, 1)
    last = grid.visualRect(grid.model().index(2, 2))
    assert grid.viewport().rect().contains(last)
    assert not grid.horizontalScrollBar().isVisible()


def test_a_wide_table_scrolls_beside_its_row_names(qtbot: QtBot) -> None:
    panel = shown(qtbot, view_of_sizes(40, 40, 1))
    grid = table(panel, 1)
    assert grid.horizontalScrollBar().isVisible()
    click(qtbot, grid, 0, 0)
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.viewport().rect().contains(grid.visualRect(grid.model().index(0, 40)))
    assert grid.verticalHeader().x() == 0 and grid.viewport().x() >= grid.verticalHeader().width()


def test_a_number_too_long_for_its_column_keeps_its_exponent(qtbot: QtBot) -> None:
    view = view_of_sizes(2, 2, bias="none")
    panel = shown(qtbot, view, 240)
    images = []
    for value in (-1.2345e-7, -1.2345e-8):
        panel.display(replace(view, theta=np.full(4, value)))
        images.append(table(panel, 1).grab().toImage())
    assert images[0] != images[1]


def digits_seen(grid: NumberTable) -> set[str]:
    """The texts that the table's cells paint, which have to fit into them."""
    cell, model = grid.itemDelegate(), grid.model()
    assert isinstance(cell, NumberCell)
    metrics = QFontMetrics(theme.font(theme.SMALL))
    texts = set()
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            texts.add(cell.painted_text(row, column))
            width = metrics.horizontalAdvance(cell.painted_text(row, column))
            assert width < grid.columnWidth(column)
    return texts


def test_small_numbers_keep_three_digits(qtbot: QtBot) -> None:
    view = view_of_sizes(2, 3, 1)
    panel = shown(qtbot, view)
    theta = np.array(view.theta)
    theta[:4] = [-0.000146123, 0.3, 3.14159e-8, -0.914123]
    panel.display(replace(view, theta=theta))
    texts = digits_seen(table(panel, 1))
    assert {"−0.9141", "3.142e−08"} <= texts
    assert any(text.startswith("−0.000146") for text in texts)
    panel.display(replace(view, theta=view.theta * 1e20))
    assert all(text.count("e") == 1 and len(text) >= 8 for text in digits_seen(table(panel, 1)))


def test_all_tables_show_as_many_digits(qtbot: QtBot) -> None:
    panel = shown(qtbot, view_of_sizes(3, 4, 1), 285)
    for layer in (1, 2):
        texts = digits_seen(table(panel, layer))
        assert max(len(text.replace(".", "").lstrip("−0")) for text in texts) == 3
    assert not table(panel, 2).horizontalScrollBar().isVisible()


def test_one_scroll_bar_goes_through_all_layers(qtbot: QtBot) -> None:
    panel = shown(qtbot, view_of_sizes(2, 64, 64, 1), 285, 243)
    stack = panel.findChild(QScrollArea)
    bars = [
        bar
        for bar in panel.findChildren(QScrollBar)
        if bar.orientation() == Qt.Orientation.Vertical and bar.isVisible()
    ]
    assert bars == [stack.verticalScrollBar()]

    def top_rows() -> tuple[int, int]:
        return table(panel, 1).rowAt(0), table(panel, 2).rowAt(0)

    assert top_rows() == (0, 0)
    bars[0].setValue(20 * 27)
    assert top_rows() == (20, 0)
    assert table(panel, 1).visibleRegion().contains(QPoint(5, 5))  # the names stay in sight
    bars[0].setValue(bars[0].maximum())
    assert top_rows()[1] > 50
    last = table(panel, 3)
    assert last.visibleRegion().boundingRect().height() == last.height()
    before = bars[0].value()
    table(panel, 2).verticalScrollBar().setValue(0)  # as the wheel does over its rows
    assert bars[0].value() < before and top_rows()[1] == 0


def test_another_theme(qtbot: QtBot, qapp: QApplication, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    theme.apply(qapp, "dark")
    panel.restyle()
    image = table(panel, 1).grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 240, 3) for y in range(0, 70, 3)}
    assert {theme.DARK.card, theme.DARK.sunken} <= colours and theme.LIGHT.card not in colours


def test_a_refusal_by_the_session_is_shown(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    panel.show_error("That cannot be trained.")
    assert error(panel) == "That cannot be trained."
    panel.show_error("")
    assert error(panel) == ""


def test_a_smaller_network_may_follow_while_the_tables_are_scrolled_down(qtbot: QtBot) -> None:
    panel = shown(qtbot, view_of_sizes(4, 9, 9, 2), height=200)
    bar = panel.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    QApplication.processEvents()
    panel.display(view_of_sizes(2, 2, 2))
    QApplication.processEvents()
    titles = [table.accessibleName() for table in panel.findChildren(NumberTable)]
    assert len([title for title in titles if "hidden" in title or "output" in title]) >= 2
    assert bar.value() <= bar.maximum() < 200
