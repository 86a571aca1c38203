"""Backward against the autograd package, which knows nothing of our formulas."""

from __future__ import annotations

import math
from collections.abc import Callable

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from autograd.extend import defvjp, primitive
from hypothesis import given
from hypothesis import strategies as st

from engine.maths.activation_functions import LEAKY_SLOPE
from engine.maths.activations import ACTIVATIONS
from engine.maths.backprop import (
    RIGHT,
    backward,
    forward,
    gradient_sum,
    loss_terms,
    output_delta,
)
from engine.maths.losses import LOSSES, LossSettings, loss_function
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.iteration import (
    batch_gradient,
    gradient_of_batch,
    sample_gradient,
    sample_pass,
)
from engine.run.spec import Data, Spec, start_state
from tests.engine.conftest import specs

erf = primitive(lambda x: np.vectorize(math.erf)(x))  # autograd's own asks for SciPy
defvjp(erf, lambda answer, x: lambda g: g * 2.0 / np.sqrt(np.pi) * np.exp(-x * x))

ORACLE_ACTIVATIONS = {
    "sigmoid": lambda z: 1.0 / (1.0 + anp.exp(-z)),
    "tanh": anp.tanh,
    # where, not maximum: autograd gives maximum(0, x) the slope 0.5 at 0.
    "relu": lambda z: anp.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: anp.where(z > 0, z, LEAKY_SLOPE * z),
    "linear": lambda z: z,
    "bipolar_sigmoid": lambda z: 2.0 / (1.0 + anp.exp(-z)) - 1.0,
    "elu": lambda z: anp.where(z > 0, z, anp.exp(anp.where(z > 0, 0.0, z)) - 1.0),
    "gelu": lambda z: 0.5 * z * (1.0 + erf(z / anp.sqrt(2.0))),
    "gelu_tanh": lambda z: 0.5
    * z
    * (1.0 + anp.tanh(anp.sqrt(2.0 / anp.pi) * (z + 0.044715 * z**3))),
    "silu": lambda z: z / (1.0 + anp.exp(-z)),
    "softplus": lambda z: anp.log(1.0 + anp.exp(z)),
    "softsign": lambda z: z / (1.0 + anp.abs(z)),
    "hard_tanh": lambda z: anp.where(z > 1, 1.0, anp.where(z < -1, -1.0, z)),
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True),
}
# By activation: f(z) with its setting, for autograd.
WITH_SETTING: dict[str, tuple[str, Callable[[np.ndarray, float], np.ndarray]]] = {
    "sigmoid": ("gain", lambda z, gain: 1.0 / (1.0 + anp.exp(-gain * z))),
    "bipolar_sigmoid": ("gain", lambda z, gain: 2.0 / (1.0 + anp.exp(-gain * z)) - 1.0),
    "leaky_relu": ("leak", lambda z, leak: anp.where(z > 0, z, leak * z)),
    "elu": (
        "alpha",
        lambda z, alpha: anp.where(z > 0, z, alpha * (anp.exp(anp.where(z > 0, 0.0, z)) - 1.0)),
    ),
    "linear": ("slope", lambda z, slope: slope * z),
}
ORACLE_LOSSES = {
    "half_squared_error": lambda a, t: anp.sum(0.5 * (t - a) ** 2, axis=1),
    "squared_error": lambda a, t: anp.sum((t - a) ** 2, axis=1),
    "mean_squared_error": lambda a, t: anp.mean((t - a) ** 2, axis=1),
    "binary_cross_entropy": lambda a, t: -anp.mean(
        t * anp.log(a) + (1 - t) * anp.log(1 - a), axis=1
    ),
    "categorical_cross_entropy": lambda a, t: -anp.sum(t * anp.log(a), axis=1),
    "summed_binary_cross_entropy": lambda a, t: -anp.sum(
        t * anp.log(a) + (1 - t) * anp.log(1 - a), axis=1
    ),
    "summed_categorical_cross_entropy": lambda a, t: -anp.sum(t * anp.log(a), axis=1),
    "mean_absolute_error": lambda a, t: anp.mean(anp.abs(t - a), axis=1),
    "huber": lambda a, t, delta: anp.sum(
        anp.where(
            anp.abs(t - a) <= delta, 0.5 * (t - a) ** 2, delta * (anp.abs(t - a) - 0.5 * delta)
        ),
        axis=1,
    ),
    # where, not maximum: autograd gives maximum(0, x) the slope 0.5 at 0.
    "hinge": lambda a, t: anp.sum(anp.where(t * a < 1, 1 - t * a, 0.0), axis=1),
    "output_itself": lambda a, t, output: a[:, output],
}


def taken(spec: Spec) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets as the network takes them."""
    data, scaling = spec.data, spec.scaling
    if scaling is None:
        return data.inputs, data.targets
    inputs, targets = (
        np.column_stack(
            [(rows[:, k] - column.offset) / column.scale for k, column in enumerate(columns)]
        )
        for rows, columns in ((data.inputs, scaling.inputs), (data.targets, scaling.targets))
    )
    return inputs, targets


def oracle_loss(
    spec: Spec, theta: np.ndarray, rows: np.ndarray, with_penalty: bool = True
) -> float:
    """The batch's loss in autograd's terms, straight from θ, with the units dropped that the first
    iteration drops."""
    masks = spec.masks(0, rows) or {}
    inputs, targets = taken(spec)
    a, start, cost = inputs[rows], 0, 0.0
    for number, layer in enumerate(spec.network.layers, start=1):
        n_out, n_in = spec.network.sizes[number], spec.network.sizes[number - 1]
        W = anp.reshape(theta[start : start + n_out * n_in], (n_out, n_in))
        if layer.cut is not None:
            gone = [[source in row for source in range(n_in)] for row in layer.cut]
            W = anp.where(np.array(gone), 0.0, W)
        start += n_out * n_in
        cost = cost + cost_of(spec, W)
        z = anp.dot(a, W.T)
        sign = -1.0 if layer.threshold else 1.0
        if layer.bias == "per_unit":
            z = z + sign * theta[start : start + n_out]
            cost = cost + cost_of(spec, theta[start : start + n_out]) * spec.penalty.biases
            start += n_out
        elif layer.bias == "shared":
            z = z + sign * theta[start]
            cost = cost + cost_of(spec, theta[start]) * spec.penalty.biases
            start += 1
        if layer.changed_settings:
            setting, f = WITH_SETTING[layer.activation]
            a = f(z, layer.settings[setting])
        else:
            a = ORACLE_ACTIVATIONS[layer.activation](z)
        a = a * masks.get(number, 1.0)
    row, settings = LOSSES[spec.loss], spec.loss_settings
    given = [settings[key] for key in row.settings] + [settings.output] * row.one_output
    per_sample = ORACLE_LOSSES[spec.loss](a, targets[rows], *given)
    of_data = anp.mean(per_sample) if spec.reduction == "mean" else anp.sum(per_sample)
    return of_data + cost if with_penalty else of_data


def cost_of(spec: Spec, w: np.ndarray) -> float:
    """λ₂/2 Σ w² + λ₁ Σ |w|."""
    return spec.penalty.l2 / 2 * anp.sum(w**2) + spec.penalty.l1 * anp.sum(anp.abs(w))


@given(specs(), st.integers(0, 20))
def test_gradient_agrees_with_autograd(spec: Spec, t: int) -> None:
    theta = start_state(spec).theta
    rows = spec.batch_rows(t)
    loss, gradient, _ = batch_gradient(spec, start_state(spec), rows)
    expected = grad(lambda values: oracle_loss(spec, values, rows))(np.array(theta))
    scale = max(1.0, float(np.abs(expected).max()))
    assert np.abs(gradient - expected).max() <= 1e-9 * scale
    assert loss == pytest.approx(float(oracle_loss(spec, theta, rows)), rel=1e-12, abs=1e-14)


@given(specs(), st.integers(0, 20))
def test_a_batch_gradient_is_made_of_its_samples(spec: Spec, t: int) -> None:
    theta = start_state(spec).theta
    rows = spec.batch_rows(t)
    _, gradient, _ = batch_gradient(spec, start_state(spec), rows)
    passes = [sample_pass(spec, theta, int(row), t=0) for row in rows]
    total = sum(sample_gradient(spec, each) for each in passes)
    expected = total / len(rows) if spec.reduction == "mean" else total
    with_penalty, without = (
        grad(lambda values, counts=counts: oracle_loss(spec, values, rows, counts))(theta.copy())
        for counts in (True, False)
    )
    expected = expected + (with_penalty - without)
    assert np.allclose(gradient, expected, rtol=1e-12, atol=1e-14)


@given(specs(), st.integers(0, 20))
def test_the_gradients_of_samples_agree_with_autograd_and_make_up_the_batch(
    spec: Spec, t: int
) -> None:
    theta = start_state(spec).theta
    rows = spec.batch_rows(t)
    own = [sample_gradient(spec, sample_pass(spec, theta, int(row), t=0)) for row in rows]
    for row, gradient in zip(rows, own, strict=True):
        alone = np.array([row])  # of one sample, sum and mean are the same
        expected = grad(lambda values, alone=alone: oracle_loss(spec, values, alone, False))(
            theta.copy()
        )
        scale = max(1.0, float(np.abs(expected).max()))
        assert np.abs(gradient - expected).max() <= 1e-9 * scale
    of_batch = grad(lambda values: oracle_loss(spec, values, rows))(theta.copy())
    found = gradient_of_batch(spec, theta, np.sum(own, axis=0), len(rows))
    assert np.abs(found - of_batch).max() <= 1e-9 * max(1.0, float(np.abs(of_batch).max()))


@given(specs(), st.integers(1, 4))
def test_many_runs_at_once_are_worked_out_as_each_alone(spec: Spec, runs: int) -> None:
    network, (inputs, targets) = spec.network, taken(spec)
    thetas = np.stack([network.draw("uniform_pm_1", seed) for seed in range(runs)])
    together = forward(network, thetas, inputs)
    deltas = backward(network, thetas, together, targets, spec.loss_function)
    terms = loss_terms(together, targets, spec.loss_function)
    gradients = gradient_sum(network, together.a, deltas)
    assert gradients.shape == thetas.shape
    for run, theta in enumerate(thetas):
        alone = forward(network, theta, inputs)
        delta = backward(network, theta, alone, targets, spec.loss_function)
        expected = (
            *alone.z[1:], *alone.a[1:], *delta[1:],
            loss_terms(alone, targets, spec.loss_function), gradient_sum(network, alone.a, delta),
        )  # fmt: skip
        found = (*together.z[1:], *together.a[1:], *deltas[1:], terms, gradients)
        for many, one in zip(found, expected, strict=True):
            np.testing.assert_allclose(many[run], one, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("size", [1e3, -1e3, 1e8, -1e8, 0.0])
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_losses_stay_finite_for_extreme_net_inputs(loss: str, size: float) -> None:
    """Cross-entropies are taken from z; nothing overflows, and nothing warns (warnings fail)."""
    activation = LOSSES[loss].activations[0]
    z = np.array([[size, -size, size / 2]])
    a = ACTIVATIONS[activation].apply(z)
    for t in ([[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]]):
        targets = np.array(t)
        row, f = loss_function(loss, LossSettings()), ACTIVATIONS[activation]
        assert np.isfinite(row.terms(z, a, targets)).all()
        assert np.isfinite(output_delta(RIGHT, row, f, z, a, targets)).all()


def test_cross_entropy_at_a_thousand_is_exact() -> None:
    z = np.array([[1000.0]])
    a = ACTIVATIONS["sigmoid"].apply(z)
    assert LOSSES["binary_cross_entropy"].terms(z, a, np.array([[0.0]]))[0, 0] == 1000.0
    assert LOSSES["binary_cross_entropy"].terms(-z, 1 - a, np.array([[0.0]]))[0, 0] == 0.0


@pytest.mark.parametrize("key", sorted(ACTIVATIONS))
@pytest.mark.parametrize("value", [0.0, 1e3, -1e3, 1e300, -1e300])
def test_activations_never_overflow(key: str, value: float) -> None:
    a = ACTIVATIONS[key].apply(np.array([[value, 0.0]]))
    assert np.isfinite(a).all()
    slope = ACTIVATIONS[key].slope
    if slope is not None and abs(value) <= 1e3:
        assert np.isfinite(slope(np.array([[value]]), a[:, :1])).all()


@pytest.mark.parametrize("z", [-30.0, -10.0, -1e-9, 0.0, 2.5, 30.0])
def test_a_small_sigmoid_keeps_its_digits(z: float) -> None:
    from fractions import Fraction
    from math import exp

    exact = 1 / (1 + Fraction(exp(-z)))
    assert ACTIVATIONS["sigmoid"].apply(np.array([z]))[0] == pytest.approx(float(exact), rel=1e-15)


def test_relu_has_slope_zero_at_zero() -> None:
    network = Network(("x",), (Layer(("h",), "relu", "none"), Layer(("o",), "linear", "none")))
    data = Data(np.array([[0.0]]), np.array([[1.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    theta = network.theta([np.array([[1.0]]), np.array([[2.0]])], [None, None])
    values = forward(network, theta, spec.data.inputs)
    delta = backward(network, theta, values, spec.data.targets, spec.loss_function)
    assert delta[2][0, 0] == -1.0
    assert delta[1][0, 0] == 0.0
