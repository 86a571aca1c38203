"""A run that was saved and opened again: the road back gives what was on the screen, to the bit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from engine.documents.document import Document
from engine.documents.examples import example_names, read_example
from engine.documents.reading import read_document, write_document
from engine.maths.activations import Array
from engine.maths.network import Parameter
from engine.maths.optimizers import Optimizer
from engine.run import edits
from engine.run.iteration import iterate
from engine.run.spec import start_state
from engine.training.kernels import choice
from engine.training.kernels.kernel import KERNELS, Stretch
from engine.training.trainer import Trainer
from gui.session.session import Session

MOMENTS = (700, 1_400, 1_999)


@pytest.fixture(autouse=True)
def without_numba(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """As in a program that has just begun; called, it is once more."""

    def begin() -> None:
        monkeypatch.setattr(choice, "_numba", choice._Numba())

    begin()
    return begin


@pytest.fixture
def opened(qapp: object) -> Iterator[Callable[[Document], Session]]:
    """opened(document): a session with it."""
    sessions: list[Session] = []

    def make(document: Document) -> Session:
        sessions.append(Session())
        sessions[-1].open(document)
        return sessions[-1]

    yield make
    for session in sessions:
        session.close()


def at(session: Session, t: int) -> Array:
    """Go to a moment of the road (four samples, all of them a batch); the parameters there."""
    session.go_to_epoch(t)
    session.finish()
    assert session.place.t == t
    return np.array(session.state.theta)


def trained_by_numba(session: Session) -> bytes:
    """600 updates by NumPy and 1,400 by numba; the file of it."""
    pytest.importorskip("numba")
    session.advance(600, 0)
    choice.load()
    session.advance(1_400, 0)
    return write_document(session.document())


def test_a_road_that_numba_took_is_the_same_when_it_is_opened_again(
    opened: Callable[[Document], Session]
) -> None:
    first = opened(read_example("xor-3-4-1"))
    data = trained_by_numba(first)
    assert json.loads(data)["stretches"] == [
        {"kernel": "numpy", "until": 600},
        {"kernel": "numba", "until": 2_000},
    ]
    seen = {t: at(first, t) for t in MOMENTS}
    again = opened(read_document(data))
    for t in MOMENTS:
        assert np.array_equal(at(again, t), seen[t])
    # Had the file not said it, the last digits would be others: so it was once.
    untold = opened(replace(read_document(data), stretches=()))
    assert not np.array_equal(at(untold, 1_999), seen[1_999])
    at(again, 2_000)
    assert write_document(again.document()) == data


def test_an_edited_road_keeps_the_kernels_that_took_it_from_the_edit_on(
    opened: Callable[[Document], Session]
) -> None:
    session = opened(read_example("xor-3-4-1"))
    trained_by_numba(session)
    at(session, 1_000)
    session.apply("w = 1", edits.set_parameters, [(Parameter(1, 0, 0), 1.0)])
    session.advance(900, 0)
    session.advance(3, 0)
    seen = {t: at(session, t) for t in (1_500, 1_902)}
    document = read_document(write_document(session.document()))
    assert document.stretches == (Stretch("numba", 1_900), Stretch("numpy", 1_903))
    again = opened(document)
    for t, theta in seen.items():
        assert np.array_equal(at(again, t), theta)


def test_an_abandoned_road_keeps_the_kernels_that_took_it(
    opened: Callable[[Document], Session]
) -> None:
    first = opened(read_example("xor-3-4-1"))
    trained_by_numba(first)
    at(first, 1_000)
    first.apply("w = 1", edits.set_parameters, [(Parameter(1, 0, 0), 1.0)])
    first.advance(900, 0)
    again = opened(read_document(write_document(first.document())))
    for number in (0, 1):
        for t in MOMENTS:
            seen, found = (each.history.state_at(number, t) for each in (first, again))
            assert np.array_equal(seen.theta, found.theta)
    assert again.history.branches[0].stretches == first.history.branches[0].stretches


def test_where_numba_is_missing_numpy_replays_until_it_is_loaded(
    opened: Callable[[Document], Session], without_numba: Callable[[], None]
) -> None:
    first = opened(read_example("xor-3-4-1"))
    document = read_document(trained_by_numba(first))
    seen = {t: at(first, t) for t in MOMENTS}
    without_numba()
    start = start_state(document.spec, document.start)
    again = opened(document)
    for t in MOMENTS:
        usual = Trainer(document.spec, start).advance(t).state.theta
        assert np.array_equal(at(again, t), usual)
    assert document.state is not None
    assert np.array_equal(at(again, 2_000), document.state.theta)
    choice.load()
    for t in MOMENTS:
        assert np.array_equal(at(again, t), seen[t])


def test_training_along_a_road_that_numpy_replays_goes_on_from_its_tip(
    opened: Callable[[Document], Session], without_numba: Callable[[], None], qtbot: QtBot
) -> None:
    first = opened(read_example("xor-3-4-1"))
    document = read_document(trained_by_numba(first))
    seen = {t: at(first, t) for t in MOMENTS}
    without_numba()
    assert document.state is not None
    session = opened(document)
    at(session, 10)
    session.goal = 2_001
    session.train()
    qtbot.waitUntil(lambda: not session.training)
    following = iterate(document.spec, document.state).next_state
    assert np.array_equal(session.state.theta, following.theta)
    # On the way no moment was kept that numba would not have come to.
    choice.load()
    for t in MOMENTS:
        assert np.array_equal(at(session, t), seen[t])


@pytest.mark.parametrize(
    "other",
    [
        {"optimizer": Optimizer().changed(learning_rate=0.1), "mistakes": ("wrong-sign",)},
        {"mistakes": ("updated-weights",)},
    ],
)
def test_a_kernel_that_is_not_for_the_run_is_replaced(
    opened: Callable[[Document], Session], other: dict[str, object]
) -> None:
    pytest.importorskip("numba")
    choice.load()
    base = read_example("xor-3-4-1")
    spec = replace(base.spec, **other)  # type: ignore[arg-type]
    start = start_state(spec, base.start)
    tip = Trainer(spec, start).advance(900).state
    for kernel in KERNELS:
        session = opened(
            replace(base, spec=spec, state=tip, stretches=(Stretch(kernel, 900),))
        )
        assert np.array_equal(at(session, 850), Trainer(spec, start).advance(850).state.theta)


@pytest.mark.parametrize("name", example_names())
def test_what_numpy_trained_needs_no_word_in_the_file(
    opened: Callable[[Document], Session], name: str
) -> None:
    session = opened(read_example(name))
    session.advance(2, 0)
    assert "stretches" not in json.loads(write_document(session.document()))
