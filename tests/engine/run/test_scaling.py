"""Scaling: what the network takes, and the data in their own units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.reading import read_document, write_document
from engine.maths.activations import Array
from engine.maths.backprop import forward
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run import edits, reshaping
from engine.run.check_spec import SpecError
from engine.run.iteration import iterate
from engine.run.rescaling import constant_columns, scaling_for
from engine.run.scaling import SAME, SCALINGS, Linear, Scaling, linears, own, scaled
from engine.run.spec import Data, Source, Spec, start_state

ROWS = st.tuples(st.integers(1, 8), st.integers(1, 4))
NUMBERS = arrays(np.float64, ROWS, elements=st.floats(-1e6, 1e6, allow_subnormal=False))


@given(NUMBERS, st.sampled_from(sorted(SCALINGS)))
@settings(deadline=None)
def test_columns_come_out_as_the_name_of_the_scaling_says(rows: Array, kind: str) -> None:
    columns = linears(kind, rows)
    values = scaled(rows, columns)
    for number, column in enumerate(columns):
        spread = np.ptp(rows[:, number])
        if spread == 0.0:
            assert column.scale == 1.0 and (values[:, number] == 0.0).all()
        elif kind == "range":
            assert (values[:, number].min(), values[:, number].max()) == (0.0, 1.0)
        elif spread > 1e-6 * np.abs(rows).max():  # else all digits are those of the mean
            assert values[:, number].mean() == pytest.approx(0.0, abs=1e-8)
            assert values[:, number].std() == pytest.approx(1.0, abs=1e-8)
    np.testing.assert_allclose(own(values, columns), rows, rtol=1e-12, atol=1e-6)


def test_numbers_whose_squares_are_lost_are_spread_too() -> None:
    columns = linears("standard", np.array([[1.3e-257], [0.0]]))
    assert columns[0].scale == pytest.approx(6.5e-258, rel=1e-12)
    assert scaled(np.array([[1.3e-257], [0.0]]), columns).tolist() == [[1.0], [-1.0]]


def test_constants_by_hand() -> None:
    rows = np.array([[2.0, 5.0], [4.0, 5.0], [6.0, 5.0], [8.0, 5.0]])
    mean, spread = linears("standard", rows)[0].offset, linears("standard", rows)[0].scale
    assert mean == 5.0 and spread == pytest.approx(5.0**0.5)  # of 9, 1, 1, 9 the mean is 5
    assert linears("range", rows) == (Linear(2.0, 6.0), Linear(5.0, 1.0))


def a_spec(scaling: Scaling | None) -> Spec:
    network = Network(("x1", "x2"), (Layer(("h1", "h2"), "tanh"), Layer(("o1",), "linear")))
    data = Data(
        np.array([[1.0, 100.0], [2.0, 300.0], [4.0, 200.0]]), np.array([[10.0], [30.0], [20.0]]),
        ("price",), (Source("rooms"), Source("area", "big", "small")), (Source("price"),),
    )
    return Spec(network, "mean_squared_error", "mean", Optimizer(), data, scaling=scaling)


SCALING = Scaling("range", (Linear(1.0, 3.0), Linear(100.0, 200.0)), (Linear(10.0, 20.0),))


def test_a_run_is_the_one_on_scaled_numbers_to_the_bit() -> None:
    spec = a_spec(SCALING)
    by_hand = replace(
        spec, scaling=None,
        data=replace(
            spec.data,
            inputs=(spec.data.inputs - [1.0, 100.0]) / [3.0, 200.0],
            targets=(spec.data.targets - 10.0) / 20.0,
        ),
    )
    one, other = iterate(spec, start_state(spec)), iterate(by_hand, start_state(by_hand))
    assert one.loss == other.loss
    assert one.next_state.theta.tobytes() == other.next_state.theta.tobytes()
    assert one.loss != iterate(a_spec(None), start_state(spec)).loss
    values = forward(spec.network, one.state.theta, spec.scaled.inputs)
    assert np.square(values.a[-1] - spec.scaled.targets).mean() == pytest.approx(one.loss)


def test_scaling_and_sources_are_kept_in_the_file() -> None:
    spec = a_spec(SCALING)
    written = write_document(Document(spec=spec, start=start_state(spec).theta))
    read = read_document(written).spec
    assert read.scaling == SCALING and read.data.input_sources == spec.data.input_sources
    assert read.data.inputs.tobytes() == spec.data.inputs.tobytes()  # in their own units
    assert read.scaled.targets.tobytes() == spec.scaled.targets.tobytes()
    assert write_document(read_document(written)) == written
    assert b"scaling" not in write_document(replace(read_document(written), spec=a_spec(None)))


def test_edits_of_the_data_leave_the_constants_and_a_new_column_has_none() -> None:
    spec, state = a_spec(SCALING), start_state(a_spec(SCALING))
    edited, _ = edits.set_cells(spec, state, [("inputs", 0, 0, 1000.0)])
    assert edited.scaling == SCALING and edited.scaled.inputs[0, 0] == 333.0
    assert edited.data.input_sources == spec.data.input_sources
    more, _ = reshaping.set_units(spec, state, 0, 3)
    assert more.scaling is not None and more.scaling.inputs == (*SCALING.inputs, SAME)
    assert more.data.input_sources == (*spec.data.input_sources, Source())
    fewer, _ = reshaping.set_units(spec, state, 0, 1)
    assert fewer.scaling is not None and fewer.scaling.inputs == SCALING.inputs[:1]
    assert fewer.data.input_sources == spec.data.input_sources[:1]


def test_constants_are_those_of_the_part_that_is_trained_on_alone() -> None:
    spec = a_spec(None)
    split = replace(spec, data=replace(spec.data, test=np.array([1])))
    scaling = scaling_for(split, "range")
    assert scaling is not None
    assert scaling.inputs[0] == Linear(1.0, 3.0) and scaling.targets == (Linear(10.0, 10.0),)
    assert scaling.inputs[1] == SAME  # it stands for classes
    assert constant_columns(replace(split, data=replace(split.data, test=np.array([0, 1])))) == [
        "x1", "x2", "price"
    ]


@pytest.mark.parametrize(
    ("scaling", "says"),
    [
        (replace(SCALING, inputs=SCALING.inputs[:1]), "expected 2 entries"),
        (replace(SCALING, kind="log"), 'no scaling "log"'),
        (replace(SCALING, inputs=(Linear(0.0, 1e-12), SAME)), "not below 1e12"),
    ],
)
def test_what_does_not_fit_is_refused(scaling: Scaling, says: str) -> None:
    spec = a_spec(None)
    with pytest.raises(SpecError, match=says):
        edits.set_scaling(spec, start_state(spec), scaling)
