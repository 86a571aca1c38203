"""Measures: what each metric comes to over the training, validation and test set."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.data.counted_classes import CountedClasses, counted_classes
from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.maths.metrics import CLASS_METRICS, REPORTED, macro
from engine.run.iteration import Evaluation
from engine.run.spec import Spec


class Measures(Struct, frozen=True, eq=False):
    """What some samples of a run say: their rows; `loss`; how many are `right` (None without
    classes); `metrics` by the keys of REPORTED, with classes also macro_<key of CLASS_METRICS>; of
    each class `per_class` by the keys of CLASS_METRICS, shape (classes,); and `confusion`, shape
    (classes, classes + 1): how many of the class of the row are taken for that of the column, the
    last one for none. What does not exist is not a number."""

    name: str
    rows: NDArray[np.intp]
    loss: float
    right: int | None
    metrics: dict[str, float]
    per_class: dict[str, Array]
    confusion: NDArray[np.intp] | None = None

    @property
    def of_class(self) -> NDArray[np.intp]:
        """How many samples are of each class, shape (classes,)."""
        assert self.confusion is not None
        return np.asarray(self.confusion.sum(axis=1))


class Report(Struct, frozen=True, eq=False):
    """The measures of each set that there is, the training set first. `said` is the class that
    each sample is taken for, shape (samples,), where there are `classes`."""

    sets: tuple[Measures, ...]
    classes: CountedClasses | None = None
    said: NDArray[np.intp] | None = None

    def samples(self, of: Measures, true: int, said: int) -> list[int]:
        """The rows behind a cell of a confusion matrix."""
        assert self.classes is not None and self.said is not None
        is_there = (self.classes.true[of.rows] == true) & (self.said[of.rows] == said)
        return [int(row) for row in of.rows[is_there]]


def report(spec: Spec, evaluation: Evaluation, classes: CountedClasses | None = None) -> Report:
    """What an evaluation comes to. `classes` are those of the Spec, where they are known already.
    A run whose loss reads no targets has its loss alone."""
    data = spec.data
    classes = counted_classes(spec) if classes is None else classes
    said = None if classes is None else classes.said(evaluation.outputs)
    parts = [("training", data.training_rows, evaluation.loss)]
    if evaluation.validation is not None:
        parts.append(("validation", data.validation, evaluation.validation.loss))
    if evaluation.test is not None:
        parts.append(("test", data.test, evaluation.test.loss))
    sets = (_measures(spec, evaluation, classes, said, *part) for part in parts)
    return Report(tuple(sets), classes, said)


def _measures(
    spec: Spec,
    evaluation: Evaluation,
    classes: CountedClasses | None,
    said: NDArray[np.intp] | None,
    name: str,
    rows: NDArray[np.intp],
    loss: float,
) -> Measures:
    if not spec.has_targets:
        return Measures(name, rows, loss, None, {}, {})
    outputs, targets = evaluation.outputs[rows], spec.scaled.targets[rows]
    activation, known = spec.network.layers[-1].activation, LOSSES[spec.loss].classes
    right = int(spec.are_right(evaluation.outputs)[rows].sum()) if spec.has_classes else None
    metrics: dict[str, float] = {}
    with np.errstate(all="ignore"):
        for key, metric in REPORTED.items():
            if metric.of_classes and right is not None:
                # As it is counted everywhere: what stands for a class is seen from all samples.
                metrics[key] = right / len(rows)
            elif not metric.of_classes:
                metrics[key] = float(metric.value(outputs, targets, activation, known))
    if classes is None or said is None:
        return Measures(name, rows, loss, right, metrics, {})
    count = len(classes.names)
    confusion = np.zeros((count, count + 1), dtype=np.intp)
    np.add.at(confusion, (classes.true[rows], said[rows]), 1)
    hits, taken = confusion.diagonal().astype(float), confusion[:, :count].sum(axis=0).astype(float)
    are = confusion.sum(axis=1).astype(float)
    per_class = {key: each.value(hits, taken, are) for key, each in CLASS_METRICS.items()}
    for key, values in per_class.items():
        metrics[f"macro_{key}"] = macro(values, taken, are)
    return Measures(name, rows, loss, right, metrics, per_class, confusion)


def as_json(found: Report) -> dict[str, Any]:
    """A report as plain objects, by the names of the sets; null for what does not exist."""
    told: dict[str, Any] = {}
    for each in found.sets:
        told[each.name] = {"samples": len(each.rows), "loss": _plain(each.loss)}
        if each.right is not None:
            told[each.name]["right"] = each.right
        told[each.name] |= {key: _plain(value) for key, value in each.metrics.items()}
        if found.classes is not None and each.confusion is not None:
            names = found.classes.names
            told[each.name]["classes"] = [
                {
                    "name": name,
                    "samples": int(each.of_class[number]),
                    **{key: _plain(values[number]) for key, values in each.per_class.items()},
                }
                for number, name in enumerate(names)
            ]
            told[each.name]["confusion"] = each.confusion.tolist()
    return told


def _plain(value: float) -> float | None:
    return float(value) if isfinite(value) else None
