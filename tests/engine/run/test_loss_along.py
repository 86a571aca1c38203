"""The loss for many parameters at once is the loss for each, and its slope what autograd says."""

from __future__ import annotations

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.examples import example_names, read_example
from engine.run.iteration import Interrupted, batch_gradient, batch_loss
from engine.run.loss_along import loss_along, loss_over, losses_at
from engine.run.mistakes import MISTAKES, why_not
from engine.run.spec import Spec, State, start_state
from tests.engine.conftest import runs


@given(run=runs(), seed=st.integers(0, 99))
def test_each_is_the_loss_of_the_batch(run: tuple[Spec, State], seed: int) -> None:
    spec, theta = run[0], run[1].theta
    rows = spec.batch_rows(0)
    thetas = theta + np.random.default_rng(seed).normal(0.0, 0.5, (5, len(theta)))
    found = losses_at(spec, thetas, rows)
    for value, each in zip(found, thetas, strict=True):
        assert value == pytest.approx(batch_loss(spec, each, rows)[0], rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("key", MISTAKES)
def test_with_each_mistake_too(key: str) -> None:
    for name in example_names():
        document = read_example(name)
        if why_not(document.spec, key):
            continue
        spec, theta = replace(document.spec, mistakes=(key,)), document.start
        rows = spec.batch_rows(0)
        found = losses_at(spec, np.array([theta, theta + 0.1]), rows)
        assert found[1] == pytest.approx(batch_loss(spec, theta + 0.1, rows)[0], rel=1e-9)


def test_along_a_weight_its_slope_is_the_one_that_autograd_finds() -> None:
    document = read_example("mazur-2-2-2")
    spec, theta = document.spec, document.start
    rows = spec.batch_rows(0)
    x, t = spec.data.inputs[0], spec.data.targets[0]
    W, b = theta[:4].reshape(2, 2), theta[4]

    def loss(w: float) -> float:
        """Half the squared error with the first weight of the output layer being w."""
        hidden = 1.0 / (1.0 + anp.exp(-(anp.dot(W, x) + b)))
        z = anp.array([w * hidden[0] + theta[6] * hidden[1],
                       theta[7] * hidden[0] + theta[8] * hidden[1]]) + theta[9]
        return 0.5 * anp.sum((t - 1.0 / (1.0 + anp.exp(-z))) ** 2)

    values = np.linspace(-1.0, 1.0, 7)
    found = loss_along(spec, theta, 5, values, rows)
    np.testing.assert_allclose(found, [loss(w) for w in values], rtol=1e-12)
    gradient = batch_gradient(spec, start_state(spec, theta), rows)[1]
    assert gradient[5] == pytest.approx(grad(loss)(float(theta[5])), rel=1e-9)


def test_over_a_plane_it_is_the_same_as_along_its_axes() -> None:
    document = read_example("xor-2-3-1")
    spec, theta = document.spec, document.start
    rows = np.arange(4)
    across, up = np.zeros((2, len(theta)))
    across[0], up[3] = 1.0, 2.0
    xs, ys = np.linspace(-1.0, 1.0, 5), np.array([-0.5, 0.0, 0.25])
    plane = list(loss_over(spec, theta, across, up, xs, ys, rows))
    assert [row.shape for row in plane] == [(5,)] * 3
    np.testing.assert_allclose(plane[1], loss_along(spec, theta, 0, theta[0] + xs, rows))
    moved = theta + 0.25 * up
    np.testing.assert_allclose(plane[2], loss_along(spec, moved, 0, theta[0] + xs, rows))


def test_it_can_be_called_off() -> None:
    document = read_example("xor-2-3-1")

    def stop() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        losses_at(document.spec, np.array([document.start]), np.arange(4), stop)
