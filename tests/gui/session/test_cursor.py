"""The cursor on a road whose network changed its shape on the way: each moment has the steps and
the epochs of its own network, whichever way leads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QSpinBox

from engine.documents.document import Document
from engine.documents.reading import read_document, write_document
from engine.maths.optimizers import Optimizer
from engine.run import edits, reshaping
from engine.run.iteration import evaluate, iterate
from engine.run.spec import Spec, State
from engine.run.step_values import step_value
from engine.run.steps import GRAINS, STEP_ORDERS, StepId
from gui.session.session import Session
from gui.view import View
from gui.window.main_window import MainWindow
from tests.engine.conftest import printed_figure
from tests.gui.conftest import OpenWindow, xor_spec

Key, Modifier = Qt.Key, Qt.KeyboardModifier
Moment = tuple[int, int]


class Hands:
    """A window driven by keys, and where it stands."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.views: list[View] = []
        window.session.changed.connect(self.views.append)
        window.session.announce()

    def press(self, *keys: Key, modifier: Modifier = Modifier.NoModifier) -> None:
        for key in keys:
            QTest.keyClick(self.window.canvas.view, key, modifier)

    def choose_units(self, layer: int, count: int) -> None:
        units = self.window.findChild(QSpinBox, f"units{layer}")
        units.setFocus()
        units.selectAll()
        QTest.keyClicks(units, str(count))
        QTest.keyClick(units, Key.Key_Return)

    @property
    def view(self) -> View:
        return self.views[-1]

    @property
    def moment(self) -> Moment:
        return self.view.t, self.view.revealed


def test_back_over_a_new_unit_leads_to_the_last_step_of_the_old_network_and_is_saved(
    open_window: OpenWindow, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.backpass.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()))
    hands = Hands(open_window("mazur-2-2-2"))
    hands.press(Key.Key_E, Key.Key_Space)
    hands.choose_units(1, 3)
    assert hands.moment == (1, 1) and len(hands.view.steps) == 45
    hands.press(Key.Key_PageUp)
    assert hands.moment == (0, 34) and len(hands.view.steps) == 34
    assert hands.view.iteration is not None
    assert hands.view.step == StepId("check", "loss_after")
    hands.press(Key.Key_S, modifier=Modifier.ControlModifier)
    saved = read_document(path.read_bytes())
    assert (saved.updates, saved.revealed) == (0, StepId("check", "loss_after"))
    assert not hands.window.isWindowModified() and hands.window.close() and not asked


def test_back_over_a_unit_that_went_leads_to_the_last_step_too(open_window: OpenWindow) -> None:
    hands = Hands(open_window("xor-2-3-1"))
    hands.press(Key.Key_E, Key.Key_Space)
    hands.choose_units(1, 2)
    assert hands.moment == (1, 1) and len(hands.view.steps) == 30
    hands.press(Key.Key_PageUp)
    assert hands.moment == (0, 41) and hands.view.step == StepId("check", "loss_after")


def test_forward_by_pass_over_an_edit_goes_to_the_end_of_the_new_pass(
    open_window: OpenWindow,
) -> None:
    hands = Hands(open_window("mazur-2-2-2"))
    hands.press(Key.Key_E)
    hands.choose_units(1, 5)
    hands.press(Key.Key_PageUp)
    assert hands.moment == (0, 34)
    hands.press(Key.Key_PageDown, modifier=Modifier.ControlModifier)
    assert hands.moment == (1, 14) and hands.view.step == StepId("forward", "activation", 2, 1)
    hands.press(Key.Key_PageUp, modifier=Modifier.ControlModifier)
    assert hands.moment == (0, 34)
    hands.press(Key.Key_PageDown, modifier=Modifier.ShiftModifier)
    assert hands.moment == (1, 10)


@pytest.fixture
def cut_short(qapp: object) -> Iterator[Session]:
    """A run by two samples at a time that in its second epoch went on one by one."""
    session = Session()
    spec, start = edits.set_batching(*xor_spec(), 2, False)
    session.open(Document(spec=spec, start=np.array(start.theta)))
    for _ in range(3):
        session.step("iteration")
    session.apply("one by one", edits.set_batching, 1, False)
    for _ in range(6):
        session.step("iteration")
    yield session
    session.close()


def test_an_epoch_that_an_edit_cut_short_ends_there(cut_short: Session) -> None:
    session = cut_short
    session.go_to_epoch(0)
    there = [(2, 0), (3, 0), (7, 0), (11, 0)]
    for moment in there:
        session.step("epoch")
        assert session.place.moment == moment
    assert session.spec.epoch_of(11) == (4, 0)
    for moment in [*reversed(there[:-1]), (0, 0)]:
        session.back("epoch")
        assert session.place.moment == moment


def test_a_click_into_an_epoch_that_was_cut_short_leads_to_the_cut(cut_short: Session) -> None:
    clicks = {0.1: 0, 0.4: 1, 1.0: 2, 1.4: 3, 1.8: 3, 1.95: 3, 2.0: 3, 2.25: 4, 3.0: 7, 9.0: 9}
    for epoch, t in clicks.items():
        cut_short.go_to_epoch(epoch)
        assert cut_short.place.moment == (t, 0)


def test_training_on_over_samples_that_were_removed_shows_one_that_is_left(
    qapp: object,
) -> None:
    session, views = Session(), list[View]()
    session.changed.connect(views.append)
    spec, start = xor_spec()
    session.open(Document(spec=spec, start=np.array(start.theta)))
    session.advance(3, 0)
    session.apply("fewer", edits.remove_rows, [2, 3])
    session.go_to_epoch(0)
    session.choose_sample(3)
    session.goal = 3
    session.train()
    session.finish()
    assert (views[-1].t, views[-1].sample, len(views[-1].spec.data)) == (3, 1, 2)
    session.close()


def test_a_figure_of_an_iteration_before_an_edit_is_shown_by_the_steps_of_then(
    open_window: OpenWindow,
) -> None:
    hands = Hands(open_window("mazur-2-2-2"))
    o2 = StepId("forward", "activation", 2, 1)
    h3 = StepId("forward", "activation", 1, 2)
    figures = (printed_figure(1, o2, "0.77", 0), printed_figure(1, h3, "0.5", 0))
    hands.press(Key.Key_E)
    hands.choose_units(1, 3)
    hands.window.session.change("Figures", published=figures)
    hands.press(Key.Key_L, modifier=Modifier.ControlModifier)
    panel: Any = hands.window.tools.current
    panel.step_requested.emit(figures[0], True)
    assert hands.moment == (0, 8) and hands.view.step == o2
    panel.step_requested.emit(figures[1], True)
    assert hands.moment == (0, 8)
    said = hands.window.findChild(QLabel, "bannerText")
    assert said.isVisible() and "there is no such step" in said.text()


# Any walk


class Roads:
    """What is expected: each road as (Spec, State) of every moment, from the engine's formulas
    alone. A branch of the session has the same number here."""

    def __init__(self, spec: Spec, state: State) -> None:
        self.roads = [[(spec, state)]]

    def at(self, number: int, t: int) -> tuple[Spec, State]:
        road = self.roads[number]
        while len(road) <= t:
            spec, state = road[-1]
            road.append((spec, iterate(spec, state).next_state))
        return road[t]

    def edited(self, number: int, t: int, edit: Callable[..., Any], arguments: Any) -> None:
        before = self.at(number, t)
        self.roads.append([*self.roads[number][:t], edit(*before, *arguments)])

    def _begins_epoch(self, number: int, t: int) -> bool:
        return self.at(number, t)[0].epoch_of(t)[1] == 0

    def ahead(self, number: int, moment: Moment, grain: str) -> Moment:
        t, revealed = moment
        if grain in ("iteration", "epoch"):
            t += 1
            while grain == "epoch" and not self._begins_epoch(number, t):
                t += 1
            return t, 0
        if revealed == len(self.at(number, t)[0].steps):
            t, revealed = t + 1, 0
        return t, next(end for end in self._ends(number, t, grain) if end > revealed)

    def behind(self, number: int, moment: Moment, grain: str) -> Moment:
        t, revealed = moment
        if grain in ("iteration", "epoch"):
            t = max(t if revealed else t - 1, 0)
            while grain == "epoch" and not self._begins_epoch(number, t):
                t -= 1
            return t, 0
        earlier = [end for end in self._ends(number, t, grain) if end < revealed]
        if earlier:
            return t, earlier[-1]
        return (t - 1, len(self.at(number, t - 1)[0].steps)) if t else (0, 0)

    def _ends(self, number: int, t: int, grain: str) -> list[int]:
        steps = self.at(number, t)[0].steps
        ids = [steps.id_at(k) for k in range(len(steps))]

        def group(step: StepId) -> tuple[object, ...]:
            if grain == "number":
                return (step,)
            layer = None if step.kind in ("total_loss", "loss") else step.layer
            return (step.phase, layer) if grain == "layer" else (step.phase,)

        following = [*ids[1:], None]
        return [
            k + 1
            for k, (step, after) in enumerate(zip(ids, following, strict=True))
            if after is None or group(step) != group(after)
        ]


class Walk:
    """A session on its way, held against what is expected after every move."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        spec, start = edits.set_batching(
            *xor_spec(hidden=2), data.draw(st.sampled_from([None, 1, 3])), data.draw(st.booleans())
        )
        self.session = Session()
        self.views: list[View] = []
        self.session.changed.connect(self.views.append)
        self.session.open(Document(spec=spec, start=np.array(start.theta)))
        self.roads = Roads(spec, start)

    def go(self) -> None:
        often = (self.step, self.back, self.edit, self.cross)
        moves = (self.undo, self.redo, self.jump, self.seek, self.train, self.ghost, self.reset,
                 self.sample, *2 * often)
        for _ in range(self.data.draw(st.integers(1, 25))):
            self.data.draw(st.sampled_from(moves))()
            self.session.finish()
            self.look()

    def look(self) -> None:
        place, view, document = self.session.place, self.views[-1], self.session.document()
        spec, state = self.roads.at(place.branch, place.t)
        assert (view.t, view.revealed) == place.moment
        assert view.spec.network == spec.network and len(view.spec.data) == len(spec.data)
        assert 0 <= view.revealed <= len(spec.steps)
        assert 0 <= view.sample < len(spec.data)
        np.testing.assert_allclose(view.theta, state.theta, rtol=1e-9, atol=1e-12)
        assert view.loss == pytest.approx(evaluate(spec, state.theta).loss, rel=1e-9)
        if view.revealed:
            expected = iterate(spec, state)
            sample = expected.sample(view.sample)
            assert view.iteration is not None
            for k in range(view.revealed):
                step = spec.steps.id_at(k)
                assert view.steps.id_at(k) == step
                shown = step_value(view.iteration, step, view.sample_pass)
                true = step_value(expected, step, sample)
                assert shown == pytest.approx(true, rel=1e-9, abs=1e-12)
            assert document.revealed == view.step
        else:
            assert document.revealed is None

    def grain(self) -> str:
        return self.data.draw(st.sampled_from(GRAINS))

    def step(self) -> None:
        place, grain = self.session.place, self.grain()
        can_train = place.leaf.spec.can_train  # else the road ends at the edit
        self.session.step(grain)
        if can_train:
            assert self.session.place.moment == self.roads.ahead(place.branch, place.moment, grain)

    def back(self) -> None:
        place, grain = self.session.place, self.grain()
        self.session.back(grain)
        assert self.session.place.moment == self.roads.behind(place.branch, place.moment, grain)

    def cross(self) -> None:
        """Edit in the middle of a run, and go back over that and forward again."""
        self.step()
        self.edit()
        self.look()
        self.back()
        self.look()
        self.step()

    def jump(self) -> None:
        leaf = self.session.place.leaf
        epoch = self.data.draw(st.floats(0, 6))
        self.session.go_to_epoch(epoch)
        t = self.session.place.t
        positions = [
            self.roads.at(leaf.number, t)[0].epoch_position(t) for t in range(leaf.tip.t + 1)
        ]
        assert t == 0 or positions[t - 1] <= epoch
        assert t == leaf.tip.t or epoch <= positions[t + 1]

    def seek(self) -> None:
        self.session.seek(self.data.draw(st.integers(-3, 70)))

    def train(self) -> None:
        self.session.advance(self.data.draw(st.integers(1, 2)), 0)

    def undo(self) -> None:
        self.session.undo_stack.undo()

    def redo(self) -> None:
        self.session.undo_stack.redo()

    def sample(self) -> None:
        self.session.choose_sample(self.data.draw(st.integers(0, 5)))

    def ghost(self) -> None:
        ghosts = self.views[-1].ghosts
        if ghosts:
            self.session.go_to_branch(self.data.draw(st.sampled_from(ghosts)).branch)

    def reset(self) -> None:
        leaves_something = self.session.place.leaf.tip.t > 0  # else it only goes to the beginning
        self.session.reset()
        if leaves_something:
            self.roads.roads.append([(self.session.spec, self.session.state)])
        assert self.session.place.moment == (0, 0)

    def edit(self) -> None:
        draw, spec = self.data.draw, self.session.spec
        layers, counts = st.integers(1, spec.network.depth), st.integers(1, 4)
        rows = st.lists(st.integers(0, len(spec.data) - 1), min_size=1, max_size=2)
        edit: Callable[..., Any]
        edit, *arguments = draw(
            st.one_of(
                st.tuples(st.just(reshaping.set_units), layers, counts),
                st.tuples(st.just(reshaping.set_units), st.just(0), counts),
                st.tuples(st.just(reshaping.add_layer), layers),
                st.tuples(st.just(reshaping.remove_layer), layers),
                st.tuples(
                    st.just(reshaping.set_bias),
                    layers,
                    st.sampled_from(["none", "per_unit", "shared"]),
                    st.booleans(),
                ),
                st.tuples(
                    st.just(edits.set_batching), st.sampled_from([None, 1, 2]), st.booleans()
                ),
                st.tuples(st.just(edits.remove_rows), rows),
                st.tuples(
                    st.just(_set_step_order), st.sampled_from(list(STEP_ORDERS))
                ),
                st.tuples(
                    st.just(edits.set_activation), layers, st.sampled_from(["tanh", "step"])
                ),
                st.tuples(
                    st.just(edits.set_optimizer),
                    st.sampled_from([Optimizer("adam"), Optimizer().changed(learning_rate=0.1)]),
                ),
            )
        )
        place = self.session.place
        if self.session.apply("edit", edit, *arguments):
            self.roads.edited(place.branch, place.t, edit, arguments)


def _set_step_order(spec: Spec, state: State, order: str) -> tuple[Spec, State]:
    return edits.set_settings(spec, state, step_order=order)


@given(st.data())
@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_on_any_walk_each_moment_is_that_of_its_own_network(
    qapp: object, data: st.DataObject
) -> None:
    walk = Walk(data)
    try:
        walk.go()
        place = walk.session.place
        again = read_document(write_document(walk.session.document()))
        assert again.updates == place.t
        assert len(again.spec.steps) == len(place.spec.steps)
    finally:
        walk.session.close()
