"""Plot: a pyqtgraph plot that looks like the program and lets nobody get lost in it.

There is no menu, no zoom and no panning by the mouse: the range is always what the data need.
"""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QWidget

from gui import theme
from gui.plots.axis import PlainAxis


class Plot(pg.PlotWidget):
    """A plot with a left and a bottom axis; subclasses add their items to it."""

    def __init__(
        self, x_axis: PlainAxis, y_axis: PlainAxis, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, axisItems={"bottom": x_axis, "left": y_axis}, enableMenu=False)
        self.x_axis, self.y_axis = x_axis, y_axis
        y_axis.setZValue(-1)  # its grid lines lie under what is plotted
        self.box = self.getPlotItem().getViewBox()
        self.box.setMouseEnabled(False, False)
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0.0)
        self.getPlotItem().hideButtons()
        self.getPlotItem().layout.setContentsMargins(0, 0, 0, 0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this part of the plane."""
        if self.box.viewRange() != [list(x), list(y)]:
            self.box.setRange(xRange=x, yRange=y, padding=0.0)

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        self.setBackground(theme.current().colour("card"))
        for axis in (self.x_axis, self.y_axis):
            axis.picture = None
            axis.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 40)

    def sizeHint(self) -> QSize:
        return QSize(300, 200)

    # What pyqtgraph would do with the mouse is of no use here; whatever lies behind may have it.

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)
