"""The benchmark measures the same work done in different ways, and says so in one table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks import tutorial_loop
from engine.examples import read_example
from engine.spec import start_state
from engine.trainer import Trainer

ROOT = Path(__file__).resolve().parent.parent


def test_the_tutorials_loop_does_the_same_work() -> None:
    document = read_example("xor-3-4-1")
    spec, network = document.spec, document.spec.network
    start = start_state(spec, document.start)
    progress = Trainer(spec, start).advance(100)
    numbers = range(1, network.depth + 1)
    weights = [network.weights(start.theta, number).T.copy() for number in numbers]
    biases = [np.array(network.biases_per_unit(start.theta, number)) for number in numbers]
    losses = tutorial_loop.train(
        weights, biases, "sigmoid", spec.data.inputs, spec.data.targets, 100, 4, 0.1
    )
    theta = progress.state.theta
    for number, W, b in zip(numbers, weights, biases, strict=True):
        assert np.allclose(W.T, network.weights(theta, number), rtol=1e-12)
        assert np.allclose(b, network.biases(theta, number), rtol=1e-12)
    # The curve has the loss and, as a metric, the mean squared error.
    assert np.allclose(losses, progress.points[:100, 2], rtol=1e-12)


def test_the_table_names_the_machine_and_has_every_row() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/training.py", "--json", "--rounds", "1"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    table = json.loads(done.stdout)
    assert "cores" in table["machine"] and "NumPy" in table["machine"]
    assert len(table["rows"]) == 4
    for row in table["rows"]:
        assert row["times_as_fast"]["tutorial's loop"] == 1.0
        assert row["seconds"]["numpy"] > 0.0
