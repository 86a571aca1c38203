"""Roads that fork: edits in the past, the way back over them, and what is left beside."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from engine.documents.reading import read_document, write_document
from engine.maths.network import Parameter
from engine.maths.optimizers import Optimizer
from engine.run import edits
from engine.run.iteration import evaluate, iterate
from engine.run.spec import Batching, State
from gui.session.named_edits import Intents
from tests.gui.conftest import xor_spec
from tests.gui.session.conftest import Watched


def test_an_edit_after_millions_of_epochs_names_the_epoch_with_all_its_digits(
    mazur: Watched,
) -> None:
    session = mazur.session
    document = session.document()
    state = State(document.start, t=2_229_399)
    session.open(replace(document, state=state, updates=None))
    session.apply("w5 = 0.4", edits.set_parameters, [(Parameter(2, 0, 0), 0.4)])
    assert session.undo_stack.undoText() == "w5 = 0.4 (epoch 2,229,399)"


def test_undo_after_an_edit_and_training_returns_to_the_edit_and_redo_to_the_tip(
    mazur: Watched,
) -> None:
    session = mazur.session
    session.advance(50, 0)
    before = mazur.view
    w5 = Parameter(2, 0, 0)
    session.apply("w5 = 0.4", edits.set_parameters, [(w5, 0.4)])
    edited = mazur.view
    session.advance(500, 0)
    trained = mazur.view
    assert session.undo_stack.undoText() == "w5 = 0.4 (epoch 50)"
    session.undo_stack.undo()
    assert mazur.view.t == 50 and np.array_equal(mazur.view.theta, before.theta)
    session.undo_stack.redo()
    assert mazur.view.t == trained.t == 550
    assert np.array_equal(mazur.view.theta, trained.theta)
    session.go_to_epoch(50)
    assert np.array_equal(mazur.view.theta, edited.theta)
    session.back("iteration")
    assert mazur.view.t == 49
    session.step("iteration")
    assert np.array_equal(mazur.view.theta, edited.theta)


def test_training_from_an_earlier_moment_follows_the_road_through_its_forks(
    mazur: Watched, qtbot: QtBot
) -> None:
    session = mazur.session
    session.advance(60, 0)
    session.apply("w1 = 1", edits.set_parameters, [(Parameter(1, 0, 0), 1.0)])
    session.advance(60, 0)
    expected = mazur.view
    session.go_to_epoch(10)
    session.train()
    qtbot.waitUntil(lambda: mazur.view.t > 130)
    session.pause()
    session.go_to_epoch(120)
    assert np.array_equal(mazur.view.theta, expected.theta)
    assert not mazur.view.ghosts


def test_training_shows_each_moment_of_the_road_on_both_sides_of_a_fork(
    mazur: Watched, qtbot: QtBot
) -> None:
    session = mazur.session
    session.advance(20, 0)
    session.apply("w1 = 9", edits.set_parameters, [(Parameter(1, 0, 0), 9.0)])
    session.advance(70, 0)
    expected = {}
    for t in range(91):
        session.go_to_epoch(t)
        expected[t] = mazur.view.theta
    session.go_to_epoch(10)
    mazur.views.clear()
    session.set_pace(100.0)  # a slice has 11 updates at most
    session.goal = 90
    session.train()
    qtbot.waitUntil(lambda: not session.training)
    shown = [view.t for view in mazur.views]
    assert 20 in shown and len({t for t in shown if 20 < t < 90}) >= 6
    for view in mazur.views:
        assert np.array_equal(view.theta, expected[view.t]), view.t


def test_an_edit_in_the_past_leaves_the_old_road_as_a_ghost(mazur: Watched) -> None:
    session = mazur.session
    session.advance(30, 0)
    session.go_to_epoch(10)
    session.apply(
        "learning rate = 2", edits.set_optimizer, Optimizer().changed(learning_rate=2.0)
    )
    [ghost] = mazur.view.ghosts
    assert ghost.points[:, 0].tolist() == list(range(10, 31))
    assert mazur.view.curve[:, 0].tolist() == list(range(11))
    session.go_to_branch(ghost.branch)
    assert mazur.view.t == 30 and mazur.view.spec.optimizer["learning_rate"] == 0.5


@given(st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_walks_end_where_a_fresh_run_of_the_same_history_ends(
    qapp: object, data: st.DataObject
) -> None:
    """Step, back, jump, edit, undo, train, drag the handle: the state is always the road's."""
    spec, start = xor_spec()
    batching = data.draw(st.sampled_from([Batching(), Batching(1, True), Batching(3, False)]))
    spec, start = edits.set_batching(spec, start, batching.size, batching.shuffled)
    watched = Watched()
    watched.open(spec, start)
    session = watched.session
    intents = Intents(session)
    for _ in range(data.draw(st.integers(1, 15))):
        move = data.draw(st.sampled_from(["step", "back", "seek", "edit", "undo", "redo", "train",
                                          "drag", "return", "hide", "remove"]))
        if move in ("step", "back"):
            grain = data.draw(st.sampled_from(["number", "layer", "pass", "iteration", "epoch"]))
            getattr(session, move)(grain)
        elif move == "seek":
            session.seek(data.draw(st.integers(0, len(session.spec.steps))))
        elif move == "edit":
            value = data.draw(st.floats(-2, 2))
            session.apply("w", edits.set_parameters, [(Parameter(1, 0, 0), value)])
        elif move in ("undo", "redo"):
            getattr(session.undo_stack, move)()
        elif move == "train":
            session.advance(data.draw(st.integers(1, 5)), 0)
        elif move in ("return", "hide", "remove"):
            if watched.view.ghosts:
                number = data.draw(st.sampled_from(watched.view.ghosts)).branch
                {
                    "return": session.go_to_branch,
                    "hide": lambda n: intents.hide_road(n, True),
                    "remove": intents.remove_road,
                }[move](number)
        else:
            session.go_to_epoch(data.draw(st.floats(0, 20)))
    view, leaf = watched.view, session.place.branch
    # The same history, run afresh: each branch of the road from its first state.
    state = session.history.road(leaf)[0].frames[0]
    road = session.history.road(leaf)
    for branch, following in zip(road, [*road[1:], None], strict=True):
        state = branch.frames[branch.fork_t]
        stop = view.t if following is None else min(view.t, following.fork_t)
        while state.t < stop:
            state = iterate(branch.spec, state).next_state
        if state.t == view.t and (following is None or view.t < following.fork_t):
            break
    assert np.array_equal(view.theta, state.theta)
    assert view.loss == evaluate(view.spec, state.theta).loss
    session.close()


def test_a_rename_leaves_no_ghost_and_holds_at_each_moment_of_the_run(mazur: Watched) -> None:
    session, intents = mazur.session, Intents(mazur.session)
    session.advance(20, 0)
    intents.set_optimizer_setting("learning_rate", 0.1)
    session.advance(20, 0)
    end = mazur.view
    session.go_to_epoch(30)
    session.seek(3)
    intents.rename_unit(1, 0, "edge")
    assert not mazur.view.ghosts and session.place.moment == (30, 3)
    assert mazur.view.iteration is not None
    assert mazur.view.iteration.spec.network.layers[0].units == ("edge", "h2")
    assert session.undo_stack.undoText() == "Rename h1: edge (epoch 30)" and session.is_changed
    for epoch in (0, 10, 35):
        session.go_to_epoch(epoch)
        assert mazur.view.spec.network.layers[0].units == ("edge", "h2")
    session.go_to_epoch(40)
    assert np.array_equal(mazur.view.theta, end.theta)
    again = read_document(write_document(session.document()))
    assert [road.spec.network.layers[0].units[0] for road in again.roads] == ["edge", "edge"]
    session.undo_stack.undo()
    assert session.place.moment == (30, 3) and not mazur.view.ghosts
    for epoch in (30, 10):
        session.go_to_epoch(epoch)
        assert mazur.view.spec.network.layers[0].units == ("h1", "h2")
    session.undo_stack.redo()
    assert mazur.view.spec.network.layers[0].units == ("edge", "h2")
    session.advance(5, 0)
    assert mazur.view.t == 45 and not mazur.view.ghosts


def test_a_rename_that_is_refused_changes_nothing(mazur: Watched) -> None:
    mazur.session.advance(5, 0)
    Intents(mazur.session).rename_unit(1, 0, "h2")
    assert "h2" in mazur.refused[-1] and mazur.session.undo_stack.count() == 0
    assert mazur.view.spec.network.layers[0].units == ("h1", "h2")
