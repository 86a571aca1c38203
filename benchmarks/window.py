"""How the window does while it trains, and what it costs to paint, to start and to keep.

    python benchmarks/window.py [--json] [--long]

Offscreen, 1440 x 900, all default panels visible. A frame is a repaint with new numbers; a stall is
the time between two turns of the event loop, asked for every millisecond. `--long` adds what takes
minutes: the largest network, and memory after 1,000,000 epochs of every bundled example.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, time

from msgspec.structs import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.figure import Figure, show, slowness
from engine.documents.document import Document
from engine.documents.examples import example_names, read_example
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.spec import Data, Spec, start_state
from engine.run.surface import data_range, grid_axis, surface
from engine.training.kernels import choice
from gui import theme
from gui.window.garbage import Collector
from gui.window.main_window import MainWindow

ROOT = Path(__file__).resolve().parents[1]
TRAINED_SECONDS = 5.0
EPOCHS = 1_000_000
STARTS = 7
REPAINTS = 15
BARE = """
import os, sys, time, numpy, pyqtgraph
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv)
window = QWidget()
window.show()
def up():
    print(time.time(), flush=True)
    os._exit(0)
QTimer.singleShot(0, up)
app.exec()
"""
OURS = """
import os, sys, time
from command_line import window
make = window._application
def application():
    from PySide6.QtCore import QTimer
    app = make()
    def up():
        print(time.time(), flush=True)
        os._exit(0)
    QTimer.singleShot(0, app, up)
    return app
window._application = application
from main import main
main(["xor-2-3-1"])
"""


class Frames(QObject):
    """Counts the moments of a session that reach the screen: repaints of a window by which it was
    shown something new."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.count = 0
        self._is_new = False
        window.session.changed.connect(self._on_changed)
        window.installEventFilter(self)

    def _on_changed(self) -> None:
        self._is_new = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest and self._is_new:
            self.count += 1
            self._is_new = False
        return False


class Stalls(QObject):
    """Gaps between turns of the event loop, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._last = perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)
        self._timer.start(1)

    def _turn(self) -> None:
        now = perf_counter()
        self.gaps.append(now - self._last)
        self._last = now

    def stop(self) -> np.ndarray:
        """The gaps so far."""
        self._timer.stop()
        return np.array(self.gaps)


def wait(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def opened(document: Document, name: str) -> MainWindow:
    """A window on a document, painted once."""
    window = MainWindow(remember=False)
    window.resize(1440, 900)
    window.documents.show(document, name)
    window.show()
    wait(1.0)
    return window


def close(window: MainWindow) -> None:
    """Take a window away, whatever was changed in it."""
    window.close_quietly()
    window.hide()


def drawn(sizes: tuple[int, ...], samples: int, activation: str = "tanh") -> Document:
    """A document with drawn weights and data."""
    names = default_unit_names(sizes)
    layers = tuple(Layer(units, activation) for units in names[1:])
    generator = np.random.default_rng(0)
    data = Data(
        generator.normal(size=(samples, sizes[0])),
        generator.uniform(-0.5, 0.5, (samples, sizes[-1])),
        names[-1],
    )
    spec = Spec(
        Network(names[0], layers), "half_squared_error", "mean",
        Optimizer("adam", {"learning_rate": 1e-3}), data,
        initializer="glorot_uniform",
    )
    return Document(spec=spec, start=np.array(start_state(spec).theta))


def training(
    document: Document, name: str, longest_stall: float, epochs_wanted: float | None = None,
    frames_wanted: float | None = None,
) -> list[Figure]:
    """Train at full speed for a while, then pause."""
    window = opened(document, name)
    session = window.session
    before = slowness()
    session.train_at_full_speed()
    wait(1.0)  # the numba kernel, the columns' widths
    frames, stalls, began, epochs = Frames(window), Stalls(), perf_counter(), _epochs(window)
    wait(TRAINED_SECONDS)
    taken, done = perf_counter() - began, _epochs(window) - epochs
    gaps, painted = stalls.stop() * 1000, frames.count
    pressed = perf_counter()
    session.pause()
    QApplication.processEvents()
    paused = (perf_counter() - pressed) * 1000
    slow = min(before, slowness())
    session.mark_saved()
    close(window)
    return [
        Figure(f"{name}: epochs", done / taken, "/s", None, epochs_wanted, None, slow),
        Figure(f"{name}: frames", painted / taken, "/s", None, frames_wanted, None, slow),
        Figure(f"{name}: stall, p50", float(np.percentile(gaps, 50)), "ms"),
        _at_most(longest_stall, f"{name}: stall, p99", float(np.percentile(gaps, 99)), slow),
        _at_most(200, f"{name}: pause", paused, slow),
    ]


def _at_most(wanted: float, what: str, milliseconds: float, slow: float) -> Figure:
    return Figure(what, milliseconds, "ms", at_most=wanted, slowness=slow)


def _epochs(window: MainWindow) -> float:
    session = window.session
    return session.spec.epoch_position(session.place.t)


def painted(wanted: float, what: str, job: Callable[[], object]) -> Figure:
    """A job's median, with how slow the machine was before and after, whichever is less."""
    before, times = slowness(), []
    for _ in range(REPAINTS):
        began = perf_counter()
        job()
        times.append(perf_counter() - began)
    return _at_most(wanted, what, 1000 * median(times), min(before, slowness()))


def painting() -> list[Figure]:
    """Full repaints of the canvas and the loss curve, and a fine surface."""
    found = []
    for sizes, wanted in (((2, 8, 8, 1), 5), ((2, 32, 32, 2), 16)):
        name = "-".join(map(str, sizes))
        window = opened(drawn(sizes, 4, "sigmoid"), name)
        window.session.seek(len(window.session.spec.steps))
        window.settle()
        window.canvas.scene._keep_pictures(False)  # everything anew, as while training
        viewport = window.canvas.view.viewport()
        found.append(painted(wanted, f"canvas {name}, full repaint", viewport.grab))
        close(window)
    document = read_example("xor-3-4-1")
    curve = np.column_stack([
        np.arange(EPOCHS), np.exp(-np.arange(EPOCHS) / 2e5), np.exp(-np.arange(EPOCHS) / 1e5)
    ])
    state = replace(start_state(document.spec, document.start), t=EPOCHS - 1)
    window = opened(replace(document, curve=curve, state=state), "a million epochs")
    plot = window.loss.plot
    found.append(painted(5, "loss curve of a million epochs", plot.viewport().grab))
    close(window)
    spec = drawn((2, 64, 64, 1), 4).spec
    theta, held = start_state(spec).theta, np.zeros(2)
    xs, ys = (grid_axis(*data_range(spec, column), 200) for column in (0, 1))

    def fine() -> object:
        return surface(spec.network, theta, 0, 0, 1, held, xs, ys)

    return [*found, painted(16, "surface 200×200 of 2-64-64-1", fine)]


def start() -> list[Figure]:
    """From the command to a window that is up, beside a bare one, in turns; of each the fastest
    start, since whatever else goes on can only add to one."""
    times: dict[str, list[float]] = {BARE: [], OURS: []}
    # As on anyone's machine: compiled once, by the start that warms up.
    environment = {key: v for key, v in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for number in range(STARTS + 1):
        for program, taken in times.items():
            began = time()
            done = subprocess.run(
                [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True,
                stdout=subprocess.PIPE,
            )
            if number:
                taken.append(float(done.stdout) - began)
    bare, ours = min(times[BARE]), min(times[OURS])
    return [
        Figure("start of a bare window", bare * 1000, "ms"),
        Figure("start of Backpass", ours * 1000, "ms"),
        Figure("start, times a bare window's", ours / bare, "×", at_most=1.5),
    ]


def resident() -> float:
    """Memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def memory() -> list[Figure]:
    """Growth over 1,000,000 epochs of every example that trains."""
    worst, name_of_worst = 0.0, ""
    for name in example_names():
        document = read_example(name)
        if not document.spec.can_train:
            continue
        window = opened(document, name)
        before = resident()
        window.session.advance(EPOCHS, 0)
        grown = resident() - before
        if grown > worst:
            worst, name_of_worst = grown, name
        close(window)
    what = f"memory after {EPOCHS:,} epochs, most ({name_of_worst})"
    return [Figure(what, worst, "MiB", at_most=300)]


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description="Measures the window.")
    parser.add_argument("--json", action="store_true", help="for scripts")
    parser.add_argument("--long", action="store_true", help="what takes minutes too")
    options = parser.parse_args()
    found = start()
    app = QApplication([])
    theme.load_fonts()
    theme.apply(app, "light")
    choice.load()
    Collector(app)
    gc.freeze()  # as the program does once its window is up
    found += training(read_example("xor-3-4-1"), "xor-3-4-1", 50, 3000, 30)
    found += painting()
    if options.long:
        largest = drawn((2, *[512] * 8, 1), 100_000)
        found += training(largest, "8×512, 100,000 samples", 100)
        found += memory()
    show(found, options.json)


if __name__ == "__main__":
    main()
