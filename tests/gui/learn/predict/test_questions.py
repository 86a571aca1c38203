""""Predict, then reveal", driven in the window by the keyboard alone.

The figures are those of M. Mazur, "A Step by Step Backpropagation Example" (2015), whose 2-2-2
network is predicted; 0.0083326 is what its δ_h1 comes to with the slope taken at the activation.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMessageBox,
    QPushButton,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.maths.network import Parameter
from engine.run import edits, reshaping
from engine.run.steps import StepId
from gui.learn.predict import tool as prediction_tool
from gui.learn.predict.panel import PredictPanel
from gui.window.main_window import MainWindow
from tests.gui.learn.predict.conftest import (
    begin,
    choose_file,
    click_when_asked,
    enter,
    field,
    is_asked,
    part,
    press,
    step_until_asked,
    text,
    view_of,
)
from tests.test_command_line import backpass

# A whole pass


def test_the_deltas_of_a_pass_are_predicted_by_keyboard_alone(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begin(window, "deltas")
    assert step_until_asked(window) == "What is δ_o1?"
    # Forward and loss went on as usual; the delta is not there yet.
    assert window.session.place.revealed == 11
    assert QApplication.focusWidget() is field(window)

    enter("0,20")  # wrong, and like nothing known
    assert "Not right" in text(window, "predictFeedback")
    assert "0.138" not in text(window, "predictFeedback")
    assert window.session.place.revealed == 11
    enter()  # the same once more gives it up
    assert "δ_o1 = 0.138499" in text(window, "predictFeedback")
    assert window.session.place.revealed == 12

    assert step_until_asked(window) == "What is δ_o2?"
    enter("-0.0381")
    assert text(window, "predictFeedback").startswith("✓ Right: δ_o2 = −0.0380982")

    assert step_until_asked(window) == "What is δ_h1?"
    hint = part(window, QPushButton, "predictHint")
    hint.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return, 2)
    hints = part(window, QWidget, "predictHints").accessibleDescription()
    assert hints.startswith("the formula: δ_h1 = ") and "0.00877" not in hints
    assert len(hints.splitlines()) == 2
    field(window).setFocus(Qt.FocusReason.TabFocusReason)
    enter("0.0083326")
    assert "slope taken at the activation" in text(window, "predictFeedback")
    field(window).selectAll()
    # (0.2 · 0.4 − 0.0380982 · 0.5) · 0.241301, with the 0.2 that was wrong before
    enter("0.0147")
    assert "full marks" in text(window, "predictFeedback")
    assert "0.00877135" in text(window, "predictFeedback")

    assert step_until_asked(window) == "What is δ_h2?"
    enter("0.00995425")
    assert text(window, "predictScore") == "2.5 of 4 points · 2 hints"

    file = tmp_path / "ada.backpass-result.json"
    choose_file(monkeypatch, file)
    part(window, QPushButton, "predictSave").setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    result = json.loads(file.read_text("utf-8"))
    assert result["person"] == "Ada" and result["document"]
    assert [q["symbol"] for q in result["questions"]] == ["δ_o1", "δ_o2", "δ_h1", "δ_h2"]
    assert [q["verdict"] for q in result["questions"]] == ["wrong", "right", "own_values", "right"]
    third = result["questions"][2]
    assert third["mistakes"] == ["derivative-at-activation"] and third["hints"] == 2
    assert [given["text"] for given in third["answers"]] == ["0.0083326", "0.0147"]
    assert result["score"] == {
        "points": 2.5, "questions": 4, "right": 3, "own_values": 1, "hints": 2
    }  # fmt: skip

    # Saved, so nothing is asked when the tool is closed; and it gathers into a class's table.
    press(Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert window.session.curtain is None
    table = tmp_path / "class.csv"
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    done = backpass("results", str(file), str(broken), str(table))
    assert done.returncode == 2 and "broken.json" in done.stderr
    with table.open(encoding="utf-8-sig", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert row["person"] == "Ada" and row["score"] == "2.5"
    assert row["likely mistakes"] == "derivative-at-activation"
    assert row["δ_h1 (iteration 1, sample 1)"] == "0.0147 own_values"


# Every way on stops


@pytest.mark.parametrize(
    "go",
    [
        lambda window: QTest.keyClick(window.canvas, Qt.Key.Key_PageDown),
        lambda window: QTest.keyClick(
            window.canvas, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier
        ),
        lambda window: QTest.keyClick(window.canvas, Qt.Key.Key_E),
        lambda window: QTest.keyClick(window.ribbon, Qt.Key.Key_End),
        lambda window: window.ribbon.seek_requested.emit(30),
        lambda window: window.controls.step_requested.emit(),
        lambda window: window.controls.epoch_requested.emit(),
        lambda window: window.session.step("iteration"),
        lambda window: window.session.advance(3, 0),
        lambda window: window.loss.epoch_asked.emit(2.0),
    ],
)
def test_no_move_passes_a_hidden_value(window: MainWindow, go: object) -> None:
    window.session.advance(5, 0)  # the road is there, and may still not be walked
    window.session.go_to_epoch(0.0)
    begin(window, "deltas")
    window.session.seek(11)
    go(window)  # type: ignore[operator]
    assert (window.session.place.t, window.session.place.revealed) == (0, 11)
    assert is_asked(window) and QApplication.focusWidget() is field(window)


def test_a_long_step_leads_from_one_question_to_the_next(window: MainWindow) -> None:
    window.session.set_grain("pass")
    begin(window, "deltas")
    for unit, answer in (("o1", "0.1385"), ("o2", "-0.0381"), ("h1", "0.00877")):
        if not is_asked(window):
            press(Qt.Key.Key_Return, 3 if unit == "o1" else 1)  # Enter goes on
        assert text(window, "predictQuestion") == f"What is δ_{unit}?"
        assert field(window).text() == ""
        enter(answer)
    assert text(window, "predictScore") == "3 of 3 points"


def test_play_stops_at_the_question(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, "deltas")
    window.ribbon.rate_chosen.emit(10.0)
    window.session.seek(9)
    window.canvas.setFocus()
    press(Qt.Key.Key_P)
    qtbot.waitUntil(lambda: is_asked(window))
    play = part(window, QPushButton, "play")
    assert isinstance(play, QPushButton)
    qtbot.waitUntil(lambda: "Play" in play.text())
    assert window.session.place.revealed == 11


def test_training_is_refused_in_a_sentence(window: MainWindow) -> None:
    begin(window, "deltas")
    window.canvas.setFocus()
    press(Qt.Key.Key_T)
    assert not window.session.training and window.session.place.t == 0
    assert window.banner.isVisible()


def test_letters_that_are_typed_are_no_commands(window: MainWindow) -> None:
    begin(window, "deltas")
    step_until_asked(window)
    enter("tep r")
    assert window.session.place.revealed == 11 and not window.session.training
    assert "not a number" in text(window, "predictFeedback") or "blank" in text(
        window, "predictFeedback"
    )


def test_a_value_once_shown_is_not_asked_again(window: MainWindow) -> None:
    begin(window, "deltas")
    step_until_asked(window)
    enter("0.1385")
    window.session.seek(3)
    assert not is_asked(window)
    window.session.seek(20)
    assert window.session.place.revealed == 14  # δ_o2 is next, not δ_o1 once more


def test_stepping_back_takes_an_untouched_question_away(window: MainWindow) -> None:
    begin(window, "deltas")
    step_until_asked(window)
    window.session.back()
    assert not is_asked(window)
    assert step_until_asked(window) == "What is δ_o1?"


def test_too_few_digits_are_asked_for_again_and_not_counted(window: MainWindow) -> None:
    begin(window, "deltas")
    step_until_asked(window)
    enter("0.1")
    assert "more digits" in text(window, "predictFeedback")
    field(window).selectAll()
    enter("0.1385")
    assert text(window, "predictScore") == "1 of 1 points"


def test_with_several_samples_the_question_names_the_one(window: MainWindow) -> None:
    window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    begin(window, "deltas")
    step_until_asked(window)
    about = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert any("sample 1 of 4" in words for words in about)
    window.session.choose_sample(2)
    about = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert any("sample 3 of 4" in words for words in about)
    value = float(view_of(window).sample_pass.delta[2][0])
    enter(f"{value:.6f}")
    assert text(window, "predictScore") == "1 of 1 points"


def test_an_edit_asks_for_the_new_value(window: MainWindow) -> None:
    begin(window, "deltas")
    step_until_asked(window)
    window.session.apply("w5 = 0", edits.set_parameters, [(Parameter(2, 0, 0), 0.0)])
    step_until_asked(window)
    value = float(view_of(window).sample_pass.delta[2][0])
    assert abs(value - 0.1385) > 0.001
    enter(f"{value:.5f}")
    assert "Right" in text(window, "predictFeedback")


def test_over_an_edit_of_the_shape_the_hidden_values_of_the_new_network_stay_hidden(
    window: MainWindow,
) -> None:
    session = window.session
    session.apply("3 hidden", reshaping.set_units, 1, 3)
    session.advance(1, 0)
    session.apply("2 hidden", reshaping.set_units, 1, 2)
    session.advance(4, 0)
    session.go_to_epoch(0)
    session.seek(len(session.spec.steps))
    begin(window, "deltas")
    session.go_to_epoch(5)
    first_delta = StepId("backward", "delta", 2, 0)
    view = view_of(window)
    assert (view.t, view.revealed) == (1, view.steps.index_of(first_delta))
    assert "o1" in step_until_asked(window)


def test_a_low_window_has_the_question_behind_a_tab_that_comes_forward(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1024, 600)
    QApplication.processEvents()
    begin(window, "deltas")
    window.session.seek(11)
    tabs = next(
        bar
        for bar in window.findChildren(QTabBar)
        if "Predict" in [bar.tabText(k) for k in range(bar.count())]
    )
    tabs.setCurrentIndex(1)
    assert not field(window).isVisible()
    window.session.step()
    assert is_asked(window) and QApplication.focusWidget() is field(window)


# Nothing is lost


def test_closing_with_answers_offers_to_save_them(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begin(window, "deltas")
    step_until_asked(window)
    enter("0.1385")
    click_when_asked("answersQuestion", QMessageBox.StandardButton.Cancel)
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: isinstance(window.tools.current, PredictPanel))
    assert text(window, "predictScore") == "1 of 1 points"

    click_when_asked("answersQuestion", QMessageBox.StandardButton.Cancel)
    assert not window.close() and window.isVisible()

    file = tmp_path / "x.backpass-result.json"
    choose_file(monkeypatch, file)
    click_when_asked("answersQuestion", QMessageBox.StandardButton.Save)
    window.documents.open_example("one-neuron")
    assert json.loads(file.read_text("utf-8"))["score"]["right"] == 1
    assert window.documents.name == "one-neuron" and window.session.curtain is None


def test_a_result_that_fails_for_a_reason_nobody_foresaw_keeps_the_window(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begin(window, "deltas")
    step_until_asked(window)
    enter("0.1385")
    file = tmp_path / "x.backpass-result.json"
    choose_file(monkeypatch, file)
    said: list[str] = []
    monkeypatch.setattr(window.documents.files, "say", said.append)
    told: list[BaseException] = []

    def fail(*_: object) -> None:
        raise ZeroDivisionError("nobody foresaw it")

    with monkeypatch.context() as broken:
        broken.setattr(prediction_tool, "result_of", fail)
        # What an error goes to that nobody caught: in the program, the banner and the report.
        broken.setattr(sys, "excepthook", lambda kind, error, trace: told.append(error))
        click_when_asked("answersQuestion", QMessageBox.StandardButton.Save)
        assert not window.close() and window.isVisible()
    [sentence], [failure] = said, told
    assert "x.backpass-result.json was not saved" in sentence and "nobody foresaw it" in sentence
    assert str(failure).startswith("x.backpass-result.json was not saved")
    assert str(failure.__cause__) == "nobody foresaw it" and not file.exists()
    click_when_asked("answersQuestion", QMessageBox.StandardButton.Save)
    window.documents.open_example("one-neuron")
    assert json.loads(file.read_text("utf-8"))["score"]["right"] == 1


def test_a_file_that_cannot_be_written_keeps_the_answers(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begin(window, "deltas")
    step_until_asked(window)
    enter("0.1385")
    choose_file(monkeypatch, tmp_path / "missing" / "x.json")
    said: list[str] = []
    monkeypatch.setattr(window.documents.files, "say", said.append)
    part(window, QPushButton, "predictSave").setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    assert len(said) == 1 and "cannot be written" in said[0]
    click_when_asked("answersQuestion", QMessageBox.StandardButton.Cancel)
    assert not window.close()
