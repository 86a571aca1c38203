"""A refusal says what it speaks of as a person would, and the path after it, in brackets."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from engine.run.spec import State
from tests.engine.documents.test_reading import tree_of
from tests.engine.documents.test_refusals import changed

MAZUR = tree_of("mazur-2-2-2")
L, D = "layers", "data"


def told(tree: Any) -> str:
    with pytest.raises(DocumentError) as caught:
        read_document(json.dumps(tree).encode())
    return str(caught.value)


@pytest.mark.parametrize(
    "path, value, sentence",
    [
        ((L, 0, "weights", 0, 1), "x",
         'Weight from i2 to h1: expected a number, got "x" ($.layers[0].weights[0][1])'),
        ((L, 1, "weights", 1), [1], "Weights to o2: expected 2 numbers, one per unit of the layer "
         "before, got 1 ($.layers[1].weights[1])"),
        ((L, 1, "biases", 0), None,
         "Bias of o1: expected a number, got null ($.layers[1].biases[0])"),
        ((L, 0, "activation"), "softmax", "Activation of hidden layer 1: softmax can only stand at "
         "the output layer ($.layers[0].activation)"),
        ((L, 1, "units", 1), "h1", 'Name of unit 2 of the output layer: two units are called "h1" '
         "($.layers[1].units[1])"),
        ((D, "inputs", 0, 1), 1e13, "Input i2 of sample 1: expected a number below 1e12 in size, "
         "got 10000000000000.0 ($.data.inputs[0][1])"),
        ((D, "targets", 0, 0), "", 'Target t o1 of sample 1: expected a number, got "" '
         "($.data.targets[0][0])"),
        (("optimizer", "learning_rate"), 0,
         "Learning rate: expected a number above 0, got 0 ($.optimizer.learning_rate)"),
        # Where names are missing or nonsense, things are counted.
        (("inputs", 1), 5, "Name of input 2: expected a text, got 5 ($.inputs[1])"),
        # Where the path says it as well, it is enough.
        (("title",), 5, "$.title: expected a text, got 5"),
    ],
)  # fmt: skip
def test_the_place_is_told_in_words(path: tuple[Any, ...], value: object, sentence: str) -> None:
    assert told(changed(MAZUR, path, value)) == sentence


def test_what_has_no_name_is_counted() -> None:
    tree = changed(changed(MAZUR, ("inputs",), 7), (L, 0, "weights", 0, 1), "x")
    assert told(tree).startswith(("$.inputs: expected a list", "Weight from input 2 to h1: "))
    tree = changed(changed(MAZUR, (L, 0, "units"), "h"), (L, 0, "weights", 0, 1), "x")
    assert "expected" in told(tree)


def test_a_name_from_a_file_is_short_and_on_one_line() -> None:
    tree = changed(MAZUR, ("inputs", 1), "a\nb" + "c" * 3000)
    sentence = told(changed(tree, (L, 0, "weights", 0, 1), "x"))
    assert len(sentence) < 200 and "\n" not in sentence


def test_what_cannot_be_written_is_told_in_words_too() -> None:
    document = read_example("mazur-2-2-2")
    theta = np.array(document.start)
    theta[2] = np.nan
    with pytest.raises(DocumentError) as caught:
        write_document(replace(document, state=State(theta)))
    assert "$.state.layers" in str(caught.value)
