"""Shows that a change to the code changed nothing for a person: the same pixels, the same bytes.

    python docs/same_for_a_person.py take FOLDER       in the tree before the change, and after it
    python docs/same_for_a_person.py compare A B       exits with 1 and names what differs

Taken are the window on each bundled example (light and dark, large and small, at the start, in the
middle of a backward pass, after training), each tool of the Learn menu, the exercise dialog, and
what the command line prints. Only what stays when code moves is used: names of widgets, entries of
menus, words of the command line. Training goes by NumPy, and no picture is taken while it runs, so
that no read-out of a speed can differ.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp()  # no settings of the person's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QElapsedTimer
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from engine.documents.examples import example_names, read_example
from engine.learn.exercises.exercise import Exercise
from engine.learn.lessons.bundled import lesson_names
from engine.run.mistakes import MISTAKES, why_not
from gui import theme
from gui.learn.exercises.dialog import ExerciseDialog
from gui.window.main_window import MainWindow

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"large": (1440, 900), "small": (1024, 600)}
# Example, mistake and buttons to press (by their object names) for each tool.
TOOLS = {
    "Published against right": ("hand-2-2-1", "", ("searchMistake",)),
    "Gradient check": ("mazur-2-2-2", "updated-weights", ()),
    "Right and wrong side by side": ("xor-2-3-1", "bias-left-out", ()),
    "Predict": ("mazur-2-2-2", "", ("predictBegin",)),
    "Many seeds": ("xor-2-2-1", "", ("seedsRun",)),
}
_STILL_MILLISECONDS = 1500  # without a change of a pixel: all that follows later has come
_PATIENCE_MILLISECONDS = 90_000


def main(words: list[str]) -> int:
    """Do what the command line says; returns the exit code."""
    sys.modules["numba"] = None  # type: ignore[assignment]  # not there, for who looks for it
    if len(words) == 2 and words[0] == "take":
        folder = Path(words[1])
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _take_printed(folder)
        _take_pictures(folder)
        return 0
    if len(words) == 3 and words[0] == "compare":
        different = _different(Path(words[1]), Path(words[2]))
        print("\n".join(different) or "Nothing differs.")
        return 1 if different else 0
    print(__doc__)
    return 2


def _take_printed(folder: Path) -> None:
    for name in example_names():
        spec = read_example(name).spec
        jobs = {"run": ["run", name, "--epochs", "500"]}
        if spec.can_train:
            jobs |= {"check": ["check", name], "check-json": ["check", name, "--json"]}
        if read_example(name).published:
            jobs |= {"published": ["published", name, "--search"]}
            jobs |= {"published-json": ["published", name, "--search", "--json"]}
        jobs |= {"run-json": [*jobs["run"], "--json"], "trace-json": ["trace", name, "--json"]}
        for form in ("md", "html", "tex"):
            jobs |= {f"trace-{form}": ["trace", name, "--format", form, "--iteration", "3"]}
        for key in MISTAKES:
            if not why_not(spec, key):
                jobs |= {f"trace-{key}": ["trace", name, "--mistake", key]}
        for job, words in jobs.items():
            done = subprocess.run(
                [sys.executable, "main.py", *words], cwd=ROOT, capture_output=True, check=False
            )
            printed = done.stdout + done.stderr + b"\nexit code %d\n" % done.returncode
            (folder / f"{name}.{job}.txt").write_bytes(printed)


def _take_pictures(folder: Path) -> None:
    app = QApplication(sys.argv[:1])
    app.setCursorFlashTime(0)
    theme.load_fonts()
    for colours in ("light", "dark"):
        theme.apply(app, colours)
        for size in SIZES:
            for name in example_names():
                window = _window_on(name, size)
                _take(window, folder / f"{name}.start.{colours}.{size}.png")
                window.session.advance(0, 2 * len(read_example(name).spec.steps) // 3)
                _take(window, folder / f"{name}.backward.{colours}.{size}.png")
                window.session.advance(500, 0)
                _take(window, folder / f"{name}.trained.{colours}.{size}.png")
                _close(window)
            for title, (name, mistake, buttons) in TOOLS.items():
                window = _window_on(name, size)
                if mistake:
                    window.session.set_mistakes("Mistake", (mistake,))
                window.session.seek(11)
                _action(window, f"tool/{title}").trigger()
                _take(window, folder / f"{title}.opened.{colours}.{size}.png")
                for button in buttons:
                    _button(window, button).click()
                    _take(window, folder / f"{title}.{button}.{colours}.{size}.png")
                _close(window)
            window = _window_on("mazur-2-2-2", size)
            window.lessons.open_bundled(lesson_names()[0])
            _take(window, folder / f"lesson.{colours}.{size}.png")
            _close(window)
        dialog = ExerciseDialog(Exercise(), "")
        dialog.show()
        _take(dialog, folder / f"exercise.{colours}.png")
        dialog.hide()


def _window_on(name: str, size: str) -> MainWindow:
    window = MainWindow(remember=False)
    window.documents.show(read_example(name), name)
    window.resize(*SIZES[size])
    window.show()
    return window


def _close(window: MainWindow) -> None:
    window.close_quietly()
    window.hide()
    window.deleteLater()


def _action(window: MainWindow, begins: str) -> QAction:
    return next(a for a in window.findChildren(QAction) if a.objectName().startswith(begins))


def _button(window: MainWindow, name: str) -> QPushButton:
    button = window.findChild(QPushButton, name)
    assert isinstance(button, QPushButton), name
    return button


def _take(widget: QWidget, path: Path) -> None:
    """Save what a widget shows as soon as it has stood still for a while."""
    whole, still = QElapsedTimer(), QElapsedTimer()
    whole.start()
    still.start()
    picture = widget.grab().toImage()
    while still.elapsed() < _STILL_MILLISECONDS:
        assert whole.elapsed() < _PATIENCE_MILLISECONDS, f"{path.name} never stands still"
        _let_pass(200)
        now = widget.grab().toImage()
        if now != picture:
            picture = now
            still.restart()
    picture.save(str(path))


def _let_pass(milliseconds: int) -> None:
    timer = QElapsedTimer()
    timer.start()
    while timer.elapsed() < milliseconds:
        QApplication.processEvents()


def _different(before: Path, after: Path) -> list[str]:
    """A line for everything that is not the same in two folders."""
    names = [{path.name for path in folder.iterdir()} for folder in (before, after)]
    alone = [f"{name}: in one of them only" for name in sorted(names[0] ^ names[1])]
    told = [_difference(before / name, after / name) for name in sorted(names[0] & names[1])]
    return [*alone, *filter(None, told)]


def _difference(before: Path, after: Path) -> str:
    if before.suffix != ".png":
        return "" if before.read_bytes() == after.read_bytes() else f"{before.name}: other text"
    one, other = (
        QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32) for path in (before, after)
    )
    if one == other:
        return ""
    if one.size() != other.size():
        return f"{before.name}: another size"
    places = [
        (x, y)
        for y in range(one.height())
        for x in range(one.width())
        if one.pixel(x, y) != other.pixel(x, y)
    ]
    columns, rows = zip(*places, strict=True)
    where = f"{min(columns)},{min(rows)} to {max(columns)},{max(rows)}"
    return f"{before.name}: {len(places)} pixels differ, from {where}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
