"""WeightPlot: the loss along one weight, with its present value, and the tangent there."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from engine.maths.activations import Array
from engine.text.numbers import format_number
from gui import theme
from gui.plots.axis import PlainAxis
from gui.plots.plot import Plot
from gui.plots.read_out import ReadOut
from gui.plots.solid_line import SolidLine
from gui.plots.spot_looks import spot_brush, spot_pen

_REACH = 16.0  # pixels from the point that still take hold of it
_MARGIN = 0.08
_TANGENT = 0.35  # of the axis, either way of the point
_STEP, _LONG_STEP = 0.01, 0.1  # of the axis, a press of an arrow key


class WeightPlot(Plot):
    """E(w) with a point where w is, and the tangent whose slope is ∂E/∂w.

    The point is dragged along the curve, or moved by ← and → (with Shift further) and set down by
    Enter; Escape lets it go where it was. `set_down` tells once of the value it was brought to.
    """

    set_down = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(PlainAxis("bottom"), PlainAxis("left", grid=True), parent)
        self.setObjectName("weightPlot")
        self.setAccessibleName("Loss along a weight")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.x_axis.set_name_at_end(True)
        self.y_axis.set_name("E")
        self.curve = SolidLine()
        self.tangent = pg.PlotCurveItem(antialias=True)
        self.point = pg.ScatterPlotItem(antialias=True)
        self.tangent.setZValue(5)
        self.point.setZValue(10)
        for item in (self.curve, self.tangent, self.point):
            self.addItem(item)
        self.read_out = ReadOut()
        self.scene().addItem(self.read_out)
        self._x = self._y = np.empty(0)
        self._value, self._loss = 0.0, 0.0
        self._slope: float | None = None
        self._name, self._digits = "", 6
        self._held: float | None = None  # where the point is brought to, but not set down yet
        self._is_dragged = False
        self.restyle()

    @property
    def is_held(self) -> bool:
        """Whether the point is away from where w is; what is shown waits until it is set down."""
        return self._held is not None

    def show_curve(
        self,
        name: str,
        x: Array,
        y: Array,
        value: float,
        loss: float,
        slope: float | None,
        digits: int | None = 6,
    ) -> None:
        """Show losses y over values x of a weight of this name, its value now, the loss there and
        the slope of the tangent; None for none."""
        self._name, self._x, self._y = name, x, y
        self._value, self._loss, self._slope = value, loss, slope
        self._digits = 6 if digits is None else min(digits, 6)
        self.x_axis.set_name(name)
        self._draw()

    def let_go(self) -> None:
        """Bring the point back to where w is."""
        self._held, self._is_dragged = None, False
        if len(self._x):
            self._draw()

    def loss_at(self, value: float) -> float:
        """The height of the curve at a value of the weight."""
        finite = np.isfinite(self._y)
        if not finite.any():
            return math.nan
        x = np.append(self._x[finite], self._value)
        y = np.append(self._y[finite], self._loss)
        order = np.argsort(x)
        return float(np.interp(value, x[order], y[order]))

    def _draw(self) -> None:
        finite = np.isfinite(self._y)
        x, y = self._x[finite], self._y[finite]
        self.curve.setData(x, y)
        low, high = float(self._x[0]), float(self._x[-1])
        levels = np.append(y, self._loss) if math.isfinite(self._loss) else y
        bottom, top = float(levels.min(initial=0.0)), float(levels.max(initial=1e-12))
        if len(levels):
            bottom, top = float(levels.min()), float(levels.max())
        margin = _MARGIN * max(top - bottom, 1e-9, 1e-6 * abs(top))
        self.show_range((low, high), (bottom - margin, top + margin))
        is_tangent = self._slope is not None and math.isfinite(self._slope + self._loss)
        self.tangent.setVisible(is_tangent)
        if is_tangent:
            assert self._slope is not None
            way = _TANGENT * (high - low)
            if self._slope:  # a steep one leaves the plot, beyond which Qt need not draw it
                way = min(way, (top - bottom + 2 * margin) / abs(self._slope))
            ends = np.array([self._value - way, self._value + way])
            self.tangent.setData(ends, self._loss + self._slope * (ends - self._value))
        self._draw_point()

    def _draw_point(self) -> None:
        colours, size = theme.current(), theme.px(11)
        here = self._value if self._held is None else self._held
        level = self._loss if self._held is None else self.loss_at(here)
        places = [(here, level)]
        pens = [spot_pen(colours.colour("card"), 1.5)]
        brushes = [spot_brush(colours.colour("accent"))]
        if self._held is not None:
            places.insert(0, (self._value, self._loss))
            pens.insert(0, spot_pen(colours.colour("accent"), 1.5))
            brushes.insert(0, spot_brush(colours.colour("card")))
        x, y = np.array(places).T
        self.point.setData(x, y, size=size, pen=pens, brush=brushes)
        if self._held is None:
            self.read_out.hide()
            return
        number = format_number(here, self._digits)
        loss = f"{format_number(level, self._digits)}"
        spot = self.box.mapViewToScene(QPointF(here, level))
        room = QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1)
        place = f"{self._name} {number}"
        self.read_out.show_at(spot, place, "E", loss, "accent", room, (), ())

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_near(event.position()):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._is_dragged = True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragged:
            self._bring_to(self._value_at(event.position()))
        cursors = Qt.CursorShape
        is_near = self._is_dragged or self._is_near(event.position())
        self.viewport().setCursor(cursors.SizeHorCursor if is_near else cursors.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_dragged:
            self._is_dragged = False
            self._set_down()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        ways = {Qt.Key.Key_Left: -1.0, Qt.Key.Key_Right: 1.0}
        if not len(self._x):
            event.ignore()
        elif key in ways:
            is_long = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            step = (_LONG_STEP if is_long else _STEP) * float(self._x[-1] - self._x[0])
            here = self._value if self._held is None else self._held
            self._bring_to(self._rounded(here + ways[key] * step))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._held is not None:
            self._set_down()
        elif key == Qt.Key.Key_Escape and self._held is not None:
            self.let_go()
        else:
            event.ignore()

    def _bring_to(self, value: float) -> None:
        self._held = value
        self._draw_point()

    def _set_down(self) -> None:
        value, self._held = self._held, None
        if value is not None and value != self._value:
            self.set_down.emit(value)
        if len(self._x):
            self._draw()

    def _is_near(self, place: QPointF) -> bool:
        if not len(self._x) or not math.isfinite(self._loss):
            return False
        here = self._value if self._held is None else self._held
        way = self.box.mapViewToScene(QPointF(here, self.loss_at(here)))
        way -= self.mapToScene(place.toPoint())
        return math.hypot(way.x(), way.y()) <= _REACH

    def _value_at(self, place: QPointF) -> float:
        point = self.box.mapSceneToView(self.mapToScene(place.toPoint()))
        return self._rounded(float(point.x()))

    def _rounded(self, value: float) -> float:
        """Within the axis, with a thousandth of it as the last digit."""
        low, high = float(self._x[0]), float(self._x[-1])
        digits = 3 - math.floor(math.log10(high - low))
        return round(min(max(value, low), high), digits) + 0.0

    def restyle(self) -> None:
        super().restyle()
        colours = theme.current()
        self.curve.set_colour(colours.colour("positive"))
        pen = pg.mkPen(colours.colour("accent"), width=2, style=Qt.PenStyle.DashLine)
        self.tangent.setPen(pen)
        if len(self._x):
            self._draw()
