"""Patience: training stands still once the loss that is watched has not improved for long."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.data.datasets import DATASETS
from engine.data.split import validation_rows
from engine.documents.document import Document
from engine.documents.examples import read_example
from engine.documents.reading import read_document, write_document
from engine.maths.penalty import Penalty
from engine.run.check_spec import SpecError, check_spec
from engine.run.edits import remove_rows, set_test, set_validation
from engine.run.iteration import evaluate, iterate
from engine.run.spec import Batching, Data, Spec, State, start_state
from engine.training.history import History
from engine.training.patience import Patience, PatienceTrainer, Watch
from engine.training.trainer import Progress, Trainer
from tests.engine.conftest import specs
from tests.engine.training.test_trainer import same

XOR = read_example("xor-3-4-1")


def part_of(spec: Spec, rows: list[int]) -> Spec:
    """The same with a data set of some rows alone, put together here."""
    names, data = spec.data.target_names, spec.data
    return replace(spec, data=Data(data.inputs[rows], data.targets[rows], names))


def loss_of(spec: Spec, theta: np.ndarray) -> float:
    """What is to improve, by way of data sets of their own."""
    kept_out = {*spec.data.test.tolist(), *spec.data.validation.tolist()}
    rows = spec.data.validation.tolist()
    rows = rows or [row for row in range(len(spec.data)) if row not in kept_out]
    with np.errstate(all="ignore"):
        if not len(spec.data.validation):
            return evaluate(part_of(spec, rows), theta).loss
        loss = evaluate(part_of(replace(spec, penalty=Penalty()), rows), theta).loss
        if spec.reduction == "sum":
            loss *= (len(spec.data) - len(kept_out)) / len(rows)
        return loss + float(spec.cost(theta))


def ended(spec: Spec, state: State, patience: Patience, most: int) -> int | None:
    """The epoch at which patience is over, from the losses of all epochs."""
    losses: list[float] = []
    first = spec.epoch_of(state.t)[0]
    for epoch in range(first, first + most + 1):
        losses.append(loss_of(spec, state.theta))
        best = 0
        for place, loss in enumerate(losses):
            if loss < losses[best] - patience.least:
                best = place
        if len(losses) - 1 - best >= patience.epochs:
            return epoch
        for _ in range(spec.iterations_per_epoch):
            state = iterate(spec, state).next_state
        if not np.isfinite(state.theta).all():
            return None
    return None


def arrived(
    spec: Spec, state: State, patience: Patience, slices: int | None, most: int, cut: int = 0
) -> tuple[PatienceTrainer, list[Progress]]:
    """A trainer taken on in slices until it is there; after `cut` of them another takes the run
    up, as after a file was written."""
    watch = Watch()
    trainer = PatienceTrainer(spec, state, 1, (), patience, watch)
    end, taken = state.t + most * spec.iterations_per_epoch, []
    while not trainer.reached and trainer.state.t < end:
        ahead = end - trainer.state.t
        taken.append(trainer.advance(min(slices or ahead, ahead), ahead=ahead))
        if taken[-1].divergence is not None:
            break
        if len(taken) == cut and not trainer.reached:
            done = spec.epoch_position(trainer.state.t)
            trainer = PatienceTrainer(
                spec, trainer.state, 1, taken[-1].stretches, patience, watch, float(done)
            )
    return trainer, taken


@st.composite
def split_specs(draw: st.DrawFn) -> Spec:
    """Specs some of whose rows are to validate with, some maybe to test with."""
    spec = draw(specs(10).filter(lambda spec: len(spec.data) > 2))
    rows = draw(st.permutations(range(len(spec.data))))
    validated = draw(st.integers(0, len(rows) - 2))
    tested = draw(st.integers(0, len(rows) - 1 - validated))
    data = replace(
        spec.data,
        validation=np.array(rows[:validated], dtype=np.intp),
        test=np.array(rows[validated : validated + tested], dtype=np.intp),
    )
    return replace(spec, data=data)


@given(
    split_specs(), st.integers(1, 6), st.sampled_from([0.0, 1e-6, 0.01]),
    st.sampled_from([1, 2, 5, None]), st.integers(0, 3),
)  # fmt: skip
def test_it_ends_where_the_losses_of_all_epochs_say(
    spec: Spec, epochs: int, least: float, slices: int | None, cut: int
) -> None:
    state, patience = start_state(spec), Patience(epochs, least)
    expected = ended(spec, state, patience, 12)
    trainer, taken = arrived(spec, state, patience, slices, 12, cut)
    assume(taken[-1].divergence is None)
    assert trainer.reached == (expected is not None)
    if expected is not None:
        assert spec.epoch_of(trainer.state.t) == (expected, 0)
    plain = Trainer(spec, state)
    plain.advance(trainer.state.t - state.t)
    if trainer.state.t > state.t:
        assert same(plain.state, trainer.state)


def batches() -> tuple[Spec, State]:
    data = DATASETS["moons"].make(3)
    rows = validation_rows(len(data), data.test, 0.3, 5)
    spec = replace(
        read_example("xor-2-2-1").spec, data=replace(data, validation=rows), metrics=(),
        batching=Batching(17, shuffled=True), seed=4,
    )
    return spec, start_state(spec)


@pytest.mark.parametrize("slices", [3, 100, None])
def test_what_it_leaves_behind_is_a_road_like_any_other(slices: int | None) -> None:
    spec, state = batches()
    patience = Patience(3, 0.02)
    expected = ended(spec, state, patience, 300)
    assert expected is not None and expected > 3
    trainer, taken = arrived(spec, state, patience, slices, 300)
    assert spec.epoch_of(trainer.state.t) == (expected, 0)
    best = trainer.watch.best
    assert best is not None and best.epoch == expected - 3
    history = History(spec, state.theta, state)
    for progress in taken:
        history.record(history.branches[0], progress)
    branch = history.branches[0]
    assert branch.curve.points[:, 0].tolist() == list(range(expected + 1))
    assert same(branch.tip, trainer.state)
    middle = spec.iterations_per_epoch * (expected // 2) + 1
    replayed = Trainer(spec, state)
    replayed.advance(middle)
    assert same(history.state_at(0, middle), replayed.state)


def test_the_fast_kernel_ends_at_the_same_epoch_however_it_is_cut(with_numba: None) -> None:
    pytest.importorskip("numba")
    state = start_state(XOR.spec, XOR.start)
    patience = Patience(40, 0.01)
    ends = {
        arrived(XOR.spec, state, patience, slices, 5000)[0].state.t for slices in (1, 13, None)
    }
    assert ends == {ended(XOR.spec, state, patience, 5000)}


def test_test_samples_have_no_say() -> None:
    spec, state = batches()
    targets = np.array(spec.data.targets)
    test = spec.data.training_rows[:20]
    with_test = replace(spec, data=replace(spec.data, test=test))
    targets[test] = 1.0 - targets[test]
    other = replace(with_test, data=replace(with_test.data, targets=targets))
    ends = [
        arrived(each, state, Patience(3, 0.02), None, 300)[0].state for each in (with_test, other)
    ]
    assert same(*ends)


@given(
    st.integers(2, 60), st.floats(0.0, 0.9), st.floats(0.0, 1.0),
    st.none() | st.integers(0, 2**31),
)  # fmt: skip
def test_validation_rows_are_a_share_of_what_is_not_to_test_with(
    count: int, tested: float, share: float, seed: int | None
) -> None:
    test = np.arange(int(count * tested))[::-1]
    rows = validation_rows(count, test, share, seed).tolist()
    left = sorted(set(range(count)) - set(test.tolist()))
    assert set(rows) <= set(left) and rows == sorted(set(rows))
    if share == 0.0 or len(left) < 2:
        assert rows == []
    else:
        assert len(rows) == min(max(1, round(share * len(left))), len(left) - 1)
        if seed is None:
            assert rows == left[-len(rows) :]
    assert rows == validation_rows(count, test, share, seed).tolist()


@given(split_specs())
def test_they_are_kept_in_a_file_and_through_edits(spec: Spec) -> None:
    document = Document(spec=spec, state=start_state(spec), start=start_state(spec).theta)
    again = read_document(write_document(document)).spec.data
    assert again.validation.tolist() == spec.data.validation.tolist()
    assert again.test.tolist() == spec.data.test.tolist()
    state = start_state(spec)
    moved = spec.data.validation[:1].tolist()
    tested = set_test(spec, state, [*spec.data.test.tolist(), *moved])[0].data
    assert tested.validation.tolist() == spec.data.validation[1:].tolist()
    back = set_validation(replace(spec, data=tested), state, spec.data.validation.tolist())[0].data
    assert back.test.tolist() == spec.data.test.tolist()
    gone = int(spec.data.training_rows[0])
    if spec.data.training_count > 1:
        fewer = remove_rows(spec, state, [gone])[0].data
        expected = [row - (row > gone) for row in spec.data.validation.tolist()]
        assert fewer.validation.tolist() == expected


@pytest.mark.parametrize(
    ("test", "validation", "words"),
    [([], [4], "no row 4"), ([1], [1, 2], "row 1 is a test"), ([0, 1], [2, 3], "validation")],
)
def test_what_cannot_be_is_refused(test: list[int], validation: list[int], words: str) -> None:
    data = replace(XOR.spec.data, test=np.array(test), validation=np.array(validation))
    with pytest.raises(SpecError, match=words) as refused:
        check_spec(replace(XOR.spec, data=data))
    assert refused.value.path == "$.data.validation"


@given(split_specs())
def test_the_evaluation_says_each_part_by_itself(spec: Spec) -> None:
    theta = start_state(spec).theta
    found = evaluate(spec, theta)
    if not len(spec.data.validation):
        assert found.validation is None
        return
    assert found.validation is not None
    assert found.validation.loss == pytest.approx(loss_of(spec, theta), rel=1e-12, nan_ok=True)
    for row in range(len(spec.data)):
        alone = evaluate(part_of(spec, [row]), theta).outputs[0]
        np.testing.assert_allclose(found.outputs[row], alone, rtol=1e-9, atol=1e-12)
