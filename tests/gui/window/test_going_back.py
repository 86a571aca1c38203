"""The ways back through the real window: ghosts, undo, the handle, and what an edit did."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from xml.etree import ElementTree

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QGraphicsItem,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QStyleOptionGraphicsItem,
)
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.documents.reading import read_document, write_document
from engine.maths.network import Parameter
from engine.maths.optimizers import Optimizer
from engine.run import edits
from engine.run.spec import Data
from engine.training.history import DEFAULT_MEMORY
from gui import theme
from gui.canvas.network_canvas import NetworkCanvas
from gui.session.session import Session
from gui.settings import MEMORY, MIB, stored
from gui.view import Ghost, View
from gui.window.main_window import MainWindow
from tests.gui.canvas.painted import node_words

W1, W5 = Parameter(1, 0, 0), Parameter(2, 0, 0)


class Driver:
    """A window with a document open, and what it showed."""

    def __init__(self, qtbot: QtBot, name: str, remember: bool = False) -> None:
        self.qtbot = qtbot
        self.window = MainWindow(remember)
        qtbot.addWidget(self.window, before_close_func=lambda w: w.session.mark_saved())
        self.views: list[View] = []
        self.session.changed.connect(self.views.append)
        self.window.resize(1440, 900)
        self.window.documents.show(read_example(name), name)
        with qtbot.waitExposed(self.window):
            self.window.show()

    @property
    def session(self) -> Session:
        return self.window.session

    @property
    def view(self) -> View:
        return self.views[-1]

    def text_of(self, name: str) -> str:
        label = self.window.findChild(QLabel, name)
        return "" if label.isHidden() else label.text().replace("&nbsp;", " ")

    def action(self, text: str) -> QAction:
        for action in self.window.menuBar().findChildren(QAction):
            if action.text().replace("&", "").startswith(text):
                return action
        for action in self.window.findChildren(QAction):
            if action.text().replace("&", "").startswith(text):
                return action
        raise AssertionError(text)

    def ghost(self, name: str) -> Ghost:
        return next(ghost for ghost in self.view.ghosts if ghost.name.startswith(name))

    def ghost_action(self, name: str, text: str) -> None:
        """Open the menu of ghosts and choose what it offers for one of them."""
        QTest.mouseClick(self.window.loss.ghosts_button, Qt.MouseButton.LeftButton)
        menu = self.window.loss.ghost_menu
        assert menu.isVisible()
        inside = next(a.menu() for a in menu.actions() if a.text().startswith(name))
        next(a for a in inside.actions() if a.text() == text).trigger()
        menu.hide()

    def fill(self, dialog_job: Callable[[QDialog], None], action: str) -> None:
        """Open a dialog by its menu entry, fill it in and press OK."""

        def act() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QDialog)
            dialog_job(dialog)
            buttons = dialog.findChild(QDialogButtonBox)
            buttons.button(QDialogButtonBox.StandardButton.Ok).click()

        QTimer.singleShot(0, act)
        self.action(action).trigger()


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    theme.apply(qapp, "light")
    yield
    theme.apply(qapp, "light")


@pytest.fixture
def mazur(qtbot: QtBot, themed: None) -> Driver:
    return Driver(qtbot, "mazur-2-2-2")


@pytest.fixture
def forked(mazur: Driver) -> Driver:
    """A run of 60 epochs, left at 20 for another learning rate, 50 epochs long."""
    session = mazur.session
    session.advance(60, 0)
    session.go_to_epoch(20)
    mazur.window.network.optimizer_setting_chosen.emit("learning_rate", 2.0)
    session.advance(30, 0)
    return mazur


# Ghosts


def test_without_a_road_that_was_left_there_is_no_link(mazur: Driver) -> None:
    mazur.session.advance(10, 0)
    assert mazur.window.loss.ghosts_button.isHidden()


def test_the_road_that_was_left_is_dashed_and_its_fork_marked(forked: Driver) -> None:
    lines = forked.window.loss.plot.ghost_lines
    assert lines.curves[0].opts["pen"].style() == Qt.PenStyle.DashLine
    [fork] = np.transpose(lines.forks.getData())
    epochs, losses = lines.curves[0].getData()
    assert fork.tolist() == [20.0, losses[0]]
    # The present run ends at 50; where the other goes on to 60 it leaves the plot.
    assert epochs[-1] > forked.window.loss.plot.box.viewRange()[0][1] > 50.0
    assert forked.window.loss.ghosts_button.isVisible()


def test_a_ghost_under_the_mouse_is_named(forked: Driver) -> None:
    plot = forked.window.loss.plot
    epochs, losses = plot.ghost_lines.curves[0].getData()
    place = plot.box.mapViewToScene(QPointF(epochs[-5], losses[-5]))
    QTest.mouseMove(plot.viewport(), plot.mapFromScene(place))
    assert "η 0.5" in plot.toolTip()
    assert plot.ghost_lines.curves[0].opts["pen"].width() == 2
    QTest.mouseMove(plot.viewport(), plot.mapFromScene(place) - QPoint(0, 60))
    assert "η 0.5" not in plot.toolTip()
    assert plot.ghost_lines.curves[0].opts["pen"].width() == 1


def test_return_leads_to_the_tip_of_the_road(forked: Driver) -> None:
    theta = forked.session.history.branches[0].tip.theta
    forked.ghost_action("η 0.5", "Return to it")
    assert forked.view.t == 60 and np.array_equal(forked.view.theta, theta)
    assert [ghost.name for ghost in forked.view.ghosts] == ["learning rate = 2 (epoch 20)"]


def test_a_ghost_is_renamed_and_undone(forked: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (" the slow one ", True))
    forked.ghost_action("η 0.5", "Rename…")
    assert forked.view.ghosts[0].name == "the slow one"
    assert forked.window.loss.plot.ghost_lines.names[0].toPlainText() == "the slow one"
    assert forked.action("Undo").text() == "Undo: Rename road “η 0.5” (epoch 50)"
    forked.action("Undo").trigger()
    assert forked.view.ghosts[0].name == "η 0.5"


def test_a_hidden_ghost_stays_listed_and_comes_back(forked: Driver) -> None:
    forked.ghost_action("η 0.5", "Hide")
    assert not forked.window.loss.plot.ghost_lines.curves
    forked.ghost_action("η 0.5", "Show")
    assert len(forked.window.loss.plot.ghost_lines.curves) == 1
    forked.action("Undo").trigger()
    assert forked.view.ghosts[0].hidden


def test_a_removed_ghost_lets_its_memory_go_and_undo_brings_it_back(forked: Driver) -> None:
    history = forked.session.history
    expected = history.state_at(0, 45).theta
    history.memory = DEFAULT_MEMORY  # forgets what was replayed just now
    before = history.nbytes
    forked.ghost_action("η 0.5", "Remove")
    assert not forked.view.ghosts and history.nbytes < before
    assert forked.window.loss.ghosts_button.isHidden()
    # What the present road shares with it is still there.
    forked.session.go_to_epoch(10)
    forked.session.go_to_epoch(50)
    forked.action("Undo").trigger()
    assert forked.view.ghosts[0].points[-1, 0] == 60.0
    forked.ghost_action("η 0.5", "Return to it")
    forked.session.go_to_epoch(45)
    assert np.array_equal(forked.view.theta, expected)


def test_at_most_twelve_ghosts_are_drawn_the_latest(mazur: Driver) -> None:
    for _ in range(15):
        mazur.session.advance(3, 0)
        mazur.session.reset()
    assert len(mazur.view.ghosts) == 15
    lines = mazur.window.loss.plot.ghost_lines
    assert len(lines.curves) == 12
    assert [ghost.branch for ghost in lines.shown] == [g.branch for g in mazur.view.ghosts[-12:]]
    assert len(lines.forks.getData()[0]) == 0  # roads of their own parted from nothing


def test_training_goes_on_while_a_ghost_is_hidden(forked: Driver, qtbot: QtBot) -> None:
    forked.session.train()
    qtbot.waitUntil(lambda: forked.view.t > 80)
    forked.ghost_action("η 0.5", "Hide")
    reached = forked.view.t
    qtbot.waitUntil(lambda: forked.view.training and forked.view.t > reached + 50)
    forked.session.pause()


# The names of the ways back, and what undo covers


def test_the_ways_back_are_told_apart_by_their_names(mazur: Driver) -> None:
    assert mazur.action("Undo").text() == "Undo" and not mazur.action("Undo").isEnabled()
    mazur.session.advance(500, 0)
    mazur.window.canvas.parameter_edited.emit(W5, 0.4)
    assert mazur.action("Undo").text() == "Undo: w5 = 0.4 (epoch 500)"
    assert mazur.action("Step back").text() == "Step back"
    assert mazur.action("Reset: start values").isEnabled()
    mazur.action("Undo").trigger()
    assert mazur.action("Redo").text() == "Redo: w5 = 0.4 (epoch 500)"
    mazur.action("Reset: start values").trigger()
    assert mazur.action("Undo").text() == "Undo: Reset: start values (epoch 500)"
    assert mazur.action("Redo").text() == "Redo" and not mazur.action("Redo").isEnabled()
    mazur.window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    assert mazur.action("Undo").text() == "Undo"


def _data(window: MainWindow) -> Data:
    return replace(window.session.spec.data, targets=np.array([[0.5, 0.5]]))


CHANGES: dict[str, Callable[[MainWindow], object]] = {
    "w5 = 0.9": lambda w: w.canvas.parameter_edited.emit(W5, 0.9),
    "2 pasted values": lambda w: w.weights.values_pasted.emit([(W5, 1.0), (W1, 2.0)]),
    "i1 of sample 1 = 0.7": lambda w: w.data.input_edited.emit(0, 0, 0.7),
    "t o1 of sample 1 = 0.2": lambda w: w.data.target_edited.emit(0, 0, 0.2),
    "Paste into the data": lambda w: w.data.cells_pasted.emit(_data(w)),
    "Add a sample": lambda w: w.data.rows_added.emit([([1.0, 0.0], [0.0, 1.0])]),
    "Data: 1 sample": lambda w: w.data.data_replaced.emit(_data(w), ("p", "q")),
    "Hidden layer: 3 units": lambda w: w.canvas.unit_added.emit(1),
    "Remove h1": lambda w: w.canvas.unit_removed.emit(1, 0),
    "Add a hidden layer": lambda w: w.network.layer_added.emit(1),
    "Remove hidden layer": lambda w: w.network.layer_removed.emit(1),
    "Hidden layer: tanh": lambda w: w.network.activation_chosen.emit(1, "tanh"),
    "Hidden layer: a bias per unit": lambda w: w.network.bias_chosen.emit(1, "per_unit", True),
    "Loss: squared error": lambda w: w.network.loss_chosen.emit("squared_error"),
    "Over samples: mean": lambda w: w.network.reduction_chosen.emit("mean"),
    "Optimizer: Adam (Keras)": lambda w: w.network.optimizer_chosen.emit("adam"),
    "learning rate = 0.1": lambda w: w.network.optimizer_setting_chosen.emit("learning_rate", 0.1),
    "Batch: 1 sample, shuffled": lambda w: w.network.batch_chosen.emit(1, True),
    "Standard deviation of the start values = 0.3": (
        lambda w: w.network.initializer_setting_chosen.emit("sd", 0.3)
    ),
    "Initializer: all zero": lambda w: w.network.initializer_chosen.emit("zeros"),
    "Move h1": lambda w: w.session.move_unit("h1", 0.1, 0.2),
    "Reset: start values": lambda w: w.session.reset(),
    "New seed: 2": lambda w: w.session.new_seed(),
    "Title and note": lambda w: w.session.describe("Another", "Other words"),
}


def _all(view: View) -> tuple[object, ...]:
    spec = view.spec
    return (
        view.t, view.revealed, view.theta.tobytes(), spec.network, spec.loss, spec.reduction,
        spec.optimizer, spec.batching, spec.initializer, spec.initializer_settings,
        spec.seed, spec.data.inputs.tobytes(),
        spec.data.targets.tobytes(), dict(view.layout), view.title, view.note,
    )


@pytest.mark.parametrize("text", CHANGES)
def test_undo_covers_everything_a_person_can_change(mazur: Driver, text: str) -> None:
    mazur.session.advance(3, 5)
    before = _all(mazur.view)
    CHANGES[text](mazur.window)
    after = _all(mazur.view)
    assert after != before
    assert mazur.action("Undo").text() == f"Undo: {text} (epoch 3)"
    mazur.action("Undo").trigger()
    assert _all(mazur.view) == before
    mazur.action("Redo").trigger()
    assert _all(mazur.view) == after


def test_title_and_note_are_edited_in_a_dialog(mazur: Driver) -> None:
    before = (mazur.view.title, mazur.view.note)

    def write(dialog: QDialog) -> None:
        dialog.findChild(QLineEdit, "noteTitle").setText("Mine")
        dialog.findChild(QPlainTextEdit, "noteText").setPlainText("What I saw.\nAnd where.")

    mazur.fill(write, "Title and note")
    assert (mazur.view.title, mazur.view.note) == ("Mine", "What I saw.\nAnd where.")
    again = read_document(write_document(mazur.session.document()))
    assert (again.title, again.note) == ("Mine", "What I saw.\nAnd where.")
    mazur.action("Undo: Title and note").trigger()
    assert (mazur.view.title, mazur.view.note) == before
    mazur.fill(lambda _: None, "Title and note")  # nothing changed: nothing to undo
    assert not mazur.session.undo_stack.canUndo()


# Memory


def test_the_memory_bound_is_a_preference_applied_at_once(qtbot: QtBot, themed: None) -> None:
    driver = Driver(qtbot, "mazur-2-2-2", remember=True)
    assert driver.session.history.memory == DEFAULT_MEMORY == 256 * MIB
    said = []

    def choose(dialog: QDialog) -> None:
        field = dialog.findChild(QSpinBox, "historyMemory")
        assert field.value() == 256
        said.append(dialog.findChild(QLabel, "historyMeaning").text())
        qtbot.keyClicks(field, "64")  # typed as the dialog comes up: it replaces what is there

    driver.fill(choose, "Preferences")
    assert "1,024 moments of the open network" in said[0]
    assert driver.session.history.memory == 64 * MIB
    assert MEMORY.kept() == 64
    driver.window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    assert driver.session.history.memory == 64 * MIB
    other = Driver(qtbot, "mazur-2-2-2", remember=True)
    assert other.session.history.memory == 64 * MIB


@pytest.mark.parametrize(
    "kept, bound", [("soup", 256), ("-5", 256), ("9999999", 256), ("65536", 65_536)]
)
def test_a_spoilt_preference_does_no_harm(
    qtbot: QtBot, themed: None, kept: str, bound: int
) -> None:
    stored().setValue("history/memory_mib", kept)
    driver = Driver(qtbot, "mazur-2-2-2", remember=True)
    assert driver.session.history.memory == bound * MIB


# What an edit did


def test_an_edit_says_what_it_did_to_the_loss_until_the_next_step(mazur: Driver) -> None:
    assert mazur.text_of("whatIf") == ""
    mazur.session.seek(18)
    before = mazur.view
    mazur.window.canvas.parameter_edited.emit(W5, 0.8)
    assert mazur.view.before is not None and mazur.view.before.loss == before.loss
    assert np.array_equal(mazur.view.before.theta, before.theta)
    assert mazur.view.before.revealed == 18
    assert "E 0.298371 → 0.330119 (+0.0317475)" in mazur.text_of("whatIf")
    mazur.session.step()
    assert mazur.view.before is None and mazur.text_of("whatIf") == ""
    mazur.session.back()
    assert mazur.view.before is None
    mazur.window.canvas.parameter_edited.emit(W5, 0.4)
    assert "(−0.0317475)" in mazur.text_of("whatIf")
    mazur.action("Undo").trigger()
    assert mazur.text_of("whatIf") == ""


def test_a_setting_leaves_the_loss_and_the_readout_says_so(mazur: Driver) -> None:
    mazur.window.network.optimizer_setting_chosen.emit("learning_rate", 0.1)
    assert "E is still 0.298371" in mazur.text_of("whatIf")
    mazur.session.train()
    assert mazur.text_of("whatIf") == ""
    mazur.session.pause()


def test_numbers_that_changed_show_the_old_one_struck_through(mazur: Driver) -> None:
    mazur.window.data.target_edited.emit(0, 0, 0.5)
    rows = dict(mazur.window.summary.rows())
    loss = next(text for name, text in rows.items() if name.startswith("loss"))
    assert loss.startswith("<s") and "0.298371</s>" in loss
    assert "<s" not in rows["epochs"]
    mazur.session.step()
    mazur.session.back()
    assert "<s" not in " ".join(text for _, text in mazur.window.summary.rows())


def struck_on(canvas: NetworkCanvas) -> list[str]:
    """The words on the canvas that are crossed out, as a printer gets them."""
    buffer, picture = QBuffer(), QSvgGenerator()
    picture.setOutputDevice(buffer)
    with QPainter(picture) as painter:
        for item in filter(QGraphicsItem.isVisible, canvas.scene.items()):
            option = QStyleOptionGraphicsItem()
            option.exposedRect = item.boundingRect()
            painter.setTransform(item.sceneTransform())
            item.paint(painter, option)
    svg = "{http://www.w3.org/2000/svg}"
    found = []
    for group in ElementTree.fromstring(buffer.data().data()).iter(f"{svg}g"):
        for text, line in product(group.findall(f"{svg}text"), group.findall(f"{svg}polyline")):
            x1, y1, _, y2 = map(float, re.findall("[^ ,]+", line.attrib["points"]))
            x, y, height = (float(text.attrib[key]) for key in ("x", "y", "font-size"))
            if abs(x1 - x) < 2 and y1 == y2 and y - height < y1 < y:
                found.append(str(text.text).strip())
    return sorted(found)


def test_the_canvas_strikes_through_what_an_edit_changed_and_only_that(mazur: Driver) -> None:
    canvas = mazur.window.canvas
    mazur.session.seek(18)
    assert struck_on(canvas) == []
    canvas.parameter_edited.emit(W5, 0.8)
    # w5, and of o1 activation, net input, delta and loss; its target and o2 are what they were.
    assert struck_on(canvas) == ["0.138499", "0.274811", "0.4", "0.751365", "1.10591"]
    words = node_words(canvas.scene, 2, 0)
    assert "0.793018" in words and "δ 0.128525" in words
    mazur.session.step()
    assert struck_on(canvas) == []
    assert "0.751365" not in node_words(canvas.scene, 2, 0)


def test_what_is_not_revealed_is_not_given_away_by_an_edit(mazur: Driver) -> None:
    mazur.session.seek(5)
    mazur.window.data.input_edited.emit(0, 0, 0.5)
    # i1, net input and activation of h1 and h2; of o1 the net input is all there is yet.
    assert struck_on(mazur.window.canvas) == [
        "0.05", "0.3775", "0.3925", "0.593270", "0.596884", "1.10591"
    ]  # fmt: skip


def test_an_edit_that_changes_the_shape_has_a_before_too(mazur: Driver) -> None:
    mazur.session.seek(11)
    for asked in (mazur.window.canvas.unit_added, mazur.window.canvas.layer_added):
        asked.emit(1)
        assert mazur.view.before is not None
        assert "0.298371" in mazur.text_of("whatIf") or "→" in mazur.text_of("whatIf")
    mazur.window.data.rows_added.emit([([1.0, 0.0], [0.0, 1.0])])
    mazur.session.choose_sample(1)
    assert mazur.view.before is None  # there was no such sample


# The handle of the loss curve


def test_dragging_the_handle_shows_each_moment_and_going_on_repeats_the_run(
    mazur: Driver, qtbot: QtBot
) -> None:
    session, plot = mazur.session, mazur.window.loss.plot
    session.advance(100, 0)
    thetas = {t: session.history.state_at(0, t).theta for t in range(101)}
    end = mazur.view
    viewport = plot.viewport()

    def at(epoch: float) -> QPoint:
        x = plot.mapFromScene(plot.box.mapViewToScene(QPointF(epoch, 0.0))).x()
        return QPoint(x, plot.height() // 2)

    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=at(100))
    for epoch in (80, 55, 30):
        QTest.mouseMove(viewport, at(epoch))
        qtbot.waitUntil(lambda epoch=epoch: abs(mazur.view.t - epoch) <= 1)
        assert np.array_equal(mazur.view.theta, thetas[mazur.view.t])
        assert plot.now_line.value() == mazur.view.t
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at(30))
    here = mazur.view.t
    session.step("epoch")
    assert mazur.view.t == here + 1 and not mazur.view.ghosts
    session.advance(100 - mazur.view.t, 0)
    assert np.array_equal(mazur.view.theta, end.theta)
    assert np.array_equal(mazur.view.curve, end.curve)
    session.go_to_epoch(40)
    session.apply("learning rate = 3", edits.set_optimizer, Optimizer().changed(learning_rate=3.0))
    assert plot.ghost_lines.forks.getData()[0].tolist() == [40.0]
