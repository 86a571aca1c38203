"""ClassAnswers: which class each sample is of, and which the present network gives it."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.run.classes import NO_CLASS, Classes, named_in
from engine.text.numbers import counted, format_count
from engine.text.wording import listed
from gui.view import View

UNCLASSED = "no class"  # of a sample whose targets name none, or several


class ClassAnswers(Struct, frozen=True, eq=False, dict=True):
    """`named` are the classes of the samples, shape (samples,), `outputs` what the network has for
    them, shape (samples, outputs)."""

    classes: Classes
    named: NDArray[np.intp]
    outputs: Array

    @classmethod
    def of(cls, view: View, classes: Classes) -> ClassAnswers | None:
        """Those of a view; None while they are being worked out."""
        # For a moment after samples were added, the outputs are still those of fewer.
        if view.evaluation is None or len(view.evaluation.outputs) != len(view.spec.data):
            return None
        return cls(classes, named_in(view.spec), view.evaluation.outputs)

    @cached_property
    def given(self) -> NDArray[np.intp]:
        """The class that the network gives each sample."""
        return self.classes.given(self.outputs)

    @cached_property
    def wrong(self) -> NDArray[np.bool_]:
        """Which samples are given another class than their own; not those without one."""
        return np.asarray((self.given != self.named) & (self.named != NO_CLASS))

    def said(self, row: int) -> tuple[str, str]:
        """What the network says of a sample: the class and how surely."""
        name, value = self.classes.said(self.outputs[row])
        return (f"wrong: {name}" if self.wrong[row] else name), value

    def target_text(self, row: int) -> str:
        """A sample and its class."""
        number = int(self.named[row])
        own = self.classes.names[number] if number != NO_CLASS else UNCLASSED
        return f"sample {format_count(row + 1)} · {own}"

    def in_words(self, row: int) -> str:
        """All of it in sentences, with one sample more closely."""
        none = int((self.named == NO_CLASS).sum())
        count = len(self.named) - none
        right = format_count(count - int(self.wrong.sum()))
        of_none = f" Of {UNCLASSED}: {counted(none, 'sample')}." if none else ""
        name, value = self.said(row)
        return (
            f"Classes {listed(self.classes.names)}. {right} of {format_count(count)} samples are "
            f"right.{of_none} {self.target_text(row)}: {name}, {value}."
        )
