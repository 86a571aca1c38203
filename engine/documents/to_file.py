"""From a Document to the structs of its file. Each data set, each spec and all start values of
its roads stand there once, and are referred to by number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from engine.documents import format as fmt
from engine.documents.document import Document
from engine.documents.from_file import curve_columns
from engine.documents.long_matrices import written
from engine.documents.road import FIRST_RUN, Road
from engine.maths.activations import ACTIVATION_SETTINGS, Array
from engine.maths.initializers import INITIALIZERS
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Network
from engine.maths.optimizers import RULES, SETTINGS, Optimizer
from engine.run.spec import Data, Spec, State

T = TypeVar("T")


def file_of(document: Document) -> fmt.File:
    """The structs of a document's file. One that has a single road says no word of roads."""
    spec, network = document.spec, document.spec.network
    start = zip(network.layers, _per_layer(network, document.start), strict=True)
    layout = document.layout
    return fmt.File(
        format="backpass",
        version=fmt.VERSION,
        title=document.title,
        note=document.note,
        inputs=network.inputs,
        layers=[_layer(layer, values) for layer, values in start],
        initializer=_initializer(spec),
        loss=spec.loss,
        loss_settings=_loss_settings(spec),
        reduction=spec.reduction,
        metrics=list(spec.metrics),
        optimizer=_optimizer(spec.optimizer),
        batching=spec.batching,
        data=_data(spec.data),
        scaling=_said(spec.scaling),
        penalty=_changed(spec.penalty),
        clipping=_changed(spec.clipping),
        schedule=_changed(spec.schedule),
        mistakes=spec.mistakes or UNSET,
        step_order=UNSET if spec.step_order == "by_unit" else spec.step_order,
        also=spec.also or UNSET,
        published=document.published or UNSET,
        **_run(document),
        place=fmt.FilePlace(
            updates=_said(document.updates),
            revealed=document.revealed or UNSET,
            sample=document.sample,
            grain=document.grain,
            road=document.number or UNSET,
            leads_to=UNSET if document.leaf in (None, document.number) else document.leaf,
        ),
        layout=[fmt.Position(unit=name, x=x, y=y) for name, (x, y) in layout.items()] or UNSET,
        lock=document.lock or UNSET,
        **_roads(document),
    )


def _roads(document: Document) -> dict[str, Any]:
    """The keys about several roads, or about one that a person did something to."""
    as_usual = document.name == FIRST_RUN and not document.hidden and not document.removed
    if as_usual and not document.others:
        return {}
    tables = _Tables(document)
    return {
        "roads": [tables.road(road) for road in document.roads],
        "specs": tables.specs.entries or UNSET,
        "starts": tables.starts.entries or UNSET,
        "data_sets": tables.data_sets.entries or UNSET,
    }


def _changed(value: T) -> T | UnsetType:
    """A record, where anything in it is not the default."""
    return UNSET if value == type(value)() else value


def _said(value: T | None) -> T | UnsetType:
    return UNSET if value is None else value


class _Table(Generic[T]):
    """What roads refer to by number: each entry once, but for the one outside of roads."""

    def __init__(self, outside: T) -> None:
        self.entries: list[T] = []
        self._numbers: dict[bytes, int | UnsetType] = {msgspec.json.encode(outside): UNSET}

    def number(self, entry: T) -> int | UnsetType:
        """The number of an entry, which is added if it is new; UNSET for the one outside."""
        key = msgspec.json.encode(entry)
        if key not in self._numbers:
            self._numbers[key] = len(self.entries)
            self.entries.append(entry)
        return self._numbers[key]


class _Tables:
    """What the roads of a document have in common, as it stands in their file."""

    def __init__(self, document: Document) -> None:
        spec = document.spec
        self._document = document
        self.data_sets = _Table(_data(spec.data))
        self.specs = _Table(self._settings(spec))
        self.starts = _Table(_parameters(spec.network, document.start))

    def road(self, road: Road) -> fmt.FileRoad:
        """A road of the document."""
        told = fmt.FileRoad(
            name=road.name,
            parent=_said(road.parent),
            hidden=road.hidden or UNSET,
            removed=road.removed or UNSET,
        )
        if road is self._document:
            return told
        return msgspec.structs.replace(
            told,
            spec=self.specs.number(self._settings(road.spec)),
            start=self.starts.number(_parameters(road.spec.network, road.start)),
            **_run(road),
        )

    def _settings(self, spec: Spec) -> fmt.Settings:
        return fmt.settings_type(fmt.optimizer_type(), fmt.loss_settings_type())(
            inputs=spec.network.inputs,
            layers=[fmt.Shape(**_shape(layer)) for layer in spec.network.layers],
            initializer=_initializer(spec),
            loss=spec.loss,
            loss_settings=_loss_settings(spec),
            reduction=spec.reduction,
            metrics=list(spec.metrics),
            optimizer=_optimizer(spec.optimizer),
            batching=spec.batching,
            data=self.data_sets.number(_data(spec.data)),
            scaling=_said(spec.scaling),
            penalty=_changed(spec.penalty),
            clipping=_changed(spec.clipping),
            schedule=_changed(spec.schedule),
            mistakes=spec.mistakes or UNSET,
            step_order=UNSET if spec.step_order == "by_unit" else spec.step_order,
            also=spec.also or UNSET,
        )


def _run(road: Road) -> dict[str, Any]:
    """The keys that say where a road began, how far it has come, and how it went."""
    spec = road.spec
    return {
        "state": _state(road.state, spec) if road.state else UNSET,
        "origin": _state(road.origin, spec) if road.origin else UNSET,
        "stretches": road.stretches or UNSET,
        "loss_curve": _curve(road.curve, spec),
        "test_curve": _curve(road.test_curve, spec),
    }


def _curve(points: Array | None, spec: Spec) -> fmt.Curve | UnsetType:
    if points is None:
        return UNSET
    return fmt.Curve(columns=curve_columns(spec), points=written(points))


def _data(data: Data) -> fmt.FileData:
    return fmt.FileData(
        target_columns=data.target_names,
        inputs=written(data.inputs),
        targets=written(data.targets),
        input_sources=data.input_sources or UNSET,
        target_sources=data.target_sources or UNSET,
        test=data.test.tolist() or UNSET,
        validation=data.validation.tolist() or UNSET,
        picture=data.picture or UNSET,
    )


def _per_layer(network: Network, vector: Array) -> Iterator[dict[str, Any]]:
    """The keys "weights" and "biases" of each layer, from one value for every parameter."""
    for number in range(1, network.depth + 1):
        b = network.biases(vector, number)
        yield {
            "weights": written(network.weights(vector, number)),
            "biases": UNSET if b is None else b.tolist(),
        }


def _parameters(network: Network, theta: Array) -> list[fmt.Parameters]:
    return [fmt.Parameters(**each) for each in _per_layer(network, theta)]


def _shape(layer: Layer) -> dict[str, Any]:
    fixed = layer.bias == "none" and layer.bias_trained
    changed = {
        key: value
        for key, value in layer.settings.items()
        if value != ACTIVATION_SETTINGS[key].default
    }
    return {
        "units": layer.units,
        "activation": layer.activation,
        "settings": fmt.ActivationSettings(**changed) if changed else UNSET,
        "bias": layer.bias,
        "bias_trained": UNSET if fixed else layer.bias_trained,
        "weight_names": _said(layer.weight_names),
        "bias_names": _said(layer.bias_names),
        "frozen_weights": _said(layer.frozen_weights),
        "frozen_biases": layer.frozen_biases or UNSET,
        "cut": _said(layer.cut),
        "rate_factor": UNSET if layer.rate_factor == 1.0 else layer.rate_factor,
        "dropout": layer.dropout or UNSET,
        "threshold": layer.threshold or UNSET,
    }


def _layer(layer: Layer, values: dict[str, Any]) -> fmt.FileLayer:
    return fmt.FileLayer(**_shape(layer), **values)


def _optimizer(optimizer: Optimizer) -> Struct:
    """The settings that the optimizer reads or a file needs, and others that were changed."""
    used = RULES[optimizer.key].settings
    settings = {
        key: value
        for key, value in optimizer.settings.items()
        if key in used or SETTINGS[key].required or value != SETTINGS[key].default
    }
    return fmt.optimizer_type()(name=optimizer.key, **settings)


def _initializer(spec: Spec) -> fmt.FileInitializer:
    """The initializer with the settings that it reads, and others that were changed."""
    settings = spec.initializer_settings
    read = {key: settings[key] for key in INITIALIZERS[spec.initializer].settings}
    return fmt.FileInitializer(
        name=spec.initializer, seed=spec.seed, **{**read, **settings.numbers}
    )


def _loss_settings(spec: Spec) -> Struct | UnsetType:
    """The settings that the loss reads, and others that were changed; nothing where there are
    none."""
    loss, settings = LOSSES[spec.loss], spec.loss_settings
    numbers = {**{key: settings[key] for key in loss.settings}, **settings.numbers}
    output = settings.output if loss.one_output else settings.output or UNSET
    if not numbers and output is UNSET:
        return UNSET
    return fmt.loss_settings_type()(output=output, **numbers)


def _state(state: State, spec: Spec) -> fmt.FileState:
    network = spec.network
    slots = [
        fmt.Slot(name=name, layers=[fmt.Memory(**each) for each in _per_layer(network, slot)])
        for name, slot in zip(spec.slot_names, state.slots, strict=True)
    ]
    layers = _parameters(network, state.theta)
    return fmt.FileState(updates=state.t, layers=layers, slots=slots or UNSET)
