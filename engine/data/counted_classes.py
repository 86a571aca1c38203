"""Counted classes: those that the targets of a training set name, for a table of how often each is
taken for which. Whatever is right is counted as right: see engine.run.classes for what is drawn."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.data.answers import output_fields
from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.maths.metrics import is_right
from engine.run.column_words import with_class
from engine.run.spec import Spec
from engine.text.numbers import format_number

MOST = 64  # classes that are told one by one
NONE = "none"


class CountedClasses(Struct, frozen=True, eq=False):
    """The classes of a run: their names, in order; of each sample the class that its targets name,
    shape (samples,); and of each class a sample that is of it."""

    spec: Spec
    names: tuple[str, ...]
    true: NDArray[np.intp]
    examples: tuple[int, ...]

    def said(self, outputs: Array) -> NDArray[np.intp]:
        """The class that outputs, shape (samples, outputs), of all samples are taken for, shape
        (samples,); len(names) for none.

        A sample that is right is taken for its own class. What else outputs say is the class whose
        targets they would be right about, which for softmax is that of the largest output.
        """
        spec, found = self.spec, np.full(len(outputs), len(self.names), dtype=np.intp)
        activation, classes = spec.network.layers[-1].activation, LOSSES[spec.loss].classes
        # A row more, with the lowest targets of all: they say what stands for a class.
        lowest = spec.scaled.targets.min(axis=0)
        more = np.vstack([outputs, lowest])
        for number in reversed(range(len(self.names))):
            about = np.tile(spec.scaled.targets[self.examples[number]], (len(more), 1))
            about[-1] = lowest
            found[is_right(more, about, activation, classes)[:-1]] = number
        right = spec.are_right(outputs)
        found[right] = self.true[right]
        return found


def counted_classes(spec: Spec) -> CountedClasses | None:
    """The classes that the targets name; None where they name none, or too many to be told."""
    if not spec.has_classes:
        return None
    targets = spec.scaled.targets
    if spec.network.layers[-1].function.elementwise:
        # On which side of the middle each target lies: 0.01 and 0 stand for the same.
        known = LOSSES[spec.loss].classes
        low = -1.0 if known is None and bool((targets < -0.5).any()) else 0.0
        middle = sum(known) / 2.0 if known is not None else (low + 1.0) / 2.0
        kinds = (targets > middle).astype(np.intp)
    else:
        # A row whose largest target is there twice names no class, and is a kind of its own.
        is_largest = targets == targets.max(axis=1, keepdims=True)
        kinds = (is_largest & (is_largest.sum(axis=1, keepdims=True) == 1)).astype(np.intp)
    patterns: dict[bytes, int] = {}
    numbers = [patterns.setdefault(row.tobytes(), len(patterns)) for row in kinds]
    if len(patterns) > MOST:
        return None
    examples = [numbers.index(number) for number in range(len(patterns))]
    # In the order of the outputs: the first one's class first; of one output the low one first.
    order = sorted(range(len(examples)), key=lambda number: _place(kinds[examples[number]]))
    place = np.argsort(np.array(order))
    return CountedClasses(
        spec,
        tuple(_name(spec, kinds[examples[number]], examples[number]) for number in order),
        place[np.array(numbers)],
        tuple(examples[number] for number in order),
    )


def _place(kinds: NDArray[np.intp]) -> tuple[int, ...]:
    if len(kinds) > 1 and kinds.sum() == 1:
        return (0, int(kinds.argmax()))
    return (1, *kinds.tolist())


def _name(spec: Spec, kinds: NDArray[np.intp], row: int) -> str:
    """What a class is called: as in the table that it comes from, else by its output or targets."""
    fields = output_fields(spec)
    field = fields[0]
    if len(fields) == 1 and field.shares_column:
        return field.classes[int(kinds[0])]
    if len(kinds) > 1 and kinds.sum() == 1:
        unit = int(kinds.argmax())
        if len(fields) == 1 and field.classes:
            return field.classes[unit]
        return with_class(spec, spec.network.depth, unit)
    return " ".join(format_number(value, 3) for value in spec.data.targets[row].tolist())
