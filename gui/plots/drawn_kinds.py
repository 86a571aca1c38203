"""What a sample that is drawn by hand can be: its targets, by the name of a class."""

from __future__ import annotations

import numpy as np

from engine.run.column_words import with_class
from engine.run.spec import Spec
from engine.run.surface import output_range
from engine.text.numbers import format_number

_MOST = 12
Kind = tuple[str, tuple[float, ...]]


def kinds_of(spec: Spec, sample: int) -> list[Kind]:
    """The kinds of samples there can be, each a name and a target for every output: classes, or
    the few targets that there are; else one that is like the sample shown."""
    targets = spec.data.targets
    if spec.has_classes and targets.shape[1] == 1:
        values = np.unique(targets)
        if len(values) == 1:  # the other class has no sample yet
            values = np.unique(np.append(values, output_range(spec, 0)))
        values = values[[0, -1]]
        source = spec.data.target_sources[0] if spec.data.target_sources else None
        names = ["", ""] if source is None else [source.zero, source.one]
        return [
            (name or format_number(float(value)), (float(value),))
            for name, value in zip(names, values, strict=True)
        ]
    if spec.has_classes:
        low, high = float(targets.min()), float(targets.max())
        count = targets.shape[1]
        return [
            (with_class(spec, spec.network.depth, unit),
             tuple(high if unit == other else low for other in range(count)))
            for unit in range(count)
        ]
    rows = np.unique(targets, axis=0)
    if len(rows) > _MOST:
        rows = targets[[sample]]
    return [(", ".join(format_number(value) for value in row), tuple(row)) for row in rows.tolist()]
