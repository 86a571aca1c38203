"""One iteration worked out: the gradient of a batch, the update, and the loss before and after.

`iterate` is what stepping shows. Training goes by engine.training.kernels, which do the same
faster: NumPy's to the bit, numba's but for the last digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.maths.backprop import ForwardPass, Masks, backward, forward, gradient_sum, loss_terms
from engine.maths.losses import reduce_samples
from engine.maths.metrics import METRICS
from engine.maths.network import Network
from engine.maths.optimizers import RULES, Slots
from engine.run.spec import Spec, State

Check = Callable[[], None]
"""Called now and then by work that takes long; raises Interrupted where it is called off."""

# Multiply-adds between two looks at whether the work is still wanted: some 50 ms on one core with
# the largest networks, where smaller chunks would read all weights too often (8 x 512: 15 times
# slower with a fifth of this).
_CHUNK_WORK = 100_000_000


class Interrupted(Exception):
    """The work was called off; nothing of it is kept."""


def never() -> None:
    """The check of work that is never called off: it does nothing."""


def chunks(network: Network, count: int) -> list[slice]:
    """Cut samples into stretches of limited work; the cut depends on nothing but the sizes."""
    size = max(1, _CHUNK_WORK // network.work_per_sample)
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


class SamplePass(Struct, frozen=True, eq=False):
    """One sample on its way through the network.

    `z[l]`, `a[l]` and `delta[l]` have shape (units of layer l,); layer 0 are the inputs, whose
    delta is empty. `loss_terms` has shape (outputs,), and `loss` is their sum, the sample's E_s.
    Deltas are those of the sample's own loss. `masks` has that of each layer with dropout, shape
    (units,); nothing without.
    """

    z: tuple[Array, ...]
    a: tuple[Array, ...]
    delta: tuple[Array, ...]
    targets: Array
    loss_terms: Array
    masks: Masks | None = None

    def of_net_input(self, network: Network, layer: int) -> Array:
        """f(z) of a layer (0 are the inputs), shape (units,): the activations, before dropout."""
        if self.masks is None or layer not in self.masks:
            return self.a[layer]
        return network.layers[layer - 1].function.apply(self.z[layer])

    def is_dropped(self, layer: int, unit: int) -> bool:
        """Whether dropout leaves a unit out; layer 0 are the inputs."""
        return self.masks is not None and layer in self.masks and not self.masks[layer][unit]

    @property
    def loss(self) -> float:
        """The loss E_s of the sample."""
        return float(self.loss_terms.sum())


def sample_pass(
    spec: Spec, theta: Array, row: int, theta_back: Array | None = None, t: int | None = None
) -> SamplePass:
    """Work out one sample of the training set (its row) with parameters θ; the deltas go back
    through `theta_back` where they do not through θ. Units are dropped as in the iteration after t
    updates, or none where no t is given."""
    values = batch_pass(spec, theta, np.array([row]), theta_back, t)
    return SamplePass(
        tuple(z[0] for z in values.z),
        tuple(a[0] for a in values.a),
        tuple(d[0] for d in values.delta),
        spec.scaled.targets[row],
        values.loss_terms[0],
        None if values.masks is None else {n: k[0] for n, k in values.masks.items()},
    )


class BatchPass(Struct, frozen=True, eq=False):
    """Some samples on their way through the network: as SamplePass, with a row per sample."""

    z: tuple[Array, ...]
    a: tuple[Array, ...]
    delta: tuple[Array, ...]
    loss_terms: Array
    masks: Masks | None = None


def batch_pass(
    spec: Spec,
    theta: Array,
    rows: NDArray[np.intp],
    theta_back: Array | None = None,
    t: int | None = None,
) -> BatchPass:
    """Work out some samples of the training set (their rows); θ, `theta_back` and t as for
    sample_pass."""
    inputs, targets = spec.scaled.inputs[rows], spec.scaled.targets[rows]
    back = theta if theta_back is None else theta_back
    with np.errstate(all="ignore"):
        masks = None if t is None else spec.masks(t, rows)
        values = forward(spec.network, theta, inputs, spec.rules, masks)
        delta = backward(spec.network, back, values, targets, spec.loss_function, spec.rules)
        terms = loss_terms(values, targets, spec.loss_function, spec.rules)
    return BatchPass(values.z, values.a, delta, terms, masks)


def batch_gradient(
    spec: Spec,
    state: State,
    rows: NDArray[np.intp],
    check: Check = never,
    theta_back: Array | None = None,
) -> tuple[float, Array, Array]:
    """Loss, gradient (size,) and outputs (batch, outputs) of a batch in a state.

    `theta_back` is what `sent_back_through` gives, where that is known already. `check` is called
    between chunks of a large batch and may raise Interrupted.
    """
    network, rules = spec.network, spec.rules
    if theta_back is None:
        theta_back = sent_back_through(spec, state, rows, check)
    counted = len(spec.counted(rows))
    terms, outputs, gradient = [], [], None
    for chunk, targets, values in _passes(spec, state.theta, rows, check, state.t):
        terms.append(loss_terms(values, targets, spec.loss_function, rules))
        outputs.append(values.a[-1])
        if chunk.start >= counted:
            continue
        a, loss = values.a, spec.loss_function
        delta = backward(network, theta_back, values, targets, loss, rules)
        if chunk.stop > counted:
            a, delta = tuple(each[:1] for each in a), tuple(each[:1] for each in delta)
        part = gradient_sum(network, a, delta)
        gradient = part if gradient is None else gradient + part
    assert gradient is not None
    gradient = gradient_of_batch(spec, state.theta, gradient, counted, state.slots)
    return float(loss_of_batch(spec, state.theta, _joined(terms))), gradient, _joined(outputs)


def loss_of_batch(spec: Spec, theta: Array, terms: Array) -> Array:
    """The loss of a batch, shape (…), from its samples' terms, shape (…, samples, outputs), and
    what the parameters, shape (…, size), cost."""
    loss = reduce_samples(terms.sum(axis=-1), spec.reduction)
    if spec.penalised is not None:
        loss = loss + spec.cost(theta)
    return spec.rules.carried("total_loss", None, loss)


def gradient_of_batch(
    spec: Spec, theta: Array, summed: Array, count: int, slots: Slots = ()
) -> Array:
    """The gradient of a batch, shape (…, size), from those of so many samples added up.

    What belongs to the batch and to no sample of it comes in here. θ and `slots` are those of the
    state.
    """
    gradient = summed / count if spec.reduction == "mean" else summed
    if spec.penalised is not None:
        gradient = gradient + spec.penalty.slope(theta * spec.penalised)
    if spec.network.has_cut:
        gradient = gradient * (1.0 - spec.network.cut)
    if spec.keeps_gradient:
        gradient = gradient + slots[-1]
    return spec.rules.carried("gradient", None, gradient)


def sample_gradient(spec: Spec, values: SamplePass) -> Array:
    """The gradient of one sample's own loss E_s, shape (size,).

    It is what the sample adds to the sum over a batch, or to that of which the mean is taken; what
    the batch makes of its samples' gradients is `gradient_of_batch`.
    """
    a = tuple(each[np.newaxis] for each in values.a)
    delta = tuple(each[np.newaxis] for each in values.delta)
    with np.errstate(all="ignore"):
        gradient = gradient_sum(spec.network, a, delta)
        return gradient * (1.0 - spec.network.cut) if spec.network.has_cut else gradient


def sent_back_through(
    spec: Spec, state: State, rows: NDArray[np.intp], check: Check = never
) -> Array:
    """The parameters whose weights send the deltas of a batch back, shape (size,).

    They are the state's, or where updates come too early such that the weights of each layer have
    had their update by the time they send deltas back, from the output layer on.
    """
    if not spec.updates_early:
        return state.theta
    back = np.array(state.theta)
    for layer in range(spec.network.depth, 1, -1):
        gradient = batch_gradient(spec, state, rows, check, back)[1]
        after = updated(spec, state, gradient).theta
        spec.network.weights(back, layer)[:] = spec.network.weights(after, layer)
    return back


def _passes(
    spec: Spec, theta: Array, rows: NDArray[np.intp], check: Check, t: int | None
) -> Iterator[tuple[slice, Array, ForwardPass]]:
    """The forward pass of a batch in chunks, with `check` before each: where in the batch the
    chunk lies, its targets, and its net inputs and activations. t as for sample_pass."""
    for chunk in chunks(spec.network, len(rows)):
        check()
        part = chunk if spec.takes_all_in_order and spec is spec.training else rows[chunk]
        inputs, targets = spec.scaled.inputs[part], spec.scaled.targets[part]
        masks = None if t is None else spec.masks(t, rows[chunk])
        yield chunk, targets, forward(spec.network, theta, inputs, spec.rules, masks)


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def updated(spec: Spec, state: State, gradient: Array) -> State:
    """The state after one update; what it does not touch keeps its values to the bit."""
    slots, kept = state.slots, Slots()
    if spec.keeps_gradient:
        slots, kept = slots[:-1], (gradient,)
    theta, slots = moved(spec, state.theta, gradient, slots, state.t + 1)
    theta = spec.rules.carried("update", None, theta)
    return State(theta, (*slots, *kept), state.t + 1)


def moved(
    spec: Spec, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """θ and the optimizer's slots after update number t ≥ 1, all of shape (…, size)."""
    mask = spec.updated
    used = gradient if mask is None else gradient * mask
    if spec.clipping.is_on:
        used = spec.clipping.clipped(used)
    after, slots = spec.optimizer_at(t).update(theta, used, slots, t)
    if mask is not None and (
        spec.skips_biases or spec.network.holds_some or RULES[spec.optimizer.key].decays
    ):
        # A velocity from before the mistake was made would move them on, and decay does anyway.
        after = np.where(mask > 0.0, after, theta)
    return after, slots


class TestEvaluation(Struct, frozen=True):
    """What samples that are kept out of training, to test or to validate with, say of some
    parameters: their loss, to which penalties are added as to that of the training set, and the
    metrics.

    Where the losses of samples are added up, it is what as many samples as are trained on would
    add up to: so it can be held against the training set's."""

    loss: float
    metrics: tuple[float, ...]


class Evaluation(Struct, frozen=True, eq=False):
    """What the whole training set says of some parameters: loss and metrics. `outputs` (samples,
    outputs) are those of all data; `test` and `validation` are what the rest of them says, where
    there is one."""

    loss: float
    metrics: tuple[float, ...]
    outputs: Array
    test: TestEvaluation | None = None
    validation: TestEvaluation | None = None


def batch_loss(
    spec: Spec,
    theta: Array,
    rows: NDArray[np.intp],
    check: Check = never,
    t: int | None = None,
) -> tuple[float, Array]:
    """Loss and outputs (batch, outputs) of a batch under parameters θ, without its gradient; t as
    for sample_pass."""
    terms, outputs = [], []
    for _, targets, values in _passes(spec, theta, rows, check, t):
        terms.append(loss_terms(values, targets, spec.loss_function, spec.rules))
        outputs.append(values.a[-1])
    return float(loss_of_batch(spec, theta, _joined(terms))), _joined(outputs)


def evaluate(spec: Spec, theta: Array, check: Check = never) -> Evaluation:
    """Loss and metrics over the whole training set and over those kept out of it, and all outputs
    in the order of the data."""
    trained, data = spec.training, spec.data
    with np.errstate(all="ignore"):
        loss, outputs = batch_loss(trained, theta, np.arange(len(trained.data)), check)
    of_training = evaluation_of(trained, outputs, loss)
    if trained is spec:
        return of_training
    every = np.empty_like(data.targets)
    every[data.training_rows], test, validation = outputs, None, None
    if len(data.test):
        test, every[data.test] = evaluate_test(spec, theta, check)
    if len(data.validation):
        validation, every[data.validation] = evaluate_validation(spec, theta, check)
    return replace(of_training, outputs=every, test=test, validation=validation)


def evaluate_test(
    spec: Spec, theta: Array, check: Check = never
) -> tuple[TestEvaluation, Array]:
    """What the test samples say, and their outputs (samples, outputs). There have to be some."""
    assert spec.testing is not None, "a run without a test set"
    return _evaluate_kept_out(spec, spec.testing, spec.data.test, theta, check)


def evaluate_validation(
    spec: Spec, theta: Array, check: Check = never
) -> tuple[TestEvaluation, Array]:
    """What the validation samples say, and their outputs. There have to be some."""
    assert spec.validating is not None, "a run without a validation set"
    return _evaluate_kept_out(spec, spec.validating, spec.data.validation, theta, check)


def _evaluate_kept_out(
    spec: Spec, tested: Spec, rows: NDArray[np.intp], theta: Array, check: Check
) -> tuple[TestEvaluation, Array]:
    with np.errstate(all="ignore"):
        loss, outputs = batch_loss(tested, theta, np.arange(len(tested.data)), check)
    if spec.reduction != "mean":
        loss *= spec.data.training_count / len(tested.data)
    loss += float(spec.cost(theta))
    metrics = list(evaluation_of(tested, outputs, loss).metrics)
    for number, key in enumerate(spec.metrics):
        if METRICS[key].of_classes and spec.has_classes:
            # What stands for a class is seen from all samples: these may be of one class alone.
            every = np.array(spec.scaled.targets)
            every[rows] = outputs
            metrics[number] = float(spec.are_right(every)[rows].sum() / len(rows))
    return TestEvaluation(loss, tuple(metrics)), outputs


def evaluation_of(spec: Spec, outputs: Array, loss: float) -> Evaluation:
    """The evaluation for outputs (samples, outputs) and a loss that are already known."""
    metrics = tuple(float(spec.metric(key, outputs)) for key in spec.metrics)
    return Evaluation(loss, metrics, outputs)


class Iteration(Struct, frozen=True, eq=False):
    """One parameter update, with everything that can be asked about it.

    `rows` are the samples of the batch, `loss` and `loss_after` are the batch's loss before and
    after the update, with the same units dropped; `gradient` has shape (size,) and still has the
    entries of fixed parameters. The deltas go back through the weights of `theta_back`, shape
    (size,): those of the state, unless a mistake took others.
    """

    spec: Spec
    state: State
    rows: NDArray[np.intp]
    loss: float
    gradient: Array
    next_state: State
    loss_after: float
    theta_back: Array

    def theta(self, after: bool = False) -> Array:
        """The parameters before the update, or after it."""
        return (self.next_state if after else self.state).theta

    def sample(self, row: int, after: bool = False) -> SamplePass:
        """z, a, δ of one sample of the training set under the parameters before the update, or
        after it; either way with the units dropped that this iteration drops."""
        back = None if after else self.theta_back
        return sample_pass(self.spec, self.theta(after), row, back, self.state.t)

    def samples(self, rows: NDArray[np.intp], after: bool = False) -> BatchPass:
        """The same of some samples."""
        back = None if after else self.theta_back
        return batch_pass(self.spec, self.theta(after), rows, back, self.state.t)


def iterate(spec: Spec, state: State, check: Check = never) -> Iteration:
    """Work out the iteration that follows a state. `check` may raise Interrupted."""
    rows = spec.batch_rows(state.t)
    with np.errstate(all="ignore"):
        theta_back = sent_back_through(spec, state, rows, check)
        loss, gradient, _ = batch_gradient(spec, state, rows, check, theta_back)
        next_state = updated(spec, state, gradient)
        loss_after, _ = batch_loss(spec, next_state.theta, rows, check, state.t)
    return Iteration(spec, state, rows, loss, gradient, next_state, loss_after, theta_back)


def dropped_units(iteration: Iteration, row: int) -> list[str]:
    """The names of the units that an iteration drops for a sample (its row), layer by layer."""
    network = iteration.spec.network
    masks = iteration.spec.masks(iteration.state.t, np.array([row])) or {}
    return [
        network.unit_name(layer, unit)
        for layer, mask in masks.items()
        for unit in np.flatnonzero(mask[0] == 0.0).tolist()
    ]
