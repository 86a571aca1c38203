"""The loss curve of a road: millions of points in an array that grows and holds nobody up."""

from __future__ import annotations

import numpy as np

from engine.maths.activations import Array

_MIN_POINTS = 4096
_LEAST_ROOM = 64
# Rows that are copied for each that comes, from when three quarters of the array are filled: so all
# of them are over in the larger one by the time it is needed.
_COPIED = 4


class LossCurve:
    """Points (epochs done, loss, metrics…) in growing order of epochs, in one growing array.

    At a million points a second, copying all of them at once would hold the window up for a tenth
    of a second. So an array of twice the size is filled beside the present one, a little with each
    call.
    """

    def __init__(self, columns: int) -> None:
        self._points = np.empty((_LEAST_ROOM, columns))
        self._count = 0
        self._next: Array | None = None  # what takes the place of the array once it is full
        self._copied = 0  # the points that stand in it by now

    def __len__(self) -> int:
        return self._count

    def append(self, point: tuple[float, ...]) -> None:
        """Add a point; one that is not beyond the last is known already and is left out."""
        self.append_all(np.array([point]))

    def append_all(self, points: Array) -> None:
        """Add points in order, shape (count, columns); those known already are left out."""
        last = self.last_epoch
        if last is not None:
            points = points[np.searchsorted(points[:, 0], last, side="right") :]
        count = self._count + len(points)
        self._make_room(count)
        self._points[self._count : count] = points
        self._count = count

    def _make_room(self, count: int) -> None:
        """Have room for so many points."""
        room = len(self._points)
        if 4 * count <= 3 * room:
            return
        if self._next is None or len(self._next) < count:
            self._next = np.empty((2 * max(count, room), self._points.shape[1]))
            self._copied = 0
        wanted = self._copied + _COPIED * (count - self._count)
        until = self._count if count > room else min(self._count, wanted)
        self._next[self._copied : until] = self._points[self._copied : until]
        self._copied = until
        if count > room:
            self._points, self._next, self._copied = self._next, None, 0

    def thin(self) -> bool:
        """Leave out half of the points; whether there were enough to do so.

        Of each four the least and the greatest loss stay, so that no peak is lost; the first
        point and the last stay too.
        """
        if self._count < _MIN_POINTS:
            return False
        fours = (self._count - 2) // 4
        losses = self._points[1 : 1 + 4 * fours, 1].reshape(-1, 4)
        is_kept, rows = np.zeros((fours, 4), dtype=bool), np.arange(fours)
        is_kept[rows, losses.argmin(axis=1)] = True
        is_kept[rows, losses.argmax(axis=1)] = True
        rest = self.points[1 + 4 * fours :]
        within = self._points[1 : 1 + 4 * fours][is_kept.ravel()]
        self.replace_all(np.concatenate([self._points[:1], within, rest]))
        return True

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes; what nothing was written to takes none."""
        return (self._count + self._copied) * self._points.shape[1] * self._points.itemsize

    def replace_all(self, points: Array) -> None:
        """Take points known to be in order, shape (count, columns), in place of what was there."""
        self._count = len(points)
        self._points = np.empty((self._count + self._count // 2 + _LEAST_ROOM, points.shape[1]))
        self._points[: self._count] = points
        self._next, self._copied = None, 0

    @property
    def last_epoch(self) -> float | None:
        """Epochs of the last point, None while there is none."""
        return float(self._points[self._count - 1, 0]) if self._count else None

    @property
    def points(self) -> Array:
        """All points, shape (count, 2 + metrics), as a view that must not be written to."""
        view = self._points[: self._count]
        view.flags.writeable = False
        return view
