"""OutputBars: the outputs of the shown sample as bars, with their targets."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.maths.activations import Array
from engine.run.classes import NO_CLASS, Classes, classes_of
from engine.run.column_words import with_class
from engine.text.numbers import fewer_digits, format_distinct, format_number
from gui import theme
from gui.view import View
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.plain_text import show_tip
from gui.widgets.vertical_scroll import VerticalScroll

_LEAST_ROW, _TALLEST_ROW = 48, 96  # pixels
_BAR = 30
_LONGEST_NAME = 90
_TICK = 3
_OVERHANG = 4  # pixels by which a target's tick sticks out above and below its bar
_MOST_SPOKEN = 8  # outputs that a screen reader hears of
_EDGE = 2  # pixels free right of the bars, for the tick at their end


class _Rows:
    """What is shown: names, activations, targets, loss terms, and each bar's range."""

    def __init__(self, view: View) -> None:
        sample = view.sample_pass
        self.digits, self.notation = view.digits, view.notation
        spec = view.spec
        depth, outputs = spec.network.depth, range(spec.network.sizes[-1])
        self.names = tuple(with_class(spec, depth, unit) for unit in outputs)
        self.a, self.t, self.loss = sample.a[-1], sample.targets, sample.loss_terms
        self.has_targets, self.loss_units = view.spec.has_targets, view.spec.steps.loss_units
        before = sample if view.before is None else view.before.sample_pass
        self.old = before if before.a[-1].shape == self.a.shape else sample
        low, high = view.spec.network.layers[-1].function.range
        if not np.isfinite((low, high)).all():
            # Bars of an unbounded activation reach from 0 to the furthest target and value.
            targets = view.spec.scaled.targets if self.has_targets else np.zeros(1)
            reached = self.a[np.isfinite(self.a)]
            low = min(0.0, float(targets.min()), float(reached.min(initial=0.0)))
            high = max(0.0, float(targets.max()), float(reached.max(initial=0.0)))
        self.low, self.high = low, high if low < high else low + 1.0
        self._take_class(classes_of(spec))

    def _take_class(self, classes: Classes | None) -> None:
        """Which class the outputs give, and whether it is that of the targets."""
        self.has_classes = classes is not None and len(self.names) > 1
        self.marked_row, self.is_right, self.given = -1, False, ""
        if classes is None or not classes.are_named:
            return
        given, named = int(classes.given(self.a)), int(classes.named(self.t))
        if NO_CLASS not in (given, named):
            self.marked_row = given if self.has_classes else 0
            self.is_right, self.given = given == named, classes.names[given]

    def mark(self, row: int) -> str:
        """A sign on the class that the outputs give: whether it is the right one."""
        if row != self.marked_row:
            return ""
        sign = "✓" if self.is_right else "✗"
        return sign if self.has_classes else f"{sign} {self.given}"

    def in_words(self) -> str:
        """Which class the outputs give; nothing where there are none."""
        if self.marked_row < 0:
            return ""
        return f"given: {self.given}, which is {'right' if self.is_right else 'wrong'}"

    def colour(self, row: int) -> QColor:
        """The colour of a bar: that of its class on the class map, else by its sign."""
        colours = theme.current()
        if self.has_classes:
            return QColor(colours.classes[row])
        return colours.signed(float(self.a[row]))

    def share(self, value: float) -> float:
        """Where a value stands between the ends of the bars, from 0 to 1."""
        share = (value - self.low) / (self.high - self.low)
        return float(min(max(share, 0.0), 1.0)) if np.isfinite(share) else 0.0

    def text(self, row: int, digits: int | None) -> str:
        """Activation, target and loss term of one output, as written below its bar."""
        shown = self._shown(row)
        return "   ".join(
            f"{letter} {format_number(float(new[row]), digits)}" for letter, new, _ in shown
        )

    def _shown(self, row: int) -> list[tuple[str, Array, Array]]:
        """What is said of an output: letter, values, and those before an edit. Target and loss as
        far as they play a part."""
        letters, old = self.notation, self.old
        shown = [(letters.activation, self.a, old.a[-1])]
        if self.has_targets:
            shown.append((letters.target, self.t, old.targets))
        if row in self.loss_units:
            shown.append((letters.loss, self.loss, old.loss_terms))
        return shown

    def parts(self, row: int, digits: int | None) -> list[tuple[str, bool]]:
        """The text of a row in parts, each with whether it is the value before an edit, which is
        struck through."""
        parts = list[tuple[str, bool]]()
        for letter, new, before in self._shown(row):
            parts.append((f"   {letter} " if parts else f"{letter} ", False))
            now, then = float(new[row]), float(before[row])
            text = format_number(now, digits)
            if then != now:
                struck, text = format_distinct(then, now, digits)
                parts += [(struck, True), (" ", False)]
            parts.append((text, False))
        return parts


class _Bars(QWidget):
    """The rows themselves; only those that are seen are drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: _Rows | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        count = len(self.rows.names) if self.rows is not None else 1
        return QSize(200, count * theme.px(_LEAST_ROW))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def row_height(self) -> float:
        """Pixels from one row to the next: all of the height shared, within limits."""
        count = len(self.rows.names) if self.rows is not None else 1
        return min(max(self.height() / count, theme.px(_LEAST_ROW)), theme.px(_TALLEST_ROW))

    def track(self) -> tuple[float, float]:
        """Left and right end of the bars."""
        metrics = QFontMetrics(theme.font(theme.CANVAS, bold=True))
        names = self.rows.names if self.rows is not None else ()
        widest = max((metrics.horizontalAdvance(name) for name in names[:64]), default=0)
        return min(widest + 2, theme.px(_LONGEST_NAME)) + theme.MARGIN, self.width() - _EDGE

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self.rows is not None:
            row = int(event.pos().y() // self.row_height())
            if row < len(self.rows.names):
                text = f"{self.rows.names[row]}: {self.rows.text(row, None)}"
                show_tip(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        rows = self.rows
        if rows is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.row_height()
        first = int(event.rect().top() // height)
        last = min(int(event.rect().bottom() // height), len(rows.names) - 1)
        for row in range(first, last + 1):
            self._paint_row(painter, rows, row, row * height, height)

    def _paint_row(
        self, painter: QPainter, rows: _Rows, row: int, top: float, height: float
    ) -> None:
        colours = theme.current()
        left, right = self.track()
        text_height = QFontMetrics(theme.font(theme.SMALL)).height()
        bar = min(theme.px(_BAR), height - text_height - 2 * _OVERHANG - 8)
        top += max(_OVERHANG, (height - bar - text_height - 8) / 2)
        painter.setFont(theme.font(theme.CANVAS, bold=True))
        painter.setPen(colours.colour("ink"))
        metrics = QFontMetrics(painter.font())
        name = metrics.elidedText(
            rows.names[row], Qt.TextElideMode.ElideRight, round(left - theme.MARGIN)
        )
        painter.drawText(QRectF(0, top, left, bar), Qt.AlignmentFlag.AlignVCenter, name)

        track = QRectF(left, top, right - left, bar)
        painter.setPen(colours.colour("border"))
        painter.setBrush(colours.colour("sunken"))
        painter.drawRoundedRect(track, 3, 3)
        a, t = float(rows.a[row]), float(rows.t[row])
        ends = sorted(left + rows.share(value) * track.width() for value in (0.0, a))
        fill = rows.colour(row)
        painter.setPen(fill)
        fill.setAlphaF(0.45)
        painter.setBrush(fill)
        if ends[0] < ends[1] and np.isfinite(a):
            painter.drawRoundedRect(QRectF(ends[0], top, ends[1] - ends[0], bar), 3, 3)
        if rows.has_targets:
            tick = QRectF(
                left + rows.share(t) * track.width() - _TICK / 2,
                top - _OVERHANG, _TICK, bar + 2 * _OVERHANG,
            )
            painter.fillRect(tick, colours.colour("accent"))
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(colours.colour("ink"))
        below = QRectF(left, track.bottom() + _OVERHANG + 2, track.width(), text_height)
        if mark := rows.mark(row):
            painter.setPen(colours.colour("positive_text" if rows.is_right else "error"))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(below, flags, mark)
            width = QFontMetrics(theme.font(theme.SMALL)).horizontalAdvance(mark)
            below.setWidth(below.width() - width - theme.GAP)
        for text, struck in self._fitting(rows, row, below):
            font = theme.font(theme.SMALL)
            font.setStrikeOut(struck)
            painter.setFont(font)
            painter.setPen(colours.colour("secondary" if struck else "ink"))
            painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, text)
            below.setLeft(below.left() + QFontMetrics(font).horizontalAdvance(text))

    def _fitting(self, rows: _Rows, row: int, place: QRectF) -> list[tuple[str, bool]]:
        """The parts of a row with as many digits as there is room for, those struck through only
        where there is room for them too."""
        metrics = QFontMetrics(theme.font(theme.SMALL))
        for digits in fewer_digits(rows.digits, 3):
            parts = rows.parts(row, digits)
            if metrics.horizontalAdvance("".join(text for text, _ in parts)) <= place.width():
                return parts
        text = rows.text(row, 4)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(place.width()))
        return [(text, False)]


class _Foot(QWidget):
    """The ends of the bars in numbers, and what the tick means."""

    def __init__(self, bars: _Bars) -> None:
        super().__init__()
        self._bars = bars
        self.restyle()

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self.setFixedHeight(QFontMetrics(theme.font(theme.SMALL)).height() + 2)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        rows = self._bars.rows
        if rows is None:
            return
        left, right = self._bars.track()
        painter = QPainter(self)
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(theme.current().colour("secondary"))
        place = QRectF(left, 0, right - left, self.height())
        flags = Qt.AlignmentFlag
        painter.drawText(place, flags.AlignLeft | flags.AlignVCenter, format_number(rows.low, 4))
        painter.drawText(place, flags.AlignRight | flags.AlignVCenter, format_number(rows.high, 4))
        if not rows.has_targets:
            return
        width = QFontMetrics(painter.font()).horizontalAdvance("target")
        middle = place.center().x()
        accent = theme.current().colour("accent")
        painter.fillRect(QRectF(middle - width / 2 - 8, 1, _TICK, self.height() - 2), accent)
        painter.setPen(accent)
        painter.drawText(place.translated(4, 0), flags.AlignCenter, "target")


class OutputBars(QWidget):
    """A bar per output of the shown sample, a tick at its target, and its numbers below.

    The rows share the height there is and scroll where it is too little for all of them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outputBars")
        self.setAccessibleName("Outputs and targets of the shown sample")
        self._bars = _Bars()
        self._foot = _Foot(self._bars)
        self._scroll = VerticalScroll(self._bars)
        self.setLayout(column((self._scroll, 1), self._foot, gap=2, margins=NO_MARGINS))
        self.restyle()

    def display(self, view: View) -> None:
        """Show the outputs of a View's sample."""
        known = self._bars.rows
        self._bars.rows = _Rows(view)
        if known is None or len(known.names) != len(self._bars.rows.names):
            self._bars.updateGeometry()
        compared = " and targets" if view.spec.has_targets else ""
        self.setAccessibleName(f"Outputs{compared} of the shown sample")
        given = self._bars.rows.in_words()
        said = [*([given] if given else []), *self.texts(_MOST_SPOKEN)]
        self.setAccessibleDescription("; ".join(said))
        self._bars.update()
        self._foot.update()

    def texts(self, most: int | None = None) -> list[str]:
        """The first outputs' lines: name, activation, target and loss term."""
        rows = self._bars.rows
        if rows is None:
            return []
        return [
            f"{name}: {rows.text(row, rows.digits)}" for row, name in enumerate(rows.names[:most])
        ]

    def restyle(self) -> None:
        """Take the colours of the theme in force, and the size of text."""
        self._scroll.setMinimumHeight(theme.px(_LEAST_ROW))
        self._bars.updateGeometry()
        self._bars.update()
        self._foot.restyle()
