"""Document: everything that a file says, and what has to hold for it."""

# Without `from __future__ import annotations`, as engine.documents.format.

import re
from collections.abc import Mapping
from typing import Annotated

import numpy as np
from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import replace

from engine.documents.json_text import DocumentError
from engine.documents.own_keys import OwnKey
from engine.maths.activations import Array
from engine.maths.metrics import METRICS
from engine.maths.network import Network
from engine.run.check_spec import check_key, check_keys, check_spec
from engine.run.limits import (
    COUNTS,
    FROM_ONE,
    MAX_CURVE_POINTS,
    NOTE,
    PRINTED,
    REMARK,
    TITLE,
    Count,
    FromOne,
    Limit,
    one_of,
    told,
)
from engine.run.spec import Spec, State
from engine.run.steps import GRAINS, StepId
from engine.run.value_kinds import KINDS
from engine.text.numbers import LARGEST
from engine.text.wording import shortened
from engine.training.kernels.kernel import KERNELS, Stretch
from engine.training.thinning import thinned

_PRINTED = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?")


class Published(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A figure that the source prints: of a step of an iteration (from 1), and for what belongs
    to one sample, of that sample; or of a metric over the whole training set before the update of
    that iteration. unknown_start: the source's run began from values that nobody knows.

    Which of step, metric and sample it has not is UNSET. `printed` is the number as it stands in
    the source, `remark` what a person should know of it.
    """

    iteration: FromOne
    step: StepId | UnsetType = UNSET
    metric: Annotated[str, one_of(METRICS)] | UnsetType = UNSET
    sample: Count | UnsetType = UNSET
    printed: Annotated[str, PRINTED.characters, told(pattern=f"^{_PRINTED.pattern}$")]
    remark: Annotated[str, REMARK.characters] = ""
    unknown_start: bool = False

    def fits(self, spec: Spec) -> bool:
        """Whether there is such a quantity: the step, or the metric, and the sample."""
        if not self.step:
            return self.metric in METRICS
        return self.step in spec.steps and (self.sample or 0) < len(spec.data)


class Lock(Struct, frozen=True, forbid_unknown_fields=True):
    """What a teacher locked: the kinds of values that are asked for before they are shown, without
    hints or derivations; whether answers may be right from a person's own earlier values; and
    whether somebody opened it since."""

    hidden: Annotated[
        tuple[Annotated[str, one_of(KINDS)], ...], told(minItems=1, uniqueItems=True)
    ]
    own_values: bool = True
    opened: bool = False

    @property
    def closed(self) -> bool:
        """Whether it still keeps hints and derivations from being shown."""
        return not self.opened


class Document(Struct, frozen=True, eq=False):
    """Everything that a file says.

    `start` are the start values θ, shape (size,), to which Reset returns. `state` is where the
    run stands (None: at the start values). `origin` is where the road to it began, if an edit in
    the middle of a run made a new one: the state right after the edit, from which the run can be
    replayed with `spec` (None: it began at the start values). `stretches` say which kernels took
    that road, as far as it is known: the rest is taken to be the work of the reproducible one, and
    so is the whole road of most files. `curve` has a row per point:
    epochs done, loss, and the metrics in the order of spec.metrics; at most
    MAX_CURVE_POINTS of them are kept in a file. The cursor stands after `updates` updates (None:
    at `state`, else on the road to it), with `revealed` the last step shown of the iteration that
    follows (None: nothing yet); `sample` is the row shown, `grain` one of GRAINS.
    `layout` says where units stand that were moved, by name. `lock` is there if derivations were
    locked.
    """

    spec: Spec
    start: Array
    title: str = ""
    note: str = ""
    state: State | None = None
    origin: State | None = None
    stretches: tuple[Stretch, ...] = ()
    curve: Array | None = None
    updates: int | None = None
    revealed: StepId | None = None
    sample: int = 0
    grain: str = "number"
    published: tuple[Published, ...] = ()
    layout: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    own_keys: tuple[OwnKey, ...] = ()
    lock: Lock | None = None

    def __post_init__(self) -> None:
        self.start.flags.writeable = False
        if self.curve is not None:
            self.curve.flags.writeable = False


def tidied(document: Document) -> Document:
    """The document without what belongs to units and steps that are gone, its curve thinned."""
    network, curve = document.spec.network, document.curve
    if curve is not None:
        curve = thinned(curve, MAX_CURVE_POINTS)
    return replace(
        document,
        curve=curve if curve is not None and len(curve) else None,
        published=tuple(p for p in document.published if p.fits(document.spec)),
        layout={name: place for name, place in document.layout.items() if name in _units(network)},
    )


def _units(network: Network) -> set[str]:
    return {*network.inputs, *(unit for layer in network.layers for unit in layer.units)}


def check(document: Document) -> None:
    """Raise DocumentError or SpecError for the first thing about a document that cannot be."""
    check_spec(document.spec)
    check_run(document)


def check_run(document: Document) -> None:
    """Raise DocumentError or SpecError for the first thing that does not fit to its spec, which
    has been checked."""
    spec = document.spec
    _check_text("$.title", document.title, TITLE)
    _check_text("$.note", document.note, NOTE)
    _check_vector("$.layers", document.start, spec, LARGEST)
    first = 0
    for name, state in (("$.origin", document.origin), ("$.state", document.state)):
        if state is not None:
            _check_state(name, state, spec)
    if document.origin is not None:
        if document.state is None or document.state.t < document.origin.t:
            raise DocumentError("$.origin", "the road to the state cannot begin after it")
        first = document.origin.t
    if spec.batching.since.iteration > first:
        raise DocumentError(
            "$.batching.since.iteration", f"the run begins after {first} updates, before this cut"
        )
    _check_stretches(document)
    _check_curve(document)
    _check_place(document)
    for index, published in enumerate(document.published):
        _check_published(f"$.published[{index}]", published, spec)
    _check_layout(document)
    if document.lock is not None:
        _check_lock(document.lock)


def _check_lock(lock: Lock) -> None:
    if not lock.hidden:
        raise DocumentError("$.lock.hidden", "at least one kind of values has to be hidden")
    check_keys("$.lock.hidden", "kind", lock.hidden, KINDS)


def _check_text(place: str, text: str, limit: Limit) -> None:
    if len(text) not in limit:
        raise DocumentError(
            place, f"at most {limit.most} characters are possible, not {len(text)}"
        )


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


def _check_stretches(document: Document) -> None:
    before, last = _road(document)
    for index, stretch in enumerate(document.stretches):
        place, until = f"$.stretches[{index}].until", stretch.until
        check_key(f"$.stretches[{index}].kernel", "kernel", stretch.kernel, KERNELS)
        if until <= before:
            raise DocumentError(place, f"a stretch after {before} updates cannot end after {until}")
        if until > last:
            raise DocumentError(place, f"the road ends after {last} updates")
        before = until


def _road(document: Document) -> tuple[int, int]:
    """After how many updates the road of the document begins and ends."""
    origin, state = document.origin, document.state
    return 0 if origin is None else origin.t, 0 if state is None else state.t


def _check_curve(document: Document) -> None:
    curve, columns = document.curve, 2 + len(document.spec.metrics)
    if curve is None:
        return
    if curve.ndim != 2 or curve.shape[1] != columns:
        raise DocumentError("$.loss_curve", f"expected {columns} columns")
    not_growing = np.flatnonzero(np.diff(curve[:, 0], prepend=-1.0) <= 0.0)
    if len(not_growing) or curve[0, 0] < 0.0:
        index = not_growing[0] if len(not_growing) else 0
        raise DocumentError(f"$.loss_curve.points[{index}][0]", "epochs have to grow, from 0")


def _check_place(document: Document) -> None:
    spec = document.spec
    if not 0 <= document.sample < len(spec.data):
        raise DocumentError("$.place.sample", f"there is no sample {document.sample}")
    if document.grain not in GRAINS:
        raise DocumentError("$.place.grain", f"the grains are {', '.join(GRAINS)}")
    first, last = _road(document)
    if document.updates is not None and not first <= document.updates <= last:
        raise DocumentError("$.place.updates", f"the road runs from {first} to {last} updates")
    if document.revealed is not None and document.revealed not in spec.steps:
        raise DocumentError("$.place.revealed", "this network has no such step")


def _check_published(place: str, published: Published, spec: Spec) -> None:
    if published.iteration not in FROM_ONE:
        raise DocumentError(f"{place}.iteration", "iterations count from 1")
    if (published.step is UNSET) == (published.metric is UNSET):
        raise DocumentError(place, 'a figure is of a "step" or of a "metric", of one of them')
    if published.metric is not UNSET:
        check_key(f"{place}.metric", "metric", published.metric, METRICS)
    if published.step and published.step not in spec.steps:
        raise DocumentError(f"{place}.step", "this network has no such step")
    of_sample = published.step and published.step.of_sample
    if of_sample and published.sample is UNSET:
        raise DocumentError(place, 'the key "sample" is missing: each sample has its own value')
    if not of_sample and published.sample is not UNSET:
        what = "step" if published.step else "metric"
        raise DocumentError(
            f"{place}.sample", f"this {what} belongs to the batch, to no one sample"
        )
    if published.sample is not UNSET and not 0 <= published.sample < len(spec.data):
        raise DocumentError(f"{place}.sample", f"there is no sample {published.sample}")
    printed = published.printed
    if len(printed) not in PRINTED or not _PRINTED.fullmatch(printed):
        raise DocumentError(f"{place}.printed", "expected a number as it is printed, as in 0.2910")
    if not abs(float(printed)) < LARGEST:
        raise DocumentError(f"{place}.printed", "expected a number below 1e12 in size")
    _check_text(f"{place}.remark", published.remark, REMARK)


def _check_layout(document: Document) -> None:
    names = _units(document.spec.network)
    for index, (name, (x, y)) in enumerate(document.layout.items()):
        if name not in names:
            raise DocumentError(f"$.layout[{index}].unit", f'there is no unit "{shortened(name)}"')
        if not max(abs(x), abs(y)) < LARGEST:
            raise DocumentError(f"$.layout[{index}]", "expected finite numbers below 1e12 in size")


