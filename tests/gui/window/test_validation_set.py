"""A validation set in the window, and training that stops once its loss gets no better."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from engine.data.split import validation_rows
from engine.run.iteration import sample_pass
from gui.tables.number_table import NumberTable
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.gui.window.test_test_set import heading, split, summary


def answer(window: MainWindow, text: str, fill: Callable[[QDialog], object]) -> None:
    """Choose an entry of the menu, and fill in its dialog."""

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        fill(dialog)
        dialog.accept()

    QTimer.singleShot(0, act)
    next(a for a in window.findChildren(QAction) if a.text() == text).trigger()


def share(percent: int, which: int, seed: int = 7) -> Callable[[QDialog], object]:
    def fill(dialog: QDialog) -> None:
        dialog.findChild(QSpinBox, "testShare").setValue(percent)
        dialog.findChild(QComboBox).setCurrentIndex(which)
        dialog.findChild(QSpinBox, "testSeed").setValue(seed)

    return fill


def patience(epochs: int, least: str, most: int) -> Callable[[QDialog], object]:
    def fill(dialog: QDialog) -> None:
        dialog.findChild(QSpinBox, "patience").setValue(epochs)
        dialog.findChild(QSpinBox, "epochs").setValue(most)
        field = dialog.findChild(QLineEdit, "leastImprovement")
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, least)

    return fill


def ended(qtbot: QtBot, window: MainWindow) -> int:
    session = window.session
    qtbot.waitUntil(lambda: not session.training, timeout=60_000)
    return int(session.spec.epoch_of(session.place.t)[0])


def test_it_is_chosen_marked_told_of_and_undone(open_window: OpenWindow) -> None:
    window = open_window("xor-2-3-1")
    session = window.session
    split(window, 25, 1)
    answer(window, "&Validation set…", share(40, 0))
    expected = validation_rows(4, np.array([3]), 0.4, 7).tolist()
    assert session.spec.data.validation.tolist() == expected and len(expected) == 1
    row = expected[0]
    assert heading(window, row) == f"◇ {row + 1}" and heading(window, 3) == "○ 4"
    rows = summary(window)
    assert rows["validation sample right"] in ("yes", "no") and "validation loss" in rows
    assert rows["samples right"].endswith("of 2")
    session.choose_sample(row)
    refused: list[str] = []
    session.refused.connect(refused.append)
    session.seek(len(session.spec.steps))
    assert session.place.revealed == session.spec.steps_of(row) < len(session.spec.steps)
    assert f"Sample {row + 1} is a validation sample" in refused[0]
    assert "a validation sample: nothing is learnt" in window.ribbon.accessibleDescription()
    table = window.data.findChild(NumberTable, "dataTable")
    toggle = next(a for a in table.actions() if a.objectName() == "toggleValidation")
    table.selectRow(3)
    toggle.trigger()  # from the test set to the validation set
    assert session.spec.data.test.tolist() == []
    assert session.spec.data.validation.tolist() == sorted([row, 3])
    table.selectAll()
    toggle.trigger()
    assert "left to train on" in window.data.findChild(QLabel, "dataError").text()
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert session.spec.data.validation.tolist() == []
    assert window.data.findChild(NumberTable, "dataTable").model().headerData(
        row, Qt.Orientation.Vertical
    ) == str(row + 1)


@pytest.mark.parametrize("pace", [300.0, float("inf")])
def test_it_stops_at_the_same_epoch_and_says_why(
    qtbot: QtBot, open_window: OpenWindow, pace: float
) -> None:
    window = open_window("xor-3-4-1")
    session = window.session
    session.set_pace(pace)
    answer(window, "Train while it improves…", patience(20, "0.01", 5000))
    qtbot.waitUntil(lambda: not session.training or session.place.t > 25, timeout=60_000)
    session.document()  # as for a file to be written: it goes on as if nothing had been
    stopped = ended(qtbot, window)
    losses = session.place.leaf.curve.points[:, 1]
    best, found = 0, None
    for epoch, loss in enumerate(losses):
        best = epoch if loss < losses[best] - 0.01 else best
        if epoch - best == 20:
            found = epoch
            break
    assert stopped == found == len(losses) - 1
    text = window.banner.text
    assert text.startswith(
        f"Stopped at epoch {stopped}: the loss has not improved by more than 0.01 for 20 epochs."
    )
    assert text.endswith(f" at epoch {best}.")


def test_the_loss_that_is_watched_is_that_of_validation_samples(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window("xor-2-3-1")
    session = window.session
    session.set_pace(float("inf"))
    answer(window, "&Validation set…", share(25, 1))
    answer(window, "Train while it improves…", patience(3, "0", 30))
    stopped = ended(qtbot, window)
    losses = []
    for epoch in range(stopped + 1):
        session.go_to_epoch(epoch)
        losses.append(sample_pass(session.spec, session.state.theta, 3).loss)
    found = window.banner.text
    if "Stopped" in found:
        assert "validation loss has not improved for 3 epochs" in found
        assert min(losses) == losses[-4] and losses[-1] >= losses[-4]
    else:
        assert stopped == 30 and "validation loss still improves" in found
