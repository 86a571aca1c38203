"""Units that hardly react: by the slope that autograd finds, and by all samples in turn."""

from __future__ import annotations

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.maths.activations import ACTIVATIONS
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.flat_units import FLAT, dead_units, flat_units, is_flat, steepest
from engine.run.iteration import sample_pass
from engine.run.spec import Data, Spec

# The largest slopes: of the sigmoid 1/4 (a (1 − a) at ½), of tanh and of the ReLU family 1.
STEEPEST = {"sigmoid": 0.25, "bipolar_sigmoid": 0.5, "tanh": 1.0, "relu": 1.0, "linear": 1.0}


@pytest.mark.parametrize("key", STEEPEST)
def test_the_steepest_slope_of_known_functions(key: str) -> None:
    assert steepest(ACTIVATIONS[key]) == pytest.approx(STEEPEST[key], rel=1e-4)


@given(z=st.floats(-30.0, 30.0), gain=st.sampled_from([0.5, 1.0, 4.0]))
def test_a_sigmoid_is_flat_where_autograd_finds_next_to_no_slope(z: float, gain: float) -> None:
    f = ACTIVATIONS["sigmoid"].with_settings({"gain": gain})
    slope = elementwise_grad(lambda x: 1.0 / (1.0 + anp.exp(-gain * x)))(np.array([z]))[0]
    found = is_flat(f, np.array([z]), f.apply(np.array([z])))[0]
    if abs(slope / (FLAT * gain / 4) - 1.0) > 1e-6:
        assert found == (slope < FLAT * gain / 4)


@pytest.mark.parametrize("key", ["softmax", "step", "linear", "leaky_relu"])
def test_what_has_no_slope_or_always_the_same_is_never_flat(key: str) -> None:
    f = ACTIVATIONS[key]
    z = np.array([[-1e3, -1.0, 0.0, 2.0]])
    assert not is_flat(f, z, f.apply(z)).any()


def relu_spec(inputs: np.ndarray, test: tuple[int, ...] = ()) -> Spec:
    """Three ReLU units over one input, and a linear output."""
    network = Network(("x",), (Layer(("h1", "h2", "h3"), "relu"), Layer(("o",), "linear")))
    data = Data(inputs, np.zeros((len(inputs), 1)), ("t",), test=np.array(test, dtype=np.intp))
    return Spec(network, "half_squared_error", "sum", Optimizer(), data)


@given(
    st.lists(st.floats(-3.0, 3.0), min_size=2, max_size=6),
    st.lists(st.floats(-2.0, 2.0), min_size=6, max_size=6),
)
def test_dead_is_what_is_flat_for_every_training_sample(
    xs: list[float], parameters: list[float]
) -> None:
    spec = relu_spec(np.array(xs)[:, np.newaxis], test=(len(xs) - 1,))
    theta = np.zeros(spec.network.size)
    theta[:6] = parameters
    passes = [sample_pass(spec, theta, row) for row in range(len(xs))]
    flat = [flat_units(spec.network, each.z, each.a) for each in passes]
    dead = dead_units(spec, theta, flat[0], 1e9)
    assert dead is not None
    for unit in range(3):
        z = [parameters[unit] * x + theta[3 + unit] for x in xs[:-1]]
        assert dead[1][unit] == all(value <= 0.0 for value in z)
    assert not dead[2].any()


def test_what_takes_too_long_to_tell_is_not_told() -> None:
    spec = relu_spec(np.ones((4, 1)))
    theta = -np.ones(spec.network.size)
    values = sample_pass(spec, theta, 0)
    flat = flat_units(spec.network, values.z, values.a)
    assert flat[1].all() and dead_units(spec, theta, flat, 1.0) is None
    none = tuple(np.zeros_like(mask) for mask in flat)
    found = dead_units(spec, theta, none, 0.0)  # where nothing is flat there is nothing to do
    assert found is not None and not any(mask.any() for mask in found)
    replaced = replace(spec, seed=2)
    assert dead_units(replaced, theta, flat, 1e9) is not None
