"""Rescaling: which columns of a run's training set are scaled, and by what."""

from __future__ import annotations

import numpy as np

from engine.maths.losses import LOSSES
from engine.maths.metrics import are_classes
from engine.run.scaling import SAME, Linear, Scaling, linears
from engine.run.spec import Source, Spec


def scaling_for(spec: Spec, kind: str) -> Scaling | None:
    """The scaling of a kind (a key of SCALINGS, "" for none) that suits the training set as it
    stands. The constants are those of the part that is trained on alone.

    Columns that stand for classes are left as they are, and so are targets that name classes or
    whose loss wants them from 0 to 1. Targets of an output that cannot reach beyond 0 and 1, or −1
    and 1, are taken to the range from 0 to 1 in any case.
    """
    if not kind:
        return None
    data, rows = spec.data, spec.data.training_rows
    inputs = _scaled(linears(kind, data.inputs[rows]), data.input_sources)
    targets = (SAME,) * len(data.target_names)
    activation = spec.network.layers[-1].activation
    if np.isinf(LOSSES[spec.loss].target_range[1]) and not are_classes(data.targets, activation):
        bounded = bool(np.isfinite(spec.network.layers[-1].function.range[1]))
        constants = linears("range" if bounded else kind, data.targets[rows])
        targets = _scaled(constants, data.target_sources)
    return Scaling(kind, inputs, targets)


def follows_training(spec: Spec) -> bool:
    """Whether the constants of a scaling are those of the samples that are trained on now."""
    return spec.scaling is not None and spec.scaling == scaling_for(spec, spec.scaling.kind)


def constant_columns(spec: Spec) -> list[str]:
    """The names of the inputs and targets that are one and the same number in all rows, so that
    their scale is 1."""
    data, rows = spec.data, spec.data.training_rows
    names = (*spec.network.inputs, *data.target_names)
    values = np.hstack([data.inputs[rows], data.targets[rows]])
    same = (values.min(axis=0) == values.max(axis=0)).tolist()
    return [name for name, constant in zip(names, same, strict=True) if constant]


def _scaled(columns: tuple[Linear, ...], sources: tuple[Source, ...]) -> tuple[Linear, ...]:
    if not sources:
        return columns
    return tuple(SAME if s.one else column for column, s in zip(columns, sources, strict=True))
