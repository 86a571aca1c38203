"""ThinnedCurve: a growing curve brought down to what the pixels of a plot can show.

Each column of pixels keeps the lowest and the highest value that fall into it, so no spike is
lost. Unlike engine.training.thinning, which reads all of a curve once, this keeps up with one
that grows to millions of points: the extremes of its whole blocks are kept from frame to frame.
Of a part of the curve that is small enough every point is shown as it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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

    def points(
        self, curve: Array, column: int, pixels: int, edges: Array | None = None
    ) -> tuple[Array, Array]:
        """Epochs and values of one column for so many pixels across: copies, at most
        2 · pixels + 1 points, the first and the last of the curve among them.

        `edges` are the epochs at which columns of pixels begin and end, shape (pixels + 1,). Then
        the curve is shown between the first and the last of them, with a point beyond either, and
        there may be two points more.
        """
        begin, end = 0, len(curve)
        if edges is not None and end:
            begin = max(0, int(np.searchsorted(curve[:, 0], edges[0])) - 1)
            end = min(end, int(np.searchsorted(curve[:, 0], edges[-1], side="right")) + 1)
        if end - begin <= 2 * pixels:
            return curve[begin:end, 0].copy(), curve[begin:end, column].copy()
        if edges is None:
            edges = np.linspace(curve[0, 0], curve[-1, 0], pixels + 1)
        last = end - 1  # it is a point of its own
        found = begin + np.searchsorted(curve[begin:last, 0], edges[:-1])
        starts = _distinct(np.concatenate([[begin], found[found < last]]))
        starts, lowest, highest = self._extremes(curve, column, starts, last)
        # A falling curve enters a column at its highest value, a rising one at its lowest.
        first = curve[starts, column]
        falls = highest - first < first - lowest
        values = np.empty(2 * len(starts) + 1)
        values[:-1:2] = np.where(falls, highest, lowest)
        values[1::2] = np.where(falls, lowest, highest)
        values[-1] = curve[last, column]
        return np.append(np.repeat(curve[starts, 0], 2), curve[last, 0]), values

    def _extremes(
        self, curve: Array, column: int, starts: NDArray[np.intp], end: int
    ) -> tuple[NDArray[np.intp], Array, Array]:
        """Lowest and highest values of the rows from each start to the next, the last up to `end`;
        where many rows share a column of pixels, whole blocks of them are taken."""
        wide = np.diff(starts, append=end) > BLOCK * _BLOCKS_PER_COLUMN
        narrow = int(wide.argmax()) if wide.any() else len(starts)
        if narrow == len(starts):
            return starts, *_of_rows(curve[:end, column], starts)
        low, high = self._blocks(curve, column)
        first = -(-int(starts[narrow]) // BLOCK)  # block; what is left before it is taken in rows
        stop = end // BLOCK
        by_block = _distinct(np.maximum(starts[narrow:] // BLOCK, first))
        by_block = by_block[by_block < stop]
        by_row = starts[:narrow]
        if first * BLOCK > starts[narrow]:
            by_row = by_row if narrow else starts[:1]
        parts = [(by_row, *_of_rows(curve[: first * BLOCK, column], by_row))] if len(by_row) else []
        lows, highs = low[:stop], high[:stop]
        lowest, highest = np.minimum.reduceat(lows, by_block), np.maximum.reduceat(highs, by_block)
        rest = curve[stop * BLOCK : end, column]
        if len(rest):
            lowest[-1], highest[-1] = min(lowest[-1], rest.min()), max(highest[-1], rest.max())
        parts.append((by_block * BLOCK, lowest, highest))
        starts, lowest, highest = (np.concatenate(each) for each in zip(*parts, strict=True))
        return starts, lowest, highest

    def _blocks(self, curve: Array, column: int) -> tuple[Array, Array]:
        """Lowest and highest values of each whole block of rows."""
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
        return self._low[:, column], self._high[:, column]

    def _continues(self, curve: Array) -> bool:
        """Whether a curve is the one known so far, or grew out of it: told by some of its rows."""
        whole, probes = self._probes
        if whole == 0 or whole > len(curve) or probes.shape[1] != curve.shape[1]:
            return False
        rows = np.linspace(0, whole - 1, _PROBES).astype(int)
        return bool((curve[rows] == probes).all())


def _of_rows(values: Array, starts: NDArray[np.intp]) -> tuple[Array, Array]:
    """Lowest and highest of the values from each start to the next."""
    first = int(starts[0])
    part, since = values[first:], starts - first
    return np.minimum.reduceat(part, since), np.maximum.reduceat(part, since)


def _distinct(numbers: NDArray[np.intp]) -> NDArray[np.intp]:
    """Numbers in growing order, each of them once."""
    return numbers[np.diff(numbers, prepend=-1) > 0]
