"""What may not be seen while values are predicted, nor in a document that is locked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSplitter,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.documents.reading import read_document, write_document
from engine.text.numbers import format_number
from gui.canvas.spots import Spot, describe
from gui.learn.predict.panel import PredictPanel
from gui.learn.tool import Tool
from gui.learn.tool_host import ToolRow
from gui.window.main_window import MainWindow
from tests.gui.canvas.painted import pill_words
from tests.gui.learn.predict.conftest import (
    become_active,
    begin,
    choose_file,
    click_when_asked,
    enter,
    field,
    is_asked,
    part,
    press,
    step_until_asked,
    view_of,
)


def everything_written(window: MainWindow) -> str:
    """All texts of the window's widgets, their tooltips and what a screen reader hears."""
    made: list[str] = []
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and not isinstance(widget, PredictPanel):
            made += [widget.toolTip(), widget.accessibleDescription(), widget.accessibleName()]
            if isinstance(widget, (QLabel, QPushButton, QLineEdit)):
                made.append(widget.text())
    return "\n".join(made)


def test_nothing_in_the_window_gives_activations_and_losses_away(window: MainWindow) -> None:
    shown = everything_written(window)
    assert "0.751365" in shown and "0.298371" in shown  # outputs and loss, as ever
    begin(window, "activations", "losses")
    for _ in range(12):
        step_until_asked(window)
        view = view_of(window)
        assert view.evaluation is None and len(view.curve) == 0
        hidden = view.steps.id_at(view.revealed)
        value = {"activation": "a", "loss": "E"}.get(hidden.kind)
        shown = everything_written(window)
        if value == "a" and hidden.layer == 2:
            assert ("0.751365", "0.772928")[hidden.unit or 0] not in shown
        assert "0.298371" not in shown and "0.291027" not in shown
        data = window.data.findChildren(QLabel)
        assert not any("0.751" in label.text() for label in data)
        if hidden.kind == "loss_after":
            break
        part(window, QPushButton, "predictSkip").setFocus(Qt.FocusReason.TabFocusReason)
        press(Qt.Key.Key_Return)


def test_deltas_alone_leave_outputs_and_losses_in_sight(window: MainWindow) -> None:
    begin(window, "deltas")
    shown = everything_written(window)
    assert "0.751365" in shown and "0.298371" in shown


@pytest.mark.parametrize("whose", ["sample", "both"])
def test_gradients_of_samples_are_hidden_with_those_of_the_batch(
    window: MainWindow, whose: str
) -> None:
    choice = window.findChild(QAction, f"gradients/{whose}")
    assert isinstance(choice, QAction)
    window.documents.show(read_example("xor-2-2-1"), "xor-2-2-1")
    choice.trigger()
    begin(window, "gradients")
    assert step_until_asked(window) == "What is ∂E/∂w5?"
    scene, spot = window.canvas.scene, Spot("weight", 2, 0, 0)
    own = float(view_of(window).sample_pass.delta[2][0] * view_of(window).sample_pass.a[1][0])
    for row in (1, 2, 0):
        window.session.choose_sample(row)
        assert not any(words.startswith("∂") for words in pill_words(scene, 2, 0, 0))
        assert "gradient" not in describe(view_of(window), spot)
        window.canvas.view.select(spot)
        assert format_number(own)[:6] not in everything_written(window)
    part(window, QPushButton, "predictSkip").setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    assert f"∂₁ {format_number(own)}" in pill_words(scene, 2, 0, 0)
    assert f"gradient of sample 1 {format_number(own, None)}" in describe(view_of(window), spot)
    assert not any(words.startswith("∂") for words in pill_words(scene, 2, 0, 1))


def test_after_the_tool_is_closed_everything_is_there_again(window: MainWindow) -> None:
    begin(window, "activations")
    assert "0.298371" not in everything_written(window)
    press(Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert "0.298371" in everything_written(window)
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    assert window.session.place.revealed == 2


# Locked


def lock_of(window: MainWindow) -> QAction:
    """The entry of the menu that closes and opens the lock."""
    return next(a for a in window.tools.menu.actions() if a.objectName() == "predictLock")


def locked(window: MainWindow, qtbot: QtBot) -> None:
    """Lock the deltas, save, and open that as a student does."""
    begin(window, "deltas")
    click_when_asked("lockQuestion", "Lock")
    lock_of(window).trigger()
    data = write_document(window.session.document())
    assert json.loads(data)["lock"] == {"hidden": ["deltas"], "own_values": True, "opened": False}
    window.session.mark_saved()
    window.documents.show(read_document(data), "exercise")
    become_active(window, qtbot)


def test_a_locked_document_asks_from_the_start_and_gives_no_hints(
    window: MainWindow, qtbot: QtBot
) -> None:
    locked(window, qtbot)
    window.tools.close()
    QApplication.processEvents()
    window.canvas.setFocus()
    press(Qt.Key.Key_Space, 11)
    assert window.session.place.revealed == 11 and window.tools.current is None
    press(Qt.Key.Key_Space)  # the tool comes by itself, and wants to be begun
    assert isinstance(window.tools.current, PredictPanel)
    assert window.session.place.revealed == 11
    assert any("locked" in label.text() for label in window.findChildren(QLabel))
    enter("Bob")
    assert step_until_asked(window) == "What is δ_o1?"
    assert not part(window, QPushButton, "predictHint").isVisible()
    enter("0.1385")
    assert window.session.place.revealed == 12
    window.derivation.display(view_of(window))
    assert window.derivation.derivation is None
    assert "locked" in window.derivation.inside.accessibleDescription()


def test_other_tools_give_way_in_a_locked_document(window: MainWindow, qtbot: QtBot) -> None:
    locked(window, qtbot)
    other = QWidget()
    other.display = lambda view: None  # type: ignore[attr-defined]
    other.restyle = lambda: None  # type: ignore[attr-defined]
    entry = window.tools.add(ToolRow("Another", "Another", lambda host: Tool(host, other)))
    was_open = window.tools.current
    column = window.derivation.parentWidget()
    while not isinstance(column, QSplitter):
        column = column.parentWidget()
    divided = column.sizes()
    checks = next(a for a in window.tools.menu.actions() if a.text() == "&Gradient check")
    for action in (entry, checks):
        window.banner.fall_silent()
        action.trigger()
        QTest.qWait(0)
        assert window.tools.current is was_open and not action.isChecked()
        assert window.banner.isVisible() and "locked" in window.banner.text
        assert column.sizes() == divided
    assert view_of(window).check is None


@pytest.mark.parametrize("opened_locked", [False, True])
def test_a_tool_that_is_open_goes_as_the_document_is_locked(
    window: MainWindow, qtbot: QtBot, opened_locked: bool
) -> None:
    locked(window, qtbot)
    document = window.session.document()
    window.documents.show(read_example("mazur-2-2-2"), "mazur-2-2-2")
    window.tools.open("Gradient check")
    qtbot.waitUntil(lambda: view_of(window).check is not None)
    if opened_locked:
        window.documents.show(document, "exercise")
    else:
        click_when_asked("lockQuestion", "Lock")
        lock_of(window).trigger()
    assert window.tools.current is None and view_of(window).check is None
    window.session.mark_saved()


def test_unlocking_warns_and_is_remembered_in_document_and_result(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    locked(window, qtbot)
    press(Qt.Key.Key_Space, 12)
    enter("Bob")
    step_until_asked(window)
    lock = lock_of(window)
    assert lock.toolTip() == "Unlock the derivations"
    click_when_asked("lockQuestion", QMessageBox.StandardButton.Cancel)
    lock.trigger()
    assert not part(window, QPushButton, "predictHint").isVisible()
    click_when_asked("lockQuestion", "Unlock")
    lock.trigger()
    assert part(window, QPushButton, "predictHint").isVisible()
    assert is_asked(window)
    become_active(window, qtbot)
    field(window).setFocus()
    enter("0.1385")
    assert json.loads(write_document(window.session.document()))["lock"]["opened"] is True
    file = tmp_path / "bob.json"
    choose_file(monkeypatch, file)
    part(window, QPushButton, "predictSave").setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    result = json.loads(file.read_text("utf-8"))
    assert result["locked"] is True and result["unlocked"] is True


def test_no_solution_is_exported_meanwhile(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(window, "deltas")
    asked: list[str] = []

    def answer(parent: object, title: str, *_: object) -> tuple[str, str]:
        asked.append(title)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    said: list[str] = []
    monkeypatch.setattr(window.documents.files, "say", said.append)
    export = window.findChild(QAction, "export/md")
    assert isinstance(export, QAction)
    export.trigger()
    assert len(said) == 1 and "predicted" in said[0] and not asked
