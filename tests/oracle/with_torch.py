"""The same training by PyTorch, number for number: `make oracle`.

Every activation × loss × optimizer that both programs have is trained for 200 iterations in double
precision, from the same start values on the same batches; then each optimizer with L2, with every
schedule, with clipping, and with all three. In the end no parameter may differ by more than 1e-9
of the largest. Rows that PyTorch has no counterpart of are named.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product

import numpy as np
import torch
from msgspec import Struct
from msgspec.structs import replace
from torch import Tensor

from engine.maths.activations import ACTIVATION_SETTINGS, ACTIVATIONS, Array
from engine.maths.clipping import CLIPPINGS, Clipping
from engine.maths.losses import LOSS_SETTINGS, LOSSES
from engine.maths.network import Layer, Network
from engine.maths.optimizers import RULES, Optimizer
from engine.maths.penalty import Penalty
from engine.maths.schedules import SCHEDULES, Schedule
from engine.run.check_spec import check_spec
from engine.run.iteration import iterate
from engine.run.spec import Batching, Data, Spec, start_state
from tests.oracle import twins

ITERATIONS = 200
TOLERANCE = 1e-9
_SAMPLES, _BATCH = 10, 4
# Small enough that no run magnifies the last digits: this compares formulas, not chaos.
_RATES = {"adagrad": 0.05, "rmsprop": 0.002, "adam_paper": 0.01, "adamw": 0.01}
_USUAL_RATE = 0.02
_PENALTY = Penalty(l2=0.03)
_LIMITS = {"none": 1.0, "norm": 0.5, "value": 0.1}


class Case(Struct, frozen=True):
    """A run that both programs take, and what it is called."""

    title: str
    spec: Spec


def cases() -> Iterator[Case]:
    """Every combination that both have."""
    for activation, loss, optimizer in product(twins.ACTIVATIONS, twins.LOSSES, twins.OPTIMIZERS):
        yield Case(f"{activation}, {loss}, {optimizer}", spec_of(activation, loss, optimizer))
    schedules = [Schedule(), *map(_schedule, twins.SCHEDULES)]
    for optimizer in twins.OPTIMIZERS:
        spec = spec_of("tanh", "half_squared_error", optimizer)
        for penalty, schedule, clipping in product((Penalty(), _PENALTY), schedules, _LIMITS):
            cut = Clipping(clipping, _LIMITS[clipping])
            title = f"{optimizer}, L2 {penalty.l2}, {schedule.name}, clipped by {clipping}"
            yield Case(title, replace(spec, penalty=penalty, schedule=schedule, clipping=cut))


def _schedule(name: str) -> Schedule:
    """A schedule that goes through all it has within the iterations."""
    factor = 0.99 if name == "exponential" else 0.5
    return Schedule(
        name=name, per="iteration", every=40, factor=factor, length=ITERATIONS, warm_up=30,
        lowest=0.1,
    )


def spec_of(activation: str, loss: str, optimizer: str) -> Spec:
    """A 3-5-2 network on ten samples in shuffled batches of four. Both layers have the activation,
    the output layer another one where the loss asks for it, the hidden one where it is softmax."""
    generator = np.random.default_rng(5)
    rule = LOSSES[loss]
    output = activation if activation in rule.activations else rule.activations[0]
    hidden = "tanh" if activation == "softmax" else activation
    network = Network(
        ("x1", "x2", "x3"),
        (Layer(tuple(f"h{i + 1}" for i in range(5)), hidden), Layer(("o1", "o2"), output)),
    )
    inputs = generator.normal(size=(_SAMPLES, 3))
    low, high = np.clip(rule.target_range, -1.0, 1.0)
    targets = generator.uniform(low, high, (_SAMPLES, 2))
    classes = generator.integers(0, 2, (_SAMPLES, 2))
    if rule.classes is not None:
        targets = np.array(rule.classes)[classes]
    elif output == "softmax":
        targets = np.eye(2)[classes[:, 0]]
    spec = Spec(
        network, loss, rule.reduction or "mean",
        Optimizer(optimizer).changed(learning_rate=_RATES.get(optimizer, _USUAL_RATE)),
        Data(inputs, targets, ("t1", "t2")), Batching(_BATCH, shuffled=True),
        initializer="uniform_pm_1", seed=3,
    )
    check_spec(spec)
    return spec


def ours(spec: Spec) -> Array:
    """θ after the iterations, as stepping has it."""
    state = start_state(spec)
    for _ in range(ITERATIONS):
        state = iterate(spec, state).next_state
    return state.theta


def theirs(spec: Spec) -> Array:
    """θ after the iterations, as PyTorch has it."""
    network, start = spec.network, start_state(spec)
    numbers = range(1, network.depth + 1)
    weights = [_tensor(network.weights(start.theta, number)) for number in numbers]
    biases = [_tensor(network.biases(start.theta, number)) for number in numbers]
    # PyTorch's weight decay is L2 to all optimizers but AdamW, and comes after the gradient is
    # clipped; in these two cases L2 is an addend of the loss.
    decay, added = spec.penalty.l2, 0.0
    if spec.optimizer.key == "adamw":
        decay, added = spec.optimizer["weight_decay"], spec.penalty.l2
    elif spec.clipping.is_on:
        decay, added = 0.0, spec.penalty.l2
    on_biases = decay if spec.optimizer.key == "adamw" else 0.0
    groups = [
        {"params": weights, "weight_decay": decay}, {"params": biases, "weight_decay": on_biases}
    ]
    optimizer = twins.OPTIMIZERS[spec.optimizer.key](groups, spec.optimizer.settings)
    scheduled = twins.SCHEDULES.get(spec.schedule.name)
    rate = spec.optimizer["learning_rate"]
    schedule = scheduled(optimizer, spec.schedule, rate) if scheduled else None
    inputs, targets = (torch.tensor(rows) for rows in (spec.data.inputs, spec.data.targets))
    for t in range(ITERATIONS):
        rows = torch.tensor(spec.batch_rows(t))
        optimizer.zero_grad()
        loss = loss_of(spec, weights, biases, inputs[rows], targets[rows])
        for W in weights:
            loss = loss + added * 0.5 * (W**2).sum()
        loss.backward()
        twins.CLIPPINGS[spec.clipping.name]([*weights, *biases], spec.clipping)
        optimizer.step()
        if schedule is not None:
            schedule.step()
    return network.theta(
        [W.detach().numpy() for W in weights], [b.detach().numpy() for b in biases]
    )


def _tensor(values: Array | None) -> Tensor:
    """Start values that PyTorch may change and follow."""
    assert values is not None
    return torch.tensor(np.array(values), requires_grad=True)


def loss_of(
    spec: Spec, weights: list[Tensor], biases: list[Tensor], inputs: Tensor, targets: Tensor
) -> Tensor:
    """The data's loss of a batch."""
    settings = {key: setting.default for key, setting in ACTIVATION_SETTINGS.items()}
    a = inputs
    for layer, W, b in zip(spec.network.layers, weights, biases, strict=True):
        z = a @ W.T + b
        a = twins.ACTIVATIONS[layer.activation](z, settings)
    numbers = {key: spec.loss_settings[key] for key in LOSS_SETTINGS}
    each = twins.LOSSES[spec.loss](z, a, targets, numbers)
    return each.mean() if spec.reduction == "mean" else each.sum()


def difference(spec: Spec) -> float:
    """The largest difference of a parameter, as a share of the largest parameter."""
    mine, other = ours(spec), theirs(spec)
    return float(np.abs(mine - other).max() / np.abs(other).max())


def main() -> None:
    """Compare all; says what was found, and ends with 1 where something differs."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    for rows, counterparts in (
        (ACTIVATIONS, twins.ACTIVATIONS), (LOSSES, twins.LOSSES), (RULES, twins.OPTIMIZERS),
        (SCHEDULES, {"constant", *twins.SCHEDULES}), (CLIPPINGS, twins.CLIPPINGS),
    ):
        if alone := [row.title for key, row in rows.items() if key not in counterparts]:
            print("Without a counterpart in PyTorch:", ", ".join(alone))
    largest, differ, count = 0.0, 0, 0
    for case in cases():
        found = difference(case.spec)
        count, largest = count + 1, max(largest, found)
        if not found <= TOLERANCE:
            differ += 1
            print(f"{case.title}: differs by {found:.3g}")
    print(
        f"{count:,} runs of {ITERATIONS} iterations beside PyTorch {torch.__version__}: "
        f"{count - differ:,} agree to {TOLERANCE:g}; the largest difference is {largest:.2g}."
    )
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
