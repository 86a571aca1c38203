"""The ribbon: ticks at their places and in their colours, and the ways to seek on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer, Network, default_unit_names
from engine.run.spec import Data
from gui import theme
from gui.panels.ribbon.panel import StepRibbon
from gui.panels.ribbon.plan import RibbonPlan, count_width
from gui.view import View
from tests.gui.conftest import on_screen

MakeView = Callable[..., View]


@pytest.fixture
def ribbon(qtbot: QtBot) -> StepRibbon:
    return on_screen(qtbot, StepRibbon(), 700, 76)


def sized(view: View, *sizes: int) -> View:
    """The view with a network of other sizes."""
    names = default_unit_names(sizes)
    network = Network(names[0], tuple(Layer(units, "sigmoid") for units in names[1:]))
    columns = tuple(f"t{i}" for i in range(sizes[-1]))
    data = Data(np.zeros((1, sizes[0])), np.zeros((1, sizes[-1])), columns)
    return replace(view, spec=replace(view.spec, network=network, data=data))


def middle_of(ribbon: StepRibbon, view: View, k: int) -> QPoint:
    """The middle of a step's tick."""
    left, width = RibbonPlan(view.steps.groups, ribbon.width() - 12).span_of(k)
    return QPoint(round(left + width / 2), ribbon.height() // 2)


def colour_at(image: QImage, place: QPoint) -> str:
    return QColor(image.pixel(place)).name()


def asked(ribbon: StepRibbon) -> list[int]:
    targets: list[int] = []
    ribbon.seek_requested.connect(targets.append)
    return targets


@pytest.mark.parametrize("name", ["light", "dark"])
def test_done_current_and_ahead_have_their_colours(
    ribbon: StepRibbon,
    mazur_view: MakeView,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    view = mazur_view(13)
    ribbon.display(view)
    ribbon.grab()
    colours = theme.THEMES[name]
    monkeypatch.setattr(theme, "current", lambda: colours)
    ribbon.restyle()
    image = ribbon.grab().toImage()
    blank = colour_at(image, QPoint(1, 1))
    shown = [colour_at(image, middle_of(ribbon, view, k)) for k in range(34)]
    assert shown == [colours.accent_done] * 12 + [colours.accent] + [blank] * 21


def test_before_the_first_step_every_tick_is_empty(
    ribbon: StepRibbon, mazur_view: MakeView
) -> None:
    view = mazur_view(0)
    ribbon.display(view)
    image = ribbon.grab().toImage()
    blank = colour_at(image, QPoint(1, 1))
    assert {colour_at(image, middle_of(ribbon, view, k)) for k in range(34)} == {blank}


def test_another_view_moves_the_current_tick(ribbon: StepRibbon, mazur_view: MakeView) -> None:
    ribbon.display(mazur_view(13))
    view = mazur_view(34)
    ribbon.display(view)
    image = ribbon.grab().toImage()
    assert colour_at(image, middle_of(ribbon, view, 33)) == theme.current().accent
    assert colour_at(image, middle_of(ribbon, view, 12)) == theme.current().accent_done


def test_click_on_each_tick_asks_for_it_to_be_shown(
    ribbon: StepRibbon, qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = mazur_view(0)
    ribbon.display(view)
    targets = asked(ribbon)
    for k in range(34):
        qtbot.mouseClick(ribbon, Qt.MouseButton.LeftButton, pos=middle_of(ribbon, view, k))
    assert targets == list(range(1, 35))


def test_click_left_of_the_first_tick_goes_before_it_and_a_gap_belongs_to_what_is_left_of_it(
    ribbon: StepRibbon, qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = mazur_view(13)
    ribbon.display(view)
    targets = asked(ribbon)
    qtbot.mouseClick(ribbon, Qt.MouseButton.LeftButton, pos=QPoint(2, 38))
    loss = middle_of(ribbon, view, 8)
    before_loss = QPoint(loss.x() - 14, 38)
    qtbot.mouseClick(ribbon, Qt.MouseButton.LeftButton, pos=before_loss)
    assert targets == [0, 8]


def test_drag_asks_once_for_each_step_passed(
    ribbon: StepRibbon, qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = mazur_view(13)
    ribbon.display(view)
    targets = asked(ribbon)
    qtbot.mousePress(ribbon, Qt.MouseButton.LeftButton, pos=middle_of(ribbon, view, 20))
    for k in (20, 21, 22, 20):
        qtbot.mouseMove(ribbon, middle_of(ribbon, view, k))
        qtbot.mouseMove(ribbon, middle_of(ribbon, view, k) + QPoint(1, 1))
    qtbot.mouseMove(ribbon, QPoint(-50, 38))
    qtbot.mouseRelease(ribbon, Qt.MouseButton.LeftButton, pos=QPoint(-50, 38))
    qtbot.mouseMove(ribbon, middle_of(ribbon, view, 5))
    assert targets == [21, 22, 23, 21, 0]


def test_pointing_at_a_tick_says_which_step_it_is(
    ribbon: StepRibbon, qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = mazur_view(0)
    ribbon.display(view)
    qtbot.mouseMove(ribbon, middle_of(ribbon, view, 12))
    assert QToolTip.text() == "gradient of w5 · step 13 of 34"
    qtbot.mouseMove(ribbon, middle_of(ribbon, view, 33))
    assert QToolTip.text() == "loss before → after · step 34 of 34"
    QToolTip.hideText()


KEYS = [
    (13, Qt.Key.Key_Right, False, 14),
    (13, Qt.Key.Key_Left, False, 12),
    (13, Qt.Key.Key_Home, False, 0),
    (13, Qt.Key.Key_End, False, 34),
    (13, Qt.Key.Key_Right, True, 18),  # after the output layer's backward steps
    (13, Qt.Key.Key_Left, True, 11),  # after the loss
    (4, Qt.Key.Key_Left, True, 0),
    (33, Qt.Key.Key_Right, True, 34),
]


@pytest.mark.parametrize(("revealed", "key", "by_layer", "target"), KEYS)
def test_keys(
    ribbon: StepRibbon,
    qtbot: QtBot,
    mazur_view: MakeView,
    revealed: int,
    key: Qt.Key,
    by_layer: bool,
    target: int,
) -> None:
    ribbon.display(mazur_view(revealed))
    targets = asked(ribbon)
    control, plain = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(ribbon, key, control if by_layer else plain)
    assert targets == [target]


def test_keys_at_the_ends_and_keys_of_the_window_ask_for_nothing(
    ribbon: StepRibbon, qtbot: QtBot, mazur_view: MakeView
) -> None:
    targets = asked(ribbon)
    ribbon.display(mazur_view(0))
    qtbot.keyClick(ribbon, Qt.Key.Key_Left)
    qtbot.keyClick(ribbon, Qt.Key.Key_Home)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_T):
        qtbot.keyClick(ribbon, key)
    ribbon.display(mazur_view(34))
    qtbot.keyClick(ribbon, Qt.Key.Key_Right)
    assert targets == []


def test_an_empty_ribbon_asks_for_nothing(ribbon: StepRibbon, qtbot: QtBot) -> None:
    targets = asked(ribbon)
    qtbot.mouseClick(ribbon, Qt.MouseButton.LeftButton, pos=QPoint(50, 38))
    qtbot.keyClick(ribbon, Qt.Key.Key_Right)
    ribbon.grab()
    assert targets == []


def test_accessible_description_follows_the_cursor(
    ribbon: StepRibbon, mazur_view: MakeView
) -> None:
    assert ribbon.accessibleName() == "Steps of this iteration"
    ribbon.display(mazur_view(0))
    assert ribbon.accessibleDescription() == "before the first of 34 steps"
    ribbon.display(mazur_view(13))
    assert ribbon.accessibleDescription() == "gradient of w5 · step 13 of 34"


SIZES = [(2, 2, 2), (2, 3, 1), (2, 8, 8, 1), (2, 64, 64, 2), (64, 512, 3), (2, *[8] * 8, 2)]


@pytest.mark.parametrize("width", [350, 700, 1000])
@pytest.mark.parametrize("sizes", SIZES)
def test_every_network_fits_with_ticks_of_four_pixels_or_bars(
    mazur_view: MakeView, sizes: tuple[int, ...], width: int
) -> None:
    steps = sized(mazur_view(), *sizes).steps
    plan = RibbonPlan(steps.groups, width - 12)
    assert [band.group for band in plan.bands] == list(steps.groups)
    end = 0.0
    for left, tick in plan.shapes():
        assert left >= end + 1
        assert tick >= 4
        end = left + tick
    assert end <= width - 6
    assert len(list(plan.shapes())) < 250


@pytest.mark.parametrize("percent", [100, 125, 150])
def test_bars_have_room_for_their_counts_in_large_text_too(
    mazur_view: MakeView, qapp: QApplication, percent: int
) -> None:
    groups = sized(mazur_view(), 64, 16, 10).steps.groups
    theme.apply(qapp, percent=percent)
    try:
        bars = [band for band in RibbonPlan(groups, 890).bands if band.pitch is None]
        assert {180, 1056} <= {band.count for band in bars}
        assert all(count_width(band.count) <= band.width for band in bars)
    finally:
        theme.apply(qapp, percent=100)


@pytest.mark.parametrize("sizes", SIZES)
def test_the_layers_of_a_pass_stand_closer_than_the_passes(
    mazur_view: MakeView, sizes: tuple[int, ...]
) -> None:
    bands = RibbonPlan(sized(mazur_view(), *sizes).steps.groups, 688).bands
    between = [(b.left - a.left - a.width, a, b) for a, b in zip(bands, bands[1:], strict=False)]
    layers = {gap for gap, a, b in between if a.group.phase == b.group.phase}
    passes = {gap for gap, a, b in between if a.group.phase != b.group.phase}
    assert len(layers) <= 1
    assert max(layers, default=0) < min(passes)


def test_a_bar_is_filled_in_part_and_seeks_over_all_its_steps(
    ribbon: StepRibbon, qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = replace(sized(mazur_view(), 2, 64, 64, 2), revealed=2500)
    ribbon.display(view)
    plan = RibbonPlan(view.steps.groups, ribbon.width() - 12)
    bar = next(band for band in plan.bands if band.count == 4224)
    assert bar.pitch is None
    targets = asked(ribbon)
    for x in (bar.left, bar.left + bar.width // 2, bar.left + bar.width - 1):
        qtbot.mouseClick(ribbon, Qt.MouseButton.LeftButton, pos=QPoint(x, 38))
    first, half, last = (target - bar.group.start for target in targets)
    assert first == 1
    assert half == pytest.approx(4224 / 2, rel=0.05)
    assert last == pytest.approx(4224, rel=0.05)
    image = ribbon.grab().toImage()
    row = ribbon.height() // 2 - 8  # above the count that is written into the bar
    filled = [
        colour_at(image, QPoint(x, row)) == theme.current().accent_done
        for x in range(bar.left + 3, bar.left + bar.width - 3)
    ]
    part = (2500 - bar.group.start) / 4224
    assert sum(filled) / len(filled) == pytest.approx(part, abs=0.1)
    assert filled == sorted(filled, reverse=True)


def test_the_hint_goes_when_there_is_no_height_for_it(
    ribbon: StepRibbon, mazur_view: MakeView
) -> None:
    ribbon.display(mazur_view(3))

    def inked_rows() -> set[int]:
        image = ribbon.grab().toImage()
        blank = colour_at(image, QPoint(1, 1))
        rows = range(image.height())
        return {y for y in rows if colour_at(image, QPoint(12, y)) != blank}

    assert max(inked_rows()) > 60  # the first letters of the hint
    ribbon.resize(700, ribbon.minimumSizeHint().height())
    assert max(inked_rows()) >= ribbon.height() - 4  # the ticks take what there is
    assert ribbon.height() < 50
