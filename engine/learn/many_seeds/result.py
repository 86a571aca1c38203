"""What many seeds came to: how many of them learnt, and what the others are stuck on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.run.classes import classes_of
from engine.run.spec import Spec
from engine.text.numbers import format_number
from engine.text.wording import listed, shortened

_FEW_OUTPUTS = 16  # of a whole data set, so that they can be written out
_FEW_GROUPS = 8


class SeedRun(Struct, frozen=True, eq=False):
    """One seed after its epochs: the loss over the training set, the outputs (samples, outputs),
    whether each lies near its target, and the iteration (from 1) in which it diverged, if so."""

    seed: int
    loss: float
    outputs: Array
    learnt: bool
    diverged: int | None


def are_off(spec: Spec, outputs: Array, tolerance: float) -> NDArray[np.bool_]:
    """Which samples' outputs, shape (…, samples, outputs), are not what their targets say: further
    off than the tolerance, or with a loss that asks for a side only, on the other side."""
    if LOSSES[spec.loss].classes is not None:
        return ~spec.are_right(outputs)
    return np.asarray((~(np.abs(outputs - spec.scaled.targets) <= tolerance)).any(axis=-1))


def what_is_learnt(loss: str, tolerance: float) -> str:
    """When a run with a loss, a key of LOSSES, has learnt, as the end of a sentence."""
    if LOSSES[loss].classes is not None:
        return "the class of every sample is right"
    return f"every output is within {format_number(tolerance)} of its target"


class Stuck(Struct, frozen=True):
    """Seeds that did not learn and ended alike, in words: "0.5 for (0, 1) and (1, 1)"."""

    words: str
    seeds: tuple[int, ...]


class SeedsResult(Struct, frozen=True, eq=False):
    """What the runs came to."""

    spec: Spec
    epochs: int
    tolerance: float
    runs: tuple[SeedRun, ...]

    @property
    def learnt(self) -> int:
        """How many learn."""
        return sum(run.learnt for run in self.runs)

    @property
    def sentence(self) -> str:
        """How many learn, in words."""
        verb = "learns" if self.learnt == 1 else "learn"
        return f"{self.learnt} of {len(self.runs)} {verb}"

    @property
    def stuck(self) -> tuple[Stuck, ...]:
        """The others by what they are stuck on, the most frequent first.

        Those whose outputs are alike to one decimal belong together; where that makes too many
        groups, those that are off at the same samples.
        """
        failed = [run for run in self.runs if not run.learnt]
        groups = _grouped(failed, self._outputs_in_words)
        if len(groups) > _FEW_GROUPS:
            groups = _grouped(failed, self._samples_in_words)
        return groups

    def _off(self, run: SeedRun) -> list[int]:
        """The rows of the samples that are not near their targets."""
        return np.flatnonzero(are_off(self.spec, run.outputs, self.tolerance)).tolist()

    def _outputs_in_words(self, run: SeedRun) -> str:
        if run.diverged is not None or self.spec.scaled.targets.size > _FEW_OUTPUTS:
            return self._samples_in_words(run)
        by_output: dict[str, list[str]] = {}
        for row in self._off(run):
            outputs = _listed(np.round(run.outputs[row], 1) + 0.0)
            by_output.setdefault(outputs, []).append(_listed(self.spec.data.inputs[row], True))
        return "; ".join(f"{key} for {_joined(rows)}" for key, rows in by_output.items())

    def _samples_in_words(self, run: SeedRun) -> str:
        if run.diverged is not None:
            return "diverged"
        data, off = self.spec.data, self._off(run)
        if len(off) == len(data):
            return "off for every sample"
        if data.targets.size > _FEW_OUTPUTS:
            return f"off for {len(off)} of {len(data)} samples{self._whole_classes(off)}"
        return f"off for {_joined([_listed(data.inputs[row], True) for row in off])}"

    def _whole_classes(self, off: list[int]) -> str:
        """The classes by name of which every sample is among some rows: ", all of versicolor"."""
        classes = classes_of(self.spec)
        if classes is None or not self.spec.data.target_sources:
            return ""
        named = classes.named(self.spec.scaled.targets)
        right = np.delete(named, off)
        lost = [
            name
            for number, name in enumerate(classes.names)
            if (named == number).any() and not (right == number).any()
        ]
        return f", all of {listed([shortened(name) for name in lost])}" if lost else ""


def _grouped(runs: list[SeedRun], words: Callable[[SeedRun], str]) -> tuple[Stuck, ...]:
    groups: dict[str, list[int]] = {}
    for run in runs:
        groups.setdefault(words(run), []).append(run.seed)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[1]))
    return tuple(Stuck(text, tuple(seeds)) for text, seeds in ordered)


def _listed(values: Array, brackets: bool = False) -> str:
    text = ", ".join(f"{value:g}".replace("-", "−") for value in values)
    return f"({text})" if brackets or len(values) > 1 else text


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
