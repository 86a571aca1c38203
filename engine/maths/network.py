"""Layers and parameters: one flat vector θ, its views per layer, and the names of everything.

θ holds, layer by layer from the input side, the weights W of shape (n_out, n_in) row by row and
then the biases: one per unit, one for the whole layer, or none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import force_setattr, replace

from engine.maths.activations import (
    ACTIVATION_SETTINGS,
    ACTIVATIONS,
    Activation,
    Array,
    all_activation_settings,
)
from engine.maths.initializers import AS_USUAL, INITIALIZERS, InitializerSettings

BIAS_KINDS = ("none", "per_unit", "shared")

FORWARD_ONLY = (
    "A step unit has no slope to follow back: this network can be stepped through forward, up to "
    "the loss, but not trained."
)

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Parameter(NamedTuple):
    """A parameter by its place: layer from 1; unit from 0, None for a shared bias; source unit
    from 0, None for a bias."""

    layer: int
    unit: int | None
    source: int | None


class Layer(Struct, frozen=True, dict=True):
    """A dense layer: names of its units, activation, kind of bias, and names of its parameters.

    `weight_names` has a row per unit, `bias_names` one name per unit (or one, if shared); None
    where the source numbers nothing, and names are then made from the indices.
    `settings` are those of the activation, by their keys in ACTIVATION_SETTINGS: those that are
    not given have their defaults, and those that it does not read are kept for another one.

    Single parameters can be frozen: `frozen_weights` has, for each unit, the units before it (from
    0, upwards) whose weights into it are, or is None where none of the layer is; `frozen_biases`
    has the units whose biases are, 0 for a shared one. `cut` has, in the form of `frozen_weights`,
    the edges that are not there: they keep their place in θ, where 0 stands and stays.
    Updates take `rate_factor` times the learning rate for the layer.
    `dropout` is the share p of its units that an iteration leaves out (engine.maths.dropout).

    With `threshold` the layer's biases are thresholds, which its units take off their net inputs
    instead of adding them: z = Σ w a − θ, as if θ were the weight of an input that is always −1.
    """

    units: tuple[str, ...]
    activation: str
    bias: str = "per_unit"
    bias_trained: bool = True
    weight_names: tuple[tuple[str, ...], ...] | None = None
    bias_names: tuple[str, ...] | None = None
    frozen_weights: tuple[tuple[int, ...], ...] | None = None
    frozen_biases: tuple[int, ...] = ()
    cut: tuple[tuple[int, ...], ...] | None = None
    threshold: bool = False
    settings: Mapping[str, float] = MappingProxyType({})
    rate_factor: float = 1.0
    dropout: float = 0.0

    def __post_init__(self) -> None:
        force_setattr(self, "settings", MappingProxyType(all_activation_settings(self.settings)))

    @cached_property
    def function(self) -> Activation:
        """What its units apply to their net inputs: the activation with its settings."""
        return ACTIVATIONS[self.activation].with_settings(self.settings)

    @property
    def changed_settings(self) -> dict[str, float]:
        """The settings that the activation reads and that are not as usual, in its order."""
        usual = {key: each.default for key, each in ACTIVATION_SETTINGS.items()}
        read = ACTIVATIONS[self.activation].settings
        return {key: self.settings[key] for key in read if self.settings[key] != usual[key]}

    @property
    def has_thresholds(self) -> bool:
        """Whether it has thresholds in place of biases."""
        return self.threshold and self.bias != "none"

    @property
    def bias_word(self) -> str:
        """What its biases are called."""
        return "threshold" if self.has_thresholds else "bias"

    @property
    def bias_letter(self) -> str:
        """The letter of its biases."""
        return "θ" if self.has_thresholds else "b"

    @property
    def bias_count(self) -> int:
        """How many biases the layer has: 0, 1 or one per unit."""
        return {"none": 0, "shared": 1, "per_unit": len(self.units)}[self.bias]


class _Slices(NamedTuple):
    """Where a layer's parameters stand in θ."""

    weights: slice
    biases: slice
    shape: tuple[int, int]


class Network(Struct, frozen=True, dict=True):
    """The shape of a network: names of its inputs, and its layers from first hidden to output."""

    inputs: tuple[str, ...]
    layers: tuple[Layer, ...]

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Units per layer, the inputs first."""
        return (len(self.inputs), *(len(layer.units) for layer in self.layers))

    @property
    def depth(self) -> int:
        """Number of the output layer, counted from 1; the inputs are layer 0."""
        return len(self.layers)

    @cached_property
    def _slices(self) -> tuple[_Slices, ...]:
        slices, start = [], 0
        for number, layer in enumerate(self.layers, start=1):
            shape = (self.sizes[number], self.sizes[number - 1])
            middle = start + shape[0] * shape[1]
            stop = middle + layer.bias_count
            slices.append(_Slices(slice(start, middle), slice(middle, stop), shape))
            start = stop
        return tuple(slices)

    @cached_property
    def size(self) -> int:
        """How many parameters there are: the length of θ."""
        return int(self._slices[-1].biases.stop)

    @cached_property
    def work_per_sample(self) -> int:
        """Multiply-adds of a forward and backward pass of one sample, roughly."""
        return 3 * self.size + 20 * sum(self.sizes)

    @cached_property
    def trained(self) -> Array:
        """The mask of θ that an update may touch: 1 for trained, 0 for fixed, shape (size,)."""
        mask = (1.0 - self.frozen) * (1.0 - self.cut)
        for layer, place in zip(self.layers, self._slices, strict=True):
            if not layer.bias_trained:
                mask[place.biases] = 0.0
        mask.flags.writeable = False
        return mask

    @cached_property
    def frozen(self) -> Array:
        """The mask of θ of what is frozen one by one: 1 for frozen, 0 for others, shape (size,)."""
        mask = np.zeros(self.size)
        for number, layer in enumerate(self.layers, start=1):
            W, b = self.weights(mask, number), self.biases(mask, number)
            for unit, sources in enumerate(layer.frozen_weights or ()):
                W[unit, list(sources)] = 1.0
            if b is not None:
                b[list(layer.frozen_biases)] = 1.0
        mask.flags.writeable = False
        return mask

    @cached_property
    def cut(self) -> Array:
        """The mask of θ of the edges that are cut: 1 for cut, 0 for others, shape (size,)."""
        mask = np.zeros(self.size)
        for number, layer in enumerate(self.layers, start=1):
            W = self.weights(mask, number)
            for unit, sources in enumerate(layer.cut or ()):
                W[unit, list(sources)] = 1.0
        mask.flags.writeable = False
        return mask

    @cached_property
    def has_cut(self) -> bool:
        """Whether an edge is cut."""
        return any(layer.cut for layer in self.layers)

    def sources_of(self, layer: int, unit: int) -> list[int]:
        """The units before a layer (from 1) whose edges into a unit of it are there."""
        gone = self.layers[layer - 1].cut
        sources = range(self.sizes[layer - 1])
        return list(sources) if gone is None else [k for k in sources if k not in gone[unit]]

    def fed_by(self, layer: int, unit: int) -> list[int]:
        """The units of the next layer that a unit (of layer 0: an input) has edges to."""
        gone = self.layers[layer].cut
        units = range(self.sizes[layer + 1])
        return list(units) if gone is None else [k for k in units if unit not in gone[k]]

    @cached_property
    def rate_factors(self) -> Array | None:
        """By what the learning rate is multiplied for each parameter, shape (size,); None where
        there is one rate for all."""
        if all(layer.rate_factor == 1.0 for layer in self.layers):
            return None
        factors = np.empty(self.size)
        for number, layer in enumerate(self.layers, start=1):
            factors[self.span(number)] = layer.rate_factor
        factors.flags.writeable = False
        return factors

    @cached_property
    def has_dropout(self) -> bool:
        """Whether an iteration leaves units out."""
        return any(layer.dropout for layer in self.layers)

    @cached_property
    def holds_some(self) -> bool:
        """Whether single parameters are frozen, or edges cut."""
        return any(
            layer.frozen_weights or layer.frozen_biases or layer.cut for layer in self.layers
        )

    @cached_property
    def can_train(self) -> bool:
        """Whether a gradient can be sent back through it; FORWARD_ONLY says why not."""
        return all(layer.function.learns for layer in self.layers)

    def weights(self, theta: Array, layer: int) -> Array:
        """W of a layer (from 1) as a view of θ, shape (n_out, n_in).

        Of many θ at once, shape (…, size), it has the shape (…, n_out, n_in).
        """
        place = self._slices[layer - 1]
        if theta.ndim == 1:  # a shorter way for what training asks for all the time
            return theta[place.weights].reshape(place.shape)
        return theta[..., place.weights].reshape(theta.shape[:-1] + place.shape)

    def biases(self, theta: Array, layer: int) -> Array | None:
        """b of a layer (from 1) as a view of θ: shape (n_out,), (1,) if shared, None if none.

        Of many θ at once, shape (…, size), it has the shape (…, 1, n_out): a row for all samples.
        """
        place = self._slices[layer - 1]
        if place.biases.start == place.biases.stop:
            return None
        return theta[place.biases] if theta.ndim == 1 else theta[..., np.newaxis, place.biases]

    def added(self, theta: Array, layer: int) -> Array | None:
        """What a layer adds to its net inputs, shaped as `biases`: those or, of thresholds, their
        negatives."""
        b = self.biases(theta, layer)
        return -b if b is not None and self.layers[layer - 1].threshold else b

    def span(self, layer: int) -> slice:
        """Where all parameters of a layer (from 1) stand in θ."""
        place = self._slices[layer - 1]
        return slice(place.weights.start, place.biases.stop)

    def biases_per_unit(self, theta: Array, layer: int) -> Array | None:
        """b of a layer with a shared bias repeated: shape (n_out,), or None."""
        b = self.biases(theta, layer)
        return None if b is None else np.broadcast_to(b, (self.sizes[layer],))

    def index(self, parameter: Parameter) -> int:
        """Where a parameter stands in θ. Raises IndexError if the network has no such one."""
        layer, unit, source = parameter
        if not 1 <= layer <= self.depth:
            raise IndexError(f"there is no layer {layer}")
        place = self._slices[layer - 1]
        n_out, n_in = place.shape
        if source is not None:
            if unit is None or not (0 <= unit < n_out and 0 <= source < n_in):
                raise IndexError(f"layer {layer} has no weight from {source} to {unit}")
            return int(place.weights.start) + unit * n_in + source
        offset = 0 if unit is None else unit
        shared = self.layers[layer - 1].bias == "shared"
        if (unit is None) != shared or not 0 <= offset < place.biases.stop - place.biases.start:
            raise IndexError(f"layer {layer} has no such bias")
        return int(place.biases.start) + offset

    def parameter_at(self, index: int) -> Parameter:
        """The parameter at a place in θ, the reverse of `index`; a shared bias for its layer."""
        number = next(k for k, place in enumerate(self._slices, 1) if index < place.biases.stop)
        place, layer = self._slices[number - 1], self.layers[number - 1]
        if index < place.weights.stop:
            return Parameter(number, *divmod(index - place.weights.start, place.shape[1]))
        unit = None if layer.bias == "shared" else index - place.biases.start
        return Parameter(number, unit, None)

    def parameters_of(self, layer: int) -> Iterator[Parameter]:
        """The parameters of a layer (from 1) in the order of θ, without the edges that are cut."""
        span = self.span(layer)
        there = np.flatnonzero(self.cut[span] == 0.0)
        return map(self.parameter_at, (span.start + there).tolist())

    def bias_parameter(self, layer: int, unit: int) -> Parameter | None:
        """The bias that reaches a unit: its own, the layer's shared one, or None."""
        kind = self.layers[layer - 1].bias
        if kind == "none":
            return None
        return Parameter(layer, None if kind == "shared" else unit, None)

    def held(self, parameter: Parameter) -> str:
        """What keeps a parameter from being trained, in a word; empty where nothing does."""
        index = self.index(parameter)
        if self.cut[index]:
            return "cut"
        if self.frozen[index]:
            return "frozen"
        return "" if self.trained[index] else "fixed"

    def layer_title(self, layer: int) -> str:
        """"Output", and "Hidden" or, where there are several such layers, "Hidden 1" and so on."""
        if layer == self.depth:
            return "Output"
        return "Hidden" if self.depth == 2 else f"Hidden {layer}"

    def unit_name(self, layer: int, unit: int) -> str:
        """Name of a unit; layer 0 are the inputs."""
        return self.inputs[unit] if layer == 0 else self.layers[layer - 1].units[unit]

    @property
    def units(self) -> tuple[tuple[str, ...], ...]:
        """The names of the units, layer by layer, the inputs first."""
        return (self.inputs, *(layer.units for layer in self.layers))

    @property
    def unit_names(self) -> tuple[str, ...]:
        """The names of all units, the inputs first."""
        return sum((layer.units for layer in self.layers), self.inputs)

    def parameter_name(self, parameter: Parameter) -> str:
        """Name of a parameter: the document's, or w²₁₁ and b²₁ from its layer and units."""
        number, unit, source = parameter
        layer = self.layers[number - 1]
        if source is not None:
            assert unit is not None
            if layer.weight_names is not None:
                return layer.weight_names[unit][source]
        elif layer.bias_names is not None:
            return layer.bias_names[unit or 0]
        return self.indexed_name(parameter)

    def indexed_name(self, parameter: Parameter) -> str:
        """w²₁₁ or b²₁ after a parameter's layer and units, whatever the document calls it."""
        number, unit, source = parameter
        if source is not None:
            assert unit is not None
            return _indexed("w", number, (unit, source))
        letter = self.layers[number - 1].bias_letter
        return _indexed(letter, number, () if unit is None else (unit,))

    def theta(self, weights: list[Array], biases: list[Array | None]) -> Array:
        """θ from one W of shape (n_out, n_in) and one b (or None) per layer."""
        theta = np.empty(self.size)
        for layer, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
            self.weights(theta, layer)[:] = W
            view = self.biases(theta, layer)
            if view is not None:
                view[:] = 0.0 if b is None else b
        return theta

    def draw(
        self, initializer: str, *seed: int, settings: InitializerSettings = AS_USUAL
    ) -> Array:
        """Start values θ drawn by an initializer (a key of INITIALIZERS) from a seed ≥ 0, or from
        several numbers together."""
        rule = INITIALIZERS[initializer]
        set_to = [settings[key] for key in rule.settings]
        generator = np.random.default_rng(seed if len(seed) > 1 else seed[0])
        weights: list[Array] = []
        biases: list[Array | None] = []
        for number, layer in enumerate(self.layers, start=1):
            n_out, n_in = self.sizes[number], self.sizes[number - 1]
            weights.append(rule.weights(generator, n_out, n_in, *set_to))
            biases.append(rule.biases(generator, layer.bias_count, *set_to))
        theta = self.theta(weights, biases)
        theta[self.cut > 0.0] = 0.0
        return theta


def _indexed(letter: str, layer: int, indices: tuple[int, ...]) -> str:
    """w²₁₁: layer above, units from 1 below; a comma keeps indices beyond 9 apart."""
    separator = "," if any(index > 8 for index in indices) else ""
    below = separator.join(str(index + 1).translate(_SUBSCRIPTS) for index in indices)
    return letter + str(layer).translate(_SUPERSCRIPTS) + below


def with_layer(network: Network, layer: int, **changes: object) -> Network:
    """The network with fields of one Layer (from 1) changed."""
    layers = list(network.layers)
    layers[layer - 1] = replace(layers[layer - 1], **changes)
    return replace(network, layers=tuple(layers))


def default_unit_names(sizes: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    """x1 …, h1 … and o1 … for a network of these sizes, the inputs first.

    A single output is just o; with several hidden layers a unit carries its layer, as in h2.1.
    """
    names = [tuple(f"x{i + 1}" for i in range(sizes[0]))]
    for layer, size in enumerate(sizes[1:-1], start=1):
        prefix = f"h{layer}." if len(sizes) > 3 else "h"
        names.append(tuple(f"{prefix}{i + 1}" for i in range(size)))
    names.append(("o",) if sizes[-1] == 1 else tuple(f"o{i + 1}" for i in range(sizes[-1])))
    return tuple(names)


def usual_target_names(outputs: int) -> tuple[str, ...]:
    """t of a single output, else t1, t2 …"""
    return ("t",) if outputs == 1 else tuple(f"t{number + 1}" for number in range(outputs))
