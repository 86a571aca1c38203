"""A walk along a road: the states of the run itself, wherever a branch begins and whatever was
kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.run.spec import start_state
from engine.training.history import Branch, History, Place
from engine.training.road_walk import RoadWalk, moments_between
from engine.training.trainer import Trainer


def trained(history: History, branch: Branch, updates: int) -> None:
    trainer = Trainer(branch.spec, branch.tip, branch.frame_every, None)
    history.record(branch, trainer.advance(updates))


def a_road(first: int, second: int, memory: int | None = None) -> tuple[History, int]:
    """A run of so many updates, another learning rate, and as many more; within a memory."""
    document = read_example("xor-2-3-1-adam")
    spec = document.spec
    history = History(spec, document.start, start_state(spec, document.start))
    if memory is not None:
        history.memory = memory
    trained(history, history.branches[0], first)
    faster = replace(spec, optimizer=spec.optimizer.changed(learning_rate=0.03))
    place = Place(history.branches[0], first)
    made = history.fork(place, "faster", faster, document.start, history.branches[0].tip)
    trained(history, made, second)
    return history, made.number


@settings(max_examples=15)
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([None, 3_000, 30_000]))
def test_its_states_are_those_of_the_road(first: int, second: int, memory: int | None) -> None:
    history, leaf = a_road(first, second, memory)
    walk = RoadWalk(history, leaf, 8)
    assert walk.moments[0].t == 0 and walk.moments[-1].t == first + second
    for moment in walk.moments:
        state = walk.state(moment)
        wanted = history.state_at(leaf, moment.t)
        assert state is not None and state.t == wanted.t == moment.t
        np.testing.assert_array_equal(state.theta, wanted.theta)
        assert walk.spec(moment) is history.branches[leaf].spec_at(moment.t)


def test_backwards_it_is_the_same_as_forwards() -> None:
    history, leaf = a_road(90, 90, 3_000)
    walk = RoadWalk(history, leaf, 8)
    forwards = [walk.state(moment) for moment in walk.moments]
    backwards = [walk.state(moment) for moment in reversed(walk.moments)][::-1]
    for one, other in zip(forwards, backwards, strict=True):
        assert one is not None and other is not None
        np.testing.assert_array_equal(one.theta, other.theta)


@given(st.integers(0, 100), st.integers(0, 1_000_000), st.integers(4, 64))
def test_moments_are_few_and_have_both_ends(first: int, length: int, most: int) -> None:
    found = moments_between(first, first + length, most)
    assert found[0] == first and found[-1] == first + length
    assert found == sorted(set(found))
    assert len(found) <= most + 2 + length.bit_length()
    assert len(found) >= min(length + 1, most // 2)


@given(st.integers(64, 100_000), st.integers(1, 1000))
def test_a_longer_road_goes_on_with_the_same_moments(length: int, more: int) -> None:
    found, later = moments_between(0, length), set(moments_between(0, length + more))
    stride = found[-2] - found[-3]
    coarse = [t for t in found[:-1] if t % (2 * stride) == 0]
    assert more > length or later.issuperset(coarse)


def test_where_replays_took_too_long_what_was_not_kept_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history, leaf = a_road(90, 90, 3_000)
    monkeypatch.setattr("engine.training.road_walk._REPLAY_SECONDS", -1.0)
    walk = RoadWalk(history, leaf)
    found = [walk.state(moment) for moment in walk.moments]
    kept = {t for branch in history.road(leaf) for t in branch.frames}
    for moment, state in zip(walk.moments, found, strict=True):
        assert (state is not None) == (moment.t in kept or moment is walk.moments[-1])
