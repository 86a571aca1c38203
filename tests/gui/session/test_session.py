"""The session from outside: what the person does, and the views that come of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from engine.documents.reading import read_document, write_document
from engine.maths.network import Layer, Network, Parameter
from engine.maths.optimizers import Optimizer
from engine.run import edits, reshaping
from engine.run.iteration import evaluate, iterate
from engine.run.spec import Data, Spec, State
from gui.session.session import Session
from tests.gui.conftest import mazur_spec, xor_spec
from tests.gui.session.conftest import Watched, diverging


def test_each_press_of_step_reveals_one_more_and_back_takes_it_away(mazur: Watched) -> None:
    session = mazur.session
    for k in range(1, 35):
        session.step()
        assert (mazur.view.t, mazur.view.revealed) == (0, k)
    session.step()
    assert (mazur.view.t, mazur.view.revealed) == (1, 1)
    assert mazur.view.loss == pytest.approx(0.29102777369359933, rel=1e-12)
    session.back()
    assert (mazur.view.t, mazur.view.revealed) == (0, 34)
    for _ in range(34):
        session.back()
    assert (mazur.view.t, mazur.view.revealed) == (0, 0)
    assert not mazur.view.can_go_back
    assert mazur.view.loss == pytest.approx(0.2983711087600027, rel=1e-12)


@pytest.mark.parametrize("grain", ["number", "layer", "pass", "iteration", "epoch"])
def test_every_moment_is_the_same_on_the_way_back(mazur: Watched, grain: str) -> None:
    session = mazur.session
    session.set_grain(grain)
    there = []
    for _ in range(40):
        session.step()
        there.append((mazur.view.t, mazur.view.revealed, mazur.view.theta))
    for t, revealed, theta in reversed(there):
        while (mazur.view.t, mazur.view.revealed) > (t, revealed):
            session.back()
        assert np.array_equal(mazur.view.theta, theta)


def test_training_goes_on_until_paused_and_gives_what_stepping_gives(
    mazur: Watched, qtbot: QtBot
) -> None:
    session = mazur.session
    session.train()
    qtbot.waitUntil(lambda: mazur.view.t > 200)
    assert mazur.view.training
    session.pause()
    assert not mazur.view.training
    spec, state = mazur_spec()
    for _ in range(mazur.view.t):
        state = iterate(spec, state).next_state
    assert np.array_equal(mazur.view.theta, state.theta)
    assert len(mazur.view.curve) == mazur.view.t + 1
    assert mazur.view.curve[-1, 1] == mazur.view.loss


@pytest.mark.parametrize(
    ("move", "t"),
    [
        (lambda session: session.step("iteration"), None),
        (lambda session: session.back("number"), None),
        (lambda session: session.seek(5), None),
        (lambda session: session.go_to_epoch(3), 3),
        (lambda session: session.go_to_branch(0), 10),
        (lambda session: session.go_on_to(7), 7),
        (lambda session: session.show_step(4, None, None), 4),
        (lambda session: session.undo_stack.undo(), 10),
        (lambda session: session.reset(), 0),
        (lambda session: session.pause(), None),
    ],
    ids=["step", "back", "seek", "epoch", "branch", "on to", "show", "undo", "reset", "pause"],
)
def test_each_move_stops_training_and_shows_a_moment_of_the_run(
    mazur: Watched, qtbot: QtBot, move: Callable[[Session], None], t: int | None
) -> None:
    session = mazur.session
    session.advance(10, 0)
    session.apply("w1 = 9", edits.set_parameters, [(Parameter(1, 0, 0), 9.0)])
    session.train()
    qtbot.waitUntil(lambda: mazur.view.t > 20)
    move(session)
    assert not session.training and not mazur.view.training
    assert t is None or mazur.view.t == t
    spec, state = mazur_spec()
    while state.t < mazur.view.t:
        state = iterate(spec, state).next_state
        if state.t == 10 and t != 10:
            theta = np.array(state.theta)
            theta[0] = 9.0
            state = replace(state, theta=theta)
    assert np.array_equal(mazur.view.theta, state.theta)


def test_what_a_listener_changes_is_told_once_everyone_has_heard(mazur: Watched) -> None:
    session, told = mazur.session, []
    session.changed.connect(
        lambda view: session.set_digits(4) if view.revealed and view.digits != 4 else None
    )
    session.changed.connect(lambda view: told.append((view.revealed, view.digits)))
    session.step()
    assert told == [(1, 6), (1, 4)]


def test_the_pace_holds_training_back(mazur: Watched, qtbot: QtBot) -> None:
    session = mazur.session
    session.set_pace(20.0)
    session.train()
    qtbot.waitUntil(lambda: mazur.view.t >= 5)
    qtbot.wait(200)
    assert mazur.view.t < 40
    session.set_pace(None)
    qtbot.waitUntil(lambda: mazur.view.t > 400)


def test_an_edit_keeps_the_cursor_at_its_step(mazur: Watched) -> None:
    session = mazur.session
    session.seek(13)
    step = mazur.view.step
    session.apply("3 hidden", reshaping.set_units, 1, 3)
    assert mazur.view.step == step
    session.undo_stack.undo()
    assert mazur.view.revealed == 13
    assert mazur.view.spec.network.sizes == (2, 2, 2)


def test_reset_returns_to_the_same_start_values_and_undo_brings_the_run_back(
    mazur: Watched,
) -> None:
    session = mazur.session
    session.apply("w1 = 0.5", edits.set_parameters, [(Parameter(1, 0, 0), 0.5)])
    start = mazur.view.theta
    session.advance(20, 0)
    trained = mazur.view.theta
    session.reset()
    assert mazur.view.t == 0 and np.array_equal(mazur.view.theta, start)
    session.undo_stack.undo()
    assert mazur.view.t == 20 and np.array_equal(mazur.view.theta, trained)


def test_an_edit_in_the_middle_leaves_the_start_values(mazur: Watched) -> None:
    session = mazur.session
    start = mazur.view.theta
    session.advance(5, 0)
    session.apply("w1 = 9", edits.set_parameters, [(Parameter(1, 0, 0), 9.0)])
    session.reset()
    assert np.array_equal(mazur.view.theta, start)


def test_new_seed_draws_other_values_and_the_same_again_for_the_same_seed(
    mazur: Watched,
) -> None:
    session = mazur.session
    session.new_seed()
    first = mazur.view.theta
    session.new_seed()
    second = mazur.view.theta
    assert not np.array_equal(first, second)
    session.undo_stack.undo()
    assert np.array_equal(mazur.view.theta, first)
    session.new_seed()
    assert np.array_equal(mazur.view.theta, second)


def test_what_cannot_be_trained_is_refused_and_changes_nothing(mazur: Watched) -> None:
    session = mazur.session
    before = mazur.view
    assert not session.apply("none", reshaping.set_units, 1, 0)
    assert mazur.refused == ["A layer needs at least one unit."]
    assert mazur.view.spec is before.spec and not session.undo_stack.canUndo()


def test_a_diverging_run_stops_says_where_and_leads_back(watched: Watched, qtbot: QtBot) -> None:
    watched.open(*diverging())
    session = watched.session
    session.train()
    qtbot.waitUntil(lambda: watched.view.divergence is not None)
    view = watched.view
    assert not view.training
    assert view.divergence is not None and view.divergence.iteration == view.t + 1
    assert view.revealed == len(view.steps)
    session.leave_divergence()
    assert watched.view.divergence is None and watched.view.revealed == 0
    assert np.isfinite(watched.view.theta).all()


def test_stepping_into_divergence_says_so_too(watched: Watched) -> None:
    watched.open(*diverging())
    for _ in range(30):
        watched.session.step("iteration")
    assert watched.view.divergence is not None
    assert np.isfinite(watched.view.theta).all()


def test_a_saved_document_opens_where_it_was_left(mazur: Watched) -> None:
    session = mazur.session
    session.advance(40, 0)
    session.apply("w1 = 1", edits.set_parameters, [(Parameter(1, 0, 0), 1.0)])
    session.advance(10, 0)
    session.move_unit("h1", 0.25, -0.5)
    session.go_to_epoch(45)
    session.seek(13)
    session.set_grain("layer")
    before = mazur.view
    data = write_document(session.document())

    other = Watched()
    other.session.open(read_document(data))
    after = other.view
    assert (after.t, after.revealed, after.grain) == (45, 13, "layer")
    assert np.array_equal(after.theta, before.theta)
    assert np.array_equal(after.curve, before.curve)
    assert after.layout == {"h1": (0.25, -0.5)}
    assert not after.changed
    # The road goes on to where it had come, and back beyond the edit.
    other.session.go_to_epoch(50)
    session.go_to_epoch(50)
    assert np.array_equal(other.view.theta, mazur.view.theta)
    for of in (other.session, session):
        for _ in range(20):
            of.back("iteration")
    assert other.view.t == 30 and np.array_equal(other.view.theta, mazur.view.theta)
    # Reset goes back to the start values of the very beginning.
    other.session.reset()
    session.reset()
    assert np.array_equal(other.view.theta, mazur.view.theta)
    other.session.close()


def test_another_document_is_shown_as_if_nothing_had_been_open_before(
    mazur: Watched, qtbot: QtBot
) -> None:
    session = mazur.session
    session.step()
    session.apply("w1 = 9", edits.set_parameters, [(Parameter(1, 0, 0), 9.0)])
    session.reset()
    session.train()
    qtbot.waitUntil(lambda: mazur.view.t > 0)
    spec, state = xor_spec()
    mazur.views.clear()
    mazur.open(spec, state)
    assert [view.t for view in mazur.views] == [0]
    assert not mazur.view.training and not mazur.view.changed
    assert mazur.view.loss == evaluate(spec, state.theta).loss
    assert not session.undo_stack.canUndo()
    session.step()
    assert mazur.view.iteration is not None
    assert mazur.view.iteration.loss == iterate(spec, state).loss
    assert mazur.view.sample_pass.a[0].tolist() == spec.data.inputs[0].tolist()


def test_what_is_saved_during_training_is_whole_and_training_goes_on(
    mazur: Watched, qtbot: QtBot
) -> None:
    session = mazur.session
    session.document()
    assert not session.training
    session.goal = 100
    session.set_pace(200.0)  # a slice has 21 updates at most
    session.train()
    qtbot.waitUntil(lambda: mazur.view.t > 5)
    document = session.document()
    saved_t = session.place.t
    assert session.training
    qtbot.waitUntil(lambda: not session.training)
    assert mazur.view.t == 100
    other = Watched()
    other.session.open(read_document(write_document(document)))
    assert other.view.t == saved_t
    session.go_to_epoch(saved_t)
    assert np.array_equal(other.view.theta, mazur.view.theta)
    assert other.view.curve[:, 0].tolist() == list(range(saved_t + 1))
    other.session.close()


def test_only_what_would_be_lost_counts_as_changed(mazur: Watched) -> None:
    session = mazur.session
    assert not mazur.view.changed
    session.step()
    assert not mazur.view.changed
    session.step("epoch")
    assert mazur.view.changed
    session.mark_saved()
    assert not mazur.view.changed
    session.apply("w1 = 1", edits.set_parameters, [(Parameter(1, 0, 0), 1.0)])
    assert mazur.view.changed
    session.undo_stack.undo()
    assert not mazur.view.changed
    session.move_unit("h1", 0.3, 0.2)  # the run is the same
    assert mazur.view.changed


def test_a_large_network_never_holds_the_window_up(watched: Watched, qtbot: QtBot) -> None:
    """What is dear is None at first, and follows; Pause answers in the middle of an iteration."""
    units = tuple(f"h{i}" for i in range(256))
    network = Network(("x", "y"), (Layer(units, "tanh"), Layer(("o",), "sigmoid")))
    generator = np.random.default_rng(0)
    data = Data(generator.normal(size=(40_000, 2)), np.zeros((40_000, 1)), ("t",))
    spec = Spec(network, "half_squared_error", "mean", Optimizer(), data)
    watched.open(spec, State(network.draw("glorot_uniform", 1)))
    assert watched.view.evaluation is None
    qtbot.waitUntil(lambda: watched.view.evaluation is not None, timeout=20_000)
    watched.session.seek(3)
    assert watched.view.iteration is None and watched.view.revealed == 3
    qtbot.waitUntil(lambda: watched.view.iteration is not None, timeout=20_000)
    watched.session.train()
    watched.session.pause()
    assert not watched.view.training
    watched.session.step("iteration")
    qtbot.waitUntil(lambda: watched.view.t == 1, timeout=20_000)


def test_views_come_once_for_each_thing_done(mazur: Watched) -> None:
    for act in (
        mazur.session.step,
        mazur.session.back,
        lambda: mazur.session.set_grain("layer"),
        mazur.session.new_seed,
        lambda: mazur.session.apply("w", edits.set_parameters, [(Parameter(1, 0, 0), 2.0)]),
        mazur.session.reset,
    ):
        count = len(mazur.views)
        act()
        assert len(mazur.views) == count + 1


def test_the_sample_is_a_lens_and_nothing_else(watched: Watched) -> None:
    watched.open(*xor_spec())
    watched.session.seek(4)
    steps = len(watched.view.steps)
    watched.session.choose_sample(3)
    assert watched.view.sample == 3 and len(watched.view.steps) == steps
    assert watched.view.revealed == 4 and not watched.view.changed
    assert watched.view.sample_pass.a[0].tolist() == [1.0, 1.0]


def test_a_reset_of_what_never_ran_is_no_change(mazur: Watched) -> None:
    session = mazur.session
    session.advance(0, 7)
    session.reset()
    assert not session.is_changed and not mazur.view.changed
    assert session.undo_stack.count() == 0 and session.place.moment == (0, 0)
    session.apply("w1 = 1", edits.set_parameters, [(Parameter(1, 0, 0), 1.0)])
    session.reset()  # these are the start values now
    assert session.undo_stack.count() == 1 and mazur.view.theta[0] == 1.0
    session.advance(1, 0)
    session.reset()
    assert session.is_changed and session.undo_stack.count() == 2 and len(mazur.view.ghosts) == 1
