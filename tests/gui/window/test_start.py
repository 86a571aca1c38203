"""What the window does without until somebody wants it: the start loads none of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from engine.documents.examples import example_names, read_example
from engine.learn.lessons.bundled import bundled_lesson, lesson_names
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

ROOT = Path(__file__).resolve().parents[3]

# Tools, lessons, dialogs, what writes files, what sets formulas, and the compiler.
LATER = (
    "concurrent.futures",
    "html",
    "numpy.random",
    "numba",
    "ziamath",
    "engine.documents.written_apart",
    "gui.documents.autosave",
    "gui.documents.recovery",
    "gui.window.safekeeping",
    "engine.learn.side_by_side",
    "engine.data.datasets",
    "engine.derivations.derive",
    "engine.export.given",
    "engine.export.html",
    "engine.export.latex",
    "engine.export.markdown",
    "engine.export.solution",
    "engine.export.walk",
    "engine.export.worked",
    "engine.formulas.formula",
    "engine.run.gradient_check",
    "engine.learn.lessons.lesson",
    "engine.learn.published",
    "engine.learn.predict.judging",
    "engine.learn.many_seeds",
    "gui.documents.new_dialog",
    "gui.documents.note_dialog",
    "gui.panels.data.split_dialog",
    "gui.learn.exercises.dialog",
    "engine.documents.places_in_words",
    "gui.canvas.accessible_tree",
    "gui.window.help.glossary",
    "gui.window.help.guide",
    "gui.window.help.reader",
    "gui.window.help.welcome",
    "gui.window.preferences",
    "gui.formulas",
    "gui.learn.side_by_side.panel",
    "gui.panels.derivation",
    "gui.learn.gradient_check.panel",
    "gui.learn.lessons.strip",
    "gui.learn.predict.panel",
    "gui.learn.published.panel",
    "gui.learn.many_seeds.panel",
    "gui.plots.curve_plot",
    "gui.plots.output_bars",
    "gui.learn.predict.questions",
    "gui.learn.lessons.guide",
    "gui.learn.lessons.show_how",
    "gui.learn.tool",
    "numpy.ma",
)
PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from command_line import window
from gui.window.main_window import MainWindow

def told():
    print(*sys.modules)
    self.close_quietly()
    sys.exit(0)

def show(window):
    global self
    self = window
    shown(window)
    QTimer.singleShot(0, told)

shown, MainWindow.show = MainWindow.show, show
from main import main
main(["xor-2-3-1"])
"""


def test_nothing_is_loaded_before_it_is_wanted() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"gui.panels.weights.panel", "gui.plots.surface_plot"} <= loaded
    assert loaded & set(LATER) == set()


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("xor-2-3-1")


def actions(window: MainWindow, prefix: str) -> list[QAction]:
    return [a for a in window.findChildren(QAction) if a.objectName().startswith(prefix)]


def test_every_tool_opens_with_what_the_window_shows(window: MainWindow) -> None:
    tools = actions(window, "tool/")
    assert len(tools) == 5
    seen = []
    for action in tools:
        assert not action.isChecked()
        action.trigger()
        panel = window.tools.current
        assert action.isChecked() and panel is not None and panel.isVisible()
        seen.append(panel)
    assert len(set(seen)) == len(tools)
    for action, panel in zip(tools, seen, strict=True):
        action.trigger()
        assert window.tools.current is panel  # the same one, not another


def test_what_explains_a_step_is_there_soon_after_the_start(
    window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "derivationCopy") is not None)
    assert window.summary.isVisible()
    window.session.seek(1)
    assert window.derivation.isVisible() and not window.summary.isVisible()


def test_a_step_at_once_is_explained_at_once(qtbot: QtBot) -> None:
    window = MainWindow(remember=False)
    window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    window.session.seek(1)
    window.show()
    assert window.derivation.isVisible() and window.derivation.derivation is not None
    window.close_quietly()
    window.deleteLater()


def test_the_menu_of_lessons_has_their_titles(window: MainWindow) -> None:
    texts = {a.objectName(): a.text() for a in actions(window, "lesson/")}
    assert texts == {f"lesson/{n}": bundled_lesson(n).title for n in lesson_names()}


def test_the_menu_of_examples_has_their_titles_as_it_opens(
    window: MainWindow, qtbot: QtBot
) -> None:
    menu = window.controls.findChild(QMenu, "examplesMenu")
    assert menu is not None
    button = window.controls.findChild(QPushButton, "examples")
    for _ in range(2):
        button.click()
        qtbot.waitUntil(menu.isVisible)
        titles = [action.text().partition("\t") for action in menu.actions()]
        assert [(name, title) for title, _, name in titles] == [
            (name, read_example(name).title.replace("&", "&&")) for name in example_names()
        ]
        menu.close()
