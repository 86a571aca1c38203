"""Predicting quantities that a run shows beside the others."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit

from engine.run.value_kinds import ALSO, KINDS
from gui.window.main_window import MainWindow
from tests.gui.learn.predict.conftest import (
    enter,
    part,
    step_until_asked,
    text,
)


def offered(window: MainWindow) -> list[str]:
    boxes = {key: part(window, QCheckBox, f"predict/{key}") for key in ALSO}
    return [key for key, box in boxes.items() if box.isVisible()]


def test_they_are_asked_where_the_run_shows_them(window: MainWindow) -> None:
    window._intents.set_also("slopes", True)
    window._intents.set_also("changes", True)
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert offered(window) == ["slopes", "changes"]
    for key in KINDS:
        box = part(window, QCheckBox, f"predict/{key}")
        assert isinstance(box, QCheckBox)
        box.setChecked(False)
    part(window, QLineEdit, "predictName").setFocus(Qt.FocusReason.TabFocusReason)
    enter("Ada")
    assert step_until_asked(window) == "What is ∂a_o1/∂z_o1?"
    # M. Mazur, A Step by Step Backpropagation Example (2015).
    enter("0.186815602")
    assert "Right" in text(window, "predictFeedback")
    assert step_until_asked(window) == "What is ∂a_o2/∂z_o2?"


def test_where_it_shows_none_none_is_offered(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert offered(window) == []
