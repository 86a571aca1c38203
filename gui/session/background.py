"""Background: one piece of work at a time beside the window, and word of it in its own thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.run.iteration import Check, Interrupted
from engine.training.trainer import Progress, Trainer
from gui.session.worker import Computation, Training, Worker


class Background(QObject):
    """Starts work, calls it off, and tells what came of it.

    `progressed` brings finished slices of training (a list of Progress) and whether it has come
    to its end; the next slice waits for `go_on`. What it comes to is told of once what was shown
    before is painted.
    """

    progressed = Signal(object, bool)
    _news = Signal()  # comes from the worker's thread

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = Worker()
        self._job: Training | Computation | None = None
        self._when_done: Callable[[Any], None] | None = None
        self._painted = QTimer(self)  # runs out when nothing waits to be painted any more
        self._painted.setSingleShot(True)
        self._painted.timeout.connect(self._look)
        self._news.connect(self._painted.start, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether something is being worked out."""
        return self._job is not None

    @property
    def training(self) -> bool:
        """Whether what is being worked out is training."""
        return isinstance(self._job, Training)

    def compute(self, function: Callable[[Check], Any], when_done: Callable[[Any], None]) -> None:
        """Work out a function and hand its result over; nothing else may be under way."""
        self._when_done = when_done
        self._begin(Computation(function))

    def compute_if_idle(
        self, function: Callable[[Check], Any], when_done: Callable[[Any], None]
    ) -> None:
        """The same, or nothing where something else is under way: it is asked for again then."""
        if not self.busy:
            self.compute(function, when_done)

    def train(self, trainer: Trainer, pace: float | None, until_t: int | None) -> None:
        """Train at a pace of epochs a second (None: full speed) until so many updates are done
        (None: until it is stopped); nothing else may be under way."""
        job = Training(trainer, pace, until_t, self._news.emit)
        self._begin(job)
        job.grant()

    def set_pace(self, pace: float | None) -> None:
        """Change the pace of the training under way."""
        if isinstance(self._job, Training):
            self._job.pace = pace

    def go_on(self, frame_every: int) -> None:
        """Let the next slice run, with another distance of key frames: at once if it can run
        beside the window, else when what there is to see now is painted."""
        job = self._job
        if isinstance(job, Training):
            job.trainer.frame_every = frame_every
            if job.trainer.is_parallel:
                job.grant()
            else:
                QTimer.singleShot(0, job.grant)

    def stop(self) -> list[Progress]:
        """Call off what runs, wait for it (some 50 ms at most), and return the slices not yet
        told of."""
        job = self._job
        if job is None or job.future is None:
            return []
        job.cancel()
        with contextlib.suppress(Interrupted):
            job.future.result()
        self._end()
        return job.take() if isinstance(job, Training) else []

    def finish(self) -> None:
        """Wait until nothing is under way any more."""
        while (job := self._job) is not None and job.future is not None:
            if isinstance(job, Training):
                job.grant_all()
            job.future.exception()  # waits; what was raised is told of below
            self._look()

    def close(self) -> None:
        """Stop, and end the thread."""
        self.stop()
        self._worker.close()

    def _begin(self, job: Training | Computation) -> None:
        self._job = job
        self._worker.start(job).add_done_callback(lambda _: self._news.emit())

    def _end(self) -> None:
        self._job = None
        self._when_done = None

    def _look(self) -> None:
        """See whether there is something to tell."""
        job, when_done = self._job, self._when_done
        if isinstance(job, Computation):
            if job.done:
                self._end()
                assert when_done is not None
                when_done(job.result())
        elif job is not None:
            ended = job.done
            slices = job.take()
            if ended:
                self._end()
                assert job.future is not None
                job.future.result()
            if slices or ended:
                self.progressed.emit(slices, ended)
