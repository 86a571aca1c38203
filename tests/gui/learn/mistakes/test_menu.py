"""Mistakes in the window: chosen from the menu, named by the strip, seen by the gradient check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.documents.reading import read_document
from engine.maths.network import Parameter
from engine.run.mistakes import MISTAKES, why_not
from gui.canvas.items.verdicts import Sign, VerdictSigns
from gui.learn.gradient_check.panel import GradientCheckPanel
from gui.view import View
from gui.window.main_window import MainWindow


class Driver:
    """A window, and what a person does in it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = MainWindow(remember=False)
        self.views: list[View] = []
        self.window.session.changed.connect(self.views.append)
        self.open("mazur-2-2-2")
        self.window.resize(1440, 900)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window)

    def open(self, name: str) -> None:
        self.window.documents.show(read_example(name), name)

    @property
    def view(self) -> View:
        return self.views[-1]

    def action(self, name: str) -> QAction:
        found = self.window.findChild(QAction, name)
        assert isinstance(found, QAction), name
        return found

    def make(self, *keys: str) -> None:
        for key in keys:
            self.action(f"mistake/{key}").trigger()

    def check(self) -> GradientCheckPanel:
        """Open the gradient check."""
        self.action("tool/Gradient check").trigger()
        panel = self.window.tools.current
        assert isinstance(panel, GradientCheckPanel)
        return panel

    @property
    def signs(self) -> list[Sign]:
        """The signs on the canvas."""
        items = self.window.canvas.scene.items()
        return next(item.signs for item in items if isinstance(item, VerdictSigns))


@pytest.fixture
def driver(qtbot: QtBot) -> Iterator[Driver]:
    made = Driver(qtbot)
    yield made
    made.window.close_quietly()
    made.window.deleteLater()


def test_a_mistake_is_made_and_taken_off(driver: Driver) -> None:
    window, strip = driver.window, driver.window.mistake_strip
    assert not strip.isVisible()
    driver.make("updated-weights")
    assert driver.view.spec.mistakes == ("updated-weights",)
    assert strip.isVisible() and "weights already updated" in strip.label.text()
    assert MISTAKES["updated-weights"].why in strip.toolTip()
    window.session.advance(1, 0)
    assert driver.view.loss == pytest.approx(0.29102792390544, rel=1e-13)
    QTest.mouseClick(strip.button, Qt.MouseButton.LeftButton)
    assert driver.view.spec.mistakes == () and not strip.isVisible()
    assert driver.view.t == 1  # the run goes on from where it is, rightly
    window.session.undo_stack.undo()
    assert strip.isVisible() and driver.action("mistake/updated-weights").isChecked()
    assert driver.view.loss == pytest.approx(0.29102792390544, rel=1e-13)


def test_several_at_once_in_the_order_of_the_menu(driver: Driver) -> None:
    driver.make("forgotten-rate", "lost-link")
    assert driver.view.spec.mistakes == ("lost-link", "forgotten-rate")
    text = driver.window.mistake_strip.label.text()
    assert text.index("link of the chain") < text.index("learning rate forgotten")
    stack = driver.window.session.undo_stack
    assert stack.undoText() == "Mistake: a link of the chain lost"
    driver.make("lost-link")
    assert driver.view.spec.mistakes == ("forgotten-rate",)
    assert stack.undoText() == "No more: a link of the chain lost"
    driver.make("none")
    assert driver.view.spec.mistakes == () and stack.undoText() == "Do it right"
    assert not driver.action("mistake/none").isEnabled()


def test_what_cannot_be_made_says_why(driver: Driver) -> None:
    for name in ("mazur-2-2-2", "xor-2-3-1-adam"):
        driver.open(name)
        menu = driver.window.findChild(QMenu, "mistakesMenu")
        menu.popup(QPoint(0, 0))
        menu.close()
        for key, mistake in MISTAKES.items():
            action, reason = driver.action(f"mistake/{key}"), why_not(driver.view.spec, key)
            assert action.isEnabled() == (not reason), key
            assert reason in action.toolTip() and mistake.title.lower() in action.text().lower()
    assert not driver.action("mistake/lost-factor-2").isEnabled()


def test_one_that_came_to_change_nothing_can_still_be_taken_off(driver: Driver) -> None:
    driver.open("xor-2-3-1")
    driver.make("first-sample-only")
    driver.window.session.apply("one by one", _one_by_one)
    action = driver.action("mistake/first-sample-only")
    assert action.isChecked() and action.isEnabled()
    assert "changes nothing" in driver.window.mistake_strip.toolTip()


def _one_by_one(spec: object, state: object) -> object:
    from engine.run.edits import set_batching

    return set_batching(spec, state, 1, False)  # type: ignore[arg-type]


def test_equal_weights_begin_the_run_anew(driver: Driver) -> None:
    driver.open("xor-2-3-1")
    driver.window.session.advance(3, 0)
    driver.make("same-start")
    assert driver.view.t == 0
    weights = driver.view.spec.network.weights(driver.view.theta, 1)
    assert np.unique(weights).size == 1
    driver.window.session.undo_stack.undo()
    assert driver.view.t == 3


def test_a_saved_document_keeps_its_mistakes(
    driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.make("wrong-sign", "accumulated-gradients")
    driver.window.session.advance(2, 0)
    theta = driver.view.theta.copy()
    path = tmp_path / "wrong.backpass.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    driver.window.documents.save_as()
    assert read_document(path.read_bytes()).spec.mistakes == ("wrong-sign", "accumulated-gradients")
    driver.open("xor-2-3-1")
    assert not driver.window.mistake_strip.isVisible()
    driver.window.documents.open_path(path)
    assert driver.window.mistake_strip.isVisible()
    assert np.array_equal(driver.view.theta, theta)


def test_the_check_follows_edits_steps_and_mistakes(driver: Driver) -> None:
    assert driver.view.check is None  # nobody asked
    panel = driver.check()
    assert panel.headline.text().startswith("✓ Agrees")
    driver.make("updated-weights")
    assert panel.headline.text().startswith("✗ Wrong: 5 of 10")
    driver.make("none")
    before = {row.name: row.cells for row in panel.table.rows}
    driver.window.canvas.parameter_edited.emit(Parameter(2, 0, 0), 0.7)
    after = {row.name: row.cells for row in panel.table.rows}
    assert panel.headline.text().startswith("✓ Agrees") and before["w1"] != after["w1"]
    driver.window.session.step("iteration")
    driver.window.session.step("iteration")
    assert {row.name: row.cells for row in panel.table.rows} != after
    driver.window.tools.close()
    assert driver.view.check is None


def test_the_canvas_is_signed_while_the_check_is_open(driver: Driver) -> None:
    assert driver.signs == []
    driver.check()
    # Eight weights, and each of two shared biases at both of its units.
    assert [sign.verdict for sign in driver.signs] == ["right"] * 12
    driver.make("updated-weights")
    assert sorted(sign.verdict for sign in driver.signs) == ["right"] * 6 + ["wrong"] * 6
    places = [sign.middle for sign in driver.signs]
    for k, one in enumerate(places):
        for other in places[:k]:
            apart: QPointF = one - other
            assert max(abs(apart.x()), abs(apart.y())) >= 12
    driver.window.tools.close()
    assert driver.signs == []


def test_a_dear_check_is_left_to_the_background(driver: Driver) -> None:
    driver.open("xor-3-4-1")
    for count in (60, 40):
        driver.window.network.units_chosen.emit(1, count)
    panel = driver.check()
    driver.window.session.finish()
    assert panel.headline.text().startswith("✓")
    assert len(panel.table.rows) == driver.view.spec.network.size == 201


def test_the_keys_still_step_while_the_check_has_the_focus(driver: Driver) -> None:
    panel = driver.check()
    assert QApplication.focusWidget() is panel.table
    QTest.keyClick(panel.table, Qt.Key.Key_Space)
    assert driver.view.revealed == 1
    QTest.keyClick(panel.table, Qt.Key.Key_Escape)
    assert driver.window.tools.current is None


def test_in_a_low_window_mistakes_take_no_height_from_the_network(driver: Driver) -> None:
    window, strip = driver.window, driver.window.mistake_strip
    window.resize(1024, 600)
    QTest.qWait(50)
    height = window.canvas.height()
    driver.make("updated-weights")
    QTest.qWait(50)
    assert strip.isVisible() and "weights already updated" in strip.label.text()
    assert strip.label.width() >= strip.label.sizeHint().width()
    assert height - window.canvas.height() <= 6  # the status bar may grow by its edges
    driver.make("lost-link", "wrong-sign")
    QTest.qWait(50)
    assert "3 mistakes" in strip.label.text() and window.width() == 1024

    window.resize(1440, 900)
    QTest.qWait(50)
    assert strip.isVisible() and "sign of the gradient turned" in strip.label.text()
    above = strip.mapTo(window, strip.rect().bottomLeft()).y()
    assert above < window.canvas.mapTo(window, window.canvas.rect().topLeft()).y()
    driver.make("none")
    window.resize(1024, 600)
    QTest.qWait(50)
    assert not strip.isVisible()
