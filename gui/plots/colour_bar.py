"""ColourBar: which colour of the surface stands for which value."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.text.numbers import format_number
from gui import theme
from gui.plots.colours import gradient

_THICKNESS = 10
_GAP = 4


class ColourBar(QWidget):
    """The colours from `low` to `high` with three numbers, below the surface or beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("colourBar")
        self._low, self._high, self._open = 0.0, 1.0, False
        self._upright = False
        self._inset = 0
        self._name = ""

    def set_name(self, name: str) -> None:
        """Name the output, left of a bar that lies where there is room."""
        if name != self._name:
            self._name = name
            self.update()

    @property
    def upright(self) -> bool:
        """Whether the bar stands beside the surface; else it lies below it."""
        return self._upright

    def set_range(self, low: float, high: float, open_ended: bool) -> None:
        """Show the colours of this range; `open_ended` if values may lie beyond its ends."""
        if (low, high, open_ended) == (self._low, self._high, self._open):
            return
        self._low, self._high, self._open = low, high, open_ended
        self.setAccessibleName(f"Colours from {self.texts()[0]} to {self.texts()[2]}")
        self.update()

    def set_upright(self, upright: bool) -> None:
        """Stand beside the surface rather than lie below it."""
        if upright != self._upright:
            self._upright = upright
            self.update()

    def set_inset(self, pixels: int) -> None:
        """Leave so many pixels free on the left (lying) or below (upright), as the plot does."""
        if pixels != self._inset:
            self._inset = pixels
            self.update()

    def texts(self) -> tuple[str, str, str]:
        """The numbers at the lower end, in the middle and at the upper end."""
        low, high = format_number(self._low, 4), format_number(self._high, 4)
        if self._open:
            low, high = f"≤ {low}", f"≥ {high}"
        return low, format_number((self._low + self._high) / 2, 4), high

    def size_of(self, upright: bool) -> QSize:
        """How large it is at least, standing or lying."""
        metrics = QFontMetrics(theme.font(theme.SMALL))
        if upright:
            widest = max(map(metrics.horizontalAdvance, self.texts()))
            return QSize(_THICKNESS + _GAP + widest, theme.px(40))
        return QSize(theme.px(120), _THICKNESS + _GAP + metrics.height())

    def sizeHint(self) -> QSize:
        return self.size_of(self._upright)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font(theme.SMALL))
        metrics = QFontMetrics(painter.font())
        height = metrics.height()
        if self._upright:
            length = self.height() - self._inset
            bar = QRectF(0, 0, _THICKNESS, length)
            colours = gradient(0, length, 0, 0)
            spots = [(length - height, 0.0), (length / 2 - height / 2, 0.0), (0.0, 0.0)]
            left = _THICKNESS + _GAP
            rects = [QRectF(left, y, self.width() - left, height) for y, _ in spots]
            sides = [Qt.AlignmentFlag.AlignLeft] * 3
        else:
            length = self.width() - self._inset
            bar = QRectF(self._inset, 0, length, _THICKNESS)
            colours = gradient(bar.left(), 0, bar.right(), 0)
            row = QRectF(self._inset, _THICKNESS + _GAP, length, height)
            rects = [row] * 3
            sides = [
                Qt.AlignmentFlag.AlignLeft,
                Qt.AlignmentFlag.AlignHCenter,
                Qt.AlignmentFlag.AlignRight,
            ]
            room = QRectF(0, _THICKNESS / 2 - height / 2, self._inset - _GAP, height)
            name = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, round(room.width()))
            painter.setPen(theme.current().colour("secondary"))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight, name)
        painter.fillRect(bar, colours)
        painter.setPen(theme.current().colour("border"))
        painter.drawRect(bar.adjusted(0, 0, -1, -1))
        painter.setPen(theme.current().colour("secondary"))
        for rect, side, text in zip(rects, sides, self.texts(), strict=True):
            painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, text)
