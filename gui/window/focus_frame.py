"""FocusFrames: a frame in what scrolls while the keys lead there, as Tab is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from gui import theme

_WIDTH = 1.0
_DIRECTLY = Qt.FindChildOption.FindDirectChildrenOnly


class FocusFrames(QObject):
    """Follows the focus through the whole program. Buttons and fields show it themselves, by the
    style sheet; tables, lists and the network have no border that could."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        if isinstance(before, QAbstractScrollArea):
            for frame in before.findChildren(_Frame, options=_DIRECTLY):
                frame.hide()
                frame.deleteLater()
        by_key = Qt.WidgetAttribute.WA_KeyboardFocusChange
        if isinstance(now, QAbstractScrollArea) and now.window().testAttribute(by_key):
            _Frame(now)


class _Frame(QWidget):
    """Lies over a widget, and lets every click through."""

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(around.rect())
        around.installEventFilter(self)
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().colour("accent"), _WIDTH))
        half = _WIDTH / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), 4, 4)
