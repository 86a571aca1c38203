"""What the window's tests share: views of small documents, made without a session."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.iteration import evaluate, iterate, sample_pass
from engine.run.spec import Data, Spec, State, start_state
from gui.view import View
from gui.window.main_window import MainWindow

OpenWindow = Callable[[str], MainWindow]
Shown = TypeVar("Shown", bound=QWidget)


def mazur_spec() -> tuple[Spec, State]:
    """The 2-2-2 network with shared fixed biases, and its start state."""
    hidden = Layer(
        ("h1", "h2"), "sigmoid", "shared", False, (("w1", "w2"), ("w3", "w4")), ("b1",)
    )
    output = Layer(
        ("o1", "o2"), "sigmoid", "shared", False, (("w5", "w6"), ("w7", "w8")), ("b2",)
    )
    network = Network(("i1", "i2"), (hidden, output))
    data = Data(np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]]), ("t o1", "t o2"))
    spec = Spec(network, "half_squared_error", "sum", Optimizer().changed(learning_rate=0.5), data)
    weights = [np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])]
    theta = network.theta(weights, [np.array([0.35]), np.array([0.6])])
    return spec, start_state(spec, theta)


def xor_spec(hidden: int = 3, inputs: int = 2) -> tuple[Spec, State]:
    """XOR over the first two of some inputs, with one hidden layer, and a drawn start state."""
    units = tuple(f"h{i + 1}" for i in range(hidden))
    names = tuple(f"x{i + 1}" for i in range(inputs))
    network = Network(names, (Layer(units, "sigmoid"), Layer(("o",), "sigmoid")))
    rows = np.zeros((4, inputs))
    rows[:, 0], rows[:, min(1, inputs - 1)] = [0, 0, 1, 1], [0, 1, 0, 1]
    data = Data(rows, np.array([[0.0], [1.0], [1.0], [0.0]]), ("t",))
    spec = Spec(
        network, "half_squared_error", "sum", Optimizer().changed(learning_rate=0.5), data,
        metrics=("accuracy",), seed=1,
    )
    return spec, start_state(spec)


def view_of(
    spec: Spec, state: State, revealed: int = 0, sample: int = 0, **rest: Any
) -> View:
    """The view of a state with `revealed` steps shown; `rest` are further fields of View."""
    return View(
        spec=spec,
        theta=state.theta,
        t=state.t,
        revealed=revealed,
        sample=sample,
        sample_pass=sample_pass(spec, state.theta, sample),
        iteration=iterate(spec, state) if revealed else None,
        evaluation=evaluate(spec, state.theta),
        curve=rest.pop("curve", np.empty((0, 2 + len(spec.metrics)))),
        **rest,
    )


def on_screen(qtbot: QtBot, widget: Shown, width: int, height: int) -> Shown:
    """The widget, shown by itself in this size; its window is the active one then."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    return widget


def keys_of(box: QComboBox) -> list[str]:
    """What a list offers, by the keys of its entries."""
    return [box.itemData(row) for row in range(box.count())]


def choose(box: QComboBox, key: str) -> None:
    """Choose an entry as a person does: open the list, walk to it with the arrows, press Enter.
    Nothing on the way is chosen."""
    wanted = keys_of(box).index(key)
    box.setFocus()
    box.showPopup()
    distance = wanted - box.currentIndex()
    for _ in range(abs(distance)):
        QTest.keyClick(box.view(), Qt.Key.Key_Down if distance > 0 else Qt.Key.Key_Up)
    assert box.view().currentIndex().row() == wanted
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    box.activateWindow()  # as it is of itself where there is a screen
    QTest.qWaitForWindowActive(box)


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[OpenWindow]:
    """Opens the window on an example by its name; it is the active one then."""
    opened = []

    def open_on(name: str) -> MainWindow:
        window = MainWindow(remember=False)
        opened.append(window)
        window.resize(1440, 900)
        window.documents.show(read_example(name), name)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        return window

    yield open_on
    for window in opened:
        window.close_quietly()
        window.deleteLater()


@pytest.fixture(autouse=True)
def nothing_left_over(qapp: object) -> Iterator[None]:
    """Closed widgets really go after each test; piled up they make every restyling slower. And the
    pointer goes to a corner, so that the next window has nothing that is pointed at."""
    yield
    QCursor.setPos(0, 0)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


@pytest.fixture(autouse=True, scope="session")
def garbage_between_tests() -> Iterator[None]:
    """Collect garbage between tests only: see gui.window.garbage for what happens otherwise."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


@pytest.fixture
def mazur_view() -> Callable[..., View]:
    """mazur_view(revealed=13) and the like: views of the 2-2-2 network."""

    def make(revealed: int = 0, **rest: Any) -> View:
        return view_of(*mazur_spec(), revealed, **rest)

    return make


@pytest.fixture
def xor_view() -> Callable[..., View]:
    """xor_view(revealed=5, hidden=3, inputs=2): views of an XOR network."""

    def make(revealed: int = 0, hidden: int = 3, inputs: int = 2, **rest: Any) -> View:
        return view_of(*xor_spec(hidden, inputs), revealed, **rest)

    return make
