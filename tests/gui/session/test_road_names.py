"""What a run that was left is called in the loss plot: by what it was."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from engine.data.datasets import DATASETS
from engine.documents.document import Document
from engine.documents.examples import read_example
from engine.documents.reading import read_document, write_document
from engine.maths.network import Parameter
from engine.run import edits, reshaping
from engine.run.spec import drawn_start
from gui.session.named_edits import Intents
from tests.gui.session.conftest import Watched


@pytest.fixture
def seeded(watched: Watched) -> Watched:
    """A run whose start values come from seed 1."""
    document = read_example("xor-2-3-1")
    spec = replace(document.spec, seed=1, metrics=())
    watched.session.open(Document(spec=spec, start=drawn_start(spec, document.start, 1)))
    return watched


def names(watched: Watched) -> list[str]:
    return [ghost.name for ghost in watched.view.ghosts]


def rate(watched: Watched) -> str:
    return f"η {watched.view.spec.optimizer['learning_rate']:g}"


def test_reset_leaves_a_run_that_is_called_by_seed_and_learning_rate(seeded: Watched) -> None:
    session, eta = seeded.session, rate(seeded)
    session.advance(20, 0)
    session.reset()
    assert names(seeded) == [f"seed 1, {eta}"]
    session.advance(20, 0)
    session.new_seed()
    session.advance(20, 0)
    session.reset()
    assert names(seeded) == [f"seed 1, {eta}", f"seed 1, {eta} (2)", f"seed 2, {eta}"]


def test_no_two_ghosts_are_called_the_same_after_many_edits_and_in_the_file(
    mazur: Watched,
) -> None:
    session, intents = mazur.session, Intents(mazur.session)
    for _ in range(3):  # the same run three times
        session.advance(8, 0)
        session.reset()
    session.advance(8, 0)
    for value in (0.1, 0.2, 0.1):  # and the same edit twice, at the same moment
        session.go_to_epoch(4)
        intents.set_optimizer_setting("learning_rate", value)
        session.advance(8, 0)
    found = names(mazur)
    assert len({*found}) == len(found) == 6
    assert found[1:3] == [f"{found[0]} (2)", f"{found[0]} (3)"]
    first = mazur.view.ghosts[0]
    intents.rename_road(first.branch, "mine")
    assert names(mazur) == ["mine", *found[1:]]
    kept = session.document()
    session.open(read_document(write_document(kept)))
    assert len({*names(mazur)}) == 6 and "mine" in names(mazur)


def test_start_values_that_no_seed_drew_name_no_seed(mazur: Watched) -> None:
    mazur.session.advance(20, 0)
    mazur.session.reset()
    assert names(mazur) == ["η 0.5"]


def test_a_value_typed_before_the_first_update_stands_beside_the_settings(seeded: Watched) -> None:
    session, eta = seeded.session, rate(seeded)
    session.apply("w1 = 4", edits.set_parameters, [(Parameter(1, 0, 0), 4.0)])
    Intents(session).set_optimizer_setting("learning_rate", 0.25)
    session.advance(5, 0)
    session.new_seed()
    Intents(session).set_optimizer_setting("learning_rate", 0.125)
    assert eta != "η 0.25"
    assert names(seeded) == ["η 0.25, w1 = 4"]


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda session: Intents(session).set_optimizer("adam"), "gradient descent"),
        (lambda session: Intents(session).set_activation(1, "tanh"), "sigmoid"),
        (lambda session: session.apply("more", reshaping.set_units, 1, 5), "2-3-1"),
        (lambda session: Intents(session).set_batching(2, False), "all samples at once"),
        (
            lambda session: Intents(session).replace_data(DATASETS["circle"].make(1), None),
            "other data",
        ),
    ],
)
def test_the_name_tells_what_the_present_run_has_otherwise(
    seeded: Watched, edit: object, told: str
) -> None:
    session, eta = seeded.session, rate(seeded)
    session.advance(20, 0)
    session.reset()
    edit(session)  # type: ignore[operator]
    assert names(seeded) == [f"seed 1, {eta}, {told}"]
    session.undo_stack.undo()
    assert names(seeded) == [f"seed 1, {eta}"]


def test_the_names_that_a_person_or_a_file_gave_stay(seeded: Watched) -> None:
    session = seeded.session
    for _ in range(3):
        session.advance(5, 0)
        session.reset()
    Intents(session).rename_road(0, "mine")
    tree = json.loads(write_document(session.document()))
    tree["roads"][1]["name"] = "Reset: start values (epoch 5)"
    session.open(read_document(json.dumps(tree).encode()))
    Intents(session).set_optimizer("adam")
    third = f"seed 1, {rate(seeded)} (3)"
    assert names(seeded) == ["mine", "Reset: start values (epoch 5)", third]
