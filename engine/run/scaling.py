"""Scaling: columns of the training set moved and stretched before the network takes them."""

# Without `from __future__ import annotations`, as engine.documents.format.

from collections.abc import Callable, Iterable
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from engine.maths.activations import Array
from engine.run.limits import one_of
from engine.text.numbers import LARGEST

_Offset = Annotated[float, Meta(gt=-LARGEST, lt=LARGEST)]
_Scale = Annotated[float, Meta(gt=0, lt=2 * LARGEST)]


class Linear(Struct, frozen=True, forbid_unknown_fields=True):
    """How a column is scaled: the network takes (value − offset) / scale."""

    offset: _Offset = 0.0
    scale: _Scale = 1.0

    @property
    def is_identity(self) -> bool:
        """Whether it leaves values as they are, to the bit."""
        return self.offset == 0.0 and self.scale == 1.0

    def scaled(self, value: float) -> float:
        """A value of the data as the network takes it."""
        return (value - self.offset) / self.scale

    def own(self, value: float) -> float:
        """A value as the network has it in the data's own units."""
        return value * self.scale + self.offset


SAME = Linear()


class ScalingRule(Struct, frozen=True):
    """A way to find the constants: `constants(rows)` gives offsets and scales, a number each for
    every column of rows (samples, columns). `offset_word` and `scale_word` say what they are."""

    key: str
    title: str
    offset_word: str
    scale_word: str
    constants: Callable[[Array], tuple[Array, Array]]


_SQUARED = 1e-150  # below it a square is lost, or many of its digits


def _deviations(rows: Array) -> Array:
    """The standard deviation of each column, of numbers however small."""
    found = rows.std(axis=0)
    spread = np.ptp(rows, axis=0)
    tiny = (found < _SQUARED) & (spread > 0.0)
    if tiny.any():
        unit = np.where(tiny, spread, 1.0)
        found = np.where(tiny, unit * ((rows - rows.min(axis=0)) / unit).std(axis=0), found)
    return np.asarray(found)


SCALINGS: dict[str, ScalingRule] = {
    rule.key: rule
    for rule in (
        # The standard deviation of all there is, so the divisor is n.
        ScalingRule(
            "standard", "mean 0, standard deviation 1", "mean", "standard deviation",
            lambda rows: (rows.mean(axis=0), _deviations(rows)),
        ),
        ScalingRule(
            "range", "from 0 to 1", "least", "range",
            lambda rows: (rows.min(axis=0), np.ptp(rows, axis=0)),
        ),
    )
}


class Scaling(Struct, frozen=True, forbid_unknown_fields=True):
    """How the network takes the training set: `kind` says how the constants were found, once;
    there are two for every column of inputs and of targets. The file keeps the data as they are."""

    kind: Annotated[str, one_of(SCALINGS)]
    inputs: tuple[Linear, ...]
    targets: tuple[Linear, ...]

    @property
    def is_identity(self) -> bool:
        """Whether it leaves everything as it is."""
        return all(column.is_identity for column in (*self.inputs, *self.targets))

    @property
    def scales_targets(self) -> bool:
        """Whether targets, outputs and losses have other units than the data."""
        return not all(column.is_identity for column in self.targets)


def linears(kind: str, rows: Array) -> tuple[Linear, ...]:
    """The constants for columns, from rows (samples, columns) of them; a column that is constant is
    moved alone, and its scale is 1."""
    offsets, scales = SCALINGS[kind].constants(rows)
    constant = rows.min(axis=0) == rows.max(axis=0)
    # A mean of equal numbers may be off in the last digit, and a spread can be lost below it.
    offsets = np.where(constant, rows[0], offsets)
    scales = np.where(constant | ~(scales > 0.0), 1.0, scales)
    return tuple(map(Linear, offsets.tolist(), scales.tolist()))


def scaled(rows: Array, columns: Iterable[Linear]) -> Array:
    """Rows (samples, columns) as the network takes them."""
    offset, scale = _as_arrays(columns)
    return np.asarray((rows - offset) / scale)


def own(rows: Array, columns: Iterable[Linear]) -> Array:
    """Rows (samples, columns) as the network has them in the data's own units."""
    offset, scale = _as_arrays(columns)
    return np.asarray(rows * scale + offset)


def _as_arrays(columns: Iterable[Linear]) -> tuple[Array, Array]:
    pairs = np.array([(column.offset, column.scale) for column in columns]).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
