"""What a kernel knows: it does that rightly, and leaves all else to the plain kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf

import numpy as np
import pytest
from msgspec.structs import replace

from engine.maths.activations import ACTIVATIONS, Array
from engine.maths.losses import LOSSES, REDUCTIONS, LossSettings
from engine.maths.network import BIAS_KINDS, Layer, Network, with_layer
from engine.maths.optimizers import RULES, Optimizer, Slots
from engine.run.iteration import iterate, never
from engine.run.mistakes import MISTAKES
from engine.run.spec import Batching, Data, Spec, State, start_state
from engine.training.kernels import choice, numpy_kernel
from engine.training.kernels.kernel import KERNELS, Kernel, Stretch
from engine.training.kernels.known import Known
from engine.training.kernels.plain import PlainKernel
from engine.training.trainer import Trainer
from tests.engine.training.test_trainer import same

SLOW = {"learning_rate": 0.1}
PARTS = ("pass", "batch", "update", "start")  # where a mistake is made

pytestmark = pytest.mark.usefixtures("with_numba")


def names_of_others() -> list[str]:
    """The kernels that are there, but for the plain one."""
    return [name for name in KERNELS if name != "plain" and is_there(name)]


def is_there(name: str) -> bool:
    return name != "numba" or choice._numba.module is not None


def is_fit(name: str, spec: Spec) -> bool:
    module = numpy_kernel if name == "numpy" else choice._numba.module
    assert module is not None
    return bool(module.is_fit(spec))


def known_to(name: str) -> Known:
    if name == "numpy":
        return numpy_kernel.KNOWN
    pytest.importorskip("numba")
    from engine.training.kernels import numba_kernel

    return numba_kernel.KNOWN


def base(outputs: int = 2) -> Spec:
    """A run that every kernel can take: 3-3-outputs, seven samples in batches of three."""
    hidden, names = Layer(("h1", "h2", "h3"), "tanh"), tuple(f"o{k}" for k in range(outputs))
    network = Network(("x1", "x2", "x3"), (hidden, Layer(names, "sigmoid")))
    generator = np.random.default_rng(3)
    data = Data(generator.normal(size=(7, 3)), generator.uniform(0.1, 0.9, (7, outputs)), names)
    return Spec(
        network, "half_squared_error", "sum", Optimizer("momentum", SLOW), data, Batching(3),
        metrics=("mean_absolute_error",), initializer="uniform_pm_1", seed=5,
    )


def fitting(spec: Spec, loss: str, activation: str) -> Spec:
    """The run with another loss and output activation, its targets and reduction as they need."""
    network = with_layer(spec.network, spec.network.depth, activation=activation)
    row, data = LOSSES[loss], spec.data
    if row.classes is not None:
        data = replace(data, targets=np.where(data.targets < 0.5, *row.classes))
    return replace(
        spec, network=network, loss=loss, reduction=row.reduction or spec.reduction, data=data,
        metrics=spec.metrics if row.has_targets else (),
        loss_settings=LossSettings({"delta": 0.125}, data.targets.shape[1] - 1),
    )


# Rows that no kernel knows


def _softsign(z: Array) -> Array:
    return np.asarray(z / (1.0 + np.abs(z)))


def _softsign_slope(z: Array, a: Array) -> Array:
    return np.asarray((1.0 + np.abs(z)) ** -2)


def _huber_slope(a: Array, t: Array) -> Array:
    return np.clip(a - t, -0.1, 0.1)


def _huber_terms(z: Array, a: Array, t: Array) -> Array:
    far = np.abs(t - a)
    return np.where(far < 0.1, 0.5 * far**2, 0.1 * (far - 0.05))


def _rmsprop(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    v = setting["beta_2"] * slots[0] + (1.0 - setting["beta_2"]) * gradient**2
    return theta - setting["learning_rate"] * gradient / (np.sqrt(v) + setting["epsilon"]), (v,)


@pytest.fixture
def new_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """An activation, a loss, an optimizer and mistakes, by their rows alone."""
    softsign = replace(
        ACTIVATIONS["tanh"], key="new", apply=_softsign, slope=_softsign_slope
    )
    huber = replace(
        LOSSES["half_squared_error"], key="new", terms=_huber_terms, slope=_huber_slope
    )
    rmsprop = replace(
        RULES["adam"], key="new", settings=("learning_rate", "beta_2", "epsilon"),
        slots=("v",), update=_rmsprop,
    )
    monkeypatch.setitem(ACTIVATIONS, "new", softsign)
    monkeypatch.setitem(LOSSES, "new", huber)
    monkeypatch.setitem(RULES, "new", rmsprop)
    for where in PARTS:
        row = replace(MISTAKES["wrong-sign"], key=f"new-{where}", where=where)
        monkeypatch.setitem(MISTAKES, f"new-{where}", row)


NEW: dict[str, Callable[[Spec], Spec]] = {
    "hidden activation": lambda spec: replace(
        spec, network=with_layer(spec.network, 1, activation="new")
    ),
    "output activation": lambda spec: replace(
        spec, network=with_layer(spec.network, 2, activation="new")
    ),
    "output activation of a short loss": lambda spec: fitting(spec, "binary_cross_entropy", "new"),
    "loss": lambda spec: replace(spec, loss="new"),
    "optimizer": lambda spec: replace(spec, optimizer=Optimizer("new", SLOW)),
    **{
        f"mistake {where}": lambda spec, where=where: replace(spec, mistakes=(f"new-{where}",))
        for where in PARTS
    },
}


@pytest.fixture(params=NEW)
def unknown(request: pytest.FixtureRequest, new_rows: None) -> Spec:
    """A run with one thing in it that only the tables of the mathematics know."""
    return NEW[request.param](base())


def iterated(spec: Spec, state: State, count: int) -> State:
    for _ in range(count):
        state = iterate(spec, state).next_state
    return state


def test_what_a_kernel_does_not_know_it_does_not_claim(unknown: Spec) -> None:
    for name in names_of_others():
        assert is_fit(name, base())
        assert not is_fit(name, unknown)
        with pytest.raises(AssertionError, match="not for this kernel"):
            choice.kernel_named(name, unknown)


def test_it_trains_on_the_plain_kernel_rightly_from_the_first_day(unknown: Spec) -> None:
    assert choice.reproducible(unknown) == "plain"
    for iterations in (1, 10_000, inf):
        assert choice.fastest(unknown, iterations, "") == "plain"
    assert isinstance(choice.kernel_named(choice.fastest(unknown, inf, ""), unknown), PlainKernel)
    for batching in (Batching(3), Batching(), Batching(2, shuffled=True)):
        spec = replace(unknown, batching=batching)
        start = start_state(spec)
        expected = iterated(spec, start, 40)
        assert not np.array_equal(expected.theta, start.theta)
        for at_speed in (False, True):
            progress = Trainer(spec, start, at_speed=at_speed).advance(40)
            assert progress.stretches == (Stretch("plain", 40),)
            assert same(progress.state, expected)
        known = Trainer(replace(base(), batching=batching), start_state(base())).advance(40)
        if not spec.mistakes:  # whose rows alone change nothing
            assert not np.array_equal(known.state.theta, expected.theta)


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_road_by_a_kernel_that_does_not_know_the_run_is_taken_again_by_the_plain_one(
    kernel: str, unknown: Spec
) -> None:
    start = start_state(unknown)
    progress = Trainer(unknown, start, 10, stretches=(Stretch(kernel, 25),)).advance(45)
    assert progress.stretches == (Stretch("plain", 45),)
    # Key frames of a road that was another's would not be its own.
    assert [frame.t for frame in progress.frames] == [
        t for t in (10, 20, 30, 40) if t > 25 or kernel == "plain"
    ]
    assert same(progress.state, iterated(unknown, start, 45))


# What a kernel knows


def runs_of(known: Known) -> Iterator[tuple[str, Spec]]:
    """A run for each row that a kernel claims, in words and as a Spec."""
    for activation in sorted(known.slopes):
        yield f"hidden {activation}", replace(
            base(), network=with_layer(base().network, 1, activation=activation)
        )
        for setting in ACTIVATIONS[activation].settings:
            settings = {setting: 0.3}
            layers = tuple(
                Layer(layer.units, activation, settings=settings) for layer in base().network.layers
            )
            yield f"{activation} with its {setting}", replace(
                base(), network=replace(base().network, layers=layers)
            )
    for loss in known.losses:
        for activation in LOSSES[loss].activations:
            if activation in known.activations:
                for outputs in (2, 1) if activation != "softmax" else (2,):
                    yield f"{loss} of {outputs} {activation}", fitting(
                        base(outputs), loss, activation
                    )
    for bias in sorted(known.biases):
        layers = tuple(replace(layer, bias=bias) for layer in base().network.layers)
        yield f"bias {bias}", replace(base(), network=replace(base().network, layers=layers))
    for reduction in known.reductions:
        yield f"reduction {reduction}", replace(base(), reduction=reduction)
    for key in known.optimizers:
        optimizer = Optimizer(key, {**SLOW, "epsilon": 1e-3})
        yield f"optimizer {key}", replace(base(), optimizer=optimizer)
    for mistake in sorted(known.mistakes):
        yield f"mistake {mistake}", replace(base(), mistakes=(mistake,))


@pytest.mark.parametrize("name", ["numpy", "numba"])
def test_what_a_kernel_claims_it_works_out_as_the_plain_one_does(name: str) -> None:
    for words, spec in runs_of(known_to(name)):
        assert is_fit(name, spec), words
        state = iterated(spec, start_state(spec), 3)
        expected = iterated(spec, state, 1)
        kernel: Kernel = choice.kernel_named(name, spec)
        found = kernel.advance(state, 1, 10, never).state
        if name == "numpy":
            assert same(found, expected), words
        else:
            for mine, plain in zip(
                (found.theta, *found.slots), (expected.theta, *expected.slots), strict=True
            ):
                assert np.allclose(mine, plain, rtol=1e-12, atol=1e-14), words


@pytest.mark.parametrize("name", ["numpy", "numba"])
def test_a_kernel_has_no_rows_that_the_mathematics_has_not(name: str) -> None:
    known = known_to(name)
    with_slope = {key for key, row in ACTIVATIONS.items() if row.slope is not None}
    assert set(known.activations) <= set(ACTIVATIONS)
    assert set(known.slopes) <= with_slope & set(known.activations)
    joint = {key for key, row in ACTIVATIONS.items() if row.sent_back is not None}
    assert set(known.jacobians) <= joint & set(known.activations)
    assert set(known.biases) <= set(BIAS_KINDS)
    assert set(known.losses) <= set(LOSSES)
    assert set(known.reductions) <= set(REDUCTIONS)
    assert set(known.optimizers) <= set(RULES)
    assert set(known.mistakes) <= set(MISTAKES)


@pytest.mark.parametrize("name", ["numpy", "numba"])
def test_nothing_is_sent_back_through_a_layer_that_has_no_slope(name: str) -> None:
    known = known_to(name)
    short = fitting(base(), "categorical_cross_entropy", "softmax")
    assert known.covers(short)
    joint = fitting(base(), "squared_error", "softmax")
    assert known.covers(joint)
    assert not replace(known, jacobians=()).covers(joint)
    for activation in ("softmax", "step"):
        hidden = with_layer(base().network, 1, activation=activation)
        assert not known.covers(replace(base(), network=hidden))


@pytest.mark.parametrize("name", ["numpy", "numba"])
def test_every_activation_of_the_table_is_known(name: str) -> None:
    """Those that learn; softmax at an output with its loss."""
    known = known_to(name)
    assert set(known.activations) == {key for key, row in ACTIVATIONS.items() if row.learns}
    assert set(known.slopes) == {key for key in known.activations if key != "softmax"}


@pytest.mark.parametrize("name", ["numpy", "numba"])
@pytest.mark.parametrize("key", [key for key, row in ACTIVATIONS.items() if row.learns])
def test_net_inputs_far_out_are_as_in_the_plain_kernel(name: str, key: str) -> None:
    """Beyond where powers of e are numbers, before and behind kinks, and next to 0."""
    if key == "softmax":
        return
    far = [-1e12, -800.0, -710.0, -40.0, -6.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 6.0, 40.0, 710.0, 1e12]
    network = Network(("x",), (Layer(("h",), key, "none"), Layer(("o",), "linear", "none")))
    data = Data(np.array(far).reshape(-1, 1), np.full((len(far), 1), 0.5), ("t",))
    optimizer = Optimizer().changed(learning_rate=1e-12)
    spec = Spec(network, "half_squared_error", "sum", optimizer, data)
    start = start_state(spec, np.array([1.0, 1e-3]))
    with np.errstate(all="ignore"):
        expected = iterated(spec, start, 1)
        found = choice.kernel_named(name, spec).advance(start, 1, 10, never).state
    if name == "numpy":
        assert same(found, expected)
    else:
        assert np.allclose(found.theta, expected.theta, rtol=1e-12, atol=1e-14)
