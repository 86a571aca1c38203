"""The ways back through the real window: ghosts, undo, the handle, and what an edit did."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
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
from gui.session.named_edits import Intents
from gui.session.session import Session
from gui.view import Ghost, View
from gui.window.main_window import MainWindow
from gui.window.settings import MIB

W5 = Parameter(2, 0, 0)


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

    @property
    def intents(self) -> Intents:
        return self.window._intents

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
    mazur.intents.set_optimizer_setting("learning_rate", 2.0)
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
    assert fork.tolist() == [20.0, losses[0]] and epochs[-1] == 60.0
    assert forked.window.loss.ghosts_button.isVisible()


def test_a_ghost_under_the_mouse_is_named(forked: Driver) -> None:
    plot = forked.window.loss.plot
    epochs, losses = plot.ghost_lines.curves[0].getData()
    place = plot.box.mapViewToScene(QPointF(epochs[-5], losses[-5]))
    QTest.mouseMove(plot.viewport(), plot.mapFromScene(place))
    assert "first run" in plot.toolTip()
    assert plot.ghost_lines.curves[0].opts["pen"].width() == 2
    QTest.mouseMove(plot.viewport(), plot.mapFromScene(place) - QPoint(0, 60))
    assert "first run" not in plot.toolTip()
    assert plot.ghost_lines.curves[0].opts["pen"].width() == 1


def test_return_leads_to_the_tip_of_the_road(forked: Driver) -> None:
    theta = forked.session.history.branches[0].tip.theta
    forked.ghost_action("first run", "Return to it")
    assert forked.view.t == 60 and np.array_equal(forked.view.theta, theta)
    assert [ghost.name for ghost in forked.view.ghosts] == ["learning rate = 2 (epoch 20)"]


def test_a_ghost_is_renamed_and_undone(forked: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (" the slow one ", True))
    forked.ghost_action("first run", "Rename…")
    assert forked.view.ghosts[0].name == "the slow one"
    assert forked.window.loss.plot.ghost_lines.names[0].toPlainText() == "the slow one"
    assert forked.action("Undo").text() == "Undo: Rename road “first run” (epoch 50)"
    forked.action("Undo").trigger()
    assert forked.view.ghosts[0].name == "first run"


def test_a_hidden_ghost_stays_listed_and_comes_back(forked: Driver) -> None:
    forked.ghost_action("first run", "Hide")
    assert not forked.window.loss.plot.ghost_lines.curves
    forked.ghost_action("first run", "Show")
    assert len(forked.window.loss.plot.ghost_lines.curves) == 1
    forked.action("Undo").trigger()
    assert forked.view.ghosts[0].hidden


def test_a_removed_ghost_lets_its_memory_go_and_undo_brings_it_back(forked: Driver) -> None:
    history = forked.session.history
    expected = history.state_at(0, 45).theta
    history.memory = DEFAULT_MEMORY  # forgets what was replayed just now
    before = history.nbytes
    forked.ghost_action("first run", "Remove")
    assert not forked.view.ghosts and history.nbytes < before
    assert forked.window.loss.ghosts_button.isHidden()
    # What the present road shares with it is still there.
    forked.session.go_to_epoch(10)
    forked.session.go_to_epoch(50)
    forked.action("Undo").trigger()
    assert forked.view.ghosts[0].points[-1, 0] == 60.0
    forked.ghost_action("first run", "Return to it")
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
    forked.ghost_action("first run", "Hide")
    reached = forked.view.t
    qtbot.waitUntil(lambda: forked.view.training and forked.view.t > reached + 50)
    forked.session.pause()


# The names of the ways back, and what undo covers


def test_the_ways_back_are_told_apart_by_their_names(mazur: Driver) -> None:
    assert mazur.action("Undo").text() == "Undo" and not mazur.action("Undo").isEnabled()
    mazur.session.advance(500, 0)
    mazur.intents.set_parameter(W5, 0.4)
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


def _data(driver: Driver) -> Data:
    return replace(driver.session.spec.data, targets=np.array([[0.5, 0.5]]))


CHANGES: dict[str, Callable[[Driver], object]] = {
    "w5 = 0.9": lambda d: d.intents.set_parameter(W5, 0.9),
    "2 pasted values": lambda d: d.intents.set_parameters([(W5, 1.0), (Parameter(1, 0, 0), 2.0)]),
    "i1 of sample 1 = 0.7": lambda d: d.intents.set_input(0, 0, 0.7),
    "t o1 of sample 1 = 0.2": lambda d: d.intents.set_target(0, 0, 0.2),
    "Paste into the data": lambda d: d.intents.paste_cells(_data(d)),
    "Add a sample": lambda d: d.intents.add_rows([([1.0, 0.0], [0.0, 1.0])]),
    "Data: 1 sample": lambda d: d.intents.replace_data(_data(d), ("p", "q")),
    "Hidden layer: 3 units": lambda d: d.intents.add_unit(1),
    "Remove h1": lambda d: d.intents.remove_unit(1, 0),
    "Add a hidden layer": lambda d: d.intents.add_layer(1),
    "Remove hidden layer": lambda d: d.intents.remove_layer(1),
    "Hidden layer: tanh": lambda d: d.intents.set_activation(1, "tanh"),
    "Hidden layer: a bias per unit": lambda d: d.intents.set_bias(1, "per_unit", True),
    "Loss: squared error": lambda d: d.intents.set_loss("squared_error"),
    "Over samples: mean": lambda d: d.intents.set_reduction("mean"),
    "Optimizer: Adam": lambda d: d.intents.set_optimizer("adam"),
    "learning rate = 0.1": lambda d: d.intents.set_optimizer_setting("learning_rate", 0.1),
    "Batch: 1 sample, shuffled": lambda d: d.intents.set_batching(1, True),
    "Initializer: all zero": lambda d: d.intents.set_initializer("zeros"),
    "Move h1": lambda d: d.session.move_unit("h1", 0.1, 0.2),
    "Reset: start values": lambda d: d.session.reset(),
    "New seed: 2": lambda d: d.session.new_seed(),
    "Title and note": lambda d: d.session.describe("Another", "Other words"),
}


def _all(view: View) -> tuple[object, ...]:
    spec = view.spec
    return (
        view.t, view.revealed, view.theta.tobytes(), spec.network, spec.loss, spec.reduction,
        spec.optimizer, spec.batching, spec.initializer, spec.seed, spec.data.inputs.tobytes(),
        spec.data.targets.tobytes(), dict(view.layout), view.title, view.note,
    )


@pytest.mark.parametrize("text", CHANGES)
def test_undo_covers_everything_a_person_can_change(mazur: Driver, text: str) -> None:
    mazur.session.advance(3, 5)
    before = _all(mazur.view)
    CHANGES[text](mazur)
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
        field.setValue(64)

    driver.fill(choose, "Preferences")
    assert "1,024 moments of the open network" in said[0]
    assert driver.session.history.memory == 64 * MIB
    assert int(str(QSettings().value("history/memory_mib"))) == 64
    driver.window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    assert driver.session.history.memory == 64 * MIB
    other = Driver(qtbot, "mazur-2-2-2", remember=True)
    assert other.session.history.memory == 64 * MIB


@pytest.mark.parametrize("kept, bound", [("soup", 256), ("-5", 16), ("9999999", 65_536)])
def test_a_spoilt_preference_does_no_harm(
    qtbot: QtBot, themed: None, kept: str, bound: int
) -> None:
    QSettings().setValue("history/memory_mib", kept)
    driver = Driver(qtbot, "mazur-2-2-2", remember=True)
    assert driver.session.history.memory == bound * MIB


# What an edit did


def test_an_edit_says_what_it_did_to_the_loss_until_the_next_step(mazur: Driver) -> None:
    assert mazur.text_of("whatIf") == ""
    mazur.session.seek(18)
    before = mazur.view
    mazur.intents.set_parameter(W5, 0.8)
    assert mazur.view.before is not None and mazur.view.before.loss == before.loss
    assert np.array_equal(mazur.view.before.theta, before.theta)
    assert mazur.view.before.revealed == 18
    assert "E 0.298371 → 0.330119 (+0.0317475)" in mazur.text_of("whatIf")
    mazur.session.step()
    assert mazur.view.before is None and mazur.text_of("whatIf") == ""
    mazur.session.back()
    assert mazur.view.before is None
    mazur.intents.set_parameter(W5, 0.4)
    assert "(−0.0317475)" in mazur.text_of("whatIf")
    mazur.action("Undo").trigger()
    assert mazur.text_of("whatIf") == ""


def test_a_setting_leaves_the_loss_and_the_readout_says_so(mazur: Driver) -> None:
    mazur.intents.set_optimizer_setting("learning_rate", 0.1)
    assert "E stays 0.298371" in mazur.text_of("whatIf")
    mazur.session.train()
    assert mazur.text_of("whatIf") == ""
    mazur.session.pause()


def test_numbers_that_changed_show_the_old_one_struck_through(mazur: Driver) -> None:
    mazur.intents.set_target(0, 0, 0.5)
    rows = dict(mazur.window.summary.rows())
    loss = next(text for name, text in rows.items() if name.startswith("loss"))
    assert loss.startswith("<s") and "0.298371</s>" in loss
    assert "<s" not in rows["epochs"]
    mazur.session.step()
    mazur.session.back()
    assert "<s" not in " ".join(text for _, text in mazur.window.summary.rows())


def _struck_at(driver: Driver, layer: int, unit: int) -> list[str]:
    item = driver.window.canvas.scene._nodes[layer, unit]
    return [text.words for text in item._texts.texts if text.struck]


def test_the_canvas_strikes_through_what_an_edit_changed_and_only_that(mazur: Driver) -> None:
    mazur.session.seek(18)
    mazur.intents.set_parameter(W5, 0.8)
    # Activation, net input, delta and loss of o1; its target and all of o2 are what they were.
    assert sorted(_struck_at(mazur, 2, 0)) == ["0.138499", "0.274811", "0.751365", "1.10591"]
    assert _struck_at(mazur, 2, 1) == [] and _struck_at(mazur, 1, 0) == []
    words = mazur.window.canvas.scene.node_words(2, 0)
    assert "0.793018" in words and "δ 0.128525" in words
    pill = mazur.window.canvas.scene._connections[1].labels.pills[0, 0]
    assert [text.words for text in pill.texts if text.struck][0] == "0.4"
    mazur.session.step()
    assert _struck_at(mazur, 2, 0) == []
    assert "0.751365" not in mazur.window.canvas.scene.node_words(2, 0)


def test_what_is_not_revealed_is_not_given_away_by_an_edit(mazur: Driver) -> None:
    mazur.session.seek(5)
    mazur.intents.set_input(0, 0, 0.5)
    assert "0.05" in _struck_at(mazur, 0, 0)
    assert "0.593270" in _struck_at(mazur, 1, 0)
    assert _struck_at(mazur, 2, 0) == ["1.10591"]  # the net input is all there is yet
    assert _struck_at(mazur, 2, 1) == []


def test_an_edit_that_changes_the_shape_has_a_before_too(mazur: Driver) -> None:
    mazur.session.seek(11)
    for change in (mazur.intents.add_unit, mazur.intents.add_layer):
        change(1)
        assert mazur.view.before is not None
        assert "0.298371" in mazur.text_of("whatIf") or "→" in mazur.text_of("whatIf")
    mazur.intents.add_rows([([1.0, 0.0], [0.0, 1.0])])
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
