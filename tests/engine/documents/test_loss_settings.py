"""What a loss is set to, in files: written where it is read, absent as before, refused in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.examples import example_names, read_example
from engine.documents.format import json_schema
from engine.documents.json_text import DocumentError
from engine.documents.places_in_words import in_words
from engine.documents.reading import read_document, write_document
from engine.maths.losses import LossSettings
from engine.run.edits import set_loss, set_loss_settings
from engine.run.spec import start_state

THIRD = 1.0 / 3.0


def with_loss(loss: str, settings: LossSettings) -> Document:
    document = read_example("mazur-2-2-2")
    state = start_state(document.spec, document.start)
    spec, state = set_loss(document.spec, state, loss)
    spec, _ = set_loss_settings(spec, state, settings)
    return Document(spec, document.start)


def tree_of(document: Document) -> Any:
    return json.loads(write_document(document))


@pytest.mark.parametrize(
    ("loss", "settings", "written"),
    [
        ("huber", LossSettings({"delta": THIRD}), {"delta": THIRD}),
        ("huber", LossSettings(), {"delta": 1.0}),
        ("output_itself", LossSettings({}, 1), {"output": 1}),
        ("output_itself", LossSettings(), {"output": 0}),
        # What the loss does not read is kept for when another one is chosen.
        ("squared_error", LossSettings({"delta": THIRD}, 1), {"delta": THIRD, "output": 1}),
        ("squared_error", LossSettings(), None),
    ],
)
def test_they_are_written_and_read_back_bit_for_bit(
    loss: str, settings: LossSettings, written: Any
) -> None:
    document = with_loss(loss, settings)
    tree = tree_of(document)
    assert tree.get("loss_settings") == written
    Draft202012Validator(json_schema()).validate(tree)
    again = read_document(write_document(document))
    assert again.spec.loss == loss and again.spec.loss_settings == settings
    assert write_document(again) == write_document(document)


@pytest.mark.parametrize("name", example_names())
def test_a_document_from_before_says_nothing_of_them(name: str) -> None:
    document = read_example(name)
    assert document.spec.loss_settings == LossSettings()
    assert "loss_settings" not in tree_of(document)


def test_where_they_are_left_out_they_are_as_usual() -> None:
    tree = tree_of(with_loss("huber", LossSettings({"delta": 0.25})))
    del tree["loss_settings"]
    spec = read_document(json.dumps(tree).encode()).spec
    assert spec.loss == "huber" and spec.loss_settings["delta"] == 1.0


@pytest.mark.parametrize(
    ("loss", "settings", "sentence"),
    [
        ("huber", {"delta": 0}, "expected a number above 0, got 0 ($.loss_settings.delta)"),
        ("huber", {"delta": "1"}, "expected a number, got"),
        ("huber", {"epsilon": 1}, 'there is no key "epsilon"'),
        ("output_itself", {"output": 2}, "there is no output 2 (they count from 0)"),
        ("output_itself", {"output": -1}, "expected a whole number of at least 0, got -1"),
    ],
)
def test_what_cannot_be_is_refused(loss: str, settings: Any, sentence: str) -> None:
    tree = tree_of(with_loss(loss, LossSettings()))
    tree["loss_settings"] = settings
    with pytest.raises(DocumentError) as refused:
        read_document(json.dumps(tree).encode())
    assert sentence in str(refused.value)


def test_their_places_are_told_in_words() -> None:
    tree = tree_of(with_loss("huber", LossSettings()))
    assert in_words("$.loss_settings.delta", tree) == "threshold of the Huber loss"
    assert in_words("$.loss_settings.output", tree) == "output that the loss is"


def test_each_road_has_its_own() -> None:
    document = with_loss("huber", LossSettings({"delta": 0.5}))
    other = replace(document.spec, loss_settings=LossSettings({"delta": 2.0}))
    road = Document(other, document.start, name="wider")
    both = replace(document, others=(road,), name="narrow")
    again = read_document(write_document(both))
    assert again.spec.loss_settings["delta"] == 0.5
    assert again.others[0].spec.loss_settings["delta"] == 2.0


def test_a_figure_of_an_output_that_has_no_term_is_refused() -> None:
    tree = json.loads(write_document(read_example("mazur-2-2-2")))
    tree["loss"] = "output_itself"
    tree.pop("metrics", None)
    step = {"phase": "loss", "kind": "loss", "layer": 2, "unit": 1}
    tree["published"] = [{"iteration": 1, "step": step, "sample": 0, "printed": "0.1"}]
    with pytest.raises(DocumentError, match="the output itself, has no term of o2"):
        read_document(json.dumps(tree).encode())
    step["unit"] = 0
    assert len(read_document(json.dumps(tree).encode()).published) == 1
