"""Units that hardly react: where f'(z) is nearly 0, and where it is so whatever sample comes.

What is sent back to such a unit is multiplied by next to nothing, so that the weights into it
hardly learn: it is saturated (X. Glorot, Y. Bengio, Understanding the difficulty of training deep
feedforward neural networks, 2010) or, for all samples, dead.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.maths.activations import Activation, Array
from engine.maths.backprop import forward
from engine.maths.network import Network
from engine.run.iteration import Check, chunks, never
from engine.run.spec import Spec

FLAT = 0.01  # of the steepest slope of the same function; below it a unit is flat

Flags = NDArray[np.bool_]

_GRID = np.linspace(-10.0, 10.0, 2001)  # the tables' functions are steepest within


@lru_cache(maxsize=64)
def steepest(f: Activation) -> float:
    """The largest |f'(z)| of a function; 0 where it has none of its own, as softmax."""
    if f.slope is None:
        return 0.0
    return float(np.abs(f.slope(_GRID, f.apply(_GRID))).max())


def is_flat(f: Activation, z: Array, a: Array) -> Flags:
    """Whether f'(z) is nearly 0, elementwise. A function through which nothing is learnt anyway,
    or without a slope of its own, is never called flat."""
    if f.slope is None or not f.learns:
        return np.zeros(z.shape, dtype=np.bool_)
    with np.errstate(all="ignore"):
        flat: Flags = np.abs(f.slope(z, a)) < FLAT * steepest(f)
    return flat


def flat_units(
    network: Network, z: tuple[Array, ...], a: tuple[Array, ...]
) -> tuple[Flags, ...]:
    """Which units are flat for what came in. Entry l has the shape of z[l]; no input is flat."""
    layers = enumerate(network.layers, start=1)
    none = np.zeros(z[0].shape, dtype=np.bool_)
    return (none, *(is_flat(layer.function, z[n], a[n]) for n, layer in layers))


def dead_units(
    spec: Spec, theta: Array, flat: tuple[Flags, ...], most_work: float, check: Check = never
) -> tuple[Flags, ...] | None:
    """Which of some units, a mask per layer as `flat_units` gives it of one sample, are flat for
    every sample that is trained on. None where to tell takes more than `most_work` multiply-adds.
    """
    dead = tuple(mask.copy() for mask in flat)
    if not any(mask.any() for mask in dead):
        return dead
    network, trained = spec.network, spec.training
    count = len(trained.data)
    if count * network.work_per_sample / 3 > most_work:
        return None
    for chunk in chunks(network, count):
        check()
        with np.errstate(all="ignore"):
            values = forward(network, theta, trained.scaled.inputs[chunk], spec.rules)
        for mask, here in zip(dead, flat_units(network, values.z, values.a), strict=True):
            mask &= here.all(axis=0)
        if not any(mask.any() for mask in dead):
            break
    return dead
