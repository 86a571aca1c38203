"""From a press of Step to the picture: how long it takes, and which panel takes it.

    python benchmarks/stepping.py [--json]

A window of 1440 x 900 with a 2-8-8-1 network and four samples steps 200 times by number. A step
counts from the call of session.step() until the event loop has nothing left to paint. Then the
formulas are set; how long that takes counts from the same press, most of them for the first time.
The totals are by the clock, the parts in the processor's time, which tells more on a busy machine.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.figure import Figure, show, slowness
from engine.data.datasets import DATASETS
from engine.documents.document import Document
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.spec import Spec, start_state
from gui import theme
from gui.window.main_window import MainWindow

STEPS = 200
TYPESET_FROM, TYPESET_STEPS = 60, 12


def document() -> Document:
    """XOR in a 2-8-8-1 network."""
    layers = tuple(
        Layer(tuple(f"{letter}{i + 1}" for i in range(count)), "sigmoid")
        for letter, count in (("g", 8), ("h", 8), ("o", 1))
    )
    network, data = Network(("x1", "x2"), layers), DATASETS["xor"].make(0)
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data, seed=1)
    return Document(spec=spec, start=np.array(start_state(spec).theta))


def settle() -> None:
    """Carry out everything that is posted, painting included, but wait for no timer."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)


def timed(parts: dict[str, list[float]], name: str, job: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, the processor's time for it noted."""

    def run(*arguments: Any) -> Any:
        began = thread_time()
        try:
            return job(*arguments)
        finally:
            parts[name].append(thread_time() - began)

    return run


class PaintClock(QObject):
    """Sees each widget begin to paint. Widgets paint one after the other, so what a widget takes
    is the time until the next one begins."""

    def __init__(self, panels: Sequence[QObject]) -> None:
        super().__init__()
        self._panels = panels
        self.begun: list[tuple[float, str]] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.begun.append((thread_time(), self._panel_of(watched)))
        return False

    def _panel_of(self, widget: QObject | None) -> str:
        while widget is not None and widget not in self._panels:
            widget = widget.parent()
        return "behind and between" if widget is None else type(widget).__name__

    def taken(self, end: float) -> dict[str, float]:
        """Seconds by panel since it was asked last."""
        ends = [begun for begun, _ in self.begun[1:]] + [end]
        sums: dict[str, float] = defaultdict(float)
        for (begun, name), until in zip(self.begun, ends, strict=False):
            sums[name] += until - begun
        self.begun.clear()
        return sums


def line(name: str, times: Sequence[float], whole: float | None = None) -> str:
    """Percentiles in milliseconds, and the mean as a part of something."""
    p50, p95 = np.percentile(times, (50, 95)) * 1000
    share = "" if whole is None else f"   {float(np.mean(times)) / whole:6.1%} of the step"
    return f"{name:<26} p50 {p50:6.2f}   p95 {p95:6.2f}   max {max(times) * 1000:6.2f} ms{share}"


def print_parts(parts: dict[str, list[float]], whole: float) -> None:
    """The dearest parts first; steps in which a part had nothing to do count as 0."""
    for name, times in sorted(parts.items(), key=lambda item: -sum(item[1])):
        print(line(f"    {name}", times + [0.0] * (STEPS - len(times)), whole))


def measure_steps(window: MainWindow, in_detail: bool) -> list[float]:
    """Step by number; seconds from each press to the picture. In detail: print what takes them."""
    session = window.session
    displaying: dict[str, list[float]] = defaultdict(list)
    for panel in window._refreshing._panels:
        panel.display = timed(displaying, type(panel).__name__, panel.display)
    viewing = session._viewing
    viewing.view = timed(displaying, "Viewing.view", viewing.view)
    total, computing, updating, painting = [], [], [], []
    for _ in range(STEPS):
        began, computed = perf_counter(), thread_time()
        session.step()
        updated = thread_time()
        settle()
        painting.append(thread_time() - updated)
        updating.append(updated - computed)
        computing.append(thread_time() - computed)
        total.append(perf_counter() - began)
    if not in_detail:
        return total
    whole = float(np.mean(computing))
    print(line("step to painted", total))
    print(line("  of processor time", computing))
    print(line("  displaying", updating, whole))
    print_parts(displaying, whole)
    print(line("  painting", painting, whole))
    print_parts(painting_by_panel(window), whole)
    return total


def painting_by_panel(window: MainWindow) -> dict[str, list[float]]:
    """The same steps once more, painting taken apart; looking on makes it a little slower."""
    app = QApplication.instance()
    assert app is not None
    panels = window._refreshing._panels
    clock = PaintClock([panel for panel in panels if isinstance(panel, QWidget)])
    parts: dict[str, list[float]] = defaultdict(list)
    window.session.seek(0)
    settle()
    for _ in range(STEPS):
        window.session.step()
        app.installEventFilter(clock)
        settle()
        ended = thread_time()
        app.removeEventFilter(clock)
        for name, taken in clock.taken(ended).items():
            parts[name].append(taken)
    return parts


def measure_typesetting(window: MainWindow) -> list[float]:
    """Step, and wait for the formulas to be set; seconds from each press."""
    waiting = []
    window.session.seek(TYPESET_FROM)
    QTest.qWait(2000)
    for _ in range(TYPESET_STEPS):
        began = perf_counter()
        window.session.step()
        while not window.derivation.inside.shown.typeset and perf_counter() - began < 5:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
        waiting.append(perf_counter() - began)
    return waiting


def figures(what: str, measure: Callable[[], list[float]], wanted: float) -> list[Figure]:
    """Median and 95th percentile in milliseconds; at most so many are wanted of the latter."""
    before, times = slowness(), measure()
    slow = min(before, slowness())
    p50, p95 = np.percentile(times, (50, 95)) * 1000
    return [
        Figure(f"{what}, p50", float(p50), "ms"),
        Figure(f"{what}, p95", float(p95), "ms", at_most=wanted, slowness=slow),
    ]


def main() -> None:
    """Show the window, measure, and print."""
    parser = argparse.ArgumentParser(description="Times a step, from the press to the picture.")
    parser.add_argument("--json", action="store_true", help="for scripts, without the details")
    options = parser.parse_args()
    app = QApplication([])
    theme.load_fonts()
    theme.apply(app, "light")
    window = MainWindow(remember=False)
    window.resize(1440, 900)
    window.documents.show(document(), "2-8-8-1")
    window.show()
    QTest.qWait(1000)
    found = figures(
        "step to painted, 2-8-8-1", lambda: measure_steps(window, not options.json), 16
    )
    found += figures("its formulas typeset", lambda: measure_typesetting(window), 150)
    show(found, options.json)
    window.session.mark_saved()
    window.close()


if __name__ == "__main__":
    main()
