"""The real window on a real X server: keys are pressed by xdotool, results read from the file."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.data.datasets import DATASETS
from engine.documents.document import Document
from engine.documents.reading import read_document, write_document
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.spec import Spec
from gui import theme
from gui.canvas.spots import Spot
from gui.window.main_window import MainWindow
from tests.real_window import PROJECT, Window, screen, wait_for

EXAMPLE = PROJECT / "resources" / "examples" / "mazur-2-2-2.backpass.json"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Xvfb and xdotool are programs of Linux"
)


@pytest.fixture
def display(request: pytest.FixtureRequest) -> Iterator[str]:
    """A screen of its own for this test, of a size that may be given as its parameter."""
    with screen(getattr(request, "param", "1440x900")) as name:
        yield name


@pytest.fixture
def window(display: str, tmp_path: Path) -> Iterator[Window]:
    document = tmp_path / "lesson.backpass.json"
    shutil.copy(EXAMPLE, document)
    made = Window(display, tmp_path, str(document))
    yield made
    made.close()


def test_the_welcome_comes_at_the_first_start_and_never_again(
    display: str, tmp_path: Path
) -> None:
    first = Window(display, tmp_path)
    wait_for(lambda: first.count() == 2)
    first.press("Escape")
    wait_for(lambda: first.count() == 1)
    first.focus()
    first.press("ctrl+q")
    assert first.process.wait(20) == 0, first.log()
    first.close()
    second = Window(display, tmp_path)
    time.sleep(1.5)
    assert second.count() == 1
    second.close()


def test_keys_step_train_edit_undo_save_and_quit(window: Window, tmp_path: Path) -> None:
    document = tmp_path / "lesson.backpass.json"
    before = document.stat().st_mtime_ns

    def saved() -> dict[str, object]:
        """Press save, and read what then stands in the file."""
        nonlocal before
        window.press("ctrl+s")
        wait_for(lambda: document.stat().st_mtime_ns != before)
        before = document.stat().st_mtime_ns
        return dict(json.loads(document.read_text(encoding="utf-8")))

    wait_for(lambda: "lesson.backpass.json" in window.title)

    # Thirteen presses of a clicker's key lead to the gradient of w5, two back to the total loss.
    window.press(*["Next"] * 13)
    step = saved()["place"]["revealed"]  # type: ignore[index]
    assert (step["kind"], step["layer"], step["unit"], step["source"]) == (
        "weight_gradient", 2, 0, 0,
    )  # fmt: skip
    window.press("Prior", "Prior")
    assert saved()["place"]["revealed"]["kind"] == "total_loss"  # type: ignore[index]
    window.press("space")
    assert saved()["place"]["revealed"]["kind"] == "delta"  # type: ignore[index]

    # One epoch; then training at full speed until it is paused.
    window.press("e")
    assert saved()["state"]["updates"] == 1  # type: ignore[index]
    window.press("shift+t")
    time.sleep(1.0)
    window.press("t")
    trained = saved()["state"]["updates"]  # type: ignore[index]
    assert trained > 100

    # Reset, and undo of the reset.
    window.press("r")
    assert "state" not in saved()
    window.press("ctrl+z")
    assert saved()["state"]["updates"] == trained  # type: ignore[index]

    window.press("ctrl+q")
    wait_for(lambda: window.process.poll() is not None)
    assert window.process.returncode == 0
    assert window.log() == ""


@pytest.mark.parametrize(
    ("display", "size"),
    [("1920x1080", (1440, 900)), ("1366x768", (1366, 768)), ("1024x600", (1024, 600))],
    indirect=["display"],
)
def test_the_first_window_is_no_larger_than_the_screen(
    window: Window, size: tuple[int, int]
) -> None:
    left, top, width, height = window.frame
    assert (width, height) == size
    assert left >= 0 and top >= 0


def test_a_request_from_outside_ends_the_idle_window(window: Window) -> None:
    wait_for(lambda: "lesson.backpass.json" in window.title)
    window.process.send_signal(signal.SIGINT)
    assert_ended(window, 130)


@pytest.mark.parametrize("asked", [signal.SIGINT] * 4 + [signal.SIGTERM, signal.SIGHUP])
def test_a_request_from_outside_ends_the_window_while_it_trains(
    window: Window, asked: signal.Signals
) -> None:
    wait_for(lambda: "lesson.backpass.json" in window.title)
    window.press("t")
    wait_for(lambda: "lesson.backpass.json*" in window.title)
    window.process.send_signal(asked)
    window.process.send_signal(asked)  # an impatient person presses it twice
    assert_ended(window, 128 + asked)


def test_a_request_from_outside_ends_the_window_while_it_asks(
    window: Window, tmp_path: Path
) -> None:
    document = tmp_path / "lesson.backpass.json"
    before = document.read_bytes()
    wait_for(lambda: "lesson.backpass.json" in window.title)
    window.press("e")
    wait_for(lambda: "lesson.backpass.json*" in window.title)
    shown = window.count()
    window.press("ctrl+q")
    wait_for(lambda: window.count() > shown)
    window.process.send_signal(signal.SIGINT)
    assert_ended(window, 130)
    assert document.read_bytes() == before


def test_a_request_from_outside_ends_a_start_that_tells_of_a_missing_file(
    display: str, tmp_path: Path
) -> None:
    box = Window(display, tmp_path, str(tmp_path / "missing.backpass.json"))
    try:
        assert box.title == "Backpass" and box.count() == 1  # the window comes after it
        box.process.send_signal(signal.SIGINT)
        assert_ended(box, 130)
    finally:
        box.close()


@pytest.mark.parametrize("typed", ["7", "x"])
def test_a_request_from_outside_ends_the_window_with_text_in_a_field(
    window: Window, typed: str, qtbot: QtBot
) -> None:
    wait_for(lambda: "lesson.backpass.json" in window.title)
    like = window_like(read_document(EXAMPLE.read_bytes()), window.frame[2:], qtbot)
    rate = like.findChild(QLineEdit, "learning_rate")
    assert isinstance(rate, QLineEdit)
    window.point_at(place_in(like, rate))
    window.click()
    window.press("ctrl+a", typed)
    time.sleep(1.0)
    window.process.send_signal(signal.SIGTERM)
    assert_ended(window, 128 + signal.SIGTERM)


def test_a_request_from_outside_ends_the_window_with_the_pointer_at_a_unit(
    window: Window, qtbot: QtBot
) -> None:
    wait_for(lambda: "lesson.backpass.json" in window.title)
    like = window_like(read_document(EXAMPLE.read_bytes()), window.frame[2:], qtbot)
    port = like.canvas.view.viewport()
    at = port.mapTo(like, like.canvas.place_of(Spot("unit", 1, 0)).center())
    for x in (at.x() + 2, at.x()):
        window.point_at((x, at.y()))
        time.sleep(0.5)
    window.process.send_signal(signal.SIGTERM)
    assert_ended(window, 128 + signal.SIGTERM)


def test_a_click_asks_and_a_double_click_edits(
    window: Window, tmp_path: Path, qtbot: QtBot
) -> None:
    document = tmp_path / "lesson.backpass.json"
    wait_for(lambda: "lesson.backpass.json" in window.title)
    like = window_like(read_document(EXAMPLE.read_bytes()), window.frame[2:], qtbot)
    before = document.stat().st_mtime_ns

    def place(spot: Spot) -> tuple[int, int]:
        at = like.canvas.view.viewport().mapTo(like, like.canvas.place_of(spot).center())
        return at.x(), at.y()

    def saved() -> Document:
        """Press save, and read what then stands in the file."""
        nonlocal before
        window.press("ctrl+s")
        wait_for(lambda: document.stat().st_mtime_ns != before)
        before = document.stat().st_mtime_ns
        return read_document(document.read_bytes())

    def weight(document: Document) -> float:
        return float(document.spec.network.weights(document.start, 2)[0, 0])

    # A click asks: Space and a clicker's key step, and the number is as it was.
    window.point_at(place(Spot("weight", 2, 0, 0)))
    time.sleep(0.5)
    window.click()
    time.sleep(0.5)
    window.press("space", "Next")
    there = saved()
    assert there.revealed is not None and there.revealed.kind == "activation"
    assert weight(there) == 0.4

    # A double click edits; while nothing is typed the clicker's key closes the field and steps.
    like.session.seek(2)
    window.point_at(place(Spot("weight", 2, 0, 0)))
    time.sleep(1.0)
    window.click()
    window.click()
    time.sleep(0.5)
    window.press("Next")
    there = saved()
    assert there.revealed is not None
    assert (there.revealed.kind, there.revealed.unit) == ("net_input", 1)
    assert weight(there) == 0.4

    # A digit begins another number, and the clicker's key takes it; what is wrong stays.
    window.press("period", "7", "Next")
    there = saved()
    assert weight(there) == 0.7
    assert there.revealed is not None
    assert (there.revealed.kind, there.revealed.unit) == ("activation", 1)
    window.press("F2", "x", "Next", "Escape")
    window.press("e")
    there = saved()
    assert there.updates == 1 and weight(there) == 0.7

    window.press("ctrl+q")
    wait_for(lambda: window.process.poll() is not None)
    assert window.process.returncode == 0
    assert window.log() == ""


def assert_ended(window: Window, code: int) -> None:
    wait_for(lambda: window.process.poll() is not None)
    assert window.process.returncode == code, window.log()
    assert window.log() == ""


def diverging_document() -> Document:
    """Points along a sine wave, a network of six hidden units, and a rate that is far too high."""
    rule = DATASETS["sine"]
    units = tuple(f"h{number}" for number in range(1, 7))
    network = Network(("x",), (Layer(units, "tanh"), Layer(("y",), rule.activation)))
    optimizer = Optimizer(settings={"learning_rate": 1e6})
    spec = Spec(network, rule.loss, "mean", optimizer, rule.make(1), seed=1)
    return Document(spec=spec, start=network.draw("glorot_uniform", 1))


def window_like(document: Document, size: tuple[int, int], qtbot: QtBot) -> MainWindow:
    """A window of that size in this process: what stands where in the other one."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.load_fonts()
    theme.apply(app, "light")
    window = MainWindow(remember=False)
    qtbot.addWidget(window)
    window.resize(*size)
    window.documents.show(document, "the same")
    window.show()
    qtbot.waitExposed(window)
    return window


def place_in(window: MainWindow, widget: QWidget) -> tuple[int, int]:
    """The middle of a widget."""
    place = widget.mapTo(window, widget.rect().center())
    return place.x(), place.y()


def place_of_fewer(document: Document, size: tuple[int, int], qtbot: QtBot) -> tuple[int, int]:
    """Where the small "−" at the hidden layer stands in a window of that size."""
    window = window_like(document, size, qtbot)
    port = window.canvas.view.viewport()
    qtbot.mouseMove(port, window.canvas.place_of(Spot("unit", 1, 0)).center())
    fewer = window.findChild(QPushButton, "removeUnit")
    assert isinstance(fewer, QPushButton)
    return place_in(window, fewer)


def test_a_divergence_with_the_pointer_at_a_small_button_ends_nothing(
    display: str, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "sine.backpass.json"
    document = diverging_document()
    path.write_bytes(write_document(document))
    window = Window(display, tmp_path, str(path))
    try:
        wait_for(lambda: "sine.backpass.json" in window.title)
        x, y = place_of_fewer(document, window.frame[2:], qtbot)
        # Between the moves of a hand there is time for the window to follow.
        for place in ((x, y + 60), (x, y)):
            window.point_at(place)
            time.sleep(0.5)
        window.click()
        wait_for(lambda: "*" in window.title)  # the unit is gone: the document is another one
        for place in ((x + 1, y), (x, y)):
            window.point_at(place)
            time.sleep(0.3)
        window.press("t")

        def diverged() -> bool:
            """Save, and see whether the run stands where it diverged."""
            assert window.process.poll() is None, window.log()
            window.press("ctrl+s")
            saved = read_document(path.read_bytes())
            is_smaller = len(saved.spec.network.layers[0].units) == 5
            return is_smaller and saved.state is not None and saved.state.t > 0

        wait_for(diverged)
        time.sleep(2.0)
        assert diverged()
        state = read_document(path.read_bytes()).state
        assert state is not None and 0 < state.t < 10
        window.press("ctrl+q")
        wait_for(lambda: window.process.poll() is not None)
        assert window.process.returncode == 0
        assert window.log() == ""
    finally:
        window.close()
