"""LandscapePlot: the loss over a plane of the parameters as contours, and paths of runs in it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QWidget

from engine.maths.activations import Array
from engine.text.numbers import format_number
from gui import theme
from gui.plots.axis import PlainAxis
from gui.plots.plot import Plot
from gui.plots.read_out import ReadOut
from gui.plots.spot_looks import spot_brush, spot_pen

_BANDS = 14  # from the lowest loss to the highest
_LEAST, _MOST = 32, 600  # pixels a side of the picture, which the losses are interpolated to
_HIGHEST = 95.0  # percentile of the losses, above which all are one band
_DARKEST = 0.75  # how much of the curve's colour the highest band has


class LandscapePlot(Plot):
    """Bands of the logarithm of E, in a stronger colour the higher it is; the path of the run with
    a hollow spot where it begins and a full one where it is, and those of other roads, dashed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(PlainAxis("bottom"), PlainAxis("left"), parent)
        self.setObjectName("landscapePlot")
        self.setAccessibleName("Loss over two directions")
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.image.setAutoDownsample(False)
        self.ghosts: list[pg.PlotCurveItem] = []
        self.path = pg.PlotCurveItem(antialias=True)
        self.spots = pg.ScatterPlotItem(antialias=True)
        self.path.setZValue(6)
        self.spots.setZValue(8)
        for item in (self.image, self.path, self.spots):
            self.addItem(item)
        self.read_out = ReadOut()
        self.scene().addItem(self.read_out)
        self._losses: Array = np.empty((0, 0))
        self._ranges = ((0.0, 1.0), (0.0, 1.0))
        self._way: Array = np.empty((0, 2))
        self._others: list[Array] = []
        self._now: Array = np.empty(0)
        self.box.sigResized.connect(self._draw_bands)
        self.restyle()

    def name_axes(self, across: str, up: str) -> None:
        """Say what is along the axes."""
        self.x_axis.set_name(across)
        self.y_axis.set_name(up)

    def show_losses(
        self, losses: Array, ranges: tuple[tuple[float, float], tuple[float, float]]
    ) -> None:
        """Show losses, a row for each y from the lowest, over ranges of x and y."""
        self._losses, self._ranges = losses.copy(), ranges
        self.show_range(*ranges)
        self._draw_bands()

    def show_paths(self, path: Array, others: Sequence[Array], now: Array) -> None:
        """Show the path of the run and those of other roads, each of shape (moments, 2), and where
        the run is, (2,)."""
        self._way, self._others, self._now = path, list(others), now
        self._draw_paths()

    @property
    def is_empty(self) -> bool:
        """Whether no losses are shown yet."""
        return not len(self._losses)

    @property
    def extremes(self) -> tuple[float, float] | None:
        """The lowest and the highest loss that is shown."""
        finite = self._losses[np.isfinite(self._losses)]
        return (float(finite.min()), float(finite.max())) if len(finite) else None

    def loss_at(self, x: float, y: float) -> float | None:
        """The loss of the cell at a point; None outside, or where it is not worked out."""
        (low_x, high_x), (low_y, high_y) = self._ranges
        cells = len(self._losses)
        if not cells or not (low_x <= x < high_x and low_y <= y < high_y):
            return None
        column = int((x - low_x) / (high_x - low_x) * cells)
        row = int((y - low_y) / (high_y - low_y) * cells)
        found = float(self._losses[row, column])
        return found if math.isfinite(found) else None

    def _draw_bands(self) -> None:
        finite = self._losses[np.isfinite(self._losses)]
        self.image.setVisible(len(finite) > 0)
        if not len(finite):
            return
        lowest, highest = float(finite.min()), float(np.percentile(finite, _HIGHEST))
        # In logarithms, where no loss is 0 or less.
        is_log = lowest > 0.0 and highest > 4.0 * lowest
        levels = np.nan_to_num(self._losses, nan=highest, posinf=highest, neginf=lowest)
        levels = np.clip(levels, lowest, highest)
        if is_log:
            levels, lowest, highest = np.log(levels), math.log(lowest), math.log(highest)
        # A pixel for each on screen: so the lines between bands are a pixel wide everywhere.
        sides = [
            min(max(round(side), _LEAST), _MOST) for side in (self.box.height(), self.box.width())
        ]
        smooth = _finer((levels - lowest) / max(highest - lowest, 1e-300), sides[0], sides[1])
        bands = np.minimum((smooth * _BANDS).astype(int), _BANDS - 1)
        edge = np.zeros(bands.shape, dtype=bool)
        edge[:-1] |= bands[:-1] != bands[1:]
        edge[:, :-1] |= bands[:, :-1] != bands[:, 1:]
        colours = theme.current()
        ground, ink = _rgb(colours.colour("card")), _rgb(colours.colour("positive"))
        shares = _DARKEST * (np.arange(_BANDS) / (_BANDS - 1))
        table = ground + shares[:, np.newaxis] * (ink - ground)
        lines = ground + np.minimum(shares + 0.2, 1.0)[:, np.newaxis] * (ink - ground)
        picture = np.where(edge[..., np.newaxis], lines[bands], table[bands])
        self.image.setImage(picture.astype(np.ubyte), autoLevels=False, levels=(0, 255))
        (low_x, high_x), (low_y, high_y) = self._ranges
        self.image.setRect(QRectF(low_x, low_y, high_x - low_x, high_y - low_y))

    def _draw_paths(self) -> None:
        colours, size = theme.current(), theme.px(10)
        while len(self.ghosts) < len(self._others):
            item = pg.PlotCurveItem(antialias=True)
            item.setZValue(5)
            self.addItem(item)
            self.ghosts.append(item)
        pen = pg.mkPen(colours.colour("secondary"), width=1.5, style=Qt.PenStyle.DashLine)
        for number, item in enumerate(self.ghosts):
            item.setVisible(number < len(self._others))
            if number < len(self._others):
                item.setPen(pen)
                item.setData(self._others[number][:, 0], self._others[number][:, 1])
        self.path.setPen(pg.mkPen(colours.colour("accent"), width=2))
        self.path.setData(self._way[:, 0], self._way[:, 1])
        places, pens, brushes = [], [], []
        line = spot_pen(colours.colour("accent"), 2.0)
        if len(self._way):
            places.append(self._way[0])
            pens.append(line)
            brushes.append(spot_brush(colours.colour("card")))
        if len(self._now):
            places.append(self._now)
            pens.append(spot_pen(colours.colour("card"), 1.5))
            brushes.append(spot_brush(colours.colour("accent")))
        x, y = np.array(places).reshape(-1, 2).T
        self.spots.setData(x, y, size=size, pen=pens, brush=brushes)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        scene = self.mapToScene(event.position().toPoint())
        point = self.box.mapSceneToView(scene)
        loss = self.loss_at(float(point.x()), float(point.y()))
        event.accept()
        if loss is None:
            self.read_out.hide()
            return
        x, y = (format_number(float(each), 3) for each in (point.x(), point.y()))
        room = QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1)
        spot = QPointF(scene)
        told = format_number(loss, 4)
        self.read_out.show_at(spot, f"({x}, {y})", "E", told, "ink", room, (), ())

    def leaveEvent(self, event: QEvent) -> None:
        self.read_out.hide()
        super().leaveEvent(event)

    def restyle(self) -> None:
        super().restyle()
        self._draw_bands()
        self._draw_paths()


def _rgb(colour: QColor) -> Array:
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)


def _finer(values: Array, rows: int, columns: int) -> Array:
    """Values of cells interpolated between their middles, from shape (n, n) to (rows, columns)."""
    low, high, part = _between(len(values), rows)
    tall = values[low] * (1.0 - part)[:, np.newaxis] + values[high] * part[:, np.newaxis]
    low, high, part = _between(len(values), columns)
    fine: Array = tall[:, low] * (1.0 - part) + tall[:, high] * part
    return fine


def _between(count: int, wanted: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Between which of `count` cells each of more lies, and how far on the way to the second."""
    at = np.clip((np.arange(wanted) + 0.5) * count / wanted - 0.5, 0.0, count - 1.0)
    low = np.minimum(at.astype(np.intp), max(count - 2, 0))
    return low, np.minimum(low + 1, count - 1), at - low
