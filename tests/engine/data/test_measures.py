"""Metrics of a moment: each worked out again here, sample by sample."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.data.counted_classes import counted_classes
from engine.data.datasets import DATASETS
from engine.data.measures import Measures, as_json, report
from engine.documents.examples import read_example
from engine.maths.metrics import CLASS_METRICS
from engine.maths.network import Layer, Network
from engine.run.iteration import Evaluation
from engine.run.iteration import TestEvaluation as KeptOut
from engine.run.spec import Data, Source, Spec

XOR = read_example("xor-2-2-1").spec


def spec_of(
    targets: list[list[float]], activation: str, loss: str, names: tuple[str, ...] = ()
) -> Spec:
    width = len(targets[0])
    units = tuple(f"o{k}" for k in range(width))
    sources = tuple(Source("kind", name) for name in names)
    data = Data(np.zeros((len(targets), 1)), np.array(targets), units, (), sources)
    network = Network(("x",), (Layer(units, activation),))
    return replace(XOR, network=network, loss=loss, data=data, metrics=())


def evaluation(spec: Spec, outputs: list[list[float]]) -> Evaluation:
    kept_out = [
        KeptOut(loss, ()) if len(rows) else None
        for loss, rows in ((0.25, spec.data.test), (0.5, spec.data.validation))
    ]
    return Evaluation(0.125, (), np.array(outputs, dtype=float), *kept_out)


@st.composite
def softmax_moments(draw: st.DrawFn) -> tuple[Spec, list[int], list[list[float]]]:
    """A run with a class for each output, split into sets; the classes; and what it answers."""
    width, count = draw(st.integers(2, 4)), draw(st.integers(3, 14))
    true = draw(st.lists(st.integers(0, width - 1), min_size=count, max_size=count))
    numbers = st.lists(st.floats(0.0, 1.0), min_size=width, max_size=width, unique=True)
    outputs = draw(st.lists(numbers, min_size=count, max_size=count))
    spec = spec_of(np.eye(width)[true].tolist(), "softmax", "categorical_cross_entropy",
                   tuple("abcd"[:width]))
    rows = draw(st.permutations(range(count)))
    first, last = sorted(draw(st.tuples(st.integers(1, count), st.integers(1, count))))
    data = replace(
        spec.data, test=np.array(rows[first:last], dtype=np.intp),
        validation=np.array(rows[last:], dtype=np.intp),
    )
    return replace(spec, data=data), true, outputs


def check_counts(found: Measures, true: list[str], said: list[str], names: list[str]) -> None:
    """Confusion, precision, recall and F1 of one set, from two lists of names."""
    assert found.confusion is not None
    precisions, recalls, f1s = [], [], []
    for number, name in enumerate(names):
        pairs = list(zip(true, said, strict=True))
        for other, column in zip([*names, "none"], found.confusion[number], strict=True):
            assert column == pairs.count((name, other))
        hit, taken, are = pairs.count((name, name)), said.count(name), true.count(name)
        precision = hit / taken if taken else math.nan
        recall = hit / are if are else math.nan
        f1 = 2 * hit / (taken + are) if taken + are else math.nan
        expected = {"precision": precision, "recall": recall, "f1": f1}
        for key, value in expected.items():
            assert found.per_class[key][number] == pytest.approx(value, nan_ok=True)
        if taken + are:
            precisions.append(0.0 if math.isnan(precision) else precision)
            recalls.append(0.0 if math.isnan(recall) else recall)
            f1s.append(f1)
    for key, each in (("precision", precisions), ("recall", recalls), ("f1", f1s)):
        assert found.metrics[f"macro_{key}"] == pytest.approx(sum(each) / len(each))
    assert set(CLASS_METRICS) == {"precision", "recall", "f1"}


@given(softmax_moments())
def test_what_is_counted_of_classes(moment: tuple[Spec, list[int], list[list[float]]]) -> None:
    spec, true, outputs = moment
    found = report(spec, evaluation(spec, outputs))
    assert found.classes is not None
    names = list(found.classes.names)
    assert names == [name for k, name in enumerate("abcd") if k in true]
    all_true = ["abcd"[k] for k in true]
    all_said = []
    for values in outputs:
        name = "abcd"[values.index(max(values))]
        all_said.append(name if name in names else "none")
    assert [each.name for each in found.sets][0] == "training"
    assert sorted(row for each in found.sets for row in each.rows.tolist()) == list(
        range(len(true))
    )
    for each in found.sets:
        rows = each.rows.tolist()
        check_counts(each, [all_true[r] for r in rows], [all_said[r] for r in rows], names)
        right = [all_true[row] == all_said[row] for row in rows]
        assert each.right == sum(right) == int(spec.are_right(np.array(outputs))[rows].sum())
        assert each.metrics["accuracy"] == sum(right) / len(rows)
        for k, name in enumerate(names):
            for m, other in enumerate([*names, "none"]):
                assert found.samples(each, k, m) == [
                    r for r in rows if all_true[r] == name and all_said[r] == other
                ]


@given(st.data())
def test_errors_of_numbers(data: st.DataObject) -> None:
    count, width = data.draw(st.integers(1, 8)), data.draw(st.integers(1, 3))
    number = st.floats(-100.0, 100.0).map(lambda x: round(x, 3))
    rows = st.lists(st.lists(number, min_size=width, max_size=width), min_size=count,
                    max_size=count)
    targets, outputs = data.draw(rows), data.draw(rows)
    spec = spec_of(targets, "linear", "half_squared_error")
    metrics = report(spec, evaluation(spec, outputs)).sets[0].metrics
    apart = [t - a for ts, ys in zip(targets, outputs, strict=True)
             for t, a in zip(ts, ys, strict=True)]
    squares = sum(e * e for e in apart)
    mean = squares / len(apart)
    assert metrics["mean_squared_error"] == pytest.approx(mean)
    assert metrics["root_mean_squared_error"] == pytest.approx(math.sqrt(mean))
    assert metrics["mean_absolute_error"] == pytest.approx(sum(map(abs, apart)) / len(apart))
    assert metrics["largest_error"] == max(map(abs, apart))
    spread = 0.0
    for column in zip(*targets, strict=True):
        middle = math.fsum(column) / count
        spread += math.fsum((t - middle) ** 2 for t in column)
    if spread > 1e-6:
        assert metrics["r_squared"] == pytest.approx(1.0 - squares / spread, rel=1e-6, abs=1e-6)
    elif all(len(set(column)) == 1 and count == 1 for column in zip(*targets, strict=True)):
        assert math.isnan(metrics["r_squared"])


@pytest.mark.parametrize(
    ("activation", "targets", "outputs", "names", "said"),
    [
        ("sigmoid", [0, 1, 1, 0], [0.2, 0.7, 0.4, 0.5], ("0", "1"), ["0", "1", "0", "none"]),
        ("sigmoid", [0.01, 0.99], [0.505, 0.495], ("0.01", "0.99"), ["0.01", "0.99"]),
        ("tanh", [-1, 1, 1], [-0.2, 0.3, -0.9], ("−1", "1"), ["−1", "1", "−1"]),
        ("linear", [0, 1, 1], [0.4, 1.7, -3.0], ("0", "1"), ["0", "none", "none"]),
    ],
)
def test_one_output_tells_two_classes_apart(
    activation: str, targets: list[float], outputs: list[float], names: tuple[str, ...],
    said: list[str],
) -> None:
    spec = spec_of([[t] for t in targets], activation, "half_squared_error")
    found = report(spec, evaluation(spec, [[a] for a in outputs]))
    assert found.classes is not None and found.said is not None
    assert found.classes.names == names
    told = [(*names, "none")[k] for k in found.said]
    assert told == said
    right = int(spec.are_right(np.array([[a] for a in outputs])).sum())
    assert found.sets[0].confusion is not None
    assert found.sets[0].right == right == int(found.sets[0].confusion.diagonal().sum())


def test_classes_have_the_names_of_their_table() -> None:
    iris = DATASETS["iris"].make(0)
    network = Network(tuple("abcd"), (Layer(("o1", "o2", "o3"), "softmax"),))
    spec = replace(
        XOR, network=network, loss="categorical_cross_entropy", data=iris, metrics=()
    )
    found = counted_classes(spec)
    assert found is not None
    assert [name.split(" · ")[-1] for name in found.names] == ["setosa", "versicolor", "virginica"]
    assert np.bincount(found.true).tolist() == [50, 50, 50]
    two = spec_of([[0.0], [1.0]], "sigmoid", "binary_cross_entropy")
    named = replace(two, data=replace(two.data, target_sources=(Source("ok", "yes", "no"),)))
    assert (found := counted_classes(named)) is not None and found.names == ("no", "yes")


def test_what_is_no_class_has_none_and_json_has_no_nan() -> None:
    spec = spec_of([[0.3], [0.3]], "linear", "half_squared_error")
    told = as_json(report(spec, evaluation(spec, [[0.1], [0.2]])))
    assert set(told) == {"training"} and told["training"]["r_squared"] is None
    assert "right" not in told["training"] and "accuracy" not in told["training"]
