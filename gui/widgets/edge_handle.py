"""EdgeHandle: what opens and closes a part at an edge of the window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui import theme
from gui.widgets.buttons import press_by_enter
from gui.widgets.plain_text import set_tip
from gui.widgets.typed_text import take_typed_text

_GRIP = 48  # pixels along the edge, while the part is open
_STRIP = 22  # pixels across at 100 % text, while it is closed
_CHEVRON = 3.5  # pixels from its point to its ends

# Degrees by which words and chevron are turned; the chevron of 0 degrees points down.
_TURNED = {Qt.Edge.LeftEdge: -90, Qt.Edge.RightEdge: 90, Qt.Edge.BottomEdge: 0}


class EdgeHandle(QAbstractButton):
    """A small grip in the gap beside an open part; a strip with the part's titles where it is
    closed. `keys` are the ones that do the same, as written in the tooltip."""

    def __init__(
        self, edge: Qt.Edge, name: str, titles: str, keys: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setText(titles)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pressed.connect(take_typed_text)
        self._edge = edge
        self._keys = keys
        self._is_open = False
        self.show_open(True)

    def show_open(self, is_open: bool) -> None:
        """Be the grip of an open part, or the strip of a closed one."""
        if is_open == self._is_open:
            return
        self._is_open = is_open
        titles = self.text()
        words = f"{'Hide' if is_open else 'Show'} {titles[:1].lower()}{titles[1:]}"
        self.setAccessibleName(words)
        set_tip(self, f"{words} ({self._keys})")
        fixed, free = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        along = fixed if is_open else free
        self.setSizePolicy(*((along, fixed) if self._is_level else (fixed, along)))
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self.updateGeometry()
        self.update()

    @property
    def _is_level(self) -> bool:
        return self._edge == Qt.Edge.BottomEdge

    def sizeHint(self) -> QSize:
        # The strip keeps the gap between it and what stands beside it.
        strip = theme.px(_STRIP)
        across = theme.MARGIN if self._is_open else strip + theme.MARGIN
        if self._is_level and not self._is_open:
            across = strip  # the layout above has a gap of its own
        return QSize(_GRIP, across) if self._is_level else QSize(across, _GRIP)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @property
    def _strip(self) -> QRect:
        """Where the strip is, without the gap beside it."""
        if self._edge == Qt.Edge.LeftEdge:
            return self.rect().adjusted(0, 0, -theme.MARGIN, 0)
        if self._edge == Qt.Edge.RightEdge:
            return self.rect().adjusted(theme.MARGIN, 0, 0, 0)
        return self.rect()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos) if self._is_open else self._strip.contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.hasFocus() or self.underMouse()
        place = QRectF(self.rect() if self._is_open else self._strip)
        place.adjust(0.5, 0.5, -0.5, -0.5)
        if self._is_open:
            place.adjust(1, 1, -1, -1)
        painter.setPen(colours.colour("accent") if lit else Qt.PenStyle.NoPen)
        painter.setBrush(colours.colour("accent_soft") if lit else Qt.BrushStyle.NoBrush)
        if not self._is_open and not lit:
            painter.setPen(colours.colour("border"))
            painter.setBrush(colours.colour("card"))
        painter.drawRoundedRect(place, 4, 4)
        painter.translate(place.center())
        painter.rotate(_TURNED[self._edge])
        ink = colours.colour("accent" if lit else "secondary")
        if self._is_open:
            _draw_chevron(painter, 0.0, ink, self._outward)
            return
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(colours.colour("accent" if lit else "ink"))
        length = place.width() if self._is_level else place.height()
        room = length - 4 * theme.MARGIN
        words = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, round(room)
        )
        strip = theme.px(_STRIP)
        line = QRectF(-length / 2, -strip / 2, length, strip)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, words)
        half = QFontMetrics(painter.font()).horizontalAdvance(words) / 2 + theme.MARGIN
        for x in (-half, half):
            _draw_chevron(painter, x, ink, -self._outward)

    @property
    def _outward(self) -> int:
        """Whether the edge of the window is above (-1) or below (1) in the turned picture."""
        return 1 if self._is_level else -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        press_by_enter(self, event)


def _draw_chevron(painter: QPainter, x: float, ink: QColor, down: int) -> None:
    """A small angle on the middle line that points down, or up with -1."""
    painter.setPen(QPen(ink, 1.5))
    side, depth = _CHEVRON, _CHEVRON / 2 * down
    painter.drawPolyline([QPointF(x - side, -depth), QPointF(x, depth), QPointF(x + side, -depth)])
