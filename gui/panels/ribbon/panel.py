"""The ribbon under the canvas: a tick for every step of the iteration, to read and to seek."""

from __future__ import annotations

from math import ceil, floor

from msgspec import Struct
from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from engine.formulas.notation import DEFAULT
from engine.run.column_words import step_title
from engine.run.spec import Spec
from engine.run.steps import Steps
from engine.text.numbers import format_count
from gui import theme
from gui.panels.ribbon.plan import SIDE, TITLES, RibbonPlan, count_width
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.layouts import NO_MARGINS, row
from gui.widgets.plain_text import set_tip, show_tip

HINT = "PgDn step · PgUp back · drag to seek"
_KEPT_OUT_HINT = "a {}: nothing is learnt from it, so its pass ends with the loss"
TEST_HINT = _KEPT_OUT_HINT.format("test sample")
RATES = {0.5: "½ step/s", 1.0: "1 step/s", 2.0: "2 steps/s", 5.0: "5 steps/s", 10.0: "10 steps/s"}

# Pixels, those of what text stands in at 100 %.
_TOP = 2
_TOP_WITHOUT_TITLES = 4  # the frame of the focus stands in it
_TITLE_HEIGHT = 22
_TICK_HEIGHT = 26
_LOWEST_TICK = 12
_HINT_HEIGHT = 24
_NOT_OF_SAMPLE = 0.35  # opacity of the steps that a sample kept out of training has not
_USUAL_WIDTH, _LEAST_WIDTH = 700, 350

_PLAY, _STOP = "▶ Play", "■ Stop"
_PLAY_TIP = "Play: step after step (P)"


def _radius(width: float) -> float:
    return min(3.0, width / 4)


class _Pictures(Struct, frozen=True, eq=False):
    """The ribbon with every step taken and with none, and the look they were made for."""

    look: tuple[object, ...]
    done: QPixmap
    ahead: QPixmap


class StepRibbon(QWidget):
    """Click or drag to go to a step; Left and Right by step, with Ctrl by layer, Home and End.
    Below it, where there is room, Play and how fast."""

    seek_requested = Signal(int)  # how many steps are to be revealed
    play_toggled = Signal()
    rate_chosen = Signal(float)  # steps a second

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ribbon")
        self.setAccessibleName("Steps of this iteration")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._steps: Steps | None = None
        self._spec: Spec | None = None
        self._notation = DEFAULT
        self._revealed = 0
        self._last = 0  # how many of the steps the sample shown goes through
        self._kind = ""  # what that is called, if nothing is learnt from it
        self._plan = RibbonPlan((), 0)
        self._pointed: int | None = None  # the step under the mouse
        self._pictures: _Pictures | None = None
        self._focus_by_key = False
        self._is_low = False
        self._asked: int | None = None  # what the drag going on asked for last
        self._make_play_controls()

    def _make_play_controls(self) -> None:
        self._play = Button(_PLAY, "play", _PLAY_TIP, self.play_toggled, link=True)
        self._rate_menu = QMenu(self)
        self._rate = Button("", "playRate", "How fast Play steps", self._show_rates, link=True)
        for rate, title in RATES.items():
            action = self._rate_menu.addAction(title)
            action.triggered.connect(lambda _=False, rate=rate: self._choose_rate(rate))
        self._controls = QWidget(self)
        self._controls.setCursor(Qt.CursorShape.ArrowCursor)
        self._controls.setLayout(row(self._play, self._rate, gap=10, margins=NO_MARGINS))
        self._show_rate(2.0)

    def _choose_rate(self, rate: float) -> None:
        self._show_rate(rate)
        self.rate_chosen.emit(rate)

    def _show_rate(self, rate: float) -> None:
        self._rate.setText(f"{RATES[rate]} ▾")
        self._rate.setAccessibleName(f"Playing speed: {RATES[rate]}")
        self._place_controls()

    def _show_rates(self) -> None:
        self._rate_menu.popup(self._rate.mapToGlobal(self._rate.rect().bottomLeft()))

    def show_playing(self, playing: bool) -> None:
        """Offer to stop while steps are played, else to play them."""
        self._play.setText(_STOP if playing else _PLAY)
        self._play.setAccessibleName("Stop" if playing else "Play")
        set_tip(self._play, "Stop (P)" if playing else _PLAY_TIP)
        self._place_controls()

    def _place_controls(self) -> None:
        """At the right end of the line of the hint, where that line has room."""
        size = self._controls.sizeHint()
        self._controls.setGeometry(
            self.width() - size.width() - SIDE, self.height() - size.height(),
            size.width(), size.height(),
        )
        self._controls.setVisible(self._has_hint)

    @property
    def _has_hint(self) -> bool:
        least = self.minimumSizeHint().height() + theme.px(_HINT_HEIGHT)
        return not self._is_low and self.height() >= least

    @property
    def _ticks_top(self) -> int:
        return _TOP_WITHOUT_TITLES if self._is_low else _TOP + theme.px(_TITLE_HEIGHT)

    def keep_low(self, is_low: bool) -> None:
        """Be the ticks alone, as low as they can be, or all there is: what the titles say stands in
        the chip above the network too."""
        if is_low != self._is_low:
            self._is_low = is_low
            self.restyle()

    def sizeHint(self) -> QSize:
        if self._is_low:
            return QSize(theme.px(_USUAL_WIDTH), self.minimumSizeHint().height())
        height = self._ticks_top + theme.px(_TICK_HEIGHT) + theme.px(_HINT_HEIGHT)
        return QSize(theme.px(_USUAL_WIDTH), height)

    def minimumSizeHint(self) -> QSize:
        below = _TOP_WITHOUT_TITLES if self._is_low else 2
        return QSize(theme.px(_LEAST_WIDTH), self._ticks_top + theme.px(_LOWEST_TICK) + below)

    def display(self, view: View) -> None:
        """Show how far the iteration has been stepped through."""
        shown, is_known = self._revealed, view.steps is self._steps
        self._spec = view.spec
        if not is_known:
            self._steps = view.steps
            self._pointed = None
            self._plan_anew()
            self._update_all()
        self._kind = view.spec.data.kind_of(view.sample)
        last = view.spec.steps_of(view.sample)
        if last != self._last:
            self._last = last
            self.update()
        elif (view.revealed, view.notation) == (self._revealed, self._notation) and is_known:
            return
        self._revealed, self._notation = view.revealed, view.notation
        step = view.step
        words = (
            f"before the first of {len(view.steps)} steps"
            if step is None
            else self._words(view.revealed - 1)
        )
        self.setAccessibleDescription(
            f"{words}; {self._hint}" if self._is_kept_out else words
        )
        self._update_between(shown, view.revealed)

    def _update_between(self, before: int, now: int) -> None:
        """Paint anew what changes between two numbers of steps: ticks, and titles of passes."""
        if self._phase_at(before) != self._phase_at(now):
            self._update_all()
        elif before and now:
            ends = [self._plan.span_of(k - 1) for k in (before, now)]
            left = floor(min(left for left, _ in ends)) - 1
            right = ceil(max(left + width for left, width in ends)) + 1
            self.update(left, self._ticks_top, right - left, theme.px(_TICK_HEIGHT))

    def _update_all(self) -> None:
        """Paint all but the buttons below, whose painting takes far longer."""
        self.update(0, 0, self.width(), self._controls.y() if self._has_hint else self.height())

    @property
    def _is_kept_out(self) -> bool:
        return self._steps is not None and self._last < len(self._steps)

    @property
    def _hint(self) -> str:
        return _KEPT_OUT_HINT.format(self._kind) if self._is_kept_out else HINT

    def _phase_at(self, revealed: int) -> str | None:
        if self._steps is None or not 0 < revealed <= len(self._steps):
            return None
        return self._steps.group_of(revealed - 1).phase

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self.updateGeometry()
        self._plan_anew()
        self._place_controls()
        self.update()

    def _plan_anew(self) -> None:
        if self._steps is not None:
            self._plan = RibbonPlan(self._steps.groups, self.width() - 2 * SIDE)

    def _words(self, k: int) -> str:
        assert self._steps is not None and self._spec is not None
        title = step_title(self._spec, self._steps.id_at(k), self._notation)
        if k >= self._last:
            return f"{title} · not of {self._hint}"
        return f"{title} · step {k + 1} of {len(self._steps)}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._plan_anew()
        self._place_controls()

    # What the person does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._steps is not None:
            self._asked = self._revealed
            self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._steps is None:
            return
        if self._asked is not None:
            self._drag_to(event.position().x())
        self._point_at(self._plan.revealed_at(event.position().x()) - 1, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._asked = None

    def leaveEvent(self, event: object) -> None:
        self._pointed = None
        self.update()

    def _drag_to(self, x: float) -> None:
        revealed = self._plan.revealed_at(x)
        if revealed != self._asked:
            self._asked = revealed
            self.seek_requested.emit(revealed)

    def _point_at(self, k: int, event: QMouseEvent) -> None:
        pointed = k if k >= 0 else None
        if pointed == self._pointed:
            return
        self._pointed = pointed
        self.update()
        if pointed is None:
            QToolTip.hideText()
        else:
            below = QPoint(0, 12)
            show_tip(event.globalPosition().toPoint() + below, self._words(k), self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        target = self._target_of(event)
        if target is None:
            event.ignore()
        elif target != self._revealed:
            self.seek_requested.emit(target)

    def _target_of(self, event: QKeyEvent) -> int | None:
        """How many steps a key wants revealed; None for a key that means nothing here."""
        if self._steps is None:
            return None
        now, last = self._revealed, len(self._steps)
        back, on = max(now - 1, 0), min(now + 1, last)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            ends = self._steps.boundaries("layer") or ()
            back = max((end for end in ends if end < now), default=0)
            on = min((end for end in ends if end > now), default=last)
        targets: dict[int, int] = {
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_Left: back,
            Qt.Key.Key_Right: on,
            Qt.Key.Key_End: last,
        }
        return targets.get(event.key())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._focus_by_key = event.reason() in reasons
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._focus_by_key = False
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._steps is None:
            return
        painter = QPainter(self)
        colours = theme.current()
        hint = self._has_hint
        top, below = self._ticks_top, theme.px(_HINT_HEIGHT) if hint else 0
        room = self.height() - top - (_TOP_WITHOUT_TITLES if self._is_low else 2) - below
        height = min(theme.px(_TICK_HEIGHT), room)
        if height <= 0:
            return  # it has not been given its new height yet
        if event.rect().top() < top and not self._is_low:
            self._paint_titles(painter, colours)
        if hint and event.rect().bottom() >= top + height:
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(colours.colour("secondary"))
            room = self._controls.x() - 2 * SIDE
            words = painter.fontMetrics().elidedText(
                self._hint, Qt.TextElideMode.ElideRight, int(room)
            )
            if words == HINT or self._is_kept_out:
                line = QRectF(SIDE, top + height, room, below)
                bottom_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
                painter.drawText(line, bottom_left, words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ticks(painter, colours, top, height)

    def _paint_titles(self, painter: QPainter, colours: theme.Theme) -> None:
        current = self._phase_at(self._revealed)
        named: set[str] = set()
        for band in self._plan.bands:
            phase = band.group.phase
            if phase in named:
                continue
            named.add(phase)
            painter.setFont(theme.font(theme.SMALL, bold=phase == current))
            painter.setPen(colours.colour("accent" if phase == current else "secondary"))
            place = QRectF(band.left, _TOP, self.width(), theme.px(_TITLE_HEIGHT))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft, TITLES[phase])

    def _paint_ticks(
        self, painter: QPainter, colours: theme.Theme, top: int, height: int
    ) -> None:
        pictures = self._pictures_for(colours, height)
        end = 0.0
        if self._revealed:
            left, width = self._plan.span_of(self._revealed - 1)
            end = left + width
        here = QRectF(0, top, end, height)
        beyond = QRectF(end, top, self.width() - end, height)
        scale = self.devicePixelRatioF()
        pieces = [(pictures.done, here, 1.0), (pictures.ahead, beyond, 1.0)]
        if self._is_kept_out:
            begin = self._plan.span_of(self._last)[0]
            beyond.setRight(begin)
            rest = QRectF(begin, top, self.width() - begin, height)
            pieces.append((pictures.ahead, rest, _NOT_OF_SAMPLE))
        for picture, place, opacity in pieces:
            painter.setOpacity(opacity)
            source = QRectF(place.left() * scale, 0, place.width() * scale, height * scale)
            painter.drawPixmap(place, picture, source)
        painter.setOpacity(1.0)
        if self._revealed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.colour("accent"))
            radius = _radius(width)
            painter.drawRoundedRect(QRectF(left, top, width, height), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(colours.colour("accent"))
        if self._pointed is not None:
            left, width = self._plan.span_of(self._pointed)
            around = QRectF(left + 0.5, top + 0.5, width - 1, height - 1)
            painter.drawRoundedRect(around, _radius(width), _radius(width))
        if self._focus_by_key:
            last = self._plan.bands[-1]
            around = QRectF(SIDE - 3.5, top - 3.5, last.left + last.width - SIDE + 7, height + 7)
            painter.drawRoundedRect(around, theme.RADIUS, theme.RADIUS)

    def _pictures_for(self, colours: theme.Theme, height: int) -> _Pictures:
        """The ticks all taken and all ahead: a paint is then a piece of each, whatever the
        number of ticks."""
        look = (self._plan, colours.name, theme.percent(), height, self.devicePixelRatioF())
        if self._pictures is None or self._pictures.look != look:
            done, ahead = self._blank(height), self._blank(height)
            done_painter, ahead_painter = QPainter(done), QPainter(ahead)
            for painter in (done_painter, ahead_painter):
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            done_painter.setPen(Qt.PenStyle.NoPen)
            done_painter.setBrush(colours.colour("accent_done"))
            ahead_painter.setPen(QPen(colours.colour("border"), 1.5))
            for left, width in self._plan.shapes():
                radius = _radius(width)
                done_painter.drawRoundedRect(QRectF(left, 0, width, height), radius, radius)
                outline = QRectF(left + 0.75, 0.75, width - 1.5, height - 1.5)
                ahead_painter.drawRoundedRect(outline, radius, radius)
            for painter, colour in ((done_painter, "done_ink"), (ahead_painter, "secondary")):
                painter.setPen(colours.colour(colour))
                painter.setFont(theme.font(theme.SMALL))
                self._paint_counts(painter, height)
            done_painter.end()
            ahead_painter.end()
            self._pictures = _Pictures(look, done, ahead)
        return self._pictures

    def _paint_counts(self, painter: QPainter, height: int) -> None:
        """Write into each bar with room for it how many steps it stands for."""
        if height < painter.fontMetrics().height() + 2:
            return  # low bars: a tooltip tells it too
        for band in self._plan.bands:
            if not band.pitch and count_width(band.count) <= band.width:
                place = QRectF(band.left, 0, band.width, height)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, format_count(band.count))

    def _blank(self, height: int) -> QPixmap:
        scale = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * scale), round(height * scale))
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        return picture
