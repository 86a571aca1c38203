"""Collecting garbage only between two turns of the window's event loop.

Left to itself, Python collects wherever it happens to be. In the training thread it would destroy
Qt's objects away from their own thread; inside one of Qt's calls, such as a disconnect, it would
wait for a lock that this very call holds, for good (seen with PySide6 6.11).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL = 1000  # milliseconds


class Collector(QObject):
    """Does what Python's own collector does, by the same thresholds, from a timer."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def _collect(self) -> None:
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return
