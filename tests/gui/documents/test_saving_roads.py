"""Saving in the window: all roads, the older format beside the newer one, what is too large, and
the way back to what was saved."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QMessageBox
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.documents.reading import read_document, write_document
from engine.maths.network import Parameter
from engine.run.limits import Limit
from engine.run.spec import start_state
from engine.training.kernels.kernel import Stretch
from engine.training.trainer import Trainer
from gui.documents.leave_out_dialog import LeaveOutDialog
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

Button = QMessageBox.StandardButton


def action(window: MainWindow, entry: str) -> QAction:
    actions = window.findChildren(QAction)
    return next(each for each in actions if each.text().replace("&", "") == entry)


def edit(window: MainWindow, value: float) -> None:
    window._intents.set_parameter(Parameter(1, 0, 0), value)


def opened(open_window: OpenWindow, path: Path) -> MainWindow:
    window = open_window("one-neuron")
    window.documents.open_path(path)
    return window


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A file as the version before wrote it."""
    tree = json.loads(write_document(read_example("mazur-2-2-2")))
    path = tmp_path / "homework.backpass.json"
    path.write_text(json.dumps({**tree, "version": 1}), encoding="utf-8")
    return path


def test_the_edited_road_is_saved_before_the_edit_too(
    open_window: OpenWindow, old_file: Path
) -> None:
    window = opened(open_window, old_file)
    session = window.session
    session.advance(100, 0)
    edit(window, 1.0)
    session.advance(500, 0)
    session.go_to_epoch(50)
    action(window, "Save").trigger()
    assert not window.isWindowModified()
    document = read_document(old_file.read_bytes())
    assert [road.last_t for road in document.roads] == [100, 600]
    assert (document.updates, document.number, document.leaf) == (50, 0, 1)


def test_the_first_save_over_the_older_format_keeps_it(
    open_window: OpenWindow, old_file: Path
) -> None:
    window, before = opened(open_window, old_file), old_file.read_bytes()
    copy = old_file.with_name("homework.v1.backpass.json")
    edit(window, 1.0)
    action(window, "Save").trigger()
    assert copy.read_bytes() == before
    assert json.loads(old_file.read_bytes())["version"] == 3
    assert window.statusBar().currentMessage() == (
        "homework.backpass.json was in an older format: a copy of it is homework.v1.backpass.json."
    )
    edit(window, 2.0)
    action(window, "Save").trigger()
    assert sorted(old_file.parent.iterdir()) == [old_file, copy]


def test_the_name_of_the_file_is_shown_again_after_the_notice(
    open_window: OpenWindow, old_file: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.window.main_window._NOTICE_MILLISECONDS", 1)
    window = opened(open_window, old_file)
    edit(window, 1.0)
    action(window, "Save").trigger()
    label = window.findChild(QLabel, "fileLabel")
    assert isinstance(label, QLabel)
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == "")
    assert label.isVisible() and label.text() == "homework.backpass.json · saved"


@pytest.mark.parametrize("sure", [True, False])
def test_revert_goes_back_to_what_was_saved(
    open_window: OpenWindow, old_file: Path, monkeypatch: pytest.MonkeyPatch, sure: bool
) -> None:
    asked: list[str] = []

    def answer(box: QMessageBox) -> Button:
        asked.append(box.text())
        return Button.Discard if sure else Button.Cancel

    monkeypatch.setattr(QMessageBox, "exec", answer)
    window = opened(open_window, old_file)
    start = window.session.state.theta[0]
    revert = action(window, "Revert to saved")
    assert not revert.isEnabled()
    edit(window, 1.0)
    assert revert.isEnabled()
    revert.trigger()
    assert asked == ["Go back to homework.backpass.json as it was saved?"]
    assert window.session.state.theta[0] == (start if sure else 1.0)
    assert window.isWindowModified() == revert.isEnabled() == (not sure)


def test_a_document_without_a_file_has_nothing_to_go_back_to(open_window: OpenWindow) -> None:
    window = open_window("mazur-2-2-2")
    edit(window, 1.0)
    assert not action(window, "Revert to saved").isEnabled()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[list[str]]], list[str]]:
    """answer(names): from each question which roads to leave out, choose those; what was asked."""

    def make(wanted: list[list[str]]) -> list[str]:
        told: list[str] = []

        def fill_in(dialog: LeaveOutDialog) -> Any:
            roads = dialog.findChild(QListWidget)
            items = [roads.item(row) for row in range(roads.count())]
            told.append("; ".join(item.text() for item in items))
            told.append(" ".join(label.text() for label in dialog.findChildren(QLabel)))
            save = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
            assert not save.isEnabled()
            names = wanted.pop(0)
            for item in items:
                if item.text() in names:
                    item.setCheckState(Qt.CheckState.Checked)
            assert save.isEnabled() == bool(names)
            return QDialog.DialogCode.Accepted if names else QDialog.DialogCode.Rejected

        monkeypatch.setattr(LeaveOutDialog, "exec", fill_in)
        return told

    return make


FIRST, LEFT, FORK = "η 0.5", "w1 = 1 (epoch 20)", "w1 = 2 (epoch 30)"


@pytest.fixture
def with_roads(open_window: OpenWindow, old_file: Path) -> MainWindow:
    """A run from a new seed, beside a first run of 40 epochs, an edit of it, and one of that."""
    window = opened(open_window, old_file)
    session = window.session
    session.advance(40, 0)
    for epoch, value in ((20, 1.0), (30, 2.0)):
        session.go_to_epoch(epoch)
        edit(window, value)
        session.advance(20, 0)
    session.new_seed()
    assert [ghost.name for ghost in window._view.ghosts] == [FIRST, LEFT, FORK]  # type: ignore[union-attr]
    return window


def bound(monkeypatch: pytest.MonkeyPatch, least: int) -> None:
    monkeypatch.setattr("engine.documents.reading.MAX_FILE_BYTES", least)


def test_what_is_too_large_is_saved_without_roads_that_the_person_names(
    with_roads: MainWindow, old_file: Path, monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[list[list[str]]], list[str]],
) -> None:
    size = len(write_document(with_roads.session.document()))
    bound(monkeypatch, size - 1)
    told = answer([[LEFT]])
    action(with_roads, "Save").trigger()
    assert told[0] == f"{FIRST}; {LEFT}; {FORK}"
    assert "Which roads are to be left out? Undo brings them back." in told[1]
    # What forked from it went with it.
    document = read_document(old_file.read_bytes())
    assert [road.name for road in document.roads] == [FIRST, "seed 2, η 0.5"]
    assert not with_roads.isWindowModified()
    action(with_roads, "Undo: Leave out 2 roads").trigger()
    assert with_roads.isWindowModified()
    assert len(with_roads.session.document().roads) == 4


def test_more_roads_than_a_document_may_have_are_asked_about_too(
    with_roads: MainWindow, old_file: Path, monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[list[list[str]]], list[str]],
) -> None:
    monkeypatch.setattr("engine.documents.document.ROADS", Limit(0, 3))
    told = answer([[FORK]])
    action(with_roads, "Save").trigger()
    assert "at most 3 roads are possible, not 4" in told[1]
    assert len(read_document(old_file.read_bytes()).roads) == 3
    assert not with_roads.isWindowModified()


def test_it_is_asked_again_until_it_fits_or_the_person_gives_up(
    with_roads: MainWindow, old_file: Path, monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[list[list[str]]], list[str]],
) -> None:
    before = old_file.read_bytes()
    bound(monkeypatch, 1000)
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    told = answer([[FORK], []])
    action(with_roads, "Save").trigger()
    assert told[::2] == [f"{FIRST}; {LEFT}; {FORK}", f"{FIRST}; {LEFT}"]
    assert with_roads.isWindowModified() and said == []
    answer([[FIRST, LEFT]])
    action(with_roads, "Save").trigger()  # and with nothing left to leave out
    assert len(said) == 1 and said[0].startswith("The document takes 0 MiB and a file at most 0;")
    assert old_file.read_bytes() == before and with_roads.isWindowModified()


def test_the_tip_of_a_kernel_that_is_gone_is_kept_and_the_rest_worked_out_anew(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    """As a run of 600 updates that an earlier numba kernel took: its last digits are its own."""
    base = read_example("mazur-2-2-2")
    trainer = Trainer(base.spec, start_state(base.spec, base.start))
    between = trainer.advance(500).state.theta
    tip = trainer.advance(100).state
    tip = replace(tip, theta=np.nextafter(tip.theta, np.inf))
    path = tmp_path / "trained.backpass.json"
    document = replace(base, state=tip, stretches=(Stretch("numba-0", 600),))
    path.write_bytes(write_document(document))
    window = opened(open_window, path)
    session = window.session
    assert window.statusBar().currentMessage() == (
        "Trained by numba-0, which is no longer there: earlier moments are worked out anew, and "
        "their last digits may differ."
    )
    assert session.state.theta.tobytes() == tip.theta.tobytes()
    session.go_to_epoch(500)
    session.finish()
    assert session.state.theta.tobytes() == between.tobytes()
    session.go_to_epoch(600)
    session.finish()
    assert session.state.theta.tobytes() == tip.theta.tobytes()
    edit(window, 1.0)
    action(window, "Save").trigger()
    first, second = read_document(path.read_bytes()).roads
    assert first.stretches == (Stretch("numba-0", 600),)
    assert first.tip.theta.tobytes() == tip.theta.tobytes()
    assert second.tip.theta[0] == 1.0


def test_what_is_there_needs_no_word(open_window: OpenWindow, old_file: Path) -> None:
    assert opened(open_window, old_file).statusBar().currentMessage() == ""
