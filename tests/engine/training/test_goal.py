"""Goals: training stands still at the end of the first epoch at which one is reached."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from msgspec.structs import replace

from engine.data.datasets import DATASETS
from engine.documents.examples import read_example
from engine.maths.metrics import is_right
from engine.maths.network import Layer, Network
from engine.run.iteration import evaluate, iterate
from engine.run.spec import Batching, Spec, State, start_state
from engine.training.goal import Goal, GoalTrainer
from engine.training.history import History
from engine.training.kernels import choice
from engine.training.trainer import Progress
from tests.engine.training.test_trainer import same

XOR = read_example("xor-3-4-1")


def stepped(spec: Spec, state: State, goal: Goal, most: int) -> int | None:
    """The first epoch after which a goal is reached, found by stepping."""
    for _ in range(most * spec.iterations_per_epoch + 1):
        epoch, within = spec.epoch_of(state.t)
        if within == 0 and goal.is_reached(spec, evaluate(spec, state.theta)):
            return epoch
        state = iterate(spec, state).next_state
    return None


def arrived(
    spec: Spec, state: State, goal: Goal, slices: int | None, most: int = 20_000
) -> tuple[GoalTrainer, list[Progress]]:
    """A trainer taken on in slices until it is there, with what it reported."""
    trainer = GoalTrainer(spec, state, 1, (), goal)
    end, taken = most * spec.iterations_per_epoch, []
    while not trainer.reached and trainer.state.t < end:
        ahead = end - trainer.state.t
        taken.append(trainer.advance(min(slices or ahead, ahead), ahead=ahead))
    return trainer, taken


def batches() -> tuple[Spec, State]:
    network = Network(
        ("x1", "x2"), (Layer(("h1", "h2", "h3"), "tanh"), Layer(("o1",), "sigmoid"))
    )
    data = DATASETS["xor"].make(0)
    spec = replace(
        XOR.spec, network=network, data=data, batching=Batching(3, shuffled=True), metrics=(),
        optimizer=XOR.spec.optimizer.changed(learning_rate=0.8), seed=4,
    )
    return spec, start_state(spec)


RUNS = {"all in order": lambda: (XOR.spec, start_state(XOR.spec, XOR.start)), "batches": batches}


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("goal", [Goal(0.1), Goal()], ids=["loss", "right"])
@pytest.mark.parametrize("slices", [1, 2, 7, 100, None])
def test_it_stands_at_the_first_epoch_whatever_the_slices_are(
    run: str, goal: Goal, slices: int | None
) -> None:
    spec, state = RUNS[run]()
    expected = stepped(spec, state, goal, 8000)
    assert expected is not None and expected > 0
    trainer, taken = arrived(spec, state, goal, slices)
    assert trainer.reached
    assert spec.epoch_of(trainer.state.t) == (expected, 0)
    assert taken[-1].state is trainer.state
    history = History(spec, state.theta, state)
    for progress in taken:
        history.record(history.branches[0], progress)
    branch = history.branches[0]
    assert branch.curve.points[:, 0].tolist() == list(range(expected + 1))
    assert branch.curve.points.shape[1] == 2 + len(spec.metrics)
    assert same(branch.tip, trainer.state)
    assert branch.stretches[-1].until == trainer.state.t
    evaluation = evaluate(spec, trainer.state.theta)
    assert goal.is_reached(spec, evaluation)
    if goal.loss is None:
        right = is_right(evaluation.outputs, spec.data.targets, "sigmoid")
        assert right.all()


def test_the_fast_kernel_stands_at_the_same_epoch_in_slices_of_any_size(with_numba: None) -> None:
    pytest.importorskip("numba")
    assert choice.fastest(XOR.spec, inf, "") == "numba"
    state = start_state(XOR.spec, XOR.start)
    ends = {
        arrived(XOR.spec, state, Goal(0.01), slices)[0].state.t for slices in (1, 13, 5000, None)
    }
    assert len(ends) == 1


def test_where_it_is_reached_already_nothing_is_trained() -> None:
    state = start_state(XOR.spec, XOR.start)
    trainer, taken = arrived(XOR.spec, state, Goal(1e3), 50)
    assert trainer.reached and trainer.state is state
    assert len(taken) == 1 and taken[0].points[:, 0].tolist() == [0.0]


def test_within_an_epoch_it_goes_on_to_the_end_of_one() -> None:
    spec, state = batches()
    state = iterate(spec, state).next_state
    trainer, taken = arrived(spec, state, Goal(1e3), 1)
    assert spec.epoch_of(trainer.state.t) == (1, 0)
    assert np.concatenate([progress.points for progress in taken])[:, 0].tolist() == [1.0]


def test_what_is_never_reached_ends_at_the_bound() -> None:
    trainer, _ = arrived(XOR.spec, start_state(XOR.spec, XOR.start), Goal(1e-9), 64, most=300)
    assert not trainer.reached and trainer.state.t == 300


def test_targets_that_are_no_classes_are_never_right() -> None:
    document = read_example("mazur-2-2-2")
    values = replace(document.spec.data, targets=np.array([[0.3, 0.7]]))
    spec = replace(document.spec, data=values)
    assert Goal().why_not(spec) and not Goal().why_not(XOR.spec) and not Goal(0.1).why_not(spec)
    trainer, _ = arrived(spec, start_state(spec, document.start), Goal(), 10, most=50)
    assert not trainer.reached
