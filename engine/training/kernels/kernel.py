"""What a kernel is to the trainer: it takes iterations from a state, and leaves a curve."""

# Without `from __future__ import annotations`, as engine.documents.format.

from typing import Annotated, Protocol

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.run.iteration import Check, evaluate
from engine.run.limits import FromOne, told
from engine.run.spec import Spec, State
from engine.training.kernels.known import IS_MEAN

# Every kernel there is. The first two give the same, to the bit. One that comes to other digits
# than it did takes a new name, with a number ("numba-2"): in files the old one goes on to say who
# took a road, and that nobody can any more in just that way.
KERNELS = ("numpy", "plain", "numba")
KERNEL_NAME = "^(numpy|plain|numba)(-[0-9]{1,3})?$"

# Multiply-adds between two looks at the clock: a few milliseconds.
_BURST_WORK = 5_000_000
# An array of so many numbers takes memory that is there; for a larger one the system is asked, and
# clears it page by page, which takes as long as all that is worked out.
_NUMBERS = 16_000


class Stretch(Struct, frozen=True, forbid_unknown_fields=True):
    """Which kernel took the run's road, from where the stretch before ended (or the road began)
    until so many updates were done. numpy and plain give the same digits everywhere; numba, where
    it is there, gives its own again in the last ones. A number behind the name tells kernels apart
    that are no longer there; their tips are kept, and what is between is worked out anew."""

    kernel: Annotated[str, told(pattern=KERNEL_NAME)]
    until: FromOne


class Advanced(Struct, frozen=True, eq=False):
    """How far a kernel came: the state reached, the key frames on the way, and curve points, shape
    (count, 2 + metrics).

    The points are those of whole epochs: where the whole set is the batch, of each state before
    its update (its loss is known then); else of each state in which an epoch has just ended.
    `lost` says that the iteration after `state` leaves the numbers that can be carried.
    """

    state: State
    frames: tuple[State, ...]
    points: Array
    lost: bool


class Kernel(Protocol):
    """Takes a run of one Spec forward.

    What it gives depends on nothing but the Spec, the state and the count, and not on how the way
    is cut into calls; so what it did once can be replayed bit for bit.
    """

    @property
    def name(self) -> str:
        """The name that a Stretch records."""

    @property
    def is_parallel(self) -> bool:
        """Whether it runs beside other threads: without Python's lock, but for moments."""

    @property
    def at_once(self) -> int:
        """How many iterations take a few milliseconds, after which to look at the clock."""

    @property
    def frame_distance(self) -> int:
        """How many updates lie between two key frames at least, where time matters more than
        moments: those that are replayed sooner than one sees."""

    def advance(self, state: State, count: int, frame_every: int, check: Check) -> Advanced:
        """Take `count` iterations, or those before the run is lost, with a key frame at every
        multiple of `frame_every` updates. `check` may raise Interrupted."""

    def point(self, state: State, check: Check) -> Array:
        """The curve point of a state, shape (1, 2 + metrics): what `point_of` gives, to the bit.
        `check` may raise Interrupted."""


def iterations_at_once(spec: Spec, overhead: int) -> int:
    """How many iterations take a few milliseconds, where each costs `overhead` multiply-adds
    beyond its own."""
    return max(1, _BURST_WORK // (spec.batch_size * spec.network.work_per_sample + overhead))


class Outputs:
    """What the output layer said of the whole training set at some moments: the curve's raw
    material, which is cheaper to evaluate for many moments at once."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._keeps_z = LOSSES[spec.loss].of_net_input
        self._epochs: list[int] = []
        self._z: list[bytes] = []
        self._a: list[bytes] = []
        self._costs: list[float] = []

    def keep(self, z: Array, a: Array) -> None:
        """Keep net inputs and activations of some samples, the next in the order of the data."""
        self._a.append(a.tobytes())
        if self._keeps_z:
            self._z.append(z.tobytes())

    def keep_cost(self, theta: Array) -> None:
        """Keep what the parameters of the moment cost, where penalties count."""
        if self._spec.penalised is not None:
            self._costs.append(float(self._spec.cost(theta)))

    def are_of(self, epochs: int) -> None:
        """All samples are kept: the moment was after so many epochs."""
        self._epochs.append(epochs)

    @property
    def points(self) -> Array:
        """The curve points of the moments, shape (count, 2 + metrics)."""
        if not self._epochs:
            return no_points(self._spec)
        a = self._joined(self._a)
        z = self._joined(self._z) if self._keeps_z else a
        epochs = np.array(self._epochs, dtype=np.float64)
        return curve_points(self._spec, epochs, z, a, np.array(self._costs)[: len(epochs)])

    def _joined(self, parts: list[bytes]) -> Array:
        shape = (-1, *self._spec.data.targets.shape)
        return np.frombuffer(b"".join(parts)).reshape(shape)[: len(self._epochs)]


def curve_points(
    spec: Spec, epochs: Array, z: Array, a: Array, costs: Array | float = 0.0
) -> Array:
    """The curve points of many moments at once, shape (count, 2 + metrics).

    `epochs` has shape (count,). `z` and `a` are the net inputs and activations of the output layer
    for the whole training set, shape (count, samples, outputs); `z` is read only for a loss that
    is `of_net_input`. `costs`, shape (count,), are what the parameters cost where penalties count.
    They are worked out for some moments after the other, each by itself.
    """
    at_once, costs = max(1, _NUMBERS // spec.scaled.targets.size), np.asarray(costs)
    parts = []
    for start in range(0, len(epochs), at_once):
        part = slice(start, start + at_once)
        of_part = costs[part] if costs.ndim else costs
        parts.append(_points(spec, epochs[part], z[part], a[part], of_part))
    return parts[0] if len(parts) == 1 else np.concatenate([no_points(spec), *parts])


def _points(spec: Spec, epochs: Array, z: Array, a: Array, costs: Array) -> Array:
    """The curve points of some moments."""
    per_sample = spec.loss_function.terms(z, a, spec.scaled.targets).sum(axis=-1)
    loss = per_sample.mean(axis=-1) if IS_MEAN[spec.reduction] else per_sample.sum(axis=-1)
    if spec.penalised is not None:
        loss = loss + costs
    metrics = [spec.metric(key, a) for key in spec.metrics]
    return np.stack([epochs, loss, *metrics], axis=1)


def point_of(spec: Spec, state: State, check: Check) -> Array:
    """The curve point of a state, shape (1, 2 + metrics), as stepping shows it."""
    found = evaluate(spec, state.theta, check)
    return np.array([(spec.epoch_position(state.t), found.loss, *found.metrics)])


def no_points(spec: Spec) -> Array:
    """No curve points, in the shape of some."""
    return np.empty((0, 2 + len(spec.metrics)))
