"""Answers for new rows: typed, pasted, opened from a file, saved as a table."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
)

from engine.data.preparation import prepared, proposed_plan, spec_of
from engine.data.table import read_table
from engine.documents.document import Document
from engine.maths.backprop import forward
from engine.run.spec import Spec, start_state
from gui.view import Curtain
from tests.gui.documents.test_tables import FLOWERS, in_the_dialog
from tests.gui.window.conftest import Driver
from tests.gui.window.conftest import driver as driver
from tests.gui.window.conftest import xor as xor


def flowers(driver: Driver) -> Spec:
    """Open a network for flowers."""
    table = read_table(FLOWERS)
    plan = replace(proposed_plan(table), scaling="range")
    spec = spec_of(prepared(table, plan), plan)
    driver.window.documents.show(Document(spec=spec, start=start_state(spec).theta))
    return spec


def by_hand(spec: Spec, theta: np.ndarray, length: float, island: str) -> str:
    """The class of a flower: the length is scaled to the range, which is from 1 to 5.6."""
    lengths = spec.data.inputs[:, 0]
    x = (length - lengths.min()) / (lengths.max() - lengths.min())
    outputs = forward(spec.network, theta, np.array([[x, float(island == "b")]])).a[-1]
    return ("setosa", "versicolor", "virginica")[int(outputs.argmax())]


def shown(view: QTableView) -> list[list[str]]:
    model = view.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_rows_are_typed_pasted_and_saved(
    xor: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, out = flowers(xor), tmp_path / "out.csv"
    theta = xor.window.session.state.theta
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(out), ""))

    def fill(dialog: QDialog) -> None:
        view = dialog.findChild(QTableView, "answersTable")
        problem = dialog.findChild(QLabel, "answersProblem")
        assert view is not None and problem is not None
        assert shown(view) == [["1", "a", by_hand(spec, theta, 1.0, "a")]]
        assert view.model().headerData(2, Qt.Orientation.Horizontal) == "→ species"
        view.edit(view.model().index(0, 0))
        field = view.findChild(QLineEdit)
        assert field is not None
        field.setText("4,6")
        QTest.keyClick(field, Qt.Key.Key_Return)
        QApplication.processEvents()  # until the field is gone
        view.edit(view.model().index(0, 1))
        box = view.findChild(QComboBox)
        assert box is not None and [box.itemText(n) for n in range(box.count())] == ["a", "b"]
        box.setCurrentIndex(1)
        QTest.keyClick(box, Qt.Key.Key_Return)
        QApplication.processEvents()
        assert shown(view) == [["4,6", "b", by_hand(spec, theta, 4.6, "b")]]
        QGuiApplication.clipboard().setText("island\tname\tlength\nb\tx\t5\nz\ty\t5\na\tz\t1.5\n")
        [paste] = [action for action in view.actions() if action.text() == "Paste rows"]
        assert isinstance(paste, QAction)
        paste.trigger()
        assert [row[:2] for row in shown(view)] == [["5", "b"], ["5", "z"], ["1.5", "a"]]
        assert shown(view)[1][2] == "—" and "Row 2: “island”: “z” is none" in problem.text()
        assert shown(view)[2][2] == by_hand(spec, theta, 1.5, "a")
        save = dialog.findChild(QPushButton, "answersSave")
        assert save is not None
        save.click()

    filled = in_the_dialog(fill)
    xor.menu("Answers for new rows…").trigger()
    assert filled
    with out.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["name"], row["answer species"]) for row in rows] == [
        ("x", by_hand(spec, theta, 5.0, "b")), ("z", by_hand(spec, theta, 1.5, "a")),
    ]
    assert sum(float(rows[0][f"output {name}"]) for name in ("setosa", "versicolor", "virginica")
               ) == pytest.approx(1.0)


def test_there_are_no_answers_while_they_are_to_be_predicted(xor: Driver) -> None:
    entry = xor.menu("Answers for new rows…")
    xor.window.session.draw_curtain(Curtain(("activations",)))
    [menu] = [each for each in xor.window.findChildren(QMenu) if each.title() == "&Run"]
    menu.aboutToShow.emit()
    assert not entry.isEnabled()
    xor.window.session.draw_curtain(None)
    menu.aboutToShow.emit()
    assert entry.isEnabled()
