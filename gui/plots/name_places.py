"""NamePlaces: where the names of lines can stand in a plot without covering what counts.

All in pixels from the upper left corner of the plot's box. What is in the way is kept as bits of
a grid of small cells, so that a place is judged by one look at its cells.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSizeF

from engine.maths.activations import Array

_CELL = 3
_APART = 2  # pixels between a line and its name
_BEYOND = 10  # pixels from its end
_TRIES = 7  # places along a line
_TAKEN = np.int64(1) << 62  # by what no name may cover


class Line(Struct, frozen=True, eq=False):
    """The points of a line, as it is drawn."""

    x: Array
    y: Array


class NamePlaces:
    """Gives each name a place beside its line: within the box, on no other name, on nothing that
    was kept free, and on another line only if there is no place beside it either."""

    def __init__(self, width: float, height: float, lines: list[Line]) -> None:
        self._width, self._height = width, height
        self._columns = max(1, int(width / _CELL))
        self._rows = max(1, int(height / _CELL))
        self._cells: NDArray[np.int64] = np.zeros((self._rows, self._columns), dtype=np.int64)
        self._profiles = [self._profile(line) for line in lines]
        for number, profile in enumerate(self._profiles):
            self._mark(profile, np.int64(1) << number)

    def keep_free(self, line: Line) -> None:
        """Let no name cover a line."""
        self._mark(self._profile(line), _TAKEN)

    def keep_free_of(self, room: QRectF) -> None:
        """Let no name stand here."""
        self._cells[self._part(room)] |= _TAKEN

    def place(self, number: int, size: QSizeF, over_lines: bool) -> QRectF | None:
        """A place for the name of a line, as far to its right end as there is one, which is then
        taken; `over_lines` says that it may cover others."""
        allowed = ~_TAKEN if over_lines else np.int64(1) << number
        for room in self._candidates(number, size):
            if not np.bitwise_or.reduce(self._cells[self._part(room)], axis=None) & ~allowed:
                self.keep_free_of(room)
                return room
        return None

    def _candidates(self, number: int, size: QSizeF) -> Iterator[QRectF]:
        top, bottom = self._profiles[number]
        with np.errstate(invalid="ignore"):
            there = np.flatnonzero((bottom >= 0.0) & (top <= self._height))
        width, height = size.width(), size.height()
        if not len(there) or width > self._width or height > self._height:
            return
        first, last = float(there[0] * _CELL), float((there[-1] + 1) * _CELL)
        rights = np.linspace(last, min(last, first + width), _TRIES)
        for right in dict.fromkeys(np.clip(rights, width, self._width).tolist()):
            begin = int((right - width) / _CELL)
            span = slice(begin, max(begin + 1, int(right / _CELL)))
            over = np.fmin.reduce(top[span], initial=np.inf) - _APART - height
            under = np.fmax.reduce(bottom[span], initial=-np.inf) + _APART
            for y in (over, under):
                if 0.0 <= y <= self._height - height:
                    yield QRectF(right - width, y, width, height)
        yield from self._beside(number, size, int(there[0]), int(there[-1]))

    def _beside(self, number: int, size: QSizeF, first: int, last: int) -> Iterator[QRectF]:
        """Right of a line and left of it, given its first and last column: one that is nearly
        upright has no other place."""
        top, bottom = self._profiles[number]
        for column, left in (
            (last, (last + 1) * _CELL + _BEYOND), (first, first * _CELL - _BEYOND - size.width())
        ):
            level = (max(0.0, top[column]) + min(self._height, bottom[column])) / 2
            y = min(max(level - size.height() / 2, 0.0), self._height - size.height())
            if 0.0 <= left <= self._width - size.width():
                yield QRectF(left, y, size.width(), size.height())

    def _profile(self, line: Line) -> tuple[Array, Array]:
        """The highest and the lowest y of a line in each column of cells, nan where it is not."""
        middles = (np.arange(self._columns) + 0.5) * _CELL
        if len(line.x) == 0:
            return np.full(self._columns, np.nan), np.full(self._columns, np.nan)
        level = np.interp(middles, line.x, line.y, left=np.nan, right=np.nan)
        top, bottom = level.copy(), level.copy()
        at = (line.x / _CELL).astype(int)
        inside = (at >= 0) & (at < self._columns)
        np.fmin.at(top, at[inside], line.y[inside])
        np.fmax.at(bottom, at[inside], line.y[inside])
        return top, bottom

    def _mark(self, profile: tuple[Array, Array], bit: np.int64) -> None:
        rows = np.arange(self._rows)[:, np.newaxis]
        with np.errstate(invalid="ignore"):
            top, bottom = (np.floor(each / _CELL) for each in profile)
            self._cells[(rows >= top) & (rows <= bottom)] |= bit

    def _part(self, room: QRectF) -> tuple[slice, slice]:
        def cells(low: float, high: float) -> slice:
            return slice(max(0, int(low / _CELL)), max(0, int(np.ceil(high / _CELL))))

        return cells(room.top(), room.bottom()), cells(room.left(), room.right())
