"""Metrics: figures reported beside the loss and never descended, as tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.maths.activations import ACTIVATIONS, Array

Classes = tuple[float, float]
"""The two numbers that a loss has for its classes."""


def are_classes(t: Array, activation: str, classes: Classes | None = None) -> bool:
    """Whether targets of shape (samples, outputs) name classes, so that an output can be right.

    With softmax they do, and with a loss that knows two `classes` only; otherwise where every
    target lies within 0.1 of 0 or 1 (0.01 and 0.99 are common stand-ins), or of −1 or 1 for tanh
    with targets below zero.
    """
    if classes is not None or not ACTIVATIONS[activation].elementwise:
        return True
    low = _lower_class(t, activation)
    return bool((np.minimum(np.abs(t - low), np.abs(t - 1.0)) <= 0.1).all())


def is_right(
    a: Array, t: Array, activation: str, classes: Classes | None = None
) -> NDArray[np.bool_]:
    """Whether each sample's outputs say what its targets say, shape (samples,), as booleans.

    Softmax: the largest output is the largest target, and there is one: a row of zeros names no
    class. A loss that knows two `classes` only: every output lies on its target's side of the
    middle between them. Otherwise every output lies within 0.5 of its target (within 1 where a tanh
    output has targets below zero), which for targets 0 and 1 is the usual threshold at one half.
    """
    if not ACTIVATIONS[activation].elementwise:
        names_one = (t == t.max(axis=-1, keepdims=True)).sum(axis=-1) == 1
        return np.asarray((a.argmax(axis=-1) == t.argmax(axis=-1)) & names_one)
    if classes is not None:
        middle = sum(classes) / 2.0
        return np.asarray(((a - middle) * (t - middle) > 0.0).all(axis=-1))
    tolerance = (1.0 - _lower_class(t, activation)) / 2.0
    return np.asarray((np.abs(t - a) < tolerance).all(axis=-1))


def class_values(
    t: Array, activation: str, classes: Classes | None = None
) -> tuple[float, float]:
    """What targets of shape (samples, outputs) that name classes have for "it is not" and "it is":
    the loss's own two `classes`, else 0 (or −1) and 1."""
    return classes or (_lower_class(t, activation), 1.0)


def _lower_class(t: Array, activation: str) -> float:
    """What stands for the class that is not 1: 0, or the lower bound of an activation such as tanh
    where targets lie below 0."""
    low, high = ACTIVATIONS[activation].range
    is_bounded = low > -np.inf and high < np.inf
    return low if is_bounded and low < 0.0 and bool((t < 0.0).any()) else 0.0


class Metric(Struct, frozen=True):
    """A figure that is reported beside the loss and never descended.

    `value(a, t, activation, classes)` takes outputs of shape (samples, outputs), or of many moments
    at once (…, samples, outputs), and gives the shape (…); activation and classes are those of
    `is_right`. One that `is_error` falls as the loss does. `words` are its formula, as the end of a
    sentence, `brief` its name where there is little room. One `of_classes` is asked for only where
    the targets name classes.
    """

    key: str
    title: str
    brief: str
    words: str
    value: Callable[[Array, Array, str, Classes | None], Array]
    is_error: bool = False
    of_classes: bool = False


METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "mean_squared_error",
            "mean squared error",
            "MSE",
            "the mean, over samples and outputs, of (target − output)²",
            lambda a, t, activation, classes: ((t - a) ** 2).mean(axis=(-2, -1)),
            is_error=True,
        ),
        Metric(
            "mean_absolute_error",
            "mean absolute error",
            "MAE",
            "the mean, over samples and outputs, of |target − output|",
            lambda a, t, activation, classes: np.abs(t - a).mean(axis=(-2, -1)),
            is_error=True,
        ),
        Metric(
            "accuracy",
            "share of samples right",
            "accuracy",
            "the accuracy: samples that are right ÷ all samples",
            lambda a, t, activation, classes: (
                is_right(a, t, activation, classes).sum(axis=-1) / a.shape[-2]
            ),
            of_classes=True,
        ),
    )
}
"""Those that a document may name, to have their course drawn beside the loss."""


def _r_squared(a: Array, t: Array, activation: str, classes: Classes | None) -> Array:
    """1 − Σ (t − a)² / Σ (t − mean t)²; not a number where all targets of each output are equal."""
    spread = ((t - t.mean(axis=-2, keepdims=True)) ** 2).sum(axis=(-2, -1))
    with np.errstate(all="ignore"):
        share = ((t - a) ** 2).sum(axis=(-2, -1)) / np.where(spread > 0.0, spread, np.nan)
        return np.asarray(1.0 - share)


REPORTED: dict[str, Metric] = {
    **METRICS,
    **{
        metric.key: metric
        for metric in (
            Metric(
                "root_mean_squared_error",
                "root mean squared error",
                "RMSE",
                "the square root of the mean squared error, in the unit of the targets",
                lambda a, t, activation, classes: np.sqrt(((t - a) ** 2).mean(axis=(-2, -1))),
                is_error=True,
            ),
            Metric(
                "largest_error",
                "largest error",
                "largest error",
                "the largest |target − output| of all samples and outputs",
                lambda a, t, activation, classes: np.abs(t - a).max(axis=(-2, -1)),
                is_error=True,
            ),
            Metric(
                "r_squared",
                "R²",
                "R²",
                "1 − Σ (target − output)² ÷ Σ (target − mean target)²: 1 is perfect, 0 no better "
                "than always saying the mean; there is none where all targets are equal",
                _r_squared,
            ),
        )
    },
}
"""All of them, for a report of one moment."""


class ClassMetric(Struct, frozen=True):
    """A figure about one class of some samples. `value(right, said, are)` takes how many samples of
    the class were taken for it, how many in all were taken for it, and how many are of it, each of
    shape (classes,), and gives the shape (classes,): not a number where it divides by 0."""

    key: str
    title: str
    words: str
    value: Callable[[Array, Array, Array], Array]


def _share(part: Array, of: Array) -> Array:
    with np.errstate(all="ignore"):
        return part / np.where(of > 0.0, of, np.nan)


CLASS_METRICS: dict[str, ClassMetric] = {
    metric.key: metric
    for metric in (
        ClassMetric(
            "precision",
            "precision",
            "of the samples that the network takes for a class, the share that is of it",
            lambda right, said, are: _share(right, said),
        ),
        ClassMetric(
            "recall",
            "recall",
            "of the samples of a class, the share that the network takes for it",
            lambda right, said, are: _share(right, are),
        ),
        ClassMetric(
            "f1",
            "F1",
            "2 × precision × recall ÷ (precision + recall), their harmonic mean",
            lambda right, said, are: _share(2.0 * right, said + are),
        ),
    )
}

MACRO = (
    "the mean of it over all classes that there are samples of, or that samples are taken for; one "
    "that divides by 0 counts as 0"
)


def macro(values: Array, said: Array, are: Array) -> float:
    """The mean of a ClassMetric's values over the classes (see MACRO); not a number without any."""
    there = (said + are) > 0.0
    return float(np.nan_to_num(values[there]).mean()) if there.any() else float("nan")
