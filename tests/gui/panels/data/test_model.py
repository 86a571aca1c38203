"""The samples as a table: what stands in its cells, and what is typed and pasted into them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer, Network
from engine.run.iteration import evaluate, sample_pass
from engine.run.limits import SAMPLES
from engine.run.spec import Data, Source
from gui.panels.data.panel import DataPanel
from gui.view import View
from tests.gui.panels.conftest import click, editor, names, open_editor, paste, texts
from tests.gui.panels.data.conftest import Answer, error, grid_of, shown, title

MakeView = Callable[..., View]


def type_into(qtbot: QtBot, panel: DataPanel, row: int, column: int, text: str) -> QLineEdit:
    opened = open_editor(qtbot, grid_of(panel), row, column)
    qtbot.keyClicks(opened, text)
    return opened


def test_samples_with_their_outputs(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view(), 285)
    assert names(grid_of(panel)) == ["i1", "i2", "t o1", "t o2", "a o1", "a o2", ""]
    assert texts(grid_of(panel)) == [["0.05", "0.1", "0.01", "0.99", "0.751365", "0.772928", "✗"]]
    assert title(panel) == "Data · 1 sample"
    grid = grid_of(panel)
    assert not grid.horizontalScrollBar().isVisible()
    tip = Qt.ItemDataRole.ToolTipRole
    assert grid.model().index(0, 4).data(tip).startswith("a o1 of sample 1 = 0.7513650695")
    assert grid.model().index(0, 6).data(tip) == "sample 1: not right"


def test_a_single_output_and_what_is_right(qtbot: QtBot, xor_view: MakeView) -> None:
    view = xor_view()
    evaluation = replace(view.evaluation, outputs=np.array([[0.1], [0.9], [0.2], [0.3]]))
    panel = shown(qtbot, replace(view, evaluation=evaluation))
    assert title(panel) == "Data · 4 samples"
    assert names(grid_of(panel)) == ["x1", "x2", "t", "a", ""]
    assert [row[-1] for row in texts(grid_of(panel))] == ["✓", "✓", "✗", "✓"]


def test_the_class_that_is_given_is_told_by_its_name(qtbot: QtBot, xor_view: MakeView) -> None:
    view = xor_view()
    data = replace(view.spec.data, target_sources=(Source("answer", "yes", "no"),))
    evaluation = replace(view.evaluation, outputs=np.array([[0.07], [0.93], [0.2], [0.3]]))
    panel = shown(
        qtbot, replace(view, spec=replace(view.spec, data=data), evaluation=evaluation)
    )
    said = [
        grid_of(panel).model().index(row, 4).data(Qt.ItemDataRole.AccessibleTextRole)
        for row in range(3)
    ]
    assert said == [
        "sample 1: right; the network gives no 0.93",
        "sample 2: right; the network gives yes 0.93",
        "sample 3: not right; the network gives no 0.8",
    ]


def test_a_sample_is_right_as_the_metric_says(qtbot: QtBot, xor_view: MakeView) -> None:
    """With tanh, how far an output may be off depends on all the targets."""
    view = xor_view()
    network = replace(view.spec.network, layers=(Layer(("o",), "tanh"),))
    data = Data(np.zeros((2, 2)), np.array([[-1.0], [1.0]]), ("t",))
    spec = replace(view.spec, network=network, data=data)
    evaluation = replace(view.evaluation, outputs=np.array([[-0.3], [0.3]]))
    panel = shown(qtbot, replace(view, spec=spec, evaluation=evaluation))
    assert [row[-1] for row in texts(grid_of(panel))] == ["✓", "✓"]


def test_outputs_follow_and_may_be_late(qtbot: QtBot, xor_view: MakeView) -> None:
    view = xor_view()
    panel = shown(qtbot, replace(view, evaluation=None))
    assert texts(grid_of(panel))[0][3:] == ["…", "…"]
    before = grid_of(panel).grab().toImage()
    panel.display(view)
    assert texts(grid_of(panel))[0][3] == f"{view.evaluation.outputs[0, 0]:.6g}"
    assert grid_of(panel).grab().toImage() != before


def test_editing_an_input_and_a_target(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    opened = type_into(qtbot, panel, 1, 0, "-0,25")
    with qtbot.waitSignal(panel.input_edited) as edited:
        qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert edited.args == [1, 0, -0.25]
    opened = type_into(qtbot, panel, 3, 2, "1/4")
    with qtbot.waitSignal(panel.target_edited) as edited:
        qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert edited.args == [3, 0, 0.25]
    assert [row[:3] for row in texts(grid_of(panel))] == [
        ["0", "0", "0"], ["−0.25", "1", "1"], ["1", "0", "1"], ["1", "1", "0.25"],
    ]


def test_tab_passes_over_what_cannot_be_edited(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    opened: QLineEdit | None = type_into(qtbot, panel, 0, 1, "5")
    for text in ("6", "7", "8"):
        assert opened is not None
        qtbot.keyClick(opened, Qt.Key.Key_Tab)
        opened = editor(grid_of(panel))
        assert opened is not None
        qtbot.keyClicks(opened, text)
    qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert [row[:3] for row in texts(grid_of(panel))][:2] == [["0", "5", "6"], ["7", "8", "1"]]


@pytest.mark.parametrize("column", [3, 4])
def test_outputs_cannot_be_edited(qtbot: QtBot, xor_view: MakeView, column: int) -> None:
    panel = shown(qtbot, xor_view())
    click(qtbot, grid_of(panel), 0, column)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_F2, Qt.Key.Key_5):
        qtbot.keyClick(grid_of(panel), key)
        assert editor(grid_of(panel)) is None


def test_nonsense_is_refused(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    with qtbot.assertNotEmitted(panel.input_edited):
        opened = type_into(qtbot, panel, 0, 0, "one")
        qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert editor(grid_of(panel)) is opened and error(panel).startswith('"one" is not a number')
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert error(panel) == "" and texts(grid_of(panel))[0][0] == "0"


def test_paste_across_inputs_and_targets(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    with qtbot.waitSignal(panel.cells_pasted):
        paste(qtbot, grid_of(panel), "0,5\t0,25\n−1\t0", 2, 1)
    assert [row[:3] for row in texts(grid_of(panel))] == [
        ["0", "0", "0"], ["0", "1", "1"], ["1", "0.5", "0.25"], ["1", "−1", "0"],
    ]


def test_whole_rows_pasted_beyond_the_end_are_added(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    paste(qtbot, grid_of(panel), "1;2;3\n4;5;6\n7;8;9", 3, 0)
    assert title(panel) == "Data · 6 samples"
    assert [row[:3] for row in texts(grid_of(panel))][3:] == [
        ["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"],
    ]


@pytest.mark.parametrize(
    "text, column, sentence",
    [
        ("1\t2\t3", 1, "These rows have 3 numbers, and from x2 of sample 4 on there are 2 columns"),
        ("1\t2", 2, "and from t of sample 4 on there is 1 column to fill in."),
        ("1\n2", 0, "These are 2 rows, and from sample 4 on there is 1. Samples are added by rows"),
        ("1", 3, "The outputs are the network's own"),
        ("1\tx", 0, 'Row 1, column 2: "x" is not a number'),
        ("1\t2\n3", 0, "Row 2 has 1 number and row 1 has 2 numbers"),
        ("\n".join(["0\t0\t0"] * (SAMPLES.most - 2)), 0, "At most 100,000 samples are possible."),
    ],
)
def test_a_paste_is_refused_as_a_whole(
    qtbot: QtBot, xor_view: MakeView, text: str, column: int, sentence: str
) -> None:
    panel = shown(qtbot, xor_view())
    before = texts(grid_of(panel))
    with qtbot.assertNotEmitted(panel.cells_pasted):
        paste(qtbot, grid_of(panel), text, 3, column)
    assert error(panel).startswith("Nothing was pasted.") and sentence in error(panel)
    assert texts(grid_of(panel)) == before


def test_names_and_numbers_of_columns_follow(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = shown(qtbot, mazur_view())
    view = mazur_view()
    network = Network(("a", "b", "c"), (Layer(("out",), "sigmoid"),))
    data = Data(np.zeros((2, 3)), np.ones((2, 1)), ("goal",))
    spec = replace(view.spec, network=network, data=data)
    theta = np.zeros(network.size)
    other = replace(
        view, spec=spec, theta=theta, sample_pass=sample_pass(spec, theta, 0),
        evaluation=evaluate(spec, theta),
    )
    panel.display(other)
    assert names(grid_of(panel)) == ["a", "b", "c", "goal", "a", ""]
    panel.display(view)
    assert len(names(grid_of(panel))) == 7
