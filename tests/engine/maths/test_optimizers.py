"""Each optimizer once more, in plain Python from its published formula, beside the program's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import sqrt

import numpy as np
import pytest

from engine.documents.document import Document
from engine.documents.reading import read_document, write_document
from engine.maths.network import Layer, Network
from engine.maths.optimizers import RULES, Optimizer
from engine.run.edits import set_optimizer
from engine.run.iteration import iterate
from engine.run.spec import Batching, Data, Spec, start_state
from engine.training.trainer import Trainer

UPDATES = 20
RATE, MU, RHO, BETA_1, BETA_2, EPSILON, DECAY = 0.1, 0.8, 0.7, 0.6, 0.95, 1e-3, 0.05
SETTINGS = {
    "learning_rate": RATE, "momentum": MU, "rho": RHO, "beta_1": BETA_1, "beta_2": BETA_2,
    "epsilon": EPSILON, "weight_decay": DECAY,
}

# What a generator yields: the value after each update of one parameter that is sent its gradients.
Steps = Callable[[float], Iterator[float]]


def nesterov(w: float) -> Iterator[float]:
    """The page of torch.optim.SGD, "Implements stochastic gradient descent", with nesterov."""
    b = 0.0
    while True:
        g = yield w
        b = MU * b + g
        w -= RATE * (g + MU * b)


def adagrad(w: float) -> Iterator[float]:
    """Duchi et al. 2011, with a diagonal matrix."""
    squares = []
    while True:
        g = yield w
        squares.append(g * g)
        w -= RATE / (sqrt(sum(squares)) + EPSILON) * g


def rmsprop(w: float) -> Iterator[float]:
    """Hinton's lecture 6e, slide 29: keep a moving average of the squared gradient."""
    mean = 0.0
    while True:
        g = yield w
        mean = RHO * mean + (1.0 - RHO) * g**2
        w -= RATE * g / (sqrt(mean) + EPSILON)


def adam_keras(w: float) -> Iterator[float]:
    """Kingma and Ba 2015, the last lines of section 2."""
    m = v = 0.0
    t = 0
    while True:
        g = yield w
        t += 1
        m = BETA_1 * m + (1.0 - BETA_1) * g
        v = BETA_2 * v + (1.0 - BETA_2) * g**2
        alpha = RATE * sqrt(1.0 - BETA_2**t) / (1.0 - BETA_1**t)
        w -= alpha * m / (sqrt(v) + EPSILON)


def adam_paper(w: float, decay: float = 0.0) -> Iterator[float]:
    """Kingma and Ba 2015, algorithm 1; with decay Loshchilov and Hutter 2019, algorithm 2, where
    the schedule multiplier is 1 and λ is in units of the rate, as the page of torch.optim.AdamW."""
    m = v = 0.0
    t = 0
    while True:
        g = yield w
        t += 1
        w -= RATE * decay * w
        m = BETA_1 * m + (1.0 - BETA_1) * g
        v = BETA_2 * v + (1.0 - BETA_2) * g**2
        w -= RATE * (m / (1.0 - BETA_1**t)) / (sqrt(v / (1.0 - BETA_2**t)) + EPSILON)


def momentum(w: float) -> Iterator[float]:
    """The page of torch.optim.SGD, without nesterov and dampening."""
    b = 0.0
    while True:
        g = yield w
        b = MU * b + g
        w -= RATE * b


def gradient_descent(w: float) -> Iterator[float]:
    while True:
        g = yield w
        w -= RATE * g


PUBLISHED: dict[str, Steps] = {
    "gradient_descent": gradient_descent,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam_keras,
    "adam_paper": adam_paper,
    "adamw": lambda w: adam_paper(w, DECAY),
}


def spec_of(key: str, bias_trained: bool = True) -> Spec:
    """A line fitted to three points by half the squared error, a sample at a time."""
    network = Network(("x1", "x2"), (Layer(("o",), "linear", bias_trained=bias_trained),))
    data = Data(
        np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]]), np.array([[1.0], [-2.0], [0.5]]), ("t",)
    )
    optimizer = Optimizer(key, SETTINGS)
    return Spec(network, "half_squared_error", "sum", optimizer, data, Batching(1), seed=3)


def published_run(spec: Spec, start: list[float], updates: int) -> list[list[float]]:
    """Two weights and a bias after each update, by hand."""
    runs = [PUBLISHED[spec.optimizer.key](w) for w in start]
    w = [next(run) for run in runs]
    found = []
    for t in range(updates):
        x = [*map(float, spec.data.inputs[t % 3]), 1.0]
        error = sum(a * b for a, b in zip(w, x, strict=True)) - float(spec.data.targets[t % 3, 0])
        w = [run.send(error * a) for run, a in zip(runs, x, strict=True)]  # type: ignore[attr-defined]
        found.append(w)
    return found


def test_there_is_one_for_every_row() -> None:
    assert PUBLISHED.keys() == RULES.keys()


@pytest.mark.parametrize("key", sorted(PUBLISHED))
def test_twenty_updates_are_those_of_the_published_formula(key: str) -> None:
    spec = spec_of(key)
    state = start_state(spec)
    expected = published_run(spec, state.theta.tolist(), UPDATES)
    for values in expected:
        state = iterate(spec, state).next_state
        np.testing.assert_allclose(state.theta, values, rtol=1e-12, atol=1e-12)
    trained = Trainer(spec, start_state(spec), 1).advance(iterations=UPDATES).state
    np.testing.assert_allclose(trained.theta, expected[-1], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("key", sorted(PUBLISHED))
def test_a_fixed_parameter_stays_where_it_is(key: str) -> None:
    spec = spec_of(key, bias_trained=False)
    start = start_state(spec)
    trained = Trainer(spec, start, 1).advance(iterations=7).state
    kept = spec.network.trained == 0
    assert kept.any() and np.array_equal(trained.theta[kept], start.theta[kept])
    assert not np.array_equal(trained.theta, start.theta)


def test_the_two_forms_of_adam_differ_by_where_epsilon_stands() -> None:
    """After one update m̂ = g and v̂ = g², so that the step is η g / (|g| + ε), and with Keras's
    form η g / (|g| + ε / √(1 − β₂))."""
    steps = {}
    for key in ("adam", "adam_paper"):
        spec = spec_of(key)
        iteration = iterate(spec, start_state(spec))
        steps[key] = iteration.state.theta - iteration.next_state.theta
        g = iteration.gradient
    np.testing.assert_allclose(steps["adam_paper"], RATE * g / (abs(g) + EPSILON), rtol=1e-9)
    seen = EPSILON / sqrt(1.0 - BETA_2)
    np.testing.assert_allclose(steps["adam"], RATE * g / (abs(g) + seen), rtol=1e-9)


def test_settings_follow_the_defaults_of_the_one_that_is_chosen() -> None:
    usual = Optimizer("adam")
    assert usual["epsilon"] == 1e-7 and usual.another("adamw")["epsilon"] == 1e-8
    assert usual.another("adamw").another("adam") == usual
    own = usual.changed(epsilon=1e-3).another("adam_paper")
    assert own == Optimizer("adam_paper", {"epsilon": 1e-3})


@pytest.mark.parametrize("key", sorted(PUBLISHED))
def test_a_run_goes_into_a_file_and_on_from_it_to_the_bit(key: str) -> None:
    spec = spec_of(key)
    start = start_state(spec)
    state = Trainer(spec, start, 1).advance(iterations=5).state
    data = write_document(Document(spec, start.theta, state=state, updates=5))
    again = read_document(data)
    assert again.spec.optimizer == spec.optimizer and again.state is not None
    assert write_document(again) == data
    one, other = iterate(spec, state).next_state, iterate(again.spec, again.state).next_state
    assert np.array_equal(one.theta, other.theta)
    assert all(map(np.array_equal, one.slots, other.slots))


def test_another_kind_begins_with_fresh_slots() -> None:
    spec = spec_of("momentum")
    state = iterate(spec, start_state(spec)).next_state
    changed, after = set_optimizer(spec, state, spec.optimizer.another("nesterov"))
    assert changed.slot_names == ("v",) and not after.slots[0].any()
