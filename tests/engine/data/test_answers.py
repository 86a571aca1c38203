"""Answers: classes that share an output are told apart where the loss and the targets do."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.answers import answer, output_fields, samples_of
from engine.data.table import read_table
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.classes import classes_of
from engine.run.spec import Data, Source, Spec

KINDS = {  # by loss and activation of the output: what stands for the class that is not 1
    ("binary_cross_entropy", "sigmoid"): 0.0,
    ("half_squared_error", "tanh"): -1.0,
    ("hinge", "linear"): -1.0,
}


@pytest.mark.parametrize(("kind", "low"), KINDS.items())
def test_the_middle_between_two_classes_is_that_of_their_targets(
    kind: tuple[str, str], low: float
) -> None:
    loss, activation = kind
    data = Data(
        np.array([[0.0], [1.0]]), np.array([[low], [1.0]]), ("grown",),
        (Source("height"),), (Source("grown", "yes", "no"),),
    )
    network = Network(("height",), (Layer(("grown",), activation),))
    spec = Spec(network, loss, "mean", Optimizer(), data)
    classes, (field,) = classes_of(spec), output_fields(spec)
    assert classes is not None
    for output in (low, low + 0.4, (low + 1.0) / 2.0 - 0.01, (low + 1.0) / 2.0, 0.6, 1.0):
        outputs = np.array([output])
        assert answer(field, outputs) == classes.said(outputs)[0]
    read = samples_of(spec, read_table("height,grown\n3,yes\n2,no\n"))
    assert read.targets.tolist() == [[1.0], [low]]
