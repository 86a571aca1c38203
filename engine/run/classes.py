"""Classes: which class the targets of a sample name, which one a network gives, and how surely."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.maths.activations import ACTIVATIONS, Array
from engine.maths.losses import LOSSES
from engine.maths.metrics import class_values
from engine.run.column_words import class_of, source_of
from engine.run.spec import Spec
from engine.text.numbers import format_number

MOST_CLASSES = 10  # more have no colours that are told apart
NO_CLASS = -1


class Classes(Struct, frozen=True):
    """The classes of a data set, numbered from 0; outputs and targets are as the network has them.

    Each has an output of its own, or two share one. `low` and `high` are what an output says that
    its class is not, and is, the case; `floor` is the least of what decides: one of n for softmax,
    else the middle between the two. `are_named` says whether two that share an output have names of
    their own.
    """

    names: tuple[str, ...]
    outputs: int
    low: float
    high: float
    floor: float
    are_named: bool = True

    def given(self, outputs: Array) -> NDArray[np.intp]:
        """The class that outputs, shape (…, outputs), give: that of the largest or, of two that
        share one, that of its side. NO_CLASS where they are no numbers."""
        if self.outputs == 1:
            winner = (outputs[..., 0] >= (self.low + self.high) / 2).astype(np.intp)
        else:
            winner = outputs.argmax(axis=-1)
        return np.where(np.isnan(outputs).any(axis=-1), NO_CLASS, winner)

    def named(self, targets: Array) -> NDArray[np.intp]:
        """The class that targets, shape (…, outputs), name; NO_CLASS where none or several."""
        several = (targets == targets.max(axis=-1, keepdims=True)).sum(axis=-1) > 1
        return np.where(several & (self.outputs > 1), NO_CLASS, self.given(targets))

    def certainty(self, outputs: Array) -> Array:
        """What outputs, shape (…, outputs), say of the class that they give: the largest or, of two
        classes that share one, the output as it would be if the one given were the higher."""
        if self.outputs > 1:
            return np.asarray(outputs.max(axis=-1))
        return np.asarray(np.maximum(outputs[..., 0], self.low + self.high - outputs[..., 0]))

    def depth(self, outputs: Array) -> Array:
        """How deep the colour of the class is that outputs, shape (…, outputs), give: from 0 where
        nothing decides to 1 where they say no more than that class."""
        share = (self.certainty(outputs) - self.floor) / (self.high - self.floor)
        return np.asarray(np.clip(share, 0.0, 1.0))

    def said(self, outputs: Array) -> tuple[str, str]:
        """What outputs, shape (outputs,), say in words: the class and how surely; a dash for what
        is none."""
        given = int(self.given(outputs))
        if given == NO_CLASS:
            return "–", "–"
        return self.names[given], format_number(float(self.certainty(outputs)), 2)


def classes_of(spec: Spec) -> Classes | None:
    """The classes that the targets of a run name, each sample one of them; None where they do not,
    where all are of one class, and where there are more than MOST_CLASSES."""
    if "_classes" not in spec.__dict__:
        spec.__dict__["_classes"] = _found(spec)
    found: Classes | None = spec.__dict__["_classes"]
    return found


def named_in(spec: Spec) -> NDArray[np.intp]:
    """The class that each sample's targets name, shape (samples,), where they name classes."""
    if "_named" not in spec.__dict__:
        classes = classes_of(spec)
        assert classes is not None
        spec.__dict__["_named"] = classes.named(spec.scaled.targets)
    named: NDArray[np.intp] = spec.__dict__["_named"]
    return named


def _found(spec: Spec) -> Classes | None:
    count, targets = spec.network.sizes[-1], spec.scaled.targets
    if not spec.has_classes or count > MOST_CLASSES:
        return None
    activation = spec.network.layers[-1].activation
    low, high = class_values(targets, activation, LOSSES[spec.loss].classes)
    is_shared_out = not ACTIVATIONS[activation].elementwise  # softmax: one to be shared out
    if count == 1:
        source = source_of(spec, spec.network.depth, 0)
        are_named = source is not None and bool(source.zero)
        names: tuple[str, ...] = ("0" if low >= 0.0 else "−1", "1")
        if source is not None and are_named:
            names = source.zero, source.one
    else:
        are_named, depth = True, spec.network.depth
        units = spec.network.layers[-1].units
        names = tuple(class_of(spec, depth, k) or units[k] for k in range(count))
    floor = 1.0 / count if is_shared_out else (low + high) / 2.0
    found = Classes(names, count, low, high, floor, are_named)
    if is_shared_out and count == 1:  # whatever it is given, it says 1
        return None
    named = found.named(targets)
    if not is_shared_out and bool((named == NO_CLASS).any()):
        return None
    return found if len(set(named[named != NO_CLASS].tolist())) > 1 else None
