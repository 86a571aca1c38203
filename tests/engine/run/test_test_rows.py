"""Rows that are kept out of training: nothing is learnt from them, and what they say is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.data.datasets import DATASETS
from engine.data.split import test_rows as rows_kept_out
from engine.documents.document import Document
from engine.documents.examples import read_example
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from engine.learn.many_seeds.runs import SeedRuns
from engine.maths.activations import Array
from engine.maths.backprop import forward
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.check_spec import SpecError
from engine.run.edits import add_rows, remove_rows, replace_test, set_test
from engine.run.gradient_check import check_gradient
from engine.run.iteration import evaluate, iterate
from engine.run.spec import Data, Spec, start_state
from engine.training.goal import Goal, GoalTrainer
from engine.training.trainer import Trainer
from tests.engine.conftest import specs


@st.composite
def split_specs(draw: st.DrawFn) -> Spec:
    """Specs of which some rows, but not all, are kept out of training."""
    spec = draw(specs(12).filter(lambda spec: len(spec.data) > 1))
    count = len(spec.data)
    kept_out = draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=count - 1))
    return replace(spec, data=replace(spec.data, test=np.array(sorted(kept_out))))


def of_training_rows(spec: Spec) -> Spec:
    """The same with a data set that has no other rows: put together here, row by row."""
    rows = [row for row in range(len(spec.data)) if row not in set(spec.data.test.tolist())]
    data = Data(spec.data.inputs[rows], spec.data.targets[rows], spec.data.target_names)
    return replace(spec, data=data)


@given(split_specs(), st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_a_run_is_the_one_without_them_to_the_bit(spec: Spec, slices: list[int]) -> None:
    mine, other = (Trainer(each, start_state(each)) for each in (spec, of_training_rows(spec)))
    for count in slices:
        here, there = mine.advance(count), other.advance(count)
        assert here.state.theta.tobytes() == there.state.theta.tobytes()
        assert here.points.tobytes() == there.points.tobytes()
        assert (here.divergence is None) == (there.divergence is None)
        if here.divergence is not None:
            return
    stepped = start_state(spec)
    for _ in range(sum(slices)):
        stepped = iterate(spec, stepped).next_state
    assert stepped.theta.tobytes() == mine.state.theta.tobytes()


@given(split_specs(), st.integers(0, 20))
def test_no_batch_has_one_of_them_and_each_epoch_has_all_others(spec: Spec, epoch: int) -> None:
    per_epoch = spec.iterations_per_epoch
    taken = [spec.batch_rows(epoch * per_epoch + k).tolist() for k in range(per_epoch)]
    rows = [row for batch in taken for row in batch]
    assert sorted([*rows, *spec.data.test.tolist()]) == list(range(len(spec.data)))
    assert max(map(len, taken)) == spec.batch_size


@given(split_specs())
def test_what_they_say_is_the_loss_of_each_of_them(spec: Spec) -> None:
    theta = start_state(spec).theta
    found = evaluate(spec, theta)
    assert found.test is not None
    alone = []
    for row in range(len(spec.data)):
        values = forward(spec.network, theta, spec.scaled.inputs[[row]])
        targets = spec.scaled.targets[[row]]
        terms = spec.loss_function.terms(values.z[-1], values.a[-1], targets)
        alone.append(float(terms.sum()))
        assert found.outputs[row] == pytest.approx(values.a[-1][0], rel=1e-12, abs=1e-15)
    tested = spec.data.test.tolist()
    mean = np.mean([alone[row] for row in tested])
    trained = [row for row in range(len(spec.data)) if row not in tested]
    times = 1 if spec.reduction == "mean" else len(trained)
    weights = np.concatenate([
        [*spec.network.weights(theta, number).ravel()]
        + ([] if b is None or not spec.penalty.biases else [*b])
        for number in range(1, spec.network.depth + 1)
        for b in [spec.network.biases(theta, number)]
    ])
    cost = spec.penalty.l2 / 2 * (weights**2).sum() + spec.penalty.l1 * np.abs(weights).sum()
    assert found.test.loss == pytest.approx(times * mean + cost, rel=1e-9, abs=1e-12)
    assert found.loss == pytest.approx(
        times * np.mean([alone[row] for row in trained]) + cost, rel=1e-9, abs=1e-12
    )


@given(split_specs(), st.integers(1, 40), st.integers(1, 7))
def test_their_curve_is_the_same_however_the_way_is_cut(spec: Spec, epochs: int, cut: int) -> None:
    count = epochs * spec.iterations_per_epoch
    whole = Trainer(spec, start_state(spec), tested=-1.0).advance(count)
    if whole.divergence is not None:
        return
    pieces, points = Trainer(spec, start_state(spec), tested=-1.0), []
    while pieces.state.t < count:
        points.append(pieces.advance(min(cut, count - pieces.state.t)).test_points)
    assert whole.test_points is not None
    assert np.array_equal(whole.test_points, np.concatenate(points))
    # No look costs more than what is trained between it and the next.
    distance = 1 if len(spec.data.test) <= spec.data.training_count else 2
    assert np.diff(whole.test_points[:, 0]).min(initial=distance) >= distance
    state = start_state(spec)
    known = {point[0]: point[1:] for point in whole.test_points.tolist()}
    for t in range(count):
        epoch, within = spec.epoch_of(t)
        if within == 0 and epoch in known:
            test = evaluate(spec, state.theta).test
            assert test is not None
            assert known[epoch] == pytest.approx([test.loss, *test.metrics], rel=1e-9, abs=1e-12)
        state = iterate(spec, state).next_state


def moons() -> Spec:
    """Two moons for the network of XOR, a quarter of them kept out."""
    data = DATASETS["moons"].make(1)
    data = replace(data, test=rows_kept_out(len(data), 0.25, 7))
    return replace(read_example("xor-2-3-1").spec, data=data)


def test_looks_are_ever_further_apart() -> None:
    spec = moons()
    trainer = Trainer(spec, start_state(spec), tested=-1.0, frame_every=10**9)
    points = trainer.advance(3000).test_points
    assert points is not None
    epochs = points[:, 0]
    assert epochs[:128].tolist() == list(range(128))
    assert len(epochs) < 128 + 64 * 5
    assert (np.diff(epochs) <= np.maximum(1, epochs[:-1] / 32)).all()


def test_a_goal_asks_the_training_set_alone() -> None:
    spec = moons()
    wrong = np.array(spec.data.targets)
    wrong[spec.data.test] = 1.0 - wrong[spec.data.test]  # nobody can have these right too
    hard = replace(spec, data=replace(spec.data, targets=wrong))
    plain = of_training_rows(spec)
    reached = []
    for each in (hard, plain):
        state = start_state(each)
        trainer = GoalTrainer(each, state, 10**9, (), Goal(loss=10.0))
        trainer.advance(3000)
        assert trainer.reached
        reached.append(trainer.state)
    assert reached[0].t == reached[1].t
    assert reached[0].theta.tobytes() == reached[1].theta.tobytes()


def test_seeds_are_compared_by_the_training_set() -> None:
    found = []
    for spec in (moons(), of_training_rows(moons())):
        def start_of(seed: int, spec: Spec = spec) -> Array:
            return spec.network.draw(spec.initializer, seed)

        runs = SeedRuns(spec, start_of, range(3), 20)
        runs.advance()
        assert runs.result is not None
        found.append([(run.loss, run.outputs.tobytes()) for run in runs.result.runs])
    assert found[0] == found[1]


@given(split_specs())
def test_the_gradient_that_is_checked_is_of_training_rows(spec: Spec) -> None:
    state = start_state(spec)
    mine, other = (check_gradient(each, state) for each in (spec, of_training_rows(spec)))
    assert mine.checked == other.checked


@given(split_specs(), st.data())
def test_rows_that_come_and_go_change_no_other(spec: Spec, data: st.DataObject) -> None:
    state, inputs = start_state(spec), spec.data.inputs
    kept_out = {inputs[row].tobytes() for row in spec.data.test}
    gone = data.draw(st.sets(st.sampled_from(range(len(spec.data)))))
    left = set(spec.data.training_rows.tolist()) - gone
    if not left:
        with pytest.raises(SpecError):
            remove_rows(spec, state, gone)
        return
    after, _ = remove_rows(spec, state, gone)
    removed = {inputs[row].tobytes() for row in gone}
    assert {after.data.inputs[row].tobytes() for row in after.data.test} == kept_out - removed
    new = np.full((2, inputs.shape[1]), 99.0), spec.data.targets[[0, 0]]
    more, _ = add_rows(after, state, *new)
    assert more.data.test.tolist() == after.data.test.tolist()
    assert len(more.data) == len(after.data) + 2


def test_something_is_left_to_train_on() -> None:
    spec = moons()
    state = start_state(spec)
    with pytest.raises(SpecError, match="all samples are test samples"):
        set_test(spec, state, range(len(spec.data)))
    with pytest.raises(SpecError, match="there is no row 120"):
        set_test(spec, state, [3, 120])
    assert set_test(spec, state, [])[0].data.training_count == len(spec.data)


@given(st.integers(1, 500), st.floats(0.0, 1.0), st.one_of(st.none(), st.integers(0, 10**6)))
def test_a_share_of_the_rows(count: int, share: float, seed: int | None) -> None:
    rows = rows_kept_out(count, share, seed)
    assert len(set(rows.tolist())) == len(rows) < count
    assert sorted(rows.tolist()) == rows.tolist()
    assert (rows.size == 0) == (share == 0.0 or count == 1)
    assert abs(len(rows) - share * count) <= 1.0
    assert np.array_equal(rows, rows_kept_out(count, share, seed))
    if seed is None:
        assert rows.tolist() == list(range(count))[count - len(rows) :]


def test_a_file_says_which_they_are_and_how_they_went() -> None:
    spec = moons()
    trainer = Trainer(spec, start_state(spec), tested=-1.0)
    progress = trainer.advance(5)
    document = Document(
        spec,
        start_state(spec).theta,
        progress.state,
        curve=progress.points,
        test_curve=progress.test_points,
    )
    again = read_document(write_document(document))
    assert again.spec.data.test.tolist() == spec.data.test.tolist()
    assert again.test_curve is not None and progress.test_points is not None
    assert again.test_curve.tobytes() == progress.test_points.tobytes()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda tree: tree["data"].update(test=[4]), "$.data.test"),
        (lambda tree: tree["data"].update(test=[-1]), "$.data.test[0]"),
        (lambda tree: tree["data"].update(test=[0, 1, 2, 3]), "$.data.test"),
        (lambda tree: tree["data"].update(test=[True]), "$.data.test[0]"),
        (
            lambda tree: tree.update(test_curve={"columns": ["epochs"], "points": [[0.0]]}),
            "$.test_curve.columns",
        ),
    ],
)
def test_a_file_that_says_it_wrongly_is_refused(
    change: Callable[[dict[str, Any]], None], place: str
) -> None:
    tree = json.loads(write_document(read_example("xor-2-3-1")))
    change(tree)
    with pytest.raises(DocumentError) as refused:
        read_document(json.dumps(tree).encode())
    assert refused.value.place == place


@given(split_specs(), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_samples_that_replace_them_change_no_bit_of_the_run(
    spec: Spec, count: int, updates: int, has_dropout: bool
) -> None:
    before = spec.data
    if has_dropout and spec.network.depth > 1 and count >= len(before.test):
        layers = (replace(spec.network.layers[0], dropout=0.5), *spec.network.layers[1:])
        spec = replace(spec, network=replace(spec.network, layers=layers))
    if len(kept := before.training_rows) > 1:
        spec = replace(spec, data=replace(before, validation=kept[-1:]))
    chosen = np.arange(count) % len(before)
    inputs, targets = before.inputs[chosen] + 0.5, before.targets[chosen]
    state = iterate(spec, start_state(spec)).next_state
    changed, after = replace_test(spec, state, inputs, targets)
    assert after is state and changed.batching == spec.batching
    data = changed.data
    assert data.inputs[data.test].tobytes() == inputs.tobytes()
    assert data.targets[data.test].tobytes() == targets.tobytes()
    for name in ("training_rows", "validation"):
        mine, its = getattr(data, name), getattr(spec.data, name)
        assert data.inputs[mine].tobytes() == spec.data.inputs[its].tobytes()
        assert data.targets[mine].tobytes() == spec.data.targets[its].tobytes()
        if count >= len(before.test):
            assert mine.tolist() == its.tolist()
    here, there = (Trainer(each, state).advance(updates) for each in (changed, spec))
    assert here.state.theta.tobytes() == there.state.theta.tobytes()


def test_one_class_alone_is_right_on_the_side_that_all_samples_tell() -> None:
    network = Network(("x",), (Layer(("o",), "tanh"),))
    inputs, targets = np.array([[0.2], [1.0], [-1.0]]), np.array([[1.0], [1.0], [-1.0]])
    data = Data(inputs, targets, ("t",), test=np.array([0]))
    spec = Spec(network, "half_squared_error", "mean", Optimizer(), data, metrics=("accuracy",))
    found = evaluate(spec, np.array([1.0, 0.0]))  # an output of tanh 0.2, above the middle 0
    assert found.metrics == (1.0,)
    assert found.test is not None and found.test.metrics == (1.0,)
