"""Closer looks beside the result: opened and closed by key and menu, remembered, covered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.maths.network import Parameter
from gui import settings
from gui.lenses.table import LENSES
from gui.plots.plot import Plot
from gui.view import Curtain
from gui.window.main_window import MainWindow
from tests.gui.accessibility.test_tree import nameless
from tests.gui.conftest import OpenWindow
from tests.gui.lenses.conftest import entry


def tabs(window: MainWindow) -> list[str]:
    bar = window.findChild(QTabBar, "lensTabs")
    assert bar is not None
    return [bar.tabText(k) for k in range(bar.count())] if bar.isVisible() else []


def test_nothing_is_open_at_first(open_window: OpenWindow) -> None:
    window = open_window("xor-2-3-1")
    assert tabs(window) == [] and window.result.isVisible()
    assert not any(window.lenses.is_open(row.key) for row in LENSES)


def test_each_opens_and_closes_by_its_keys_and_gives_the_result_back(
    open_window: OpenWindow,
) -> None:
    window = open_window("xor-2-3-1")
    for row in LENSES:
        action = entry(window, row.shortcut)
        action.trigger()
        assert action.isChecked() and row.tab in tabs(window)
        assert window.lenses.lens(row.key).isVisible() and not window.result.isVisible()
    assert tabs(window) == ["Result", *(row.tab for row in LENSES)]
    for row in LENSES:
        lens = window.lenses.lens(row.key)
        if not lens.isVisible():
            entry(window, row.shortcut).trigger()  # behind another tab: to the front
        assert lens.isVisible()
        lens.close_button.setFocus()
        QTest.keyClick(lens.close_button, Qt.Key.Key_Return)
        assert row.tab not in tabs(window) and not entry(window, row.shortcut).isChecked()
    assert window.result.isVisible() and window.canvas.isAncestorOf(window.focusWidget())


def test_what_was_open_is_open_at_the_next_start(qtbot: QtBot) -> None:
    row = LENSES[0]
    for is_open in (False, True):
        window = MainWindow(remember=True)
        window.documents.show(read_example("mazur-2-2-2"), "mazur-2-2-2")
        window.show()
        assert window.lenses.is_open(row.key) == is_open
        if not is_open:
            entry(window, row.shortcut).trigger()
        else:
            assert window.lenses.lens(row.key).isVisible()
            entry(window, row.shortcut).trigger()
        window.close_quietly()
        window.deleteLater()
    assert not settings.LENSES[row.key].kept()


@pytest.mark.parametrize("locked", [False, True])
def test_all_are_covered_while_something_is_to_be_predicted(
    open_window: OpenWindow, locked: bool
) -> None:
    window = open_window("xor-2-3-1")
    for row in LENSES:
        entry(window, row.shortcut).trigger()
    window.session.draw_curtain(Curtain(("deltas",), locked))
    for row in LENSES:
        lens = window.lenses.lens(row.key)
        window.lenses.place.show_card(lens)
        assert lens.is_covered and not lens.note.isVisible()
    window.session.draw_curtain(None)
    assert not any(
        window.lenses.lens(row.key).is_covered and window.lenses.lens(row.key).isVisible()
        for row in LENSES
    )


def test_a_presentation_leaves_them_out_and_brings_them_back(open_window: OpenWindow) -> None:
    window = open_window("xor-2-3-1")
    entry(window, LENSES[0].shortcut).trigger()
    lens = window.lenses.lens(LENSES[0].key)
    window.presenting.toggle_alone()
    assert not lens.isVisible() and not entry(window, LENSES[0].shortcut).isEnabled()
    window.presenting.leave()
    assert lens.isVisible() and entry(window, LENSES[0].shortcut).isEnabled()


def test_the_glossary_finds_the_result_behind_its_tab(open_window: OpenWindow) -> None:
    window = open_window("xor-2-3-1")
    entry(window, LENSES[0].shortcut).trigger()
    assert not window.result.isVisible()
    window.pictures.bring_forward("surface")
    assert window.result.isVisible() and not window.lenses.lens(LENSES[0].key).isVisible()


def test_everything_in_each_has_a_name(open_window: OpenWindow) -> None:
    window = open_window("xor-2-3-1")
    window.canvas.select(Parameter(2, 0, 0))
    for row in LENSES:
        entry(window, row.shortcut).trigger()
        window.settle()
        assert nameless(window.lenses.place) == [], row.key


@pytest.mark.parametrize("percent", [80, 200])
def test_all_follow_the_theme_and_the_size_of_text(
    open_window: OpenWindow, percent: int
) -> None:
    window = open_window("xor-2-3-1")
    window.canvas.select(Parameter(2, 0, 0))
    lenses = []
    for row in LENSES:
        entry(window, row.shortcut).trigger()
        lenses.append(window.lenses.lens(row.key))
    pictures = []
    for lens in lenses:
        window.lenses.place.show_card(lens)
        pictures.append(lens.grab().toImage())
    window.use_theme("dark")
    window.use_text_size(percent, keep=False)
    try:
        for lens, before in zip(lenses, pictures, strict=True):
            window.lenses.place.show_card(lens)
            after = lens.grab().toImage()
            places = after.width() // 2, 4  # within the card, above what is in it
            assert after.pixelColor(*places).lightness() < 100
            assert before.pixelColor(before.width() // 2, 4).lightness() > 200
            if plot := lens.findChild(Plot):
                assert plot.height() >= 60
    finally:
        window.use_text_size(100, keep=False)
        window.use_theme("light")
