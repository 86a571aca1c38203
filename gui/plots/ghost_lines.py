"""GhostLines: earlier runs that were left, dashed in the loss plot, with names and marked forks.

Such a run is called a road, and what is drawn of it a ghost. It was left where its fork is marked.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from engine.maths.activations import Array
from engine.training.thinning import thinned
from gui import theme
from gui.plots.epoch_plot import Series
from gui.plots.plot import Plot
from gui.view import Ghost

MOST = 12  # ghosts drawn at once; the latest go first

_POINTS = 1000
_GRIP = 6  # pixels from a line that still point at it
_EDGE = 8  # pixels between a line's end and its name
_FORK = 8  # pixels across


class GhostLines:
    """The lines, names and marks of forks that a Plot shows of ghosts. The plot gives `draw` the
    points, since it knows its axes and its range."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._known: dict[tuple[int, int, bytes], Array] = {}
        self._drawn: list[Series] = []
        self._pointed: int | None = None
        self.shown: tuple[Ghost, ...] = ()
        self.curves: list[pg.PlotCurveItem] = []
        self.names: list[pg.TextItem] = []
        self.forks = pg.ScatterPlotItem(size=_FORK, antialias=True)
        self.forks.setZValue(8)
        plot.addItem(self.forks)

    def choose(self, ghosts: tuple[Ghost, ...]) -> list[Series]:
        """Take the latest ghosts that are not hidden, and return their points. They are thinned
        once and kept, since a ghost changes only if its road is taken up again."""
        self.shown = tuple(ghost for ghost in ghosts if not ghost.hidden)[-MOST:]
        known, self._known = self._known, {}
        series = []
        for ghost in self.shown:
            ends = ghost.points[[0, -1], :2].tobytes() if len(ghost.points) else b""
            key = (ghost.branch, len(ghost.points), ends)
            points = known.get(key)
            if points is None:
                points = thinned(ghost.points[:, :2], _POINTS)
            self._known[key] = points
            series.append((points[:, 0], points[:, 1]))
        return series

    def draw(self, drawn: list[Series]) -> None:
        """Draw those chosen last with these points, as the plot's axes have them."""
        if len(self.curves) != len(drawn):
            self._have(len(drawn))
        self._drawn = drawn
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
            self.names.append(pg.TextItem(anchor=(1.0, 1.0)))
            plot.addItem(self.curves[-1])
            plot.addItem(self.names[-1])
        self.restyle()

    def _place_names(self) -> None:
        """Write each ghost's name over its end; a name that would cover another is left out, but
        not that of the ghost pointed at."""
        box = self._plot.box
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        wide, high = box.viewPixelSize()
        (left, _), (low, top) = box.viewRange()
        top -= high * (metrics.height() + _EDGE)
        taken: list[QRectF] = []
        order = sorted(range(len(self.shown)), key=lambda place: place != self._pointed)
        for place in order:
            (epochs, values), item = self._drawn[place], self.names[place]
            name = self.shown[place].name
            item.setText(name)
            shown = len(epochs) > 1
            if shown:
                width = wide * (metrics.horizontalAdvance(name) + _EDGE)
                right = max(float(epochs[-1]), left + width)
                level = float(values[epochs >= min(right, float(epochs[-1])) - width].max())
                level = max(low, min(level, top))  # a line that leaves the plot keeps its name
                item.setPos(right, level)
                room = QRectF(right - width, level, width, high * metrics.height())
                shown = not any(room.intersects(other) for other in taken)
                if shown:
                    taken.append(room)
            item.setVisible(shown)

    def at(self, point: QPointF) -> Ghost | None:
        """The ghost whose line passes a point of the scene, the nearest of several."""
        box = self._plot.box
        found = None
        nearest = float(_GRIP)
        for ghost, (epochs, values) in zip(self.shown, self._drawn, strict=True):
            if len(epochs) < 2:
                continue
            x = box.mapSceneToView(point).x()
            reach = _GRIP * box.viewPixelSize()[0]
            if not epochs[0] - reach <= x <= epochs[-1] + reach:
                continue
            level = float(np.interp(x, epochs, values))
            away = abs(box.mapViewToScene(QPointF(x, level)).y() - point.y())
            if away <= nearest:
                found, nearest = ghost, away
        return found

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
        self.forks.setPen(pg.mkPen(colours.colour("secondary"), width=2))
        self.forks.setBrush(pg.mkBrush(colours.colour("card")))
