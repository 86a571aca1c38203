"""ThinnedCurve: a growing curve brought down to what the pixels of a plot can show.

Each column of pixels keeps the lowest and the highest value that fall into it, so no spike is
lost. Unlike engine.training.thinning, which reads all of a curve once, this keeps up with one
that grows to millions of points: the extremes of its whole blocks are kept from frame to frame.
"""

from __future__ import annotations

import numpy as np

from engine.maths.activations import Array

BLOCK = 64
# Blocks take the place of points once so many of them share a column of pixels.
_BLOCKS_PER_COLUMN = 3
_PROBES = 32
_EXTREMES = (np.minimum, np.maximum)


class ThinnedCurve:
    """Draws from a growing curve, whose rows are (epochs, value, value…), what a plot shows."""

    def __init__(self) -> None:
        self._low = np.empty((0, 0))
        self._high = np.empty((0, 0))
        self._probes: tuple[int, Array] = (0, np.empty(0))

    def points(self, curve: Array, column: int, pixels: int) -> tuple[Array, Array]:
        """Epochs and values of one column for so many pixels across: copies, at most
        2 · pixels + 1 points, the first and the last of the curve among them."""
        count = len(curve)
        if count <= 2 * pixels:
            return curve[:, 0].copy(), curve[:, column].copy()
        step = 1
        low = high = curve[:, column]
        if count > BLOCK * _BLOCKS_PER_COLUMN * pixels:
            step = BLOCK
            low, high = self._blocks(curve, column)
        epochs = curve[::step, 0]
        edges = np.linspace(epochs[0], curve[-1, 0], pixels + 1)[:-1]
        starts = np.unique(np.searchsorted(epochs, edges))
        starts = starts[starts < len(epochs)]
        lowest, highest = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
        # A falling curve enters a column at its highest value, a rising one at its lowest.
        first = curve[::step, column][starts]
        falls = highest - first < first - lowest
        values = np.empty(2 * len(starts) + 1)
        values[:-1:2] = np.where(falls, highest, lowest)
        values[1::2] = np.where(falls, lowest, highest)
        values[-1] = curve[-1, column]
        return np.append(np.repeat(epochs[starts], 2), curve[-1, 0]), values

    def _blocks(self, curve: Array, column: int) -> tuple[Array, Array]:
        """Lowest and highest values of each block of rows, the last one as far as it goes."""
        if not self._continues(curve):
            self._low = self._high = np.empty((0, curve.shape[1]))
        known = len(self._low) * BLOCK
        whole = len(curve) // BLOCK * BLOCK
        if whole > known:
            starts = np.arange(0, whole - known, BLOCK)
            fresh = curve[known:whole].T  # reduced a column at a time: ten times as fast
            low, high = (extreme.reduceat(fresh, starts, axis=1) for extreme in _EXTREMES)
            self._low = np.concatenate([self._low, low.T])
            self._high = np.concatenate([self._high, high.T])
        rows = np.linspace(0, whole - 1, _PROBES).astype(int)
        self._probes = (whole, curve[rows])
        low, high = self._low[:, column], self._high[:, column]
        rest = curve[whole:, column]
        if len(rest) == 0:
            return low, high
        return np.append(low, rest.min()), np.append(high, rest.max())

    def _continues(self, curve: Array) -> bool:
        """Whether a curve is the one known so far, or grew out of it: told by some of its rows."""
        whole, probes = self._probes
        if whole == 0 or whole > len(curve) or probes.shape[1] != curve.shape[1]:
            return False
        rows = np.linspace(0, whole - 1, _PROBES).astype(int)
        return bool((curve[rows] == probes).all())
