"""The table of the training set, driven by real keys and mouse clicks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer, Network
from engine.run.iteration import evaluate, sample_pass
from engine.run.limits import SAMPLES
from engine.run.spec import Data
from gui import theme
from gui.panels.data.panel import DataPanel
from gui.tables.number_table import NumberTable
from gui.view import View
from tests.gui.conftest import on_screen
from tests.gui.panels.conftest import click, editor, names, open_editor, paste, texts

MakeView = Callable[..., View]
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def with_data(view: View, data: Data, sample: int = 0) -> View:
    """The view as the session would make it after the data changed."""
    spec = replace(view.spec, data=data)
    sample = min(sample, len(data) - 1)
    return replace(
        view, spec=spec, sample=sample, sample_pass=sample_pass(spec, view.theta, sample),
        evaluation=evaluate(spec, view.theta),
    )


def shown(qtbot: QtBot, view: View, width: int = 275, height: int = 180) -> DataPanel:
    panel = DataPanel()
    panel.display(view)
    return on_screen(qtbot, panel, width, height)


class Answer:
    """Answers a panel's signals as the session would, with a new view."""

    def __init__(self, panel: DataPanel, view: View) -> None:
        self.panel, self.view = panel, view
        panel.input_edited.connect(lambda *cell: self.set_cell("inputs", *cell))
        panel.target_edited.connect(lambda *cell: self.set_cell("targets", *cell))
        panel.cells_pasted.connect(self.take)
        panel.rows_added.connect(self.add)
        panel.rows_removed.connect(self.remove)
        panel.sample_chosen.connect(self.choose)

    def take(self, data: Data, sample: int | None = None) -> None:
        sample = self.view.sample if sample is None else sample
        self.view = with_data(self.view, data, sample)
        self.panel.display(self.view)

    def set_cell(self, which: str, row: int, column: int, value: float) -> None:
        values = np.array(getattr(self.view.spec.data, which))
        values[row, column] = value
        self.take(replace(self.view.spec.data, **{which: values}))

    def add(self, rows: list[tuple[list[float], list[float]]]) -> None:
        data = self.view.spec.data
        inputs = np.vstack([data.inputs, [row[0] for row in rows]])
        targets = np.vstack([data.targets, [row[1] for row in rows]])
        self.take(replace(data, inputs=inputs, targets=targets))

    def remove(self, rows: list[int]) -> None:
        data = self.view.spec.data
        inputs, targets = np.delete(data.inputs, rows, 0), np.delete(data.targets, rows, 0)
        self.take(replace(data, inputs=inputs, targets=targets))

    def choose(self, sample: int) -> None:
        self.take(self.view.spec.data, sample)


def grid_of(panel: DataPanel) -> NumberTable:
    found = panel.findChild(NumberTable, "dataTable")
    assert found is not None
    return found


def click_number(
    qtbot: QtBot,
    panel: DataPanel,
    row: int,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Choose a whole row by its number."""
    header = grid_of(panel).verticalHeader()
    place = QPoint(8, header.sectionViewportPosition(row) + 10)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def type_into(qtbot: QtBot, panel: DataPanel, row: int, column: int, text: str) -> QLineEdit:
    opened = open_editor(qtbot, grid_of(panel), row, column)
    qtbot.keyClicks(opened, text)
    return opened


def button(panel: DataPanel, name: str) -> QPushButton:
    found = panel.findChild(QPushButton, name)
    assert found is not None
    return found


def error(panel: DataPanel) -> str:
    label = panel.findChild(QLabel, "dataError")
    assert label is not None and label.isVisible() == bool(label.text())
    return label.text()


def title(panel: DataPanel) -> str:
    label = panel.findChild(QLabel, "cardTitle")
    assert label is not None
    return label.text()


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


def test_going_to_a_row_asks_for_its_sample(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    with qtbot.waitSignal(panel.sample_chosen) as chosen:
        click(qtbot, grid_of(panel), 2, 1)
    assert chosen.args == [2]
    with qtbot.waitSignal(panel.sample_chosen) as chosen:
        qtbot.keyClick(grid_of(panel), Qt.Key.Key_Down)
    assert chosen.args == [3]
    with qtbot.assertNotEmitted(panel.sample_chosen):
        qtbot.keyClick(grid_of(panel), Qt.Key.Key_Left)
        click(qtbot, grid_of(panel), 3, 2)


def test_the_sample_shown_is_marked(qtbot: QtBot, xor_view: MakeView) -> None:
    view = xor_view()
    panel = shown(qtbot, view)
    header = grid_of(panel).verticalHeader()

    def marked() -> list[int]:
        image = header.viewport().grab().toImage()
        accent = theme.current().colour("accent")
        ends = [header.sectionViewportPosition(row) + 12 for row in range(4)]
        return [row for row, y in enumerate(ends) if image.pixelColor(1, y) == accent]

    assert marked() == [0]
    with qtbot.assertNotEmitted(panel.sample_chosen):
        panel.display(replace(view, sample=2))
    assert marked() == [2]
    assert grid_of(panel).currentIndex().row() == 2


def test_a_late_view_does_not_take_the_person_back(qtbot: QtBot, xor_view: MakeView) -> None:
    view = xor_view()
    panel = shown(qtbot, view)
    click(qtbot, grid_of(panel), 1, 0)
    qtbot.keyClick(grid_of(panel), Qt.Key.Key_Down)
    panel.display(replace(view, theta=view.theta + 0.1))
    assert grid_of(panel).currentIndex().row() == 2


def test_a_row_is_added_as_a_copy_of_the_last(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    answer = Answer(panel, xor_view())
    with qtbot.waitSignal(panel.rows_added) as added:
        qtbot.mouseClick(button(panel, "addRow"), Qt.MouseButton.LeftButton)
    assert added.args == [[([1.0, 1.0], [0.0])]]
    assert title(panel) == "Data · 5 samples"
    grid = grid_of(panel)
    assert grid.hasFocus() and grid.currentIndex().row() == 4
    assert answer.view.sample == 4
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()).center())


def test_whole_rows_are_removed_by_delete(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    click_number(qtbot, panel, 0)
    click_number(qtbot, panel, 2, CONTROL)
    with qtbot.waitSignal(panel.rows_removed) as removed:
        qtbot.keyClick(grid_of(panel), Qt.Key.Key_Delete)
    assert removed.args == [[0, 2]]
    assert [row[:2] for row in texts(grid_of(panel))] == [["0", "1"], ["1", "1"]]


def test_delete_in_a_cell_removes_no_sample(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    with qtbot.assertNotEmitted(panel.rows_removed):
        click(qtbot, grid_of(panel), 1, 1)
        qtbot.keyClick(grid_of(panel), Qt.Key.Key_Delete)
    assert error(panel).startswith("Delete removes samples: choose whole rows")


def test_the_last_sample_stays(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    click(qtbot, grid_of(panel), 0, 0)
    qtbot.keyClick(grid_of(panel), Qt.Key.Key_A, CONTROL)
    with qtbot.assertNotEmitted(panel.rows_removed):
        qtbot.keyClick(grid_of(panel), Qt.Key.Key_Delete)
    assert error(panel) == "The last sample cannot be removed: training needs one."


def test_the_context_menu(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    grid = grid_of(panel)
    assert grid.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    actions: dict[str, QAction] = {action.text(): action for action in grid.actions()}
    assert list(actions) == ["Copy", "Paste", "Remove these samples"]
    click(qtbot, grid_of(panel), 1, 0)
    click(qtbot, grid_of(panel), 2, 1, SHIFT)
    with qtbot.waitSignal(panel.rows_removed) as removed:
        actions["Remove these samples"].trigger()
    assert removed.args == [[1, 2]]


def test_rows_copied_here_can_be_pasted_here(qtbot: QtBot, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    Answer(panel, xor_view())
    click_number(qtbot, panel, 1)
    qtbot.keyClick(grid_of(panel), Qt.Key.Key_C, CONTROL)
    copied = QGuiApplication.clipboard().text().split("\t")
    assert copied[:3] == ["0", "1", "1"] and len(copied) == 4
    click(qtbot, grid_of(panel), 3, 0)
    qtbot.keyClick(grid_of(panel), Qt.Key.Key_V, CONTROL)
    assert error(panel) == ""
    assert [row[:3] for row in texts(grid_of(panel))][3] == ["0", "1", "1"]


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


def choose_file(
    qtbot: QtBot, panel: DataPanel, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda *arguments, **rest: (str(path), "")
    )
    qtbot.mouseClick(button(panel, "readCsv"), Qt.MouseButton.LeftButton)


def test_reading_csv(
    qtbot: QtBot, xor_view: MakeView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = shown(qtbot, xor_view())
    path = tmp_path / "samples.csv"
    path.write_text("Größe;Gewicht;Sorte\n1,5;2;1\n", encoding="latin-1")
    with qtbot.waitSignal(panel.data_replaced) as replaced:
        choose_file(qtbot, panel, monkeypatch, path)
    data, input_names = replaced.args
    assert data.inputs.tolist() == [[1.5, 2.0]] and data.targets.tolist() == [[1.0]]
    assert data.target_names == ("Sorte",) and input_names == ("Größe", "Gewicht")
    path.write_text("1,2,3\n")
    with qtbot.waitSignal(panel.data_replaced) as replaced:
        choose_file(qtbot, panel, monkeypatch, path)
    assert replaced.args[0].target_names == ("t",) and replaced.args[1] is None


def test_csv_that_cannot_be_taken(
    qtbot: QtBot, xor_view: MakeView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = shown(qtbot, xor_view())
    path = tmp_path / "samples.csv"
    path.write_text("1,2,3\n1,2,x\n")
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    with qtbot.assertNotEmitted(panel.data_replaced):
        choose_file(qtbot, panel, monkeypatch, path)
        assert error(panel).startswith('samples.csv was not taken. Line 2, column 3: "x" is not')
        choose_file(qtbot, panel, monkeypatch, big)
        assert error(panel) == "big.csv was not taken. The file is larger than 64 MiB."
        choose_file(qtbot, panel, monkeypatch, tmp_path / "gone.csv")
        assert error(panel) == "gone.csv cannot be read: No such file or directory."
    path.write_text("1,2,3\n")
    choose_file(qtbot, panel, monkeypatch, path)
    assert error(panel) == ""
    choose_file(qtbot, panel, monkeypatch, tmp_path / "gone.csv")
    panel.display(xor_view(hidden=5))  # an edit elsewhere that succeeded
    assert error(panel) == ""


def test_choosing_no_file_changes_nothing(
    qtbot: QtBot, xor_view: MakeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = shown(qtbot, xor_view())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *arguments: ("", ""))
    with qtbot.assertNotEmitted(panel.data_replaced):
        qtbot.mouseClick(button(panel, "readCsv"), Qt.MouseButton.LeftButton)
    assert error(panel) == ""


def test_a_hundred_thousand_samples(qtbot: QtBot, xor_view: MakeView) -> None:
    """Only the rows in sight are asked for."""
    view = xor_view()
    inputs = np.arange(2.0 * SAMPLES.most).reshape(-1, 2)
    view = with_data(view, Data(inputs, np.zeros((SAMPLES.most, 1)), ("t",)))
    panel = shown(qtbot, view)
    grid = grid_of(panel)
    asked: list[int] = []
    value = grid.numbers.value

    def counted(row: int, column: int) -> float | None:
        asked.append(row)
        return value(row, column)

    grid.numbers.value = counted  # type: ignore[method-assign]
    panel.display(replace(view, evaluation=replace(view.evaluation)))
    grid.viewport().grab()
    assert 0 < len(set(asked)) < 20
    panel.display(replace(view, sample=SAMPLES.most - 1))
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()).center())
    assert title(panel) == "Data · 100,000"
    panel.resize(400, 180)
    assert title(panel) == "Data · 100,000 samples"
    with qtbot.assertNotEmitted(panel.rows_added):
        qtbot.mouseClick(button(panel, "addRow"), Qt.MouseButton.LeftButton)
    assert error(panel) == "At most 100,000 samples are possible."


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


def test_columns_keep_their_distance_and_the_mark_stays_in_sight(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = mazur_view()
    inputs, targets = np.array([[1 / 3, -1 / 3]]), np.array([[0.0, 1.0]])
    data = replace(view.spec.data, inputs=inputs, targets=targets)
    panel = shown(qtbot, replace(view, spec=replace(view.spec, data=data)))
    grid = grid_of(panel)
    metrics = QFontMetrics(theme.font(theme.SMALL))
    for column, name in enumerate(names(grid_of(panel))):
        assert grid.columnWidth(column) >= metrics.horizontalAdvance(name) + 8
        assert grid.horizontalHeader().height() < 2 * metrics.height()
    assert grid.columnWidth(1) >= metrics.horizontalAdvance("−0.333") + 8
    bar = grid.horizontalScrollBar()
    assert bar.isVisible()

    def right_edge() -> QImage:
        place = grid.viewport().rect()
        return grid.viewport().grab(place.adjusted(place.width() - 16, 0, 0, 0)).toImage()

    bar.setValue(0)
    before = right_edge()
    bar.setValue(bar.maximum())
    assert right_edge() == before


def test_another_theme(qtbot: QtBot, qapp: QApplication, xor_view: MakeView) -> None:
    panel = shown(qtbot, xor_view())
    theme.apply(qapp, "dark")
    panel.restyle()
    image = grid_of(panel).grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 200, 3) for y in range(0, 90, 3)}
    assert {theme.DARK.card, theme.DARK.accent_soft} <= colours and theme.LIGHT.card not in colours
