"""The size of each layer's gradient, against one that autograd works out."""

from __future__ import annotations

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given

from engine.documents.examples import read_example
from engine.run.gradient_sizes import gradient_sizes
from engine.run.holding import cut
from engine.run.iteration import batch_gradient
from engine.run.spec import Spec, State, start_state
from tests.engine.conftest import runs


def test_of_xor_they_are_what_autograd_finds() -> None:
    document = read_example("xor-2-3-1")
    spec, theta = document.spec, document.start
    x, t = spec.data.inputs, spec.data.targets

    def loss(theta: np.ndarray) -> float:
        W, b, V, c = theta[:6].reshape(3, 2), theta[6:9], theta[9:12], theta[12]
        hidden = 1.0 / (1.0 + anp.exp(-(anp.dot(x, W.T) + b)))
        output = 1.0 / (1.0 + anp.exp(-(anp.dot(hidden, V) + c)))
        return 0.5 * anp.sum((t[:, 0] - output) ** 2)

    gradient = grad(loss)(theta)
    found = gradient_sizes(spec, start_state(spec, theta))
    wanted = [np.sqrt(np.mean(gradient[:9] ** 2)), np.sqrt(np.mean(gradient[9:] ** 2))]
    np.testing.assert_allclose(found, wanted, rtol=1e-10)


@given(run=runs())
def test_they_are_those_of_the_gradient_of_all_samples(run: tuple[Spec, State]) -> None:
    spec, state = run
    found = gradient_sizes(spec, state)
    gradient = batch_gradient(spec, state, np.arange(len(spec.data)))[1]
    for layer, size in enumerate(found, start=1):
        span = spec.network.span(layer)
        own = gradient[span][spec.network.cut[span] == 0.0]
        if len(own):
            root = float(np.sqrt(np.mean(own**2)))
            # A square of what is very small is 0, of the scaled one it is not.
            assert size == pytest.approx(root, rel=1e-9, abs=1e-150)
        else:
            assert np.isnan(size)


def test_edges_that_are_cut_do_not_count() -> None:
    document = read_example("mazur-2-2-2")
    spec, state = document.spec, start_state(document.spec, document.start)
    parameters = list(spec.network.parameters_of(1))[:2]
    cut_spec, cut_state = cut(spec, state, parameters)[:2]
    gradient = batch_gradient(cut_spec, cut_state, np.array([0]))[1]
    there = gradient[:5][cut_spec.network.cut[:5] == 0.0]
    assert len(there) == 3
    found = gradient_sizes(cut_spec, cut_state)
    assert found[0] == pytest.approx(float(np.sqrt(np.mean(there**2))))
