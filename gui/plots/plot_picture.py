"""A picture of what a widget shows, plots in it as lines and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyqtgraph as pg
from PySide6.QtCore import QMargins, QPoint
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QGraphicsView, QWidget

from gui.widgets.picture import Picture

_MARGIN = 8  # pixels around what the widget shows


def plot_picture(widget: QWidget, name: str, restyle: Callable[[], None]) -> Picture:
    """All of a widget as it stands on screen."""

    def paint(painter: QPainter) -> None:
        painter.translate(_MARGIN, _MARGIN)
        with _drawn_whole(widget):
            # That of QWidget, since a graphics view's own is that of its scene; and the contents
            # alone, for the ground is of the theme on screen.
            QWidget.render(widget, painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)

    around = QMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    return Picture(name, widget.size().grownBy(around), paint, restyle)


@contextmanager
def _drawn_whole(widget: QWidget) -> Iterator[None]:
    """Have points drawn each for itself, which on screen are all cut out of one image, curves in
    one stroke, which on screen are as many as they have points, and the ground as a colour."""
    plots = widget.findChildren(pg.GraphicsView)
    if isinstance(widget, pg.GraphicsView):
        plots.append(widget)
    items = [item for plot in plots for item in plot.scene().items()]
    points = [item for item in items if isinstance(item, pg.ScatterPlotItem)]
    curves = [
        (item, item.opts["segmentedLineMode"])
        for item in items
        if isinstance(item, pg.PlotCurveItem)
    ]
    modes = QGraphicsView.CacheModeFlag
    for plot in plots:
        plot.setCacheMode(modes.CacheNone)
    for item in points:
        item.setExportMode(True)
    for curve, _ in curves:
        curve.setSegmentedLineMode("off")
    try:
        yield
    finally:
        for item in points:
            item.setExportMode(False)
        for curve, mode in curves:
            curve.setSegmentedLineMode(mode)
        for plot in plots:
            plot.setCacheMode(modes.CacheBackground)
