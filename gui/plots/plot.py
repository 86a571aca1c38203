"""Plot: a pyqtgraph plot in the look of the program, without menu, zoom and panning.

The range is always what the data need. The plot is put together from pyqtgraph's parts, since a
PlotWidget comes with a form full of options, which takes longer to build than all the rest and
which nobody would ever see.
"""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsItem, QSizePolicy, QWidget

from gui import theme
from gui.plots.axis import PlainAxis


class Plot(pg.GraphicsView):
    """A plot with a left and a bottom axis; subclasses add their items to it."""

    def __init__(
        self, x_axis: PlainAxis, y_axis: PlainAxis, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.enableMouse(False)
        self.x_axis, self.y_axis = x_axis, y_axis
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self._put_together()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def _put_together(self) -> None:
        """The box, the axes left of it and below it; the box takes the room that they leave."""
        grid = self.centralLayout
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addItem(self.box, 0, 1)
        for axis, row, column in ((self.x_axis, 1, 1), (self.y_axis, 0, 0)):
            axis.linkToView(self.box)
            grid.addItem(axis, row, column)
            axis.setZValue(0.5)
            axis.setFlag(QGraphicsItem.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
        self.y_axis.setZValue(-1)  # its grid lines lie under what is plotted
        for stretch, place in ((grid.setRowStretchFactor, 0), (grid.setColumnStretchFactor, 1)):
            stretch(place, 100)
            stretch(1 - place, 1)

    def addItem(self, item: QGraphicsItem) -> None:
        """Add what is drawn in the box, in the units of its axes."""
        self.box.addItem(item)

    def removeItem(self, item: QGraphicsItem) -> None:
        """Remove what was added."""
        self.box.removeItem(item)

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this part of the plane."""
        if self.box.viewRange() != [list(x), list(y)]:
            self.box.setRange(xRange=x, yRange=y, padding=0.0)

    def restyle(self) -> None:
        """Take the colours and the size of text in force."""
        self.setBackground(theme.current().colour("card"))
        for axis in (self.x_axis, self.y_axis):
            axis.restyle()

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(100), theme.px(40))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(200))

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
