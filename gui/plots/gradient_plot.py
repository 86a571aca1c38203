"""GradientPlot: how large the gradient of each layer is over the epochs, on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent

from engine.maths.activations import Array
from engine.text.numbers import format_count, format_number
from gui import theme
from gui.plots.epoch_plot import EpochPlot, with_log_margin
from gui.plots.read_out import ReadOut

_LONGEST_NAME = 90  # pixels at 100 %
_GAP = 6
_SPOT = 9  # pixels at 100 %


class GradientPlot(EpochPlot):
    """A line for each layer, from blue for the first to orange for the output, its name at its end,
    and a line where the run is now. `epoch_asked` tells of a click."""

    epoch_asked = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gradientPlot")
        self.setAccessibleName("Size of the gradient by layer")
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.x_axis.set_name("epoch")
        self.y_axis.logarithmic = True
        self.lines: list[pg.PlotDataItem] = []
        self._names: list[pg.TextItem] = []
        self.now_line = pg.InfiniteLine(angle=90)
        self.addItem(self.now_line)
        self.read_out = ReadOut()
        self.scene().addItem(self.read_out)
        self._titles: tuple[str, ...] = ()
        self._epochs: Array = np.empty(0)
        self._sizes: Array = np.empty((0, 0))
        self._now = 0.0
        self._last = 1.0
        self.restyle()

    def show_sizes(
        self, titles: Sequence[str], epochs: Array, sizes: Array, now: float, last: float
    ) -> None:
        """Show sizes, shape (moments, layers), of the layers of these titles, at the epochs
        (moments,), in a run that is now at an epoch and has come as far as `last`."""
        self._titles, self._epochs, self._sizes = tuple(titles), epochs, sizes
        self._now, self._last = now, max(last, 1e-9)
        self.read_out.hide()
        self._redraw()

    def _redraw(self) -> None:
        count = len(self._titles)
        while len(self.lines) < count:
            line, name = pg.PlotDataItem(connect="finite", antialias=True), pg.TextItem()
            name.setZValue(10)
            for item in (line, name):
                self.addItem(item)
            self.lines.append(line)
            self._names.append(name)
        for number, (line, name) in enumerate(zip(self.lines, self._names, strict=True)):
            line.setVisible(number < count)
            name.setVisible(False)
        with np.errstate(all="ignore"):
            levels = np.where(self._sizes > 0.0, np.log10(self._sizes), np.nan)
        levels = np.where(np.isfinite(levels), levels, np.nan)
        there = levels[np.isfinite(levels)]
        low, high = (float(there.min()), float(there.max())) if len(there) else (-1.0, 0.0)
        end = self._last * self._beyond()
        start = -0.03 * end if len(self._epochs) == 1 else 0.0  # else its spots were cut in half
        self.show_range((start, end), with_log_margin(low, high))
        self.now_line.setPos(self._now)
        for number in range(count):
            pen = pg.mkPen(self.colour_of(number), width=2)
            # A line of one point is none: a spot then.
            self.lines[number].setData(
                self._epochs, levels[:, number], pen=pen,
                symbol="o" if len(self._epochs) == 1 else None, symbolSize=theme.px(_SPOT),
                symbolPen=None, symbolBrush=self.colour_of(number),
            )
        self._place_names(levels)

    def _beyond(self) -> float:
        """By how much the axis goes on beyond the run, for the names of the lines."""
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        widest = max((metrics.horizontalAdvance(self._short(each)) for each in self._titles),
                     default=0.0)
        width = max(float(self.box.width()), 1.0)
        return 1.0 / max(0.5, 1.0 - (widest + 2 * _GAP) / width)

    def _short(self, title: str) -> str:
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        return metrics.elidedText(
            title, Qt.TextElideMode.ElideRight, theme.px(_LONGEST_NAME)
        )

    def _place_names(self, levels: Array) -> None:
        """Write the names at the ends of their lines, none over another; what has no room has
        none."""
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        box = self.box.sceneBoundingRect()
        ends: list[tuple[float, int, float]] = []
        for number in range(len(self._titles)):
            finite = np.flatnonzero(np.isfinite(levels[:, number]))
            if len(finite):
                k = int(finite[-1])
                end = QPointF(float(self._epochs[k]), float(levels[k, number]))
                place = self.box.mapViewToScene(end)
                ends.append((place.y(), number, place.x()))
        height = metrics.height()
        if not ends or height * len(ends) > box.height():
            return
        ends.sort()
        tops = [y - height / 2 for y, _, _ in ends]
        for k, top in enumerate(tops):
            tops[k] = max(top, box.top() if k == 0 else tops[k - 1] + height)
        lowest = box.bottom() - height
        for k in reversed(range(len(tops))):
            tops[k] = min(tops[k], lowest)
            lowest = tops[k] - height
        for top, (_, number, x) in zip(tops, ends, strict=True):
            item = self._names[number]
            item.setText(self._short(self._titles[number]), theme.current().colour("ink"))
            item.setFont(theme.font(theme.SMALL))
            # The text of an item stands some pixels inside it.
            beside = theme.px(_SPOT) / 2 if len(self._epochs) == 1 else 0.0
            item.setPos(self.box.mapSceneToView(QPointF(x + beside + 2.0, top - 4.0)))
            item.show()

    def colour_of(self, number: int) -> QColor:
        """The colour of a layer's line, by its number from 0."""
        colours = theme.current()
        stops = [colours.colour(name) for name in ("positive", "accent", "negative")]
        if len(self._titles) < 2:
            return stops[0]
        share = 2.0 * number / (len(self._titles) - 1)
        first = min(int(share), 1)
        part, (a, b) = share - first, (stops[first], stops[first + 1])
        return QColor.fromRgbF(
            *(x + part * (y - x) for x, y in (
                (a.redF(), b.redF()), (a.greenF(), b.greenF()), (a.blueF(), b.blueF())
            ))
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        scene = self.mapToScene(event.position().toPoint())
        self._read_at(scene)
        event.accept()

    def _read_at(self, scene: QPointF) -> None:
        """Read out the point that is nearest to a place of the scene, if one is near."""
        found: tuple[float, int, int, QPointF] | None = None
        for number in range(len(self._titles)):
            for k, epoch in enumerate(self._epochs):
                size = float(self._sizes[k, number])
                if not 0.0 < size < math.inf:
                    continue
                place = self.box.mapViewToScene(QPointF(float(epoch), math.log10(size)))
                away = math.hypot(place.x() - scene.x(), place.y() - scene.y())
                if away < (30.0 if found is None else found[0]):
                    found = away, k, number, place
        if found is None:
            self.read_out.hide()
            return
        _, k, number, place = found
        epoch = float(self._epochs[k])
        when = format_count(int(epoch)) if epoch.is_integer() else format_number(epoch, 4)
        told = format_number(float(self._sizes[k, number]), 4)
        room = QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1)
        self.read_out.show_at(
            place, f"epoch {when}", self._titles[number], told, "ink", room, (), ()
        )

    def leaveEvent(self, event: QEvent) -> None:
        self.read_out.hide()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        scene = self.mapToScene(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and self.box.sceneBoundingRect().contains(scene) and len(self._epochs):
            epoch = float(self.box.mapSceneToView(scene).x())
            self.epoch_asked.emit(min(max(epoch, 0.0), self._last))

    def restyle(self) -> None:
        super().restyle()
        self.now_line.setPen(pg.mkPen(theme.current().colour("accent"), width=1))
        self._redraw()
