"""From the structs of a file to a Document, with everything that structs cannot check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict

from engine.documents import format as fmt
from engine.documents import long_matrices
from engine.documents.document import Document, within
from engine.documents.json_text import DocumentError
from engine.documents.long_matrices import Numbers
from engine.documents.own_keys import OwnKey
from engine.documents.road import FIRST_RUN, Road
from engine.maths.activations import Array
from engine.maths.clipping import Clipping
from engine.maths.initializers import INITIALIZER_SETTINGS, InitializerSettings
from engine.maths.losses import LOSSES, LossSettings
from engine.maths.network import Layer, Network
from engine.maths.optimizers import RULES, Optimizer
from engine.maths.penalty import Penalty
from engine.maths.schedules import Schedule
from engine.run.check_spec import check_network, check_training
from engine.run.limits import MAX_CURVE_POINTS, NAME
from engine.run.spec import KEPT_GRADIENT, Data, Spec, State
from engine.text.numbers import LARGEST, counted
from engine.text.wording import shortened

T = TypeVar("T")


def document_from(file: fmt.File, own_keys: tuple[OwnKey, ...]) -> Document:
    """The document of a file. Raises DocumentError and SpecError."""
    network = _network(file)
    spec = _spec(file, network, _data(file.data, network, "$.data"))
    check_training(spec)
    start = _start(file.layers, spec)
    roads = _or(file.roads, [])
    number = _or(file.place.road, 0)
    if number >= max(1, len(roads)):
        raise DocumentError("$.place.road", f"there is no road {number}")
    here = roads[number] if roads else fmt.FileRoad(name=FIRST_RUN)
    _check_says_no_more(here, f"$.roads[{number}]")
    others = _Others(file, spec, start)
    return Document(
        spec=spec,
        start=start,
        state=_state(file.state, "$.state", spec) if file.state else None,
        origin=_state(file.origin, "$.origin", spec) if file.origin else None,
        stretches=file.stretches or (),
        curve=_curve(file.loss_curve, spec, "$.loss_curve"),
        test_curve=_curve(file.test_curve, spec, "$.test_curve"),
        name=here.name,
        parent=_or(here.parent, None),
        hidden=_or(here.hidden, False),
        removed=_or(here.removed, False),
        title=file.title,
        note=file.note,
        updates=_or(file.place.updates, None),
        revealed=file.place.revealed or None,
        sample=file.place.sample,
        grain=file.place.grain,
        published=file.published or (),
        layout=_layout(file.layout or []),
        own_keys=own_keys,
        lock=file.lock or None,
        others=tuple(others.road(k) for k in range(len(roads)) if k != number),
        number=number,
        leaf=_or(file.place.leads_to, None),
    )


def _or(value: T | UnsetType, default: T) -> T:
    return default if value is UNSET else value


def _check_says_no_more(road: fmt.FileRoad, place: str) -> None:
    curves = (road.loss_curve, road.test_curve)
    said = (road.spec, road.start, road.origin, road.state, road.stretches, *curves)
    if any(each is not UNSET for each in said):
        raise DocumentError(
            place, "the cursor stands on this road, so the rest of it stands outside of roads"
        )


class _Others:
    """The roads beside the cursor's, and what they refer to: each made once."""

    def __init__(self, file: fmt.File, spec: Spec, start: Array) -> None:
        self._file = file
        self._spec = spec
        self._start = start
        self._specs: dict[int, Spec] = {}
        self._starts: dict[tuple[int, tuple[object, ...]], Array] = {}
        self._data_sets: dict[tuple[int, int, int], Data] = {}

    def road(self, number: int) -> Road:
        """A road by its number."""
        road, place = _or(self._file.roads, [])[number], f"$.roads[{number}]"
        spec = self._spec if road.spec is UNSET else self._spec_of(road.spec, place)
        start = self._start if road.start is UNSET else self._start_of(road.start, spec, place)
        with within(place):
            return Road(
                spec=spec,
                start=start,
                state=_state(road.state, "$.state", spec) if road.state else None,
                origin=_state(road.origin, "$.origin", spec) if road.origin else None,
                stretches=road.stretches or (),
                curve=_curve(road.loss_curve, spec, "$.loss_curve"),
                test_curve=_curve(road.test_curve, spec, "$.test_curve"),
                name=road.name,
                parent=_or(road.parent, None),
                hidden=_or(road.hidden, False),
                removed=_or(road.removed, False),
            )

    def _spec_of(self, number: int, road: str) -> Spec:
        if number not in self._specs:
            settings = _entry(self._file.specs, number, f"{road}.spec", "entry in specs")
            with within(f"$.specs[{number}]"):
                network = _network(settings)
            data = self._data_of(settings.data, network, f"$.specs[{number}].data")
            with within(f"$.specs[{number}]"):
                spec = _spec(settings, network, data)
                check_training(spec)
            self._specs[number] = spec
        return self._specs[number]

    def _start_of(self, number: int, spec: Spec, road: str) -> Array:
        layers = _entry(self._file.starts, number, f"{road}.start", "entry in starts")
        network = spec.network
        known = number, (network.sizes, *((each.bias_count, each.cut) for each in network.layers))
        if known not in self._starts:
            self._starts[known] = _theta(layers, f"$.starts[{number}]", network)
        return self._starts[known]

    def _data_of(self, number: int | UnsetType, network: Network, place: str) -> Data:
        if number is UNSET:
            return self._spec.data
        data = _entry(self._file.data_sets, number, place, "entry in data_sets")
        known = number, network.sizes[0], network.sizes[-1]
        if known not in self._data_sets:
            self._data_sets[known] = _data(data, network, f"$.data_sets[{number}]")
        return self._data_sets[known]


def _entry(table: list[T] | UnsetType, number: int, place: str, what: str) -> T:
    entries = _or(table, [])
    if number >= len(entries):
        raise DocumentError(place, f"there is no {what} with the number {number}")
    return entries[number]


def _network(file: fmt.File | fmt.Settings) -> Network:
    network = Network(file.inputs, tuple(map(_layer, file.layers)))
    check_network(network)
    return network


def _spec(file: fmt.File | fmt.Settings, network: Network, data: Data) -> Spec:
    loss = LOSSES.get(file.loss)
    return Spec(
        network=network,
        loss=file.loss,
        reduction=_or(file.reduction, (loss and loss.reduction) or "sum"),
        optimizer=_optimizer(file.optimizer),
        data=data,
        batching=file.batching,
        metrics=tuple(file.metrics),
        initializer=file.initializer.name,
        seed=file.initializer.seed,
        mistakes=file.mistakes or (),
        step_order=_or(file.step_order, "by_unit"),
        also=file.also or (),
        scaling=_or(file.scaling, None),
        penalty=_or(file.penalty, Penalty()),
        loss_settings=_loss_settings(file.loss_settings),
        clipping=_or(file.clipping, Clipping()),
        schedule=_or(file.schedule, Schedule()),
        initializer_settings=_initializer_settings(file.initializer),
    )


def _initializer_settings(initializer: fmt.FileInitializer) -> InitializerSettings:
    given = _given(initializer)
    return InitializerSettings({key: given[key] for key in INITIALIZER_SETTINGS if key in given})


def _loss_settings(settings: Struct | UnsetType) -> LossSettings:
    if settings is UNSET:
        return LossSettings()
    given = {key: value for key, value in asdict(settings).items() if value is not UNSET}
    output = given.pop("output", 0)
    return LossSettings(given, output)


def _optimizer(optimizer: Struct) -> Optimizer:
    given = _given(optimizer)
    return Optimizer(given.pop("name"), given)


def _given(settings: Struct) -> dict[str, Any]:
    """The keys of an object that the file gives, with their values."""
    return {key: value for key, value in asdict(settings).items() if value is not UNSET}


def _layer(layer: fmt.Shape) -> Layer:
    return Layer(
        layer.units,
        layer.activation,
        layer.bias,
        _or(layer.bias_trained, True),
        _or(layer.weight_names, None),
        _or(layer.bias_names, None),
        frozen_weights=_or(layer.frozen_weights, None),
        frozen_biases=layer.frozen_biases or (),
        rate_factor=_or(layer.rate_factor, 1.0),
        dropout=_or(layer.dropout, 0.0),
        settings=_given(layer.settings) if layer.settings else {},
        cut=_or(layer.cut, None),
        threshold=_or(layer.threshold, False),
    )


def _data(data: fmt.FileData, network: Network, place: str) -> Data:
    outputs = network.layers[-1].units
    names = ("t",) if len(outputs) == 1 else tuple(f"t {unit}"[:NAME.most] for unit in outputs)
    return Data(
        _rows(data.inputs, len(network.inputs), f"{place}.inputs", "one per input"),
        _rows(data.targets, len(outputs), f"{place}.targets", "one per output"),
        _or(data.target_columns, names),
        _or(data.input_sources, ()),
        _or(data.target_sources, ()),
        np.array(_or(data.test, []), dtype=np.intp),
        data.picture or None,
        np.array(_or(data.validation, []), dtype=np.intp),
    )


def _rows(
    rows: Numbers, width: int, place: str, why: str, limit: float = LARGEST
) -> Array:
    """Rows of a file as an array of shape (rows, width)."""
    if isinstance(rows, str):
        return long_matrices.read(rows, width, place, limit)
    for index, row in enumerate(rows):
        if len(row) != width:
            raise DocumentError(
                f"{place}[{index}]", f"expected {counted(width, 'number')}, {why}, got {len(row)}"
            )
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)


def _start(layers: list[fmt.FileLayer], spec: Spec) -> Array:
    """The start values: those of the layers or, if none has any, drawn ones."""
    if all(layer.weights is UNSET and layer.biases is UNSET for layer in layers):
        return spec.draw()
    for index, layer in enumerate(layers):
        if layer.weights is UNSET:
            raise DocumentError(
                f"$.layers[{index}]",
                'the key "weights" is missing: all layers give start values, or none',
            )
    return _theta(layers, "$.layers", spec.network)


def _theta(
    layers: Sequence[fmt.FileLayer | fmt.Parameters | fmt.Memory],
    place: str,
    network: Network,
    limit: float = LARGEST,
) -> Array:
    """One value for every parameter, shape (size,), from weights and biases per layer."""
    if len(layers) != network.depth:
        raise DocumentError(place, f"expected {network.depth} layers, got {len(layers)}")
    weights: list[Array] = []
    biases: list[Array | None] = []
    for index, layer in enumerate(layers):
        here, n_out, n_in = f"{place}[{index}]", network.sizes[index + 1], network.sizes[index]
        assert layer.weights is not UNSET
        why = "one per unit of the layer before"
        rows = _rows(layer.weights, n_in, f"{here}.weights", why, limit)
        if len(rows) != n_out:
            raise DocumentError(
                f"{here}.weights", f"expected {n_out} rows, one per unit, got {len(rows)}"
            )
        weights.append(rows)
        count = network.layers[index].bias_count
        if layer.biases is UNSET and count:
            raise DocumentError(here, 'the key "biases" is missing')
        given = layer.biases or []
        if len(given) != count:
            raise DocumentError(
                f"{here}.biases",
                f"expected {counted(count, 'number')} for this layer, got {len(given)}",
            )
        biases.append(np.array(given))
    theta = network.theta(weights, biases)
    if network.has_cut:
        _check_zero(theta, network.cut, "cut", place, network)
    return theta


def _state(state: fmt.FileState, place: str, spec: Spec) -> State:
    names = list(spec.slot_names)
    slots = state.slots or []
    if [slot.name for slot in slots] != names:
        wanted = f"the slots {', '.join(names)}" if names else "no slots"
        raise DocumentError(f"{place}.slots", f"{_what_keeps(spec)} {wanted}")
    read = State(
        _theta(state.layers, f"{place}.layers", spec.network),
        tuple(
            _theta(slot.layers, f"{place}.slots[{index}].layers", spec.network, np.inf)
            for index, slot in enumerate(slots)
        ),
        state.updates,
    )
    for index in range(len(RULES[spec.optimizer.key].slots)):
        _check_forgotten(read.slots[index], f"{place}.slots[{index}]", spec.network)
    return read


def _check_forgotten(slot: Array, place: str, network: Network) -> None:
    """Raise DocumentError for a slot that would move what is frozen."""
    if not network.holds_some:
        return
    _check_zero(slot, network.frozen, "frozen", place, network)


def _check_zero(vector: Array, mask: Array, held: str, place: str, network: Network) -> None:
    """Raise DocumentError for a number that is not 0 where a mask is not; both of shape (size,)."""
    wrong = np.flatnonzero(mask * (vector != 0.0))
    if len(wrong):
        name = network.parameter_name(network.parameter_at(int(wrong[0])))
        raise DocumentError(place, f"{shortened(name)} is {held}, so its number has to be 0 here")


def _what_keeps(spec: Spec) -> str:
    accumulates = " with gradients not cleared" if KEPT_GRADIENT in spec.slot_names else ""
    return f"{spec.optimizer.key}{accumulates} has"


def _curve(curve: fmt.Curve | UnsetType, spec: Spec, where: str) -> Array | None:
    columns = curve_columns(spec)
    if not curve or not curve.points:
        return None
    if curve.columns != columns:
        raise DocumentError(f"{where}.columns", f"expected {', '.join(columns)}")
    place = f"{where}.points"
    points = _rows(curve.points, len(columns), place, "one per column", np.inf)
    if len(points) > MAX_CURVE_POINTS:
        raise DocumentError(place, f"expected at most {MAX_CURVE_POINTS} rows, got {len(points)}")
    return points


def _layout(positions: list[fmt.Position]) -> dict[str, tuple[float, float]]:
    layout: dict[str, tuple[float, float]] = {}
    for index, position in enumerate(positions):
        if position.unit in layout:
            raise DocumentError(
                f"$.layout[{index}].unit", f'"{shortened(position.unit)}" stands here twice'
            )
        layout[position.unit] = (position.x, position.y)
    return layout


def curve_columns(spec: Spec) -> list[str]:
    """What the columns of a road's curve are called."""
    return ["epochs", "loss", *spec.metrics]
