"""Training: many iterations in slices, with the loss curve and key frames they leave behind.

A slice ends after a given time or number of iterations, so whoever trains can pause between two
slices, and in the middle of one by a check that raises Interrupted.
"""

from __future__ import annotations

from math import inf
from time import perf_counter

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array
from engine.run.iteration import Check, never
from engine.run.spec import Spec, State
from engine.training.divergence import Divergence, locate_divergence
from engine.training.kernels.choice import at_hand, fastest, kernel_named, reproducible
from engine.training.kernels.kernel import Kernel, Stretch, no_points, point_of
from engine.training.test_looks import TestLooks


class Progress(Struct, frozen=True, eq=False):
    """What a slice of training did: the state it reached, new curve points, shape (count, 2 +
    metrics), key frames, and which kernels took it.

    A curve point has the epochs done, the loss, then one value per metric, over the whole training
    set; `test_points` are the same of the samples kept out of it. `divergence` says that the
    iteration after `state` would leave the finite numbers; `state` is then the last finite one, and
    training goes no further.
    """

    state: State
    points: Array
    frames: tuple[State, ...] = ()
    divergence: Divergence | None = None
    stretches: tuple[Stretch, ...] = ()
    test_points: Array | None = None


class Trainer:
    """Takes one run forward from a state.

    A key frame is kept at every multiple of `frame_every` updates, which may be changed between
    slices. Curve points are those of whole epochs beyond `recorded`, and the point of the first
    state where nothing is recorded yet: so the curve does not depend on where a run paused.
    Of the samples kept out of training there are fewer points: see TestLooks, for those beyond the
    epoch `tested`.

    Where the road was taken before, by the kernels of `stretches` in order, the same take it again.
    If one of them is not at hand (a file may name it), another comes as close as it can, and leaves
    no key frames there: they would not be the road's own. Beyond that the trainer chooses: a kernel
    that gives the numbers that stepping shows, the same wherever the program runs; or `at_speed`
    the fastest that is there, which may differ in the last digits, with no more key frames than pay
    for a replay.
    """

    reached = False  # whether it stands where it was to lead, whatever else it is asked for

    def __init__(
        self,
        spec: Spec,
        state: State,
        frame_every: int = 1,
        recorded: float | None = None,
        stretches: tuple[Stretch, ...] = (),
        at_speed: bool = False,
        tested: float = inf,
    ) -> None:
        self.spec = spec.training
        self._looks = TestLooks(spec, tested)
        self.state = state
        self.frame_every = frame_every
        self._recorded = recorded
        self._stretches = at_hand(stretches, self.spec)
        self._own_from = 0 if self._stretches == stretches else stretches[-1].until
        self._at_speed = at_speed
        self._kernel: Kernel | None = None
        self._chosen = ""

    def advance(
        self,
        iterations: int | None = None,
        seconds: float | None = None,
        check: Check = never,
        ahead: float | None = None,
    ) -> Progress:
        """Train until the given number of iterations is done or the time is over.

        Where they are only the next of more, `ahead` says how many there will be in all (maybe
        infinitely many): by that the kernel is chosen, so that the numbers do not depend on how
        the work is cut.

        Raises Interrupted if `check` does; what the running slice had done is then kept in
        `state` but its points and frames are lost, which replay makes good.
        """
        deadline = None if seconds is None else perf_counter() + seconds
        last = None if iterations is None else self.state.t + iterations
        far = inf if iterations is None else self.state.t + (iterations if ahead is None else ahead)
        points: list[Array] = []
        frames: list[State] = []
        stretches: list[Stretch] = []
        divergence = None
        with np.errstate(all="ignore"):
            in_order = self.spec.takes_all_in_order
            if self._recorded is None and not in_order:
                self._record_present(points, check)
            self._looks.look(self.state, check)
            while divergence is None and (last is None or self.state.t < last):
                kernel, end = self._kernel_and_end(last, far)
                count = kernel.at_once if end is None else min(kernel.at_once, end - self.state.t)
                count = min(count, self._looks.distance(self.state.t))
                every = self.frame_every
                if self._at_speed:
                    every *= -(-kernel.frame_distance // every)
                done = kernel.advance(self.state, count, every, check)
                self.state = done.state
                self._record(points, done.points)
                self._looks.look(self.state, check)
                if done.state.t > self._own_from:
                    frames.extend(done.frames)
                if stretches and stretches[-1].kernel == kernel.name:
                    stretches.pop()
                stretches.append(Stretch(kernel.name, done.state.t))
                if done.lost:
                    divergence = locate_divergence(self.spec, self.state)
                if deadline is not None and perf_counter() >= deadline:
                    break
            if in_order and (self.state.t == last or self._recorded is None):
                # Else the next iteration finds it on its way, unless the very first is lost.
                self._record_present(points, check)
        curve = np.concatenate(points) if points else no_points(self.spec)
        return Progress(
            self.state, curve, tuple(frames), divergence, tuple(stretches), self._looks.taken()
        )

    @property
    def is_parallel(self) -> bool:
        """Whether the kernel in use runs beside other threads, which can paint meanwhile."""
        return self._kernel is not None and self._kernel.is_parallel

    def _kernel_and_end(self, last: int | None, far: float) -> tuple[Kernel, int | None]:
        """The kernel for what comes next, and after how many updates to ask again; training goes
        on until `far` updates are done."""
        t, end = self.state.t, last
        name = None
        for stretch in self._stretches:
            if t < stretch.until:
                name = stretch.kernel
                end = stretch.until if last is None else min(last, stretch.until)
                break
        if name is None:
            name = reproducible(self.spec)
            if self._at_speed:
                name = fastest(self.spec, far - t, self._chosen)
            self._chosen = name
        if self._kernel is None or self._kernel.name != name:
            self._kernel = kernel_named(name, self.spec)
        return self._kernel, end

    def _record(self, points: list[Array], found: Array) -> None:
        """Add curve points, but for those that were added already."""
        if self._recorded is not None:
            found = found[found[:, 0] > self._recorded]
        if len(found):
            points.append(found)
            self._recorded = float(found[-1, 0])

    def _record_present(self, points: list[Array], check: Check) -> None:
        """Add the curve point of the present state, unless it was added already."""
        epochs = self.spec.epoch_position(self.state.t)
        if self._recorded is None or epochs > self._recorded:
            if self._kernel is None:
                point = point_of(self.spec, self.state, check)
            else:
                point = self._kernel.point(self.state, check)
            self._record(points, point)
