"""How long the way back takes: train, then go to random moments of the road.

    python benchmarks/rewind.py [--epochs N] [EXAMPLE …]
    python benchmarks/rewind.py --largest

Each run trains in slices, with key frames and the loss curve kept by History as the window does,
in a process of its own, so that its peak memory is its own. `--largest` takes the largest network
that a document may hold, with gradient descent and with Adam, for a few dozen iterations.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.documents.examples import example_names, read_example
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.limits import HIDDEN_LAYERS, UNITS
from engine.run.spec import Data, Spec, State, start_state
from engine.training.history import History
from engine.training.trainer import Trainer

SLICE_SECONDS = 0.01
MOMENTS = 20
LARGEST_ITERATIONS = 60
MIB = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """What a run came to: updates, seconds of training, key frames, bytes that History counts,
    bytes that the process grew by at its peak, and seconds of each way back."""

    updates: int
    training: float
    frames: int
    held: int
    grown: int
    ways_back: list[float]


def measure(spec: Spec, start: State, iterations: int) -> Measured:
    """Train so many iterations and go back to random moments."""
    before = _peak()
    history = History(spec, start.theta, start)
    branch = history.branches[0]
    trainer = Trainer(spec, start, branch.frame_every)
    began = perf_counter()
    while trainer.state.t < iterations:
        progress = trainer.advance(iterations - trainer.state.t, SLICE_SECONDS)
        history.record(branch, progress)
        trainer.frame_every = branch.frame_every
        if progress.divergence is not None:
            raise SystemExit(progress.divergence.sentence)
    training = perf_counter() - began
    ways_back = []
    for t in np.random.default_rng(0).integers(0, iterations, MOMENTS).tolist():
        began = perf_counter()
        history.state_at(0, t)
        ways_back.append(perf_counter() - began)
    grown = _peak() - before
    return Measured(iterations, training, len(branch.frames), history.nbytes, grown, ways_back)


def measure_example(name: str, epochs: int) -> Measured:
    """Train a bundled example and go back."""
    document = read_example(name)
    spec = document.spec
    start = start_state(spec, document.start)
    return measure(spec, start, epochs * spec.iterations_per_epoch)


def measure_largest(optimizer: str) -> Measured:
    """Train as many layers of as many units as there may be, on one sample, and go back."""
    names = default_unit_names((UNITS.most,) * (HIDDEN_LAYERS.most + 1) + (1,))
    layers = [Layer(units, "tanh") for units in names[1:-1]]
    network = Network(names[0], (*layers, Layer(names[-1], "linear")))
    data = Data(np.full((1, UNITS.most), 0.5), np.ones((1, 1)), ("t",))
    rule = Optimizer(optimizer, {"learning_rate": 1e-6})
    spec = Spec(network, "half_squared_error", "sum", rule, data, seed=1)
    return measure(spec, start_state(spec), LARGEST_ITERATIONS)


def _peak() -> int:
    """The most memory this process has held so far, in bytes (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Measure what the command line asks for and print a table."""
    parser = argparse.ArgumentParser(description="Times the way back to random moments of a run.")
    parser.add_argument("examples", nargs="*", metavar="EXAMPLE", default=[])
    parser.add_argument("--epochs", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--largest", action="store_true", help="the largest networks instead")
    options = parser.parse_args()
    names = options.examples or example_names()
    print("| run | updates | training | key frames | counted | grown | back, median | back, max |")
    print("|---|---|---|---|---|---|---|---|")
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        runs = (
            [(key, measure_largest, (key,)) for key in ("gradient_descent", "adam")]
            if options.largest
            else [(name, measure_example, (name, options.epochs)) for name in names]
        )
        for name, job, arguments in runs:
            it = pool.apply(job, arguments)
            print(
                f"| {name} | {it.updates:,} | {it.training:.0f} s | {it.frames:,} "
                f"| {it.held / MIB:.1f} MiB | {it.grown / MIB:.1f} MiB "
                f"| {median(it.ways_back):.3f} s | {max(it.ways_back):.3f} s |",
                flush=True,
            )


if __name__ == "__main__":
    main()
