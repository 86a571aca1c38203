"""SolidLine: the curve of a plot, a solid line two pixels wide."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor


class SolidLine(pg.PlotCurveItem):
    """A curve drawn segment by segment.

    As one path Qt works out how its own edges overlap, for a wide and smooth line of a thousand
    points in some 15 ms; its segments take half a millisecond and look the same. Caps are flat, or
    neighbours would overlap and show as dots.
    """

    def __init__(self) -> None:
        super().__init__(antialias=True)
        self.setSegmentedLineMode("on")

    def set_colour(self, colour: QColor) -> None:
        """Draw in an opaque colour."""
        pen = pg.mkPen(colour, width=2)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.setPen(pen)
