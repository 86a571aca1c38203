"""Garbage goes between two turns of the event loop, and only there."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.window.garbage import Collector


class Ring:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[Collector]:
    thresholds, owner = gc.get_threshold(), QObject()
    gc.set_threshold(50, 10, 10)
    made = Collector(owner)
    yield made
    gc.set_threshold(*thresholds)
    owner.deleteLater()


def test_a_ring_is_freed_by_the_event_loop_and_not_before(
    qtbot: QtBot, collector: Collector
) -> None:
    gone = weakref.ref(Ring())
    kept = [Ring() for _ in range(2000)]  # enough for Python's own collector to come by
    assert not gc.isenabled() and gone() is not None
    qtbot.waitUntil(lambda: gone() is None, timeout=10_000)
    assert len(kept) == 2000
