"""The top row: what its buttons report, what it says of a view, and that it fits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QMainWindow,
    QMenu,
    QPushButton,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.run.spec import Batching, Data
from gui.panels.controls import ControlsBar
from gui.view import View
from tests.gui.conftest import on_screen

MakeView = Callable[..., View]


@pytest.fixture
def bar(qtbot: QtBot) -> ControlsBar:
    return on_screen(qtbot, ControlsBar(), 1440, 60)


def button(bar: ControlsBar, name: str) -> QPushButton:
    found = bar.findChild(QPushButton, name)
    assert found is not None
    return found


def label(bar: ControlsBar, name: str) -> QLabel:
    found = bar.findChild(QLabel, name)
    assert found is not None
    return found


BUTTONS = {
    "save": "save_requested",
    "reset": "reset_requested",
    "newSeed": "new_seed_requested",
    "back": "back_requested",
    "step": "step_requested",
    "epoch": "epoch_requested",
    "train": "train_toggled",
}


@pytest.mark.parametrize(("name", "signal"), BUTTONS.items())
def test_each_button_reports_by_mouse_and_by_enter(
    bar: ControlsBar, qtbot: QtBot, name: str, signal: str
) -> None:
    with qtbot.waitSignal(getattr(bar, signal)):
        qtbot.mouseClick(button(bar, name), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(getattr(bar, signal)):
        qtbot.keyClick(button(bar, name), Qt.Key.Key_Return)


class _Window(QMainWindow):
    """A window that notes the keys which reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []

    def keyPressEvent(self, event: object) -> None:
        self.keys.append(event.key())  # type: ignore[attr-defined]


def test_space_page_keys_and_t_pass_through_to_the_window(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    window, bar = _Window(), ControlsBar()
    window.setCentralWidget(bar)
    qtbot.addWidget(window)
    bar.display(mazur_view(can_go_back=True))
    pressed = []
    bar.step_requested.connect(lambda: pressed.append("step"))
    keys = [Qt.Key.Key_Space, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_T]
    names = [*BUTTONS, "grain", "pace"]
    for name in names:
        widget = bar.findChild(QWidget, name)
        for key in keys:
            qtbot.keyClick(widget, key)
    assert window.keys == keys * len(names)
    assert pressed == []


def test_clicking_a_button_leaves_the_focus_where_it_was(bar: ControlsBar, qtbot: QtBot) -> None:
    with qtbot.waitActive(bar):
        bar.activateWindow()
    slider = bar.findChild(QSlider, "pace")
    slider.setFocus()
    qtbot.mouseClick(button(bar, "step"), Qt.MouseButton.LeftButton)
    assert slider.hasFocus()


@pytest.mark.parametrize("name", [*BUTTONS, "examples", "grain", "pace"])
def test_what_has_the_focus_can_be_seen(
    bar: ControlsBar, qtbot: QtBot, mazur_view: MakeView, name: str
) -> None:
    bar.display(mazur_view(can_go_back=True))
    with qtbot.waitActive(bar):
        bar.activateWindow()
    qtbot.mouseMove(bar, bar.rect().bottomRight())  # what is pointed at looks like that too
    widget = bar.findChild(QWidget, name)
    other = bar.findChild(QWidget, "step" if name != "step" else "pace")
    other.setFocus(Qt.FocusReason.TabFocusReason)
    without = widget.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget.hasFocus()
    assert widget.grab().toImage() != without


def test_choosing_a_grain_reports_it_and_showing_one_does_not(
    bar: ControlsBar, qtbot: QtBot, mazur_view: MakeView
) -> None:
    chosen: list[str] = []
    bar.grain_chosen.connect(chosen.append)
    bar.display(mazur_view(grain="pass"))
    grain = bar.findChild(QComboBox, "grain")
    assert grain.currentText() == "pass"
    assert chosen == []
    qtbot.keyClick(grain, Qt.Key.Key_Down)
    assert chosen == ["iteration"]


def test_examples_menu_lists_titles_and_reports_the_name(bar: ControlsBar, qtbot: QtBot) -> None:
    bar.set_examples([("mazur-2-2-2", "Two & two"), ("xor-2-3-1", "XOR")])
    qtbot.mouseClick(button(bar, "examples"), Qt.MouseButton.LeftButton)
    menu = bar.findChild(QMenu, "examplesMenu")
    assert menu.isVisible()
    assert [action.text() for action in menu.actions()] == [
        "Two && two\tmazur-2-2-2",
        "XOR\txor-2-3-1",
    ]
    with qtbot.waitSignal(bar.example_chosen) as signal:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert signal.args == ["mazur-2-2-2"]


def test_speed_goes_from_one_epoch_a_second_to_full(bar: ControlsBar, qtbot: QtBot) -> None:
    slider = bar.findChild(QSlider, "pace")
    chosen: list[object] = []
    bar.speed_chosen.connect(chosen.append)
    assert label(bar, "paceCaption").text() == "up to full speed"
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert label(bar, "paceCaption").text() == "3,000 epochs/s"
    assert "3,000 epochs/s" in slider.toolTip()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert label(bar, "paceCaption").text() == "1 epoch/s"
    for _ in range(3):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert chosen == [3000, 1, 2, 5, 10, None]


def test_readout_while_steps_are_shown_and_between_iterations(
    bar: ControlsBar, mazur_view: MakeView
) -> None:
    bar.display(mazur_view(13))
    assert label(bar, "where").text() == "iteration 1 · epoch 0"
    assert label(bar, "lossValue").text() == "E = 0.298371"
    bar.display(replace(mazur_view(), t=10_000))
    assert label(bar, "where").text() == "epoch 10,000 · iteration 10,000"


def test_an_epoch_that_takes_long_says_how_far_it_is(
    bar: ControlsBar, mazur_view: MakeView
) -> None:
    view = replace(mazur_view(training=True), t=3)
    bar.display(view)
    bar.show_within(0.449)
    assert label(bar, "where").text() == "epoch 3: 45 % · iteration 3"
    bar.display(replace(view, t=4))
    assert label(bar, "where").text() == "epoch 4 · iteration 4"
    bar.display(mazur_view())
    bar.show_within(0.5)  # a word that came late
    assert "%" not in label(bar, "where").text()


@pytest.mark.parametrize(
    ("rate", "speed"), [(0.02, "10 iterations/s"), (0.4, "200 iterations/s"),
                        (0.0009, "2.2 s an iteration"), (0.95, "full speed")],
)
def test_an_epoch_of_many_batches_that_takes_long_says_how_far_it_is_and_how_fast(
    bar: ControlsBar, mazur_view: MakeView, rate: float, speed: str
) -> None:
    base = mazur_view()
    data = Data(np.zeros((500, 2)), np.zeros((500, 2)), base.spec.data.target_names)
    spec = replace(base.spec, data=data, batching=Batching(1))
    view = replace(base, spec=spec, t=500 * 7 + 185, training=True, rate=rate)
    bar.display(view)
    long = "epoch 7: 37 % · iteration 3,685"
    assert label(bar, "where").text() == (long if rate < 0.9 else "epoch 7 · iteration 3,685")
    assert label(bar, "paceCaption").text() == speed
    bar.display(replace(view, training=False, rate=None))  # one stands in the middle of it
    assert label(bar, "where").text() == long
    bar.display(replace(view, training=False, rate=None, t=500 * 8))
    assert label(bar, "where").text() == "epoch 8 · iteration 4,000"


def test_an_end_that_was_asked_for_stands_beside_the_epoch(
    bar: ControlsBar, mazur_view: MakeView
) -> None:
    bar.display(replace(mazur_view(training=True), t=312, until_epoch=5000))
    assert label(bar, "where").text().startswith("epoch 312 of 5,000")


def test_readout_of_what_is_unknown_or_has_diverged(
    bar: ControlsBar, mazur_view: MakeView
) -> None:
    view = mazur_view()
    bar.display(replace(view, evaluation=None))
    assert label(bar, "lossValue").text() == "E = …"
    assert view.evaluation is not None
    bar.display(replace(view, evaluation=replace(view.evaluation, loss=np.inf)))
    assert label(bar, "lossValue").text() == "E = ∞"


def test_while_training_leaves_no_time_for_the_loss_the_last_one_known_stands_there(
    bar: ControlsBar, mazur_view: MakeView
) -> None:
    view = replace(mazur_view(training=True), evaluation=None, t=4)
    bar.display(replace(view, curve=np.array([[0.0, 0.5], [3.0, 0.123456789]])))
    assert label(bar, "lossValue").text() == "E = 0.123457 (epoch 3)"
    bar.display(replace(view, curve=np.empty((0, 2))))
    assert label(bar, "lossValue").text() == "E = …"


def test_counts_too_long_for_the_readout_keep_the_first_part_whole(
    bar: ControlsBar, mazur_view: MakeView
) -> None:
    bar.display(replace(mazur_view(), t=10**9))
    assert label(bar, "where").text() == "epoch 1,000,000,000"
    assert label(bar, "where").toolTip() == "epoch 1,000,000,000 · iteration 1,000,000,000"


def test_training_turns_train_into_pause_and_keeps_everything_in_reach(
    bar: ControlsBar, mazur_view: MakeView
) -> None:
    bar.display(mazur_view(can_go_back=True))
    assert button(bar, "train").text() == "▶▶ Train"
    assert button(bar, "step").property("primary") is True
    bar.display(mazur_view(can_go_back=True, training=True))
    assert button(bar, "train").text() == "❚❚ Pause"
    assert button(bar, "train").accessibleName() == "Pause"
    assert button(bar, "train").property("primary") is True
    assert button(bar, "step").property("primary") is False
    assert all(button(bar, name).isEnabled() for name in BUTTONS)


def test_back_is_off_at_the_very_beginning(bar: ControlsBar, mazur_view: MakeView) -> None:
    bar.display(mazur_view(can_go_back=False))
    assert not button(bar, "back").isEnabled()
    bar.display(mazur_view(can_go_back=True))
    assert button(bar, "back").isEnabled()


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("width", [1440, 1250, 1024])
def test_nothing_overlaps_or_is_clipped(
    bar: ControlsBar, qtbot: QtBot, mazur_view: MakeView, width: int, training: bool
) -> None:
    bar.display(replace(mazur_view(training=training, can_go_back=True), t=999_999))
    bar.resize(width, bar.height())
    qtbot.waitUntil(lambda: bar.layout().geometry().width() == width)
    QApplication.processEvents()
    shown = [w for w in bar.findChildren(QWidget) if w.parent() is bar and w.isVisible()]
    for widget in shown:
        assert bar.rect().contains(widget.geometry()), widget.objectName()
        if isinstance(widget, QPushButton | QLabel):
            font = widget.font()
            font.setBold(font.bold() or widget.property("primary") is True)
            needed = QFontMetrics(font).horizontalAdvance(widget.text())
            assert needed <= widget.width(), widget.objectName()
    for first, second in zip(shown, shown[1:], strict=False):
        assert not first.geometry().intersects(second.geometry())


def test_what_the_menu_bar_has_too_goes_first_and_comes_back(
    bar: ControlsBar, qtbot: QtBot
) -> None:
    def visible() -> list[bool]:
        return [bar.findChild(QWidget, name).isVisible() for name in ("by", "examples", "reset")]

    assert visible() == [True, True, True]
    bar.resize(1250, 60)
    assert visible() == [False, True, True]
    bar.resize(1024, 60)
    assert visible() == [False, False, True]
    bar.resize(1440, 60)
    assert visible() == [True, True, True]
    assert bar.minimumSizeHint().width() <= 1024


def test_every_control_has_an_accessible_name(bar: ControlsBar) -> None:
    for widget in bar.findChildren(QWidget):
        if isinstance(widget, QPushButton | QComboBox | QSlider):
            assert widget.accessibleName(), widget.objectName()
