"""The data panel in use: samples chosen, added, removed and read from files; how it looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from engine.run.limits import SAMPLES
from engine.run.spec import Data
from gui import theme
from gui.panels.data.panel import DataPanel
from gui.tables.number_cell import NumberCell
from gui.view import View
from tests.gui.panels.conftest import click, names, texts
from tests.gui.panels.data.conftest import Answer, error, grid_of, shown, title, with_data

MakeView = Callable[..., View]
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def click_number(
    qtbot: QtBot,
    panel: DataPanel,
    row: int,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Choose a whole row by its number."""
    header = grid_of(panel).verticalHeader()
    place = QPoint(8, header.sectionViewportPosition(row) + 10)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def button(panel: DataPanel, name: str) -> QPushButton:
    found = panel.findChild(QPushButton, name)
    assert found is not None
    return found


def test_going_to_a_row_asks_for_its_sample(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    with qtbot.waitSignal(panel.sample_chosen) as chosen:
        click(qtbot, grid_of(panel), 2, 1)
    assert chosen.args == [2]
    with qtbot.waitSignal(panel.sample_chosen) as chosen:
        qtbot.keyClick(grid_of(panel), Qt.Key.Key_Down)
    assert chosen.args == [3]
    with qtbot.assertNotEmitted(panel.sample_chosen):
        qtbot.keyClick(grid_of(panel), Qt.Key.Key_Left)
        click(qtbot, grid_of(panel), 3, 2)


def test_the_sample_shown_is_marked(qtbot: QtBot, xor_view: MakeView) -> None:
    view = xor_view()
    panel = shown(qtbot, view)
    header = grid_of(panel).verticalHeader()

    def marked() -> list[int]:
        image = header.viewport().grab().toImage()
        accent = theme.current().colour("accent")
        ends = [header.sectionViewportPosition(row) + 12 for row in range(4)]
        return [row for row, y in enumerate(ends) if image.pixelColor(1, y) == accent]

    assert marked() == [0]
    with qtbot.assertNotEmitted(panel.sample_chosen):
        panel.display(replace(view, sample=2))
    assert marked() == [2]
    assert grid_of(panel).currentIndex().row() == 2


def test_a_late_view_does_not_take_the_person_back(qtbot: QtBot, xor_view: MakeView) -> None:
    view = xor_view()
    panel = shown(qtbot, view)
    click(qtbot, grid_of(panel), 1, 0)
    qtbot.keyClick(grid_of(panel), Qt.Key.Key_Down)
    panel.display(replace(view, theta=view.theta + 0.1))
    assert grid_of(panel).currentIndex().row() == 2


def test_a_row_is_added_as_a_copy_of_the_last(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    answer = Answer(panel, xor_view())
    with qtbot.waitSignal(panel.rows_added) as added:
        qtbot.mouseClick(button(panel, "addRow"), Qt.MouseButton.LeftButton)
    assert added.args == [[([1.0, 1.0], [0.0])]]
    assert title(panel) == "Data · 5 samples"
    grid = grid_of(panel)
    assert grid.hasFocus() and grid.currentIndex().row() == 4
    assert answer.view.sample == 4
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()).center())


def test_whole_rows_are_removed_by_delete(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    click_number(qtbot, panel, 0)
    click_number(qtbot, panel, 2, CONTROL)
    with qtbot.waitSignal(panel.rows_removed) as removed:
        qtbot.keyClick(grid_of(panel), Qt.Key.Key_Delete)
    assert removed.args == [[0, 2]]
    assert [row[:2] for row in texts(grid_of(panel))] == [["0", "1"], ["1", "1"]]


def test_delete_in_a_cell_removes_no_sample(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    with qtbot.assertNotEmitted(panel.rows_removed):
        click(qtbot, grid_of(panel), 1, 1)
        qtbot.keyClick(grid_of(panel), Qt.Key.Key_Delete)
    assert error(panel).startswith("Delete removes samples: choose whole rows")


def test_the_last_sample_stays(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    click(qtbot, grid_of(panel), 0, 0)
    qtbot.keyClick(grid_of(panel), Qt.Key.Key_A, CONTROL)
    with qtbot.assertNotEmitted(panel.rows_removed):
        qtbot.keyClick(grid_of(panel), Qt.Key.Key_Delete)
    assert error(panel) == "The last sample cannot be removed: training needs one."


def test_the_context_menu(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    grid = grid_of(panel)
    assert grid.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    actions: dict[str, QAction] = {action.text(): action for action in grid.actions()}
    assert list(actions) == [
        "Copy", "Paste", "Remove these samples", "Keep out of training, or train on again",
        "Validate with, or train on again",
    ]
    click(qtbot, grid_of(panel), 1, 0)
    click(qtbot, grid_of(panel), 2, 1, SHIFT)
    with qtbot.waitSignal(panel.rows_removed) as removed:
        actions["Remove these samples"].trigger()
    assert removed.args == [[1, 2]]


def test_rows_copied_here_can_be_pasted_here(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    click_number(qtbot, panel, 1)
    qtbot.keyClick(grid_of(panel), Qt.Key.Key_C, CONTROL)
    copied = QGuiApplication.clipboard().text().split("\t")
    assert copied[:3] == ["0", "1", "1"] and len(copied) == 4
    click(qtbot, grid_of(panel), 3, 0)
    qtbot.keyClick(grid_of(panel), Qt.Key.Key_V, CONTROL)
    assert error(panel) == ""
    assert [row[:3] for row in texts(grid_of(panel))][3] == ["0", "1", "1"]


def choose_file(
    qtbot: QtBot, panel: DataPanel, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda *arguments, **rest: (str(path), "")
    )
    qtbot.mouseClick(button(panel, "readCsv"), Qt.MouseButton.LeftButton)


def test_reading_csv(
    qtbot: QtBot, xor_view: MakeView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = shown(qtbot, xor_view())
    path = tmp_path / "samples.csv"
    path.write_text("Größe;Gewicht;Sorte\n1,5;2;1\n", encoding="latin-1")
    with qtbot.waitSignal(panel.data_replaced) as replaced:
        choose_file(qtbot, panel, monkeypatch, path)
    data, input_names = replaced.args
    assert data.inputs.tolist() == [[1.5, 2.0]] and data.targets.tolist() == [[1.0]]
    assert data.target_names == ("Sorte",) and input_names == ("Größe", "Gewicht")
    path.write_text("1,2,3\n")
    with qtbot.waitSignal(panel.data_replaced) as replaced:
        choose_file(qtbot, panel, monkeypatch, path)
    assert replaced.args[0].target_names == ("t",) and replaced.args[1] is None


def test_csv_that_cannot_be_taken(
    qtbot: QtBot, xor_view: MakeView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = shown(qtbot, xor_view())
    path = tmp_path / "samples.csv"
    path.write_text("1,2,3\n1,2,x\n")
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    with qtbot.assertNotEmitted(panel.data_replaced):
        choose_file(qtbot, panel, monkeypatch, path)
        assert error(panel).startswith('samples.csv was not taken. Line 2, column 3: "x" is not')
        choose_file(qtbot, panel, monkeypatch, big)
        assert error(panel) == "big.csv was not taken. The file is larger than 64 MiB."
        choose_file(qtbot, panel, monkeypatch, tmp_path / "gone.csv")
        assert error(panel) == "gone.csv cannot be read: No such file or directory."
    path.write_text("1,2,3\n")
    choose_file(qtbot, panel, monkeypatch, path)
    assert error(panel) == ""
    choose_file(qtbot, panel, monkeypatch, tmp_path / "gone.csv")
    panel.display(xor_view(hidden=5))  # an edit elsewhere that succeeded
    assert error(panel) == ""


def test_choosing_no_file_changes_nothing(
    qtbot: QtBot, xor_view: MakeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = shown(qtbot, xor_view())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *arguments: ("", ""))
    with qtbot.assertNotEmitted(panel.data_replaced):
        qtbot.mouseClick(button(panel, "readCsv"), Qt.MouseButton.LeftButton)
    assert error(panel) == ""


def test_a_hundred_thousand_samples(qtbot: QtBot, xor_view: MakeView) -> None:
    """Only the rows in sight are asked for."""
    view = xor_view()
    inputs = np.arange(2.0 * SAMPLES.most).reshape(-1, 2)
    view = with_data(view, Data(inputs, np.zeros((SAMPLES.most, 1)), ("t",)))
    panel = shown(qtbot, view)
    grid = grid_of(panel)
    asked: list[int] = []
    value = grid.numbers.value

    def counted(row: int, column: int) -> float | None:
        asked.append(row)
        return value(row, column)

    grid.numbers.value = counted  # type: ignore[method-assign]
    panel.display(replace(view, evaluation=replace(view.evaluation)))
    grid.viewport().grab()
    assert 0 < len(set(asked)) < 20
    panel.display(replace(view, sample=SAMPLES.most - 1))
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()).center())
    assert title(panel) == "Data · 100,000"
    panel.resize(400, 180)
    assert title(panel) == "Data · 100,000 samples"
    with qtbot.assertNotEmitted(panel.rows_added):
        qtbot.mouseClick(button(panel, "addRow"), Qt.MouseButton.LeftButton)
    assert error(panel) == "At most 100,000 samples are possible."


def test_columns_keep_their_distance_and_the_mark_stays_in_sight(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = mazur_view()
    inputs, targets = np.array([[1 / 3, -1 / 3]]), np.array([[0.0, 1.0]])
    data = replace(view.spec.data, inputs=inputs, targets=targets)
    panel = shown(qtbot, replace(view, spec=replace(view.spec, data=data)))
    grid = grid_of(panel)
    metrics = QFontMetrics(theme.font(theme.SMALL))
    for column, name in enumerate(names(grid_of(panel))):
        assert grid.columnWidth(column) >= metrics.horizontalAdvance(name) + 8
        assert grid.horizontalHeader().height() < 2 * metrics.height()
    assert grid.columnWidth(1) >= metrics.horizontalAdvance("−0.333") + 8
    bar = grid.horizontalScrollBar()
    assert bar.isVisible()

    def right_edge() -> QImage:
        place = grid.viewport().rect()
        return grid.viewport().grab(place.adjusted(place.width() - 16, 0, 0, 0)).toImage()

    bar.setValue(0)
    before = right_edge()
    bar.setValue(bar.maximum())
    assert right_edge() == before
    for place in range(bar.maximum() + 1):  # a number is seen as a whole or not at all
        bar.setValue(place)
        edge = grid.viewport().width() - grid.columnWidth(grid.numbers.columnCount() - 1)
        row = grid.viewport().grab().toImage().copy(edge - 1, 4, 1, grid.rowHeight(0) - 8)
        assert len({row.pixelColor(0, y).name() for y in range(row.height())}) == 1, place
    grid.setFocus()
    bar.setValue(0)
    for column in range(grid.numbers.columnCount() - 1):
        grid.setCurrentIndex(grid.numbers.index(0, column))
        assert grid.visualRect(grid.currentIndex()).right() <= edge


def test_in_a_narrow_card_no_column_is_cut_by_the_mark_and_none_has_a_name_alone(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = mazur_view()
    data = replace(view.spec.data, inputs=np.array([[1 / 3, -1 / 3]]))
    grid = grid_of(shown(qtbot, with_data(view, data), width=230))
    bar, last = grid.horizontalScrollBar(), grid.numbers.columnCount() - 1
    edge = grid.viewport().width() - grid.columnWidth(last)
    bar.setValue(0)
    assert edge in [grid.columnViewportPosition(column) for column in range(last)]

    def ink(ground: QImage, left: int) -> bool:
        colours = {
            ground.pixel(x, y) for x in range(left, edge) for y in range(4, ground.height() - 4)
        }
        return len(colours) > 1

    for place in range(bar.maximum()):
        bar.setValue(place)
        column = grid.columnAt(edge - 1)
        left = max(grid.columnViewportPosition(column), 0)
        name = grid.horizontalHeader().viewport().grab().toImage()
        row = grid.viewport().grab().toImage().copy(0, 0, edge, grid.rowHeight(0))
        if edge - left > 12 and not ink(row, left + 1):
            assert not ink(name, left + 1), place


def test_columns_stand_closer_before_the_table_scrolls(
    qtbot: QtBot, qapp: QApplication, mazur_view: MakeView
) -> None:
    try:
        for percent, width in ((100, 260), (80, 240)):
            theme.apply(qapp, percent=percent)
            grid = grid_of(shown(qtbot, mazur_view(), width))
            assert not grid.horizontalScrollBar().isVisible(), percent
            cell = grid.itemDelegate()
            assert isinstance(cell, NumberCell)
            assert [cell.painted_text(0, column) for column in (4, 5)] == ["0.751", "0.773"]
    finally:
        theme.apply(qapp, percent=100)


def test_the_table_promises_to_paint_all_of_itself_once_it_has(
    qtbot: QtBot, xor_view: MakeView
) -> None:
    panel, opaque = DataPanel(), Qt.WidgetAttribute.WA_OpaquePaintEvent
    qtbot.addWidget(panel)
    panel.display(xor_view())
    seen = grid_of(panel).viewport()
    for _ in range(2):  # and again behind a tab, where others painted meanwhile
        panel.show()
        assert not seen.testAttribute(opaque)
        QApplication.processEvents()
        assert seen.testAttribute(opaque)
        panel.hide()


def test_the_title_is_whole_beside_what_is_told_of_test_samples(
    qtbot: QtBot, xor_view: MakeView
) -> None:
    view = xor_view()
    panel = shown(qtbot, with_data(view, replace(view.spec.data, test=np.array([1]))))
    for width in range(150, 400, 10):
        panel.resize(width, 180)
        QApplication.processEvents()
        assert title(panel).startswith("Data")
        needed = panel.title.fontMetrics().horizontalAdvance(panel.title.text())
        assert needed <= panel.title.width() or (title(panel) == "Data" and width < 220), width


def test_another_theme(qtbot: QtBot, qapp: QApplication, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    theme.apply(qapp, "dark")
    panel.restyle()
    image = grid_of(panel).grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 200, 3) for y in range(0, 90, 3)}
    assert {theme.DARK.card, theme.DARK.accent_soft} <= colours and theme.LIGHT.card not in colours
