"""PointerRing: a soft ring around the pointer, so that a class sees what is pointed at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import theme

_RADIUS = 22  # pixels at 100 % text
_WIDTH = 3
_WASH, _RING = 36, 170  # how opaque, of 255
_REST_MILLISECONDS = 6000  # without a move, after which nothing is pointed at any more


class PointerRing(QWidget):
    """Follows the pointer over a window from the next move on, and takes no click. It hides as the
    pointer leaves, and where it rests: long enough to speak about what is pointed at."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("pointerRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        self._window = window
        self._resting = QTimer(self, singleShot=True, interval=_REST_MILLISECONDS)
        self._resting.timeout.connect(self.hide)
        # All moves come through the window of the screen, also those that no widget asks for.
        self._source = window.windowHandle()
        if self._source is not None:
            self._source.installEventFilter(self)

    def end(self) -> None:
        """Follow no more."""
        if self._source is not None:
            self._source.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._go_to(event.position().toPoint())
        elif event.type() == QEvent.Type.Leave:
            self.hide()
        return False

    def _go_to(self, place: QPoint) -> None:
        radius = theme.px(_RADIUS)
        self.setGeometry(place.x() - radius, place.y() - radius, 2 * radius, 2 * radius)
        self._resting.start()
        if not self.isVisible():
            self.show()
            self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = theme.current().colour("accent")
        wash = QColor(ring)
        ring.setAlpha(_RING)
        wash.setAlpha(_WASH)
        width = theme.px(_WIDTH)
        painter.setPen(QPen(ring, width))
        painter.setBrush(wash)
        edge = width / 2
        painter.drawEllipse(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge))
