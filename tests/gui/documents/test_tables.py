"""A table of a person's own, from the drop on the window to the saved document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMessageBox,
)
from pytestqt.qtbot import QtBot

from engine.data import table as table_module
from gui import theme
from gui.documents.table_dialog import TableDialog
from gui.widgets.choice import Choice
from gui.widgets.count_field import CountField
from tests.gui.conftest import choose
from tests.gui.window.conftest import Driver
from tests.gui.window.conftest import driver as driver  # the fixtures of the whole window
from tests.gui.window.conftest import xor as xor

NAMES = ("setosa", "versicolor", "virginica")
FLOWERS = "length;island;species\n" + "".join(
    f"{1 + n % 3 * 2},{n % 7};{'ab'[n % 2]};{NAMES[n % 3]}\n" for n in range(30)
)


def drop(window: Driver, data: QMimeData) -> None:
    """Drop something in the middle of a window."""
    place, button = QPointF(400.0, 300.0), Qt.MouseButton.LeftButton
    action, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(400, 300), action, data, button, keys)
    QApplication.sendEvent(window.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window.window, QDropEvent(place, action, data, button, keys))


def in_the_dialog(act: Callable[[QDialog], None]) -> list[str]:
    """Do something in the next dialog; returns the words of it that failed, if any."""
    done: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            QTimer.singleShot(10, look)
            return
        try:
            act(dialog)
            done.append("done")
        finally:
            dialog.close()

    QTimer.singleShot(0, look)
    return done


def press_ok(dialog: QDialog) -> None:
    [buttons] = dialog.findChildren(QDialogButtonBox)
    buttons.button(QDialogButtonBox.StandardButton.Ok).click()


def text_of(dialog: QDialog, name: str) -> str:
    found = dialog.findChild(QLabel, name)
    assert found is not None
    return found.text()


def test_a_dropped_table_becomes_a_network_that_is_trained_saved_and_opened_again(
    xor: Driver, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, saved = tmp_path / "flowers.csv", tmp_path / "flowers.backpass.json"
    path.write_text(FLOWERS, encoding="utf-16")

    def fill(dialog: QDialog) -> None:
        roles = dialog.findChildren(Choice)
        assert [each.key for each in roles if each.objectName().startswith("tableRole")] == [
            "input", "input", "target"
        ]
        hidden = dialog.findChild(QLineEdit, "tableHidden")
        test = dialog.findChild(CountField, "tableTest")
        assert hidden is not None and test is not None
        hidden.setText("4, x")
        press_ok(dialog)
        assert dialog.isVisible() and '"x" is no such number' in text_of(dialog, "tableProblem")
        hidden.setText("4")
        assert "2 inputs → 4 → 3 outputs with softmax" in text_of(dialog, "tablePreview")
        test.selectAll()
        QTest.keyClicks(test, "7x")
        QTest.keyClick(test, Qt.Key.Key_Escape)  # leaves the number, and the dialog open
        assert test.text() == "0 %" and dialog.isVisible()
        test.selectAll()
        QTest.keyClicks(test, "20")  # the sign behind the number stays, and is no part of it
        QTest.keyClick(test, Qt.Key.Key_Return)  # as does OK
        assert not dialog.isVisible()

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    filled = in_the_dialog(fill)
    drop(xor, data)
    qtbot.waitUntil(lambda: xor.view.spec.network.sizes == (2, 4, 3))
    assert filled
    spec = xor.view.spec
    assert spec.data.inputs[0].tolist() == [1.0, 0.0] and len(spec.data.test) == 6
    assert [source.one for source in spec.data.target_sources] == list(NAMES)
    assert spec.scaling is not None and xor.window.session.standing.title == "2-4-3, flowers"
    first = xor.view.loss
    xor.window.session.advance(40, 3)
    assert first is not None and xor.view.loss is not None and xor.view.loss < first
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(saved), ""))
    xor.menu("Save").trigger()
    before, written = xor.view, saved.read_bytes()
    xor.window.documents.open_example("one-neuron")
    xor.window.documents.open_path(saved)
    after = xor.view
    assert after.theta.tobytes() == before.theta.tobytes()
    assert after.spec.scaled.inputs.tobytes() == before.spec.scaled.inputs.tobytes()
    assert after.spec.data.target_sources == before.spec.data.target_sources
    xor.window.documents.save()
    assert saved.read_bytes() == written


def test_a_table_on_the_clipboard_with_rows_that_cannot_be_taken(
    xor: Driver, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setText("a\ty\n1\t2\n\t3\n4\t5\t6\n7\tx\n" + "3\t4\n" * 10)

    def fill(dialog: QDialog) -> None:
        listed = dialog.findChild(QListWidget, "tableProblems")
        leave_out = dialog.findChild(QCheckBox, "tableLeaveOut")
        assert listed is not None and leave_out is not None
        assert [listed.item(row).text() for row in range(listed.count())] == [
            "Line 3: “a” is empty.",
            "Line 4 has 3 cells; the table has 2 columns.",
            "Line 5: “y” is no number but “x”. The column can be taken as classes.",
        ]
        press_ok(dialog)
        assert dialog.isVisible() and "cannot be taken" in text_of(dialog, "tableProblem")
        kind = dialog.findChild(Choice, "tableKind1")
        assert kind is not None
        choose(kind, "class")
        assert listed.count() == 2 and leave_out.text() == "Leave these 2 rows out"
        choose(kind, "number")
        leave_out.click()
        press_ok(dialog)

    filled = in_the_dialog(fill)
    xor.menu("New from the clipboard…").trigger()
    assert filled and xor.view.spec.network.sizes == (1, 3, 1)
    assert np.array_equal(xor.view.spec.data.inputs.ravel(), [1.0] + [3.0] * 10)


def test_of_a_table_that_is_too_long_a_sample_is_offered(
    xor: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_module, "MAX_TABLE_CELLS", 40)
    QGuiApplication.clipboard().setText("a,y\n" + "".join(f"{n},{n}.5\n" for n in range(90)))
    asked: list[str] = []

    def take(box: QMessageBox) -> int:
        asked.append(box.text())
        box.defaultButton().click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", take)
    filled = in_the_dialog(press_ok)
    xor.menu("New from the clipboard…").trigger()
    assert filled and "90 rows, and at most 20" in asked[0]
    assert len(xor.view.spec.data) == 20


def test_what_is_no_table_is_refused_and_nothing_changes(
    xor: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    before, path = xor.view, tmp_path / "empty.csv"
    path.write_bytes(b"\n\n")
    xor.window.documents.open_path(path)
    xor.window.documents.open_path(tmp_path / "missing.csv")
    QGuiApplication.clipboard().setText("")
    xor.menu("New from the clipboard…").trigger()
    assert xor.view is before
    assert said[0] == "empty.csv was not taken. There is nothing in this table."
    assert "missing.csv cannot be read" in said[1] and said[2].startswith("The clipboard was not")


def test_another_table_of_the_same_columns_takes_the_place_of_the_samples(
    xor: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    QGuiApplication.clipboard().setText(FLOWERS)
    assert in_the_dialog(press_ok) == []
    xor.menu("New from the clipboard…").trigger()
    scaling, network = xor.view.spec.scaling, xor.view.spec.network
    path = tmp_path / "other.csv"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
    path.write_text("species,island,length\nrose,a,1\n", "utf-8")
    xor.click("readCsv")
    assert "“rose” is none of the classes" in xor.find(QLabel, "dataError").text()
    assert len(xor.view.spec.data) == 30
    path.write_text("species,island,length\nvirginica,b,9\nsetosa,a,1\n", "utf-8")
    xor.click("readCsv")
    spec = xor.view.spec
    assert spec.data.inputs.tolist() == [[9, 1], [1, 0]]
    assert spec.data.targets.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert spec.scaling == scaling and spec.network is network


def test_a_table_that_the_command_line_names_is_asked_about_once_the_window_is_up(
    xor: Driver, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "flowers.tsv"
    path.write_text(FLOWERS.replace(";", "\t"), "utf-8")
    filled = in_the_dialog(press_ok)
    xor.window.documents.open_at_start(str(path), "one-neuron")
    assert xor.view.spec.network.sizes == (1, 1)
    qtbot.waitUntil(lambda: xor.view.spec.network.sizes[-1] == 3)
    assert filled and xor.window.session.standing.title == "2-3-3, flowers"


def test_on_a_low_screen_the_list_of_problems_gives_way_to_the_fields(
    qtbot: QtBot, qapp: QApplication
) -> None:
    rows = "".join(f"{n},{'x' if n % 5 == 0 else n},{'ab'[n % 2]}\n" for n in range(40))
    table = table_module.read_table(f"a,b,kind\n{rows}")

    def height() -> int:
        dialog = TableDialog("t.csv", table, lambda heading: table)
        qtbot.addWidget(dialog)
        dialog.show()
        QApplication.processEvents()
        listed = dialog.findChild(QListWidget, "tableProblems")
        assert listed is not None and listed.isVisible()
        assert dialog.height() <= dialog.screen().availableGeometry().height()
        return listed.height()

    usual = height()
    theme.apply(qapp, percent=200)
    try:
        assert height() < usual
    finally:
        theme.apply(qapp, percent=100)
