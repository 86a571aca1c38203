"""UnitPlot: f and f′ of a layer over z, with the present z of each of its units on both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
import pyqtgraph as pg
from msgspec import Struct
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from engine.maths.activations import Activation, Array
from engine.text.numbers import format_number
from gui import theme
from gui.plots.axis import PlainAxis
from gui.plots.plot import Plot
from gui.plots.read_out import ReadOut
from gui.plots.solid_line import SolidLine
from gui.plots.spot_looks import spot_brush, spot_pen

_POINTS = 241
_REACHES = (4.0, 6.0, 10.0, 16.0, 25.0, 40.0, 60.0)  # how far the axis of z goes at least
_MARGIN = 0.08
_SPOT = 9  # pixels at 100 %
_NEAR = 14.0  # pixels from a spot that still point at it
_LONGEST_NAME = 70  # pixels at 100 %
_MOST_NAMED = 8  # units whose names stand beside their spots


class UnitSpot(Struct, frozen=True):
    """A unit on the curves: its name, z, f(z), f′(z), and "flat" or "dead" where it hardly reacts.
    """

    name: str
    z: float
    a: float
    slope: float
    flatness: str = ""


class UnitPlot(Plot):
    """f solid, f′ dashed, and each unit as a spot on both, hollow where f′ is nearly 0.

    What is pointed at, or walked to by the arrow keys, is read out; `chosen` tells of a click or
    Enter on a unit.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(PlainAxis("bottom"), PlainAxis("left", grid=True), parent)
        self.setObjectName("unitPlot")
        self.setAccessibleName("f and f′ over z")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.x_axis.set_name_at_end(True)
        self.x_axis.set_name("z")
        self.curve, self.slope_curve = SolidLine(), pg.PlotCurveItem(antialias=True)
        # By the curve that they are on, and whether they are flat: all of one look at once.
        self.spots = {
            (kind, is_flat): pg.ScatterPlotItem(antialias=True, pxMode=True)
            for kind in ("slope", "a")
            for is_flat in (False, True)
        }
        for item in (self.slope_curve, self.curve, *self.spots.values()):
            self.addItem(item)
        for item in self.spots.values():
            item.setZValue(10)
        self.read_out = ReadOut()
        self.scene().addItem(self.read_out)
        self._names: list[pg.TextItem] = []
        self.box.sigResized.connect(self._place_names)
        self.units: tuple[UnitSpot, ...] = ()
        self._f: Activation | None = None
        self._reach = 0.0
        self._at: int | None = None  # the unit that is read out
        self._digits: int | None = 6
        self.restyle()

    def show_units(
        self, f: Activation, units: Sequence[UnitSpot], digits: int | None = 6
    ) -> None:
        """Show a function that has a slope, and units on it."""
        self.units, self._digits = tuple(units), digits
        reach = _reach_of(self.units)
        if f is not self._f or reach != self._reach:
            self._f, self._reach = f, reach
            self._draw_curves(f)
        if self._at is not None and self._at >= len(self.units):
            self._at = None
        self._draw_spots()
        self._read()

    def _draw_curves(self, f: Activation) -> None:
        assert f.slope is not None
        z = np.linspace(-self._reach, self._reach, _POINTS)
        with np.errstate(all="ignore"):
            a = f.apply(z)
            slopes = f.slope(z, a)
        self.curve.setData(z, a)
        self.slope_curve.setData(z, slopes)
        both = np.concatenate([a, slopes])
        low, high = float(both.min()), float(both.max())
        margin = _MARGIN * max(high - low, 1e-3)
        self.show_range((-self._reach, self._reach), (low - margin, high + margin))

    def _draw_spots(self) -> None:
        colours, size = theme.current(), theme.px(_SPOT)
        hollow = spot_brush(colours.colour("card"))
        for (kind, is_flat), item in self.spots.items():
            colour = colours.colour("positive" if kind == "a" else "negative")
            here = [
                (unit.z, getattr(unit, kind))
                for unit in self.units
                if math.isfinite(unit.z) and bool(unit.flatness) == is_flat
            ]
            x, y = np.array(here).reshape(-1, 2).T
            brush = hollow if is_flat else spot_brush(colour)
            item.setData(x, y, size=size, pen=spot_pen(colour, 2.0), brush=brush)
        self._place_names()

    def _place_names(self) -> None:
        """Write the names of a few units above their spots on f, those of neighbours one above the
        other, and none over a spot."""
        shown = [unit for unit in self.units if math.isfinite(unit.z + unit.a)]
        named = sorted(shown, key=lambda unit: unit.z) if len(shown) <= _MOST_NAMED else []
        while len(self._names) < len(named):
            item = pg.TextItem(anchor=(0.5, 1.0))
            item.setZValue(12)
            self.addItem(item)
            self._names.append(item)
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        taken = [self._spot_at(unit.z, y) for unit in named for y in (unit.a, unit.slope)]
        top = self.box.sceneBoundingRect().top()
        for item, unit in zip_longest(self._names, named):
            item.setVisible(unit is not None)
            if unit is None:
                continue
            spot = self.box.mapViewToScene(QPointF(unit.z, unit.a))
            name = metrics.elidedText(
                unit.name, Qt.TextElideMode.ElideRight, theme.px(_LONGEST_NAME)
            )
            width, height = metrics.horizontalAdvance(name), metrics.height()
            room = QRectF(spot.x() - width / 2, spot.y() - height - _SPOT, width, height)
            while any(room.intersects(each) for each in taken) and room.top() > top:
                room.translate(0.0, -height)
            if room.top() < top:  # there is none left above: below then
                room.moveTop(spot.y() + _SPOT)
                while any(room.intersects(each) for each in taken):
                    room.translate(0.0, height)
            taken.append(room)
            item.setText(name, theme.current().colour("ink"))
            item.setFont(theme.font(theme.SMALL))
            place = QPointF(room.center().x(), room.bottom() + 3.0)
            item.setPos(self.box.mapSceneToView(place))

    def _spot_at(self, x: float, y: float) -> QRectF:
        """The pixels that a spot covers."""
        side, place = theme.px(_SPOT), self.box.mapViewToScene(QPointF(x, y))
        return QRectF(place.x() - side / 2, place.y() - side / 2, side, side)

    def _read(self) -> None:
        """Read out the unit that is pointed at, or was walked to."""
        unit = None if self._at is None else self.units[self._at]
        if unit is None or not math.isfinite(unit.z):
            self.read_out.hide()
            return
        digits = None if self._digits is None else min(self._digits, 4)
        words = " ".join(part for part in (unit.name, unit.flatness) if part)
        value = (
            f"z {format_number(unit.z, digits)}  f {format_number(unit.a, digits)}"
            f"  f′ {format_number(unit.slope, digits)}"
        )
        spot = self.box.mapViewToScene(QPointF(unit.z, unit.slope))
        room = QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1)
        self.read_out.show_at(spot, words, "", value, "negative", room, (), ())

    def look_at(self, unit: int | None) -> None:
        """Read out a unit; None: none."""
        self._at = unit if unit is not None and unit < len(self.units) else None
        self._read()

    def _unit_at(self, place: QPointF) -> int | None:
        scene = self.mapToScene(place.toPoint())
        found: tuple[float, int | None] = _NEAR, None
        for number, unit in enumerate(self.units):
            for level in (unit.a, unit.slope):
                if not math.isfinite(unit.z + level):
                    continue
                way = self.box.mapViewToScene(QPointF(unit.z, level)) - scene
                away = math.hypot(way.x(), way.y())
                if away < found[0]:
                    found = away, number
        return found[1]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.look_at(self._unit_at(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        unit = self._unit_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and unit is not None:
            self.look_at(unit)
            self.chosen.emit(unit)

    def leaveEvent(self, event: QEvent) -> None:
        self.look_at(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        way = ways.get(Qt.Key(event.key()))
        if way is not None and self.units:
            order = sorted(range(len(self.units)), key=lambda number: self.units[number].z)
            at = -1 if self._at is None else order.index(self._at)
            at = max(0, min(at + way, len(order) - 1)) if self._at is not None or way > 0 else -1
            self.look_at(order[at])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.chosen.emit(self._at)
        else:
            event.ignore()

    def restyle(self) -> None:
        super().restyle()
        colours = theme.current()
        self.curve.set_colour(colours.colour("positive"))
        dashes = Qt.PenStyle.DashLine
        pen = pg.mkPen(colours.colour("negative"), width=2, style=dashes)
        self.slope_curve.setPen(pen)
        self._draw_spots()
        self._read()


def _reach_of(units: tuple[UnitSpot, ...]) -> float:
    """How far the axis of z goes either way: it stays as it is while units move a little."""
    sizes: Array = np.abs(np.array([unit.z for unit in units if math.isfinite(unit.z)]))
    needed = 1.05 * float(sizes.max(initial=0.0))
    rounded = 10.0 ** math.ceil(math.log10(needed)) if needed > _REACHES[-1] else 0.0
    return next((reach for reach in _REACHES if reach >= needed), rounded)
