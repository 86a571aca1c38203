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


def test_a_ring_that_outlived_younger_collections_is_freed_too(
    qtbot: QtBot, collector: Collector
) -> None:
    gc.set_threshold(50, 10, 1)
    ring = Ring()
    gc.collect(1)  # it is old from here on
    gone = weakref.ref(ring)
    del ring
    gc.collect(1)
    gc.collect(1)
    assert gone() is not None
    young = []

    def is_gone() -> bool:
        young.extend(Ring() for _ in range(100))  # their own collection is always due as well
        return gone() is None

    qtbot.waitUntil(is_gone, timeout=10_000)
