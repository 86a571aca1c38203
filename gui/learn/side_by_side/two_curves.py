"""TwoCurves: the losses of two runs over the epochs, one as it should be and one that is not."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from engine.maths.activations import Array
from engine.text.numbers import format_count
from gui import theme
from gui.plots.epoch_plot import HEADROOM, EpochPlot, with_log_margin
from gui.plots.solid_line import SolidLine
from gui.plots.thinned_curve import ThinnedCurve

_MOST_TIMES = 10.0  # as high as the right curve; what grows beyond leaves the plot


class TwoCurves(EpochPlot):
    """The right run solid and blue, the other dashed and orange; a line marks one epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("comparisonPlot")
        self.setAccessibleName("Loss of both runs")
        self._curves: list[Array] = [np.empty((0, 2)), np.empty((0, 2))]
        self._thinned = (ThinnedCurve(), ThinnedCurve())
        self._total = 1
        self.items = (SolidLine(), pg.PlotCurveItem(antialias=True))
        self.mark = pg.InfiniteLine(angle=90)
        for item in (self.mark, *self.items):
            self.addItem(item)
        self.restyle()

    def show_curves(self, right: Array, wrong: Array, total: int) -> None:
        """Show curves of rows (epochs, loss) in a plot of so many epochs."""
        self._curves, self._total = [right, wrong], max(total, 1)
        self._redraw()

    def mark_epoch(self, epoch: float) -> None:
        """Put the line at an epoch."""
        self.mark.setPos(epoch)

    def _redraw(self) -> None:
        drawn = []
        for thinned, curve in zip(self._thinned, self._curves, strict=True):
            kept = curve[np.isfinite(curve[:, 1])]
            drawn.append(thinned.points(kept, 1, self._pixels_across()))
        drawn = self._on_loss_axis(drawn)
        edge = self._total * 0.01
        self.x_axis.set_name(f"{format_count(self._total)} epoch{'' if self._total == 1 else 's'}")
        right, wrong = (values for _, values in drawn)
        losses = _range(right, wrong, self.y_axis.logarithmic)
        self.show_range((-edge, self._total + edge), losses)
        for item, (epochs, values) in zip(self.items, drawn, strict=True):
            item.setData(epochs, self._within_reach(values))

    def restyle(self) -> None:
        super().restyle()
        colours = theme.current()
        self.items[0].set_colour(colours.colour("positive"))
        dashes = Qt.PenStyle.DashLine
        self.items[1].setPen(pg.mkPen(colours.colour("negative"), width=2, style=dashes))
        self.mark.setPen(pg.mkPen(colours.colour("accent"), width=1))


def _range(right: Array, wrong: Array, logarithmic: bool) -> tuple[float, float]:
    """Which range of losses is shown: all of the right curve, and of the wrong one only as much as
    leaves the right one more than a flat line."""
    both = np.concatenate([right, wrong])
    if not len(both):
        return 0.0, 1.0
    if logarithmic:
        return with_log_margin(float(both.min()), float(both.max()))
    high = float(both.max())
    if len(right):
        high = min(high, _MOST_TIMES * float(right.max()))
    return min(0.0, float(both.min())), high * HEADROOM if high > 0.0 else 1.0
