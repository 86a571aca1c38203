"""The quantities that are steps only where they are asked for: their places, and their values
against the autograd package."""

from __future__ import annotations

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad, grad
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.derivations.derive import NoSuchQuantity, derive
from engine.documents.examples import read_example
from engine.maths.losses import LOSSES
from engine.run.iteration import iterate
from engine.run.spec import Spec, State, start_state
from engine.run.step_values import step_value, traced_steps
from engine.run.steps import EXTRA_KINDS, StepId, Steps, symbol_of, title_of
from engine.run.value_kinds import ALSO, extra_steps, kind_of
from tests.engine.conftest import runs, specs
from tests.engine.derivations.conftest import agree, iteration_of
from tests.engine.maths.test_backprop import ORACLE_ACTIVATIONS, ORACLE_LOSSES, taken

SOME = st.lists(st.sampled_from(tuple(ALSO)), unique=True).map(
    lambda keys: tuple(key for key in ALSO if key in keys)
)


def test_a_unit_has_its_links_before_its_delta_and_a_parameter_its_own_before_the_batchs() -> None:
    network = read_example("mazur-2-2-2").spec.network
    steps = Steps(network, extra=extra_steps(tuple(ALSO)))
    symbols = [symbol_of(network, steps.id_at(k)) for k in range(len(steps))]
    assert symbols[11:26] == (
        "∂E/∂a_o1 ∂a_o1/∂z_o1 δ_o1 ∂E^(s)/∂w5 ∂E/∂w5 ∂E^(s)/∂w6 ∂E/∂w6 "
        "∂E/∂a_o2 ∂a_o2/∂z_o2 δ_o2 ∂E^(s)/∂w7 ∂E/∂w7 ∂E^(s)/∂w8 ∂E/∂w8 ∂E^(s)/∂b2"
    ).split()
    after = symbols.index("∂E/∂i1")
    assert symbols[after : after + 6] == "∂E/∂i1 ∂E/∂i2 Δw1 w1 Δw2 w2".split()
    titles = [title_of(network, steps.id_at(k)) for k in (11, 12, 14, after, after + 2)]
    assert titles == [
        "gradient by the activation of o1", "slope f′(z) of o1", "own gradient of w5",
        "gradient by the input i1", "change of w1",
    ]  # fmt: skip


@given(specs(), SOME)
def test_they_stand_among_the_others_which_keep_their_order(
    spec: Spec, also: tuple[str, ...]
) -> None:
    plain, steps = spec.steps, replace(spec, also=also).steps
    ids = [steps.id_at(k) for k in range(len(steps))]
    assert len(set(ids)) == len(ids)
    assert [steps.index_of(step) for step in ids] == list(range(len(ids)))
    assert [step for step in ids if step.kind not in EXTRA_KINDS] == [
        plain.id_at(k) for k in range(len(plain))
    ]
    assert {step.kind for step in ids} - {plain.id_at(k).kind for k in range(len(plain))} <= set(
        extra_steps(also)
    )
    every = Steps(spec.network, spec.step_order, spec.steps.loss_units, extra_steps(tuple(ALSO)))
    for k in range(len(every)):
        step = every.id_at(k)
        assert (step in steps) == (step.kind not in EXTRA_KINDS or step.kind in steps.extra)
        if step in steps:
            assert steps.known_with(step) == step
        else:
            assert steps.known_with(step) in plain
            assert kind_of(step) in ALSO


@given(runs(), st.data())
def test_they_come_to_what_autograd_says(run: tuple[Spec, State], data: st.DataObject) -> None:
    spec, state = run
    assume(np.abs(state.theta).max() < 20.0)
    iteration = iterate(replace(spec, also=tuple(ALSO)), state)
    row = data.draw(st.integers(0, len(spec.data) - 1))
    sample, theta, depth = iteration.sample(row), np.array(state.theta), spec.network.depth
    targets = taken(spec)[1][[row]]

    def loss(values: np.ndarray, layer: int) -> float:
        """The loss of the sample from the activations of a layer on."""
        a = anp.reshape(values, (1, -1))
        for number in range(layer + 1, depth + 1):
            rule, W = spec.network.layers[number - 1], spec.network.weights(theta, number)
            z, b = anp.dot(a, W.T), spec.network.biases_per_unit(theta, number)
            if b is not None:
                z = z + (-b if rule.threshold else b)
            a = ORACLE_ACTIVATIONS[rule.activation](z)
        settings = [spec.loss_settings[key] for key in LOSSES[spec.loss].settings]
        if LOSSES[spec.loss].one_output:
            settings.append(spec.loss_settings.output)
        return anp.sum(ORACLE_LOSSES[spec.loss](a, targets, *settings))

    for layer in range(depth + 1):
        expected = grad(lambda a, layer=layer: loss(a, layer))(np.array(sample.a[layer]))
        kind = "loss_by_activation" if layer else "loss_by_input"
        slopes = None
        if layer and spec.network.layers[layer - 1].function.elementwise:
            f = ORACLE_ACTIVATIONS[spec.network.layers[layer - 1].activation]
            slopes = elementwise_grad(f)(np.array([sample.z[layer]]))[0]
        for unit, by_activation in enumerate(expected):
            value = step_value(iteration, StepId("backward", kind, layer, unit), sample)
            assert value == pytest.approx(by_activation, rel=1e-7, abs=1e-9)
            if slopes is not None:
                step = StepId("backward", "activation_slope", layer, unit)
                assert step_value(iteration, step, sample) == pytest.approx(
                    slopes[unit], rel=1e-7, abs=1e-9
                )


@given(runs())
def test_own_gradients_add_up_to_the_batchs_and_a_change_leads_to_the_new_value(
    run: tuple[Spec, State],
) -> None:
    spec, state = run
    iteration = iterate(replace(spec, also=tuple(ALSO), penalty=type(spec.penalty)()), state)
    assume(np.isfinite(iteration.next_state.theta).all())
    steps = iteration.spec.steps
    own: dict[StepId, list[float]] = {}
    for traced in traced_steps(iteration):
        if traced.step.kind.startswith("own"):
            assert traced.sample is not None
            own.setdefault(traced.step, []).append(traced.value)
        elif traced.step.kind.endswith("change"):
            assert traced.sample is None and traced.step.parameter is not None
            index = spec.network.index(traced.step.parameter)
            old, new = (float(each.theta[index]) for each in (state, iteration.next_state))
            assert old + traced.value == pytest.approx(new, rel=1e-12, abs=1e-14)
    assert len(own) == sum(steps.id_at(k).kind.startswith("own") for k in range(len(steps)))
    for step, values in own.items():
        assert step.parameter is not None and len(values) == len(iteration.rows)
        total = sum(values) / (len(values) if spec.reduction == "mean" else 1)
        of_batch = iteration.gradient[spec.network.index(step.parameter)]
        assert agree(total, float(of_batch))


def test_what_there_is_not_is_refused_with_a_sentence() -> None:
    iteration = iteration_of((2, 3), ("softmax",), "categorical_cross_entropy")
    step = StepId("backward", "activation_slope", 1, 0)
    with pytest.raises(NoSuchQuantity, match="no f′.z. of its own.*softmax"):
        derive(iteration, step, 0)
    kinds = {step.kind for step in map(
        replace(iteration.spec, also=tuple(ALSO)).steps.id_at,
        range(len(replace(iteration.spec, also=tuple(ALSO)).steps)),
    )}  # fmt: skip
    assert "activation_slope" not in kinds and "loss_by_activation" in kinds


def test_a_network_that_cannot_be_trained_has_none() -> None:
    spec = iteration_of((2, 2), ("sigmoid",)).spec
    layers = (replace(spec.network.layers[0], activation="step"),)
    network = replace(spec.network, layers=layers)
    plain, every = (replace(spec, network=network, also=also).steps for also in ((), tuple(ALSO)))
    assert len(plain) == len(every)
    iteration = iterate(spec, start_state(spec))
    held = replace(iteration, spec=replace(spec, network=network))
    with pytest.raises(NoSuchQuantity, match="no slope"):
        derive(held, StepId("backward", "loss_by_input", 0, 0), 0)
