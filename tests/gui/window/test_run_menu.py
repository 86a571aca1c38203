"""Stepping and training, by keys, buttons and the Run menu, as a person does."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMessageBox,
    QSlider,
    QSpinBox,
    QWidget,
)

from engine.run.steps import StepId
from gui.widgets.number_field import NumberField
from tests.gui.canvas.painted import node_words, pill_words
from tests.gui.window.conftest import Driver

Key = Qt.Key


# Stepping


def test_step_and_back_follow_the_chosen_grain(mazur: Driver) -> None:
    for grain, places in {
        "number": [(0, 1), (0, 2)],
        "layer": [(0, 4), (0, 8)],
        "pass": [(0, 8), (0, 11)],
        "iteration": [(1, 0), (2, 0)],
        "epoch": [(1, 0), (2, 0)],
    }.items():
        mazur.choose("grain", grain)
        for place in places:
            mazur.click("step")
            assert (mazur.view.t, mazur.view.revealed) == place, grain
        mazur.click("back")
        mazur.click("back")
        assert (mazur.view.t, mazur.view.revealed) == (0, 0)


@pytest.mark.parametrize(
    "focused", ["step", "grain", "weightsTable1", "dataTable", "networkView", "pace", "editLayers"]
)
def test_the_keys_work_wherever_the_focus_is(mazur: Driver, focused: str) -> None:
    mazur.find(QWidget, focused).setFocus()
    mazur.press(Key.Key_PageDown)
    mazur.press(Key.Key_Space)
    assert mazur.view.revealed == 2
    mazur.press(Key.Key_PageUp)
    assert mazur.view.revealed == 1
    mazur.press(Key.Key_T)
    assert mazur.view.training
    mazur.press(Key.Key_T)
    assert not mazur.view.training


def test_in_a_text_field_the_keys_are_text(mazur: Driver) -> None:
    field: NumberField = mazur.find(NumberField, "learning_rate")
    field.setFocus()
    mazur.press(Key.Key_PageDown, Key.Key_Space, Key.Key_T, Key.Key_E, Key.Key_R)
    assert mazur.view.revealed == 0 and mazur.view.t == 0 and not mazur.view.training
    mazur.press(Key.Key_Escape)


def test_a_confirmed_number_gives_the_keys_back_to_the_window(mazur: Driver) -> None:
    mazur.type_into(mazur.find(NumberField, "learning_rate"), "0.25")
    assert mazur.view.spec.optimizer["learning_rate"] == 0.25
    mazur.press(Key.Key_Space)
    assert mazur.view.revealed == 1
    mazur.window.session.undo_stack.undo()
    units: QSpinBox = mazur.find(QSpinBox, "units1")
    units.setFocus()
    units.selectAll()
    QTest.keyClicks(units, "3")
    mazur.press(Key.Key_Return)
    assert len(mazur.view.spec.network.layers[0].units) == 3
    QTest.keyClick(mazur.window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(mazur.view.spec.network.layers[0].units) == 2


@pytest.mark.parametrize("name", ["mazur-2-2-2", "xor-3-4-1"])
def test_all_settings_of_a_small_network_are_in_sight(driver: Driver, name: str) -> None:
    driver.open(name)
    driver.qtbot.waitUntil(lambda: driver.window.network.height() > 100)
    for kind, wanted in ((QLabel, "seed"), (QWidget, "shuffled"), (QSpinBox, "units0")):
        field = driver.find(kind, wanted)
        assert field.visibleRegion().boundingRect().height() == field.height()


def test_what_lies_ahead_of_the_cursor_is_blank(mazur: Driver) -> None:
    scene = mazur.window.canvas.scene
    assert "0.593270" not in " ".join(node_words(scene, 1, 0))
    mazur.press(Key.Key_PageDown, Key.Key_PageDown)
    assert "0.593270" in " ".join(node_words(scene, 1, 0))
    mazur.press(Key.Key_PageUp)
    assert "0.593270" not in " ".join(node_words(scene, 1, 0))
    for _ in range(12):
        mazur.press(Key.Key_PageDown)
    assert any("0.0821670" in word for word in pill_words(scene, 2, 0, 0))


def test_tab_goes_through_the_settings_as_they_stand(xor: Driver) -> None:
    xor.find(QSpinBox, "units0").setFocus()
    reached = []
    for _ in range(4):
        xor.press(Key.Key_Tab)
        reached.append(QApplication.focusWidget().objectName())
    assert reached == ["units1", "activation1", "units2", "activation2"]
    xor.find(QAbstractButton, "addRow").setFocus()
    xor.press(Key.Key_Backtab)
    assert QApplication.focusWidget().objectName() == "weightsTable2"


def test_a_count_that_lost_the_focus_at_once_is_not_selected(mazur: Driver) -> None:
    field = mazur.find(QSpinBox, "units1")
    field.setFocus()
    mazur.window.canvas.setFocus()
    mazur.qtbot.wait(20)
    assert not field.lineEdit().hasSelectedText()


def test_the_ribbon_seeks(mazur: Driver) -> None:
    ribbon = mazur.window.ribbon
    ribbon.setFocus()
    QTest.keyClick(ribbon, Key.Key_End)
    assert mazur.view.revealed == 34
    QTest.keyClick(ribbon, Key.Key_Home)
    assert mazur.view.revealed == 0


def test_the_order_of_steps_is_chosen_in_the_menu_and_undone(mazur: Driver) -> None:
    window = mazur.window
    window.session.seek(13)
    step = mazur.view.step
    assert mazur.menu("Steps unit by unit").isChecked()
    mazur.menu("All deltas of a layer first").trigger()
    assert mazur.view.step == step and mazur.view.revealed == 14
    assert mazur.menu("All deltas of a layer first").isChecked()
    assert not mazur.menu("Steps unit by unit").isChecked()
    mazur.press(Key.Key_PageUp)
    assert mazur.view.step == StepId("backward", "delta", 2, 1)
    window.session.undo_stack.undo()
    assert mazur.menu("Steps unit by unit").isChecked() and mazur.view.revealed == 13


def test_one_epoch_reset_and_new_seed(xor: Driver) -> None:
    start = xor.view.theta
    xor.click("epoch")
    xor.click("epoch")
    assert xor.view.epoch_position == 2
    xor.click("reset")
    assert xor.view.t == 0 and np.array_equal(xor.view.theta, start)
    xor.click("newSeed")
    first = xor.view.theta
    assert not np.array_equal(first, start)
    xor.click("newSeed")
    assert not np.array_equal(xor.view.theta, first)


# Training


def test_training_shows_itself_and_pauses(xor: Driver) -> None:
    xor.click("train")
    assert "Pause" in xor.find(QAbstractButton, "train").text()
    xor.qtbot.waitUntil(lambda: xor.view.t > 300)
    xor.click("train")
    assert "Train" in xor.find(QAbstractButton, "train").text()
    reached = xor.view
    xor.qtbot.wait(60)
    assert xor.view is reached
    assert len(reached.curve) == reached.t + 1


def test_speed_holds_training_back(xor: Driver) -> None:
    slider: QSlider = xor.find(QSlider, "pace")
    slider.setValue(slider.minimum())
    xor.press(Key.Key_T)
    xor.qtbot.wait(300)
    assert xor.view.t <= 3
    slider.setValue(slider.maximum())
    xor.qtbot.waitUntil(lambda: xor.view.t > 300)
    xor.press(Key.Key_T)


def test_editing_while_training_goes_on_training(xor: Driver) -> None:
    xor.press(Key.Key_T)
    xor.qtbot.waitUntil(lambda: xor.view.t > 100)
    xor.type_into(xor.find(NumberField, "learning_rate"), "0,25")
    assert xor.view.spec.optimizer["learning_rate"] == 0.25
    at = xor.view.t
    xor.qtbot.waitUntil(lambda: xor.view.training and xor.view.t > at + 100)
    xor.window.canvas.setFocus()
    xor.press(Key.Key_T)


def test_the_window_closes_while_training(xor: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Discard)
    xor.press(Key.Key_T)
    xor.qtbot.waitUntil(lambda: xor.view.t > 100)
    assert xor.window.close()


def test_divergence_says_where_and_one_click_leads_back(mazur: Driver) -> None:
    for layer in (1, 2):
        mazur.choose(f"activation{layer}", "linear")
    mazur.type_into(mazur.find(NumberField, "learning_rate"), "1e6")
    mazur.window.canvas.setFocus()
    mazur.press(Key.Key_T)
    mazur.qtbot.waitUntil(lambda: mazur.view.divergence is not None)
    banner = mazur.window.banner
    assert banner.isVisible() and "iteration" in banner.text and "layer" in banner.text
    mazur.click("bannerAction")
    assert not banner.isVisible() and mazur.view.revealed == 0
    assert np.isfinite(mazur.view.theta).all()


def test_a_layer_taken_by_its_key_is_named_whole(driver: Driver) -> None:
    """Whatever grain is chosen; and no longer once the cursor was somewhere else."""
    driver.open("mazur-2-2-2")
    chip = driver.window.canvas.chip
    QTest.keyClick(driver.window, Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    assert "layer 1 · steps 1 to 4 of 34" in chip.text
    QTest.keyClick(driver.window, Key.Key_PageDown)
    assert "net input of o1" in chip.text
    QTest.keyClick(driver.window, Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert "steps 1 to 8 of 34" in chip.text
    QTest.keyClick(driver.window, Key.Key_PageUp)
    assert "step 7 of 34" in chip.text
