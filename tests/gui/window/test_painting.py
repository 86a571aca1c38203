"""A step paints what it changes and nothing else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from gui.tables.number_table import NumberTable
from gui.view import View
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow


class Painted(QObject):
    """The classes of all widgets that paint, and of those they are in."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            widget: QObject | None = watched
            while widget is not None:
                self.names.add(type(widget).__name__)
                widget = widget.parent()
        return False


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow(remember=False)
    qtbot.addWidget(made, before_close_func=lambda _: made.session.mark_saved())
    made.resize(1440, 900)
    made.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    made.show()
    qtbot.waitExposed(made)
    made.session.seek(3)
    made.settle()
    return made


def painted(qapp: QApplication) -> set[str]:
    """What is painted by the time that nothing is left to do at once."""
    watch = Painted()
    qapp.installEventFilter(watch)
    qapp.processEvents()
    qapp.removeEventFilter(watch)
    return watch.names


def test_a_step_leaves_panels_alone_that_show_the_same(
    qapp: QApplication, window: MainWindow
) -> None:
    window.session.step()
    names = painted(qapp)
    assert {"NetworkCanvas", "DerivationPanel", "StepRibbon"} <= names
    assert not {"DataPanel", "ResultPanel", "SummaryPanel", "LossPanel", "NetworkPanel"} & names


def test_another_sample_and_other_digits_are_painted(
    qapp: QApplication, window: MainWindow
) -> None:
    window.session.choose_sample(2)
    assert {"DataPanel", "ResultPanel"} <= painted(qapp)
    window.session.set_digits(4)
    assert "DataPanel" in painted(qapp)


def test_at_a_slow_pace_the_tables_follow_every_moment(
    qtbot: QtBot, window: MainWindow
) -> None:
    weights = window.weights.findChild(NumberTable, "weightsTable1")
    shown: list[tuple[float | None, float]] = []

    def compare(view: View) -> None:  # the window has shown it by then
        first = float(view.spec.network.weights(view.theta, 1)[0, 0])
        shown.append((weights.numbers.value(0, 0), first))

    window.session.set_pace(5)
    window.session.changed.connect(compare)
    window.session.train()
    qtbot.waitUntil(lambda: len(shown) > 5)
    window.session.pause()
    assert [cell for cell, _ in shown] == [first for _, first in shown]
    assert len({first for _, first in shown}) > 3


def test_edges_follow_a_zoom(open_window: OpenWindow) -> None:
    """Into a layer of twelve units, whose edges reach far beyond the view."""
    window = open_window("xor-2-3-1")
    for _ in range(9):
        window.canvas.unit_added.emit(1)
    window.settle()
    view = window.canvas.view
    for _ in range(5):
        view.zoom_by(1.2, QPoint(400, 250))
        QApplication.processEvents()
        seen = view.viewport().grab().toImage()
        window.canvas.scene.paint_anew()
        QApplication.processEvents()
        assert view.viewport().grab().toImage() == seen
