"""What the window holds does not grow with use: counts of what takes most, no measured memory."""

from __future__ import annotations

import gc

import pyqtgraph as pg
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.formulas.typesetting import Wanted
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow


def test_only_formulas_of_the_last_steps_are_held_ready_to_be_painted(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window("xor-2-3-1")
    shown, pieces = window.derivation.inside, set[Wanted]()
    while len(pieces) < 250:
        window.session.step("number")
        qtbot.waitUntil(lambda: shown.shown.typeset, timeout=20_000)
        pieces.update(shown.wanted())
    ready = sum(isinstance(held, QSvgRenderer) for held in gc.get_objects())
    assert 0 < ready <= 100  # each takes 60 kB


def test_samples_and_themes_seen_before_add_nothing_to_the_plots(
    open_window: OpenWindow,
) -> None:
    window = open_window("xor-2-3-1")

    def see_everything() -> list[int]:
        for name in ("dark", "light"):
            window.use_theme(name)
            for sample in (0, 1):
                window.session.choose_sample(sample)
                window.grab()
        return looks_of_spots(window)

    see_everything()  # what is worked out beside the window has come by the next time
    QTest.qWait(200)
    once = see_everything()
    assert sum(once) > 0
    assert see_everything() == once


def looks_of_spots(window: MainWindow) -> list[int]:
    """How many looks of spots each item of each plot keeps as a picture."""
    plots = window.findChildren(pg.GraphicsView)
    items = [item for plot in plots for item in plot.scene().items()]
    return [len(item.fragmentAtlas) for item in items if isinstance(item, pg.ScatterPlotItem)]
