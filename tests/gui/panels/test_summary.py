"""The card "What happened": its rows are the view's numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer
from engine.run.iteration import evaluate, iterate
from engine.run.spec import State
from engine.text.numbers import format_number
from engine.training.trainer import Trainer
from gui.panels.summary import SummaryPanel
from gui.view import View
from tests.gui.conftest import on_screen

MakeView = Callable[..., View]


@pytest.fixture
def panel(qtbot: QtBot) -> SummaryPanel:
    return on_screen(qtbot, SummaryPanel(), 340, 380)


def at(view: View, t: int) -> View:
    """The view after t updates."""
    state = Trainer(view.spec, State(view.theta)).advance(iterations=t).state
    return replace(view, theta=state.theta, t=t, evaluation=evaluate(view.spec, state.theta))


def test_the_rows_of_a_trained_network(panel: SummaryPanel, xor_view: MakeView) -> None:
    view = at(xor_view(hidden=4), 12_000)
    panel.display(view)
    assert view.evaluation is not None
    largest = np.abs(view.spec.data.targets - view.evaluation.outputs).max()
    assert panel.rows() == [
        ("epochs", "12,000"),
        ("loss E, half squared error", format_number(view.evaluation.loss)),
        ("largest |t − a|", format_number(largest)),
        ("samples right", "4 of 4"),
        ("updates done", "12,000"),
        ("learning rate", "0.5"),
    ]


def test_how_many_are_right(panel: SummaryPanel, xor_view: MakeView) -> None:
    view = xor_view()
    outputs = np.array([[0.1], [0.9], [0.9], [0.7]])
    panel.display(replace(view, evaluation=replace(view.evaluation, outputs=outputs)))
    assert ("samples right", "3 of 4") in panel.rows()
    assert ("largest |t − a|", "0.7") in panel.rows()


def test_one_sample_is_right_or_not(panel: SummaryPanel, mazur_view: MakeView) -> None:
    panel.display(mazur_view())
    assert ("sample right", "no") in panel.rows()
    panel.display(at(mazur_view(), 5_000))
    assert ("sample right", "yes") in panel.rows()


def test_outputs_without_yes_and_no_are_not_called_right(
    panel: SummaryPanel, xor_view: MakeView
) -> None:
    view = xor_view()
    network = replace(view.spec.network, layers=(Layer(("h1",), "tanh"), Layer(("o",), "linear")))
    data = replace(view.spec.data, targets=view.spec.data.targets * 3.5)
    spec = replace(view.spec, network=network, data=data)
    panel.display(replace(view, spec=spec))
    assert not any(name == "samples right" for name, _ in panel.rows())


def test_the_gradient_norm_comes_and_goes_with_the_iteration(
    panel: SummaryPanel, xor_view: MakeView
) -> None:
    view = xor_view(revealed=3)
    panel.display(view)
    norm = np.linalg.norm(iterate(view.spec, State(view.theta)).gradient)
    assert panel.rows()[-1] == ("gradient norm", format_number(norm))
    panel.display(xor_view())
    assert "gradient norm" not in dict(panel.rows())


def test_what_is_still_being_worked_out(panel: SummaryPanel, xor_view: MakeView) -> None:
    panel.display(replace(xor_view(), evaluation=None))
    rows = dict(panel.rows())
    for name in ("loss E, half squared error", "largest |t − a|", "samples right"):
        assert rows[name] == "…"


def test_part_of_an_epoch_is_a_fraction(panel: SummaryPanel, xor_view: MakeView) -> None:
    view = xor_view()
    spec = replace(view.spec, batching=replace(view.spec.batching, size=1))
    panel.display(replace(view, spec=spec, t=10))
    assert dict(panel.rows())["epochs"] == "2.5"
