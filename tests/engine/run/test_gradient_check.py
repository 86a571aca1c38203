"""The gradient check: right for what backward does, a failure for each mistake that touches it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from msgspec.structs import replace

from engine.documents.examples import example_names, read_example
from engine.maths.network import Layer, Network, Parameter, default_unit_names, with_layer
from engine.maths.optimizers import Optimizer
from engine.maths.penalty import Penalty
from engine.run.gradient_check import TOLERANCE, check_gradient, chosen_parameters
from engine.run.iteration import Interrupted, iterate
from engine.run.mistakes import MISTAKES, why_not
from engine.run.spec import Data, Spec, State, start_state
from tests.engine.conftest import runs

# What is checked besides the first iteration, where nothing has accumulated yet.
FIRST_WRONG = {"accumulated-gradients": 1}


def at(name: str, updates: int, *mistakes: str) -> tuple[Spec, State]:
    """An example some updates into its run."""
    document = read_example(name)
    spec = replace(document.spec, mistakes=mistakes)
    state = start_state(spec, document.start)
    for _ in range(updates):
        state = iterate(spec, state).next_state
    return spec, state


def relu_spec(bias: float, weight: float = 1.0, x: float = 1.0) -> tuple[Spec, State]:
    """One ReLU unit and a linear output; z of the unit is weight · x + bias."""
    network = Network(("x",), (Layer(("h",), "relu"), Layer(("o",), "linear")))
    data = Data(np.array([[x]]), np.array([[1.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    theta = network.theta(
        [np.array([[weight]]), np.array([[2.0]])], [np.array([bias]), np.array([0.5])]
    )
    return spec, start_state(spec, theta)


@pytest.mark.parametrize("updates", [0, 1, 300])
@pytest.mark.parametrize("name", example_names())
def test_right_backward_passes_on_every_example(name: str, updates: int) -> None:
    found = check_gradient(*at(name, updates))
    assert found.max_relative_error < 1e-6
    assert found.agrees and found.count("right") == found.size == len(found.checked)


@pytest.mark.parametrize("key", MISTAKES)
def test_each_mistake_fails_or_is_exempt(key: str) -> None:
    mistake = MISTAKES[key]
    failed = 0
    for name in example_names():
        if why_not(read_example(name).spec, key):
            continue
        found = check_gradient(*at(name, FIRST_WRONG.get(key, 0), key))
        if mistake.in_gradient:
            assert found.max_relative_error > 1e-3 and not found.agrees, name
            failed += 1
        else:
            assert found.max_relative_error < 1e-6 and found.agrees, name
    if mistake.in_gradient:
        assert failed >= 1
    else:
        assert mistake.exempt.endswith(".")


def test_the_numbers_of_the_first_wrong_gradient() -> None:
    """w1 of Mazur's network: 0.000438568 (published), and with the deltas sent back through the
    updated w5 0.3589 and w7 0.5113 it is 0.000364723."""
    found = check_gradient(*at("mazur-2-2-2", 0, "updated-weights"))
    first = found.checked[0]
    assert first.parameter == Parameter(1, 0, 0) and first.verdict == "wrong"
    assert first.numeric == pytest.approx(0.000438568, abs=5e-10)
    assert first.gradient == pytest.approx(0.000364723, abs=5e-10)
    worst = found.worst
    assert worst is not None and worst.relative_error == found.max_relative_error
    shared = [each for each in found.checked if each.parameter == Parameter(2, None, None)]
    assert [each.verdict for each in shared] == ["right"]  # fixed ones are checked too


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(runs())
def test_right_backward_passes_anywhere(run: tuple[Spec, State]) -> None:
    spec, state = run
    found = check_gradient(spec, state)
    places = [spec.network.index(each.parameter) for each in found.checked]
    assert places == np.flatnonzero(spec.network.cut == 0.0).tolist()
    gradient = iterate(spec, state).gradient
    assert [each.gradient for each in found.checked] == gradient[places].tolist()
    assert found.agrees, found.worst


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(runs())
def test_a_turned_sign_is_never_right(run: tuple[Spec, State]) -> None:
    spec, state = run
    # What penalties add to a gradient keeps its sign.
    spec = replace(spec, mistakes=("wrong-sign",), penalty=Penalty())
    gradient = iterate(spec, state).gradient
    assume(1e-4 < np.abs(gradient).max() < 1e4)
    largest = int(np.abs(gradient).argmax())
    checked = {each.parameter: each for each in check_gradient(spec, state).checked}
    each = checked[spec.network.parameter_at(largest)]
    assert each.verdict == "kink" or (each.verdict == "wrong" and each.relative_error > 1.9)


@pytest.mark.parametrize(
    ("bias", "verdicts"),
    [
        (0.0, ["right", "right", "right", "right"]),
        (-1.0, ["kink", "kink", "right", "right"]),  # z is 0: it lies on the kink
        (-1.0 + 5e-6, ["kink", "kink", "right", "right"]),  # half a step above it
        (-1.0 - 5e-6, ["kink", "kink", "right", "right"]),
        (-1.0 + 2e-5, ["right", "right", "right", "right"]),
    ],
)
def test_a_kink_is_no_failure(bias: float, verdicts: list[str]) -> None:
    found = check_gradient(*relu_spec(bias))
    assert [each.verdict for each in found.checked] == verdicts
    assert found.agrees and found.max_relative_error < TOLERANCE


def test_a_net_input_that_stays_on_the_kink_is_none() -> None:
    """With the input 0 the weight moves nothing, and the loss is smooth in it."""
    found = check_gradient(*relu_spec(0.0, x=0.0))
    assert [each.verdict for each in found.checked] == ["right", "kink", "right", "right"]


def test_every_parameter_at_a_kink() -> None:
    spec, state = relu_spec(-1.0)
    network = replace(
        spec.network, layers=(*spec.network.layers[:1], replace(spec.network.layers[1]))
    )
    found = check_gradient(replace(spec, network=network), state)
    assert found.count("kink") == 2 and found.worst is not None
    only = replace(found, checked=tuple(e for e in found.checked if e.verdict == "kink"))
    assert only.worst is None and only.max_relative_error == 0.0 and only.agrees


def test_a_loss_that_bends_much_within_a_step_is_not_called_wrong() -> None:
    """Inputs of some thousands: ±1e-5 in a weight is far for the net input."""
    network = Network(("x",), (Layer(("h",), "tanh"), Layer(("o",), "sigmoid")))
    data = Data(np.array([[3000.0]]), np.array([[1.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    theta = network.theta([np.array([[1e-4]]), np.array([[1.5]])], [np.zeros(1), np.zeros(1)])
    found = check_gradient(spec, start_state(spec, theta))
    assert found.checked[0].relative_error > TOLERANCE
    assert found.agrees
    wrong = replace(spec, mistakes=("missing-derivative",))
    assert not check_gradient(wrong, start_state(wrong, theta)).agrees


def test_a_saturated_network_is_not_called_wrong() -> None:
    """Gradients of 1e-12 drown in the rounding of a loss of 0.5."""
    network = Network(("x",), (Layer(("o",), "sigmoid"),))
    data = Data(np.array([[1.0]]), np.array([[0.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    found = check_gradient(spec, start_state(spec, np.array([14.0, 14.0])))
    assert found.max_relative_error > TOLERANCE and found.agrees


def large_spec(layers: int = 8, units: int = 512) -> Spec:
    names = default_unit_names((2, *[units] * layers, 1))
    network = Network(names[0], tuple(Layer(units, "tanh") for units in names[1:]))
    data = Data(np.array([[0.1, 0.2]]), np.array([[0.3]]), ("t",))
    optimizer = Optimizer()
    return Spec(network, "half_squared_error", "sum", optimizer, data, initializer="he_normal")


def test_of_a_large_network_some_of_each_layer_are_checked() -> None:
    spec = large_spec()
    chosen = chosen_parameters(spec)
    assert 0 < len(chosen) < spec.network.size
    assert chosen.tolist() == chosen_parameters(spec).tolist() == sorted(set(chosen.tolist()))
    ends = np.cumsum([3 * 512, *[513 * 512] * 7, 513])
    per_layer = np.bincount(np.searchsorted(ends, chosen, side="right"), minlength=9)
    assert per_layer.min() >= 2 and len(set(per_layer[:8])) == 1


def test_of_a_large_network_whose_edges_are_cut_those_that_are_there_are_checked() -> None:
    spec = large_spec()
    cut = tuple(tuple(range(255)) for _ in range(512))
    spec = replace(spec, network=with_layer(spec.network, 2, cut=cut))
    chosen = chosen_parameters(spec)
    assert not spec.network.cut[chosen].any() and len(set(chosen.tolist())) == len(chosen)
    span = spec.network.span(2)
    of_layer = chosen[(chosen >= span.start) & (chosen < span.stop)] - span.start
    assert len(of_layer) >= 2 and (of_layer > 256 * 512).any()


def test_a_sample_says_so_and_is_right() -> None:
    # As many samples as make even this network dear.
    rows = np.random.default_rng(1).normal(size=(20_000, 2))
    names = default_unit_names((2, 60, 1))
    network = Network(names[0], tuple(Layer(units, "tanh") for units in names[1:]))
    data = Data(rows, rows[:, :1], ("t",))
    spec = Spec(network, "half_squared_error", "mean", Optimizer(), data)
    found = check_gradient(spec, start_state(spec))
    assert found.is_sample and len(found.checked) < found.size == network.size
    assert {each.parameter.layer for each in found.checked} == {1, 2}
    assert found.agrees and found.max_relative_error < 1e-6


def test_it_can_be_called_off() -> None:
    looks = 0

    def check() -> None:
        nonlocal looks
        looks += 1
        if looks == 5:
            raise Interrupted

    with pytest.raises(Interrupted):
        check_gradient(*at("xor-2-3-1", 0), check)


