"""What is refused, and that the sentence names the place."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest

from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from tests.engine.documents.test_reading import full_document, tree_of

Path = tuple[str | int, ...]
DELETED = object()


def changed(tree: Any, path: Path, value: Any) -> Any:
    """A copy of a tree with the value at a path replaced, added or deleted."""
    tree = copy.deepcopy(tree)
    node = tree
    for part in path[:-1]:
        node = node[part]
    if value is DELETED:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return tree


def refusal(data: bytes | str) -> str:
    with pytest.raises(DocumentError) as caught:
        read_document(data if isinstance(data, bytes) else data.encode())
    error = caught.value
    told = str(error)
    assert len(told) < 300
    assert "\n" not in told
    # In words or not, place and sentence are there.
    assert not error.words or told.endswith(f": {error.sentence} ({error.place})")
    return f"{error.place}: {error.sentence}" if error.place else told


XOR = tree_of("xor-2-3-1")
MAZUR = tree_of("mazur-2-2-2")
FULL = json.loads(write_document(full_document()))
W = ("layers", 1, "weights", 0, 2)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (W, "x", '$.layers[1].weights[0][2]: expected a number, got "x"'),
        (W, True, "$.layers[1].weights[0][2]: expected a number, got true"),
        (W, None, "$.layers[1].weights[0][2]: expected a number, got null"),
        (W, [1.0], "$.layers[1].weights[0][2]: expected a number, got a list"),
        (W, 1e12, "$.layers[1].weights[0][2]: expected a number below 1e12 in size, got 1000000"),
        (W, -(10**300), "$.layers[1].weights[0][2]: expected a number below 1e12 in size"),
        (W[:-1], [1, 2], "$.layers[1].weights[0]: expected 3 numbers, one per unit of the layer"),
        (W[:-2], [], "$.layers[1].weights: expected 1 rows, one per unit, got 0"),
        (W[:-2], DELETED, '$.layers[1]: the key "weights" is missing: all layers'),
        (("layers", 0, "biases"), [0, 0], "$.layers[0].biases: expected 3 numbers for this layer"),
        (("layers", 0, "biases"), DELETED, '$.layers[0]: the key "biases" is missing'),
        (("layers", 0, "bias"), "some", '$.layers[0].bias: there is no kind of bias "some"'),
        (("layers", 0, "bias_trained"), 1, "$.layers[0].bias_trained: expected true or false, got"),
        (("layers", 0, "activation"), "steep", '$.layers[0].activation: there is no activation'),
        (("layers", 0, "activation"), "softmax", "$.layers[0].activation: softmax can only stand"),
        (("layers", 0, "units", 1), "x1", '$.layers[0].units[1]: two units are called "x1"'),
        (("layers", 0, "units", 1), " ", "$.layers[0].units[1]: a unit needs a name"),
        (("layers", 0, "units", 1), "a\nb", "$.layers[0].units[1]: a name has no line breaks"),
        (("layers", 0, "units", 1), "n" * 41, "$.layers[0].units[1]: a name has at most 40"),
        (("layers", 0, "units"), [], "$.layers[0].units: a layer has 1 to 512 units, not 0"),
        (
            ("layers", 0, "units"), [f"h{i}" for i in range(513)],
            "$.layers[0].units: a layer has 1 to 512 units, not 513",
        ),
        (
            ("layers", 0, "weight_names"), [["a"] * 2] * 2,
            "$.layers[0].weight_names: expected 3 rows of 2 names",
        ),
        (
            ("layers", 0, "weight_names"), [["a", "b"], ["c", "d"], ["e", ""]],
            "$.layers[0].weight_names[2][1]: a weight needs a name",
        ),
        (("layers", 0, "bias_names"), ["a"], "$.layers[0].bias_names: expected 3 names"),
        (("layers",), [], "$.layers: a network needs an output layer"),
        (("layers",), [XOR["layers"][0]] * 10, "$.layers: at most 8 hidden layers, not 9"),
        (("layers",), {}, "$.layers: expected a list, got an object"),
        (("layers", 0), 3, "$.layers[0]: expected an object, got 3"),
        (("inputs",), [], "$.inputs: a network has 1 to 64 inputs, not 0"),
        (("inputs",), [f"x{i}" for i in range(65)], "$.inputs: a network has 1 to 64 inputs"),
        (("inputs",), DELETED, '$: the key "inputs" is missing'),
        (("title",), 5, "$.title: expected a text, got 5"),
        (("title",), "t" * 201, "$.title: at most 200 characters are possible, not 201"),
        (("weight",), 1, '$: there is no key "weight"; keys of your own begin with x-'),
        (("data", "X-mine"), 1, '$.data: there is no key "X-mine"; keys of your own begin with x-'),
        (("loss",), "poker", '$.loss: there is no loss "poker"; known are half_squared_error,'),
        (("loss",), "h" * 10_000, '$.loss: there is no loss "hhhhhhh'),
        (("loss",), "categorical_cross_entropy", "$.loss: categorical cross-entropy goes with"),
        (("reduction",), "max", '$.reduction: over the samples half squared error takes the sum'),
        (("metrics",), ["recall"], '$.metrics[0]: there is no metric "recall"'),
        (("metrics",), ["accuracy"] * 2, '$.metrics[1]: the metric "accuracy" stands here twice'),
        (("initializer", "name"), "ones", '$.initializer.name: there is no initializer "ones"'),
        (("initializer", "seed"), -1, "$.initializer.seed: expected a whole number of at least 0"),
        (("initializer", "seed"), 10**12, "$.initializer.seed: expected a whole number below 1e12"),
        (("initializer", "seed"), 1.5, "$.initializer.seed: expected a whole number, got 1.5"),
        (("optimizer", "name"), "lion", '$.optimizer.name: there is no optimizer "lion"'),
        (("optimizer", "learning_rate"), 0, "$.optimizer.learning_rate: expected a number above 0"),
        (("optimizer", "beta_1"), 1, "$.optimizer.beta_1: expected a number below 1, got 1"),
        (("optimizer", "epsilon"), 0.0, "$.optimizer.epsilon: expected a number above 0, got 0"),
        (("batching", "size"), 0, "$.batching.size: expected a whole number of at least 1, got 0"),
        (("batching", "size"), "4", '$.batching.size: expected a whole number or null, got "4"'),
        (
            ("batching", "since"), {"iteration": 4, "epoch": 1},
            "$.batching.since.iteration: the run begins after 0 updates",
        ),
        (("data", "inputs", 2), [1], "$.data.inputs[2]: expected 2 numbers, one per input, got 1"),
        (("data", "targets", 3), [], "$.data.targets[3]: expected 1 number, one per output, got 0"),
        (("data", "targets"), [[1]], "$.data.targets: 4 samples have inputs, 1 targets"),
        (("data", "inputs"), [], "$.data.inputs: 1 to 100000 samples are possible, not 0"),
        (
            ("data", "inputs"), [[0, 0]] * 100_001,
            "$.data.inputs: 1 to 100000 samples are possible, not 100001",
        ),
        (("data", "target_columns"), [], "$.data.target_columns: expected 1 names"),
        (
            ("step_order",), "backwards",
            '$.step_order: there is no order of steps "backwards"; known are by_unit, deltas_first',
        ),
        (
            ("also",), ["deltas"],
            '$.also[0]: there is no quantity to show too "deltas"; known are activation_gradients, '
            "slopes, own_gradients, input_gradients, changes",
        ),
        (("mistakes",), ["early_update"], '$.mistakes[0]: there is no mistake "early_update"'),
        (("place", "sample"), 4, "$.place.sample: there is no sample 4"),
        (("place", "grain"), "week", "$.place.grain: the grains are number, layer, pass"),
        (("version",), "1", '$.version: expected a whole number, got "1"'),
        (("version",), 0, "$.version: expected another value, got 0"),
        (("version",), True, "$.version: expected a whole number, got true"),
        (("version",), 4, "$.version: this file was written by a newer Backpass (format 4, and"),
        (("format",), "other", "This is not a Backpass document."),
        (("format",), DELETED, "This is not a Backpass document."),
        (("x-big",), {"a": [1, 10**305]}, "$.x-big: expected a finite number, got a number that"),
    ],
)
def test_a_document_with_one_thing_wrong(path: Path, value: Any, sentence: str) -> None:
    assert refusal(json.dumps(changed(XOR, path, value))).startswith(sentence)


def step(phase: str, kind: str, **place: int) -> dict[str, Any]:
    return {"phase": phase, "kind": kind, **place}


LOSS = {"iteration": 1, "step": step("loss", "total_loss"), "printed": "0.29"}


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("state", "updates"), -1, "$.state.updates: expected a whole number of at least 0"),
        (("state", "updates"), 0, "$.origin: the road to the state cannot begin after it"),
        (("state",), DELETED, "$.origin: the road to the state cannot begin after it"),
        (("state", "layers"), [], "$.state.layers: expected 2 layers, got 0"),
        (
            ("state", "layers", 0, "weights", 1), [],
            "$.state.layers[0].weights[1]: expected 2 numbers, one per unit of the layer before",
        ),
        (
            ("state", "layers", 1, "biases", 0), 1e12,
            "$.state.layers[1].biases[0]: expected a number below 1e12",
        ),
        (("state", "slots"), DELETED, "$.state.slots: adam has the slots m, v"),
        (("state", "slots", 0, "name"), "v", "$.state.slots: adam has the slots m, v"),
        (
            ("state", "slots", 1, "layers", 0, "biases"), [1],
            "$.state.slots[1].layers[0].biases: expected 3 numbers for this layer, got 1",
        ),
        (("origin", "updates"), 0, "$.batching.since.iteration: the run begins after 0 updates"),
        (("stretches",), {}, "$.stretches: expected a list, got an object"),
        (("stretches", 1), 3, "$.stretches[1]: expected an object, got 3"),
        (("stretches", 0, "until"), DELETED, '$.stretches[0]: the key "until" is missing'),
        (("stretches", 0, "until"), 0, "$.stretches[0].until: expected a whole number of at least"),
        (
            ("stretches", 0, "kernel"), "cuda",
            '$.stretches[0].kernel: there is no kernel "cuda"; known are numpy, plain, numba',
        ),
        (
            ("stretches", 0, "until"), 1,
            "$.stretches[0].until: a stretch after 1 updates cannot end after 1",
        ),
        (
            ("stretches", 1, "until"), 2,
            "$.stretches[1].until: a stretch after 2 updates cannot end after 2",
        ),
        (("stretches", 1, "until"), 4, "$.stretches[1].until: the road ends after 3 updates"),
        (("loss_curve", "columns"), ["epochs"], "$.loss_curve.columns: expected epochs, loss, ac"),
        (("loss_curve", "points", 1), [1], "$.loss_curve.points[1]: expected 3 numbers, one per"),
        (("loss_curve", "points", 1, 0), 0, "$.loss_curve.points[1][0]: epochs have to grow"),
        (("loss_curve", "points", 0, 0), -0.5, "$.loss_curve.points[0][0]: epochs have to grow"),
        (
            ("loss_curve", "points"), [[i, 1, 1] for i in range(2001)],
            "$.loss_curve.points: expected at most 2000 entries, got 2001",
        ),
        (
            ("place", "revealed"), step("backward", "delta", layer=3, unit=0),
            "$.place.revealed: this network has no such step",
        ),
        (("place", "revealed"), {"phase": "loss"}, '$.place.revealed: the key "kind" is missing'),
        (("place", "updates"), 0, "$.place.updates: the road runs from 1 to 3 updates"),
        (("place", "updates"), 4, "$.place.updates: the road runs from 1 to 3 updates"),
        (("layout", 0, "unit"), "h7", '$.layout[0].unit: there is no unit "h7"'),
        (("layout", 0, "unit"), "x1", '$.layout[1].unit: "x1" stands here twice'),
        (("layout", 0, "x"), True, "$.layout[0].x: expected a number, got true"),
        (("published",), [{**LOSS, "iteration": 0}], "$.published[0].iteration: expected a whole"),
        (("published",), [{**LOSS, "sample": 0}], "$.published[0].sample: this step belongs to"),
        (("published",), [{**LOSS, "printed": "0,29"}], "$.published[0].printed: expected a numbe"),
        (("published",), [{**LOSS, "printed": "0.29\n"}], "$.published[0].printed: expected a num"),
        (("published",), [{**LOSS, "printed": "1e99"}], "$.published[0].printed: expected a numbe"),
        (
            ("published",), [{**LOSS, "step": step("update", "loss")}],
            "$.published[0].step: this network has no such step",
        ),
        (
            ("published",), [{**LOSS, "step": step("loss", "loss", layer=2, unit=0)}],
            '$.published[0]: the key "sample" is missing',
        ),
        (
            ("published",), [{**LOSS, "step": step("loss", "loss", layer=2, unit=0), "sample": 4}],
            "$.published[0].sample: there is no sample 4",
        ),
        (
            ("published",), [{**LOSS, "metric": "accuracy"}],
            '$.published[0]: a figure is of a "step" or of a "metric", of one of them',
        ),
        (
            ("published",), [{"iteration": 1, "printed": "0.29"}],
            '$.published[0]: a figure is of a "step" or of a "metric", of one of them',
        ),
        (
            ("published",), [{"iteration": 1, "metric": "luck", "printed": "0.29"}],
            '$.published[0].metric: there is no metric "luck"; known are',
        ),
        (
            ("published",), [{"iteration": 1, "metric": "accuracy", "sample": 0, "printed": "1"}],
            "$.published[0].sample: this metric belongs to the batch",
        ),
        (
            ("published",), [{**LOSS, "remark": "r" * 301}],
            "$.published[0].remark: at most 300 characters are possible, not 301",
        ),
        (("lock",), {}, '$.lock: the key "hidden" is missing'),
        (("lock",), {"hidden": []}, "$.lock.hidden: at least one kind of values has to be hidden"),
        (("lock",), {"hidden": ["delta"]}, '$.lock.hidden[0]: there is no kind "delta"; known are'),
        (("lock",), {"hidden": ["deltas"] * 2}, '$.lock.hidden[1]: the kind "deltas" stands here'),
        (
            ("lock",), {"hidden": ["deltas"], "opened": 1},
            "$.lock.opened: expected true or false, got 1",
        ),
    ],
)
def test_a_saved_run_with_one_thing_wrong(path: Path, value: Any, sentence: str) -> None:
    assert refusal(json.dumps(changed(FULL, path, value))).startswith(sentence)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("NaN", "expected a number below 1e12 in size, got NaN"),
        ("Infinity", "expected a number below 1e12 in size, got a number that is too large"),
        ("-Infinity", "expected a number below 1e12 in size, got a number that is too large"),
        ("1e999", "expected a number below 1e12 in size, got a number that is too large"),
        ("-1e999", "expected a number below 1e12 in size, got a number that is too large"),
        ("7" * 400, "expected a number below 1e12 in size, got a number that is too large"),
        ("-" + "7" * 5000, "expected a number below 1e12 in size, got a number that is too large"),
        ("1000000000000", "expected a number below 1e12 in size, got 1000000000000"),
    ],
)
def test_numbers_that_are_none(written: str, sentence: str) -> None:
    text = json.dumps(changed(XOR, W, "HERE")).replace('"HERE"', written)
    assert refusal(text) == f"$.layers[1].weights[0][2]: {sentence}"
    text = json.dumps(changed(XOR, ("x-mine",), ["HERE"])).replace('"HERE"', written)
    if written != "1000000000000":
        assert refusal(text).startswith("$.x-mine: expected a finite number")


def test_numbers_that_are_none_where_a_whole_one_stands() -> None:
    text = json.dumps(changed(XOR, ("initializer", "seed"), "HERE")).replace('"HERE"', "9" * 400)
    expected = "$.initializer.seed: expected a whole number, got a number that is too large"
    assert refusal(text) == expected


def test_a_target_that_the_loss_cannot_take() -> None:
    tree = changed(tree_of("xor-2-3-1-adam"), ("data", "targets", 1, 0), 2)
    expected = "$.data.targets[1][0]: binary cross-entropy needs targets from 0 to 1, not 2"
    assert refusal(json.dumps(tree)) == expected


def test_a_key_that_stands_twice() -> None:
    text = json.dumps(XOR)
    twice = text.replace('"activation": "sigmoid"', '"activation": "tanh", "activation": "tanh"')
    assert refusal(twice) == '$.layers[0]: the key "activation" stands here twice'
    assert refusal('{"x-a": [[{"": 1, "": 2}]]}') == '$.x-a[0][0]: the key "" stands here twice'


def test_of_very_many_keys_the_one_that_stands_twice_is_found(watchdog: None) -> None:
    keys = [f'"x-{number}": 0' for number in range(300_000)]
    text = ", ".join([*keys, keys[-1]])
    assert refusal(f"{{{text}}}") == '$: the key "x-299999" stands here twice'


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n ", "The file is empty."),
        (b'{"format": "backpass",\n  "version" 1}', "line 2, column 13: this is not JSON: expecti"),
        (b'{"format": "backpass"', "line 1, column 22: this is not JSON: expecting"),
        (b"PK\x03\x04", "line 1, column 1: this is not JSON: expecting value"),
        (b'{"a": 1}}', "line 1, column 9: this is not JSON: extra data"),
        (b'{"format": "\xff"}', "byte 12: this is not text in UTF-8"),
        ("{}".encode("utf-16"), "byte 0: this is not text in UTF-8"),
        (b"{}", "This is not a Backpass document."),
        (b"[1, 2]", "This is not a Backpass document."),
        (b"null", "This is not a Backpass document."),
        (b'{"title": "\\ud800"}', "$.title: half a character"),
        (b'{"a": [{"\\udc00": 1}]}', "$.a[0]: half a character"),
        (b"[" * 200_000, "The file is nested too deeply."),
        (b'{"x-a":' * 200_000, "The file is nested too deeply."),
    ],
)
def test_files_that_are_no_documents(data: bytes, sentence: str) -> None:
    assert refusal(data).startswith(sentence)


def test_own_keys_are_not_nested_without_end() -> None:
    nested = json.loads("[" * 60 + "]" * 60)
    expected = "$.x-a: this is nested too deeply"
    assert refusal(json.dumps(changed(XOR, ("x-a",), nested))) == expected


def test_a_place_is_a_path_of_the_file() -> None:
    sentence = refusal(json.dumps(changed(MAZUR, ("layers", 1, "weights", 1, 0), "x")))
    assert re.fullmatch(r'\$\.layers\[1\]\.weights\[1\]\[0\]: expected a number, got "x"', sentence)


def test_more_figures_than_anybody_could_compare() -> None:
    tree = tree_of("mazur-2-2-2")
    tree["published"] = tree["published"][:1] * 1001
    assert refusal(json.dumps(tree)) == "$.published: at most 1000 figures are possible, not 1001"


def test_more_lists_than_there_is_memory_for() -> None:
    text = f'{{"x-own": [{"[]," * 4_000_000}[]]}}'
    assert refusal(text) == "The file has more than 4,000,000 lists and objects."
