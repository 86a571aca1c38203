"""The metrics beside the result: the table, each class, and the samples behind a cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.run import edits
from engine.run.iteration import evaluate
from engine.run.spec import Source
from engine.text.numbers import format_number
from gui.tables.column_widths import text_width
from gui.tables.number_table import NumberTable
from gui.view import Curtain
from gui.window.main_window import MainWindow
from tests.gui.lenses.conftest import OpenLens, entry

KEYS = "Ctrl+M"


def cells(lens: Any) -> dict[str, list[str]]:
    """The table of numbers, by the names of its rows."""
    return {
        row.name: [row.text(cell, 6) for cell in range(len(row.cells))]
        for row in lens.numbers.rows
    }


def choose(lens: Any, button: Any, title: str) -> None:
    """Choose an entry of the menu of a link in the head."""
    button.click()
    menu = lens.findChild(QMenu)
    next(a for a in menu.actions() if a.text().startswith(title)).trigger()
    menu.close()


def named(window: MainWindow) -> None:
    """Give the classes of XOR names, as a table does."""
    data = window.session.spec.data
    sources = (Source("answer", "differs", "same"),)
    window.session.apply(
        "Names", edits.set_data, replace(data, target_sources=sources, input_sources=())
    )


def test_the_table_agrees_with_what_happened(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", KEYS)
    found, told = cells(lens), dict(window.summary.rows())
    assert found["right"] == [told["samples right"]] == ["2 of 4"]
    assert found["accuracy"] == ["0.5"]
    evaluation = evaluate(window.session.spec, window.session.state.theta)
    outputs = evaluation.outputs
    targets = window.session.spec.data.targets
    assert found["MSE"] == [format_number(float(np.mean((targets - outputs) ** 2)), 6)]
    assert "Choose a row" in lens.note.text()
    rows = [row.name for row in lens.numbers.rows]
    lens.numbers.setCurrentIndex(lens.numbers.model().index(rows.index("MAE"), 0))
    assert lens.note.text() == (
        "Mean absolute error: the mean, over samples and outputs, of |target − output|."
    )
    window.session.apply("Test", edits.set_test, [3])
    window.session.apply("Validation", edits.set_validation, [0])
    assert cells(lens)["samples"] == ["2", "1", "1"]
    window.session.advance(50, 0)
    evaluation = evaluate(window.session.spec, window.session.state.theta)
    assert evaluation.test is not None and evaluation.validation is not None
    assert cells(lens)["loss"] == [
        format_number(loss, 6)
        for loss in (evaluation.loss, evaluation.validation.loss, evaluation.test.loss)
    ]


def test_no_head_and_no_word_is_cut_however_wide_the_card_is(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", KEYS)
    window.session.apply("Test", edits.set_test, [3])
    window.session.apply("Validation", edits.set_validation, [0])
    table, seen = lens.numbers, set()
    model = table.model()
    for width in (1440, 1366, 1280, 1920):
        window.resize(width, 768)
        QApplication.processEvents()
        seen.add(model.columnCount())
        for column in range(1, model.columnCount()):
            words = [row.cells[column - 1] for row in table.rows]
            words = [each for each in words if isinstance(each, str)]
            words.append(str(model.headerData(column, Qt.Orientation.Horizontal)))
            assert max(map(text_width, words)) <= table.columnWidth(column), (width, column)
        columns = range(model.columnCount())
        assert sum(map(table.columnWidth, columns)) <= table.viewport().width()
    assert 4 in seen  # all sets beside each other, where they have room


def test_a_cell_of_the_confusion_matrix_leads_to_its_samples(
    qtbot: QtBot, open_lens: OpenLens
) -> None:
    window, lens = open_lens("xor-2-3-1", KEYS)
    named(window)
    choose(lens, lens.page_button, "confusion")
    model = lens.confusion.model()
    rows, columns = range(model.rowCount()), range(model.columnCount())
    counts = [[int(model.value(row, column)) for column in columns] for row in rows]
    assert [model.headerData(row, Qt.Orientation.Vertical) for row in rows] == ["same", "differs"]
    session = window.session
    right = session.spec.are_right(evaluate(session.spec, session.state.theta).outputs)
    assert sum(counts[k][k] for k in rows) == int(right.sum())
    wrong = np.flatnonzero(~right).tolist()
    row, column = next((r, c) for r in rows for c in columns if r != c and counts[r][c])
    place = lens.confusion.visualRect(model.index(row, column)).center()
    QTest.mouseClick(lens.confusion.viewport(), Qt.MouseButton.LeftButton, pos=place)
    targets = window.session.spec.data.targets[:, 0]
    expected = [k for k in wrong if targets[k] == float(row)]
    table = window.data.findChild(NumberTable, "dataTable")
    assert table.whole_rows() == expected and len(expected) == counts[row][column]
    assert window.session.standing.sample == expected[0]
    window.lenses.place.show_card(window.result)
    x, y = window.result.surface.plot.points.marks.getData()
    inputs = window.session.spec.data.inputs[expected]
    assert {tuple(pair) for pair in zip(x, y, strict=True)} == {tuple(each) for each in inputs}
    window.lenses.place.show_card(lens)
    QTest.keyClick(lens.confusion, Qt.Key.Key_Left if column else Qt.Key.Key_Right)
    assert lens.confusion.currentIndex().column() != column
    if not counts[row][1 - column]:
        assert not window.result.surface.plot.points.marks.getData()[0].size
    lens.confusion.setCurrentIndex(model.index(row, column))
    assert window.result.surface.plot.points.marks.getData()[0].size
    lens.close_button.click()
    assert not window.result.surface.plot.points.marks.getData()[0].size
    lens.samples_asked.emit(expected)
    window.session.apply("Other data", edits.remove_rows, [0])
    assert not window.result.surface.plot.points.marks.getData()[0].size


def test_the_data_come_forward_with_the_samples_of_a_cell(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", KEYS)
    named(window)
    lens.close_button.click()
    window.resize(1366, 660)
    QApplication.processEvents()
    entry(window, KEYS).trigger()
    QApplication.processEvents()
    assert lens.isVisible()
    choose(lens, lens.page_button, "confusion")
    table, model = window.data.findChild(NumberTable, "dataTable"), lens.confusion.model()
    assert not table.isVisible()  # behind the tab of the network
    cells = [(row, column) for row in range(2) for column in range(2)]
    row, column = next(each for each in cells if int(model.value(*each)))
    place = lens.confusion.visualRect(model.index(row, column)).center()
    QTest.mouseClick(lens.confusion.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QApplication.processEvents()
    assert table.isVisible() and len(table.whole_rows()) == int(model.value(row, column))
    assert lens.isVisible() and window.focusWidget() is lens.confusion  # for the arrow keys


def test_precision_and_recall_of_each_class_by_its_name(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", KEYS)
    named(window)
    window.session.apply("Test", edits.set_test, [2, 3])
    choose(lens, lens.page_button, "each class")
    choose(lens, lens.set_button, "test")
    session = window.session
    outputs = evaluate(session.spec, session.state.theta).outputs[:, 0]
    said = ["differs" if outputs[row] > 0.5 else "same" for row in (2, 3)]
    true = ["differs", "same"]
    for row in lens.per_class.rows:
        hit = sum(t == s == row.name for t, s in zip(true, said, strict=True))
        taken = said.count(row.name)
        assert row.cells[0] == "1" and row.cells[2] == float(hit)
        assert row.cells[1] == ("–" if not taken else hit / taken)
    assert [row.name for row in lens.per_class.rows] == ["same", "differs"]


def test_it_follows_a_run_and_is_covered_while_values_are_asked_for(
    qtbot: QtBot, open_lens: OpenLens
) -> None:
    window, lens = open_lens("xor-2-3-1", KEYS)
    before = cells(lens)["loss"]
    window.session.set_pace(float("inf"))
    window.session.train()
    qtbot.waitUntil(lambda: cells(lens)["loss"] != before)
    window.session.pause()
    session = window.session
    loss = evaluate(session.spec, session.state.theta).loss
    assert float(lens.numbers.rows[2].cells[0]) == pytest.approx(loss, rel=1e-9)
    window.session.draw_curtain(Curtain(("losses",)))
    assert lens.is_covered
    window.session.draw_curtain(None)
    assert not lens.is_covered


@pytest.mark.parametrize("name", ["mazur-2-2-2"])
def test_a_point_on_nothing_changes_nothing(open_lens: OpenLens, name: str) -> None:
    window, lens = open_lens(name, KEYS)
    sample = window.session.standing.sample
    QTest.mouseClick(lens.numbers.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert window.session.standing.sample == sample and not window.session.is_changed
