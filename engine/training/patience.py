"""Patience: a trainer that stands still once the loss has not improved for some epochs."""

from __future__ import annotations

from math import inf, isfinite
from time import perf_counter

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array
from engine.run.iteration import Check, batch_loss, evaluate_validation, never
from engine.run.spec import Spec, State
from engine.training.kernels.kernel import Stretch
from engine.training.trainer import Progress, Trainer


class Patience(Struct, frozen=True):
    """How long to go on without improvement: so many epochs, in none of which the loss was below
    the best one by more than `least`."""

    epochs: int
    least: float = 0.0


class Best(Struct, frozen=True):
    """The best loss so far, and after how many epochs it was reached."""

    epoch: int
    loss: float


class Watch:
    """What is known of the best loss, as far as slices of training are done: a trainer that takes
    the run up where another left it goes on with the same."""

    best: Best | None = None


def watched_loss(spec: Spec, theta: Array, check: Check = never) -> float:
    """The loss that is to improve under θ: that of the validation samples or, where there are none,
    of the training set. Test samples have no say."""
    if spec.validating is not None:
        return evaluate_validation(spec, theta, check)[0].loss
    trained = spec.training
    with np.errstate(all="ignore"):
        return batch_loss(trained, theta, np.arange(len(trained.data)), check)[0]


class PatienceTrainer(Trainer):
    """A trainer that stands still at the end of the first epoch at which patience is over.

    At the end of each epoch the parameters there are evaluated, whatever kernel led to them and
    however the work is cut. `reached` says that it stands there.
    """

    def __init__(
        self,
        spec: Spec,
        state: State,
        frame_every: int,
        stretches: tuple[Stretch, ...],
        patience: Patience,
        watch: Watch | None = None,
        recorded: float | None = None,
        tested: float = inf,
        at_speed: bool = True,
    ) -> None:
        super().__init__(spec, state, frame_every, recorded, stretches, at_speed, tested)
        self._run, self._patience = spec, patience
        self.watch = Watch() if watch is None else watch

    def advance(
        self,
        iterations: int | None = None,
        seconds: float | None = None,
        check: Check = never,
        ahead: float | None = None,
    ) -> Progress:
        began, now = self.state.t, perf_counter()
        deadline = None if seconds is None else now + seconds
        last = inf if iterations is None else began + iterations
        far = last if ahead is None or iterations is None else began + ahead
        best = self._judged(self.watch.best, check)
        parts: list[Progress] = []
        while not self.reached and (not parts or self.state.t < last):
            parts.append(self._to_end_of_epoch(last, far, deadline, check))
            if parts[-1].divergence is not None:
                break
            best = self._judged(best, check)
            if deadline is not None and perf_counter() >= deadline:
                break
        if not parts:
            parts.append(super().advance(0, check=check))
        self.watch.best = best
        return _joined(parts)

    def _to_end_of_epoch(
        self, last: float, far: float, deadline: float | None, check: Check
    ) -> Progress:
        """Train to the end of the running epoch, unless all or the time is over before."""
        t, within = self.state.t, self._run.epoch_of(self.state.t)[1]
        end = min(t - within + self._run.iterations_per_epoch, last)
        seconds = None if deadline is None else max(deadline - perf_counter(), 0.0)
        return super().advance(int(end) - t, seconds, check, far - t)

    def _judged(self, best: Best | None, check: Check) -> Best | None:
        """The best loss with the present moment, if it is the end of an epoch; notes whether
        patience is over."""
        epoch, within = self._run.epoch_of(self.state.t)
        if within:
            return best
        loss = watched_loss(self._run, self.state.theta, check)
        if best is None:
            return Best(epoch, loss if isfinite(loss) else inf)
        if loss < best.loss - self._patience.least:
            return Best(epoch, loss)
        self.reached = epoch - best.epoch >= self._patience.epochs
        return best


def _joined(parts: list[Progress]) -> Progress:
    """What some slices came to, one after the other."""
    stretches: list[Stretch] = []
    for part in parts:
        for stretch in part.stretches:
            if stretches and stretches[-1].kernel == stretch.kernel:
                stretches.pop()
            stretches.append(stretch)
    tested = [part.test_points for part in parts if part.test_points is not None]
    return Progress(
        parts[-1].state,
        np.concatenate([part.points for part in parts]),
        tuple(frame for part in parts for frame in part.frames),
        parts[-1].divergence,
        tuple(stretches),
        np.concatenate(tested) if tested else None,
    )
