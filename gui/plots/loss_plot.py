"""LossPlot: the loss over the epochs, with a handle at the present moment."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

from engine.maths.activations import Array
from engine.text.numbers import format_count, format_number
from gui import theme
from gui.plots.epoch_plot import HEADROOM, LEAST_DECADES, EpochPlot, Series, with_log_margin
from gui.plots.ghost_lines import GhostLines
from gui.plots.solid_line import SolidLine
from gui.plots.thinned_curve import ThinnedCurve
from gui.view import View
from gui.widgets.plain_text import set_tip

LOSS = 1  # the column of View.curve that has the loss

_EDGE = 8  # pixels kept free left and right, so that the dot is whole at either end
_GRIP = 6  # pixels from the line that still take hold of it
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
_TIP = "Click or drag to go to an epoch; ← and → go one epoch"


class LossPlot(EpochPlot):
    """Loss and error metrics over the epochs, ghosts, and the marker of the present moment.

    A click or drag asks for the epoch under the mouse (`epoch_asked`), at most once a turn of the
    event loop; the marker moves when the answer comes back as a View. So do ← and → (an epoch),
    with Shift (a twentieth of the curve), Home and End.
    """

    epoch_asked = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lossPlot")
        self.setAccessibleName("Loss curve")
        set_tip(self, _TIP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._view: View | None = None
        self._metrics: tuple[int, ...] = ()
        self._thinned = ThinnedCurve()
        self._dragging = False
        self._asked: float | None = None
        self._ask_timer = QTimer(self, singleShot=True)
        self._ask_timer.timeout.connect(self._ask)

        self.curves: list[pg.PlotCurveItem] = []
        self.ghost_lines = GhostLines(self)
        self.now_line = pg.InfiniteLine(angle=90)
        self.now_dot = pg.ScatterPlotItem(size=11, antialias=True)
        self.now_name = pg.TextItem("now")
        for height, item in enumerate((self.now_line, self.now_dot, self.now_name), start=10):
            item.setZValue(height)
            self.addItem(item)
        self.now_dot.setZValue(30)  # over the names of ghosts
        self.restyle()

    def display(self, view: View, metrics: tuple[int, ...] = ()) -> None:
        """Show the curve of a View, and these columns of it beside the loss."""
        self._view, self._metrics = view, metrics
        self._redraw()

    # Drawing

    def _all_series(self, view: View) -> list[Series]:
        """What is drawn: loss, metrics, ghosts, and last the present moment (if it is known)."""
        pixels = self._pixels_across()
        series = [
            _finite(*self._thinned.points(view.curve, column, pixels))
            for column in self._columns(view)
        ]
        series += [_finite(*ghost) for ghost in self.ghost_lines.choose(view.ghosts)]
        if view.loss is not None and math.isfinite(view.loss):
            series.append((np.array([view.epoch_position]), np.array([view.loss])))
        return series

    def _columns(self, view: View) -> tuple[int, ...]:
        """The columns of View.curve that are drawn; none while it has no point."""
        return (LOSS, *self._metrics) if len(view.curve) else ()

    def _redraw(self) -> None:
        view = self._view
        if view is None:
            return
        drawn = self._on_loss_axis(self._all_series(view))
        count = len(self._columns(view))
        here = slice(count, count + len(self.ghost_lines.shown))
        ghosts, road = drawn[here], drawn[:count] + drawn[here.stop :]
        self._show_all(road, ghosts, view.epoch_position)
        self._have_curves(count)
        for curve, series in zip(self.curves, drawn, strict=False):
            curve.setData(*series)
        self.ghost_lines.draw([(epochs, self._within_reach(values)) for epochs, values in ghosts])
        self._mark_now(view, drawn[here.stop :])

    def _have_curves(self, count: int) -> None:
        """Have as many items as there are curves; what is there already stays."""
        if len(self.curves) == count:
            return
        while len(self.curves) > count:
            self.removeItem(self.curves.pop())
        while len(self.curves) < count:
            self.curves.append(pg.PlotCurveItem(antialias=True) if self.curves else SolidLine())
            self.addItem(self.curves[-1])
        self.restyle()

    def _show_all(self, road: list[Series], ghosts: list[Series], now: float) -> None:
        """Choose the range: all of the present road is seen, and of the ghosts as much as leaves it
        a third of the height, for beside one that diverged it would be a flat line."""
        epochs = np.concatenate([np.array([now]), *(series[0] for series in road + ghosts)])
        values = np.concatenate([np.empty(0), *(series[1] for series in road)])
        first, last = float(epochs.min()), float(epochs.max())
        last = max(last, first + 1.0)
        edge = (last - first) * _EDGE / max(50.0, self.box.width() - 2 * _EDGE)
        logarithmic = self.y_axis.logarithmic
        low, high = 0.0, 1.0
        if len(values):
            low, high = float(values.min()), float(values.max())
            lowest, highest = (low, high) if logarithmic else (min(low, 0.0), max(high, 0.0))
            span = max(highest - lowest, LEAST_DECADES if logarithmic else 0.0)
            for _, others in ghosts:
                if len(others):
                    low = min(low, max(float(others.min()), lowest - span))
                    high = max(high, min(float(others.max()), highest + span))
        if logarithmic:
            low, high = with_log_margin(low, high)
        else:
            low, high = min(low, 0.0), high * HEADROOM if high > 0.0 else 1.0
            low -= (high - low) * _EDGE / max(50.0, self.box.height())
        self._name_epochs(float(epochs.max()))
        self.show_range((first - edge, last + edge), (low, high))

    def _name_epochs(self, last: float) -> None:
        """Write at the end of the axis how far it goes."""
        count = format_count(int(last)) if last.is_integer() else format_number(last, 4)
        name = "epoch" if last == 0.0 else "1 epoch" if last == 1.0 else f"{count} epochs"
        self.x_axis.set_name(name)

    def _mark_now(self, view: View, drawn: list[Series]) -> None:
        """Put line and dot at the present moment; the word too, unless it is the curve's end."""
        now = view.epoch_position
        self.now_line.setPos(now)
        self.now_dot.setData(*(drawn[0] if drawn else ([], [])))
        left, right = self._reach()
        alone = left == right
        self.now_line.setVisible(not alone)
        self.now_name.setVisible(alone or now < right)
        (low_x, high_x), (_, high_y) = self.box.viewRange()
        beside = _EDGE * self.box.viewPixelSize()[0]
        on_the_right = now < (low_x + high_x) / 2
        self.now_name.setAnchor((0.0 if on_the_right else 1.0, 0.5 if alone else 0.0))
        level = float(drawn[0][1][0]) if alone and drawn else high_y
        self.now_name.setPos(now + (beside if on_the_right else -beside), level)

    def _reach(self) -> tuple[float, float]:
        """The epochs one can go to: from the first point of the curve to its end."""
        view = self._view
        assert view is not None
        ends = [view.epoch_position]
        if len(view.curve):
            ends += [float(view.curve[0, 0]), float(view.curve[-1, 0])]
        return min(ends), max(ends)

    def restyle(self) -> None:
        super().restyle()
        colours = theme.current()
        for number, curve in enumerate(self.curves):
            if isinstance(curve, SolidLine):
                curve.set_colour(colours.colour("positive"))
            else:
                dash = _DASHES[(number - 1) % len(_DASHES)]
                curve.setPen(pg.mkPen(colours.colour("ink"), width=1, style=dash))
            curve.setZValue(5 - number)
        self.ghost_lines.restyle()
        accent = colours.colour("accent")
        self.now_line.setPen(pg.mkPen(accent, width=2))
        self.now_dot.setBrush(pg.mkBrush(accent))
        ring = "accent_done" if self.hasFocus() else "card"
        self.now_dot.setPen(pg.mkPen(colours.colour(ring), width=3 if self.hasFocus() else 1))
        self.now_name.setColor(accent)
        self.now_name.setFont(theme.font(theme.SMALL))
        self.now_name.fill = pg.mkBrush(colours.colour("card"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.restyle()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.restyle()

    # Asking for another moment

    def _ask_for(self, epoch: float) -> None:
        """Ask for an epoch within reach once the events at hand are through."""
        first, last = self._reach()
        epoch = min(max(epoch, first), last)
        if first < last:
            self._asked = epoch
            self._ask_timer.start(0)

    def _ask(self) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            self.epoch_asked.emit(asked)

    def _epoch_at(self, position: QPointF) -> float:
        """The epoch under a point of the widget: a whole one, or where the few that are shown
        are wider than a pixel's precision, a whole iteration."""
        assert self._view is not None
        epoch = float(self.box.mapSceneToView(self.mapToScene(position.toPoint())).x())
        first, last = self._reach()
        parts = 1
        if last - first < self.box.width():
            parts = self._view.spec.iterations_per_epoch
        return round(epoch * parts) / parts

    def _is_inside(self, position: QPointF) -> bool:
        scene = self.mapToScene(position.toPoint())
        return self._view is not None and self.box.sceneBoundingRect().contains(scene)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._dragging = (
            event.button() == Qt.MouseButton.LeftButton and self._is_inside(event.position())
        )
        if self._dragging:
            self._ask_for(self._epoch_at(event.position()))
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._ask_for(self._epoch_at(event.position()))
        elif not event.buttons():
            line = self.box.mapViewToScene(QPointF(self.now_line.value(), 0.0)).x()
            near = abs(event.position().x() - line) <= _GRIP and self._is_inside(event.position())
            shape = Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self._point_at(None if near else event.position())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def _point_at(self, position: QPointF | None) -> None:
        """Name the ghost under the mouse."""
        ghost = None
        if position is not None and self._is_inside(position):
            ghost = self.ghost_lines.at(self.mapToScene(position.toPoint()))
        self.ghost_lines.point_at(ghost)
        set_tip(self, _TIP if ghost is None else f"A road that was left: {ghost.name}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._view is None or not self._go_by_key(event):
            event.ignore()

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
        self._ask_for(goal)
        return True


def _finite(epochs: Array, values: Array) -> Series:
    """The points whose values are finite: a run near divergence may have others."""
    kept = np.isfinite(values)
    return (epochs, values) if kept.all() else (epochs[kept], values[kept])
