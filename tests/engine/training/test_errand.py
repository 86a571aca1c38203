"""Errands: what is said of training that came to its end."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.training.errand import Arrival, Errand
from engine.training.goal import Goal


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ((), "All 4 samples are right at epoch 7: loss 0.25."),
        ((3,), "All 3 training samples are right at epoch 7: loss 0.25."),
        ((0, 1, 3), "The training sample is right at epoch 7: loss 0.25."),
    ],
)
def test_only_the_samples_that_were_trained_on_are_called_right(
    test: tuple[int, ...], words: str
) -> None:
    spec = read_example("xor-2-3-1").spec
    spec = replace(spec, data=replace(spec.data, test=np.array(test, dtype=np.intp)))
    arrival = Arrival(Errand(10, 10, Goal()), True, 7, 0.25)
    assert arrival.sentence(spec, None) == words
