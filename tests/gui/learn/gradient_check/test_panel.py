"""The gradient check's panel: what it says of a view's check, and what can be done with it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer, Parameter
from engine.run.gradient_check import check_gradient
from engine.run.mistakes import MISTAKES
from engine.run.spec import Spec, State
from gui import theme
from gui.learn.gradient_check.panel import GradientCheckPanel
from gui.tables.figure_table import FigureRow, FigureTable
from gui.view import View
from tests.gui.conftest import mazur_spec, on_screen, view_of, xor_spec


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> GradientCheckPanel:
    theme.apply(qapp, "light")
    return on_screen(qtbot, GradientCheckPanel(), 320, 420)


def checked(spec: Spec, state: State, *mistakes: str) -> View:
    spec = replace(spec, mistakes=mistakes)
    return view_of(spec, state, check=check_gradient(spec, state))


def table(panel: GradientCheckPanel) -> list[list[str]]:
    """What stands in the table, in six digits."""
    return [
        [row.name, *(row.text(k, 6) for k in range(len(row.cells)))] for row in panel.table.rows
    ]


def test_a_gradient_that_is_right(panel: GradientCheckPanel) -> None:
    panel.display(checked(*mazur_spec()))
    assert panel.headline.text().startswith("✓ Agrees: largest relative error ")
    assert not panel.notes.isVisible()
    rows = {name: rest for name, *rest in table(panel)}
    assert list(rows) == ["w1", "w2", "w3", "w4", "b1", "w5", "w6", "w7", "w8", "b2"]
    backward, numeric, error = rows["w5"]
    assert backward == numeric == "0.0821670"  # 0.082167041 in the source
    assert error.endswith(" ✓")


def test_a_gradient_that_is_wrong(panel: GradientCheckPanel) -> None:
    panel.display(checked(*mazur_spec(), "updated-weights"))
    headline = panel.headline.text()
    assert headline.startswith("✗ Wrong: 5 of 10 gradients differ, most of all ∂E/∂w2")
    assert "0.17" in headline
    rows = {name: rest for name, *rest in table(panel)}
    assert rows["w1"] == ["0.000364723", "0.000438568", "0.17 ✗"]
    assert rows["w5"][2].endswith(" ✓")


@pytest.mark.parametrize("key", [key for key, m in MISTAKES.items() if not m.in_gradient])
def test_a_mistake_that_cannot_be_seen_here_says_why(
    panel: GradientCheckPanel, key: str
) -> None:
    panel.display(checked(*xor_spec(), key))
    assert panel.headline.text().startswith("✓")
    assert panel.notes.isVisible()
    assert MISTAKES[key].title in panel.notes.text() and MISTAKES[key].exempt in panel.notes.text()


def test_a_mistake_that_does_nothing_yet_says_so(panel: GradientCheckPanel) -> None:
    spec, state = xor_spec()
    spec = replace(spec, mistakes=("accumulated-gradients",))
    state = replace(state, slots=spec.fresh_slots())
    panel.display(view_of(spec, state, check=check_gradient(spec, state)))
    assert panel.headline.text().startswith("✓")
    assert "“gradients not cleared” makes no difference" in panel.notes.text()


def test_a_kink_is_said_and_not_failed(panel: GradientCheckPanel) -> None:
    spec, state = xor_spec(hidden=1)
    layers = (Layer(("h1",), "relu", "none"), Layer(("o",), "linear", "none"))
    spec = replace(spec, network=replace(spec.network, layers=layers), metrics=())
    theta = spec.network.theta(  # z = 0 for the sample (1, 1)
        [spec.network.weights(state.theta, 1) * 0 + [[0.5, -0.5]], state.theta[:1].reshape(1, 1)],
        [None, None],
    )
    panel.display(checked(spec, State(theta)))
    assert panel.headline.text().startswith("✓ Agrees")
    assert "2 parameters are at a kink" in panel.notes.text()
    assert [row[-1] for row in table(panel)][:2] == ["at a kink ~"] * 2


def test_while_there_is_no_check(panel: GradientCheckPanel) -> None:
    panel.display(view_of(*mazur_spec()))
    assert panel.headline.text() == "Working it out …"
    panel.display(view_of(*mazur_spec(), training=True))
    assert "when training pauses" in panel.headline.text()


def test_the_row_gone_to_names_its_parameter(panel: GradientCheckPanel, qtbot: QtBot) -> None:
    panel.display(checked(*mazur_spec()))
    told: list[Parameter] = []
    panel.parameter_chosen.connect(told.append)
    panel.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is panel)
    panel.setFocus()
    assert QApplication.focusWidget() is panel.table
    assert told == []  # the focus alone chooses nothing
    QTest.keyClick(panel.table, Qt.Key.Key_End)
    QTest.keyClick(panel.table, Qt.Key.Key_Home)
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    assert told == [Parameter(2, None, None), Parameter(1, 0, 0), Parameter(1, 0, 1)]
    QTest.keyClick(panel.table, Qt.Key.Key_End)
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    words = QApplication.clipboard().text().split("\t")
    assert words[0] == "b2" and float(words[1]) == pytest.approx(float(words[2]), rel=1e-9)


def test_numbers_that_differ_look_different(qtbot: QtBot) -> None:
    row = FigureRow("key", "w1", (0.1234561, 0.1234562), tells_apart=True)
    assert (row.text(0, 4), row.text(1, 4)) == ("0.1234561", "0.1234562")
    shown = FigureTable("Figures")
    qtbot.addWidget(shown)
    shown.resize(240, 100)
    shown.show_rows(("", "a", "b"), [row], 4)
    assert shown.columnWidth(0) + shown.columnWidth(1) + shown.columnWidth(2) == 240


def test_it_says_that_gradients_are_the_batchs(panel: GradientCheckPanel) -> None:
    panel.display(checked(*xor_spec()))
    assert panel.notes.text() == "The gradients are the batch's: sum over the batch of 4."
