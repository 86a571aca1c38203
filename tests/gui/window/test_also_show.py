"""Quantities beside the usual ones: switched on in the View menu, asked from a derivation."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from engine.documents.reading import read_document, write_document
from engine.run.steps import StepId
from engine.run.value_kinds import ALSO
from gui.canvas.accessible import told_of_step
from tests.gui.window.conftest import Driver

DELTA_H1 = StepId("backward", "delta", 1, 0)
BY_A_H1 = StepId("backward", "loss_by_activation", 1, 0)
SLOPE_H1 = StepId("backward", "activation_slope", 1, 0)


def entries(driver: Driver) -> dict[str, QAction]:
    """The entries of View ▸ Also show, after it was opened."""
    menu: QMenu = driver.find(QMenu, "alsoShow")
    view_menu = menu.parentWidget()
    assert isinstance(view_menu, QMenu)
    view_menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions()}


def show(driver: Driver, key: str) -> None:
    entries(driver)[ALSO[key].menu].trigger()


def go_to(driver: Driver, step: StepId) -> None:
    driver.window.session.seek(driver.view.steps.index_of(step) + 1)


def test_what_is_switched_on_is_stepped_through_saved_and_taken_back(mazur: Driver) -> None:
    assert not any(action.isChecked() for action in entries(mazur).values())
    assert len(mazur.view.steps) == 34
    show(mazur, "activation_gradients")
    show(mazur, "input_gradients")
    assert len(mazur.view.steps) == 40
    assert entries(mazur)["∂E/∂a of each unit"].isChecked()
    go_to(mazur, BY_A_H1)
    # M. Mazur, A Step by Step Backpropagation Example (2015).
    assert "gradient by the activation of h1 0.0363503" in mazur.window.canvas.chip.text
    assert told_of_step(mazur.view) == "gradient by the activation of h1: 0.0363503"
    mazur.choose("grain", "layer")
    mazur.click("step")
    mazur.click("step")
    assert mazur.view.step == StepId("backward", "loss_by_input", 0, 1)
    assert "gradients by the inputs" in mazur.window.canvas.chip.text
    data = write_document(mazur.window.session.document())
    assert json.loads(data)["also"] == ["activation_gradients", "input_gradients"]
    assert read_document(data).spec.also == ("activation_gradients", "input_gradients")
    mazur.menu("Undo").trigger()
    assert len(mazur.view.steps) == 38
    mazur.menu("Undo").trigger()
    assert len(mazur.view.steps) == 34
    assert not entries(mazur)["∂E/∂a of each unit"].isChecked()


def test_every_one_of_them_can_be_shown_and_is_painted_at_each_step(mazur: Driver) -> None:
    for key in ALSO:
        show(mazur, key)
    assert len(mazur.view.steps) == 62
    panel = mazur.window.derivation
    for k in range(12, 63):
        mazur.window.session.seek(k)
        step = mazur.view.step
        assert panel.derivation is not None and panel.derivation.step == step
        mazur.window.canvas.grab()


@pytest.mark.parametrize("by_key", [False, True])
def test_a_link_of_a_derivation_is_asked_about_though_it_is_no_step(
    mazur: Driver, by_key: bool
) -> None:
    go_to(mazur, DELTA_H1)
    panel = mazur.window.derivation
    assert panel.derivation is not None
    for number, expected in ((1, BY_A_H1), (2, SLOPE_H1)):
        if by_key:
            panel.inside.area.setFocus()
            mazur.press(getattr(Qt.Key, f"Key_{number}"))
        else:
            sheet = panel.inside.explanation
            factor = panel.derivation.factors[number - 1]
            span = sheet.span_of(factor)
            assert span is not None
            at = QPoint(20, round(sum(span) / 2))
            QTest.mouseMove(sheet, at)
            QTest.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=at)
        assert panel.derivation is not None and panel.derivation.step == expected
        mazur.click("derivationBack")
        assert panel.derivation is not None and panel.derivation.step == DELTA_H1
    assert len(mazur.view.steps) == 34


def test_nothing_is_switched_on_while_values_are_predicted(mazur: Driver) -> None:
    QTest.keyClick(mazur.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    mazur.click("predictBegin")
    every = entries(mazur)
    assert not any(every[kind.menu].isEnabled() for kind in ALSO.values())
    assert "predicted" in every["f′(z) of each unit"].toolTip()


def test_a_network_without_slopes_says_why_there_are_none(driver: Driver) -> None:
    driver.open("xor-2-2-1-step")
    every = entries(driver)
    assert not any(every[kind.menu].isEnabled() for kind in ALSO.values())
    assert "step" in every["Δw of each parameter"].toolTip()
