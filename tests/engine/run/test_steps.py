"""Steps by name and by number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.holding import with_frozen
from engine.run.iteration import iterate
from engine.run.spec import Data, Spec, State, start_state
from engine.run.step_values import step_value, traced_steps
from engine.run.steps import GRAINS, PHASES, STEP_ORDERS, StepId, Steps, symbol_of, title_of
from tests.engine.conftest import runs, specs


def mazur_network() -> Network:
    hidden = Layer(("h1", "h2"), "sigmoid", "shared", False, (("w1", "w2"), ("w3", "w4")), ("b1",))
    output = Layer(("o1", "o2"), "sigmoid", "shared", False, (("w5", "w6"), ("w7", "w8")), ("b2",))
    return Network(("i1", "i2"), (hidden, output))


def test_the_2_2_2_network_has_the_34_steps_of_the_hand_calculation() -> None:
    network = mazur_network()
    steps = Steps(network)
    symbols = [symbol_of(network, steps.id_at(k)) for k in range(len(steps))]
    assert symbols == (
        "z_h1 a_h1 z_h2 a_h2 z_o1 a_o1 z_o2 a_o2 "
        "E_o1 E_o2 E "
        "δ_o1 ∂E/∂w5 ∂E/∂w6 δ_o2 ∂E/∂w7 ∂E/∂w8 ∂E/∂b2 "
        "δ_h1 ∂E/∂w1 ∂E/∂w2 δ_h2 ∂E/∂w3 ∂E/∂w4 ∂E/∂b1 "
        "w1 w2 w3 w4 w5 w6 w7 w8 E"
    ).split()
    per_phase = dict.fromkeys(PHASES, 0)
    for group in steps.groups:
        per_phase[group.phase] += group.stop - group.start
    assert list(per_phase.values()) == [8, 3, 14, 8, 1]


def test_all_deltas_of_a_layer_can_come_first() -> None:
    network = mazur_network()
    steps = Steps(network, "deltas_first")
    symbols = [symbol_of(network, steps.id_at(k)) for k in range(11, 25)]
    assert symbols == (
        "δ_o1 δ_o2 ∂E/∂w5 ∂E/∂w6 ∂E/∂w7 ∂E/∂w8 ∂E/∂b2 "
        "δ_h1 δ_h2 ∂E/∂w1 ∂E/∂w2 ∂E/∂w3 ∂E/∂w4 ∂E/∂b1"
    ).split()


@given(specs())
def test_both_orders_have_the_same_groups_of_the_same_steps(spec: Spec) -> None:
    by_unit, deltas_first = (Steps(spec.network, order) for order in STEP_ORDERS)
    assert by_unit.groups == deltas_first.groups
    for grain in GRAINS:
        assert by_unit.boundaries(grain) == deltas_first.boundaries(grain)
    for group in by_unit.groups:
        ours, theirs = (
            [steps.id_at(k) for k in range(group.start, group.stop)]
            for steps in (by_unit, deltas_first)
        )
        assert set(ours) == set(theirs)
        if group.phase != "backward":
            assert ours == theirs
            continue
        deltas = [step for step in theirs if step.kind == "delta"]
        assert theirs[: len(deltas)] == deltas
        assert [step for step in ours if step.kind == "delta"] == deltas
        assert [step for step in ours if step.kind != "delta"] == theirs[len(deltas) :]


def test_titles_say_what_a_step_is() -> None:
    network = mazur_network()
    titles = [title_of(network, Steps(network).id_at(k)) for k in (0, 1, 8, 10, 11, 12, 25, 33)]
    assert titles == [
        "net input of h1", "activation of h1", "loss of o1", "total loss", "delta of o1",
        "gradient of w5", "update of w1", "loss before → after",
    ]  # fmt: skip


@given(specs())
def test_numbers_and_names_of_steps_belong_together(spec: Spec) -> None:
    steps = spec.steps
    ids = [steps.id_at(k) for k in range(len(steps))]
    assert len(set(ids)) == len(ids)
    assert [steps.index_of(step) for step in ids] == list(range(len(steps)))
    assert steps.groups[0].start == 0
    assert all(a.stop == b.start for a, b in zip(steps.groups, steps.groups[1:], strict=False))
    for k, step in enumerate(ids):
        assert steps.group_of(k).phase == step.phase
        if step.parameter is not None:
            spec.network.index(step.parameter)


@given(specs())
def test_updates_are_those_of_trained_parameters(spec: Spec) -> None:
    steps = spec.steps
    updated = [
        spec.network.index(step.parameter)
        for step in map(steps.id_at, range(len(steps)))
        if step.phase == "update" and step.parameter is not None
    ]
    # What is frozen by itself has a step that says so; what is cut has none.
    thawed = with_frozen(spec.network, np.zeros(spec.network.size))
    assert sorted(updated) == np.flatnonzero(thawed.trained).tolist()


@pytest.mark.parametrize(
    "step",
    [
        StepId("forward", "net_input", 3, 0),
        StepId("forward", "net_input", 1, 2),
        StepId("backward", "weight_gradient", 1, 0, 2),
        StepId("backward", "bias_gradient", 1, 0),
        StepId("update", "bias_update", 1),
        StepId("check", "delta", 1, 0),
    ],
)
def test_a_step_that_is_not_there_is_a_key_error(step: StepId) -> None:
    with pytest.raises(KeyError):
        Steps(mazur_network()).index_of(step)


def test_a_number_beyond_the_steps_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        Steps(mazur_network()).id_at(34)


@given(runs(), st.data())
def test_values_of_steps_are_those_of_the_iteration(
    run: tuple[Spec, State], data: st.DataObject
) -> None:
    spec, state = run
    iteration = iterate(spec, state)
    row = int(data.draw(st.sampled_from(list(iteration.rows))))
    sample = iteration.sample(row)
    for k in range(len(spec.steps)):
        step = spec.steps.id_at(k)
        value = step_value(iteration, step, sample)
        if step.kind == "activation":
            expected = sample.a[step.layer][step.unit]
        elif step.phase == "update":
            expected = iteration.next_state.theta[spec.network.index(step.parameter)]
        elif step.kind.endswith("gradient"):
            expected = iteration.gradient[spec.network.index(step.parameter)]
        elif step.kind == "loss_after":
            expected = iteration.loss_after
        else:
            continue
        assert np.array_equal(value, expected, equal_nan=True)  # the run may be diverging


def test_a_trace_repeats_per_sample_steps_for_each_sample() -> None:
    network = Network(("x",), (Layer(("o",), "linear"),))
    data = Data(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [0.0], [1.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "mean", Optimizer(), data)
    lines = list(traced_steps(iterate(spec, start_state(spec))))
    kinds = [(line.step.kind, line.sample) for line in lines]
    assert kinds == [
        *[("net_input", s) for s in range(3)],
        *[("activation", s) for s in range(3)],
        *[("loss", s) for s in range(3)],
        ("total_loss", None),
        *[("delta", s) for s in range(3)],
        ("weight_gradient", None),
        ("bias_gradient", None),
        ("weight_update", None),
        ("bias_update", None),
        ("loss_after", None),
    ]


def test_a_trace_follows_at_most_a_hundred_samples() -> None:
    network = Network(("x",), (Layer(("o",), "linear"),))
    data = Data(np.linspace(0, 1, 150)[:, None], np.zeros((150, 1)), ("t",))
    spec = Spec(network, "half_squared_error", "mean", Optimizer(), data)
    lines = list(traced_steps(iterate(spec, start_state(spec))))
    assert {line.sample for line in lines} == {None, *range(100)}
