"""Drawing: samples are put into a plot by hand, dragged in it and taken out again."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from engine.maths.activations import Array
from gui import theme
from gui.plots.axis import PlainAxis
from gui.plots.plot import Plot
from gui.plots.spot_looks import spot_brush, spot_pen

_REACH = 10.0  # pixels from the middle of a sample that still take hold of it
_LEAST_DRAG = 3.0  # pixels, below which a press was a click
_STEP = 0.01  # of an axis, a press of an arrow key
_BESIDE = 0.05  # of an axis, where Enter puts a new sample
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class Drawing(QObject):
    """What mouse and keys do with the samples of a plot while `on`.

    A click where nothing is adds a sample; a press on one chooses it, and a drag moves it, of which
    is told once, at its end. Arrow keys move the sample shown, Delete removes it, Enter adds one
    beside it. Places are in the units of the axes, with as many digits as can be seen.
    """

    added = Signal(float, float)
    moved = Signal(int, float, float)  # row, and where to
    nudged = Signal(int, float, float)  # the same, by a press of an arrow key
    removed = Signal(int)
    chosen = Signal(int)

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._on = False
        self._x, self._y, self._shown = np.empty(0), np.empty(0), 0
        self._held: int | None = None
        self._pressed = QPointF()
        self._dragged = pg.ScatterPlotItem(antialias=True)
        self._dragged.setZValue(15)
        plot.addItem(self._dragged)

    @property
    def on(self) -> bool:
        """Whether samples can be drawn."""
        return self._on

    @on.setter
    def on(self, wanted: bool) -> None:
        self._on, self._held = wanted, None
        self._dragged.setData([], [])
        focus, cursor = Qt.FocusPolicy, Qt.CursorShape
        self._plot.setFocusPolicy(focus.StrongFocus if wanted else focus.NoFocus)
        self._plot.viewport().setCursor(cursor.CrossCursor if wanted else cursor.ArrowCursor)

    def show_samples(self, x: Array, y: Array, shown: int) -> None:
        """Where the samples stand now, both of shape (samples,), and which is shown."""
        self._x, self._y, self._shown = x, y, shown
        if self._held is not None and self._held >= len(x):
            self._held = None

    def press(self, place: QPointF) -> bool:
        """A press of the left button at a place in the view; whether that is anything here."""
        scene = self._plot.mapToScene(place.toPoint())
        if not self._on or not self._plot.box.sceneBoundingRect().contains(scene):
            return False
        self._plot.setFocus(Qt.FocusReason.MouseFocusReason)
        row = self.sample_at(place)
        if row is None:
            self.added.emit(*self._point(place))
        else:
            self._held, self._pressed = row, place
            self.chosen.emit(row)
        return True

    def drag(self, place: QPointF) -> bool:
        """Show where the sample would be that is held; whether one is."""
        if self._held is None:
            return False
        x, y = self._point(place)
        pen = spot_pen(theme.current().colour("accent"), 2.5)
        self._dragged.setData([x], [y], size=theme.px(13), pen=pen, brush=spot_brush(None))
        return True

    def release(self, place: QPointF) -> bool:
        """Let go of the sample that is held; whether one was."""
        row, self._held = self._held, None
        self._dragged.setData([], [])
        way = place - self._pressed
        if row is not None and max(abs(way.x()), abs(way.y())) >= _LEAST_DRAG:
            self.moved.emit(row, *self._point(place))
        return row is not None

    def key(self, key: int) -> bool:
        """A key that was pressed; whether it means anything here."""
        if not self._on or not 0 <= self._shown < len(self._x):
            return False
        x, y = float(self._x[self._shown]), float(self._y[self._shown])
        (low_x, high_x), (low_y, high_y) = self._plot.box.viewRange()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self._shown)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            beside = x + _BESIDE * (high_x - low_x)
            self.added.emit(*self._rounded(beside if beside < high_x else x, y))
        elif key in _ARROWS:
            across, up = _ARROWS[Qt.Key(key)]
            to_x = x + across * _STEP * (high_x - low_x)
            self.nudged.emit(self._shown, *self._rounded(to_x, y + up * _STEP * (high_y - low_y)))
        else:
            return False
        return True

    def sample_at(self, place: QPointF) -> int | None:
        """The sample nearest to a place in the view, if one is within reach."""
        if not len(self._x):
            return None
        (low_x, high_x), (low_y, high_y) = self._plot.box.viewRange()
        size = self._plot.box.sceneBoundingRect()
        x, y = self._unrounded(place)
        away = np.hypot(
            (self._x - x) * size.width() / (high_x - low_x),
            (self._y - y) * size.height() / (high_y - low_y),
        )
        nearest = int(np.argmin(away))
        return nearest if away[nearest] <= _REACH else None

    def place_of(self, row: int) -> tuple[float, float]:
        """Where a sample stands."""
        return float(self._x[row]), float(self._y[row])

    def _unrounded(self, place: QPointF) -> tuple[float, float]:
        point = self._plot.box.mapSceneToView(self._plot.mapToScene(place.toPoint()))
        return float(point.x()), float(point.y())

    def _point(self, place: QPointF) -> tuple[float, float]:
        """A place in the view in the units of the axes, brought inside them."""
        x, y = self._unrounded(place)
        (low_x, high_x), (low_y, high_y) = self._plot.box.viewRange()
        return self._rounded(min(max(x, low_x), high_x), min(max(y, low_y), high_y))

    def _rounded(self, x: float, y: float) -> tuple[float, float]:
        """With a thousandth of an axis as the last digit."""
        ranges = self._plot.box.viewRange()
        digits = [3 - int(np.floor(np.log10(high - low))) for low, high in ranges]
        return round(x, digits[0]) + 0.0, round(y, digits[1]) + 0.0


class DrawablePlot(Plot):
    """A plot that samples can be drawn into."""

    def __init__(
        self, x_axis: PlainAxis, y_axis: PlainAxis, parent: QWidget | None = None
    ) -> None:
        super().__init__(x_axis, y_axis, parent)
        self.drawing = Drawing(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() == Qt.MouseButton.LeftButton
        event.setAccepted(is_left and self.drawing.press(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(self.drawing.drag(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(self.drawing.release(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self.drawing.key(event.key()))
