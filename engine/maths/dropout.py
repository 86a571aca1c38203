"""Dropout: which units of a layer are left out, for which sample, in which iteration.

    u = hash(seed, t, layer, row, unit)       evenly spread over 0 … 1
    m = 0 where u < p, else 1                 1: the unit is kept
    a = m / (1 − p) · f(z)                    what it sends on

A kept unit sends more by 1/(1 − p), so that on the whole as much arrives as without dropout, and
a trained network is used as it is. Source: N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever,
R. Salakhutdinov, Dropout: a simple way to prevent neural networks from overfitting, JMLR 15 (2014),
section 10 for the division.

The hash counts on nothing that was drawn before, so a unit is dropped or not whichever samples are
worked out with it, and in whatever order. It is the mixing step of SplitMix64, once for each number
that goes in. Source: G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number generators,
OOPSLA 2014.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.maths.activations import Array

_GOLDEN = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio, odd
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_ALL = 2**64 - 1
# The same for whole arrays, made once: it takes longer than to reckon with them.
_STEP, _BY_FIRST, _BY_SECOND = np.uint64(_GOLDEN), np.uint64(_FIRST), np.uint64(_SECOND)
_30, _27, _31, _11 = (np.uint64(bits) for bits in (30, 27, 31, 11))

Bits = NDArray[np.uint64]


def factors(
    share: float, seed: int, t: int, layer: int, rows: NDArray[np.intp], units: int
) -> Array:
    """m / (1 − p) of the units of a layer (from 1) for samples, by their rows in the training set,
    in the iteration after t updates; p = `share`, 0 ≤ p < 1. Shape (samples, units)."""
    key = _ALL & (seed * _GOLDEN)
    for number in (t, layer):
        key = _mixed_one(key, number)
    of_rows = _mixed(np.uint64(key), rows.astype(np.uint64)[:, np.newaxis])
    of_units = _mixed(of_rows, np.arange(units, dtype=np.uint64))
    u = (of_units >> _11) * 2.0**-53
    return np.asarray((u >= share) / (1.0 - share))


def _mixed(bits: Bits | np.uint64, numbers: Bits) -> Bits:
    """Bits with other numbers mixed in; all that comes out hangs on all of both."""
    z = bits ^ (numbers * _STEP + _STEP)  # unsigned numbers wrap around
    z = (z ^ (z >> _30)) * _BY_FIRST
    z = (z ^ (z >> _27)) * _BY_SECOND
    return z ^ (z >> _31)


def _mixed_one(bits: int, number: int) -> int:
    """The same of one number."""
    z = bits ^ (_ALL & (number + 1) * _GOLDEN)
    z = _ALL & (z ^ (z >> 30)) * _FIRST
    z = _ALL & (z ^ (z >> 27)) * _SECOND
    return z ^ (z >> 31)
