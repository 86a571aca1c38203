"""When a run is asked, on its way, what it says of the samples that it is not trained on."""

from __future__ import annotations

import sys
from math import inf

import numpy as np

from engine.maths.activations import Array
from engine.run.iteration import Check, evaluate_test
from engine.run.spec import Spec, State
from engine.training.kernels.kernel import no_points

_ONE_BY_ONE = 64  # so many looks, before the distance between them doubles for the first time


class TestLooks:
    """Looks at the test samples at the ends of some epochs, which leave points of a curve.

    They are further and further apart, so that they take no time to speak of however fast the
    kernels are, and the beginning is known well: a look at the end of each epoch as long as there
    were few, then of every second, fourth …, and never so many that more samples would be tested
    than are trained on. Which epochs they are depends on nothing but the Spec. A point is as one of
    the loss curve: epochs done, loss, metrics. Those up to the epoch `known` are not wanted.
    """

    def __init__(self, spec: Spec, known: float) -> None:
        self._spec = spec
        self._known = known
        self._points: list[tuple[float, ...]] = []
        is_wanted = len(spec.data.test) > 0 and known < inf
        share = -(-len(spec.data.test) // spec.data.training_count)
        self._least = 1 << (share - 1).bit_length() if is_wanted else 0  # 0: no looks at all

    def distance(self, t: int) -> int:
        """After how many updates from here the next look is due, 1 at least."""
        if not self._least:
            return sys.maxsize
        epoch, within = self._spec.epoch_of(t)
        step = self._step(epoch)
        ahead = (epoch // step + 1) * step - epoch
        return ahead * self._spec.iterations_per_epoch - within

    def look(self, state: State, check: Check) -> None:
        """Look at the test samples, if that is due after so many updates and not known."""
        if not self._least or (done := self._spec.epoch_of(state.t))[1] or done[0] <= self._known:
            return
        if done[0] % self._step(done[0]) == 0:
            found, _ = evaluate_test(self._spec, state.theta, check)
            self._points.append((float(done[0]), found.loss, *found.metrics))
            self._known = float(done[0])

    def taken(self) -> Array | None:
        """The points since the last call, shape (count, 2 + metrics); None where nothing is
        tested."""
        if not self._least:
            return None
        points, self._points = self._points, []
        return np.array(points) if points else no_points(self._spec)

    def _step(self, epoch: int) -> int:
        """How many epochs lie between two looks from here on, a power of two."""
        grown = max(1, epoch // _ONE_BY_ONE)
        return max(self._least, 1 << (grown.bit_length() - 1))
