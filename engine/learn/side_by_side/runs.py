"""Right and wrong side by side: one document run twice, as it should be and with mistakes."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from engine.maths.activations import Array
from engine.run.iteration import Check, evaluate, never
from engine.run.spec import BEGINNING, Spec, start_state
from engine.training.divergence import Divergence
from engine.training.trainer import Trainer

_MOST_KEPT = 4_000_000  # numbers, of the parameters that are kept of each run


class Course(Struct, frozen=True, eq=False):
    """How far one of the runs has come.

    `curve` has a row (epochs, loss) per point. `thetas` are the parameters, each (size,), at every
    `stride` epochs from 0 on, and at the end if the run is through. A run that diverged goes no
    further.
    """

    curve: Array
    stride: int
    thetas: tuple[Array, ...]
    divergence: Divergence | None

    def theta(self, place: int) -> Array | None:
        """The parameters at a place of Comparison.epochs; None where the run has not come to."""
        return self.thetas[place] if place < len(self.thetas) else None

    def loss(self, epoch: int) -> float | None:
        """The loss after so many epochs; None where the run has not come to."""
        row = int(np.searchsorted(self.curve[:, 0], epoch))
        is_there = row < len(self.curve) and self.curve[row, 0] == epoch
        return float(self.curve[row, 1]) if is_there else None


class Comparison(Struct, frozen=True, eq=False):
    """The two runs. `epochs` are those whose parameters are kept, as far as either has come."""

    right: Course
    wrong: Course
    epochs: tuple[int, ...]
    total: int
    is_done: bool

    def differences(self, place: int) -> Array | None:
        """What the mistakes have changed of each parameter, (size,), at a place of `epochs`."""
        right, wrong = self.right.theta(place), self.wrong.theta(place)
        return None if right is None or wrong is None else wrong - right


class SideBySide:
    """Trains both runs from the same start values (size,), a slice at a time."""

    def __init__(self, spec: Spec, start: Array, mistakes: Iterable[str], epochs: int) -> None:
        spec = replace(spec, batching=replace(spec.batching, since=BEGINNING))
        stride = max(1, -(-epochs * spec.network.size // _MOST_KEPT))
        self._epochs = epochs
        self._runs = [
            _Run(replace(spec, mistakes=tuple(keys)), start, epochs, stride)
            for keys in ((), mistakes)
        ]

    @property
    def is_done(self) -> bool:
        """Whether both have come to their end."""
        return all(run.is_done for run in self._runs)

    def advance(self, seconds: float, check: Check = never) -> Comparison:
        """Go on for some time and say how far it came. `check` may raise Interrupted; both runs
        are of no use after that."""
        deadline = perf_counter() + seconds
        while not self.is_done and perf_counter() < deadline:
            behind = min((run for run in self._runs if not run.is_done), key=lambda run: run.t)
            behind.advance(seconds / 4, check)
        right, wrong = (run.course() for run in self._runs)
        count = max(len(right.thetas), len(wrong.thetas))
        epochs = tuple(min(k * right.stride, self._epochs) for k in range(count))
        return Comparison(right, wrong, epochs, self._epochs, self.is_done)


class _Run:
    """One of the two under way."""

    def __init__(self, spec: Spec, start: Array, epochs: int, stride: int) -> None:
        self._stride = stride
        self._last = epochs * spec.iterations_per_epoch
        state = start_state(spec, start)
        self._trainer = Trainer(spec, state, stride * spec.iterations_per_epoch)
        self._curve = np.empty((0, 2))
        self._thetas = [state.theta]
        self._divergence: Divergence | None = None

    @property
    def t(self) -> int:
        return self._trainer.state.t

    @property
    def is_done(self) -> bool:
        return self._divergence is not None or self.t >= self._last

    def advance(self, seconds: float, check: Check) -> None:
        progress = self._trainer.advance(self._last - self.t, seconds, check)
        self._curve = np.vstack([self._curve, progress.points[:, :2]])
        self._thetas += [frame.theta for frame in progress.frames]
        self._divergence = progress.divergence
        if self._divergence is not None:
            self._add_last_loss(check)
        if self.t == self._last and self._last % self._trainer.frame_every:
            self._thetas.append(progress.state.theta)

    def _add_last_loss(self, check: Check) -> None:
        """The loss of the last state that is finite, where that ends an epoch."""
        spec, state = self._trainer.spec, self._trainer.state
        epochs, within = spec.epoch_of(state.t)
        if within == 0 and not np.any(self._curve[:, 0] == epochs):
            loss = evaluate(spec, state.theta, check).loss
            if np.isfinite(loss):
                self._curve = np.vstack([self._curve, (epochs, loss)])

    def course(self) -> Course:
        return Course(self._curve, self._stride, tuple(self._thetas), self._divergence)
