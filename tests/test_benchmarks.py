"""The benchmark measures the same work done in different ways, and says so in one table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import tutorial_loop
from benchmarks.figure import Figure, read, show
from engine.documents.examples import read_example
from engine.run.spec import start_state
from engine.training.trainer import Trainer

ROOT = Path(__file__).resolve().parent.parent


def test_the_tutorials_loop_does_the_same_work() -> None:
    document = read_example("xor-3-4-1")
    spec, network = document.spec, document.spec.network
    start = start_state(spec, document.start)
    progress = Trainer(spec, start).advance(100)
    weights, biases = tutorial_loop.arrays(network, start.theta)
    losses = tutorial_loop.train(
        weights, biases, "sigmoid", spec.data.inputs, spec.data.targets, 100, 4, 0.1
    )
    theta = progress.state.theta
    for number, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        assert np.allclose(W.T, network.weights(theta, number), rtol=1e-12)
        assert np.allclose(b, network.biases(theta, number), rtol=1e-12)
    # The curve has the loss and, as a metric, the mean squared error.
    assert np.allclose(losses, progress.points[:100, 2], rtol=1e-12)


def test_the_table_names_the_machine_and_has_every_way() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/training.py", "--json", "--rounds", "1"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    table = json.loads(done.stdout)
    assert "cores" in table["machine"] and "NumPy" in table["machine"]
    figures = {each["what"]: each for each in table["figures"]}
    works = (
        "xor-3-4-1, 10,000 epochs", "circles", "surface 100×100", "2-64-64-1", "digits 64-32-10"
    )
    for work in works:
        ways = {what.rpartition(": ")[2]: each for what, each in figures.items() if work in what}
        assert ways["tutorial's loop"]["times"] == 1.0
        assert ways["NumPy"]["value"] > 0.0
    figure = figures["xor-3-4-1, 10,000 epochs: NumPy"]
    assert figure["reached"] == (figure["times"] >= figure["at_least"])


def test_a_figure_says_whether_it_is_as_wanted() -> None:
    figures = [
        Figure("training: NumPy", 169.0, "ms", times=2.52, at_least=2.5),
        Figure("start", 2.287, "×", at_most=1.5),
        Figure("frames", 31.04, "/s", at_least=30),
        Figure("recording costs", 17.64, "%", at_most=30),
        Figure("epochs", 347612.0, "/s"),
        Figure("frames", 24.0, "/s", at_least=30, slowness=1.5),
        Figure("surface", 20.0, "ms", at_most=16, slowness=1.46),
        Figure("surface", 32.0, "ms", at_most=16, slowness=1.46),
        Figure("surface", 20.0, "ms", at_most=16, slowness=0.5),
    ]
    assert [figure.row for figure in figures] == [
        "| training: NumPy | 169 ms | 2.52× | ≥ 2.5× | ✓ |",
        "| start | 2.29× |  | ≤ 1.5× | not reached |",
        "| frames | 31 /s |  | ≥ 30 /s | ✓ |",
        "| recording costs | 17.6% |  | ≤ 30% | ✓ |",
        "| epochs | 347,612 /s |  |  |  |",
        "| frames | 24 /s |  | ≥ 30 /s | in proportion: this machine is 1.5× as slow |",
        "| surface | 20 ms |  | ≤ 16 ms | in proportion: this machine is 1.5× as slow |",
        "| surface | 32 ms |  | ≤ 16 ms | not reached |",
        "| surface | 20 ms |  | ≤ 16 ms | not reached |",
    ]


def test_what_is_printed_for_scripts_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    figures = [Figure("start", 2.287, "×", at_most=1.5), Figure("a", 1.0, "ms", times=3.0)]
    show(figures, True, ["A note."])
    assert read(capsys.readouterr().out) == (figures, ["A note."])
