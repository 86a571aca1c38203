"""The loss of some samples for many values of the parameters at once: along one weight, along a
line of θ, over a plane of them.

The batch is the same everywhere, and everything but what is varied keeps its value: this is the
E(θ) whose slopes are the gradient. Source: I. Goodfellow, O. Vinyals, A. Saxe, Qualitatively
characterizing neural network optimization problems, 2015.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.maths.backprop import forward, loss_terms
from engine.run.iteration import Check, loss_of_batch, never
from engine.run.spec import Spec

Rows = NDArray[np.intp]

_CHUNK_NUMBERS = 400_000  # parameters and values of units that are held at once


def loss_work(spec: Spec, count: int) -> float:
    """About how many multiply-adds the loss of so many samples takes, for one θ."""
    return 4_000.0 + spec.network.size + count * (spec.network.work_per_sample / 3 + 60 * sum(
        spec.network.sizes
    ))


def losses_at(
    spec: Spec, thetas: Array, rows: Rows, check: Check = never, t: int | None = None
) -> Array:
    """The loss of a batch (rows of the data) under each of several θ, shape (points, size); comes
    out in shape (points,). What is beyond all numbers is infinite, or not a number. Units are
    dropped as in the iteration after t updates, or none where no t is given."""
    masks = None if t is None else spec.masks(t, rows)
    inputs, targets = spec.scaled.inputs[rows], spec.scaled.targets[rows]
    losses = np.empty(len(thetas))
    each = spec.network.size + len(rows) * sum(spec.network.sizes)
    stride = max(1, _CHUNK_NUMBERS // each)
    for start in range(0, len(thetas), stride):
        check()
        part = thetas[start : start + stride]
        with np.errstate(all="ignore"):
            if stride == 1:  # large ones one after the other, by the way of all passes
                values = forward(spec.network, part[0], inputs, spec.rules, masks)
                terms = loss_terms(values, targets, spec.loss_function, spec.rules)
                losses[start] = loss_of_batch(spec, part[0], terms)
                continue
            values = forward(spec.network, part, inputs, spec.rules, masks)
            terms = loss_terms(values, targets, spec.loss_function, spec.rules)
            losses[start : start + stride] = loss_of_batch(spec, part, terms)
    return losses


def loss_along(
    spec: Spec,
    theta: Array,
    index: int,
    values: Array,
    rows: Rows,
    check: Check = never,
    t: int | None = None,
) -> Array:
    """The loss of a batch for values (points,) of the parameter at a place of θ, all others as they
    are, shape (points,); t as for losses_at."""
    stride = max(1, _CHUNK_NUMBERS // len(theta))
    parts = []
    for start in range(0, len(values), stride):
        part = values[start : start + stride]
        thetas = np.tile(theta, (len(part), 1))
        thetas[:, index] = part
        parts.append(losses_at(spec, thetas, rows, check, t))
    return np.concatenate(parts)


def loss_over(
    spec: Spec,
    origin: Array,
    across: Array,
    up: Array,
    xs: Array,
    ys: Array,
    rows: Rows,
    check: Check = never,
) -> Iterator[Array]:
    """The loss of a batch over the plane origin + x · across + y · up of θ, all of shape (size,):
    a row of shape (len(xs),) for each y, one after the other."""
    stride = max(1, _CHUNK_NUMBERS // len(origin))
    for y in ys:
        start = origin + y * up
        losses = np.empty(len(xs))
        for first in range(0, len(xs), stride):
            part = xs[first : first + stride]
            thetas = start + part[:, np.newaxis] * across
            losses[first : first + stride] = losses_at(spec, thetas, rows, check)
        yield losses
