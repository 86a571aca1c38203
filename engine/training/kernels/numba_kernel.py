"""The numba kernel: takes small networks forward by compiled code, the fastest there is.

The code is that of numba_code; here stand what it knows, when it pays, and how a Spec and a State
become the arrays and numbers that it takes.
"""

from __future__ import annotations

import numpy as np

from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.iteration import Check, never
from engine.run.spec import Data, Spec, State, start_state
from engine.text.numbers import LARGEST
from engine.training.kernels import numba_code
from engine.training.kernels.kernel import (
    Advanced,
    curve_points,
    iterations_at_once,
    point_of,
)
from engine.training.kernels.known import IS_MEAN, OUTPUT_ERRORS, Known, threshold_of
from engine.training.kernels.numba_functions import SCALED_LINEAR, SCALED_SIGMOID
from engine.training.kernels.numba_lanes import LANES

KNOWN = Known(
    activations=numba_code.ACTIVATION_CODES.keys(),
    slopes=numba_code.ACTIVATION_CODES.keys() - {"softmax"},
    jacobians={"softmax"},
    biases=numba_code.BIAS_STEPS.keys(),
    thresholds=False,
    losses=OUTPUT_ERRORS.keys(),
    reductions=IS_MEAN.keys(),
    optimizers=numba_code.OPTIMIZER_CODES.keys(),
    penalties=numba_code.PENALTIES,
    clippings=numba_code.CLIPPINGS,
    layer_rates=False,  # one for each parameter would slow all other runs down
    mistakes=(),
)

# Here a product takes twice as long as in NumPy's library, for any but the smallest networks. Each
# unit makes up for so many of them a sample, by its activation: what NumPy is slower at. And each
# iteration makes up for the last number, by the calls that it does without.
_MADE_UP = {
    "tanh": 35, "sigmoid": 20, "softmax": 20, "bipolar_sigmoid": 35, "elu": 20, "gelu": 100,
    "gelu_tanh": 35, "silu": 25, "softplus": 25,
}  # fmt: skip
_MADE_UP_OTHERWISE = 10
_MADE_UP_BY_CALLS = 20_000
# So many samples of narrow layers stay in the cache nearest to the processor.
_SIDE_BY_SIDE = 32
# Nothing interrupts an iteration, nor the look at all samples after an epoch: some 10 ms each.
_LONGEST_WORK = 20_000_000


def is_fit(spec: Spec) -> bool:
    """Whether the kernel can take a run, all of which it knows, and is the fastest one for it."""
    network, work = spec.network, spec.network.work_per_sample
    made_up = sum(
        len(layer.units) * _MADE_UP.get(layer.activation, _MADE_UP_OTHERWISE)
        for layer in network.layers
    )
    side_by_side = LANES * -(-spec.batch_size // LANES)
    return (
        KNOWN.covers(spec)
        and side_by_side * (network.size - made_up) <= _MADE_UP_BY_CALLS
        and spec.batch_size * work <= _LONGEST_WORK
        and len(spec.data) * work <= 3 * _LONGEST_WORK
    )


def warm_up() -> None:
    """Have the code compiled, or read from where it is kept, by a run of a single neuron. Raises
    whatever goes wrong with that."""
    network = Network(("x",), (Layer(("o",), "linear"),))
    data = Data(np.ones((1, 1)), np.ones((1, 1)), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    NumbaKernel(spec).advance(start_state(spec), 1, 1, never)


class NumbaKernel:
    """See engine.training.kernels.kernel.Kernel; for a Spec that `is_fit`."""

    name = "numba"
    is_parallel = True

    def __init__(self, spec: Spec) -> None:
        assert KNOWN.covers(spec), "a run that is not for this kernel"
        self._spec = spec
        self.at_once = iterations_at_once(spec, 500)
        self.frame_distance = max(1, self.at_once // 8)  # some 0.2 ms
        mask = np.ones(spec.network.size) if spec.updated is None else np.array(spec.updated)
        self._layers = _table(spec.network)
        # Always a copy: of a single row there would be none, and for an array that must not be
        # written to all would be compiled once more, as a run begins.
        self._inputs = np.array(spec.scaled.inputs.T, dtype=np.float64, order="C")
        self._targets = np.array(spec.scaled.targets.T, dtype=np.float64, order="C")
        self._mask, self._error = mask, _error(spec)
        rows, widest = spec.network.depth + 2, max(spec.network.sizes)
        self._width, self._width_all = _width(spec.batch_size), _width(len(spec.data))
        self._work = np.zeros((3, rows, widest * self._width))
        self._work_all = np.zeros((rows, widest * self._width_all))
        self._sums = np.zeros((2, spec.network.size))
        strengths = {rule.key: strength for rule, strength in spec.penalty.parts}
        self._penalty = np.array([strengths.get(key, 0.0) for key in numba_code.PENALTIES])
        self._counted = np.zeros(spec.network.size)
        if spec.penalised is not None:
            self._counted[:] = spec.penalised
        self._clipping = np.array(
            [numba_code.CLIPPINGS.index(spec.clipping.name), spec.clipping.limit], dtype=np.float64
        )
        self._settings = np.array([spec.optimizer[key] for key in numba_code.SETTINGS])

    def advance(self, state: State, count: int, frame_every: int, check: Check) -> Advanced:
        """See Kernel."""
        check()
        spec, t, stop = self._spec, state.t, state.t + count
        first, within = spec.epoch_of(t)
        last, _ = spec.epoch_of(stop)
        kept_a = np.empty((last - first, *spec.scaled.targets.shape))
        # What nobody reads may be overwritten at once.
        kept_z = np.empty_like(kept_a) if LOSSES[spec.loss].of_net_input else kept_a
        arrays = np.array([state.theta, *state.slots])  # a row each
        frames = np.empty((stop // frame_every - t // frame_every, *arrays.shape))
        costs = np.zeros(last - first)
        order = range(first, last + 1 if spec.batching.shuffled else first + 1)
        done = numba_code.train(
            arrays[0],
            arrays[1:],
            t,
            count,
            self._layers,
            self._inputs,
            self._targets,
            np.array([spec.epoch_rows(epoch) for epoch in order]),
            within * spec.batch_size,
            spec.batch_size,
            self._error,
            self._mask,
            IS_MEAN[spec.reduction],
            numba_code.OPTIMIZER_CODES[spec.optimizer.key],
            self._settings,
            LARGEST,
            kept_z,
            kept_a,
            spec.takes_all_in_order,
            frames,
            frame_every,
            self._work,
            self._width,
            self._work_all,
            self._width_all,
            self._sums,
            self._penalty,
            self._counted,
            costs,
            self._clipping,
            np.array([spec.rate_at(number) for number in range(t + 1, stop + 1)])
            if not spec.schedule.is_constant
            else np.full(count, spec.rate_at(1)),
        )
        if done < count:
            # The arrays hold what was lost; the iterations before it bring back what was there.
            before = self.advance(state, done, frame_every, check)
            return Advanced(before.state, before.frames, before.points, True)
        epochs = np.arange(first, last, dtype=np.float64)
        if not spec.takes_all_in_order:
            epochs += 1.0  # it is the end of an epoch then, not its beginning
        points = curve_points(spec, epochs, kept_z, kept_a, costs)
        times = range((t // frame_every + 1) * frame_every, stop + 1, frame_every)
        states = tuple(_state(frame, time) for frame, time in zip(frames, times, strict=True))
        return Advanced(_state(arrays, stop), states, points, False)

    def point(self, state: State, check: Check) -> Array:
        """See Kernel."""
        return point_of(self._spec, state, check)


def _state(arrays: Array, t: int) -> State:
    """The state after t updates from θ and the slots, a row each."""
    return State(arrays[0].copy(), tuple(slot.copy() for slot in arrays[1:]), t)


def _width(samples: int) -> int:
    """How many samples go through at once: all, or parts of much the same length; a multiple of
    LANES."""
    parts = -(-samples // _SIDE_BY_SIDE)
    return LANES * -(-samples // (parts * LANES))


def _table(network: Network) -> numba_code.Integers:
    """The layers in the columns that the code names."""
    table = np.zeros((network.depth + 1, 6), dtype=np.int64)
    table[0, numba_code.SIZE] = network.sizes[0]
    places = np.arange(network.size, dtype=np.float64)
    for number, layer in enumerate(network.layers, start=1):
        b = network.biases(places, number)
        table[number] = (
            network.sizes[number],
            int(network.weights(places, number)[0, 0]),
            0 if b is None else int(b[0]),
            numba_code.BIAS_STEPS[layer.bias],
            _code(layer),
            int(np.float64(_setting(layer)).view(np.int64)),
        )
    return table


def _code(layer: Layer) -> int:
    """The number that the code has for a layer's function."""
    scaled = {"sigmoid": SCALED_SIGMOID, "linear": SCALED_LINEAR}
    if layer.changed_settings and layer.activation in scaled:
        return scaled[layer.activation]
    return numba_code.ACTIVATION_CODES[layer.activation]


def _setting(layer: Layer) -> float:
    """The setting that a layer's activation reads; none reads several."""
    read = layer.function.settings
    assert len(read) <= 1, "an activation with more settings than the code has room for"
    return layer.settings[read[0]] if read else 0.0


def _error(spec: Spec) -> Array:
    """How the code comes to ∂E/∂a or ∂E/∂z of the output layer: see `train` there."""
    error, outputs = OUTPUT_ERRORS[spec.loss], spec.network.sizes[-1]
    factor = error.times / outputs if error.over_outputs else error.times
    settings = threshold_of(spec), spec.loss_settings.output
    code = numba_code.ERROR_CODES[error.of]
    is_short = LOSSES[spec.loss].is_short
    return np.array([factor, is_short, error.of_total, code, *settings], dtype=np.float64)
