"""TwoCurves: the losses of two runs over the epochs, one as it should be and one that is not."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engine.maths.activations import Array
from engine.text.numbers import format_count
from gui import theme
from gui.plots.axis import PlainAxis
from gui.plots.plot import Plot
from gui.plots.solid_line import SolidLine
from gui.plots.thinned_curve import ThinnedCurve

_HEADROOM = 1.08
_MOST_TIMES = 10.0  # as high as the right curve; what grows beyond leaves the plot
_FARTHEST = 100  # heights of the plot; beyond them Qt draws no line rightly
_LEAST_DECADES = 0.5


class TwoCurves(Plot):
    """The right run solid and blue, the other dashed and orange; a line marks one epoch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        x_axis = PlainAxis("bottom", whole=True)
        x_axis.set_name_at_end(True)
        super().__init__(x_axis, PlainAxis("left", grid=True), parent)
        self.setObjectName("comparisonPlot")
        self.setAccessibleName("Loss of both runs")
        self._curves: list[Array] = [np.empty((0, 2)), np.empty((0, 2))]
        self._thinned = (ThinnedCurve(), ThinnedCurve())
        self._total = 1
        self._wants_log = False
        self.items = (SolidLine(), pg.PlotCurveItem(antialias=True))
        self.mark = pg.InfiniteLine(angle=90)
        for item in (self.mark, *self.items):
            self.addItem(item)
        self.box.sigResized.connect(self._redraw)
        self.restyle()

    @property
    def log(self) -> bool:
        """Whether the loss axis is to be logarithmic, wherever all values are above zero."""
        return self._wants_log

    @log.setter
    def log(self, wanted: bool) -> None:
        self._wants_log = wanted
        self._redraw()

    def show_curves(self, right: Array, wrong: Array, total: int) -> None:
        """Show curves of rows (epochs, loss) in a plot of so many epochs."""
        self._curves, self._total = [right, wrong], max(total, 1)
        self._redraw()

    def mark_epoch(self, epoch: float) -> None:
        """Put the line at an epoch."""
        self.mark.setPos(epoch)

    def _redraw(self) -> None:
        pixels = max(50, int(self.box.width()))
        drawn = []
        for thinned, curve in zip(self._thinned, self._curves, strict=True):
            kept = curve[np.isfinite(curve[:, 1])]
            drawn.append(thinned.points(kept, 1, pixels) if len(kept) else (kept[:, 0], kept[:, 1]))
        values = [series[1] for series in drawn]
        logarithmic = self._wants_log and all(bool((v > 0.0).all()) for v in values)
        self.y_axis.logarithmic = logarithmic
        if logarithmic:
            values = [np.log10(v) for v in values]
        low, high = _range(values[0], values[1], logarithmic)
        edge = self._total * 0.01
        self.x_axis.set_name(f"{format_count(self._total)} epoch{'' if self._total == 1 else 's'}")
        self.show_range((-edge, self._total + edge), (low, high))
        far = _FARTHEST * (high - low)
        for item, (epochs, _), shown in zip(self.items, drawn, values, strict=True):
            item.setData(epochs, np.clip(shown, low - far, high + far))

    def restyle(self) -> None:
        super().restyle()
        colours = theme.current()
        self.items[0].set_colour(colours.colour("positive"))
        dashes = Qt.PenStyle.DashLine
        self.items[1].setPen(pg.mkPen(colours.colour("negative"), width=2, style=dashes))
        self.mark.setPen(pg.mkPen(colours.colour("accent"), width=1))


def _range(right: Array, wrong: Array, logarithmic: bool) -> tuple[float, float]:
    """What of the loss axis is shown: all of the right curve, and of the wrong one what does not
    make that a flat line."""
    both = np.concatenate([right, wrong])
    if not len(both):
        return 0.0, 1.0
    if logarithmic:
        low, high = float(both.min()), float(both.max())
        missing = max(0.0, _LEAST_DECADES - (high - low))
        margin = missing / 2 + (high - low) * (_HEADROOM - 1)
        return low - margin, high + margin
    high = float(both.max())
    if len(right):
        high = min(high, _MOST_TIMES * float(right.max()))
    return min(0.0, float(both.min())), high * _HEADROOM if high > 0.0 else 1.0
