"""History: any moment of any road again, to the bit, within the memory bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.maths.network import Parameter
from engine.run.edits import set_optimizer, set_parameters, set_settings
from engine.run.iteration import iterate
from engine.run.reshaping import set_units
from engine.run.spec import Spec, State, start_state
from engine.training.history import MAX_FRAMES, History, Place
from engine.training.trainer import Progress, Trainer
from tests.engine.conftest import specs
from tests.engine.training.test_trainer import same


def trained(history: History, leaf: int, iterations: int) -> bool:
    """Train the tip of a branch on; whether it stayed finite."""
    branch = history.branches[leaf]
    trainer = Trainer(branch.spec, branch.tip, branch.frame_every, branch.curve.last_epoch)
    progress = trainer.advance(iterations)
    history.record(branch, progress)
    return progress.divergence is None


@given(specs(), st.lists(st.tuples(st.integers(1, 9), st.floats(-1, 1)), max_size=3), st.data())
@settings(max_examples=60)
def test_a_road_with_edits_is_a_fresh_run_with_the_same_edits(
    spec: Spec, edits: list[tuple[int, float]], data: st.DataObject
) -> None:
    start = start_state(spec)
    history, expected = History(spec, start.theta, start), [start]
    leaf, now = 0, spec
    for iterations, value in [*edits, (3, 0.0)]:
        if not trained(history, leaf, iterations):
            return
        for _ in range(iterations):
            expected.append(iterate(now, expected[-1]).next_state)
        # Edit somewhere on the road so far, and go on from there.
        t = data.draw(st.integers(history.branches[leaf].fork_t, len(expected) - 1))
        state = history.state_at(leaf, t)
        assert same(state, expected[t])
        parameter = Parameter(1, 0, 0)
        value = 0.0 if now.network.held(parameter) == "cut" else value
        changed, edited = set_parameters(now, state, [(parameter, value)])
        optimizer = now.optimizer.changed(learning_rate=abs(value) + 0.01)
        changed, edited = set_optimizer(changed, edited, optimizer)
        place = Place(history.branches[leaf], t)
        leaf = history.fork(place, "edit", changed, start.theta, edited).number
        expected[t:], now = [edited], changed
    for t in data.draw(st.permutations(range(len(expected)))):
        assert same(history.state_at(leaf, t), expected[t])


def test_a_road_with_other_metrics_begins_a_curve_of_its_own() -> None:
    """With the same ones its curve begins with the parent's points up to the fork."""
    document = read_example("xor-2-3-1")
    spec, start = document.spec, start_state(document.spec, document.start)
    history = History(spec, start.theta, start)
    trained(history, 0, 10)
    state, columns = history.state_at(0, 6), {}
    for metrics in (spec.metrics, ()):
        changed, edited = set_settings(spec, state, metrics=metrics)
        fork = Place(history.branches[0], 6)
        leaf = history.fork(fork, "edit", changed, start.theta, edited).number
        trained(history, leaf, 3)
        columns[metrics] = history.branches[leaf].curve.points
    same_ones, others = columns[spec.metrics], columns[()]
    assert len(spec.metrics) == 1 and same_ones.shape[1] == 3 and others.shape[1] == 2
    assert same_ones[:, 0].tolist() == list(range(10))
    assert others[:, 0].tolist() == [6.0, 7.0, 8.0, 9.0]
    assert np.array_equal(others, same_ones[6:, :2])


def small_spec() -> Spec:
    from tests.engine.training.test_trainer import linear_spec

    return linear_spec(1e-4)


def test_frames_are_thinned_and_every_moment_stays_within_reach() -> None:
    spec = small_spec()
    start = start_state(spec)
    history = History(spec, start.theta, start)
    for _ in range(10):
        trained(history, 0, 2000)
    branch = history.branches[0]
    assert len(branch.frames) <= MAX_FRAMES
    assert max(history.replay_length(0, t) for t in range(0, 20_000, 7)) < branch.frame_every
    assert len(branch.curve.points) == 20_001
    direct = Trainer(spec, start).advance(12_345).state
    assert same(history.state_at(0, 12_345), direct)


def test_the_memory_bound_holds_over_all_branches() -> None:
    spec = small_spec()
    start = start_state(spec)
    frame = start.nbytes
    history = History(spec, start.theta, start)
    history.memory = 40 * frame
    for leaf in range(3):
        trained(history, leaf, 500)
        assert sum(len(b.frames) for b in history.branches) <= 40
        place = Place(history.branches[leaf], 250)
        history.fork(place, "edit", spec, start.theta, history.state_at(leaf, 250))
    assert same(history.state_at(0, 499), Trainer(spec, start).advance(499).state)


def test_a_smaller_bound_is_kept_to_at_once_and_nothing_is_lost() -> None:
    spec = small_spec()
    start = start_state(spec)
    history = History(spec, start.theta, start)
    trained(history, 0, 800)
    expected = history.state_at(0, 397)
    whole = history.nbytes
    history.memory = whole // 4
    assert history.nbytes <= whole // 4
    assert history.replay_length(0, 397) > 0  # what was replayed last went too
    assert same(history.state_at(0, 397), expected)


def test_the_bound_includes_the_curves_of_roads_that_were_left() -> None:
    spec = small_spec()
    start = start_state(spec)
    bound = 1_000_000
    history = History(spec, start.theta, start)
    history.memory = bound
    for leaf in range(4):
        branch = history.branches[leaf]
        points = np.array([(float(epoch), float(epoch % 7)) for epoch in range(1, 20_000)])
        history.record(branch, Progress(start, points))
        assert history.nbytes <= bound
        history.restart("reset", spec, start.theta, start)
    assert sum(branch.curve.nbytes for branch in history.branches) <= bound


def test_a_removed_road_keeps_what_leads_to_others_and_can_be_replayed() -> None:
    spec = small_spec()
    start = start_state(spec)
    history = History(spec, start.theta, start)
    trained(history, 0, 100)
    expected = [Trainer(spec, start).advance(t).state for t in (10, 40, 90)]
    history.fork(Place(history.branches[0], 40), "edit", spec, start.theta, history.state_at(0, 40))
    history.give_up(0)
    assert history.replay_length(0, 39) == 0 and history.replay_length(0, 90) == 50
    for state in expected:
        assert same(history.state_at(0, state.t), state)
    assert same(history.state_at(0, 100), Trainer(spec, start).advance(100).state)


def test_what_was_left_is_told_with_its_own_points() -> None:
    spec = small_spec()
    start = start_state(spec)
    history = History(spec, start.theta, start)
    trained(history, 0, 10)
    place = Place(history.branches[0], 4)
    made = history.fork(place, "w = 1", spec, start.theta, history.state_at(0, 4))
    [(left, points)] = history.abandoned(made.number)
    assert left.number == 0
    assert points[:, 0].tolist() == [4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    trained(history, made.number, 3)
    assert [b.name for b, _ in history.abandoned(0)] == ["w = 1"]
    # The road's curve runs through the fork without a break.
    assert made.curve.points[:, 0].tolist() == [float(epoch) for epoch in range(8)]


def test_edits_at_one_moment_do_not_pile_up() -> None:
    spec = small_spec()
    start = start_state(spec)
    history = History(spec, start.theta, start)
    leaf = 0
    for value in (1.0, 2.0, 3.0):
        _, edited = set_parameters(spec, start, [(Parameter(1, 0, 0), value)])
        place = Place(history.branches[leaf], 0)
        leaf = history.fork(place, "edit", spec, edited.theta, edited).number
    assert [branch.number for branch in history.road(leaf)] == [leaf]


@pytest.mark.parametrize("epoch, t", [(-3.0, 0), (0.4, 0), (2.0, 2), (2.6, 3), (99.0, 10)])
def test_a_place_on_the_curve_is_a_moment_of_the_road(epoch: float, t: int) -> None:
    spec = small_spec()
    start = start_state(spec)
    history = History(spec, start.theta, start)
    trained(history, 0, 10)
    assert history.t_at_epoch(0, epoch) == t


def test_states_cannot_be_written_to() -> None:
    spec = small_spec()
    state = State(np.array(start_state(spec).theta))
    with pytest.raises(ValueError):
        state.theta[0] = 1.0


def test_there_is_no_place_that_its_road_does_not_have() -> None:
    spec = small_spec()
    start = start_state(spec)
    history = History(spec, start.theta, start)
    trained(history, 0, 10)
    root = history.branches[0]
    larger, state = set_units(spec, history.state_at(0, 4), 0, 5)
    made = history.fork(Place(root, 4), "5 inputs", larger, start.theta, state)
    trained(history, made.number, 2)
    before, after = len(spec.steps), len(larger.steps)
    assert before < after
    places = [Place(made, t, steps) for t, steps in ((0, before), (3, before), (4, after))]
    assert [place.owner for place in places] == [root, root, made]
    assert [place.spec for place in places] == [spec, spec, larger]
    for leaf, t, revealed in (
        (made, 3, before + 1), (made, 3, after), (made, 4, after + 1), (root, 4, after),
        (made, 4, -1), (made, -1, 0), (made, 7, 0), (root, 11, 0),
    ):
        with pytest.raises(ValueError, match="steps after|road runs"):
            Place(leaf, t, revealed)
    with pytest.raises(ValueError, match=f"{after} of {before} steps"):
        replace(places[-1], t=3)
