"""Takes the pictures of the README and the docs anew: python docs/make_pictures.py"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtWidgets import QApplication

from engine.edits import set_optimizer
from engine.examples import read_example
from engine.optimizers import Optimizer
from gui import theme
from gui.main_window import MainWindow

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
        edited = Optimizer(learning_rate=rate)
        session.apply(f"learning rate = {rate}", set_optimizer, edited)
        session.advance(epochs, 0)
    session.seek(13)
    window.loss.log = True
    return window


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


if __name__ == "__main__":
    main()
