"""Metrics: figures reported beside the loss and never descended, as a table."""

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
    `is_right`. One that `is_error` falls as the loss does.
    """

    key: str
    title: str
    value: Callable[[Array, Array, str, Classes | None], Array]
    is_error: bool = False


METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "mean_squared_error",
            "mean squared error",
            lambda a, t, activation, classes: ((t - a) ** 2).mean(axis=(-2, -1)),
            is_error=True,
        ),
        Metric(
            "mean_absolute_error",
            "mean absolute error",
            lambda a, t, activation, classes: np.abs(t - a).mean(axis=(-2, -1)),
            is_error=True,
        ),
        Metric(
            "accuracy",
            "share of samples right",
            lambda a, t, activation, classes: (
                is_right(a, t, activation, classes).sum(axis=-1) / a.shape[-2]
            ),
        ),
    )
}
