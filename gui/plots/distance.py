"""How far a point of a plot is from a line that is drawn there, in pixels."""

from __future__ import annotations

from math import inf

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF

from engine.maths.activations import Array


def pixels_to(box: pg.ViewBox, line: tuple[Array, Array], point: QPointF) -> float:
    """Pixels from a point of the scene to the nearest place of a line through these points of the
    axes, each given by all x and all y; infinitely many where the line has no point."""
    xs, ys = line
    if not len(xs):
        return inf
    wide, high = box.viewPixelSize()
    here = box.mapSceneToView(point)
    x, y = (xs - here.x()) / wide, (ys - here.y()) / high
    if len(x) == 1:
        return float(np.hypot(x[0], y[0]))
    across, up = np.diff(x), np.diff(y)
    squared = across**2 + up**2
    # The foot of the perpendicular on each segment, as a share of it, within its ends.
    foot = -(x[:-1] * across + y[:-1] * up) / np.where(squared > 0.0, squared, 1.0)
    foot = np.clip(foot, 0.0, 1.0)
    return float(np.hypot(x[:-1] + foot * across, y[:-1] + foot * up).min())
