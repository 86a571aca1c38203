"""What an initializer is set to, in files: written where it is read, absent as before, refused."""

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
from engine.maths.initializers import InitializerSettings

THIRD = 1.0 / 3.0


def drawn_by(key: str, **numbers: float) -> Document:
    document = read_example("xor-2-2-1")
    spec = replace(
        document.spec, initializer=key, initializer_settings=InitializerSettings(numbers), seed=3
    )
    return Document(spec, spec.draw())


def tree_of(document: Document) -> Any:
    return json.loads(write_document(document))


@pytest.mark.parametrize(
    ("key", "numbers", "written"),
    [
        ("normal", {"sd": THIRD}, {"sd": THIRD}),
        ("uniform", {"low": -THIRD}, {"low": -THIRD, "high": 0.5}),
        ("constant", {}, {"value": 0.1}),
        # What it does not read is kept for when another one is chosen.
        ("zeros", {"sd": THIRD}, {"sd": THIRD}),
        ("he_normal", {}, {}),
    ],
)
def test_they_are_written_and_read_back_bit_for_bit(
    key: str, numbers: dict[str, float], written: Any
) -> None:
    document = drawn_by(key, **numbers)
    tree = tree_of(document)
    assert tree["initializer"] == {"name": key, "seed": 3, **written}
    Draft202012Validator(json_schema()).validate(tree)
    again = read_document(write_document(document))
    assert again.spec.initializer_settings == document.spec.initializer_settings
    assert write_document(again) == write_document(document)


def test_start_values_that_a_file_leaves_out_are_drawn_by_them() -> None:
    document = drawn_by("normal", sd=THIRD)
    tree = tree_of(document)
    for layer in tree["layers"]:
        layer.pop("weights")
        layer.pop("biases", None)
    again = read_document(json.dumps(tree).encode())
    assert again.start.tobytes() == document.start.tobytes()


@pytest.mark.parametrize("name", example_names())
def test_a_document_from_before_says_nothing_of_them(name: str) -> None:
    document = read_example(name)
    assert document.spec.initializer_settings == InitializerSettings()
    assert set(tree_of(document)["initializer"]) == {"name", "seed"}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"sd": 0}, "expected a number above 0, got 0 ($.initializer.sd)"),
        ({"low": -1e7}, "above -1e+06"),
        ({"low": 1.0}, "1 is above 0.5"),
        ({"mean": 1.0}, 'there is no key "mean"'),
    ],
)
def test_what_cannot_be_is_refused(settings: Any, sentence: str) -> None:
    tree = tree_of(drawn_by("uniform"))
    tree["initializer"] = {"name": "uniform", **settings}
    with pytest.raises(DocumentError) as refused:
        read_document(json.dumps(tree).encode())
    assert sentence in str(refused.value)


def test_their_places_are_told_in_words() -> None:
    tree = tree_of(drawn_by("normal"))
    assert in_words("$.initializer.sd", tree) == "standard deviation of the start values"
