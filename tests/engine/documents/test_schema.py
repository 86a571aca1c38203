"""The JSON Schema in resources/ says what the loader does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from engine.documents.examples import example_names
from engine.documents.format import json_schema
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document
from engine.run.mistakes import MISTAKES
from engine.run.spec import Spec
from engine.run.steps import STEP_KINDS
from tests.engine.conftest import specs
from tests.engine.documents.test_refusals import DELETED, FULL, XOR, changed, step
from tests.engine.documents.test_refusals import Path as TreePath

RESOURCES = Path(__file__).parents[3] / "resources"
FILE = RESOURCES / "schema" / "backpass.schema.json"
REMAKE = (
    "the schema is out of date; make it anew with\n"
    "python -c \"from engine.documents.format import json_schema; "
    "from engine.documents.json_text import encode; "
    "print(encode(json_schema()).decode(), end='')\" "
    "> resources/schema/backpass.schema.json"
)
SCHEMA = Draft202012Validator(json_schema())


def test_the_file_is_made_from_the_structs() -> None:
    assert json.loads(FILE.read_text("utf-8")) == json_schema(), REMAKE
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("name", example_names())
def test_examples_keep_to_it(name: str) -> None:
    file = RESOURCES / "examples" / f"{name}.backpass.json"
    SCHEMA.validate(json.loads(file.read_text("utf-8")))


def test_a_saved_run_keeps_to_it() -> None:
    SCHEMA.validate(FULL)


@given(specs())
@settings(deadline=None)
def test_it_knows_every_kind_of_step(spec: Spec) -> None:
    kinds = {spec.steps.id_at(k).kind for k in range(len(spec.steps))}
    assert kinds <= set(STEP_KINDS)


W = ("layers", 1, "weights", 0, 2)
FIGURE = {"iteration": 1, "step": step("loss", "total_loss"), "printed": "0.29"}


@pytest.mark.parametrize(
    ("path", "value", "allowed"),
    [
        (("x-anything",), {"goes": [1, None]}, True),
        (("data", "x-source"), "a book", True),
        (("layers", 0, "x-"), 1, True),
        (("published",), [FIGURE], True),
        (("published",), [{**FIGURE, "remark": "rounded?", "unknown_start": True}], True),
        (("published",), [{"iteration": 9, "metric": "accuracy", "printed": "1"}], True),
        (("published",), [{"iteration": 9, "metric": "luck", "printed": "1"}], False),
        (("published",), [{**FIGURE, "remark": "r" * 301}], False),
        (("published",), [{**FIGURE, "unknown_start": "yes"}], False),
        (("lock",), {"hidden": ["deltas"]}, True),
        (("mistakes",), [], True),
        (("step_order",), "deltas_first", True),
        (("also",), ["slopes", "changes"], True),
        (("layout",), [{"unit": "h1", "x": 1, "y": -2.5}], True),
        (("title",), DELETED, True),
        (("batching",), DELETED, True),
        (("batching", "size"), None, True),
        (("data", "target_columns"), DELETED, True),
        (("initializer", "seed"), 10**12 - 1, True),
        (W, -999_999_999_999, True),
        (W, "x", False),
        (W, None, False),
        (W, True, False),
        (W, 1e12, False),
        (W, -1e12, False),
        (("format",), "other", False),
        (("version",), 2, True),
        (("version",), 3, True),
        (("version",), 4, False),
        (("version",), DELETED, False),
        (("weight",), 1, False),
        (("data", "y-source"), 1, False),
        (("layers", 0, "units"), [], False),
        (("layers", 0, "units", 0), "", False),
        (("layers", 0, "units", 0), "u" * 41, False),
        (("layers", 0, "units"), [f"h{i}" for i in range(513)], False),
        (("layers", 0, "activation"), "step", True),
        (("layers", 0, "activation"), "maxout", False),
        (("layers", 0, "activation"), DELETED, False),
        (("layers", 0, "bias"), "two", False),
        (("layers", 0, "bias_trained"), 1, False),
        (("layers", 0, "weight_names"), None, False),
        (("layers",), [], False),
        (("layers",), XOR["layers"] * 5, False),
        (("inputs",), [], False),
        (("inputs",), [f"x{i}" for i in range(65)], False),
        (("title",), "t" * 201, False),
        (("note",), "n" * 20_001, False),
        (("loss",), "poker", False),
        (("reduction",), "max", False),
        (("metrics",), ["recall"], False),
        (("metrics",), ["accuracy", "accuracy"], False),
        (("initializer", "name"), "ones", False),
        (("initializer", "seed"), -1, False),
        (("initializer", "seed"), 1.5, False),
        (("optimizer", "name"), "lion", False),
        (("optimizer", "learning_rate"), 0, False),
        (("optimizer", "learning_rate"), DELETED, False),
        (("optimizer", "momentum"), 1, False),
        (("optimizer", "epsilon"), 0, False),
        (("batching", "size"), 0, False),
        (("batching", "since"), {"iteration": 0}, False),
        (("data", "inputs"), [], False),
        (("data", "inputs"), [1, 2], False),
        (("data", "targets"), DELETED, False),
        (("mistakes",), list(MISTAKES), True),
        (("mistakes",), ["any"], False),
        (("mistakes",), ["wrong-sign", "wrong-sign"], False),
        (("step_order",), "backwards", False),
        (("also",), ["slopes", "slopes"], False),
        (("also",), ["deltas"], False),
        (("lock",), {"hidden": []}, False),
        (("lock",), {"hidden": ["everything"]}, False),
        (("published",), [{**FIGURE, "printed": "1,5"}], False),
        (("published",), [{**FIGURE, "printed": "0" * 41}], False),
        (("published",), [{**FIGURE, "step": step("loss", "delta_loss")}], False),
        (("published",), [{**FIGURE, "step": step("lunch", "total_loss")}], False),
        (("place", "grain"), "week", False),
        (("place", "sample"), -1, False),
        (("layout",), {"h1": [1, 2]}, False),
    ],
)
def test_schema_and_loader_agree(path: TreePath, value: Any, allowed: bool) -> None:
    tree = changed(XOR, path, value)
    try:
        read_document(json.dumps(tree).encode())
        loads = True
    except DocumentError:
        loads = False
    assert (loads, SCHEMA.is_valid(tree)) == (allowed, allowed)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("state", "updates"), -1),
        (("state", "layers", 0, "weights", 0, 0), 1e12),
        (("state", "slots", 0, "name"), DELETED),
        (("state", "slots", 0, "layers", 0, "biases"), None),
        (("loss_curve", "points"), [[i, 1, 1] for i in range(2001)]),
        (("loss_curve", "columns"), DELETED),
        (("stretches", 0, "until"), 0),
        (("stretches", 1, "kernel"), "cuda"),
        (("place", "revealed", "layer"), "1"),
        (("layout", 0, "x"), None),
    ],
)
def test_schema_and_loader_refuse_in_a_saved_run(path: TreePath, value: Any) -> None:
    tree = changed(FULL, path, value)
    assert not SCHEMA.is_valid(tree)
    with pytest.raises(DocumentError):
        read_document(json.dumps(tree).encode())
