"""From a press of Step to the picture: how long it takes, and which panel takes it.

    QT_QPA_PLATFORM=offscreen python benchmarks/stepping.py

A window of 1440 x 900 with a 2-8-8-1 network and four samples steps 200 times by number. A step
counts from the call of session.step() until the event loop has nothing left to paint. Then the
formulas are set; how long that takes counts from the same press, most of them for the first time.
On a busy machine the processor's time tells more than the clock's.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.document import Document
from engine.network import Layer, Network
from engine.optimizers import Optimizer
from engine.spec import Data, Spec, start_state
from gui import theme
from gui.main_window import MainWindow

STEPS = 200
TYPESET_STEPS = 12


def document() -> Document:
    """XOR in a 2-8-8-1 network."""
    layers = tuple(
        Layer(tuple(f"{letter}{i + 1}" for i in range(count)), "sigmoid")
        for letter, count in (("g", 8), ("h", 8), ("o", 1))
    )
    data = Data(
        np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        np.array([[0.0], [1.0], [1.0], [0.0]]),
        ("t",),
    )
    network = Network(("x1", "x2"), layers)
    spec = Spec(network, "half_squared_error", "sum", Optimizer(learning_rate=0.5), data, seed=1)
    return Document(spec=spec, start=np.array(start_state(spec).theta))


def settle() -> None:
    """Carry out everything that is posted, painting included, but wait for no timer."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)


def timed(parts: dict[str, list[float]], name: str, job: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, its time noted."""

    def run(*arguments: Any) -> Any:
        began = perf_counter()
        try:
            return job(*arguments)
        finally:
            parts[name].append(perf_counter() - began)

    return run


def line(name: str, times: list[float]) -> str:
    """Percentiles in milliseconds."""
    p50, p95 = np.percentile(times, (50, 95)) * 1000
    return f"{name:<22} p50 {p50:6.2f}   p95 {p95:6.2f}   max {max(times) * 1000:6.2f} ms"


def main() -> None:
    """Step, and print."""
    app = QApplication([])
    theme.load_fonts()
    theme.apply(app, "light")
    window = MainWindow(remember=False)
    window.resize(1440, 900)
    window.documents.show(document(), "2-8-8-1")
    window.show()
    QTest.qWait(300)
    session, panels = window.session, window._panels
    parts: dict[str, list[float]] = defaultdict(list)
    for panel in panels:
        panel.display = timed(parts, f"{type(panel).__name__}.display", panel.display)
    session._view = timed(parts, "Session._view", session._view)
    total, updating, computing = [], [], []
    for _ in range(STEPS):
        began, computed = perf_counter(), process_time()
        session.step()
        updating.append(perf_counter() - began)
        settle()
        total.append(perf_counter() - began)
        computing.append(process_time() - computed)
    print(line("step to painted", total))
    print(line("  of processor time", computing))
    print(line("  step()", updating))
    painting = [a - b for a, b in zip(total, updating, strict=True)]
    print(line("  painting", painting))
    for name, times in sorted(parts.items(), key=lambda item: -float(np.median(item[1]))):
        print(line(f"    {name}", times))
    typeset = []
    session.seek(60)
    QTest.qWait(2000)
    for _ in range(TYPESET_STEPS):
        began = perf_counter()
        session.step()
        while not window.derivation.inside.shown.typeset and perf_counter() - began < 5:
            QApplication.processEvents()
        typeset.append(perf_counter() - began)
    print(line("step to typeset", typeset))
    session.mark_saved()
    window.close()


if __name__ == "__main__":
    main()
