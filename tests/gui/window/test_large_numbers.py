"""Every number that the engine can come to can be shown: in each panel, tool, copy and export."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.export.formats import FORMATS
from engine.export.worked import worked_solution
from engine.run.iteration import Evaluation, evaluate, iterate
from engine.text.numbers import format_number
from gui.learn.many_seeds.loss_dots import LossDots
from gui.panels.summary import SummaryPanel
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow, mazur_spec, on_screen, view_of
from tests.gui.learn.many_seeds.test_tool import run as run_seeds

TOOLS = (
    "Published against right", "Gradient check", "Right and wrong side by side", "Many seeds",
    "Predict, then reveal",
)  # fmt: skip
SIZES = (1e12, 1e15, 1e300, math.inf, math.nan, 1e-300, -0.0)


def loss_shown(panel: SummaryPanel) -> str:
    return next(value for name, value in panel.rows() if name.startswith("loss"))


def test_an_edit_to_a_loss_beyond_what_can_be_typed(open_window: OpenWindow) -> None:
    window = open_window("xor-2-2-1")
    window.canvas.target_edited.emit(0, 0, 2e6)
    assert loss_shown(window.summary).endswith("&nbsp; 2.00000e+12")
    assert window.isWindowModified()
    window.session.undo_stack.undo()
    assert not window.isWindowModified()


@pytest.mark.parametrize("loss", SIZES)
def test_the_summary_of_any_loss_before_and_after_an_edit(qtbot: QtBot, loss: float) -> None:
    panel = on_screen(qtbot, SummaryPanel(), 340, 380)
    usual = view_of(*mazur_spec(), 3)
    evaluation = Evaluation(loss, (), np.full((1, 2), loss))
    large = replace(usual, evaluation=evaluation)
    panel.display(replace(large, before=usual))
    assert loss_shown(panel).endswith(f"&nbsp; {format_number(loss)}")
    panel.display(replace(usual, before=large))
    assert f">{format_number(loss)}</s>" in loss_shown(panel)


def logistic(window: MainWindow) -> None:
    window.canvas.target_edited.emit(0, 0, -9.99e11)
    window.canvas.input_edited.emit(0, 0, 9.99e11)


def tiny(window: MainWindow) -> None:
    window.canvas.target_edited.emit(0, 0, 1e-300)
    window.canvas.input_edited.emit(0, 0, -0.0)


def deep(window: MainWindow) -> None:
    """Straight layers, one over the other: beyond 1e80 at the output, and a loss of its square."""
    for _ in range(4):
        window.network.layer_added.emit(1)
    network = window.session.spec.network
    for layer in range(1, network.depth + 1):
        window.network.activation_chosen.emit(layer, "linear")
    network = window.session.spec.network
    values = [(network.parameter_at(index), 9.99e11) for index in range(network.size)]
    window.weights.values_pasted.emit(values)
    logistic(window)
    session = window.session
    assert evaluate(session.spec, session.state.theta).loss > 1e160


def squared(window: MainWindow) -> None:
    """Adam, whose squares of such gradients are beyond all numbers: ∞ is what it comes to."""
    deep(window)
    window.network.optimizer_chosen.emit("adam")


@pytest.mark.parametrize(
    ("edit", "grain", "digits"),
    [
        (logistic, "number", 6),
        (tiny, "number", None),
        (deep, "layer", None),
        (squared, "number", 6),
    ],
)
def test_the_whole_window(
    open_window: OpenWindow, edit: Callable[[MainWindow], None], grain: str, digits: int | None
) -> None:
    window = open_window("mazur-2-2-2")
    session, derivation = window.session, window.derivation
    session.set_digits(digits)
    edit(window)
    for decimals in (None, 4):
        session.set_paper(decimals)
        while session.place.revealed < len(session.spec.steps):
            session.step(grain)
            QApplication.processEvents()
            for action in derivation.copy_menu.actions()[:2]:
                action.trigger()
                assert QGuiApplication.clipboard().text()
        assert "∞" not in dict(window.summary.rows())["gradient norm"]
        derivation.long_button.toggle()
        session.back("iteration")
    session.set_paper(None)
    for title in TOOLS:
        window.tools.open(title)
        window.settle()
        session.step("iteration")
        window.grab()
    window.tools.close()
    evaluation = evaluate(session.spec, session.state.theta)
    assert loss_shown(window.summary).endswith(format_number(evaluation.loss, digits))
    solution = worked_solution(iterate(session.spec, session.state), "large", digits)
    for format in FORMATS.values():
        assert format.data(solution)
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    # The road that was run after the edit, if there is one, is in no file yet.
    assert window.isWindowModified() == bool(session.roads_beside)
    session.finish()
    assert loss_shown(window.summary).startswith("0.298371")  # as Mazur has it


def test_seeds_and_curves_that_come_to_large_losses(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window("xor-2-2-1")
    window.canvas.target_edited.emit(0, 0, 9.99e11)
    window.tools.open("Many seeds")
    run_seeds(window, qtbot, 0, 4, 3)
    window.grab()
    dots = window.findChild(LossDots, "lossDots")
    assert all(dot.loss > 1e23 for dot in dots.dots)
    window.tools.close()
    for _ in range(3):
        window.session.step("epoch")
        window.session.finish()
        window.grab()
    evaluation = evaluate(window.session.spec, window.session.state.theta)
    assert evaluation.loss > 1e23
    assert loss_shown(window.summary) == format_number(evaluation.loss)
