"""Which class targets name and outputs give, and how surely."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.testing import assert_allclose, assert_array_equal

from engine.maths.activations import Array
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.classes import MOST_CLASSES, NO_CLASS, classes_of
from engine.run.spec import Data, Source, Spec

RULE = "half_squared_error"
THREE = np.eye(3)[[0, 1, 2, 1]]
TWO = np.array([[0.0], [1.0], [1.0]])


def spec_of(
    targets: Array, output: str = "sigmoid", loss: str = RULE, *sources: Source
) -> Spec:
    units = tuple(f"o{k + 1}" for k in range(targets.shape[1]))
    network = Network(("x1", "x2"), (Layer(units, output),))
    data = Data(np.zeros((len(targets), 2)), targets, units, (), sources)
    return Spec(network, loss, "sum", Optimizer(), data)


@given(st.lists(st.floats(-5.0, 5.0), min_size=3, max_size=3))
def test_of_several_outputs_the_largest_is_the_class(outputs: list[float]) -> None:
    classes = classes_of(spec_of(THREE, "softmax", "categorical_cross_entropy"))
    assert classes is not None
    winner = int(classes.given(np.array(outputs)))
    assert outputs[winner] == max(outputs)
    assert float(classes.certainty(np.array(outputs))) == max(outputs)


def test_softmax_is_undecided_where_all_outputs_are_alike() -> None:
    classes = classes_of(spec_of(THREE, "softmax", "categorical_cross_entropy"))
    assert classes is not None and classes.names == ("o1", "o2", "o3")
    outputs = np.array([[1 / 3, 1 / 3, 1 / 3], [0.0, 1.0, 0.0], [0.1, 0.3, 0.6]])
    assert_allclose(classes.depth(outputs), [0.0, 1.0, 0.4], atol=1e-12)
    assert classes.said(outputs[2]) == ("o3", "0.6")


@pytest.mark.parametrize(
    ("targets", "output", "loss", "low", "high"),
    [
        (TWO, "sigmoid", RULE, 0.0, 1.0),
        (TWO, "linear", RULE, 0.0, 1.0),
        (2 * TWO - 1, "tanh", RULE, -1.0, 1.0),
        (2 * TWO - 1, "linear", "hinge", -1.0, 1.0),
    ],
)
def test_two_classes_that_share_an_output_count_by_its_side(
    targets: Array, output: str, loss: str, low: float, high: float
) -> None:
    classes = classes_of(spec_of(targets, output, loss))
    assert classes is not None and not classes.are_named
    middle = (low + high) / 2
    outputs = np.array([[low], [middle - 0.1], [middle + 0.1], [high], [high + 7.0]])
    assert_array_equal(classes.given(outputs), [0, 0, 1, 1, 1])
    assert_array_equal(classes.named(targets), [0, 1, 1])
    share = 0.1 / (high - middle)
    assert_allclose(classes.depth(outputs), [1.0, share, share, 1.0, 1.0])
    # As sure of the one as of the other.
    assert_allclose(classes.certainty(outputs)[[0, 1]], classes.certainty(outputs)[[3, 2]])


def test_classes_have_the_names_of_their_columns() -> None:
    shared = Source("species", "versicolor", "setosa")
    classes = classes_of(spec_of(TWO, "sigmoid", RULE, shared))
    assert classes is not None and classes.are_named
    assert classes.said(np.array([0.07])) == ("setosa", "0.93")
    assert classes.said(np.array([0.93])) == ("versicolor", "0.93")
    each = tuple(Source("species", name) for name in ("setosa", "versicolor", "virginica"))
    classes = classes_of(spec_of(THREE, "softmax", "categorical_cross_entropy", *each))
    assert classes is not None and classes.names == ("setosa", "versicolor", "virginica")


@pytest.mark.parametrize(
    "targets",
    [
        np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]]),  # two at once
        np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]),  # none of them
        np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]),  # all of one class
        np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]]),  # numbers
        np.eye(MOST_CLASSES + 1),
        np.array([[0.0], [0.5], [1.0]]),
        np.array([[1.0], [1.0]]),
    ],
)
def test_other_targets_are_no_classes(targets: Array) -> None:
    assert classes_of(spec_of(targets)) is None


def test_a_row_that_names_no_class_has_none() -> None:
    targets = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    classes = classes_of(spec_of(targets, "softmax", "categorical_cross_entropy"))
    assert classes is not None
    assert_array_equal(classes.named(targets), [0, 2, NO_CLASS])


def test_what_is_no_number_gives_no_class() -> None:
    classes = classes_of(spec_of(THREE, "softmax", "categorical_cross_entropy"))
    assert classes is not None
    assert int(classes.given(np.array([np.nan, 0.5, 0.5]))) == NO_CLASS
    assert classes.said(np.array([np.nan, 0.5, 0.5])) == ("–", "–")


def test_other_targets_have_other_classes() -> None:
    spec = spec_of(TWO)
    assert classes_of(spec) is not None
    other = replace(spec, data=replace(spec.data, targets=TWO / 2))
    assert classes_of(other) is None
