"""Right and wrong side by side in the window, from the menu to the last epoch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from command_line.reports import train
from engine.documents.examples import read_example
from engine.run.mistakes import MISTAKES, why_not
from engine.run.spec import start_state
from gui.learn.side_by_side.panel import ComparisonPanel
from gui.window.main_window import MainWindow


class Driver:
    """A window with the tool open."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.window = MainWindow(remember=False)
        self.window.documents.show(read_example("mazur-2-2-2"), "mazur-2-2-2")
        self.window.resize(1440, 900)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window)

    def open(self, name: str) -> ComparisonPanel:
        self.window.documents.show(read_example(name), name)
        action = self.window.findChild(QAction, "tool/Right and wrong side by side")
        assert isinstance(action, QAction)
        action.trigger()
        panel = self.window.tools.current
        assert isinstance(panel, ComparisonPanel)
        return panel

    def make(self, key: str) -> None:
        action = self.window.findChild(QAction, f"mistake/{key}")
        assert isinstance(action, QAction)
        action.trigger()

    def choose_epochs(self, panel: ComparisonPanel, count: int) -> None:
        """Type a number of epochs, and wait for both runs."""
        field = panel.epochs_field
        field.setFocus()
        QApplication.processEvents()
        field.selectAll()
        QTest.keyClicks(field, str(count))
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.wait(panel, count)

    def wait(self, panel: ComparisonPanel, count: int) -> None:
        """Wait until both runs have come so far."""
        word = f"after {count:,} epoch{'' if count == 1 else 's'}"
        self.qtbot.waitUntil(
            lambda: panel.after.text() == word and not panel.stop_button.isVisible(),
            timeout=20_000,
        )


def cells(panel: ComparisonPanel) -> dict[str, tuple[str, ...]]:
    """The table: name, and right, mistake, difference in full."""
    return {
        row.name: tuple(row.text(k, None) for k in range(len(row.cells)))
        for row in panel.table.rows
    }


@pytest.fixture
def driver(qtbot: QtBot) -> Iterator[Driver]:
    made = Driver(qtbot)
    yield made
    made.window.tools.close()
    made.window.close_quietly()
    made.window.deleteLater()


def test_the_document_s_mistakes_are_compared(driver: Driver) -> None:
    panel = driver.open("hand-2-2-1")
    driver.make("lost-link")
    driver.make("derivative-at-activation")
    assert not panel.choice.isVisible()
    names = panel.mistake_names.text()
    assert "link of the chain" in names and "slope taken" in names
    driver.choose_epochs(panel, 1)
    found = cells(panel)
    # Published: the output's weights of the text, and a loss that rises.
    assert float(found["w5"][1]) == pytest.approx(0.5373779619835624, rel=1e-14)
    assert float(found["w6"][1]) == pytest.approx(0.44662314482672305, rel=1e-14)
    assert float(found["loss E"][1]) == pytest.approx(0.12710903730793544, rel=1e-14)
    assert float(found["loss E"][0]) < float(found["loss E"][1])
    assert driver.window.session.place.t == 0  # the session's own run stays where it is


def test_one_is_chosen_where_the_document_makes_none(driver: Driver) -> None:
    panel = driver.open("mazur-2-2-2")
    spec = driver.window.session.spec
    offered = {panel.choice.itemData(k) for k in range(panel.choice.count())}
    assert offered == {key for key in MISTAKES if not why_not(spec, key)}
    panel.choice.chosen.emit("updated-weights")
    assert panel.mistakes == ("updated-weights",)
    driver.choose_epochs(panel, 5)
    document = read_example("mazur-2-2-2")
    for column, mistakes in ((0, ()), (1, ("updated-weights",))):
        run = replace(document.spec, mistakes=mistakes)
        theta = train(run, start_state(run, document.start), 5)[0].state.theta
        shown = [float(row[column]) for name, row in cells(panel).items() if name != "loss E"]
        assert shown == pytest.approx(theta.tolist(), rel=1e-10)
    assert spec.mistakes == ()


def test_the_loss_axis_can_be_logarithmic(driver: Driver) -> None:
    panel = driver.open("mazur-2-2-2")
    driver.choose_epochs(panel, 40)
    linear = panel.plot.grab().toImage()
    assert panel.log_button.text() == "log"
    QTest.mouseClick(panel.log_button, Qt.MouseButton.LeftButton)
    assert panel.log_button.text() == "log ✓"
    assert panel.plot.grab().toImage() != linear
    QTest.mouseClick(panel.log_button, Qt.MouseButton.LeftButton)
    assert panel.plot.grab().toImage() == linear


def test_the_slider_goes_through_the_epochs(driver: Driver) -> None:
    panel = driver.open("mazur-2-2-2")
    driver.choose_epochs(panel, 40)
    panel.slider.setFocus()
    QTest.keyClick(panel.slider, Qt.Key.Key_Left)
    assert panel.after.text() == "after 39 epochs"
    assert panel.plot.mark.value() == 39
    QTest.keyClick(panel.slider, Qt.Key.Key_Home)
    assert panel.after.text() == "after 0 epochs"
    assert all(row[2] == "0" for row in cells(panel).values())


def test_two_curves_linear_and_logarithmic(driver: Driver) -> None:
    panel = driver.open("xor-2-3-1")
    driver.choose_epochs(panel, 60)
    right, wrong = (item.getData() for item in panel.plot.items)
    assert right[0][0] == wrong[0][0] == 0 and right[0][-1] == wrong[0][-1] == 60
    assert right[1][0] == wrong[1][0] and right[1][-1] < wrong[1][-1]
    panel.log_button.click()
    assert panel.plot.items[0].getData()[1] == pytest.approx(np.log10(right[1]))
    panel.log_button.click()
    assert panel.plot.items[0].getData()[1] == pytest.approx(right[1])
    assert "right" in panel.legend.text() and "with the mistake" in panel.legend.text()


def test_a_run_that_diverges_says_so(driver: Driver) -> None:
    panel = driver.open("xor-2-3-1")
    driver.window.network.activation_chosen.emit(2, "linear")
    panel.choice.chosen.emit("wrong-sign")
    driver.qtbot.waitUntil(lambda: "diverged" in panel.notes.text(), timeout=20_000)
    assert panel.notes.text().startswith("Mistake: The run diverged in iteration ")
    driver.wait(panel, 1000)
    assert cells(panel)["loss E"][1:] == ("–", "–") and cells(panel)["loss E"][0] != "–"


def test_two_runs_that_diverge_alike_are_told_of_once(driver: Driver) -> None:
    panel = driver.open("xor-2-3-1")
    for layer in (1, 2):
        driver.window.network.activation_chosen.emit(layer, "linear")
    driver.window.network.optimizer_setting_chosen.emit("learning_rate", 1e6)
    panel.choice.chosen.emit("wrong-sign")
    driver.qtbot.waitUntil(lambda: "Both" in panel.notes.text(), timeout=20_000)
    assert panel.notes.text().startswith("Both: The run diverged in iteration 2")
    assert panel.notes.text().count("diverged") == 1
    # The last finite state has a loss, however large.
    assert float(cells(panel)["loss E"][0]) > 1e10


def test_an_edit_begins_it_anew(driver: Driver) -> None:
    panel = driver.open("mazur-2-2-2")
    driver.choose_epochs(panel, 3)
    before = cells(panel)
    driver.window.network.optimizer_setting_chosen.emit("learning_rate", 0.25)
    driver.qtbot.waitUntil(lambda: cells(panel) != before)
    driver.wait(panel, 3)
    assert cells(panel)["w5"] != before["w5"]
    after = cells(panel)
    driver.window.session.step()  # which changes nothing about the two runs
    assert cells(panel) == after


def test_it_is_stopped_where_it_is(driver: Driver) -> None:
    panel = driver.open("xor-3-4-1")
    panel.epochs_field.show_count(100_000)
    panel.asked.emit()
    driver.qtbot.waitUntil(lambda: panel.after.text() not in ("", "after 0 epochs"))
    panel.stop_button.click()
    assert not panel.stop_button.isVisible()
    reached = panel.after.text()
    driver.window.session.step()
    QTest.qWait(300)
    assert panel.after.text() == reached and "100,000" not in reached


def test_it_goes_no_further_once_it_is_closed(driver: Driver) -> None:
    panel = driver.open("xor-3-4-1")
    panel.epochs_field.show_count(100_000)
    panel.asked.emit()
    driver.window.tools.close()
    reached = panel.after.text()
    QTest.qWait(300)
    assert panel.after.text() == reached
