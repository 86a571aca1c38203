"""Pointing at a factor shows its place on the canvas, and pointing there shows the factor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.run.steps import StepId
from gui.canvas.spots import Spot
from gui.window.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """The window at the gradient of w1 of the 2-2-2 network."""
    made = MainWindow(remember=False)
    made.documents.show(read_example("mazur-2-2-2"), "mazur-2-2-2")
    made.session.advance(0, 20)
    made.show()
    qtbot.waitExposed(made)
    qtbot.wait(50)
    yield made
    made.session.mark_saved()
    made.close()
    made.deleteLater()


def test_a_factor_under_the_pointer_is_ringed_on_the_canvas(window: MainWindow) -> None:
    viewport, sheet = window.canvas.view.viewport(), window.derivation.inside.explanation
    derivation = window.derivation.derivation
    assert derivation is not None
    plain = viewport.grab().toImage()
    span = sheet.span_of(derivation.factors[1])
    assert span is not None
    QTest.mouseMove(sheet, QPoint(20, round(sum(span) / 2)))
    assert viewport.grab().toImage() != plain
    QTest.mouseMove(sheet, QPoint(20, 0))
    assert viewport.grab().toImage() == plain


def test_what_is_pointed_at_on_the_canvas_marks_its_factor(window: MainWindow) -> None:
    viewport, sheet = window.canvas.view.viewport(), window.derivation.inside.explanation
    plain = sheet.grab().toImage()
    QTest.mouseMove(viewport, window.canvas.place_of(Spot("unit", 1, 0)).center())
    marked = sheet.grab().toImage()
    assert marked != plain
    QTest.mouseMove(viewport, window.canvas.place_of(Spot("weight", 1, 0, 0)).center())
    assert sheet.grab().toImage() not in (plain, marked)
    QTest.mouseMove(viewport, window.canvas.place_of(Spot("unit", 1, 1)).center())
    assert sheet.grab().toImage() == plain


def test_the_path_follows_the_number_that_is_explained(window: MainWindow) -> None:
    viewport = window.canvas.view.viewport()
    at_w1 = viewport.grab().toImage()
    window.canvas.asked.emit(StepId("backward", "delta", 2, 0))
    assert viewport.grab().toImage() != at_w1
    window.session.seek(3)
    forward = viewport.grab().toImage()
    window.canvas.trace(None)
    assert viewport.grab().toImage() == forward
