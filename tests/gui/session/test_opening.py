"""What is saved is what is there: a document opened again has all its roads, and says "saved" only
while that is so."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from engine.documents.document import Document, Published
from engine.documents.examples import read_example
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from engine.documents.road import Road
from engine.maths.network import Parameter
from engine.run import edits
from engine.run.steps import StepId
from engine.training.history import Branch
from gui.session.named_edits import Intents
from gui.session.session import Session
from tests.engine.documents.test_mutations import mutate
from tests.engine.documents.test_roads import FORKED
from tests.gui.session.test_cursor import Walk

FIGURE = Published(iteration=1, step=StepId("loss", "total_loss"), printed="0.5")


def bits(value: Any) -> Any:
    """A value in which every array is its shape and bytes."""
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    if isinstance(value, Struct):
        return type(value).__name__, [bits(getattr(value, f)) for f in value.__struct_fields__]
    if isinstance(value, tuple | list):
        return [bits(part) for part in value]
    return value


def of_road(road: Road) -> Any:
    return [bits(getattr(road, name)) for name in Road.__struct_fields__]


def given_back(document: Document) -> Any:
    """What a document gives back when it is opened, wherever the cursor is on its road."""
    leaf = document.number if document.leaf is None else document.leaf
    of_person = document.layout, document.title, document.note, document.published, document.lock
    return [of_road(road) for road in document.roads], leaf, of_person


def kept(session: Session) -> list[Branch]:
    standing = session.standing
    return standing.roads.kept(session.history, standing.place.branch)


def road_of(session: Session, branch: Branch) -> Any:
    """All that can be seen of a road: with the run at every moment, to the bit."""
    history, roads = session.history, session.standing.roads
    moments = range(branch.first_t, branch.tip.t + 1)
    return (
        roads.called(history, session.place.branch)[branch.number],
        branch.fork_t,
        branch.number in roads.hidden,
        bits(branch.spec),
        bits(branch.start),
        bits(branch.curve.points),
        [bits(history.state_at(branch.number, t)) for t in moments],
    )


def assert_the_same(session: Session, again: Session) -> None:
    before = kept(session)
    assert kept(again) == again.history.branches  # nothing else was kept
    numbers = {branch.number: number for number, branch in enumerate(before)}
    for branch, other in zip(before, again.history.branches, strict=True):
        assert road_of(session, branch) == road_of(again, other)
        parent = None if branch.parent is None else numbers[branch.parent.number]
        assert parent == (None if other.parent is None else other.parent.number)
    one, two = session.standing, again.standing
    assert numbers[one.place.branch] == two.place.branch
    assert one.place.moment == two.place.moment and bits(session.state) == bits(again.state)
    for name in ("sample", "layout", "title", "note", "published", "lock"):
        assert getattr(one, name) == getattr(two, name)
    ghosts = [
        [(ghost.name, ghost.forked, ghost.hidden, bits(ghost.points)) for ghost in ghosts]
        for ghosts in (
            standing.roads.ghosts(of.history, standing.place.branch)
            for of, standing in ((session, one), (again, two))
        )
    ]
    assert ghosts[0] == ghosts[1]


class Saving(Walk):
    """A session on its way that is saved now and then, and opened again each time."""

    def __init__(self, data: st.DataObject) -> None:
        super().__init__(data)
        self.intents = Intents(self.session)
        self.saved = given_back(self.session.document())

    def go(self) -> None:
        moves = (self.undo, self.redo, self.jump, self.seek, self.step, self.ghost, self.reset,
                 self.sample, self.hide, self.rename, self.remove, self.describe, self.figure,
                 *2 * (self.train, self.edit, self.save))
        for _ in range(self.data.draw(st.integers(1, 20))):
            self.data.draw(st.sampled_from(moves))()
            self.session.finish()
            # An edit may also end where it began: that one is called a change too.
            is_as_saved = given_back(self.session.document()) == self.saved
            assert self.session.is_changed or is_as_saved
            assert self.session.is_changed == self.views[-1].changed
        self.save()

    def look(self) -> None:
        pass  # what is seen is the business of another test

    def save(self) -> None:
        document = self.session.document()
        data = write_document(document)
        self.session.mark_saved()
        assert not self.session.is_changed and not self.views[-1].changed
        self.saved = given_back(document)
        again = Session()
        try:
            again.open(read_document(data))
            again.finish()
            assert not again.is_changed
            assert_the_same(self.session, again)
            assert write_document(again.document()) == data
        finally:
            again.close()

    def _road(self) -> int | None:
        ghosts = self.views[-1].ghosts
        return self.data.draw(st.sampled_from(ghosts)).branch if ghosts else None

    def hide(self) -> None:
        if (road := self._road()) is not None:
            self.intents.hide_road(road, self.data.draw(st.booleans()))

    def rename(self) -> None:
        if (road := self._road()) is not None:
            self.intents.rename_road(road, self.data.draw(st.sampled_from(["a", "first run"])))

    def remove(self) -> None:
        if (road := self._road()) is not None:
            self.intents.remove_road(road)

    def describe(self) -> None:
        self.session.describe(self.data.draw(st.sampled_from(["", "one", "two"])), "")

    def figure(self) -> None:
        self.intents.add_figures([FIGURE])


@given(st.data())
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_saved_is_said_only_while_opening_again_gives_what_is_there(
    qapp: object, data: st.DataObject
) -> None:
    walk = Saving(data)
    try:
        walk.go()
    finally:
        walk.session.close()


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_what_can_be_read_of_mutated_roads_can_be_opened(
    qapp: object, data: st.DataObject
) -> None:
    tree = json.loads(json.dumps(FORKED))
    for part in data.draw(st.lists(st.sampled_from(["roads", "place", "specs"]), min_size=1)):
        if tree[part]:
            mutate(data.draw, tree[part])
    try:
        document = read_document(json.dumps(tree).encode())
    except DocumentError:
        return
    session = Session()
    try:
        session.open(document)
        session.finish()
        session.step()
        session.back("epoch")
        write_document(session.document())
    finally:
        session.close()


def weight(session: Session, value: float) -> None:
    parameter = Parameter(1, 0, 0)
    assert session.apply(f"w = {value:g}", edits.set_parameters, [(parameter, value)])


@pytest.fixture
def session(qapp: object) -> Any:
    made = Session()
    yield made
    made.close()


def test_the_edited_road_is_kept_though_the_cursor_stands_before_the_edit(
    session: Session,
) -> None:
    session.open(read_example("mazur-2-2-2"))
    session.advance(100, 0)
    weight(session, 1.0)
    session.advance(500, 0)
    session.go_to_epoch(50)
    tip = session.place.leaf.tip
    document = read_document(write_document(session.document()))
    again = Session()
    again.open(document)
    assert again.place.t == 50 and len(again.history.branches) == 2
    assert bits(again.place.leaf.tip) == bits(tip) and tip.t == 600
    assert_the_same(session, again)
    again.close()


def test_own_keys_of_a_road_stay_with_it(session: Session) -> None:
    session.open(read_document(json.dumps(FORKED).encode()))
    assert FORKED["roads"][3]["x-why"] == "because"
    Intents(session).remove_road(2)  # which stays only while the cursor's way leads there
    session.go_to_branch(1)
    tree = json.loads(write_document(session.document()))
    assert [(road["name"], road.get("x-why")) for road in tree["roads"]] == [
        ("first run", None), ("Adam’s seed", None), ("Reset", "because"),
        ("momentum", None), ("w5 = 1", None),
    ]  # fmt: skip


def test_training_an_undone_road_counts_as_a_change_after_redo(session: Session) -> None:
    session.open(read_example("mazur-2-2-2"))
    weight(session, 1.0)
    session.mark_saved()
    session.undo_stack.undo()
    session.advance(5, 0)
    session.undo_stack.redo()
    assert session.is_changed  # the road that was trained in between is in no file


def test_another_edit_in_the_place_of_a_saved_one_counts_as_a_change(session: Session) -> None:
    session.open(read_example("mazur-2-2-2"))
    session.describe("one", "")
    session.mark_saved()
    session.undo_stack.undo()
    session.describe("two", "")
    assert session.is_changed
