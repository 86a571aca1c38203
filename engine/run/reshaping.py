"""Changes of a network's shape: units and layers added or removed, other kinds of bias.

Each makes a new Spec and State from the old ones. A weight is carried over when both its ends
are units that were there before, in neighbouring layers; whatever is new is drawn by the
document's initializer from seed and shape, with empty optimizer slots. Every function may raise
SpecError with a sentence if the result could not be trained.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from engine.maths.activations import Array, hidden_activations
from engine.maths.losses import LOSSES, LossSettings
from engine.maths.network import (
    Layer,
    Network,
    default_unit_names,
    usual_target_names,
    with_layer,
)
from engine.maths.optimizers import RULES
from engine.run.check_spec import SpecError, check_spec
from engine.run.edits import Edited
from engine.run.holding import forgotten, with_cut, with_frozen
from engine.run.scaling import SAME
from engine.run.spec import Source, Spec, State

_NEW_LAYER_UNITS = 2

T = TypeVar("T")


class _Origin(Struct, frozen=True):
    """Where a layer of the new network comes from: the old layer's number and, for each unit, the
    old unit's; None for what is new."""

    layer: int | None
    units: tuple[int | None, ...]

    def kept(self) -> tuple[list[int], list[int]]:
        """The units that were there before: their new numbers, and their old ones."""
        pairs = [(new, old) for new, old in enumerate(self.units) if old is not None]
        return [new for new, _ in pairs], [old for _, old in pairs]


def set_units(spec: Spec, state: State, layer: int, count: int) -> Edited:
    """Add units at the end of a layer or remove its last ones; layer 0 are the inputs.

    Input and output units bring or take their data columns; new columns are zero, or the lower
    class of a loss that knows two.
    """
    if count < 1:
        raise SpecError("$.layers", "a layer needs at least one unit")
    size = spec.network.sizes[layer]
    units: list[int | None] = list(range(min(size, count)))
    return _with_units(spec, state, layer, tuple(units + [None] * (count - size)))


def remove_unit(spec: Spec, state: State, layer: int, unit: int) -> Edited:
    """Remove one unit with all its weights (and its data column at either end)."""
    size = spec.network.sizes[layer]
    if size == 1:
        raise SpecError("$.layers", "the last unit of a layer cannot be removed")
    return _with_units(spec, state, layer, tuple(u for u in range(size) if u != unit))


def add_layer(spec: Spec, state: State, position: int) -> Edited:
    """Put a new hidden layer of two units before layer `position` (1 … depth).

    It takes the activation of the layer it is put before, with its settings (sigmoid beside
    softmax).
    """
    network = spec.network
    beside = network.layers[position - 1]
    activation = beside.activation if beside.function.elementwise else hidden_activations()[0]
    units = tuple(_new_names(network, "h", _NEW_LAYER_UNITS))
    layers = list(network.layers)
    layers.insert(position - 1, Layer(units, activation, settings=beside.settings))
    origins = _unchanged(network)
    origins.insert(position, _Origin(None, (None,) * _NEW_LAYER_UNITS))
    return _carried(spec, state, replace(network, layers=tuple(layers)), origins)


def remove_layer(spec: Spec, state: State, layer: int) -> Edited:
    """Remove a hidden layer; the weights of the layer after it are drawn anew."""
    network = spec.network
    if layer == network.depth:
        raise SpecError("$.layers", "the output layer cannot be removed")
    layers = [each for number, each in enumerate(network.layers, start=1) if number != layer]
    origins = _unchanged(network)
    del origins[layer]
    return _carried(spec, state, replace(network, layers=tuple(layers)), origins)


def set_bias(
    spec: Spec, state: State, layer: int, kind: str, trained: bool, threshold: bool = False
) -> Edited:
    """Choose a layer's kind of bias, whether it is trained, and whether it is a threshold.

    A threshold is the bias with its sign turned, so that the outputs stay what they are; what the
    optimizer remembers of it is forgotten then.

    One per unit becomes a shared one by its mean, a shared one is repeated, a new one is zero.
    Another kind of bias has none that is frozen.
    """
    before = spec.network
    turned = threshold != before.layers[layer - 1].threshold
    network = with_layer(before, layer, bias=kind, bias_trained=trained, threshold=threshold)
    if turned:
        network = _with_other_letter(network, layer)
    if kind != before.layers[layer - 1].bias:
        network = with_layer(network, layer, bias_names=None, frozen_biases=())

    def moved(vector: Array) -> Array:
        W = [before.weights(vector, number) for number in range(1, before.depth + 1)]
        b = [before.biases(vector, number) for number in range(1, before.depth + 1)]
        old = b[layer - 1]
        if old is not None and kind == "shared":
            b[layer - 1] = old.mean(keepdims=True)
        return network.theta(W, b)

    changed = replace(spec, network=network)
    check_spec(changed)
    theta, slots = moved(state.theta), tuple(map(moved, state.slots))
    if turned:
        own = len(RULES[spec.optimizer.key].slots)
        for vector in (theta, *slots[own:]):  # a gradient that is kept turns its sign, too
            b = network.biases(vector, layer)
            if b is not None:
                b *= -1.0
        of_biases = (each for each in network.parameters_of(layer) if each.source is None)
        slots = forgotten(spec, slots, [network.index(each) for each in of_biases])
    return changed, State(theta, slots, state.t)


def _with_other_letter(network: Network, layer: int) -> Network:
    """Names of a layer's biases that are a letter and a number, with the letter that they have
    now: b1 is θ1."""
    names, letter = network.layers[layer - 1].bias_names, network.layers[layer - 1].bias_letter
    if names is None:
        return network
    old = "bθ".replace(letter, "")
    renamed = (re.sub(f"^{old}(?=[0-9]*$)", letter, name) for name in names)
    return with_layer(network, layer, bias_names=tuple(renamed))


def _unchanged(network: Network) -> list[_Origin]:
    return [_Origin(layer, tuple(range(size))) for layer, size in enumerate(network.sizes)]


def _with_units(spec: Spec, state: State, layer: int, units: tuple[int | None, ...]) -> Edited:
    """Give one layer other units: each an old one by its number, or None for a new one."""
    network, data = spec.network, spec.data
    old_names = network.inputs if layer == 0 else network.layers[layer - 1].units
    fresh = _new_names(network, _prefix(network, layer), units.count(None))
    names = _usual_names(network, layer, units) or tuple(
        old_names[unit] if unit is not None else next(fresh) for unit in units
    )
    if layer == 0:
        network = replace(network, inputs=names)
        sources = _picked(data.input_sources, units, Source())
        kept = data.picture if units == tuple(range(len(old_names))) else None
        columns = _columns(data.inputs, units)
        data = replace(data, inputs=columns, input_sources=sources, picture=kept)
    else:
        network = with_layer(network, layer, units=names)
    if layer == network.depth:
        if data.target_names == usual_target_names(len(old_names)) and _goes_on(units):
            targets = usual_target_names(len(units))
        else:
            targets = tuple(
                data.target_names[unit] if unit is not None else f"t {name}"
                for unit, name in zip(units, names, strict=True)
            )
        classes = LOSSES[spec.loss].classes
        new_target = 0.0 if classes is None else classes[0]
        data = replace(
            data,
            targets=_columns(data.targets, units, new_target),
            target_names=targets,
            target_sources=_picked(data.target_sources, units, Source()),
        )
        spec = replace(spec, loss_settings=_following(spec, units))
    origins = _unchanged(spec.network)
    origins[layer] = _Origin(layer, units)
    scaling = spec.scaling
    if scaling is not None and layer == 0:
        scaling = replace(scaling, inputs=_picked(scaling.inputs, units, SAME))
    elif scaling is not None and layer == spec.network.depth:
        scaling = replace(scaling, targets=_picked(scaling.targets, units, SAME))
    return _carried(replace(spec, data=data, scaling=scaling), state, network, origins)


def _picked(before: tuple[T, ...], units: tuple[int | None, ...], new: T) -> tuple[T, ...]:
    """What is said of each column, where something is said of them."""
    return tuple(new if unit is None else before[unit] for unit in units) if before else ()


def _columns(rows: Array, units: tuple[int | None, ...], fresh: float = 0.0) -> Array:
    return np.column_stack(
        [np.full(len(rows), fresh) if unit is None else rows[:, unit] for unit in units]
    )


def _following(spec: Spec, units: tuple[int | None, ...]) -> LossSettings:
    """The settings of the loss, speaking of the same output; of the last one if that is gone."""
    settings = spec.loss_settings
    if settings.output in units:
        return replace(settings, output=units.index(settings.output))
    return replace(settings, output=min(settings.output, len(units) - 1))


def _carried(spec: Spec, state: State, network: Network, origins: list[_Origin]) -> Edited:
    """The new network with everything carried over that its origins allow."""
    old = spec.network
    network = _with_held(old, _with_parameter_names(old, network, origins), origins)
    changed = replace(spec, network=network)
    check_spec(changed)

    def moved(vector: Array, fresh: Array) -> Array:
        return _moved(old, network, origins, vector, fresh)

    # The shape belongs to the seed: from the seed alone the numbers that other parameters began
    # with would come once more, since each is drawn at another place of the row now.
    drawn = spec.draw(spec.seed, *network.sizes, network=network)
    empty = np.zeros(network.size)
    slots = tuple(moved(slot, empty) for slot in state.slots)
    return changed, State(moved(state.theta, drawn), slots, state.t)


def _moved(
    old: Network, new: Network, origins: list[_Origin], vector: Array, fresh: Array
) -> Array:
    """A value for each parameter of the new network: that of the old one in `vector` where it was
    there before, else the one in `fresh`."""
    result = np.array(fresh)
    for number in range(1, new.depth + 1):
        here, below = origins[number], origins[number - 1]
        if here.layer is None:
            continue
        new_rows, old_rows = here.kept()
        b_old, b_new = old.biases(vector, here.layer), new.biases(result, number)
        if b_old is not None and b_new is not None:
            if new.layers[number - 1].bias == "shared":
                b_new[:] = b_old
            else:
                b_new[new_rows] = b_old[old_rows]
        if below.layer == here.layer - 1:
            new_columns, old_columns = below.kept()
            W_old, W_new = old.weights(vector, here.layer), new.weights(result, number)
            W_new[np.ix_(new_rows, new_columns)] = W_old[np.ix_(old_rows, old_columns)]
    return result


def _with_held(old: Network, new: Network, origins: list[_Origin]) -> Network:
    """Have frozen or cut in the new network what was in the old one and is still there."""
    if not old.holds_some:
        return new
    frozen, cut = (
        _moved(old, new, origins, mask, np.zeros(new.size)) for mask in (old.frozen, old.cut)
    )
    return with_cut(with_frozen(new, frozen), cut)


def _with_parameter_names(old: Network, new: Network, origins: list[_Origin]) -> Network:
    """Carry the document's names of parameters over, and number new ones on from the last."""
    numbers = {letter: _numbers_after(old, letter) for letter in "wbθ"}
    for number in range(1, new.depth + 1):
        here, below = origins[number], origins[number - 1]
        weights = biases = None
        if here.layer is not None:
            before = old.layers[here.layer - 1]
            if before.weight_names is not None and below.layer == here.layer - 1:
                weights = tuple(
                    tuple(
                        next(numbers["w"])
                        if unit is None or source is None
                        else before.weight_names[unit][source]
                        for source in below.units
                    )
                    for unit in here.units
                )
            biases = before.bias_names
            if biases is not None and before.bias == "per_unit":
                named = biases
                biases = tuple(
                    next(numbers[before.bias_letter]) if unit is None else named[unit]
                    for unit in here.units
                )
        new = with_layer(new, number, weight_names=weights, bias_names=biases)
    return new


def _numbers_after(network: Network, letter: str) -> Iterator[str]:
    """w9, w10 … after w8: names that no parameter has yet."""
    names = [
        name
        for layer in network.layers
        for row in (*(layer.weight_names or ()), layer.bias_names or ())
        for name in row
    ]
    numbers = [int(n[1:]) for n in names if n[:1] == letter and n[1:].isdecimal()]
    number = max(numbers, default=0)
    while True:
        number += 1
        yield f"{letter}{number}"


def _prefix(network: Network, layer: int) -> str:
    """What names of new units of a layer begin with: x, h, h2., o …, or as the layer's own."""
    names = network.inputs if layer == 0 else network.layers[layer - 1].units
    own = names[-1].rstrip("0123456789")
    return own if own and own != names[-1] else default_unit_names(network.sizes)[layer][0][:1]


def _goes_on(units: tuple[int | None, ...]) -> bool:
    """Whether the first of the old units are there as they were, and what is new comes after."""
    return all(unit in (None, place) for place, unit in enumerate(units))


def _usual_names(
    network: Network, layer: int, units: tuple[int | None, ...]
) -> tuple[str, ...] | None:
    """The names that a layer of so many units usually has, where it had the usual ones: a single
    output o becomes o1 beside o2. None where that is not so, or where others have such names."""
    sizes, size = network.sizes, len(units)
    span = sum(sizes[:layer]), sum(sizes[: layer + 1])
    all_names = network.unit_names
    if all_names[slice(*span)] != default_unit_names(sizes)[layer] or not _goes_on(units):
        return None
    names = default_unit_names((*sizes[:layer], size, *sizes[layer + 1 :]))[layer]
    others = {*all_names[: span[0]], *all_names[span[1] :]}
    return None if others.intersection(names) else names


def _new_names(network: Network, prefix: str, count: int) -> Iterator[str]:
    """The first names prefix + number that no unit has, from the number of units on."""
    taken = set(network.inputs).union(*(layer.units for layer in network.layers))
    number = 0
    for _ in range(count):
        number += 1
        while f"{prefix}{number}" in taken:
            number += 1
        yield f"{prefix}{number}"
