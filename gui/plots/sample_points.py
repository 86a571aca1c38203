"""SamplePoints: the samples of the training set as discs in a plot, coloured by their targets."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QTransform

from engine.maths.activations import Array
from gui import theme
from gui.plots.colours import colours_of
from gui.plots.plot import Plot
from gui.plots.spot_looks import UNCLASSED_COLOUR, spot_brush, spot_pen

MOST = 1000  # more would hide the surface, and slow it down
_MOST_LABELLED = 60
_LABELLED, _PLAIN, _SMALL = 19, 11, 8  # diameters in pixels
_MOST_WITH_LIGHT = 200  # samples that are wrong; more rings cover it
_HOLLOW_EDGE = 2.0  # pixels of colour around a hollow disc
_SIGNS = {(0.0, 1.0): ("0", "1"), (-1.0, 1.0): ("−", "+")}


class SamplePoints:
    """Discs at some positions, the one of the shown sample ringed, more thinly those that are wrong
    and, as clearly, those that somebody asked for.

    Samples that are kept out of training are hollow, those to validate with are diamonds, those of
    no class, where the others have one, are grey squares. Up to 60
    samples with two kinds of targets carry a sign in their discs, so that they are not told apart
    by colour alone. Of more than MOST samples an even choice is drawn.
    """

    def __init__(self, plot: Plot) -> None:
        self.discs = pg.ScatterPlotItem(antialias=True)
        self.signs = (pg.ScatterPlotItem(antialias=True), pg.ScatterPlotItem(antialias=True))
        self.ring = pg.ScatterPlotItem(antialias=True)
        nothing = spot_brush(None)
        self.light_of_wrong = pg.ScatterPlotItem(antialias=True, brush=nothing)
        self.rings_of_wrong = pg.ScatterPlotItem(antialias=True, brush=nothing)
        self.marks = pg.ScatterPlotItem(antialias=True)
        self._places = np.empty(0), np.empty(0)
        self._drawn, self._size, self._shown = np.arange(0), 0, 0
        self._wrong = np.zeros(0, dtype=np.bool_)
        below = (self.marks, self.ring, self.light_of_wrong)
        above = (*self.signs, self.rings_of_wrong)  # seen among many discs too
        for height, item in enumerate((*below, self.discs, *above), start=2):
            item.setZValue(height)
            plot.addItem(item)

    def show(
        self,
        x: Array,
        y: Array,
        targets: Array | None,
        levels: tuple[float, float],
        shown: int,
        tested: NDArray[np.bool_],
        validated: NDArray[np.bool_],
        classes: NDArray[np.intp] | None = None,
    ) -> None:
        """Draw samples at (x, y), all of shape (samples,), coloured for `levels`; in one colour
        without targets. Where their classes are given they have the colours of those."""
        colours, hollow = theme.current(), tested | validated
        count, is_plain = len(x), targets is None
        targets = np.zeros(count) if targets is None else targets
        rows = np.arange(count)
        if count > MOST:
            rows = np.unique(np.linspace(0, count - 1, MOST).astype(int))
        kinds = set(targets[:_MOST_LABELLED].tolist())
        two_kinds = next((pair for pair in _SIGNS if kinds <= set(pair)), None)
        has_colour = is_plain or classes is not None
        if has_colour or (two_kinds is not None and not np.isin(targets, two_kinds).all()):
            two_kinds = None
        kind = _SMALL if count > _MOST_LABELLED else _PLAIN if two_kinds is None else _LABELLED
        size = theme.px(kind)
        if classes is not None:
            fills = [spot_brush(QColor(name)) for name in colours.classes]
            fills.append(spot_brush(colours.colour(UNCLASSED_COLOUR)))
            brushes = [fills[number] for number in classes[rows].tolist()]  # the last for no class
            edge = spot_pen(colours.colour("card"))
        elif two_kinds is not None:
            names = ("negative_text", "positive_text")
            fills = [spot_brush(colours.colour(name)) for name in names]
            brushes = [fills[t == two_kinds[1]] for t in targets[rows].tolist()]
            edge = spot_pen(colours.colour("card"), 2.0 if kind == _LABELLED else 1.0)
        elif is_plain:
            brushes = [spot_brush(colours.colour("card"))] * len(rows)
            edge = spot_pen(colours.colour("ink"))
        else:
            brushes = [spot_brush(colour) for colour in colours_of(targets[rows], *levels)]
            edge = spot_pen(colours.colour("ink"))
        edges, hole = [edge] * len(rows), spot_brush(colours.colour("card"))
        for place in np.flatnonzero(hollow[rows]).tolist():
            edges[place] = spot_pen(brushes[place].color(), _HOLLOW_EDGE)
            brushes[place] = hole
        sizes = np.where(hollow[rows], size + 1 - _HOLLOW_EDGE / 2, size)
        shapes = np.full(count, "o") if classes is None else np.where(classes < 0, "s", "o")
        symbols = np.where(validated, "d", shapes)[rows].tolist()
        self.discs.setData(x[rows], y[rows], size=sizes, brush=brushes, pen=edges, symbol=symbols)
        for number, item in enumerate(self.signs):
            wanted = np.zeros(count, dtype=bool)
            if kind == _LABELLED and two_kinds is not None:
                wanted = targets == two_kinds[number]
                item.setSymbol(_glyph(_SIGNS[two_kinds][number]))
            card, ink = (spot_brush(colours.colour(name)) for name in ("card", "ink"))
            inks, pen = [ink if each else card for each in hollow[wanted]], spot_pen(None)
            item.setData(x[wanted], y[wanted], size=theme.px(theme.SMALL), brush=inks, pen=pen)
        self._places, self._drawn, self._size, self._shown = (x, y), rows, size, shown
        self._wrong = np.zeros(count, dtype=np.bool_)
        self.rings_of_wrong.setPen(_ring_pen("ink", 1.25))
        self.light_of_wrong.setPen(_ring_pen("card", 3.0))
        self._draw_rings()

    def mark_wrong(self, wrong: NDArray[np.bool_] | None) -> None:
        """Put a ring around those samples that are wrong, shape (samples,); around none while that
        is not known."""
        wrong = np.zeros(len(self._wrong), dtype=np.bool_) if wrong is None else wrong
        if not np.array_equal(wrong, self._wrong):
            self._wrong = wrong
            self._draw_rings()

    def mark(self, rows: tuple[int, ...]) -> None:
        """Put rings around these samples, as they were shown last, and around no others."""
        x, y = self._places
        here = np.array([row for row in rows if row < len(x)], dtype=np.intp)
        _draw_ring(self.marks, x[here], y[here], self._size + 6, ("card", 4.5), ("ink", 2.0))

    def _draw_rings(self) -> None:
        x, y = self._places
        found = self._drawn[self._wrong[self._drawn]]
        size = self._size + 3
        self.rings_of_wrong.setData(x[found], y[found], size=size)
        around = found if len(found) <= _MOST_WITH_LIGHT else found[:0]
        self.light_of_wrong.setData(x[around], y[around], size=size)
        # That of the sample shown lies around the other.
        here = slice(self._shown, self._shown + 1)
        size = self._size + (9 if self._shown in found else 5)
        _draw_ring(self.ring, x[here], y[here], size, ("card", 5.0), ("accent", 2.5))


def _ring_pen(name: str, width: float) -> QPen:
    return spot_pen(theme.current().colour(name), width)


def _draw_ring(
    item: pg.ScatterPlotItem, x: Array, y: Array, size: int,
    light: tuple[str, float], dark: tuple[str, float],
) -> None:
    """A few rings of a colour with light around it, so that they are seen on any colour; each as
    the name of a colour and a width."""
    pens = [_ring_pen(*light), _ring_pen(*dark)] * len(x)
    x, y = np.repeat(x, 2), np.repeat(y, 2)
    item.setData(x, y, size=size, pen=pens, brush=spot_brush(None))


def two_values(column: Array) -> tuple[float, float] | None:
    """The two values that a column consists of, or None if they are more or fewer."""
    low, high = float(column.min()), float(column.max())
    if low < high and bool(((column == low) | (column == high)).all()):
        return low, high
    return None


@cache  # as spot_looks.py says of pens
def _glyph(sign: str) -> QPainterPath:
    """A sign as a symbol: a path around the origin, one unit high for the font's size."""
    pixels = 100
    font = theme.drawn_font(pixels, bold=True)
    path = QPainterPath()
    path.addText(0.0, 0.0, font, sign)
    path.setFillRule(Qt.FillRule.WindingFill)
    middle = path.boundingRect().center()
    return QTransform.fromScale(1 / pixels, 1 / pixels).map(
        path.translated(-middle.x(), -middle.y())
    )
