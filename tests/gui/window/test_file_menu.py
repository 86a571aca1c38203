"""Files opened and saved by the File menu, and what asks before anything is lost."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
)

from tests.gui.window.conftest import Driver

Button = QMessageBox.StandardButton


def answer_with(monkeypatch: pytest.MonkeyPatch, button: Button) -> list[str]:
    """Answer message boxes, and keep what they said."""
    said: list[str] = []

    def execute(box: QMessageBox) -> Button:
        said.append(box.text())
        return button

    monkeypatch.setattr(QMessageBox, "exec", execute)
    return said


def test_save_and_open_again_bring_everything_back(
    xor: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.backpass.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
    xor.edit_cell("weightsTable1", 0, 0, "0,123456789012345")
    xor.window.session.advance(25, 7)
    assert xor.window.isWindowModified()
    xor.menu("Save").trigger()
    saved = xor.view
    assert path.exists() and not saved.changed and not xor.window.isWindowModified()
    xor.window.documents.open_example("mazur-2-2-2")
    xor.menu("Open…").trigger()
    back = xor.view
    assert (back.t, back.revealed) == (25, 7)
    assert np.array_equal(back.theta, saved.theta)
    assert np.array_equal(back.curve, saved.curve)
    assert xor.window.documents.name == "mine.backpass.json"
    assert str(path.resolve()) in xor.window.documents.files.recent()


def test_a_changed_document_asks_before_it_is_lost(
    xor: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = answer_with(monkeypatch, Button.Cancel)
    xor.click("epoch")
    xor.window.documents.open_example("mazur-2-2-2")
    assert len(said) == 1 and xor.view.spec.network.sizes == (2, 3, 1)
    assert not xor.window.close()
    answer_with(monkeypatch, Button.Discard)
    xor.window.documents.open_example("mazur-2-2-2")
    assert xor.view.spec.network.sizes == (2, 2, 2)
    # What is unchanged is left without a question.
    said = answer_with(monkeypatch, Button.Cancel)
    xor.window.documents.open_example("xor-2-3-1")
    assert not said and xor.view.spec.network.sizes == (2, 3, 1)


def test_saving_on_the_way_out_saves(
    xor: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.backpass.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    answer_with(monkeypatch, Button.Save)
    xor.click("epoch")
    assert xor.window.close()
    assert b'"updates"' in path.read_bytes()


def test_a_file_that_is_refused_leaves_open_what_was_open(
    mazur: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = answer_with(monkeypatch, Button.Ok)
    path = tmp_path / "broken.backpass.json"
    path.write_text('{"format": "backpass",\n oops}')
    before = mazur.view
    mazur.window.documents.open_path(path)
    mazur.window.documents.open_path(tmp_path / "missing.json")
    assert mazur.view is before
    assert "line 2" in said[0] and "missing.json" in said[1]


def test_a_save_that_fails_keeps_the_old_file_and_says_so(
    mazur: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = answer_with(monkeypatch, Button.Ok)
    folder = tmp_path / "gone"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(folder / "x.json"), ""))
    assert not mazur.window.documents.save_as()
    assert len(said) == 1 and "x.json" in said[0]


def test_new_makes_a_network_for_a_training_set(mazur: Driver) -> None:
    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        box = dialog.findChild(QComboBox, "newData")
        hidden = dialog.findChild(QLineEdit, "newHidden")
        assert box is not None and hidden is not None
        box.setCurrentIndex(box.findData("circle"))
        hidden.setText("5, x")
        dialog.findChild(QDialog)  # the dialog itself answers keys
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        assert dialog.isVisible()
        hidden.setText("5, 4")
        QTest.keyClick(dialog, Qt.Key.Key_Return)

    QTimer.singleShot(0, fill)
    mazur.menu("New…").trigger()
    assert mazur.view.spec.network.sizes == (2, 5, 4, 1)
    assert len(mazur.view.spec.data) > 50


def test_recent_files_can_be_opened_again(
    mazur: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "again.backpass.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    mazur.window.documents.save_as()
    mazur.window.documents.open_example("one-neuron")
    [menu] = [m for m in mazur.window.findChildren(QMenu) if m.title() == "Open &recent"]
    menu.popup(QPoint(0, 0))
    menu.close()
    [action] = menu.actions()
    assert path.name in action.text()
    action.trigger()
    assert mazur.view.spec.network.sizes == (2, 2, 2)


def test_no_menu_has_a_letter_twice(xor: Driver) -> None:
    menus = [xor.window.menuBar(), *xor.window.menuBar().findChildren(QMenu)]
    assert len(menus) > 10
    for menu in menus:
        texts = [re.sub("&&", "", action.text()) for action in menu.actions()]
        letters = [found[1].lower() for text in texts if (found := re.search("&(.)", text))]
        assert len(letters) == len(set(letters)), f"{menu.objectName()}: {texts}"
