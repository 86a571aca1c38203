"""What a network says between the data points: its outputs over one or two of its inputs.

All other inputs are held at chosen values. Nothing here touches the values of any sample: each
function takes points of its own through `engine.maths.backprop.forward` and keeps only what it
returns. They are pictures, so they are worked out in single precision: six digits, in a fifth of
the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np

from engine.maths.activations import Array
from engine.maths.backprop import RIGHT, ForwardPass, Rules, forward
from engine.maths.network import Network
from engine.run.scaling import Scaling, scaled
from engine.run.spec import Spec
from engine.text.numbers import LARGEST

# Numbers a chunk of points may leave in its layers: small enough to stay near the processor.
_CHUNK_NUMBERS = 150_000

# How much of the data's range is added on either side.
_MARGIN = 0.1
_MARGIN_OF_TWO_VALUES = 0.2


def work_per_point(network: Network) -> int:
    """What a forward pass of one of many points costs, in multiply-adds of some 0.1 ns each.

    An activation takes about as long as a hundred of them, so small networks pay for their units
    and large ones for their weights.
    """
    return network.size + 100 * sum(network.sizes[1:])


def grid_axis(low: float, high: float, count: int) -> Array:
    """Middles of `count` equal cells between two values, rising, shape (count,)."""
    return np.asarray(low + (np.arange(count) + 0.5) * ((high - low) / count))


def data_range(spec: Spec, column: int) -> tuple[float, float]:
    """What to show of an input: the range of its data with a margin.

    Two values, as the 0 and 1 of a truth table, get a wider margin. A constant has no range of
    its own: 0 to 1 is taken where it lies in there, else half its size (at least ½) either side.
    """
    values = spec.data.inputs[:, column]
    low, high = float(values.min()), float(values.max())
    if low == high:
        reach = max(0.5, abs(low) / 2)
        low, high = (0.0, 1.0) if 0.0 <= low <= 1.0 else (low - reach, low + reach)
    two_values = bool(((values == low) | (values == high)).all())
    margin = (high - low) * (_MARGIN_OF_TWO_VALUES if two_values else _MARGIN)
    return low - margin, high + margin


def output_range(spec: Spec, output: int) -> tuple[float, float]:
    """Between what values an output is shown: its activation's range, else that of its targets, or
    around 0 where the loss reads none.

    It depends on nothing that training changes, so colours and bars keep their meaning.
    """
    low, high = spec.network.layers[-1].function.range
    if np.isfinite(low) and np.isfinite(high):
        if spec.scaling is None:
            return low, high
        column = spec.scaling.targets[output]
        return column.own(low), column.own(high)
    if not spec.has_targets:
        return -1.0, 1.0
    targets = spec.data.targets[:, output]
    low, high = float(targets.min()), float(targets.max())
    return (low, high) if low < high else (low - 1.0, high + 1.0)


def surface(
    network: Network,
    theta: Array,
    output: int,
    x_input: int,
    y_input: int,
    held: Array,
    xs: Array,
    ys: Array,
    rules: Rules = RIGHT,
    scaling: Scaling | None = None,
) -> Array:
    """One output over two inputs, shape (len(ys), len(xs)): a row per y, a column per x.

    `held` has a value for every input, shape (inputs,); those of the two inputs are not used. All
    are in the data's own units, and so is what comes out.
    """
    points = _grid(held, x_input, y_input, xs, ys)
    return _output(network, theta, points, output, rules, scaling).reshape(len(ys), len(xs))


def outputs_over(
    network: Network,
    theta: Array,
    x_input: int,
    y_input: int,
    held: Array,
    xs: Array,
    ys: Array,
    rules: Rules = RIGHT,
    scaling: Scaling | None = None,
) -> Array:
    """All outputs over two inputs, as the network has them, shape (len(ys), len(xs), outputs);
    what is given is as for `surface`."""
    points = _grid(held, x_input, y_input, xs, ys)
    return _outputs(network, theta, points, rules, scaling).reshape(len(ys), len(xs), -1)


def curve(
    network: Network,
    theta: Array,
    output: int,
    x_input: int,
    held: Array,
    xs: Array,
    rules: Rules = RIGHT,
    scaling: Scaling | None = None,
) -> Array:
    """One output over one input, shape (len(xs),); `held` as for `surface`."""
    points = np.tile(held, (len(xs), 1))
    points[:, x_input] = xs
    return _output(network, theta, points, output, rules, scaling)


def unit_maps(spec: Spec, theta: Array, resolution: int) -> list[Array]:
    """Activations of all units over the first two inputs, the others held at their mean.

    An entry per layer from 1 to the output, of shape (units, resolution, resolution): rows rise
    with the second input, columns with the first. A network of one input has equal rows.
    """
    network = spec.network
    xs = grid_axis(*data_range(spec, 0), resolution)
    second = min(1, len(network.inputs) - 1)
    ys = grid_axis(*data_range(spec, second), resolution)
    points = _grid(spec.data.inputs.mean(axis=0), 0, second, xs, ys)
    if spec.scaling is not None:
        points = scaled(points, spec.scaling.inputs)
    maps = [np.empty((size, resolution * resolution)) for size in network.sizes[1:]]
    for start, values in _passes(network, theta, points, spec.rules):
        for layer_map, a in zip(maps, values.a[1:], strict=True):
            layer_map[:, start : start + len(a)] = a.T
    return [layer_map.reshape(-1, resolution, resolution) for layer_map in maps]


def _grid(held: Array, x_input: int, y_input: int, xs: Array, ys: Array) -> Array:
    """Points of a grid, row by row from the lowest y, shape (len(ys) * len(xs), inputs)."""
    points = np.empty((len(ys), len(xs), len(held)))
    points[:] = held
    points[:, :, y_input] = ys[:, np.newaxis]
    points[:, :, x_input] = xs
    return points.reshape(-1, len(held))


def _passes(
    network: Network, theta: Array, points: Array, rules: Rules
) -> Iterator[tuple[int, ForwardPass]]:
    """Forward passes of stretches of the points, each with the number of its first point."""
    stretch = max(1, _CHUNK_NUMBERS // sum(network.sizes))
    theta, points = _single(theta), _single(points)
    for start in range(0, len(points), stretch):
        # Parameters near divergence overflow here as they do in training; the picture shows it.
        with np.errstate(all="ignore"):
            yield start, forward(network, theta, points[start : start + stretch], rules)


def _single(values: Array) -> Array:
    """Values in single precision, unless they are beyond its range."""
    within = bool(np.abs(values).max(initial=0.0) < LARGEST)
    return cast(Array, values.astype(np.float32)) if within else values


def _output(
    network: Network,
    theta: Array,
    points: Array,
    output: int,
    rules: Rules,
    scaling: Scaling | None,
) -> Array:
    values = _outputs(network, theta, points, rules, scaling, slice(output, output + 1))[:, 0]
    if scaling is None:
        return values
    column = scaling.targets[output]
    return np.asarray(values * column.scale + column.offset)


def _outputs(
    network: Network,
    theta: Array,
    points: Array,
    rules: Rules,
    scaling: Scaling | None,
    wanted: slice = slice(None),
) -> Array:
    """Some outputs, as the network has them, shape (points, outputs), of points of the data."""
    if scaling is not None:
        points = scaled(points, scaling.inputs)
    parts = [values.a[-1][:, wanted] for _, values in _passes(network, theta, points, rules)]
    return np.concatenate(parts).astype(np.float64)
