"""Background: one piece of work at a time beside the window, and word of it in its own thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from engine.run.iteration import Check
from engine.training.trainer import Progress, Trainer
from gui.session.failure import tell
from gui.session.pace import Pace
from gui.session.worker import Computation, Training, Worker

T = TypeVar("T")


class Background(QObject):
    """Starts work, calls it off, and tells what came of it.

    `progressed` brings finished slices of training (a list of Progress) and whether it has come
    to its end; the next slice waits for `go_on`. `failed` says that the work came to an end by an
    error, and brings the slices finished before; the error is told of after. What work comes to is
    told of once what was shown before is painted.
    """

    progressed = Signal(object, bool)
    failed = Signal(object)
    worked_on = Signal(float)  # how much of an epoch is done that takes long
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
        self._next: Callable[[], None] | None = None  # begins the next slice of what is repeated
        self._between = QTimer(self)  # runs out once what the slice before came to is painted
        self._between.setSingleShot(True)
        self._between.timeout.connect(self._begin_next)
        app = QCoreApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self.close)

    @property
    def busy(self) -> bool:
        """Whether something is being worked out."""
        return self._job is not None or self._next is not None

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

    def compute_slices(
        self, advance: Callable[[Check], T], is_done: Callable[[T], bool]
    ) -> None:
        """Work out a function again and again, until `is_done` says of its result that it was the
        last; each time once the result before is painted. Nothing else may be under way."""

        def arrive(result: T) -> None:
            if not is_done(result):
                self._next = begin
                self._between.start()

        def begin() -> None:
            self.compute(advance, arrive)

        begin()

    def train(self, trainer: Trainer, pace: Pace, until_t: int | None) -> None:
        """Train at a pace until so many updates are done (None: until it is stopped); nothing else
        may be under way."""
        job = Training(trainer, pace, until_t, self._tell)
        self._begin(job)
        job.grant()

    def set_pace(self, pace: Pace) -> None:
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
        job, self._next = self._job, None
        if job is None or job.future is None:
            return []
        job.cancel()
        error = job.error  # waits
        self._end()
        if error is not None:
            tell(_failed(job), error)
        return job.take() if isinstance(job, Training) else []

    def finish(self) -> None:
        """Wait until nothing is under way any more."""
        while self.busy:
            self._begin_next()
            job = self._job
            assert job is not None and job.future is not None
            if isinstance(job, Training):
                job.grant_all()
            job.future.exception()  # waits; what was raised is told of below
            self._look()

    def close(self) -> None:
        """Stop, and end the thread."""
        self.stop()
        self._worker.close()

    def _begin_next(self) -> None:
        begin, self._next = self._next, None
        if begin is not None:
            begin()

    def _begin(self, job: Training | Computation) -> None:
        future = self._worker.start(job)
        self._job = job
        future.add_done_callback(lambda _: self._tell())

    def _tell(self) -> None:
        """Say in the worker's thread that there is news."""
        with contextlib.suppress(RuntimeError):  # the window is gone, and this with it
            self._news.emit()

    def _end(self) -> None:
        self._job = None
        self._when_done = None

    def _look(self) -> None:
        """See whether there is something to tell."""
        job, when_done = self._job, self._when_done
        if job is None:
            return
        ended = job.done
        slices = job.take() if isinstance(job, Training) else []
        error = job.error if ended else None
        if ended:
            self._end()
        if error is not None:
            self.failed.emit(slices)
            tell(_failed(job), error)
        elif isinstance(job, Training):
            if slices or ended:
                self.progressed.emit(slices, ended)
            else:
                self.worked_on.emit(job.within_epoch)
        elif ended:
            assert when_done is not None
            try:
                when_done(job.result())
            except Exception as late:
                self.failed.emit([])
                tell(_failed(job), late)


def _failed(job: Training | Computation) -> str:
    """What it comes to that a job failed."""
    return "Training stopped" if isinstance(job, Training) else "Something was not worked out"
