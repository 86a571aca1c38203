"""The NumPy kernel: gives the plain kernel's numbers to the bit, in less time.

It works in buffers that stay where they are, by the lists of calls that calls.py puts together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.run.iteration import Check, chunks
from engine.run.mistakes import MISTAKES
from engine.run.spec import Spec, State
from engine.text.numbers import LARGEST
from engine.training.divergence import are_below, are_finite
from engine.training.kernels.calls import Buffers, Pass, mean_calls, penalty_calls, update_calls
from engine.training.kernels.kernel import Advanced, Outputs, iterations_at_once
from engine.training.kernels.known import IS_MEAN, OUTPUT_ERRORS, Known
from engine.training.kernels.numpy_activations import ACTIVATIONS, SLOPES
from engine.training.kernels.numpy_rows import (
    BIAS_GRADIENTS,
    CLIPS,
    JACOBIANS,
    PENALTY_SLOPES,
    UPDATES,
    Calls,
)

KNOWN = Known(
    activations=ACTIVATIONS.keys(),
    slopes=SLOPES.keys(),
    jacobians=JACOBIANS.keys(),
    biases={"none", *BIAS_GRADIENTS},
    thresholds=True,
    losses=OUTPUT_ERRORS.keys(),
    reductions=IS_MEAN.keys(),
    optimizers=UPDATES.keys(),
    penalties=PENALTY_SLOPES.keys(),
    clippings=CLIPS.keys(),
    layer_rates=True,
    # What a run starts with has been made before it comes here; of an update the Spec says how it
    # is made, but for biases that are kept from it whatever the optimizer remembers.
    mistakes={
        key
        for key, mistake in MISTAKES.items()
        if mistake.where in ("update", "start") and not mistake.skips_biases
    },
)
_LIMIT = LARGEST**2
_FEW = 256  # batches that are worth a list of calls each


def is_fit(spec: Spec) -> bool:
    """Whether the kernel can take a run: it knows all of it, and no layer is updated before the
    last of a batch's chunks has gone through, or before the length of the whole gradient is known
    by which it is cut."""
    return KNOWN.covers(spec) and not (
        spec.updates_early
        and (len(chunks(spec.network, spec.batch_size)) > 1 or spec.clipping.name == "norm")
    )


class NumpyKernel:
    """See engine.training.kernels.kernel.Kernel; for a Spec that `is_fit`.

    A run is lost where θ is; the loss needs no look, since with θ below LARGEST no network is deep
    enough to take it beyond the largest number. An optimizer's squares can get there while θ stands
    still.
    """

    name = "numpy"
    is_parallel = False

    def __init__(self, spec: Spec) -> None:
        assert is_fit(spec), "a run that is not for this kernel"
        self._spec = spec
        self.at_once = iterations_at_once(spec, 20_000)
        self.frame_distance = max(1, self.at_once // 32)  # some 0.1 ms
        size, data = spec.network.size, spec.scaled
        self._held: State | None = None  # the state that the buffers hold
        self._theta, self._gradient, self._ones = np.empty(size), np.empty(size), np.ones(size)
        self._slots = [np.empty(size) for _ in spec.slot_names]
        self._sum = np.empty(size)  # of the gradients of several chunks
        now = UPDATES[spec.optimizer.key].numbers_at(spec.optimizer_at(1), 1)
        self._numbers = [np.array(number) for number in now]  # of the present update
        self._is_early = spec.updates_early
        self._whole = chunks(spec.network, len(data))
        self._buffers = Buffers(spec, self._whole[0].stop)
        self._passes: dict[int, Pass] = {}  # by the number of samples, as are the iterations
        self._iterations: dict[int, Calls] = {}
        self._is_cut = len(chunks(spec.network, spec.batch_size)) > 1
        is_fixed = not (self._is_cut or spec.batching.shuffled)
        self._fixed: list[Calls] = []  # iterations that read their batches where they lie
        if is_fixed and spec.iterations_per_epoch <= _FEW:
            for start in range(0, len(data), spec.batch_size):
                rows = slice(start, start + spec.batch_size)
                inputs, targets = data.inputs[rows], data.targets[rows]
                calls = self._pass_over(inputs, targets).both
                self._fixed.append([*calls, *self._rest(len(inputs))])
        self._all: Pass | None = None
        if len(self._whole) == 1:
            self._all = self._pass_over(data.inputs, data.targets)
        self._order = np.arange(len(data))
        self._order_of = -1  # the epoch

    def advance(self, state: State, count: int, frame_every: int, check: Check) -> Advanced:
        """See Kernel."""
        check()
        self._load(state)
        spec, outputs, frames = self._spec, Outputs(self._spec), []
        in_order, per_epoch = spec.takes_all_in_order, spec.iterations_per_epoch
        at_once = self._all if in_order else None
        rule = UPDATES[spec.optimizer.key]
        squares = None if rule.squares is None else self._slots[rule.squares]
        theta, fixed, limit = self._theta, self._fixed, _LIMIT  # what a loop has at hand is faster
        vary, numbers = rule.vary or not spec.schedule.is_constant, self._numbers
        has_cost = in_order and spec.penalised is not None
        epoch, within = spec.epoch_of(state.t)
        for t in range(state.t + 1, state.t + count + 1):
            if vary:
                these = rule.numbers_at(spec.optimizer_at(t), t)
                for number, now in zip(numbers, these, strict=True):
                    number[...] = now
            if has_cost:
                outputs.keep_cost(theta)
            for call in fixed[within] if fixed else self._taken_up(epoch, within, outputs, check):
                call()
            if (not theta.dot(theta) < limit and not are_below(theta)) or (
                squares is not None
                and not self._ones.dot(squares) < np.inf
                and not are_finite(squares)
            ):
                before = self.advance(state, t - 1 - state.t, frame_every, check)
                return Advanced(before.state, before.frames, before.points, True)
            if at_once is not None:
                outputs.keep(at_once.z, at_once.a)
            if in_order:
                outputs.are_of(epoch)
            within += 1
            if within == per_epoch:
                epoch, within = epoch + 1, 0
                if not in_order:
                    self._go_over_all(outputs, check)
                    outputs.keep_cost(theta)
                    outputs.are_of(epoch)
            if t % frame_every == 0:
                frames.append(self._state(t))
        self._held = self._state(state.t + count)
        return Advanced(self._held, tuple(frames), outputs.points, False)

    def point(self, state: State, check: Check) -> Array:
        """See Kernel."""
        outputs = Outputs(self._spec)
        self._load(state)
        self._go_over_all(outputs, check)
        outputs.keep_cost(self._theta)
        outputs.are_of(0)
        self._held = state
        point = outputs.points
        point[:, 0] = self._spec.epoch_position(state.t)
        return point

    def _load(self, state: State) -> None:
        if state is not self._held:
            self._theta[:] = state.theta
            for mine, slot in zip(self._slots, state.slots, strict=True):
                mine[:] = slot
        self._held = None

    def _state(self, t: int) -> State:
        return State(self._theta.copy(), tuple(slot.copy() for slot in self._slots), t)

    def _taken_up(self, epoch: int, within: int, outputs: Outputs, check: Check) -> Calls:
        """Take up a batch; the calls that its iteration still needs.

        What takes several chunks is worked out here up to the sum of the gradients, and its
        outputs are kept where they are a curve point.
        """
        spec = self._spec
        if epoch != self._order_of:
            self._order, self._order_of = spec.epoch_rows(epoch), epoch
        start = within * spec.batch_size
        rows = self._order[start : start + spec.batch_size]
        if not self._is_cut:
            taken = self._loaded(rows)
            if len(rows) not in self._iterations:
                self._iterations[len(rows)] = [*taken.both, *self._rest(len(rows))]
            return self._iterations[len(rows)]
        parts = chunks(spec.network, len(rows))
        for number, part in enumerate(parts):
            check()
            taken = self._loaded(rows[part])
            for call in taken.both:
                call()
            if spec.takes_all_in_order:
                outputs.keep(taken.z, taken.a)
            if number > 0:
                np.add(self._sum, self._gradient, self._gradient)
            if number < len(parts) - 1:
                np.copyto(self._sum, self._gradient)
        return self._rest(len(rows))

    def _loaded(self, rows: NDArray[np.intp]) -> Pass:
        """A pass with these samples in its buffers."""
        count, data = len(rows), self._spec.scaled
        if count not in self._passes:
            buffers = self._buffers
            self._passes[count] = self._pass_over(buffers.inputs[:count], buffers.targets[:count])
        taken = self._passes[count]
        data.inputs.take(rows, 0, taken.inputs, "clip")
        data.targets.take(rows, 0, taken.targets, "clip")
        return taken

    def _pass_over(self, inputs: Array, targets: Array) -> Pass:
        spec, count = self._spec, len(inputs)

        def update(layer: int) -> Calls:
            return self._update(count, spec.network.span(layer))

        early = update if self._is_early else None
        return Pass(spec, self._theta, self._gradient, self._buffers, inputs, targets, early)

    def _rest(self, count: int) -> Calls:
        """What follows once the gradients of so many samples are summed."""
        return [] if self._is_early else self._update(count, slice(None))

    def _update(self, count: int, part: slice) -> Calls:
        """The update of a part of θ from the summed gradients of so many samples."""
        spec, gradient = self._spec, self._gradient[part]
        averaged = count if IS_MEAN[spec.reduction] else 1
        slots = [slot[part] for slot in self._slots]
        mask = None if spec.updated is None else spec.updated[part]
        updates = update_calls(
            spec, self._theta[part], gradient, slots, mask,
            [number[part] if number.ndim else number for number in self._numbers],
        )  # fmt: skip
        calls = mean_calls(gradient, averaged)
        if spec.penalised is not None:
            theta, counted = self._theta[part], spec.penalised[part]
            calls = [*calls, *penalty_calls(spec.penalty, theta, gradient, counted)]
        return [*calls, *updates]

    def _go_over_all(self, outputs: Outputs, check: Check) -> None:
        """Keep the outputs of the whole training set."""
        for part in self._whole:
            check()
            taken = self._all or self._loaded(np.arange(part.start, part.stop))
            for call in taken.forward:
                call()
            outputs.keep(taken.z, taken.a)
