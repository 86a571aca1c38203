"""One background thread for whatever would hold the window up: training, replay, big batches.

Work hands its results over through plain attributes, and is called off between chunks of some
10 ms. Only one thread at a time can run Python, and each of the many small calls of a repaint
would wait for it: so training and painting take turns, unless the kernel needs no Python. The
window grants each slice, and shows what came of it when it is done.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Any

from engine.run.iteration import Check, Interrupted, chunks
from engine.training.trainer import Progress, Trainer
from gui.session.pace import Pace

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

# A slice is long enough to cost nothing and short enough that Pause answers within a frame.
_SLICE_SECONDS = 0.008
_LONGEST_SLEEP = 0.05  # seconds, after which a pace is looked at again: it may be another one
_UNUSED_SECONDS = 0.1  # of a pace that could not be kept up, beyond which they are let go
_TOLD_SECONDS = 0.1  # between two words of how far a slice is


class Job:
    """A piece of work under way."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self.future: Future[Any] | None = None

    def cancel(self) -> None:
        """Ask the work to stop; it does so at its next check."""
        self._stop.set()

    def check(self) -> None:
        """Raise Interrupted once the work was called off."""
        if self._stop.is_set():
            raise Interrupted

    def sleep(self, seconds: float) -> None:
        """Wait, but not beyond being called off."""
        self._stop.wait(seconds)

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    @property
    def error(self) -> BaseException | None:
        """What it failed by, once it has come to an end; being called off is no failure."""
        assert self.future is not None
        error = self.future.exception()
        return None if isinstance(error, Interrupted) else error

    @property
    def done(self) -> bool:
        """Whether it has come to an end, in whatever way."""
        return self.future is not None and self.future.done()


class Computation(Job):
    """A function worked out in the background; `result()` once it is done."""

    def __init__(self, function: Callable[[Check], Any]) -> None:
        super().__init__()
        self._function = function

    def run(self) -> Any:
        """The work itself, in the worker's thread."""
        return self._function(self.check)

    def result(self) -> Any:
        """What the function returned. Raises what it raised."""
        assert self.future is not None
        return self.future.result()


class Training(Job):
    """A trainer at work, at a pace, until `until_t` updates are done (None: until it is paused).

    Each slice has to be granted; `slice_done` is called in the worker's thread after it, and now
    and then in one that takes long.
    """

    def __init__(
        self,
        trainer: Trainer,
        pace: Pace,
        until_t: int | None,
        slice_done: Callable[[], None],
    ) -> None:
        super().__init__()
        self.trainer = trainer
        self.pace = pace
        self._until_t = until_t
        self._slice_done = slice_done
        self._granted = threading.Event()
        self._all_granted = False
        self._progress: deque[Progress] = deque()
        spec = trainer.spec
        # How often the check is called in an iteration, and how often it was in the present slice.
        self._looks_wanted = len(chunks(spec.network, spec.batch_size))
        self._looks, self._told = 0, perf_counter()

    @property
    def within_epoch(self) -> float:
        """How much of the running epoch is done, from 0 to 1, the running iteration in part."""
        spec = self.trainer.spec
        within = spec.epoch_of(self.trainer.state.t)[1]
        part = min(self._looks / self._looks_wanted, 1.0)
        return (within + part) / spec.iterations_per_epoch

    def _look(self) -> None:
        """The check of a slice: in one that takes long it tells now and then how far it is."""
        self.check()
        now = perf_counter()
        if now - self._told > _TOLD_SECONDS:
            self._told = now
            self._slice_done()
        self._looks += 1

    def grant(self) -> None:
        """Let the next slice run."""
        self._granted.set()

    def grant_all(self) -> None:
        """Let everything run, when nobody is there to paint in between."""
        self._all_granted = True
        self._granted.set()

    def cancel(self) -> None:
        """Call it off; a slice that waits to be granted ends too."""
        super().cancel()
        self._granted.set()

    def take(self) -> list[Progress]:
        """The slices finished since the last call."""
        taken = []
        while self._progress:
            taken.append(self._progress.popleft())
        return taken

    def run(self) -> None:
        """The work itself, in the worker's thread."""
        per_epoch = self.trainer.spec.iterations_per_epoch
        began, allowed = perf_counter(), 1.0  # when the time at hand began; iterations due
        while not self._finished():
            self._granted.wait()
            if self.cancelled:
                return
            before, pace = self.trainer.state.t, self.pace
            ahead = inf if self._until_t is None else self._until_t - before
            rate, now = pace.rate * per_epoch, perf_counter()
            allowed = inf if rate == inf else allowed + pace.passed(now - began) * per_epoch
            began = now
            if allowed < 1.0:
                self.sleep(min(_LONGEST_SLEEP, (1.0 - allowed) / rate))
                continue
            # What was not used in time is not made up for: a pace, not an average.
            most = _UNUSED_SECONDS * rate + 1.0
            pace.note(allowed > most)
            allowed = min(allowed, most)
            limit = None if allowed == ahead == inf else int(min(allowed, ahead))
            try:
                self._looks, self._told = 0, now
                progress = self.trainer.advance(limit, _SLICE_SECONDS, self._look, ahead)
            except Interrupted:
                return
            allowed -= self.trainer.state.t - before
            if allowed == inf:
                allowed = 1.0  # should it be held back again
            self._granted.clear()
            if self._all_granted or self.cancelled:
                # Said in the very moment between, and just cleared away.
                self._granted.set()
            self._progress.append(progress)
            self._slice_done()
            if progress.divergence is not None:
                return

    def _finished(self) -> bool:
        is_there = self._until_t is not None and self.trainer.state.t >= self._until_t
        return is_there or self.trainer.reached


class Worker:
    """The thread itself, from the first job on; one job at a time."""

    _executor: Executor | None = None

    def start(self, job: Computation | Training) -> Future[Any]:
        """Begin a job once the one before has ended."""
        if self._executor is None:
            from concurrent.futures import ThreadPoolExecutor

            self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="backpass")
        job.future = self._executor.submit(job.run)
        return job.future

    def close(self) -> None:
        """End the thread; running work must have been called off."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
