"""What labels and edges have to do with each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

Floats = NDArray[np.float64]

_APART = 10.0  # pixels beside a label, in which another edge makes it doubtful whose it is


def rows(places: Sequence[QRectF]) -> Floats:
    """Rectangles as rows (left, top, right, bottom)."""
    corners = [(r.left(), r.top(), r.right(), r.bottom()) for r in places]
    return np.array(corners).reshape(-1, 4)


def edges_beneath(places: Floats, edges: Floats, half: Floats) -> Floats:
    """How much each label would hide of edges, shape (labels, places): 1 for one right through
    its middle (so its own adds the same everywhere), and little for one that passes close by.

    `places` has middles of shape (labels, places, 2), `edges` a row (x1, y1, x2, y2) each, `half`
    a row with half the width and height of each label."""
    direction = edges[:, 2:] - edges[:, :2]
    length = np.maximum(np.hypot(direction[:, 0], direction[:, 1]), 1e-9)
    x, y = places[..., 0, None] - edges[:, 0], places[..., 1, None] - edges[:, 1]
    along = (x * direction[:, 0] + y * direction[:, 1]) / length**2
    across = np.abs(x * direction[:, 1] - y * direction[:, 0])
    reach = half[:, :1] * np.abs(direction[:, 1]) + half[:, 1:] * np.abs(direction[:, 0])
    reach = reach / length + _APART
    hidden = np.maximum(1.0 - across / length / reach[:, None, :], 0.0)
    hidden *= (along > 0.0) & (along < 1.0)
    return np.asarray(hidden.sum(axis=-1))
