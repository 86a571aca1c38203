"""SeedRunner: the runs of many seeds in the background, a slice at a time.

Slices and painting take turns (see gui.session.worker), so the window answers all the while.
"""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QObject, QTimer, Signal

from engine.learn.many_seeds import SeedRuns
from engine.run.iteration import Interrupted
from gui.session.worker import Computation, Worker

_SLICE_SECONDS = 0.02
_POLL_MILLISECONDS = 4


class SeedRunner(QObject):
    """`progressed` carries how much is done (0 … 1), `finished` the SeedsResult."""

    progressed = Signal(float)
    finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = Worker()
        self._runs: SeedRuns | None = None
        self._job: Computation | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MILLISECONDS)
        self._timer.timeout.connect(self._look)

    @property
    def running(self) -> bool:
        return self._runs is not None

    def start(self, runs: SeedRuns) -> None:
        """Begin; what was under way is called off."""
        self.cancel()
        self._runs = runs
        self._timer.start()
        self._next_slice()

    def cancel(self) -> None:
        """Call off what runs, and wait the moment that it takes."""
        job, self._job, self._runs = self._job, None, None
        self._timer.stop()
        if job is not None and job.future is not None:
            job.cancel()
            with contextlib.suppress(Interrupted):
                job.future.result()

    def _next_slice(self) -> None:
        runs = self._runs
        if runs is not None and self._job is None:
            self._job = Computation(lambda check: runs.advance(_SLICE_SECONDS, check))
            self._worker.start(self._job)

    def _look(self) -> None:
        """See whether the slice is done; tell of it, and begin the next once that is painted."""
        job, runs = self._job, self._runs
        if runs is None or job is None or not job.done:
            return
        self._job = None
        job.result()
        result = runs.result
        if result is None:
            self.progressed.emit(runs.share_done)
            QTimer.singleShot(0, self, self._next_slice)
            return
        self._runs = None
        self._timer.stop()
        self.finished.emit(result)
