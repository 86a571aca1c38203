"""Surfaces, curves and unit maps: the same numbers as a forward pass of each point."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from engine.maths.activations import Array
from engine.maths.backprop import forward
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.spec import Data, Spec
from engine.run.surface import curve, data_range, grid_axis, output_range, surface, unit_maps


def network_of(sizes: tuple[int, ...], hidden: str = "tanh", output: str = "sigmoid") -> Network:
    inputs, *layers = default_unit_names(sizes)
    last = len(layers) - 1
    return Network(
        inputs,
        tuple(Layer(u, output if k == last else hidden) for k, u in enumerate(layers)),
    )


def spec_of(network: Network, inputs: Array, targets: Array | None = None) -> Spec:
    if targets is None:
        targets = np.zeros((len(inputs), network.sizes[-1]))
    names = tuple(f"t{k}" for k in range(network.sizes[-1]))
    return Spec(network, "half_squared_error", "sum", Optimizer(), Data(inputs, targets, names))


def test_the_axis_takes_the_middles_of_its_cells() -> None:
    assert_allclose(grid_axis(0.0, 1.0, 4), [0.125, 0.375, 0.625, 0.875])


# The last is worked out in several stretches: 1,200 points of 242 units.
@pytest.mark.parametrize("sizes", [(2, 3, 1), (4, 5, 3, 2), (3, 120, 120, 2)])
def test_a_surface_is_the_forward_pass_of_each_of_its_points(sizes: tuple[int, ...]) -> None:
    network = network_of(sizes)
    theta = network.draw("glorot_uniform", 3)
    held = np.linspace(-1.0, 1.0, sizes[0])
    x_input, y_input, output = sizes[0] - 1, 0, sizes[-1] - 1
    xs, ys = grid_axis(-2.0, 2.0, 40), grid_axis(0.0, 5.0, 30)
    values = surface(network, theta, output, x_input, y_input, held, xs, ys)
    assert values.shape == (30, 40)
    for row, column in [(0, 0), (0, 39), (29, 0), (29, 39), (17, 21)]:
        point = held.copy()
        point[x_input], point[y_input] = xs[column], ys[row]
        expected = forward(network, theta, point[np.newaxis]).a[-1][0, output]
        assert_allclose(values[row, column], expected, rtol=2e-5, atol=1e-6)
    assert_array_equal(held, np.linspace(-1.0, 1.0, sizes[0]))


def test_a_curve_is_the_forward_pass_of_each_of_its_points() -> None:
    network = network_of((3, 4, 2))
    theta = network.draw("uniform_pm_1", 1)
    held, xs = np.array([9.0, 0.5, -0.5]), np.linspace(-3.0, 3.0, 7)
    values = curve(network, theta, 1, 0, held, xs)
    points = np.column_stack([xs, np.full(7, 0.5), np.full(7, -0.5)])
    assert_allclose(values, forward(network, theta, points).a[-1][:, 1], rtol=2e-5, atol=1e-6)


def test_unit_maps_show_every_layer_over_the_first_two_inputs() -> None:
    network = network_of((3, 4, 2, 1))
    theta = network.draw("uniform_pm_1", 5)
    inputs = np.array([[0.0, -1.0, 4.0], [1.0, 3.0, 8.0]])
    spec = spec_of(network, inputs)
    maps = unit_maps(spec, theta, 6)
    assert [layer.shape for layer in maps] == [(4, 6, 6), (2, 6, 6), (1, 6, 6)]
    xs, ys = grid_axis(*data_range(spec, 0), 6), grid_axis(*data_range(spec, 1), 6)
    values = forward(network, theta, np.array([[xs[5], ys[2], 6.0]]))
    for number, layer in enumerate(maps, start=1):
        assert_allclose(layer[:, 2, 5], values.a[number][0], rtol=2e-5, atol=1e-6)


def test_unit_maps_of_one_input_have_equal_rows() -> None:
    network = network_of((1, 3, 1))
    spec = spec_of(network, np.array([[0.0], [1.0]]))
    theta = network.draw("uniform_pm_1", 2)
    first = unit_maps(spec, theta, 5)[0]
    xs = grid_axis(*data_range(spec, 0), 5)[:, np.newaxis]
    assert_allclose(first[:, 0, :], forward(network, theta, xs).a[1].T, rtol=2e-5, atol=1e-6)
    assert_array_equal(first[:, 0, :], first[:, 4, :])


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ([0.0, 1.0, 1.0], (-0.2, 1.2)),
        ([-1.0, 1.0], (-1.4, 1.4)),
        ([0.0, 1.0, 10.0], (-1.0, 11.0)),
        ([1.0, 1.0], (-0.2, 1.2)),
        ([0.25], (-0.1, 1.1)),
        ([-6.0, -6.0], (-9.6, -2.4)),
    ],
)
def test_the_range_of_an_input_has_a_margin(
    column: list[float], expected: tuple[float, float]
) -> None:
    spec = spec_of(network_of((1, 1)), np.array(column)[:, np.newaxis])
    assert data_range(spec, 0) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("activation", "targets", "expected"),
    [
        ("sigmoid", [0.3, 0.4], (0.0, 1.0)),
        ("tanh", [0.3, 0.4], (-1.0, 1.0)),
        ("softmax", [0.0, 1.0], (0.0, 1.0)),
        ("linear", [-3.0, 7.0], (-3.0, 7.0)),
        ("relu", [2.0, 2.0], (1.0, 3.0)),
    ],
)
def test_the_range_of_an_output_does_not_depend_on_training(
    activation: str, targets: list[float], expected: tuple[float, float]
) -> None:
    spec = spec_of(
        network_of((1, 1), output=activation),
        np.zeros((len(targets), 1)),
        np.array(targets)[:, np.newaxis],
    )
    assert output_range(spec, 0) == expected


def test_parameters_near_divergence_give_no_warning() -> None:
    network = network_of((2, 2, 1), hidden="relu", output="linear")
    theta = np.full(network.size, 1e300)
    xs = np.array([-1.0, 1e10])
    values = surface(network, theta, 0, 0, 1, np.zeros(2), xs, xs)
    assert np.isinf(values).any()
