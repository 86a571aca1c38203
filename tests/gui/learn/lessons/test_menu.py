"""Lessons in the window, driven with its buttons, fields, clicks and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMessageBox,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.learn.lessons import tasks
from engine.learn.lessons.bundled import bundled_lesson, lesson_names
from engine.learn.lessons.names import find_parameter, find_step
from engine.learn.lessons.values import setting_called
from gui.canvas.spots import Spot, spot_of
from gui.widgets.number_field import NumberField
from tests.gui.learn.lessons.conftest import LEFT, SMALL, Key, Pupil, leave, lesson_file

# What each kind of task takes, done as a person does it


def show(pupil: Pupil, task: tasks.Show) -> None:
    step = find_step(pupil.session.spec.network, task.words)
    while pupil.session.place.revealed <= pupil.session.spec.steps.index_of(step):
        pupil.click("step")


def ask(pupil: Pupil, task: tasks.Ask) -> None:
    spot = spot_of(find_step(pupil.session.spec.network, task.words))
    assert spot is not None
    pupil.click_spot(spot)


def train(pupil: Pupil, task: tasks.Count) -> None:
    pupil.click("train")
    pupil.qtbot.waitUntil(lambda: not pupil.session.training, timeout=60_000)
    assert pupil.session.place.t == task.goal(pupil.session.spec)  # it paused by itself


def train_and_pause(pupil: Pupil, task: tasks.Task) -> None:
    pupil.click("train")
    pupil.qtbot.waitUntil(lambda: pupil.may_go_on, timeout=60_000)
    if pupil.session.training:
        pupil.click("train")


def edit(pupil: Pupil, task: tasks.Edit) -> None:
    network = pupil.session.spec.network
    if task.name in network.inputs:
        pupil.click_spot(Spot("unit", 0, network.inputs.index(task.name)))
    else:
        pupil.click_spot(Spot("weight", *find_parameter(network, task.name)))  # type: ignore[arg-type]
    pupil.type("0.75")


def set_value(pupil: Pupil, task: tasks.Set) -> None:
    field = pupil.window.findChild(NumberField, setting_called(task.name))
    assert isinstance(field, NumberField)
    field.setFocus()
    field.selectAll()
    pupil.type(str(task.value))


def choose_optimizer(pupil: Pupil, task: tasks.ChooseOptimizer) -> None:
    pupil.choose("optimizer", task.key)


def choose_activation(pupil: Pupil, task: tasks.ChooseActivation) -> None:
    pupil.choose(f"activation{pupil.session.spec.network.depth}", task.key)


def hidden_layers(pupil: Pupil, task: tasks.HiddenLayers) -> None:
    if task.count == 0:
        pupil.click("editLayers")
        pupil.click("removeLayer1")
        pupil.click("editLayers")
    while pupil.session.spec.network.depth - 1 < task.count:
        QTest.keyClick(pupil.window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def look_at_sample(pupil: Pupil, task: tasks.Sample) -> None:
    (on,) = [
        button for button in pupil.window.canvas.findChildren(QWidget)
        if button.accessibleName() == "next sample"
    ]  # fmt: skip
    while pupil.session.standing.sample != task.number - 1:
        QTest.mouseClick(on, LEFT)


def make_mistake(pupil: Pupil, task: tasks.MakeMistake) -> None:
    pupil.menu(f"mistake/{task.key or 'none'}").trigger()


def draw_seed(pupil: Pupil, task: tasks.Seed) -> None:
    while pupil.session.spec.seed != task.number:
        pupil.click("newSeed")


HANDS: dict[type, Callable[..., None]] = {
    tasks.Show: show,
    tasks.Ask: ask,
    tasks.Count: train,
    tasks.ReachLoss: train_and_pause,
    tasks.Diverge: train_and_pause,
    tasks.Edit: edit,
    tasks.Set: set_value,
    tasks.ChooseOptimizer: choose_optimizer,
    tasks.ChooseActivation: choose_activation,
    tasks.HiddenLayers: hidden_layers,
    tasks.Sample: look_at_sample,
    tasks.Reset: lambda pupil, task: pupil.click("reset"),
    tasks.Seed: draw_seed,
    tasks.MakeMistake: make_mistake,
}


@pytest.mark.parametrize("name", lesson_names())
def test_each_bundled_lesson_can_be_taken_to_its_end(pupil: Pupil, name: str) -> None:
    lesson = bundled_lesson(name)
    pupil.begin(name)
    assert pupil.window.documents.name == lesson.name
    for number, step in enumerate(lesson.steps, start=1):
        assert pupil.says("lessonHeading") == step.heading
        assert pupil.says("lessonPlace") == f"{lesson.title} · {number} of {len(lesson.steps)}"
        for task in step.tasks:
            if isinstance(task, tasks.Read):
                continue
            assert not pupil.may_go_on, (step.heading, task)
            assert pupil.says("lessonAsked") == task.sentence(pupil.session.spec), step.heading
            HANDS[type(task)](pupil, task)
        assert pupil.may_go_on, step.heading
        pupil.click("lessonNext")
    assert not pupil.strip.isVisible()
    pupil.menu(f"lesson/{name}").parent().aboutToShow.emit()
    assert pupil.menu(f"lesson/{name}").isChecked()


# Keys


def test_a_lesson_is_taken_by_keyboard_alone(pupil: Pupil) -> None:
    pupil.begin("chain-rule")
    assert pupil.strip.hasFocus()
    QTest.keyClick(pupil.strip, Key.Key_Return)
    assert pupil.says("lessonPlace").endswith("2 of 11")
    QTest.keyClick(pupil.strip, Key.Key_Return)  # not done yet
    assert pupil.says("lessonPlace").endswith("2 of 11")
    QTest.keyClick(pupil.strip, Key.Key_Space)
    assert not pupil.may_go_on
    QTest.keyClick(pupil.strip, Key.Key_Space)
    assert pupil.may_go_on
    assert pupil.says("lessonPlace").endswith("2 of 11")  # it waits for the reader
    # From anywhere, and with the focus left where it is.
    pupil.window.canvas.setFocus()
    focus = QApplication.focusWidget()
    QTest.keyClick(focus, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pupil.says("lessonPlace").endswith("3 of 11")
    assert QApplication.focusWidget() is focus
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(focus, Key.Key_Return, both)
    assert pupil.says("lessonPlace").endswith("2 of 11")
    assert pupil.may_go_on  # it was done before


def test_the_focus_stays_in_the_lesson_when_next_has_to_wait(pupil: Pupil) -> None:
    pupil.begin("chain-rule")
    pupil.button("lessonNext").setFocus()
    QTest.keyClick(pupil.button("lessonNext"), Key.Key_Return)
    assert pupil.says("lessonPlace").endswith("2 of 11")
    assert pupil.strip.hasFocus()
    QTest.keyClick(pupil.strip, Key.Key_Space)
    QTest.keyClick(pupil.strip, Key.Key_Space)
    QTest.keyClick(pupil.strip, Key.Key_Return)
    assert pupil.says("lessonPlace").endswith("3 of 11")


@pytest.mark.parametrize("name", ["lesson", "lessonShow", "lessonBack", "lessonClose"])
def test_leaving_gives_the_focus_to_the_network_and_to_no_field_on_the_way(
    pupil: Pupil, qapp: QApplication, name: str
) -> None:
    pupil.begin("chain-rule")
    pupil.click("lessonNext")
    inside = pupil.strip if name == "lesson" else pupil.button(name)
    inside.setFocus()
    assert inside.hasFocus()
    passed: list[QWidget] = []
    qapp.focusChanged.connect(lambda _, now: passed.append(now))
    if name == "lessonClose":
        QTest.keyClick(inside, Key.Key_Return)
    else:
        pupil.entry("Leave the lesson").trigger()
    assert not pupil.strip.isVisible()
    assert passed == [pupil.window.canvas.view]
    assert not pupil.entry("Next step").isEnabled()


def test_leaving_lets_the_focus_be_where_it_is_outside_the_lesson(pupil: Pupil) -> None:
    pupil.begin("chain-rule")
    field = pupil.window.findChild(NumberField, "learning_rate")
    assert isinstance(field, NumberField)
    field.setFocus()
    assert field.hasFocus()
    pupil.entry("Leave the lesson").trigger()
    assert not pupil.strip.isVisible() and field.hasFocus()


def test_the_first_step_is_laid_out_whole(pupil: Pupil, qtbot: QtBot) -> None:
    pupil.begin("forward-pass")
    qtbot.wait(50)
    inside, button = pupil.strip.contentsRect(), pupil.button("lessonNext")
    assert inside.contains(button.geometry())


def test_a_lesson_opened_anew_leaves_no_field_selected(pupil: Pupil, qtbot: QtBot) -> None:
    pupil.begin("forward-pass")
    pupil.begin("forward-pass")
    qtbot.wait(20)
    assert pupil.strip.hasFocus()
    fields = [field.lineEdit() for field in pupil.window.findChildren(QSpinBox)]
    assert fields and not any(field.hasSelectedText() for field in fields)


def test_tab_leads_from_the_strip_to_the_network(pupil: Pupil) -> None:
    pupil.begin("forward-pass")
    QTest.keyClick(pupil.strip, Key.Key_Return)
    reached = []
    for _ in range(4):
        QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
        reached.append(QApplication.focusWidget().objectName())
    assert reached == ["lessonShow", "lessonBack", "lessonClose", "networkView"]


# A teacher's own lesson


def test_a_lesson_file_is_opened_and_taken(
    pupil: Pupil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lesson_file(tmp_path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    pupil.entry("Open a lesson file…").trigger()
    assert pupil.says("lessonHeading") == "One"
    assert pupil.says("lessonText").count("<i>w</i><sub>5</sub>") == 1
    pupil.click("lessonNext")
    assert pupil.says("lessonAsked") == "Step until the net input of h1 is shown."
    pupil.click("step")
    assert pupil.says("lessonAsked").startswith("Change w1:")
    assert not pupil.may_go_on
    edit(pupil, tasks.Edit("w1"))
    pupil.click("lessonNext")
    assert not pupil.may_go_on
    pupil.menu("tool/Gradient check").trigger()
    assert pupil.may_go_on
    assert pupil.button("lessonNext").text() == "Finish"
    pupil.click("lessonNext")
    assert not pupil.strip.isVisible()


def test_what_is_wrong_in_a_file_is_said_by_line_and_nothing_is_lost(
    pupil: Pupil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()) or 0)
    pupil.begin("chain-rule")
    text = SMALL.replace("edit w1", "edit w9").replace("open gradient", "open gradual")
    pupil.window.lessons.open_path(lesson_file(tmp_path, text))
    assert said[0].startswith("mine.lesson.md cannot be used as a lesson:\n\nline 11: there is no")
    assert "\nline 15: there is no tool “" not in said[0]
    assert '\nline 15: there is no tool "gradual check"; there are ' in said[0]
    pupil.window.lessons.open_path(tmp_path / "none.lesson.md")
    assert said[1].endswith("none.lesson.md cannot be read: No such file or directory.")
    assert pupil.says("lessonPlace").startswith("The chain rule on one neuron")


# Documents and progress


def test_a_changed_document_is_asked_about_first(
    pupil: Pupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil.begin("chain-rule")
    pupil.window.session.describe("Mine", "")
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard]
    monkeypatch.setattr(
        pupil.window.documents.files, "ask_about_changes", lambda _: answers.pop(0)
    )
    pupil.begin("adam")
    assert pupil.says("lessonPlace").startswith("The chain rule")
    assert pupil.session.standing.title == "Mine"
    pupil.begin("adam")
    assert pupil.says("lessonPlace").startswith("Adam against gradient descent")


def test_opening_another_document_leaves_the_lesson(pupil: Pupil) -> None:
    pupil.begin("chain-rule")
    pupil.window.documents.open_example("xor-2-3-1")
    assert not pupil.strip.isVisible()
    assert pupil.session.goal is None


def test_progress_outlives_the_window(qtbot: QtBot) -> None:
    first = Pupil(qtbot, remember=True)
    first.begin("mazur-by-hand")
    for _ in range(3):
        first.click("lessonNext")
        first.click("lessonShow")
    assert first.says("lessonPlace").endswith("4 of 12")
    leave(first.window)
    second = Pupil(qtbot, remember=True)
    second.begin("mazur-by-hand")
    # It goes on where it was left, with all done that the steps before ask for.
    assert second.says("lessonPlace").endswith("4 of 12")
    assert second.session.place.revealed == 13
    assert not second.may_go_on
    second.click("lessonBack")
    assert second.may_go_on
    assert second.says("lessonPlace").endswith("3 of 12")
    leave(second.window)


def test_without_remembering_nothing_is_kept(qtbot: QtBot) -> None:
    for _ in range(2):
        pupil = Pupil(qtbot)
        pupil.begin("mazur-by-hand")
        assert pupil.says("lessonPlace").endswith("1 of 12")
        pupil.click("lessonNext")
        leave(pupil.window)


# Its room


@pytest.mark.parametrize("name", lesson_names())
def test_each_can_be_shown_in_a_low_window_where_the_strip_stays_small_with_all_its_text(
    pupil: Pupil, name: str
) -> None:
    pupil.window.resize(1024, 600)
    pupil.begin(name)
    for step in bundled_lesson(name).steps:
        QApplication.processEvents()
        assert pupil.strip.height() <= 98, step.heading
        text = pupil.strip.findChild(QLabel, "lessonText")
        assert isinstance(text, QLabel)
        room = text.parentWidget()
        assert room is not None
        assert text.heightForWidth(room.width()) <= room.height() + 1, step.heading
        assert pupil.button("lessonNext").geometry().right() <= pupil.strip.width()
        pupil.let_it_show()
        pupil.click("lessonNext")
    assert not pupil.strip.isVisible()


def test_a_click_in_the_text_does_nothing(pupil: Pupil) -> None:
    pupil.begin("chain-rule")
    QTest.mouseClick(pupil.strip, LEFT, pos=QPoint(40, 40))
    assert pupil.says("lessonPlace").endswith("1 of 11")
    assert pupil.strip.hasFocus()


def test_the_words_follow_the_notation(pupil: Pupil) -> None:
    pupil.begin("chain-rule")
    assert "<i>E</i>" in pupil.says("lessonText")
    pupil.session.set_notation(pupil.session.writing.notation.changed("loss", "L"))
    assert "<i>L</i>" in pupil.says("lessonText")
    assert "<i>E</i>" not in pupil.says("lessonText")


def test_a_setting_of_an_activation_is_shown_how_to_be_set(pupil: Pupil, tmp_path: Path) -> None:
    text = SMALL.replace("Read {w5}.", "Read {gain of o1}.")
    text = text.replace("wait: edit w1", "wait: set gain of h1 2")
    pupil.window.lessons.open_path(lesson_file(tmp_path, text))
    assert "λ" in pupil.says("lessonText")
    pupil.click("lessonNext")
    pupil.click("lessonShow")
    assert "the gain of h1's layer to 2" in pupil.says("lessonAsked")
    pupil.click("lessonShow")
    assert pupil.session.spec.network.layers[0].settings["gain"] == 2.0
    assert pupil.may_go_on
