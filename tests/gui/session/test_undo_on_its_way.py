"""An undo whose moment has to be worked out first: whatever is done meanwhile, the stack says what
can be undone from what is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.maths.network import Parameter
from engine.run import edits
from engine.training.history import History
from gui.session import cursor
from gui.session.failure import Failure
from gui.session.session import Session
from tests.gui.session.conftest import Watched

T, LATER = 1_501, 3_501  # between two key frames
W1, W2 = Parameter(1, 0, 0), Parameter(1, 0, 1)


@pytest.fixture
def edited(mazur: Watched, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Trained, gone back and edited, twice; then all that has to be replayed is
    worked out beside the window."""
    session = mazur.session
    for moment, parameter in ((T, W1), (LATER, W2)):
        session.advance(5_000, 0)
        session.go_to_epoch(moment)
        session.apply("w = 2", edits.set_parameters, [(parameter, 2.0)])
    session.advance(100, 0)
    tip = session.place
    for t in (9, 17, 25, 33, 41):  # the states replayed last are others than those undone to
        session.go_to_epoch(t)
    session.go_to_branch(tip.branch)
    monkeypatch.setattr(cursor, "PATIENCE_SECONDS", 0.0)
    return mazur


def undo(watched: Watched) -> None:
    """Undo, which does not come to its end yet."""
    watched.session.undo_stack.undo()
    assert watched.session.busy


def test_it_arrives(edited: Watched) -> None:
    session = edited.session
    undo(edited)
    session.finish()
    assert session.place.t == LATER and session.undo_stack.index() == 1
    undo(edited)
    session.finish()
    assert session.place.t == T and session.undo_stack.index() == 0
    session.undo_stack.redo()
    session.finish()
    assert session.place.t == LATER and session.undo_stack.index() == 1


def test_two_at_once_lead_to_the_same_as_one_after_the_other(edited: Watched) -> None:
    session = edited.session
    shown = np.array(session.state.theta)
    undo(edited)
    undo(edited)
    session.finish()
    assert session.place.t == T and session.undo_stack.index() == 0
    session.undo_stack.redo()
    session.undo_stack.redo()
    session.finish()
    assert session.undo_stack.index() == 2 and np.array_equal(session.state.theta, shown)
    assert edited.refused == []


@pytest.mark.parametrize(
    "move",
    [
        lambda session: session.step("number"),
        lambda session: session.seek(3),
        lambda session: session.document(),
        lambda session: session.pause(),
        lambda session: session.draw_curtain(None),
    ],
    ids=["step", "seek", "save", "pause", "curtain"],
)
@pytest.mark.parametrize("times", [1, 2])
def test_a_move_calls_it_off_and_it_can_be_undone_again(
    edited: Watched, qtbot: QtBot, move: Callable[[Session], object], times: int
) -> None:
    session = edited.session
    place, words = session.place, session.undo_stack.undoText()
    for _ in range(times):
        undo(edited)
    move(session)
    session.finish()
    assert (session.place.branch, session.place.t) == (place.branch, place.t)
    assert session.undo_stack.index() == 2 and session.undo_stack.undoText() == words
    assert not session.undo_stack.canRedo()
    qtbot.waitUntil(lambda: bool(edited.refused))
    assert edited.refused[0].startswith("Undo was called off")
    session.undo_stack.undo()
    session.finish()
    assert session.place.t == LATER and session.undo_stack.index() == 1


def test_an_edit_meanwhile_is_made_to_what_is_shown(edited: Watched) -> None:
    session = edited.session
    index, expected = session.spec.network.index(W1), np.array(session.state.theta)
    undo(edited)
    session.apply("w1 = 3", edits.set_parameters, [(W1, 3.0)])
    before, expected[index] = expected[index], 3.0
    assert np.array_equal(session.state.theta, expected)
    assert session.undo_stack.count() == 3 and session.undo_stack.undoText().startswith("w1 = 3")
    session.undo_stack.undo()
    session.finish()
    assert session.undo_stack.undoText().startswith("w = 2")
    assert session.state.theta[index] == before


def test_a_redo_that_is_called_off_leads_there_later(edited: Watched) -> None:
    session = edited.session
    session.go_to_epoch(LATER + 42)
    session.finish()
    end = session.place
    undo(edited)
    session.finish()
    for t in (9, 17, 25, 33, 41):
        session.go_to_epoch(t)
        session.finish()
    before = session.place
    session.undo_stack.redo()
    assert session.busy
    session.seek(2)
    assert session.place.t == before.t and session.undo_stack.index() == 1
    session.undo_stack.redo()
    session.finish()
    assert session.place == end and session.undo_stack.index() == 2


def test_one_that_fails_has_not_happened(
    edited: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = edited.session
    told: list[type] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: told.append(kind))
    place = session.place
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise ZeroDivisionError

        patch.setattr(History, "state_at", fail)
        undo(edited)
        session.finish()
    assert told == [Failure]
    assert session.place == place and session.undo_stack.index() == 2
    undo(edited)
    session.finish()
    assert session.undo_stack.index() == 1
