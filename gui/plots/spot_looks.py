"""Pens and brushes of the spots in a plot: for the same look always the same object.

pyqtgraph paints each look of a spot once, into a picture that it keeps and never makes smaller, and
it tells looks apart by object, not by colour: with new pens and brushes at every sample and every
theme that picture would grow as long as the window is open.
"""

from __future__ import annotations

from functools import cache

import pyqtgraph as pg
from PySide6.QtGui import QBrush, QColor, QPen

UNCLASSED_COLOUR = "secondary"  # of samples whose targets name no class where others do


def spot_pen(colour: QColor | None, width: float = 1.0) -> QPen:
    """The pen around a spot; None for none."""
    return _pen(None if colour is None else colour.rgba(), width)


def spot_brush(colour: QColor | None) -> QBrush:
    """What fills a spot; None for nothing."""
    return _brush(None if colour is None else colour.rgba())


# As many as the themes have colours, 256 of them between a low and a high value.


@cache
def _pen(rgba: int | None, width: float) -> QPen:
    pen: QPen = pg.mkPen(None) if rgba is None else pg.mkPen(QColor.fromRgba(rgba), width=width)
    return pen


@cache
def _brush(rgba: int | None) -> QBrush:
    brush: QBrush = pg.mkBrush(None if rgba is None else QColor.fromRgba(rgba))
    return brush
