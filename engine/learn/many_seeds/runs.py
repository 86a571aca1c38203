"""Many seeds at once: the runs, from the start values of each to its end.

Start values are drawn from each seed as New seed does, and all runs go forward together: θ has a
row per seed, with which engine.maths.backprop works out an iteration of a hundred of them for
little more than the cost of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.learn.many_seeds.result import SeedRun, SeedsResult, are_off
from engine.maths.activations import Array
from engine.maths.backprop import backward, forward, gradient_sum, loss_terms
from engine.maths.losses import LOSSES
from engine.maths.network import FORWARD_ONLY
from engine.maths.optimizers import RULES
from engine.run.iteration import Check, gradient_of_batch, loss_of_batch, moved, never
from engine.run.spec import BEGINNING, Spec
from engine.text.numbers import LARGEST
from engine.training.divergence import are_below, are_finite

MAX_SEEDS = 1000
MAX_EPOCHS = 1_000_000
TOLERANCE = 0.1  # from a target of 0 or 1 this is near enough to call it learnt

# Numbers held at a time: parameters of all seeds, or activations of a batch. Beyond the caches of
# a machine more seeds at once gain nothing.
_AT_ONCE = 2_000_000


class SeedsRefused(Exception):
    """Why seeds cannot be compared here, as a sentence."""


def why_not(spec: Spec) -> str:
    """Why seeds cannot be compared for a Spec, as a sentence; empty where they can."""
    if not spec.can_train:
        return FORWARD_ONLY
    if not LOSSES[spec.loss].has_targets:
        return f"{LOSSES[spec.loss].title.capitalize()} has no target that a seed could learn."
    if spec.mistakes:
        return "Seeds are compared without mistakes: turn those of this run off first."
    if spec.network.has_dropout:
        return (
            "Seeds are compared without dropout, which would drop other units for each seed: set "
            "it to 0 in the Network panel first."
        )
    return ""


class SeedRuns:
    """The runs of some seeds on their way; `advance` takes them further until `result` is there.

    `start_of(seed)` gives the start values θ of a seed (see engine.run.spec.drawn_start). A run has
    learnt if at its end every output lies within the tolerance of its target, or for a loss that
    asks for no more, on its side. Raises SeedsRefused.
    """

    def __init__(
        self,
        spec: Spec,
        start_of: Callable[[int], Array],
        seeds: Sequence[int],
        epochs: int,
        tolerance: float = TOLERANCE,
    ) -> None:
        if reason := why_not(spec):
            raise SeedsRefused(reason)
        self.spec = replace(spec.training, batching=replace(spec.batching, since=BEGINNING))
        self._start_of = start_of
        self._epochs = epochs
        self._tolerance = tolerance
        self._iterations = epochs * self.spec.iterations_per_epoch
        widest = max(spec.network.size, spec.batch_size * sum(spec.network.sizes))
        count = max(1, _AT_ONCE // widest)
        self._waiting = [seeds[k : k + count] for k in range(0, len(seeds), count)]
        self._count = len(seeds)
        self._together: _Together | None = None
        self._runs: list[SeedRun] = []

    @property
    def share_done(self) -> float:
        """How much of the work is done, 0 … 1."""
        under_way = 0.0
        if self._together is not None and self._iterations:
            under_way = len(self._together.seeds) * self._together.t / self._iterations
        return (len(self._runs) + under_way) / self._count

    @property
    def result(self) -> SeedsResult | None:
        """What all runs came to; None until they are done."""
        if len(self._runs) < self._count:
            return None
        return SeedsResult(self.spec, self._epochs, self._tolerance, tuple(self._runs))

    def advance(self, seconds: float | None = None, check: Check = never) -> None:
        """Go on for so many seconds (None: to the end). `check` is called before each iteration
        and may raise Interrupted."""
        deadline = None if seconds is None else perf_counter() + seconds
        with np.errstate(all="ignore"):
            while self._together is not None or self._waiting:
                if self._together is None:
                    self._together = _Together(self.spec, self._start_of, self._waiting.pop(0))
                if self._together.t < self._iterations:
                    check()
                    self._together.iterate()
                else:
                    self._runs += self._together.runs(self._tolerance)
                    self._together = None
                if deadline is not None and perf_counter() >= deadline:
                    return


class _Together:
    """Runs of some seeds, an iteration of all of them at a time."""

    def __init__(
        self, spec: Spec, start_of: Callable[[int], Array], seeds: Sequence[int]
    ) -> None:
        self.spec = spec
        self.seeds = tuple(seeds)
        self.t = 0
        self._theta = np.stack([start_of(seed) for seed in self.seeds])
        self._slots = tuple(np.zeros_like(self._theta) for _ in RULES[spec.optimizer.key].slots)
        self._diverged: dict[int, int] = {}  # position among the seeds -> iteration from 1
        self._order: tuple[int, NDArray[np.intp]] | None = None

    def iterate(self) -> None:
        """One update of every run; one that would leave the finite numbers stays where it is."""
        spec, network = self.spec, self.spec.network
        inputs, targets = self._batch()
        values = forward(network, self._theta, inputs)
        delta = backward(network, self._theta, values, targets, spec.loss_function)
        summed = gradient_sum(network, values.a, delta)
        gradient = gradient_of_batch(spec, self._theta, summed, targets.shape[-2])
        theta, slots = moved(spec, self._theta, gradient, self._slots, self.t + 1)
        self.t += 1
        # As engine.training.divergence tells: at first by sums, of which one that is fine has no
        # term that is not.
        finite = np.einsum("sp,sp->s", theta, theta) < LARGEST**2
        for slot in slots:
            finite &= np.isfinite(slot.sum(axis=1))
        for position in np.flatnonzero(~finite):
            remembered = (slot[position] for slot in slots)
            finite[position] = are_below(theta[position]) and all(map(are_finite, remembered))
        if not finite.all() or self._diverged:
            for position in np.flatnonzero(~finite):
                self._diverged.setdefault(int(position), self.t)
            lost = list(self._diverged)
            theta[lost] = self._theta[lost]
            for slot, before in zip(slots, self._slots, strict=True):
                slot[lost] = before[lost]
        self._theta, self._slots = theta, slots

    def _batch(self) -> tuple[Array, Array]:
        """Inputs and targets of this iteration, with an axis of seeds in front where the order
        of the samples follows the seed."""
        spec, data = self.spec, self.spec.scaled
        if spec.takes_all_in_order:
            return data.inputs, data.targets
        if not spec.batching.shuffled:
            rows = spec.batch_rows(self.t)
            return data.inputs[rows], data.targets[rows]
        epoch, within = spec.epoch_of(self.t)
        if self._order is None or self._order[0] != epoch:
            whole = replace(spec.batching, size=None, since=BEGINNING)
            orders = [
                replace(spec, seed=seed, batching=whole).batch_rows(epoch) for seed in self.seeds
            ]
            self._order = epoch, np.stack(orders)
        first = within * spec.batch_size
        own_rows = self._order[1][:, first : first + spec.batch_size]
        return data.inputs[own_rows], data.targets[own_rows]

    def runs(self, tolerance: float) -> list[SeedRun]:
        """How each stands over the whole training set."""
        data = self.spec.scaled
        values = forward(self.spec.network, self._theta, data.inputs)
        terms = loss_terms(values, data.targets, self.spec.loss_function)
        losses, reached = loss_of_batch(self.spec, self._theta, terms), values.a[-1]
        near = np.asarray(~are_off(self.spec, reached, tolerance).any(axis=-1))
        runs = []
        for position, seed in enumerate(self.seeds):
            diverged = self._diverged.get(position)
            learnt = bool(near[position]) and diverged is None
            outputs = np.array(reached[position])
            runs.append(SeedRun(seed, float(losses[position]), outputs, learnt, diverged))
        return runs
