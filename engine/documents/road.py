"""Road: one road of a run as a document keeps it, and what has to hold for it."""

# Without `from __future__ import annotations`, as engine.documents.format.

import re

import numpy as np
from msgspec import Struct

from engine.documents.json_text import DocumentError
from engine.maths.activations import Array
from engine.run.check_spec import check_key
from engine.run.limits import COUNTS
from engine.run.spec import Spec, State, start_state
from engine.text.numbers import LARGEST
from engine.training.kernels.kernel import KERNEL_NAME, KERNELS, Stretch

FIRST_RUN = "first run"


class Road(Struct, frozen=True, eq=False):
    """A road of a run: what it is run by, where it began and how far it has come.

    `start` are the start values θ, shape (size,), to which Reset returns. `origin` is where the
    road began, if that was in the middle of a run: the state right after an edit, from which it
    can be replayed with `spec` (None: at the start values). `state` is how far it has come (None:
    not beyond where it began). `stretches` say which kernels took it, as far as it is known: the
    rest is taken to be the work of the reproducible one, and so is the whole road of most files.
    `curve` has a row per point: epochs done, loss, and the metrics in the order of spec.metrics;
    it begins with the points of the roads before, and at most MAX_CURVE_POINTS of them are kept
    in a file. `test_curve` is the same of the samples that are kept out of training. `parent` is
    the number of the road that it forked from (None: it is one of its own). A road that was left is
    drawn as a ghost, unless that is hidden, or was removed by the person and is kept only since
    others forked from it.
    """

    spec: Spec
    start: Array
    state: State | None = None
    origin: State | None = None
    stretches: tuple[Stretch, ...] = ()
    curve: Array | None = None
    test_curve: Array | None = None
    name: str = FIRST_RUN
    parent: int | None = None
    hidden: bool = False
    removed: bool = False

    def __post_init__(self) -> None:
        self.start.flags.writeable = False
        for curve in (self.curve, self.test_curve):
            if curve is not None:
                curve.flags.writeable = False

    @property
    def first(self) -> State:
        """The state that it began with."""
        return self.origin or start_state(self.spec, self.start)

    @property
    def lost_kernels(self) -> list[str]:
        """The kernels that took it and are there no more."""
        return [each.kernel for each in self.stretches if each.kernel not in KERNELS]

    @property
    def tip(self) -> State:
        """The state that it has come to."""
        return self.state or self.first

    @property
    def first_t(self) -> int:
        """After how many updates it began."""
        return 0 if self.origin is None else self.origin.t

    @property
    def last_t(self) -> int:
        """After how many updates it ends."""
        return self.first_t if self.state is None else self.state.t


def check_road(road: Road, start: str = "$.layers") -> None:
    """Raise DocumentError for the first thing about a road that does not fit to its spec, which
    has been checked; `start` is the place of its start values."""
    spec = road.spec
    _check_vector(start, road.start, spec, LARGEST)
    for place, state in (("$.origin", road.origin), ("$.state", road.state)):
        if state is not None:
            _check_state(place, state, spec)
    if road.origin is not None and (road.state is None or road.last_t < road.first_t):
        raise DocumentError("$.origin", "the road to the state cannot begin after it")
    if spec.batching.since.iteration > road.first_t:
        raise DocumentError(
            "$.batching.since.iteration",
            f"the run begins after {road.first_t} updates, before this cut",
        )
    _check_stretches(road)
    _check_curve("$.loss_curve", road.curve, road.spec)
    _check_curve("$.test_curve", road.test_curve, road.spec)


def _check_vector(place: str, vector: Array, spec: Spec, limit: float = np.inf) -> None:
    if vector.shape != (spec.network.size,):
        raise DocumentError(place, f"expected {spec.network.size} parameters, got {vector.size}")
    if not (np.abs(vector) < limit).all():
        below = "" if limit == np.inf else " below 1e12 in size"
        raise DocumentError(place, f"expected finite numbers{below}")


def _check_state(place: str, state: State, spec: Spec) -> None:
    _check_vector(f"{place}.layers", state.theta, spec, LARGEST)
    expected = spec.slot_names
    if len(state.slots) != len(expected):
        raise DocumentError(f"{place}.slots", f"expected {len(expected)}, got {len(state.slots)}")
    for index, slot in enumerate(state.slots):
        _check_vector(f"{place}.slots[{index}]", slot, spec)
    if state.t not in COUNTS:
        raise DocumentError(f"{place}.updates", "expected a whole number from 0, below 1e12")


def _check_stretches(road: Road) -> None:
    before, last = road.first_t, road.last_t
    for index, stretch in enumerate(road.stretches):
        place, until = f"$.stretches[{index}].until", stretch.until
        if re.match(KERNEL_NAME, stretch.kernel) is None:
            check_key(f"$.stretches[{index}].kernel", "kernel", stretch.kernel, KERNELS)
        if until <= before:
            raise DocumentError(place, f"a stretch after {before} updates cannot end after {until}")
        if until > last:
            raise DocumentError(place, f"the road ends after {last} updates")
        before = until


def _check_curve(place: str, curve: Array | None, spec: Spec) -> None:
    columns = 2 + len(spec.metrics)
    if curve is None:
        return
    if curve.ndim != 2 or curve.shape[1] != columns:
        raise DocumentError(place, f"expected {columns} columns")
    not_growing = np.flatnonzero(np.diff(curve[:, 0], prepend=-1.0) <= 0.0)
    if len(not_growing) or curve[0, 0] < 0.0:
        index = not_growing[0] if len(not_growing) else 0
        raise DocumentError(f"{place}.points[{index}][0]", "epochs have to grow, from 0")
