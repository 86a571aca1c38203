"""Documents of several roads: what is written once, how long matrices stand there, what is
refused."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.json_text import places
from engine.documents.own_keys import OwnKey
from engine.documents.reading import read_document, write_document
from engine.documents.road import Road
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.iteration import iterate
from engine.run.limits import MAX_CURVE_POINTS, MAX_FILE_BYTES, MAX_READABLE
from engine.run.spec import BEGINNING, Data, Spec, State, start_state
from engine.training.kernels.kernel import Stretch
from tests.engine.documents.test_mutations import check, mutate
from tests.engine.documents.test_reading import bits, full_document
from tests.engine.documents.test_refusals import DELETED, Path, changed, refusal
from tests.engine.documents.test_schema import SCHEMA


def after(spec: Spec, state: State, updates: int) -> State:
    for _ in range(updates):
        state = iterate(spec, state).next_state
    return state


def forked_document() -> Document:
    """The first run, an edit of it where the cursor stands, an edit of that with other data, and
    two roads of their own from other start values: one hidden, and one that was removed but has a
    fork."""
    here = full_document()
    assert here.origin is not None
    batching = replace(here.spec.batching, since=BEGINNING)
    first = replace(here.spec, batching=batching, seed=0)
    more = replace(here.spec, data=replace(here.spec.data, inputs=1.0 - here.spec.data.inputs))
    other, start = replace(first, optimizer=Optimizer("momentum")), here.start + 0.5
    middle = after(other, start_state(other, start), 3)
    fork = after(here.spec, here.origin, 1)
    others = (
        Road(first, here.start, after(first, start_state(first, here.start), 2)),
        Road(more, here.start, after(more, fork, 2), fork, name="Other inputs (epoch 1.5)",
             parent=1, stretches=(Stretch("numba", 4),), curve=np.array([[0.0, 0.7, 0.25]])),
        Road(first, start, after(first, start_state(first, start), 1), name="Reset", hidden=True),
        Road(other, start, middle, name="momentum", removed=True),
        Road(other, here.start, after(other, middle, 2), middle, name="w5 = 1", parent=4),
    )
    return replace(
        here, name="Adam’s seed", parent=0, others=others, number=1, leaf=2, updates=1,
        own_keys=(*here.own_keys, OwnKey(("roads", 3), "x-why", "because")),
    )


FORKED = json.loads(write_document(forked_document()))


def text_of(rows: Any) -> str:
    return base64.b64encode(np.array(rows, "<f8").tobytes()).decode()


def with_texts(tree: Any) -> Any:
    """A document with every matrix as a text."""
    if isinstance(tree, dict):
        keys = ("weights", "inputs", "targets", "points")
        return {
            key: text_of(value) if key in keys and _is_matrix(value) else with_texts(value)
            for key, value in tree.items()
        }
    return [with_texts(value) for value in tree] if isinstance(tree, list) else tree


def _is_matrix(value: Any) -> bool:
    return bool(value) and all(isinstance(row, list) for row in value)


TEXTS = with_texts(FORKED)


def test_all_roads_read_back_the_same() -> None:
    document = forked_document()
    data = write_document(document)
    assert bits(read_document(data)) == bits(document)
    assert write_document(read_document(data)) == data
    SCHEMA.validate(FORKED)


def test_texts_stand_for_the_same_numbers() -> None:
    assert TEXTS != FORKED
    assert bits(read_document(json.dumps(TEXTS).encode())) == bits(forked_document())
    SCHEMA.validate(TEXTS)


def test_each_spec_start_and_data_set_stands_there_once() -> None:
    assert len(FORKED["data_sets"]) == 1
    assert [spec.get("data") for spec in FORKED["specs"]] == [None, 0, None]
    assert len(FORKED["starts"]) == 1
    roads = FORKED["roads"]
    assert [road.get("spec") for road in roads] == [0, None, 1, 0, 2, 2]
    assert [road.get("start") for road in roads] == [None, None, None, 0, 0, None]
    # So there is no long list of numbers twice, wherever it stands.
    lists = Counter(
        json.dumps(value)
        for place, value in places(FORKED)
        if place.endswith((".inputs", ".targets")) and _is_matrix(value)
    )
    assert set(lists.values()) == {1, 2}  # the targets are those of both data sets


def test_a_document_of_one_road_says_nothing_of_roads() -> None:
    tree = json.loads(write_document(full_document()))
    assert not {"roads", "specs", "starts", "data_sets"} & tree.keys()
    assert tree["version"] == 3 and "road" not in tree["place"]


def test_what_version_1_says_opens_as_ever() -> None:
    tree = json.loads(write_document(full_document()))
    assert bits(read_document(json.dumps({**tree, "version": 1}).encode())) == bits(full_document())


def test_a_figure_and_a_place_of_a_unit_on_another_road_are_kept() -> None:
    document = forked_document()
    network = document.spec.network
    smaller = Network(network.inputs, (Layer(("k",), "tanh"), network.layers[1]))
    spec = replace(document.others[3].spec, network=smaller, metrics=())
    road = Road(spec, np.arange(float(smaller.size)), name="k")
    document = replace(document, others=(*document.others, road), layout={"k": (1.0, 2.0)})
    assert read_document(write_document(document)).layout == {"k": (1.0, 2.0)}


R = ("roads", 2)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ((*R, "parent"), 2, "$.roads[2].parent: road 2 is not before this one, which is 2"),
        ((*R, "parent"), 5, "$.roads[2].parent: road 5 is not before this one, which is 2"),
        ((*R, "parent"), 99, "$.roads[2].parent: road 99 is not before this one, which is 2"),
        ((*R, "parent"), -1, "$.roads[2].parent: expected a whole number of at least 0, got -1"),
        (("roads", 0, "parent"), 0, "$.roads[0].parent: road 0 is not before this one"),
        (
            ("roads", 5, "origin", "updates"), 4,
            "$.roads[5].origin: it forks off after 4 updates, and road 4 runs from 0 to 3",
        ),
        (("roads", 5, "parent"), 3, "$.roads[5].origin: it forks off after 3 updates, and road 3"),
        (
            (*R, "origin", "updates"), 1,
            "$.roads[2].origin: it forks off after 1 updates, and road 1 runs from 1 to 3",
        ),
        ((*R, "origin"), DELETED, "$.roads[2].batching.since.iteration: the run begins after 0"),
        ((*R, "origin", "updates"), 9, "$.roads[2].origin: the road to the state cannot begin"),
        ((*R, "state"), DELETED, "$.roads[2].origin: the road to the state cannot begin after it"),
        ((*R, "spec"), 7, "$.roads[2].spec: there is no entry in specs with the number 7"),
        ((*R, "start"), 1, "$.roads[2].start: there is no entry in starts with the number 1"),
        (("specs", 1, "data"), 1, "$.specs[1].data: there is no entry in data_sets with the num"),
        (("specs",), DELETED, "$.roads[0].spec: there is no entry in specs with the number 0"),
        (("specs", 1, "loss"), "poker", '$.specs[1].loss: there is no loss "poker"; known are'),
        (("specs", 1, "layers", 0, "units", 1), "x1", '$.specs[1].layers[0].units[1]: two units'),
        (("specs", 1, "layers", 0, "weights"), [], '$.specs[1].layers[0]: there is no key "weigh'),
        (
            ("specs", 2, "optimizer", "learning_rate"), 0,
            "$.specs[2].optimizer.learning_rate: expected a number above 0",
        ),
        (
            ("specs", 0, "layers", 0, "units"), ["a", "b"],
            "$.roads[0].state.layers[0].weights: expected 2 rows, one per unit, got 3",
        ),
        (("starts", 0, 0, "weights", 0), [1], "$.starts[0][0].weights[0]: expected 2 numbers"),
        (("data_sets", 0, "targets", 1), [1, 2], "$.data_sets[0].targets[1]: expected 1 number"),
        ((*R, "state", "layers"), [], "$.roads[2].state.layers: expected 2 layers, got 0"),
        ((*R, "stretches", 0, "until"), 5, "$.roads[2].stretches[0].until: the road ends after 4"),
        ((*R, "loss_curve", "columns"), ["epochs"], "$.roads[2].loss_curve.columns: expected ep"),
        ((*R, "name"), DELETED, '$.roads[2]: the key "name" is missing'),
        ((*R, "name"), "", "$.roads[2].name: the name of a road has 1 to 200 characters"),
        ((*R, "name"), "n" * 201, "$.roads[2].name: the name of a road has 1 to 200 characters"),
        (("roads", 1, "name"), "", "$.roads[1].name: the name of a road has 1 to 200 characters"),
        (
            ("roads", 1, "spec"), 0,
            "$.roads[1]: the cursor stands on this road, so the rest of it stands outside of roads",
        ),
        (("roads",), [], "$.place.road: there is no road 1"),
        (("roads",), [{"name": "a"}] * 1001, "$.roads: at most 1000 roads are possible, not 1001"),
        (("place", "road"), 6, "$.place.road: there is no road 6"),
        (("place", "road"), 0, "$.roads[0]: the cursor stands on this road, so the rest"),
        (("place", "leads_to"), 6, "$.place.leads_to: there is no road 6"),
        (
            ("place", "leads_to"), 3,
            "$.place.leads_to: the road to the end of road 3 is road 3 after 1 updates, and the "
            "cursor stands on road 1",
        ),
        (
            ("place", "updates"), 2,
            "$.place.leads_to: the road to the end of road 2 is road 2 after 2 updates",
        ),
        (("roads", 0, "state"), DELETED, "$.roads[1].origin: it forks off after 1 updates, and ro"),
    ],
)
def test_roads_with_one_thing_wrong(path: Path, value: Any, sentence: str) -> None:
    assert refusal(json.dumps(changed(FORKED, path, value))).startswith(sentence)


W = ("layers", 0, "weights")


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (W, "no base64!", "$.layers[0].weights: expected a list, or numbers as base64"),
        (W, "AAAAAAAA8D8", "$.layers[0].weights: expected a list, or numbers as base64"),
        (W, "ä", "$.layers[0].weights: expected a list, or numbers as base64"),
        (W, "", "$.layers[0].weights: expected 3 rows, one per unit, got 0"),
        (W, "AAAA", "$.layers[0].weights: expected base64 of whole rows, 16 bytes each, got 3 by"),
        (W, text_of([1.0]), "$.layers[0].weights: expected base64 of whole rows, 16 bytes each"),
        (W, text_of([[1.0, 2.0]] * 4), "$.layers[0].weights: expected 3 rows, one per unit, got 4"),
        (W, text_of([[1, 2], [3, np.nan], [5, 6]]), "$.layers[0].weights[1][1]: expected a number"),
        (W, text_of([[1, 2], [3, 4], [-np.inf, 6]]), "$.layers[0].weights[2][0]: expected a numb"),
        (W, text_of([[1e12, 2], [3, 4], [5, 6]]), "$.layers[0].weights[0][0]: expected a number b"),
        (W, 5, "$.layers[0].weights: expected a text or a list, got 5"),
        (("data", "inputs"), "", "$.data.inputs: 1 to 100000 samples are possible, not 0"),
        (("data", "inputs"), text_of([[0, 1]]), "$.data.targets: 1 samples have inputs, 4 targets"),
        (
            ("state", "slots", 0, "layers", 0, "weights"), text_of([[1, 2], [3, 4], [5, np.inf]]),
            "$.state.slots[0].layers[0].weights[2][1]: expected a finite number, got inf",
        ),
        (
            ("loss_curve", "points"), text_of([[0, 1, np.nan]]),
            "$.loss_curve.points[0][2]: expected a finite number, got nan",
        ),
        (
            ("loss_curve", "points"),
            text_of([[k, 1, 1] for k in range(MAX_CURVE_POINTS + 1)]),
            "$.loss_curve.points: expected at most 2000 rows, got 2001",
        ),
    ],
)
def test_texts_with_something_wrong(path: Path, value: Any, sentence: str) -> None:
    assert refusal(json.dumps(changed(TEXTS, path, value))).startswith(sentence)


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_mutated_roads_are_refused_or_usable(data: st.DataObject) -> None:
    tree = json.loads(json.dumps(data.draw(st.sampled_from([FORKED, TEXTS]))))
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(data.draw, tree if data.draw(st.booleans()) else tree.get("roads") or tree)
        if not tree:
            break
    check(json.dumps(tree).encode())


def large(units: int, layers: int) -> Document:
    """A network with Adam that was trained."""
    names = [tuple(f"{letter}{k}" for k in range(units)) for letter in "abcdefgh"[:layers]]
    network = Network(("x",), (*(Layer(each, "tanh") for each in names), Layer(("o",), "linear")))
    data = Data(np.array([[0.5]]), np.array([[0.25]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer("adam"), data)
    start = np.random.default_rng(1).normal(size=network.size)
    slots = tuple(np.random.default_rng(k).normal(size=network.size) for k in (2, 3))
    return Document(spec, start, state=State(start * 1.5, slots, 7))


def test_a_long_matrix_is_a_text_and_a_short_one_can_be_read() -> None:
    assert MAX_READABLE == 32 * 32
    document = large(33, 2)
    tree = json.loads(write_document(document))
    weights = [layer["weights"] for layer in tree["layers"]]
    assert [type(each) for each in weights] == [list, str, list]
    assert weights[1] == text_of(document.spec.network.weights(document.start, 2))
    assert bits(read_document(json.dumps(tree).encode())) == bits(document)


def test_the_largest_network_can_be_saved_after_training_with_adam() -> None:
    document = large(512, 8)
    data = write_document(document)
    assert len(data) < MAX_FILE_BYTES // 2
    again = read_document(data)
    assert again.state is not None and document.state is not None
    assert again.start.tobytes() == document.start.tobytes()
    for one, two in zip(again.state.slots, document.state.slots, strict=True):
        assert one.tobytes() == two.tobytes()
