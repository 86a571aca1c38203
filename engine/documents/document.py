"""Document: everything that a file says, and what has to hold for it."""

# Without `from __future__ import annotations`, as engine.documents.format.

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, TypeVar

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import replace

from engine.documents.json_text import DocumentError
from engine.documents.own_keys import OwnKey
from engine.documents.road import Road, check_road
from engine.maths.losses import LOSSES
from engine.maths.metrics import METRICS
from engine.run.check_spec import SpecError, check_key, check_keys, check_spec
from engine.run.limits import (
    FIGURES,
    FROM_ONE,
    MAX_CURVE_POINTS,
    NOTE,
    PRINTED,
    REMARK,
    ROAD_NAME,
    ROADS,
    TITLE,
    Count,
    FromOne,
    Limit,
    one_of,
    told,
)
from engine.run.spec import Spec
from engine.run.steps import GRAINS, StepId
from engine.run.value_kinds import EVERY_KIND
from engine.text.numbers import LARGEST
from engine.text.wording import shortened
from engine.training.thinning import thinned

_PRINTED = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?")


class TooLarge(DocumentError):
    """A document that is larger than a file may be, or has more roads."""


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
        sample = self.sample or 0
        if self.step not in spec.steps or sample >= len(spec.data):
            return False
        return self.step.kind != "delta" or not spec.data.is_kept_out[sample]


class Lock(Struct, frozen=True, forbid_unknown_fields=True):
    """What a teacher locked: the kinds of values that are asked for before they are shown, without
    hints or derivations; whether answers may be right from a person's own earlier values; and
    whether somebody opened it since."""

    hidden: Annotated[
        tuple[Annotated[str, one_of(EVERY_KIND)], ...], told(minItems=1, uniqueItems=True)
    ]
    own_values: bool = True
    opened: bool = False

    @property
    def closed(self) -> bool:
        """Whether it still keeps hints and derivations from being shown."""
        return not self.opened


class Document(Road, frozen=True, eq=False):
    """Everything that a file says: the road at the cursor, and all the rest.

    The cursor stands after `updates` updates (None: where the road ends), with `revealed` the
    last step shown of the iteration that follows (None: nothing yet); `sample` is the row shown,
    `grain` one of GRAINS. `others` are the roads beside this one, in the order in which they were
    begun; `number` says how many were begun before it. The cursor's way on leads to the end of
    road `leaf`, counted with this one among them (None: of this one).
    `layout` says where units stand that were moved, by name. `lock` is there if derivations were
    locked.
    """

    title: str = ""
    note: str = ""
    updates: int | None = None
    revealed: StepId | None = None
    sample: int = 0
    grain: str = "number"
    published: tuple[Published, ...] = ()
    layout: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    own_keys: tuple[OwnKey, ...] = ()
    lock: Lock | None = None
    others: tuple[Road, ...] = ()
    number: int = 0
    leaf: int | None = None

    @property
    def roads(self) -> tuple[Road, ...]:
        """All roads in the order in which they were begun, this one among them."""
        return (*self.others[: self.number], self, *self.others[self.number :])

    @property
    def numbers(self) -> int:
        """About how many numbers its file has."""
        data_sets = {id(spec.data): spec.data for spec in self.specs}.values()
        held = sum(data.inputs.size + data.targets.size for data in data_sets)
        curves = sum(
            curve.size
            for road in self.roads
            for curve in (road.curve, road.test_curve)
            if curve is not None
        )
        return held + curves + sum(road.start.size for road in self.roads)

    @property
    def specs(self) -> list[Spec]:
        """The Specs of all roads, this one's first."""
        return [self.spec, *(road.spec for road in self.others)]


def tidied(document: Document) -> Document:
    """The document without what belongs to units and steps that are on no road, its curves
    thinned."""
    specs, units = document.specs, _units(document)
    document = replace(
        document,
        others=tuple(map(_thinned, document.others)),
        published=tuple(p for p in document.published if any(map(p.fits, specs))),
        layout={name: place for name, place in document.layout.items() if name in units},
    )
    return _thinned(document)


R = TypeVar("R", bound=Road)


def _thinned(road: R) -> R:
    if road.curve is None and road.test_curve is None:
        return road
    curves = (
        None if curve is None else thinned(curve, MAX_CURVE_POINTS)
        for curve in (road.curve, road.test_curve)
    )
    curve, test_curve = (None if curve is None or not len(curve) else curve for curve in curves)
    return replace(road, curve=curve, test_curve=test_curve)


def _units(document: Document) -> set[str]:
    networks = [spec.network for spec in document.specs]
    layers = {(network.inputs, *(layer.units for layer in network.layers)) for network in networks}
    return {unit for network in layers for units in network for unit in units}


def check(document: Document) -> None:
    """Raise DocumentError or SpecError for the first thing about a document that cannot be."""
    for spec in document.specs:
        check_spec(spec)
    check_run(document)


def check_run(document: Document) -> None:
    """Raise DocumentError or SpecError for the first thing that does not fit to the specs, which
    have been checked."""
    _check_text("$.title", document.title, TITLE)
    _check_text("$.note", document.note, NOTE)
    check_road(document)
    _check_roads(document)
    _check_place(document)
    if len(document.published) not in FIGURES:
        raise DocumentError(
            "$.published",
            f"at most {FIGURES.most} figures are possible, not {len(document.published)}",
        )
    for index, published in enumerate(document.published):
        _check_published(f"$.published[{index}]", published, document)
    _check_layout(document)
    if document.lock is not None:
        _check_lock(document.lock)


def _check_roads(document: Document) -> None:
    roads = document.roads
    if len(roads) not in ROADS:
        raise TooLarge("$.roads", f"at most {ROADS.most} roads are possible, not {len(roads)}")
    for number, road in enumerate(roads):
        place = f"$.roads[{number}]"
        if len(road.name) not in ROAD_NAME:
            raise DocumentError(f"{place}.name", f"the name of a road has {ROAD_NAME} characters")
        if road is not document:
            with within(place):
                check_road(road, start="$.start")
        if road.parent is None:
            continue
        if not 0 <= road.parent < number:
            raise DocumentError(
                f"{place}.parent", f"road {road.parent} is not before this one, which is {number}"
            )
        parent = roads[road.parent]
        if not parent.first_t < road.first_t <= parent.last_t:
            raise DocumentError(
                f"{place}.origin",
                f"it forks off after {road.first_t} updates, and road {road.parent} runs from "
                f"{parent.first_t} to {parent.last_t}",
            )


@contextmanager
def within(place: str) -> Iterator[None]:
    """Name the place of what is refused inside, where paths begin with $, from the top."""
    try:
        yield
    except DocumentError as error:
        raise DocumentError(place + error.place.removeprefix("$"), error.sentence) from None
    except SpecError as error:
        raise DocumentError(place + error.path.removeprefix("$"), error.sentence) from None


def _check_lock(lock: Lock) -> None:
    if not lock.hidden:
        raise DocumentError("$.lock.hidden", "at least one kind of values has to be hidden")
    check_keys("$.lock.hidden", "kind", lock.hidden, EVERY_KIND)


def _check_text(place: str, text: str, limit: Limit) -> None:
    if len(text) not in limit:
        raise DocumentError(
            place, f"at most {limit.most} characters are possible, not {len(text)}"
        )


def _check_place(document: Document) -> None:
    spec = document.spec
    if not 0 <= document.sample < len(spec.data):
        raise DocumentError("$.place.sample", f"there is no sample {document.sample}")
    if document.grain not in GRAINS:
        raise DocumentError("$.place.grain", f"the grains are {', '.join(GRAINS)}")
    first, last = document.first_t, document.last_t
    if document.updates is not None and not first <= document.updates <= last:
        raise DocumentError("$.place.updates", f"the road runs from {first} to {last} updates")
    if document.leaf is not None:
        _check_leaf(document, document.leaf, last if document.updates is None else document.updates)
    if document.revealed is not None and document.revealed not in spec.steps:
        raise DocumentError("$.place.revealed", "this network has no such step")


def _check_leaf(document: Document, leaf: int, t: int) -> None:
    """The road to the leaf has to lead over the cursor's."""
    roads = document.roads
    if not 0 <= leaf < len(roads):
        raise DocumentError("$.place.leads_to", f"there is no road {leaf}")
    number = leaf
    while roads[number].first_t > t and (parent := roads[number].parent) is not None:
        number = parent
    if number != document.number:
        raise DocumentError(
            "$.place.leads_to",
            f"the road to the end of road {leaf} is road {number} after {t} updates, and the "
            f"cursor stands on road {document.number}",
        )


def _check_published(place: str, published: Published, document: Document) -> None:
    """A figure has to fit to one of the roads, and is first held against the cursor's."""
    specs = document.specs
    spec = next((spec for spec in specs if published.fits(spec)), document.spec)
    if published.iteration not in FROM_ONE:
        raise DocumentError(f"{place}.iteration", "iterations count from 1")
    if (published.step is UNSET) == (published.metric is UNSET):
        raise DocumentError(place, 'a figure is of a "step" or of a "metric", of one of them')
    if published.metric is not UNSET:
        check_key(f"{place}.metric", "metric", published.metric, METRICS)
    if published.step and published.step not in spec.steps:
        step, depth = published.step, spec.network.depth
        is_loss = (step.kind, step.layer) == ("loss", depth)
        if is_loss and step.unit in range(spec.network.sizes[depth]):
            raise DocumentError(
                f"{place}.step",
                f"the loss, {LOSSES[spec.loss].title}, has no term of "
                f"{spec.network.unit_name(depth, step.unit or 0)}",
            )
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
    names = _units(document)
    for index, (name, (x, y)) in enumerate(document.layout.items()):
        if name not in names:
            raise DocumentError(f"$.layout[{index}].unit", f'there is no unit "{shortened(name)}"')
        if not max(abs(x), abs(y)) < LARGEST:
            raise DocumentError(f"$.layout[{index}]", "expected finite numbers below 1e12 in size")


