"""What the chip above the network says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.training.divergence import Divergence
from gui.canvas.chip import PhaseChip


@pytest.mark.parametrize(
    ("revealed", "words"),
    [
        (0, "Ready  press Step (PageDown) to begin iteration 1"),
        (1, "Forward pass  net input of h1 · step 1 of 34"),
        (11, "Loss  total loss 0.298371 · step 11 of 34"),
        (13, "Backward pass  gradient of w5 · step 13 of 34"),
        (26, "Update  update of w1 · step 26 of 34"),
        (34, "Check  loss 0.298371 → 0.291028 · step 34 of 34"),
    ],
)
def test_the_phase_and_the_step_are_named(
    qtbot: Any, mazur_view: Callable[..., Any], revealed: int, words: str
) -> None:
    chip = PhaseChip()
    qtbot.addWidget(chip)
    chip.display(mazur_view(revealed=revealed))
    assert chip.text == chip.accessibleName() == words


def test_training_says_how_fast_it_is(qtbot: Any, mazur_view: Callable[..., Any]) -> None:
    chip = PhaseChip()
    qtbot.addWidget(chip)
    chip.display(mazur_view(training=True, rate=8412.4))
    assert chip.text == "Training  8,412 epochs/s"
    chip.display(mazur_view(training=True, rate=0.4))  # one iteration is an epoch here
    assert chip.text == "Training  2.5 s an iteration"
    chip.display(mazur_view(training=True))
    assert chip.text == "Training"


def test_a_run_that_diverged_says_where(qtbot: Any, mazur_view: Callable[..., Any]) -> None:
    chip = PhaseChip()
    qtbot.addWidget(chip)
    chip.display(mazur_view(divergence=Divergence(1234, 2, "a delta")))
    assert chip.text == "Diverged  in iteration 1,234, layer 2"
