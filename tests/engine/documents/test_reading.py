"""Documents: what is written reads back the same, and is pleasant to read."""

from __future__ import annotations

import json
import sys
from collections import Counter
from types import FrameType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import asdict, replace

from engine.documents import document as document_module
from engine.documents import reading
from engine.documents.document import Document, Lock, Published
from engine.documents.examples import example_names, read_example
from engine.documents.json_text import DocumentError
from engine.documents.own_keys import OwnKey
from engine.documents.reading import read_document, write_document
from engine.maths.optimizers import Optimizer
from engine.run import check_spec
from engine.run.iteration import iterate
from engine.run.limits import MAX_CURVE_POINTS
from engine.run.spec import Batching, Since, Spec, State, start_state
from engine.run.steps import StepId
from engine.training.kernels.kernel import Stretch
from tests.engine.conftest import printed_figure, runs


def bits(value: Any) -> Any:
    """A value with every array as its shape and bytes, so that == means the same bits."""
    if isinstance(value, np.ndarray):
        return (value.shape, value.tobytes())
    if isinstance(value, Struct):
        return {name: bits(part) for name, part in asdict(value).items()}
    if isinstance(value, tuple):
        return tuple(map(bits, value))
    return value


def full_document() -> Document:
    """A document with something in every field: in the middle of a run that was forked."""
    base = read_example("xor-2-3-1-adam")
    data = replace(base.spec.data, test=np.array([1]))
    spec = replace(base.spec, batching=Batching(3, True, Since(1, 1)), seed=7, data=data)
    spec = replace(spec, also=("slopes", "changes"))
    origin = iterate(base.spec, start_state(base.spec, base.start)).next_state
    state = iterate(spec, iterate(spec, origin).next_state).next_state
    return Document(
        spec=spec,
        start=base.start,
        title="Every field",
        note="Two lines,\nwith “quotes”, \\ and −0.",
        state=state,
        origin=origin,
        stretches=(Stretch("numpy", 2), Stretch("numba", 3)),
        curve=np.array([[0.0, 0.7, 0.25], [1.0, 0.69999, 0.5], [1.5, 1e300, 0.5]]),
        test_curve=np.array([[0.0, 0.9, 1.0], [1.0, 0.5, 1 / 3]]),
        updates=2,
        revealed=StepId("backward", "weight_gradient", 1, 2, 0),
        sample=3,
        grain="pass",
        published=(
            printed_figure(1, StepId("forward", "activation", 2, 0), "0.2522", 1),
            printed_figure(10_000, StepId("loss", "total_loss"), "-3.5e-05"),
            Published(
                iteration=7, metric="accuracy", printed="0.5", remark="On page 3, −½ off.",
                unknown_start=True,
            ),
        ),
        layout={"h2": (-12.5, 1 / 3), "x1": (0.0, -0.0)},
        lock=Lock(("deltas", "updates"), own_values=False, opened=True),
        own_keys=(OwnKey((), "x-course", {"week": [3, None]}), OwnKey(("layers", 1), "x-", 0.5)),
    )


@pytest.mark.parametrize("name", example_names())
def test_examples_read_back_the_same(name: str) -> None:
    document = read_example(name)
    assert bits(read_document(write_document(document))) == bits(document)


def test_every_field_reads_back_the_same() -> None:
    document = full_document()
    data = write_document(document)
    assert bits(read_document(data)) == bits(document)
    assert write_document(read_document(data)) == data


@settings(max_examples=60, deadline=None)
@given(run=runs(), scale=st.floats(-300, 11), revealed=st.integers(0))
def test_any_run_reads_back_the_same(
    run: tuple[Spec, State], scale: float, revealed: int
) -> None:
    spec, state = run
    start = state.theta * 10.0**scale / max(1.0, float(np.abs(state.theta).max()))
    step = spec.steps.id_at(revealed % len(spec.steps))
    document = Document(spec, start, state=state, revealed=step)
    assert bits(read_document(write_document(document))) == bits(document)


@settings(deadline=None)
@given(st.floats(-1e12, 1e12, exclude_min=True, exclude_max=True))
def test_every_number_keeps_its_bits(value: float) -> None:
    document = read_example("one-neuron")
    document = replace(document, start=np.array([value, -value]))
    assert bits(read_document(write_document(document))) == bits(document)


def test_a_row_of_numbers_stands_on_a_line() -> None:
    lines = write_document(read_example("mazur-2-2-2")).decode().splitlines()
    assert "        [0.15, 0.2]," in lines
    assert '  "initializer": {"name": "uniform_0_1", "seed": 1},' in lines
    text = write_document(full_document())
    assert text.endswith(b"\n}\n")
    assert "“quotes”" in text.decode()
    assert json.loads(text)["note"] == full_document().note


def tree_of(name: str) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(write_document(read_example(name)))
    return tree


def read_tree(tree: Any) -> Document:
    return read_document(json.dumps(tree).encode())


def test_only_what_is_needed_has_to_be_said() -> None:
    document = read_tree(
        {
            "format": "backpass",
            "version": 1,
            "inputs": ["a"],
            "layers": [{"units": ["p", "q"], "activation": "softmax"}],
            "loss": "categorical_cross_entropy",
            "optimizer": {"name": "momentum", "learning_rate": 1},
            "data": {"inputs": [[2]], "targets": [[0, 1]]},
        }
    )
    spec = document.spec
    assert spec.reduction == "mean"
    assert spec.data.target_names == ("t p", "t q")
    assert spec.optimizer == Optimizer("momentum", {"learning_rate": 1.0})
    assert spec.batching == Batching()
    assert (document.state, document.curve, document.updates, document.revealed) == (None,) * 4
    assert (document.sample, document.grain) == (0, "number")


def test_start_values_that_are_not_given_are_drawn() -> None:
    tree = tree_of("xor-2-3-1")
    for layer in tree["layers"]:
        del layer["weights"], layer["biases"]
    document = read_tree(tree)
    assert (document.start == document.spec.network.draw("uniform_0_1", 1)).all()
    assert (read_document(write_document(document)).start == document.start).all()


def test_a_byte_order_mark_does_no_harm() -> None:
    data = write_document(read_example("one-neuron"))
    assert read_document(b"\xef\xbb\xbf" + data).title == "One neuron, one sample"


def test_what_is_read_is_checked_once() -> None:
    data = write_document(full_document())
    calls: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: Any) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file in (check_spec.__file__, document_module.__file__):
            calls[frame.f_code.co_name] += 1

    sys.setprofile(count)
    try:
        read_document(data)
    finally:
        sys.setprofile(None)
    assert (calls["check_network"], calls["check_training"], calls["check_run"]) == (1, 1, 1)
    assert calls["_check_data"] == calls["_check_place"] == 1
    assert calls["check_spec"] == calls["check"] == 0  # each does what others did already


def test_own_keys_stay_where_they_were() -> None:
    tree = tree_of("mazur-2-2-2")
    tree["x-a"], tree["layers"][1]["x-b"] = [{"deep": [1.5, "é"]}], None
    tree["optimizer"]["x-c"] = 10**20
    document = read_tree(tree)
    written = json.loads(write_document(document))
    assert written["x-a"] == tree["x-a"]
    assert "x-b" in written["layers"][1]
    assert written["optimizer"]["x-c"] == 10**20

    hidden = document.spec.network.layers[1:]
    shallow = replace(document.spec, network=replace(document.spec.network, layers=hidden))
    fewer = replace(document, spec=shallow, start=np.zeros(shallow.network.size))
    written = json.loads(write_document(fewer))
    assert "x-a" in written
    assert "x-b" not in json.dumps(written)


def test_what_belongs_to_units_that_are_gone_is_not_written() -> None:
    document = replace(
        read_example("mazur-2-2-2"),
        layout={"h9": (1.0, 2.0), "h1": (3.0, 4.0)},
        published=(
            printed_figure(1, StepId("forward", "net_input", 1, 8), "1", 0),
            printed_figure(1, StepId("loss", "total_loss"), "0.298371109"),
        ),
    )
    read = read_document(write_document(document))
    assert read.layout == {"h1": (3.0, 4.0)}
    assert read.published == document.published[1:]


def test_a_long_curve_is_thinned_in_the_file() -> None:
    epochs = np.arange(50_000.0)
    loss = np.exp(-epochs / 9000.0)
    loss[31_234] = 5.0
    curve = np.column_stack([epochs, loss, np.full(50_000, 0.5)])
    document = replace(read_example("xor-2-3-1"), curve=curve)
    read = read_document(write_document(document)).curve
    assert read is not None
    assert 500 < len(read) <= MAX_CURVE_POINTS
    for kept in (0, 31_234, 49_999):
        assert curve[kept].tolist() in read.tolist()


def test_points_that_are_no_numbers_are_not_written() -> None:
    curve = np.array([[0.0, 0.5], [1.0, np.inf], [2.0, np.nan]])
    document = replace(read_example("mazur-2-2-2"), curve=curve)
    read = read_document(write_document(document)).curve
    assert read is not None
    assert read.tolist() == [[0.0, 0.5]]
    nothing = replace(document, curve=curve[1:])
    assert read_document(write_document(nothing)).curve is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"start": np.array([np.nan, 0.0])}, r"\$\.layers: expected finite numbers"),
        ({"start": np.zeros(3)}, r"\$\.layers: expected 2 parameters, got 3"),
        ({"state": State(np.array([0.0, 1e12]))}, r"\$\.state\.layers: expected finite numbers"),
        ({"state": State(np.zeros(2), (np.zeros(2),))}, r"\$\.state\.slots: expected 0, got 1"),
        ({"state": State(np.zeros(2), (), -1)}, r"\$\.state\.updates: "),
        ({"origin": State(np.zeros(2), (), 5)}, r"\$\.origin: the road"),
        ({"stretches": (Stretch("cuda", 1),)}, r"kernel: there is no kernel \"cuda\"; known are"),
        ({"stretches": (Stretch("numba-", 1),)}, r"kernel: there is no kernel \"numba-\""),
        ({"stretches": (Stretch("numba", 1),)}, r"\$\.stretches\[0\]\.until: the road ends"),
        ({"curve": np.zeros((3, 3))}, r"\$\.loss_curve: expected 2 columns"),
        ({"curve": np.zeros((3, 2))}, r"\$\.loss_curve\.points\[1\]\[0\]: epochs have to grow"),
        ({"updates": 1}, r"\$\.place\.updates: the road runs from 0 to 0 updates"),
        ({"sample": 1}, r"^Sample shown: there is no sample 1 \(\$\.place\.sample\)$"),
        ({"grain": "day"}, r"\$\.place\.grain: the grains are number,"),
        ({"revealed": StepId("check", "delta")}, r"\$\.place\.revealed: this network has no"),
        ({"title": "t" * 201}, r"\$\.title: at most 200 characters"),
        ({"layout": {"o": (np.nan, 0.0)}}, r"\$\.layout\[0\]: expected finite numbers"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence):
        write_document(replace(read_example("one-neuron"), **change))


def test_a_spec_that_cannot_be_trained_is_not_written() -> None:
    document = read_example("one-neuron")
    spec = replace(document.spec, loss="categorical_cross_entropy")
    with pytest.raises(DocumentError, match=r"^\$\.loss: categorical cross-entropy goes with"):
        write_document(replace(document, spec=spec))


def test_a_document_too_large_for_a_file_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 1000)
    with pytest.raises(DocumentError, match="The document takes .* smaller"):
        write_document(read_example("one-neuron"))
    with pytest.raises(DocumentError, match="larger than 256 MiB"):
        read_document(b" " * (256 * 1024 * 1024 + 1))


def test_text_that_is_no_unicode_still_makes_a_readable_file() -> None:
    document = replace(read_example("one-neuron"), title="half \ud83d", note="\udc00")
    assert read_document(write_document(document)).title == "half ?"
