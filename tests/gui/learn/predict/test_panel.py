"""The panel of "Predict, then reveal" by itself: what it shows of a moment, and what it reports."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.derivations.derive import derive
from engine.learn.predict.hints import hints_of
from engine.learn.predict.sitting import Score
from engine.run.iteration import iterate
from engine.run.steps import StepId
from engine.run.value_kinds import KINDS
from gui.learn.predict.panel import PredictPanel
from gui.learn.predict.shown import ANSWERED, ASKED, BAD, GOOD, START, STEPPING, Question
from tests.gui.conftest import mazur_spec, on_screen


@pytest.fixture
def panel(qtbot: QtBot) -> PredictPanel:
    return on_screen(qtbot, PredictPanel(), 250, 300)


def asked(symbol: str = "δ_h1", **rest: object) -> Question:
    return Question(ASKED, ("deltas",), symbol=symbol, about="node delta of h1", **rest)  # type: ignore[arg-type]


def test_what_is_chosen_is_what_is_begun(panel: PredictPanel, qtbot: QtBot) -> None:
    assert all(box.isChecked() for box in panel.kinds.values())
    for key in KINDS:
        panel.kinds[key].setChecked(key in ("losses", "updates"))
    panel.own_values.setChecked(False)
    panel.name.setText("Ada")
    with qtbot.waitSignal(panel.begun) as begun:
        QTest.keyClick(panel.name, Qt.Key.Key_Return)
    assert begun.args == ["Ada", ("losses", "updates"), False]


def test_nothing_hidden_cannot_be_begun(panel: PredictPanel) -> None:
    for box in panel.kinds.values():
        box.setChecked(False)
    assert not panel.begin_button.isEnabled()
    begun: list[object] = []
    panel.begun.connect(lambda *args: begun.append(args))
    QTest.keyClick(panel.name, Qt.Key.Key_Return)
    assert begun == []


def test_it_says_when_outputs_will_be_hidden(panel: PredictPanel) -> None:
    def words() -> str:
        return " ".join(
            label.text() for label in panel.findChildren(type(panel.about)) if label.isVisible()
        )

    assert "Outputs, losses and curves are hidden" in words()
    for key in KINDS:
        panel.kinds[key].setChecked(key == "deltas")
    assert "Outputs, losses" not in words()


def test_a_lock_fixes_the_choice(panel: PredictPanel) -> None:
    panel.show_question(Question(START, ("updates",), False, True))
    assert panel.chosen() == ("updates",) and not panel.own_values.isChecked()
    assert not any(box.isEnabled() for box in panel.kinds.values())
    panel.show_question(Question())
    assert panel.chosen() == tuple(KINDS) and panel.kinds["deltas"].isEnabled()


def test_an_answer_goes_out_by_enter_and_by_the_button(panel: PredictPanel) -> None:
    panel.show_question(asked())
    answers: list[str] = []
    panel.answered.connect(answers.append)
    QTest.keyClicks(panel.field, "0.14")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    panel.check_button.click()
    assert answers == ["0.14", "0.14"]


def test_a_key_held_down_does_not_answer_twice(panel: PredictPanel) -> None:
    panel.show_question(asked())
    answers: list[str] = []
    panel.answered.connect(answers.append)
    none = Qt.KeyboardModifier.NoModifier
    for repeated in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "\r", repeated)
        QApplication.sendEvent(panel.field, event)
    assert len(answers) == 1


def test_a_new_question_begins_with_an_empty_field(panel: PredictPanel) -> None:
    panel.show_question(asked())
    panel.field.setText("0.2")
    panel.show_question(asked(answer="0.2", feedback="Not right.", mood=BAD))
    assert panel.field.text() == "0.2" and panel.field.selectedText() == "0.2"
    panel.show_question(asked("δ_h2"))
    assert panel.field.text() == ""
    # Also where the same symbol is asked for again, an iteration later.
    panel.field.setText("0.2")
    panel.show_question(Question(ANSWERED, ("deltas",), symbol="δ_h2", about="node delta of h1"))
    panel.show_question(asked("δ_h2"))
    assert panel.field.text() == ""


def test_names_and_feedback_are_no_markup(panel: PredictPanel) -> None:
    panel.show_question(asked("δ_<b>x</b>", feedback="1 < 2: δ_<b>x</b>", mood=GOOD))
    assert "&lt;b&gt;" in panel.question.text() and "1 &lt; 2" in panel.feedback.text()
    assert panel.feedback.text().startswith("✓")


def test_hints_are_offered_one_by_one_and_run_out(panel: PredictPanel) -> None:
    hints = hints_of(derive(iterate(*mazur_spec()), StepId("backward", "delta", 1, 0), 0))
    panel.show_question(asked(hints_in_all=len(hints)))
    assert panel.hint_button.text() == "hint 1 of 3" and not panel.hints.isVisible()
    panel.show_question(asked(hints=hints[:2], hints_in_all=len(hints)))
    assert panel.hint_button.text() == "hint 3 of 3" and panel.hints.isVisible()
    panel.show_question(asked(hints=hints, hints_in_all=len(hints)))
    assert not panel.hint_button.isVisible()


def test_after_a_wrong_answer_the_field_is_ready_for_the_next(
    panel: PredictPanel, qtbot: QtBot
) -> None:
    with qtbot.waitActive(panel):
        panel.activateWindow()
    panel.show_question(asked(hints_in_all=3))
    panel.field.setText("0.5")
    panel.check_button.setFocus()
    wrong = asked(answer="0.5", feedback="Not right.", mood=BAD, hints_in_all=3)
    panel.show_question(wrong)
    assert panel.field.hasFocus() and panel.field.selectedText() == "0.5"

    panel.hint_button.setFocus()
    panel.field.deselect()
    hints = hints_of(derive(iterate(*mazur_spec()), StepId("backward", "delta", 1, 0), 0))
    panel.show_question(replace(wrong, hints=hints[:1]))
    assert panel.hint_button.hasFocus() and not panel.field.hasSelectedText()


def test_a_new_hint_comes_into_sight(panel: PredictPanel, qtbot: QtBot) -> None:
    hints = hints_of(derive(iterate(*mazur_spec()), StepId("backward", "delta", 1, 0), 0))
    said = "Not right. " * 12
    panel.show_question(asked(feedback=said, mood=BAD, hints_in_all=3))
    panel.show_question(asked(feedback=said, mood=BAD, hints=hints[:2], hints_in_all=3))
    bottom = panel.hints.rect().bottomLeft()
    qtbot.waitUntil(lambda: panel.hints.visibleRegion().contains(bottom))


def test_a_settled_question_can_only_be_left(panel: PredictPanel, qtbot: QtBot) -> None:
    panel.show_question(asked())
    panel.show_question(
        Question(
            ANSWERED, ("deltas",), symbol="δ_h1", about="node delta of h1", answer="0.2",
            feedback="Right.", mood=GOOD, score=Score(0.5, 2, 1, 0, 3),
        )
    )  # fmt: skip
    assert panel.field.isReadOnly() and not panel.check_button.isVisible()
    assert not panel.skip_button.isVisible() and panel.go_on_button.isVisible()
    assert panel.score.text() == "0.5 of 2 points · 3 hints"
    with qtbot.waitSignal(panel.went_on):
        panel.go_on_button.click()


@pytest.mark.parametrize("stage", [START, STEPPING, ASKED])
def test_it_fits_the_narrowest_column(panel: PredictPanel, stage: str) -> None:
    panel.show_question(Question(stage, symbol="∂E/∂w²₁₁", about="gradient of w²₁₁"))
    assert panel.minimumSizeHint().width() <= 250
