"""A test set in the window: chosen, marked, told of, and left out of every backward pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from engine.documents.reading import read_document, write_document
from engine.run.steps import StepId
from engine.text.numbers import format_number
from gui import theme
from gui.panels.ribbon.panel import TEST_HINT
from gui.tables.number_table import NumberTable
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

WHOLE_ROW = (
    QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
)


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("xor-2-3-1")


def split(window: MainWindow, share: int, which: int) -> None:
    """Choose a share of the samples in the dialog, as a person does."""

    def fill_in() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        field, choice = dialog.findChild(QSpinBox), dialog.findChild(QComboBox)
        assert field is not None and choice is not None
        field.setValue(share)
        choice.setCurrentIndex(which)
        dialog.accept()

    QTimer.singleShot(0, fill_in)
    entry = next(a for a in window.findChildren(QAction) if a.text() == "&Test set…")
    entry.trigger()


def summary(window: MainWindow) -> dict[str, str]:
    return dict(window.summary.rows())


def heading(window: MainWindow, row: int) -> str:
    table = window.data.findChild(NumberTable, "dataTable")
    assert table is not None
    return str(table.model().headerData(row, Qt.Orientation.Vertical))


def test_a_share_is_kept_out_and_undo_brings_it_back(window: MainWindow) -> None:
    session = window.session
    split(window, 25, 1)
    assert session.spec.data.test.tolist() == [3]
    assert [heading(window, row) for row in range(4)] == ["1", "2", "3", "○ 4"]
    assert summary(window)["test sample right"] in ("yes", "no")
    split(window, 50, 1)
    assert session.spec.data.test.tolist() == [2, 3]
    assert summary(window)["samples right"].endswith("of 2")
    session.undo_stack.undo()
    assert session.spec.data.test.tolist() == [3]
    session.undo_stack.undo()
    assert session.spec.data.test.tolist() == []
    assert heading(window, 3) == "4"
    assert "test loss" not in summary(window)


def test_rows_are_kept_out_by_their_menu(window: MainWindow) -> None:
    table = window.data.findChild(NumberTable, "dataTable")
    assert table is not None
    toggle = next(a for a in table.actions() if a.objectName() == "toggleTest")
    for row, expected in ((1, [1]), (2, [1, 2]), (1, [2])):
        index = table.numbers.index(row, 0)
        # Not by selectRow, which asks for Shift and Control, as an earlier test may have left them.
        table.selectionModel().setCurrentIndex(index, WHOLE_ROW)
        toggle.trigger()
        assert window.session.spec.data.test.tolist() == expected
    table.selectAll()
    toggle.trigger()
    assert window.session.spec.data.test.tolist() == [2]
    label = window.data.findChild(QLabel, "dataError")
    assert label is not None and "left to train on" in label.text()


def test_a_test_sample_ends_with_its_loss(window: MainWindow) -> None:
    session = window.session
    split(window, 25, 1)
    session.choose_sample(0)
    delta = session.spec.steps.index_of(StepId("backward", "delta", 2, 0))
    session.seek(delta + 1)
    assert session.place.revealed == delta + 1
    session.choose_sample(3)
    assert session.place.revealed == delta  # its loss, and no further
    assert TEST_HINT in window.ribbon.accessibleDescription()
    refused: list[str] = []
    session.refused.connect(refused.append)
    for go_on in (session.step, lambda: session.step("pass"), lambda: session.seek(delta + 3)):
        go_on()
        assert session.place.revealed == delta
        assert "Sample 4 is a test sample" in refused.pop()
    session.step("iteration")
    assert (session.place.t, session.place.revealed, refused) == (1, 0, [])
    session.choose_sample(1)
    session.seek(delta + 3)
    assert session.place.revealed == delta + 3
    assert TEST_HINT not in window.ribbon.accessibleDescription()
    # Kept out of training while its backward pass is on screen.
    table = window.data.findChild(NumberTable, "dataTable")
    assert table is not None
    table.selectRow(1)
    session.seek(delta + 3)
    next(a for a in table.actions() if a.objectName() == "toggleTest").trigger()
    assert session.place.revealed == delta
    session.undo_stack.undo()
    assert session.place.revealed == delta + 3


def lit_columns(window: MainWindow) -> list[int]:
    """Where in the ribbon the tick of the present step is, in pixels across."""
    image, accent = window.ribbon.grab().toImage(), theme.current().colour("accent").rgb()
    middle = next(
        y for y in range(20, image.height()) if image.pixel(9, y) != image.pixel(1, y)
    ) + 8  # fmt: skip
    return [x for x in range(image.width()) if image.pixel(x, middle) == accent]


def test_the_ribbon_marks_the_same_step_of_a_test_sample(window: MainWindow) -> None:
    session = window.session
    split(window, 25, 1)
    session.seek(session.spec.steps_of(3))
    session.choose_sample(0)
    expected = lit_columns(window)
    session.choose_sample(3)
    assert expected and lit_columns(window) == expected


def test_the_loss_of_test_samples_is_a_curve_of_its_own(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    session = window.session
    split(window, 25, 1)
    plot = window.loss.plot
    session.advance(50, 0)
    points = session.place.leaf.test_curve.points
    assert points[:, 0].tolist() == list(range(51))
    drawn = plot.curves[-1].getData()[1]
    assert drawn.tolist() == points[:, 1].tolist()
    assert "test&nbsp;loss" in window.loss.legend.text()
    rows = summary(window)
    shares = []
    for name in ("samples right", "test sample right"):
        right, _, count = {"yes": "1 of 1", "no": "0 of 1"}.get(rows[name], rows[name]).split()
        shares.append(format_number(int(right) / int(count)))
    told = f"share of samples right {shares[0]}, test {shares[1]}"
    assert told.replace(" ", "&nbsp;") in window.loss.legend.text()
    gap = float(rows["test loss"]) - float(rows[next(k for k in rows if k.startswith("loss E"))])
    shown = float(rows["gap, test − training"].replace("−", "-"))
    assert shown == pytest.approx(gap, abs=2e-6)
    again = read_document(write_document(session.document()))
    assert again.test_curve is not None
    window.documents.show(again, "again")
    assert window.session.place.leaf.test_curve.points.tolist() == points.tolist()
    window.session.step("epoch")
    assert len(window.session.place.leaf.test_curve.points) == 52
