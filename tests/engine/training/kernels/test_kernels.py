"""Kernels: the same numbers from all of them, however the way is cut, and replayed to the bit."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from math import inf

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.examples import example_names, read_example
from engine.maths.network import Layer, Network, with_layer
from engine.maths.optimizers import RULES, Optimizer
from engine.run.iteration import Interrupted, never
from engine.run.mistakes import MISTAKES
from engine.run.spec import Batching, Data, Since, Spec, State, start_state
from engine.training.history import History, Place
from engine.training.kernels import choice
from engine.training.kernels.kernel import Advanced, Kernel
from engine.training.kernels.numpy_kernel import NumpyKernel, is_fit
from engine.training.kernels.plain import PlainKernel
from engine.training.trainer import Trainer
from tests.engine.conftest import specs
from tests.engine.training.test_trainer import linear_spec, same, two_outputs

NUMPY_MAKES = ["updated-weights", "forgotten-rate", "same-start"]
NEVER = 10**9  # a distance of key frames that no run here reaches

TRAINED = [name for name in example_names() if read_example(name).spec.can_train]

Making = Callable[[Spec], Kernel]


@pytest.fixture(scope="session")
def numba_kernel() -> Making:
    """The numba kernel; tests of it are skipped where numba is not installed."""
    pytest.importorskip("numba")
    from engine.training.kernels.numba_kernel import NumbaKernel

    return NumbaKernel


LOST = {  # by the run: whether its first update is
    "each below": (8e11, 1.0, False),
    "just below": (np.nextafter(1e12, 0.0), 1.0, False),
    "one beyond": (7e11, 1.5, True),
    "not finite": (9e11, 1e300, True),
}


@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum"])
@pytest.mark.parametrize("case", LOST)
def test_every_kernel_loses_a_run_where_a_parameter_is_not_below_the_bound(
    making: Making, case: str, optimizer: str
) -> None:
    target, rate, lost = LOST[case]
    spec = two_outputs(target, rate)
    spec = replace(spec, optimizer=replace(spec.optimizer, key=optimizer))
    done = advanced(making, spec, start_state(spec, np.zeros(2)), 1)
    assert done.lost is lost and done.state.t == 1 - lost


def test_adam_goes_on_while_each_of_its_squares_is_a_number(making: Making) -> None:
    spec = two_outputs(0.0)
    spec = replace(spec, optimizer=replace(spec.optimizer, key="adam"))
    near_the_end = np.full(2, 1.7e308)
    for squares, lost in ((near_the_end, False), (np.array([0.0, np.inf]), True)):
        start = State(np.zeros(2), (np.zeros(2), squares))
        assert advanced(making, spec, start, 1).lost is lost


@pytest.mark.parametrize("z", [-700.0, -708.5, -709.5, -709.79, -720.0, -800.0, 720.0, 1e12])
def test_a_sigmoid_far_out_is_the_same_in_every_kernel(making: Making, z: float) -> None:
    network = Network(("x",), (Layer(("h",), "sigmoid", "none"), Layer(("o",), "linear", "none")))
    data = Data(np.array([[z]]), np.array([[1.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer().changed(learning_rate=1.0), data)
    start = start_state(spec, np.array([1.0, 0.0]))
    plain = advanced(PlainKernel, spec, start, 2)
    fast = advanced(making, spec, start, 2)
    if making is NumpyKernel:
        assert same(fast.state, plain.state) and np.array_equal(fast.points, plain.points)
    assert near(fast.state.theta, plain.state.theta, 1e-12)
    assert not fast.lost and not plain.lost


def assume_numba_knows(spec: Spec) -> None:
    """Leave out runs with rows that it has no code for."""
    from engine.training.kernels.numba_kernel import KNOWN

    assume(KNOWN.covers(spec))


@pytest.fixture
def with_numba(numba_kernel: Making, with_numba: None) -> None:
    """As in a session in which it was loaded; skipped where it is not installed."""


@pytest.fixture(scope="session", params=["plain", "numpy", "numba"])
def making(request: pytest.FixtureRequest) -> Making:
    """Each kernel in turn."""
    if request.param == "numba":
        making: Making = request.getfixturevalue("numba_kernel")
        return making
    return {"plain": PlainKernel, "numpy": NumpyKernel}[request.param]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A run on its way out overflows, as in the trainer."""
    with np.errstate(all="ignore"):
        yield


def advanced(making: Making, spec: Spec, state: State, count: int, every: int = NEVER) -> Advanced:
    return making(spec).advance(state, count, every, never)


def near(first: np.ndarray, second: np.ndarray, tolerance: float) -> bool:
    """Whether arrays agree to a tolerance, relative to each number or to the largest of them."""
    largest = max(float(np.abs(second).max(initial=0.0)), 1e-12)
    return np.allclose(first, second, rtol=tolerance, atol=tolerance * largest)


@given(specs(max_samples=9).filter(is_fit), st.integers(1, 12), st.integers(1, 4))
def test_numpy_gives_what_the_plain_path_gives_to_the_bit(
    spec: Spec, count: int, every: int
) -> None:
    start = start_state(spec)
    plain = advanced(PlainKernel, spec, start, count, every)
    fast = advanced(NumpyKernel, spec, start, count, every)
    assert same(fast.state, plain.state)
    assert fast.lost == plain.lost
    assert np.array_equal(fast.points, plain.points)
    assert len(fast.frames) == len(plain.frames)
    assert all(map(same, fast.frames, plain.frames))


@given(
    specs(max_samples=9).filter(is_fit),
    st.sets(st.sampled_from(NUMPY_MAKES), min_size=1),
    st.integers(1, 12),
    st.integers(0, 11),
)
def test_numpy_makes_the_mistakes_that_are_in_no_formula_of_a_pass(
    spec: Spec, made: set[str], count: int, before: int
) -> None:
    """Each layer updated before the deltas go back through it; to the bit, from any moment on."""
    spec = replace(spec, mistakes=tuple(sorted(made)))
    is_cut_as_a_whole = spec.updates_early and spec.clipping.name == "norm"
    assert is_fit(spec) != is_cut_as_a_whole
    assume(not is_cut_as_a_whole)
    assert choice.reproducible(spec) == NumpyKernel.name
    start = advanced(PlainKernel, spec, start_state(spec), before).state
    plain = advanced(PlainKernel, spec, start, count, 3)
    fast = advanced(NumpyKernel, spec, start, count, 3)
    assert same(fast.state, plain.state) and fast.lost == plain.lost
    assert np.array_equal(fast.points, plain.points)
    assert len(fast.frames) == len(plain.frames)
    assert all(map(same, fast.frames, plain.frames))


@pytest.mark.parametrize("key", [key for key in MISTAKES if key not in NUMPY_MAKES])
def test_other_mistakes_are_left_to_the_plain_path(key: str) -> None:
    spec = replace(read_example("xor-2-3-1").spec, mistakes=(key, "updated-weights"))
    assert choice.reproducible(spec) == PlainKernel.name


@given(spec=specs(max_samples=9), before=st.integers(0, 3))
def test_numba_gives_the_same_iteration_to_twelve_digits(
    numba_kernel: Making, spec: Spec, before: int
) -> None:
    assume_numba_knows(spec)
    # Adam divides by ε where a gradient is nothing but rounding errors, and makes them matter.
    spec = replace(spec, optimizer=spec.optimizer.changed(epsilon=1e-3))
    # So is the gradient of a bias that outputs of softmax share: their deltas add up to 0.
    if spec.network.layers[-1].activation == "softmax":
        changed = with_layer(spec.network, spec.network.depth, bias="per_unit", threshold=False)
        spec = replace(spec, network=changed)
    state = advanced(PlainKernel, spec, start_state(spec), before).state
    plain = advanced(PlainKernel, spec, state, 1)
    fast = advanced(numba_kernel, spec, state, 1)
    assert fast.state.t == plain.state.t and fast.lost == plain.lost
    assert near(fast.state.theta, plain.state.theta, 1e-12)
    for mine, slot in zip(fast.state.slots, plain.state.slots, strict=True):
        assert near(mine, slot, 1e-12)
    assert fast.points.shape == plain.points.shape
    assert near(fast.points, plain.points, 1e-12)


@pytest.mark.parametrize("name", TRAINED)
def test_whole_runs_of_the_examples_agree(numba_kernel: Making, name: str) -> None:
    document = read_example(name)
    spec, start = document.spec, start_state(document.spec, document.start)
    plain = advanced(NumpyKernel, spec, start, 10_000)
    fast = advanced(numba_kernel, spec, start, 10_000)
    assert near(fast.state.theta, plain.state.theta, 1e-9)
    assert near(fast.points, plain.points, 1e-9)


def test_what_is_compiled_beforehand_serves_every_run(
    with_numba: None, numba_kernel: Making
) -> None:
    """A second compilation would hold the first run up for seconds."""
    from engine.training.kernels.numba_code import train

    compiled = list(train.signatures)
    assert len(compiled) == len(train.nopython_signatures) == 1
    runs = [(document.spec, document.start) for document in map(read_example, TRAINED)]
    spec, start = next(run for run in runs if len(run[0].data) > 3)
    runs += [(replace(spec, optimizer=replace(spec.optimizer, key=key)), start) for key in RULES]
    runs += [
        (replace(spec, batching=Batching(size, shuffled)), start)
        for size in (1, 3)
        for shuffled in (False, True)
    ]
    data = spec.data
    whole = Data(data.inputs.astype(int), np.asfortranarray(data.targets), data.target_names)
    runs.append((replace(spec, data=whole), start))
    one_input = two_outputs(0.5)
    fixed = Layer(("o", "p"), "sigmoid", "shared", False)
    masked = replace(one_input, network=Network(("x",), (fixed,)))
    runs += [(one_input, np.zeros(2)), (masked, np.zeros(3))]
    for spec, start in runs:
        advanced(numba_kernel, spec, start_state(spec, start), 7, 2)
        assert train.signatures == compiled, spec


@pytest.mark.parametrize("batching", [Batching(), Batching(45), Batching(33, True), Batching(2)])
def test_numba_takes_more_samples_than_go_side_by_side(
    numba_kernel: Making, batching: Batching
) -> None:
    names = ("x", "y"), tuple(f"h{i}" for i in range(5)), ("p", "q", "r")
    network = Network(names[0], (Layer(names[1], "tanh"), Layer(names[2], "softmax")))
    generator = np.random.default_rng(0)
    targets = np.eye(3)[generator.integers(0, 3, 100)]
    data = Data(generator.normal(size=(100, 2)), targets, ("s", "t", "u"))
    spec = Spec(
        network, "categorical_cross_entropy", "mean", Optimizer(), data, batching,
        initializer="glorot_uniform",
    )
    plain = advanced(PlainKernel, spec, start_state(spec), 60)
    fast = advanced(numba_kernel, spec, start_state(spec), 60)
    assert near(fast.state.theta, plain.state.theta, 1e-12)
    assert fast.points.shape == plain.points.shape
    assert near(fast.points, plain.points, 1e-12)


@given(spec=specs(max_samples=9), cuts=st.lists(st.integers(1, 7), min_size=1, max_size=4))
def test_numba_gives_the_same_bits_however_the_way_is_cut(
    numba_kernel: Making, spec: Spec, cuts: list[int]
) -> None:
    assume_numba_knows(spec)
    whole = advanced(numba_kernel, spec, start_state(spec), sum(cuts), 2)
    if whole.lost:
        return
    state, parts = start_state(spec), []
    for count in cuts:
        parts.append(advanced(numba_kernel, spec, state, count, 3))
        state = parts[-1].state
    assert same(state, whole.state)
    assert np.array_equal(np.concatenate([part.points for part in parts]), whole.points)


def test_numba_keeps_the_frames_it_is_asked_for(numba_kernel: Making) -> None:
    spec = read_example("xor-2-3-1-adam").spec
    start = start_state(spec)
    frames = advanced(numba_kernel, spec, start, 1_000, 48).frames
    assert [frame.t for frame in frames] == list(range(48, 1_001, 48))
    for frame in frames[::5]:
        assert same(frame, advanced(numba_kernel, spec, start, frame.t).state)


def test_a_trainer_may_leave_out_frames_that_a_replay_makes_good(with_numba: None) -> None:
    spec = read_example("xor-2-3-1-adam").spec
    start = start_state(spec)
    frames = Trainer(spec, start, 16, at_speed=True).advance(3_200).frames
    assert 3 <= len(frames) <= 3_200 / 16 / 4
    history = History(spec, start.theta, start)
    recorded(history, 3_200)
    for frame in frames:
        assert frame.t % 16 == 0
        assert same(frame, history.state_at(0, frame.t))


@given(st.integers(1, 9), st.integers(4, 40))
@settings(max_examples=20)
def test_every_kernel_is_lost_in_the_same_iteration(
    making: Making, every: int, count: int
) -> None:
    spec = linear_spec(learning_rate=50.0)
    theta = spec.network.theta([np.array([[2.0]]), np.array([[3.0]])], [None, None])
    start = start_state(spec, theta)
    plain = advanced(PlainKernel, spec, start, count)
    found = advanced(making, spec, start, count, every)
    assert found.lost and plain.lost
    assert found.state.t == plain.state.t
    assert [frame.t for frame in found.frames] == list(range(every, found.state.t + 1, every))
    assert np.isfinite(found.state.theta).all()


def test_adams_running_mean_of_squares_is_looked_after(making: Making) -> None:
    """It overflows while the parameters barely move: the run is lost there, not later."""
    layers = tuple(Layer((name,), "linear", "none") for name in "abcdefghi")
    network = Network(("x",), layers)
    optimizer = Optimizer("adam", {"learning_rate": 1e-3})
    data = Data(np.array([[1e11]]), np.array([[0.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", optimizer, data)
    theta = np.full(network.size, 9e10)
    found = advanced(making, spec, start_state(spec, theta), 5)
    assert found.lost and found.state.t == 0


def test_a_cut_of_epochs_in_the_middle_of_a_run_is_kept_to(making: Making) -> None:
    """The data changed after 5 updates and two epochs: they are counted on from there."""
    spec = read_example("xor-2-3-1").spec
    spec = replace(spec, batching=Batching(3, True, since=Since(5, 2)))
    start = replace(start_state(spec), t=5)
    plain = advanced(PlainKernel, spec, start, 7)
    found = advanced(making, spec, start, 7)
    assert found.points[:, 0].tolist() == [3.0, 4.0, 5.0]
    assert near(found.points, plain.points, 1e-12)


def test_work_can_be_called_off(making: Making) -> None:
    spec = linear_spec(0.1)

    def check() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        making(spec).advance(start_state(spec), 3, 1, check)


def test_batches_too_large_for_one_go_are_cut_alike() -> None:
    """Wide enough that 40 samples take several chunks, with a rest."""
    names = tuple(f"u{i}" for i in range(500))
    layers = tuple(
        Layer(tuple(f"{letter}{name}" for name in names), "tanh") for letter in "abcdefg"
    )
    network = Network(("x",), (*layers, Layer(("o",), "linear")))
    generator = np.random.default_rng(0)
    data = Data(generator.normal(size=(44, 1)), generator.normal(size=(44, 1)), ("t",))
    for batching in (Batching(), Batching(40)):
        spec = Spec(
            network, "mean_squared_error", "mean",
            Optimizer().changed(learning_rate=1e-3), data, batching,
            initializer="glorot_uniform",
        )
        plain = advanced(PlainKernel, spec, start_state(spec), 2)
        fast = advanced(NumpyKernel, spec, start_state(spec), 2)
        assert same(fast.state, plain.state)
        assert near(fast.points, plain.points, 1e-12) and len(fast.points) == len(plain.points)


def test_memory_does_not_grow_with_the_epochs(making: Making) -> None:
    spec = read_example("xor-2-3-1-adam").spec
    kernel = making(spec)

    def held_after(iterations: int) -> int:
        state = start_state(spec)
        tracemalloc.start()
        for _ in range(iterations // 100):
            state = kernel.advance(state, 100, NEVER, never).state
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return held

    # A number kept for each iteration would come to more than that.
    assert held_after(4_000) <= held_after(200) + 16_000


# The road: which kernel took it is remembered


def recorded(history: History, iterations: int) -> list[str]:
    """Train the first branch on as the window does; the kernels of its road."""
    branch = history.branches[0]
    last = branch.curve.last_epoch
    trainer = Trainer(
        branch.spec, branch.tip, branch.frame_every, last, branch.stretches, at_speed=True
    )
    history.record(branch, trainer.advance(iterations))
    return [stretch.kernel for stretch in branch.stretches]


def test_a_kernel_that_arrives_in_the_middle_takes_over_and_the_road_replays(
    numba_kernel: Making, request: pytest.FixtureRequest
) -> None:
    document = read_example("xor-2-3-1-adam")
    spec, start = document.spec, start_state(document.spec, document.start)
    history = History(spec, start.theta, start)
    assert recorded(history, 1_000) == ["numpy"]
    request.getfixturevalue("with_numba")
    assert recorded(history, 3_000) == ["numpy", "numba"]
    assert recorded(history, 3) == ["numpy", "numba", "numpy"]
    expected = {t: history.state_at(0, t) for t in (10, 999, 1_001, 2_345, 4_002)}
    branch = history.branches[0]
    tip = branch.tip
    for t, state in expected.items():
        afresh = History(spec, start.theta, start)  # from the start on, with no key frame
        afresh.branches[0].reach(tip, branch.stretches)
        assert same(afresh.state_at(0, t), state)
    # Along the road that is known, the trainer goes as the road went; then on.
    again = Trainer(spec, start, stretches=branch.stretches, at_speed=True)
    assert same(again.advance(4_003).state, tip)
    assert again.advance(1_000).stretches[0].kernel == "numba"
    # A run that is to be the same everywhere is left to NumPy.
    assert Trainer(spec, start).advance(4_000).stretches[0].kernel == "numpy"


def test_a_road_from_a_file_is_replayed_by_the_kernel_that_is_the_same_everywhere(
    with_numba: None,
) -> None:
    document = read_example("xor-3-4-1")
    spec, start = document.spec, start_state(document.spec, document.start)
    tip = advanced(NumpyKernel, spec, start, 2_000).state
    history = History(spec, start.theta, start)
    branch = history.branches[0]
    branch.frames[tip.t] = branch.tip = tip
    assert [stretch.kernel for stretch in branch.stretches] == ["numpy"]
    assert same(history.state_at(0, 1_900), advanced(NumpyKernel, spec, start, 1_900).state)
    assert recorded(history, 1_000) == ["numpy", "numba"]
    state = history.state_at(0, 2_500)
    made = history.fork(Place(branch, 2_500), "edit", spec, start.theta, state)
    assert made.stretches == ()


def test_few_iterations_are_those_that_stepping_shows(with_numba: None) -> None:
    spec = read_example("xor-3-4-1").spec
    assert choice.fastest(spec, 1, "") == "numpy"
    assert choice.fastest(spec, inf, "") == "numba"
    assert choice.fastest(replace(spec, mistakes=("wrong-sign",)), inf, "") == "plain"


def test_what_is_mostly_products_is_left_to_numpys_library(with_numba: None) -> None:
    def chosen(width: int, samples: int) -> str:
        hidden = [Layer(tuple(f"{letter}{i}" for i in range(width)), "tanh") for letter in "ab"]
        network = Network(("x",), (*hidden, Layer(("o",), "linear")))
        data = Data(np.ones((samples, 1)), np.ones((samples, 1)), ("t",))
        spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
        return choice.fastest(spec, inf, "")

    assert chosen(16, 1_000) == "numba"
    assert chosen(80, 1) == "numba"
    assert chosen(80, 1_000) == "numpy"
    assert chosen(200, 1) == "numpy"


@pytest.mark.parametrize("bias", ["per_unit", "shared"])
@pytest.mark.parametrize("size", [3, 40])
def test_thresholds_are_trained_by_numpy_to_the_bit(bias: str, size: int) -> None:
    spec = read_example("xor-2-3-1").spec
    hidden = Layer(tuple(f"h{k}" for k in range(size)), "tanh", bias, threshold=True)
    output = replace(spec.network.layers[-1], bias=bias, threshold=True)
    spec = replace(spec, network=replace(spec.network, layers=(hidden, output)))
    assert choice.reproducible(spec) == NumpyKernel.name
    start = start_state(spec)
    plain, fast = (advanced(kernel, spec, start, 50, 7) for kernel in (PlainKernel, NumpyKernel))
    assert same(fast.state, plain.state) and np.array_equal(fast.points, plain.points)
    assert not np.array_equal(plain.state.theta, start.theta)
