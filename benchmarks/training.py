"""How fast it trains: this program's kernels beside a tutorial's loop, and PyTorch if it is there.

    python benchmarks/training.py [--json]

Every way of doing a piece of work takes its turn, again and again, so that what else the machine
does meets all alike; given is the processor's time for the fastest turn of each, since whatever
else goes on can only add to one, and how many times as fast as the tutorial's loop that is.
The work runs on one core. Training is measured as the window trains: with the loss curve, metrics
and key frames, kept by History.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported

import argparse
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import inf
from pathlib import Path
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import tutorial_loop
from benchmarks.figure import Figure, show
from engine.data.bundled import digits
from engine.documents.examples import read_example
from engine.maths.activations import Array
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.iteration import never
from engine.run.spec import Batching, Data, Spec, State, start_state
from engine.run.surface import data_range, grid_axis, surface
from engine.training.history import History
from engine.training.kernels import choice
from engine.training.kernels.kernel import Stretch
from engine.training.trainer import Trainer

ROUNDS = 11
TUTORIAL, UNRECORDED = "tutorial's loop", "the fastest, nothing kept"
PLAIN, NUMPY, NUMBA, PYTORCH = "plain path", "NumPy", "numba", "PyTorch"
KERNELS = {"plain": PLAIN, "numpy": NUMPY, "numba": NUMBA}
TORCH = importlib.util.find_spec("torch") is not None
Job = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """A piece of work, the ways of doing it by name (the first is the tutorial's loop), how many
    times as fast as that one some are wanted to be, and in how many times PyTorch's time the
    fastest that is recorded."""

    title: str
    ways: dict[str, Job]
    wanted: dict[str, float] = field(default_factory=dict)
    of_pytorch: float | None = None


def circles(count: int) -> Data:
    """Points of an inner disc (target 1) and a ring around it (target −1), shape (count, 2)."""
    generator = np.random.default_rng(0)
    inner = np.arange(count) % 2 == 0
    radius = np.where(inner, generator.uniform(0.0, 2.5, count), generator.uniform(3.5, 5.0, count))
    angle = generator.uniform(0.0, 2.0 * np.pi, count)
    inputs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return Data(inputs, np.where(inner, 1.0, -1.0)[:, np.newaxis], ("t",))


def tanh_spec(sizes: tuple[int, ...], data: Data, batch: int | None) -> Spec:
    """A tanh network on half the squared error with gradient descent."""
    names = default_unit_names(sizes)
    network = Network(names[0], tuple(Layer(units, "tanh") for units in names[1:]))
    return Spec(
        network, "half_squared_error", "sum",
        Optimizer().changed(learning_rate=1e-3), data, Batching(batch),
        initializer="uniform_pm_1", seed=1,
    )


def recorded(kernel: str, spec: Spec, start: State, iterations: int) -> State:
    """Train by a kernel in slices of 10 ms, as the window does, with everything kept."""
    history = History(spec, start.theta, start)
    branch = history.branches[0]
    stretches = (Stretch(kernel, iterations),)
    trainer = Trainer(spec, start, branch.frame_every, stretches=stretches, at_speed=True)
    while trainer.state.t < iterations:
        history.record(branch, trainer.advance(iterations - trainer.state.t, 0.01))
        trainer.frame_every = branch.frame_every
    return branch.tip


def unrecorded(kernel: str, spec: Spec, start: State, iterations: int) -> State:
    """Train by a kernel, keeping nothing."""
    taken, state = choice.kernel_named(kernel, spec), start
    with np.errstate(all="ignore"):
        while state.t < iterations:
            count = min(taken.at_once, iterations - state.t)
            state = taken.advance(state, count, iterations + 1, never).state
    return state


def training_row(
    title: str, spec: Spec, start: State, epochs: int, wanted: dict[str, float],
    of_pytorch: float | None = None,
) -> Row:
    """Some epochs of training in every way there is."""
    activation, rate = spec.network.layers[-1].activation, spec.optimizer["learning_rate"]
    iterations = epochs * spec.iterations_per_epoch

    def tutorial() -> None:
        tutorial_loop.train(
            *tutorial_loop.arrays(spec.network, start.theta), activation, spec.data.inputs,
            spec.data.targets, epochs, spec.batch_size, rate,
        )

    ways: dict[str, Job] = {TUTORIAL: tutorial}
    best = choice.fastest(spec, inf, "")
    names = ["plain", "numpy", *(["numba"] if best == "numba" else [])]
    for name in names:
        ways[KERNELS[name]] = partial(recorded, name, spec, start, iterations)
    ways[UNRECORDED] = partial(unrecorded, names[-1], spec, start, iterations)
    if TORCH:
        ways[PYTORCH] = partial(torch_training, spec, start, epochs)
    return Row(title, ways, wanted, of_pytorch)


def surface_row(title: str, spec: Spec, start: State) -> Row:
    """One output over a grid of 100 × 100 points."""
    network, held = spec.network, np.zeros(2)
    xs, ys = (grid_axis(*data_range(spec, column), 100) for column in (0, 1))
    weights, biases = tutorial_loop.arrays(spec.network, start.theta)

    def tutorial() -> Array:
        x, y = np.meshgrid(xs, ys)
        points = np.stack([x.ravel(), y.ravel()], axis=1)
        return tutorial_loop.forward(weights, biases, "tanh", points)[-1].reshape(x.shape)

    def ours() -> Array:
        return surface(network, start.theta, 0, 0, 1, held, xs, ys)

    return Row(title, {TUTORIAL: tutorial, NUMPY: ours})


def torch_training(spec: Spec, start: State, epochs: int) -> None:
    """The same training as PyTorch's own tutorial writes it, in double precision."""
    import torch

    torch.set_num_threads(1)
    is_sigmoid = spec.network.layers[-1].activation == "sigmoid"
    activation = torch.nn.Sigmoid if is_sigmoid else torch.nn.Tanh
    model = torch.nn.Sequential()
    for W, b in zip(*tutorial_loop.arrays(spec.network, start.theta), strict=True):
        layer = torch.nn.Linear(*W.shape, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(W.T.copy()))
            layer.bias.copy_(torch.from_numpy(b))
        model.extend([layer, activation()])
    inputs = torch.from_numpy(np.array(spec.data.inputs))
    targets = torch.from_numpy(np.array(spec.data.targets))
    optimizer = torch.optim.SGD(model.parameters(), lr=spec.optimizer["learning_rate"])
    for _ in range(epochs):
        for first in range(0, len(inputs), spec.batch_size):
            rows = slice(first, first + spec.batch_size)
            optimizer.zero_grad()
            loss = 0.5 * ((model(inputs[rows]) - targets[rows]) ** 2).sum()
            loss.backward()
            optimizer.step()


def rows() -> list[Row]:
    """The work of the table."""
    document = read_example("xor-3-4-1")
    small = tanh_spec((2, 4, 2, 1), circles(250), 10)
    large = tanh_spec((2, 64, 64, 1), circles(5_000), None)
    drawn = digits(0)
    shades = Data(drawn.inputs / 16.0, drawn.targets, drawn.target_names)
    pictures = tanh_spec((64, 32, 10), shades, 32)
    return [
        training_row(
            "xor-3-4-1, 10,000 epochs", document.spec,
            start_state(document.spec, document.start), 10_000,
            {NUMPY: 2.5, NUMBA: 100.0},
        ),
        training_row(
            "circles 2-4-2-1, batches of 10, 200 epochs", small, start_state(small), 200,
            {NUMPY: 2.5, NUMBA: 60.0},
        ),
        surface_row("surface 100×100 of that network", small, start_state(small)),
        training_row(
            "2-64-64-1, 5,000 samples, 10 epochs", large, start_state(large), 10, {NUMPY: 1.6}
        ),
        training_row(
            "digits 64-32-10, batches of 32, 5 epochs", pictures, start_state(pictures), 5,
            {}, 1.2,
        ),
    ]


def measured(row: Row, rounds: int) -> dict[str, float]:
    """Seconds of each way by the processor's time: the least of all rounds, the ways taking
    turns."""
    times: dict[str, list[float]] = {name: [] for name in row.ways}
    for number in range(rounds + 1):
        for name, job in row.ways.items():
            began = process_time()
            job()
            if number > 0 or rounds == 1:  # the first round warms up
                times[name].append(process_time() - began)
    return {name: min(each) for name, each in times.items()}


def figures(row: Row, seconds: dict[str, float]) -> list[Figure]:
    """The row's ways as figures, and what recording costs the fastest."""
    found = [
        Figure(
            f"{row.title}: {name}", each * 1000, "ms", seconds[TUTORIAL] / each,
            row.wanted.get(name),
        )
        for name, each in seconds.items()
    ]
    if UNRECORDED in seconds:
        recorded = seconds[NUMBA if NUMBA in seconds else NUMPY]
        if PYTORCH in seconds:
            found.append(
                Figure(
                    f"{row.title}: times PyTorch's", recorded / seconds[PYTORCH], "×",
                    at_most=row.of_pytorch,
                )
            )
        cost = 100 * (1 - seconds[UNRECORDED] / recorded)
        found.append(Figure(f"{row.title}: recording costs", cost, "%", at_most=30))
    return found


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description="Times training beside a tutorial's loop.")
    parser.add_argument("--json", action="store_true", help="for scripts")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N")
    options = parser.parse_args()
    choice.load()
    found = [each for row in rows() for each in figures(row, measured(row, options.rounds))]
    show(found, options.json, [choice.kernel_line()])


if __name__ == "__main__":
    main()
