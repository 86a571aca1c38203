"""Bytes to Document and back: reading and writing .backpass.json files.

What is written reads back as the same document, bit for bit; what could not be read back is not
written. The format stands in engine.documents.format, its text in engine.documents.json_text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict

from engine.documents import format as fmt
from engine.documents.document import Document, check, check_run, tidied
from engine.documents.json_text import DocumentError, decode, encode
from engine.documents.own_keys import OwnKey, put_own_keys
from engine.documents.whole_file import read_up_to
from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Network
from engine.maths.optimizers import RULES, SETTINGS, Optimizer
from engine.run.check_spec import SpecError, check_network, check_training
from engine.run.limits import MAX_FILE_BYTES, NAME
from engine.run.spec import BEGINNING, KEPT_GRADIENT, Data, Spec, State
from engine.text.numbers import counted
from engine.text.wording import shortened

T = TypeVar("T")


def read_document(data: bytes) -> Document:
    """The document that the bytes of a file stand for.

    Raises DocumentError with a sentence that names the place.
    """
    with _refusals():
        try:
            document = _from_file(*fmt.parse(decode(data)))
        except RecursionError:
            raise DocumentError("", "the file is nested too deeply") from None
        check_run(document)
    return document


def read_file(path: Path) -> Document:
    """The document in a file. Raises OSError if it cannot be read, and DocumentError."""
    return read_document(read_up_to(path))


def write_document(document: Document) -> bytes:
    """The bytes of a document's file.

    The curve is thinned, and what belongs to units and steps that are gone is left out. Raises
    DocumentError for a document that could not be read back: one too large for a file, or with
    numbers that are not finite.
    """
    document = tidied(document)
    with _refusals():
        check(document)
    tree = msgspec.to_builtins(_to_file(document))
    if document.spec.batching.since == BEGINNING:  # which goes without saying
        del tree["batching"]["since"]
    put_own_keys(tree, document.own_keys)
    data = encode(tree)
    if len(data) > MAX_FILE_BYTES:
        raise DocumentError(
            "",
            f"the document takes {len(data) >> 20} MiB and a file at most {MAX_FILE_BYTES >> 20}; "
            "without the run (after Reset), or with fewer units, it is smaller",
        )
    return data


@contextmanager
def _refusals() -> Iterator[None]:
    """What cannot be trained is refused as a document is."""
    try:
        yield
    except SpecError as error:
        raise DocumentError(error.path, error.sentence) from None


def _or(value: T | UnsetType, default: T) -> T:
    return default if value is UNSET else value


def _said(value: T | None) -> T | UnsetType:
    return UNSET if value is None else value


# From the structs of a file


def _from_file(file: fmt.File, own_keys: tuple[OwnKey, ...]) -> Document:
    spec = _spec(file)
    check_training(spec)
    return Document(
        spec=spec,
        curve=_curve(file.loss_curve, spec) if file.loss_curve else None,
        start=_start(file.layers, spec),
        title=file.title,
        note=file.note,
        state=_state(file.state, "$.state", spec) if file.state else None,
        origin=_state(file.origin, "$.origin", spec) if file.origin else None,
        stretches=file.stretches or (),
        updates=_or(file.place.updates, None),
        revealed=file.place.revealed or None,
        sample=file.place.sample,
        grain=file.place.grain,
        published=file.published or (),
        layout=_layout(file.layout or []),
        own_keys=own_keys,
        lock=file.lock or None,
    )


def _spec(file: fmt.File) -> Spec:
    network = Network(file.inputs, tuple(map(_layer, file.layers)))
    check_network(network)
    loss = LOSSES.get(file.loss)
    return Spec(
        network=network,
        loss=file.loss,
        reduction=_or(file.reduction, (loss and loss.reduction) or "sum"),
        optimizer=_optimizer(file.optimizer),
        data=_data(file.data, network),
        batching=file.batching,
        metrics=tuple(file.metrics),
        initializer=file.initializer.name,
        seed=file.initializer.seed,
        mistakes=file.mistakes or (),
        step_order=_or(file.step_order, "by_unit"),
    )


def _optimizer(optimizer: Struct) -> Optimizer:
    given = {key: value for key, value in asdict(optimizer).items() if value is not UNSET}
    return Optimizer(given.pop("name"), given)


def _layer(layer: fmt.FileLayer) -> Layer:
    return Layer(
        layer.units,
        layer.activation,
        layer.bias,
        _or(layer.bias_trained, True),
        _or(layer.weight_names, None),
        _or(layer.bias_names, None),
    )


def _data(data: fmt.FileData, network: Network) -> Data:
    outputs = network.layers[-1].units
    names = ("t",) if len(outputs) == 1 else tuple(f"t {unit}"[:NAME.most] for unit in outputs)
    return Data(
        _rows(data.inputs, len(network.inputs), "$.data.inputs", "one per input"),
        _rows(data.targets, len(outputs), "$.data.targets", "one per output"),
        _or(data.target_columns, names),
    )


def _rows(rows: list[list[float]], width: int, place: str, why: str) -> Array:
    """Rows of a file as an array of shape (rows, width)."""
    for index, row in enumerate(rows):
        if len(row) != width:
            raise DocumentError(
                f"{place}[{index}]", f"expected {counted(width, 'number')}, {why}, got {len(row)}"
            )
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)


def _start(layers: list[fmt.FileLayer], spec: Spec) -> Array:
    """The start values: those of the layers or, if none has any, drawn ones."""
    if all(layer.weights is UNSET and layer.biases is UNSET for layer in layers):
        return spec.network.draw(spec.initializer, spec.seed)
    for index, layer in enumerate(layers):
        if layer.weights is UNSET:
            raise DocumentError(
                f"$.layers[{index}]",
                'the key "weights" is missing: all layers give start values, or none',
            )
    return _theta(layers, "$.layers", spec.network)


def _theta(
    layers: Sequence[fmt.FileLayer | fmt.Parameters | fmt.Memory], place: str, network: Network
) -> Array:
    """One value for every parameter, shape (size,), from weights and biases per layer."""
    if len(layers) != network.depth:
        raise DocumentError(place, f"expected {network.depth} layers, got {len(layers)}")
    weights: list[Array] = []
    biases: list[Array | None] = []
    for index, layer in enumerate(layers):
        here, n_out, n_in = f"{place}[{index}]", network.sizes[index + 1], network.sizes[index]
        assert layer.weights is not UNSET
        if len(layer.weights) != n_out:
            raise DocumentError(
                f"{here}.weights", f"expected {n_out} rows, one per unit, got {len(layer.weights)}"
            )
        why = "one per unit of the layer before"
        weights.append(_rows(layer.weights, n_in, f"{here}.weights", why))
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
    return network.theta(weights, biases)


def _state(state: fmt.FileState, place: str, spec: Spec) -> State:
    names = list(spec.slot_names)
    slots = state.slots or []
    if [slot.name for slot in slots] != names:
        wanted = f"the slots {', '.join(names)}" if names else "no slots"
        raise DocumentError(f"{place}.slots", f"{_what_keeps(spec)} {wanted}")
    return State(
        _theta(state.layers, f"{place}.layers", spec.network),
        tuple(
            _theta(slot.layers, f"{place}.slots[{index}].layers", spec.network)
            for index, slot in enumerate(slots)
        ),
        state.updates,
    )


def _what_keeps(spec: Spec) -> str:
    accumulates = " with gradients not cleared" if KEPT_GRADIENT in spec.slot_names else ""
    return f"{spec.optimizer.key}{accumulates} has"


def _curve(curve: fmt.Curve, spec: Spec) -> Array | None:
    columns = _curve_columns(spec)
    if not curve.points:
        return None
    if curve.columns != columns:
        raise DocumentError("$.loss_curve.columns", f"expected {', '.join(columns)}")
    return _rows(curve.points, len(columns), "$.loss_curve.points", "one per column")


def _layout(positions: list[fmt.Position]) -> dict[str, tuple[float, float]]:
    layout: dict[str, tuple[float, float]] = {}
    for index, position in enumerate(positions):
        if position.unit in layout:
            raise DocumentError(
                f"$.layout[{index}].unit", f'"{shortened(position.unit)}" stands here twice'
            )
        layout[position.unit] = (position.x, position.y)
    return layout


def _curve_columns(spec: Spec) -> list[str]:
    return ["epochs", "loss", *spec.metrics]


# To the structs of a file


def _to_file(document: Document) -> fmt.File:
    spec, network = document.spec, document.spec.network
    start = zip(network.layers, _per_layer(network, document.start), strict=True)
    columns, curve, layout = _curve_columns(spec), document.curve, document.layout
    return fmt.File(
        format="backpass",
        version=1,
        title=document.title,
        note=document.note,
        inputs=network.inputs,
        layers=[_layer_to_file(layer, values) for layer, values in start],
        initializer=fmt.FileInitializer(name=spec.initializer, seed=spec.seed),
        loss=spec.loss,
        reduction=spec.reduction,
        metrics=list(spec.metrics),
        optimizer=_optimizer_to_file(spec.optimizer),
        batching=spec.batching,
        data=fmt.FileData(
            target_columns=spec.data.target_names,
            inputs=spec.data.inputs.tolist(),
            targets=spec.data.targets.tolist(),
        ),
        mistakes=spec.mistakes or UNSET,
        step_order=UNSET if spec.step_order == "by_unit" else spec.step_order,
        published=document.published or UNSET,
        state=_state_to_file(document.state, spec) if document.state else UNSET,
        origin=_state_to_file(document.origin, spec) if document.origin else UNSET,
        stretches=document.stretches or UNSET,
        loss_curve=UNSET if curve is None else fmt.Curve(columns=columns, points=curve.tolist()),
        place=fmt.FilePlace(
            updates=_said(document.updates),
            revealed=document.revealed or UNSET,
            sample=document.sample,
            grain=document.grain,
        ),
        layout=[fmt.Position(unit=name, x=x, y=y) for name, (x, y) in layout.items()] or UNSET,
        lock=document.lock or UNSET,
    )


def _per_layer(network: Network, vector: Array) -> Iterator[dict[str, Any]]:
    """The keys "weights" and "biases" of each layer, from one value for every parameter."""
    for number in range(1, network.depth + 1):
        b = network.biases(vector, number)
        yield {
            "weights": network.weights(vector, number).tolist(),
            "biases": UNSET if b is None else b.tolist(),
        }


def _layer_to_file(layer: Layer, values: dict[str, Any]) -> fmt.FileLayer:
    return fmt.FileLayer(
        units=layer.units,
        activation=layer.activation,
        bias=layer.bias,
        bias_trained=UNSET if layer.bias == "none" and layer.bias_trained else layer.bias_trained,
        weight_names=_said(layer.weight_names),
        bias_names=_said(layer.bias_names),
        **values,
    )


def _optimizer_to_file(optimizer: Optimizer) -> Struct:
    """The settings that the optimizer reads or a file needs, and others that were changed."""
    used = RULES[optimizer.key].settings
    settings = {
        key: value
        for key, value in optimizer.settings.items()
        if key in used or SETTINGS[key].required or value != SETTINGS[key].default
    }
    return fmt.optimizer_type()(name=optimizer.key, **settings)


def _state_to_file(state: State, spec: Spec) -> fmt.FileState:
    network = spec.network
    slots = [
        fmt.Slot(name=name, layers=[fmt.Memory(**each) for each in _per_layer(network, slot)])
        for name, slot in zip(spec.slot_names, state.slots, strict=True)
    ]
    layers = [fmt.Parameters(**each) for each in _per_layer(network, state.theta)]
    return fmt.FileState(updates=state.t, layers=layers, slots=slots or UNSET)
