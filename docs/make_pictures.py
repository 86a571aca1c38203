"""Takes the pictures of the README and the docs anew: python docs/make_pictures.py"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from engine.documents.examples import read_example
from engine.learn.exercises.exercise import Exercise
from engine.maths.optimizers import Optimizer
from engine.run.edits import set_optimizer
from gui import theme
from gui.learn.exercises.dialog import ExerciseDialog
from gui.learn.many_seeds.panel import SeedsPanel
from gui.learn.many_seeds.tool import SeedsTool
from gui.learn.predict.panel import PredictPanel
from gui.learn.published.panel import PublishedPanel
from gui.learn.published.tool import PublishedTool
from gui.learn.side_by_side.panel import ComparisonPanel
from gui.learn.side_by_side.tool import SideBySideTool
from gui.window.main_window import MainWindow

FOLDER = Path(__file__).resolve().parent
SIZE = (1440, 900)
# Picture: example, epochs trained, steps shown, theme.
PICTURES = {
    "stepping-light": ("mazur-2-2-2", 0, 13, "light"),
    "training-dark": ("xor-2-3-1", 10_000, 0, "dark"),
    "forward": ("mazur-2-2-2", 0, 5, "light"),
    "hidden-delta": ("mazur-2-2-2", 0, 19, "light"),
    "update": ("mazur-2-2-2", 0, 30, "light"),
}


def window_on(name: str) -> MainWindow:
    """A window of its own on an example."""
    window = MainWindow(remember=False)
    window.documents.show(read_example(name), name)
    window.resize(*SIZE)
    window.show()
    return window


def take(window: MainWindow, name: str) -> None:
    """Save what a window shows, and close it."""
    window.settle()
    window.grab().save(str(FOLDER / f"{name}.png"))
    window.close_quietly()
    window.hide()


def branches() -> MainWindow:
    """XOR left at epoch 1,000 for a smaller learning rate, and at 500 for a larger one."""
    window = window_on("xor-2-3-1")
    session = window.session
    session.advance(4000, 0)
    for epoch, rate, epochs in ((1000, 0.2, 3600), (500, 1.5, 4200)):
        session.go_to_epoch(epoch)
        edited = Optimizer().changed(learning_rate=rate)
        session.apply(f"learning rate = {rate}", set_optimizer, edited)
        session.advance(epochs, 0)
    session.seek(13)
    window.loss.log = True
    return window


def predicted() -> MainWindow:
    """The node deltas of the 2-2-2 network, one of them with the slope taken at the activation."""
    window = window_on("mazur-2-2-2")
    _open_tool(window, "Predict, then reveal")
    tool = window.findChild(PredictPanel)
    assert isinstance(tool, PredictPanel)
    tool.begun.emit("Ada", ("deltas",), True)
    window.session.seek(11)
    for answer in ("0.1385", "-0.0381", "0.0083326"):
        window.session.step("pass")
        tool.answered.emit(answer)
        tool.field.setText(answer)
    tool.hint_asked.emit()
    return window


def checked() -> MainWindow:
    """The gradients of the 2-2-2 network, sent back through weights already updated."""
    window = window_on("mazur-2-2-2")
    window.session.set_mistakes("Mistake", ("updated-weights",))
    window.session.seek(25)
    _open_tool(window, "Gradient check")
    return window


def printed() -> MainWindow:
    """The figures of the hand example, and the mistakes that give them."""
    window = window_on("hand-2-2-1")
    _open_tool(window, "Published against right")
    panel, checking = window.tools.current, window.findChild(PublishedTool)
    assert isinstance(panel, PublishedPanel) and isinstance(checking, PublishedTool)
    panel.search.click()
    checking.finish()
    window.session.seek(9)
    return window


def compared() -> MainWindow:
    """XOR with and without its biases."""
    window = window_on("xor-2-3-1")
    window.session.set_mistakes("Mistake", ("bias-left-out",))
    _open_tool(window, "Right and wrong side by side")
    panel, comparing = window.tools.current, window.findChild(SideBySideTool)
    assert isinstance(panel, ComparisonPanel) and isinstance(comparing, SideBySideTool)
    panel.epochs_field.show_count(3000)
    panel.asked.emit()
    comparing.finish()
    return window


def many_seeds() -> MainWindow:
    """XOR with two hidden units from a hundred seeds, and one that is stuck."""
    window = window_on("xor-2-2-1")
    _open_tool(window, "Many seeds")
    panel, seeds = window.tools.current, window.findChild(SeedsTool)
    assert isinstance(panel, SeedsPanel) and isinstance(seeds, SeedsTool)
    panel.run_requested.emit(0, 100, 10_000)
    seeds.finish()
    panel.seed_chosen.emit(28)
    window.session.advance(3000, 0)
    return window


def _open_tool(window: MainWindow, title: str) -> None:
    action = window.findChild(QAction, f"tool/{title}")
    assert isinstance(action, QAction)
    action.trigger()


def in_a_lesson() -> MainWindow:
    """Mazur's network by hand, at the gradient of w5."""
    window = window_on("mazur-2-2-2")
    window.lessons.open_bundled("mazur-by-hand")
    strip = window.lessons.strip
    strip.next_button.click()
    window.session.seek(11)
    strip.next_button.click()
    window.session.seek(13)
    window.canvas.setFocus()
    return window


def take_exercise_dialog() -> None:
    """The dialog that asks for an exercise, which stands by itself."""
    dialog = ExerciseDialog(Exercise(), "")
    dialog.show()
    QApplication.processEvents()
    dialog.grab().save(str(FOLDER / "new-exercise.png"))
    dialog.hide()


def main() -> None:
    """Take all of them."""
    app = QApplication(sys.argv[:1])
    theme.load_fonts()
    for name, (example, epochs, steps, colours) in PICTURES.items():
        theme.apply(app, colours)
        window = window_on(example)
        window.session.advance(epochs, steps)
        take(window, name)
    theme.apply(app, "light")
    take(branches(), "branch-light")
    take(predicted(), "predict")
    take(in_a_lesson(), "lesson-light")
    take(checked(), "gradient-check")
    take(printed(), "published")
    take(compared(), "side-by-side")
    take(many_seeds(), "many-seeds")
    take_exercise_dialog()


if __name__ == "__main__":
    main()
