"""Ring: a frame around something in the window, for somebody who asked where it is."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import theme

_MARGIN = 6  # pixels around what it encloses
_WIDTH = 3
_MILLISECONDS = 4000


class Ring(QWidget):
    """Lies over a widget, or a part of it, for a few seconds, or until there is another
    one. It takes no clicks."""

    def __init__(self, around: QWidget, part: QRect | None = None) -> None:
        for other in around.window().findChildren(Ring):
            other.close()
        super().__init__(around.window())
        self.setObjectName("ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        place = around.rect() if part is None else part.intersected(around.rect())
        corner = around.mapTo(around.window(), place.topLeft())
        wide = QRect(corner, place.size()).adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        self.setGeometry(wide.intersected(around.window().rect()))
        QTimer.singleShot(_MILLISECONDS, self, self.close)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().colour("accent"), _WIDTH))
        inset = _WIDTH / 2
        inside = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(inside, theme.RADIUS, theme.RADIUS)
        painter.end()
