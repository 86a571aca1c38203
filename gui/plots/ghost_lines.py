"""GhostLines: earlier runs that were left, dashed in the loss plot, with names and marked forks.

Such a run is called a road, and what is drawn of it a ghost. It was left where its fork is marked.
"""

from __future__ import annotations

from math import inf

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF

from engine.maths.activations import Array
from gui import theme
from gui.plots.distance import pixels_to
from gui.plots.epoch_plot import Series
from gui.plots.name_places import Line, NamePlaces
from gui.plots.plot import Plot
from gui.plots.spot_looks import spot_brush, spot_pen
from gui.plots.thinned_curve import ThinnedCurve
from gui.view import Ghost

MOST = 12  # ghosts drawn at once; the latest go first

GRIP = 6.0  # pixels from a line that still point at it
_END = 7  # pixels around a line's end that no name covers
_FORK = 8  # pixels across
_INSET = 2  # pixels around the words of a name
_LONGEST_NAMES = (0.4, 0.2)  # of the width, beyond which a name is shortened; the second at need
_SHORTEST = 40  # pixels at 100 %


class _Known:
    """What was found out about the points of a ghost: those that are finite, and their extremes."""

    def __init__(self, points: Array) -> None:
        finite = np.isfinite(points[:, 1])
        self.points = points if finite.all() else points[finite]
        self.thinned = ThinnedCurve()


class GhostLines:
    """The lines, names and marks of forks that a Plot shows of ghosts. The plot gives `draw` the
    points, since it knows its axes and its range."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._known: dict[tuple[int, int, bytes], _Known] = {}
        self._drawn: list[Series] = []
        self._free: list[Series] = []
        self._words: list[QRectF] = []
        self._pointed: int | None = None
        self.shown: tuple[Ghost, ...] = ()
        self.curves: list[pg.PlotCurveItem] = []
        self.names: list[pg.TextItem] = []
        self.forks = pg.ScatterPlotItem(size=_FORK, antialias=True)
        self.forks.setZValue(8)
        plot.addItem(self.forks)

    def choose(self, ghosts: tuple[Ghost, ...]) -> list[Array]:
        """Take the latest ghosts that are not hidden, and return their points, all of them. What
        is worked out for them is kept, since a ghost changes only if its road is taken up again."""
        self.shown = tuple(ghost for ghost in ghosts if not ghost.hidden)[-MOST:]
        known, self._known = self._known, {}
        for ghost in self.shown:
            key = _key(ghost)
            self._known[key] = known.get(key) or _Known(ghost.points)
        return [self._known[_key(ghost)].points for ghost in self.shown]

    def series(self, edges: Array) -> list[Series]:
        """The points of those chosen last, as columns of pixels show them, which begin and end at
        these epochs. For a thin line every other column will do."""
        chosen, edges = (self._known[_key(ghost)] for ghost in self.shown), _every_other(edges)
        return [each.thinned.points(each.points, 1, len(edges) - 1, edges) for each in chosen]

    def draw(self, drawn: list[Series], free: list[Series], words: list[QRectF]) -> None:
        """Draw those chosen last with these points, as the plot's axes have them; their names leave
        some other lines free, and what words cover in the scene."""
        if len(self.curves) != len(drawn):
            self._have(len(drawn))
        self._drawn, self._free, self._words = drawn, free, words
        for item, series in zip(self.curves, drawn, strict=True):
            item.setData(*series)
        forks = [
            (float(epochs[0]), float(values[0]))
            for ghost, (epochs, values) in zip(self.shown, drawn, strict=True)
            if ghost.forked and len(epochs)
        ]
        self.forks.setData([x for x, _ in forks], [y for _, y in forks])
        self._place_names()

    def _have(self, count: int) -> None:
        """Have as many items as there are ghosts; what is there already stays."""
        plot, self._pointed = self._plot, None
        while len(self.curves) > count:
            plot.removeItem(self.curves.pop())
            plot.removeItem(self.names.pop())
        while len(self.curves) < count:
            self.curves.append(pg.PlotCurveItem(antialias=True))
            name = pg.TextItem(anchor=(0.0, 0.0))
            name.textItem.document().setDocumentMargin(_INSET)
            self.names.append(name)
            plot.addItem(self.curves[-1])
            plot.addItem(name)
        self.restyle()

    def _place_names(self) -> None:
        """Write each ghost's name beside its line, short enough to have a place there; one without
        a place is left out."""
        box = self._plot.box
        if not self.shown or not all(box.viewPixelSize()):
            return  # nothing to name, or a plot without any height
        lines = [self._in_pixels(series) for series in self._drawn]
        places = NamePlaces(box.width(), box.height(), lines)
        for series in self._free:
            line = self._in_pixels(series)
            places.keep_free(line)
            _keep_end_free(places, line)
        for ghost, line in zip(self.shown, lines, strict=True):
            _keep_end_free(places, line)
            if ghost.forked:
                _keep_end_free(places, Line(line.x[:1], line.y[:1]))
        for room in self._words:
            places.keep_free_of(box.mapRectFromScene(room))
        metrics = QFontMetricsF(theme.font(theme.SMALL, bold=True))  # the wider of the two
        shortest = theme.px(_SHORTEST)
        waiting = sorted(range(len(lines)), key=lambda number: number != self._pointed)
        for share in _LONGEST_NAMES:
            longest = max(shortest, share * box.width())
            for over_lines in (False, True):
                waiting = [
                    number for number in waiting
                    if not self._has_place(places, number, metrics, longest, over_lines)
                ]
        for number in waiting:
            self.names[number].setVisible(False)

    def _has_place(
        self, places: NamePlaces, number: int, metrics: QFontMetricsF, longest: float, over: bool
    ) -> bool:
        """Write one name where there is a place for it; whether there is one."""
        item = self.names[number]
        name = metrics.elidedText(self.shown[number].name, Qt.TextElideMode.ElideRight, longest)
        inset = 2 * _INSET
        size = QSizeF(metrics.horizontalAdvance(name) + inset, metrics.height() + inset)
        room = places.place(number, size, over)
        if room is None:
            return False
        item.setText(name)
        left, top, wide, high = self._pixel()
        item.setPos(left + room.left() * wide, top - room.top() * high)
        item.setVisible(True)
        return True

    def _pixel(self) -> tuple[float, float, float, float]:
        """The upper left corner of the plot, and how wide and high a pixel is, on its axes."""
        box = self._plot.box
        (left, _), (_, top) = box.viewRange()
        return left, top, *box.viewPixelSize()

    def _in_pixels(self, series: Series) -> Line:
        left, top, wide, high = self._pixel()
        return Line((series[0] - left) / wide, (top - series[1]) / high)

    def at(self, point: QPointF) -> tuple[Ghost, float] | None:
        """The ghost whose line is nearest to a point of the scene, and how many pixels away; or the
        one whose name stands there, unless a line is as near as if it were pointed at."""
        lines = zip(self.shown, self._drawn, strict=True)
        away = [(pixels_to(self._plot.box, line, point), ghost) for ghost, line in lines]
        nearest, found = min(away, key=lambda each: each[0], default=(inf, None))
        if nearest > GRIP:
            for ghost, name in zip(self.shown, self.names, strict=True):
                if name.isVisible() and name.sceneBoundingRect().contains(point):
                    return ghost, GRIP
        return None if found is None or nearest == inf else (found, nearest)

    def point_at(self, ghost: Ghost | None) -> None:
        """Make one ghost and its name stand out."""
        place = None if ghost is None else self.shown.index(ghost)
        if place != self._pointed:
            self._pointed = place
            self.restyle()
            self._place_names()

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        colours = theme.current()
        for place, (curve, name) in enumerate(zip(self.curves, self.names, strict=True)):
            here = place == self._pointed
            colour = colours.colour("ink" if here else "secondary")
            width = 2 if here else 1
            curve.setPen(pg.mkPen(colour, width=width, style=Qt.PenStyle.DashLine))
            name.setColor(colour)
            name.setFont(theme.font(theme.SMALL, bold=here))
            name.setZValue(21 if here else 20)  # over every line, so that none runs through it
            name.fill = pg.mkBrush(colours.colour("card"))
        self.forks.setPen(spot_pen(colours.colour("secondary"), 2.0))
        self.forks.setBrush(spot_brush(colours.colour("card")))


def _key(ghost: Ghost) -> tuple[int, int, bytes]:
    """What a ghost's points are remembered by."""
    ends = ghost.points[[0, -1], :2].tobytes() if len(ghost.points) else b""
    return ghost.branch, len(ghost.points), ends


def _every_other(edges: Array) -> Array:
    return edges[::2] if len(edges) % 2 else np.append(edges[::2], edges[-1])


def _keep_end_free(places: NamePlaces, line: Line) -> None:
    if len(line.x):
        x, y = float(line.x[-1]), float(line.y[-1])
        places.keep_free_of(QRectF(x - _END, y - _END, 2 * _END, 2 * _END))
