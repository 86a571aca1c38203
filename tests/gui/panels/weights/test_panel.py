"""The tables of weights and biases: what they show, mark and scroll to, and what is selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QScrollBar
from pytestqt.qtbot import QtBot

from engine.maths.network import Parameter
from engine.run.spec import Source
from engine.run.steps import StepId
from gui import theme
from gui.panels.weights.panel import WeightsPanel
from gui.tables.number_cell import NumberCell
from gui.tables.number_table import NumberTable
from gui.view import View
from tests.gui.panels.conftest import click, editor, names, texts
from tests.gui.panels.weights.conftest import show_weights, table_of, view_of_sizes

MakeView = Callable[..., View]


def titles(panel: WeightsPanel, layers: int) -> list[str]:
    labels = [table_of(panel, n + 1).findChild(QLabel) for n in range(layers)]
    return [label.text() for label in labels if label is not None]


def test_a_table_for_each_layer(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    hidden, output = table_of(panel, 1), table_of(panel, 2)
    assert texts(hidden) == [["0.15", "0.2", "0.35"], ["0.25", "0.3", "0.35"]]
    assert texts(output) == [["0.4", "0.45", "0.6"], ["0.5", "0.55", "0.6"]]
    assert names(hidden, Qt.Orientation.Horizontal) == ["i1", "i2", "bias, fixed"]
    assert names(hidden, Qt.Orientation.Vertical) == ["h1", "h2"]
    assert names(output, Qt.Orientation.Horizontal) == ["h1", "h2", "bias, fixed"]
    assert hidden.rowSpan(0, 2) == 2
    assert titles(panel, 2) == ["Hidden", "Output"]


def test_own_biases_and_none(qtbot: QtBot) -> None:
    panel = show_weights(qtbot, view_of_sizes(2, 3, 1))
    assert names(table_of(panel, 1), Qt.Orientation.Horizontal) == ["x1", "x2", "bias"]
    assert table_of(panel, 1).rowSpan(0, 2) == 1
    panel.display(view_of_sizes(2, 3, 3, 1, bias="none"))
    assert names(table_of(panel, 1), Qt.Orientation.Horizontal) == ["x1", "x2"]
    assert names(table_of(panel, 2), Qt.Orientation.Vertical) == ["h2.1", "h2.2", "h2.3"]


def test_tables_follow_the_shape_of_the_network(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    panel.display(view_of_sizes(3, 4, 3, 2))
    assert [table_of(panel, n).model().rowCount() for n in (1, 2, 3)] == [4, 3, 2]
    assert titles(panel, 3) == ["Hidden 1", "Hidden 2", "Output"]
    assert table_of(panel, 1).rowSpan(0, 2) == 1
    panel.display(mazur_view())
    assert table_of(panel, 2).model().columnCount() == 3 and table_of(panel, 2).rowSpan(0, 2) == 2
    assert [each.isVisible() for each in panel.findChildren(NumberTable)].count(True) == 2


def test_training_shows_new_numbers_at_once(qtbot: QtBot, mazur_view: MakeView) -> None:
    view = mazur_view()
    panel = show_weights(qtbot, view)
    before = table_of(panel, 1).grab().toImage()
    panel.display(replace(view, theta=-view.theta))
    assert texts(table_of(panel, 1))[0] == ["−0.15", "−0.2", "−0.35"]
    assert table_of(panel, 1).grab().toImage() != before


def test_arrows_go_around_a_merged_cell(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    grid = table_of(panel, 1)
    click(qtbot, grid, 1, 1)
    with qtbot.waitSignal(panel.asked) as selected:
        qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert selected.args == [Parameter(1, None, None)]
    assert (grid.currentIndex().row(), grid.currentIndex().column()) == (0, 2)


def test_selecting_a_parameter(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    grid = table_of(panel, 2)
    for _ in range(2):  # a second click selects again what was selected elsewhere meanwhile
        with qtbot.waitSignal(panel.asked) as selected:
            click(qtbot, grid, 1, 1)
        assert selected.args == [Parameter(2, 1, 1)]
    with qtbot.waitSignal(panel.asked) as selected:
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
    click(qtbot, table_of(panel, 1), 0, 0)
    qtbot.keyClick(table_of(panel, 1), key)
    assert pressed == [key] and editor(table_of(panel, 1)) is None


def step_to(view: View, step: StepId) -> View:
    return replace(view, revealed=view.steps.index_of(step) + 1)


def test_the_parameter_of_the_current_step_is_outlined(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = mazur_view()
    panel = show_weights(qtbot, view)
    grid = table_of(panel, 2)

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
    panel = show_weights(qtbot, view)
    panel.display(step_to(view, StepId("backward", "weight_gradient", 2, 50, 40)))
    grid = table_of(panel, 2)
    cell = grid.model().index(50, 40)

    def seen() -> bool:
        return grid.viewport().rect().contains(grid.visualRect(cell).center())

    assert not seen()  # not while the step key may be held
    qtbot.waitUntil(seen)
    rect = grid.visualRect(cell)
    assert panel.rect().contains(grid.viewport().mapTo(panel, rect.center()))


def test_tooltips_say_everything(qtbot: QtBot, mazur_view: MakeView) -> None:
    view = mazur_view()
    panel = show_weights(qtbot, replace(view, theta=view.theta / 3.0))
    model = table_of(panel, 2).model()
    tip = Qt.ItemDataRole.ToolTipRole
    assert model.index(0, 0).data(tip) == "w5 = 0.13333333333333333; from h1 to o1"
    assert model.index(1, 2).data(tip) == (
        f"b2 = {0.6 / 3.0!r}; bias shared by 2 units, fixed: training leaves it alone"
    )


@pytest.mark.parametrize("width", [240, 275])
def test_two_inputs_and_the_bias_are_in_sight(qtbot: QtBot, width: int) -> None:
    panel = show_weights(qtbot, view_of_sizes(2, 3, 1), width)
    grid = table_of(panel, 1)
    last = grid.visualRect(grid.model().index(2, 2))
    assert grid.viewport().rect().contains(last)
    assert not grid.horizontalScrollBar().isVisible()


@pytest.mark.parametrize(("small", "shown"), [(-0.03861, "−0.039"), (-0.005461, "−0.005")])
def test_a_number_below_a_tenth_gives_away_digits_before_a_column_is_out_of_sight(
    qtbot: QtBot, small: float, shown: str
) -> None:
    view = view_of_sizes(2, 3, 1)
    panel = show_weights(qtbot, view, 260)
    theta = np.array(view.theta)
    theta[-4:] = [small, 0.11901, 0.15472, -0.15612]
    panel.display(replace(view, theta=theta))
    assert digits_seen(table_of(panel, 2)) == {shown, "0.119", "0.155", "−0.156"}
    assert not table_of(panel, 2).horizontalScrollBar().isVisible()


def test_numbers_that_cross_zero_while_training_hide_no_column(qtbot: QtBot) -> None:
    view = replace(view_of_sizes(2, 3, 1), training=True)
    panel = show_weights(qtbot, view)
    grid = table_of(panel, 2)
    for crossing in range(4):  # one after the other, as training has it
        theta = np.array(view.theta)
        theta[-4:] = 0.54321
        theta[-4 + crossing] = -0.00012345
        panel.display(replace(view, theta=theta))
    assert grid.viewport().rect().contains(grid.visualRect(grid.model().index(0, 3)))
    assert not grid.horizontalScrollBar().isVisible()
    digits_seen(grid)


def test_a_wide_table_scrolls_beside_its_row_names(qtbot: QtBot) -> None:
    panel = show_weights(qtbot, view_of_sizes(40, 40, 1))
    grid = table_of(panel, 1)
    assert grid.horizontalScrollBar().isVisible()
    click(qtbot, grid, 0, 0)
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.viewport().rect().contains(grid.visualRect(grid.model().index(0, 40)))
    assert grid.verticalHeader().x() == 0 and grid.viewport().x() >= grid.verticalHeader().width()


def test_a_number_too_long_for_its_column_keeps_its_exponent(qtbot: QtBot) -> None:
    view = view_of_sizes(2, 2, bias="none")
    panel = show_weights(qtbot, view, 240)
    images = []
    for value in (-1.2345e-7, -1.2345e-8):
        panel.display(replace(view, theta=np.full(4, value)))
        images.append(table_of(panel, 1).grab().toImage())
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
    panel = show_weights(qtbot, view)
    theta = np.array(view.theta)
    theta[:4] = [-0.000146123, 0.3, 3.14159e-8, -0.914123]
    panel.display(replace(view, theta=theta))
    texts = digits_seen(table_of(panel, 1))
    assert {"−0.9141", "3.142e−08"} <= texts
    assert any(text.startswith("−0.000146") for text in texts)
    panel.display(replace(view, theta=view.theta * 1e20))
    assert all(text.count("e") == 1 and len(text) >= 8 for text in digits_seen(table_of(panel, 1)))


def test_all_tables_show_as_many_digits(qtbot: QtBot) -> None:
    panel = show_weights(qtbot, view_of_sizes(3, 4, 1), 285)
    for layer in (1, 2):
        texts = digits_seen(table_of(panel, layer))
        assert max(len(text.replace(".", "").lstrip("−0")) for text in texts) == 3
    assert not table_of(panel, 2).horizontalScrollBar().isVisible()


def test_one_scroll_bar_goes_through_all_layers(qtbot: QtBot) -> None:
    panel = show_weights(qtbot, view_of_sizes(2, 64, 64, 1), 285, 243)
    stack = panel.findChild(QScrollArea)
    bars = [
        bar
        for bar in panel.findChildren(QScrollBar)
        if bar.orientation() == Qt.Orientation.Vertical and bar.isVisible()
    ]
    assert bars == [stack.verticalScrollBar()]

    def top_rows() -> tuple[int, int]:
        return table_of(panel, 1).rowAt(0), table_of(panel, 2).rowAt(0)

    assert top_rows() == (0, 0)
    bars[0].setValue(20 * 27)
    assert top_rows() == (20, 0)
    assert table_of(panel, 1).visibleRegion().contains(QPoint(5, 5))  # the names stay in sight
    bars[0].setValue(bars[0].maximum())
    assert top_rows()[1] > 50
    last = table_of(panel, 3)
    assert last.visibleRegion().boundingRect().height() == last.height()
    before = bars[0].value()
    table_of(panel, 2).verticalScrollBar().setValue(0)  # as the wheel does over its rows
    assert bars[0].value() < before and top_rows()[1] == 0


def test_another_theme(qtbot: QtBot, qapp: QApplication, mazur_view: MakeView) -> None:
    panel = show_weights(qtbot, mazur_view())
    theme.apply(qapp, "dark")
    panel.restyle()
    image = table_of(panel, 1).grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 240, 3) for y in range(0, 70, 3)}
    assert {theme.DARK.card, theme.DARK.sunken} <= colours and theme.LIGHT.card not in colours


def test_a_smaller_network_may_follow_while_the_tables_are_scrolled_down(qtbot: QtBot) -> None:
    panel = show_weights(qtbot, view_of_sizes(4, 9, 9, 2), height=200)
    bar = panel.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    QApplication.processEvents()
    panel.display(view_of_sizes(2, 2, 2))
    QApplication.processEvents()
    titles = [table.accessibleName() for table in panel.findChildren(NumberTable)]
    assert len([title for title in titles if "hidden" in title or "output" in title]) >= 2
    assert bar.value() <= bar.maximum() < 200


def test_outputs_are_headed_by_their_class(qtbot: QtBot) -> None:
    view = view_of_sizes(2, 2, 2)
    panel = show_weights(qtbot, view, 400, 306)

    def heads(layer: int) -> list[str]:
        model = table_of(panel, layer).numbers
        vertical = Qt.Orientation.Vertical
        return [model.headerData(row, vertical) for row in range(model.rowCount())]

    assert heads(2) == ["o1", "o2"]
    sources = (Source("species", "setosa"), Source("species", "versicolor"))
    data = replace(view.spec.data, target_sources=sources)
    panel.display(replace(view, spec=replace(view.spec, data=data)))
    assert heads(2) == ["o1 · setosa", "o2 · versicolor"] and heads(1) == ["h1", "h2"]


def test_a_name_of_two_words_stands_on_one_line_where_there_is_room(
    qtbot: QtBot, mazur_view: Callable[..., View]
) -> None:
    def height(width: int) -> int:
        table = table_of(show_weights(qtbot, mazur_view(), width), 1)
        assert names(table) == ["i1", "i2", "bias, fixed"]
        return table.horizontalHeader().height()

    one, two = height(260), height(230)
    assert one < 2 * QFontMetrics(theme.font(theme.SMALL)).height() <= two
