"""Right and wrong side by side: each of the two runs is the run it would be alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from command_line.reports import train
from engine.documents.examples import read_example
from engine.learn.side_by_side.runs import Comparison, SideBySide
from engine.maths.activations import Array
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.iteration import Interrupted
from engine.run.mistakes import MISTAKES, why_not
from engine.run.spec import Data, Spec, start_state
from tests.engine.conftest import specs


def whole(spec: Spec, start: Array, mistakes: tuple[str, ...], epochs: int) -> Comparison:
    """The comparison once both runs are through."""
    runs = SideBySide(spec, start, mistakes, epochs)
    while not (found := runs.advance(0.05)).is_done:
        pass
    return found


def alone(spec: Spec, start: Array, epochs: int) -> Array:
    """The parameters of a run by itself."""
    return train(spec, start_state(spec, start), epochs * spec.iterations_per_epoch)[0].state.theta


def same(theta: Array, other: Array) -> bool:
    """Whether parameters are the same but for the order of sums, which kernels may choose."""
    return bool(np.allclose(theta, other, rtol=1e-8, atol=1e-10))


def test_the_published_figure_stands_beside_the_right_one() -> None:
    document = read_example("mazur-2-2-2")
    found = whole(document.spec, document.start, ("updated-weights",), 1_000)
    assert found.wrong.loss(1) == pytest.approx(0.29102792390544, rel=1e-13)
    assert found.right.loss(0) == found.wrong.loss(0)
    assert found.right.loss(1) != found.wrong.loss(1)
    assert found.epochs == tuple(range(1_001)) and found.total == 1_000
    changed = found.differences(0)
    assert changed is not None and not changed.any()
    wrong = replace(document.spec, mistakes=("updated-weights",))
    last = found.wrong.theta(1_000)
    assert last is not None and same(last, alone(wrong, document.start, 1_000))


@settings(max_examples=40)
@given(specs(), st.integers(1, 12), st.data())
def test_each_run_is_what_it_would_be_alone(spec: Spec, epochs: int, data: st.DataObject) -> None:
    possible = [key for key in MISTAKES if not why_not(spec, key)]
    made = tuple(data.draw(st.lists(st.sampled_from(possible), unique=True, max_size=2)))
    start = start_state(spec).theta
    found = whole(spec, start, made, epochs)
    for course, mistakes in ((found.right, ()), (found.wrong, made)):
        if course.divergence is None:
            place = found.epochs.index(epochs)
            theta = course.theta(place)
            assert theta is not None
            assert same(theta, alone(replace(spec, mistakes=mistakes), start, epochs))
            assert course.curve[:, 0].tolist() == list(range(epochs + 1))


def test_the_document_s_own_mistakes_are_not_made_by_the_right_run() -> None:
    document = read_example("xor-2-3-1")
    wrong = replace(document.spec, mistakes=("wrong-sign",))
    found = whole(wrong, document.start, ("forgotten-rate",), 5)
    right = found.right.theta(5)
    assert right is not None and same(right, alone(document.spec, document.start, 5))


def test_equal_start_weights_are_only_those_of_the_wrong_run() -> None:
    document = read_example("xor-2-3-1")
    found = whole(document.spec, document.start, ("same-start",), 1)
    changed = found.differences(0)
    assert changed is not None and changed.any()
    assert np.array_equal(found.right.thetas[0], document.start)


def test_a_run_that_diverges_ends_there_and_the_other_goes_on() -> None:
    network = Network(("x",), (Layer(("o",), "linear"),))
    data = Data(np.array([[2.0]]), np.array([[1.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer().changed(learning_rate=0.1), data)
    found = whole(spec, np.array([0.3, 0.1]), ("wrong-sign",), 300)
    assert found.right.divergence is None and found.wrong.divergence is not None
    assert len(found.right.thetas) == 301 > len(found.wrong.thetas)
    last = len(found.wrong.thetas) - 1
    assert found.wrong.divergence.iteration == last + 1
    before, at_last = found.wrong.loss(last - 1), found.wrong.loss(last)
    assert before is not None and at_last is not None and before < at_last
    assert found.wrong.theta(300) is None and found.differences(300) is None
    assert found.wrong.loss(300) is None and found.right.loss(300) is not None
    assert np.isfinite(found.wrong.curve).all()


def test_of_a_large_network_fewer_moments_are_kept() -> None:
    network = Network(
        ("x",),
        (Layer(tuple(f"h{k}" for k in range(500)), "tanh"), Layer(("o",), "linear")),
    )
    data = Data(np.array([[1.0]]), np.array([[1.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer().changed(learning_rate=1e-4), data)
    found = whole(spec, start_state(spec).theta, ("wrong-sign",), 5000)
    assert found.right.stride == 2  # 5000 times 1501 numbers are more than are kept
    assert found.epochs[:3] == (0, 2, 4) and found.epochs[-1] == 5000


def test_the_last_moment_is_kept_wherever_it_falls() -> None:
    network = Network(
        ("x",),
        (Layer(tuple(f"h{k}" for k in range(500)), "tanh"), Layer(("o",), "linear")),
    )
    data = Data(np.array([[1.0]]), np.array([[1.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer().changed(learning_rate=1e-4), data)
    found = whole(spec, start_state(spec).theta, ("bias-left-out",), 3001)
    assert found.epochs[-2:] == (3000, 3001)
    assert len(found.right.thetas) == len(found.wrong.thetas) == len(found.epochs)


def test_it_can_be_called_off() -> None:
    document = read_example("xor-2-3-1")
    runs = SideBySide(document.spec, document.start, ("wrong-sign",), 1000)

    def check() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        runs.advance(1.0, check)
