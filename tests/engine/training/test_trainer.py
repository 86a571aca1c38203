"""Training in slices: the same numbers however it is cut, and divergence told from the start."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.maths.network import Layer, Network
from engine.maths.optimizers import RULES, Optimizer
from engine.run.iteration import Interrupted, evaluate, iterate
from engine.run.spec import Batching, Data, Spec, State, start_state
from engine.training.trainer import Trainer
from tests.engine.conftest import specs


def same(first: State, second: State) -> bool:
    """Whether two states are equal to the bit."""
    return (
        first.t == second.t
        and np.array_equal(first.theta, second.theta)
        and all(map(np.array_equal, first.slots, second.slots))
    )


@given(specs(), st.lists(st.integers(1, 7), min_size=1, max_size=4))
def test_slices_and_single_iterations_give_the_same_states(spec: Spec, slices: list[int]) -> None:
    trainer = Trainer(spec, start_state(spec))
    state = start_state(spec)
    for count in slices:
        progress = trainer.advance(count)
        if progress.divergence is not None:
            return
        for _ in range(count):
            state = iterate(spec, state).next_state
        assert same(progress.state, state)


@given(specs(), st.integers(1, 12))
def test_the_curve_has_the_loss_of_every_whole_epoch(spec: Spec, iterations: int) -> None:
    pieces = Trainer(spec, start_state(spec))
    points = np.concatenate([pieces.advance(1).points for _ in range(iterations)])
    whole = Trainer(spec, start_state(spec)).advance(iterations)
    if whole.divergence is not None:
        return
    known = {point[0]: point for point in whole.points.tolist()}
    assert sorted(known) == list(range(len(known)))
    assert np.array_equal(whole.points, points)
    state = start_state(spec)
    for t in range(iterations):
        epoch, within = spec.epoch_of(t)
        if within == 0:
            evaluation = evaluate(spec, state.theta)
            expected = (epoch, evaluation.loss, *evaluation.metrics)
            assert known[epoch] == pytest.approx(expected, rel=1e-12, abs=1e-15)
        state = iterate(spec, state).next_state


@given(specs())
def test_fixed_parameters_never_move(spec: Spec) -> None:
    start = start_state(spec)
    end = Trainer(spec, start).advance(5).state
    fixed = spec.network.trained == 0
    assert np.array_equal(end.theta[fixed], start.theta[fixed])


def linear_spec(learning_rate: float) -> Spec:
    layers = (Layer(("h",), "linear", "none"), Layer(("o",), "linear", "none"))
    data = Data(np.array([[1.0]]), np.array([[0.0]]), ("t",))
    network = Network(("x",), layers)
    optimizer = Optimizer().changed(learning_rate=learning_rate)
    return Spec(network, "half_squared_error", "sum", optimizer, data)


def test_divergence_ends_the_run_at_the_last_finite_state() -> None:
    spec = linear_spec(learning_rate=50.0)
    theta = spec.network.theta([np.array([[2.0]]), np.array([[3.0]])], [None, None])
    trainer = Trainer(spec, start_state(spec, theta))
    progress = trainer.advance(1000)
    assert progress.divergence is not None
    assert np.isfinite(progress.state.theta).all()
    assert progress.divergence.iteration == progress.state.t + 1
    following = iterate(spec, progress.state).next_state
    assert not (np.abs(following.theta) < 1e12).all()
    assert f"iteration {progress.state.t + 1}" in progress.divergence.sentence
    # It stays there however often one tries to go on.
    assert same(trainer.advance(10).state, progress.state)


def two_outputs(target: float, learning_rate: float = 1.0) -> Spec:
    """Two straight units on one input of 1, without biases, that both learn a target: at a rate
    of 1 they are there after one update."""
    network = Network(("x",), (Layer(("o", "p"), "linear", "none"),))
    data = Data(np.array([[1.0]]), np.array([[target, target]]), ("t", "u"))
    optimizer = Optimizer().changed(learning_rate=learning_rate)
    return Spec(network, "half_squared_error", "sum", optimizer, data, initializer="zeros")


@pytest.mark.parametrize("start", [0.0, 9e11])
def test_parameters_diverge_one_by_one_and_not_as_a_whole(start: float) -> None:
    spec = two_outputs(start or 8e11)
    progress = Trainer(spec, start_state(spec, np.full(2, start))).advance(3)
    assert progress.divergence is None and progress.state.t == 3
    assert (progress.state.theta == (start or 8e11)).all()


def test_what_grew_beyond_the_bound_is_told_as_that() -> None:
    spec = two_outputs(9e11, learning_rate=1.5)
    progress = Trainer(spec, start_state(spec, np.zeros(2))).advance(3)
    assert progress.state.t == 0 and progress.divergence is not None
    assert progress.divergence.sentence.startswith(
        "The run diverged in iteration 1: an updated parameter of layer 1 grew beyond 1e12."
    )


def test_divergence_names_the_layer_where_it_began() -> None:
    """ReLU and linear layers whose second one alone overflows in its net input."""
    layers = tuple(Layer((name,), "linear", "none") for name in ("h", "k", "o"))
    data = Data(np.array([[1e11]]), np.array([[0.0]]), ("t",))
    network = Network(("x",), layers)
    spec = Spec(network, "half_squared_error", "sum", Optimizer().changed(learning_rate=1e-3), data)
    theta = network.theta([np.array([[w]]) for w in (1.0, 1e11, 1.0)], [None, None, None])
    progress = Trainer(spec, start_state(spec, theta)).advance(5)
    assert progress.divergence is not None
    assert progress.divergence.iteration == 1
    assert progress.divergence.quantity == "an updated parameter"
    assert progress.divergence.layer == 1


def test_work_that_is_called_off_says_so() -> None:
    spec = linear_spec(0.1)

    def check() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        Trainer(spec, start_state(spec)).advance(3, check=check)


@given(specs(), st.integers(0, 3))
def test_an_epoch_takes_every_sample_once_and_depends_on_nothing_but_seed_and_epoch(
    spec: Spec, epoch: int
) -> None:
    per_epoch = spec.iterations_per_epoch
    ts = range(epoch * per_epoch, (epoch + 1) * per_epoch)
    rows = np.concatenate([spec.batch_rows(t) for t in ts])
    assert sorted(rows) == list(range(len(spec.data)))
    again = np.concatenate([replace(spec).batch_rows(t) for t in ts])
    assert np.array_equal(rows, again)
    if not spec.batching.shuffled:
        assert rows.tolist() == sorted(rows)


def test_shuffled_epochs_differ() -> None:
    data = Data(np.arange(20.0)[:, None], np.zeros((20, 1)), ("t",))
    network = Network(("x",), (Layer(("o",), "linear"),))
    spec = Spec(
        network, "half_squared_error", "mean", Optimizer(), data, Batching(20, True), seed=3
    )
    orders = {tuple(spec.batch_rows(t)) for t in range(5)}
    assert len(orders) == 5
    assert tuple(replace(spec, seed=4).batch_rows(0)) not in orders


def test_momentum_and_adam_follow_their_formulas_by_hand() -> None:
    theta, g1, g2 = np.array([1.0]), np.array([0.5]), np.array([-0.25])
    momentum = Optimizer("momentum", {"learning_rate": 0.1, "momentum": 0.9})
    theta_1, slots = momentum.update(theta, g1, momentum.fresh_slots(1), 1)
    theta_2, slots = momentum.update(theta_1, g2, slots, 2)
    assert theta_1[0] == pytest.approx(1.0 - 0.1 * 0.5, rel=1e-15)
    assert theta_2[0] == pytest.approx(theta_1[0] - 0.1 * (0.9 * 0.5 - 0.25), rel=1e-15)

    adam = Optimizer("adam", {"learning_rate": 0.001, "epsilon": 1e-7})
    theta_1, slots = adam.update(theta, g1, adam.fresh_slots(1), 1)
    m, v = 0.1 * 0.5, 0.001 * 0.25
    step = 0.001 * np.sqrt(1 - 0.999) / (1 - 0.9)
    assert theta_1[0] == pytest.approx(1.0 - step * m / (np.sqrt(v) + 1e-7), rel=1e-14)
    theta_2, _ = adam.update(theta_1, g2, slots, 2)
    m, v = 0.9 * m + 0.1 * -0.25, 0.999 * v + 0.001 * 0.0625
    step = 0.001 * np.sqrt(1 - 0.999**2) / (1 - 0.9**2)
    assert theta_2[0] == pytest.approx(theta_1[0] - step * m / (np.sqrt(v) + 1e-7), rel=1e-14)


@pytest.mark.parametrize("key", sorted(RULES))
def test_every_optimizer_has_the_slots_it_names(key: str) -> None:
    optimizer = Optimizer(key)
    slots = optimizer.fresh_slots(3)
    assert len(slots) == len(RULES[key].slots)
    _, after = optimizer.update(np.ones(3), np.ones(3), slots, 1)
    assert len(after) == len(slots)
