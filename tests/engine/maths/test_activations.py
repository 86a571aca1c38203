"""Activations with their settings: right by an independent reckoning, defined for every number."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from autograd import elementwise_grad, grad
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.derivations.derive import derive
from engine.derivations.matrix import derive_layer, has_matrix_form
from engine.documents.document import Document
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from engine.formulas.matrices import ArrayExpr
from engine.formulas.writers import prose_text
from engine.maths.activations import (
    ACTIVATION_SETTINGS,
    ACTIVATIONS,
    Activation,
    all_activation_settings,
    hidden_activations,
)
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Network, with_layer
from engine.maths.optimizers import Optimizer
from engine.run.check_spec import SpecError, check_spec
from engine.run.edits import set_activation, set_activation_setting
from engine.run.gradient_check import check_gradient
from engine.run.iteration import batch_gradient, iterate, never
from engine.run.mistakes import MISTAKES, why_not
from engine.run.paper import paper_iteration
from engine.run.spec import Data, Spec, start_state
from engine.run.step_values import step_value
from engine.training.kernels.numpy_kernel import NumpyKernel, is_fit
from engine.training.kernels.plain import PlainKernel
from engine.training.trainer import Trainer
from tests.engine.conftest import specs
from tests.engine.derivations.conftest import agree
from tests.engine.derivations.test_derive import numbers_of, reckoned
from tests.engine.maths.test_backprop import ORACLE_ACTIVATIONS, WITH_SETTING, oracle_loss

KNOWN = [key for key in hidden_activations() if key != "step"]
EXTREMES = np.array(
    [0.0, -0.0, 5e-324, -5e-324, 2.2e-308, -2.2e-308, 1.0, -1.0, 37.0, -37.0, 709.0, -709.0,
     711.0, -711.0, 746.0, -746.0, 1e12, -1e12, 1.5e154, -1.5e154, 1e308, -1e308, np.inf, -np.inf]
)  # fmt: skip


def with_setting(key: str, value: float) -> Activation:
    setting = {WITH_SETTING[key][0]: value} if key in WITH_SETTING else {}
    return ACTIVATIONS[key].with_settings(all_activation_settings(setting))


def spec_of(key: str, value: float | None = None, loss: str = "half_squared_error") -> Spec:
    """A 2-3-2 network of one activation, with its setting if it has one."""
    setting = {WITH_SETTING[key][0]: value} if value is not None else {}
    layers = tuple(
        Layer(units, key, settings=setting) for units in (("h1", "h2", "h3"), ("o1", "o2"))
    )
    generator = np.random.default_rng(5)
    data = Data(generator.normal(size=(4, 2)), generator.uniform(0.1, 0.9, (4, 2)), ("t1", "t2"))
    optimizer = Optimizer().changed(learning_rate=0.05)
    network = Network(("x1", "x2"), layers)
    return Spec(network, loss, "mean", optimizer, data, initializer="uniform_pm_1", seed=2)


CASES = [(key, None) for key in KNOWN] + [
    (key, value) for key in WITH_SETTING for value in (0.3, 0.85 if key == "leaky_relu" else 2.5)
]


@pytest.mark.parametrize("key", KNOWN)
@given(z=st.floats(-12.0, 12.0))
def test_a_function_and_its_slope_are_those_of_autograd(key: str, z: float) -> None:
    f, points = ORACLE_ACTIVATIONS[key], np.array([z])
    row = ACTIVATIONS[key]
    assert row.slope is not None
    a = row.apply(points)
    assert np.allclose(a, f(points), rtol=1e-12, atol=1e-14)
    if z not in row.kinks:
        slope = elementwise_grad(f)(points)
        assert np.allclose(row.slope(points, a), slope, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("key", WITH_SETTING)
@given(z=st.floats(-8.0, 8.0), value=st.floats(0.01, 0.99) | st.floats(1.0, 3.0))
def test_so_they_are_with_a_setting(key: str, z: float, value: float) -> None:
    setting, f = WITH_SETTING[key]
    if not ACTIVATION_SETTINGS[setting].allows(value):
        value /= 4.0
    row, points = with_setting(key, value), np.array([z])
    assert row.slope is not None
    a = row.apply(points)
    assert np.allclose(a, f(points, value), rtol=1e-12, atol=1e-14)
    if z != 0.0:
        slope = elementwise_grad(f)(points, value)
        assert np.allclose(row.slope(points, a), slope, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_with_its_usual_settings_a_row_is_itself(key: str) -> None:
    assert ACTIVATIONS[key].with_settings(all_activation_settings({})) is ACTIVATIONS[key]
    assert Layer(("o",), key).function is ACTIVATIONS[key]
    assert set(ACTIVATIONS[key].settings) <= set(ACTIVATION_SETTINGS)


@pytest.mark.parametrize("value", [1e-5, 0.5, 1.0, 9e5])
@pytest.mark.parametrize("key", KNOWN)
def test_no_number_is_too_large_or_too_small(key: str, value: float) -> None:
    """Warnings are errors; and there is a slope wherever there is a number."""
    setting = WITH_SETTING.get(key, ("", None))[0]
    if setting and not ACTIVATION_SETTINGS[setting].allows(value):
        value = 0.999
    row = with_setting(key, value)
    assert row.slope is not None
    for z in (EXTREMES, EXTREMES.reshape(4, 6)):
        a = row.apply(z)
        slope = row.slope(z, a)
        assert a.shape == slope.shape == z.shape and a.dtype == slope.dtype == np.float64
        assert not np.isnan(a).any() and np.isfinite(slope).all()
        low, high = row.range
        assert (a >= low).all() and (a <= high).all()
        if row.flat_below > -np.inf:
            assert (slope[z < row.flat_below] == 0.0).all()
        if row.flat_above < np.inf:
            assert (slope[z > row.flat_above] == 0.0).all()


@given(st.floats(-10.0, 10.0))
def test_gelu_has_the_error_function_to_the_last_digit(z: float) -> None:
    exact = 0.5 * z * (1.0 + math.erf(z / math.sqrt(2.0)))
    assert ACTIVATIONS["gelu"].apply(np.array(z)) == pytest.approx(exact, rel=1e-15, abs=1e-15)


@pytest.mark.parametrize(
    ("key", "z", "a"),
    [  # Φ(1) and Φ(−½) from tables of the normal distribution, and σ(1), ln 2, ¾, 1/e
        ("gelu", 1.0, 0.841344746068543),
        ("gelu", -0.5, -0.154268769363344),
        ("silu", 1.0, 0.731058578630005),
        ("softplus", 0.0, 0.693147180559945),
        ("softsign", -3.0, -0.75),
        ("elu", -1.0, -0.632120558828558),
    ],
)
def test_values_as_in_tables(key: str, z: float, a: float) -> None:
    assert ACTIVATIONS[key].apply(np.array(z)) == pytest.approx(a, rel=1e-12)


@pytest.mark.parametrize(("key", "value"), CASES)
def test_gradients_are_right_and_it_learns(key: str, value: float | None) -> None:
    spec = spec_of(key, value)
    state = start_state(spec)
    found = check_gradient(spec, state)
    assert found.agrees and found.max_relative_error < 1e-5
    before = iterate(spec, state).loss
    trainer = Trainer(spec, state)
    trainer.advance(300)
    assert iterate(spec, trainer.state).loss < before


@pytest.mark.parametrize("mistake", ["", "derivative-at-activation", "lost-link"])
@pytest.mark.parametrize(("key", "value"), CASES)
def test_every_step_is_derived_and_comes_to_the_engines_number(
    key: str, value: float | None, mistake: str
) -> None:
    spec = spec_of(key, value)
    if mistake and not why_not(spec, mistake):
        spec = replace(spec, mistakes=(mistake,))
    iteration = iterate(spec, start_state(spec))
    function = spec.network.layers[0].function

    def f_slope(x: float) -> float:
        point = np.array(x)
        assert function.slope is not None
        return float(function.slope(point, function.apply(point)))

    for k in range(len(spec.steps)):
        step = spec.steps.id_at(k)
        derivation, expected = derive(iteration, step, 1), step_value(
            iteration, step, iteration.sample(1)
        )
        assert agree(derivation.value, expected), derivation.text
        for form in (derivation.result, *derivation.line.numbers):
            assert agree(reckoned(numbers_of(form), f_slope), expected), derivation.text


def test_a_setting_is_mentioned_where_it_is_not_as_usual() -> None:
    def texts(value: float | None) -> str:
        spec = spec_of("sigmoid", value)
        iteration = iterate(spec, start_state(spec))
        return "\n".join(
            derive(iteration, spec.steps.id_at(k), 0).text for k in range(len(spec.steps))
        )

    assert "λ" not in texts(None) and "λ" not in texts(1.0)
    assert "1/(1 + e^(−λ · z_h1))" in texts(2.0) and "λ · a_o1 · (1 − a_o1)" in texts(2.0)


def test_a_cross_entropy_wants_the_plain_sigmoid() -> None:
    spec = spec_of("sigmoid", None, "binary_cross_entropy")
    check_spec(spec)
    changed = with_layer(spec.network, 2, settings={"gain": 2.0})
    with pytest.raises(SpecError, match=r"goes with a sigmoid whose gain is 1: only then"):
        check_spec(replace(spec, network=changed))
    for key in KNOWN:
        other = replace(spec, network=with_layer(spec.network, 2, activation=key))
        if key != "sigmoid":
            with pytest.raises(SpecError, match=r"goes with sigmoid at the output, not"):
                check_spec(other)


def test_what_is_not_read_is_kept_for_another_activation() -> None:
    spec = spec_of("sigmoid", 2.0)
    state = start_state(spec)
    spec, _ = set_activation(spec, state, 1, "elu")
    spec, _ = set_activation_setting(spec, state, 1, "alpha", 0.5)
    layer = spec.network.layers[0]
    assert layer.changed_settings == {"alpha": 0.5} and layer.settings["gain"] == 2.0
    back, _ = set_activation(spec, state, 1, "sigmoid")
    assert back.network.layers[0].changed_settings == {"gain": 2.0}
    tree = json.loads(write_document(Document(spec, state.theta)))
    assert tree["layers"][0]["settings"] == {"gain": 2, "alpha": 0.5}


@given(
    st.sampled_from(sorted(WITH_SETTING)),
    st.fixed_dictionaries(
        {},
        optional={
            "gain": st.floats(1e-9, 9.9e5),
            "alpha": st.floats(1e-9, 9.9e5),
            "leak": st.floats(1e-9, 0.99),
            "slope": st.floats(1e-9, 9.9e5),
        },
    ),
)
@settings(max_examples=40)
def test_settings_go_into_a_file_and_come_back_bit_for_bit(
    key: str, given_settings: dict[str, float]
) -> None:
    spec = spec_of(key)
    spec = replace(spec, network=with_layer(spec.network, 1, settings=given_settings))
    data = write_document(Document(spec, start_state(spec).theta))
    again = read_document(data)
    assert again.spec.network == spec.network
    assert write_document(again) == data


@pytest.mark.parametrize(
    ("setting", "value"),
    [("gain", 0.0), ("gain", -1.0), ("gain", 1e6), ("leak", 1.0), ("alpha", 0.0), ("slope", -2.0)],
)
def test_a_setting_beyond_its_limits_is_refused(setting: str, value: float) -> None:
    spec = spec_of("sigmoid")
    state = start_state(spec)
    with pytest.raises(SpecError) as error:
        set_activation_setting(spec, state, 1, setting, value)
    assert error.value.sentence == ACTIVATION_SETTINGS[setting].limits
    assert error.value.path == f"$.layers[0].settings.{setting}"
    tree = json.loads(write_document(Document(spec, state.theta)))
    assert "settings" not in tree["layers"][0]
    tree["layers"][0]["settings"] = {setting: value}
    with pytest.raises(DocumentError, match=setting):
        read_document(json.dumps(tree).encode())


def test_every_mistake_can_be_asked_of_every_activation() -> None:
    for key, value in CASES:
        spec = spec_of(key, value)
        for mistake in MISTAKES:
            assert isinstance(why_not(spec, mistake), str)


@pytest.mark.parametrize(("key", "value"), CASES)
def test_a_layer_in_matrix_form_comes_to_the_engines_numbers(key: str, value: float | None) -> None:
    iteration = iterate(spec_of(key, value), start_state(spec_of(key, value)))
    network, steps, seen = iteration.spec.network, iteration.spec.steps, set()
    for k in range(len(steps)):
        step = steps.id_at(k)
        if not has_matrix_form(iteration.spec, step) or step.layer is None:
            continue
        derivation = derive_layer(iteration, step, 0)
        assert isinstance(derivation.result, ArrayExpr)
        expected = {
            "forward": lambda layer: iteration.sample(0).a[layer].reshape(-1, 1),
            "backward": lambda layer: network.weights(iteration.gradient, layer),
            "update": lambda layer: network.weights(iteration.next_state.theta, layer),
        }[step.phase](step.layer)
        assert np.allclose(derivation.result.values, expected, rtol=1e-12, atol=1e-12)
        if value is not None and step.phase == "forward":
            told = prose_text(derivation.factors[1].meaning)
            assert f" with {ACTIVATION_SETTINGS[WITH_SETTING[key][0]].symbol} = {value}" in told
        seen.add(step.phase)
    assert seen == {"forward", "backward", "update"}


@pytest.mark.parametrize(("key", "value"), CASES)
def test_on_paper_each_step_follows_from_the_rounded_ones(key: str, value: float | None) -> None:
    spec = spec_of(key, value)
    iteration = paper_iteration(iterate(spec, start_state(spec)), 3)
    for k in range(len(spec.steps)):
        step = spec.steps.id_at(k)
        expected = step_value(iteration, step, iteration.sample(0))
        # What is put together of several links is rounded at each of them.
        assert abs(derive(iteration, step, 0).value - expected) <= 2e-3


@given(specs(), st.floats(0.2, 3.0), st.floats(0.05, 0.95), st.integers(0, 20))
def test_networks_with_settings_agree_with_autograd_and_the_fast_kernel(
    spec: Spec, factor: float, below: float, t: int
) -> None:
    chosen = {"gain": factor, "alpha": factor, "slope": factor, "leak": below}
    *hidden, output = spec.network.layers
    layers = [replace(layer, settings=chosen) for layer in hidden]
    is_free = LOSSES[spec.loss].goes_with is None
    layers.append(replace(output, settings=chosen) if is_free else output)
    spec = replace(spec, network=replace(spec.network, layers=tuple(layers)))
    check_spec(spec)
    start, rows = start_state(spec), spec.batch_rows(t)
    loss, gradient, _ = batch_gradient(spec, start, rows)
    expected = grad(lambda values: oracle_loss(spec, values, rows))(np.array(start.theta))
    scale = max(1.0, float(np.abs(expected).max()))
    assert np.abs(gradient - expected).max() <= 1e-9 * scale
    assert loss == pytest.approx(float(oracle_loss(spec, start.theta, rows)), rel=1e-12, abs=1e-14)
    if is_fit(spec):
        with np.errstate(all="ignore"):
            plain, fast = (
                kernel(spec).advance(start, 3, 10, never) for kernel in (PlainKernel, NumpyKernel)
            )
        assert np.array_equal(fast.state.theta, plain.state.theta)
        assert np.array_equal(fast.points, plain.points)
