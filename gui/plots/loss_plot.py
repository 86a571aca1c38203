"""LossPlot: the loss curve in the hands of a person: going to an epoch, zooming, reading it out."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QFocusEvent, QKeyEvent, QMouseEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsRectItem

from engine.maths.activations import Array
from engine.maths.metrics import METRICS
from engine.text.numbers import format_count, format_number
from gui import theme
from gui.plots.distance import pixels_to
from gui.plots.ghost_lines import GRIP
from gui.plots.loss_curves import LOSS, LossCurves
from gui.plots.read_out import ReadOut
from gui.view import View
from gui.widgets.plain_text import set_tip

_GRIP = 6  # pixels from the line that still take hold of it
_OVER = 2  # pixels by which a ghost has to be nearer than the present run
_NEAR = 30  # pixels from a ghost, within which it stands out
_ROOM_AROUND_END = 6  # pixels that the read-out leaves free
_NOTCH = 120  # of the wheel, in the units of Qt
_CLOSER = 0.8  # as much is shown after a notch
_TEST = 0  # in place of a column, which no curve shows: epochs stand in it
_PAN = 0.15  # of what is shown, a notch
_LONGEST_NAME = 40  # letters of a ghost's name that are read out
_BAND_OPACITY = 0.2
_TIP = (
    "Click to go to an epoch; drag a range or turn the wheel to zoom, double click for all; "
    "← and → go one epoch, + − 0 zoom"
)


class LossPlot(LossCurves):
    """The loss curve and what mouse and keys do with it.

    A click asks for the epoch under the mouse (`epoch_asked`), and so does dragging the marker of
    the present moment, at most once a turn of the event loop; the marker moves when the answer
    comes back as a View. ← and → ask for an epoch more or less, with Shift for a twentieth of the
    curve, Home and End for its ends. Dragging a range anywhere else zooms to it, the wheel zooms
    about the pointer, and + − 0 do so about the present moment; a double click shows all.
    """

    epoch_asked = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lossPlot")
        self.setAccessibleName("Loss curve")
        set_tip(self, _TIP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._holds_marker = False
        self._pressed_at: QPointF | None = None  # where a press began that may become a click
        self._pointer: QPointF | None = None
        self._asked: float | None = None
        self._ask_timer = QTimer(self, singleShot=True)
        self._ask_timer.timeout.connect(self._ask)
        self._band = QGraphicsRectItem()  # the range that is being dragged
        self._band.setZValue(9)
        self._band.hide()
        self.addItem(self._band)
        self.read_out = ReadOut()
        self.scene().addItem(self.read_out)
        self.restyle()

    def restyle(self) -> None:
        super().restyle()
        accent = theme.current().colour("accent")
        pen = QPen(accent)
        pen.setCosmetic(True)
        self._band.setPen(pen)
        accent.setAlphaF(_BAND_OPACITY)
        self._band.setBrush(QBrush(accent))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.restyle()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.restyle()

    def _redraw(self) -> None:
        super()._redraw()
        self._point_at(self._pointer)  # something else may be there now

    def show_all(self) -> None:
        super().show_all()
        self._asked = None  # it belongs to what was shown, perhaps of another document

    # Asking for another moment

    def _ask_for(self, epoch: float, after: int = 0) -> None:
        """Ask for an epoch within reach once the events at hand are through, or so many
        milliseconds later."""
        first, last = self._reach()
        epoch = min(max(epoch, first), last)
        if first < last:
            self._asked = epoch
            self._ask_timer.start(after)

    def _ask(self) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            self.epoch_asked.emit(asked)

    def _place_at(self, position: QPointF) -> float:
        """The place on the axis of epochs under a point of the widget."""
        return float(self.box.mapSceneToView(self.mapToScene(position.toPoint())).x())

    def _epoch_at(self, position: QPointF) -> float:
        """The epoch under a point of the widget: a whole one, or where the few that are shown
        are wider than a pixel's precision, a whole iteration."""
        assert self._view is not None
        place, wide = self._place_at(position), self.box.viewPixelSize()[0]
        parts = 1
        if self._epoch(place + wide) - self._epoch(place) < 1.0:
            parts = self._view.spec.iterations_per_epoch
        return round(self._epoch(place) * parts) / parts

    def _is_inside(self, position: QPointF) -> bool:
        scene = self.mapToScene(position.toPoint())
        return self._view is not None and self.box.sceneBoundingRect().contains(scene)

    def _is_on_marker(self, position: QPointF) -> bool:
        line = self.box.mapViewToScene(QPointF(self.now_line.value(), 0.0)).x()
        return (
            abs(position.x() - line) <= _GRIP
            and self.now_line.isVisible()
            and self._is_inside(position)
        )

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if event.button() != Qt.MouseButton.LeftButton or not self._is_inside(place):
            event.ignore()
            return
        self._pressed_at = place
        self._holds_marker = self._is_on_marker(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._pressed_at is None:
            if not event.buttons():
                shape = Qt.CursorShape
                on_marker = self._is_on_marker(place)
                self.viewport().setCursor(shape.SizeHorCursor if on_marker else shape.ArrowCursor)
                self._point_at(place)
        elif self._holds_marker:
            self._ask_for(self._epoch_at(place))
        else:
            self._point_at(None)
            self._show_band(place)

    def _show_band(self, place: QPointF) -> None:
        """Show the range that is being dragged, if it is wide enough to be meant as one."""
        assert self._pressed_at is not None
        is_range = abs(place.x() - self._pressed_at.x()) >= QApplication.startDragDistance()
        self._band.setVisible(is_range)
        low, high = sorted((self._place_at(self._pressed_at), self._place_at(place)))
        (first, last), (bottom, top) = self.box.viewRange()
        low, high = max(low, first), min(high, last)
        self._band.setRect(QRectF(low, bottom, high - low, top - bottom))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        begun, place, held = self._pressed_at, event.position(), self._holds_marker
        self._let_go()
        if begun is None or event.button() != Qt.MouseButton.LeftButton:
            return
        moved = place - begun
        far = QApplication.startDragDistance()
        if max(abs(moved.x()), abs(moved.y())) < far:
            # Where all is to be shown by a double click, its first half goes nowhere.
            wait = QApplication.doubleClickInterval() if self.is_zoomed and not held else 0
            if not held or moved.isNull():
                self._ask_for(self._epoch_at(begun), wait)
        elif not held and abs(moved.x()) >= far:
            self.show_part(*sorted((self._place_at(begun), self._place_at(place))))

    def _let_go(self) -> None:
        """End what a press began."""
        self._pressed_at, self._holds_marker = None, False
        self._band.hide()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.is_zoomed:
            self.show_all()
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, place = event.angleDelta(), event.position()
        done = False
        if self._is_inside(place) and self._pressed_at is None:
            sideways = abs(turned.x()) > abs(turned.y())
            notches = (turned.x() if sideways else turned.y()) / _NOTCH
            if sideways or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                done = self.pan(-notches * _PAN)
            elif not event.modifiers():
                done = self.zoom(_CLOSER**notches, self._place_at(place))
        event.setAccepted(done)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    # What is under the pointer

    def _point_at(self, position: QPointF | None) -> None:
        """Read out, of the curve that is nearest to the mouse, the point at the epoch there; a
        ghost's stands out if it is near."""
        self._pointer = position
        view = self._view
        if view is None or position is None or not self._is_inside(position):
            self.ghost_lines.point_at(None)
            self.read_out.hide()
            set_tip(self, _TIP)
            return
        scene = self.mapToScene(position.toPoint())
        column, away = self._nearest(view, scene)
        ghost = self.ghost_lines.at(scene)
        if ghost is not None and away <= ghost[1] + _OVER:  # it is drawn over the ghost
            ghost = None
        is_near = ghost is not None and ghost[1] <= _NEAR
        self.ghost_lines.point_at(ghost[0] if ghost and is_near else None)
        # Over the curve a tooltip would cover what is read out.
        is_on = ghost is not None and ghost[1] <= GRIP
        set_tip(self, f"A road that was left: {ghost[0].name}" if ghost and is_on else "")
        epoch = self._epoch(self.box.mapSceneToView(scene).x())
        if ghost is not None:
            points, name = ghost[0].points, f"{_shortened(ghost[0].name)}: loss"
            self._read(view, points[_nearest_row(points[:, 0], epoch)], LOSS, name, "secondary")
        elif column == _TEST:
            curve = view.test_curve
            row = curve[_nearest_row(curve[:, 0], epoch)]
            self._read(view, row, LOSS, "test loss", "negative")
        elif column is not None:
            metric = "" if column == LOSS else view.spec.metrics[column - LOSS - 1]
            name, colour = (METRICS[metric].title, "ink") if metric else ("loss", "positive")
            curve = view.curve
            self._read(view, curve[_nearest_row(curve[:, 0], epoch)], column, name, colour)
        else:
            self.read_out.hide()

    def _nearest(self, view: View, scene: QPointF) -> tuple[int | None, float]:
        """Of the present run's curves the nearest: its column, _TEST for that of test samples, and
        how many pixels away it is."""
        found: tuple[int | None, float] = None, math.inf
        columns = (*self._columns(view), _TEST)
        for column, item in zip(columns, self.curves, strict=False):
            places, values = item.getData()
            away = math.inf if places is None else pixels_to(self.box, (places, values), scene)
            if away < found[1]:
                found = column, away
        return found

    def _read(self, view: View, row: Array, column: int, name: str, colour: str) -> None:
        """Read out a column of a point of a curve."""
        epoch, value = float(row[0]), float(row[column])
        spot = self._spot(epoch, value)
        if spot is None:
            self.read_out.hide()
            return
        count = format_count(int(epoch)) if epoch.is_integer() else format_number(epoch)
        number = format_number(value, view.digits)
        room = QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1)
        free, names = self._ends_of_curves(), self.ghost_lines.names
        words = [each.sceneBoundingRect() for each in names if each.isVisible()]
        self.read_out.show_at(spot, f"epoch {count}", name, number, colour, room, free, words)

    def _spot(self, epoch: float, value: float) -> QPointF | None:
        """Where a point stands in the scene; None for one that has no place there."""
        if not math.isfinite(value) or (self.y_axis.logarithmic and value <= 0.0):
            return None
        level = math.log10(value) if self.y_axis.logarithmic else value
        low, high = self.box.viewRange()[1]
        if not low - (high - low) <= level <= high + (high - low):
            return None
        return QPointF(self.box.mapViewToScene(QPointF(self._place(epoch), level)))

    def _ends_of_curves(self) -> list[QRectF]:
        """What the read-out is not to cover: where each curve ends, and the present moment."""
        around = _ROOM_AROUND_END
        found = []
        for item in (*self.curves, self.now_dot):
            places, values = item.getData()
            if places is not None and len(places):
                end = self.box.mapViewToScene(QPointF(float(places[-1]), float(values[-1])))
                found.append(QRectF(end, end).adjusted(-around, -around, around, around))
        return found

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._pressed_at is not None:
            self._let_go()
        elif self._view is None or not (self._zoom_by_key(event) or self._go_by_key(event)):
            event.ignore()

    def _zoom_by_key(self, event: QKeyEvent) -> bool:
        keys = Qt.Key
        modifiers = Qt.KeyboardModifier
        if event.modifiers() & (modifiers.ControlModifier | modifiers.AltModifier):
            return False
        low, high = self._shown()
        now = self.now_line.value()
        about = now if low <= now <= high else (low + high) / 2
        if event.key() in (keys.Key_Plus, keys.Key_Equal):
            self.zoom(_CLOSER**2, about)
        elif event.key() == keys.Key_Minus:
            self.zoom(_CLOSER**-2, about)
        elif event.key() == keys.Key_0:
            self.show_all()
        else:
            return False
        return True

    def _go_by_key(self, event: QKeyEvent) -> bool:
        assert self._view is not None
        first, last = self._reach()
        now, stride = self._view.epoch_position, 1.0
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            stride = max(1.0, float(round((last - first) / 20)))
        goals = {
            Qt.Key.Key_Left: math.ceil(now) - stride,
            Qt.Key.Key_Right: math.floor(now) + stride,
            Qt.Key.Key_Home: first,
            Qt.Key.Key_End: last,
        }
        goal = goals.get(Qt.Key(event.key()))
        if goal is None:
            return False
        self._bring_into_view(min(max(goal, first), last))
        self._ask_for(goal)
        return True


def _shortened(name: str) -> str:
    """A ghost's name with as many letters as are read out."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _nearest_row(epochs: Array, epoch: float) -> int:
    """The row whose epoch is nearest."""
    after = min(int(np.searchsorted(epochs, epoch)), len(epochs) - 1)
    before = max(0, after - 1)
    return before if epoch - epochs[before] < epochs[after] - epoch else after
